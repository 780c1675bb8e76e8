"""What a person has settled of how a file is read, and what is left to ask.

A question is never settled in silence: one about a column that is needed stops the reading (`Unsettled`), any other is
told beside the table. Every answer is also an option of the command line, so that it can be pasted; `import.yaml` keeps
those of one office beside its tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allocator.data.table import TABLE_FILE, fold
from allocator.errors import Fault, InputError, fault

if TYPE_CHECKING:
    from allocator.data.findings import Oddity
    from allocator.data.limits import Sent

ANSWERS_FILE = "import.yaml"
NUMBERS = ("vi", "en", "fr", "plain")
"""Ways of writing numbers: 1.500 and 1,5; 1,500 and 1.5; 1 500 and 1,5; 1500 and 1.5."""


@dataclass(frozen=True)
class Answers:
    """What is settled; everything empty where nothing is.

    Attributes:
        columns: column of ours, or `skip`, by the header as printed.
        numbers: one of `NUMBERS`; empty where the file's cells decide.
        out: names of rows that are left out, as sums of others; `kept`: of rows that are units though they add up.
        cells: text that stands instead of a cell's, by the cell's place in messages.
        header: number of the row that is the header; None where it is to be found.
        lenient: whether what does not fit a file is only noted, as some of it was kept from another.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    numbers: str = ""
    out: Sequence[str] = ()
    kept: Sequence[str] = ()
    cells: Mapping[str, str] = field(default_factory=dict)
    header: int | None = None
    lenient: bool = field(default=False, compare=False)

    def __bool__(self) -> bool:
        return bool(self.columns or self.numbers or self.out or self.kept or self.cells)

    def options(self) -> list[tuple[str, str]]:
        """All but the cells as options of the command line, each with its value."""
        return [
            *(("--map", f"{header}={column}") for header, column in self.columns.items()),
            *([("--numbers", self.numbers)] if self.numbers else []),
            *(("--leave-out", each) for each in self.out),
            *(("--keep", each) for each in self.kept),
        ]

    def over(self, other: Answers) -> Answers:
        """These on top of others: of two about one thing this one stands."""
        own = {fold(each).casefold() for each in (*self.columns, *self.out, *self.kept)}
        columns, out, kept = (
            [e for e in each if fold(e).casefold() not in own] for each in (other.columns, other.out, other.kept)
        )
        return Answers(
            {**{header: other.columns[header] for header in columns}, **self.columns},
            self.numbers or other.numbers,
            (*out, *self.out),
            (*kept, *self.kept),
            {**other.cells, **self.cells},
            other.header if self.header is None else self.header,
            self.lenient or other.lenient,
        )


def answers_of(options: Iterable[tuple[str, str]]) -> Answers:
    """The answers that options of the command line give; InputError for a `--map` that is not `HEADER=COLUMN`.

    Example:
        >>> answers_of([("--map", "Hiện có=workforce"), ("--keep", "Khối 5")]).options()
        [('--map', 'Hiện có=workforce'), ('--keep', 'Khối 5')]
    """
    given: dict[str, list[str]] = {"--map": [], "--numbers": [""], "--leave-out": [], "--keep": []}
    for option, value in options:
        given[option].append(value)
    pairs = [[part.strip() for part in each.rpartition("=")] for each in given["--map"]]
    if wrong := ["".join(each) for each in pairs if not (each[0] and each[2])]:
        raise InputError([fault("import.map_form", f"--map {each}") for each in wrong])
    columns = {header: column for header, _, column in pairs}
    return Answers(columns, given["--numbers"][-1], given["--leave-out"], given["--keep"])


@dataclass
class Settled:
    """What a call settles of how its files are read, and how far that fitted those read so far.

    Attributes:
        answers: those of its options, and of what was asked since.
        fitting: options, with their values, that fitted a file; `seen`: the headers and names of rows there were.
    """

    answers: Answers
    fitting: set[tuple[str, str]] = field(default_factory=set)
    seen: dict[str, list[str]] = field(default_factory=lambda: {"headers": [], "rows": []})

    def check(self) -> None:
        """Refuse what fitted no file: InputError names it, and what there was."""
        _refuse([each for each in self.answers.options() if each not in self.fitting], **self.seen)


def _refuse(options: Sequence[tuple[str, str]], headers: Sequence[str], rows: Sequence[str]) -> None:
    """Nothing, where there are no options; else InputError that they fit none of the headers and names of rows."""
    faults = []
    for option, value in options:
        key, seen = ("import.map_header", headers) if option == "--map" else ("import.option_unused", rows)
        key = key if seen else "import.nothing_read"
        header = value.rpartition("=")[0]
        faults.append(fault(key, f"{option} {value}", header=header, seen=[*dict.fromkeys(seen)]))
    if faults:
        raise InputError(faults)


IN_FORCE: ContextVar[Settled | None] = ContextVar("answers in force", default=None)
"""What the command at work settles; None outside of one."""


def in_force(file: Path | Sent, *folders: Path) -> Answers:
    """What is settled of how a file is read: by the call, else by what is kept beside it or in these folders."""
    call = IN_FORCE.get()
    made = call.answers if call else Answers()
    beside = [file.parent] if isinstance(file, Path) else []
    for path in dict.fromkeys(folder / ANSWERS_FILE for folder in (*beside, *folders)):
        if file.name != TABLE_FILE and path.exists():
            made = made.over(read_answers(path))
    return made


def as_written(file: Path | Sent, settled: Answers) -> Answers:
    """What is settled, on top of what is known of how a content at hand was written."""
    known = None if isinstance(file, Path) else file.settled
    return settled.over(known) if known else settled


def read_answers(path: Path) -> Answers:
    """The answers kept in a file, which need not all fit the next table; InputError with all that is wrong in it."""
    from allocator.data.source import KeptAnswers, read_strict

    kept = read_strict(path, KeptAnswers)
    return Answers(kept.columns, kept.numbers, kept.leave_out, kept.keep, kept.cells, kept.header, lenient=True)


def answers_text(answers: Answers, comment: str) -> str:
    """Content of the file that keeps these answers."""
    import yaml

    names = {"out": "leave_out", "kept": "keep"}
    held = {names.get(name, name): value for name, value in asdict(answers).items() if value and name != "lenient"}
    return f"# {comment}\n" + yaml.safe_dump(held, allow_unicode=True, sort_keys=False, width=10**6)


def unfitting(answers: Answers, headers: Sequence[str], rows: Iterable[str]) -> list[Oddity]:
    """What was settled of a file and does not fit it, as notes; the call says in the end what of its own fitted none.

    Args:
        answers: what is settled of how the file is read.
        headers: its headers as printed, levels joined by ` / `.
        rows: names of its rows, those left out, too.

    Raises:
        InputError: answers that are not lenient do not fit.
    """
    from allocator.data.findings import Oddity
    from allocator.data.meaning import LEVELS, comparable

    if not answers:
        return []
    call, rows = IN_FORCE.get(), [*rows]
    heads = {comparable(each) for header in headers for each in (header, *header.split(LEVELS))}
    names = {comparable(each) for each in rows}
    own = set(call.answers.options()) if call else set()
    fits: set[tuple[str, str]] = set()
    left: list[tuple[str, str]] = []
    for option, value in answers.options():
        about = value.rpartition("=")[0] if option == "--map" else value
        if option == "--numbers" or comparable(about) in (heads if option == "--map" else names):
            fits.add((option, value))
        elif (option, value) not in own:
            left.append((option, value))
    if call:
        call.fitting |= fits
        call.seen["headers"] += headers
        call.seen["rows"] += rows
    _refuse([] if answers.lenient else left, headers, rows)
    told = [value.rpartition("=")[0] or value for _, value in left]
    return [Oddity("note", "import.kept_unused", values={"names": told})] if left else []


@dataclass(frozen=True)
class PossibleAnswer:
    """One answer to a question.

    Attributes:
        option: the option of the command line that gives it, and its value: `--map`, `Số CN=workforce`.
        cells: some of the cells it is about, as printed.
    """

    option: str
    value: str
    cells: Sequence[str] = ()


@dataclass(frozen=True)
class OpenQuestion:
    """Something a person must settle.

    Attributes:
        about: what is asked, at its place, in the catalogue's words.
        choices: what may be answered, the likeliest first.
    """

    about: Fault
    choices: Sequence[PossibleAnswer]

    def record(self) -> dict[str, Any]:
        """The question as JSON has it; `question` is told in the reader's language."""
        return {"place": self.about.place, "question": self.about, "answers": [vars(each) for each in self.choices]}


class Unsettled(InputError):
    """A file cannot be read until questions are settled."""

    def __init__(self, questions: Sequence[OpenQuestion], faults: Sequence[Fault] = ()) -> None:
        super().__init__([*faults, *(each.about for each in questions)])
        self.questions = questions

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.questions, self.faults[: len(self.faults) - len(self.questions)])
