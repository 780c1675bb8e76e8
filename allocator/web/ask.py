"""Questions on the page: their forms, what each finds about a state, or about saved ones together, and its charts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any, get_args

from allocator.data.digest import sha256
from allocator.data.limits import Sent
from allocator.data.settings import Settings, keyed, merged
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
KINDS: Mapping[str | None, str] = {"share": "share", "members": "whole", "workers": "whole"}
"""What is typed for a setting, by its unit; of one without any, as a year, a number."""
Told = tuple[str, str]
"""A cell of the file that was sent, or "", and what is wrong there."""
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

    def shown(self, words: Words) -> str:
        """What it holds as a person types it; what is no number as it is."""
        text = str(self.value)
        if self.argument.kind in ("members", "whole") and re.fullmatch(r"[0-9]{1,16}", text):
            return words.number(int(text))
        return words.typed(text) if self.argument.kind in ("number", "share") else text


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
        choices = tuple(each for each in get_args(type(part).model_fields[last].annotation) if isinstance(each, str))
        known = scenario_keys().at(key.split("."))
        kind = "choice" if choices else KINDS.get(known.unit if known else None, "number")
        value = given.get(f"{PREFIX}{last}{of}", written(getattr(part, last)))
        made.append(Control(key, f"parameter.{key}", Argument(last + of, kind, choices=choices), value))
    return made


def _set(scenario: Scenario, chosen: Sequence[Control]) -> Scenario:
    """The scenario with its settings as they were filled in; InputError for a value out of its range."""
    values = scenario.model_dump(mode="json")
    for each in chosen:
        values = merged(values, keyed(each.key.split("."), each.read))
    return scenario_from(Settings(values, {}, Path())) if chosen else scenario


def values(question: Question, given: Given, file: Sent | None) -> dict[str, Any] | None:
    """Arguments of a question from a form and what was sent; None where one that is required is not there.

    Raises:
        InputError: one is wrong.
    """
    made = {each.key: value for each in controls(question, given, None) if (value := each.read) is not None}
    if question.file and file:
        made[question.file] = file
    return made if all(each.name in made for each in question.required) else None


def about_state(question: Question, store: Store, given: Given, words: Words) -> tuple[dict[str, Any], Work | None]:
    """What the template needs of a question about the state in the address, and what finds its answer.

    None in place of the latter: the form lacks what the question requires.
    """
    state, file = state_of(given), brought(given)
    table = table_of(store, state)
    form = _form(question, given, state.scenario(), file)
    made = {**form, "state": state, "states": [state], "units": table.units}
    with suppress(AllocatorError):  # one that is wrong is told with the rest
        if values(question, given, file) is None:
            return made, None
    about = (table, store.table(state.table), state)
    marks = [table.fingerprint, state.query]
    return made, _work(found_alone, question, about, marks, given, file, words)


def _form(question: Question, given: Given, scenario: Scenario | None, file: Sent | None) -> dict[str, Any]:
    """What the template needs of any question: its form and its file as they were sent."""
    name, document = file.name if file else "", given_back(file)
    return {**EMPTY, "form": controls(question, given, scenario), "name": name, "document": document}


def _work(
    make: Callable[..., Any], question: Question, about: Any, marks: Any, given: Given, file: Sent | None, words: Words
) -> Work:
    """What finds an answer: `make` of the question's name, what it is `about`, the form with its file, the words."""
    asked = {key: text for key, text in sorted(given.items()) if key.startswith(PREFIX) and text}
    sent = [file.name, hashlib.sha256(file.content).hexdigest()] if file else []
    held = {"file": (file.name, file.content)} if file else {}
    key = sha256([question.name, marks, words.language, asked, sent])
    return Work(make, (question.name, about, {**asked, **held}, words), key, reads=bool(file))


def found_alone(name: str, about: tuple[Table, Table, State], given: Given, words: Words) -> dict[str, Any]:
    """What a question finds about a state, for the template, with its charts; or why there is nothing.

    `about` is the state's table, the same without what the state corrects, and the state.
    """
    table, begun, state = about
    question, file, scenario, read, made = find(name), brought(given), state.scenario(), None, dict[str, Any]()
    reader = READERS.get(name)
    with suppress(AllocatorError):  # told below
        read = reader and file and reader(file, table, scenario, given)
    try:
        asked = values(question, given, file) or {}
        scenario = _set(scenario, setting_controls(question, given, scenario))
        if reader and file and question.file:
            asked[question.file] = read or reader(file, table, scenario, given)
        case = case_of(table, scenario)
        finding = question.ask(case, **asked)
        charts, sheet = drawn(finding, len(table), words), file and raw_sheet(file, (), words)
        made = {"finding": finding, "faults": (), "cases": [begun_as(case, begun, state)]}
        made |= {"charts": charts, "sheet": sheet}
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
    rows, chosen, states, marks, faults = list[Any](), list[Any](), list[State](), list[Any](), list[Told]()
    saved, file = store.saved(), brought(given)
    for each in saved:
        among = each.key in given["s"][:MOST_CASES]
        try:
            state = state_of(each.query)
            scenario = state.scenario()
            own = setting_controls(question, given, scenario, f":{each.key}")
            rows.append((each, among, own))
            if among:
                table = table_of(store, state)
                chosen.append((each.name, table, scenario, own))
                states.append(state)
                marks.append([each.name, each.query, table.fingerprint])
        except AllocatorError as error:
            faults += [("", f"{each.name}: {fault_text(one, words, question.name)}") for one in error.faults if among]
    form = _form(question, given, None, file)
    made = {**form, "rows": rows, "faults": faults, "states": states, "saved": bool(saved)}
    about = (chosen, bool(faults))
    work = _work(found_together, question, about, [marks, faults], given, file, words) if chosen else None
    return made, work


def found_together(
    name: str, about: tuple[Sequence[tuple[str, Table, Scenario, Sequence[Control]]], bool], given: Given, words: Words
) -> dict[str, Any]:
    """What a question finds about chosen states, for the template, or why it finds nothing.

    `about` is these states, and whether some that were chosen cannot be used.
    """
    (chosen, faulty), file, sheet = about, brought(given), None
    question, cases, told, finding = find(name), list[Case](), list[Told](), None
    for title, table, scenario, own in chosen:
        try:
            cases.append(case_of(table, _set(scenario, own), title))
        except AllocatorError as error:
            told += [("", f"{title}: {fault_text(one, words, name)}") for one in error.faults]
    if all(each.scenario.year for each in cases):
        cases.sort(key=lambda each: each.scenario.year or 0)
    try:
        asked = values(question, given, file)
        if not (faulty or told) and len(cases) < question.least:
            told = [("", words("page.choose_two", most=MOST_CASES))]
        elif not (faulty or told) and asked is not None:
            finding = question.ask(cases, **asked)
        sheet = file and raw_sheet(file, (), words)
    except AllocatorError as error:
        told, sheet = told_at(file, error.faults, lambda each: fault_text(each, words, name), words)
    charts = drawn(finding, max(len(each.table) for each in cases), words) if finding else {}
    return {"finding": finding, "faults": told, "cases": cases, "charts": charts, "sheet": sheet}
