"""The gaming meter: what a quota does when a unit reports its past result a tenth higher or lower.

A quota that rises with the result is a ratchet: delivery is punished by a higher quota. One that falls with it lets a
unit lower its quota by reporting more. A rule that does neither gives nobody a reason to shade figures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from allocator.data.table import Number
from allocator.errors import Fault, InputError, fault
from allocator.model.allocation import Allocation
from allocator.model.feasibility import feasible
from allocator.model.grounds import Grounds, pose
from allocator.model.parts import Rule
from allocator.model.problem import Problem, array
from allocator.why.accounts import rests_on
from allocator.why.beside import Standing
from allocator.why.optima import MOST_ENTANGLED, MOST_UNITS, optima

SHARE = 10
"""The result is changed by one part in this many, to whole persons, by one person at least."""
VERDICTS = ("ratchet", "discouraging")
USING_RESULTS = ("recruited", "remaining_term_target")


@dataclass(frozen=True)
class UnitGaming:
    """What happens to one unit's quota, members.

    Attributes:
        unit: its name.
        up, down: change of its quota when its result is reported a tenth higher, lower; None where no allocation would
            be left.
        verdict: what a higher result brings: `ratchet` for more members, `discouraging` for fewer, else `neutral`.
    """

    unit: str
    up: int | None
    down: int | None
    verdict: str


@dataclass(frozen=True)
class Gaming:
    """The meter: one entry for each unit with a result above 0.

    Attributes:
        units: in table order; none where nothing was measured.
        most: units up to which it is measured, where there are more or the table is a tree; else None.
    """

    units: tuple[UnitGaming, ...]
    most: int | None = None

    @property
    def sides(self) -> dict[str, list[str]]:
        """Names of the units by each verdict that is none of `neutral`."""
        return {verdict: [each.unit for each in self.units if each.verdict == verdict] for verdict in VERDICTS}

    def findings(self) -> tuple[Fault, ...]:
        """What a planner is warned of, as catalogue texts; none where no quota moves."""
        if self.most is not None:
            return (fault("gaming.not_measured", most=self.most),)
        return tuple(fault(f"gaming.{verdict}", units=units) for verdict, units in self.sides.items() if units)


def gaming(allocation: Allocation) -> Gaming:
    """The meter of an allocation: every unit's `recruited` raised and lowered by a tenth, one unit at a time."""
    names, results = allocation.table.units, allocation.table.optional("recruited")
    reporting = tuple(unit for unit, each in enumerate(results) if each)
    if not uses_results(allocation.ground):
        return Gaming(tuple(UnitGaming(names[unit], 0, 0, "neutral") for unit in reporting))
    alone = _alone(allocation)
    most = MOST_UNITS if alone else MOST_ENTANGLED
    if len(results) > most or allocation.whole is not None:
        return Gaming((), most)
    made, now, lot = [], allocation.lots, allocation.problem.lot
    tried = ((_moved if alone else _decided)(allocation, reporting, sign) for sign in (1, -1))
    for unit, *found in zip(reporting, *tried, strict=True):
        up, down = (None if lots is None else (lots - now[unit]) * lot for lots in found)
        slope = (up or 0) - (down or 0)
        verdict = "ratchet" if slope > 0 else "discouraging" if slope < 0 else "neutral"
        made.append(UnitGaming(names[unit], up, down, verdict))
    return Gaming(tuple(made))


def uses_results(ground: Grounds) -> bool:
    """Whether any claim or bound rests on what units reported."""
    weighed = any(level.scenario.attainment.exponent for level in ground.levels)
    return weighed or _driven(ground) or bool(_resting(ground))


def _driven(ground: Grounds) -> bool:
    """Whether a driver is made of results."""
    return any(each.column in USING_RESULTS for level in ground.levels for each in level.scenario.drivers)


def _resting(ground: Grounds) -> list[Rule]:
    """The rules that are a share of results, or choose units by them."""
    rules = [each.rule for each in ground.rules.entries.values()]
    return [each for each in rules if not rests_on(each).isdisjoint(USING_RESULTS)]


def _alone(allocation: Allocation) -> bool:
    """Whether a unit's result touches no claim and no bound but its own."""
    past, ground = allocation.scenario.attainment, allocation.ground
    shared = _driven(ground) or any(each.together or each.short for each in _resting(ground))
    return not shared and (not past.exponent or past.missing != "province" or None not in allocation.claims.attainment)


def _moved(allocation: Allocation, units: Sequence[int], sign: int) -> Iterator[int | None]:
    """Lots of each unit with its result changed, which moves nothing of the others but their lots."""
    posed = dict(zip(units, _all_changed(allocation, units, sign), strict=True))
    able = {unit: each for unit, each in posed.items() if each is not None and feasible(each)}
    found = Standing(allocation.problem, array(allocation.lots)).moved(able)
    yield from map(found.get, units)


def _decided(allocation: Allocation, units: Sequence[int], sign: int) -> Iterator[int | None]:
    """The same where it moves more than that, the allocation decided anew for each."""
    for unit, lots in zip(units, optima(_each_changed(allocation, units, sign)), strict=True):
        yield None if lots is None else int(lots[unit])


def _all_changed(allocation: Allocation, units: Sequence[int], sign: int) -> Iterator[Problem | None]:
    """The problem with one unit's result changed, for each, its claim and bounds read off one with all changed."""
    values = list(allocation.table.optional("recruited"))
    for unit in units:
        values[unit] = _changed(values[unit], sign)
    table = replace(allocation.table, columns={**allocation.table.columns, "recruited": tuple(values)})
    try:
        _, _, other = pose(table, allocation.scenario)
    except InputError:  # of one of them: which one?
        yield from _each_changed(allocation, units, sign)
        return
    now = allocation.problem
    for unit in units:
        made = now
        for each in ("claims", "floor", "cap"):
            value = getattr(other, each)[unit]
            if value != getattr(now, each)[unit]:
                values = getattr(now, each).copy()
                values[unit] = value
                made = replace(made, **{each: values})
        if now.risk is not None and other.risk is not None:
            made = replace(made, risk=(*now.risk[:unit], other.risk[unit], *now.risk[unit + 1 :]))
        yield made


def _each_changed(allocation: Allocation, units: Sequence[int], sign: int) -> Iterator[Problem | None]:
    """The same, posed anew for each; None where that cannot be."""
    table = allocation.table
    for unit in units:
        value = _changed(table.optional("recruited")[unit], sign)
        try:
            yield pose(table.with_figure("recruited", unit, value), allocation.scenario)[2]
        except InputError:
            yield None


def _changed(result: Number | None, sign: int) -> int:
    return int(result or 0) + sign * max(1, round(int(result or 0) / SHARE))
