"""The rows of a document told apart, and what it prints, as `source.yaml` keeps it: places, totals, odd cells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from itertools import zip_longest
from typing import Any

from allocator.data.findings import minus, read_printed
from allocator.data.headers import COUNTS, INDEX, SKIP, UNRECOGNISED, comparable
from allocator.data.layout import Reading
from allocator.data.limits import sheet_column
from allocator.data.numbers import bare, unmarked, vietnamese, vietnamese_percent
from allocator.data.source import PrintedColumn, SourceDocument
from allocator.data.table import ATTAINMENT, REQUIRED, TEXT_COLUMNS, Number, fold
from allocator.errors import InputError, fault
from allocator.words import MARKS

Figures = dict[str, dict[str, Number | None]]
_TOTALS = re.compile(
    r"(tong( cong| so)?|cong( chung)?|total|grand total|sum)( toan (tinh|nganh|quoc|thanh pho))?|toan tinh"
)
_SUBTOTAL = re.compile(r"(tổng )?cộng\b|trong đó\b|subtotal\b", re.IGNORECASE)
_SECTION = re.compile(r"([IVX]+|[A-H])\.?")
_BULLET = re.compile(r"^[-+•*–]\s*")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def _settle_columns(reading: Reading, wanted: Mapping[str, str]) -> None:
    """Leave of columns with one name none recognised."""
    found = reading.columns
    seen = [each.header for each in found if each.header]
    used = {
        key
        for each in found
        if each.mapped
        for key in [comparable(each.header), *map(comparable, each.header.split(" / "))]
    }
    faults = [fault("import.map_header", "--map", header=key, seen=seen) for key in wanted if key not in used]
    faults += [
        fault("import.map_column", "--map", column=name, columns=[*TEXT_COLUMNS, *COUNTS])
        for name in wanted.values()
        if not _NAME.fullmatch(name)
    ]
    for name in REQUIRED:
        same = [each.header for each in found if each.name == name]
        if len(same) != 1:
            key = "import.same_column" if same else "import.no_column"
            faults.append(fault(key, reading.header.place(), column=name, same=same, seen=seen))
    if faults:
        raise InputError(faults)
    times = Counter(each.name for each in found)
    reading.columns = [
        replace(each, name=UNRECOGNISED) if each.name != SKIP and times[each.name] > 1 else each for each in found
    ]
    reading.at = {each.name: each.at for each in reading.columns}


def _tell_unrecognised(reading: Reading) -> None:
    """Note each column with content that was left out, with what was seen and how to settle it."""
    for column in reading.columns:
        cells = [fold(str(line.cell(column.at))) for line in reading.lines if not line.blank(column.at)]
        if column.name == UNRECOGNISED and cells:
            shown: dict[str, Any] = {"cells": cells[:3], "example": f"{column.header or '?'}=skip"}
            place = reading.header.place(column.at)
            reading.note("unrecognised", "warning", column=column.header, place=place, **shown)


def sort_rows(reading: Reading, wanted: Mapping[str, str]) -> None:
    """Settle the columns, tell units from totals, and both from headings, footnotes and sums of parts, which are noted.

    Raises:
        InputError: something is wrong in `wanted`, the columns that the caller chose, or a column is missing.
    """
    _settle_columns(reading, wanted)
    _tell_unrecognised(reading)
    figures = [each.at for each in reading.columns if each.name not in (*TEXT_COLUMNS, INDEX)]
    unit_at = reading.at["unit"]
    for line, after in zip_longest(reading.lines, reading.lines[1:]):
        unit = _BULLET.sub("", reading.text(line, "unit"))
        label = unit or next((fold(unmarked(c)) for c in line.cells if re.search(r"[^\W\d_]", str(c or ""))), "")
        filled = [at for at in figures if not line.blank(at)]
        # The sum of those below it is numbered `I` or `A`, and the next row `1`.
        below = reading.text(after, INDEX).strip(".") if after else ""
        heads_section = below in ("1", "01") and _SECTION.fullmatch(reading.text(line, INDEX))
        if _TOTALS.fullmatch(comparable(label)):
            reading.totals.append(line)
        elif _SUBTOTAL.match(label) or (filled and heads_section):
            reading.note("subtotal", row=label, place=line.place())
        elif not filled and not reading.text(line, INDEX).isdigit():
            reading.note("left_out", row=label or "–", place=line.place())
        elif not unit:
            reading.faults.append(fault("cell.blank_unit", line.place(unit_at)))
        elif unit in reading.units:
            earlier = reading.units[unit].place(unit_at)
            reading.faults.append(fault("cell.duplicate_unit", line.place(unit_at), unit=unit, earlier=earlier))
        else:
            reading.units[unit] = line
        if unit.startswith(("=", "@")):
            reading.faults.append(fault("import.formula_name", line.place(unit_at), unit=unit))
    if not reading.units and not reading.faults:
        reading.faults.append(fault("table.no_rows", reading.header.place()))
    _one_totals_row(reading)


def _one_totals_row(reading: Reading) -> None:
    """Keep one totals row: `Tổng …` before `Cộng`, which then sums a page; two of a kind that differ are a fault."""
    named = [line for line in reading.totals if not comparable(reading.text(line, "unit")).startswith("cong")]
    kept = named or reading.totals
    for line in reading.totals:
        if line not in kept:
            reading.note("subtotal", row=reading.text(line, "unit"), place=line.place())
    shown = {tuple(str(line.cell(each.at) or "") for each in reading.columns if each.name in COUNTS) for line in kept}
    if len(shown) > 1:
        reading.faults.append(fault("import.two_totals", kept[1].place(), earlier=kept[0].place()))
    reading.totals = kept[:1]


def printed_columns(reading: Reading, figures: Figures) -> dict[str, PrintedColumn]:
    """What `source.yaml` says of each column: its header, its place, its total, percentages as printed, what it is of.

    A net gain that is printed otherwise becomes recruited − lost in `figures`, where only so it agrees with its total.
    """
    columns = {}
    lines = [*reading.units.items(), *(("", line) for line in reading.totals)]
    for each in reading.columns:
        if each.name in (UNRECOGNISED, SKIP, INDEX):
            continue
        # A bare 0.5545 in a column of percentages is not what a document shows: left out.
        cells = {unit: line.cell(each.at) for unit, line in lines}
        shown = {u: shown_cell(cell) for u, cell in cells.items() if each.name != ATTAINMENT or "%" in str(cell)}
        total = shown.pop("", "") if each.name not in TEXT_COLUMNS else ""
        printed = {unit: text for unit, text in shown.items() if text} if each.name == ATTAINMENT else {}
        at = sheet_column(each.at + 1) if reading.parts[0].name else str(each.at + 1)
        columns[each.name] = PrintedColumn(header=each.header, cell=at, total=total or None, printed=printed)
    _recompute(reading, figures, columns)
    _relate(figures, columns)
    return columns


def shown_cell(cell: object) -> str:
    """A cell as a Vietnamese document prints it; a sheet's number with marks between thousands; empty for a dash."""
    if cell is None or bare(str(cell)) == "-":
        return ""
    number = int(cell) if isinstance(cell, float) and cell.is_integer() else cell
    return bare(number) if isinstance(number, str) else f"{number:,}".translate(MARKS)


def _recompute(reading: Reading, figures: Figures, columns: dict[str, PrintedColumn]) -> None:
    """Take recruited − lost for a net gain printed otherwise, where only so the column agrees with its total."""
    if not {"net_gain", "recruited", "lost"} <= figures.keys():
        return
    gains, total = figures["net_gain"], columns["net_gain"].total
    right = {u: minus(figures["recruited"][u], figures["lost"][u]) for u in gains}
    odd = {u: value for u, value in gains.items() if None not in (value, right[u]) and value != right[u]}
    corrected = {u: right[u] if u in odd else value for u, value in gains.items()}
    if total is None or not odd or sum(v or 0 for v in corrected.values()) != vietnamese(total):
        return
    at = reading.at["net_gain"]
    printed = {u: shown_cell(reading.units[u].cell(at)) for u in odd}
    for unit, value in odd.items():
        place = reading.units[unit].place(at)
        reading.note("recomputed", "warning", unit, "net_gain", printed=value, recomputed=right[unit], place=place)
    figures["net_gain"] = corrected
    columns["net_gain"] = columns["net_gain"].model_copy(update={"printed": printed})


def _relate(figures: Figures, columns: dict[str, PrintedColumn]) -> None:
    """Say which columns are made of others, where those are there, so that the audit recomputes them."""
    relations = {
        "net_gain": ("difference", ["recruited", "lost"]),
        "workforce": ("parts", ["workforce_gap", "workforce_insured"]),
        ATTAINMENT: ("percent", [_numerator(figures, columns), "term_target"]),
    }
    for name, (relation, others) in relations.items():
        if name in columns and all(each in figures for each in others):
            columns[name] = columns[name].model_copy(update={relation: others})


def _numerator(figures: Figures, columns: dict[str, PrintedColumn]) -> str:
    """Of net gain and recruits the one whose share of the term target the printed percentages come nearer to."""
    printed = columns[ATTAINMENT].printed if ATTAINMENT in columns else {}

    def near(name: str) -> int:
        parts, wholes = (figures.get(each, {}) for each in (name, "term_target"))
        shares = ((parts.get(u), wholes.get(u), read_printed(vietnamese_percent, text)) for u, text in printed.items())
        known = [(100 * a / b, float(c)) for a, b, c in shares if a is not None and b and c is not None]
        return sum(abs(real - shown) < 1 for real, shown in known)

    return max(("net_gain", "recruited"), key=near)


def document_of(reading: Reading, name: str) -> SourceDocument:
    """What the lines above the table say of the document: title, number, date and issuer, where they can be told."""
    lines = [each for each in reading.before if each]
    text = " ".join(lines)
    title = " ".join(each for each in lines if not re.match(r"\(?kèm theo", each, re.IGNORECASE))
    number = re.search(r"\bsố:?\s*(\d+)\s*(/[\w/-]+)", text, re.IGNORECASE)
    day = re.search(r"ngày\s+(\d{1,2})\s*(?:/|tháng)\s*(\d{1,2})\s*(?:/|năm)\s*(\d{4})", text, re.IGNORECASE)
    issuer = re.search(r"\bcủa\s+([^().]+)\)", text)
    return SourceDocument(
        title=title[:300],
        number="".join(number.groups()) if number else "",
        date=f"{day[3]}-{int(day[2]):02}-{int(day[1]):02}" if day else "",
        issuer=issuer[1].strip() if issuer else "",
        file=name + (f", {reading.parts[0].name}" if reading.parts[0].name and len(reading.parts) == 1 else ""),
    )
