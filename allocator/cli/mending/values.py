"""What mends a call by a value in it: units, keys and their values, columns, lots."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from allocator.cli.line import CallLine
from allocator.cli.mending.made import EITHER, SEE, Mend, list_of_units, made_one, near_said, with_part
from allocator.cli.mending.near import names_in, nearest_name, plain_name
from allocator.errors import Fault
from allocator.words import Words


def for_unit(line: CallLine, wrong: Fault, words: Words) -> Mend | None:
    """A unit that the table has not: each of those that it fits, or else the nearest, or the list of them."""
    name, near = str(wrong.values["name"]), nearest_name(str(wrong.values["name"]), wrong.values["near"])
    fits = [each for each in wrong.values["near"] if f"/{plain_name(each)}".endswith(f"/{plain_name(name)}")]
    if len(ways := [way for each in fits if (way := with_part(line, wrong, name, each))]) > 1:
        return Mend([way.calls[0] for way in ways], EITHER)
    near = near or next((each for each in wrong.values["near"] if plain_name(each) in plain_name(name)), None)
    return with_part(line, wrong, name, near) if near else Mend([list_of_units(line)], SEE)


def _setting(line: CallLine, wrong: Fault) -> tuple[int, str, str] | None:
    """Position, key and value of the `--set` that a fault is about."""
    for at, each in line.values:
        if "--set" in each.opts and wrong.place.startswith(f"--set {line.value(at)}"):
            key, _, value = line.value(at).partition("=")
            return at, key.strip(), value.strip()
    return None


def setting_to(value: Callable[[Fault, str], str | None]) -> Callable[[CallLine, Fault, Words], Any]:
    """What mends a `--set` whose value is to be another, a function of the fault and of what it is; else its key."""

    def mending(line: CallLine, wrong: Fault, words: Words) -> Any:
        found = _setting(line, wrong)
        if found is None:
            return None
        made = value(wrong, found[2])
        key = str(wrong.values.get("key", found[1]))
        return line.put(found[0], f"{found[1]}={made}") if made else Mend([["keys", key]], SEE)

    return mending


def for_set_form(line: CallLine, wrong: Fault, words: Words) -> Any:
    """A `--set` that is not `KEY=VALUE`."""
    from allocator.model.scenario import scenario_keys

    found = _setting(line, wrong)
    if found is None:
        return None
    at, key, _ = found
    if made := made_one(line, at):
        return made
    key, mark, value = key.partition(":")
    known = scenario_keys().at(key.split("."))
    shown = value.strip() if mark else "" if known is None else known.value
    return line.put(at, f"{key}={shown}") if known and shown not in ("", None) else None


def for_key(line: CallLine, wrong: Fault, words: Words) -> Any:
    """A key that scenarios do not have."""
    from allocator.data.settings import split_key
    from allocator.data.table import fold
    from allocator.model.scenario import scenario_keys

    found, near = _setting(line, wrong), next(iter(wrong.values["known"]), "")
    if found is None:
        return Mend([["keys", near]], SEE) if wrong.key == "scenario.unknown_key" else None
    at, key, value = found
    dotted = key.replace(":", ".")
    if dotted != key and scenario_keys().at(dotted.split(".")):
        return Mend([line.put(at, f"{dotted}={value}")], said=near_said(key, dotted))
    if wrong.key != "scenario.unknown_key":
        return None
    above, _, unknown = str(wrong.values["key"]).rpartition(".")
    if fold(".".join(split_key(key))) == wrong.values["key"]:
        return line.put(at, f"{near}={value}")
    if near.rpartition(".")[0] == above and unknown in value:  # it stands in a mapping
        return line.put(at, f"{key}={value.replace(unknown, near.rpartition('.')[2], 1)}")
    return Mend([["keys", near]], SEE)


def choice(wrong: Fault, value: str) -> str | None:
    """The value of those allowed that is probably meant."""
    return nearest_name(value, [each.strip("'") for each in wrong.values["expected"]])


def for_lots(line: CallLine, wrong: Fault, words: Words) -> Any:
    """A figure that is no whole number of lots."""
    option = wrong.place.partition(" ")[0]
    for at, each in line.values:
        if option in each.opts:
            before = line.value(at).partition("=")[0] + "=" if option == "--set" else ""
            ways = [line.put(at, f"{before}{wrong.values[side]}") for side in ("low", "high")]
            return Mend(ways, EITHER)
    return None


def name_to(wrong_one: str, known: str) -> Callable[[CallLine, Fault, Words], Mend | None]:
    """What mends a name that a fault tells as one of its figures: the nearest of another, or of the table's columns."""

    def mending(line: CallLine, wrong: Fault, words: Words) -> Mend | None:
        name = str(wrong.values[wrong_one])
        near = nearest_name(name.replace(" ", ""), wrong.values[known] if known else names_in(line)[1])
        return with_part(line, wrong, name, near) if near else None

    return mending


def for_range(line: CallLine, wrong: Fault, words: Words) -> list[str] | None:
    """A `--range` written with a dash."""
    for at, each in line.values:
        made = re.sub(r"=(\d[^-:]*)[-–…](\d.*)", r"=\1:\2", line.value(at).replace(",", "."))
        if "--range" in each.opts and made != line.value(at):
            return line.put(at, made)
    return None


def for_draws(line: CallLine, wrong: Fault, words: Words) -> list[str] | None:
    """A number of draws that cannot be made."""
    at, option = next((each for each in line.values if "--draws" in each[1].opts), (None, None))
    return None if at is None or option is None else line.put(at, str(option.default))


def for_ceiling(line: CallLine, wrong: Fault, words: Words) -> list[str]:
    """A ceiling under which a round has no answer."""
    at = next(at for at, each in line.values if "--ceiling" in each.opts)
    return line.put(at, f"{wrong.values['least']:.0%}")


def for_two_targets(line: CallLine, wrong: Fault, words: Words) -> list[str] | None:
    """A target given by `--set`, too: left out."""
    found = _setting(line, wrong)
    return line.without(found[0]) if found else None
