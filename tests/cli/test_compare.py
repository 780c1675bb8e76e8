"""compare end to end: the settings that differ, the members moved, and one allocation between scenarios."""

from __future__ import annotations

import csv
import json
import re
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import yaml

from allocator.data.settings import Settings
from allocator.data.table import Table
from allocator.files import load_scenario
from allocator.finding.settings import Setting, SettingName
from allocator.model.key_examples import EXAMPLES
from allocator.model.scenario import Scenario, scenario_from
from allocator.questions import Case, find
from allocator.why.differences import differing, found, held
from allocator.words import Words
from tests import command

BASE = "an-giang-2017/base"
SCENARIOS = (BASE, "an-giang-2017/full-growth")


allocator = partial(command.allocator, "compare")


def compared(*arguments: str) -> Any:
    done = allocator(*arguments, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def test_the_compromise_is_never_worse_than_a_scenario_itself() -> None:
    made = compared(*SCENARIOS, "--compromise")["compromise"]
    assert sum(row["quota"] for row in made["units"]) == 6500
    assert [each["name"] for each in made["scenarios"]] == list(SCENARIOS)
    assert all(each["regret"] <= made["worst_regret"] <= each["own_worst"] for each in made["scenarios"])


def test_scenarios_that_share_too_little_are_named() -> None:
    done = allocator(BASE, "an-giang-2017/districts-protected", "--compromise", "--lang", "en")
    assert (done.returncode, done.stdout) == (2, "")
    assert "do not share “Groups”" in done.stderr


def test_what_differs_from_the_first_is_named_and_what_moves_is_counted(tmp_path: Path) -> None:
    scenarios = {
        "one": "data: a.csv\ntarget: 100\nlocks: [{unit: A, quota: 20}]\ngroups: [{name: G, units: [A, B], min: 10}]\n",
        "two": "data: b.csv\ntarget: 100\nlot: 5\nlocks: [{unit: A, quota: 30, by: LĐLĐ}]\n",
    }
    for name, text in scenarios.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "a.csv").write_text("unit,workforce\nA,300\nB,500\nC,200\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("unit,workforce\nB,500\nA,250\nD,250\n", encoding="utf-8")
    first, second = compared(*(str(tmp_path / f"{name}.yaml") for name in scenarios))["scenarios"]
    assert (first["moved"], first["settings"]) == (0, [])
    settings = {each["key"]: (each["from"], each["to"]) for each in second["settings"]}
    assert settings == {
        "lot": (1, 5),
        "locks.A.quota": (20, 30),
        "locks.A.by": ("", "LĐLĐ"),
        "groups.G.units": (["A", "B"], None),
        "groups.G.min": (10, None),
        "table.A.workforce": (300, 250),
    }
    quotas = [{unit["unit"]: unit["quota"] for unit in each["units"]} for each in (first, second)]
    changes = {unit: quotas[1].get(unit, 0) - quotas[0].get(unit, 0) for unit in "ABCD"}
    assert second["moved"] == sum(map(abs, changes.values())) / 2
    assert {unit["unit"]: unit["change"] for unit in second["units"]} == {unit: changes[unit] for unit in "BAD"}
    told = allocator(*(str(tmp_path / f"{name}.yaml") for name in scenarios), "--lang", "vi").stdout
    assert "Chỉ có trong two.yaml, không có trong one.yaml: D." in told
    assert "Chỉ có trong one.yaml, không có trong two.yaml: C." in told
    assert "5 thiết lập khác" not in told
    assert "6 thiết lập khác" in told


def test_units_are_matched_without_accents_and_other_totals_are_told(tmp_path: Path) -> None:
    tables = {"last": "Tinh Bien,300\nChau Phu,500\nCũ,200\n", "this": "Tịnh Biên,500\nChâu Phú,300\nMới,200\n"}
    for (name, rows), target in zip(tables.items(), (100, 200), strict=True):
        (tmp_path / f"{name}.csv").write_text(f"unit,workforce\n{rows}", encoding="utf-8")
        (tmp_path / f"{name}.yaml").write_text(f"data: {name}.csv\ntarget: {target}\nlot: 10\n", encoding="utf-8")
    files = [str(tmp_path / f"{name}.yaml") for name in tables]
    _, second = compared(*files)["scenarios"]
    assert (second["moved"], [each["change"] for each in second["units"]]) == (20, [70, 10, 40])
    assert [each["key"] for each in second["settings"]] == [
        "target", "table.Tinh Bien.workforce", "table.Chau Phu.workforce",
    ]  # fmt: skip
    told = " ".join(allocator(*files, "--lang", "en").stdout.split())
    assert "this.yaml: 20 members moved against last.yaml; 3 settings differ." in told
    assert "this.yaml shares out 200 members, last.yaml 100 (+100): this difference has come or gone" in told
    assert "Given more (3 units, +120): Tinh Bien +70, Mới +40 and Chau Phu +10." in told
    assert "Given less (1 unit, −20): Cũ −20." in told
    assert "written otherwise: Tinh Bien = Tịnh Biên and Chau Phu = Châu Phú." in told
    rows = list(csv.DictReader(StringIO(allocator(*files, "--format", "csv").stdout)))
    assert {each["unit"]: each["change_2"] for each in rows} == {
        "Tinh Bien": "70", "Chau Phu": "10", "Cũ": "-20", "Mới": "40",
    }  # fmt: skip


def test_the_published_quotas_may_be_the_reference() -> None:
    first, second = compared(*SCENARIOS, "--reference", "published")["scenarios"]
    assert (first["moved"], second["moved"]) == (0, compared(*SCENARIOS)["scenarios"][1]["moved"])
    said = " ".join(allocator(*SCENARIOS, "--reference", "published", "--lang", "en").stdout.split())
    assert "base: 270 members moved against the published allocation." in said
    assert "full-growth: 1,510 members moved against the published allocation." in said
    rows = list(csv.DictReader(StringIO(allocator(*SCENARIOS, "--reference", "published", "--format", "csv").stdout)))
    assert all(int(row["change_1"]) == int(row["quota_1"]) - int(row["published"]) for row in rows)


def test_every_setting_there_is_has_a_name_and_a_value_in_words() -> None:
    table, _ = load_scenario(BASE)
    plain = {"data": "units.csv", "target": 1}
    example = {**yaml.safe_load(EXAMPLES.replace("extends: base.yaml", "")), "data": "units.csv"}
    example["rules"][0]["each"] = {"least": {"share": "60 %", "of": "available"}}
    sides = [held(table, scenario_from(Settings(each, {}, Path()))) for each in (plain, example)]
    keys = list(differing(*sides))
    assert len(keys) > 50
    for language in ("vi", "en"):
        words = Words(language)
        for each in keys:
            texts = [SettingName(each).told(words), *(Setting(found(side, each)).told(words) for side in sides)]
            assert not re.findall(
                r"[a-z]+_[a-z_]+|[a-z]+\.[a-z]+", " ".join(texts).replace("own_maximum", "").replace("base.yaml", "")
            ), each
            if language == "vi":
                raw = r"\b(?:district|sector|dist|low|mode|units|rules|levels|growth|share|least)\b"
                assert not re.findall(raw, "".join(texts)), each


def test_a_unit_of_which_nothing_was_published_has_no_change_against_that() -> None:
    def case(name: str, *units: str) -> Case:
        table = Table(units, {"workforce": (100, 100), "published_quota": (10, 10)}, (None, None))
        return Case(name, table, Scenario(data="t.csv", target=30))

    found = find("compare").ask([case("first", "A", "B"), case("other", "A", "C")], reference="published")
    listing = next(each for each in found.listings if each.key == "compare")
    at = [each.key for each in listing.columns].index("change_2")
    assert {row[0]: row[at] for row in listing.rows} == {"A": 5, "B": -10, "C": None}
    assert listing.total is not None
    assert listing.total[at] is None
