"""Quota and fair share of every unit as the common realisation of growth goes from 0 to 1, with every point of change.

How the points are found stands in `turning_points`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd, lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allocator.data.table import Table
from allocator.errors import InputError, fault
from allocator.growth.sweep import NONE, blocks, decided
from allocator.growth.turning_points import CELLS, Course, turning_points
from allocator.model.claims import MICRO, attainment, blend, clipped, exact, power
from allocator.model.grounds import grounds, pose
from allocator.model.nested import fair_share_nested
from allocator.model.problem import Problem, array
from allocator.model.scenario import Scenario
from allocator.model.signpost import FloatArray, IntArray

MOST_ROWS = 500
"""Stretches a chart can show."""
MOST_SHOWN = 12


@dataclass(frozen=True)
class Point:
    """Where the allocation changes.

    Attributes:
        at: the realisation, to 12 digits.
        gives, takes: units that lose and win lots there, a name for each lot, in table order.
        quotas: members of every unit just above it; None where the rules cannot hold together.
    """

    at: float
    gives: tuple[str, ...]
    takes: tuple[str, ...]
    quotas: tuple[int, ...] | None


@dataclass(frozen=True, eq=False)
class Curve:
    """All of the realisation's range.

    Attributes:
        units: names, in table order.
        start: members of every unit just above 0; None where the rules cannot hold together.
        points: where the allocation changes, ascending, in (0, 1).
        course: the realisation's effect, and `edges` the places just inside the ends of the first stretch between two
            points, then of the next one, and so on.
    """

    units: tuple[str, ...]
    start: tuple[int, ...] | None
    points: tuple[Point, ...]
    course: _Realised
    edges: tuple[int, ...]

    def quotas(self, at: float) -> tuple[int, ...] | None:
        """Quotas just above `at`."""
        return next((each.quotas for each in reversed(self.points) if each.at <= at), self.start)

    def fair_shares(self, stretch: int) -> list[list[float]]:
        """Fair share of every unit, members, at both ends of the stretch before the point of that number."""
        places = self.edges[2 * stretch : 2 * stretch + 2]
        return [fair_share_nested(self.course.problem_at(place)) for place in places]

    def rows(self) -> Iterator[dict[str, Any]]:
        """One mapping a unit and end of a stretch, for a chart: `unit`, `at`, `quota`, `fair_share`.

        Of many stretches every second, third … is given, of many units those whose quotas move most.
        """
        held = [self.start, *(each.quotas for each in self.points)]
        places = [0.0, *(each.at for each in self.points), 1.0]
        quotas = np.array([each for each in held if each is not None] or [(0,) * len(self.units)])
        shown = sorted(np.argsort(quotas.min(axis=0) - quotas.max(axis=0), kind="stable")[:MOST_SHOWN].tolist())
        for stretch in range(0, len(held), -(-len(held) // MOST_ROWS)):
            if (own := held[stretch]) is None:
                continue
            for at, share in zip(places[stretch:], self.fair_shares(stretch), strict=False):
                for unit in shown:
                    yield {"unit": self.units[unit], "at": at, "quota": own[unit], "fair_share": share[unit]}

    def to_json(self) -> dict[str, Any]:
        """The points as plain mappings."""
        range_ = {"parameter": "growth.realisation", "low": 0.0, "high": 1.0}
        return {**range_, "start": self.start, "points": [vars(each) for each in self.points]}


def curve(table: Table, scenario: Scenario) -> Curve:
    """Quota and fair share of every unit as the common realisation goes from 0 to 1, with every point of change.

    Args:
        table: the units.
        scenario: everything else stays as it says; its `risk.weight` is 0, as costs of risk are no lines.

    Returns:
        The curve. Claims are unrounded: a run, which rounds them to millionths of a person, turns within about that
        much of each point. Where units tie exactly at a point, the run's order decides at the point itself. Points
        closer than 2⁻³² are one.

    Raises:
        InputError: the scenario does not fit the table, or its rules move otherwise than in lines.

    Example:
        >>> from allocator import load_scenario
        >>> made = curve(*load_scenario("an-giang-2017/base"))
        >>> [(point.at, point.gives, point.takes) for point in made.points[:1]]
        [(0.000340067340067, ('Long Xuyên',), ('CĐ các KCN',))]
    """
    if entangled(table, scenario):
        raise InputError(fault("curve.rules", scenario.place("rules")))
    course = _Realised(table, scenario)
    start, values, cells = turning_points(course)
    known = ((cells.before != NONE) & (cells.after != NONE)).all(axis=1, keepdims=True)
    gain = np.where(known, cells.after - cells.before, 0)
    names = np.array(table.units)
    points = tuple(
        Point(at, _each(names, -more), _each(names, more), _members(after, scenario.lot))
        for at, more, after in zip(values, gain, cells.after, strict=True)
    )
    edges = (int(course.first[0]), *np.stack((cells.low, cells.high), axis=1).ravel().tolist(), int(course.first[-1]))
    return Curve(table.units, _members(start, scenario.lot), points, course, edges)


def entangled(table: Table, scenario: Scenario) -> bool:
    """Whether rules move in other ways than caps that are a share of the workforce: then there is no curve."""
    ground = grounds(table, scenario)
    other = any(each.moving and each.entry.key != "bounds.max_share" for each in ground.rules.limits)
    return other or ground.rules.entangled(scenario.lot, ground.levels[0].claims.workforce)


def _members(lots: IntArray, lot: int) -> tuple[int, ...] | None:
    return None if (lots == NONE).any() else tuple((lots * lot).tolist())


def _each(units: NDArray[np.str_], lots: IntArray) -> tuple[str, ...]:
    """A name for each lot, of the units that have any."""
    return tuple(np.repeat(units, np.maximum(lots, 0)).tolist())


class _Realised(Course):
    """The common realisation: claims, and caps that are a share of the workforce, are lines in it.

    Attributes:
        claims: at both ends, all to one scale.
        share: caps at both ends, lots; whole where they do not move. None where there are none.
        problem: with the bounds that stand still.
    """

    def __init__(self, table: Table, scenario: Scenario) -> None:
        settings, workforce = scenario.attainment, [_workforce(table, scenario, end) for end in (0, 1)]
        past = clipped(table, settings, attainment(table, settings))
        multiplier = [power(each, settings.exponent) for each in past]
        blends = (blend(table, scenario, [MICRO * each for each in own]) for own in workforce)
        self.claims = _whole([[b * m for b, m in zip(each, multiplier, strict=True)] for each in blends])
        free = scenario.model_copy(update={"bounds": scenario.bounds.model_copy(update={"max_share": None})})
        self.problem = pose(table, free)[2]
        share = scenario.bounds.max_share
        self.share = None if share is None else _caps(workforce, exact(share) / scenario.lot)

    def value(self, at: FloatArray) -> FloatArray:
        # Places lie between whole steps: rules and shares seldom change just there.
        return (at + 0.5) / CELLS

    def _line(self, ends: list[FloatArray], at: IntArray) -> FloatArray:
        return np.asarray(ends[0] + (ends[1] - ends[0]) * self.value(at.astype(np.float64))[:, None])

    def cap(self, at: IntArray) -> FloatArray:
        if self.share is None:
            return super().cap(at)
        return np.minimum(self._line(self.share, at), np.minimum(self.problem.cap, self.problem.lots) + 0.5)

    def cost(self, unit: IntArray, k: IntArray, at: IntArray) -> FloatArray:
        low, high = (end[unit] for end in self.claims)
        claims, each = low + (high - low) * self.value(at.astype(np.float64)), self.problem.method.value(k)
        with np.errstate(divide="ignore", invalid="ignore"):
            # First lots that cost nothing (Adams) go to the larger claim.
            return np.asarray(np.where(each > 0, each / claims, -claims))

    def lots(self, at: IntArray, around: tuple[IntArray, IntArray] | None) -> IntArray:
        bounded = (self.bounded(at[part]) for part in blocks(len(at), len(self.problem.cap)))
        return np.concatenate([decided(self.problem, claims.T, cap.T).T for claims, cap in bounded])

    def bounded(self, at: IntArray) -> tuple[IntArray, IntArray]:
        """Claims in whole parts of a person as small as 64 bits allow, and caps in whole lots, a row a place."""
        made = self._line(self.claims, at)
        scale = 60 - int(np.frexp(made.max(initial=0))[1])
        whole = np.maximum(np.rint(np.ldexp(made, scale)), made > 0).astype(np.int64)
        caps = self.problem.cap if self.share is None else np.floor(self.cap(at)).astype(np.int64)
        return whole, np.broadcast_to(caps, whole.shape)

    def problem_at(self, place: int) -> Problem:
        claims, cap = self.bounded(array([place]))
        return replace(self.problem, claims=claims[0], cap=cap[0])


def _workforce(table: Table, scenario: Scenario, realisation: int) -> list[Fraction]:
    """Available workforce of each unit under a common realisation, persons, unrounded."""
    own = scenario.growth.units
    figures = zip(table.units, table.column("workforce"), table.optional("growth_estimate"), strict=True)
    return [exact(s or 0) + exact(g or 0) * exact(own.get(unit, realisation)) for unit, s, g in figures]


def _caps(workforce: list[list[Fraction]], share: Fraction) -> list[FloatArray]:
    """Caps at both ends; a float could lose a lot where they stand still, so they are rounded down here."""
    ends = ([each * share for each in own] for own in workforce)
    pairs = [(a, b) if a != b else (a // 1, a // 1) for a, b in zip(*ends, strict=True)]
    return [_floats(each) for each in zip(*pairs, strict=True)]


def _whole(ends: list[list[Fraction]]) -> list[FloatArray]:
    """Claims at both ends, to a scale at which they are whole numbers and their ties are ties in floating point too."""
    each = {value for own in ends for value in own if value}
    scale = Fraction(lcm(*(value.denominator for value in each)), gcd(*(value.numerator for value in each)) or 1)
    beyond = max(each, default=0) * scale > 1 << 500
    return [_floats(value * (1 if beyond else scale) for value in own) for own in ends]


def _floats(values: Any) -> FloatArray:
    return np.array([float(each) for each in values])
