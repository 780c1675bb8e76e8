"""Saved scenarios on the page: the list of them, and some of them, the state on the page or a start side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from allocator.data.digest import sha256
from allocator.data.table import Table
from allocator.errors import AllocatorError, Fault, InputError
from allocator.model.scenario import Scenario
from allocator.questions import Case, find
from allocator.web.ask import EMPTY as ANSWERED
from allocator.web.ask import Given, drawn
from allocator.web.cases import case_of, table_of
from allocator.web.jobs import Work
from allocator.web.names import fault_text
from allocator.web.record import MARK, entry_of_mark
from allocator.web.saved import MOST_CASES, MOST_NAME, MOST_NOTE, Saved, Version, moment
from allocator.web.state import State, started, state_of
from allocator.web.store import Store
from allocator.words import Words

HERE = "page"
"""What stands for the state on the page among those to compare."""
PUBLISHED = "published"
EMPTY: Mapping[str, Any] = {"dropped": None, "taken": None, "name": "", "note": ""}
"""What the list says beside the list itself: what is to be removed, or has the name under which to save."""


@dataclass(frozen=True)
class Chosen:
    """One of those compared: `key` is what the address calls it; `version` tells who saved it and when, if anybody."""

    key: str
    name: str
    query: str
    version: Version | None = None


def state_in(given: Given) -> State | None:
    """The state on the page, if the address holds one; InputError where it is spoilt."""
    return state_of(given) if "start" in given else None


def saved_list(store: Store, state: State | None, words: Words) -> dict[str, Any]:
    """What the list's template needs: what is saved, with what is wrong with its table, and the starts."""
    names = {each.key: each.name for each in store.tables()}
    saved = store.saved()
    tables = {each.key: dict(parse_qsl(each.query)).get("table", "") for each in saved}
    faults = {name: _trouble(store, name) for name in {*tables.values()}}
    rows = []
    for each in saved:
        table = tables[each.key]
        trouble = [fault_text(one, words) for one in faults[table]]
        rows.append((each, names.get(table.partition("~")[0], ""), trouble))
    starts = {name: each for name, (_, each) in store.starts().items()}
    damaged = any(each.fault for each in store.chains().values())
    limits = {"damaged": damaged, "most": MOST_CASES, "most_name": MOST_NAME, "most_note": MOST_NOTE}
    return {**EMPTY, "state": state, "rows": rows, "starts": starts, **limits}


def _trouble(store: Store, table: str) -> Sequence[Fault]:
    """What is wrong with a table by now."""
    try:
        store.table(table)
    except AllocatorError as error:
        return error.faults
    return ()


def chosen(store: Store, given: Given, words: Words) -> list[Chosen]:
    """Those that the address names, the one they are compared with first; what is not there any more is left out."""
    saved, starts, state = {each.key: each for each in store.saved()}, store.starts(), state_in(given)
    made = []
    for key in dict.fromkeys(given["s"]):
        name, _, number = key.partition(".")
        if key == HERE and state:
            made.append(Chosen(key, words("scenarios.page"), state.query))
        elif key.startswith(MARK):
            with suppress(InputError):
                entry, query = entry_of_mark(store, key.removeprefix(MARK))
                title = words("record.version", name=entry.name, number=entry.number)
                version = Version(query, moment(entry.when), entry.by, entry.why, entry.number)
                made.append(Chosen(key, title, query, version))
        elif key in starts:
            title = words.told(starts[key][1].title) or key
            made.append(Chosen(key, title, started(*starts[key]).query))
        elif name in saved and (found := _version(saved[name], number)):
            title = (
                words("scenarios.version", name=saved[name].name, number=int(number)) if number else saved[name].name
            )
            made.append(Chosen(key, title, found.query, found))
    return sorted(made, key=lambda each: each.key != given.get("reference"))


def _version(saved: Saved, number: str) -> Version | None:
    """The version of a number, counted from 1; the last where there is no number, None for one there is not."""
    if not number:
        return saved.last
    found = number.isascii() and number.isdecimal() and len(number) < 5 and 0 < int(number) <= len(saved.versions)
    return saved.versions[int(number) - 1] if found else None


def put_together(store: Store, given: Given, words: Words) -> tuple[dict[str, Any], Work | None]:
    """What the comparison's template needs, and what compares; the first is what the others are compared with."""
    found = chosen(store, given, words)
    sides, left = found[:MOST_CASES], [each.name for each in found[MOST_CASES:]]
    faults = [words("scenarios.too_many", most=MOST_CASES, names=left)] if left else []
    reference = given.get("reference", "")
    asked = {
        "compromise": bool(given.get("ask-compromise")),
        "reference": PUBLISHED if reference == PUBLISHED else "first",
    }
    cases = []
    for each in sides:
        try:
            state = state_of(each.query)
            cases.append((each.name, table_of(store, state), state.scenario(), state))
        except AllocatorError as error:
            faults += [f"{each.name}: {fault_text(one, words)}" for one in error.faults]
    made = {
        **ANSWERED,
        "state": state_in(given),
        "sides": sides,
        "reference": reference,
        "compromise": asked["compromise"],
        "faults": faults,
    }
    if not cases:
        return made, None
    known = [[name, table.fingerprint, state.query] for name, table, _, state in cases]
    return made, Work(compared, (cases, asked, words), sha256(["compare", known, asked, words.language]))


def compared(
    sides: Sequence[tuple[str, Table, Scenario, State]], asked: Mapping[str, Any], words: Words
) -> dict[str, Any]:
    """What the question finds; those that cannot be allocated are told, the others are compared."""
    cases, states, faults, finding = list[Case](), list[State](), list[str](), None
    for name, table, scenario, state in sides:
        try:
            scenario.check(table)
            case = case_of(table, scenario, name)
            _ = case.allocation
            cases.append(case)
            states.append(state)
        except AllocatorError as error:
            faults += [f"{name}: {fault_text(one, words)}" for one in error.faults]
    try:
        finding = find("compare").ask(cases, **asked) if cases else None
    except AllocatorError as error:  # no compromise
        faults += [fault_text(each, words) for each in error.faults]
        finding = find("compare").ask(cases, **{**asked, "compromise": False})
    charts = drawn(finding, MOST_CASES, words) if finding else {}
    return {"finding": finding, "cases": cases, "states": states, "faults": faults, "charts": charts}
