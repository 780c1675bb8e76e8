"""The annex and the letters as Word documents, laid out as Vietnamese administrative documents are (Decree 30/2020)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from allocator.errors import MissingExtraError, fault
from allocator.finding import Column, Listing, Value
from allocator.show.document import Document, Letter
from allocator.show.file_names import file_names
from allocator.words import Words

YEAR = ("net", "review", "unions", "plan")
"""The sections about the year."""
FONT = "Times New Roman"
BODY, SMALL = 13, 10.5
MARGINS = {"top_margin": 20, "bottom_margin": 20, "left_margin": 30, "right_margin": 20}


def write_annex(document: Document) -> bytes:
    """The annex as an official table, landscape, with motto, place and date line, totals and signature block."""
    made = _Word(document, landscape=True)
    words = document.words
    made.heading()
    made.paragraph(words.told(document.annex_title).upper(), bold=True, align="CENTER", before=12)
    made.paragraph(words("word.attached"), italic=True, align="CENTER", after=8)
    made.table(document.annex, SMALL)
    made.signature()
    return made.content()


def write_year(document: Document) -> dict[str, bytes]:
    """The sections about the year in `year.docx`, landscape; no file where the report has none of them."""
    found = [each for each in map(document.section, YEAR) if each is not None]
    made = _Word(document, landscape=True)
    told = document.words.told
    for section in found:
        made.paragraph(told(section.title).upper(), bold=True, before=12, after=6)
        for text in map(told, section.texts):
            made.paragraph(text, align="JUSTIFY", after=4)
        for listing in section.listings:
            if listing.title != section.title:
                made.paragraph(told(listing.title), bold=True, before=8, after=3)
            made.table(listing, SMALL)
    return {"year.docx": made.content()} if found else {}


def write_letters(document: Document) -> dict[str, bytes]:
    """The letters by file name: all in `letters.docx`, and one by one in the folder `letters`."""
    names = file_names((each.unit for each in document.letters), ".docx")
    alone = [_letter(document, each) for each in document.letters]
    together = _together(document, alone).content()
    files = {f"letters/{name}": each.content() for name, each in zip(names, alone, strict=True)}
    return {"letters.docx": together, **files}


def _letter(document: Document, letter: Letter) -> _Word:
    made, words = _Word(document), document.words
    made.heading(words("word.subject"))
    made.paragraph(words("word.to", unit=letter.unit), align="CENTER", before=14, after=10)
    for text in map(words.told, letter.texts):
        made.paragraph(text, align="JUSTIFY", indent=True, after=6)
    for listing in letter.listings:
        made.paragraph(words.told(listing.title), bold=True, before=6, after=3)
        made.table(listing, 12)
    made.paragraph(words("word.closing"), align="JUSTIFY", indent=True, before=8)
    made.signature()
    return made


def _together(document: Document, letters: Sequence[_Word]) -> _Word:
    """All letters in one file, each on a page of its own; copied, since to make them again takes ten times as long."""
    from copy import deepcopy

    from docx.enum.text import WD_BREAK

    made = _Word(document)
    body = made.file.element.body
    for index, letter in enumerate(letters):
        if index:
            made.paragraph("").runs[0].add_break(WD_BREAK.PAGE)
        for element in letter.file.element.body.iterchildren():
            if not element.tag.endswith("}sectPr"):
                body.insert(len(body) - 1, deepcopy(element))
    return made


class _Word:
    """One Word file being written."""

    def __init__(self, document: Document, landscape: bool = False) -> None:
        try:
            import docx
        except ImportError:
            raise MissingExtraError(fault("extra.missing", extra="office")) from None
        from docx.enum.section import WD_ORIENT
        from docx.shared import Mm

        self.document, self.words, self.file = document, document.words, docx.Document()
        page = self.file.sections[0]
        wide, high = (297, 210) if landscape else (210, 297)
        page.page_width, page.page_height = Mm(wide), Mm(high)
        page.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
        margins = dict.fromkeys(MARGINS, 15) if landscape else MARGINS
        for side, millimetres in margins.items():
            setattr(page, side, Mm(millimetres))
        self.width = int(Mm(wide - margins["left_margin"] - margins["right_margin"]))
        self._style()

    def _style(self) -> None:
        from docx.oxml.ns import qn
        from docx.shared import Pt

        normal = self.file.styles["Normal"]
        normal.font.name, normal.font.size = FONT, Pt(BODY)
        normal.paragraph_format.space_after = Pt(0)
        fonts = normal.element.rPr.rFonts
        for script in ("w:eastAsia", "w:cs", "w:hAnsi"):
            fonts.set(qn(script), FONT)
        language = normal.element.rPr.makeelement(qn("w:lang"), {qn("w:val"): self.words("word.locale")})
        normal.element.rPr.append(language)
        facts = self.file.core_properties
        facts.author = self.document.issuer or "allocator"
        facts.title, facts.comments, facts.language = self.words.told(self.document.title), "", self.words.language

    def content(self) -> bytes:
        """The file."""
        made = io.BytesIO()
        self.file.save(made)
        return made.getvalue()

    def paragraph(self, text: str, place: Any = None, before: float = 0, after: float = 0, indent: bool = False,
                  align: str = "LEFT", **look: Any) -> Any:  # fmt: skip
        """Add a paragraph to the file, or fill the one given; `look` sets its font (bold, italic, size, underline)."""
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Mm, Pt

        made = self.file.add_paragraph() if place is None else place
        made.alignment = getattr(WD_ALIGN_PARAGRAPH, align)
        form = made.paragraph_format
        form.space_before, form.space_after = Pt(before), Pt(after)
        if indent:
            form.first_line_indent = Mm(12.7)
        run = made.add_run(text)
        for name, value in look.items():
            setattr(run.font, name, Pt(value) if name == "size" else value)
        return made

    def heading(self, subject: str = "") -> None:
        """Issuing body and number at the left, motto, place and date at the right; what is not known left blank."""
        words, document = self.words, self.document
        left, right = self._columns(0.42)
        self.paragraph(words("word.above"), left.paragraphs[0], align="CENTER", size=12)
        issuer = document.issuer.upper() or words("word.issuer")
        self.paragraph(issuer, left.add_paragraph(), align="CENTER", bold=True, size=12)
        self.paragraph(words("word.number"), left.add_paragraph(), align="CENTER", size=13, before=6)
        if subject:
            self.paragraph(subject, left.add_paragraph(), align="CENTER", size=12)
        self.paragraph(words("word.nation"), right.paragraphs[0], align="CENTER", bold=True, size=12)
        self.paragraph(words("word.motto"), right.add_paragraph(), align="CENTER", bold=True, size=13, underline=True)
        self.paragraph(words("word.date"), right.add_paragraph(), align="CENTER", italic=True, size=13, before=6)

    def signature(self) -> None:
        """Recipients at the left, the signature block at the right, kept together."""
        words = self.words
        self.paragraph("", before=6)
        left, right = self._columns(0.45)
        self.paragraph(words("word.recipients"), left.paragraphs[0], bold=True, italic=True, size=12)
        for line in words("word.recipient_lines").split("\n"):
            self.paragraph(line, left.add_paragraph(), size=11)
        self.paragraph(words("word.on_behalf"), right.paragraphs[0], align="CENTER", bold=True)
        self.paragraph(words("word.office"), right.add_paragraph(), align="CENTER", bold=True)
        self.paragraph(words("word.sign"), right.add_paragraph(), align="CENTER", italic=True, size=11, after=48)

    def _columns(self, share: float) -> tuple[Any, Any]:
        """Two cells side by side without lines, on one page, the first with that share of the width."""
        table = self.file.add_table(rows=1, cols=2)
        _shape(table, [int(self.width * share), int(self.width * (1 - share))])
        left, right = table.rows[0].cells
        return left, right

    def table(self, listing: Listing, size: float) -> None:
        """A listing as a ruled table: its header repeats on every page, rows do not break, totals in bold."""
        heads = 2 if listing.groups else 1
        totals = [listing.total] if listing.total is not None else []
        made = self.file.add_table(rows=heads + len(listing.rows) + len(totals), cols=len(listing.columns))
        made.style = "Table Grid"
        _shape(made, _widths(listing, self.words, self.width))
        rows = list(made.rows)
        self._header(listing, rows[:heads], size)
        for row, values in zip(rows[heads:], [*listing.rows, *totals], strict=True):
            bold = values is listing.total
            for cell, column, value in zip(row.cells, listing.columns, values, strict=True):
                self._cell(cell, column, value, size, bold or column.key == "quota")
        for note in listing.notes:
            self.paragraph(self.words.told(note), size=11, italic=True)

    def _cell(self, cell: Any, column: Column, value: Value, size: float, bold: bool) -> None:
        side = "LEFT" if column.is_text else "CENTER" if column.key == "number" else "RIGHT"
        self.paragraph(column.text(self.words, value), cell.paragraphs[0], align=side, size=size, bold=bold)

    def _header(self, listing: Listing, rows: Sequence[Any], size: float) -> None:
        cells, told = [row.cells for row in rows], self.words.told
        for row in rows:
            _once(row, "w:tblHeader")
        at = 0
        for name, span in listing.groups:
            other = cells[0][at + span - 1] if name else cells[-1][at]
            cell = cells[0][at].merge(other)
            self._head(cell, told(name or listing.columns[at].header), size)
            at += span
        for cell, column in zip(cells[-1], listing.columns, strict=True):
            if column.group or len(rows) == 1:
                self._head(cell, told(column.header), size)

    def _head(self, cell: Any, text: str, size: float) -> None:
        from docx.enum.table import WD_ALIGN_VERTICAL

        self.paragraph(text, cell.paragraphs[0], align="CENTER", bold=True, size=size)
        cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER


def _shape(table: Any, widths: Sequence[int]) -> None:
    """Fix the columns' widths, in the grid and in every cell (programs differ in which they read); rows stay whole."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row in table.rows:
        _once(row, "w:cantSplit")
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width


def _once(row: Any, name: str) -> None:
    """Set a yes-or-no property of a table's row."""
    from docx.oxml.ns import qn

    properties = row._tr.get_or_add_trPr()
    properties.append(properties.makeelement(qn(name), {}))


def _widths(listing: Listing, words: Words, whole: int) -> list[int]:
    """Widths that share the page as the columns' longest texts do."""
    needs = []
    for index, column in enumerate(listing.columns):
        longest = max((len(column.text(words, row[index])) for row in listing.rows), default=1)
        longest_word = max((len(word) for word in words.told(column.header).split()), default=1)
        needs.append(min(max(longest, longest_word, 3), 40) + 2)
    return [whole * need // sum(needs) for need in needs]
