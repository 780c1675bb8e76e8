"""What mends a call that the command line refuses: names of commands and options, what is missing or too much."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from allocator.cli.line import CallLine, options_of
from allocator.cli.mending.made import (
    EITHER,
    EXAMPLE,
    ONCE,
    QUESTION_MARKS,
    SEE,
    Mend,
    example_of,
    figure_in,
    made_one,
    near_said,
    out_of_place,
    stored_first,
)  # fmt: skip
from allocator.cli.mending.near import meant, names_scenario, nearest_name, units_in
from allocator.data.settings import YAML
from allocator.errors import Fault, fault
from allocator.words import Words


def for_command(line: CallLine, wrong: Fault, words: Words) -> Mend:
    """A command that there is none of."""
    known: list[str] = wrong.values["names"]
    name, rest = line.words[line.at], list(line.words[line.at + 1 :])
    following = next((each for each in rest if each in known), None)
    if name == "help" or name in QUESTION_MARKS:
        return Mend([[*filter(None, [following]), "--help"]], said=fault("usage.help"))
    if names_scenario(name):
        others = [each for each in rest if each != following]
        return Mend([[following or "run", name, *others]], said=fault("usage.no_command", name))
    if name == "version":
        return Mend([["--version"]])
    if near := meant(name, known):
        return Mend([[near, *line.words[: line.at], *rest]], said=near_said(name, near))
    return Mend([["--help"]], SEE)


def for_option(line: CallLine, wrong: Fault, words: Words) -> Mend | None:
    """An option that the command does not have: the nearest, or the call without it."""
    at = next((at for at, word in enumerate(line.words) if word.startswith(wrong.values["name"])), None)
    if at is None or line.command is None:
        return None
    name, mark, value = line.words[at].partition("=")
    if near := meant(name, sorted(options_of(line.command), key=len, reverse=True)):
        return Mend([[*line.words[:at], near + mark + value, *line.words[at + 1 :]]], said=near_said(name, near))
    alone = bool(mark) or at + 1 == len(line.words) or line.words[at + 1].startswith("-")
    return Mend([[*line.words[:at], *line.words[at + (1 if alone else 2) :]]])


def for_early_option(line: CallLine, wrong: Fault, words: Words) -> Mend | None:
    """Options before the command, which takes them after its name; `run` where none is named."""
    option = str(wrong.values["name"])
    if line.command is None and option.lower() in ("-v", "-?"):
        near = "--version" if option.lower() == "-v" else "--help"
        return Mend([[near]], said=near_said(option, near))
    name = line.words[line.at : line.at + 1]
    made = CallLine((*(name or ["run"]), *line.words[: line.at], *line.words[line.at + 1 :]), line.command, 0)
    unknown = line.command is not None and option not in options_of(line.command)
    return for_option(made, wrong, words) if unknown else Mend([[*made.words]])


def for_value(line: CallLine, wrong: Fault, words: Words) -> Any:
    """A value that an option does not take."""
    param: click.Option = wrong.values["param"]
    at = next((at for at, each in reversed(line.values) if each is param), None)
    if at is None:
        return None
    text = line.value(at)
    if isinstance(param.type, click.Choice):
        choices = [str(each) for each in param.type.choices]
        near, other = nearest_name(text, choices), f"--{text}"
        if near is None and other in options_of(line.command):
            return Mend([[*line.without(at), other]], said=near_said(f"--format {text}", other))
        return line.put(at, near) if near else Mend([line.put(at, each) for each in choices], EITHER)
    if made := made_one(line, at):
        return made
    number = figure_in(text)
    if not isinstance(param.type, click.types.IntParamType):
        return None
    if number is None:
        return Mend([line.put(at, str(param.default))], EXAMPLE) if isinstance(param.default, int) else None
    low, high = getattr(param.type, "min", None) or 0, getattr(param.type, "max", None) or int(number)
    within = low <= int(number) <= high
    return line.put(at, number if within else str(param.default if isinstance(param.default, int) else max(low, 1)))


def for_no_value(line: CallLine, wrong: Fault, words: Words) -> Any:
    """An option without its value, or a switch with one."""
    name = str(wrong.values["name"])
    at = next((at for at, word in enumerate(line.words) if word.partition("=")[0] == name), None)
    if at is None or line.command is None:
        return None
    option = options_of(line.command)[name]
    if option.is_flag:
        return [*line.words[:at], name, *line.words[at + 1 :]]
    kind = option.type
    default = option.default if isinstance(option.default, int | str) else None
    value = kind.choices[0] if isinstance(kind, click.Choice) else example_of(str(line.command.name), name, words)
    value = value or default
    return None if value is None else Mend([[*line.words[: at + 1], str(value), *line.words[at + 1 :]]], EXAMPLE)


def for_extra(line: CallLine, wrong: Fault, words: Words) -> Mend:
    """More arguments than the command takes."""
    for at in line.arguments:
        if made := out_of_place(line, at):
            return made
    places, name = line.arguments, line.command.name if line.command else None
    if name in ("run", "explain") and all(names_scenario(line.value(at)) for at in places):
        return Mend([["compare", *line.words[line.at + 1 :]]], said=fault("usage.one_scenario"))
    taken = sum(isinstance(each, click.Argument) for each in line.command.params) if line.command else 0
    return Mend([line.without(*places[taken:])])


def for_missing(line: CallLine, wrong: Fault, words: Words) -> Mend | None:
    """Required options, filled from the arguments that can be theirs, then from the example of the command."""
    command, left = line.command, list(line.arguments)
    if command is None:
        return None
    given = {id(each) for _, each in line.values}
    lacking = [e for e in command.params if isinstance(e, click.Option) and e.required and id(e) not in given]
    more, how = list[str](), ONCE
    for option in lacking:
        name = max(option.opts, key=len)
        at, value = _fitting(line, option, left)
        if at is not None:
            left.remove(at)
        elif value := None if name == "--progress" else example_of(str(command.name), name, words):
            how = EXAMPLE
        else:
            return None
        more += [name, str(value)]
    if not lacking:
        return stored_first(line, words) if command.name == "verify" else None
    return Mend([[*(word for at, word in enumerate(line.words) if at in left or at not in line.arguments), *more]], how)


def _fitting(line: CallLine, option: click.Option, places: Iterable[int]) -> tuple[int | None, str | None]:
    """Position and value of an argument that an option is probably meant to have."""
    for at in places:
        text = line.value(at)
        whole = isinstance(option.type, click.types.IntParamType) and figure_in(text)
        unit = "--unit" in option.opts and nearest_name(text, units_in(line))
        table = "--progress" in option.opts and Path(text).is_file() and Path(text).suffix not in YAML
        if value := whole or unit or (table and text):
            return at, value
    return None, None


def for_apart(line: CallLine, wrong: Fault, words: Words) -> Mend:
    """Two options of which a call takes one."""
    flat = dict((at - 1, at) for at, _ in line.values if not line.words[at].startswith("--"))
    ways = []
    for name in (wrong.values["one"], wrong.values["other"]):
        said = [at for at, word in enumerate(line.words) if word.partition("=")[0] == name]
        ways.append(line.without(*said, *(flat.get(at, at) for at in said)))
    return Mend(ways[::-1], EITHER)
