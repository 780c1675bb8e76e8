"""The checker stands alone: it accepts what the model makes of random problems, and refuses all that is changed."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.files import json_text, load_scenario
from allocator.model.allocation import allocate
from allocator.proof import check
from allocator.proof.result import result
from allocator.words import Words
from tests.stress.results import faults

FILE = Path(check.__file__)


@pytest.mark.parametrize(("tree", "count", "first"), [(False, 60, 0), (True, 40, 323)])
def test_random_results_and_what_is_changed_in_them(tree: bool, count: int, first: int) -> None:
    assert [*faults(tree, count, first)] == []


def test_it_uses_the_standard_library_alone() -> None:
    found = set()
    for node in ast.walk(ast.parse(FILE.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {each.name.partition(".")[0] for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(str(node.module).partition(".")[0])
    assert found <= sys.stdlib_module_names


def test_it_runs_by_itself(tmp_path: Path) -> None:
    copied, path = tmp_path / "check.py", tmp_path / "result.json"
    copied.write_text(FILE.read_text("utf-8"), encoding="utf-8")
    text = json_text(result(allocate(*load_scenario("an-giang-2017/base"))))

    def status(content: str) -> tuple[int, str]:
        path.write_text(content, encoding="utf-8")
        call = [sys.executable, "-I", "-S", str(copied), str(path)]
        done = subprocess.run(call, capture_output=True, encoding="utf-8", check=False)
        assert done.stderr == ""
        assert done.stdout.count("\n") == 1
        return done.returncode, done.stdout

    assert status(text) == (0, "valid\n")
    assert status(text.replace('"quota": 1010', '"quota": 1020'))[0] == 1
    for content in ("", "[1]", "{", '{"scenario": 1}', "[" * 100_000):
        assert status(content)[0] == 2


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
DOCUMENT = json.loads(json.dumps(result(allocate(*load_scenario("an-giang-2017/base", ["risk.weight=1"])))))


@settings(deadline=None, max_examples=100)
@given(data=st.data(), other=JSON)
def test_any_json_in_any_place_is_judged(data: st.DataObject, other: Any) -> None:
    made = json.loads(json.dumps(DOCUMENT))
    place, key = None, None
    value: Any = made
    while isinstance(value, dict | list) and value and (place is None or data.draw(st.booleans())):
        key = data.draw(st.sampled_from([*value] if isinstance(value, dict) else range(len(value))))
        place, value = value, value[key]
    assert place is not None
    place[key] = other
    found = check.first_wrong(made)
    assert found is None or found.code.startswith("verify.")
    assert (found is None) == (made == DOCUMENT)


def test_every_note_that_a_result_may_have_is_in_the_documentation() -> None:
    table = (Path(__file__).parents[2] / "docs" / "results.md").read_text("utf-8")
    told = re.findall(r"^\| `(note\.\w+)` \|", table, re.MULTILINE)
    assert sorted(told) == sorted(key for key in Words("en").texts if key.startswith("note."))
    checked = {f"note.{each}" for each in re.findall(r'"note\.(\w+)', FILE.read_text("utf-8"))}
    assert checked | {"note.rule_band_low"} == set(told)
