"""What a document prints, as `source.yaml` keeps it: places, totals, odd cells, and what its head says of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from allocator.data.findings import minus, read_printed
from allocator.data.limits import sheet_column
from allocator.data.meaning import INDEX
from allocator.data.printed_figures import printed_number, printed_percent, shown_figure
from allocator.data.source import PrintedColumn, SourceDocument
from allocator.data.table import ATTAINMENT, TEXT_COLUMNS

if TYPE_CHECKING:
    from allocator.data.figures import Figures
    from allocator.data.reading import Reading


def printed_columns(reading: Reading, figures: Figures) -> dict[str, PrintedColumn]:
    """What `source.yaml` says of each column: its header, its place, its total, percentages as printed, what it is of.

    A net gain that is printed otherwise becomes recruited − lost in `figures`, where only so it agrees with its total.
    """
    columns = {}
    lines = [(unit, row.line) for unit, row in reading.units.items()]
    lines += [("", reading.totals.line)] if reading.totals else []
    part = reading.block.header.part
    for each in reading.columns:
        if not each.ours or each.name == INDEX:
            continue
        # A bare 0.5545 in a column of percentages is not what a document shows: left out.
        cells = {unit: reading.cell(line, each.at) for unit, line in lines}
        shown = {u: shown_figure(c, reading.way) for u, c in cells.items() if each.name != ATTAINMENT or "%" in str(c)}
        total = shown.pop("", "") if each.name not in TEXT_COLUMNS else ""
        printed = {unit: text for unit, text in shown.items() if text} if each.name == ATTAINMENT else {}
        at = sheet_column(each.at + 1) if part.name else str(each.at + 1)
        columns[each.name] = PrintedColumn(header=each.header, cell=at, total=total or None, printed=printed)
    _recompute(reading, figures, columns)
    _relate(reading, figures, columns)
    return columns


def _recompute(reading: Reading, figures: Figures, columns: dict[str, PrintedColumn]) -> None:
    """Take recruited − lost for a net gain printed otherwise, where only so the column agrees with its total."""
    if not {"net_gain", "recruited", "lost"} <= figures.keys():
        return
    gains, total = figures["net_gain"], columns["net_gain"].total
    right = {u: minus(figures["recruited"][u], figures["lost"][u]) for u in gains}
    odd = {u: value for u, value in gains.items() if None not in (value, right[u]) and value != right[u]}
    corrected = {u: right[u] if u in odd else value for u, value in gains.items()}
    if total is None or not odd or sum(v or 0 for v in corrected.values()) != printed_number(total, reading.way):
        return
    at = reading.at["net_gain"]
    printed = {u: shown_figure(reading.units[u].line.cell(at), reading.way) for u in odd}
    for unit, value in odd.items():
        place = reading.units[unit].line.place(at)
        reading.note("recomputed", "warning", unit, "net_gain", printed=value, recomputed=right[unit], place=place)
    figures["net_gain"] = corrected
    columns["net_gain"] = columns["net_gain"].model_copy(update={"printed": printed})


def _relate(reading: Reading, figures: Figures, columns: dict[str, PrintedColumn]) -> None:
    """Say which columns are made of others, where those are there, so that the audit recomputes them."""
    relations = {
        "net_gain": ("difference", ["recruited", "lost"]),
        "workforce": ("parts", ["workforce_gap", "workforce_insured"]),
        ATTAINMENT: ("percent", [_numerator(figures, columns, reading.way), "term_target"]),
    }
    for name, (relation, others) in relations.items():
        if name in columns and all(each in figures for each in others):
            columns[name] = columns[name].model_copy(update={relation: others})


def _numerator(figures: Figures, columns: Mapping[str, PrintedColumn], way: str) -> str:
    """Of net gain and recruits the one whose share of the term target the printed percentages come nearer to."""
    printed = columns[ATTAINMENT].printed if ATTAINMENT in columns else {}

    def near(name: str) -> int:
        parts, wholes = (figures.get(each, {}) for each in (name, "term_target"))
        read = {unit: read_printed(printed_percent, text, way) for unit, text in printed.items()}
        shares = ((parts.get(u), wholes.get(u), each) for u, each in read.items())
        known = [(100 * a / b, float(c)) for a, b, c in shares if a is not None and b and c is not None]
        return sum(abs(real - shown) < 1 for real, shown in known)

    return max(("net_gain", "recruited"), key=near)


def document_of(reading: Reading) -> SourceDocument:
    """What the lines above the table say of the document: title, number, date and issuer, where they can be told."""
    lines = [each for each in reading.block.before if each]
    near = lines[-12:]
    text = " ".join(near)
    number = re.search(r"\bsố:?\s*(\d+)\s*(/[\w/-]+)", text, re.IGNORECASE)
    day = re.search(r"ngày\s+(\d{1,2})\s*(?:/|tháng)\s*(\d{1,2})\s*(?:/|năm)\s*(\d{4})", text, re.IGNORECASE)
    issuer = re.search(r"\bcủa\s+([^().]+)\)", text)
    part, name = reading.block.header.part, reading.name
    return SourceDocument(
        title=_title(near)[:300],
        number="".join(number.groups()) if number else "",
        date=f"{int(day[3])}-{int(day[2]):02}-{int(day[1]):02}" if day else "",
        issuer=issuer[1].strip() if issuer else "",
        file=name
        + (f", {part.name}" if part.name and len({id(each.part) for each in reading.block.headers}) == 1 else ""),
    )


def attached_to(reading: Reading) -> str:
    """The kind of document that the lines above the table say it was attached to, e.g. `Kế hoạch`; else blank."""
    found = re.search(
        r"kèm theo\s+([^\W\d_]+(?:\s+[^\W\d_]+){0,3}?)\s+số", " ".join(reading.block.before), re.IGNORECASE
    )
    return found[1].capitalize() if found else ""


def period_of(columns: Mapping[str, PrintedColumn]) -> str:
    """The years that the headers of past results name; blank where they name none."""
    headers = (columns[name].header for name in ("recruited", "net_gain", ATTAINMENT) if name in columns)
    found = (re.search(r"\b((?:19|20)\d\d)\s*[-–]\s*((?:19|20)\d\d)\b", each) for each in headers)
    return next((f"{each[1]} - {each[2]}" for each in found if each), "")


def year_of(document: SourceDocument, columns: Mapping[str, PrintedColumn]) -> int | None:
    """The one year that the title names, else the one that the header of the quotas names; None where it is not one."""
    quotas = columns["published_quota"].header if "published_quota" in columns else ""
    found = ({*re.findall(r"(?<!\d)20\d\d(?!\d)", each)} for each in (document.title, quotas))
    years = next(filter(None, found), set())
    return int(years.pop()) if len(years) == 1 else None


def _title(lines: list[str]) -> str:
    """The title right above a table: the last lines in capitals, else all that are no attachment's line."""
    kept = [each for each in lines if not re.match(r"\(?(kèm theo|ban hành|đvt|đơn vị tính)", each, re.IGNORECASE)]
    loud = [each.upper() == each and bool(re.search(r"[^\W\d_]{2}", each)) for each in kept]
    last = max((n for n, each in enumerate(loud) if each), default=-1)
    first = next((n + 1 for n in range(last, -1, -1) if not loud[n]), 0)
    return " ".join(kept[first : last + 1] if last >= 0 else kept)
