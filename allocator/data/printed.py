"""What an imported document prints, as `source.yaml` keeps it: places, totals, odd cells, the document itself."""

from __future__ import annotations

import re
from contextlib import suppress

from allocator.data.headers import ATTAINMENT, INDEX, SKIP, TEXTS, UNRECOGNISED
from allocator.data.layout import Layout
from allocator.data.numbers import NumberError, bare, vietnamese, vietnamese_percent
from allocator.data.rows import Reading
from allocator.data.source import PrintedColumn, SourceDocument
from allocator.data.table import Number

Figures = dict[str, dict[str, Number | None]]


def printed_columns(reading: Reading) -> dict[str, PrintedColumn]:
    """What `source.yaml` says of each column: its header, its place, its total, percentages as printed."""
    columns = {}
    part = reading.layout.parts[0]
    for each in reading.columns:
        if each.name in (UNRECOGNISED, SKIP, INDEX):
            continue
        # A bare 0.5545 in a column of percentages is not what a document shows: left out.
        cells = {
            unit: line.cell(each.at) for unit, line in [*reading.units.items(), *(("", t) for t in reading.totals)]
        }
        shown = {u: shown_cell(cell) for u, cell in cells.items() if each.name != ATTAINMENT or "%" in str(cell)}
        total = shown.pop("", "") if each.name not in TEXTS else ""
        printed = {unit: text for unit, text in shown.items() if text} if each.name == ATTAINMENT else {}
        columns[each.name] = PrintedColumn(
            header=each.header, cell=part.column(each.at), total=total or None, printed=printed
        )
    return columns


def shown_cell(cell: object) -> str:
    """A cell as a Vietnamese document prints it; a sheet's number with marks between thousands; empty for a dash."""
    if cell is None or bare(str(cell)) == "-":
        return ""
    number = int(cell) if isinstance(cell, float) and cell.is_integer() else cell
    return (
        bare(number) if isinstance(number, str) else f"{number:,}".replace(",", " ").replace(".", ",").replace(" ", ".")
    )


def recompute(reading: Reading, figures: Figures, columns: dict[str, PrintedColumn]) -> None:
    """Take recruited − lost for a net gain printed otherwise, where only so the column agrees with its total."""
    if not {"net_gain", "recruited", "lost"} <= figures.keys():
        return
    gains, total = figures["net_gain"], columns["net_gain"].total
    right = {u: _minus(figures["recruited"][u], figures["lost"][u]) for u in gains}
    odd = {u: value for u, value in gains.items() if None not in (value, right[u]) and value != right[u]}
    corrected = {u: right[u] if u in odd else value for u, value in gains.items()}
    if total is None or not odd or sum(v or 0 for v in corrected.values()) != vietnamese(total):
        return
    at = next(each.at for each in reading.columns if each.name == "net_gain")
    printed = {u: shown_cell(reading.units[u].cell(at)) for u in odd}
    for unit, value in odd.items():
        place = reading.units[unit].place(at)
        reading.note("recomputed", "warning", unit, "net_gain", printed=value, recomputed=right[unit], place=place)
    figures["net_gain"] = corrected
    columns["net_gain"] = columns["net_gain"].model_copy(update={"printed": printed})


def _minus(more: Number | None, less: Number | None) -> Number | None:
    return None if more is None or less is None else more - less


def relate(figures: Figures, columns: dict[str, PrintedColumn]) -> None:
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
        hits = 0
        for unit, text in printed.items():
            part, whole = (figures.get(each, {}).get(unit) for each in (name, "term_target"))
            with suppress(NumberError):
                percent = vietnamese_percent(text)
                if part is not None and whole and percent is not None:
                    hits += abs(100 * part / whole - float(percent)) < 1
        return hits

    return max(("net_gain", "recruited"), key=near)


def document_of(layout: Layout, name: str) -> SourceDocument:
    """What the lines above the table say of the document: title, number, date and issuer, where they can be told."""
    lines = [each for each in layout.before if each]
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
        file=name + (f", {layout.parts[0].name}" if layout.parts[0].name and len(layout.parts) == 1 else ""),
    )
