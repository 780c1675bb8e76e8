"""Where the table stands in a document: its header of one or more rows, and its continuations on later pages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from allocator.data.findings import Oddity
from allocator.data.grid import Grid
from allocator.data.headers import INDEX, UNRECOGNISED, Headed, columns_of, comparable, is_unit
from allocator.data.limits import Faults
from allocator.data.numbers import bare, unmarked
from allocator.data.pages import Pages
from allocator.data.table import Number, fold
from allocator.errors import InputError, fault

MOST_LEVELS = 4
_NUMBERED = re.compile(r"\(?([a-z]|\d{1,2})\)?( ?= ?.*)?", re.IGNORECASE)


@dataclass(frozen=True)
class Line:
    """One row of a document's table."""

    part: Grid
    index: int

    @property
    def number(self) -> str:
        """Its row or line in the document, with the table where there are several: `T2:5`."""
        number = str(self.part.numbers[self.index])
        return f"{self.part.name}:{number}" if re.fullmatch(r"T\d+", self.part.name) else number

    @property
    def cells(self) -> Sequence[object]:
        """All its cells."""
        return self.part.rows[self.index]

    def cell(self, at: int) -> object:
        """Its cell at an index, None beyond its end."""
        return self.cells[at] if at < len(self.cells) else None

    def blank(self, at: int) -> bool:
        """Whether a cell holds nothing, or a lone dash."""
        cell = self.cell(at)
        return cell is None or bare(str(cell)) in ("", "-")

    def place(self, at: int = 0) -> str:
        """Place of a cell, for messages."""
        return self.part.at(self.index, at)


@dataclass
class Reading:
    """The table in a document, on its way to figures.

    Attributes:
        parts: the parts it stands in.
        columns: its columns, from its first header.
        lines: rows below its headers.
        before: lines of text above the table.
        header: the first row of its first header.
        findings: what a reader should know of how it is read.
        at: index of each column by its name, once the names are settled.
        units: line of each unit.
        totals: lines of totals.
        faults: what is wrong, in the order it was found.
    """

    parts: list[Grid]
    columns: Sequence[Headed]
    lines: list[Line]
    before: Sequence[str]
    header: Line
    findings: list[Oddity]
    at: Mapping[str, int] = field(default_factory=dict)
    units: dict[str, Line] = field(default_factory=dict)
    totals: list[Line] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)

    def text(self, line: Line, name: str) -> str:
        """Folded text of a line's cell in the column called `name`, its note marks left out; empty where none is."""
        return fold(re.sub(r"\^\S+", "", unmarked(line.cell(self.at[name])))) if name in self.at else ""

    def note(
        self, code: str, severity: str = "note", row: str | None = None, column: str | None = None,
        printed: Number | None = None, recomputed: Number | None = None, place: str = "", **values: Any,
    ) -> None:  # fmt: skip
        """Add a finding of the import."""
        self.findings.append(Oddity(severity, f"import.{code}", row, column, printed, recomputed, values, place))


@dataclass(frozen=True)
class _Header:
    start: int
    end: int
    columns: Sequence[Headed]

    @property
    def meaning(self) -> list[tuple[int, str]]:
        return [(each.at, each.name) for each in self.columns if each.name]


def locate(pages: Pages, chosen: Mapping[str, str]) -> Reading:
    """The table in `pages`; InputError where there is none, or where two of different columns follow each other."""
    headers = [_headers(part, chosen) for part in pages.parts]
    withs = [n for n, found in enumerate(headers) if found]
    if not withs:
        lines = [Line(part, n) for part in pages.parts for n in range(len(part.rows))][:3]
        seen = [" | ".join(fold(str(c)) for c in line.cells if c not in (None, ""))[:120] for line in lines]
        raise InputError(fault("import.no_header", lines[0].place(), seen=seen))
    first, last = withs[0], len(headers) if pages.together else withs[0] + 1
    top, head = pages.parts[first], headers[first][0]
    above = [row for part in pages.parts[:first] for row in part.rows if pages.together] + [*top.rows[: head.start]]
    before = [*pages.before, *(fold(unmarked(" ".join(str(c) for c in row if c is not None))) for row in above)]
    made = Reading([], head.columns, [], before, Line(top, head.start), [])
    for n in range(first, last):
        part, found = pages.parts[n], headers[n]
        width = max((len(row) for row in part.rows), default=0)
        if not found and width != len(head.columns):
            if part.rows:
                made.note("other_table", "warning", place=part.at(0, 0))
            continue
        for each in found:
            if each.meaning != head.meaning:
                raise InputError(fault("import.second_table", part.at(each.start, 0), earlier=made.header.place()))
        taken = {row for each in found for row in range(each.start, each.end)}
        begin = found[0].start if n == first else 0
        rows = [row for row in range(begin, len(part.rows)) if row not in taken]
        _check_widths(part, rows, len(head.columns))
        made.lines += [Line(part, row) for row in rows]
        made.parts.append(part)
    if not pages.together and withs[1:]:
        made.note("other_sheets", "warning", names=[pages.parts[n].name for n in withs[1:]], place=top.place)
    return made


def _headers(part: Grid, chosen: Mapping[str, str]) -> list[_Header]:
    """Every header in a part: rows that name the units and at least one other column of ours."""
    found: list[_Header] = []
    n = 0
    while n < len(part.rows):
        at = next((c for c, cell in enumerate(part.rows[n]) if isinstance(cell, str) and is_unit(cell, chosen)), None)
        made = None if at is None else _header(part, n, at, found[-1].end if found else 0, chosen)
        if made:
            found.append(made)
        n = made.end if made else n + 1
    return found


def _header(part: Grid, row: int, at: int, after: int, chosen: Mapping[str, str]) -> _Header | None:
    start = row - 1 if row - 1 >= after and _is_group_row(part, row - 1, at) else row
    end = row + 1
    while end < min(len(part.rows), row + MOST_LEVELS) and _continues(part, row, end, at):
        end += 1
    columns = columns_of([part.rows[n] for n in range(start, end)], chosen)
    if not [each for each in columns if each.name not in ("unit", INDEX, UNRECOGNISED)]:
        return None
    while end < len(part.rows) and _is_numbering(part.rows[end]):
        end += 1
    return _Header(start, end, columns)


def _is_group_row(part: Grid, row: int, at: int) -> bool:
    """Whether a row above holds headers of groups: nothing up to the units' column, several texts after it."""
    cells = [comparable(cell) for cell in part.rows[row]]
    return not any(cells[: at + 1]) and sum(bool(re.search("[a-z]", cell)) for cell in cells[at + 1 :]) > 1


def _continues(part: Grid, top: int, row: int, at: int) -> bool:
    """Whether a row is a further level of the header: no unit, no running number, and words."""
    here, above = ([comparable(Line(part, n).cell(c)) for c in range(at + 1)] for n in (row, top))
    same = all(cell in ("", over) for cell, over in zip(here, above, strict=True))
    return same and any(re.search("[a-z]", comparable(cell)) for cell in part.rows[row][at + 1 :])


def _is_numbering(row: Sequence[object]) -> bool:
    """Whether a row only numbers the columns: `(1) (2) (3)`, `A B 1 2`."""
    cells = [bare(str(cell)) for cell in row if cell is not None and bare(str(cell))]
    return len(cells) > 2 and len(set(cells)) == len(cells) and all(_NUMBERED.fullmatch(cell) for cell in cells)


def _check_widths(part: Grid, rows: Sequence[int], wanted: int) -> None:
    """Refuse rows with more filled cells than the header has columns, or, where blanks cannot be told, with fewer."""
    faults = Faults()
    for row in rows:
        cells = part.rows[row]
        filled = max((n + 1 for n, cell in enumerate(cells) if cell not in (None, "")), default=0)
        if filled > wanted or (part.exact and filled > 1 and len(cells) != wanted):
            place = part.at(row, min(filled, wanted + 1) - 1)
            faults.append(fault("cell.ragged", place, cells=filled, wanted=wanted))
    faults.check()
