"""What comes back on the sheet "try it": settings, estimates of growth and locks, each at its yellow cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from math import isclose
from typing import Any

from allocator.data.findings import Oddity
from allocator.data.grid import Grid, name_in
from allocator.data.limits import Faults
from allocator.data.numbers import NumberError, Unread, persons, share_or_percent, typed
from allocator.data.settings import Keys, Settings
from allocator.data.table import Number, Table, fitting_name
from allocator.errors import Fault, fault
from allocator.words import LANGUAGES, Words

YELLOW: Mapping[str, tuple[Keys, int]] = {
    "realisation": (("growth", "realisation"), 1),
    "exponent": (("attainment", "exponent"), 1),
    "floor": (("attainment", "floor"), 1),
    "ceiling": (("attainment", "ceiling"), 1),
    "missing": (("attainment", "missing"), 1),
    "target": (("target",), 3),
    "lot": (("lot",), 3),
    "min_quota": (("bounds", "min_quota"), 3),
    "max_share": (("bounds", "max_share"), 3),
}
"""Yellow cells for all units by their names under `try.`: the setting each is, and how far it stands from its name."""
WHOLE = ("target", "lot", "min_quota")
ESTIMATE = "growth_estimate"
COLUMNS = ("workforce", "growth", "proposed", "quota", "offered", "made")
"""Columns of the sheet that are read, beside those of locks; the last two repeat what stands in the two before them."""
_PROVINCE = {Words(language)("try.province").casefold() for language in LANGUAGES}


@dataclass(frozen=True)
class TrySheet:
    """The sheet, found in a file.

    Attributes:
        grid: its cells; `top`: index of its headers.
        at: index of each column, by its name.
        words: of the language it is in.
    """

    grid: Grid
    top: int
    at: Mapping[str, int]
    words: Words

    def cell(self, row: int, column: int) -> Any:
        """Content of a cell, by indexes; a text without spaces around it, and nothing as an empty one."""
        cells = self.grid.rows[row]
        value: Any = cells[column] if column < len(cells) else ""
        return value.strip() if isinstance(value, str) else "" if value is None else value


def tried_settings(sheet: TrySheet, settings: Settings, known: Mapping[str, Any], faults: Faults) -> dict[Keys, Any]:
    """What the yellow cells for all units change, with their places.

    Args:
        sheet: the sheet.
        settings: what it is laid over; a value that the call itself gives is not replaced.
        known: the scenario as it is, with every default.
        faults: what is wrong is added.

    Returns:
        The value and the place of each setting that is another than the scenario has.
    """
    made: dict[Keys, Any] = {}
    for key, (keys, beside) in YELLOW.items():
        label = sheet.words(f"try.{key}")
        found = _label(sheet, label)
        if found is None:
            faults.append(fault("edits.no_label", sheet.grid.place, label=label))
            continue
        row, column = found[0], found[1] + beside
        place, cell = sheet.grid.at(row, column), sheet.cell(row, column)
        held: Any = known
        for part in keys:
            held = held[part]
        if isinstance(cell, Unread):
            faults.append(NumberError(cell.key, cell.shown).fault(place, column=label, unit="–"))
        elif cell == "" and key != "max_share":
            faults.append(fault("edits.blank", place, label=label))
        elif not _same(value := _setting(key, cell), held):
            made[keys] = value, place
            if (given := settings.places.get(keys, "")).startswith("--"):
                faults.append(fault("edits.set_twice", place, label=label, given=given))
    return made


def _label(sheet: TrySheet, label: str) -> tuple[int, int] | None:
    """Where the name of a yellow cell stands, above the units."""
    for row in range(sheet.top):
        for column, cell in enumerate(sheet.grid.rows[row]):
            if name_in(cell).casefold() == label.casefold():
                return row, column
    return None


def _setting(key: str, cell: Any) -> Any:
    """A yellow cell as a scenario has it: whole numbers as such, a text that is a share as one; else as it is."""
    if cell == "":
        return None
    if isinstance(cell, str):
        if key == "missing" and cell.casefold() in _PROVINCE:
            return "province"
        with suppress(NumberError):
            return typed(cell, True) if key in WHOLE else share_or_percent(cell)
    if key in WHOLE and isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return cell


def _same(value: Any, held: Any) -> bool:
    """Whether a cell holds what the scenario has: sheets keep fewer digits than some were written with."""
    if isinstance(held, str) and held.endswith("%"):
        held = share_or_percent(held)
    numbers = [each for each in (value, held) if isinstance(each, int | float) and not isinstance(each, bool)]
    return isclose(*numbers, rel_tol=1e-12) if len(numbers) == 2 else value == held


def with_estimates(sheet: TrySheet, table: Table, faults: Faults) -> Table:
    """The table with the sheet's estimates of growth, and a note of each that was another.

    What is no yellow cell and was typed over all the same is added to the faults, with what to do.
    """
    made = table
    seen: dict[str, str] = {}
    for row in range(sheet.top + 1, len(sheet.grid.rows)):
        name = name_in(sheet.cell(row, sheet.at["unit"]))
        if (unit := fitting_name(name, table.units)) is None:
            continue  # a name that is none is told where the locks are read
        place = sheet.grid.at(row, sheet.at["unit"])
        if seen.setdefault(unit, place) != place:
            faults.append(fault("cell.duplicate_unit", place, unit=unit, earlier=seen[unit]))
        index = table.units.index(unit)
        faults += _overtyped(sheet, row, unit, table.column("workforce")[index])
        try:
            figure = persons(sheet.cell(row, sheet.at["growth"])) or 0
        except NumberError as error:
            faults.append(error.fault(sheet.grid.at(row, sheet.at["growth"]), column=ESTIMATE, unit=unit))
        else:
            before = table.optional(ESTIMATE)[index] or 0
            if figure != before:
                at = sheet.grid.at(row, sheet.at["growth"])
                note = Oddity("note", "import.estimate_edited", unit, ESTIMATE, before, figure, place=at)
                made = made.with_figure(ESTIMATE, index, figure)
                made = replace(made, notes=(*made.notes, note))
    return made


def _overtyped(sheet: TrySheet, row: int, unit: str, workforce: Number | None) -> Iterator[Fault]:
    """Cells of a unit that are no yellow ones and do not hold what belongs there."""
    values = {name: sheet.cell(row, sheet.at[name]) for name in COLUMNS}
    whole = {name: round(each, 6) for name, each in values.items() if isinstance(each, int | float)}
    for name, other in (("quota", "made"), ("proposed", "offered")):
        computed = isinstance(values[name], Unread) or values[name] == values[other] == ""
        if not computed and (name not in whole or whole[name] != whole.get(other)):
            place = sheet.grid.at(row, sheet.at[name])
            yield fault("edits.try_overtyped", place, unit=unit, value=str(whole.get(name, values[name])))
    if whole.get("workforce") != workforce:
        place = sheet.grid.at(row, sheet.at["workforce"])
        yield fault("edits.workforce", place, unit=unit, value=str(values["workforce"]), known=workforce)


def try_sheet_in(grids: Sequence[Grid], own: Mapping[str, str]) -> TrySheet | None:
    """The sheet, by its headers in either language; `own` are columns of locks and their keys."""
    for grid in grids:
        for language in LANGUAGES:
            words = Words(language)
            heads = {**own, **{name: f"try.{name}" for name in COLUMNS}}
            named = {name: words(key).casefold() for name, key in heads.items()}
            for top, row in enumerate(grid.rows):
                cells = [name_in(cell).casefold() for cell in row]
                if {*named.values()} <= {*cells}:
                    return TrySheet(grid, top, {name: cells.index(text) for name, text in named.items()}, words)
    return None
