"""One unit's problem changed: its lots read off what moves beside it are those of the problem decided anew."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from allocator.data.table import Table
from allocator.model.feasibility import feasible
from allocator.model.grounds import grounds
from allocator.model.nested import whole_lots_nested
from allocator.model.nesting import nest
from allocator.model.problem import Problem
from allocator.model.scenario import Scenario
from allocator.why import beside as module
from allocator.why.beside import Standing
from tests.problems import claim_sizes, problems
from tests.stress.deep import wrong


@pytest.mark.parametrize("first", [1, module.FIRST])
@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(
    problem=problems(groups=True),
    risks=st.none() | st.lists(st.integers(0, 10**9), min_size=8, max_size=8),
    claims=st.lists(claim_sizes() | st.just(0), min_size=8, max_size=8),
    bounds=st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=8, max_size=8),
)
def test_units_move_as_if_decided_anew(first: int, problem: Problem, risks, claims, bounds) -> None:
    if risks is not None and not problem.method.squared:
        sized = [[(k + 1) * each for k in range(problem.lots)] for each in risks]
        problem = replace(problem, risk=tuple(sized[: len(problem.claims)]))
    assume(feasible(problem))
    lots, changed = whole_lots_nested(problem), {}
    for unit, (least, most) in zip(range(len(lots)), bounds, strict=False):
        own = problem.claims.copy(), problem.floor.copy(), problem.cap.copy()
        for values, value in zip(own, (claims[unit], least, least + most), strict=True):
            values[unit] = value
        each = replace(problem, **dict(zip(("claims", "floor", "cap"), own, strict=True)))
        if feasible(each):
            changed[unit] = each
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "FIRST", first)
        made = Standing(problem, lots).moved(changed)
    assert made == {unit: whole_lots_nested(each)[unit] for unit, each in changed.items()}


@pytest.mark.parametrize("first", [1, module.FIRST])
@settings(deadline=None, max_examples=200, suppress_health_check=list(HealthCheck))
@given(problem=problems(), target=st.integers(0, 30), data=st.data())
def test_a_unit_is_read_off_the_optimum_for_another_target(
    first: int, problem: Problem, target: int, data: st.DataObject
) -> None:
    """Free units may be given more than the target that stands."""
    problem = replace(problem, cap=problem.cap + data.draw(st.sampled_from([0, 100])))
    assume(feasible(problem))
    unit = data.draw(st.integers(0, len(problem.claims) - 1))
    own = {name: getattr(problem, name).copy() for name in ("claims", "floor", "cap")}
    for name, value in zip(own, (data.draw(claim_sizes() | st.just(0)), 0, data.draw(st.integers(0, 40))), strict=True):
        own[name][unit] = value
    other = replace(problem, **own, lots=target, tree=nest([], len(problem.claims), target))
    assume(feasible(other))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "FIRST", first)
        assert Standing(problem, whole_lots_nested(problem)).lots_of(unit, other) == whole_lots_nested(other)[unit]


def test_a_list_that_would_be_long_is_not_kept() -> None:
    """Of a problem with many groups and lots: reading one unit to the end would list them all."""
    count, groups = 120, 60
    units = tuple(f"u{n}" for n in range(count))
    table = Table(
        units,
        {"workforce": tuple(500 + 37 * n for n in range(count))},
        parents=tuple(f"P{n % groups}" for n in range(count)),
    )
    settings = {"data": "t.csv", "target": 6_000, "hierarchy": "at_once"}
    problem = grounds(table, Scenario.model_validate(settings)).problem()
    assert groups * problem.lots > module.MOST_KEPT
    claims = problem.claims.copy()
    claims[5] *= 3
    standing, other = Standing(problem, whole_lots_nested(problem)), replace(problem, claims=claims)
    assert standing.lots_of(5, other) == whole_lots_nested(other)[5] > standing.lots[5]
    assert not standing._listed


def test_a_leaf_of_a_tree_decided_by_levels_gets_what_allocating_anew_gives_it() -> None:
    seen = Counter[str]()
    assert not [text for seed in range(120) for text in wrong(seed, seen)]
    assert seen["moved"] > 100 < seen["tried"] - seen["moved"]
    assert seen["none"] > 10
