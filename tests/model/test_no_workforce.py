"""A table without workforces: quotas rest on other columns, and nothing is told or limited by a workforce."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from allocator.data.table import Table
from allocator.errors import InputError
from allocator.files import load_scenario
from allocator.model.allocation import allocate
from allocator.model.scenario import Scenario
from allocator.proof.check import first_wrong
from allocator.proof.result import result
from tests.command import allocator

SIZES = "unit,size\nA,500\nB,700\nC,300\n"


def table_of(columns: dict[str, tuple[int, ...]], parents: tuple[str | None, ...] = ()) -> Table:
    units = tuple("ABCDEFGH"[: len(next(iter(columns.values())))])
    blank = (None,) * len(units)
    return Table(units, columns, blank, parents or blank)


def scenario_of(**settings: Any) -> Scenario:
    return Scenario.model_validate({"data": "t.csv", "drivers": [{"column": "size", "share": 1}], **settings})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "size.csv").write_text(SIZES)
    (tmp_path / "s.yaml").write_text("data: size.csv\ntarget: 100\ndrivers: [{column: size, share: 1}]\n")
    return tmp_path


def test_the_only_figures_of_a_table_are_what_a_scenario_calls_them(folder: Path) -> None:
    """500, 700 and 300 of 1,500 are 33.3, 46.7 and 20 of 100."""
    table, scenario = load_scenario(folder / "s.yaml")
    made = result(allocate(table, scenario))
    assert [each["quota"] for each in made["units"]] == [33, 47, 20]
    assert [each["claim"] for each in made["units"]] == [500, 700, 300]
    assert {(each["workforce"], each["available"], each["effort"]) for each in made["units"]} == {(None, None, None)}
    assert [each["cap"] for each in made["units"]] == [100, 100, 100]
    assert made["rules"] == []


@pytest.mark.parametrize("call", ["run size.csv --target 100", "new size.csv --target 100 --out out"])
def test_its_first_scenario_rests_on_them_under_their_name(folder: Path, call: str) -> None:
    done = allocator(*call.split(), "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    if "new" in call:
        assert (folder / "out" / "units.csv").read_text().startswith("unit,kind,size\n")
        done = allocator("run", "out/base.yaml", "--json", cwd=folder)
    made = json.loads(done.stdout)
    assert made["scenario"]["drivers"] == [{"column": "size", "share": 1.0}]
    assert [each["quota"] for each in made["units"]] == [33, 47, 20]
    assert "import.no_workforce" in [each["code"] for each in made["inputs"]["reading"]]


def test_the_sum_of_the_first_driver_stands_for_that_of_the_workforces() -> None:
    """Of 1,500: 70 % by size and 30 % alike are 350 + 150, 490 + 150, 210 + 150."""
    drivers = [{"column": "size", "share": 0.7}, {"equal": True, "share": 0.3}]
    made = allocate(table_of({"size": (500, 700, 300)}), scenario_of(target=100, drivers=drivers))
    assert [each / 10**6 for each in made.claims.claims] == [500, 640, 360]


def test_a_share_of_no_workforce_binds_nobody_and_is_noted() -> None:
    rules = [{"for": "all", "each": {"most": {"share": 0.1, "of": "workforce"}}}]
    made = allocate(
        table_of({"size": (500, 700, 300)}), scenario_of(target=100, rules=rules, bounds={"max_share": 0.6})
    )
    assert list(made.quotas) == [33, 47, 20]
    noted = {note.values["rule"]: note.values["column"] for note in made.notes if note.key == "note.rule_blank"}
    assert noted == {"bounds.max_share": "available", "rules.0": "workforce"}


def test_a_workforce_that_is_asked_for_is_refused_by_its_name() -> None:
    with pytest.raises(InputError) as error:
        allocate(table_of({"size": (5, 7)}), scenario_of(target=10, drivers=[{"column": "workforce", "share": 1}]))
    assert [(each.key, each.values["column"]) for each in error.value.faults] == [("table.no_column", "workforce")]


@pytest.mark.parametrize("seed", range(60))
def test_the_checker_finds_the_same(seed: int) -> None:
    draw = Random(seed)
    count = draw.randint(2, 8)
    sizes = {name: tuple(draw.randint(1, 900) for _ in range(count)) for name in ("size", "other")}
    share = draw.choice([0.2, 0.5, 1])
    drivers = [{"column": "size", "share": share}, {"column": "other", "share": 1 - share}][: 1 if share == 1 else 2]
    most = draw.choice([1, 0.6, None])
    rules = [{"for": {"units": ["A"]}, "each": {"least": draw.randint(0, 20)}},
             {"for": "all", "each": {"most": {"share": 0.3, "of": draw.choice(["available", "target"])}}}]  # fmt: skip
    settings = {"target": draw.randint(60, 90), "drivers": drivers, "bounds": {"max_share": most}}
    parents = (None, None, *(draw.choice("AB") for _ in range(count - 2))) if count > 4 else ()
    tree = {"hierarchy": draw.choice(["levels", "at_once"])} if parents else {"rules": rules[: draw.randint(0, 1)]}
    made = result(allocate(table_of(sizes, parents), scenario_of(**settings, **tree)))
    assert first_wrong(json.loads(json.dumps(made))) is None


@pytest.mark.parametrize(
    "text",
    [
        "unit,enterprises,published_quota,recruited,term_target\nA,30,10,60,100\nB,10,20,60,90\nC,20,10,70,90\n",
        "Đơn vị;Số doanh nghiệp;Chỉ tiêu giao\nA;30;10\nB;10;20\nC;20;10\n",
    ],
)
def test_columns_known_by_their_headers_may_be_drivers_too(text: str, tmp_path: Path) -> None:
    """30, 10 and 20 of 60 are 60, 20 and 40 of 120."""
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    (tmp_path / "s.yaml").write_text("data: t.csv\ntarget: 120\ndrivers: [{column: enterprises, share: 1}]\n")
    made = json.loads(allocator("run", "s.yaml", "--json", cwd=tmp_path).stdout)
    assert [each["quota"] for each in made["units"]] == [60, 20, 40]
    first = json.loads(allocator("run", "t.csv", "--target", "120", "--json", cwd=tmp_path).stdout)
    assert first["scenario"]["drivers"] == [{"column": "enterprises", "share": 1.0}]
    for call in (["calibrate", "s.yaml"], ["sensitivity", "s.yaml", "--details"]):
        done = allocator(*call, cwd=tmp_path, language="vi")
        assert (done.returncode, done.stdout) == (2, "")
        assert "nguồn CNLĐ của từng đơn vị" in done.stderr


@pytest.mark.parametrize(
    ("language", "told"), [("vi", "không có cột số lao động hiện có"), ("en", "has no column workforce")]
)
def test_a_risk_that_needs_workforces_is_refused_with_why_and_what_to_type(
    language: str, told: str, tmp_path: Path
) -> None:
    (tmp_path / "t.csv").write_text(SIZES, encoding="utf-8")
    (tmp_path / "s.yaml").write_text("data: t.csv\ntarget: 120\ndrivers: [{column: size, share: 1}]\n")
    done = allocator("run", "s.yaml", "--set", "risk.weight=0.5", cwd=tmp_path, language=language)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert "risk.weight" in done.stderr
    assert "allocator run s.yaml --set risk.weight=0" in done.stderr
    assert allocator("run", "s.yaml", "--set", "risk.weight=0", cwd=tmp_path).returncode == 0
