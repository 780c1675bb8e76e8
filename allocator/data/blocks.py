"""Where tables stand in a document: headers of one or more rows, what lies below each, and which table is the best.

Every table is scored by what its header says and by the figures below it; the best is read, the others are named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from allocator.data.grid import Grid
from allocator.data.limits import Faults
from allocator.data.meaning import INDEX, LONGEST_NAME, UNRECOGNISED, Headed, columns_of, comparable
from allocator.data.numbers import bare, unmarked
from allocator.data.printed_figures import is_blank, is_figure
from allocator.data.table import TEXT_COLUMNS, fold
from allocator.errors import InputError, fault

if TYPE_CHECKING:
    from allocator.data.pages import Pages

MOST_LEVELS = 4
MOST_LOOKED = 6_000
"""Cells of rows of words that are looked at for the next header."""
_NUMBERED = re.compile(r"[(\[]?([a-z]|\d{1,2})[)\]]?( ?[=+x:/-] ?.*)?", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class Line:
    """One row of a document's table."""

    part: Grid
    index: int

    @property
    def number(self) -> str:
        """Its row or line in the document, with the table where there are several: `T2:5`."""
        number = str(self.part.numbers[self.index])
        return f"{self.part.name}:{number}" if re.fullmatch(r"[TP]\d+", self.part.name) else number

    @property
    def cells(self) -> Sequence[object]:
        """All its cells."""
        return self.part.rows[self.index]

    def cell(self, at: int) -> object:
        """Its cell at an index, None beyond its end."""
        return self.cells[at] if at < len(self.cells) else None

    def blank(self, at: int) -> bool:
        """Whether a cell holds nothing, or a lone dash."""
        return is_blank(self.cell(at))

    def whole(self, between: str) -> str:
        """All its cells as one text."""
        return fold(unmarked(between.join(str(c) for c in self.cells if c not in (None, ""))))

    def place(self, at: int = 0) -> str:
        """Place of a cell, for messages."""
        return self.part.at(self.index, at)


@dataclass(frozen=True)
class Header:
    """Header rows `start` to before `end` of a part, and the columns under them."""

    part: Grid
    start: int
    end: int
    columns: Sequence[Headed]
    guessed: bool = False

    @property
    def meaning(self) -> list[tuple[int, str]]:
        """Its columns that have a meaning."""
        return [(each.at, each.name) for each in self.columns if each.name]


@dataclass
class Block:
    """One table: its headers, the first at its top, the rows below them, and what stands above.

    Attributes:
        lines: rows below the headers.
        before: lines of text above.
        score: how good a table it is.
    """

    headers: list[Header]
    lines: list[Line] = field(default_factory=list)
    before: Sequence[str] = ()
    score: float = 0.0

    @property
    def header(self) -> Header:
        """The first header."""
        return self.headers[0]


@dataclass(frozen=True)
class Sought:
    """What headers are looked for with.

    Attributes:
        chosen: columns by header, as headers are compared, that a person chose.
        kind: what the headers are of.
        row: number of the row that a person said is the header.
        guess: whether any row of texts above figures may be one.
    """

    chosen: Mapping[str, str]
    kind: str
    row: int | None = None
    guess: bool = False


def best_block(ways: Sequence[Pages], told: Sought) -> tuple[Pages, Block, list[Block]]:
    """The way of reading and the best table in it, and the other tables there are; InputError where there is none."""
    found: tuple[Pages, Block, list[Block]] | None = None
    for looked in (told, replace(told, guess=True)):
        for pages in ways:
            blocks = _blocks(pages, looked)
            best = max(blocks, key=lambda each: each.score, default=None)
            if best and best.score > 0 and (found is None or best.score > found[1].score):
                found = pages, best, [each for each in blocks if each is not best]
        if found:
            return found
    lines = [Line(part, n) for part in ways[0].parts for n in range(len(part.rows))][:3]
    raise InputError(fault("import.no_header", lines[0].place(), seen=[line.whole(" | ")[:120] for line in lines]))


def _blocks(pages: Pages, told: Sought) -> list[Block]:
    """Every table of a document; those that continue an earlier one are joined to it."""
    before: list[str] = []
    made: list[Block] = []
    for part in pages.parts:
        before += part.before
        headers = [*_headers(part, told)]
        ends = [*(each.start for each in headers[1:]), len(part.rows)]
        above = [Line(part, n) for n in range(headers[0].start if headers else len(part.rows))]
        wide = max((len(row) for row in part.rows), default=0)
        if made and pages.together and not headers and wide == len(made[-1].header.columns):
            made[-1].lines += above
            continue
        before += [line.whole(" ") for line in above]
        for header, end in zip(headers, ends, strict=False):
            lines = [Line(part, n) for n in range(header.end, end)]
            earlier = made[-1] if made and (pages.together or made[-1].header.part is part) else None
            if earlier and _continues_block(earlier, header, lines):
                earlier.headers.append(header)
                earlier.lines += lines
            else:
                made.append(Block([header], lines, [*before, *([] if pages.together else [part.name])]))
            before += [line.whole(" ") for line in lines if len([*filter(None, line.cells)]) == 1]
    for each in made:
        each.score = _score(each)
    return made


def _continues_block(earlier: Block, header: Header, lines: Sequence[Line]) -> bool:
    """Whether a header is an earlier one repeated: the same columns, or as many and the running numbers go on."""
    if header.meaning == earlier.header.meaning:
        return True
    at = next((each.at for each in earlier.header.columns if each.name == INDEX), None)
    if at is None or len(header.columns) != len(earlier.header.columns):
        return False
    numbers = [
        [int(text) for line in some if (text := bare(str(line.cell(at)))).isdecimal()]
        for some in (earlier.lines, lines)
    ]
    return bool(numbers[0] and numbers[1]) and numbers[1][0] == numbers[0][-1] + 1


def _score(block: Block) -> float:
    """How good a table is: meanings with figures below them, then rows."""
    figures = [each for each in block.header.columns if each.name not in (*TEXT_COLUMNS, INDEX)]
    rows = [line for line in block.lines if any(is_figure(line.cell(each.at)) for each in figures)]
    meant = [each.at for each in figures if each.name != UNRECOGNISED]
    with_figures = [at for at in meant if any(is_figure(line.cell(at)) for line in rows[:50])]
    named = {each.name for each in block.header.columns}
    if not rows:
        return 0.0 if block.header.guessed else 0.001 * len(named)
    weight = 3 * ("unit" in named) + 3 * ("workforce" in named) + 2 * ("published_quota" in named) + len(with_figures)
    year = max((year for each in block.header.columns for year in each.years), default=0)
    return weight * 100 + min(len(rows), 99) + 0.5 * (not block.header.guessed) + year / 10_000


def _headers(part: Grid, told: Sought) -> Iterator[Header]:
    """Every header in a part; where they are guessed, the first."""
    after = n = looked = 0
    while n < len(part.rows) and looked < MOST_LOOKED:
        here = told.row is not None and part.numbers[n] == told.row
        may = here or (told.row is None and _may_head(part.rows[n], told.chosen))
        made = _header(part, n, after, told, here) if may else None
        looked += len(part.rows[n]) * may
        if made:
            yield made
            after, looked = made.end, 0
        n = made.end if made else n + 1
        if told.guess and made:
            return


def _may_head(row: Sequence[object], chosen: Mapping[str, str]) -> bool:
    """Whether a row may be a header: words in two cells or more, no figures but years, no sentence."""
    texts = 0
    for cell in row:
        if cell is None or cell == "":
            continue
        if not isinstance(cell, str):
            if not (isinstance(cell, int | float) and 1990 <= cell <= 2100):
                return False
        elif len(cell) > LONGEST_NAME:
            return False
        elif _LETTER.search(cell):
            texts += 1
        elif is_figure(cell) and not re.fullmatch(r"\s*(19|20)\d\d\s*", cell):
            return False
    return texts > 1 or (texts == 1 and bool(chosen))


def _header(part: Grid, row: int, after: int, told: Sought, here: bool) -> Header | None:
    """The header whose names stand in a row; None where it is none. `here`: a person said that it is."""
    names = [columns_of([[cell]], told.chosen, told.kind)[0].name for cell in part.rows[row]]
    words = [n for n, cell in enumerate(part.rows[row]) if isinstance(cell, str) and cell.strip() and names[n] != INDEX]
    at = names.index("unit") if "unit" in names else None
    anchor = at if at is not None else words[0] if words else 0
    start = row - 1 if row - 1 >= after and _is_group_row(part, row - 1, anchor) else row
    end = row + 1
    while end < min(len(part.rows), row + MOST_LEVELS) and _continues(part, row, end, anchor):
        end += 1
    columns = columns_of([part.rows[n] for n in range(start, end)], told.chosen, told.kind)
    ours = [each for each in columns if each.ours and each.name not in ("unit", INDEX)]
    named = {each.name for each in columns}
    found = "unit" in named and bool(ours)
    other = INDEX in named and sum(bool(each.header) for each in columns) > 2
    if not (here or found or other or (at is None and len(ours) > 1) or (told.guess and _above_figures(part, end))):
        return None
    while end < len(part.rows) and _is_numbering(part.rows[end]):
        end += 1
    return Header(part, start, end, columns, told.guess and not found)


def _above_figures(part: Grid, end: int) -> bool:
    """Whether one of the next rows has words and figures, and another after it."""
    rows = [row for row in part.rows[end : end + 4] if any(map(is_figure, row))]
    return sum(any(isinstance(c, str) and _LETTER.search(c) for c in row) for row in rows) > 1


def _is_group_row(part: Grid, row: int, at: int) -> bool:
    """Whether a row above holds headers of groups: nothing up to the units' column, several texts after it."""
    cells = [comparable(cell) for cell in part.rows[row]]
    return not any(cells[: at + 1]) and sum(bool(re.search("[a-z]", cell)) for cell in cells[at + 1 :]) > 1


def _continues(part: Grid, top: int, row: int, at: int) -> bool:
    """Whether a row is a further level of the header: no unit, no running number, no figure, and words."""
    here, above = ([comparable(Line(part, n).cell(c)) for c in range(at + 1)] for n in (row, top))
    same = all(cell in ("", over) for cell, over in zip(here, above, strict=True))
    right = part.rows[row][at + 1 :]
    years = [bool(re.fullmatch(r"(19|20)\d\d", str(cell))) for cell in right]
    words = any(re.search("[a-z]", comparable(cell)) for cell in right) or sum(years) > 1
    return same and words and not any(is_figure(cell) and not year for cell, year in zip(right, years, strict=True))


def _is_numbering(row: Sequence[object]) -> bool:
    """Whether a row only numbers the columns: `(1) (2) (3)`, `A B 1 2`."""
    cells = [bare(str(cell)).removesuffix(".0") for cell in row if cell is not None and bare(str(cell))]
    found = [_NUMBERED.fullmatch(cell) for cell in cells]
    marks = [each[1] for each in found if each]
    numbers, letters = ([each for each in marks if each.isdecimal() is kind] for kind in (True, False))
    first = int(numbers[0]) if numbers else 0
    counted = [int(each) for each in numbers] == [*range(first, first + len(numbers))]
    in_order = counted and letters == sorted({*letters})
    return len(cells) > 2 and len(marks) == len(cells) and in_order


def check_width(line: Line, wanted: int, faults: Faults) -> None:
    """Note a row with more filled cells than the header has columns, or, where blanks cannot be told, with fewer."""
    cells = line.cells
    filled = max((n + 1 for n, cell in enumerate(cells) if cell not in (None, "")), default=0)
    if filled > wanted or (line.part.exact and filled > 1 and len(cells) != wanted):
        faults.append(fault("cell.ragged", line.place(min(filled, wanted + 1) - 1), cells=filled, wanted=wanted))
