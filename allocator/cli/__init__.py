"""The command line: parse, call, print.

What a question declares becomes the arguments and options of its command, and its finding is what that prints. What
more a command does stands in a module of this package, loaded only when it is called.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import wraps
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from allocator.cli.output import result_stream, say_aside, width
from allocator.questions import Argument, Case, Question
from allocator.words import LANGUAGES, Words

if TYPE_CHECKING:
    from allocator.finding import Finding

HELP_NAMES = {"help_option_names": ["--help", "-h"]}
DEFAULT_SCENARIO = "an-giang-2017/base"
FORMATS = ("table", "csv", "md")
"""How `--format` may have a finding printed."""
METAVARS = {"unit": "NAME", "file": "FILE", "range": "NAME=LOW:HIGH"}
"""What help shows for the value of an argument, by its kind or its name."""
Command = Callable[..., None]


def default_language() -> str:
    """The language of the environment's locale if there is a catalogue for it, else English."""
    names = [os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    name = next((each for each in names if each), "")
    if not name and sys.platform == "win32":
        import locale

        name = locale.getlocale()[0] or ""
    return "vi" if name.lower().startswith(("vi", "vietnam")) else "en"


HELP = Words(default_language())
"""The words of `--help`, which is made before `--lang` is read."""


@dataclass(frozen=True)
class Call:
    """What every command is told: the language of its words, whether to print JSON, the form of tables, how much."""

    words: Words
    json: bool
    form: str = "table"
    quiet: bool = False

    def show(self, document: Any, text: str) -> None:
        """Print `document` as one JSON object if that was asked for, else `text`."""
        from allocator.files import json_text

        result_stream().write(json_text(document) if self.json else text + "\n")
        result_stream().send()

    def give(self, finding: Finding) -> None:
        """Print a finding in the form that was asked for, and leave with its status."""
        from allocator.show.records import FORMATS, as_json
        from allocator.show.terminal import show

        out = result_stream()
        if self.json:
            out.write(as_json(finding, self.words))
        elif self.form in FORMATS:
            out.write(FORMATS[self.form](finding, self.words))
        elif self.quiet:
            out.writelines(self.words.told(line) + "\n" for line in finding.lines)
        else:
            out.write(show(finding, self.words, width()))
        out.send()
        if finding.status:
            click.get_current_context().exit(finding.status)

    def store(self, path: Path, content: str | bytes) -> None:
        """Write a file that was asked for beside what is printed, and say so."""
        from allocator.writing import write_whole

        write_whole(path, content)
        say_aside(self.words("run.stored", file=path))


def command(name: str) -> Callable[[Command], click.Command]:
    """Decorator: the function becomes the command `name`, is handed a `Call` first, and takes `--json` and `--lang`.

    Its help and its example come from the catalogue: `cli.NAME.help`, `cli.NAME.example`.
    """

    def wrap(function: Command) -> click.Command:
        def invoke(json: bool, lang: str | None, form: str, quiet: bool, **given: Any) -> None:
            with redirect_stdout(sys.stderr):
                function(Call(Words(lang or default_language()), json, form, quiet), **given)

        invoke.__dict__.update(getattr(function, "__dict__", {}))
        example = HELP(f"cli.{name}.example")
        made = click.command(
            name,
            context_settings=HELP_NAMES,
            help=HELP(f"cli.{name}.help"),
            epilog=f"\b\n{HELP('cli.example')}\n  {example}",
        )(invoke)
        made.params += [
            click.Option(["--json"], is_flag=True, help=HELP("cli.option.json")),
            click.Option(
                ["--format", "form"], type=click.Choice(FORMATS), default="table", help=HELP("cli.option.format")
            ),
            click.Option(["-q", "quiet"], is_flag=True, help=HELP("cli.option.quiet")),
            click.Option(["--lang"], type=click.Choice(LANGUAGES), help=HELP("cli.option.lang")),
        ]
        return made

    return wrap


def option(name: str, key: str, **given: Any) -> Callable[[Command], Command]:
    """Decorator: an option, its help under `key`, its value a path where nothing else is said."""
    return click.option(*name.split(), help=HELP(key), **({"type": click.Path(path_type=Path)} | given))


def case(scenario: str, settings: tuple[str, ...], data: str | None, edits: str | None = None) -> Case:
    """The case that SCENARIO, `--set` and `--data` name."""
    from allocator.files import load_scenario

    return Case(scenario, *load_scenario(scenario, settings, data, edits))


def scenario_options(function: Command, several: bool = False) -> Command:
    """Decorator: adds SCENARIO, `--set` and `--data`, handed over as a case after the call, of `several` as a list."""

    @wraps(function)
    def bundled(call: Call, scenario: Any, settings: Any, data: str | None, edits: Any = None, **others: Any) -> None:
        made = [case(each, settings, data, edits) for each in (scenario if several else (scenario,))]
        function(call, made if several else made[0], **others)

    many = {"nargs": -1, "required": True, "metavar": "SCENARIO SCENARIO…"}
    made = option("--data", "cli.option.data", metavar="FILE", type=str)(bundled)
    made = option("--set settings", "cli.option.set", metavar="KEY=VALUE", type=str, multiple=True)(made)
    return click.argument("scenario", **(many if several else {"default": DEFAULT_SCENARIO}))(made)


def command_of(question: Question, function: Command | None = None) -> click.Command:
    """The command that asks a question and prints what it finds, or that `function` makes of it, its options included.

    `function` is handed the call, what the question is asked of, and what the question and its own options are told.
    """

    def asked(call: Call, *about: Any, **given: Any) -> None:
        call.give(question.ask(*about, **given))

    made = function or asked
    if question.of != "nothing":
        made = scenario_options(made, several=question.of == "cases")
    for argument in reversed(question.arguments):
        made = declared(question.name, argument)(made)
    return command(question.name)(made)


class Real(click.FloatRange):
    """A number that is one."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number; a usage error for what is none."""
        made = super().convert(value, param, ctx)
        if isnan(made):
            self.fail("nan", param, ctx)
        return made


def declared(name: str, argument: Argument, required: bool = True) -> Callable[[Command], Command]:
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
    kind, flag = kinds.get(argument.kind), argument.kind == "flag"
    if argument.positional and required:
        return click.argument(argument.name, type=kind, required=argument.required)
    return option(
        f"--{argument.name}",
        f"cli.{name}.{argument.name}",
        type=kind,
        is_flag=flag or None,
        **({} if argument.default is None else {"default": argument.default}),
        required=argument.required and required,
        multiple=argument.many,
        show_default=argument.default is not None and not flag and not argument.many,
        metavar=METAVARS.get(argument.name, METAVARS.get(argument.kind)),
    )
