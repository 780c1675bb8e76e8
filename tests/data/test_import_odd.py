"""Damaged and odd documents: each imports rightly, or fails with a message that names the place."""

import io
import unicodedata
from dataclasses import replace

import pytest
from docx import Document

from allocator.data import limits, pages
from allocator.data.answers import Answers
from allocator.data.importing import import_table
from allocator.errors import InputError
from allocator.words import Words
from tests.data.documents import (
    FIGURES,
    SMALL,
    changed,
    delimited,
    docx,
    ods,
    repacked,
    saved,
    tsv,
    written,
    xlsx,
    zipped,
)

SHEET, WORDS = "xl/worksheets/sheet1.xml", "word/document.xml"
HEAD, *UNITS, TOTAL = SMALL
NOTE = ("", "Ghi chú: số liệu đến 31/12", "", "", "")
TYPED = [
    [int(c.replace(".", "")) if n > 1 and c.replace(".", "").isdigit() else c for n, c in enumerate(r)] for r in SMALL
]
TWO_LEVELS = (
    ("STT", "Đơn vị", "Chỉ tiêu phân bổ 2017", "CNLĐ", ""),
    ("", "", "", "Tổng số", "Ước lao động tăng"),
    *SMALL[1:],
)  # fmt: skip
SPACED = """STT  Đơn vị  Chỉ tiêu 2017  Tổng số CNLĐ
1  An Phú      30    60
2  CĐN Y tế   150  1.322
3  Tri Tôn     20   179
"""


def hide(book):
    book.active.row_dimensions[3].hidden = True
    book.active.column_dimensions["D"].hidden = True


def second_sheet(book):
    sheet = book.create_sheet("Khác")
    for row in SMALL:
        sheet.append(row)


def hidden_sheet(book):
    sheet = book.create_sheet("Nháp", 0)
    sheet.append(["Đơn vị", "Tổng số CNLĐ"])
    sheet.sheet_state = "hidden"


def totals_stored(book, sheet):
    for n, row in enumerate(TYPED[:-1]):
        sheet.write_row(n, 0, row)
    sheet.write_row(4, 1, ["Tổng cộng"])
    for column in "CDE":
        sheet.write_formula(f"{column}5", f"=SUM({column}2:{column}4)", None, {"C": 200, "D": 1561, "E": 200}[column])


RIGHT = {
    "columns in another order": tsv([[row[i] for i in (3, 1, 4, 2, 0)] for row in SMALL]),
    "hidden row and column": xlsx(TYPED, change=hide),
    "hidden sheet before it": xlsx(TYPED, change=hidden_sheet),
    "another sheet": xlsx(TYPED, change=second_sheet),
    "accents apart": unicodedata.normalize("NFD", tsv().decode()).encode(),
    "no accents in headers": tsv(
        [("stt", "DON VI", "CHI TIEU PHAN BO", "TONG SO CNLD", "UOC SO LAO DONG TANG"), *SMALL[1:]]
    ),
    "English headers": tsv([("No.", "Unit", "Published quota", "Workforce", "Growth estimate"), *SMALL[1:]]),
    "full-width digits": tsv(changed((2, 3, "１.３２２"))),
    "totals in the middle": tsv([HEAD, UNITS[0], TOTAL, *UNITS[1:]]),
    "totals first": tsv([HEAD, TOTAL, *UNITS]),
    "totals label in the first column": tsv([HEAD, *UNITS, ("Tổng cộng:", "", *TOTAL[2:])]),
    "totals label over two columns": docx([HEAD, *UNITS, ("Tổng cộng", "", *TOTAL[2:])], merged=[(0, 4, 0, 4, 1)]),
    "page sum before the total": tsv([HEAD, UNITS[0], ("", "Cộng", "30", "60", ""), *UNITS[1:], TOTAL]),
    "sum of a part": tsv([HEAD, *UNITS[:2], ("", "Cộng khối huyện", "180", "1.382", "200"), UNITS[2], TOTAL]),
    "headings between rows": tsv([HEAD, ("I", "Khối huyện", "", "", ""), *UNITS, TOTAL]),
    "sections numbered I, II": tsv(
        [
            HEAD,
            ("I", "Khối huyện", "50", "239", ""),
            UNITS[0],
            changed((3, 0, "2"))[3],
            ("II", UNITS[1][1], *UNITS[1][2:]),
            TOTAL,
        ]
    ),
    "sections with sums of their own": tsv([HEAD, ("A", "Các đơn vị", "200", "1.561", "200"), *UNITS, TOTAL]),
    "of which": tsv([*SMALL, ("", "Trong đó: nữ", "80", "700", "100")]),
    "footnote": tsv([*SMALL, NOTE]),
    "signatures in a table of their own": docx(SMALL, [("Nơi nhận", "TM. BAN THƯỜNG VỤ")]),
    "motto in a table before it": docx([("LĐLĐ TỈNH", "CỘNG HÒA XÃ HỘI")], SMALL),
    "header repeated": tsv([HEAD, UNITS[0], HEAD, *UNITS[1:], TOTAL]),
    "header repeated in a second table": docx([HEAD, UNITS[0]], [HEAD, *UNITS[1:], TOTAL]),
    "columns numbered": tsv([HEAD, ("(1)", "(2)", "(3)", "(4)", "(5)"), *SMALL[1:]]),
    "columns numbered as figures": xlsx([HEAD, (1, 2, 3, 4, 5), *TYPED[1:]]),
    "two levels": tsv(TWO_LEVELS),
    "two levels, merged": xlsx(TWO_LEVELS, ["A1:A2", "B1:B2", "C1:C2", "D1:E1"]),
    "two levels, merged in Word": docx(TWO_LEVELS, merged=[(0, 0, 3, 0, 4), (0, 0, 1, 1, 1)]),
    "group row above the names": tsv(
        [("", "", "Chỉ tiêu", "CNLĐ", ""), *changed((0, 2, "Phân bổ"), (0, 3, "Tổng số"))]
    ),
    "table not in the corner": xlsx([(), ("", "", "Đơn vị: người"), (), *[("", "", *row) for row in TYPED]]),
    "bold marks": tsv(changed((1, 1, "**An Phú**"), (1, 2, "<b>30</b>"), (4, 1, "<strong>Tổng cộng</strong>"))),
    "numbered names": tsv(changed((1, 1, "- An Phú"), (2, 1, "+ CĐN Y tế"))),
    "odd spaces": tsv(changed((1, 1, "  An\u00a0 Phú "), (2, 3, "\u00a01.322 "))),
    "odd dashes": tsv(changed((1, 4, "–"), (3, 4, " - "))),
    "a wrong attribute where no cell is": repacked(xlsx(), SHEET, lambda c: c.replace(b"activeCell", b"activeCel")),
    "text with figures": xlsx(changed((1, 2, 30), (1, 3, 60.0))),
    "formulas with values": written(totals_stored),
    "line breaks in headers": delimited(changed((0, 3, "Tổng số\nCNLĐ"))),
    "semicolons": delimited(mark=";"),
    "OpenDocument": ods(),
    "blank lines": tsv().replace(b"\n", b"\n\n"),
    "cells missing at the end": b"\n".join(line.rstrip(b"\t") for line in tsv().splitlines()),
}


IN_ORDER = {name: data for name, data in RIGHT.items() if name != "sections numbered I, II"}


def test_a_section_without_rows_is_a_unit():
    made = import_table(RIGHT["sections numbered I, II"], "t")
    assert [(row["unit"], row["workforce"]) for row in made.rows] == [
        ("An Phú", 60),
        ("Tri Tôn", 179),
        ("CĐN Y tế", 1322),
    ]


def test_columns_of_two():
    for mark in ",;":
        made = import_table(f"unit{mark}workforce\nAn Phú{mark}60\nTri Tôn{mark}179\n".encode(), "t")
        assert [row["workforce"] for row in made.rows] == [60, 179]


def test_a_note_mark_is_no_digit():
    def document(row, column):
        made = Document(io.BytesIO(docx(SMALL)))
        made.tables[0].cell(row, column).paragraphs[0].add_run("1").font.superscript = True
        return saved(made)

    assert import_table(document(1, 1), "t").rows[0]["unit"] == "An Phú"
    assert import_table(document(1, 2), "t").rows[0]["published_quota"] == 30


def test_without_a_totals_row_the_quotas_are_added():
    made = import_table(tsv(SMALL[:4]), "t")
    assert made.target == 200
    assert "import.target_added" in {each.code for each in made.findings}


@pytest.mark.parametrize("name", IN_ORDER)
def test_imports_rightly(name):
    made = import_table(RIGHT[name], "t")
    figures = {
        row["unit"]: tuple(row[c] for c in ("published_quota", "workforce", "growth_estimate")) for row in made.rows
    }
    assert figures == FIGURES
    assert made.target == 200
    assert [row["kind"] for row in made.rows] == ["district", "sector", "district"]


def test_two_or_more_spaces():
    made = import_table(SPACED.encode(), "t")
    assert [row["workforce"] for row in made.rows] == [60, 1322, 179]


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        (
            "hidden row and column",
            "import.hidden",
            "t, Sheet: hidden in the document, and imported like the rest (3 and D)",
        ),
        ("another sheet", "import.other_sheets", "t, Sheet: only this sheet was imported; Khác"),
        ("sum of a part", "import.subtotal", "t:4:1: Cộng khối huyện was read as the sum of a part"),
        ("headings between rows", "import.left_out", "t:2:1: the row “Khối huyện” has no figures"),
        ("signatures in a table of their own", "import.other_table", "t, T2!A1: another table"),
    ],
)
def test_what_was_done_is_said(name, code, words):
    finding = next(each for each in import_table(RIGHT[name], "t").findings if each.code == code)
    assert finding.told(Words("en")).startswith(words)
    assert finding.told(Words("vi"))


def no_stored_value(book, sheet):
    for n, row in enumerate(TYPED):
        sheet.write_row(n, 0, row)
    sheet.write_formula("D3", "=D2*22", None, "")


def three_decimals(book):
    book.active["D2"] = 4
    book.active["D2"].number_format = "0.000"


def date(book):
    import datetime

    book.active["D2"] = datetime.datetime(2017, 2, 10)


def far_cell(book):
    book.active["XFD1048576"] = 1


def formula_cell(text):
    attribute = ' table:formula="of:=[.D1]"' if text == "60" else ""
    return f'<table:table-cell office:value-type="string"{attribute}><text:p>{text}</text:p>'


def repeated_cell(text):
    attribute = ' table:number-columns-repeated="1000000000"' if text == "60" else ""
    return f'<table:table-cell office:value-type="string"{attribute}><text:p>{text}</text:p>'


def tall_cell(text):
    attribute = ' table:number-rows-spanned="2"' if text == "30" else ""
    return f'<table:table-cell office:value-type="string"{attribute}><text:p>{text}</text:p>'


def error_cell(text):
    wrong = text == "60"
    formula = ' table:formula="of:=1/0" office:string-value=""' if wrong else ""
    return f'<table:table-cell office:value-type="string"{formula}><text:p>{"#DIV/0!" if wrong else text}</text:p>'


ENTITIES = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
WRONG = {
    "1.5": (tsv(changed((1, 3, "1.5"))), "t:2:4: “1.5”", "two ways"),
    "6,500": (tsv(changed((2, 2, "6,500"))), "t:3:3: “6,500”", "two ways"),
    "6,500 in the totals": (tsv(changed((4, 2, "6,500"))), "t:5:3: “6,500”", "(Tổng cộng)"),
    "a half person": (tsv(changed((1, 3, "1,5"))), "t:2:4: “1,5”", "whole number"),
    "a half person as a figure": (xlsx(changed((1, 3, 1.5))), "t, Sheet!D2: “1.5”", "whole number"),
    "a thousandth stored": (xlsx(TYPED, change=three_decimals), "t, Sheet!D2: ", "shows 4.000"),
    "a date": (xlsx(TYPED, change=date), "t, Sheet!D2: ", "is not a number"),
    "a logical value": (xlsx(changed((1, 3, True))), "t, Sheet!D2: ", "is not a number"),
    "an error value": (xlsx(changed((1, 3, "#REF!"))), "t, Sheet!D2: ", "is not a number"),
    "words for a figure": (tsv(changed((1, 3, "60 máy"))), "t:2:4: ", "is not a number"),
    "two figures in a cell": (docx(changed((1, 3, "60\n70"))), "t, T1!D2: ", "is not a number"),
    "below zero": (tsv(changed((1, 3, "- 60"))), "t:2:4: ", "negative"),
    "too large": (tsv(changed((1, 3, "9" * 12))), "t:2:4: ", "is more than"),
    "no workforce": (tsv(changed((1, 3, "-"))), "t:2:4: ", "workforce of An Phú is blank"),
    "a formula without value": (written(no_stored_value), "t, Bảng!D3: ", "=D2*22"),
    "a formula without value, ods": (ods(cell=formula_cell), "t, Bảng!D2: ", "of:=[.D1]"),
    "an error value, ods": (ods(cell=error_cell), "t, Bảng!D2: “#DIV/0!”", "is not a number"),
    "a unit twice": (tsv([*SMALL[:4], ("4", "An  Phu\u0301", "1", "2", "")]), "t:5:2: ", "already at t:2:2"),
    "no name": (tsv(changed((2, 1, ""))), "t:3:2: ", "no unit name"),
    "a name like a formula": (tsv(changed((2, 1, "=HYPERLINK(1)"))), "t:3:2: ", "taken for a formula"),
    "a figure over two rows": (xlsx(changed((2, 2, ""), rows=TYPED), ["C2:C3"]), "t, Sheet!C2: ", "merged"),
    "a figure over two rows in Word": (docx(changed((2, 2, "")), merged=[(0, 1, 2, 2, 2)]), "t, T1!C2: ", "merged"),
    "a figure over two columns": (docx(changed((1, 3, "")), merged=[(0, 1, 2, 1, 3)]), "t, T1!C2: ", "merged"),
    "a figure over two rows in OpenDocument": (ods(changed((2, 2, "")), tall_cell), "t, Bảng!C2: ", "merged"),
    "a name over two rows": (docx(changed((2, 1, "")), merged=[(0, 1, 1, 2, 1)]), "t, T1!B3: ", "no unit name"),
    "two different totals": (tsv([*SMALL, ("", "Tổng cộng", "1", "2", "3")]), "t:6:1: ", "t:5:1"),
    "more cells than headers": (tsv([*SMALL[:2], (*SMALL[2], "7")]), "t:3:6: ", "6 cells and the header 5"),
    "blanks lost between spaces": (SPACED.replace("150", "   ").encode(), "t:3:3: ", "3 cells and the header 4"),
    "two workforces": (tsv(changed((0, 4, "Số lao động"))), "t:1:1: ", "all read as workforce"),
    "no workforce column": (tsv([(*r, r[3]) for r in changed((0, 3, "Quân số"))]), "t:1:1: ", "Quân số"),
    "no header": (tsv(SMALL[1:]), "t:1:1: ", "no header row"),
    "only a header": (tsv([HEAD]), "t:1:1: ", "no unit"),
    "nothing": (b"", "t: ", "the file is empty"),
    "no table in Word": (docx(before=["Kính gửi"]), "t: ", "there is no table"),
    "damaged UTF-8": ("Đơn vị\tTổng số CNLĐ\nAn Phú\xff\t60".encode().replace(b"\xc3\xbf", b"\xff"), "t:2: ", "UTF-8"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0", "t: ", "picture"),
    "bytes of zero": (b"a\0b", "t:1:2: ", "not text"),
    "a quotation mark left open": (b'a\tb\tc\n"x\ty\tz\n', "t:2: ", "quotation"),
    "half a workbook": (xlsx()[:2000], "t: ", "cannot be read"),
    "a workbook without its sheet": (repacked(xlsx(), SHEET, lambda c: b""), "t: ", "cannot be read"),
    "a Word file with broken XML": (repacked(docx(SMALL), WORDS, lambda c: c[:-99]), "t: ", "cannot be read"),
    "an old Word file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "t: ", "cannot be read"),
    "another archive": (zipped({"a.txt": "x"}), "t: ", "archive"),
    "entities": (repacked(xlsx(), SHEET, lambda c: ENTITIES), f"t, {SHEET}: ", "entities"),
    "entities in Word": (repacked(docx(SMALL), WORDS, lambda c: ENTITIES), f"t, {WORDS}: ", "entities"),
    "unpacked too large": (zipped({"xl/workbook.xml": bytes(200_000_001)}), "t: ", "200 MB"),
    "a part too large": (zipped({"word/document.xml": bytes(60_000_001)}), "t, word/document.xml: ", "60 MB"),
    "a stray cell": (xlsx(TYPED, change=far_cell), "t, XFD1048576: ", "far beyond"),
    "a cell repeated a billion times": (ods(cell=repeated_cell), "t, CFDGSXP5: ", "far beyond"),
    "too many rows": (b"a\tb\tc\n" * 10_001, "t: ", "10,000"),
    "too many bytes": (bytes(20_000_001), "t: ", "20 MB"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_fails_at_its_place(name):
    data, place, words = WRONG[name]
    with pytest.raises(InputError) as caught:
        import_table(data, "t")
    assert str(caught.value).startswith(place)
    assert words in str(caught.value)
    assert all(caught.value.messages("vi"))


def test_all_faults_at_once():
    with pytest.raises(InputError) as caught:
        import_table(tsv(changed((1, 3, "1.5"), (2, 2, "x"), (4, 4, "6,500"))), "t")
    assert len(caught.value.faults) == 3


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"Không có": "workforce"}, "“Không có”"),
        ({"STT": "Số"}, "“Số” cannot name"),
        ({"STT": "workforce", "Tổng số CNLĐ": "workforce"}, "all read as"),
    ],
)
def test_choices_that_do_not_fit(chosen, words):
    with pytest.raises(InputError, match=words):
        import_table(tsv(), "t", Answers(columns=chosen))


def test_limits_hold_for_sheets(monkeypatch):
    monkeypatch.setattr(pages, "DOCUMENT", replace(limits.DOCUMENT, cells=10))
    with pytest.raises(InputError, match=r"t, E5: the sheet reaches to this cell, far beyond a table"):
        import_table(xlsx(), "t")


def test_a_table_of_blanks_after_the_table_is_nothing():
    document = Document(io.BytesIO(docx(SMALL)))
    document.add_paragraph("Nơi nhận")
    document.add_table(2, 3)
    content = io.BytesIO()
    document.save(content)
    assert import_table(content.getvalue(), "t.docx").rows == import_table(docx(SMALL), "t.docx").rows
