"""All commands as one: which there are, how a call of one ends, and what is said of whatever goes wrong."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NoReturn

import click

from allocator import __version__
from allocator.cli import HELP, HELP_NAMES, default_language
from allocator.cli.output import Result, kept_apart, pasted, say_aside, ways
from allocator.errors import AllocatorError, InfeasibleError, InputError, fault
from allocator.words import LANGUAGES, Words

if TYPE_CHECKING:
    from allocator.data.table import Table
    from allocator.model.scenario import Scenario

COMMANDS = (
    "run", "audit", "compare", "explain", "appeal", "verify", "sensitivity", "calibrate", "new", "import", "report",
    "serve", "review", "unions", "plan", "synth", "scenarios", "schema", "keys",
)  # fmt: skip
NOT_TEXT = re.compile(r"[\ud800-\udfff]|\\(?:u|U0000)[dD][89a-fA-F][\da-fA-F]{2}")
"""Bytes that are not text in an argument, or halves of letters that YAML would read from `--set`."""


class _Commands(click.Group):
    """The commands by name, imported one by one: `--help` loads none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        from allocator.questions import names

        return [*COMMANDS, *(name for name in names() if name not in COMMANDS)]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self.list_commands(ctx):
            return None
        with redirect_stdout(sys.stderr):
            if find_spec(module := f"allocator.cli.{name}"):
                found: click.Command = getattr(import_module(module), name)
                return found
            from allocator.cli.commands import command_named

            return command_named(name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and self.get_command(ctx, args[0]) is None:
            raise InputError(fault("usage.command", args[0], names=", ".join(self.list_commands(ctx))))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        words = Words(default_language())
        with formatter.section(words("cli.commands")):
            formatter.write_dl([(name, words(f"cli.{name}.help")) for name in self.list_commands(ctx)])


@click.group(cls=_Commands, context_settings=HELP_NAMES, help=HELP("cli.help"), epilog=HELP("cli.epilog"))
@click.version_option(__version__)
def cli() -> None:
    """Root of all commands."""


def run_command(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and leave with its exit status; whatever goes wrong is said in words, never as a traceback."""
    given = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    with kept_apart() as made:
        status = _status(given, made)
    sys.exit(status)


def _status(given: list[str], made: Result) -> int:
    """Exit status of a call; its result is in `made`, what went wrong is said."""
    words = Words(_language_asked(given))
    made.given = given
    try:
        _check(given, made)
        try:
            status = cli.main(given, prog_name="allocator", standalone_mode=False, obj=made)
        except SystemExit as left:  # click's completion in a shell
            status = left.code
        made.send()
        if made.answered:
            say_aside(words("cli.answered", call=pasted(made)))
    except AllocatorError as error:
        questions = getattr(error, "questions", ())
        for each in [] if questions else error.messages(words.language):
            say_aside(words("cli.error", message=each))
        for each in questions:
            say_aside("\n".join([words("cli.error", message=each.about.told(words)), *ways(words, made, each)]))
        if isinstance(error, InfeasibleError) and error.case is not None:
            for each in advice(words, *error.case):
                say_aside(each)
        return error.exit_status
    except click.ClickException as error:
        context, cause = getattr(error, "ctx", None), _cause(words, error) or error.format_message()
        command = context.command_path if context else "allocator"
        say_aside(words("cli.error", message=words("usage.message", cause=cause, command=command)))
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        say_aside(words("cli.interrupted"))
        return 130
    except Exception as error:
        if os.environ.get("ALLOCATOR_DEBUG"):
            raise
        cause = fault("cli.internal", cause=f"{type(error).__name__}: {error}").told(words)
        say_aside(words("cli.error", message=cause))
        return 2
    return status if isinstance(status, int) else 0


def _check(given: Sequence[str], made: Result) -> None:
    """Refuse what no command could use: a call without standard output, arguments that are not text."""
    if made.stream is None:
        raise InputError(fault("cli.output_closed"))
    odd = [os.fsencode(each).decode("utf-8", "backslashreplace") for each in given if NOT_TEXT.search(each)]
    if odd:
        raise InputError([fault("usage.not_text", each) for each in odd])


def leave(*_: object) -> NoReturn:
    """End an interrupted process at once, in words."""
    say_aside(Words(_language_asked(sys.argv[1:]))("cli.interrupted"))
    os._exit(130)


def _language_asked(arguments: Sequence[str]) -> str:
    """The language of error messages: `--lang` where it is given, else the locale's."""
    for before, after in zip(arguments, [*arguments[1:], ""], strict=True):
        asked = after if before == "--lang" else before.removeprefix("--lang=") if before.startswith("--lang=") else ""
        if asked in LANGUAGES:
            return asked
    return default_language()


def advice(words: Words, table: Table, scenario: Scenario) -> list[str]:
    """Lines that name the rules that cannot hold together and the remedies, the cheapest first; nothing is applied."""
    from allocator.why.remedies import collision

    found = collision(table, scenario)
    if found is None:
        return []
    rules = {key: ", ".join(each) if isinstance(each, tuple) else each for key, each in found.rules.items()}
    lines = [words("remedy.rules", rules=[f"{key}: {each}" for key, each in rules.items()])]
    if not found.remedies:
        return [*lines, words("remedy.none")]
    lines.append(words("remedy.title"))
    for remedy in found.remedies:
        changes = [str(each) for each in remedy.changes]
        lines.append(words("remedy.line", changes=changes, members=remedy.members, lots=remedy.lots))
        lines.append("  " + " ".join(remedy.options))
    return lines


def _cause(words: Words, error: click.ClickException) -> str | None:
    """What is wrong with a call; None where the catalogue has no sentence for it."""
    if isinstance(error, click.MissingParameter) and error.param is not None:
        return words("usage.missing", name=_name(error.param))
    if isinstance(error, click.BadParameter) and error.param is not None:
        accepted = _accepted(words, error.param.type)
        return None if accepted is None else words("usage.value", name=_name(error.param), accepted=accepted)
    if isinstance(error, click.NoSuchOption):
        return words("usage.option", name=error.option_name)
    if isinstance(error, click.BadOptionUsage):
        return words("usage.no_value", name=error.option_name)
    if type(error) is click.UsageError:
        return words("usage.extra")
    return None


def _name(param: click.Parameter) -> str:
    return max(param.opts, key=len) if isinstance(param, click.Option) else param.human_readable_name


def _accepted(words: Words, kind: click.ParamType[Any]) -> str | None:
    """What a parameter takes, to end the sentence that refuses what it was given."""
    if isinstance(kind, click.Choice):
        return words("usage.one_of", names=[str(each) for each in kind.choices])
    if not isinstance(kind, click.types.IntParamType | click.types.FloatParamType):
        return None
    name = "usage.whole" if isinstance(kind, click.types.IntParamType) else "usage.number"
    low, high = getattr(kind, "min", None), getattr(kind, "max", None)
    if low is not None and high is not None:
        return words(f"{name}_between", low=low, high=high)
    return words(name) if low is None else words(f"{name}_from", low=low)
