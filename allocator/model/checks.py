"""Checks of a scenario: settings against the models, a scenario against itself and its table; every fault at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from allocator.data.office import WRONG
from allocator.data.settings import Keys, Settings, percent_text, split_key
from allocator.data.table import Table, fold, near_names
from allocator.errors import Fault, fault
from allocator.model.parts import PREVIOUS, Rule

if TYPE_CHECKING:
    from allocator.model.keys import ScenarioKeys
    from allocator.model.scenario import Scenario

BELLS = ("normal", "lognormal")
LEAST_MEAN = 30
"""Standard deviations below 0 at which a normal truncated to [0, ∞) has no digits left."""

_AS_YAML = {"None": "null", "True": "true", "False": "false"}
_MESSAGES = {
    "extra_forbidden": "scenario.unknown_key",
    "missing": "scenario.missing_key",
    "greater_than_equal": "scenario.too_small",
    "greater_than": "scenario.not_above",
    "less_than_equal": "scenario.too_large",
    "finite_number": "scenario.not_number",
    "int_type": "scenario.not_whole",
    "int_from_float": "scenario.not_whole",
    "float_type": "scenario.not_number",
    "string_type": "scenario.not_text",
    "string_too_short": "scenario.not_text",
    "bool_type": "scenario.not_true_false",
    "list_type": "scenario.not_list",
    "too_short": "scenario.not_list",
    "dict_type": "scenario.not_keys",
    "model_type": "scenario.not_keys",
    "model_attributes_type": "scenario.not_keys",
    "literal_error": "scenario.not_one_of",
    "union_tag_invalid": "scenario.not_one_of",
    "union_tag_not_found": "scenario.missing_key",
    "percentage": "scenario.percentage",
    "share_too_large": "scenario.share_too_large",
    "amount": "scenario.amount",
    "no_limit": "scenario.no_limit",
    "nobody": "scenario.nobody",
    "column_or_equal": "scenario.column_or_equal",
    "each_or_together": "scenario.each_or_together",
    "short_without_least": "scenario.short_without_least",
    **WRONG,
}
_TELLING = {"scenario.percentage": 2, "scenario.share_too_large": 2, "scenario.not_one_of": 1}
"""Of the ways in which one value is wrong, one for each alternative, what says most."""


def validation_faults(error: ValidationError, settings: Settings, known: ScenarioKeys) -> Iterator[Fault]:
    """Every unknown key and every value out of its range in settings, where it was written; one fault a key."""
    found: dict[Keys, Fault] = {}
    for each in error.errors(include_url=False):
        keys = _as_written(each["loc"], settings.values, each["type"] == "missing")
        told = _told(each, keys, settings, known)
        if keys not in found or _TELLING.get(told.key, 0) > _TELLING.get(found[keys].key, 0):
            found[keys] = told
    for keys, told in found.items():
        inside = any(each[: len(keys)] == keys for each in found if each != keys)
        split = any(each.values.get("split") == keys for each in found.values())
        if not split and not (inside and told.key == "scenario.not_one_of"):
            yield told


def _as_written(location: Keys, values: Any, missing: bool) -> Keys:
    """The keys of a file that lead to an error; pydantic puts the names of its own alternatives between them."""
    if not location:
        return ()
    key, *rest = location
    without = _as_written(tuple(rest), values, missing)
    if key in values if isinstance(values, dict) else isinstance(values, list) and isinstance(key, int):
        ways = [(key, *_as_written(tuple(rest), values[key], missing)), without]
        return max(ways, key=lambda way: (way[-1:] == location[-1:], len(way)))
    return (key,) if missing and not rest else without


def _told(each: ErrorDetails, keys: Keys, settings: Settings, known: ScenarioKeys) -> Fault:
    context = each.get("ctx", {})
    values: dict[str, Any] = {
        "key": _dotted(keys),
        "value": _AS_YAML.get(str(each["input"]), str(each["input"]))[:80],
        "limit": f"{context.get('ge', context.get('gt', context.get('le', 0))):g}",
        "expected": re.findall("'[^']*'", context.get("expected", context.get("expected_tags", ""))),
        "detail": each["msg"],
    }
    key = _MESSAGES.get(each["type"], "scenario.invalid")
    key = "scenario.no_target" if key == "scenario.missing_key" and keys == ("target",) else key
    if each["input"] is None and (comma := _comma(keys, settings.values, known)):
        key, values = comma
    elif key in ("scenario.percentage", "scenario.share_too_large"):
        number = Decimal(str(each["input"]).replace(",", ".").strip())
        number = number if number <= Decimal(context["le"]) else number / 100
        values |= {"number": f"{number.normalize():f}", "percent": percent_text(str(number))}
    elif key == "scenario.unknown_key":
        key, more = _unknown_key(keys, known)
        values |= more
    if "discriminator" in context:
        values["key"] += "." + str(context["discriminator"]).strip("'")
        values["value"] = context.get("tag")
    return Fault(key, settings.place(tuple(fold(key) if isinstance(key, str) else key for key in keys)), values)


def _dotted(keys: Keys) -> str:
    return fold(".".join(map(str, keys)))


def _unknown_key(keys: Keys, known: ScenarioKeys) -> tuple[str, dict[str, Any]]:
    """What an unknown key was probably meant for."""
    parts = split_key(str(keys[-1]))
    if len(parts) > 1 and known.at((*keys[:-1], *parts)):
        return "scenario.dotted_key", {"nested": ": {".join(parts) + ": …" + "}" * (len(parts) - 1)}
    if near := known.near(keys):
        return "scenario.unknown_key", {"known": near}
    return "scenario.unknown_key_here", {"known": known.below(keys[:-1])}


def _comma(keys: Keys, values: Any, known: ScenarioKeys) -> tuple[str, dict[str, Any]] | None:
    """What `{share: 0,6}` was meant as: YAML reads it as `share: 0` and a key 6 without a value."""
    for key in keys[:-1]:
        values = values[key]
    digits = re.fullmatch(r"(\d+)\s*(%?)", str(keys[-1]))
    before = dict(zip(list(values)[1:], values, strict=False)).get(keys[-1]) if isinstance(values, dict) else None
    if digits is None or before is None or type(values[before]) is not int:
        return None
    of = known.at((*keys[:-1], before)) or known.at(keys[:-1])
    share, whole = of is not None and of.unit == "share", of is not None and of.type == "integer"
    mark = "" if whole and len(digits[1]) == 3 else "."
    number = Decimal(f"{values[before]}{mark}{digits[1]}") / (100 if digits[2] else 1)
    return f"scenario.decimal_comma{'_share' * share}", {
        "split": (*keys[:-1], before),
        "key": _dotted((*keys[:-1], before)),
        "whole": values[before],
        "digits": keys[-1],
        "number": f"{number:f}",
        "percent": percent_text(str(number)),
    }


def faults_against(scenario: Scenario, table: Table) -> Iterator[Fault]:
    """Every way in which `scenario` contradicts itself or does not fit `table`."""
    yield from _own_faults(scenario)
    yield from _table_faults(scenario, table)


def _own_faults(scenario: Scenario) -> Iterator[Fault]:
    lot, past = scenario.lot, scenario.attainment
    if scenario.target % lot:
        low = scenario.target // lot * lot
        figures = {"target": scenario.target, "lot": lot, "low": low, "high": low + lot}
        yield fault("scenario.target_not_lots", scenario.place("target"), **figures)
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


def _limit_faults(scenario: Scenario) -> Iterator[Fault]:
    """Locks, and rules that fix quotas, that are no whole lots; groups that say too little."""
    lot = scenario.lot
    for index, lock in enumerate(scenario.locks):
        if lock.quota % lot:
            low = lock.quota // lot * lot
            place = scenario.place("locks", index, "quota")
            yield fault(
                "scenario.lock_not_lots", place, unit=lock.unit, quota=lock.quota, lot=lot, low=low, high=low + lot
            )
    for index, rule in enumerate(scenario.rules):
        if (quota := rule.fixed) is not None and quota % lot:
            low = quota // lot * lot
            place = scenario.place("rules", index, "each")
            yield fault("scenario.rule_not_lots", place, quota=quota, lot=lot, low=low, high=low + lot)
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
            place = scenario.place("review", name)
            low = value // lot * lot
            yield fault("scenario.reserve_not_lots", place, key=name, value=value, lot=lot, low=low, high=low + lot)


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
    yield from _unknown(scenario, "unit", filter(None, (*table.units, *table.parents)), _units_named(scenario))
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


def _units_named(scenario: Scenario) -> Iterator[tuple[Keys, str]]:
    for section in ("growth", "bounds", "uncertainty"):
        for name in getattr(scenario, section).units:
            yield (section, "units", name), name
    for index, lock in enumerate(scenario.locks):
        yield ("locks", index, "unit"), lock.unit
    for index, group in enumerate(scenario.groups):
        for position, name in enumerate(group.units or ()):
            yield ("groups", index, "units", position), name
    for index, rule in enumerate(scenario.rules):
        for position, name in enumerate(rule.whom.units or ()):
            yield ("rules", index, "for", "units", position), name
        if rule.whom.under:
            yield ("rules", index, "for", "under"), rule.whom.under
        for position, name in enumerate(rule.left_out):
            yield ("rules", index, "except", position), name
    for keys, each in scenario.uncertainty.inexact.items():
        for name in each.units:
            yield ("uncertainty", *keys, "units", name), name
    for name, row in scenario.uncertainty.correlation.items():
        for other in {name, *row}:
            yield ("uncertainty", "correlation", name), other


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
