"""Quota and fair share of every unit as one parameter goes over its range, with every point where a lot moves, exact.

Parameters: the growth estimate of one unit, the common realisation, the target, the largest share of a workforce that
may be asked, the exponent of past attainment. How the points are found stands in `turns`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from allocator.data.table import Table
from allocator.errors import InputError, fault
from allocator.growth.courses import course_of, limits
from allocator.growth.turns import State, states
from allocator.model.claims import exact
from allocator.model.nested import fair_share_nested
from allocator.model.problem import Problem
from allocator.model.scenario import Scenario


@dataclass(frozen=True)
class Point:
    """Where the allocation changes.

    Attributes:
        at: the parameter's value; exact, but for the attainment exponent and Huntington–Hill (see `Curve.exact`).
        gives, takes: units that lose and win lots there, a name for each lot, in table order.
        quotas: members of every unit just above it; None where the rules cannot hold together.
    """

    at: Fraction
    gives: tuple[str, ...]
    takes: tuple[str, ...]
    quotas: tuple[int, ...] | None


@dataclass(frozen=True, eq=False)
class Segment:
    """A stretch between two points, over which no lot moves.

    Attributes:
        start, end: its ends.
        quotas: members of every unit; None where the rules cannot hold together.
        ends: the problem at both ends, with the bounds that hold inside.
    """

    start: Fraction
    end: Fraction
    quotas: tuple[int, ...] | None
    ends: tuple[Problem, Problem]

    @cached_property
    def fair_share(self) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
        """Fair share of every unit, members, at the start and at the end; None where the rules cannot hold together."""
        if self.quotas is None:
            return None
        first, last = (tuple(fair_share_nested(problem)) for problem in self.ends)
        return first, last


@dataclass(frozen=True, eq=False)
class Curve:
    """All of a parameter's range.

    Attributes:
        parameter: what moves: `target`, `bounds.max_share`, `growth.realisation`, `attainment.exponent` or
            `growth_estimate.UNIT`.
        low, high: its range.
        exact: whether the points are exact; else right to 30 decimals.
        units: names, in table order.
        points: where the allocation changes, ascending, in (low, high).
        segments: the stretches between them, from `low` to `high`.
    """

    parameter: str
    low: Fraction
    high: Fraction
    exact: bool
    units: tuple[str, ...]
    points: tuple[Point, ...]
    segments: tuple[Segment, ...]

    def quotas(self, at: Fraction) -> tuple[int, ...] | None:
        """Quotas just above `at`."""
        return next((each.quotas for each in self.segments if each.start <= at < each.end), self.segments[-1].quotas)

    def rows(self) -> Iterator[dict[str, Any]]:
        """One mapping a unit and end of a segment, for a chart: `unit`, `at`, `quota`, `fair_share`."""
        for segment in self.segments:
            if segment.quotas is None or segment.fair_share is None:
                continue
            for at, share in zip((segment.start, segment.end), segment.fair_share, strict=True):
                for unit, quota, fair in zip(self.units, segment.quotas, share, strict=True):
                    yield {"unit": unit, "at": float(at), "quota": quota, "fair_share": fair}

    def to_json(self) -> dict[str, Any]:
        """The points as plain mappings, each with its exact value as a fraction where it is one."""
        points = [
            {"at": float(each.at), "gives": each.gives, "takes": each.takes, "quotas": each.quotas}
            | ({"exactly": str(each.at)} if self.exact else {})
            for each in self.points
        ]
        first = self.segments[0].quotas
        return {"parameter": self.parameter, "low": float(self.low), "high": float(self.high), "start": first,
                "points": points}  # fmt: skip


def curve(table: Table, scenario: Scenario, parameter: str, low: float | Fraction, high: float | Fraction) -> Curve:
    """Quota and fair share of every unit over a parameter's range, with every point where a lot moves.

    Args:
        table: the units.
        scenario: everything else stays as it says.
        parameter: see `Curve`.
        low: start of the range; persons for growth and target.
        high: its end, above `low`.

    Returns:
        The curve. Claims are unrounded: a run, which rounds them to millionths of a person, turns within about that
        much of each point. Where units tie exactly at a point, the run's order decides at the point itself.

    Raises:
        InputError: no such parameter or unit, a range it cannot have, or a risk term (whose claims are no lines).

    Example:
        >>> from allocator import load_scenario
        >>> made = curve(*load_scenario("an-giang-2017/base"), "growth_estimate.CĐ các KCN", 10_900, 11_100)
        >>> [(str(point.at), point.gives, point.takes) for point in made.points]
        [('2217235/203', ('Long Xuyên',), ('CĐ các KCN',))]
    """
    start, end = (each if isinstance(each, Fraction) else exact(each) for each in (low, high))
    course = course_of(table, scenario, parameter)
    least, most = limits(scenario, parameter)
    if not least <= start < end <= most:
        figures = {"low": float(start), "high": float(end), "least": float(least), "most": float(most)}
        raise InputError(fault("curve.range", parameter, **figures))
    found = list(states(course, start, end))
    kept = [0, *(n for n in range(1, len(found)) if found[n].lots != found[n - 1].lots)]
    segments = []
    for first, after in zip(kept, [*kept[1:], len(found)], strict=True):
        stop = found[after].at if after < len(found) else end
        one, last = found[first], found[after - 1]
        ends = course.claimed(one.problem, one.at), course.claimed(last.problem, stop)
        segments.append(Segment(one.at, stop, _members(one), ends))
    points = [_point(table.units, found[n - 1], found[n]) for n in kept[1:]]
    return Curve(parameter, start, end, course.exact, table.units, tuple(points), tuple(segments))


def _members(state: State) -> tuple[int, ...] | None:
    return None if state.lots is None else tuple(each * state.problem.lot for each in state.lots)


def _point(units: tuple[str, ...], before: State, after: State) -> Point:
    gives: list[str] = []
    takes: list[str] = []
    if before.lots is not None and after.lots is not None:
        for unit, old, new in zip(units, before.lots, after.lots, strict=True):
            gives += [unit] * (old - new)
            takes += [unit] * (new - old)
    return Point(after.at, tuple(gives), tuple(takes), _members(after))
