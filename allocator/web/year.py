"""The year on the page: progress reviewed, unions to found, saved scenarios planned together. No file sent is kept."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from allocator.data.grid import MOST_BYTES, SHEETS
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
Found = TypeVar("Found")
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
    name, data = brought(form)
    scenario = state.scenario()
    fields = {key: form.get(key, getattr(getattr(scenario, kind), key)) for key in FIELDS[kind]}
    answer: dict[str, Any] = {"kind": kind, "name": name, "fields": fields, "document": given_back(data)}
    answer |= {"finding": None, "faults": []}
    if not data:
        return answer
    try:
        chosen = _changed(scenario, {kind: {key: _value(key, fields[key], FIELDS[kind][key]) for key in fields}})
        case = Case("page", table, chosen, "waterfill")
        found = _read(name, data, lambda path: find(kind).ask(case, **{KINDS[kind]: path}))
    except AllocatorError as error:
        return {**answer, "faults": error.messages(words.language)}
    return {**answer, "finding": found}


def brought(form: Form) -> tuple[str, bytes]:
    """Name and content of the file sent, or of the one sent before, which the page gave back."""
    name, data = form.get("file", ("", b""))
    if not data and form.get("document"):
        try:
            stream = zlib.decompressobj()
            data = stream.decompress(base64.b64decode(form["document"], validate=True), MOST_BYTES)
            if not stream.eof:
                raise ValueError("cut off, or larger than any file that is taken")
        except (ValueError, zlib.error):
            raise InputError(fault("page.bad_form")) from None
        name = form.get("name", "")
    return name[-80:], data


def given_back(data: bytes) -> str:
    """The content of a file as a hidden text of the page, from which `brought` takes it again."""
    return base64.b64encode(zlib.compress(data)).decode("ascii") if data else ""


def _read(name: str, data: bytes, read: Callable[[Path], Found]) -> Found:
    """What `read` makes of the content, from a file that is gone right after; faults name the file as it was sent."""
    ending = next((each for each in SHEETS if name.lower().endswith(each)), ".csv")
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"file{ending}"
        path.write_bytes(data)

        def named(text: Any) -> Any:
            return text.replace(str(path), name).replace(path.name, name) if isinstance(text, str) else text

        try:
            return read(path)
        except InputError as error:
            raise InputError(
                [
                    replace(each, place=named(each.place), values={k: named(v) for k, v in each.values.items()})
                    for each in error.faults
                ]
            ) from None


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
