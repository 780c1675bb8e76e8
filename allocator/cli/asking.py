"""Questions as commands: what a question declares becomes its arguments and options, its finding is what they print."""

from __future__ import annotations

from collections.abc import Callable
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from allocator.cli import HELP, Call, Given, command, scenario_options, scenarios_options
from allocator.cli.output import result_stream
from allocator.cli.terminal import width
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


class Real(click.FloatRange):
    """A number that is one."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number; a usage error for what is none."""
        made = super().convert(value, param, ctx)
        if isnan(made):
            self.fail("nan", param, ctx)
        return made


def declared(
    name: str, argument: Argument, required: bool = True
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Decorator: what a question must be told, as an option or, where it is `positional`, as an argument.

    Where it is not `required`, whatever it is, it may be left out: the command does without the answer.
    """
    kinds: dict[str, Any] = {
        "file": click.Path(path_type=Path),
        "members": click.IntRange(argument.low, argument.high),  # type: ignore[arg-type]
        "whole": int,
        "number": Real(argument.low, argument.high),
        "choice": click.Choice(argument.choices),
    }
    kind = kinds.get(argument.kind)
    if argument.positional and required:
        return click.argument(argument.name, type=kind, required=argument.required)
    flag = argument.kind == "flag"
    shown = argument.default is not None and not flag and not argument.many
    return click.option(
        f"--{argument.name}",
        type=None if flag else kind,
        is_flag=True if flag else None,
        **({} if argument.default is None else {"default": argument.default}),
        required=argument.required and required,
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

    out = result_stream()
    if call.json:
        out.write(as_json(finding, call.words))
    elif call.form in FORMATS:
        out.write(FORMATS[call.form](finding, call.words))
    elif call.quiet:
        out.writelines(call.words.told(line) + "\n" for line in finding.lines)
    else:
        out.write(show(finding, call.words, width()))
    out.send()
    if finding.status:
        click.get_current_context().exit(finding.status)
