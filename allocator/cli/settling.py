"""How files are read, settled by the options that every command with a file takes, or asked at the terminal.

What is asked and not answered ends the call, with the call to paste under each question.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable

import click

from allocator.cli.output import Result, pasted, result_stream, say_aside
from allocator.data.answers import IN_FORCE, OpenQuestion, PossibleAnswer, Settled, Unsettled, answers_of
from allocator.data.findings import ColumnName
from allocator.words import Words

MOST_CHOICES = 8


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


def ways(words: Words, made: Result, question: OpenQuestion, *more: str) -> list[str]:
    """Lines under a question: each answer, and the call to paste that gives it, with what `more` it needs."""
    lines = []
    for each in question.choices[:MOST_CHOICES]:
        lines += [f"  {_shown(words, each)}", f"    {pasted(made, each.option, each.value, *more)}"]
    return lines
