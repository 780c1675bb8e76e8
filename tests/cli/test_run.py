"""`run` and `compare` as a user calls them: real files, both languages, bad input of every kind."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from tests.command import allocator, process

BASE = "data: t.csv\ntarget: 10\n"
TABLE = "unit,workforce\nA,30\nB,10\n"
call = partial(allocator, language="en")


def write(folder: Path, scenario: str | bytes = BASE, table: str | bytes = TABLE) -> Path:
    for name, content in (("s.yaml", scenario), ("t.csv", table)):
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder / "s.yaml"


def refused(tmp_path: Path, *expected: str, status: int = 2, arguments: tuple[str, ...] = ()) -> None:
    """The scenario in `tmp_path` is refused: status, every expected text, nothing on standard output, no file left."""
    before = sorted(tmp_path.iterdir())
    done = call("run", "s.yaml", "--json", "--out", "r.json", *arguments, cwd=tmp_path)
    assert done.returncode == status, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert sorted(tmp_path.iterdir()) == before
    for text in expected:
        assert text in done.stderr


def test_the_main_job_prints_the_allocation_beside_the_published_one() -> None:
    done = process("run", language="en")
    assert done.returncode == 0
    assert call("run").stdout == done.stdout
    assert "270 members (4.2%)" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 100
    assert "270 đoàn viên (4,2%)" in call("run", language="vi").stdout


def test_json_and_the_stored_result_are_the_same(tmp_path: Path) -> None:
    done = call("run", "--json", "--out", "r.json", cwd=tmp_path)
    printed, stored = json.loads(done.stdout), json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert printed == stored
    assert sum(unit["quota"] for unit in stored["units"]) == 6500
    assert stored["comparison"]["misplaced"] == 270
    assert len(list(tmp_path.iterdir())) == 1


def test_set_and_data_change_the_scenario_for_one_call(tmp_path: Path) -> None:
    write(tmp_path)
    done = call("run", "--data", "t.csv", "--set", "target=20", "--set", 'growth.units."A"=0.5', "--json", cwd=tmp_path)
    document = json.loads(done.stdout)
    assert [unit["quota"] for unit in document["units"]] == [10, 10] or document["target"] == 20
    assert document["scenario"]["growth"]["units"] == {"A": 0.5}
    assert document["comparison"]["misplaced"] is None


def test_compare_puts_scenarios_side_by_side(tmp_path: Path) -> None:
    done = call("compare", "an-giang-2017/base", "an-giang-2017/full-growth", "--json")
    document = json.loads(done.stdout)
    assert [each["name"] for each in document["scenarios"]] == ["an-giang-2017/base", "an-giang-2017/full-growth"]
    assert [each["comparison"]["misplaced"] for each in document["scenarios"]] == [270, 1510]
    assert sum(each["quota"] for each in document["published"]) == 6500
    assert "Spearman" not in call("compare", "an-giang-2017/base").stderr


@pytest.mark.parametrize(
    ("scenario", "expected"),
    [
        (BASE + "targt: 5\n", ["s.yaml:3:1", "unknown key targt", "target"]),
        (BASE + "target: 20\n", ["s.yaml:3:1", "the key target stands here a second time"]),
        ("a: &x 1\nb: *x\n", ["s.yaml", "anchors and aliases"]),
        ("data: t.csv\ntarget: .nan\n", ["s.yaml:2:9", ".nan can be read in more than one way"]),
        ("data: t.csv\ntarget: 10\ngrowth: {realisation: .inf}\n", ["s.yaml:3:23", ".inf can be read"]),
        ("data: t.csv\ntarget: 1e300\n", ["s.yaml:2:9", "1e300 can be read in more than one way"]),
        ("data: t.csv\ntarget: 1.0e+300\n", ["s.yaml:2:9", "too large"]),
        ("data: t.csv\ntarget: 010\n", ["s.yaml:2:9", "010 can be read"]),
        ("data: t.csv\ntarget: NO\n", ["s.yaml:2:9", "NO can be read"]),
        ("data: t.csv\ntarget: -10\n", ["s.yaml:2:1", "target is -10, below what is allowed (0)"]),
        ("data: t.csv\ntarget: 10.5\n", ["s.yaml:2:1", "target is 10.5, not a whole number"]),
        ("data: t.csv\ntarget: '10'\n", ["s.yaml:2:1", "target is 10, not a whole number"]),
        ("data: t.csv\n", ["target is missing"]),
        ("target: 10\n", ["data is missing"]),
        (BASE + "lot: 3\n", ["s.yaml:2:1", "not a whole number of lots of 3: take 9 or 12"]),
        (BASE + "lot: 0\n", ["lot is 0, below"]),
        (BASE + "signpost: websterr\n", ["s.yaml:3:1", "signpost is websterr: use one of", "'webster'"]),
        (BASE + "growth: {realisation: 2}\n", ["s.yaml:3:10", "growth.realisation is 2, above what is allowed (1)"]),
        (BASE + "growth: {units: {Z: 0.5}}\n", ["s.yaml:3:18", "the table has no unit Z"]),
        (BASE + "locks: [{unit: Z, quota: 5}]\n", ["s.yaml:3:10", "the table has no unit Z"]),
        (BASE + "groups: [{name: g, kind: x, min: 5}]\n", ["no unit is of kind x"]),
        (BASE + "groups: [{name: g, units: [A], kind: x, min: 5}]\n", ["needs either kind or units"]),
        (BASE + "groups: [{name: g, units: [A]}]\n", ["neither min nor max"]),
        (BASE + "drivers: [{column: cars}]\n", ["s.yaml:3:12", "no column cars", "workforce"]),
        (BASE + "drivers: [{column: workforce, share: 0.5}]\n", ["shares sum to 0.5"]),
        (BASE + "attainment: {exponent: -1, floor: 0}\n", ["needs attainment.floor above 0"]),
        (BASE + "attainment: {missing: maybe}\n", ["s.yaml:3:14", "attainment.missing"]),
        (BASE + "uncertainty: {default: {dist: triangular, low: 1, mode: 0, high: 2}}\n", ["in order"]),
        (BASE + "published: nothing\n", ["no column nothing"]),
        (BASE + "extends: s.yaml\n", ["leads back to s.yaml"]),
        (BASE + "extends: gone.yaml\n", ["s.yaml:3:1", "gone.yaml, which is not there"]),
        ("- a\n- b\n", ["must hold `key: value` lines"]),
        ("", ["must hold `key: value` lines"]),
        ("data: [\n", ["s.yaml:2:1", "not valid YAML"]),
        (b"data: \xff\xfe\n", ["not UTF-8"]),
        ("data: gone.csv\ntarget: 10\n", ["gone.csv", "no such file"]),
        ("data: .\ntarget: 10\n", ["this is a folder"]),
        ("x: 1\ny: 2\n" + BASE + "lots: 1\n", ["s.yaml:1:1", "s.yaml:2:1", "s.yaml:5:1"]),
    ],
)
def test_bad_scenarios_are_refused_with_their_place(tmp_path: Path, scenario: str | bytes, expected: list[str]) -> None:
    write(tmp_path, scenario)
    refused(tmp_path, *expected)


@pytest.mark.parametrize(
    ("scenario", "table", "expected"),
    [
        (BASE, "unit,workforce\nA,0\nB,0\n", ["every claim is 0"]),
        ("data: t.csv\ntarget: 41\n", TABLE, ["target 41 exceeds the caps' total 40", "by 1"]),
        (BASE + "bounds: {min_quota: 6}\n", TABLE, ["target 10 is below the floors' total 12", "bounds.min_quota"]),
        (BASE + "bounds: {units: {A: {min: 8, max: 5}}}\n", TABLE, ["own floor of A (8)", "own cap of A (5)"]),
        (BASE + "groups: [{name: g, units: [B], min: 11}]\n", TABLE, ["g: the sum's floor 11 exceeds the 10"]),
    ],
)
def test_infeasible_scenarios_end_with_status_3(tmp_path: Path, scenario: str, table: str, expected: list[str]) -> None:
    write(tmp_path, scenario, table)
    refused(tmp_path, *expected, status=3)


def test_crossing_groups_are_named(tmp_path: Path) -> None:
    groups = "groups: [{name: west, units: [A, B], max: 9}, {name: east, units: [B, C], max: 9}]\n"
    write(tmp_path, BASE + groups, TABLE + "C,5\n")
    refused(tmp_path, "s.yaml:3:1", "the sums west and east cross")


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("", ["t.csv"]),
        ("unit,workforce\n", ["t.csv"]),
        ("unit,workforce\nA,nan\nB,1\n", ["t.csv:2:2"]),
        ("unit,workforce\nA,inf\nB,1\n", ["t.csv:2:2"]),
        ("unit,workforce\nA,1e300\nB,1\n", ["t.csv:2:2"]),
        ("unit,workforce\nA,-5\nB,1\n", ["t.csv:2:2"]),
        ("unit,workforce\nA,1.500\nB,1\n", ["t.csv:2:2"]),
        ("unit,workforce\nA,5\nA,1\n", ["t.csv:3"]),
        (b"unit,workforce\n\xff,5\n", ["UTF-8"]),
        ("name,colour\nA,5\n", ["t.csv:1:1", "name the units"]),
    ],
)
def test_bad_tables_are_refused_with_their_cell(tmp_path: Path, table: str | bytes, expected: list[str]) -> None:
    write(tmp_path, BASE, table)
    refused(tmp_path, *expected)


def test_one_unit_and_a_target_of_zero(tmp_path: Path) -> None:
    write(tmp_path, "data: t.csv\ntarget: 0\n", "unit,workforce\nA,30\n")
    document = json.loads(call("run", "s.yaml", "--json", cwd=tmp_path).stdout)
    assert document["units"][0]["quota"] == 0
    assert document["marginal_effort"] is None
    write(tmp_path, "data: t.csv\ntarget: 30\n", "unit,workforce\nA,30\n")
    document = json.loads(call("run", "s.yaml", "--json", cwd=tmp_path).stdout)
    assert document["units"][0]["quota"] == 30
    assert document["next_effort"] is None


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("growth.realisation", "takes KEY=VALUE"),
        ("growth.realisation=NO", "can be read in more than one way"),
        ("growth.nope=1", "unknown key growth.nope"),
        ("=3", "takes KEY=VALUE"),
        ("target=7", "not a whole number of lots of 10: take 0 or 10"),
    ],
)
def test_bad_changes_are_refused(change: str, expected: str) -> None:
    done = call("run", "--set", change)
    assert done.returncode == 2
    assert done.stdout == ""
    assert expected in done.stderr
    assert f"--set {change}" in done.stderr


def test_unknown_scenarios_and_unwritable_results(tmp_path: Path) -> None:
    assert "an-giang-2017/base" in call("run", "nowhere/base").stderr
    assert "no such file" in call("run", "gone.yaml").stderr
    assert call("run", "--out", str(tmp_path)).returncode == 2
    blocked = tmp_path / "file"
    blocked.write_text("x")
    done = call("run", "--out", str(blocked / "r.json"))
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert blocked.read_text() == "x"


@pytest.mark.parametrize(
    ("command", "loaded", "shown"), [("--help", "[]", "Commands"), ("run", "['numpy', 'pulp', 'pydantic', 'yaml']", "")]
)
def test_no_command_loads_what_it_does_without(command: str, loaded: str, shown: str) -> None:
    code = (
        f"import sys\nfrom allocator.cli.group import run_command\ntry: run_command([{command!r}])\n"
        "except SystemExit: pass\nprint(sorted({'numpy','pandas','pulp','pydantic','yaml'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == loaded
    assert shown in done.stdout


def test_scenarios_and_schema() -> None:
    listed = json.loads(call("scenarios", "--json").stdout)["scenarios"]
    assert {"an-giang-2017/base", "an-giang-2017/new-unions"} <= {each["name"] for each in listed}
    schema = json.loads(call("schema").stdout)
    assert schema["anyOf"] == [{"required": each} for each in (["data", "target"], ["follows", "target"], ["extends"])]
