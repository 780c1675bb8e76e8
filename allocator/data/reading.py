"""A document's table read: its columns given a meaning, its rows told apart, its figures read in one way of writing.

read_pages → best_block (the table, its header) → meanings (headers, then values) → rows (units, sums, the rest) →
figures. What cannot be told one way only is refused or asked, each at its place; whatever is left out is named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from allocator.data.answers import Answers, OpenQuestion, PossibleAnswer, Unsettled, unfitting
from allocator.data.blocks import Block, Line, Sought, best_block
from allocator.data.columns import settle_columns, told_by_values
from allocator.data.findings import Oddity
from allocator.data.grid import Grid
from allocator.data.limits import Faults, Sent, read_bytes
from allocator.data.meaning import COUNTS, TABLE, Columns, Headed, comparable, counts_persons, is_money
from allocator.data.numbers import unmarked
from allocator.data.pages import Pages, read_pages
from allocator.data.printed_figures import is_figure, way_of
from allocator.data.relations import by_each_other
from allocator.data.row_kinds import Row, rows_below
from allocator.data.table import ATTAINMENT, Number, fold
from allocator.errors import Fault, fault

TOTAL_LINES = 3
"""Lines right above a table whose year is that of its figures, and whose measure is theirs."""


@dataclass
class Reading:
    """The table in a document, on its way to figures.

    Attributes:
        name: the document's name; `answers`: what a person settled; `block`: the table.
        columns: its columns with their meanings.
        rows: every row below its headers.
        way: the way its figures are written.
        units: row of each unit, in order; `totals`: row of the totals, where there is one.
        findings: what a reader should know of how it is read; `questions`: what is left to settle.
        faults: what is wrong, in the order it was found.
    """

    name: str
    answers: Answers
    pages: Pages
    block: Block
    columns: Columns
    rows: list[Row] = field(default_factory=list)
    way: str = "vi"
    units: dict[str, Row] = field(default_factory=dict)
    totals: Row | None = None
    findings: list[Oddity] = field(default_factory=list)
    questions: list[OpenQuestion] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)

    @property
    def at(self) -> Mapping[str, int]:
        """Index of each column of ours by its name."""
        return {each.name: each.at for each in self.columns if each.name}

    @cached_property
    def titles(self) -> list[str]:
        """The lines right above the table."""
        return [each for each in self.block.before if each][-TOTAL_LINES:]

    @property
    def header(self) -> Line:
        """The first row of its first header."""
        return Line(self.block.header.part, self.block.header.start)

    def note(
        self, code: str, severity: str = "note", row: str | None = None, column: str | None = None,
        printed: Number | None = None, recomputed: Number | None = None, place: str = "", **values: Any,
    ) -> None:  # fmt: skip
        """Add a finding of the reading."""
        self.findings.append(Oddity(severity, f"import.{code}", row, column, printed, recomputed, values, place))

    def ask(self, about: Fault, choices: Sequence[PossibleAnswer]) -> None:
        """Add a question."""
        self.questions.append(OpenQuestion(about, choices))

    def cell(self, line: Line, at: int) -> object:
        """A cell, or what a person wrote instead of it."""
        return self.answers.cells.get(line.place(at), line.cell(at)) if self.answers.cells else line.cell(at)

    def text(self, line: Line, name: str) -> str:
        """Folded text of a line's cell in the column called `name`; empty where there is none."""
        return fold(unmarked(self.cell(line, self.at[name]))) if name in self.at else ""

    def merged_text(self, line: Line, name: str) -> str:
        """The same, of a cell that a merged one above reaches down to the text of that one."""
        at, rows = self.at[name], line.part.rows
        for top in range(line.index, -1, -1):
            if text := fold(unmarked(rows[top][at])) if at < len(rows[top]) else "":
                deep = line.part.merged.get((top, at), (1, 1))[0]
                return text if top + deep > line.index else ""
        return ""

    def grid(self, columns: Sequence[Headed], rows: Sequence[Row], read: Callable[[Row, Headed], object]) -> Grid:
        """Some of its rows under the names of some columns, the units' as they are called, other cells as `read`."""

        def cell(row: Row, each: Headed) -> object:
            return row.name or self.merged_text(row.line, "unit") if each.name == "unit" else read(row, each)

        def origin(row: int, at: int) -> str:
            return (rows[row - 1].line if row else self.header).place(columns[at].at)

        heads: list[object] = [each.name for each in columns]
        cells = [heads, *([cell(row, each) for each in columns] for row in rows)]
        return Grid(cells, range(1, len(cells) + 1), self.name, "", self.name, origin=origin)


def located(file: Path | Sent, answers: Answers, kind: str = TABLE) -> Reading:
    """The best table in a document, its columns called by their headers alone; InputError where there is none."""
    told = Sought(_chosen(answers), kind, answers.header)
    pages, block, others = best_block(read_pages(read_bytes(file), file.name), told)
    made = Reading(file.name, answers, pages, block, Columns(block.header.columns))
    made.findings += pages.notes
    _tell_others(made, others)
    return made


def _chosen(answers: Answers) -> dict[str, str]:
    return {comparable(header): column.strip() for header, column in answers.columns.items()}


def settle(made: Reading, kind: str = TABLE, required: Sequence[str] = ("unit", "workforce")) -> None:
    """Give its columns their kind, list its rows, and tell in which way its figures are written.

    Raises:
        InputError: answers that do not fit it.
        Unsettled: a required column must be chosen by a person.
    """
    answers = made.answers
    if kind == TABLE and any(map(is_money, made.titles)):
        counts = [each for each in made.columns if each.name in COUNTS and not each.mapped]
        made.columns.rename([each for each in counts if not counts_persons(each.header)], "money")
        if named := [each for each in counts if counts_persons(each.header)]:
            about = fault("import.which_money", made.header.place(), columns=[each.header for each in named])
            choices = [PossibleAnswer("--map", f"{each.header}={each.name}") for each in named]
            raise Unsettled([OpenQuestion(about, choices)])
    if kind == TABLE:
        by_each_other(made.columns, _year(made))
    told_by_values(made, kind)
    if any(each.code == "import.no_workforce" for each in made.findings):
        required = ["unit"]
    settle_columns(made, _chosen(answers), required, kind)
    made.rows = [*rows_below(made)]
    made.findings += unfitting(answers, [each.header for each in made.columns], [row.name for row in made.rows])
    counts = made.columns.named(*COUNTS) if kind == TABLE else [each for each in made.columns if each.ours]
    own = all(each.confidence == 1 and not each.mapped for each in made.columns if each.ours)

    def cells(columns: Sequence[Headed]) -> Iterator[object]:
        held = (row.line.cell(each.at) for row in made.rows for each in columns)
        return filter(is_figure, held)

    made.way = answers.numbers or ("plain" if own else way_of(cells(counts), cells(made.columns.named(ATTAINMENT))))


def _tell_others(made: Reading, others: Sequence[Block]) -> None:
    """Name the tables that are left out."""
    part, parts = made.block.header.part, made.pages.parts
    sheets = [each.header.part.name for each in others if not made.pages.together and each.header.part is not part]
    if sheets:
        made.note("other_sheets", "warning", names=[*dict.fromkeys(sheets)], place=part.place)
    blocks = (made.block, *others)
    used = {id(each.part) for block in blocks for each in block.headers}
    used |= {id(each.part) for block in blocks for each in block.lines}
    left = [(each.header.part, each.header.start) for each in others if made.pages.together or each.header.part is part]
    if made.pages.together:
        left += [(each, 0) for each in parts[parts.index(part) :] if id(each) not in used and each.rows]
    for each, row in left:
        made.note("other_table", "warning" if row else "note", place=each.at(row, 0))


def _year(made: Reading) -> int | None:
    """The year that the lines above the table, or its sheet's name, give."""
    sheet = made.block.header.part.name
    text = " ".join([*made.titles, sheet]).casefold()
    found = re.findall(r"(?:năm|nam|year|fy|kế hoạch|quotas?|targets?|plan)\s*(20\d\d)", text)
    found = found or re.findall(r"\b(20\d\d)\b", sheet)
    return int(found[-1]) if found else None
