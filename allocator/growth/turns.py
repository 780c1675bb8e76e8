"""The optimum as one parameter goes up: an allocation holds until two lots change places, or a bound changes by a lot.

It stays the optimum until the first root of a pair between which a lot may move: the certificate's argument, read along
the parameter. No grid: the points are found one after the other, each from the allocation before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, cmp_to_key
from math import ceil, floor
from typing import Any

import numpy as np

from allocator.growth.law import Law
from allocator.model.certificate import exchanged, violation
from allocator.model.feasibility import feasible
from allocator.model.nested import whole_lots_nested
from allocator.model.problem import Problem, array, sums
from allocator.model.signpost import FloatArray, IntArray


@dataclass(frozen=True)
class Step:
    """A measure start + slope·t at whose whole values, from 0 to `most`, a bound changes."""

    start: Fraction
    slope: Fraction
    most: int | None = None

    def next(self, at: Fraction) -> Fraction | None:
        """The next point after `at`; None where there is none."""
        if not self.slope:
            return None
        now = self.start + self.slope * at
        whole = floor(now) + 1 if self.slope > 0 else ceil(now) - 1
        if self.slope > 0 and self.most is not None and whole > self.most:
            return None
        if self.slope < 0 and self.most is not None:
            whole = min(whole, self.most + 1)
        return (whole - self.start) / self.slope if whole >= 0 else None


@dataclass(frozen=True)
class Course:
    """A parameter's whole effect on a problem.

    Attributes:
        law: how claims depend on it.
        steps: where bounds or the target change.
        bound: the problem with the bounds and the target of a point.
        exact: whether roots are exact.
    """

    law: Law
    steps: tuple[Step, ...]
    bound: Callable[[Fraction], Problem]
    exact: bool

    def claimed(self, problem: Problem, at: Fraction) -> Problem:
        """The problem with the claims of a point."""
        return replace(problem, claims=array(self.law.rounded(at)))


@dataclass(frozen=True)
class State:
    """The optimum from one point up to the next: `lots` is None where the rules cannot hold together."""

    at: Fraction
    problem: Problem
    lots: tuple[int, ...] | None


@dataclass(frozen=True, eq=False)
class _Just(Problem):
    """A problem whose lots are ordered as they are just after a point."""

    law: Any = None
    at: Fraction = Fraction(0)

    @cached_property
    def limit(self) -> IntArray:
        """Most lots a law need know: those that could be given."""
        return self.top

    @cached_property
    def rank(self) -> Callable[[tuple[int, int]], Any]:
        """A lot (unit, k) as something that compares as its cost."""
        return cmp_to_key(lambda one, other: self.law.order(one, other, self.at))

    def key(self, unit: int, k: int) -> Any:
        """Place of a lot in the one order: cost, larger claim, table order, k."""
        value, slope = self.law.claim(unit, self.at)
        return (self.rank((unit, k)), (-value, -slope)), 0, unit, k

    def costs(self, units: IntArray, k: IntArray) -> FloatArray:
        """All alike: floating point rules no lot out here, the exact order decides between all of them."""
        return np.zeros(len(units))


def states(course: Course, low: Fraction, high: Fraction) -> Iterator[State]:
    """The optimum just after `low`, then after every point below `high` where bounds change or a lot moves."""
    at, lots = low, None
    problem: Problem | None = None
    claims = array(course.law.rounded(low))
    while at < high:
        following = min([each for step in course.steps if (each := step.next(at)) is not None and each < high] + [high])
        before, problem = problem, replace(course.bound((at + following) / 2), claims=claims)
        if lots is None or before is None or not _untouched(before, problem, lots):
            lots = _optimum(course.claimed(problem, at), course.law, at, lots)
        yield State(at, problem, lots)
        while lots is not None:
            root = _next_root(problem, course.law, lots, at)
            if root is None or root > following or root >= high:
                break
            at = root
            lots = _settled(problem, course.law, at, lots)
            yield State(at, problem, lots)
        at = following


def _untouched(before: Problem, after: Problem, lots: Sequence[int]) -> bool:
    """Whether new bounds leave an optimum alone: no cap it reaches rises, none falls below it, all else is the same."""
    held, old, new = array(lots), before.top, after.top
    same = before.lots == after.lots and bool((before.floor == after.floor).all())
    return same and bool(((old == new) | ((held < old) & (held <= new))).all())


def _optimum(problem: Problem, law: Law, at: Fraction, lots: tuple[int, ...] | None) -> tuple[int, ...] | None:
    if lots is None or violation(problem, lots) is not None:
        if not feasible(problem):
            return None
        lots = tuple(whole_lots_nested(problem).tolist())
    return _settled(problem, law, at, lots)


def _settled(problem: Problem, law: Law, at: Fraction, lots: Sequence[int]) -> tuple[int, ...]:
    figures = {name: getattr(problem, name) for name in problem.__dataclass_fields__}
    return tuple(exchanged(_Just(**figures, law=law, at=at), lots))


def _next_root(problem: Problem, law: Law, lots: Sequence[int], at: Fraction) -> Fraction | None:
    """The first point after `at` where a lot given becomes dearer than one waiting, of all pairs that may exchange."""
    tree, held = problem.tree, sums(problem, lots)
    path = [frozenset(tree.ancestors(home)) for home in tree.home]
    at_floor = frozenset(node for node, each in enumerate(held) if each == tree.floor[node])
    at_cap = frozenset(node for node, each in enumerate(held) if each == tree.cap[node])
    givers = [unit for unit, each in enumerate(lots) if each > problem.floor[unit]]
    takers = [unit for unit, each in enumerate(lots) if each < problem.top[unit]]
    roots = (
        law.root((i, lots[i]), (j, lots[j] + 1))
        for i in givers
        for j in takers
        if i != j and at_floor & path[i] <= path[j] and at_cap & path[j] <= path[i]
    )
    return min((root for root in roots if root is not None and root > at), default=None)
