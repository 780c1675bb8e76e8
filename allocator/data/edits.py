"""The locks sheet of a report's workbook, edited and handed back: its locks, and the cell each value stands in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from allocator.data.grid import Grid, grid_of
from allocator.data.limits import TABLE, Faults, read_bytes
from allocator.data.numbers import NumberError, minus_zero, whole
from allocator.data.settings import Keys, Settings
from allocator.data.table import fold
from allocator.data.workbook import Workbook
from allocator.errors import Fault, InputError, fault
from allocator.words import LANGUAGES, Words

KEYS = {"unit": "unit", "lock": "quota", "by": "by", "reason": "reason"}
"""Columns of the sheet, and the keys of a lock they are in a scenario."""
COLUMNS = tuple(KEYS)


def with_edits(settings: Settings, path: Path) -> Settings:
    """Settings whose locks are those of the workbook at `path`, placed at their cells; a lock that stays keeps `firm`.

    Raises:
        InputError: the file or sheet cannot be read, or a row is not whole; each fault names sheet and cell.
        MissingExtraError: the reader of workbooks is not installed.
    """
    locks, places = read_locks(path)
    held = [each for each in settings.values.get("locks") or [] if isinstance(each, dict)]
    firm = {(fold(str(each.get("unit"))), each.get("quota")) for each in held if each.get("firm")}
    kept = [{**each, "firm": True} if (fold(each["unit"]), each["quota"]) in firm else each for each in locks]
    others = {keys: place for keys, place in settings.places.items() if keys[:1] != ("locks",)}
    return replace(settings, values={**settings.values, "locks": kept}, places={**others, **places})


def read_locks(path: Path) -> tuple[list[dict[str, Any]], dict[Keys, str]]:
    """The locks on the sheet, as a scenario has them, and the place of every value; raises as `with_edits`."""
    book = Workbook(read_bytes(path), path.name, TABLE)
    languages = [Words(language) for language in LANGUAGES]
    wanted = [words("sheet.locks") for words in languages]
    name = next((each for each in book.names if each in wanted), None)
    if name is None:
        raise InputError(fault("edits.no_sheet", str(path), names=wanted))
    grid = grid_of(enumerate(book.sheet(name).rows, start=1), path.name, name)
    titles = [[words(f"locks.{column}") for column in COLUMNS] for words in languages]
    for named in titles:
        for top, row in enumerate(grid.rows):
            if set(named) <= set(row):
                return _read(grid, top + 1, dict(zip(COLUMNS, map(row.index, named), strict=True)))
    raise InputError(fault("edits.no_header", grid.place, columns=titles[0]))


def _read(grid: Grid, first: int, at: dict[str, int]) -> tuple[list[dict[str, Any]], dict[Keys, str]]:
    locks: list[dict[str, Any]] = []
    places: dict[Keys, str] = {("locks",): grid.place}
    faults = Faults()
    for index, row in enumerate(grid.rows[first:], start=first):
        values = {name: _value(row[column] if column < len(row) else "") for name, column in at.items()}
        if all(values[name] == "" for name in COLUMNS[1:]):
            continue
        cells = {name: grid.at(index, column) for name, column in at.items()}
        for each in _faults(values, cells):
            faults.append(each)
        places |= {("locks", len(locks), KEYS[name]): cell for name, cell in cells.items()}
        places["locks", len(locks)] = cells["unit"]
        locks.append({KEYS[name]: value for name, value in values.items()})
    faults.check()
    return locks, places


def _value(cell: Any) -> Any:
    """A cell's content: a whole number as one, a text without spaces around it."""
    if isinstance(cell, float) and not minus_zero(cell):
        with suppress(NumberError):
            return whole(cell, cell)
    return cell.strip() if isinstance(cell, str) else cell


def _faults(values: dict[str, Any], cells: dict[str, str]) -> Iterator[Fault]:
    """What a lock lacks: its unit, its quota, who decided it, why; and a quota that is no whole number."""
    for name in COLUMNS:
        if values[name] == "":
            yield fault(f"edits.no_{name}", cells[name], unit=values["unit"])
    quota = values["lock"]
    if quota != "" and (not isinstance(quota, int) or isinstance(quota, bool)):
        yield fault("edits.not_whole", cells["lock"], unit=values["unit"], value=str(quota))
    for name in ("unit", "by", "reason"):
        if not isinstance(values[name], str):
            yield fault("edits.not_text", cells[name], unit=values["unit"], value=str(values[name]))
