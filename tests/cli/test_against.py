"""`run --against`: what changed against another scenario, in JSON, in words, as a table, and in a stored result."""

from __future__ import annotations

import csv
import json
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from allocator.data.digest import sha256
from tests.command import allocator

BASE = "an-giang-2017/base"
call = partial(allocator, "run", language="en")
LAST = "unit,workforce\nTinh Bien,300\nChau Phu,500\nCũ,200\n"
THIS = "unit,workforce\nTịnh Biên,500\nChâu Phú,300\nMới,200\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "last.csv").write_text(LAST, encoding="utf-8")
    (tmp_path / "this.csv").write_text(THIS, encoding="utf-8")
    (tmp_path / "last.yaml").write_text("data: last.csv\ntarget: 100\nlot: 10\n", encoding="utf-8")
    (tmp_path / "this.yaml").write_text("data: this.csv\ntarget: 200\nlot: 10\n", encoding="utf-8")
    return tmp_path


def against(*arguments: object, cwd: Path | None = None) -> dict[str, Any]:
    done = call(*arguments, "--json", cwd=cwd)
    assert done.returncode == 0, done.stderr
    made: dict[str, Any] = json.loads(done.stdout)
    assert made["digest"] == sha256({key: value for key, value in made.items() if key != "digest"})
    return made


def test_what_changed_is_in_the_json(folder: Path) -> None:
    found = against("this.yaml", "--against", "last.yaml", cwd=folder)["against"]
    assert found["name"] == "last.yaml"
    assert {each["key"]: (each["from"], each["to"]) for each in found["settings"]} == {
        "target": (100, 200),
        "table.Tịnh Biên.workforce": (300, 500),
        "table.Châu Phú.workforce": (500, 300),
    }
    assert [tuple(each.values()) for each in found["units"]] == [
        ("Tịnh Biên", 30, 100, 70), ("Châu Phú", 50, 60, 10), ("Mới", None, 40, 40), ("Cũ", 20, None, -20),
    ]  # fmt: skip
    assert found["moved"] == 20
    figures, target = found["bridge"]
    assert (figures["steps"], figures["moved"], figures["change"]) == (["figures"], 40, 0)
    assert (target["steps"], target["moved"], target["change"]) == (["target"], 0, 100)
    first = {each["unit"]: each["change"] for each in figures["units"]}
    assert first == {"Tịnh Biên": 20, "Châu Phú": -20, "Mới": 20, "Cũ": -20}


def test_what_changed_is_said_first_and_most_first(folder: Path) -> None:
    done = call("this.yaml", "--against", "last.yaml", cwd=folder)
    text = " ".join(done.stdout.split())
    assert text.startswith(
        "Target 200, lots of 10: past results not considered; no limits."
        " Against last.yaml, 20 members move from one unit to another. In all 200 are shared out,"
        " not 100 (+100): this difference has come or gone and is not counted as moved."
        " What differs: Target 100 → 200; 2 figures of the table."
        " Given more (3 units, +120): Tịnh Biên +70, Mới +40 and Châu Phú +10. Given less (1 unit, −20): Cũ −20."
    )
    assert "Only in this.yaml, not in last.yaml: Mới." in text
    assert "Only in last.yaml, not in this.yaml: Cũ." in text
    assert "Taken for one unit though written otherwise: Tinh Bien = Tịnh Biên and Chau Phu = Châu Phú." in text
    quiet = call("this.yaml", "--against", "last.yaml", "-q", cwd=folder).stdout.splitlines()
    assert len(quiet) == 3
    vietnamese = allocator("run", "this.yaml", "--against", "last.yaml", "-q", cwd=folder, language="vi").stdout
    assert "So với last.yaml, 20 đoàn viên dịch chuyển" in vietnamese
    assert "Được giao ít hơn (1 đơn vị, −20): Cũ −20." in vietnamese


def test_the_table_of_it_adds_up(folder: Path) -> None:
    done = call("this.yaml", "--against", "last.yaml", "--format", "csv", cwd=folder)
    rows = list(csv.DictReader(StringIO(done.stdout)))
    assert [*rows[0]] == ["unit", "from", "step_figures", "step_target", "to", "change"]
    assert [each["unit"] for each in rows] == ["Tịnh Biên", "Mới", "Cũ", "Châu Phú"]
    for row in rows:
        known = {key: int(value or 0) for key, value in row.items() if key != "unit"}
        assert known["from"] + known["change"] == known["to"]
        assert known["step_figures"] + known["step_target"] == known["change"]
    table = call("this.yaml", "--against", "last.yaml", "--format", "md", cwd=folder).stdout.splitlines()
    assert table[-1] == "| Total | 100 | 0 | +100 | 200 | +100 |"


def test_of_many_units_the_largest_changes_are_shown(tmp_path: Path) -> None:
    """Workforces 1 to 200, the other way round: the ends change most, the 200 units of a list on paper least of all."""
    for name, step in (("last", 1), ("this", -1)):
        rows = "".join(f"U{n},{each}\n" for n, each in enumerate([*range(1, 201)][::step]))
        (tmp_path / f"{name}.csv").write_text(f"unit,workforce\n{rows}", encoding="utf-8")
        (tmp_path / f"{name}.yaml").write_text(f"data: {name}.csv\ntarget: 20100\n", encoding="utf-8")
    text = call("this.yaml", "--against", "last.yaml", cwd=tmp_path).stdout
    shown = text.partition("Next: ")[2].partition("… and 160 more")[0].splitlines()
    assert [line.split()[0] for line in shown if line.startswith(" U")][1:3] == ["U0", "U199"]
    assert sum(line.startswith(" U") for line in shown) == 1 + 40
    assert "10,000 members move" in text
    assert "U0 +199, U1 +197, U2 +195, U3 +193, U4 +191 and 95 more units." in " ".join(text.split())


@pytest.mark.parametrize("scenario", [BASE, "an-giang-2017/districts-protected", "rules/held-harmless"])
def test_against_itself_nothing_changed(scenario: str) -> None:
    found = against(scenario, "--against", scenario)["against"]
    assert (found["settings"], found["moved"], found["bridge"]) == ([], 0, [])
    assert not any(each["change"] for each in found["units"])
    said = call(scenario, "--against", scenario, "-q").stdout
    assert said.splitlines()[1].startswith(
        f"Every unit is given what {scenario.partition('/')[2]} gives it: nothing moves."
    )


def test_what_a_call_changes_is_against_the_scenario_as_it_stands() -> None:
    found = against(BASE, "--set", "growth.realisation=1", "--against", BASE)["against"]
    other = json.loads(allocator("compare", BASE, "an-giang-2017/full-growth", "--json").stdout)["scenarios"][1]
    assert found["moved"] == other["moved"] == 1450
    assert found["settings"] == other["settings"] == [{"key": "growth.realisation", "from": 0.2, "to": 1.0}]
    assert [each["change"] for each in found["units"]] == [each["change"] for each in other["units"]]


def test_a_stored_result_holds_it_and_is_checked(tmp_path: Path) -> None:
    done = call("--set", "growth.realisation=0.3", "--against", BASE, "--out", "r.json", "--json", cwd=tmp_path)
    stored = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert json.loads(done.stdout) == stored
    assert allocator("verify", tmp_path / "r.json").returncode == 0

    def verdict(**changed: Any) -> int:
        spoilt = {**stored, "against": {**stored["against"], **changed}}
        spoilt["digest"] = sha256({key: value for key, value in spoilt.items() if key != "digest"})
        (tmp_path / "s.json").write_text(json.dumps(spoilt), encoding="utf-8")
        return allocator("verify", tmp_path / "s.json").returncode

    units, bridge = stored["against"]["units"], stored["against"]["bridge"]
    assert verdict() == 0
    assert verdict(moved=stored["against"]["moved"] + 10) == 1
    assert verdict(units=[{**units[0], "to": units[0]["to"] + 10}, *units[1:]]) == 1
    assert verdict(units=[{**units[0], "change": 0}, *units[1:]]) == 1
    assert verdict(units=units[1:]) == 1
    assert verdict(bridge=[]) == 1
    assert verdict(bridge=[{**bridge[0], "units": bridge[0]["units"][1:]}]) == 1


def test_a_table_may_stand_for_a_scenario(folder: Path) -> None:
    found = against("this.csv", "--target", 100, "--against", "last.csv", cwd=folder)["against"]
    assert [each["key"] for each in found["settings"]] == ["table.Tịnh Biên.workforce", "table.Châu Phú.workforce"]
    (folder / "last.csv").write_text("unit,workforce,published_quota\nA,300,30\nB,500,50\n", encoding="utf-8")
    found = against("this.csv", "--target", 100, "--against", "last.csv", cwd=folder)["against"]
    assert {"key": "target", "from": 80, "to": 100} in found["settings"]
    assert found["moved"] is None
    done = call("this.csv", "--target", 100, "--against", "last.csv", "-q", cwd=folder)
    assert "have no unit in common" in done.stdout


@pytest.mark.parametrize(
    ("other", "status", "says"),
    [
        ("infeasible.yaml", 3, ["infeasible.yaml: the rules of this scenario", "allocator run infeasible.yaml"]),
        ("gone.yaml", 2, ["gone.yaml: there is no such file"]),
        ("no/such", 2, ["no/such", "an-giang-2017/base"]),
        ("wrong.yaml", 2, ["wrong.yaml:3:1", "unknown key targt"]),
    ],
)
def test_a_scenario_that_cannot_be_compared_with_is_named(
    folder: Path, other: str, status: int, says: list[str]
) -> None:
    (folder / "infeasible.yaml").write_text("data: this.csv\ntarget: 9000\n", encoding="utf-8")
    (folder / "wrong.yaml").write_text("data: this.csv\ntarget: 90\ntargt: 1\n", encoding="utf-8")
    before = sorted(folder.iterdir())
    done = call("this.yaml", "--against", other, "--out", "r.json", "--save", "s.yaml", "--json", cwd=folder)
    assert (done.returncode, done.stdout) == (status, "")
    assert all(each in done.stderr for each in says), done.stderr
    assert "--set" not in done.stderr
    assert sorted(folder.iterdir()) == before


def test_a_tree_decided_otherwise(tmp_path: Path) -> None:
    rows = ["unit,parent,workforce", "P,,", "Q,,", "A,P,400", "B,P,200", "C,Q,700", "D,Q,300"]
    (tmp_path / "t.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    rule = "rules: [{for: {units: [P]}, together: {least: 100}}]\n"
    (tmp_path / "s.yaml").write_text("data: t.csv\ntarget: 160\n", encoding="utf-8")
    (tmp_path / "r.yaml").write_text(f"data: t.csv\ntarget: 160\n{rule}", encoding="utf-8")
    found = against("r.yaml", "--against", "s.yaml", "--out", "o.json", cwd=tmp_path)["against"]
    assert [each["steps"] for each in found["bridge"]] == [["rules"]]
    assert {each["unit"]: each["to"] for each in found["units"]} == {"A": 67, "B": 33, "C": 42, "D": 18}
    assert found["moved"] == 40  # without the rule P holds 60 of 160
    assert allocator("verify", tmp_path / "o.json").returncode == 0


def test_of_many_figures_that_differ_a_terminal_shows_the_first_after_every_setting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    given = ("an-giang-2017/year-2018", "--against", BASE)
    changed = [each["key"] for each in against(*given)["against"]["settings"]]
    figures = [each for each in changed if each.startswith("table.")]
    lines = call(*given).stdout.splitlines()
    assert sum(line.startswith(" Figure of the table") for line in lines) == 12 < len(figures)
    assert f"… and {len(figures) - 12} more; --json gives them all" in lines
    assert any(line.startswith(" The year before") for line in lines)


def test_settings_stand_before_the_figures_that_are_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    rows = [f"u{n:02},{100 + n}\n" for n in range(15)]
    (tmp_path / "one.csv").write_text("unit,workforce\n" + "".join(rows), encoding="utf-8")
    (tmp_path / "two.csv").write_text("unit,workforce\n" + "".join(rows).replace(",1", ",2"), encoding="utf-8")
    (tmp_path / "one.yaml").write_text("data: one.csv\ntarget: 100\n", encoding="utf-8")
    (tmp_path / "two.yaml").write_text("data: two.csv\ntarget: 100\n", encoding="utf-8")
    (tmp_path / "three.yaml").write_text("data: one.csv\ntarget: 100\nsignpost: dean\n", encoding="utf-8")
    lines = allocator("compare", "one.yaml", "two.yaml", "three.yaml", cwd=tmp_path, language="en").stdout.splitlines()
    figures = [at for at, line in enumerate(lines) if line.startswith(" Figure of the table")]
    (divisor,) = [at for at, line in enumerate(lines) if line.startswith(" Divisor method")]
    assert len(figures) == 12
    assert divisor < figures[0]
    assert "… and 3 more; --json gives them all" in lines
