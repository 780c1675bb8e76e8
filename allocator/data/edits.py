"""The locks sheet of a report's workbook, edited and handed back: its locks, and the cell each value stands in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from allocator.data.limits import MOST_TABLE_BYTES, TABLE, Faults, read_bytes, sheet_column
from allocator.data.numbers import NumberError, minus_zero, whole
from allocator.data.settings import Keys, Settings
from allocator.data.table import fold
from allocator.data.workbook import Workbook
from allocator.errors import Fault, InputError, fault
from allocator.words import LANGUAGES, Words

COLUMNS = ("unit", "lock", "by", "reason")
_KEYS = {"unit": "unit", "lock": "quota", "by": "by", "reason": "reason"}
"""Columns of the sheet, and the keys of a lock they are in a scenario."""


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
    sheet, rows = _sheet(path)
    for language in LANGUAGES:
        titles = [Words(language)(f"locks.{name}") for name in COLUMNS]
        for top, row in enumerate(rows):
            if set(titles) <= set(row):
                at = {name: row.index(title) for name, title in zip(COLUMNS, titles, strict=True)}
                return _read(rows, top + 1, at, f"{path.name}, {sheet}")
    titles = [Words("vi")(f"locks.{name}") for name in COLUMNS]
    raise InputError(fault("edits.no_header", f"{path.name}, {sheet}", columns=titles))


def _sheet(path: Path) -> tuple[str, Sequence[Sequence[Any]]]:
    """Name and cells of the locks sheet."""
    book = Workbook(read_bytes(path, MOST_TABLE_BYTES), path.name, TABLE)
    wanted = [Words(language)("sheet.locks") for language in LANGUAGES]
    name = next((each for each in book.names if each in wanted), None)
    if name is None:
        raise InputError(fault("edits.no_sheet", str(path), names=wanted))
    return name, book.sheet(name).rows


def _read(
    rows: Sequence[Sequence[Any]], first: int, at: dict[str, int], place: str
) -> tuple[list[dict[str, Any]], dict[Keys, str]]:
    locks: list[dict[str, Any]] = []
    places: dict[Keys, str] = {("locks",): place}
    faults = Faults()
    for index, row in enumerate(rows[first:], start=first):
        values = {name: _value(row[column] if column < len(row) else "") for name, column in at.items()}
        if all(values[name] == "" for name in COLUMNS[1:]):
            continue
        cells = {name: f"{place}!{sheet_column(column + 1)}{index + 1}" for name, column in at.items()}
        for each in _faults(values, cells):
            faults.append(each)
        places |= {("locks", len(locks), _KEYS[name]): cell for name, cell in cells.items()}
        places["locks", len(locks)] = cells["unit"]
        locks.append({_KEYS[name]: value for name, value in values.items()})
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
