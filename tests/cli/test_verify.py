"""`allocator verify`: without a solver, in words, never with a traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from allocator.files import json_text, load_scenario
from allocator.model.allocation import allocate
from allocator.proof.result import result
from tests.command import Done, allocator

BLOCKED = """
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("pulp", "highspy", "pandas", "scipy"):
            raise ImportError(name)
sys.meta_path.insert(0, Blocker())
from allocator.cli.group import run_command
run_command(sys.argv[1:])
"""


def alone(*arguments: object) -> Done:
    """`verify` as a process that has no solver."""
    call = [sys.executable, "-c", BLOCKED, "verify", *map(str, arguments)]
    return subprocess.run(call, capture_output=True, encoding="utf-8", check=False)


verify = partial(allocator, "verify")


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stored") / "result.json"
    path.write_text(json_text(result(allocate(*load_scenario("an-giang-2017/base")))), encoding="utf-8")
    return path


def test_valid_without_a_solver(stored: Path) -> None:
    done = alone(stored, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {"valid": True, "reason": None, "rules": 0}
    assert "Hợp lệ: 15 chỉ tiêu" in verify(stored, "--lang", "vi").stdout


def test_another_table(stored: Path, tmp_path: Path) -> None:
    other = tmp_path / "units.csv"
    other.write_text("unit,workforce\nLong Xuyên,2053\nAn Phú,60\n", encoding="utf-8")
    done = verify(stored, "--data", other, "--json", "--lang", "en")
    assert done.returncode == 1
    said = json.loads(done.stdout)
    assert said["valid"] is False
    assert "row 2 is An Phú here and Châu Phú in the result" in said["reason"]


def test_a_changed_result_is_exit_status_1(stored: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed.json"
    changed.write_text(stored.read_text(encoding="utf-8").replace('"quota": 1010', '"quota": 1e999'), encoding="utf-8")
    done = verify(changed, "--lang", "en")
    assert done.returncode == 1
    assert 'the quota of Long Xuyên is stored as "1e999"' in done.stdout


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b"[" * 100_000, "not JSON"),
        (b"[1]", "not a stored result"),
        (b'{"scenario": 1}', "lacks"),
        (b'{"a":\n "\\ud800"}', "file.json:2:3: \\ud800 is a character that no text may hold"),
        (b"\xff\xfe", "not UTF-8"),
        (b"9" * 10_000, "not JSON"),
        (None, "no such file"),
    ],
)
def test_what_is_no_result_is_exit_status_2(content: bytes | None, said: str, tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    if content is not None:
        path.write_bytes(content)
    done = verify(path, "--json", "--lang", "en")
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
