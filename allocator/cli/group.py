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
from allocator.cli.bilingual import Helped
from allocator.cli.line import CallLine
from allocator.cli.output import Result, kept_apart, pasted, say_aside
from allocator.cli.reader import COMMANDS, COMPLETES, HELP_NAMES, SHELLS, language_asked
from allocator.errors import AllocatorError, InputError, fault
from allocator.words import LANGUAGES, Words

NOT_TEXT = re.compile(r"[\ud800-\udfff]|\\(?:u|U0000)[dD][89a-fA-F][\da-fA-F]{2}")
"""Bytes that are not text in an argument, or halves of letters that YAML would read from `--set`."""


class _Commands(Helped, click.Group):
    """The commands by name, imported one by one: `--help` loads none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        from allocator.questions import names

        known = sum(COMMANDS.values(), ())
        return [*known, *(name for name in names() if name not in known)]

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
            raise InputError(fault("usage.command", args[0], names=self.list_commands(ctx)))
        return super().resolve_command(ctx, args)


def completion(context: click.Context, _: click.Parameter, shell: str | None) -> None:
    """Print what switches completion on in a shell, and end."""
    if shell is not None and not context.resilient_parsing:
        from allocator.cli.completion import script

        click.echo(script(context.command, shell))
        context.exit()


@click.group(cls=_Commands, context_settings=HELP_NAMES)
@click.version_option(__version__, help="cli.option.version")
@click.option("--lang", type=click.Choice(LANGUAGES), help="cli.option.lang")
@click.option("--completion", type=click.Choice(SHELLS), is_eager=True, expose_value=False, callback=completion,
              help="cli.option.completion")  # fmt: skip
def cli(lang: str | None) -> None:
    """Root of all commands; `--lang` is heeded wherever it stands."""


def run_command(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and leave with its exit status; whatever goes wrong is said in words, never as a traceback."""
    given = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    with kept_apart() as made:
        status = _status(given, made)
    sys.exit(status)


def _status(given: list[str], made: Result) -> int:
    """Exit status of a call; its result is in `made`, what went wrong is said."""
    words = Words(language_asked(given))
    made.given = given
    try:
        _check(given, made)
        if COMPLETES in os.environ:
            import allocator.cli.completion  # noqa: F401  # by which click completes in bash
        try:
            status = cli.main(given, prog_name="allocator", standalone_mode=False, obj=made)
        except SystemExit as left:  # click's completion in a shell
            status = left.code
        made.send()
        if made.answered:
            say_aside(words("cli.answered", call=pasted(made)))
    except (AllocatorError, click.ClickException) as error:
        for each in _refused(words, made, error):
            say_aside(each)
        return error.exit_status if isinstance(error, AllocatorError) else error.exit_code
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


def _refused(words: Words, made: Result, error: AllocatorError | click.ClickException) -> list[str]:
    """Lines on what is wrong with a call or its files, and on what mends it."""
    if questions := getattr(error, "questions", ()):
        from allocator.cli.settling import ways

        told = ((words("cli.error", message=each.about.told(words)), ways(words, made, each)) for each in questions)
        return ["\n".join([first, *more]) for first, more in told]
    from allocator.cli.refusing import infeasible, refusal, usage_fault

    faults = error.faults if isinstance(error, AllocatorError) else (usage_fault(error),)
    try:
        line = line_of(made.given)
        return [*refusal(words, line, faults), *infeasible(words, line, error)]
    except Exception:  # what is wrong is told, whatever keeps it from being mended
        if os.environ.get("ALLOCATOR_DEBUG"):
            raise
        return [words("cli.error", message=each.told(words)) for each in faults]


def line_of(given: Sequence[str]) -> CallLine:
    """A call taken apart by the command it names."""
    context = click.Context(cli)
    known = cli.list_commands(context)
    early = bool(given) and given[0].startswith("-")  # options, and what belongs to them
    at = next((at for at, word in enumerate(given) if word in known or not early), len(given))
    command = cli.get_command(context, given[at]) if at < len(given) and given[at] in known else None
    return CallLine(tuple(given), command, at)


def _check(given: Sequence[str], made: Result) -> None:
    """Refuse what no command could use: a call without standard output, arguments that are not text."""
    if made.stream is None:
        raise InputError(fault("cli.output_closed"))
    line = line_of(given)
    if line.alone:
        raise InputError(fault("usage.alone", name=line.alone))
    odd = [os.fsencode(each).decode("utf-8", "backslashreplace") for each in given if NOT_TEXT.search(each)]
    if odd:
        raise InputError([fault("usage.not_text", each) for each in odd])


def leave(*_: object) -> NoReturn:
    """End an interrupted process at once, in words."""
    say_aside(Words(language_asked(sys.argv[1:]))("cli.interrupted"))
    os._exit(130)
