"""What `allocator.allocate` returns: the model's allocation, of which every question can be asked as a method.

The methods come from the questions: a new one is there without a line here. Those about no allocation, as `audit`, are
functions of the package.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from inspect import Parameter, Signature, signature
from typing import Any

from allocator.data.limits import sheet_column
from allocator.data.table import Table
from allocator.errors import InputError, fault
from allocator.files import file_of
from allocator.finding import say
from allocator.finding.premise import heading
from allocator.model.allocation import Allocation, allocate
from allocator.model.scenario import Scenario
from allocator.questions import Argument, Case, Question, find, in_report, names, with_reading
from allocator.questions.run import in_short
from allocator.show.notebook import Reply, reply
from allocator.words import Words, default_language

METHOD = Argument("method", "choice", choices=("program", "waterfill"))
LANGUAGE = Parameter("language", Parameter.KEYWORD_ONLY, default=None, annotation="str | None")


@dataclass(frozen=True, eq=False, repr=False)
class AnsweringAllocation(Allocation):
    """An allocation of which every question about scenarios can be asked, by its name.

    `allocation.explain(unit="An Phú")`, `.appeal(unit, quota)`, `.sensitivity(draws=…, seed=…)`, `.calibrate()`,
    `.review(progress)` and so on; questions about several take the other allocations first: `.compare(other, …)`.
    A file is a path or a pandas frame. Each returns a `Reply`, in `language=` or else `allocator.language`.

    Attributes:
        name: what answers about several call it; a letter where it is empty.
    """

    name: str = ""

    def __getattr__(self, name: str) -> Callable[..., Reply]:
        if name in names() and (question := find(name)).of != "nothing":
            return _method(question, lambda *others: _cases(self, *others))
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __dir__(self) -> Iterable[str]:
        return [*super().__dir__(), *(each for each in names() if find(each).of != "nothing")]

    def report(
        self, folder: str | os.PathLike[str], formats: str = "xlsx,docx,html,csv", appendix: bool = False,
        language: str | None = None, by: str = "", why: str = "", **known: Any,
    ) -> Reply:  # fmt: skip
        """Write the report into a folder, all of its files or none, and say which.

        Args:
            folder: where; made if it is not there.
            formats: which of the formats.
            appendix: whether the workbook has all sections.
            language: `vi` or `en`.
            by: who makes it, and `why`, as the journal beside the table will say.
            why: see `by`.
            known: what its questions need: `unit` and `quota` of an appeal, a `progress` file, other allocations to
                `compare` or to `plan` together.

        Raises:
            InputError: a value or the folder cannot be used.
        """
        from pathlib import Path

        from allocator.proof.journal import journal_of
        from allocator.show.entering import Entering
        from allocator.show.formats import known_formats
        from allocator.show.reported import write_report

        words = Words(language or default_language()).about(self.scenario.what)
        others = {
            each.name: _cases(self, *_several(known.pop(each.name)))[1:] for each in in_report() if each.name in known
        }
        taken = {argument.name: argument for each in in_report() for argument in each.of_report}
        if wrong := known.keys() - taken:
            raise TypeError(f"report() got an unexpected keyword argument {min(wrong)!r}")
        given = {name: _read(taken[name], value) for name, value in known.items()}
        with _places_of_arguments():
            asked = known_formats(formats if formats is None or isinstance(formats, str) else ",".join(formats))
        case = _cases(self)[0]
        entering = Entering(journal_of(case.table.place), asked, by, why)
        made, aside = write_report(Path(folder), case, words, given, others, entering, appendix)
        return reply(replace(made, sections=(), lines=(*made.lines, *aside)), words.language, self.scenario.what)

    def __repr__(self) -> str:
        words = Words(default_language()).about(self.scenario.what)
        lead = say("report.lead", target=self.scenario.target, lot=self.scenario.lot, units=len(self.table))
        return "\n".join(words.told(each) for each in (heading(self), lead, *in_short(self)))

    def _repr_html_(self) -> str | None:
        """The answer to `run`, as the page draws it."""
        return self.run()._repr_html_()


def allocated(table: Table, scenario: Scenario, method: str = "program", name: str = "") -> AnsweringAllocation:
    """The fair allocation of a scenario's target among a table's units, of which every question can be asked.

    Args:
        table: the units.
        scenario: assumptions and decisions.
        method: `program` (the linear program, up to 2,000 units) or `waterfill` (no solver); both give the same lots.
        name: what answers about several allocations call it.

    Raises:
        InputError: the scenario does not fit the table.
        InfeasibleError: its rules cannot hold together.

    Example:
        >>> from allocator import load_scenario
        >>> made = allocated(*load_scenario("an-giang-2017/base"))
        >>> list(made.appeal("Châu Phú", 150).to_frame()["unit"])[:2]
        ['CĐ các KCN', 'Long Xuyên']
    """
    for given, kind in ((table, Table), (scenario, Scenario)):
        if not isinstance(given, kind):
            raise TypeError(f"a {kind.__name__} is needed, not {given!r}")
    _read(METHOD, method)
    made = allocate(table, scenario, method)
    held: dict[str, Any] = {each.name: getattr(made, each.name) for each in fields(Allocation)}
    return AnsweringAllocation(**held, name=name)


def about_nothing(name: str) -> Callable[..., Reply]:
    """A question that is asked of no allocation, as a function; AttributeError for one that is."""
    question = find(name)
    if question.of != "nothing":
        raise AttributeError(f"module 'allocator' has no attribute {name!r}: ask an allocation")
    return _method(question, lambda: [])


def _method(question: Question, cases_of: Callable[..., list[Case]]) -> Callable[..., Reply]:
    """A question as a function of what it must be told, after the other allocations where it is asked of several."""
    own = [*signature(question.ask).parameters.values()][question.of != "nothing" :]
    if question.of == "cases":
        own = [Parameter("others", Parameter.VAR_POSITIONAL), *(e.replace(kind=Parameter.KEYWORD_ONLY) for e in own)]
    taken = {each.name: each for each in question.arguments}

    def ask(*given: Any, language: str | None = None, **more: Any) -> Reply:
        bound = made.bind(*given, **more)
        values, beside = bound.arguments, bound.arguments.pop("others", ())
        also = [name for name, value in values.items() if name not in taken and value is not None]
        cases = cases_of(*beside, *(values[name] for name in also))
        values.update(zip(also, cases[1:], strict=False))
        values.update({name: _read(taken[name], value) for name, value in values.items() if name in taken})
        about: list[Any] = [cases] if question.of == "cases" else cases[:1]
        with _places_of_arguments():
            found = with_reading(question.ask(*about, **values), *about)
        what = cases[0].scenario.what if cases else ""
        return reply(found, language or default_language(), what)

    made = Signature(own)
    ask.__name__ = ask.__qualname__ = question.name
    ask.__doc__ = question.ask.__doc__
    ask.__dict__["__signature__"] = Signature([*own, LANGUAGE])
    return ask


@contextmanager
def _places_of_arguments() -> Iterator[None]:
    """Faults of what a question is told at the argument, not at the option it is on the command line."""
    try:
        yield
    except InputError as error:
        error.faults = tuple(replace(each, place=each.place.removeprefix("--")) for each in error.faults)
        raise


def _several(given: Allocation | Iterable[Allocation]) -> Iterable[Allocation]:
    return [given] if isinstance(given, Allocation) else given


def _cases(*made: Allocation) -> list[Case]:
    """Allocations as what is asked of: each called by its name, a letter where it has none or shares it."""
    if wrong := [each for each in made if not isinstance(each, Allocation)]:
        raise TypeError(f"an allocation is needed, not {wrong[0]!r}")
    names = [getattr(each, "name", "") for each in made]
    alone = (bool(name) and names.count(name) == 1 for name in names)
    letters = (f"{name} {sheet_column(at)}".strip() for at, name in enumerate(names, start=1))
    called = [name if own else lettered for name, own, lettered in zip(names, alone, letters, strict=True)]
    pairs = zip(called, made, strict=True)
    return [Case(name, each.ground.table, each.ground.scenario, made=each) for name, each in pairs]


def _read(argument: Argument, value: Any) -> Any:
    """A value as its question takes it; InputError where it is none of those it may be."""
    if argument.many and value is not None:
        return (
            (value,) if isinstance(value, str) else tuple(map(str, value if isinstance(value, Iterable) else [value]))
        )
    if value is None or argument.kind in ("text", "share"):
        return value
    if argument.kind == "flag":
        if not isinstance(value, bool):
            raise TypeError(f"{argument.name} is True or False, not {value!r}")
        return value
    if argument.kind == "unit":
        return str(value)
    if argument.kind == "file":
        return file_of(value)
    if argument.kind == "choice":
        if value in argument.choices:
            return value
        accepted = fault("usage.one_of", names=argument.choices)
    else:
        whole, low, high = argument.kind != "number", argument.low, argument.high
        if _is_number(value, whole) and (low is None or low <= value) and (high is None or value <= high):
            return int(value) if whole else float(value)
        key = f"usage.{'whole' if whole else 'number'}{'' if high is None else '_between'}"
        accepted = fault(key, low=low, high=high)
    raise InputError(fault("usage.value", name=argument.name, accepted=accepted))


def _is_number(value: Any, whole: bool) -> bool:
    try:
        return float(value) == value and (not whole or int(value) == value)
    except (TypeError, ValueError, OverflowError):
        return False
