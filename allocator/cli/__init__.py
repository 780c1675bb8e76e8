"""The command line: parse, call, print.

What a question declares becomes the arguments and options of its command, and its finding is what that prints. What
more a command does stands in a module of this package, loaded only when it is called.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from functools import partial, wraps
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from allocator.cli.output import result_stream, say_aside, settled, width
from allocator.data.answers import IN_FORCE, NUMBERS
from allocator.data.table import MOST_PERSONS
from allocator.questions import Argument, Case, Question
from allocator.words import LANGUAGES, Words

if TYPE_CHECKING:
    from allocator.data.findings import Oddity
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
    name = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
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

    def check(self) -> None:
        """Refuse an option on how files are read that fits none of those read; before anything is written."""
        if told := IN_FORCE.get():
            told.check()

    def show(self, document: Any, text: str) -> None:
        """Print `document` as one JSON object if that was asked for, else `text`."""
        from allocator.files import json_text

        self.check()
        result_stream().write(json_text(document) if self.json else text + "\n")
        result_stream().send()

    def give(self, finding: Finding) -> None:
        """Print a finding in the form that was asked for, and leave with its status."""
        from allocator.show.records import FORMATS, as_json
        from allocator.show.terminal import show

        self.check()
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

        self.check()
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

        invoke.__dict__["__click_params__"] = [*getattr(function, "__click_params__", [])]
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


def case(
    scenario: str, settings: tuple[str, ...], data: str | None, edits: str | None = None, target: int | None = None
) -> Case:
    """The case that SCENARIO, `--set`, `--data` and `--target` name."""
    from allocator.data.settings import is_table
    from allocator.files import load_scenario, read_scenario, scenario_path

    needed = target if is_table(scenario_path(scenario)) else None
    changed = settings or edits or target != needed
    begun = partial(load_scenario, scenario, (), data, None, needed)
    table, made, read = read_scenario(scenario, settings, data, edits, target)
    return Case(scenario, table, made, begun=begun if changed else None, settings=read)


target_option = option("--target", "cli.option.target", metavar="N", type=click.IntRange(0, MOST_PERSONS))
"""Decorator: adds `--target`."""


def reading_options(function: Command) -> Command:
    """Decorator: adds the options that settle how files are read, in force while the command works."""

    @wraps(function)
    def reading(call: Call, columns: Any, numbers: str | None, leave_out: Any, keep: Any, **given: Any) -> None:
        values = {"--map": columns, "--numbers": filter(None, [numbers]), "--leave-out": leave_out, "--keep": keep}
        options = ((name, value) for name, each in values.items() for value in each)
        settled(call.words, not (call.json or call.quiet), options, lambda: function(call, **given))

    many: dict[str, Any] = {"type": str, "multiple": True}
    made = option("--keep", "cli.option.keep", metavar="NAME", **many)(reading)
    made = option("--leave-out leave_out", "cli.option.leave_out", metavar="NAME", **many)(made)
    made = option("--numbers", "cli.option.numbers", type=click.Choice(NUMBERS))(made)
    return option("--map columns", "cli.option.map", metavar="HEADER=COLUMN", **many)(made)


def scenario_options(function: Command, several: bool = False) -> Command:
    """Decorator: adds SCENARIO and its options, handed over as a case after the call, of `several` as a list."""

    @wraps(function)
    def bundled(
        call: Call, scenario: Any, settings: Any, data: str | None, target: int | None, edits: Any = None, **others: Any
    ) -> None:
        made = [case(each, settings, data, edits, target) for each in (scenario if several else (scenario,))]
        call = replace(call, words=call.words.about(made[0].scenario.what))
        function(call, made if several else made[0], **others)

    many = {"nargs": -1, "required": True, "metavar": "SCENARIO SCENARIO…"}
    made = target_option(reading_options(bundled))
    made = option("--data", "cli.option.data", metavar="FILE", type=str)(made)
    made = option("--set settings", "cli.option.set", metavar="KEY=VALUE", type=str, multiple=True)(made)
    return click.argument("scenario", **(many if several else {"default": DEFAULT_SCENARIO}))(made)


def command_of(question: Question, function: Command | None = None) -> click.Command:
    """The command that asks a question and prints what it finds, or that `function` makes of it, its options included.

    `function` is handed the call, what the question is asked of, and what the question and its own options are told.
    """

    def asked(call: Call, *about: Any, **given: Any) -> None:
        call.give(with_reading(question.ask(*about, **given), *about))

    made = function or asked
    if question.of != "nothing":
        made = scenario_options(made, several=question.of == "cases")
    elif any(each.kind == "file" for each in question.arguments):
        made = reading_options(made)
    for argument in reversed(question.arguments):
        made = declared(question.name, argument)(made)
    return command(question.name)(made)


def with_reading(finding: Finding, *about: Case | list[Case]) -> Finding:
    """A finding with what is to be said of how the tables of its cases were read, last."""
    from allocator.finding import Section, say

    cases = [one for each in about for one in (each if isinstance(each, list) else [each])]
    notes: list[Oddity] = []
    for each in cases:
        notes += (note for note in each.table.notes if note not in notes)
    if not notes:
        return finding
    return replace(finding, sections=(*finding.sections, Section("reading", say("reading.title"), tuple(notes))))


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
