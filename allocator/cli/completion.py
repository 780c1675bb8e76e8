"""Completion in a shell: of commands and options by what there are, of values by what the call is about.

`allocator --completion SHELL` prints what switches it on; from then on the shell asks, through the variable of click,
what may follow. In bash the words are taken apart here: bash itself would part them at `=`, and quote nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click
from click import shell_completion
from click.shell_completion import CompletionItem

from allocator.cli.reader import COMPLETES

SCENARIOS = ("scenario", "against", "compare", "plan")
"""Parameters that are the name of a scenario, or a path."""
SCRIPT = """\
%(complete_func)s() {
    local IFS=$'\\n' each
    COMPREPLY=()
    for each in $(COMP_LINE="${COMP_LINE:0:COMP_POINT}" %(complete_var)s=bash_complete "$1"); do
        if [[ $each == *= || $each == */ ]]; then compopt -o nospace; fi
        COMPREPLY+=("$each")
    done
}
complete -F %(complete_func)s %(prog_name)s
"""


@shell_completion.add_completion_class
class Bash(shell_completion.ShellComplete):
    """Completion in bash: values with spaces are quoted, and what `=` parts from a value is left out.

    Unlike that of click its script is printed where there is no bash, too.
    """

    name, source_template = "bash", SCRIPT

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the last one, and that one."""
        line = os.environ["COMP_LINE"]
        words = shell_completion.split_arg_string(line)[1:]
        words += [""] if not words or ((line[-1:].isspace() and line[-2:-1] != "\\") and _closed(line)) else []
        self.begun = words[-1]
        self.bare = _closed(line)
        return words[:-1], self.begun

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """A value as it goes into the line."""
        value, before = str(item.value), self.begun[: self.begun.rfind("=") + 1]
        value = value.removeprefix(before)
        return "".join(f"\\{each}" if each in " '\"&;()$`\\|<>*?" else each for each in value) if self.bare else value


def _closed(line: str) -> bool:
    """Whether no quotation is open at the end of a line."""
    return line.count('"') % 2 == 0 and line.count("'") % 2 == 0


def script(command: click.Command, shell: str) -> str:
    """What switches completion on in a shell."""
    kind = shell_completion.get_completion_class(shell)
    assert kind is not None
    return kind(command, {}, "allocator", COMPLETES).source()


def possible_names(command: click.Command, context: click.Context, begun: str) -> list[CompletionItem[Any]]:
    """Options of a command, and commands of a group, that begin so, each with its help."""
    from allocator.words import Words, default_language

    words = Words(default_language())
    known: dict[str, str] = {}
    if begun.startswith("-"):
        options = [each for each in command.get_params(context) if isinstance(each, click.Option) and not each.hidden]
        known = {max(each.opts, key=len): str(each.help) for each in options}
    elif isinstance(command, click.Group):
        known = {each: f"cli.{each}.help" for each in command.list_commands(context)}
    shown = ((each, words(key) if key in words else None) for each, key in known.items() if each.startswith(begun))
    return [CompletionItem(each, help=text) for each, text in shown]


def possible_values(context: click.Context, param: click.Parameter, begun: str) -> list[CompletionItem[Any]]:
    """What the value of a parameter may be that begins so."""
    found: Callable[[click.Context, str], Iterable[str]] | None = KINDS.get(str(param.name))
    if found is None and isinstance(param.type, click.Choice):
        return param.type.shell_complete(context, param, begun)
    number = isinstance(param.type, click.types.IntParamType | click.types.FloatParamType)
    made = [] if number else (found or _paths)(context, begun)
    return [CompletionItem(each) for each in made if each.startswith(begun)]


def _paths(context: click.Context, begun: str) -> list[str]:
    """Files and folders that begin so."""
    folder = begun.rpartition("/")[0] + "/" if "/" in begun else ""
    held = sorted(Path(folder or ".").iterdir()) if Path(folder or ".").is_dir() else []
    return [f"{folder}{each.name}" + "/" * each.is_dir() for each in held if each.name[0] != "." or "/." in begun]


def _scenarios(context: click.Context, begun: str) -> list[str]:
    from allocator.files import builtin_scenarios

    return [*(name for name, _ in builtin_scenarios()), *_paths(context, begun)]


def _table(context: click.Context) -> tuple[Iterable[str], Iterable[str]]:
    """Units and columns of the table that a call is about."""
    from allocator.cli.mending.near import names_in_table, names_scenario

    told = context.params  # without arguments, where an option's value is still to come: these are left over
    scenario = next(filter(names_scenario, context.args), told.get("scenario"))
    return names_in_table(scenario if isinstance(scenario, str) else None, told.get("data"), told.get("target"))


def _settings(context: click.Context, begun: str) -> list[str]:
    """Keys of a scenario, and figures of the table once its name is there."""
    if begun.startswith("table."):
        units, columns = _table(context)
        return [f"table.{unit}.{column}=" for unit in units for column in columns]
    return [f"{each}=" for each in _keys(context, begun)]


def _keys(context: click.Context, begun: str) -> list[str]:
    from allocator.model.scenario import scenario_keys

    return [each.path for each in scenario_keys().once if "*" not in each.path]


def _columns(context: click.Context, begun: str) -> list[str]:
    """Columns that a header may be told to be, once it is there."""
    from allocator.data.meaning import OWN

    header, mark, _ = begun.rpartition("=")
    return [f"{header}={each}" for each in ("skip", *OWN)] if mark else []


KINDS: dict[str, Callable[[click.Context, str], Iterable[str]]] = {
    **dict.fromkeys(SCENARIOS, _scenarios),
    **dict.fromkeys(("unit", "grant"), lambda context, begun: _table(context)[0]),
    "settings": _settings,
    "key": _keys,
    "columns": _columns,
}
"""What the value of a parameter may be, by its name."""
