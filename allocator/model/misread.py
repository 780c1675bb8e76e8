"""What is wrong with settings before they make a scenario: keys and values that it has no place for, every one told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from allocator.data.office import WRONG
from allocator.data.settings import Keys, Settings, percent_text, split_key
from allocator.data.table import fold
from allocator.errors import Fault

if TYPE_CHECKING:
    from allocator.model.keys import ScenarioKeys

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
    "target": "scenario.target_form",
    "no_limit": "scenario.no_limit",
    "nobody": "scenario.nobody",
    "column_or_equal": "scenario.column_or_equal",
    "each_or_together": "scenario.each_or_together",
    "short_without_least": "scenario.short_without_least",
    **WRONG,
}
_TELLING = {
    "scenario.percentage": 3, "scenario.share_too_large": 3, "scenario.too_small": 2, "scenario.too_large": 2,
    "scenario.not_one_of": 1, "scenario.not_one_of_nor_number": 1,
}  # fmt: skip
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
        if not split and not (inside and told.key.startswith("scenario.not_one_of")):
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
        "limit": f"{context.get('ge', context.get('gt', context.get('le', 0))):.12g}",
        "expected": re.findall("'[^']*'", context.get("expected", context.get("expected_tags", ""))),
        "detail": each["msg"],
    }
    key = _MESSAGES.get(each["type"], "scenario.invalid")
    key = "scenario.no_target" if key == "scenario.missing_key" and keys == ("target",) else key
    of = known.at(keys) if key == "scenario.not_one_of" else None
    if of is not None and any(value.get("type") == "number" for value in of.values):
        key = "scenario.not_one_of_nor_number"
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
    if keys[-1] == "lot" and keys[0] in ("bounds", "rules", "groups", "locks"):
        return "scenario.unit_lot", {}
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
