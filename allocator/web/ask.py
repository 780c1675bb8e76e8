"""Questions on the page: their forms, what each finds about a state, or about saved ones together, and its charts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any, get_args

from allocator.data.digest import sha256
from allocator.data.limits import Sent
from allocator.data.settings import Settings, merged
from allocator.data.table import Table
from allocator.errors import AllocatorError, InputError, MissingExtraError, fault
from allocator.finding import Finding
from allocator.model.scenario import Scenario, scenario_from, scenario_keys
from allocator.questions import Argument, Case, Question, find, names
from allocator.show.drawings import draw
from allocator.web.cases import begun_as, case_of, table_of
from allocator.web.fields import PREFIX, number_typed, written
from allocator.web.jobs import Work
from allocator.web.names import fault_text
from allocator.web.round import bids_decided, decisions
from allocator.web.saved import MOST_CASES
from allocator.web.sent import brought, given_back, raw_sheet, told_at
from allocator.web.state import State, state_of
from allocator.web.store import Store
from allocator.words import Words

MOST_DRAWN = 60
"""Units up to which a chart of all of them can be read."""
EMPTY: Mapping[str, Any] = {
    **{"state": None, "states": (), "name": "", "document": "", "later": False},
    **{"finding": None, "cases": (), "charts": {}, "faults": (), "sheet": None, "decisions": None, "recorded": ""},
}
"""What the template of an answer needs at the least."""
Given = Mapping[str, Any]
"""Fields of a form, or of an address."""


READERS: Mapping[str, Callable[[Sent, Table, Scenario, Given], Any]] = {"round": bids_decided}
"""What makes of a file, and of what a form says of what is in it, the argument of a question."""


@dataclass(frozen=True)
class Control:
    """One field of a form: `key` is what it sets, `label` what stands over it, `value` what it holds."""

    key: str
    label: str
    argument: Argument
    value: Any

    @property
    def name(self) -> str:
        """What the form calls it."""
        return PREFIX + self.argument.name

    @property
    def read(self) -> Any:
        """What was filled in; None where it is blank, InputError where it is no number of those it may be."""
        kind, low, high = self.argument.kind, self.argument.low, self.argument.high
        if not isinstance(self.value, str):
            return self.value
        text = self.value.strip()
        if kind == "flag" or not text:
            return bool(text) or None
        if kind not in ("members", "whole", "number", "share"):
            return text
        value = number_typed(self.key, text, "whole" if kind == "members" else kind)
        if low is not None and value < low:
            raise InputError(fault("page.too_small", self.key, text=text[:40], limit=low))
        if high is not None and value > high:
            raise InputError(fault("page.too_large", self.key, text=text[:40], limit=high))
        return value


def asked_here() -> dict[str, Question]:
    """The questions with an answer on the page by name, those about scenarios, in a report's order."""
    found = [each for each in map(find, names()) if each.of != "nothing"]
    return {each.name: each for each in sorted(found, key=lambda each: (each.place is None, each.place))}


def controls(question: Question, given: Given, scenario: Scenario | None) -> list[Control]:
    """A question's form as it was filled in: what it asks for one by one, then the settings of `scenario` it uses."""
    made = []
    for each in question.arguments:
        if each.kind != "file" and not (each.many and (question.name in READERS or each.kind != "unit")):
            value = given.get(PREFIX + each.name, "" if each.default is None else each.default)
            made.append(Control(each.name, f"cli.{question.name}.{each.name}", each, value))
    return made + (setting_controls(question, given, scenario) if scenario else [])


def setting_controls(question: Question, given: Given, scenario: Scenario, of: str = "") -> list[Control]:
    """The scenario's settings that a question's form offers, as they are or as they were filled in."""
    made = []
    for key in question.settings:
        *above, last = key.split(".")
        part = reduce(getattr, above, scenario)
        taken = type(part).model_fields[last].annotation
        choices = tuple(each for each in get_args(taken) if isinstance(each, str))
        known = scenario_keys().at(key.split("."))
        number = "share" if known and known.unit == "share" else "number"
        kind = "choice" if choices else "whole" if taken is int else number
        value = given.get(f"{PREFIX}{last}{of}", written(getattr(part, last)))
        made.append(Control(key, f"parameter.{key}", Argument(last + of, kind, choices=choices), value))
    return made


def _set(scenario: Scenario, chosen: Sequence[Control]) -> Scenario:
    """The scenario with its settings as they were filled in; InputError for a value out of its range."""
    values = scenario.model_dump(mode="json")
    for each in chosen:
        values = merged(values, reduce(lambda inner, part: {part: inner}, reversed(each.key.split(".")), each.read))
    return scenario_from(Settings(values, {}, Path())) if chosen else scenario


def values(question: Question, given: Given) -> dict[str, Any] | None:
    """Arguments of a question from a form; None where one that is required is not there, InputError for a wrong one."""
    made = {each.key: value for each in controls(question, given, None) if (value := each.read) is not None}
    return made if all(each.name in made or each.kind == "file" for each in question.required) else None


def answer_of(name: str, table: Table, state: State, given: Given, read: Any = None) -> Finding | None:
    """What a question finds about a state; None where its form lacks what it requires, InputError as the question.

    `read` is what `READERS` made of its file, where that is done.
    """
    question, scenario = find(name), state.scenario()
    asked, file = values(question, given), brought(given) if question.file else None
    if asked is None or (question.file and file is None):
        return None
    scenario = _set(scenario, setting_controls(question, given, scenario))
    if question.file and file:
        reader = READERS.get(name)
        asked[question.file] = read or (reader(file, table, scenario, given) if reader else file)
    return question.ask(case_of(table, scenario), **asked)


def about_state(question: Question, store: Store, given: Given, words: Words) -> tuple[dict[str, Any], Work | None]:
    """What the template needs of a question about the state in the address, and what finds its answer.

    None in place of the latter: the form lacks what the question requires.
    """
    state, file = state_of(given), brought(given)
    table = table_of(store, state)
    made = {
        **EMPTY,
        "state": state,
        "states": [state],
        "form": controls(question, given, state.scenario()),
        "units": table.units,
        "name": file.name if file else "",
        "document": given_back(file),
    }
    with suppress(AllocatorError):  # one that is wrong is told with the rest
        if values(question, given) is None or (question.file and not file):
            return made, None
    sent = [file.name, hashlib.sha256(file.content).hexdigest()] if file else []
    key = sha256([question.name, table.fingerprint, state.query, words.language, _asked(given), sent])
    held = {"file": (file.name, file.content)} if file else {}
    about = (table, store.table(state.table), state)
    return made, Work(found_alone, (question.name, about, {**_asked(given), **held}, words), key, bool(file))


def _asked(given: Given) -> dict[str, str]:
    return {key: text for key, text in sorted(given.items()) if key.startswith(PREFIX) and text}


def found_alone(name: str, about: tuple[Table, Table, State], given: Given, words: Words) -> dict[str, Any]:
    """What a question finds about a state, for the template, with its charts; or why there is nothing.

    `about` is the state's table, the same without what the state corrects, and the state.
    """
    table, begun, state = about
    file, scenario, read, made = brought(given), state.scenario(), None, dict[str, Any]()
    with suppress(AllocatorError):  # told below
        if name in READERS and file:
            read = READERS[name](file, table, scenario, given)
    try:
        finding = answer_of(name, table, state, given, read)
        case = case_of(table, _set(scenario, setting_controls(find(name), given, scenario)))
        cases = [begun_as(case, begun, state)]
        charts = drawn(finding, len(table), words) if finding else {}
        sheet = file and raw_sheet(file, (), words)
        made = {"finding": finding, "faults": (), "cases": cases, "charts": charts, "sheet": sheet}
    except AllocatorError as error:
        told, sheet = told_at(file, error.faults, lambda each: fault_text(each, words, name, state.rule_names), words)
        made = {"faults": told, "sheet": sheet}
    return {**made, "decisions": decisions(read, table, made.get("finding"))} if read else made


def drawn(finding: Finding, units: int, words: Words) -> dict[str, str]:
    """Those of a finding's charts that can be read, as SVG by name; none where what draws them is not installed."""
    every = [each for section in finding.sections for each in section.charts]
    with suppress(MissingExtraError):
        return {each.name: draw(each, words).svg() for each in every if min(units, len(each.rows)) <= MOST_DRAWN}
    return {}


def about_saved(question: Question, store: Store, given: Given, words: Words) -> tuple[dict[str, Any], Work | None]:
    """The same of a question about saved states: these to choose from, each with its controls; None: none is chosen."""
    rows, chosen, states, marks, faults = list[Any](), list[Any](), list[State](), list[Any](), list[str]()
    for each in store.saved():
        among = each.key in given["s"][:MOST_CASES]
        try:
            state = state_of(each.query)
            scenario = state.scenario()
            own = setting_controls(question, given, scenario, f":{each.key}")
            rows.append((each, among, own))
            if among:
                table = table_of(store, state)
                chosen.append((each.name.replace("/", "∕"), table, scenario, own))  # a name is no path
                states.append(state)
                marks.append([each.name, each.query, table.fingerprint])
        except AllocatorError as error:
            faults += [f"{each.name}: {fault_text(one, words, question.name)}" for one in error.faults if among]
    told = [("", each) for each in faults]
    form, file = controls(question, given, None), brought(given)
    made = {**EMPTY, "rows": rows, "form": form, "faults": told, "states": states, "saved": bool(store.saved()),
            "name": file.name if file else "", "document": given_back(file)}  # fmt: skip
    sent = [file.name, hashlib.sha256(file.content).hexdigest()] if file else []
    key = sha256([question.name, marks, faults, words.language, _asked(given), sent])
    given = {**_asked(given), **({"file": (file.name, file.content)} if file else {})}
    return made, Work(found_together, (question.name, chosen, bool(faults), given, words), key) if chosen else None


def found_together(
    name: str, chosen: Sequence[tuple[str, Table, Scenario, Sequence[Control]]], faulty: bool, given: Given,
    words: Words,
) -> dict[str, Any]:  # fmt: skip
    """What a question finds about chosen states, for the template, or why it finds nothing."""
    question, cases, told, finding = find(name), list[Case](), list[tuple[str, str]](), None
    file, sheet = brought(given), None
    for title, table, scenario, own in chosen:
        try:
            cases.append(case_of(table, _set(scenario, own), title))
        except AllocatorError as error:
            told += [("", f"{title}: {fault_text(one, words, name)}") for one in error.faults]
    if all(each.scenario.year for each in cases):
        cases.sort(key=lambda each: each.scenario.year or 0)
    try:
        asked = values(question, given)
        if not (faulty or told) and len(cases) < question.least:
            told = [("", words("page.choose_two", most=MOST_CASES))]
        elif not (faulty or told) and asked is not None:
            finding = question.ask(cases, **asked, **({question.file: file} if question.file and file else {}))
        sheet = file and raw_sheet(file, (), words)
    except AllocatorError as error:
        told, sheet = told_at(file, error.faults, lambda each: fault_text(each, words, name), words)
    charts = drawn(finding, max(len(each.table) for each in cases), words) if finding else {}
    return {"finding": finding, "faults": told, "cases": cases, "charts": charts, "sheet": sheet}
