"""The one-lot test against every pair of units, one by one."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings

from allocator import allocate, load_scenario
from allocator.model.allocation import Allocation
from allocator.why.explanation import one_lot
from tests.problems import cost_order, keeps_bounds
from tests.scenarios import allocations

relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def moves(allocation: Allocation) -> list[tuple[int, int]]:
    """Pairs between which one lot can move with every rule kept."""
    found = []
    for giver, taker in permutations(range(len(allocation.lots)), 2):
        lots = list(allocation.lots)
        lots[giver] -= 1
        lots[taker] += 1
        if keeps_bounds(allocation.problem, tuple(lots)):
            found.append((giver, taker))
    return found


@settings(relaxed, max_examples=80)
@given(allocations())
def test_no_move_of_one_lot_asks_less(allocation: Allocation) -> None:
    made, problem = one_lot(allocation), allocation.problem
    pairs = moves(allocation)
    assert made.pairs == len(pairs)
    assert made.holds
    added = []
    for giver, taker in pairs:
        last, following = allocation.lots[giver], allocation.lots[taker] + 1
        assert cost_order(problem, giver, last) < cost_order(problem, taker, following)
        added.append(problem.cost(taker, following) - problem.cost(giver, last))
    assert (made.closest["added"] if made.closest else None) == (pytest.approx(min(added)) if added else None)


@settings(relaxed, max_examples=40)
@given(allocations())
def test_any_other_allocation_fails_the_test(allocation: Allocation) -> None:
    for giver, taker in moves(allocation)[:4]:
        lots = list(allocation.lots)
        lots[giver] -= 1
        lots[taker] += 1
        assert not one_lot(replace(allocation, lots=tuple(lots))).holds


def test_an_giang_all_pairs() -> None:
    made = one_lot(allocate(*load_scenario("an-giang-2017/base"), method="waterfill"))
    assert (made.pairs, made.holds) == (15 * 14, True)
    assert made.closest is not None
    assert (made.closest["from"], made.closest["to"]) == ("CĐ các KCN", "Long Xuyên")
    lower, upper = 0.4930675909878683, 0.4943984413054067
    assert all(last <= lower and following >= upper for last, following in made.units if last and following)
