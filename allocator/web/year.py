"""The year on the page: progress reviewed, unions to found, saved scenarios planned together. No file sent is kept."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from allocator.data.limits import MOST_TABLE_BYTES, Sent
from allocator.data.settings import Settings
from allocator.data.table import Table
from allocator.errors import AllocatorError, InputError, fault
from allocator.model.scenario import Scenario, scenario_from
from allocator.questions import Case, find
from allocator.questions.plan import PRICE
from allocator.web.state import State, state_of
from allocator.web.store import Store
from allocator.words import Words

MOST_PLANNED = 4
Form = Mapping[str, Any]


KINDS: Mapping[str, str] = {"review": "progress", "unions": "register"}
"""Questions that need a file, and the argument it is."""
FIELDS: Mapping[str, Mapping[str, type]] = {
    "review": {"price": float, "reserve": int, "release": int},
    "unions": {"share": float, "least_workers": int, "over": str},
}
"""Controls of each kind: keys of the scenario's part of that name."""


def shown_year(kind: str, table: Table, state: State, form: Form, words: Words) -> dict[str, Any]:
    """What the page shows of a file sent: what was found, or the faults in it; the file comes back as hidden text."""
    file = brought(form)
    scenario = state.scenario()
    fields = {key: form.get(key, getattr(getattr(scenario, kind), key)) for key in FIELDS[kind]}
    answer: dict[str, Any] = {"kind": kind, "fields": fields, "finding": None, "faults": []}
    answer |= {"name": file.name if file else "", "document": packed(file) if file else ""}
    if file is None:
        return answer
    try:
        chosen = _changed(scenario, {kind: {key: _value(key, fields[key], FIELDS[kind][key]) for key in fields}})
        found = find(kind).ask(Case("page", table, chosen, "waterfill"), **{KINDS[kind]: file})
    except AllocatorError as error:
        return {**answer, "faults": error.messages(words.language)}
    return {**answer, "finding": found}


def brought(form: Form) -> Sent | None:
    """The file sent, or the one sent before, which the page gave back; None where there is none."""
    name, content = form.get("file", ("", b""))
    if not content and form.get("document"):
        try:
            stream = zlib.decompressobj()
            content = stream.decompress(base64.b64decode(form["document"], validate=True), MOST_TABLE_BYTES + 1)
            if not stream.eof:
                raise ValueError("cut off, or larger than any file that is taken")
        except (ValueError, zlib.error):
            raise InputError(fault("page.bad_form")) from None
        name = form.get("name", "")
    return Sent(name[-80:], content) if content else None


def packed(file: Sent) -> str:
    """The file as the page gives it back."""
    return base64.b64encode(zlib.compress(file.content)).decode("ascii")


def _value(name: str, given: Any, kind: type) -> Any:
    try:
        return kind(given)
    except ValueError:
        raise InputError(fault("page.not_number", name, text=str(given)[:40])) from None


def _changed(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    """The scenario with parts or values changed; InputError for a value out of its range."""
    values = scenario.model_dump(mode="json")
    for key, change in changes.items():
        values[key] = {**values[key], **change} if isinstance(change, Mapping) else change
    return scenario_from(Settings(values, {}, Path()))


def planned_years(store: Store, asked: Sequence[tuple[str, str]], words: Words) -> dict[str, Any]:
    """Saved scenarios with a year and a target each, and those chosen planned together."""
    given, chosen = dict(asked), [value for name, value in asked if name == "s"][:MOST_PLANNED]
    rows, inputs, faults = [], [], []
    for each in store.saved():
        try:
            state = state_of(dict(parse_qsl(each.query, keep_blank_values=True)))
            scenario = state.scenario()
            known = {"year": scenario.year or "", "target": scenario.target}
            fields = {key: given.get(f"{key}:{each.key}", value) for key, value in known.items()}
            rows.append((each, each.key in chosen, fields))
            if each.key in chosen:
                changes = {key: _value(key, text, int) if text != "" else None for key, text in fields.items()}
                table, scenario = store.table(state.table), _changed(scenario, changes)
                scenario.check(table)
                inputs.append((each.name, table, scenario))
        except AllocatorError as error:
            faults += [f"{each.name}: {text}" for text in error.messages(words.language)] if each.key in chosen else []
    if chosen and not faults and len(inputs) < 2:
        faults.append(words("page.choose_two", most=MOST_PLANNED))
    price = given.get("price", PRICE.default)
    answer = {"rows": rows, "price": price, "faults": faults, "finding": None}
    return {**answer, **_plan(inputs, price, words)} if inputs and not faults else answer


def _plan(inputs: Sequence[tuple[str, Table, Scenario]], price: Any, words: Words) -> dict[str, Any]:
    try:
        weight = _value("price", price, float)
        if not 0 <= weight <= 1e6:
            raise InputError(fault("page.bad_price", most=10**6))
        return {"finding": find("plan").ask([Case(*each) for each in inputs], weight)}
    except AllocatorError as error:
        return {"faults": error.messages(words.language)}
