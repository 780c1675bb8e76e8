"""Checks of a scenario: a scenario against itself and its table; every fault at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from allocator.data.settings import Keys
from allocator.data.table import Table
from allocator.data.unit_names import near_names
from allocator.errors import Fault, fault
from allocator.model.parts import PREVIOUS, Rule

if TYPE_CHECKING:
    from allocator.model.scenario import Scenario

BELLS = ("normal", "lognormal")
LEAST_MEAN = 30
"""Standard deviations below 0 at which a normal truncated to [0, ∞) has no digits left."""


def faults_against(scenario: Scenario, table: Table) -> Iterator[Fault]:
    """Every way in which `scenario` contradicts itself or does not fit `table`."""
    yield from _own_faults(scenario)
    yield from _table_faults(scenario, table)


def _own_faults(scenario: Scenario) -> Iterator[Fault]:
    lot, past = scenario.lot, scenario.attainment
    if scenario.target % lot:
        yield _not_lots("target", scenario.place("target"), lot, scenario.target, target=scenario.target)
    if scenario.risk.weight and scenario.signpost == "huntington_hill":
        yield fault("risk.huntington_hill", scenario.place("risk", "weight"))
    if past.floor > past.ceiling:
        yield fault(
            "scenario.attainment_order", scenario.place("attainment", "floor"), floor=past.floor, ceiling=past.ceiling
        )
    if past.exponent < 0 and past.floor == 0:
        yield fault("scenario.catch_up_floor", scenario.place("attainment", "exponent"), exponent=past.exponent)
    total = sum(driver.share for driver in scenario.drivers)
    if abs(total - 1) > 1e-9:
        yield fault("scenario.driver_shares", scenario.place("drivers"), total=total)
    yield from _limit_faults(scenario)
    for what, names in {
        "drivers": [driver.column or "equal" for driver in scenario.drivers],
        "locks": [lock.unit for lock in scenario.locks],
        "groups": [group.name for group in scenario.groups],
    }.items():
        for index, name in enumerate(names):
            if name in names[:index]:
                yield fault("scenario.twice", scenario.place(what, index), name=name, key=what)
    yield from _distribution_faults(scenario)
    yield from _year_faults(scenario)


def _not_lots(what: str, place: str, lot: int, members: int, **figures: Any) -> Fault:
    """That members are no whole lots, with those around them that are."""
    low = members // lot * lot
    return fault(f"scenario.{what}_not_lots", place, **figures, lot=lot, low=low, high=low + lot)


def _limit_faults(scenario: Scenario) -> Iterator[Fault]:
    """Locks, and rules that fix quotas, that are no whole lots; groups that say too little."""
    lot = scenario.lot
    for index, lock in enumerate(scenario.locks):
        if lock.quota % lot:
            place = scenario.place("locks", index, "quota")
            yield _not_lots("lock", place, lot, lock.quota, unit=lock.unit, quota=lock.quota)
    for index, rule in enumerate(scenario.rules):
        if (quota := rule.fixed) is not None and quota % lot:
            yield _not_lots("rule", scenario.place("rules", index, "each"), lot, quota, quota=quota)
    for index, group in enumerate(scenario.groups):
        if (group.kind is None) == (group.units is None):
            yield fault("scenario.group_members", scenario.place("groups", index), group=group.name)
        if group.min is None and group.max is None:
            yield fault("scenario.group_bounds", scenario.place("groups", index), group=group.name)


def _year_faults(scenario: Scenario) -> Iterator[Fault]:
    if scenario.season != "calendar" and abs(sum(scenario.season) - 1) > 1e-9:
        yield fault("scenario.season", scenario.place("season"), total=sum(scenario.season))
    review, lot = scenario.review, scenario.lot
    for name, most in (("reserve", scenario.target), ("release", review.reserve)):
        value = getattr(review, name)
        if value > most:
            yield fault(f"scenario.{name}_too_large", scenario.place("review", name), value=value, most=most)
        elif value % lot:
            yield _not_lots("reserve", scenario.place("review", name), lot, value, key=name, value=value)


def _distribution_faults(scenario: Scenario) -> Iterator[Fault]:
    stated: dict[Keys, Any] = {("default",): scenario.uncertainty.default}
    stated |= {("units", name): each for name, each in scenario.uncertainty.units.items()}
    stated |= {("kinds", name): each for name, each in scenario.uncertainty.kinds.items()}
    for keys, each in stated.items():
        low, high = getattr(each, "low", 0), getattr(each, "high", 1)
        mode = getattr(each, "mode", low)
        place = scenario.place("uncertainty", *keys)
        if each.dist in BELLS and each.mean < (-LEAST_MEAN * each.sd if each.dist == "normal" else 1e-6):
            yield fault("scenario.distribution_mean", place, dist=each.dist, mean=each.mean, sd=each.sd)
        if not low <= mode <= high or low == high:
            yield fault("scenario.distribution_order", place, dist=each.dist, low=low, mode=mode, high=high)


def _table_faults(scenario: Scenario, table: Table) -> Iterator[Fault]:
    yield from _unknown(scenario, "unit", filter(None, (*table.units, *table.parents)), units_named(scenario))
    if scenario.risk.weight and not table.measured:
        yield fault("risk.no_workforce", scenario.place("risk", "weight"))
    kinds = sorted({kind for kind in table.kinds if kind is not None})
    yield from _unknown(scenario, "kind", kinds, _kinds_named(scenario))
    derived = {"workforce", "remaining_term_target"}
    for index, driver in enumerate(scenario.drivers):
        if driver.column is not None and driver.column not in derived:
            yield from _column_faults(table, driver.column, scenario.place("drivers", index, "column"))
    of_levels = (each for level in scenario.levels for each in level.drivers or ())
    drivers = {each.column for each in (*scenario.drivers, *of_levels)}
    for name in scenario.uncertainty.columns:
        if name == "workforce" or name not in drivers:
            place, named = scenario.place("uncertainty", "columns", name), sorted(filter(None, drivers))
            yield fault("scenario.no_driver", place, column=name, drivers=named)
    pace = scenario.bounds.pace
    if pace is not None:
        yield from _column_faults(table, pace.reference, scenario.place("bounds", "pace", "reference"))
    for index, rule in enumerate(scenario.rules):
        yield from _rule_faults(scenario, table, rule, ("rules", index))
    default = type(scenario).model_fields["published"].default
    if scenario.published is not None and (scenario.published != default or default in table.unusable):
        yield from _column_faults(table, scenario.published, scenario.place("published"))


def _rule_faults(scenario: Scenario, table: Table, rule: Rule, keys: Keys) -> Iterator[Fault]:
    """What a rule refers to that is not there."""
    way = "each" if rule.each else "together"
    sides = getattr(rule, way)
    for side in ("least", "most"):
        amount = getattr(sides, side)
        if amount is None or amount.members is not None or amount.of in ("target", "workforce", "available"):
            continue
        name = amount.column or amount.of
        place = scenario.place(*keys, way, side)
        if name == "previous" and PREVIOUS not in table.columns:
            yield fault("scenario.no_previous", place, column=PREVIOUS)
        elif name == "published" and scenario.published is None:
            yield fault("scenario.no_published", place)
        else:
            column = {"previous": PREVIOUS, "published": scenario.published}.get(name or "", name)
            yield from _column_faults(table, column or "", place)
    for column in rule.whom.where or ():
        if column not in ("kind", "parent") and column not in table.texts:
            yield from _column_faults(table, column, scenario.place(*keys, "for", "where", column))


def _column_faults(table: Table, name: str, place: str) -> Iterator[Fault]:
    if name in table.unusable:
        yield table.unusable[name]
    elif name not in table.columns:
        yield fault("scenario.no_column", place, column=name, columns=sorted(table.columns))


def _unknown(scenario: Scenario, what: str, known: Iterable[str], named: Iterable[tuple[Keys, str]]) -> Iterator[Fault]:
    names = set(known)
    for keys, name in named:
        if name not in names:
            kind = "unknown" if names else "no"
            yield fault(f"scenario.{kind}_{what}", scenario.place(*keys), name=name, near=near_names(name, names))


def units_named(scenario: Scenario) -> Iterator[tuple[Keys, str]]:
    """Every unit that a scenario names, with the keys that lead to the name; the last is the name where it is a key."""
    yield from _limited(scenario, ())
    for level, own in enumerate(scenario.levels):
        yield from _limited(own, ("levels", level))
    for index, rule in enumerate(scenario.rules):
        for position, name in enumerate(rule.whom.units or ()):
            yield ("rules", index, "for", "units", position), name
        if rule.whom.under:
            yield ("rules", index, "for", "under"), rule.whom.under
        for position, name in enumerate(rule.left_out):
            yield ("rules", index, "except", position), name
    uncertain: list[tuple[Keys, Any]] = [((), scenario.uncertainty), *scenario.uncertainty.inexact.items()]
    for keys, each in uncertain:
        for name in each.units:
            yield ("uncertainty", *keys, "units", name), name
    for name, row in scenario.uncertainty.correlation.items():
        yield ("uncertainty", "correlation", name), name
        for other in row:
            yield ("uncertainty", "correlation", name, other), other


def _limited(part: Any, keys: Keys) -> Iterator[tuple[Keys, str]]:
    """The units that the growth, the bounds, the locks and the groups of a scenario or of a level name."""
    for section in ("growth", "bounds"):
        for name in getattr(getattr(part, section), "units", ()):
            yield (*keys, section, "units", name), name
    for index, lock in enumerate(part.locks or ()):
        yield (*keys, "locks", index, "unit"), lock.unit
    for index, group in enumerate(part.groups or ()):
        for position, name in enumerate(group.units or ()):
            yield (*keys, "groups", index, "units", position), name


def _kinds_named(scenario: Scenario) -> Iterator[tuple[Keys, str]]:
    for index, group in enumerate(scenario.groups):
        if group.kind is not None:
            yield ("groups", index, "kind"), group.kind
    for index, rule in enumerate(scenario.rules):
        if rule.whom.kind:
            yield ("rules", index, "for", "kind"), rule.whom.kind
    for section in ("kinds", "factor"):
        for name in getattr(scenario.uncertainty, section):
            yield ("uncertainty", section, name), name
    for keys, each in scenario.uncertainty.inexact.items():
        for name in each.kinds:
            yield ("uncertainty", *keys, "kinds", name), name
