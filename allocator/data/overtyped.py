"""Figures typed over in a report's workbook: each is asked about at its cell, none is ignored.

What the figures were stands in hidden columns of the sheet of the locks, which a report writes. A sheet without these
columns was written by somebody else, and there is nothing to compare it with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from allocator.data.grid import Grid, name_in
from allocator.data.limits import Faults
from allocator.data.numbers import NumberError, figure, typed
from allocator.data.table import Number
from allocator.errors import Fault, fault
from allocator.words import LANGUAGES, Words

KEPT = ("unit", "workforce", "available", "quota", "published")
"""Columns of the allocation that are kept beside the locks."""
Cell = Number | str | None
Figures = Mapping[str, Mapping[str, Cell]]
"""What was kept, by the column's name and the unit's."""


def check_overtyped(grids: Sequence[Grid]) -> None:
    """Raise InputError where a figure of the sheet of the allocation or a quota proposed beside a lock changed."""
    faults = Faults()
    for words in map(Words, LANGUAGES):
        heads = {key: words("locks.kept", column=words(f"column.{key}")) for key in KEPT}
        kept: dict[str, dict[str, Cell]] = {}
        for grid in grids:
            if not kept and (found := _header(grid, {key: heads[key] for key in ("unit", "quota")}, heads)):
                top, at = found
                rows = [row for row in grid.rows[top + 1 :] if _name(row, at["unit"])]
                kept = {key: {_name(r, at["unit"]): _cell(r, at[key]) for r in rows} for key in at if key != "unit"}
                proposed = {"unit": heads["unit"], "quota": words("locks.proposed")}
                faults += _changed(grid, proposed, {"quota": kept["quota"]}, words)
        if kept:
            shown = {"unit": words("column.unit"), **{key: words(f"column.{key}") for key in kept}}
            for grid in grids:
                faults += _changed(grid, shown, kept, words)
    faults.check()


def _changed(grid: Grid, heads: Mapping[str, str], kept: Figures, words: Words) -> Iterator[Fault]:
    """What under the headers `heads` of a sheet, where it has these, is not as it was kept, or a total no sum."""
    if not (found := _header(grid, heads)):
        return
    (top, at), total, names = found, name_in(words("run.total")), kept["quota"].keys()
    now: dict[str, list[Cell]] = {key: [] for key in kept}
    for index, row in enumerate(grid.rows[top + 1 :], start=top + 1):
        unit = _name(row, at["unit"])
        if unit not in names and unit not in ("", total):
            yield fault("edits.stray_unit", grid.at(index, at["unit"]), unit=unit)
            continue
        for key, values in kept.items() if unit else ():
            new, known = _cell(row, at[key]), [each for each in now[key] if isinstance(each, int | float)]
            old = values[unit] if unit in names else sum(known)
            now[key].append(new)
            if not _same(new, old) and (unit in names or isinstance(new, int | float)):  # a total may have no value
                code = "edits.overtyped_quota" if key == "quota" and unit in names else "edits.overtyped"
                told = {"old": _shown(old), "new": _shown(new), "sheet": words("sheet.locks")}
                yield fault(code, grid.at(index, at[key]), unit=unit, column=heads[key], **told)
        if unit not in names:
            return


def _header(grid: Grid, needed: Mapping[str, str], more: Mapping[str, str] | None = None
            ) -> tuple[int, dict[str, int]] | None:  # fmt: skip
    """The first row that has all the headers needed, and the columns of these and of `more` that it has."""
    for top, row in enumerate(grid.rows):
        heads = [name_in(cell).casefold() for cell in row]
        if {each.casefold() for each in needed.values()} <= {*heads}:
            wanted = {**(more or {}), **needed}
            return top, {key: heads.index(h.casefold()) for key, h in wanted.items() if h.casefold() in heads}
    return None


def _name(row: Sequence[object], column: int) -> str:
    return name_in(row[column]) if column < len(row) else ""


def _cell(row: Sequence[object], column: int) -> Cell:
    """A cell's number, None where it is blank; its text where it is none as it stands."""
    cell = row[column] if column < len(row) else None
    with suppress(NumberError):
        return figure(cell)
    with suppress(NumberError):
        return typed(str(cell), True)
    return str(cell)


def _same(new: Cell, old: Cell) -> bool:
    """Whether two figures are one, as far as a workbook keeps figures."""
    if isinstance(new, int | float) and isinstance(old, int | float):
        return abs(new - old) <= 1e-9 * max(1, abs(old))
    return new == old


def _shown(value: Cell) -> str:
    """A figure as it stands in its cell, a dash for a blank."""
    return "–" if value is None else str(value)
