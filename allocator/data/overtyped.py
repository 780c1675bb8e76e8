"""Figures typed over in a report's workbook: each is asked about at its cell, none is ignored.

What the figures were stands in hidden columns of the sheet of the locks, which a report writes. A sheet without these
columns was written by somebody else, and there is nothing to compare it with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from allocator.data.grid import Grid, name_in
from allocator.data.limits import Faults
from allocator.data.numbers import NumberError, Unread, figure, typed
from allocator.data.table import Number
from allocator.errors import Fault, fault
from allocator.words import LANGUAGES, Words

DERIVED = {"effort": ("quota", "available"), "difference": ("quota", "published")}
"""Columns that formulas make of two others: one divided by, or less, the other."""
KEPT = ("unit", "workforce", "available", "quota", "published", *DERIVED, "position")
"""Columns of the allocation that are kept beside the locks."""
PARAMETERS = ("target", "lot")
"""What stands below the allocation, and is kept, too."""
Cell = Number | str | None
Figures = Mapping[str, Mapping[str, Cell]]
"""What was kept, by the column's name and the unit's."""


def check_overtyped(grids: Sequence[Grid]) -> None:
    """Raise InputError where a figure of the sheet of the allocation or a quota proposed beside a lock changed."""
    faults = Faults()
    for words in map(Words, LANGUAGES):
        named = {key: f"column.{key}" for key in KEPT} | {key: f"parameter.{key}" for key in PARAMETERS}
        heads = {key: words("locks.kept", column=words(each)) for key, each in named.items()}
        kept: dict[str, dict[str, Cell]] = {}
        for grid in grids:
            if not kept and (found := grid.headers(heads, ("unit", "quota"))):
                top, at = found
                names = {row: name_in(grid.cell(row, at["unit"])) for row in range(top + 1, len(grid.rows))}
                kept = {key: {name: _figure(grid.cell(row, at[key])) for row, name in names.items() if name}
                        for key in at if key != "unit"}  # fmt: skip
                proposed = {"unit": heads["unit"], "quota": words("locks.proposed")}
                faults += _changed(grid, proposed, {"quota": kept["quota"]}, words)
        shown = {key: words(f"column.{key}") for key in KEPT if key in kept or key == "unit" or not kept}
        for grid in grids:
            if kept and grid.headers(shown):
                faults += _changed(grid, shown, {key: kept[key] for key in shown if key != "unit"}, words)
                faults += _parameters(grid, kept, words)
            elif grid.name == words("sheet.allocation"):
                told = {"columns": [*shown.values()], "sheet": words("sheet.locks")}
                faults.append(fault("edits.no_header" if kept else "edits.no_kept", grid.place, **told))
    faults.check()


def _changed(grid: Grid, heads: Mapping[str, str], kept: Figures, words: Words) -> Iterator[Fault]:
    """What under the headers `heads` of a sheet, where it has these, is not as it was kept, or a total no sum."""
    if not (found := grid.headers(heads)):
        return
    (top, at), total, names = found, name_in(words("run.total")), kept["quota"].keys()
    now: dict[str, list[Cell]] = {key: [] for key in kept}
    for index in range(top + 1, len(grid.rows)):
        unit = name_in(grid.cell(index, at["unit"]))
        if unit not in names and unit not in ("", total):
            yield fault("edits.stray_unit", grid.at(index, at["unit"]), unit=unit, sheet=words("sheet.locks"))
            continue
        odd = False
        for key, values in kept.items() if unit else ():
            new, old = _figure(grid.cell(index, at[key])), values[unit] if unit in names else _total(key, now)
            if unit in names:
                now[key].append(new)
            if key in DERIVED and (odd or isinstance(grid.cell(index, at[key]), Unread)):
                continue  # it is worked out of what is told, or not yet
            if not _same(new, old) and (unit in names or isinstance(new, int | float)):  # a total may have no value
                odd, code = odd or key not in DERIVED, "edits.overtyped"
                if key in DERIVED or key == "position" or (key == "quota" and not isinstance(new, int | float)):
                    code = "edits.overtyped_fixed"
                elif key == "quota" and unit in names:
                    code = "edits.overtyped_quota"
                told = {"old": _shown(old), "new": _shown(new), "value": _shown(new), "sheet": words("sheet.locks")}
                yield fault(code, grid.at(index, at[key]), unit=unit, column=heads[key], **told)
        if unit not in names:
            return


def _parameters(grid: Grid, kept: Figures, words: Words) -> Iterator[Fault]:
    """Target and lot below the allocation, where they are not as they were kept."""
    for key in PARAMETERS:
        label, values = words(f"parameter.{key}"), [*kept.get(key, {}).values()]
        for index in range(len(grid.rows)):
            new = _figure(grid.cell(index, 1))
            if values and name_in(grid.cell(index, 0)) == label and not _same(new, values[0]):
                told = {"unit": words("run.total"), "column": label, "value": _shown(new)}
                yield fault("edits.overtyped_fixed", grid.at(index, 1), **told)


def _total(key: str, now: Mapping[str, Sequence[Cell]]) -> Cell:
    """What stands below a column, of which `now` has the figures of all units."""
    sums = {name: sum(each for each in cells if isinstance(each, int | float)) for name, cells in now.items()}
    if key not in DERIVED:
        return sums[key]
    one, other = (sums[each] for each in DERIVED[key])
    return one - other if key == "difference" else one / other if other else None


def _figure(cell: object) -> Cell:
    """A cell's number, None where it is blank; its text where it is none as it stands."""
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
