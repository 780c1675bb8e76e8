"""The price of each rule against solving the scenario without it, and against the program's own duals."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from allocator import allocate, load_scenario
from allocator.data.table import Table
from allocator.errors import InfeasibleError
from allocator.model.allocation import Allocation
from allocator.model.program import solve
from allocator.model.scenario import Scenario
from allocator.why.prices import RulePrice, attainment_price, rule_prices
from tests.scenarios import allocations

relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def without(scenario: Scenario, price: RulePrice) -> Scenario:
    """The scenario with some entries taken out, as a planner would edit it."""
    settings = scenario.model_dump()
    for key in price.account.key.split(" + "):
        part, _, name = key.partition(".")
        if part in ("locks", "groups"):
            settings[part] = [each for each in settings[part] if each.get("unit", each.get("name")) != name]
        elif key.startswith("bounds.units."):
            del settings["bounds"]["units"][key.removeprefix("bounds.units.")]
        else:
            settings["bounds"][name] = {"min_quota": 0}.get(name)
    return Scenario.model_validate(settings)


@settings(relaxed, max_examples=60)
@given(allocations())
def test_moved_is_what_solving_without_the_rule_moves(allocation: Allocation) -> None:
    found = rule_prices(allocation)
    known = [each.moved for each in found if each.moved is not None]
    assert [each.moved for each in found][len(found) - len(known) :] == sorted(known, reverse=True)
    for price in found:
        if price.change is None:
            with pytest.raises(InfeasibleError):
                allocate(allocation.table, without(allocation.scenario, price), method="waterfill")
            continue
        again = allocate(allocation.table, without(allocation.scenario, price), method="waterfill")
        assert price.change == tuple(a - b for a, b in zip(again.quotas, allocation.quotas, strict=True))
        assert sum(price.change) == 0
        if price.account.status == "slack":
            assert (price.moved, price.price) == (0, 0.0)
        if price.price:
            assert price.price > 0
            assert price.moved
        if price.together:
            assert price.moved
            parts = [each for each in found if each.account.key in price.account.key.split(" + ")]
            assert len(parts) > 1
            assert not any(each.moved for each in parts)


def test_a_cap_whose_loosening_lets_a_floor_come_into_force_has_no_price() -> None:
    columns = {"workforce": (7, 1), "published_quota": (None, 1)}
    pace = {"reference": "published_quota", "down": 0.0, "up": None}
    scenario = Scenario.model_validate({"data": "units.csv", "target": 5, "lot": 5, "bounds": {"pace": pace}})
    found = rule_prices(allocate(Table(("A", "B"), columns, (None, None), (None, None)), scenario))
    (cap,) = [each for each in found if each.account.key == "bounds.max_share"]
    assert (cap.change, cap.price) == ((-5, 5), None)


def saved(allocation: Allocation, changes: dict[str, Any]) -> float:
    """Claim effort saved by a changed scenario, floors' lots counted as well."""
    other = allocate(allocation.table, allocation.scenario.changed(changes), method="waterfill")

    def total(lots: tuple[int, ...]) -> float:
        return sum(allocation.problem.cost(i, k) for i, held in enumerate(lots) for k in range(1, held + 1))

    return total(allocation.lots) - total(other.lots)


@pytest.mark.parametrize(
    ("setting", "rule", "looser"),
    [
        ("bounds.min_quota=50", "bounds.min_quota", {"bounds": {"min_quota": 40}}),
        (
            "bounds.units={Châu Phú: {max: 200}}",
            "bounds.units.Châu Phú",
            {"bounds": {"units": {"Châu Phú": {"max": 210}}}},
        ),
        (
            "bounds.units={Châu Phú: {min: 300}}",
            "bounds.units.Châu Phú",
            {"bounds": {"units": {"Châu Phú": {"min": 290}}}},
        ),
        ("locks=[{unit: An Phú, quota: 50}]", "locks.An Phú", {"locks": [{"unit": "An Phú", "quota": 40}]}),
        (
            "groups=[{name: g, kind: district, min: 2600}]",
            "groups.g",
            {"groups": [{"name": "g", "kind": "district", "min": 2590}]},
        ),
    ],
)
def test_price_is_the_effort_saved_by_one_lot_less_strict(setting: str, rule: str, looser: dict[str, Any]) -> None:
    table, scenario = load_scenario("an-giang-2017/base", [setting])
    allocation = allocate(table, scenario, method="waterfill")
    price = next(each for each in rule_prices(allocation) if each.account.key == rule)
    assert price.account.status == "binding"
    assert price.price == pytest.approx(saved(allocation, looser), abs=1e-9)


@settings(relaxed, max_examples=30)
@given(allocations())
def test_the_programs_dual_of_a_group_is_not_below_the_price(allocation: Allocation) -> None:
    prices = solve(allocation.problem).prices
    for price in rule_prices(allocation):
        if price.account.key.startswith("groups.") and price.price:
            assert max(abs(prices.get(f"g1_{side}", 0)) for side in ("floor", "cap")) >= price.price - 1e-7


def three(**settings: Any) -> Allocation:
    """Three units of equal claim."""
    table = Table(("A", "B", "C"), {"workforce": (100, 100, 100)}, (None,) * 3)
    return allocate(table, Scenario(data="t.csv", **{"target": 20, "lot": 10, **settings}), method="waterfill")


def status(allocation: Allocation) -> dict[str, tuple[str, float | None, int | None]]:
    return {each.account.key: (each.account.status, each.price, each.moved) for each in rule_prices(allocation)}


def test_a_rule_whose_place_another_rule_holds_too_is_degenerate() -> None:
    table = Table(("A", "B"), {"workforce": (100, 50)}, (None,) * 2)
    bounds = {"max_share": 0.6, "units": {"A": {"max": 30}}}
    scenario = Scenario.model_validate({"data": "t.csv", "target": 60, "lot": 10, "bounds": bounds})
    allocation = allocate(table, scenario, method="waterfill")
    assert allocation.quotas == (30, 30)
    # The third lot of B asks 25 / 50, the fourth of A would ask 35 / 100.
    assert status(allocation)["bounds.units.A"] == ("binding", pytest.approx(0.15), 10)
    both = scenario.changed({"bounds": {"max_share": 0.3}, "target": 40})
    held = status(allocate(table, both, method="waterfill"))
    assert held["bounds.units.A"] == ("binding", None, 0)


def test_a_cap_at_the_quota_it_would_have_anyway_is_degenerate() -> None:
    table, scenario = load_scenario("an-giang-2017/base", ["bounds.units={Long Xuyên: {max: 1010}}"])
    assert status(allocate(table, scenario, method="waterfill"))["bounds.units.Long Xuyên"] == (
        "binding",
        None,
        0,
    )


def test_a_cap_that_only_decides_a_tie_moves_members_at_no_price() -> None:
    allocation = three(bounds={"units": {"A": {"max": 0}}})
    assert allocation.quotas == (0, 10, 10)
    assert status(allocation)["bounds.units.A"] == ("binding", None, 10)


def test_a_floor_on_a_unit_that_claims_nothing_has_no_price() -> None:
    table = Table(("A", "B"), {"workforce": (0, 100)}, (None,) * 2)
    scenario = Scenario.model_validate(
        {"data": "t.csv", "target": 20, "lot": 10, "bounds": {"units": {"A": {"min": 10}}, "max_share": None}}
    )
    assert status(allocate(table, scenario, method="waterfill"))["bounds.units.A"] == ("binding", None, 10)


def test_rules_have_their_price_where_risk_is_weighed() -> None:
    changes = ["risk.weight=0.5", "bounds.units={CĐ các KCN: {max: 2000}}", "bounds.min_quota=50"]
    allocation = allocate(*load_scenario("an-giang-2017/base", changes), method="waterfill")
    found = status(allocation)
    for rule in ("bounds.units.CĐ các KCN", "bounds.min_quota"):
        assert found[rule][0] == "binding"
        assert found[rule][1]
        assert found[rule][2]


def test_slack_rules_are_proved_to_move_nothing_and_equal_ones_keep_the_order() -> None:
    allocation = three(bounds={"min_quota": 0, "max_share": 0.9, "units": {"B": {"max": 90}}})
    assert [each.account.key for each in rule_prices(allocation)] == ["bounds.units.B", "bounds.max_share"]
    assert set(status(allocation).values()) == {("slack", 0.0, 0)}
    assert rule_prices(replace(allocation))[0].to_json("ABC")["gives"] == []


def test_a_floor_that_alone_can_place_the_target_is_needed() -> None:
    allocation = three(
        target=30, drivers=[{"column": "workforce", "share": 1}], bounds={"min_quota": 10, "max_share": None}
    )
    assert status(allocation)["bounds.min_quota"] == ("binding", None, 0)
    table = Table(("A", "B"), {"workforce": (0, 0)}, (None,) * 2)
    scenario = Scenario.model_validate(
        {"data": "t.csv", "target": 20, "lot": 10, "bounds": {"min_quota": 10, "max_share": None}}
    )
    assert status(allocate(table, scenario, method="waterfill"))["bounds.min_quota"] == ("binding", None, None)


def test_the_weight_of_the_past_is_taken_away_at_every_level() -> None:
    """P has reached half of its term target, Q all of it: 10 and 20 of 30; without that weight 15 each."""
    figures = {"workforce": (100, 100, 100, 100), "term_target": (100, 100, 100, 100), "recruited": (50, 100, 50, 100)}
    table = Table(("P", "Q", "A", "B"), figures, (None,) * 4, (None, None, "P", "Q"))
    keys = {"data": "t.csv", "target": 30, "hierarchy": "levels", "attainment": {"exponent": 1}}
    made = allocate(table, Scenario.model_validate(keys))
    weight = attainment_price(made)
    assert made.quotas == (10, 20)
    assert weight is not None
    assert weight.change == (5, -5)
