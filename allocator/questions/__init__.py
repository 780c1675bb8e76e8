"""What can be asked: a module a question, whose function of the module's name returns a `Finding`.

A question declares its arguments once. Its command with its options, its form and its section on the page, and its
section in the report are made from that: a new question is a module here and its words.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

from allocator.errors import Fault

if TYPE_CHECKING:
    from allocator.data.table import Table
    from allocator.finding import Finding
    from allocator.model.allocation import Allocation
    from allocator.model.scenario import Scenario


@dataclass(frozen=True, eq=False)
class Case:
    """What a question is asked of: a scenario by its name, and the table it works on."""

    name: str
    table: Table
    scenario: Scenario
    method: str = "program"

    @cached_property
    def allocation(self) -> Allocation:
        """Its allocation, made once for all questions; errors as `allocate`."""
        from allocator.model.allocation import allocate

        return allocate(self.table, self.scenario, self.method)


@dataclass(frozen=True)
class Argument:
    """One thing a question must be told.

    Attributes:
        name: the option's name, and the key of its help: `cli.QUESTION.NAME`.
        kind: `unit`, `members`, `whole`, `number`, `text`, `file`, `flag` or `choice`.
        default: its value where nothing is said; `required` where there is none.
        choices: of a `choice`.
        many: whether it may be given again.
        positional: whether a command takes it by its place, not as an option.
        low, high: range of a number.
    """

    name: str
    kind: str
    default: Any = None
    required: bool = False
    choices: tuple[str, ...] = ()
    many: bool = False
    positional: bool = False
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Question:
    """A question: its name, what answers it, what it must be told, and whether it is part of every report and page.

    `of` says what it is asked of: one `case`, several `cases`, or `nothing`. `place` orders the sections of a report;
    None keeps a question out of it. One with `required` arguments is answered there where these are given.
    """

    name: str
    ask: Callable[..., Finding]
    arguments: tuple[Argument, ...] = ()
    of: str = "case"
    place: int | None = None

    @property
    def title(self) -> Fault:
        """What it is called, in a list of questions and above its answer."""
        return Fault(f"question.{self.name}")

    @property
    def required(self) -> tuple[Argument, ...]:
        """What it cannot be asked without."""
        return tuple(each for each in self.arguments if each.required)


def question(
    *arguments: Argument, of: str = "case", place: int | None = None
) -> Callable[[Callable[..., Finding]], Question]:
    """Decorator: the function becomes a question of its module's name."""

    def made(ask: Callable[..., Finding]) -> Question:
        return Question(ask.__module__.rpartition(".")[2].rstrip("_"), ask, arguments, of, place)

    return made


def names() -> list[str]:
    """Names of all questions."""
    files = os.listdir(os.path.dirname(__file__))  # `--help` asks, and pathlib would be a twentieth of its time
    return sorted(each.removesuffix(".py").rstrip("_") for each in files if each.endswith(".py") and each[0] != "_")


def find(name: str) -> Question:
    """The question `name`, its module loaded only now; KeyError where there is none."""
    if name not in names():
        raise KeyError(name)
    module = import_module(f"{__name__}.{name}" if name != "import" else f"{__name__}.import_")
    return next(each for each in vars(module).values() if isinstance(each, Question) and each.name == name)


def in_report() -> Sequence[Question]:
    """The questions that every report answers, in reading order."""
    found = [each for each in map(find, names()) if each.place is not None]
    return sorted(found, key=lambda each: each.place or 0)
