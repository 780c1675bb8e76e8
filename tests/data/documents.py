"""Documents made for the tests of import: the published annex and small tables, in every format."""

import io
import zipfile
from pathlib import Path

import openpyxl
import xlsxwriter
from docx import Document

ANNEX = Path(__file__).parent.parent / "published" / "an-giang-2017-annex.txt"
SMALL = (
    ("STT", "Đơn vị", "Chỉ tiêu phân bổ 2017", "Tổng số CNLĐ", "Ước số lao động tăng"),
    ("1", "An Phú", "30", "60", "-"),
    ("2", "CĐN Y tế", "150", "1.322", "200"),
    ("3", "Tri Tôn", "20", "179", ""),
    ("", "Tổng cộng", "200", "1.561", "200"),
)
FIGURES = {"An Phú": (30, 60, None), "CĐN Y tế": (150, 1322, 200), "Tri Tôn": (20, 179, None)}


def changed(*cells, rows=SMALL):
    """`rows` with cells replaced: (row, column, content), counted from 0."""
    made = [list(row) for row in rows]
    for row, column, content in cells:
        made[row][column] = content
    return made


def tsv(rows=SMALL):
    return "".join("\t".join(map(str, row)) + "\n" for row in rows).encode()


def delimited(rows=SMALL, mark=","):
    return "".join(mark.join(f'"{cell}"' for cell in row) + "\n" for row in rows).encode()


def xlsx(rows=SMALL, merged=(), change=None):
    """A workbook; `merged` ranges like "A1:B1"; `change` is handed the openpyxl workbook."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append([None if cell == "" else cell for cell in row])
    for each in merged:
        sheet.merge_cells(each)
    if change:
        change(book)
    return saved(book)


def saved(document):
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def written(fill):
    """A workbook by xlsxwriter, which stores no value for a formula unless told."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        fill(book, book.add_worksheet("Bảng"))
    return file.getvalue()


def docx(*tables, before=(), merged=()):
    """A Word file with these tables; `merged` names cells (table, row, column, row, column) to join."""
    document = Document()
    for text in before:
        document.add_paragraph(text)
    for rows in tables:
        table = document.add_table(len(rows), len(rows[0]))
        for cells, row in zip(table.rows, rows, strict=True):
            for cell, text in zip(cells.cells, row, strict=True):
                bold = text.startswith("<b>")
                cell.paragraphs[0].add_run(text.removeprefix("<b>").removesuffix("</b>")).bold = bold
        document.add_paragraph()
    for number, top, left, bottom, right in merged:
        table = document.tables[number]
        table.cell(top, left).merge(table.cell(bottom, right))
    return saved(document)


def ods(rows=SMALL, cell=lambda text: f'<table:table-cell office:value-type="string"><text:p>{text}</text:p>'):
    """A small OpenDocument sheet."""
    body = "".join(
        "<table:table-row>"
        + "".join(("<table:table-cell>" if text == "" else cell(text)) + "</table:table-cell>" for text in row)
        + "</table:table-row>"
        for row in rows
    )
    names = "".join(
        f' xmlns:{each}="urn:oasis:names:tc:opendocument:xmlns:{each}:1.0"' for each in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0"?><office:document-content{names}><office:body><office:spreadsheet>'
        f'<table:table table:name="Bảng">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    space = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    manifest = (
        f'<?xml version="1.0"?><m:manifest xmlns:m="{space}"><m:file-entry m:full-path="/" m:media-type="{kind}"/>'
        "</m:manifest>"
    )
    return zipped({"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": content})


def zipped(parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def repacked(data, part, change):
    """A zip file with one part changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return zipped(
            {each: change(archive.read(each)) if each == part else archive.read(each) for each in archive.namelist()}
        )


def annex_rows():
    """Rows of the published annex: its header, first page, second header, second page; equally long."""
    lines = [line.split("\t") for line in ANNEX.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if len(line) == 13]
