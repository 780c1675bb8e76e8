"""Standard output belongs to the result alone, whatever libraries, solvers and child processes print.

While a command works, descriptor 1 is standard error. What the command makes is collected, and sent to the standard
output there was before: one that fails leaves it empty.

How files are read is settled here, too: by the options that every command with a file takes, or asked at the terminal.
What is asked and not answered ends the call, with the call to paste under each question.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import replace
from shutil import get_terminal_size
from time import monotonic
from typing import TYPE_CHECKING, Any, TextIO

import click

from allocator.data.answers import IN_FORCE, OpenQuestion, PossibleAnswer, Settled, Unsettled, answers_of
from allocator.data.findings import ColumnName
from allocator.errors import InputError, fault
from allocator.words import Words

if TYPE_CHECKING:
    from allocator.finding import Finding

KEPT = {"settings": "--set", "data": "--data", "target": "--target", "columns": "--map", "numbers": "--numbers",
        "leave_out": "--leave-out", "keep": "--keep", "lang": "--lang"}  # fmt: skip
"""Options by their parameter that a call to make next repeats."""
PLAIN_WIDTH = 100
MOST_CHOICES = 8


class Result(io.TextIOWrapper):
    """What goes to `stream`, collected; `stream` is None where the process was started without standard output.

    `given` are the words of the call, `answered` the options that give what was answered at the terminal.
    """

    def __init__(self, stream: TextIO | None) -> None:
        self._collected = io.BytesIO()
        super().__init__(self._collected, encoding="utf-8", errors="backslashreplace", newline="")
        self.stream = stream
        self.given: list[str] = []
        self.answered: list[tuple[str, str]] = []
        self._sent = 0

    def isatty(self) -> bool:
        """Whether it will be read in a terminal."""
        return self.stream is not None and self.stream.isatty()

    def send(self) -> None:
        """Write out what was collected since the last time; nothing is said to a reader who left.

        Raises:
            InputError: there is no standard output, or it takes no more.
        """
        self.flush()
        made = self._collected.getvalue()[self._sent :]
        self._sent += len(made)
        if self.stream is None:
            raise InputError(fault("cli.output_closed"))
        try:
            self.stream.write(made.decode())
            self.stream.flush()
        except BrokenPipeError:
            pass
        except OSError as error:
            raise InputError(fault("cli.output_full", cause=error.strerror)) from None


def result_stream() -> Result:
    """The result of the command at work."""
    found: Result = click.get_current_context().obj
    return found


def say_aside(text: str) -> None:
    """A line on standard error, where messages go; where that takes no more, nobody can be told."""
    try:
        click.echo(text, err=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # or what is left to write fails again when Python ends


@contextmanager
def kept_apart() -> Iterator[Result]:
    """The result, with descriptor 1 turned to standard error; all is put back at the end.

    What prints in Python reaches the result too, as click's help must: libraries are called under `redirect_stdout`.
    """
    for descriptor in range(3):
        # One that was closed leads nowhere: else the next file opened would be that standard stream.
        try:
            os.fstat(descriptor)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # the lowest that is free, this one
    before = sys.stdout
    with redirect_stderr(sys.stderr or open(os.devnull, "w", encoding="utf-8")):
        if hasattr(sys.stderr, "reconfigure"):
            sys.stderr.reconfigure(encoding="utf-8", errors="backslashreplace")
        kept = os.dup(1)
        own = None
        if before is not None:
            before.flush()
            with suppress(OSError, ValueError):  # no file
                if before.fileno() == 1:
                    own = open(kept, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        os.dup2(2, 1)
        try:
            made = Result(own or before)
            with redirect_stdout(made):
                yield made
        finally:
            if own is not None:
                with suppress(OSError):  # was told when it was sent
                    own.close()
            os.dup2(kept, 1)
            os.close(kept)


def width() -> int:
    """Columns that a result may take: those of the terminal it is read in, or that `COLUMNS` tells."""
    told = result_stream().isatty() or os.environ.get("COLUMNS", "").isdecimal()
    return get_terminal_size().columns if told else PLAIN_WIDTH


@contextmanager
def progress(text: str, total: int) -> Iterator[Callable[[int], None]]:
    """What is told how much of the total is done, and says it in a line on standard error.

    The line is shown once something has taken a second, only where that is a terminal, and gone at the end.
    """
    start, shown = monotonic(), ""

    def show(done: int) -> None:
        nonlocal shown
        if sys.stderr.isatty() and monotonic() - start > 1 and done < total:
            line = f"{text} {done / total:.0%}"
            print("\r" + line.ljust(len(shown)), end="", file=sys.stderr, flush=True)
            shown = line

    try:
        yield show
    finally:
        print("\r" + " " * len(shown) + "\r" if shown else "", end="", file=sys.stderr, flush=True)


def settled(words: Words, asks: bool, options: Iterable[tuple[str, str]], work: Callable[[], None]) -> None:
    """Do the work with what options settle of how files are read in force.

    It is done again after each time that something was asked: nothing is written before all files are read. Where it
    does not ask, as at no terminal, the question is raised.
    """
    told = Settled(answers_of(options))
    before = IN_FORCE.set(told)
    try:
        while True:
            try:
                return work()
            except Unsettled as error:
                can = asks and sys.stdin.isatty() and sys.stderr.isatty()
                if not (can and all(each.choices for each in error.questions)):
                    raise
                made = [_answer(words, each) for each in error.questions]
                result_stream().answered += made
                told.answers = answers_of(made).over(told.answers)
    finally:
        IN_FORCE.reset(before)


def _answer(words: Words, question: OpenQuestion) -> tuple[str, str]:
    """The option that the person at the terminal chooses."""
    say_aside(question.about.told(words))
    for at, each in enumerate(question.choices, 1):
        say_aside(f"  {at}  {_shown(words, each)}")
    count = len(question.choices)
    while not ((typed := click.prompt(words("cli.ask"), err=True)).isdecimal() and 1 <= int(typed) <= count):
        say_aside(words("usage.whole_between", low=1, high=count))
    chosen = question.choices[int(typed) - 1]
    return chosen.option, chosen.value


def _shown(words: Words, choice: PossibleAnswer) -> str:
    """A choice in words: the header and what it is taken for, or the value, and cells it is about."""
    text = choice.value
    if choice.option == "--map":
        header, _, name = choice.value.rpartition("=")
        text = f"{header} → {ColumnName(name).told(words)}"
    return f"{text} ({', '.join(choice.cells)})" if choice.cells else text


def pasted(made: Result, *more: str) -> str:
    """The call at work with what was answered, and with words more, quoted as a shell takes it."""
    return " ".join(shell([*made.given, *(word for pair in made.answered for word in pair), *more]))


def shell(call: Sequence[str]) -> list[str]:
    """The words of a call of this program, each quoted as a shell takes it; what writes to a file stays as it is."""
    import shlex
    import subprocess

    quoted = (subprocess.list2cmdline([each]) if os.name == "nt" else shlex.quote(each) for each in call)
    return ["allocator", *(">" if each == "'>'" else each for each in quoted)]


def following(call: Sequence[str], given: Mapping[str, Any], default: str) -> list[str]:
    """The words of a call to make next, on the scenario and with the settings of the one at work; none for none.

    Args:
        call: the command and its options, as a finding has them.
        given: the parameters of the call at work.
        default: the scenario where none is named.
    """
    if not call:
        return []
    if edits := given.get("edits"):  # which no other command takes
        call = ("run", "--edits", edits, "--save", "kept.yaml")
    about = given.get("scenario", default)
    about = about[-1] if isinstance(about, tuple) else about
    at = next((n for n, each in enumerate(call) if each.startswith("-")), len(call))
    return shell([*call[:at], *([] if about == default else [about]), *_repeated(given), *call[at:]])


def _repeated(given: Mapping[str, Any]) -> list[str]:
    """The words of the options that say what a call is about, and how files are read."""
    held = ((name, given.get(each)) for each, name in KEPT.items() if each != "data" or "scenario" in given)
    many = ((name, each if isinstance(each, tuple) else (each,)) for name, each in held)
    return [word for name, values in many for value in values if value is not None for word in (name, str(value))]


def told_apart(finding: Finding, words: Words) -> Finding:
    """An answer that is all about one unit, with how the tables were read said aside; another as it is."""
    aside = [each for each in finding.sections if finding.again and each.key == "reading"]
    for text in (text for each in aside for text in each.texts):
        say_aside(words.told(text))
    return replace(finding, sections=tuple(each for each in finding.sections if each not in aside))


def ways(words: Words, made: Result, question: OpenQuestion, *more: str) -> list[str]:
    """Lines under a question: each answer, and the call to paste that gives it, with what `more` it needs."""
    lines = []
    for each in question.choices[:MOST_CHOICES]:
        lines += [f"  {_shown(words, each)}", f"    {pasted(made, each.option, each.value, *more)}"]
    return lines
