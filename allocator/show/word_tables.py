"""Tables and paragraphs of a Word file as WordprocessingML (ECMA-376, part 1, 17.3 and 17.4).

Written as text: `python-docx` takes a hundred times as long for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from allocator.finding import Listing
from allocator.show.templated import clean

if TYPE_CHECKING:
    from allocator.words import Words

SMALL = 11
WIDTH = 14287
"""Of a sheet's text, twentieths of a point: 297 mm less margins of 30 and 15."""


def paragraph(
    text: str, before: float = 0, after: float = 0, align: str = "left", bold: bool = False, italic: bool = False,
    size: float = 0, keep: bool = False,
) -> str:  # fmt: skip
    """A paragraph, distances and the size of letters in points; `keep` on the page of what follows."""
    letters = f'<w:sz w:val="{2 * size:.0f}"/>' if size else ""  # an empty paragraph is as high as its mark
    return (
        f'<w:p><w:pPr>{"<w:keepNext/>" * keep}<w:spacing w:before="{20 * before:.0f}" w:after="{20 * after:.0f}"/>'
        f'<w:jc w:val="{align}"/><w:rPr>{letters}</w:rPr></w:pPr><w:r><w:rPr>{"<w:b/>" * bold}'
        f'{"<w:i/>" * italic}{letters}</w:rPr><w:t xml:space="preserve">{escape(clean(text))}</w:t></w:r></w:p>'
    )


def _cell(width: int, paragraphs: str, form: str = "") -> str:
    return f'<w:tc><w:tcPr><w:tcW w:type="dxa" w:w="{width}"/>{form}</w:tcPr>{paragraphs}</w:tc>'


def _row(cells: Iterable[str], form: str = "") -> str:
    """A row of a table that no page's end divides."""
    return f"<w:tr><w:trPr><w:cantSplit/>{form}</w:trPr>{''.join(cells)}</w:tr>"


def ruled_table(listing: Listing, words: Words) -> str:
    """A listing as a ruled table: its header repeats on every page, rows do not break, totals in bold.

    Widths are fixed, in the grid and in every cell: programs differ in which they read.
    """
    texts = listing.texts(words)
    widths = _widths([words.told(each.header) for each in listing.columns], texts)
    rows = list(_heads(listing, widths, words))
    bold = [each.key == "quota" for each in listing.columns]
    sides = ["left" if each.is_text else "center" if each.key == "number" else "right" for each in listing.columns]
    for index, cells in enumerate(texts):
        whole = index == len(listing.rows)
        looks = zip(widths, cells, sides, bold, strict=True)
        rows.append(_row(
            _cell(width, paragraph(text, align=side, size=SMALL, bold=whole or own))
            for width, text, side, own in looks
        ))  # fmt: skip
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    form = '<w:tblStyle w:val="TableGrid"/><w:tblW w:type="auto" w:w="0"/><w:tblLayout w:type="fixed"/>'
    return f"<w:tbl><w:tblPr>{form}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


def _heads(listing: Listing, widths: Sequence[int], words: Words) -> Iterator[str]:
    """Rows of a header; a cell of two rows stands in both."""
    upper, *lower = listing.heads
    below = {each.at: _cell(widths[each.at], "<w:p/>", "<w:vMerge/>") for each in upper if each.rows > 1}
    for row, more in zip((upper, *lower), ({}, below), strict=False):
        made = dict(more)
        for each in row:
            text = paragraph(words.told(each.text), align="center", bold=True, size=SMALL)
            form = f'<w:gridSpan w:val="{each.columns}"/>' + '<w:vMerge w:val="restart"/>' * (each.rows > 1)
            width = sum(widths[each.at : each.at + each.columns])
            made[each.at] = _cell(width, text, form + '<w:vAlign w:val="center"/>')
        yield _row((made[at] for at in sorted(made)), "<w:tblHeader/>")


def _widths(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """Widths that share the page as the columns' longest texts and words of headers do."""
    columns = zip(heads, *rows, strict=True)
    needs = [min(max(3, *map(len, head.split()), *map(len, texts)), 40) + 2 for head, *texts in columns]
    return [WIDTH * need // sum(needs) for need in needs]
