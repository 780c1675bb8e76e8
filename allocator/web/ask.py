"""Questions on the page: their forms, what each finds about a state, or about saved ones together, charts and files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any, get_args
from urllib.parse import parse_qsl

import yaml

from allocator.data.settings import Settings, merged
from allocator.data.table import Table
from allocator.errors import AllocatorError, InputError, fault
from allocator.files import json_text
from allocator.finding import Finding
from allocator.model.scenario import Scenario, scenario_from, scenario_keys
from allocator.proof.result import result
from allocator.questions import Argument, Question, find, names
from allocator.show.build import answers, build_report
from allocator.show.drawings import draw
from allocator.show.formats import FORMATS, files
from allocator.web.sent import bounded, brought, given_back, message, raw_sheet
from allocator.web.state import State, fault_text, number_typed, state_of, written
from allocator.web.store import Store
from allocator.web.view import MOST_DRAWN, case_of, once
from allocator.words import Words

MOST_CASES = 4
PREFIX = "ask-"
"""What the names of a question's fields begin with, beside those of the state."""
EMPTY: Mapping[str, Any] = {"state": None, "hidden": (), "asked": {}, "drawn": False, "name": "", "document": "",
                            "finding": None, "faults": (), "sheet": None}  # fmt: skip
"""What the template of an answer needs at the least."""
Given = Mapping[str, Any]
"""Fields of a form, or of an address."""


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
        if each.kind != "file" and not each.many:
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


def answer_of(name: str, table: Table, state: State, given: Given) -> Finding | None:
    """What a question finds about a state; None where its form lacks what it requires, InputError as the question."""
    question, scenario = find(name), state.scenario()
    asked, file = values(question, given), brought(given) if question.file else None
    if asked is None or (question.file and file is None):
        return None
    scenario = _set(scenario, setting_controls(question, given, scenario))
    if question.file:
        return question.ask(case_of(table, scenario), **asked, **{question.file: file})
    key = ("answer", name, table.place, scenario.model_dump_json(), *sorted(asked.items()))
    return once(key, lambda: question.ask(case_of(table, scenario), **asked))


def shown_question(question: Question, store: Store, given: Given, words: Words) -> dict[str, Any]:
    """What the template needs of a question about the state in the address."""
    state, file = state_of(given), brought(given)
    table = store.table(state.table)
    made = {
        **EMPTY,
        "state": state,
        "form": controls(question, given, state.scenario()),
        "units": table.units,
        "hidden": parse_qsl(state.query, keep_blank_values=True),
        "asked": {key: text for key, text in given.items() if key.startswith(PREFIX) and text},
        "drawn": len(table) <= MOST_DRAWN and not question.file,
        "name": file.name if file else "",
        "document": given_back(file),
    }
    asked = question.name, table, state, given
    try:
        if not file:
            return made | {"finding": answer_of(*asked)}
        return made | {"finding": bounded(answer_of, *asked), "sheet": bounded(raw_sheet, file, (), words)}
    except AllocatorError as error:
        sheet = bounded(raw_sheet, file, error.faults, words) if file else None
        told = []
        for each in error.faults:
            at = sheet.at(each.place) if sheet else ""
            told.append((at, message(each, words) if at else fault_text(each, words, question.name, state.rule_names)))
        return made | {"faults": told, "sheet": sheet}


def together(question: Question, store: Store, given: Given, words: Words) -> dict[str, Any]:
    """The same of a question about saved states: these to choose from, each with its controls."""
    rows, cases, faults, finding = [], [], [], None
    for each in store.saved():
        chosen = each.key in given["s"][:MOST_CASES]
        try:
            state = state_of(each.query)
            scenario = state.scenario()
            own = setting_controls(question, given, scenario, f":{each.key}")
            rows.append((each, chosen, own))
            if chosen:
                cases.append(case_of(store.table(state.table), _set(scenario, own), each.name))
                cases[-1].scenario.check(cases[-1].table)
                _ = cases[-1].allocation
        except AllocatorError as error:
            for one in error.faults if chosen else ():
                faults.append(f"{each.name}: {fault_text(one, words, question.name)}")
    try:
        asked = values(question, given)
        if cases and not faults and len(cases) < question.least:
            faults = [words("page.choose_two", most=MOST_CASES)]
        elif cases and not faults and asked is not None:
            finding = question.ask(cases, **asked)
    except AllocatorError as error:
        faults = [fault_text(each, words, question.name) for each in error.faults]
    told = [("", each) for each in faults]
    return {**EMPTY, "rows": rows, "form": controls(question, given, None), "finding": finding, "faults": told}


def drawn_chart(name: str, drawing: str, table: Table, state: State, given: Given, words: Words) -> str:
    """A chart of what a question finds, as SVG."""
    finding = answer_of(name, table, state, given)
    found = {each.name: each for section in (finding.sections if finding else ()) for each in section.charts}
    if not (one := found.get(drawing)):
        raise InputError(fault("page.no_chart", name=drawing[:40]))
    if len(table) > MOST_DRAWN and len(one.rows) > MOST_DRAWN:
        raise InputError(fault("page.too_many_drawn", most=MOST_DRAWN))
    asked = sorted((key, text) for key, text in given.items() if key.startswith(PREFIX))
    return once(("chart", name, drawing, state.query, *asked, words.language), lambda: draw(one, words).svg())


def taken(table: Table, state: State, kind: str, words: Words) -> tuple[str, bytes]:
    """Name and content of a file to take away; InputError for a kind there is none of."""
    case = case_of(table, state.scenario())
    if kind == "yaml":
        values = {**case.scenario.model_dump(mode="json"), "data": "units.csv"}  # every default written out
        text = yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=120)
        return "scenario.yaml", text.encode("utf-8")
    if kind == "json":
        return "result.json", json_text(result(case.allocation)).encode("utf-8")
    if kind not in FORMATS:
        raise InputError(fault("page.no_file", kind=kind[:20]))
    made = files(build_report(case, answers(case, {})[0], words), [kind])
    if len(made) == 1:
        return made.popitem()
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in made.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return f"allocator-{kind}.zip", held.getvalue()
