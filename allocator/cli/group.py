"""All commands as one: which there are, how a call of one ends, and what is said of whatever goes wrong."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from importlib import import_module
from importlib.util import find_spec
from typing import NoReturn

import click

from allocator import __version__
from allocator.cli import HELP, HELP_NAMES, default_language
from allocator.cli.output import Result, kept_apart, say_aside
from allocator.errors import AllocatorError, InfeasibleError, InputError, fault
from allocator.words import LANGUAGES, Words

COMMANDS = (
    "run", "audit", "compare", "explain", "appeal", "verify", "sensitivity", "calibrate", "import", "report", "serve",
    "review", "unions", "plan", "synth", "scenarios", "schema",
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
            if find_spec(module := f"allocator.cli.{name}_" if name == "import" else f"allocator.cli.{name}"):
                return next(each for each in vars(import_module(module)).values() if isinstance(each, click.Command))
            from allocator.cli.asking import command_of
            from allocator.questions import find

            return command_of(find(name))

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


@click.group(
    cls=_Commands,
    context_settings=HELP_NAMES,
    help=HELP("cli.help"),
    epilog=HELP("cli.epilog"),
)
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
    try:
        _check(given, made)
        try:
            status = cli.main(given, prog_name="allocator", standalone_mode=False, obj=made)
        except SystemExit as left:  # click's completion in a shell
            status = left.code
        made.send()
    except AllocatorError as error:
        for each in error.messages(words.language):
            say_aside(words("cli.error", message=each))
        if isinstance(error, InfeasibleError) and error.case is not None:
            from allocator.cli.infeasible import advice

            for each in advice(words, *error.case):
                say_aside(each)
        return error.exit_status
    except click.ClickException as error:
        from allocator.cli.usage import usage_message

        say_aside(words("cli.error", message=usage_message(words, error)))
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
