"""The rows of a document's table told apart: units, sums, headings, notes, signatures; what is left out is named."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from allocator.data.answers import PossibleAnswer
from allocator.data.blocks import Line, check_width
from allocator.data.meaning import COUNTS, INDEX, UNRECOGNISED, comparable
from allocator.data.numbers import unmarked
from allocator.data.printed_figures import is_figure, lenient
from allocator.data.sums import judged, may_sum, starts_parts
from allocator.data.table import TEXT_COLUMNS, fold
from allocator.errors import fault

if TYPE_CHECKING:
    from allocator.data.reading import Reading

_BULLET = re.compile(r"^[-+•*–—·▪●○◦➢✓]+\s*")
_NUMBERING = re.compile(
    r"^\(?(\d{1,3}(?:\.\d{1,3})*|[IVXLC]+|[a-zA-Z])(?:\s*[.)\]/:-]+\s*|(?<=\d\.\d)\s+|(?<=\d\.\d\d)\s+)(?=[^\W\d_])"
)
_SHORT = {"P.": {"O", "R"}, "Q.": {"O", "R"}, "X.": {"W", "Y", "U", "IX", "XI"}}
"""Short for `phường`, `quận`, `xã`, but where the letters or numbers beside them in a list are there too."""
_NAME_MARK = re.compile(r"\^\S+|(?<=\w)\s*(\*+|[¹²³⁰⁴-⁹]+|\((\d{1,2}|\*+)\)|\[(\d{1,2}|\*+)\])$")
_END = re.compile(r"(?<=[^\W\d_]{2})\.$")
_GOES_ON = re.compile(
    r"(\b(các|và|của|cho|công đoàn|cđ|cđn|khu|ngành|lđlđ|liên đoàn|lao động|of|and|the|for)|[-,(&/])$", re.IGNORECASE
)


@dataclass
class Row:
    """One row below the header: its line, where its figures stand, and what it is called.

    Attributes:
        line: where its figures stand; `name`: of its unit, numbering and marks left out; `index`: its running number.
        why: key of what became of it, empty for a unit.
    """

    line: Line
    name: str
    index: str
    bullet: bool = False
    why: str = ""


def rows_below(made: Reading) -> Iterator[Row]:
    """Rows below the headers, names freed of numbering, a name that goes on in the next row put together."""
    figures = [each.at for each in made.columns if each.name not in (*TEXT_COLUMNS, INDEX, "note")]
    header = made.block.header
    heads = [tuple(map(comparable, row)) for row in header.part.rows[header.start : header.end]]
    names = [made.text(line, "unit") for line in made.block.lines]
    marks = {found[1] for name in names if (found := _NUMBERING.match(_BULLET.sub("", name)))}
    short = {each for each, beside in _SHORT.items() if not beside & marks}
    numbered = sum(bool(_numbering(name, short)) for name in names) * 2 > sum(map(bool, names))
    inner = {made.text(line, "parent") for line in made.block.lines}
    before: Row | None = None
    for line in made.block.lines:
        if tuple(map(comparable, line.cells)) in heads:
            continue
        name, index = made.text(line, "unit"), made.text(line, INDEX).strip(".") if INDEX in made.at else ""
        bullet = bool(_BULLET.match(name) or _BULLET.fullmatch(index))
        index = "" if _BULLET.fullmatch(index) else index
        name = _BULLET.sub("", name)
        found = _NUMBERING.match(name)
        if found and (((numbered or bullet) and _numbering(name, short)) or found[1] == index):
            name, index = name[found.end() :], index or found[1]
        name = fold(_NAME_MARK.sub("", name)).rstrip(" ;,:")
        name = _END.sub("", name)
        filled = any(is_figure(made.cell(line, at)) for at in figures)
        counts = filled or index.isdecimal() or (name and name in inner)
        row = Row(line, name, index, bullet, "" if counts else "left_out")
        if filled:
            check_width(line, len(made.columns), made.faults)
        open_name = before is not None and bool(_GOES_ON.search(before.name))
        if before is not None and not index and (name[:1].islower() or open_name or (not name and filled)):
            held = any(is_figure(made.cell(before.line, at)) for at in figures)
            if not (held and filled):
                before.name = fold(f"{before.name} {name}")
                before.line, before.why = (line, "") if filled else (before.line, before.why)
                continue
        before = row if filled or index or _GOES_ON.search(name) else None
        yield row


def _numbering(name: str, short: Collection[str]) -> re.Match[str] | None:
    """What numbers a name, if anything; no word that is `short`."""
    found = _NUMBERING.match(name)
    return None if found and found[0].rstrip() in short else found


def sort_rows(made: Reading) -> None:
    """Tell units from sums, and both from headings, notes and signatures, all of which are named."""
    last = max((n for n, row in enumerate(made.rows) if not row.why), default=-1)
    below = [row for row in made.rows[last + 1 :] if row.why]
    if below:
        made.note("below", place=below[0].line.place(), row=label_of(below[0]), count=len(below))
    _sum_rows(made)
    for row in made.rows[: last + 1]:
        if row.why == "left_out":
            made.note("left_out", row=label_of(row), place=row.line.place())
    unit_at = made.at["unit"]
    times = Counter(row.name for row in made.rows if not row.why)
    for row in made.rows:
        if times[row.name] > 1 and (parent := made.text(row.line, "parent")):
            row.name = f"{parent}/{row.name}"
    for row in made.rows:
        if row.why:
            continue
        if not row.name:
            made.faults.append(fault("cell.blank_unit", row.line.place(unit_at)))
        elif row.name in made.units:
            earlier = made.units[row.name].line.place(unit_at)
            made.faults.append(fault("cell.duplicate_unit", row.line.place(unit_at), unit=row.name, earlier=earlier))
        else:
            made.units[row.name] = row
        if row.name.startswith(("=", "@")):
            made.faults.append(fault("import.formula_name", row.line.place(unit_at), unit=row.name))
    if not made.units and not made.faults:
        made.faults.append(fault("table.no_rows", made.header.place()))


def label_of(row: Row) -> str:
    """What a row is called: its name, else its first cell of words."""
    words = (fold(unmarked(each)) for each in row.line.cells if re.search(r"[^\W\d_]", str(each or "")))
    return (row.name or next(words, "–"))[:80]


def _leave_parts(made: Reading) -> None:
    """Leave out what is listed under `Trong đó`, up to the next row with a running number, heading or sum."""
    numbered = any(row.index.isdecimal() for row in made.rows)
    inside = False
    for row in made.rows:
        label = comparable(label_of(row))
        begins = starts_parts(label) and not row.index
        goes_on = not row.index and not row.why and not may_sum(label) and (row.bullet or numbered)
        inside = begins or (inside and goes_on)
        if inside and not row.why and row.name not in made.answers.kept:
            row.why = "part"
            made.note("part", row=label_of(row), place=row.line.place())


def _sum_rows(made: Reading) -> None:
    """Leave out rows that are sums of others; ask about those that may be."""
    for row in made.rows:
        if row.name in made.answers.out:
            row.why = "left_by_hand"
    _leave_parts(made)
    rows = [row for row in made.rows if not row.why]
    labels = [label_of(row) for row in rows]
    counted = made.columns.named(*COUNTS)
    if len(counted) < 2:
        counted += made.columns.named(UNRECOGNISED)
    figures = [[lenient(made.cell(row.line, each.at), made.way) for each in counted] for row in rows]
    kept = {at for at, row in enumerate(rows) if row.name in made.answers.kept}
    if "parent" in made.at:
        parents = [made.text(row.line, "parent") for row in rows]
        kept |= {at for at, row in enumerate(rows) if row.name and (parents[at] or row.name in parents)}
    found = judged([comparable(each) for each in labels], [row.index for row in rows], figures, kept)
    for at, verdict in sorted(found.items()):
        row, parts = rows[at], [labels[part] for part in verdict.parts]
        if verdict.why == "asked":
            about = fault("import.may_be_sum", row.line.place(), row=labels[at], parts=parts)
            made.ask(about, [PossibleAnswer("--leave-out", row.name), PossibleAnswer("--keep", row.name)])
        elif verdict.why == "unit":
            made.note("parts", row=row.name, place=row.line.place(), parts=parts)
        else:
            row.why = "subtotal" if verdict.why == "differs" else verdict.why
        for slip in verdict.slips if verdict.why != "total" else ():  # the audit tells what is wrong with a total
            column, printed = counted[slip], figures[at][slip]
            added = sum(figures[part][slip] or 0 for part in verdict.parts)
            place, name = row.line.place(column.at), column.name or column.header
            made.note("sum_slip", "warning", labels[at], name, printed, added, place)
        if verdict.why == "subtotal" or (
            verdict.why == "part" and not any(at in each.parts for each in found.values())
        ):
            made.note("subtotal", row=labels[at], place=row.line.place())
        elif verdict.why == "beside":
            made.note("beside", "warning", row=labels[at], place=row.line.place())
        elif verdict.why == "differs":
            made.note("subtotal_differs", "warning", row=labels[at], place=row.line.place())
    _one_total(made, [row for row in rows if row.why == "total"])


def _one_total(made: Reading, found: Sequence[Row]) -> None:
    """Keep one row of totals: `Tổng …` before `Cộng`, which then sums a page; two of a kind that differ are a fault."""
    named = [row for row in found if not comparable(label_of(row)).startswith("cong")]
    kept = named or found
    for row in found:
        if row not in kept:
            made.note("subtotal", row=label_of(row), place=row.line.place())
    shown = {tuple(str(row.line.cell(each.at) or "") for each in made.columns.named(*COUNTS)) for row in kept}
    if len(shown) > 1:
        made.faults.append(fault("import.two_totals", kept[1].line.place(), earlier=kept[0].line.place()))
    made.totals = kept[0] if kept else None
