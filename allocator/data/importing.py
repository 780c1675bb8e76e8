"""A published annex becomes a table: header found, rows told apart, every figure read or refused at its place.

read_pages → locate (header, continuations) → sort_rows (units, totals, the rest) → _figures → Imported → the files of a
scenario folder: units.csv, source.yaml and a first base.yaml.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from allocator.data.findings import Oddity
from allocator.data.headers import COUNTS, INDEX, SKIP, UNRECOGNISED, Headed, comparable, kind_of
from allocator.data.layout import Line, Reading, locate
from allocator.data.limits import Sent, read_bytes
from allocator.data.numbers import NumberError, figure, vietnamese, whole
from allocator.data.pages import read_pages
from allocator.data.rows import Figures, document_of, printed_columns, shown_cell, sort_rows
from allocator.data.settings import SCHEMA_LINE
from allocator.data.source import SOURCE_FILE, Source
from allocator.data.table import ATTAINMENT, PERSON_COLUMNS, TEXT_COLUMNS, Number
from allocator.words import LANGUAGES, Words

LOTS = (10, 5, 1)
HISTORY = ("term_target", "recruited")
FIRST_REALISATION = 0.2
FIRST_ATTAINMENT = {"basis": "gross", "exponent": 1, "floor": 0.5, "ceiling": 1, "missing": 1}


class _Quoted(str):
    """Text always written in quotation marks, so that `4.000` stays what was printed."""


class _Dumper(yaml.SafeDumper): ...


_Dumper.add_representer(
    _Quoted, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style='"')
)


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
    """

    rows: Sequence[Mapping[str, Any]]
    source: Source
    target: int | None
    columns: Sequence[Headed]
    unrecognised: Sequence[Headed]
    findings: Sequence[Oddity]


def import_table(data: bytes, name: str, chosen: Mapping[str, str] | None = None) -> Imported:
    """Table in the document `data`.

    Args:
        data: content of an xlsx, xls, ods or docx file, of CSV, or of pasted text (UTF-8 or UTF-16).
        name: its name, for messages and for `source.yaml`.
        chosen: columns by header, for headers that are not recognised; `skip` leaves one out.

    Returns:
        The table, blank cells as None, and where each figure came from.

    Raises:
        InputError: not a table, or cells that cannot be read one way only; all faults at once, each with its place.
        MissingExtraError: a workbook or Word file is given and its reader is not installed.
    """
    wanted = {comparable(header): column.strip() for header, column in (chosen or {}).items()}
    reading = locate(read_pages(read_bytes(Sent(name, data)), name), wanted)
    sort_rows(reading, wanted)
    figures = _figures(reading)
    reading.faults.check()
    return _imported(reading, figures, name)


def _figures(reading: Reading) -> Figures:
    """Figures by column and unit; faults for cells that cannot be read one way only."""
    made: Figures = {}
    for column in reading.columns:
        if column.name in (UNRECOGNISED, SKIP, INDEX, ATTAINMENT, *TEXT_COLUMNS):
            continue
        made[column.name] = {unit: _figure(reading, column, line, unit) for unit, line in reading.units.items()}
        for line in reading.totals:
            _figure(reading, column, line, "")
    return made


def _figure(reading: Reading, column: Headed, line: Line, unit: str) -> Number | None:
    place, shown = line.place(column.at), unit or reading.text(line, "unit") or "–"
    size = line.part.merged.get((line.index, column.at))
    try:
        if size and not line.blank(column.at):
            raise NumberError("import.merged", shown_cell(line.cell(column.at)), rows=size[0], columns=size[1])
        value = count(line.cell(column.at)) if column.name in COUNTS else number(line.cell(column.at))
        if column.name in PERSON_COLUMNS and value is not None and value < 0:
            raise NumberError("cell.negative", line.cell(column.at))
        if column.name == "workforce" and value is None and unit:
            raise NumberError("cell.blank", "")
    except NumberError as error:
        reading.faults.append(error.fault(place, column=column.name, unit=shown))
        return None
    return value


def number(cell: object) -> Number | None:
    """Figure in a document's cell, text as Vietnamese documents write it; NumberError where it is not one figure.

    Example:
        >>> number("4.000"), number(4000.0), number("1,5")
        (4000, 4000, 1.5)
    """
    return vietnamese(cell) if isinstance(cell, str) else figure(cell)


def count(cell: object) -> int | None:
    """The same for a count: a whole number."""
    value = number(cell)
    return None if value is None else whole(value, cell)


def _imported(reading: Reading, figures: Figures, name: str) -> Imported:
    columns = printed_columns(reading, figures)
    if "kind" not in reading.at:
        reading.note("kinds", column="kind", units=len(reading.units))
    rows: list[dict[str, Any]] = [
        {"unit": unit, "kind": kind_of(unit)}
        | {name: reading.text(line, name) or None for name in ("kind", "parent") if name in reading.at}
        | {column: values[unit] for column, values in figures.items()}
        for unit, line in reading.units.items()
    ]
    for part in reading.parts:
        if part.hidden:
            reading.note("hidden", "warning", names=list(part.hidden), place=part.place)
    source = Source(
        document=document_of(reading, name),
        rows={unit: line.number for unit, line in reading.units.items()},
        totals_row=reading.totals[0].number if reading.totals else "",
        columns=columns,
    )
    recognised = [each for each in reading.columns if each.name not in (UNRECOGNISED, SKIP)]
    left = [each for each in reading.columns if each.name == UNRECOGNISED and each.header]
    return Imported(rows, source, _target(reading, figures), recognised, left, reading.findings)


def _target(reading: Reading, figures: Figures) -> int | None:
    quotas = figures.get("published_quota")
    if not quotas or all(value is None for value in quotas.values()):
        reading.note("no_target", "warning", column="published_quota")
        return None
    totals = [count(line.cell(reading.at["published_quota"])) for line in reading.totals]
    if totals and totals[0]:
        return totals[0]
    added = int(sum(value or 0 for value in quotas.values()))
    reading.note("target_added", "warning", column="published_quota", recomputed=added)
    return added


def folder_files(made: Imported, words: Words) -> dict[str, str]:
    """Content of each file by its name; comments in the language of `words`."""
    source = _comment(words("import.source_comment")) + _yaml(_quoted(made.source.model_dump()))
    return {"units.csv": units_csv(made), SOURCE_FILE: source, "base.yaml": base_yaml(made, words)}


def units_csv(made: Imported) -> str:
    """The table as CSV: plain figures, blanks as blanks."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(made.rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(made.rows)
    return text.getvalue()


def base_yaml(made: Imported, words: Words) -> str:
    """A first scenario: the target, lots that fit the published quotas, the built-in scenario's assumptions."""
    document = made.source.document
    titles = {
        each: _Quoted(Words(each)("import.base_title", name=document.number or document.file)) for each in LANGUAGES
    }
    decisions: dict[str, Any] = {"title": titles, "data": "units.csv"}
    if made.target is None:
        decisions_text = _yaml(decisions) + _comment(words("import.base_no_target")) + "# target: …\n"
    else:
        quotas = [made.target, *(row.get("published_quota") or 0 for row in made.rows)]
        lot = next(lot for lot in LOTS if all(quota % lot == 0 for quota in quotas))
        decisions_text = _yaml(decisions | {"published": "published_quota", "target": made.target, "lot": lot})
    assumptions: dict[str, Any] = {}
    if "growth_estimate" in made.rows[0]:
        assumptions["growth"] = {"realisation": FIRST_REALISATION}
    if all(each in made.rows[0] for each in HISTORY):
        assumptions["attainment"] = FIRST_ATTAINMENT
    shown = _comment(words("import.base_assumptions")) + _yaml(assumptions) if assumptions else ""
    return SCHEMA_LINE + _comment(words("import.base_comment")) + decisions_text + shown


def _comment(text: str) -> str:
    return "".join(f"# {line}\n" for line in text.splitlines())


def _yaml(content: Any) -> str:
    return yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10**6)


def _quoted(content: Any) -> Any:
    if isinstance(content, dict):
        return {key: _quoted(value) for key, value in content.items() if value not in ("", None, [], {})}
    return [_quoted(each) for each in content] if isinstance(content, list) else _Quoted(content)
