"""What every command is told, and what it takes: a call, and the decorators that declare arguments and options.

What a question declares becomes the arguments and options of its command, and its finding is what that prints.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from functools import partial, wraps
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from allocator.cli.bilingual import Helped
from allocator.cli.output import following, result_stream, say_aside, told_apart, width
from allocator.cli.reader import DEFAULT_SCENARIO, HELP_NAMES, language_asked
from allocator.cli.settling import settled
from allocator.data.answers import IN_FORCE, NUMBERS
from allocator.data.table import MOST_PERSONS
from allocator.errors import InputError, fault
from allocator.questions import Argument, Case, Question, with_reading
from allocator.words import LANGUAGES, Words, default_language

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from allocator.finding import Finding
    from allocator.finding.view import View

FORMATS = ("table", "csv", "md")
"""How `--format` may have a finding printed."""
METAVARS = {"unit": "NAME", "file": "FILE", "share": "SHARE", "range": "NAME=LOW:HIGH"}
"""What help shows for the value of an argument, by its kind or its name, in capitals that the catalogues know."""
Command = Callable[..., None]


def completed(context: click.Context, param: click.Parameter, begun: str) -> list[CompletionItem[Any]]:
    """What the value of a parameter may be, for a shell."""
    from allocator.cli.completion import possible_values

    return possible_values(context, param, begun)


@dataclass(frozen=True)
class Call:
    """What every command is told: the language of its words, whether to print JSON, the form of tables, how much.

    Then what it is asked of, and which rows of the main table, where that is one of units.
    """

    words: Words
    json: bool
    form: str = "table"
    quiet: bool = False
    cases: tuple[Case, ...] = ()
    view: View | None = None

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
        from allocator.finding.view import viewed
        from allocator.show.records import FORMATS, as_json
        from allocator.show.terminal import show

        self.check()
        if self.view:
            finding = viewed(finding, self.view, self.cases[0].table, self.form == "csv")
        out = result_stream()
        if self.json:
            out.write(as_json(finding, self.words))
        elif self.form in FORMATS:
            out.write(FORMATS[self.form](finding.main, self.words) if finding.main else "")
        elif self.quiet:
            out.writelines(self.words.told(line) + "\n" for line in finding.lines)
        else:
            lang = None if self.words.language == default_language() else self.words.language
            given = {**click.get_current_context().params, "lang": lang}
            call = following(finding.following, given, DEFAULT_SCENARIO)
            out.write(show(told_apart(finding, self.words), self.words, width(), call))
        out.send()
        if finding.status:
            click.get_current_context().exit(finding.status)

    def store(self, path: Path, content: str | bytes) -> None:
        """Write a file that was asked for beside what is printed, and say so."""
        from allocator.writing import write_whole

        self.check()
        write_whole(path, content)
        say_aside(self.words("run.stored", file=path))


def command(name: str, table: bool = True) -> Callable[[Command], click.Command]:
    """Decorator: the function becomes the command `name`, is handed a `Call` first, and takes `--json` and `--lang`.

    Its help and its example come from the catalogue: `cli.NAME.help`, `cli.NAME.example`. One that makes no `table`
    refuses `--format`.
    """

    def wrap(function: Command) -> click.Command:
        @wraps(function)
        def invoke(json: bool, lang: str | None, form: str | None, quiet: bool, **given: Any) -> None:
            words = Words(language_asked(result_stream().given))
            named = {"--format": form, "--json": json, "-q": quiet and not json}  # JSON says no more without it
            one, other, *_ = [*(each for each, told in named.items() if told), None, None]
            if one and other:
                raise InputError(fault("usage.apart", one=one, other=other))
            if form and not table:
                raise InputError(fault("usage.no_table", "--format"))
            with redirect_stdout(sys.stderr):
                function(Call(words, json, form or FORMATS[0], quiet), **given)

        made = click.command(name, cls=Helped, context_settings=HELP_NAMES)(invoke)
        made.params += [
            click.Option(["--json"], is_flag=True, help="cli.option.json"),
            click.Option(["--format", "form"], type=click.Choice(FORMATS), help="cli.option.format", hidden=not table),
            click.Option(["-q", "quiet"], is_flag=True, help="cli.option.quiet"),
            click.Option(["--lang"], type=click.Choice(LANGUAGES), help="cli.option.lang"),
        ]
        return made

    return wrap


def option(name: str, key: str, **given: Any) -> Callable[[Command], Command]:
    """Decorator: an option, its help under `key`, its value a path where nothing else is said."""
    return click.option(
        *name.split(), help=key, shell_complete=completed, **({"type": click.Path(path_type=Path)} | given)
    )


def case(
    scenario: str, settings: tuple[str, ...], data: str | None, edits: str | None = None, target: int | None = None,
    check: bool = True,
) -> Case:  # fmt: skip
    """The case that SCENARIO, `--set`, `--data` and `--target` name; whether it fits its table is a `check`."""
    from allocator.data.settings import is_table
    from allocator.files import load_scenario, read_scenario, scenario_path

    needed = target if is_table(scenario_path(scenario)) else None
    changed = settings or edits or target != needed
    begun = partial(load_scenario, scenario, (), data, None, needed)
    table, made, read = read_scenario(scenario, settings, data, edits, target, check)
    return Case(scenario, table, made, begun=begun if changed else None, settings=read)


target_option = option("--target", "cli.option.target", metavar="N", type=click.IntRange(0, MOST_PERSONS))
"""Decorator: adds `--target`."""


def reading_options(function: Command) -> Command:
    """Decorator: adds the options that settle how files are read, in force while the command works."""
    many: dict[str, Any] = {"type": str, "multiple": True}

    @option("--map columns", "cli.option.map", metavar="HEADER=COLUMN", **many)
    @option("--numbers", "cli.option.numbers", type=click.Choice(NUMBERS))
    @option("--leave-out", "cli.option.leave_out", metavar="NAME", **many)
    @option("--keep", "cli.option.keep", metavar="NAME", **many)
    @wraps(function)
    def reading(call: Call, columns: Any, numbers: str | None, leave_out: Any, keep: Any, **given: Any) -> None:
        values = {"--map": columns, "--numbers": filter(None, [numbers]), "--leave-out": leave_out, "--keep": keep}
        options = ((name, value) for name, each in values.items() for value in each)
        settled(call.words, not (call.json or call.quiet), options, lambda: function(call, **given))

    return reading


def scenario_options(function: Command, several: bool = False) -> Command:
    """Decorator: adds SCENARIO and its options, handed over as a case after the call, of `several` as a list."""
    many = {"nargs": -1, "required": True, "metavar": "SCENARIO SCENARIO…"}

    @click.argument("scenario", shell_complete=completed, **(many if several else {"default": DEFAULT_SCENARIO}))
    @option("--set settings", "cli.option.set", metavar="KEY=VALUE", type=str, multiple=True)
    @option("--data", "cli.option.data", metavar="FILE", type=str)
    @target_option
    @reading_options
    @wraps(function)
    def bundled(
        call: Call, scenario: Any, settings: Any, data: str | None, target: int | None, edits: Any = None, **others: Any
    ) -> None:
        given = scenario if several else (scenario,)  # of years in a row the later ones have tables made of the first
        made = [case(each, settings, data, edits, target, not at) for at, each in enumerate(given)]
        call = replace(call, words=call.words.about(made[0].scenario.what), cases=tuple(made))
        function(call, made if several else made[0], **others)

    return bundled


def view_options(function: Command, own_unit: bool) -> Command:
    """Decorator: adds the options that say which rows of the main table are shown, and how.

    They are refused where no table is printed. One with an `own_unit` means something else by `--unit`.
    """

    @option("--sort", "cli.option.sort", metavar="COLUMN", type=str)
    @option("--by", "cli.option.by", metavar="COLUMN", type=str)
    @option("--top", "cli.option.top", metavar="N", type=click.IntRange(1))
    @wraps(function)
    def viewing(call: Call, *about: Any, by: str | None, sort: str | None, top: int | None, **given: Any) -> None:
        from allocator.finding.view import View

        units = () if own_unit else given.pop("unit")
        view = View(units, by or "", sort or "", top)
        if view.options and (call.json or call.quiet):
            other = "--json" if call.json else "-q"
            raise InputError(fault("view.no_table", view.options[0], options=view.options, other=other))
        function(replace(call, view=view if view.options else None), *about, **given)

    several = option("--unit", "cli.option.unit", metavar="NAME", type=str, multiple=True)
    return viewing if own_unit else several(viewing)


def command_of(question: Question, function: Command | None = None) -> click.Command:
    """The command that asks a question and prints what it finds, or that `function` makes of it, its options included.

    `function` is handed the call, what the question is asked of, and what the question and its own options are told.
    """

    def asked(call: Call, *about: Any, **given: Any) -> None:
        call.give(with_reading(question.ask(*about, **given), *about))

    made = function or asked
    if question.of != "nothing":
        own = any(each.name == "unit" for each in question.arguments)
        made = scenario_options(view_options(made, own), several=question.of == "cases")
    elif any(each.kind == "file" for each in question.arguments):
        made = reading_options(made)
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
        return click.argument(argument.name, type=kind, required=argument.required, shell_complete=completed)
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
