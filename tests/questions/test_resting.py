"""What `sensitivity` says first; `tests.stress` works out every sentence of random tables again."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from allocator import allocate, load_scenario
from allocator.data.table import Table
from allocator.errors import Fault
from allocator.finding import MOST_LINES, Finding
from allocator.model.scenario import Scenario
from allocator.questions import Case
from allocator.questions.sensitivity import ask_sensitivity
from allocator.words import LANGUAGES, Words

DRAWS = 64


def faults(text: Any) -> list[Fault]:
    """All texts of one, those within others too."""
    if isinstance(text, tuple | list):
        return [each for part in text for each in faults(part)]
    if not isinstance(text, Fault):
        return []
    return [text, *(each for value in text.values.values() for each in faults(value))]


def ask(table: Table, scenario: Scenario) -> tuple[Finding, dict[str, Fault]]:
    found = ask_sensitivity.ask(Case("made up", table, scenario, method="waterfill"), draws=DRAWS, seed=5)
    assert len(found.lines) < MOST_LINES
    for language in LANGUAGES:
        assert all(Words(language).told(line) for line in found.lines)
    return found, {each.key.removeprefix("sensitivity."): each for each in faults(found.lines[1:])}


def test_the_value_typed_back_moves_who_it_says() -> None:
    case = Case("base", *load_scenario("an-giang-2017/base"), method="waterfill")
    text = ask_sensitivity.ask(case, draws=DRAWS).lines[2]
    assert (
        Words("vi").told(text).startswith("Ước tăng của CĐ các KCN là 11.000 người: nếu chỉ còn 10.922, 10 đoàn viên")
    )
    assert Words("en").told(text).endswith("at 11,194, 10 members move from CĐCS tỉnh to CĐ các KCN.")
    for value, names in ((10_922, ("CĐ các KCN", "Long Xuyên")), (11_194, ("CĐCS tỉnh", "CĐ các KCN"))):
        again = load_scenario("an-giang-2017/base", [f'table."CĐ các KCN".growth_estimate={value}'])
        moved = dict(zip(case.table.units, np.subtract(allocate(*again).quotas, case.allocation.quotas), strict=True))
        assert {name: each for name, each in moved.items() if each} == {names[0]: -10, names[1]: 10}


def test_where_nothing_is_uncertain_nothing_looks_certain() -> None:
    table, scenario = load_scenario("an-giang-2017/base")
    table = replace(table, columns={**table.columns, "growth_estimate": (None,) * len(table)})
    found, said = ask(table, scenario.changed({"target": 3000}))
    assert found.records["uncertain"] == []
    assert set(said) == {"nothing"}
    for row in (*found.records["units"], found.records["province"]):
        assert {row.get(key) for key in ("p05", "p50", "p95", "shortfall_probability", "expected_shortfall")} == {None}
    (section,) = found.sections
    (listing,) = section.listings  # for files alone
    assert listing.aside
    assert {each for row in listing.rows for each in row[2:]} == {None}
    assert section.charts == ()
    assert section.texts == found.lines[1:]


def test_what_is_short_for_certain_is_said() -> None:
    table, scenario = load_scenario("an-giang-2017/base", ["growth.realisation=0"])
    table = replace(table, columns={**table.columns, "growth_estimate": (None,) * len(table)})
    found, said = ask(table, scenario)
    workforce, quotas = table.column("workforce"), [row["quota"] for row in found.records["units"]]
    short = [quota - Fraction(55, 100) * now for quota, now in zip(quotas, workforce, strict=True)]
    assert said["surely_short"].values["units"] == [u for u, each in zip(table.units, short, strict=True) if each > 0]
    assert said["surely_short"].values["members"] == round(sum(each for each in short if each > 0))


def test_without_workforces_no_unit_is_said_to_be_short() -> None:
    table, scenario = load_scenario("an-giang-2017/base")
    columns = {key: each for key, each in table.columns.items() if key != "workforce"}
    table = replace(table, columns={**columns, "members": range(1, 16)})
    scenario = scenario.changed({"drivers": [{"column": "members"}], "bounds": {"max_share": None}, "target": 3000})
    found, said = ask(table, scenario)
    assert (found.records["uncertain"], set(said)) == ([], {"nothing"})
    past = {"attainment": {"exponent": 1}, "uncertainty": {"attainment": {"deviation": 0.1}}}
    found, said = ask(table, scenario.changed(past))
    assert found.records["uncertain"] == ["attainment"]
    assert set(said) == {"may_be_off", "off_attainment", "spread", "unmeasured"}
    for row in found.records["units"]:
        assert row["p05"] <= row["p50"] <= row["p95"]
    for row in (*found.records["units"], found.records["province"]):
        assert {row[key] for key in ("shortfall_probability", "expected_shortfall", "cvar90", "cvar95")} == {None}
    (section,) = found.sections
    assert [each.name for each in section.charts] == ["bands"]
    assert not {"shortfall_probability", "expected_shortfall"} & {each.key for each in section.listings[0].columns}
    assert "sensitivity.risk" not in {each.key for each in faults(section.texts)}


def test_growth_of_one_value_is_certain() -> None:
    table, scenario = load_scenario("an-giang-2017/base", ["uncertainty.default={dist: values, values: [20 %, 20 %]}"])
    assert ask(table, scenario)[0].records["uncertain"] == []
    both = scenario.changed({"uncertainty": {"attainment": {"deviation": 0.1}}})
    found, said = ask(table, both)
    assert found.records["uncertain"] == ["attainment"]
    assert said["off_attainment"].values["units"] == 14
    assert not {"rests_growth", "tipping_growth"} & set(said)
