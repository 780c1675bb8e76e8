"""Both ways to the optimum, held to each other and to plain enumeration, on random problems."""

from __future__ import annotations

import dataclasses
from itertools import islice, product
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from allocator.model.certificate import exchanged, intervals, unit_interval, violation
from allocator.model.feasibility import feasible_draws, reach
from allocator.model.grouped import whole_lots_in_groups
from allocator.model.nested import fair_share_nested, whole_lots_nested
from allocator.model.nesting import nest
from allocator.model.problem import Problem, array
from allocator.model.program import solve
from allocator.model.signpost import SIGNPOSTS
from allocator.model.waterfill import fair_share, whole_lots
from tests.problems import brute_force, keeps_bounds, objective, problems

relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


@settings(relaxed, max_examples=500)
@given(problems(groups=False, most_room=40))
def test_waterfill_equals_the_program(problem: Problem) -> None:
    lots = solve(problem, "highs").lots
    drawn = whole_lots(problem.claims[None], problem.floor, problem.top, array([problem.lots]), problem.signpost)
    assert tuple(drawn[0].tolist()) == lots
    assert tuple(whole_lots_nested(problem).tolist()) == lots
    assert violation(problem, lots) is None
    assert not any(each.empty for each in intervals(problem, lots))


@settings(relaxed, max_examples=150)
@given(problems(groups=True, most_room=30))
def test_nested_groups_without_a_solver_equal_the_program(problem: Problem) -> None:
    lots = solve(problem, "highs").lots
    assert tuple(whole_lots_nested(problem).tolist()) == lots
    assert keeps_bounds(problem, lots)


@settings(relaxed, max_examples=40)
@given(problems(groups=True, most_room=30))
def test_both_solvers_give_the_same_lots(problem: Problem) -> None:
    assert solve(problem, "cbc").lots == solve(problem, "highs").lots


@settings(relaxed, max_examples=150)
@given(problems(most_units=4, groups=True, most_room=4))
def test_small_problems_equal_brute_force(problem: Problem) -> None:
    best = brute_force(problem)
    lots = solve(problem).lots
    assert tuple(whole_lots_nested(problem).tolist()) == lots
    assert lots == best
    assert objective(problem, lots) <= objective(problem, best)


@settings(relaxed, max_examples=100)
@given(problems(most_units=6), st.lists(st.integers(1, 10**9), min_size=1, max_size=5), st.randoms())
def test_many_draws_equal_one_by_one(problem: Problem, factors: list[int], random: object) -> None:
    claims = array([problem.claims * 1] + [(problem.claims * 0 + factor) for factor in factors])
    claims = np.where(problem.claims > 0, claims, 0)
    many = whole_lots(claims, problem.floor, problem.top, array([problem.lots] * len(claims)), problem.signpost)
    for row, w in zip(many, claims, strict=True):
        one = dataclasses.replace(problem, claims=w)
        assert row.tolist() == whole_lots_nested(one).tolist()


@settings(relaxed, max_examples=60)
@given(problems(most_units=5))
def test_draws_in_blocks_each_with_its_own_bounds(problem: Problem) -> None:
    turned = [
        dataclasses.replace(
            problem, **{name: np.roll(getattr(problem, name), by) for name in ("claims", "floor", "cap")}
        )
        for by in range(7)
    ]
    claims, floor, cap = (np.array([getattr(each, name) for each in turned]) for name in ("claims", "floor", "cap"))
    lots = array([problem.lots] * len(turned))
    with patch("allocator.model.waterfill.BLOCK", 2 * len(problem.claims)):
        many = whole_lots(claims, floor, cap, lots, problem.signpost)
    shares = fair_share(claims, floor, cap, lots)
    for row, share, one in zip(many, shares, turned, strict=True):
        assert row.tolist() == whole_lots_nested(one).tolist()
        assert share * one.lot == pytest.approx(np.array(fair_share_nested(one)), rel=1e-9, abs=1e-9)


@settings(relaxed, max_examples=200)
@given(problems(groups=True, most_room=20), st.lists(st.integers(0, 10**9), min_size=1, max_size=6))
def test_many_draws_in_groups_equal_one_by_one(problem: Problem, factors: list[int]) -> None:
    shift = np.arange(len(problem.claims))[:, None]
    claims = np.hstack([problem.claims[:, None], problem.claims[:, None] * 0 + array(factors) // (shift + 1)])
    cap = np.hstack([problem.cap[:, None], np.repeat(problem.cap[:, None], len(factors), axis=1) + shift % 2])
    draws = [dataclasses.replace(problem, claims=w, cap=most) for w, most in zip(claims.T, cap.T, strict=True)]
    fits = feasible_draws(problem, claims, cap)
    assert fits.tolist() == [_holds(each) for each in draws]
    many = whole_lots_in_groups(problem, claims[:, fits], cap[:, fits])
    one_by_one = [whole_lots_nested(each).tolist() for each, holds in zip(draws, fits, strict=True) if holds]
    assert many.T.tolist() == one_by_one


def _holds(problem: Problem) -> bool:
    least, most = reach(problem)
    bounded = zip(problem.tree.floor, problem.tree.cap, least, most, strict=True)
    return all((f is None or f <= high) and (c is None or c >= low) for f, c, low, high in bounded)


@settings(relaxed, max_examples=200)
@given(problems(groups=False, most_room=40))
def test_fair_share_equalises_effort(problem: Problem) -> None:
    share = fair_share(problem.claims[None], problem.floor, problem.top, array([problem.lots]))[0]
    nested = np.array(fair_share_nested(problem)) / problem.lot
    assert share.sum() == pytest.approx(problem.lots, rel=1e-9, abs=1e-9)
    assert nested == pytest.approx(share, rel=1e-9, abs=1e-9)
    w = problem.claims.astype(float)
    effort = np.divide(share, w, out=np.zeros(len(w)), where=w > 0)
    free = (share > problem.floor + 1e-9) & (share < problem.top - 1e-9)
    if free.any():
        level = effort[free].max()
        assert effort[free].min() == pytest.approx(level, rel=1e-9)
        at_floor = (w > 0) & (share <= problem.floor + 1e-9)
        at_cap = (w > 0) & (share >= problem.top - 1e-9)
        assert (effort[at_floor & ~at_cap] >= level * (1 - 1e-6)).all()
        assert (effort[at_cap & ~at_floor] <= level * (1 + 1e-6)).all()


@settings(relaxed, max_examples=150)
@given(problems(groups=True, most_room=20))
def test_fair_share_in_groups_is_the_limit_of_small_lots(problem: Problem) -> None:
    share = np.array(fair_share_nested(problem)) / problem.lot
    fine = 1000
    tree = problem.tree
    scaled = dataclasses.replace(
        problem,
        floor=problem.floor * fine,
        cap=problem.top * fine,
        lots=problem.lots * fine,
        signpost="webster",
        tree=dataclasses.replace(
            tree,
            floor=tuple(None if each is None else each * fine for each in tree.floor),
            cap=tuple(None if each is None else each * fine for each in tree.cap),
        ),
    )
    limit = whole_lots_nested(scaled) / fine
    assert np.abs(share - limit).max() <= len(share) / fine


@settings(relaxed, max_examples=100)
@given(problems(groups=False))
def test_raising_the_target_lowers_no_quota(problem: Problem) -> None:
    assume(problem.lots < int(problem.top.sum()))
    more = dataclasses.replace(
        problem,
        cap=problem.top,
        lots=problem.lots + 1,
        tree=dataclasses.replace(problem.tree, floor=(problem.lots + 1,), cap=(problem.lots + 1,)),
    )
    assert (whole_lots_nested(more) >= whole_lots_nested(problem)).all()


@settings(relaxed, max_examples=100)
@given(problems(groups=True), st.integers(2, 50))
def test_scaling_claims_changes_nothing(problem: Problem, factor: int) -> None:
    scaled = dataclasses.replace(problem, claims=problem.claims * factor)
    assert (whole_lots_nested(scaled) == whole_lots_nested(problem)).all()


@settings(relaxed, max_examples=60)
@given(problems(groups=True, most_units=5, most_room=4))
def test_a_violation_is_a_bound_that_is_broken(problem: Problem) -> None:
    """The optimum, and what is one lot more or less than it for one unit, or for two."""
    problem = dataclasses.replace(problem, cap=problem.top)
    best = whole_lots_nested(problem)
    steps = [*np.eye(len(best), dtype=int), np.zeros(len(best), dtype=int)]
    for given_up, gained in product(steps, steps):
        lots = tuple((best - given_up + gained).tolist())
        broken = violation(problem, lots)
        assert (broken is None) == keeps_bounds(problem, lots)
        if broken is not None and broken[0] == "unit":
            unit = broken[1]
            assert not problem.floor[unit] <= lots[unit] <= problem.cap[unit]
        elif broken is not None:
            inside = [u for u, home in enumerate(problem.tree.home) if broken[1] in problem.tree.ancestors(home)]
            held, floor, cap = sum(lots[u] for u in inside), problem.tree.floor[broken[1]], problem.tree.cap[broken[1]]
            assert (floor is not None and held < floor) or (cap is not None and held > cap)


@settings(relaxed, max_examples=60)
@given(problems(groups=True, most_units=4, most_room=4))
def test_an_interval_is_empty_where_a_move_of_one_lot_asks_less(problem: Problem) -> None:
    """Of allocations that keep all bounds only the best has no empty interval, and exchanges lead to it from any."""
    problem = dataclasses.replace(problem, cap=problem.top)
    best = tuple(whole_lots_nested(problem).tolist())
    ranges = [range(int(low), int(high) + 1) for low, high in zip(problem.floor, problem.cap, strict=True)]
    for lots in islice((lots for lots in product(*ranges) if keeps_bounds(problem, lots)), 20):
        assert any(each.empty for each in intervals(problem, lots)) == (lots != best)
        assert tuple(exchanged(problem, lots)) == best
        for unit, (held, low, high) in enumerate(zip(lots, problem.floor, problem.cap, strict=True)):
            own = unit_interval(problem, unit, held)
            assert (own.last and own.last[2:]) == ((unit, held) if held > low else None)
            assert (own.next and own.next[2:]) == ((unit, held + 1) if held < high else None)


@pytest.mark.parametrize("p", [10**17, 3 * 10**17])
@pytest.mark.parametrize(("more", "right"), [(-1, [1, 1]), (1, [2, 0])])
def test_costs_too_close_for_floating_point_are_compared_exactly(p: int, more: int, right: list[int]) -> None:
    """The second lot of 3p ± 1 costs 3/(3p ± 1), the first of p 1/p: floating point takes both for equal."""
    for turn in (1, -1):
        claims, lots = array([3 * p + more, p][::turn]), array(right[::turn])
        problem = Problem(claims, array([0, 0]), array([2, 2]), 2, 1, "webster", nest([], 2, 2))
        assert whole_lots_nested(problem).tolist() == lots.tolist()
        assert whole_lots(claims[None], problem.floor, problem.cap, array([2]))[0].tolist() == lots.tolist()
        for start in ((1, 1), (2, 0), (0, 2)):
            assert exchanged(problem, start) == lots.tolist()
            assert any(each.empty for each in intervals(problem, start)) == (list(start) != lots.tolist())


@pytest.mark.parametrize("signpost", sorted(SIGNPOSTS))
def test_who_claims_nothing_gets_the_floor_whatever_the_cap(signpost: str) -> None:
    """Where a cap holds the large claim, too; with a first lot that costs nothing there is none for a claim of 0."""
    for floor, right in ((0, [0, 2, 3]), (1, [1, 2, 2])):
        made = whole_lots(array([[0, 10, 1]]), array([floor, 0, 0]), array([3, 2, 9]), array([5]), signpost)
        assert made.tolist() == [right]
