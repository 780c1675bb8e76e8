"""A table from a file, every figure read strictly. All that is wrong is collected and raised once.

Faults with keys `table.…` are about the file as a whole, `cell.…` about one cell or row of what is otherwise a table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from allocator.data.answers import Answers, as_written, in_force
from allocator.data.findings import Oddity, oddity_of
from allocator.data.grid import Grid, Records, headed, name_in, own_grid
from allocator.data.limits import Sent, read_bytes
from allocator.data.numbers import NumberError, Unread, figure, persons, share_or_percent
from allocator.data.sums import judged, plain_label
from allocator.data.table import ATTAINMENT, PERSON_COLUMNS, REQUIRED, TEXT_COLUMNS, Number, Table, fold, shown_names
from allocator.errors import Fault, InputError, fault

_WHY = {"total": "total", "subtotal": "subtotal", "asked": "may_be_sum", "differs": "subtotal_differs"}
_OF_IMPORT = {"import.kinds", "import.no_target", "import.target_added"}
"""What is said of the files that `import` writes: all else that reading found is told of every allocation as well."""


def read_table(file: Path | Sent, answers: Answers | None = None) -> Table:
    """Table in a file: one of our own, under our names in its first row, or any document that holds a table.

    Args:
        file: its path, or its content.
        answers: what a person settled of how it is read; None for what the call, or `import.yaml` beside it, settles.

    Raises:
        InputError: the file or some of its cells cannot be used; all faults at once, or the first hundred.
        Unsettled: the same, where an answer settles it.
        MissingExtraError: a workbook or Word file is given and its reader is not installed.
    """
    settled = in_force(file) if answers is None else answers
    grid = None if settled else own_grid(file, REQUIRED)
    if grid is not None:
        return _without_sums(_table(grid))
    # A document's own machinery, which ours needs none of.
    from allocator.data.importing import import_table, plain_grid

    made = import_table(read_bytes(file), file.name, as_written(file, settled))
    notes = [each for each in made.findings if each.code not in _OF_IMPORT]
    notes += [oddity_of("warning", each.about) for each in made.questions if each.about.key == "import.may_be_sum"]
    return replace(_table(plain_grid(made, str(file))), notes=(*([made.total] if made.total else []), *notes))


def _without_sums(table: Table) -> Table:
    """The table without rows that are sums of others, which are noted; a tree's rows say themselves what they are."""
    if any(table.parents):
        return table
    persons = [name for name in PERSON_COLUMNS if name in table.columns]
    names = persons if len(persons) > 1 else [name for name in table.columns if name != ATTAINMENT]
    figures = [*zip(*(table.columns[name] for name in names), strict=True)]
    found = judged([plain_label(unit) for unit in table.units], [""] * len(table), figures, ())
    left = {at for at, each in found.items() if each.why in ("total", "subtotal")}
    if len(left) == len(table):
        return table
    notes = []
    for at, each in sorted(found.items()):
        unit, parts = table.units[at], {"parts": [table.units[part] for part in each.parts]}
        if each.why in _WHY:
            notes.append(Oddity("note" if at in left else "warning", f"import.{_WHY[each.why]}", unit, values=parts))
        for slip in each.slips:
            printed, added = figures[at][slip], sum(figures[part][slip] or 0 for part in each.parts)
            notes.append(Oddity("warning", "import.sum_slip", unit, names[slip], printed, added))
    rows = [at for at in range(len(table)) if at not in left]
    return replace(table.of_rows(rows), notes=tuple(notes)) if notes else table


def _table(grid: Grid) -> Table:
    """Table in a grid under our names."""
    if not grid.rows:
        raise InputError(fault("table.empty", grid.place))
    records = headed(grid, (*TEXT_COLUMNS, *PERSON_COLUMNS, ATTAINMENT), ("unit",))
    for n, cell in enumerate(grid.rows[0]):
        if not name_in(cell) and any(len(row) > n and row[n] not in ("", None) for row in grid.rows[1:]):
            records.faults.append(fault("table.blank_header", grid.at(0, n)))
    if not grid.rows[1:]:
        records.faults.append(fault("table.no_rows", grid.place))
    records.faults.check()
    rows = [*records.rows()]
    names, above = (_texts(records, name, rows) for name in ("unit", "parent"))
    units, parents, wrong = shown_names(names, above, lambda at, column: records.place(rows[at], column))
    for each in wrong:
        records.faults.append(each)
    columns: dict[str, tuple[Number | None, ...]] = {}
    unusable: dict[str, Fault] = {}
    texts: dict[str, tuple[str | None, ...]] = {}
    inner, pairs = {*parents}, [*zip(rows, units, strict=True)]
    for name in (each for each in records.columns if each not in TEXT_COLUMNS):
        how, needed = reader_of(name), name in REQUIRED
        if how is figure:
            columns[name], bad = _figures(records, name, pairs)
            if bad is not None:
                del columns[name]
                unusable[name] = bad
                texts[name] = tuple(text or None for text in _texts(records, name, rows))
            continue
        read = [records.read(how, row, name, unit, needed and unit not in inner) for row, unit in pairs]
        if name == "growth_estimate":
            held = zip(units, read, strict=True)
            read = [0 if value is None and unit not in inner else value for unit, value in held]
        columns[name] = tuple(read)
    kinds = tuple(text or None for text in _texts(records, "kind", rows))
    records.faults.check()
    table = Table(tuple(units), columns, kinds, tuple(each or None for each in parents), unusable, grid.place, texts)
    _check_sums(records, rows, table)
    return table


def _check_sums(records: Records, rows: Sequence[int], table: Table) -> None:
    """Refuse a workforce of 0 in rows of a tree that have some below them."""
    if not table.measured:
        return
    inner = {*table.parents}
    pairs = [*zip(table.units, table.column("workforce"), strict=True)]
    nothing = [at for at, (unit, value) in enumerate(pairs) if value == 0 and unit in inner]
    if nothing:
        bare = tuple(None if unit in inner and not value else value for unit, value in pairs)
        sums = replace(table, columns={"workforce": bare}).sums_below("workforce")
        for at in nothing:
            if at in sums and sums[at][0]:
                values = {"unit": table.units[at], "below": sums[at][0]}
                records.fault("cell.nothing_above", rows[at], "workforce", **values)
        records.faults.check()


def reader_of(column: str) -> Callable[[object], Number | None]:
    """What reads a cell of a column."""
    return share_or_percent if column == ATTAINMENT else persons if column in PERSON_COLUMNS else figure


def _figures(
    records: Records, name: str, rows: Sequence[tuple[int, str]]
) -> tuple[tuple[Number | None, ...], Fault | None]:
    values: list[Number | None] = []
    bad: Fault | None = None
    for row, unit in rows:
        cell = records.cell(row, name)
        if bad and isinstance(cell, str) and cell[:1].isalpha():
            continue  # no figure begins with a letter: many in a column of text, which reading each would double
        try:
            values.append(figure(cell))
        except NumberError as error:
            bad = bad or error.fault(records.place(row, name), column=name, unit=unit or "–")
    if bad and all(value is None for value in values):
        bad = fault("cell.text_column", bad.place, **bad.values)
    return tuple(values), bad


def _texts(records: Records, name: str, rows: Sequence[int]) -> list[str]:
    """The cells of a column as names, empty where there is none; a fault for each without a value one could trust."""
    if name not in records.columns:
        return [""] * len(rows)
    grid, at = records.grid.rows, records.columns[name]
    seen: dict[str, str] = {}  # a text that stands there many times is folded once
    made = []
    for row in rows:
        cell = grid[row][at]
        if isinstance(cell, str):
            text = seen.get(cell)
            if text is None:
                text = seen[cell] = fold(cell)
            made.append(text)
        else:
            made.append(name_in(cell))
        if isinstance(cell, Unread):
            error = NumberError(cell.key, cell)
            records.faults.append(error.fault(records.place(row, name), column=name, unit="–"))
    return made
