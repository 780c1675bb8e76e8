"""The command line: parse, call, print. Each command is a module of this package, loaded only when it is called."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from allocator.cli.output import result_stream, say_aside
from allocator.words import LANGUAGES, Words

if TYPE_CHECKING:
    from allocator.data.table import Table
    from allocator.model.scenario import Scenario

HELP_NAMES = {"help_option_names": ["--help", "-h"]}
DEFAULT_SCENARIO = "an-giang-2017/base"
FORMATS = ("table", "csv", "md")
"""How `--format` may have a finding printed."""


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

            result_stream().write(json_text(document))
        else:
            made = text()
            if isinstance(made, str):
                print(made, file=result_stream())
        result_stream().send()

    def note(self, text: str) -> None:
        """A line on standard error, where messages go."""
        say_aside(text)


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
