"""Checks of a scenario: settings against the models, a scenario against itself and its table; every fault at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from allocator.data.settings import Keys, Settings
from allocator.data.table import Table, fold
from allocator.errors import Fault, fault

if TYPE_CHECKING:
    from allocator.model.scenario import Scenario


BELLS = ("normal", "lognormal")
LEAST_MEAN = 30
"""Standard deviations below 0 at which a normal truncated to [0, ∞) has no digits left."""

_AS_YAML = {"None": "null", "True": "true", "False": "false"}
_MESSAGES = {
    "extra_forbidden": "scenario.unknown_key",
    "missing": "scenario.missing_key",
    "greater_than_equal": "scenario.too_small",
    "greater_than": "scenario.too_small",
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
}


def validation_faults(error: ValidationError, settings: Settings, whole: type[BaseModel]) -> Iterator[Fault]:
    """Every unknown key and every value out of its range in settings for the model `whole`, where it was written."""
    for each in error.errors(include_url=False):
        keys = tuple(fold(key) if isinstance(key, str) else key for key in each["loc"])
        context = each.get("ctx", {})
        values = {
            "key": ".".join(str(key) for key in keys if key != "[key]"),
            "value": _AS_YAML.get(str(each["input"]), str(each["input"]))[:80],
            "limit": f"{context.get('ge', context.get('gt', context.get('le', 0))):g}",
            "expected": context.get("expected", context.get("expected_tags", "")),
            "detail": each["msg"],
        }
        key = _MESSAGES.get(each["type"], "scenario.invalid")
        if key == "scenario.unknown_key":
            known = _known_keys(whole, keys[:-1])
            near = difflib.get_close_matches(str(keys[-1]), known, n=1)
            values.update(known=near or known)
        if key == "scenario.missing_key" and "discriminator" in context:
            values["key"] += "." + str(context["discriminator"]).strip("'")
        yield Fault(key, settings.place(keys), values)


def _known_keys(whole: type[BaseModel], keys: Keys) -> list[str]:
    """Keys allowed under `keys`, from the models themselves."""
    model: Any = whole
    for key in keys:
        field = getattr(model, "model_fields", {}).get(key)
        inner = [each for each in _models(field.annotation)] if field else []
        model = inner[0] if len(inner) == 1 else model if not inner and not field else None
        if model is None:
            return []
    return sorted(model.model_fields)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _models(inner)


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
    for index, lock in enumerate(scenario.locks):
        if lock.quota % lot:
            low = lock.quota // lot * lot
            place = scenario.place("locks", index, "quota")
            yield fault(
                "scenario.lock_not_lots", place, unit=lock.unit, quota=lock.quota, lot=lot, low=low, high=low + lot
            )
    for index, group in enumerate(scenario.groups):
        if (group.kind is None) == (group.units is None):
            yield fault("scenario.group_members", scenario.place("groups", index), group=group.name)
        if group.min is None and group.max is None:
            yield fault("scenario.group_bounds", scenario.place("groups", index), group=group.name)
    for what, names in {
        "drivers": [driver.column for driver in scenario.drivers],
        "locks": [lock.unit for lock in scenario.locks],
        "groups": [group.name for group in scenario.groups],
    }.items():
        for index, name in enumerate(names):
            if name in names[:index]:
                yield fault("scenario.twice", scenario.place(what, index), name=name, key=what)
    yield from _distribution_faults(scenario)
    yield from _year_faults(scenario)


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
        if driver.column not in derived:
            yield from _column_faults(table, driver.column, scenario.place("drivers", index, "column"))
    pace = scenario.bounds.pace
    if pace is not None:
        yield from _column_faults(table, pace.reference, scenario.place("bounds", "pace", "reference"))
    default = type(scenario).model_fields["published"].default
    if scenario.published is not None and (scenario.published != default or default in table.unusable):
        yield from _column_faults(table, scenario.published, scenario.place("published"))


def _column_faults(table: Table, name: str, place: str) -> Iterator[Fault]:
    if name in table.unusable:
        yield table.unusable[name]
    elif not table.has(name):
        yield fault("scenario.no_column", place, column=name, columns=sorted(table.columns))


def _unknown(scenario: Scenario, what: str, known: Iterable[str], named: Iterable[tuple[Keys, str]]) -> Iterator[Fault]:
    names = set(known)
    for keys, name in named:
        if name not in names:
            near = difflib.get_close_matches(name, names, n=3, cutoff=0.5) or sorted(names)[:20]
            yield fault(f"scenario.unknown_{what}", scenario.place(*keys), name=name, near=near)


def _units_named(scenario: Scenario) -> Iterator[tuple[Keys, str]]:
    for section in ("growth", "bounds", "uncertainty"):
        for name in getattr(scenario, section).units:
            yield (section, "units", name), name
    for index, lock in enumerate(scenario.locks):
        yield ("locks", index, "unit"), lock.unit
    for index, group in enumerate(scenario.groups):
        for position, name in enumerate(group.units or ()):
            yield ("groups", index, "units", position), name
    for name, row in scenario.uncertainty.correlation.items():
        for other in {name, *row}:
            yield ("uncertainty", "correlation", name), other


def _kinds_named(scenario: Scenario) -> Iterator[tuple[Keys, str]]:
    for index, group in enumerate(scenario.groups):
        if group.kind is not None:
            yield ("groups", index, "kind"), group.kind
    for section in ("kinds", "factor"):
        for name in getattr(scenario.uncertainty, section):
            yield ("uncertainty", section, name), name
