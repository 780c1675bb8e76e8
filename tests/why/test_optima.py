"""Many problems decided at once: each as if it were alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.model.feasibility import feasible
from allocator.model.nested import whole_lots_nested
from allocator.model.problem import Problem
from allocator.why import optima as module
from allocator.why.optima import optima
from tests.problems import problems
from tests.scenarios import allocations


def changed(problem: Problem, unit: int, held: int, claim: int) -> Problem:
    floor, cap, claims = problem.floor.copy(), problem.cap.copy(), problem.claims.copy()
    floor[unit] = cap[unit] = held
    claims[-1] = claim
    return replace(problem, floor=floor, cap=cap, claims=claims)


def check(problem: Problem, edits: list[tuple[int, int, int]]) -> None:
    size = len(problem.claims)
    posed = [changed(problem, unit % size, held, claim) for unit, held, claim in edits]
    for each, found in zip([None, *posed, problem], optima([None, *posed, problem]), strict=True):
        if each is None or not feasible(each):
            assert found is None
        else:
            assert found.tolist() == whole_lots_nested(each).tolist()


EDITS = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 12), st.integers(0, 10**8)), max_size=6)


@settings(deadline=None)
@given(problems(groups=True), EDITS)
def test_each_is_decided_as_if_it_were_alone(problem: Problem, edits: list[tuple[int, int, int]]) -> None:
    check(problem, edits)
    kept, module.MOST_CELLS = module.MOST_CELLS, 10
    try:
        check(problem, edits)
    finally:
        module.MOST_CELLS = kept


@settings(deadline=None, max_examples=40)
@given(allocations(most_units=4), st.integers(0, 3))
def test_risk_goes_with_its_units(allocation, unit: int) -> None:
    problem = allocation.problem
    every = [replace(problem, floor=np.where(np.arange(len(problem.claims)) == unit, problem.floor, 0)), problem]
    for each, found in zip(every, optima(every), strict=True):
        assert found is None or found.tolist() == whole_lots_nested(each).tolist()
