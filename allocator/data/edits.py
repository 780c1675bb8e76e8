"""What a call changes: figures of the table, and yellow cells of a report's workbook, handed back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from allocator.data.findings import Oddity, name_fitted
from allocator.data.grid import SHEETS, Grid, grid_of, name_in
from allocator.data.limits import TABLE, Faults, Sent, read_bytes
from allocator.data.numbers import NumberError, figure, typed
from allocator.data.overtyped import check_overtyped
from allocator.data.pages import read_pages
from allocator.data.read import reader_of
from allocator.data.settings import Keys, Settings, keyed, merged, split_change
from allocator.data.table import ESTIMATE, REQUIRED, Table, fold
from allocator.data.tried import COLUMNS, KEYS, TrySheet, label_key, tried_settings, try_sheet_in, with_estimates
from allocator.data.unit_names import fitting_name, near_names
from allocator.data.workbook import Workbook
from allocator.errors import Fault, InputError, fault
from allocator.words import LANGUAGES, Words


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
                if value is None and column == ESTIMATE:
                    value = 0
                table = table.with_figure(column, table.units.index(unit), value)
            except NumberError as error:
                faults.append(error.fault(place, column=column, unit=unit))
            if unit != name:
                table = replace(table, notes=(*table.notes, name_fitted(given, unit, place)))
    faults.check()
    return table


def with_edits(settings: Settings, path: Path | Sent, table: Table, known: Mapping[str, Any]) -> tuple[Settings, Table]:
    """Settings and table with what the workbook at `path` changes, placed at its cells; what it does not change stays.

    Its locks replace all others, where it has a sheet of them; of two sheets the one counts that changes a lock. A
    unit that only fits without accents or case is that of `table`, which comes back with a note of it.

    Args:
        settings: what it is laid over.
        path: the workbook, or another file that can be read.
        table: the units.
        known: the scenario that `settings` describe, with every default.

    Raises:
        InputError: the file or sheet cannot be read, a cell cannot be used, or a figure was typed over; each fault
            names sheet and cell.
        MissingExtraError: the reader of workbooks is not installed.
    """
    grids = _grids(path)
    tried = try_sheet_in(grids)
    locks = [*_locks_sheets(grids, tried)]
    if len(locks) > 1:
        raise InputError(fault("edits.two_sheets", locks[1][0].place, other=locks[0][0].place))
    sheets = [*locks, *([(tried.grid, tried.top, tried.at)] if tried else [])]
    _check_found(grids, [grid for grid, _, _ in sheets], path)
    check_overtyped(grids)
    before = {fold(str(each.get("unit"))): each for each in known["locks"]}
    faults, made = Faults(), list[dict[str, _Row]]()
    for grid, top, at in sheets:
        rows, notes = _read(grid, top + 1, {name: at[name] for name in KEYS}, table, before, faults)
        made.append(rows)
        table = replace(table, notes=(*table.notes, *(each for each in notes if each not in table.notes)))
    changes = tried_settings(tried, settings, known, faults) if tried else {}
    table = with_estimates(tried, table, faults) if tried else table
    kept = _joined(made, before, faults)
    if tried:  # only a sheet of ours has a row for every unit
        lost = [each for each in table.units if each in before and not any(each in rows for rows in made)]
        faults += [fault("edits.lost_row", tried.grid.place, unit=each, quota=before[each]["quota"]) for each in lost]
    faults.check()
    return _replaced(settings, changes, kept, sheets[0][0].place), table


def _replaced(settings: Settings, changes: Mapping[Keys, Any], kept: Sequence[_Row], place: str) -> Settings:
    """The settings with those changed, each a value and its place, and with these locks alone; `place`: their sheet."""
    values = settings.values
    for keys, (value, _) in changes.items():
        values = merged(values, keyed(keys, value))
    others = {keys: at for keys, at in settings.places.items() if keys[:1] != ("locks",)}
    places = others | {keys: at for keys, (_, at) in changes.items()} | {("locks",): place}
    for n, row in enumerate(kept):
        places |= {("locks", n, KEYS[name]): cell for name, cell in row.cells.items()}
        places["locks", n] = row.cells["unit"]
    return replace(settings, values={**values, "locks": [row.lock for row in kept]}, places=places)


def _grids(path: Path | Sent) -> list[Grid]:
    """The cells of every sheet, or part, of a file."""
    content = read_bytes(path)
    if not path.name.lower().endswith(SHEETS):
        return [part for pages in read_pages(content, path.name) for part in pages.parts]
    book = Workbook(content, path.name, TABLE)
    sheets = ((name, book.sheet(name)) for name in book.names)
    return [grid_of(enumerate(each.rows, start=1), path.name, name, merged=each.merged) for name, each in sheets]


def _locks_sheets(grids: Sequence[Grid], tried: TrySheet | None) -> Iterator[tuple[Grid, int, Mapping[str, int]]]:
    """The sheets of locks, the one of that name first: the cells, the row of the headers, the columns of each."""
    named = _told("sheet.locks")
    for grid in sorted(grids, key=lambda each: each.name not in named):
        if (tried is not None and grid is tried.grid) or _is_try(grid):
            continue
        headers = ({name: words(label_key(name)) for name in KEYS} for words in map(Words, LANGUAGES))
        if found := next(filter(None, map(grid.headers, headers)), None):
            yield grid, *found


def _told(*keys: str) -> list[str]:
    """Texts of the catalogue in every language."""
    return [Words(language)(key) for key in keys for language in LANGUAGES]


def _check_found(grids: Sequence[Grid], found: Sequence[Grid], path: Path | Sent) -> None:
    """InputError where there is no sheet that can be read, or one of ours without its headers."""
    wanted = _told("sheet.locks")
    for grid in grids:
        # A sheet that only says why nothing can be tried has a text a row.
        filled = max((sum(bool(name_in(cell)) for cell in row) for row in grid.rows), default=0)
        if (grid.name in wanted or _is_try(grid)) and not any(each is grid for each in found) and filled > 1:
            if _is_try(grid) and (other := try_sheet_in(found)) and try_sheet_in([grid]):
                raise InputError(fault("edits.two_sheets", grid.place, other=other.grid.place))
            raise InputError(_no_header(grid, _is_try(grid)))
    if not found:
        if locks := next((grid for grid in grids if grid.name in wanted), None):
            raise InputError(_no_header(locks))
        raise InputError(fault("edits.no_sheet", str(path), names=wanted))


def _no_header(grid: Grid, tried: bool = False) -> Fault:
    columns = [*KEYS, *COLUMNS[:4] * tried]
    return fault("edits.no_header", grid.place, columns=[fault(label_key(each)) for each in columns])


def _is_try(grid: Grid) -> bool:
    """Whether a sheet is that to try changes on, by its name or its title, whatever its headers."""
    titles = _told("sheet.try", "try.title")
    return grid.name in titles or (bool(grid.rows) and name_in(grid.cell(0, 0)) in titles)


@dataclass(frozen=True)
class _Row:
    """A unit on a sheet of locks: its lock, None where its cells are blank, and the places of its cells."""

    lock: dict[str, Any] | None
    cells: dict[str, str]


def _joined(sheets: Sequence[dict[str, _Row]], before: Mapping[str, Any], faults: Faults) -> list[_Row]:
    """The locks of one sheet, or of two, of which the one that changed a unit's lock counts; faults where both did."""
    made = []
    for unit in dict.fromkeys(chain(*sheets)):
        rows = [sheet.get(unit, _Row(None, {})) for sheet in sheets]
        changed = [row for row in rows if not _unchanged(row.lock, before.get(unit))]
        if len(changed) == 2 and changed[0].lock != changed[1].lock and all(row.cells for row in rows):
            one, two = (row.lock["quota"] if row.lock else None for row in rows)
            figures = {"unit": unit, "one": one, "two": two, "other": rows[1].cells["lock"]}
            faults.append(fault("edits.two_locks", rows[0].cells["lock"], **figures))
        made.append(changed[0] if changed else next(row for row in rows if row.cells))
    return [row for row in made if row.lock is not None]


def _unchanged(lock: Mapping[str, Any] | None, held: Mapping[str, Any] | None) -> bool:
    """Whether a lock is what the scenario has."""
    if lock is None or held is None:
        return lock is None and held is None
    return all(lock[key] == held.get(key, "") for key in ("quota", "by", "reason"))


def _read(
    grid: Grid, first: int, at: Mapping[str, int], table: Table, before: Mapping[str, Any], faults: Faults
) -> tuple[dict[str, _Row], list[Oddity]]:
    """Locks from a row on by unit, each with a whole quota, who decided it, and why, unless the scenario has it so.

    What is wrong is added to `faults`; notes are of names that only fit.
    """
    made: dict[str, _Row] = {}
    notes: list[Oddity] = []
    for index in range(first, len(grid.rows)):
        values = {name: _value(name, grid.cell(index, column)) for name, column in at.items()}
        cells = {name: grid.at(index, column) for name, column in at.items()}
        blank = all(values[name] == "" for name in list(KEYS)[1:])
        unit = fitting_name(name := fold(str(values["unit"])), table.units) or name
        if blank:
            if unit in table.units:
                made.setdefault(unit, _Row(None, cells))
            continue
        if unit != name:
            notes.append(name_fitted(str(values["unit"]), unit, cells["unit"]))
        if (size := grid.merged.get((index, at["lock"]))) and values["lock"] != "":
            shown = {"cell": values["lock"], "column": "quota", "unit": values["unit"]}
            faults.append(fault("import.merged", cells["lock"], rows=size[0], columns=size[1], **shown))
        lock = {KEYS[name]: value for name, value in values.items()} | {"unit": unit}
        if unit in made and made[unit].lock is not None:
            faults.append(fault("scenario.twice", cells["unit"], name=unit, key="locks"))
        if _unchanged(lock, before.get(unit)):
            lock |= {key: value for key, value in before[unit].items() if key == "firm" and value}
        else:
            faults += _row_faults(values, cells)
            if (held := before.get(unit)) and held.get("firm") and held["quota"] == lock["quota"]:
                lock["firm"] = True
        made[unit] = _Row(lock, cells)
    return made, notes


def _row_faults(values: Mapping[str, Any], cells: Mapping[str, str]) -> Iterator[Fault]:
    """What is missing in a row, or of the wrong kind."""
    for name, value in values.items():
        told = {"unit": values["unit"], "value": str(value)}
        if value == "" and (values["unit"] or name == "unit"):
            yield fault(f"edits.no_{name}", cells[name], unit=values["unit"])
        elif name == "lock" and (not isinstance(value, int) or isinstance(value, bool)):
            yield fault("edits.not_whole", cells[name], **told)
        elif name != "lock" and not isinstance(value, str):
            yield fault("edits.not_text", cells[name], **told)


def _value(name: str, cell: Any) -> Any:
    """A cell's content: a number as one, a text without spaces around it."""
    if name == "lock" or isinstance(cell, float):
        with suppress(NumberError):
            return "" if (value := figure(cell)) is None else value
        with suppress(NumberError):
            return typed(str(cell), True)
    return cell
