"""What a call changes: figures of the table, and locks from the locks sheet of a report's workbook, handed back."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from allocator.data.findings import name_fitted
from allocator.data.grid import SHEETS, Grid, grid_of, name_in
from allocator.data.limits import TABLE, Faults, Sent, read_bytes
from allocator.data.numbers import NumberError, figure, typed
from allocator.data.pages import read_pages
from allocator.data.read import reader_of
from allocator.data.settings import Keys, Settings, split_change
from allocator.data.table import REQUIRED, Table, fitting_name, fold, near_names
from allocator.data.workbook import Workbook
from allocator.errors import InputError, fault
from allocator.words import LANGUAGES, Words

KEYS = {"unit": "unit", "lock": "quota", "by": "by", "reason": "reason"}
"""Columns of the sheet, and the keys of a lock they are in a scenario."""


def with_figures(table: Table, changes: Sequence[str]) -> Table:
    """The table with the figures that `table.UNIT.COLUMN=FIGURE` texts give; InputError with all that is wrong."""
    faults = Faults()
    for change in changes:
        place = f"--set {change}"
        (_, *keys), text = split_change(change)
        if len(keys) != 2:
            raise InputError(fault("scenario.set_table", place))
        given, column = keys
        if (unit := fitting_name(name := fold(given), table.units)) is None:
            faults.append(fault("scenario.unknown_unit", place, name=given, near=near_names(name, table.units)))
        elif column not in table.columns:
            near = near_names(column, [*table.columns])
            faults.append(fault("table.no_column", place, column=column, columns=near))
        else:
            try:
                value = reader_of(column)(text)
                if value is None and column in REQUIRED:
                    raise NumberError("cell.blank", text)
                if value is None and column == "growth_estimate":
                    value = 0
                table = table.with_figure(column, table.units.index(unit), value)
            except NumberError as error:
                faults.append(error.fault(place, column=column, unit=unit))
            if unit != name:
                table = replace(table, notes=(*table.notes, name_fitted(given, unit, place)))
    faults.check()
    return table


def with_edits(settings: Settings, path: Path | Sent, table: Table) -> tuple[Settings, Table]:
    """Settings whose locks are those of the workbook at `path`, placed at their cells; a lock that stays keeps `firm`.

    A unit that only fits without accents or case is that of `table`, which comes back with a note of it.

    Raises:
        InputError: the file or sheet cannot be read, or a row is not whole; each fault names sheet and cell.
        MissingExtraError: the reader of workbooks is not installed.
    """
    locks, places = read_locks(path)
    for n, each in enumerate(locks):
        unit = fitting_name(fold(each["unit"]), table.units)
        if unit is not None and unit != fold(each["unit"]):
            note = name_fitted(each["unit"], unit, places["locks", n, "unit"])
            table = replace(table, notes=(*table.notes, note))
            each["unit"] = unit
    held = [each for each in settings.values.get("locks") or [] if isinstance(each, dict)]
    firm = {(fold(str(each.get("unit"))), each.get("quota")) for each in held if each.get("firm")}
    kept = [{**each, "firm": True} if (fold(each["unit"]), each["quota"]) in firm else each for each in locks]
    others = {keys: place for keys, place in settings.places.items() if keys[:1] != ("locks",)}
    return replace(settings, values={**settings.values, "locks": kept}, places={**others, **places}), table


def read_locks(path: Path | Sent) -> tuple[list[dict[str, Any]], dict[Keys, str]]:
    """The locks on the sheet, as a scenario has them, and the place of every value; raises as `with_edits`."""
    languages = [Words(language) for language in LANGUAGES]
    wanted = [words("sheet.locks") for words in languages]
    titles = [[words(f"locks.{column}") for column in KEYS] for words in languages]
    content = read_bytes(path)
    if path.name.lower().endswith(SHEETS):
        book = Workbook(content, path.name, TABLE)
        sheets = [(name, book.sheet(name)) for name in sorted(book.names, key=lambda each: each not in wanted)]
        grids = [grid_of(enumerate(each.rows, start=1), path.name, name, merged=each.merged) for name, each in sheets]
    else:
        grids = [part for pages in read_pages(content, path.name) for part in pages.parts]
    for grid in grids:
        for top, row in enumerate(grid.rows):
            heads = [name_in(cell).casefold() for cell in row]
            for named in titles:
                if {each.casefold() for each in named} <= {*heads}:
                    at = (heads.index(each.casefold()) for each in named)
                    return _read(grid, top + 1, dict(zip(KEYS, at, strict=True)))
    if not any(grid.name in wanted for grid in grids):
        raise InputError(fault("edits.no_sheet", str(path), names=wanted))
    raise InputError(fault("edits.no_header", grids[0].place, columns=titles[0]))


def _read(grid: Grid, first: int, at: dict[str, int]) -> tuple[list[dict[str, Any]], dict[Keys, str]]:
    """Locks from a row on, each with its unit, a whole quota, who decided it, and why."""
    locks: list[dict[str, Any]] = []
    places: dict[Keys, str] = {("locks",): grid.place}
    faults = Faults()
    for index, row in enumerate(grid.rows[first:], start=first):
        values = {name: _value(name, row[column] if column < len(row) else "") for name, column in at.items()}
        if all(values[name] == "" for name in list(KEYS)[1:]):
            continue
        cells = {name: grid.at(index, column) for name, column in at.items()}
        if (size := grid.merged.get((index, at["lock"]))) and values["lock"] != "":
            shown = {"cell": values["lock"], "column": "quota", "unit": values["unit"]}
            faults.append(fault("import.merged", cells["lock"], rows=size[0], columns=size[1], **shown))
        for name, value in values.items():
            told = {"unit": values["unit"], "value": str(value)}
            if value == "":
                faults.append(fault(f"edits.no_{name}", cells[name], unit=values["unit"]))
            elif name == "lock" and (not isinstance(value, int) or isinstance(value, bool)):
                faults.append(fault("edits.not_whole", cells[name], **told))
            elif name != "lock" and not isinstance(value, str):
                faults.append(fault("edits.not_text", cells[name], **told))
        places |= {("locks", len(locks), KEYS[name]): cell for name, cell in cells.items()}
        places["locks", len(locks)] = cells["unit"]
        locks.append({KEYS[name]: value for name, value in values.items()})
    faults.check()
    return locks, places


def _value(name: str, cell: Any) -> Any:
    """A cell's content: a number as one, a text without spaces around it."""
    if name == "lock" or isinstance(cell, float):
        with suppress(NumberError):
            return "" if (value := figure(cell)) is None else value
        with suppress(NumberError):
            return typed(str(cell), True)
    return cell.strip() if isinstance(cell, str) else cell
