"""The shipped templates of letter and annex, laid out as Decree 30/2020 has it: `python -m tests.show.templates`.

What stands in double braces is filled in by the report; an office may replace the files by its own with any of these.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

import allocator.show.templated as templated

STYLES = ("Normal", "Default Paragraph Font", "Normal Table", "No List", "Table Grid", "Header")
LEFT, CENTER, BOTH = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY
PAGES = {"letter": (210, 297, (20, 20, 30, 15)), "annex": (297, 210, (20, 20, 30, 15))}
"""Width, height and margins (top, bottom, left, right), millimetres."""
BODY, HEAD, SMALL = 13, 12, 11


def paper(name: str) -> Any:
    """A file without text: page, margins, font, page numbers from the second page on."""
    file = docx.Document()
    for style in [each for each in file.styles if each.name not in STYLES]:
        style.delete()
    normal = file.styles["Normal"]
    normal.font.name, normal.font.size = "Times New Roman", Pt(BODY)
    normal.paragraph_format.space_after = Pt(0)
    for script in ("w:eastAsia", "w:cs", "w:hAnsi"):
        normal.element.rPr.rFonts.set(qn(script), "Times New Roman")
    normal.element.rPr.append(normal.element.rPr.makeelement(qn("w:lang"), {qn("w:val"): "vi-VN"}))
    (page,), (wide, high, margins) = file.sections, PAGES[name]
    page.page_width, page.page_height = Mm(wide), Mm(high)
    page.orientation = WD_ORIENT.LANDSCAPE if wide > high else WD_ORIENT.PORTRAIT
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = map(Mm, margins)
    page.header_distance = Mm(10)
    page.different_first_page_header_footer = True
    numbered(page)
    for key, each in list(file.part.rels.items()):
        if each.reltype.endswith("/stylesWithEffects"):  # the same styles again, for Word 2010
            del file.part.rels[key]
    facts = file.core_properties
    facts.author, facts.title, facts.comments = "allocator", name, ""
    facts.created = facts.modified = datetime(2020, 1, 1, tzinfo=UTC)
    return file


def numbered(page: Any) -> None:
    """The page's number in the middle of its head; pages begin at 1 in every section."""
    (line,) = page.header.paragraphs
    line.alignment = CENTER
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    line._p.append(field)
    start = OxmlElement("w:pgNumType")
    start.set(qn("w:start"), "1")
    page._sectPr.insert_element_before(start, "w:cols", "w:titlePg", "w:docGrid")


def line(where: Any, text: str, **look: Any) -> Any:
    """A paragraph; `look`: align, size, bold, italic, before, after (points), indent, keep (with the next)."""
    made = where.add_paragraph()
    run = made.add_run(text)
    run.bold, run.italic = look.get("bold"), look.get("italic")
    run.font.size = Pt(look.get("size", BODY))
    form = made.paragraph_format
    form.alignment = look.get("align", CENTER)
    form.space_before, form.space_after = Pt(look.get("before", 0)), Pt(look.get("after", 0))
    form.first_line_indent = Mm(10) if look.get("indent") else None
    form.keep_with_next, form.keep_together = look.get("keep"), look.get("keep")
    return made


def many(where: Any, name: str, **look: Any) -> None:
    """A paragraph for each text of a list."""
    line(where, f"{{%p for each in {name} %}}", **look)
    line(where, "{{ each }}", **look)
    line(where, "{%p endfor %}", **look)


def given(where: Any, name: str, **look: Any) -> None:
    """A paragraph that is there only with a text in it."""
    line(where, f"{{%p if {name} %}}", **look)
    line(where, f"{{{{ {name} }}}}", **look)
    line(where, "{%p endif %}", **look)


def beside(file: Any, *widths: int) -> list[Any]:
    """Cells side by side without lines, widths in millimetres; no page ends in them."""
    table = file.add_table(1, len(widths))
    table.autofit = False
    row = table.rows[0]
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for cell, column, width in zip(row.cells, table.columns, widths, strict=True):
        cell.width = column.width = Mm(width)
        cell._tc.remove(cell.paragraphs[0]._p)
    return list(row.cells)


def letter() -> Any:
    """A letter to one unit."""
    file = paper("letter")
    left, right = beside(file, 65, 100)
    given(left, "upper_body", size=HEAD)
    line(left, "{{ body }}", size=HEAD, bold=True)
    line(left, "–––––––––", size=HEAD)
    line(left, "{{ number_line }}", before=2)
    line(left, "{{ subject }}", size=HEAD)
    line(right, "{{ nation }}", size=HEAD, bold=True)
    line(right, "{{ motto }}", bold=True)
    line(right, "––––––––––––––––––", size=HEAD)
    line(right, "{{ place_date }}", italic=True, before=2)
    line(file, "{{ to }}", before=16, after=12)
    text = {"align": BOTH, "indent": True, "after": 6}
    line(file, "{{ lead }}", **text)
    many(file, "tasks", **text)
    line(file, "{{ reasons_lead }}", **text)
    many(file, "reasons", **text)
    line(file, "{{ enclosed }}", **text)
    line(file, "{{ closing }}", **text, keep=True)
    line(file, "", size=SMALL / 2, keep=True)
    left, right = beside(file, 82, 83)
    line(left, "{{ recipients_label }}", size=HEAD, bold=True, italic=True, align=LEFT, keep=True)
    many(left, "recipients", size=SMALL, align=LEFT, keep=True)
    given(right, "on_behalf", bold=True, keep=True)
    line(right, "{{ signer_title }}", bold=True, keep=True, after=64)
    line(right, "{{ signer_name }}", bold=True)
    line(file, "", size=1)
    return file


def annex() -> Any:
    """A sheet with a title and a table."""
    file = paper("annex")
    given(file, "title", bold=True, size=14)
    given(file, "attached", italic=True, after=8)
    line(file, "{{p table }}")
    many(file, "notes", align=BOTH, size=SMALL, before=3)
    return file


MADE = {"letter": letter, "annex": annex}


def content(name: str) -> bytes:
    """A template as a file."""
    MADE[name]().save(made := io.BytesIO())
    return made.getvalue()


if __name__ == "__main__":
    for name in MADE:
        Path(templated.SHIPPED / f"{name}.docx").write_bytes(content(name))
