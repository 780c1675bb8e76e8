"""The page's whole state as the address bar holds it: every value written out, so that a copied link stays what it was.

A state names its table, carries the scenario it started from (compressed), and has one plain field for each control:
common fields by name, a unit's own by `kind:unit` (`lock:An Phú`). Fields of assumptions and of decisions are apart,
and each side can go back to the start on its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from operator import getitem
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from allocator.data.packing import packed
from allocator.data.settings import Keys, Settings
from allocator.data.table import Number, fold
from allocator.errors import Fault, InputError, fault
from allocator.model.scenario import Scenario, scenario_from
from allocator.web.fields import (
    BLANK,
    COMMON,
    LISTS,
    LOCK,
    MOST_TEXT,
    NOTES,
    figure_typed,
    read_field,
    side,
    unit_of,
    unpacked,
    written,
)

REFERENCES = ("published", "start")
"""What the page compares with, beside a state that was marked."""


@dataclass(frozen=True)
class State:
    """Where the page is.

    Attributes:
        table: name of the table.
        start: the scenario the page started from, as plain values.
        fields: text of every control, by field name; blank where it holds nothing.
        ref: what it is compared with: one of `REFERENCES`, or the fields that set a marked state apart, packed;
            blank for the first of `REFERENCES` that is known.
    """

    table: str
    start: Mapping[str, Any]
    fields: Mapping[str, str]
    ref: str = ""

    @cached_property
    def link(self) -> str:
        """The scenario the page started from, as the address holds it."""
        return packed(self.start)

    @cached_property
    def query(self) -> str:
        """The state as a query string; the same state gives the same text."""
        ref = {"ref": self.ref} if self.ref else {}
        return self.head + urlencode({**self.ordered, **ref})

    @property
    def head(self) -> str:
        """What the query string begins with: the table and the start."""
        return urlencode({"table": self.table, "start": self.link}) + "&"

    @cached_property
    def ordered(self) -> dict[str, str]:
        """The fields in their one order: those common to all units, as at the start, then by name."""
        later = sorted(self.fields.keys() - self.begun.fields.keys())
        names = dict.fromkeys((*COMMON, *self.begun.fields, *later))
        return {name: self.fields[name] for name in names if name in self.fields}

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """The state as hidden fields of a form."""
        return parse_qsl(self.query, keep_blank_values=True)

    @cached_property
    def begun(self) -> State:
        """The state of a page that shows the scenario as it started."""
        return replace(self, fields=_fields(self.start))

    @cached_property
    def differences(self) -> dict[str, str]:
        """The fields that are not as they were at the start, with what they hold now."""
        begun = self.begun.fields
        here = {name: text for name, text in self.ordered.items() if text != begun.get(name, "")}
        return here | {name: "" for name, text in begun.items() if text and not self.fields.get(name)}

    @property
    def marked(self) -> State:
        """The same, compared with itself as it is now."""
        return replace(self, ref=packed(self.differences))

    @property
    def reference(self) -> State:
        """The state it is compared with, where that is not the published table; InputError for a link not of ours."""
        if self.ref == "start":
            return self.begun
        changed = unpacked(self.ref, "marked")
        return replace(self.begun, fields=_without_blanks({**self.begun.fields, **changed}))

    @property
    def figures(self) -> list[tuple[str, str, Number]]:
        """Figures of the table that this scenario corrects: unit, column, figure; InputError for what is none."""
        named = {name: name.split(":", 2) for name in self.fields if name.startswith("figure:")}
        return [(parts[2], parts[1], figure_typed(name, self.fields[name])) for name, parts in named.items()]

    def noted(self, unit: str) -> str:
        """Who decided what a unit has of its own, and why; blank where nobody says."""
        return "; ".join(filter(None, (self.fields.get(f"{each}:{unit}") for each in NOTES)))

    @property
    def rule_names(self) -> list[str]:
        """What the scenario calls its rules; blank where it does not say."""
        return [each["name"] for each in read_field("rules", self.fields["rules"], []) or ()]

    def scenario(self) -> Scenario:
        """The scenario the fields describe; the place of what is wrong with it is the field's name.

        Raises:
            InputError: a field that is no number, or a value out of its range.
        """
        faults: list[Fault] = []
        values = {name: read_field(name, text, faults) for name, text in self.ordered.items()}
        blank = (name for name, value in values.items() if value is None and name in COMMON and name not in BLANK)
        faults += [fault("page.blank", name) for name in blank if not self.fields[name]]
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
        names = {*self.fields, *self.begun.fields}
        return self.put_back(*(name for name in names if side(name) in sides))

    def put_back(self, *names: str) -> State:
        """The state with some fields as they were at the start."""
        begun = {name: self.begun.fields.get(name, "") for name in names}
        return replace(self, fields=_without_blanks({**self.fields, **begun}))

    def changed(self, settings: Mapping[str, Any]) -> State:
        """The state after scenario values are merged in, as a remedy gives them; InputError for values there cannot be.

        What no field holds becomes part of the start. Figures of the `table` are corrected, see `Take`.
        """
        scenario, settings = self.scenario(), {**settings}
        corrected = _corrected(settings.pop("table", {}))
        try:
            whole = scenario.changed(settings).model_dump(mode="json")
        except InputError:
            raise InputError(fault("page.bad_link")) from None
        held = {key.partition(".")[0] for key in (*COMMON.values(), *LISTS)} | {"locks"}
        start = {**self.start, **{key: value for key, value in whole.items() if key not in held}}
        made = _fields(whole)
        kept = {
            name: text
            for name, text in self.fields.items()
            if name.startswith("figure:") or (name.partition(":")[0] in NOTES and f"lock:{unit_of(name)}" not in made)
        }
        return replace(self, start=start, fields={**kept, **corrected, **made})


def started(table: str, scenario: Scenario) -> State:
    """The state of a page that shows a scenario as it is."""
    start = scenario.model_dump(mode="json")
    return State(table, start, _fields(start))


def state_of(query: Mapping[str, str] | str) -> State:
    """The state a query string holds, its numbers as `written` writes them; InputError where it is not one of ours."""
    if isinstance(query, str):
        query = dict(parse_qsl(query, keep_blank_values=True))
    start = unpacked(query.get("start", ""))
    named = {name: fold(text) for name, text in query.items() if side(name) is not None}
    read = {name: read_field(name, text, []) for name, text in named.items() if text or ":" not in name}
    kept = {name: named[name] if value is None else written(value) for name, value in read.items()}
    begun = {name: text for name, text in _fields(start).items() if name in COMMON}  # links of old have not all of them
    return State(query.get("table", ""), start, {**begun, **kept}, query.get("ref", ""))


def _without_blanks(fields: Mapping[str, str]) -> dict[str, str]:
    """Fields as a state has them: none of a unit's own that holds nothing."""
    return {name: text for name, text in fields.items() if text or ":" not in name}


def _corrected(table: Mapping[str, Any]) -> dict[str, str]:
    """Fields of corrected figures, and of who says so and why, by unit and column; InputError for any other mapping."""
    if not all(isinstance(of, Mapping) for of in (table, *table.values())):
        raise InputError(fault("page.bad_link"))
    return _without_blanks({
        f"{column}:{unit}" if column in NOTES else f"figure:{column}:{unit}": written(value)[:MOST_TEXT]
        for unit, of in table.items()
        for column, value in of.items()
    })  # fmt: skip


def _keys(values: Mapping[str, Any]) -> dict[str, Keys]:
    """Where the value of every field stands in a scenario given as plain values."""
    made: dict[str, Keys] = {name: tuple(key.split(".")) for name, key in COMMON.items()}
    made |= {f"growth:{unit}": ("growth", "units", unit) for unit in values["growth"]["units"]}
    for unit in values["bounds"]["units"]:
        made |= {f"{kind}:{unit}": ("bounds", "units", unit, key) for kind, key in (("least", "min"), ("most", "max"))}
    for index, lock in enumerate(values["locks"]):
        made |= {f"{kind}:{lock['unit']}": ("locks", index, key) for kind, key in LOCK.items()}
    return made


def _fields(values: Mapping[str, Any]) -> dict[str, str]:
    """The text of every control of a scenario given as plain values."""

    def at(held: Any, key: str | int) -> Any:
        return None if held is None else held[key]

    return _without_blanks({name: written(reduce(at, keys, values)) for name, keys in _keys(values).items()})


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
    made["locks"] = [
        {**known.get(unit, {"unit": unit}), **{key: own.get((k, unit), "") for k, key in LOCK.items()}}
        for kind, unit in own
        if kind == "lock"
    ]
    return made
