"""What the answer on sensitivity says first: who rests on what, at what value somebody moves, the risk of missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from allocator.data.table import ESTIMATE
from allocator.errors import Fault
from allocator.finding import Text, say
from allocator.finding.chance import chance
from allocator.finding.settings import SettingName
from allocator.model.allocation import allocate
from allocator.model.signpost import MICRO

if TYPE_CHECKING:
    from allocator.growth.draws import SweepPlan
    from allocator.growth.inexact import Off
    from allocator.model.allocation import Allocation

TIPPED = {"growth": ESTIMATE, "workforce": "workforce"}
"""Column whose figures may tip a quota, of what is uncertain."""


def resting(made: Allocation, planned: SweepPlan) -> dict[str, float]:
    """Persons available, and how many of them rest on the estimate of growth and on a workforce that may be off."""
    claims, off = made.claims, set(planned.present.units.tolist())
    whole = {"available": sum(claims.available) / MICRO}
    persons = {
        "growth": sum(claims.available) / MICRO - sum(claims.workforce),
        "workforce": sum(now for unit, now in enumerate(claims.workforce) if unit in off),
    }
    return whole | {name: each for name, each in persons.items() if name in planned.names}


def opening(made: Allocation, planned: SweepPlan, document: Mapping[str, Any], tipped: Sequence[str]) -> list[Text]:
    """The answer in three lines at most; `tipped` is of what it is known what tips a quota."""
    if not planned.names:
        return [say("sensitivity.nothing"), *_sure(made, document)]
    tips = tuple(_tipping(made, planned, document["units"], name) for name in tipped if name in planned.names)
    return [tuple(_rests(made, planned, document["rests_on"])), *([tips] if tips else []), _risk(made, document)]


def _rests(made: Allocation, planned: SweepPlan, persons: Mapping[str, float]) -> Iterator[Fault]:
    """How many of the available people rest on the estimate, and what else may be off."""
    available = persons["available"]
    if "growth" in persons:
        claims = made.claims
        counted = [all_ / MICRO - now for all_, now in zip(claims.available, claims.workforce, strict=True)]
        most, units = max(counted), sum(each > 0 for each in counted)
        key = "no_growth" if not units else "one" if units == 1 else "growth"
        estimated = sum(each or 0 for each in made.table.optional(ESTIMATE))
        yield say(f"sensitivity.rests_{key}", available=available, people=persons["growth"], most=most,
                  share=persons["growth"] / available if available else 0.0, estimated=estimated,
                  unit=made.table.units[counted.index(most)])  # fmt: skip
    offs: dict[str, Off] = {"workforce": planned.present, "attainment": planned.results}
    offs |= {name: each.off for name, each in planned.drivers.items()}
    parts = [
        say(f"sensitivity.off_{name if name in ('workforce', 'attainment') else 'column'}", name=SettingName((name,)),
            people=persons.get("workforce"), units=len(off.units), spread=_spread(off))
        for name, off in offs.items() if len(off.units)
    ]  # fmt: skip
    if parts:
        yield say("sensitivity.may_be_off", parts=parts)


def _spread(off: Off) -> Fault:
    low, high = float(off.deviations.min()), float(off.deviations.max())
    return say("sensitivity.spread" if low == high else "sensitivity.spread_range", low=low, high=high)


def _tipping(made: Allocation, planned: SweepPlan, rows: Sequence[Mapping[str, Any]], name: str) -> Fault:
    """Of the largest figure that tips its unit's quota: the values at which it does, and who gives to whom there."""
    key, column = f"tipping_{name}", TIPPED[name]
    figures = [int(each or 0) for each in made.table.optional(column)]
    units = planned.present.units if name == "workforce" else planned.uncertain[: len(planned.distributions)]
    telling = [unit for unit in units.tolist() if any(rows[unit][key].values())]
    if not telling:
        return say(f"sensitivity.{key}_none")
    unit = max(telling, key=lambda each: figures[each])
    parts = []
    for side, sign in (("down", -1), ("up", 1)):
        if change := rows[unit][key][side]:
            at = figures[unit] + sign * change
            moves = _moves(made, column, unit, at)
            parts += [say(f"sensitivity.tips_{side}", at=at, moves=moves)] if moves.values["members"] else []
    return say(f"sensitivity.{key}", unit=made.table.units[unit], now=figures[unit], parts=parts)


def _moves(made: Allocation, column: str, unit: int, figure: int) -> Fault:
    """Who gives members to whom where one figure is another."""
    again = allocate(made.table.with_figure(column, unit, figure), made.scenario, method="waterfill").quotas
    moved = {name: new - old for name, old, new in zip(made.table.units, made.quotas, again, strict=True) if new != old}
    gains = [name for name, each in moved.items() if each > 0]
    members = sum(moved[name] for name in gains)
    return say("sensitivity.moves", members=members, givers=[name for name in moved if name not in gains], takers=gains)


def _risk(made: Allocation, document: Mapping[str, Any]) -> Fault:
    """The risk of missing, and how many members short then."""
    whole, reachable = document["province"], made.scenario.risk.reachable
    probability = whole["shortfall_probability"]
    figures = {"draws": document["draws"], "reachable": reachable}
    if probability is None:
        return say("sensitivity.unmeasured")
    if not probability:
        return say("sensitivity.never_short", **figures)
    short, worst = whole["expected_shortfall"], max(document["units"], key=lambda each: each["expected_shortfall"])
    key = "sensitivity.short_most" if 2 * worst["expected_shortfall"] > short else "sensitivity.short"
    return say(key, **figures, chance=chance(probability), members=_few(short / probability), unit=worst["unit"])


def _sure(made: Allocation, document: Mapping[str, Any]) -> Iterator[Fault]:
    """What is short whatever comes, where nothing is uncertain."""
    if short := {each["unit"]: each["expected_shortfall"] for each in document["units"] if each["expected_shortfall"]}:
        members = _few(sum(short.values()))
        yield say(
            "sensitivity.surely_short", units=list(short), members=members, reachable=made.scenario.risk.reachable
        )


def _few(members: float) -> float:
    """Members as a sentence says them: whole ones, of few a decimal."""
    return round(members) if members >= 10 else max(round(members, 1), 0.1)
