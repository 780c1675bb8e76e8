"""The page's whole state as the address bar holds it: every value written out, so that a copied link stays what it was.

A state names its table, carries the scenario it started from (compressed), and has one plain field for each control:
common fields by name, a unit's own by `kind:unit` (`lock:An Phú`). Fields of assumptions and of decisions are apart,
and each side can go back to the start on its own.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property, lru_cache, reduce
from operator import getitem
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from pydantic import TypeAdapter

from allocator.data.numbers import NumberError, typed
from allocator.data.settings import Keys, Settings
from allocator.errors import Fault, InputError, fault
from allocator.model.parts import Rule, share_written
from allocator.model.scenario import Group, Scenario, scenario_from
from allocator.words import Words

FIELDS: Mapping[str, Mapping[str, str]] = json.loads(Path(__file__).with_name("fields.json").read_text("utf-8"))
"""Fields of what is believed and of what is chosen, each with the scenario's key it stands for.

A unit's own fields begin with the name given here; what stands for its name in the key is what the pattern catches.
"""
SIDES = {name: side for side, fields in FIELDS.items() for name in fields}
COMMON = {name: key for fields in FIELDS.values() for name, key in fields.items() if ":" not in name}
OWN = {name[:-1]: key for fields in FIELDS.values() for name, key in fields.items() if ":" in name}
WHOLE = ("target", "lot", "min_quota", "least", "most", "lock")
TEXTS = ("basis", "pace")
LISTS: Mapping[str, TypeAdapter[Any]] = {"rules": TypeAdapter(list[Rule]), "groups": TypeAdapter(list[Group])}
"""What no field shows; the page only carries it along."""
MOST_STATE = 60_000
KEY = re.compile(r"\b[a-z_]+(?:\.[a-z_]+)+\b")
"""A dotted key in a message."""
RULE = re.compile(r"rules(?:\.(\d+)(?:\.(?:each|together)\.(least|most))?(?:\..*)?)?")
GROUP = re.compile(r"groups\.(.+?)(?:\.(min|max))?")


@dataclass(frozen=True)
class State:
    """Where the page is.

    Attributes:
        table: name of the table.
        start: the scenario the page started from, as plain values.
        fields: text of every control, by field name; blank where it holds nothing.
    """

    table: str
    start: Mapping[str, Any]
    fields: Mapping[str, str]

    @cached_property
    def link(self) -> str:
        """The scenario the page started from, as the address holds it."""
        return packed(self.start)

    @cached_property
    def query(self) -> str:
        """The state as a query string; the same state gives the same text."""
        return urlencode({"table": self.table, "start": self.link, **self.fields})

    @property
    def rule_names(self) -> list[str]:
        """What the scenario calls its rules; blank where it does not say."""
        return [each["name"] for each in _value("rules", self.fields["rules"], []) or ()]

    def scenario(self) -> Scenario:
        """The scenario the fields describe; the place of what is wrong with it is the field's name.

        Raises:
            InputError: a field that is no number, or a value out of its range.
        """
        faults: list[Fault] = []
        values = {name: _value(name, text, faults) for name, text in self.fields.items()}
        if faults:
            raise InputError(faults)
        made = _with_own(self.start, values)
        made["bounds"]["pace"] = made["bounds"]["pace"] or {}
        for name, key in COMMON.items():
            *above, last = key.split(".")
            reduce(getitem, above, made)[last] = values.get(name)
        places = {keys[:n]: name for name, keys in _keys(made).items() for n in range(min(2, len(keys)), len(keys) + 1)}
        places |= {("rules", index): f"rules.{index}" for index in range(len(made["rules"]))}
        if not values.get("pace"):
            made["bounds"]["pace"] = None
        return scenario_from(Settings(made, places, Path()))

    def reset(self, *sides: str) -> State:
        """The state with the fields of some sides as they were at the start."""
        kept = {name: text for name, text in self.fields.items() if side(name) not in sides}
        begun = {name: text for name, text in _fields(self.start).items() if side(name) in sides}
        return replace(self, fields={**kept, **begun})

    def changed(self, settings: Mapping[str, Any]) -> State:
        """The state after scenario values are merged in, as a remedy gives them."""
        return replace(self, fields=_fields(self.scenario().changed(settings).model_dump(mode="json")))


def side(name: str) -> str | None:
    """`assumptions` or `decisions`, by the name of a field; None for anything else."""
    kind, colon, _ = name.partition(":")
    return SIDES.get(kind + colon)


def started(table: str, scenario: Scenario) -> State:
    """The state of a page that shows a scenario as it is."""
    start = scenario.model_dump(mode="json")
    return State(table, start, _fields(start))


def state_of(query: Mapping[str, str] | str) -> State:
    """The state a query string holds, its numbers as `written` writes them; InputError where it is not one of ours."""
    if isinstance(query, str):
        query = dict(parse_qsl(query, keep_blank_values=True))
    start = unpacked(query.get("start", ""))
    named = {name: text.strip() for name, text in query.items() if side(name) is not None}
    read = {name: _value(name, text, []) for name, text in named.items() if text or ":" not in name}
    kept = {name: named[name] if value is None else written(value) for name, value in read.items()}
    lists = {name: written(start[name]) for name in LISTS}  # links of old have none of their own
    return State(query.get("table", ""), start, {**dict.fromkeys(COMMON, ""), **lists, **kept})


def _keys(values: Mapping[str, Any]) -> dict[str, Keys]:
    """Where the value of every field stands in a scenario given as plain values."""
    made: dict[str, Keys] = {name: tuple(key.split(".")) for name, key in COMMON.items()}
    made |= {f"growth:{unit}": ("growth", "units", unit) for unit in values["growth"]["units"]}
    for unit in values["bounds"]["units"]:
        made |= {f"{kind}:{unit}": ("bounds", "units", unit, key) for kind, key in (("least", "min"), ("most", "max"))}
    return made | {f"lock:{lock['unit']}": ("locks", i, "quota") for i, lock in enumerate(values["locks"])}


def _fields(values: Mapping[str, Any]) -> dict[str, str]:
    """The text of every control of a scenario given as plain values."""

    def at(held: Any, key: str | int) -> Any:
        return None if held is None else held[key]

    made = {name: written(reduce(at, keys, values)) for name, keys in _keys(values).items()}
    return {name: text for name, text in made.items() if text or ":" not in name}


def _with_own(start: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of plain values with what units have of their own, by field name, in place of what they had."""
    made: dict[str, Any] = json.loads(json.dumps(start))
    own = {name.partition(":")[::2]: value for name, value in values.items() if ":" in name and value is not None}
    made["growth"]["units"] = {unit: value for (kind, unit), value in own.items() if kind == "growth"}
    bounds = made["bounds"]
    bounds["units"] = {
        unit: {**bounds["units"].get(unit, {}), "min": own.get(("least", unit)), "max": own.get(("most", unit))}
        for kind, unit in own
        if kind in ("least", "most")
    }
    known = {lock["unit"]: lock for lock in made["locks"]}
    locks = {unit: value for (kind, unit), value in own.items() if kind == "lock"}
    made["locks"] = [{**known.get(unit, {"unit": unit}), "quota": value} for unit, value in locks.items()]
    return made


def written(value: Any) -> str:
    """A value as a field takes it: 6500, 0.2; a list as the address holds it."""
    if value is None or value == []:
        return ""
    if isinstance(value, list):
        return packed(value)
    return f"{Decimal(str(value)).normalize():f}" if isinstance(value, float) else str(value)


def _value(name: str, text: str, faults: list[Fault]) -> Any:
    kind = name.partition(":")[0]
    if kind in TEXTS or (kind == "missing" and text == "province"):
        return text
    if not text:
        return [] if kind in LISTS else None
    try:
        if kind in LISTS:
            return unpacked(text, kind)
        form = "whole" if kind in WHOLE else "number" if kind == "exponent" else "share"
        return number_typed(name, text, form)
    except InputError as error:
        faults += error.faults
        return None


def number_typed(name: str, text: str, kind: str) -> Any:
    """The number typed in a field of the page, `whole`, `number` or `share`; a large percentage as it was written.

    Raises:
        InputError: no such number; the field's name is its place.
    """
    try:
        value = typed(text, kind == "whole", kind == "share")
        return share_written(value) if "%" in text else value
    except NumberError as error:
        key = "page.not_whole" if error.key == "cell.not_whole" else "page.not_number"
        raise InputError(fault(key, name, text=text[:40])) from None


def packed(values: Any) -> str:
    """Plain values as the address holds them."""
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return base64.urlsafe_b64encode(zlib.compress(text.encode("utf-8"), 9)).decode("ascii").rstrip("=")


@lru_cache(maxsize=64)
def unpacked(text: str, kind: str = "") -> Any:
    """The scenario, or its `rules` or `groups`, that `packed` made a text of, not to be changed.

    Raises:
        InputError: any other text.
    """
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        values = json.loads(zlib.decompressobj().decompress(data, MOST_STATE))
        known = LISTS[kind] if kind else TypeAdapter(Scenario)
        return known.dump_python(known.validate_python(values), mode="json")
    except (binascii.Error, zlib.error, ValueError, RecursionError):
        raise InputError(fault("page.bad_link")) from None


def name_of(key: str, words: Words, question: str = "", rules: Sequence[str] = ()) -> str:
    """What the page calls a field, a key of the scenario or an argument of `question`; itself where it has no name.

    Args:
        key: the field, key or argument.
        words: the language.
        question: the question, if it is about one.
        rules: what the scenario calls its rules.
    """
    key = re.sub(r"^levels\.\d+\.", "", key)
    if named := _rule_name(key, words, rules):
        return named[0].upper() + named[1:]
    own = ((kind, re.fullmatch(pattern, key)) for kind, pattern in OWN.items())
    field = next((f"{kind}:{found[1]}" for kind, found in own if found), key)
    kind, colon, unit = next((name for name, dotted in COMMON.items() if dotted == key), field).partition(":")
    names = (
        f"cli.{question}.{key.removeprefix('--')}",
        f"page.own_{kind}" if colon else f"page.field.{kind}",
        f"parameter.{COMMON.get(key, key)}",
    )
    found = (words(each).rstrip(".") for each in names if each in words)
    name = next((each for each in found if not each.startswith("…")), key)  # one that goes on from the label above it
    return f"{name} – {unit}" if unit and name != key else name


def _rule_name(key: str, words: Words, rules: Sequence[str]) -> str:
    """What a rule or a group is called, or one side of it; blank for any other key."""
    if found := RULE.fullmatch(key):
        if found[1] is None:
            return words("rules.title")
        return words("_".join(filter(None, ("rulename.rule", found[2]))), name=_called(int(found[1]), rules))
    found = GROUP.fullmatch(key)
    return words("_".join(filter(None, ("rulename.group", found[2]))), name=found[1]) if found else ""


def _called(index: int, rules: Sequence[str]) -> str:
    return (index < len(rules) and rules[index]) or str(index + 1)


def fault_text(each: Fault, words: Words, question: str = "", rules: Sequence[str] = ()) -> str:
    """A fault in words, the fields and keys it is about named as the page names them; arguments as `name_of`."""
    label, values = name_of(each.place, words, question, rules), dict(each.values)
    if "rule" in values:  # the message itself says that it is one
        found = RULE.fullmatch(values["rule"])
        values["rule"] = _called(int(found[1]), rules) if found else name_of(values["rule"], words)
    for name in values.keys() & {"group", "first", "second", "unit"}:
        if found := RULE.fullmatch(str(values[name])):
            values[name] = name_of(found[0], words, rules=rules)
    if "rules" in values:
        values["rules"] = [name_of(rule, words, rules=rules) for rule in values["rules"]]
    if "detail" in values:  # a value out of its range, whose key says where it stands
        values["key"] = label or name_of(values["key"], words, rules=rules)
        values |= {key: words.typed(values[key]) for key in ("number", "percent") if key in values}
    text = keys_named(words(each.key, **values), words)
    return f"{label}: {text}" if label and not text.startswith((label, f"“{label}”")) else text


def keys_named(text: str, words: Words) -> str:
    """A message with the keys in it called what the page calls them."""

    def named(found: re.Match[str]) -> str:
        name = name_of(found[0], words)
        return found[0] if name == found[0] else f"“{name}”"

    return KEY.sub(named, text)


def column_name(column: str, words: Words) -> str:
    """What the page calls a column of the table; its own name where it has no other."""
    return words.texts.get(f"page.column.{column}", column)
