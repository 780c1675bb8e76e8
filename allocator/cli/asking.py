"""Questions as commands: what a question declares becomes its arguments and options, its finding is what they print."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from allocator.cli import HELP, Call, Given, command, scenario_options, scenarios_options
from allocator.cli.terminal import console
from allocator.questions import Argument, Case, Question

if TYPE_CHECKING:
    from allocator.finding import Finding

METAVARS = {"unit": "NAME", "file": "FILE"}


def command_of(question: Question) -> click.Command:
    """The command that asks a question and prints what it finds."""

    def one(call: Call, given: Given, **asked: Any) -> None:
        give(call, question.ask(case(given), **asked))

    def several(call: Call, given: list[Given], **asked: Any) -> None:
        give(call, question.ask([case(each) for each in given], **asked))

    def none(call: Call, **asked: Any) -> None:
        give(call, question.ask(**asked))

    function = {"case": scenario_options(one), "cases": scenarios_options(several), "nothing": none}[question.of]
    for argument in reversed(question.arguments):
        function = declared(question.name, argument)(function)
    return command(question.name)(function)


def declared(name: str, argument: Argument) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Decorator: what a question must be told, as an option or, where it is `positional`, as an argument."""
    kinds: dict[str, Any] = {
        "file": click.Path(path_type=Path),
        "members": click.IntRange(argument.low, argument.high),  # type: ignore[arg-type]
        "whole": int,
        "number": click.FloatRange(argument.low, argument.high),
        "choice": click.Choice(argument.choices),
    }
    kind = kinds.get(argument.kind)
    if argument.positional:
        return click.argument(argument.name, type=kind, required=argument.required)
    flag = argument.kind == "flag"
    shown = argument.default is not None and not flag and not argument.many
    return click.option(
        f"--{argument.name}",
        type=None if flag else kind,
        is_flag=flag,
        **({} if argument.default is None else {"default": argument.default}),
        required=argument.required,
        multiple=argument.many,
        show_default=shown,
        metavar=METAVARS.get(argument.kind),
        help=HELP(f"cli.{name}.{argument.name}"),
    )


def case(given: Given, edits: str | None = None) -> Case:
    """The case that a call names."""
    return Case(given.scenario, *given.load(edits))


def give(call: Call, finding: Finding) -> None:
    """Print a finding in the form that was asked for, and leave with its status."""
    from allocator.show.records import FORMATS, as_json
    from allocator.show.terminal import show

    if call.json:
        click.echo(as_json(finding, call.words), nl=False)
    elif call.form in FORMATS:
        click.echo(FORMATS[call.form](finding, call.words), nl=False)
    elif call.quiet:
        for line in finding.lines:
            click.echo(call.words.told(line))
    else:
        show(finding, call.words, console())
    if finding.status:
        click.get_current_context().exit(finding.status)
