"""The command line: parse, call, print. Each command is a module of this package, loaded only when it is called."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import wraps
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NoReturn

import click

from allocator import __version__
from allocator.cli.output import Result, kept_apart, result, say
from allocator.errors import AllocatorError, InfeasibleError, InputError, fault
from allocator.words import LANGUAGES, Words

if TYPE_CHECKING:
    from allocator.data.table import Table
    from allocator.model.scenario import Scenario

COMMANDS = (
    "run", "audit", "compare", "explain", "appeal", "verify", "sensitivity", "calibrate", "import", "report", "serve",
    "review", "unions", "plan", "synth", "scenarios", "schema",
)  # fmt: skip
HELP_NAMES = {"help_option_names": ["--help", "-h"]}
DEFAULT_SCENARIO = "an-giang-2017/base"
FORMATS = ("table", "csv", "md")
"""How `--format` may have a finding printed."""
NOT_TEXT = re.compile(r"[\ud800-\udfff]|\\(?:u|U0000)[dD][89a-fA-F][\da-fA-F]{2}")
"""Bytes that are not text in an argument, or halves of letters that YAML would read from `--set`."""


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

    def show(self, document: Any, text: Callable[[], object]) -> None:
        """Print `document` as one JSON object if that was asked for, else what `text` makes (or prints itself)."""
        if self.json:
            from allocator.files import json_text

            result().write(json_text(document))
        else:
            made = text()
            if isinstance(made, str):
                print(made, file=result())
        result().send()

    def note(self, text: str) -> None:
        """A line on standard error, where messages go."""
        say(text)


@dataclass(frozen=True)
class Given:
    """What SCENARIO, `--set` and `--data` name; read when it is asked for."""

    scenario: str
    settings: tuple[str, ...]
    data: str | None

    def load(self, edits: str | None = None) -> tuple[Table, Scenario]:
        """The table and the scenario."""
        from allocator.files import load_scenario

        return load_scenario(self.scenario, self.settings, self.data, edits)


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


def command(name: str) -> Callable[[Callable[..., None]], click.Command]:
    """Decorator: the function becomes the command `name`, is handed a `Call` first, and takes `--json` and `--lang`.

    Its help and its example come from the catalogue: `cli.NAME.help`, `cli.NAME.example`.
    """

    def wrap(function: Callable[..., None]) -> click.Command:
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


def scenario_options(function: Callable[..., None]) -> Callable[..., None]:
    """Decorator: adds the SCENARIO argument, `--set` and `--data`, handed over as one `Given` after the call."""

    @wraps(function)
    def bundled(call: Call, scenario: str, settings: tuple[str, ...], data: str | None, **others: Any) -> None:
        function(call, Given(scenario, settings, data), **others)

    return click.argument("scenario", default=DEFAULT_SCENARIO)(_changes(bundled))


def scenarios_options(function: Callable[..., None]) -> Callable[..., None]:
    """Decorator: the same for several scenarios, handed over as a list of `Given`."""

    @wraps(function)
    def bundled(call: Call, scenarios: tuple[str, ...], **others: Any) -> None:
        settings, data = others.pop("settings"), others.pop("data")
        function(call, [Given(each, settings, data) for each in scenarios], **others)

    return click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO SCENARIO…")(_changes(bundled))


def _changes(function: Callable[..., None]) -> Callable[..., None]:
    function = click.option("--data", metavar="FILE", help=HELP("cli.option.data"))(function)
    return click.option("--set", "settings", metavar="KEY=VALUE", multiple=True, help=HELP("cli.option.set"))(function)


@click.group(
    cls=_Commands,
    context_settings=HELP_NAMES,
    help=HELP("cli.help"),
    epilog=HELP("cli.epilog"),
)
@click.version_option(__version__)
def cli() -> None:
    """Root of all commands."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
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
            say(words("cli.error", message=each))
        if isinstance(error, InfeasibleError) and error.case is not None:
            from allocator.cli.infeasible import advice

            for each in advice(words, *error.case):
                say(each)
        return error.exit_status
    except click.ClickException as error:
        from allocator.cli.usage import usage_message

        say(words("cli.error", message=usage_message(words, error)))
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        say(words("cli.interrupted"))
        return 130
    except Exception as error:
        if os.environ.get("ALLOCATOR_DEBUG"):
            raise
        cause = fault("cli.internal", cause=f"{type(error).__name__}: {error}").told(words)
        say(words("cli.error", message=cause))
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
    say(Words(_language_asked(sys.argv[1:]))("cli.interrupted"))
    os._exit(130)


def _language_asked(arguments: Sequence[str]) -> str:
    """The language of error messages: `--lang` where it is given, else the locale's."""
    for before, after in zip(arguments, [*arguments[1:], ""], strict=True):
        asked = after if before == "--lang" else before.removeprefix("--lang=") if before.startswith("--lang=") else ""
        if asked in LANGUAGES:
            return asked
    return default_language()
