"""A published annex becomes a table: header found, rows told apart, every figure read or refused at its place.

read_document → sort_rows (units, totals, the rest) → figures → Imported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from allocator.data.answers import Answers, OpenQuestion, in_force
from allocator.data.blocks import Line
from allocator.data.figures import Figures, figures_of, read_figure
from allocator.data.findings import MOST_LETTERS, MOST_SHOWN, Oddity, Shown
from allocator.data.grid import Grid
from allocator.data.limits import Sent
from allocator.data.meaning import UNRECOGNISED, Headed, kind_of
from allocator.data.office import office_told
from allocator.data.printed import attached_to, document_of, period_of, printed_columns, year_of
from allocator.data.printed_figures import lenient, shown_figure
from allocator.data.reading import Reading, located, settle
from allocator.data.row_kinds import sort_rows
from allocator.data.source import PrintedColumn, Source
from allocator.errors import InputError


@dataclass(frozen=True)
class Imported:
    """What a document gives.

    Attributes:
        rows: one mapping a unit, keys in the order of the table's columns; None where the document has a blank.
        source: where each figure stands, totals and odd cells as printed.
        target: published quota of the totals row; the quotas' sum where there is no such row; None without quotas.
        columns: columns that were recognised, or chosen by the caller.
        unrecognised: columns that were left out, in the document's order.
        findings: what a reader should know of how the document was read.
        questions: what is left to settle.
        document: as it is shown.
        others: cells by unit of the columns that were not recognised, under their headers.
        total: the row that is the sum of all, where there is one.
        places: place of each figure by its column, unit by unit.
        office: what it says of who issued it, as `office.yaml` has it.
        year: the year that its quotas are for, None where it names none or several.
    """

    rows: Sequence[Mapping[str, Any]]
    source: Source
    target: int | None
    columns: Sequence[Headed]
    unrecognised: Sequence[Headed]
    findings: Sequence[Oddity]
    questions: Sequence[OpenQuestion]
    document: Shown
    others: Mapping[str, Mapping[str, object]]
    total: Oddity | None
    places: Sequence[Mapping[str, str]]
    office: Mapping[str, Any]
    year: int | None


def import_table(data: bytes, name: str, answers: Answers | None = None) -> Imported:
    """Table in the document `data`.

    Args:
        data: content of a workbook, Word file, web page, CSV, or pasted text.
        name: its name, for messages and for `source.yaml`.
        answers: what a person settled; None for what is in force.

    Returns:
        The table, blank cells as None, and where each figure came from.

    Raises:
        InputError: not a table, or cells that cannot be read one way only; all faults at once, each with its place.
        Unsettled: the same, where an answer settles it.
        MissingExtraError: a workbook or Word file is given and its reader is not installed.
    """
    file = Sent(name, data)
    return _read(located(file, in_force(file) if answers is None else answers))


def _read(reading: Reading) -> Imported:
    settle(reading)
    sort_rows(reading)
    return _imported(reading, figures_of(reading))


def examined(file: Sent, answers: Answers) -> tuple[Shown, Imported | None, InputError | None]:
    """A document as it is shown with what was told of it, and its table or what is in the way of reading it.

    Raises:
        InputError: no table was found in it; and MissingExtraError, as `import_table`.
    """
    reading = located(file, answers)
    try:
        made = _read(reading)
    except InputError as error:
        return document_shown(reading), None, error
    return made.document, made, None


def _imported(reading: Reading, figures: Figures) -> Imported:
    columns = printed_columns(reading, figures)
    if "kind" not in reading.at:
        reading.note("kinds", column="kind", units=len(reading.units))
    rows: list[dict[str, Any]] = [
        {"unit": unit, "kind": reading.merged_text(row.line, "kind") or None if "kind" in reading.at else kind_of(unit)}
        | ({"parent": reading.text(row.line, "parent") or None} if "parent" in reading.at else {})
        | {column: values[unit] for column, values in figures.items()}
        for unit, row in reading.units.items()
    ]
    parts = {id(each.part): each.part for each in reading.block.headers}
    for part in parts.values():
        if part.hidden:
            reading.note("hidden", "warning", names=list(part.hidden), place=part.place)
    source = _source(reading, columns)
    if reading.way == "en" and not reading.answers.numbers:
        reading.note("numbers_en", place=reading.header.place())
    recognised = [each for each in reading.columns if each.ours]
    left = [each for each in reading.columns.named(UNRECOGNISED) if each.header]
    target = _target(reading, figures)
    total = None
    if reading.totals:
        total = Oddity("note", "import.total", reading.totals.name, place=reading.totals.line.place())
    units = reading.units.items()
    others = {each.header: {unit: _held(reading, row.line, each.at) for unit, row in units} for each in left}
    places = [{each.name: row.line.place(each.at) for each in recognised} for _, row in units]
    office = office_told(source.document, attached_to(reading), period_of(columns))
    return Imported(
        rows,
        source,
        target,
        recognised,
        left,
        reading.findings,
        reading.questions,
        document_shown(reading),
        others,
        total,
        places,
        office,
        year_of(source.document, columns),
    )


def _source(reading: Reading, columns: dict[str, PrintedColumn]) -> Source:
    """Where everything stands in the document, and what it prints, as `source.yaml` has it."""
    return Source(
        document=document_of(reading),
        rows={unit: row.line.number for unit, row in reading.units.items()},
        totals_row=reading.totals.line.number if reading.totals else "",
        numbers=reading.way,  # type: ignore[arg-type]
        columns=columns,
    )


def _held(reading: Reading, line: Line, at: int) -> object:
    """A cell of a column without a meaning: its figure where it is one, else as it stands."""
    cell = reading.cell(line, at)
    return lenient(cell, reading.way, cell)


def _target(reading: Reading, figures: Figures) -> int | None:
    quotas = figures.get("published_quota")
    if not quotas or all(value is None for value in quotas.values()):
        reading.note("no_target", "warning", column="published_quota")
        return None
    (column,) = reading.columns.named("published_quota")
    if reading.totals and (total := read_figure(reading, column, reading.totals.line, "")):
        return int(total)
    above = {reading.text(row.line, "parent") for row in reading.units.values()}
    added = int(sum(value or 0 for unit, value in quotas.items() if unit not in above))
    reading.note("target_added", "warning", column="published_quota", recomputed=added)
    return added


def document_shown(reading: Reading) -> Shown:
    """The part of a document that the table stands in, as it is shown."""
    part, last = reading.block.header.part, MOST_SHOWN
    rows = [[shown_figure(cell, reading.way)[:MOST_LETTERS] for cell in row] for row in part.rows[:last]]
    mine = {row.line.index: row for row in reading.rows if row.line.part is part and row.line.index < last}
    units = {at: row.name for at, row in mine.items() if not row.why}
    left = {at: f"import.why.{row.why}" for at, row in mine.items() if row.why}
    headers = [each for each in reading.block.headers if each.part is part]
    heads = [at for each in headers for at in range(each.start, each.end) if at < last]
    return Shown(part.name, rows, part.numbers[:last], heads, units, left)


def plain_grid(made: Imported, place: str) -> Grid:
    """The table as a grid under our names, columns that were not recognised under their headers."""
    own = [*made.rows[0]]
    heads = [*own, *(each for each in made.others if each not in own)]
    rows: list[list[Any]] = [heads]
    for row in made.rows:
        rows.append([row[name] if name in row else made.others[name][row["unit"]] for name in heads])

    def origin(row: int, at: int) -> str:
        places = made.places[max(row - 1, 0)]
        return places.get(heads[at], places["unit"])

    return Grid(rows, range(1, len(rows) + 1), place, "", place, origin=origin)
