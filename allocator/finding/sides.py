"""Scenarios beside each other: the settings that differ, what moves, who is given more and who less, most first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from allocator.data.table import Number
from allocator.data.unit_names import same_names
from allocator.errors import Fault
from allocator.finding import Column, Listing, Row, Section, Text, say
from allocator.finding.premise import Posed
from allocator.finding.settings import SettingName, setting_of

if TYPE_CHECKING:
    from allocator.why.shifts import Shifts

MOST_FIGURES = 100
"""Figures of the tables that differ up to which they are listed with the settings."""
MOST_ON_SCREEN = 12
"""Those of them that a terminal shows."""
MOST_UNITS = 5
"""Units that a sentence names of those given more, or less."""


@dataclass(frozen=True)
class Differing:
    """A setting that differs: the keys that lead to it, what stands there on the first side and on the other."""

    keys: tuple[str, ...]
    before: Any
    after: Any

    def to_json(self) -> dict[str, Any]:
        """As the contract has it."""
        return {"key": ".".join(self.keys), "from": self.before, "to": self.after}


def all_held(side: Posed, names: Mapping[str, str]) -> dict[str, Any]:
    """All that a side's result rests on (`differences.held`); its units under the names that another has for them."""
    from allocator.why.differences import held

    units = tuple(names.get(unit, unit) for unit in side.table.units)
    return held(replace(side.table, units=units), side.scenario)


def settings_differing(first: Mapping[str, Any], other: Mapping[str, Any]) -> list[Differing]:
    """What one side holds otherwise than the first."""
    from allocator.why.differences import differing, found

    return [Differing(keys, found(first, keys), found(other, keys)) for keys in differing(first, other)]


def settings_beside(
    held: Sequence[Mapping[str, Any]], names: Sequence[Text], changed: Sequence[Differing]
) -> list[Section]:
    """What differs among the sides, a row a setting, a column a side; nothing where all is alike."""
    from allocator.why.differences import TABLE, found

    keys = dict.fromkeys(each.keys for each in changed)
    figures = sum(each[0] == TABLE for each in keys)
    listed = figures if figures <= MOST_FIGURES else 0
    kept = [each for each in keys if each[0] != TABLE] + [each for each in keys if each[0] == TABLE and listed]
    rows: tuple[Row, ...] = tuple(
        (SettingName(each), *(setting_of(each, found(side, each)) for side in held)) for each in kept
    )
    notes = (say("compare.figures", count=figures),) if figures > listed else ()
    heads = [Column(f"setting_{n}", "text", title=name) for n, name in enumerate(names, 1)]
    title = say("compare.settings")
    most = len(rows) - max(0, listed - MOST_ON_SCREEN)
    made = Listing("settings", title, (Column("setting", "text"), *heads), rows, notes=notes, most=most)
    return [Section("settings", title, (), (made,))] if rows or notes else []


def given_otherwise(shifts: Shifts, name: Text = "") -> list[Fault]:
    """Who is given more, and who less, a sentence each, most first; `name` says in which scenario."""
    made: list[Fault] = []
    for key, units in (("compare.more", shifts.more), ("compare.less", shifts.less)):
        some: list[Text] = [say("compare.by", unit=unit, change=shifts.changes[unit]) for unit in units[:MOST_UNITS]]
        if rest := len(units) - len(some):
            some.append(say("compare.rest", count=rest))
        total = sum(shifts.changes[unit] for unit in units)
        if units:
            said = say(key, units=some, count=len(units), total=total)
            made.append(say("compare.in", name=name, said=said) if name else said)
    return made


def apart(first: Posed, other: Posed) -> Iterator[Text]:
    """Units that only one of two sides has, and those that are one though they are written otherwise."""
    names = same_names(first.table.units, other.table.units)
    theirs = set(names.values())
    others = [unit for unit in other.table.units if unit not in theirs]
    own = [unit for unit in first.table.units if unit not in names]
    for one, two, units in ((other, first, others), (first, other, own)):
        if units:
            yield say("compare.only", name=short(one.name), other=short(two.name), units=units)
    if fitted := [f"{unit} = {name}" for unit, name in names.items() if unit != name]:
        yield say("compare.fitted", units=fitted)


def total_change(shifts: Shifts) -> Number:
    """Members that are shared out more in all than on the first side."""
    return sum(shifts.changes.values())


def short(name: str) -> str:
    """A scenario's name without its folder."""
    return name.rpartition("/")[2]
