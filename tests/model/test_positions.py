"""Positions and ties as statements about deciding again, against enumeration from the definition alone."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from allocator.data.table import Table
from allocator.errors import AllocatorError
from allocator.model.allocation import allocate
from allocator.model.scenario import Scenario
from allocator.why.accounts import accounts
from allocator.why.prices import rule_prices
from tests.model.rules_oracle import Crossing, Infeasible, Small, best, position
from tests.model.test_rules import each, flat, problem, share, sum_of, told

TREE = {"A": ("P",), "B": ("P",), "C": ("Q",)}


def held_against_enumeration(seed: int) -> Counter[str]:
    """The positions in one random problem; fails where one is not what deciding again shows."""
    small = problem(seed)
    try:
        best(small)
        made = told(small, "waterfill")
    except (Infeasible, Crossing, AllocatorError):
        return Counter()
    found = dict(zip(made.table.units, made.positions, strict=True))
    right = {leaf: position(small, leaf) for leaf in small.leaves}
    assert found == right, (seed, small, dict(zip(made.table.units, made.quotas, strict=True)))
    return Counter(right.values())


def test_positions_against_enumeration() -> None:
    found: Counter[str] = Counter()
    for seed in range(60):
        found += held_against_enumeration(seed)
    assert all(found[each] > 1 for each in ("AT_FLOOR", "AT_CAP", "AT_GROUP", "BY_CLAIM")), found


def test_bounds_that_only_deciding_again_tells() -> None:
    """A band without a lot, minima that give way alike beside a sum, lots that differ between levels."""
    for seed in (1094, 1774, 1870, 3506):
        held_against_enumeration(seed)


def places(small: Small) -> dict[str, tuple[int, str]]:
    made = told(small, "waterfill")
    return {u: (q, p) for u, q, p in zip(made.table.units, made.quotas, made.positions, strict=True)}


@pytest.mark.parametrize("levels", [True, False])
def test_a_lock_above_holds_those_below_it_as_a_group(levels: bool) -> None:
    small = Small({"A": 20, "B": 30, "C": 50}, 20, 1, [each({"units": ["P"]}, 14, 14)], TREE, levels=levels)
    assert places(small) == {"A": (6, "AT_GROUP"), "B": (8, "AT_GROUP"), "C": (6, "BY_CLAIM")}


def test_a_floor_in_a_full_group() -> None:
    rules = [each({"units": ["A"]}, 6), each({"units": ["C"]}, 3), sum_of(["A", "B"], most=11)]
    assert places(flat([10, 100, 5], 14, 1, rules)) == {
        "A": (6, "AT_FLOOR"),
        "B": (5, "BY_CLAIM"),
        "C": (3, "BY_CLAIM"),
    }


def test_kinds_that_share_everything_are_a_group_though_no_rule_moves_anything_alone() -> None:
    rules = [sum_of(["A", "B"], least=14, most=14), sum_of(["C", "D"], least=6, most=6)]
    made = told(flat([20, 30, 30, 20], 20, 1, rules), "waterfill")
    assert set(made.positions) == {"AT_GROUP"}
    *alone, together = sorted(rule_prices(made), key=lambda price: price.together)
    assert [price.moved for price in alone] == [0, 0]
    assert together.moved == 4
    assert together.account.key == "rules.0 + rules.1"


def test_a_tie_is_recorded_in_a_full_group_and_at_every_level() -> None:
    full = told(flat([10, 10, 20], 6, 1, [sum_of(["A", "B"], least=3, most=3)]), "waterfill")
    assert [(tie.given, tie.waiting, tie.level, tie.effort) for tie in full.ties] == [((0,), (1,), 1, 0.15)]
    below = told(Small({"A": 10, "B": 10, "C": 20}, 6, 1, [], TREE, levels=True), "waterfill")
    assert [(tie.given, tie.waiting, tie.level, tie.effort) for tie in below.ties] == [((0,), (1,), 2, 0.15)]
    above = told(Small({"A": 10, "B": 10, "C": 20}, 5, 1, [], TREE, levels=True), "waterfill")
    assert next((tie.given, tie.waiting, tie.level) for tie in above.ties) == ((0,), (1,), 1)


def test_a_sum_of_all_that_says_what_the_target_says_leaves_both_ends() -> None:
    plain, said = (flat([10, 10, 20], 6, 1, rules) for rules in ([], [sum_of(["A", "B", "C"], least=6, most=6)]))
    assert told(said, "waterfill").ends == told(plain, "waterfill").ends == (0.15, 0.15)


def test_both_ends_stand_in_every_family() -> None:
    made = told(Small({"A": 20, "B": 30, "C": 50}, 20, 1, [], TREE, levels=True), "waterfill")
    tree = made.ground.tree
    assert made.ends == (0.19, 0.21)
    assert made.family_ends[tree.position["P"]] == pytest.approx((5.5 / 30, 6.5 / 30))
    assert made.family_ends[tree.position["Q"]] == (0.19, 0.21)


def test_a_rule_of_an_upper_level_has_a_price() -> None:
    small = Small({"A": 20, "B": 30, "C": 50}, 20, 1, [each({"units": ["P"]}, 14, 14)], TREE, levels=True)
    (price,) = rule_prices(told(small, "waterfill"))
    assert price.moved == 4
    assert price.price == pytest.approx(13.5 / 50 - 6.5 / 50)


@pytest.mark.parametrize(
    ("bounds", "right"),
    [
        # The first lots cost nothing and go to the larger claims: A and B.
        ({}, [(1, "BY_CLAIM"), (1, "BY_CLAIM"), (0, "BY_CLAIM")]),
        ({"A": {"max": 0}}, [(0, "AT_CAP"), (1, "BY_CLAIM"), (1, "BY_CLAIM")]),
        ({"C": {"min": 1}}, [(1, "BY_CLAIM"), (0, "BY_CLAIM"), (1, "AT_FLOOR")]),
        ({"C": {"max": 0}, "A": {"min": 1}}, [(1, "BY_CLAIM"), (1, "BY_CLAIM"), (0, "BY_CLAIM")]),
    ],
)
def test_lots_that_cost_nothing_are_exchanged_by_claim(bounds: Any, right: list[tuple[int, str]]) -> None:
    table = Table(("A", "B", "C"), {"workforce": (30, 20, 10)}, (None,) * 3, (None,) * 3)
    values = {"data": "", "target": 2, "signpost": "adams", "bounds": {"max_share": None, "units": bounds}}
    made = allocate(table, Scenario.model_validate(values), "waterfill")
    assert list(zip(made.quotas, made.positions, strict=True)) == right


@pytest.mark.parametrize(
    ("bounds", "right"),
    [
        ({}, [(2, "BY_CLAIM"), (0, "BY_CLAIM")]),
        ({"A": {"max": 1}}, [(1, "AT_CAP"), (1, "BY_CLAIM")]),
        ({"B": {"min": 1}}, [(1, "BY_CLAIM"), (1, "AT_FLOOR")]),
        ({"A": {"max": 2}, "B": {"max": 0}}, [(2, "BY_CLAIM"), (0, "BY_CLAIM")]),
    ],
)
def test_lots_of_equal_cost_are_exchanged_by_claim(bounds: Any, right: list[tuple[int, str]]) -> None:
    """A's second lot costs as much as B's first, 3/30 and 1/10: the larger claim has it."""
    table = Table(("A", "B"), {"workforce": (30, 10)}, (None,) * 2, (None,) * 2)
    values = {"data": "", "target": 2, "bounds": {"max_share": None, "units": bounds}}
    made = allocate(table, Scenario.model_validate(values), "waterfill")
    assert list(zip(made.quotas, made.positions, strict=True)) == right


def status(table: Table, **values: Any) -> str:
    made = allocate(table, Scenario.model_validate({"data": "", "bounds": {"max_share": None}, **values}), "waterfill")
    return next(account.status for account in accounts(made) if account.key == "rules.0")


@pytest.mark.parametrize(("most", "right"), [(9, "binding"), (10, "slack"), (12, "slack"), (5, "binding")])
def test_a_rule_on_several_levels_is_held_against_each_levels_lots(most: int, right: str) -> None:
    """Q gets 20 in lots of 10, C of it 5 in lots of 5: one more is 10. P has nobody and takes nothing."""
    names, parents = tuple("PQACD"), (None, None, "P", "Q", "Q")
    table = Table(names, {"workforce": (None, None, 0, 10, 30)}, (None,) * 5, parents)
    rule = each({"units": ["P", "C"]}, None, share(f"{most * 10} %", "workforce"))
    assert status(table, target=20, lot=10, hierarchy="levels", levels=[{}, {"lot": 5}], rules=[rule]) == right


@pytest.mark.parametrize(("most", "right"), [(15, "binding"), (24, "slack"), (25, "slack")])
def test_where_all_leaves_are_decided_at_once_one_more_is_a_lot_of_theirs(most: int, right: str) -> None:
    """P is limited in lots of 10, 25 to 20 of them, and takes 15 in lots of 5: one more is 20."""
    table = Table(tuple("PQAB"), {"workforce": (None, None, 15, 25)}, (None,) * 4, (None, None, "P", "Q"))
    rule = {"for": {"units": ["P"]}, "each": {"most": share(f"{most * 4} %", "last")}}
    table = Table(table.units, {**table.columns, "last": (25, None, None, None)}, table.kinds, table.parents)
    assert status(table, target=40, lot=10, hierarchy="at_once", levels=[{}, {"lot": 5}], rules=[rule]) == right


def test_a_least_or_a_most_of_nothing_holds_nobody() -> None:
    table = Table(("A", "B"), {"workforce": (0, 10)}, (None,) * 2, (None,) * 2)
    for rule, right in (
        (each("all", 0), "slack"),
        (each({"units": ["A"]}, None, 0), "slack"),
        (each({"units": ["B"]}, None, 4), "binding"),
        (each({"units": ["B"]}, 4), "binding"),
        (each({"units": ["B"]}, 3), "slack"),
        (each({"units": ["B"]}, None, 5), "slack"),
        (sum_of(["A", "B"], least=4), "binding"),
        (sum_of(["A", "B"], most=5), "slack"),
    ):
        assert status(table, target=4, rules=[rule]) == right, rule


@pytest.mark.parametrize("way", ["at_once", "levels"])
@pytest.mark.parametrize(("largest", "right"), [(1, "BY_CLAIM"), (None, "BY_CLAIM"), (0.9, "AT_GROUP")])
def test_the_largest_share_of_everything_limits_no_group_that_it_leaves_room(
    way: str, largest: float | None, right: str
) -> None:
    """C gets 6 of 10, as P is locked: a group holds it only where a rule says something of Q."""
    table = Table(tuple("PQABC"), {"workforce": (None, None, 20, 30, 50)}, (None,) * 5, (None, None, "P", "P", "Q"))
    values = {"data": "", "target": 20, "hierarchy": way, "bounds": {"max_share": largest}}
    values["rules"] = [each({"units": ["P"]}, 14, 14)]
    made = allocate(table, Scenario.model_validate(values), "waterfill")
    assert (made.quotas, made.positions) == (
        (6, 8, 6),
        ("AT_GROUP", "AT_GROUP", right if way == "levels" else "BY_CLAIM"),
    )


def test_what_units_below_can_take_is_no_limit_where_it_is_all_there_is() -> None:
    """P has the whole target of 5, and only B claims: that A may be given 21 at most holds neither of them."""
    table = Table(("P", "A", "B"), {"workforce": (None, 0, 10)}, (None,) * 3, (None, "P", "P"))
    keys = {"data": "t.csv", "target": 5, "hierarchy": "levels", "bounds": {"max_share": None}}
    rules = [{"for": {"units": ["P", "A"]}, "each": {"most": 21}}]
    made = allocate(table, Scenario.model_validate({**keys, "rules": rules}))
    assert made.quotas == (0, 5)
    assert made.binding == frozenset()
