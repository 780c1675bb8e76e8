"""Questions on the page: what each finds about a state, worked out once, its form and its charts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from allocator.data.table import Table
from allocator.errors import InputError, fault
from allocator.finding import Finding
from allocator.questions import Argument, Case, Question, find, names
from allocator.show.drawings import draw
from allocator.web.state import State
from allocator.web.view import allocation_of
from allocator.words import Words

MOST_DRAWN = 60
"""Units up to which a chart of all of them can be read."""
PREFIX = "ask-"
"""What the names of a question's fields begin with, beside those of the state."""


class Asked(Case):
    """A case whose allocation the page has made already."""

    @property
    def allocation(self) -> Any:
        """Its allocation."""
        return allocation_of(self.table, self.state)

    def __init__(self, table: Table, state: State) -> None:
        super().__init__("page", table, state.scenario(), "waterfill")
        object.__setattr__(self, "state", state)

    state: State


def asked_here() -> list[Question]:
    """The questions with a section on the page: those about one scenario that need no file."""
    every = (find(name) for name in names())
    return [each for each in every if each.of == "case" and all(arg.kind != "file" for arg in each.required)]


def fields(question: Question) -> list[Argument]:
    """What its form asks for."""
    return [each for each in question.arguments if each.kind != "file" and not each.many]


def values(question: Question, query: Mapping[str, str]) -> dict[str, Any]:
    """Arguments of a question from a query; InputError for one that cannot be read."""
    made: dict[str, Any] = {}
    for each in fields(question):
        text = query.get(PREFIX + each.name, "").strip()
        if each.kind == "flag":
            made[each.name] = bool(text)
        elif text:
            made[each.name] = _value(each, text)
    return made


def _value(argument: Argument, text: str) -> Any:
    if argument.kind in ("unit", "choice", "text"):
        return text
    try:
        value = float(text.replace(",", ".")) if argument.kind == "number" else int(text.replace(".", ""))
    except ValueError:
        raise InputError(fault("page.not_number", argument.name, text=text[:40])) from None
    low, high = argument.low, argument.high
    if (low is not None and value < low) or (high is not None and value > high):
        raise InputError(fault("page.not_number", argument.name, text=text[:40]))
    return value


def answer(name: str, table: Table, state: State, query: Mapping[str, str]) -> Finding | None:
    """What a question finds about a state; None where its form lacks what it requires, InputError as the question."""
    question = find(name)
    given = values(question, query)
    if any(each.name not in given for each in question.required):
        return None
    return _answer(name, state.query, tuple(sorted(given.items())), _Kept(table, state))


@lru_cache(maxsize=64)
def _answer(name: str, query: str, given: tuple[tuple[str, Any], ...], kept: _Kept) -> Finding:
    return find(name).ask(Asked(*kept.values), **dict(given))


class _Kept:
    """An object beside a cache key that already tells it apart."""

    def __init__(self, *values: Any) -> None:
        self.values = values

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Kept)

    def __hash__(self) -> int:
        return 0


def shown(name: str, table: Table, state: State, query: Mapping[str, str], words: Words) -> dict[str, Any]:
    """What the template of a section needs: the question, its form as it was filled in, and what was found."""
    question = find(name)
    finding = answer(name, table, state, query)
    own = {PREFIX + each.name: query.get(PREFIX + each.name, "") for each in fields(question)}
    return {
        "question": question,
        "title": question.title,
        "form": [(each, PREFIX + each.name, own[PREFIX + each.name]) for each in fields(question)],
        "units": table.units,
        "hidden": parse_qsl(state.query, keep_blank_values=True),
        "finding": finding,
        "asked": {key: text for key, text in own.items() if text},
        "drawn": len(table) <= MOST_DRAWN,
    }


def chart(name: str, drawing: str, table: Table, state: State, query: Mapping[str, str], words: Words) -> str:
    """A chart of what a question finds, as SVG."""
    finding = answer(name, table, state, query)
    found = [each for section in (finding.sections if finding else ()) for each in section.charts]
    one = next((each for each in found if each.name == drawing), None)
    if one is None:
        raise InputError(fault("page.no_chart", name=drawing[:40]))
    if len(table) > MOST_DRAWN and len(one.rows) > MOST_DRAWN:
        raise InputError(fault("page.too_many_drawn", most=MOST_DRAWN))
    given = tuple(sorted((key, text) for key, text in query.items() if key.startswith(PREFIX)))
    return _svg(name, drawing, state.query, given, words.language, _Kept(one, words))


@lru_cache(maxsize=128)
def _svg(name: str, drawing: str, query: str, given: object, language: str, kept: _Kept) -> str:
    return draw(*kept.values).svg()
