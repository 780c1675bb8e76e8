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
from allocator.data.table import ESTIMATE, Number, Table
from allocator.data.unit_names import fitting_name, near_names
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
"""Yellow cells for all units by their names: the setting each is, and how far it stands from its name."""
WHOLE = ("target", "lot", "min_quota")
REPEATED = {"quota": "made", "proposed": "offered", "available": "counted", "attainment": "past",
            "floor_of": "floor_made", "cap_of": "cap_made"}  # fmt: skip
"""Columns that show what stands in a hidden one, from which formulas take it: typed over, the two differ."""
COLUMNS = ("workforce", "growth", "proposed", "quota", "difference", "effort", *[*REPEATED][2:], *REPEATED.values())
"""Columns of the sheet that are read, beside those of locks."""
KEYS = {"unit": "unit", "lock": "quota", "by": "by", "reason": "reason"}
"""Columns of locks, here and on a sheet of their own, and the keys of a lock they are in a scenario."""
NAMED = {
    **{name: f"page.field.{name}" for name in ("realisation", "floor", "ceiling", "missing", "lot", "min_quota")},
    **{name: f"column.{name}" for name in ("unit", "workforce", "available", "effort")},
    **{name: f"locks.{name}" for name in ("proposed", "lock", "by", "reason")},
    "target": "parameter.target",
    "attainment": "parameter.attainment",
    "floor_of": "column.floor",
    "cap_of": "column.cap",
}
"""Columns and yellow cells that are called as elsewhere, and where that stands in the catalogue."""
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
        label = sheet.words(label_key(key))
        found = _label(sheet, label)
        if found is None:
            faults.append(fault("edits.no_label", sheet.grid.place, label=label))
            continue
        row, column = found[0], found[1] + beside
        place, cell = sheet.grid.at(row, column), sheet.grid.cell(row, column)
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
    locks = [sheet.at[each] for each in ("lock", "by", "reason")]
    for row in range(sheet.top + 1, len(sheet.grid.rows)):
        name = name_in(sheet.grid.cell(row, sheet.at["unit"]))
        place = sheet.grid.at(row, sheet.at["unit"])
        if (unit := fitting_name(name, table.units)) is None:
            # Where a lock is typed, too, the name is told where locks are read.
            typed_in = any(sheet.grid.cell(row, sheet.at[each]) != "" for each in ("workforce", "growth"))
            if typed_in and all(sheet.grid.cell(row, column) == "" for column in locks):
                code = "scenario.unknown_unit" if name else "cell.blank_unit"
                faults.append(fault(code, place, name=name, near=near_names(name, table.units)))
            continue
        if seen.setdefault(unit, place) != place:
            faults.append(fault("cell.duplicate_unit", place, unit=unit, earlier=seen[unit]))
        index = table.units.index(unit)
        faults += _overtyped(sheet, row, unit, table.column("workforce")[index])
        try:
            figure = persons(sheet.grid.cell(row, sheet.at["growth"])) or 0
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
    values = {name: sheet.grid.cell(row, sheet.at[name]) for name in COLUMNS}
    whole = {name: round(each, 6) for name, each in values.items() if isinstance(each, int | float)}
    expected = {name: whole.get(other, values[other]) for name, other in REPEATED.items()}
    quota, available = whole.get("quota", values["quota"]), expected["available"]
    if "quota" in whole:
        expected["difference"] = quota - whole.get("proposed", expected["proposed"])
        expected["effort"] = round(quota / available, 6) if "counted" in whole and available else ""
    elif quota == "" or isinstance(quota, Unread):  # any other text was typed over it, and is told
        expected |= {"difference": quota, "effort": quota}
    for name, right in expected.items():
        value = whole.get(name, values[name])
        blank = value == 0 and right == "" and sheet.grid.file.lower().endswith(".xls")  # reads "" of some formulas so
        if not (blank or isinstance(values[name], Unread) or value == right):
            told = {"unit": unit, "value": str(value), "column": sheet.words(label_key(name))}
            code = "edits.try_overtyped" if name in ("quota", "proposed") else "edits.overtyped_fixed"
            yield fault(code, sheet.grid.at(row, sheet.at[name]), **told)
    if whole.get("workforce") != workforce:
        place = sheet.grid.at(row, sheet.at["workforce"])
        yield fault("edits.workforce", place, unit=unit, value=str(values["workforce"]), known=workforce)


def label_key(name: str) -> str:
    """Where the catalogue has what a column or a yellow cell is called."""
    return NAMED.get(name, f"try.{name}")


def try_sheet_in(grids: Sequence[Grid]) -> TrySheet | None:
    """The sheet, by its headers in either language."""
    for grid in grids:
        for words in map(Words, LANGUAGES):
            if found := grid.headers({name: words(label_key(name)) for name in (*KEYS, *COLUMNS)}):
                return TrySheet(grid, *found, words)
    return None
