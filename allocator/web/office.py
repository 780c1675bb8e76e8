"""The page of who issues the documents: what the state's scenario says on top of what lies beside its table."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from operator import attrgetter
from typing import Any

from allocator.data.numbers import NumberError
from allocator.data.office import MOST_LETTERS, MOST_LINES, Office, Signer, Templates
from allocator.data.records import day_in
from allocator.data.source import office_beside
from allocator.data.table import Table, fold
from allocator.data.unit_names import fitting_name, near_names
from allocator.errors import Fault, InputError, fault
from allocator.web.fields import MOST_STATE
from allocator.web.sent import message
from allocator.web.state import State
from allocator.words import Words

TEXTS = ("upper_body", "body", "province", "place", "date", "number", "series", "signer.title", "signer.name",
         "department", "period")  # fmt: skip
LISTS = ("basis", "recipients", "reporting", "names")
DAYS = ("date", "reporting")
"""Fields of days, typed as the language writes them."""
PREFIX = "office-"
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""What no document can hold."""


def office_page(table: Table, state: State, form: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """What the page's template needs; alone a `query` once something was sent: the state it was changed to."""
    scenario = state.scenario()
    beside = office_beside(table.place, Office(), None)
    texts, wrong = shown_texts(scenario.office, words), dict[str, str]()
    if form:
        texts = {name: _UNSEEN.sub("", str(form.get(PREFIX + name, ""))) for name in (*TEXTS, *LISTS)}
        try:
            made = _typed(texts, table, scenario.office.templates)
            changed = replace(state, start={**state.start, "office": made.as_written()})
            if max(len(changed.query), len(json.dumps(changed.start, ensure_ascii=False).encode())) > MOST_STATE:
                raise InputError(fault("page.office_much", "names"))
            return {"query": changed.query}
        except InputError as error:
            wrong = {name: "; ".join(message(each, words) for each in error.faults if each.place == name)
                     for name in dict.fromkeys(each.place for each in error.faults)}  # fmt: skip
    return {"state": state, "texts": texts, "beside": shown_texts(beside, words), "wrong": wrong,
            "lists": LISTS, "fields": TEXTS, "days": DAYS}  # fmt: skip


def shown_texts(office: Office, words: Words) -> dict[str, str]:
    """What an office's fields show, by name; of lists an entry a line."""

    def shown(name: str, text: str) -> str:
        return f"{date.fromisoformat(text):%d/%m/%Y}" if name in DAYS and text and words.language == "vi" else text

    held = {name: [attrgetter(name)(office) or ""] for name in TEXTS}
    held |= {name: getattr(office, name) for name in LISTS}
    held["names"] = [f"{unit} = {name}" for unit, name in office.names.items()]
    return {name: "\n".join(shown(name, each) for each in texts) for name, texts in held.items()}


def _typed(texts: Mapping[str, str], table: Table, templates: Templates) -> Office:
    """The office that was typed; InputError with every field that cannot be used."""
    faults: list[Fault] = []
    lines = {name: [fold(line) for line in texts[name].splitlines() if line.strip()] for name in LISTS}
    for name, held in (*lines.items(), *((name, [texts[name]]) for name in TEXTS)):
        if len(held) > (MOST_LINES if name != "names" else len(table)) or any(len(e) > MOST_LETTERS for e in held):
            faults.append(fault("page.office_long", name, most=MOST_LETTERS, lines=MOST_LINES))
    pairs = [_named(line, table, faults) for line in lines.pop("names")]
    names = dict(pairs)
    twice = [unit for unit in names if [each for each, _ in pairs].count(unit) > 1]
    faults += [fault("page.office_twice", "names", unit=unit) for unit in twice]
    days = {"date": [texts["date"]] if texts["date"].strip() else [], "reporting": lines.pop("reporting")}
    read = {name: [_day(name, each, faults) for each in held] for name, held in days.items()}
    if faults:
        raise InputError(faults)
    plain: dict[str, Any] = {name: texts[name] for name in TEXTS if "." not in name and name != "date"}
    signer = Signer(title=texts["signer.title"], name=texts["signer.name"])
    plain |= {**lines, "date": next(iter(read["date"]), None), "reporting": read["reporting"], "names": names}
    return Office(**plain, signer=signer, templates=templates)


def _named(line: str, table: Table, faults: list[Fault]) -> tuple[str, str]:
    unit, sign, name = (part.strip() for part in line.partition("="))
    known = fitting_name(unit, table.units) if sign and name else None
    if not (sign and name):
        faults.append(fault("page.office_name", "names", text=line[:80]))
    elif known is None:
        faults.append(fault("scenario.unknown_unit", "names", name=unit, near=near_names(unit, table.units)))
    return known or unit, name


def _day(name: str, text: str, faults: list[Fault]) -> str | None:
    """A day typed as 15/5/2017 or 2017-05-15, as the latter."""
    try:
        return day_in(text).isoformat()
    except NumberError:
        faults.append(fault("page.office_day", name, text=text[:40]))
        return None
