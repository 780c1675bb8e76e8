"""What can be asked: a module a question, whose function of the module's name returns a `Finding`.

A question declares its arguments once. Its command with its options, its form and its section on the page, and its
section in the report are made from that: a new question is a module and its words.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, wraps
from importlib import import_module
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from allocator.errors import Fault

MODULES = [f"{__name__}.{name[:-3]}" for name in os.listdir(__path__[0]) if name[0].isalpha() and name.endswith(".py")]
"""Where the questions are; whoever has one of their own adds its module, and its words to the catalogues."""

if TYPE_CHECKING:
    from allocator.data.findings import Oddity
    from allocator.data.settings import Settings
    from allocator.data.table import Table
    from allocator.finding import Finding
    from allocator.model.allocation import Allocation
    from allocator.model.scenario import Scenario


@dataclass(frozen=True, eq=False)
class Case:
    """What a question is asked of: a scenario by its name, and the table it works on.

    Attributes:
        begun: reads what it was before it was changed; None where nothing was.
        decided: who corrected figures of a unit, and why, as a text by unit.
        settings: what the scenario was made of, defaults left out; None where that was no file.
        made: its allocation where that is at hand.
        called: what people call it where that is not its scenario's title, as what they saved under a name.
    """

    name: str
    table: Table
    scenario: Scenario
    method: str = "program"
    begun: Callable[[], tuple[Table, Scenario]] | None = None
    decided: Mapping[str, str] = field(default_factory=dict)
    settings: Settings | None = None
    made: Allocation | None = None
    called: str = ""

    def __reduce__(self) -> tuple[Any, ...]:
        """On its way to another process without its allocation, which is made anew there."""
        told = (self.begun, self.decided, self.settings, None, self.called)
        return Case, (self.name, self.table, self.scenario, self.method, *told)

    @cached_property
    def allocation(self) -> Allocation:
        """Its allocation, made once for all questions; errors as `allocate`."""
        if self.made is not None:
            return self.made
        from allocator.model.allocation import allocate

        return allocate(self.table, self.scenario, self.method)


@dataclass(frozen=True)
class Argument:
    """One thing a question must be told.

    Attributes:
        name: the option's name, and the key of its help: `cli.QUESTION.NAME`.
        kind: `unit`, `members`, `whole`, `number`, `share`, `text`, `file`, `flag` or `choice`.
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

    `of` says what it is asked of: one `case`, several `cases`, at least `least`, or `nothing`. `place` orders the
    sections of a report; None keeps a question out of it. One with `required` arguments is answered there where these
    are given. `settings` are the scenario's keys, dotted, that a form asks for beside the arguments.
    """

    name: str
    ask: Callable[..., Finding]
    arguments: tuple[Argument, ...] = ()
    of: str = "case"
    place: int | None = None
    settings: tuple[str, ...] = ()
    least: int = 1

    @property
    def title(self) -> Fault:
        """What it is called, in a list of questions and above its answer."""
        return Fault(f"question.{self.name}")

    @property
    def required(self) -> tuple[Argument, ...]:
        """What it cannot be asked without."""
        return tuple(each for each in self.arguments if each.required)

    @property
    def of_report(self) -> tuple[Argument, ...]:
        """What a report is told for it: what it requires, of a question about several cases all."""
        return self.arguments if self.of == "cases" else self.required

    @property
    def file(self) -> str | None:
        """The argument that is a file, None where there is none."""
        return next((each.name for each in self.arguments if each.kind == "file"), None)


def question(*arguments: Argument, **given: Any) -> Callable[[Callable[..., Finding]], Question]:
    """Decorator: the function becomes a question of its module's name; `given` are other fields of `Question`."""

    def made(ask: Callable[..., Finding]) -> Question:
        @wraps(ask)
        def asked(about: Case | Sequence[Case], *told: Any, **named: Any) -> Finding:
            from allocator.finding.premise import with_premise

            notes: list[Oddity] = []
            for each in arguments:
                if each.kind == "unit" and named.get(each.name):
                    first = about[0] if isinstance(about, Sequence) else about
                    named[each.name] = _meant(named[each.name], first.table, notes)
            return _noting(with_premise(ask(about, *told, **named), about), notes)

        answers = ask if given.get("of") == "nothing" else asked
        return Question(ask.__module__.rpartition(".")[2], answers, arguments, **given)

    return made


def names() -> list[str]:
    """Names of all questions."""
    return sorted(each.rpartition(".")[2] for each in MODULES)


def find(name: str) -> Question:
    """The question `name`, its module loaded only now; KeyError where there is none."""
    modules = {each.rpartition(".")[2]: each for each in MODULES}
    held = vars(import_module(modules[name])).values()
    return next(each for each in held if isinstance(each, Question) and each.name == name)


def in_report() -> Sequence[Question]:
    """The questions that every report answers, in reading order."""
    found = [each for each in map(find, names()) if each.place is not None]
    return sorted(found, key=lambda each: each.place or 0)


def with_reading(finding: Finding, *about: Case | list[Case]) -> Finding:
    """A finding with what is to be said of how the tables of its cases were read, last."""
    cases = [one for each in about for one in (each if isinstance(each, list) else [each])]
    planned = any(each.key == "plan" for each in finding.sections)  # which says itself how its tables came about
    tables = [each.table.own if planned else each.table for each in cases]
    return finding.noting([note for each in tables for note in each.notes])


def _meant(told: str | Sequence[str], table: Table, notes: list[Oddity]) -> Any:
    """A name or names as the table has them, one that fits none, or several, as it is; `notes` gets what is to be said.

    A unit may be told with the one above it, as `Province A/Châu Thành`.
    """
    from allocator.data.findings import name_fitted
    from allocator.data.table import fold
    from allocator.data.unit_names import fitting_name

    pairs = [(unit, above) for unit, above in zip_longest(table.units, table.parents) if above]
    known = {f"{above}/{unit}": unit for unit, above in pairs}
    known |= {name: name for name in (*table.units, *(above for _, above in pairs))}

    def meant(name: str) -> str:
        fits = fitting_name(fold(name), known)
        if fits is None:
            return name
        if fits != fold(name):
            notes.append(name_fitted(name, known[fits], ""))
        return known[fits]

    return meant(told) if isinstance(told, str) else tuple(map(meant, told))


def _noting(finding: Finding, notes: Sequence[Oddity]) -> Finding:
    """A finding with notes of how names were read, in its records, too."""
    from allocator.proof.result import read_note

    if not notes:
        return finding
    records, read = dict(finding.records), [read_note(each) for each in notes]
    records["notes"] = [*records.get("notes", ()), *read]
    if "inputs" in records:
        records["inputs"] = {**records["inputs"], "reading": [*records["inputs"].get("reading", ()), *read]}
    return replace(finding.noting(notes), records=records)
