"""Questions on the page: their forms, what each finds about a state, or about saved ones together, and its charts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from pathlib import Path
from typing import Any, get_args
from urllib.parse import parse_qsl

from allocator.data.settings import Settings, merged
from allocator.data.table import Table
from allocator.errors import AllocatorError, InputError, fault
from allocator.finding import Finding
from allocator.model.scenario import Scenario, scenario_from
from allocator.questions import Argument, Case, Question, find, names
from allocator.show.drawings import draw
from allocator.web import sent
from allocator.web.bounded import bounded
from allocator.web.state import State, number_typed, state_of, written
from allocator.web.store import Store
from allocator.web.view import Kept, allocated
from allocator.words import Words

MOST_DRAWN = 60
"""Units up to which a chart of all of them can be read."""
MOST_CASES = 4
PREFIX = "ask-"
"""What the names of a question's fields begin with, beside those of the state."""
EMPTY: Mapping[str, Any] = {"state": None, "hidden": (), "asked": {}, "drawn": False, "name": "", "document": "",
                            "finding": None, "faults": ()}  # fmt: skip
"""What the template of an answer needs at the least."""
Given = Mapping[str, Any]
"""Fields of a form, or of an address."""


class AllocatedCase(Case):
    """A case whose allocation the page has made already."""

    def __init__(self, table: Table, scenario: Scenario, name: str = "page") -> None:
        super().__init__(name, table, scenario, "waterfill")

    @property
    def allocation(self) -> Any:
        """Its allocation."""
        return allocated(self.table, self.scenario)


@dataclass(frozen=True)
class Control:
    """One field of a form: its label is `label` in words, its choices are those of `kind` `choice`."""

    name: str
    label: str
    kind: str
    value: Any = ""
    choices: Sequence[str] = ()
    required: bool = False


def asked_here() -> list[Question]:
    """The questions with an answer on the page, those about scenarios, in a report's order."""
    found = [each for each in map(find, names()) if each.of != "nothing"]
    return sorted(found, key=lambda each: (each.place is None, each.place))


def address(question: Question) -> str:
    """Where a question is answered."""
    return f"/section/{question.name}" if question.of == "case" else f"/{question.name}"


def controls(question: Question, given: Given, scenario: Scenario | None) -> list[Control]:
    """A question's form as it was filled in; of `scenario` the settings it works with."""
    made = []
    for each in form_fields(question):
        value = given.get(PREFIX + each.name, "" if each.default is None else each.default)
        label = f"cli.{question.name}.{each.name}"
        made.append(Control(PREFIX + each.name, label, each.kind, value, each.choices, each.required))
    return made + (setting_controls(question, given, scenario) if scenario else [])


def form_fields(question: Question) -> list[Argument]:
    """The arguments that a form asks for one by one."""
    return [each for each in question.arguments if each.kind != "file" and not each.many]


def setting_controls(question: Question, given: Given, scenario: Scenario, of: str = "") -> list[Control]:
    """The scenario's settings that a question's form offers, as they are or as they were filled in."""
    made = []
    for key in question.settings:
        *parts, last = key.split(".")
        part = reduce(getattr, parts, scenario)
        name, choices = f"{PREFIX}{last}{of}", get_args(type(part).model_fields[last].annotation)
        kind = "choice" if choices and all(isinstance(each, str) for each in choices) else "number"
        if type(part).model_fields[last].annotation is int:
            kind = "whole"
        value = given.get(name, written(getattr(part, last)))
        made.append(Control(name, f"parameter.{key}", kind, value, choices if kind == "choice" else ()))
    return made


def _set(question: Question, given: Given, scenario: Scenario, of: str = "") -> Scenario:
    """The scenario with its settings as they were filled in; InputError for a value out of its range."""
    values = scenario.model_dump(mode="json")
    for key, control in zip(question.settings, setting_controls(question, given, scenario, of), strict=True):
        value: Any = control.value
        if control.kind != "choice":
            name, text = control.name.removeprefix(PREFIX), str(control.value).strip()
            value = number_typed(name, text, control.kind == "whole") if text else None
        change: Any = reduce(lambda inner, part: {part: inner}, reversed(key.split(".")), value)
        values = merged(values, change)
    return scenario_from(Settings(values, {}, Path())) if question.settings else scenario


def values(question: Question, given: Given) -> dict[str, Any] | None:
    """Arguments of a question from a form; None where one that is required is not there, InputError for a wrong one."""
    made: dict[str, Any] = {}
    for each in form_fields(question):
        text = str(given.get(PREFIX + each.name, "")).strip()
        if each.kind == "flag":
            made[each.name] = bool(text)
        elif text:
            made[each.name] = _value(each, text)
    return made if all(each.name in made or each.kind == "file" for each in question.required) else None


def _value(argument: Argument, text: str) -> Any:
    if argument.kind in ("unit", "choice", "text"):
        return text
    value = number_typed(argument.name, text, argument.kind != "number")
    for key, limit in (("small", argument.low), ("large", argument.high)):
        if limit is not None and (value < limit if key == "small" else value > limit):
            raise InputError(fault(f"page.too_{key}", argument.name, text=text[:40], limit=limit))
    return value


def answer_of(name: str, table: Table, state: State, given: Given) -> Finding | None:
    """What a question finds about a state; None where its form lacks what it requires, InputError as the question."""
    question = find(name)
    asked, file = values(question, given), sent.brought(given) if question.file else None
    if asked is None or (question.file and file is None):
        return None
    scenario = _set(question, given, state.scenario())
    if question.file:
        return question.ask(AllocatedCase(table, scenario), **asked, **{question.file: file})
    return _answer(name, table.place, scenario.model_dump_json(), tuple(sorted(asked.items())), Kept(table, scenario))


@lru_cache(maxsize=64)
def _answer(name: str, place: str, scenario: str, asked: tuple[tuple[str, Any], ...], kept: Kept) -> Finding:
    return find(name).ask(AllocatedCase(*kept.values), **dict(asked))


def shown_question(question: Question, store: Store, given: Given, words: Words) -> dict[str, Any]:
    """What the template needs of a question about the state in the address."""
    state = state_of(given)
    table, scenario, file = store.table(state.table), state.scenario(), sent.brought(given)
    made = {
        **EMPTY,
        "state": state,
        "form": controls(question, given, scenario),
        "units": table.units,
        "hidden": parse_qsl(state.query, keep_blank_values=True),
        "asked": {key: text for key, text in given.items() if key.startswith(PREFIX) and text},
        "drawn": len(table) <= MOST_DRAWN and not question.file,
        "name": file.name if file else "",
        "document": sent.given_back(file),
    }
    try:
        work = bounded if file else _here
        return made | {"finding": work(answer_of, question.name, table, state, given)}
    except AllocatorError as error:
        return made | {"faults": error.messages(words.language)}


def _here(work: Callable[..., Finding | None], *given: Any) -> Finding | None:
    return work(*given)


def together(question: Question, store: Store, given: Given, words: Words) -> dict[str, Any]:
    """The same of a question about saved states: these to choose from, each with its controls."""
    rows, cases, faults, finding = [], [], [], None
    for each in store.saved():
        chosen, of = each.key in given["s"][:MOST_CASES], f":{each.key}"
        try:
            state = state_of(dict(parse_qsl(each.query, keep_blank_values=True)))
            scenario = state.scenario()
            rows.append((each, chosen, setting_controls(question, given, scenario, of)))
            if chosen:
                cases.append(AllocatedCase(store.table(state.table), _set(question, given, scenario, of), each.name))
                scenario.check(cases[-1].table)
                _ = cases[-1].allocation
        except AllocatorError as error:
            faults += [f"{each.name}: {text}" for text in error.messages(words.language)] if chosen else []
    try:
        asked = values(question, given)
        if cases and not faults and len(cases) < question.least:
            faults = [words("page.choose_two", most=MOST_CASES)]
        elif cases and not faults and asked is not None:
            finding = question.ask(cases, **asked)
    except AllocatorError as error:
        faults = error.messages(words.language)
    return {**EMPTY, "rows": rows, "form": controls(question, given, None), "finding": finding, "faults": faults}


def drawn_chart(name: str, drawing: str, table: Table, state: State, given: Given, words: Words) -> str:
    """A chart of what a question finds, as SVG."""
    finding = answer_of(name, table, state, given)
    found = [each for section in (finding.sections if finding else ()) for each in section.charts]
    one = next((each for each in found if each.name == drawing), None)
    if one is None:
        raise InputError(fault("page.no_chart", name=drawing[:40]))
    if len(table) > MOST_DRAWN and len(one.rows) > MOST_DRAWN:
        raise InputError(fault("page.too_many_drawn", most=MOST_DRAWN))
    asked = tuple(sorted((key, text) for key, text in given.items() if key.startswith(PREFIX)))
    return _svg(name, drawing, state.query, asked, words.language, Kept(one, words))


@lru_cache(maxsize=128)
def _svg(name: str, drawing: str, query: str, given: object, language: str, kept: Kept) -> str:
    return draw(*kept.values).svg()
