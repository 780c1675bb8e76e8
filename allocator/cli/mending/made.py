"""What mends a call, and the ways of mending that several faults share."""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import click

from allocator.cli.line import CallLine, options_of
from allocator.cli.mending.near import names_scenario, nearest_name, scenario_in, units_in
from allocator.errors import Fault, fault
from allocator.words import Words

RESULT = "ket-qua.json"
QUESTION_MARKS = ("?", "/?", "-?")
ONCE, IN_TURN, EITHER = "usage.type", "usage.type_in_turn", "usage.type_either"
EXAMPLE, SEE = "usage.type_example", "usage.see"
GROUPED = re.compile(r"[1-9]\d{0,2}(?:[.,' \u00a0\u202f]\d{3})+")
EXAMPLES = {"--set": "growth.realisation=0.3", "--out": RESULT}
"""Values of options that the example of a command does not show."""


@dataclass(frozen=True)
class Mend:
    """Calls that mend one, as the words after `allocator`.

    Attributes:
        calls: the calls.
        how: key of what is said above them: to type it, these in turn, one of these, it is an example, or to see.
        said: what is wrong in other words than the fault's, now that it is known what was meant.
    """

    calls: Sequence[list[str]]
    how: str = ONCE
    said: Fault | None = None


def figure_in(text: str) -> str | None:
    """The whole number that a text writes in another way.

    Example:
        >>> figure_in("1.000"), figure_in("６５００ người"), figure_in("12,5")
        ('1000', '6500', None)
    """
    text = re.sub(r"^\D+|\D+$", "", unicodedata.normalize("NFKC", text))
    return re.sub(r"\D", "", text) if text.isdecimal() or GROUPED.fullmatch(text) else None


def fresh(path: str) -> str:
    """A path that nothing is at yet, like one."""
    ways = (Path(path).with_stem(f"{Path(path).stem}-{n}") for n in count(2))
    return path if not Path(path).exists() else next(each for each in ways if not each.exists()).as_posix()


def example_of(name: str, option: str, words: Words) -> str | None:
    """A value of an option: that in the example of its command, or any command's."""
    line = shlex.split(words(f"cli.{name}.example"))
    shown = line[line.index(option) + 1] if option in line else EXAMPLES.get(option)
    return fresh(shown) if shown and option == "--out" else shown


def near_said(name: str, near: str) -> Fault:
    """That a name is unknown, and which it may be."""
    return fault("usage.near", name=name, near=near)


def with_part(line: CallLine, wrong: Fault, text: str, near: str) -> Mend | None:
    """The call with a part of the option that a fault is about replaced."""
    option = wrong.place.partition(" ")[0]
    for at, each in line.values:
        if option in each.opts and text in line.value(at):
            return Mend([line.put(at, line.value(at).replace(text, near, 1))])
    return None


def list_of_units(line: CallLine) -> list[str]:
    """The call that lists the units of the table that a call is about."""
    data = [word for each in ("--data", "--target") for value in line.given(each) for word in (each, value)]
    return ["run", *filter(None, [scenario_in(line)]), *data, "--format", "md"]


def made_one(line: CallLine, at: int) -> Mend | None:
    """The call with a name of several words that stands without quotation marks made one, of which `at` is a part."""
    kinds = dict(line.values)
    places = sorted([*kinds, *line.arguments])
    first = last = at
    while first - 1 in places and first not in kinds:
        first -= 1
    while last + 1 in line.arguments:
        last += 1
    return next(filter(None, (_one(line, first, end) for end in range(last, first, -1))), None)


def _one(line: CallLine, first: int, last: int) -> Mend | None:
    """The call with the words of some places as one value; None where that is none."""
    parts = [line.value(first), *line.words[first + 1 : last + 1]]
    text = " ".join(parts)
    option = dict(line.values).get(first)
    names, value = option.opts if option else [], None
    if "--unit" in names:
        value = nearest_name(text, units := units_in(line), 0.75)
        if value is None and units:
            return Mend([list_of_units(line)], SEE, fault("scenario.unknown_unit", name=text, near=units[:8]))
    elif "--set" in names and "=" in text and "=" not in parts[0][:-1]:
        key, _, value = text.partition("=")
        value = f"{key.strip()}={value.strip()}"
    elif option and isinstance(option.type, click.types.IntParamType):
        value = figure_in(text)
    elif "--formats" in names:
        value = ",".join(parts)
    elif Path(text).is_file():
        value = text
    return Mend([line.joined(first, last, value)], said=fault("usage.unquoted", text=text)) if value else None


def out_of_place(line: CallLine, at: int) -> Mend | None:
    """What mends a call in which a word is no argument, but part of something else."""
    text, options = line.words[at], options_of(line.command)
    if made := made_one(line, at):
        return made
    switch = f"--{text.lstrip('/')}"
    if text in QUESTION_MARKS and line.command:
        return Mend([[str(line.command.name), "--help"]], said=fault("usage.help"))
    if at in line.arguments and re.match(r"[\w.]+=.", text) and "--set" in options:
        return Mend([[*line.words[:at], "--set", *line.words[at:]]], said=fault("usage.setting", text))
    if text[:1] == "/" and switch in options:
        return Mend([[*line.words[:at], switch, *line.words[at + 1 :]]], said=near_said(text, switch))
    return None


def stored_first(line: CallLine, words: Words) -> Mend:
    """A result made, then verified."""
    scenario = [word for word in map(line.value, line.arguments) if names_scenario(word) and word[-5:] != ".json"]
    file = fresh(RESULT)
    return Mend([["run", *scenario, "--out", file], ["verify", file]], IN_TURN)
