"""The problem as a report carries it: the figures and the rules from which a page decides the allocation again.

Nothing is reckoned here: what the model read of table and scenario is handed over as whole numbers and as fractions in
texts, "3/10", for `engine/engine.js`. What settings of the page may change stands under the names of their fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allocator.data.table import ESTIMATE, Table
from allocator.model.allocation import Allocation
from allocator.model.claims import attainment, driver_parts, exact, province
from allocator.model.limit import Limit
from allocator.model.scenario import Attainment
from allocator.show.levers import MOST_SINGLE, share_of, standing

BASES = ("gross", "net")


def not_carried(made: Allocation) -> str | None:
    """Why a page cannot decide this allocation again: `tree`, `measured`, `risk`, `large`; None where it can."""
    reasons = {"tree": made.whole is not None, "measured": not made.table.measured,
               "risk": made.problem.risk is not None, "large": len(made.table) > MOST_SINGLE}  # fmt: skip
    return next((reason for reason, holds in reasons.items() if holds), None)


def carried(made: Allocation) -> dict[str, Any] | None:
    """The problem of an allocation with its quotas and the published ones; None where a page cannot decide it."""
    if not_carried(made):
        return None
    table, scenario = made.table, made.scenario
    place = {unit: index for index, unit in enumerate(table.units)}
    fixed = [each.fixed for each in scenario.rules if each.fixed is not None]
    return {
        **{key: getattr(scenario, key) for key in ("target", "lot", "signpost")},
        "min_quota": scenario.bounds.min_quota,
        "max_share": _share(scenario.bounds.max_share),
        "locks": {str(place[each.unit]): each.quota for each in scenario.locks},
        "rules": [_rule(each) for each in standing(made)],
        # What no lever changes and must be whole lots.
        "whole": [{"members": each} for each in (*fixed, scenario.review.reserve, scenario.review.release)],
        "reserve": scenario.review.reserve,
        **_assumptions(made, place),
        "units": list(table.units),
        "published": list(made.published),
        "quotas": list(made.quotas),
    }


def _assumptions(made: Allocation, place: Mapping[str, int]) -> dict[str, Any]:
    """Workforce, growth, drivers and past attainment, and what is believed of them, a unit by its `place`."""
    table, scenario = made.table, made.scenario
    own, others = driver_parts(table, scenario)
    can_raise = exact(scenario.attainment.exponent).denominator <= 2
    return {
        "workforce": list(made.claims.workforce),
        "growth": [int(each or 0) for each in table.optional(ESTIMATE)],
        "realisation": _share(scenario.growth.realisation),
        "own": {str(place[unit]): _share(each) for unit, each in scenario.growth.units.items()},
        "drivers": {"own": str(own), "others": [*map(str, others)] if any(others) else None},
        **_past(table, scenario.attainment),
        # Powers other than whole and half ones are made once, by the model.
        "multipliers": None if can_raise else [*map(str, made.claims.multiplier)],
    }


def _past(table: Table, settings: Attainment) -> dict[str, Any]:
    bases = {basis: settings.model_copy(update={"basis": basis}) for basis in BASES}
    return {
        **{name: _share(getattr(settings, name)) for name in ("exponent", "floor", "ceiling")},
        "basis": settings.basis,
        "missing": settings.missing if settings.missing == "province" else _share(settings.missing),
        "past": {
            basis: [None if each is None else str(each) for each in attainment(table, own)]
            for basis, own in bases.items()
        },
        "province": {basis: str(province(table, own)) for basis, own in bases.items()},
    }


def _rule(limit: Limit) -> dict[str, Any]:
    """One side of a rule: whom it limits, and to how many members, or to what share of what moves with settings."""
    entry, amount = limit.entry, limit.amount
    made = {
        "key": entry.key,
        "word": entry.words[not limit.least],
        "name": entry.group if limit.together else entry.name,
        "least": limit.least,
        "together": limit.together,
        "alike": limit.alike,
        "low": limit.one_lot_low,
        "units": limit.nodes.tolist(),
    }
    if of := share_of(limit):
        return {**made, "of": of, "share": _share(amount.share)}
    members = [str(limit.members(index)) for index in range(len(limit.tops))]
    return {**made, "members": members[:1] if len(set(members)) == 1 else members}


def _share(value: float | None) -> str | None:
    return None if value is None else str(exact(value))
