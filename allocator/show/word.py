"""The annex and the letters as Word documents, laid out as Vietnamese administrative documents are (Decree 30/2020)."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, partial
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

import docx
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from allocator.finding import Listing, Section
from allocator.show.build import Document

YEAR = ("net", "review", "unions", "plan")
"""The sections about the year."""
STYLES = ("Normal", "Default Paragraph Font", "Normal Table", "No List", "Table Grid")
"""Those a file keeps of the hundred and sixty of the template."""
FONT = "Times New Roman"
BODY, LARGE, SMALL = 13, 12, 10.5
MARGINS = {"top_margin": 20, "bottom_margin": 20, "left_margin": 30, "right_margin": 20}
_INDENT = '<w:ind w:firstLine="720"/>'
_NEW_PAGE = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
_BODY = "word/document.xml"

MOST_CHARACTERS = 60
"""Vietnamese letters take up to three bytes, and many systems allow 255 bytes a name."""
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+')
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
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

    Where there are too many units there are no letters. A single answer is one file.
    """
    wide = _Paper(document, landscape=True)
    if document.annex is None:
        return {"answer.docx": wide.content(_answer(document, wide))}
    files = {"annex.docx": wide.content(_annex(document, document.annex, wide))}
    if found := [each for each in document.sections if each.key in YEAR]:
        files["year.docx"] = wide.content("".join(wide.titled(each) for each in found))
    if document.large:
        return files
    page = _Paper(document)
    letters = [_letter(each, page) for each in document.letters]
    files["letters.docx"] = page.content(_NEW_PAGE.join(letters))
    names = file_names((str(each.title) for each in document.letters), ".docx")
    return files | {f"letters/{name}": page.content(each) for name, each in zip(names, letters, strict=True)}


def _answer(document: Document, paper: _Paper) -> str:
    """The title, what it is about, then every section."""
    told = document.words.told
    return "".join((
        _paragraph(told(document.title).upper(), bold=True, align="center"),
        _paragraph(told(document.subtitle), italic=True, align="center", after=8),
        *map(paper.titled, document.sections),
    ))  # fmt: skip


def _annex(document: Document, annex: Listing, paper: _Paper) -> str:
    """An official table, landscape, with motto, place and date line, totals and signature block."""
    words = document.words
    return "".join((
        paper.heading(),
        _paragraph(words.told(annex.title).upper(), bold=True, align="center", before=12),
        _paragraph(words("word.attached"), italic=True, align="center", after=8),
        paper.table(annex, SMALL),
        paper.signature,
    ))  # fmt: skip


def _letter(letter: Section, paper: _Paper) -> str:
    words = paper.words
    return "".join((
        paper.heading(words("word.subject")),
        _paragraph(words("word.to", unit=letter.title), align="center", before=14, after=10),
        paper.section(letter, LARGE, indent=True),
        _paragraph(words("word.closing"), align="both", indent=True, before=8),
        paper.signature,
    ))  # fmt: skip


def _paragraph(
    text: str, before: float = 0, after: float = 0, indent: bool = False, align: str = "left", bold: bool = False,
    italic: bool = False, underline: bool = False, size: float = 0,
) -> str:  # fmt: skip
    """A paragraph as WordprocessingML (ECMA-376, part 1, 17.3), distances and the size of letters in points.

    Written as text: `python-docx` takes a hundred times as long for it.
    """
    look = "<w:b/>" * bold + "<w:i/>" * italic
    look += (f'<w:sz w:val="{2 * size:.0f}"/>' if size else "") + '<w:u w:val="single"/>' * underline
    return (
        f'<w:p><w:pPr><w:spacing w:before="{20 * before:.0f}" w:after="{20 * after:.0f}"/>'
        f'{_INDENT * indent}<w:jc w:val="{align}"/></w:pPr>'
        f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{escape(_NOT_XML.sub("", text))}</w:t></w:r></w:p>'
    )


def _cell(width: int, paragraphs: str, form: str = "") -> str:
    return f'<w:tc><w:tcPr><w:tcW w:type="dxa" w:w="{width}"/>{form}</w:tcPr>{paragraphs}</w:tc>'


def _row(cells: Iterable[str], form: str = "") -> str:
    """A row of a table that no page's end divides."""
    return f"<w:tr><w:trPr><w:cantSplit/>{form}</w:trPr>{''.join(cells)}</w:tr>"


def _grid(widths: Iterable[int], rows: Iterable[str], style: str = "") -> str:
    """A table of fixed widths, in the grid and in every cell (programs differ in which they read)."""
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    form = f'{style}<w:tblW w:type="auto" w:w="0"/><w:tblLayout w:type="fixed"/><w:tblLook w:val="04A0"/>'
    return f"<w:tbl><w:tblPr>{form}</w:tblPr><w:tblGrid>{columns}</w:tblGrid>{''.join(rows)}</w:tbl>"


class _Paper:
    """A blank file that bodies are put into, one at a time: all that a file has beside its body is made once.

    Attributes:
        width: of the text, twentieths of a point.
    """

    def __init__(self, document: Document, landscape: bool = False) -> None:
        self.document, self.words, file = document, document.words, docx.Document()
        page = file.sections[0]
        wide, high = (297, 210) if landscape else (210, 297)
        page.page_width, page.page_height = Mm(wide), Mm(high)
        page.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
        margins = dict.fromkeys(MARGINS, 15) if landscape else MARGINS
        for side, millimetres in margins.items():
            setattr(page, side, Mm(millimetres))
        self.width = Mm(wide - margins["left_margin"] - margins["right_margin"]).twips
        for style in list(file.styles):
            if style.name not in STYLES:
                style.delete()
        normal = file.styles["Normal"]
        normal.font.name, normal.font.size = FONT, Pt(BODY)
        normal.paragraph_format.space_after = Pt(0)
        for script in ("w:eastAsia", "w:cs", "w:hAnsi"):
            normal.element.rPr.rFonts.set(qn(script), FONT)
        language = normal.element.rPr.makeelement(qn("w:lang"), {qn("w:val"): self.words("word.locale")})
        normal.element.rPr.append(language)
        facts = file.core_properties
        facts.author = self.document.issuer or "allocator"
        facts.title, facts.comments = self.words.told(document.title), ""
        facts.language = self.words.language
        for key, each in list(file.part.rels.items()):
            if each.reltype.endswith("/stylesWithEffects"):  # the same styles again, for Word 2010
                del file.part.rels[key]
        file.save(saved := io.BytesIO())
        with ZipFile(saved) as made:
            self.parts = {name: made.read(name) for name in made.namelist()}

    def content(self, body: str) -> bytes:
        """The file with that body."""
        before, mark, after = self.parts[_BODY].partition(b"<w:sectPr")
        with ZipFile(made := io.BytesIO(), "w", ZIP_DEFLATED) as file:
            for name, part in self.parts.items():
                file.writestr(name, before + body.encode() + mark + after if name == _BODY else part)
        return made.getvalue()

    def titled(self, section: Section) -> str:
        """A section in small letters under its title."""
        title = _paragraph(self.words.told(section.title).upper(), bold=True, before=12, after=6)
        return title + self.section(section, SMALL)

    def section(self, section: Section, size: float, indent: bool = False) -> str:
        """Texts of a section, then its listings with tables in that size of letters; its own title is not repeated."""
        made = [_paragraph(text, align="both", indent=indent, after=6) for text in map(self.words.told, section.texts)]
        for listing in section.listings:
            if listing.title != section.title:
                made.append(_paragraph(self.words.told(listing.title), bold=True, before=6, after=3))
            made.append(self.table(listing, size))
        return "".join(made)

    def heading(self, subject: str = "") -> str:
        """Issuing body and number at the left, motto, place and date at the right; what is not known left blank."""
        words, line = self.words, partial(_paragraph, align="center")
        issuer = self.document.issuer.upper() or words("word.issuer")
        left = line(words("word.above"), size=LARGE) + line(issuer, bold=True, size=LARGE)
        left += line(words("word.number"), size=BODY, before=6) + (line(subject, size=LARGE) if subject else "")
        right = line(words("word.nation"), bold=True, size=LARGE)
        right += line(words("word.motto"), bold=True, size=BODY, underline=True)
        return self._beside(0.42, left, right + line(words("word.date"), italic=True, size=BODY, before=6))

    @cached_property
    def signature(self) -> str:
        """Recipients at the left, the signature block at the right, kept together."""
        words, line = self.words, partial(_paragraph, align="center")
        left = _paragraph(words("word.recipients"), bold=True, italic=True, size=LARGE)
        left += "".join(_paragraph(each, size=11) for each in words("word.recipient_lines").split("\n"))
        right = line(words("word.on_behalf"), bold=True) + line(words("word.office"), bold=True)
        right += line(words("word.sign"), italic=True, size=11, after=48)
        return _paragraph("", before=6) + self._beside(0.45, left, right)

    def _beside(self, share: float, *sides: str) -> str:
        """Two cells side by side without lines, the first with that share of the width."""
        widths = int(self.width * share), int(self.width * (1 - share))
        return _grid(widths, [_row(map(_cell, widths, sides))])

    def table(self, listing: Listing, size: float) -> str:
        """A listing as a ruled table: its header repeats on every page, rows do not break, totals in bold."""
        texts, told = listing.texts(self.words), self.words.told
        widths = _widths([told(each.header) for each in listing.columns], texts, self.width)
        rows = list(self._heads(listing, widths, size))
        bold = [each.key == "quota" for each in listing.columns]
        sides = ["left" if each.is_text else "center" if each.key == "number" else "right" for each in listing.columns]
        for index, cells in enumerate(texts):
            whole = index == len(listing.rows)
            looks = zip(widths, cells, sides, bold, strict=True)
            rows.append(_row(
                _cell(width, _paragraph(text, align=side, size=size, bold=whole or own))
                for width, text, side, own in looks
            ))  # fmt: skip
        notes = (_paragraph(told(note), size=11, italic=True) for note in listing.notes)
        return _grid(widths, rows, '<w:tblStyle w:val="TableGrid"/>') + "".join(notes)

    def _heads(self, listing: Listing, widths: Sequence[int], size: float) -> Iterator[str]:
        """Rows of a header; a cell of two rows stands in both."""
        upper, *lower = listing.heads
        below = {each.at: _cell(widths[each.at], "<w:p/>", "<w:vMerge/>") for each in upper if each.rows > 1}
        for row, more in zip((upper, *lower), ({}, below), strict=False):
            made = dict(more)
            for each in row:
                text = _paragraph(self.words.told(each.text), align="center", bold=True, size=size)
                form = f'<w:gridSpan w:val="{each.columns}"/>' + '<w:vMerge w:val="restart"/>' * (each.rows > 1)
                width = sum(widths[each.at : each.at + each.columns])
                made[each.at] = _cell(width, text, form + '<w:vAlign w:val="center"/>')
            yield _row((made[at] for at in sorted(made)), "<w:tblHeader/>")


def _widths(heads: Sequence[str], rows: Sequence[Sequence[str]], whole: int) -> list[int]:
    """Widths that share the page as the columns' longest texts and words of headers do."""
    columns = zip(heads, *rows, strict=True)
    needs = [min(max(3, *map(len, head.split()), *map(len, texts)), 40) + 2 for head, *texts in columns]
    return [whole * need // sum(needs) for need in needs]
