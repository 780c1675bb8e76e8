"""The annex and the letters as Word documents, laid out as Vietnamese administrative documents are (Decree 30/2020)."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from copy import deepcopy
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_ALIGN_VERTICAL
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from allocator.finding import Listing, Section
from allocator.show.build import Document

YEAR = ("net", "review", "unions", "plan")
"""The sections about the year."""
FONT = "Times New Roman"
BODY, LARGE, SMALL = 13, 12, 10.5
MARGINS = {"top_margin": 20, "bottom_margin": 20, "left_margin": 30, "right_margin": 20}

MOST_CHARACTERS = 60
"""Vietnamese letters take up to three bytes, and many systems allow 255 bytes a name."""
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?")


def file_names(names: Iterable[str], ending: str) -> list[str]:
    """Each name as a file may be called: no path, no reserved word, no hidden file, never empty.

    No two are alike, even where case and accents' storage do not count.

    Example:
        >>> file_names(["An Phú", "AN PHÚ", "../etc/passwd", "con", "  "], ".docx")
        ['An Phú.docx', 'AN PHÚ (2).docx', 'etc-passwd.docx', 'con_.docx', 'unit.docx']
    """
    made: dict[str, str] = {}
    for each in names:
        text = _UNSAFE.sub("-", unicodedata.normalize("NFC", each))
        text = " ".join(text.split())[:MOST_CHARACTERS].strip(" .-=+@~")
        name = unique = f"{text}_" if _RESERVED.fullmatch(text) else text or "unit"
        number = 1
        while unique.casefold() in made:
            number += 1
            unique = f"{name} ({number})"
        made[unique.casefold()] = unique + ending
    return list(made.values())


def write_docx(document: Document) -> dict[str, bytes]:
    """The annex, the sections about the year where there are any, all letters in one file and each in one of its own.

    Where there are too many units there are no letters.
    """
    files = {"annex.docx": _annex(document)}
    if found := [each for each in document.sections if each.key in YEAR]:
        year = _Word(document, landscape=True)
        for section in found:
            year.paragraph(document.words.told(section.title).upper(), bold=True, before=12, after=6)
            year.body(section, SMALL)
        files["year.docx"] = year.content()
    if document.large:
        return files
    alone = [_letter(document, each) for each in document.letters]
    files["letters.docx"] = _together(document, alone)
    names = file_names((str(each.title) for each in document.letters), ".docx")
    return files | {f"letters/{name}": each.content() for name, each in zip(names, alone, strict=True)}


def _annex(document: Document) -> bytes:
    """An official table, landscape, with motto, place and date line, totals and signature block."""
    made, words = _Word(document, landscape=True), document.words
    made.heading()
    made.paragraph(words.told(document.annex.title).upper(), bold=True, align="CENTER", before=12)
    made.paragraph(words("word.attached"), italic=True, align="CENTER", after=8)
    made.table(document.annex, SMALL)
    made.signature()
    return made.content()


def _letter(document: Document, letter: Section) -> _Word:
    made, words = _Word(document), document.words
    made.heading(words("word.subject"))
    made.paragraph(words("word.to", unit=letter.title), align="CENTER", before=14, after=10)
    made.body(letter, LARGE, indent=True)
    made.paragraph(words("word.closing"), align="JUSTIFY", indent=True, before=8)
    made.signature()
    return made


def _together(document: Document, letters: Sequence[_Word]) -> bytes:
    """All letters in one file, each on a page of its own; copied, since to make them again takes ten times as long."""
    made = _Word(document)
    body = made.file.element.body
    for index, letter in enumerate(letters):
        if index:
            made.paragraph("").runs[0].add_break(WD_BREAK.PAGE)
        for element in letter.file.element.body.iterchildren():
            if not element.tag.endswith("}sectPr"):
                body.insert(len(body) - 1, deepcopy(element))
    return made.content()


class _Word:
    """One Word file being written."""

    def __init__(self, document: Document, landscape: bool = False) -> None:
        self.document, self.words, self.file = document, document.words, docx.Document()
        page = self.file.sections[0]
        wide, high = (297, 210) if landscape else (210, 297)
        page.page_width, page.page_height = Mm(wide), Mm(high)
        page.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
        margins = dict.fromkeys(MARGINS, 15) if landscape else MARGINS
        for side, millimetres in margins.items():
            setattr(page, side, Mm(millimetres))
        self.width = int(Mm(wide - margins["left_margin"] - margins["right_margin"]))
        normal = self.file.styles["Normal"]
        normal.font.name, normal.font.size = FONT, Pt(BODY)
        normal.paragraph_format.space_after = Pt(0)
        for script in ("w:eastAsia", "w:cs", "w:hAnsi"):
            normal.element.rPr.rFonts.set(qn(script), FONT)
        language = normal.element.rPr.makeelement(qn("w:lang"), {qn("w:val"): self.words("word.locale")})
        normal.element.rPr.append(language)
        facts = self.file.core_properties
        facts.author = self.document.issuer or "allocator"
        facts.title, facts.comments, facts.language = self.words("report.title"), "", self.words.language

    def content(self) -> bytes:
        """The file."""
        made = io.BytesIO()
        self.file.save(made)
        return made.getvalue()

    def paragraph(self, text: str, place: Any = None, before: float = 0, after: float = 0, indent: bool = False,
                  align: str = "LEFT", **look: Any) -> Any:  # fmt: skip
        """Add a paragraph to the file, or to a cell; `look` sets its font (bold, italic, size, underline)."""
        made = self.file.add_paragraph() if place is None else place.paragraphs[-1]
        if made.runs:  # a new cell has a blank paragraph
            made = place.add_paragraph()
        made.alignment = getattr(WD_ALIGN_PARAGRAPH, align)
        form = made.paragraph_format
        form.space_before, form.space_after = Pt(before), Pt(after)
        if indent:
            form.first_line_indent = Mm(12.7)
        run = made.add_run(text)
        for name, value in look.items():
            setattr(run.font, name, Pt(value) if name == "size" else value)
        return made

    def body(self, section: Section, size: float, indent: bool = False) -> None:
        """Texts of a section, then its listings with tables in that size of letters; its own title is not repeated."""
        for text in map(self.words.told, section.texts):
            self.paragraph(text, align="JUSTIFY", indent=indent, after=6)
        for listing in section.listings:
            if listing.title != section.title:
                self.paragraph(self.words.told(listing.title), bold=True, before=6, after=3)
            self.table(listing, size)

    def heading(self, subject: str = "") -> None:
        """Issuing body and number at the left, motto, place and date at the right; what is not known left blank."""
        words = self.words
        left, right = self._columns(0.42)
        self.paragraph(words("word.above"), left, align="CENTER", size=LARGE)
        issuer = self.document.issuer.upper() or words("word.issuer")
        self.paragraph(issuer, left, align="CENTER", bold=True, size=LARGE)
        self.paragraph(words("word.number"), left, align="CENTER", size=BODY, before=6)
        if subject:
            self.paragraph(subject, left, align="CENTER", size=LARGE)
        self.paragraph(words("word.nation"), right, align="CENTER", bold=True, size=LARGE)
        self.paragraph(words("word.motto"), right, align="CENTER", bold=True, size=BODY, underline=True)
        self.paragraph(words("word.date"), right, align="CENTER", italic=True, size=BODY, before=6)

    def signature(self) -> None:
        """Recipients at the left, the signature block at the right, kept together."""
        words = self.words
        self.paragraph("", before=6)
        left, right = self._columns(0.45)
        self.paragraph(words("word.recipients"), left, bold=True, italic=True, size=LARGE)
        for line in words("word.recipient_lines").split("\n"):
            self.paragraph(line, left, size=11)
        self.paragraph(words("word.on_behalf"), right, align="CENTER", bold=True)
        self.paragraph(words("word.office"), right, align="CENTER", bold=True)
        self.paragraph(words("word.sign"), right, align="CENTER", italic=True, size=11, after=48)

    def _columns(self, share: float) -> Sequence[Any]:
        """Two cells side by side without lines, on one page, the first with that share of the width."""
        table = self.file.add_table(rows=1, cols=2)
        _shape(table, [int(self.width * share), int(self.width * (1 - share))])
        cells: Sequence[Any] = table.rows[0].cells
        return cells

    def table(self, listing: Listing, size: float) -> None:
        """A listing as a ruled table: its header repeats on every page, rows do not break, totals in bold."""
        heads, texts, told = listing.heads, listing.texts(self.words), self.words.told
        made = self.file.add_table(rows=len(heads) + len(texts), cols=len(listing.columns))
        made.style = "Table Grid"
        _shape(made, _widths([told(each.header) for each in listing.columns], texts, self.width))
        rows = list(made.rows)
        grid = [row.cells for row in rows[: len(heads)]]
        for number, row in enumerate(heads):
            _once(rows[number], "w:tblHeader")
            for each in row:
                cell, end = grid[number][each.at], grid[number + each.rows - 1][each.at + each.columns - 1]
                cell = cell if cell is end else cell.merge(end)
                self.paragraph(told(each.text), cell, align="CENTER", bold=True, size=size)
                cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
        for index, (row, cells) in enumerate(zip(rows[len(heads) :], texts, strict=True)):
            for cell, column, text in zip(row.cells, listing.columns, cells, strict=True):
                side = "LEFT" if column.is_text else "CENTER" if column.key == "number" else "RIGHT"
                bold = index == len(listing.rows) or column.key == "quota"
                self.paragraph(text, cell, align=side, size=size, bold=bold)
        for note in listing.notes:
            self.paragraph(told(note), size=11, italic=True)


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
    properties = row._tr.get_or_add_trPr()
    properties.append(properties.makeelement(qn(name), {}))


def _widths(heads: Sequence[str], rows: Sequence[Sequence[str]], whole: int) -> list[int]:
    """Widths that share the page as the columns' longest texts and words of headers do."""
    columns = zip(heads, *rows, strict=True)
    needs = [min(max(3, *map(len, head.split()), *map(len, texts)), 40) + 2 for head, *texts in columns]
    return [whole * need // sum(needs) for need in needs]
