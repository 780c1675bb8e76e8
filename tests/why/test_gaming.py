"""The gaming meter: which scenarios reward or punish a reported result, and what `run` says of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from allocator import allocate, load_scenario
from allocator.data.table import Table
from allocator.errors import InfeasibleError, InputError
from allocator.model.scenario import Scenario
from allocator.why.gaming import gaming, uses_results
from allocator.why.optima import MOST_UNITS
from allocator.words import Words


@pytest.mark.parametrize(
    ("scenario", "changes", "verdicts"),
    [
        ("base", [], {"ratchet"}),
        ("base", ["attainment.basis=net"], {"ratchet"}),
        ("catch-up", [], {"discouraging"}),
        ("workforce-only", [], set()),
    ],
)
def test_verdicts_of_the_built_in_scenarios(scenario: str, changes: list[str], verdicts: set[str]) -> None:
    table, loaded = load_scenario(f"an-giang-2017/{scenario}", changes)
    made = gaming(allocate(table, loaded, method="waterfill"))
    found = {each.verdict for each in made.units} - {"neutral"}
    assert found == verdicts
    keys = {each.key for each in made.findings()}
    assert keys == {f"gaming.{verdict}" for verdict in found}


def test_changes_are_those_of_an_edited_table() -> None:
    table, scenario = load_scenario("an-giang-2017/base")
    allocation = allocate(table, scenario, method="waterfill")
    made = {each.unit: each for each in gaming(allocation).units}
    unit = table.units.index("Châu Phú")
    for result, change in ((1733 + 173, made["Châu Phú"].up), (1733 - 173, made["Châu Phú"].down)):
        column = list(table.column("recruited"))
        column[unit] = result
        edited = replace(table, columns={**table.columns, "recruited": tuple(column)})
        assert allocate(edited, scenario, method="waterfill").quotas[unit] - allocation.quotas[unit] == change
    assert (made["Châu Phú"].up, made["Châu Phú"].down) == (30, -20)
    assert "CĐ các KCN" not in made


RESULTS = st.lists(
    st.tuples(st.integers(1, 60), st.none() | st.integers(0, 80), st.integers(0, 90)), min_size=1, max_size=6
)
PAST = st.fixed_dictionaries(
    {
        "exponent": st.sampled_from([0, 1, 2, 0.5]),
        "floor": st.sampled_from([0.0, 0.5]),
        "ceiling": st.sampled_from([1.0, 3.0]),
        "missing": st.sampled_from([1.0, "province"]),
        "basis": st.sampled_from(["gross", "net"]),
    }
)
BOUNDS = st.sampled_from([{}, {"min_quota": 1, "max_share": 0.6}, {"pace": {"reference": "recruited"}}])


@settings(deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(
    RESULTS, PAST, BOUNDS, st.sampled_from(["workforce", "recruited"]), st.sampled_from([0.0, 1.0]), st.integers(1, 60)
)
def test_all_units_at_once_are_as_one_by_one(rows, past, bounds, driver, weight, target) -> None:
    columns = dict(zip(("workforce", "recruited", "term_target"), zip(*rows, strict=True), strict=True))
    columns["lost"] = tuple(None if each is None else each // 3 for each in columns["recruited"])
    table = Table(tuple("ABCDEF"[: len(rows)]), columns, (None,) * len(rows))
    settled = {
        "attainment": past,
        "bounds": bounds,
        "drivers": [{"column": driver, "share": 1}],
        "risk": {"weight": weight},
    }
    scenario = Scenario.model_validate({"data": "t.csv", "target": target, "published": None, **settled})
    try:
        made = allocate(table, scenario, method="waterfill")
    except (InputError, InfeasibleError):
        assume(False)
    for each in gaming(made).units:
        unit = table.units.index(each.unit)
        result = columns["recruited"][unit]
        for sign, moved in ((1, each.up), (-1, each.down)):
            edited = table.with_figure("recruited", unit, result + sign * max(1, round(result / 10)))
            try:
                other = allocate(edited, scenario, method="waterfill").quotas[unit]
            except (InputError, InfeasibleError):
                assert moved is None or not uses_results(made.ground)
            else:
                assert other - made.quotas[unit] == moved


def test_a_remaining_target_as_driver_rewards_delivery_with_a_lower_quota() -> None:
    columns = {"workforce": (100, 100), "term_target": (100, 100), "recruited": (40, 50), "lost": (0, 0)}
    table = Table(("A", "B"), columns, (None, None))
    drivers = [{"column": "remaining_term_target", "share": 1}]
    scenario = Scenario.model_validate({"data": "t.csv", "target": 100, "drivers": drivers})
    made = gaming(allocate(table, scenario, method="waterfill"))
    assert {each.verdict for each in made.units} == {"discouraging"}
    text = made.findings()[0].told(Words("en"))
    assert text.startswith("Reporting pays")
    assert text.endswith("A and B.")


def test_a_change_that_leaves_no_allocation_is_not_counted() -> None:
    columns = {"workforce": (100, 100), "term_target": (1, 1), "recruited": (1, 1)}
    table = Table(("A", "B"), columns, (None, None))
    attainment = {"exponent": 1, "floor": 0, "ceiling": 1}
    bounds = {"max_share": 0.5}
    scenario = Scenario.model_validate({"data": "t.csv", "target": 100, "attainment": attainment, "bounds": bounds})
    made = gaming(allocate(table, scenario, method="waterfill"))
    assert [(each.up, each.down, each.verdict) for each in made.units] == [(0, None, "neutral")] * 2


def test_too_many_units_are_said_not_to_be_measured() -> None:
    count = MOST_UNITS + 1
    columns = {"workforce": (10,) * count, "term_target": (10,) * count, "recruited": (5,) * count}
    table = Table(tuple(map(str, range(count))), columns, (None,) * count)
    scenario = Scenario.model_validate({"data": "t.csv", "target": 100, "attainment": {"exponent": 1}})
    made = gaming(allocate(table, scenario, method="waterfill"))
    assert [each.key for each in made.findings()] == ["gaming.not_measured"]


def test_of_a_tree_results_count_where_any_level_counts_them() -> None:
    table = Table(("P", "a", "b"), {"workforce": (None, 9, 9), "term_target": (9,) * 3, "recruited": (9,) * 3},
                  (None,) * 3, (None, "P", "P"))  # fmt: skip
    past = {"attainment": {"exponent": 1}}
    scenario = Scenario.model_validate({"data": "t.csv", "target": 6, "hierarchy": "levels", "levels": [past]})
    assert not allocate(table, scenario).scenario.attainment.exponent
    assert [each.key for each in gaming(allocate(table, scenario)).findings()] == ["gaming.not_measured"]


@pytest.mark.parametrize(
    "rule",
    [
        {"for": {"units": ["A", "B"]}, "together": {"most": {"share": 1, "of": "recruited"}}},
        {"for": "all", "each": {"least": {"share": 1, "of": "recruited"}}, "short": "alike"},
        {"for": {"where": {"recruited": 10}}, "together": {"most": 5}},
        {"for": {"where": {"recruited": 10}}, "each": {"most": 5}},
    ],
)
def test_rules_on_results_are_measured_by_deciding_anew(rule: dict[str, Any]) -> None:
    table = Table(("A", "B", "C"), {"workforce": (90, 90, 90), "recruited": (10, 20, 40)}, (None,) * 3)
    scenario = Scenario.model_validate({"data": "t.csv", "target": 60, "rules": [rule]})
    made = allocate(table, scenario, method="waterfill")
    for row, (each, result) in enumerate(zip(gaming(made).units, (10, 20, 40), strict=True)):
        for sign, moved in ((1, each.up), (-1, each.down)):
            edited = table.with_figure("recruited", row, result + sign * result // 10)
            assert allocate(edited, scenario, method="waterfill").quotas[row] - made.quotas[row] == moved
    assert any(each.up or each.down for each in gaming(made).units)


def test_of_a_tree_with_a_rule_on_results_nothing_is_said_to_be_measured() -> None:
    table = Table(("P", "a", "b"), {"workforce": (None, 90, 90), "recruited": (None, 10, 40)},
                  (None,) * 3, (None, "P", "P"))  # fmt: skip
    rule = {"for": {"units": ["a"]}, "each": {"most": {"share": 1, "of": "recruited"}}}
    scenario = Scenario.model_validate({"data": "t.csv", "target": 60, "rules": [rule]})
    assert [each.key for each in gaming(allocate(table, scenario)).findings()] == ["gaming.not_measured"]
