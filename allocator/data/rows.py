"""The rows of a document told apart: units, the totals row, and what is left out of the table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from allocator.data.findings import Oddity
from allocator.data.headers import COUNTS, INDEX, SKIP, TEXTS, UNRECOGNISED, Headed, comparable
from allocator.data.layout import Layout, Line
from allocator.data.limits import Faults
from allocator.data.numbers import unmarked
from allocator.data.table import fold
from allocator.errors import InputError, fault

NEEDED = ("unit", "workforce")
_TOTALS = re.compile(
    r"(tong( cong| so)?|cong( chung)?|total|grand total|sum)( toan (tinh|nganh|quoc|thanh pho))?|toan tinh"
)
_SUBTOTAL = re.compile(r"(tổng )?cộng\b|trong đó\b|subtotal\b", re.IGNORECASE)
_SECTION = re.compile(r"([IVX]+|[A-H])\.?")
_BULLET = re.compile(r"^[-+•*–]\s*")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass
class Reading:
    """A document on its way to a table."""

    layout: Layout
    columns: list[Headed]
    units: dict[str, Line] = field(default_factory=dict)
    totals: list[Line] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    findings: list[Oddity] = field(default_factory=list)

    def text(self, line: Line, name: str) -> str:
        """Folded text of a line's cell in the column called `name`, its note marks left out; empty where none is."""
        at = next((each.at for each in self.columns if each.name == name), None)
        return "" if at is None else fold(re.sub(r"\^\S+", "", unmarked(line.cell(at))))

    def note(
        self, code: str, severity: str = "note", row: str | None = None, column: str | None = None, **values: Any
    ) -> None:
        """Add a finding of the import; `place` among the values is its place."""
        place = values.pop("place", "")
        printed, recomputed = values.pop("printed", None), values.pop("recomputed", None)
        self.findings.append(Oddity(severity, f"import.{code}", row, column, printed, recomputed, values, place))


def settled_columns(layout: Layout, wanted: Mapping[str, str]) -> list[Headed]:
    """The columns of the layout; those of one name are none of them recognised; faults in what the caller chose."""
    names = [column.name for column in layout.columns]
    columns = [
        Headed(each.at, each.header, UNRECOGNISED)
        if each.name and each.name != SKIP and names.count(each.name) > 1
        else each
        for each in layout.columns
    ]
    seen = [each.header for each in layout.columns if each.header]
    used = {
        key
        for each in layout.columns
        if each.mapped
        for key in [comparable(each.header), *map(comparable, each.header.split(" / "))]
    }
    faults = [fault("import.map_header", "--map", header=key, seen=seen) for key in wanted if key not in used]
    faults += [
        fault("import.map_column", "--map", column=name, columns=[*TEXTS, *COUNTS])
        for name in wanted.values()
        if not _NAME.fullmatch(name)
    ]
    for name in NEEDED:
        same = [each.header for each in layout.columns if each.name == name]
        if len(same) != 1:
            key = "import.same_column" if same else "import.no_column"
            faults.append(fault(key, layout.place, column=name, same=same, seen=seen))
    if faults:
        raise InputError(faults)
    return columns


def tell_unrecognised(reading: Reading) -> None:
    """Note each column with content that was left out, with what was seen and how to settle it."""
    lines = reading.layout.lines
    for column in reading.columns:
        cells = [fold(str(line.cell(column.at))) for line in lines if not line.blank(column.at)]
        if column.name == UNRECOGNISED and cells:
            example = f"{column.header or '?'}=skip"
            place = reading.layout.header_place(column.at)
            reading.note(
                "unrecognised", "warning", column=column.header, cells=cells[:3], example=example, place=place
            )  # fmt: skip


def sort_rows(reading: Reading) -> None:
    """Tell units from totals, and both from headings, footnotes and sums of parts, which are left out and noted."""
    figures = [each.at for each in reading.columns if each.name not in (*TEXTS, INDEX)]
    unit_at = reading.layout.unit_at
    for line, after in zip_longest(reading.layout.lines, reading.layout.lines[1:]):
        unit = _BULLET.sub("", reading.text(line, "unit"))
        label = unit or next((fold(unmarked(c)) for c in line.cells() if re.search(r"[^\W\d_]", str(c or ""))), "")
        filled = [at for at in figures if not line.blank(at)]
        if _TOTALS.fullmatch(comparable(label)):
            reading.totals.append(line)
        elif _SUBTOTAL.match(label) or (filled and _heads_section(reading, line, after)):
            reading.note("subtotal", row=label, place=line.place(0))
        elif not filled and not reading.text(line, INDEX).isdigit():
            reading.note("left_out", row=label or "–", place=line.place(0))
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
        reading.faults.append(fault("table.no_rows", reading.layout.place))
    _one_totals_row(reading)


def _heads_section(reading: Reading, line: Line, after: Line | None) -> bool:
    """Whether a row is the sum of those below it: numbered `I` or `A`, and the next one `1`."""
    return bool(
        after and _SECTION.fullmatch(reading.text(line, INDEX)) and reading.text(after, INDEX).strip(".") in ("1", "01")
    )


def _one_totals_row(reading: Reading) -> None:
    """Keep one totals row: `Tổng …` before `Cộng`, which then sums a page; two of a kind that differ are a fault."""
    named = [line for line in reading.totals if not comparable(reading.text(line, "unit")).startswith("cong")]
    kept = named or reading.totals
    for line in reading.totals:
        if line not in kept:
            reading.note("subtotal", row=reading.text(line, "unit"), place=line.place(0))
    shown = {tuple(str(line.cell(each.at) or "") for each in reading.columns if each.name in COUNTS) for line in kept}
    if len(shown) > 1:
        reading.faults.append(fault("import.two_totals", kept[1].place(0), earlier=kept[0].place(0)))
    reading.totals = kept[:1]
