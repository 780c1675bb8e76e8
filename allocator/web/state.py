"""The page's whole state as the address bar holds it: every value written out, so that a copied link stays what it was.

A state names its table, carries the scenario it started from (compressed), and has one plain field for each control:
common fields by name, a unit's own by `kind:unit` (`lock:An Phú`). Fields of assumptions and of decisions are apart,
and each side can go back to the start on its own.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import urlencode

from pydantic import ValidationError

from allocator.data.numbers import NumberError, typed
from allocator.data.settings import merged
from allocator.data.table import Number
from allocator.errors import Fault, InputError, fault
from allocator.model.scenario import Scenario, scenario_from

ASSUMPTIONS: Mapping[str, tuple[str, str]] = {
    "realisation": ("growth", "realisation"),
    "basis": ("attainment", "basis"),
    "exponent": ("attainment", "exponent"),
    "floor": ("attainment", "floor"),
    "ceiling": ("attainment", "ceiling"),
    "missing": ("attainment", "missing"),
}
"""Fields of what is believed, each with the scenario keys it stands for."""
DECISIONS: Mapping[str, tuple[str, ...]] = {
    "target": ("target",),
    "lot": ("lot",),
    "min_quota": ("bounds", "min_quota"),
    "max_share": ("bounds", "max_share"),
    "pace": ("bounds", "pace", "reference"),
    "down": ("bounds", "pace", "down"),
    "up": ("bounds", "pace", "up"),
}
"""Fields of what is chosen, likewise."""
WHOLE = ("target", "lot", "min_quota", "least", "most", "lock")
TEXTS = ("basis", "pace")
OWN_ASSUMPTIONS = ("growth",)
OWN_DECISIONS = ("least", "most", "lock")
MOST_STATE = 60_000
Fields = Mapping[str, str]


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
    fields: Fields

    @cached_property
    def link(self) -> str:
        """The scenario the page started from, as the address holds it."""
        return packed(self.start)

    @cached_property
    def query(self) -> str:
        """The state as a query string; the same state gives the same text."""
        return urlencode({"table": self.table, "start": self.link, **self.fields})

    def scenario(self, only: Iterable[str] = ("assumptions", "decisions")) -> Scenario:
        """The scenario the fields describe, with only the assumptions or only the decisions changed if asked.

        Raises:
            InputError: a field that is no number, or a value out of its range; the place is the field's name.
        """
        begun, sides = fields_of(self.start), set(only)
        chosen = {
            name: (self.fields if side(name) in sides else begun).get(name, "")
            for name in dict.fromkeys([*begun, *self.fields])
        }
        return _scenario(self.start, chosen)

    def reset(self, which: str) -> State:
        """The state with one side's fields as they were at the start."""
        begun = fields_of(self.start)
        kept = {name: text for name, text in self.fields.items() if side(name) != which}
        return replace(self, fields={**kept, **{name: text for name, text in begun.items() if side(name) == which}})

    def changed(self, settings: Mapping[str, Any]) -> State:
        """The state after scenario values are merged in, as a remedy gives them."""
        scenario = Scenario.model_validate(merged(self.scenario().model_dump(), settings))
        return replace(self, start=merged(self.start, _unfielded(settings)), fields=fields_of(as_json_values(scenario)))


def side(name: str) -> str | None:
    """`assumptions` or `decisions`, by the name of a field; None for anything else."""
    kind = name.partition(":")[0] if ":" in name else ""
    if name in ASSUMPTIONS or kind in OWN_ASSUMPTIONS:
        return "assumptions"
    return "decisions" if name in DECISIONS or kind in OWN_DECISIONS else None


def started(table: str, scenario: Scenario) -> State:
    """The state of a page that shows a scenario as it is."""
    start = as_json_values(scenario)
    return State(table, start, fields_of(start))


def as_json_values(scenario: Scenario) -> dict[str, Any]:
    """A scenario as JSON values, every default written out."""
    return scenario.model_dump(mode="json")


def state_of(query: Mapping[str, str]) -> State:
    """The state a query string holds; InputError where it is not one this page wrote."""
    start = unpacked(query.get("start", ""))
    named = {name: text.strip() for name, text in query.items() if side(name) is not None}
    kept = {name: _plain(name, text) for name, text in named.items() if text or ":" not in name}
    return State(query.get("table", ""), start, {**dict.fromkeys((*ASSUMPTIONS, *DECISIONS), ""), **kept})


def fields_of(values: Mapping[str, Any]) -> dict[str, str]:
    """The text of every control of a scenario given as plain values."""
    made = {}
    for name, keys in {**ASSUMPTIONS, **DECISIONS}.items():
        value: Any = values
        for key in keys:
            value = None if value is None else value.get(key)
        made[name] = written(value)
    made |= {f"growth:{unit}": written(share) for unit, share in values["growth"]["units"].items()}
    for unit, own in values["bounds"]["units"].items():
        made |= {f"{kind}:{unit}": written(own[key]) for kind, key in (("least", "min"), ("most", "max"))}
    made |= {f"lock:{lock['unit']}": written(lock["quota"]) for lock in values["locks"]}
    return {name: text for name, text in made.items() if text or ":" not in name}


def written(value: Any) -> str:
    """A value as a number field takes it: 6500, 0.2."""
    if value is None:
        return ""
    return f"{Decimal(str(value)).normalize():f}" if isinstance(value, float) else str(value)


def _plain(name: str, text: str) -> str:
    """What was typed as `written` writes it, so that the same state has the same link; as it is if it is no number."""
    value = _value(name, text, [])
    return text if value is None else written(value)


def _scenario(start: Mapping[str, Any], fields: Fields) -> Scenario:
    faults: list[Fault] = []
    values = {name: _value(name, text, faults) for name, text in fields.items()}
    if faults:
        raise InputError(faults)
    made = json.loads(json.dumps(start))
    pace = made["bounds"].get("pace") or {"firm": False}
    made["bounds"]["pace"] = pace
    for name, keys in {**ASSUMPTIONS, **DECISIONS}.items():
        place = made
        for key in keys[:-1]:
            place = place[key]
        place[keys[-1]] = values.get(name)
    if not pace.get("reference"):
        made["bounds"]["pace"] = None
    own = {name.partition(":")[::2]: value for name, value in values.items() if ":" in name and value is not None}
    made["growth"]["units"] = {unit: value for (kind, unit), value in own.items() if kind == "growth"}
    firm = {unit: bounds.get("firm", False) for unit, bounds in start["bounds"]["units"].items()}
    bounded = [unit for kind, unit in own if kind in ("least", "most")]
    made["bounds"]["units"] = {
        unit: {"min": own.get(("least", unit)), "max": own.get(("most", unit)), "firm": firm.get(unit, False)}
        for unit in dict.fromkeys(bounded)
    }
    known = {lock["unit"]: lock for lock in start["locks"]}
    locks = {unit: value for (kind, unit), value in own.items() if kind == "lock"}
    made["locks"] = [{**known.get(unit, {"unit": unit}), "quota": value} for unit, value in locks.items()]
    try:
        return Scenario.model_validate(made)
    except ValidationError:
        from pathlib import Path

        from allocator.data.settings import Settings

        return scenario_from(Settings(made, {}, Path()))


def _value(name: str, text: str, faults: list[Fault]) -> Any:
    kind = name.partition(":")[0]
    if kind in TEXTS or (kind == "missing" and text == "province"):
        return text
    if not text:
        return None
    try:
        return number_typed(name, text, kind in WHOLE)
    except InputError as error:
        faults += error.faults
        return None


def number_typed(name: str, text: str, whole: bool) -> Number:
    """The number typed in a field of the page; InputError, with the field's name as its place, where it is none."""
    try:
        return typed(text, whole)
    except NumberError as error:
        key = "page.not_whole" if error.key == "cell.not_whole" else "page.not_number"
        raise InputError(fault(key, name, text=text[:40])) from None


def _unfielded(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The part of changed settings that no field shows: group bounds."""
    return {key: value for key, value in settings.items() if key == "groups"}


def packed(values: Mapping[str, Any]) -> str:
    """Plain values as a short text that an address can hold."""
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return base64.urlsafe_b64encode(zlib.compress(text.encode("utf-8"), 9)).decode("ascii").rstrip("=")


@lru_cache(maxsize=64)
def unpacked(text: str) -> dict[str, Any]:
    """The values `packed` made a text of, not to be changed; InputError for any other text."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        stream = zlib.decompressobj()
        values = json.loads(stream.decompress(data, MOST_STATE))
        return as_json_values(Scenario.model_validate(values))
    except (binascii.Error, zlib.error, ValueError, RecursionError):
        raise InputError(fault("page.bad_link")) from None
