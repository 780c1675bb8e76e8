"""`run --save`: the settings of a call kept as a scenario, which gives the same result digit for digit."""

from __future__ import annotations

import csv
import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allocator.data.overlay import what_lies_over, yaml_text
from allocator.data.settings import merged, parse_yaml
from allocator.files import builtin_folder, load_scenario
from allocator.model.allocation import allocate
from tests.command import allocator
from tests.show.tried import Edit, edited, sheet_of

BASE = "an-giang-2017/base"
call = partial(allocator, "run", language="en")
UNITS, GROWTH = builtin_folder() / "an-giang-2017/units.csv", "growth_estimate"
FIGURES = ("target", "lot", "marginal_effort", "next_effort", "units", "comparison", "rules", "ties")


def run(*arguments: object, cwd: Path | None = None) -> dict[str, Any]:
    done = call(*arguments, "--json", cwd=cwd)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def same(before: dict[str, Any], after: dict[str, Any]) -> None:
    """All figures alike, the table too, and the settings but for names of files and what it is called."""
    assert {key: before[key] for key in FIGURES} == {key: after[key] for key in FIGURES}
    assert before["inputs"]["table_sha256"] == after["inputs"]["table_sha256"]
    told = ("data", "title", "question")
    sides = [{key: value for key, value in each["scenario"].items() if key not in told} for each in (before, after)]
    assert sides[0] == sides[1]


def kept(tmp_path: Path, *arguments: object, file: str = "kept.yaml") -> dict[str, Any]:
    """What the saved scenario writes, once it gives the same as the call."""
    same(run(*arguments, "--save", file, cwd=tmp_path), run(file, cwd=tmp_path))
    made: dict[str, Any] = yaml.safe_load((tmp_path / file).read_text("utf-8"))
    return made


def test_what_a_call_changes_is_all_that_is_written(tmp_path: Path) -> None:
    made = kept(tmp_path, "--set", "growth.realisation=0.3", "--target", 7000, "--set", "bounds.max_share=60 %")
    assert Path(made.pop("extends")).name == "base.yaml"
    title = made.pop("title")
    assert title["en"].startswith("Base scenario, changed: Target: 7,000; ")
    assert title["vi"].startswith("Kịch bản cơ sở, thay đổi: Tổng chỉ tiêu: 7.000; ")
    assert made == {
        "question": {"vi": "", "en": ""},
        "growth": {"realisation": 0.3},
        "target": 7000,
        "bounds": {"max_share": "60 %"},
    }
    assert [each.name for each in tmp_path.iterdir()] == ["kept.yaml"]
    assert "allocator run --set growth.realisation=0.3" in (tmp_path / "kept.yaml").read_text("utf-8")


def test_where_nothing_is_changed_the_scenario_is_as_it_was(tmp_path: Path) -> None:
    made = kept(tmp_path, "an-giang-2017/capped-effort")
    assert [*made] == ["extends"]


def test_a_title_of_the_call_stays(tmp_path: Path) -> None:
    made = kept(tmp_path, "--set", "title={vi: Của tôi, en: Mine}", "--set", "lot=5")
    assert (made["title"], made["question"]) == ({"vi": "Của tôi", "en": "Mine"}, {"vi": "", "en": ""})


CHANGES = st.lists(
    st.sampled_from(
        [
            "growth.realisation=0.35",
            "growth.units.Long Xuyên=0.123456789",
            "attainment={basis: net, exponent: -0.5}",
            "bounds.units.Tri Tôn={min: 20, max: 100}",
            "bounds.pace={reference: published_quota, down: 90 %, up: 3}",
            "bounds.max_share=null",
            "lot=5",
            "target=6000",
            "signpost=adams",
            "risk.weight=0.5",
            "uncertainty.default={dist: uniform, low: 0, high: 0.5}",
            'locks=[{unit: An Phú, quota: 30, by: "1,5", reason: "no"}]',
            'rules=[{for: {kind: district}, each: {most: {share: 60 %, of: available}}, by: "12:30", reason: "a # b"}]',
            'groups=[{name: "null", units: [An Phú, Tri Tôn], min: 100}]',
            "drivers=[{column: workforce, share: 0.9}, {equal: true, share: 0.1}]",
            'table."An Phú".workforce=70',
            'table."chau phu".growth_estimate=100',
        ]
    ),
    unique=True,
    max_size=5,
)
SCENARIOS = st.sampled_from([BASE, "an-giang-2017/calibrated", "an-giang-2017/districts-protected"])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scenario=SCENARIOS, changes=CHANGES)
def test_what_is_kept_gives_the_same_digit_for_digit(scenario: str, changes: list[str], tmp_path: Path) -> None:
    given = [word for each in changes for word in ("--set", each)]
    for each in tmp_path.iterdir():
        each.unlink()
    done = call(scenario, *given, "--save", "kept.yaml", "--json", cwd=tmp_path)
    if done.returncode:
        assert (done.returncode, done.stdout, [*tmp_path.iterdir()]) == (3, "", [])
        return
    same(json.loads(done.stdout), run("kept.yaml", cwd=tmp_path))
    corrected = any(each.startswith("table") for each in changes)
    assert (tmp_path / "kept.units.csv").exists() is corrected


def test_corrected_figures_are_a_table_beside_it(tmp_path: Path) -> None:
    made = kept(tmp_path, "--set", 'table."Châu Phú".workforce=428')
    assert made["data"] == "kept.units.csv"
    assert "Châu Phú, workforce: 714 → 428" in made["title"]["en"]
    assert "Châu Phú,district,2400,10,1733,402,1331,150,656,58,428,0" in (tmp_path / "kept.units.csv").read_text(
        "utf-8"
    )


def test_another_table_is_named_from_where_the_scenario_lies(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/t.csv").write_text("unit,workforce\nA,30\nB,10\n", encoding="utf-8")
    (tmp_path / "s.yaml").write_text("data: data/t.csv\ntarget: 20\n", encoding="utf-8")
    made = kept(tmp_path, "--data", "data/t.csv", "--target", 20, file="kept/one.yaml")
    assert made["data"] == "../data/t.csv"
    made = kept(tmp_path, "s.yaml", "--set", "lot=5", file="kept/two.yaml")
    assert made["extends"] == "../s.yaml"
    assert "data" not in made
    made = kept(tmp_path, "kept/two.yaml", "--set", "target=15", file="three.yaml")
    assert made["extends"] == "kept/two.yaml"


def test_a_table_as_the_scenario_keeps_its_target_and_how_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "sheet.csv").write_text("Đơn vị,Hien co,Cot ba\nA,600,20\nB,300,0\n", encoding="utf-8")
    made = kept(tmp_path, "sheet.csv", "--target", 90, "--map", "Hien co=workforce", "--map", "Cot ba=growth_estimate")
    assert ("extends" in made, made["target"], made["lot"], made["data"]) == (False, 90, 5, "kept.units.csv")
    table = "unit,kind,workforce,growth_estimate\nA,district,600,20\nB,district,300,0\n"
    assert (tmp_path / "kept.units.csv").read_text("utf-8") == table


def test_a_table_that_needs_no_help_is_extended(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("unit,workforce,published_quota\nA,600,50\nB,300,35\n", encoding="utf-8")
    assert kept(tmp_path, "t.csv") == {"extends": "t.csv", "target": 85}
    made = kept(tmp_path, "t.csv", "--set", "table.A.workforce=500", file="corrected.yaml")
    assert (made["extends"], made["data"]) == ("t.csv", "corrected.units.csv")


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_an_edited_workbook_is_kept_with_its_settings_locks_and_estimates(tmp_path: Path) -> None:
    case = load_scenario(BASE)
    edit = Edit(*case, {"realisation": 0.3}, {"Tri Tôn": 90}, {"An Phú": 30})
    (tmp_path / "edited.xlsx").write_bytes(edited(sheet_of(allocate(*case)), edit))
    made = kept(tmp_path, "--edits", "edited.xlsx", "--set", "signpost=adams")
    assert made["locks"] == [{"unit": "An Phú", "quota": 30, "by": "b", "reason": "b"}]
    assert (made["growth"], made["signpost"]) == ({"realisation": 0.3}, "adams")
    before, after = (list(csv.DictReader(each.open(encoding="utf-8"))) for each in (UNITS, tmp_path / made["data"]))
    figures = {b["unit"]: (b[GROWTH] or "0", a[GROWTH]) for b, a in zip(before, after, strict=True)}
    assert {unit: pair for unit, pair in figures.items() if pair[0] != pair[1]} == {"Tri Tôn": ("30", "90")}


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("there.yaml", "there.yaml: this file is there already"),
        ("base.yaml", "base.yaml: this file is there already"),
        ("new.csv", "--save new.yaml"),
        ("new", "--save new.yaml"),
        ("", "--save kept.yaml"),
        ("folder.yaml", "there already"),
        ("there.yaml/new.yaml", "cannot be written"),
    ],
)
def test_nothing_is_replaced(tmp_path: Path, file: str, says: str) -> None:
    (tmp_path / "t.csv").write_text("unit,workforce\nA,30\n", encoding="utf-8")
    for name in ("there.yaml", "base.yaml"):
        (tmp_path / name).write_text("data: t.csv\ntarget: 10\n", encoding="utf-8")
    (tmp_path / "folder.yaml").mkdir()
    before = {path: path.read_text("utf-8") for path in tmp_path.iterdir() if path.is_file()}
    done = call("base.yaml", "--set", "target=20", "--save", file, "--json", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert {path: path.read_text("utf-8") for path in tmp_path.iterdir() if path.is_file()} == before


def test_a_table_that_is_in_the_way_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "kept.units.csv").write_text("mine\n", encoding="utf-8")
    done = call("--set", 'table."An Phú".workforce=70', "--save", "kept.yaml", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "kept.units.csv: this file is there already" in done.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["kept.units.csv"]


def test_a_missing_folder_is_made_and_only_json_is_printed(tmp_path: Path) -> None:
    done = call("--save", "one/two/kept.yaml", "--out", "r.json", "--json", cwd=tmp_path)
    assert json.loads(done.stdout) == json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert done.stderr.splitlines() == ["stored in r.json", "stored in one/two/kept.yaml"]
    same(json.loads(done.stdout), run("one/two/kept.yaml", cwd=tmp_path))
    done = call("--save", "x.yaml", "--out", "x.yaml", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "same file" in done.stderr
    assert not (tmp_path / "x.yaml").exists()


TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="￾￿"), max_size=12)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.floats(-1e15, 1e15)
    | TEXTS
    | st.sampled_from(["1,5", "12:30", "no", "NO", "~", "null", "010", "1e3", "0x1f", "2017-05-15", "60 %", "=", "- a"])
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3))


@settings(max_examples=300, deadline=None)
@given(values=st.dictionaries(TEXTS, VALUES, max_size=4))
def test_a_text_of_settings_is_read_as_what_was_written(values: dict[str, Any]) -> None:
    twice = {"a": values, "b": values}
    assert parse_yaml(yaml_text(twice), "x.yaml")[0] == twice


@given(base=st.dictionaries(TEXTS, VALUES, max_size=3), over=st.dictionaries(TEXTS, VALUES, max_size=3))
def test_what_lies_over_settings_makes_them_again(base: dict[str, Any], over: dict[str, Any]) -> None:
    made = merged(base, over)
    assert merged(base, what_lies_over(base, made)) == made
