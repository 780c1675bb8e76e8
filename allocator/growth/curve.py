"""Quota and fair share of every unit as one parameter of a scenario goes over its range, with every point of change.

Parameters: the growth estimate of one unit, the common realisation, the target, the largest share of a workforce that
may be asked, the exponent of past attainment. How the points are found stands in `turning_points`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd, lcm
from typing import Any

import numpy as np

from allocator.data.numbers import MOST_PERSONS
from allocator.data.table import Table
from allocator.errors import InputError, fault
from allocator.growth.sweep import NONE, blocks, decided, lots_of
from allocator.growth.turning_points import CELLS, Course, turning_points
from allocator.model.allocation import pose
from allocator.model.bounds import without_share
from allocator.model.claims import MICRO, attainment, blend, clipped, exact, power
from allocator.model.nested import fair_share_nested
from allocator.model.problem import Problem, array
from allocator.model.scenario import Scenario
from allocator.model.signpost import FloatArray, IntArray

GROWTH = "growth_estimate."
"""A parameter is one unit's growth estimate: this and the unit's name."""
PARAMETERS = ("target", "bounds.max_share", "growth.realisation", "attainment.exponent")
MOST_ROWS = 500
"""Stretches a chart can show."""
MOST_SHOWN = 12


@dataclass(frozen=True)
class Point:
    """Where the allocation changes.

    Attributes:
        at: the parameter's value, to 12 digits.
        gives, takes: units that lose and win lots there, a name for each lot, in table order.
        quotas: members of every unit just above it; None where the rules cannot hold together.
    """

    at: float
    gives: tuple[str, ...]
    takes: tuple[str, ...]
    quotas: tuple[int, ...] | None


@dataclass(frozen=True, eq=False)
class Curve:
    """All of a parameter's range.

    Attributes:
        parameter: what moves: one of `PARAMETERS`, or `growth_estimate.UNIT`.
        low, high: its range.
        units: names, in table order.
        start: members of every unit just above `low`; None where the rules cannot hold together.
        points: where the allocation changes, ascending, in (low, high).
        course: the parameter's effect, and `edges` the places just inside the ends of the first stretch between two
            points, then of the next one, and so on.
    """

    parameter: str
    low: float
    high: float
    units: tuple[str, ...]
    start: tuple[int, ...] | None
    points: tuple[Point, ...]
    course: _Claims | _Targets
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
        places = [self.low, *(each.at for each in self.points), self.high]
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
        plain = {name: getattr(self, name) for name in ("parameter", "low", "high", "start")}
        return {**plain, "points": [vars(each) for each in self.points]}


def curve(table: Table, scenario: Scenario, parameter: str, low: float, high: float) -> Curve:
    """Quota and fair share of every unit over a parameter's range, with every point where a lot moves.

    Args:
        table: the units.
        scenario: everything else stays as it says.
        parameter: see `Curve`.
        low: start of the range; persons for growth and target.
        high: its end, above `low`.

    Returns:
        The curve. Claims are unrounded: a run, which rounds them to millionths of a person, turns within about that
        much of each point. Where units tie exactly at a point, the run's order decides at the point itself. Points
        closer than 2⁻³² of the range are one.

    Raises:
        InputError: no such parameter or unit, a range it cannot have, or a risk term (whose costs are no lines).

    Example:
        >>> from allocator import load_scenario
        >>> made = curve(*load_scenario("an-giang-2017/base"), "growth_estimate.CĐ các KCN", 10_900, 11_100)
        >>> [(point.at, point.gives, point.takes) for point in made.points]
        [(10922.3399015, ('Long Xuyên',), ('CĐ các KCN',))]
    """
    scenario.check(table)
    if scenario.risk.weight:
        raise InputError(fault("curve.risk", scenario.place("risk", "weight")))
    names = [*PARAMETERS, *(GROWTH + unit for unit in table.units)]
    if parameter not in names:
        raise InputError(fault("curve.unknown", parameter, names=names))
    least, most = _limits(scenario, parameter)
    if not least <= low < high <= most:
        raise InputError(fault("curve.range", parameter, low=low, high=high, least=least, most=most))
    course = (_Targets if parameter == "target" else _Claims)(table, scenario, parameter, low, high)
    start, values, cells = turning_points(course)
    known = ((cells.before != NONE) & (cells.after != NONE)).all(axis=1, keepdims=True)
    gain = np.where(known, cells.after - cells.before, 0)
    points = tuple(
        Point(at, _each(table.units, -more), _each(table.units, more), _members(after, scenario.lot))
        for at, more, after in zip(values, gain, cells.after, strict=True)
    )
    edges = (int(course.first[0]), *np.stack((cells.low, cells.high), axis=1).ravel().tolist(), int(course.first[-1]))
    quotas = _members(start, scenario.lot)
    return Curve(parameter, float(low), float(high), table.units, quotas, points, course, edges)


def _limits(scenario: Scenario, parameter: str) -> tuple[float, float]:
    """Least and most value a parameter can have."""
    if parameter == "attainment.exponent":
        return (-10 if scenario.attainment.floor else 0), 10
    return 0, {"growth.realisation": 1, "bounds.max_share": 10**6}.get(parameter, MOST_PERSONS)


def _members(lots: IntArray, lot: int) -> tuple[int, ...] | None:
    return None if (lots == NONE).any() else tuple((lots * lot).tolist())


def _each(units: tuple[str, ...], lots: IntArray) -> tuple[str, ...]:
    """A name for each lot, of the units that have any."""
    return tuple(np.repeat(units, np.maximum(lots, 0)).tolist())


class _Claims(Course):
    """A parameter on which claims, or caps that are a share of something, depend.

    Attributes:
        base: claims at both ends, all to one scale, lines between them.
        past: what is raised to the power of the parameter to multiply claims; None where the parameter is another.
        share: caps at both ends, lots, likewise; whole where the parameter does not move them.
        problem: with the bounds that stand still.
    """

    def __init__(self, table: Table, scenario: Scenario, parameter: str, low: float, high: float) -> None:
        self.low, self.high = low, high
        ends = [_at(table, scenario, parameter, each) for each in (low, high)]
        settings, workforce = scenario.attainment, [_workforce(*each) for each in ends]
        past = clipped(table, settings, attainment(table, settings))
        is_power = parameter == "attainment.exponent"
        multiplier = [Fraction(1)] * len(table) if is_power else [power(each, settings.exponent) for each in past]
        blends = (blend(table, scenario, [MICRO * each for each in own]) for own in workforce)
        self.base = _whole([[b * m for b, m in zip(each, multiplier, strict=True)] for each in blends])
        self.past = _floats(past) if is_power else None
        self.problem = pose(table, without_share(scenario))[2]
        shares = [each.bounds.max_share for _, each in ends]
        self.share = None if None in shares else _caps(workforce, shares, scenario.lot)

    def value(self, at: FloatArray) -> FloatArray:
        # Places lie between whole steps: rules and shares seldom change just there.
        return np.asarray(self.low + (self.high - self.low) * ((at + 0.5) / CELLS))

    def _line(self, ends: list[FloatArray], at: IntArray) -> FloatArray:
        return np.asarray(ends[0] + (ends[1] - ends[0]) * ((at + 0.5) / CELLS)[:, None])

    def claims(self, at: IntArray, coarse: bool = False) -> FloatArray:
        """Claims to one scale, a row a place; coarse powers keep what is in proportion exactly so."""
        made = self._line(self.base, at)
        if self.past is None:
            return made
        factor = self.past ** self.value(at.astype(np.float64))[:, None]
        if coarse:
            part, exponent = np.frexp(factor)
            factor = np.ldexp(np.rint(part * 2**30), exponent - 30)
        return np.asarray(made * factor)

    def cap(self, at: IntArray) -> FloatArray:
        if self.share is None:
            return np.zeros((len(at), len(self.problem.cap)))
        return np.minimum(self._line(self.share, at), np.minimum(self.problem.cap, self.problem.lots) + 0.5)

    def cost(self, unit: IntArray, k: IntArray, at: IntArray) -> FloatArray:
        claims, each = self.claims(at)[np.arange(len(at)), unit], self.problem.method.value(k)
        with np.errstate(divide="ignore", invalid="ignore"):
            # First lots that cost nothing (Adams) go to the larger claim.
            return np.asarray(np.where(each > 0, each / claims, -claims))

    def lots(self, at: IntArray, around: tuple[IntArray, IntArray] | None) -> IntArray:
        bounded = (self.bounded(at[part]) for part in blocks(len(at), len(self.problem.cap)))
        return np.concatenate([decided(self.problem, claims.T, cap.T).T for claims, cap in bounded])

    def bounded(self, at: IntArray) -> tuple[IntArray, IntArray]:
        """Claims in whole parts of a person as small as 64 bits allow, and caps in whole lots, a row a place."""
        made = self.claims(at, coarse=True)
        scale = 60 - int(np.frexp(made.max(initial=0))[1])
        whole = np.maximum(np.rint(np.ldexp(made, scale)), made > 0).astype(np.int64)
        caps = self.problem.cap if self.share is None else np.floor(self.cap(at)).astype(np.int64)
        return whole, np.broadcast_to(caps, whole.shape)

    def problem_at(self, place: int) -> Problem:
        claims, cap = self.bounded(array([place]))
        return replace(self.problem, claims=claims[0], cap=cap[0])


class _Targets(Course):
    """The target, decided anew at every lot."""

    def __init__(self, table: Table, scenario: Scenario, _: str, low: float, high: float) -> None:
        self.table, self.scenario = table, scenario
        self.first = np.arange(int(low // scenario.lot), -int(-high // scenario.lot))

    def value(self, at: FloatArray) -> FloatArray:
        return np.asarray(at * self.scenario.lot)

    def lots(self, at: IntArray, around: tuple[IntArray, IntArray] | None) -> IntArray:
        return np.array([lots_of(self.problem_at(place)) for place in at.tolist()])

    def problem_at(self, place: int) -> Problem:
        return pose(self.table, self.scenario.model_copy(update={"target": place * self.scenario.lot}))[2]


def _at(table: Table, scenario: Scenario, parameter: str, value: float) -> tuple[Table, Scenario]:
    """The inputs where a parameter other than the target has a value."""
    if parameter.startswith(GROWTH):
        unit = table.units.index(parameter.removeprefix(GROWTH))
        return table.with_figure("growth_estimate", unit, value), scenario
    section, key = parameter.split(".")
    return table, scenario.changed({section: {key: value}})


def _workforce(table: Table, scenario: Scenario) -> list[Fraction]:
    """Available workforce of each unit, persons, unrounded."""
    own, common = scenario.growth.units, scenario.growth.realisation
    figures = zip(table.units, table.column("workforce"), table.optional("growth_estimate"), strict=True)
    return [exact(s or 0) + exact(g or 0) * exact(own.get(unit, common)) for unit, s, g in figures]


def _caps(workforce: list[list[Fraction]], shares: list[Any], lot: int) -> list[FloatArray]:
    """Caps at both ends; a float could lose a lot where they stand still, so they are rounded down here."""
    ends = ([each * exact(share) / lot for each in own] for own, share in zip(workforce, shares, strict=True))
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
