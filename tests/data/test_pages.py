"""From bytes to grids: every kind of file, the prose between its tables, and the right words for what is none."""

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from docx import Document

from allocator.data.findings import Oddity
from allocator.data.pages import read_pages
from allocator.errors import InputError
from allocator.words import Words
from tests.cost import MOST
from tests.data.documents import SMALL, docx, ods, repacked, saved, tsv, xlsx, zipped

ROWS = [["STT", "Đơn vị", "Số"], ["1", "An Phú", "30"], ["", "Cộng", "30"]]
WORDS = "word/document.xml"


def read(content, name="t"):
    if isinstance(content, str):
        content = content.encode()
    return read_pages(content, name)


def only(content):
    [pages] = read(content)
    return pages


def rows(grid):
    return [list(row) for row in grid.rows]


def way(content, mark):
    """The first way in which some row has the cells of a line split at `mark`."""
    wanted = [
        cell.strip() for cell in next(line for line in content.splitlines() if mark in line).strip("|").split(mark)
    ]
    return next(
        pages.parts[0]
        for pages in read(content)
        if wanted in [[cell.strip() for cell in row] for row in pages.parts[0].rows]
    )


def html(*tables, lead="", head=""):
    return f"<html><head>{head}</head><body>{lead}" + "".join(tables) + "</body></html>"


def table(cells=ROWS, tag="td"):
    lines = ("".join(f"<{tag}>{cell}</{tag}>" for cell in row) for row in cells)
    return "<table>" + "".join(f"<tr>{line}</tr>\n" for line in lines) + "</table>"


@pytest.mark.parametrize("mark", ["\t", ";", ",", "|"])
def test_a_text_is_read_with_every_mark_that_parts_its_lines(mark):
    prose = "Căn cứ Nghị quyết, thực hiện kế hoạch, phương hướng, nhiệm vụ.\n" * 12
    text = prose + "".join(mark.join(row) + "\n" for row in ROWS) + "Ghi chú\n"
    part = way(text, mark)
    assert rows(part)[12:15] == ROWS
    assert part.numbers[12] == 13
    assert rows(part)[15] == ["Ghi chú"]
    if mark != ",":
        assert rows(part)[0] == [prose.splitlines()[0]]


def test_two_or_more_spaces_part_cells():
    [pages] = read("STT  Đơn vị  Số\n1  An Phú    30\n")
    assert rows(pages.parts[0]) == ROWS[:2]
    assert pages.parts[0].exact


def test_a_mark_whose_quotes_do_not_close_is_no_way_unless_none_is_left():
    text = 'a;"b\nc;d\n1\t2\n3\t4\n'
    assert [rows(each.parts[0])[-1] for each in read(text)] == [["3", "4"]]
    with pytest.raises(InputError, match="quotation"):
        read('a\tb\n"c\td\n')


def test_prose_may_begin_with_a_quotation():
    text = '"Năm vì lợi ích" là chủ đề "của năm" nay\na\tb\n"c\nd"\te\n'
    assert rows(read(text)[0].parts[0]) == [['"Năm vì lợi ích" là chủ đề "của năm" nay'], ["a", "b"], ["c\nd", "e"]]


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("| a | b |\n|---|:-:|\n| 1 |  |\n|  | 2 |\n", [["a", "b"], ["1", ""], ["", "2"]]),
        ("a | b |\n|---|---|\n1 | 2 |\n | 3 |\n", [["a", "b"], ["1", "2"], ["", "3"]]),
        ("| a | b\n|---|---\n| 1 | 2\n", [["a", "b"], ["1", "2"]]),
        ("a | b\n--- | ---\n1 | 2\n", [["a", "b"], ["1", "2"]]),
        ("| a | b |\n|-|-|\n1 | 2 |\n| 3 | 4\n", [["a", "b"], ["1", "2"], ["3", "4"]]),
        ("+---+---+\n| a | b |\n+===+===+\n| 1 | x\\|y |\n", [["a", "b"], ["1", "x|y"]]),
        ("Lời dẫn, dài\n\n| a | b |\n| --- | --- |\n| **1** | 2 |\n", [["Lời dẫn, dài"], ["a", "b"], ["**1**", "2"]]),
    ],
)
def test_markdown(text, made):
    assert rows(way(text, "|")) == made


@pytest.mark.parametrize(
    "content",
    [tsv().decode().encode(each) for each in ("utf-8", "utf-8-sig", "utf-16")]
    + ["\ufeff".encode("utf-16-be") + tsv().decode().encode("utf-16-be")],
)
def test_encodings_of_unicode(content):
    assert rows(only(content).parts[0]) == [list(row) for row in SMALL]


def test_an_old_encoding_is_told():
    old = "§¬n vÞ\tTæng sè\nTÞnh Biªn\t5\nCh©u Phó\t6\n"
    for content in (old, old.encode("cp1252")):
        pages = only(content)
        assert rows(pages.parts[0])[1] == ["Tịnh Biên", "5"]
        [note] = pages.notes
        assert (note.severity, note.code) == ("note", "import.legacy")
        assert "TCVN3 (ABC)" in note.told(Words("vi"))
        assert "(“§¬n” says “Đơn”)" in note.told(Words("en"))
    assert only(xlsx([line.split("\t") for line in old.splitlines()])).notes
    document = Document(io.BytesIO(docx([line.split("\t") for line in old.splitlines()])))
    document.paragraphs[0].insert_paragraph_before("Ch©u §èc")
    document.add_paragraph("Ngµy")
    pages = only(saved(document))
    assert [part.before for part in pages.parts] == [["Châu Đốc"]] or pages.after == ["Châu Đốc", "Ngày"]
    assert not only(tsv()).notes
    assert isinstance(pages.notes[0], Oddity)


def test_html():
    text = html(
        "<h1>Phụ&nbsp;lục</h1><p>Kèm\n  theo<br>Kế hoạch</p>", table(), "<p>Nơi nhận", table(ROWS[:1]), "Hết",
        " <b>rồi</b>",
        lead="<!-- <table><tr><td>no --><style>td {}</style><script>'<table>'</script>", head="<title>no</title>",
    )  # fmt: skip
    pages = only(text)
    first, second = pages.parts
    assert pages.together
    assert (rows(first), rows(second)) == (ROWS, ROWS[:1])
    assert (first.name, second.name, second.at(0, 1)) == ("T1", "T2", "t, T2!B1")
    assert (first.before, second.before) == (["Phụ lục", "Kèm theo", "Kế hoạch"], ["Nơi nhận"])
    assert pages.after == ["Hết rồi"]


def test_what_html_leaves_out_and_how_it_is_written():
    text = (
        "<TABLE border=1><caption>Biểu 1</caption><thead><TR><th>Đơn vị<th title='a>b' x=\"<td>\">Số<sup>1</sup>"
        "<tbody><tr style='display: none'><td> An\n Phú <td>60<br>70<tr><td>&#272;&#7891;ng &lt;A&gt;<td></table>"
    )
    [part] = only(text).parts
    assert rows(part) == [["Đơn vị", "Số^1"], ["An Phú", "60\n70"], ["Đồng <A>", ""]]
    assert part.hidden == ["2"]
    assert part.before == ["Biểu 1"]


def test_merged_cells_of_html():
    text = (
        "<table><tr><td rowspan=2>STT<td colspan='2'>Số<td rowspan=0>x<tr><td>A<td>B"
        "<tr><td rowspan=1000000000>1<td>2<td>3</table>"
    )
    [part] = only(text).parts
    assert rows(part) == [["STT", "Số", None, "x"], [None, "A", "B"], ["1", "2", "3"]]
    assert part.merged == {(0, 0): (2, 1), (0, 1): (1, 2), (0, 3): (3, 1)}


def test_cells_below_and_beside_a_tall_one_keep_their_columns():
    [part] = only("<table><tr><td>a<td rowspan=3>b<td>c<tr><td>d<td>e<tr><td>f<td>g<tr><td>h<td>i<td>j</table>").parts
    assert rows(part) == [["a", "b", "c"], ["d", None, "e"], ["f", None, "g"], ["h", "i", "j"]]


def test_tables_inside_tables_of_html():
    inner = table(ROWS[1:])
    [part] = only(f"Trước<table><tr><td><p>{inner}</p></td></tr></table>Sau").parts
    assert (part.name, rows(part), part.before) == ("T1.1", ROWS[1:], ["Trước"])
    outer, within = only(f"<table><tr><td>CĐ các KCN {inner} và<td>5</table>").parts
    assert (rows(outer), rows(within)) == ([["CĐ các KCN và", "5"]], ROWS[1:])


def test_a_web_page_of_excel():
    text = (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel">'
        "<head><meta http-equiv=Content-Type content='text/html; charset=windows-1252'>"
        "<!--[if gte mso 9]><xml><x:ExcelWorkbook><x:Name>S</x:Name></x:ExcelWorkbook></xml><![endif]--></head>"
        "<body><table border=0 cellpadding=0><col width=64><tr height=20><td class=xl65 x:num>1.100</td>"
        "<td x:str>&#272;&#417;n v&#7883;<span style='mso-spacerun:yes'>&nbsp;</span></td></tr>"
        "<![if supportMisalignedColumns]><tr height=0 style='display:none'><td width=64></td></tr><![endif]></table>"
    )
    [part] = read(text, "t.xls")[0].parts
    assert rows(part) == [["1.100", "Đơn vị"]]


def word(*paragraphs):
    document = Document()
    for each in paragraphs:
        document.add_paragraph(each)
    return document


def test_tables_typed_with_tabs():
    document = word(
        "KẾ HOẠCH", "STT\tĐơn vị\tSố", "1\tAn Phú\t", "", "\tCộng\t30", "Một\tdòng", "Lời", "Ký\ttên", "Hết"
    )
    pages = only(saved(document))
    [part] = pages.parts
    assert (part.name, part.before) == ("P1", ["KẾ HOẠCH"])
    assert rows(part) == [["STT", "Đơn vị", "Số"], ["1", "An Phú", ""], ["", "Cộng", "30"], ["Một", "dòng"]]
    assert pages.after == ["Lời", "Ký tên", "Hết"]
    assert part.at(2, 1) == "t, P1!B3"


def test_lines_indented_with_a_tab_are_prose():
    pages = read(docx(SMALL, before=["\tThực hiện", "\tCăn cứ"]))[0]
    assert pages.parts[0].before == ["Thực hiện", "Căn cứ"]


def test_tables_inside_tables_of_word():
    document = word("Trước")
    outer = document.add_table(1, 2)
    outer.cell(0, 0).text = "CĐ các KCN"
    outer.cell(0, 1).text = "5"
    outer.cell(0, 0).add_table(1, 2).cell(0, 0).text = "KCN A"
    layout = document.add_table(1, 1)
    layout.cell(0, 0).add_table(1, 1).cell(0, 0).text = "trong"
    document.add_paragraph("Sau")
    pages = only(saved(document))
    assert [(part.name, rows(part)[0][0]) for part in pages.parts] == [
        ("T1", "CĐ các KCN"),
        ("T1.1", "KCN A"),
        ("T2.1", "trong"),
    ]
    assert [part.before for part in pages.parts] == [["Trước"], [], []]
    assert pages.after == ["Sau"]


def test_what_word_shows_once_is_read_once():
    def twice(content):
        run = b"<w:r><w:t>An</w:t></w:r>"
        other = b'<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        box = (
            other + b"<mc:Choice>" + run + b"</mc:Choice><mc:Fallback>" + run + b"</mc:Fallback></mc:AlternateContent>"
        )
        moved = b"<w:moveFrom>" + run + b"</w:moveFrom><w:moveTo>" + run + b"</w:moveTo>"
        wrapped = b"<w:sdt><w:sdtContent><w:r><w:t> - </w:t></w:r></w:sdtContent></w:sdt>"
        return content.replace(b"<w:t>X</w:t></w:r>", b"</w:r>" + box + wrapped + moved)

    assert rows(only(repacked(docx([["X"]]), WORDS, twice)).parts[0]) == [["An - An"]]


def test_cells_in_content_controls_are_cells():
    def wrapped(content):
        start, end = content.index(b"<w:tc>"), content.index(b"</w:tc>") + 7
        control = b"<w:sdt><w:sdtContent>" + content[start:end] + b"</w:sdtContent></w:sdt>"
        return content[:start] + control + content[end:]

    assert rows(only(repacked(docx(ROWS), WORDS, wrapped)).parts[0]) == ROWS


def test_every_visible_sheet_is_a_part():
    pages = only(ods())
    assert not pages.together
    assert [part.name for part in pages.parts] == ["Bảng"]


def ole(*streams):
    entries = b"".join(each.encode("utf-16-le").ljust(128, b"\0") for each in ("Root Entry", *streams))
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + entries


def odf(kind):
    return zipped({"mimetype": f"application/vnd.oasis.opendocument.{kind}", "content.xml": "<a/>"})


REMEDIES = {
    "png": (b"\x89PNG\r\n\x1a\n\0", "a picture", "hình ảnh"),
    "jpg": (b"\xff\xd8\xff\xe0\0\x10JFIF", "a picture", "hình ảnh"),
    "gif": (b"GIF89a\1\0", "a picture", "hình ảnh"),
    "tiff": (b"II*\0\x08\0", "a picture", "hình ảnh"),
    "webp": (b"RIFF\x10\0\0\0WEBPVP8 ", "a picture", "hình ảnh"),
    "heic": (b"\0\0\0\x18ftypheic\0", "a picture", "hình ảnh"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3", "a PDF", "PDF"),
    "doc": (ole("1Table", "WordDocument", "Workbook"), "open it in Word and save it as .docx", "mở bằng Word"),
    "odt": (odf("text"), "an OpenDocument text", ".odt"),
    "rtf": (b"{\\rtf1\\ansi a\\tab b}", "an RTF document", "RTF"),
    "ppt": (ole("PowerPoint Document"), "a presentation", "trình chiếu"),
    "pptx": (zipped({"ppt/presentation.xml": "<a/>"}), "a presentation", "trình chiếu"),
    "odp": (odf("presentation"), "a presentation", "trình chiếu"),
    "zip": (zipped({"a.csv": "a,b"}), "an archive: unpack it", "giải nén"),
    "7z": (b"7z\xbc\xaf\x27\x1c\0", "an archive: unpack it", "giải nén"),
    "exe": (b"MZ\x90\0\x03", "not text", "không phải văn bản"),
    "locked.xlsx": (ole("EncryptionInfo", "EncryptedPackage"), "has a password", "mật khẩu"),
    "mht": (b"MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\r\n<table>", "saved as one file", ".mht"),
    "xml": (b"<?xml version='1.0'?>\n<Workbook xmlns='urn:x'><Table/></Workbook>", "an XML file", "XML"),
    "empty": (b"", "the file is empty", "không có nội dung"),
    "blank": (b" \r\n\t", "the file is empty", "không có nội dung"),
    "~$k.xlsx": (b"\x05User" + bytes(100), "choose k.xlsx", "hãy chọn k.xlsx"),
    "~$hoach.docx": (b"\x04User" + bytes(100), "choose …hoach.docx", "hãy chọn …hoach.docx"),
    ".~lock.k.ods#": (b",user,host,1;", "choose k.ods", "hãy chọn k.ods"),
}


@pytest.mark.parametrize("name", REMEDIES)
def test_what_is_no_table_is_named_with_its_remedy(name):
    content, english, vietnamese = REMEDIES[name]
    with pytest.raises(InputError) as caught:
        read(content, name)
    assert english in str(caught.value)
    assert vietnamese in caught.value.messages("vi")[0]


def test_a_workbook_with_a_word_document_in_it_is_a_workbook():
    with pytest.raises(InputError, match="the workbook cannot be read"):
        read(ole("Workbook", "MBD0001", "WordDocument"))


def test_xhtml_is_html():
    assert rows(only('<?xml version="1.0"?>\n<html>' + table() + "</html>").parts[0]) == ROWS


def deep(depth):
    document = Document(io.BytesIO(docx([["x"]])))
    content = b"<w:tbl><w:tr><w:tc>" * depth + b"<w:p/>" + b"</w:tc></w:tr></w:tbl>" * depth
    return repacked(saved(document), WORDS, lambda c: c.replace(b"<w:tbl>", content + b"<w:tbl>", 1))


def bombs():
    yield "columns", b"<table><tr><td colspan=1000000000>x", "columns"
    yield "rows", b"<table>" + b"<tr><td rowspan=1000000000>x<td colspan=400 rowspan=99>y" * 10_000, "columns"
    yield "cells", b"<table>" + b"<tr><td colspan=500>x" * 100_000, "cells"
    yield "many rows", b"<table>" + b"<tr><td>1" * 200_000, "rows"
    yield "tables in tables", b"<table><tr><td>" * 1_000_000, "tags"
    yield "some tables in tables", b"<table><tr><td>" * 100_000, "deep"
    yield "tags", b"<table><tr>" + b"<td>" * 4_900_000, "tags"
    yield "lines", b"<html>" + b"<p>a" * 590_000, "rows"
    yield "long cell", b"<table><tr><td>" + b"&amp;" * 590_000, "characters"
    yield "attributes", b"<table><tr><td " + b"".join(b"a%d=1 " % n for n in range(2_000_000)), "no table"
    yield "blanks in a tag", b"<table><tr><td " + b"= " * 9_000_000, "no table"
    yield "quotes", b"<table>" + b"<td a='" * 590_000, "no table"
    yield "comments", b"<table>" + b"<!--" * 590_000, "no table"
    yield "scripts", b"<table>" + b"<script" * 590_000, "no table"
    yield "signs", b"<table>" + b"< " * 590_000, "no table"
    yield "tables in Word", deep(100), "deep"
    yield "bytes of no encoding", b"\xff" * 19_900_000, "UTF-8"
    yield "an old encoding", "§¬n vÞ ".encode("cp1252") * 2_800_000, "UTF-8"
    yield "every mark", b"a, b; c| d\te  f\n" * 99_000, "rows"
    yield "marks", (b",;|\t" * 120 + b"\n") * 9_900, "cells"
    yield "headers of a letter", b"a:\n" * 6_000_000, "rows"


def test_hostile_documents_cost_little(tmp_path: Path):
    script = """
import sys
from allocator.data.pages import read_pages
from allocator.errors import InputError
from tests.cost import cost
def read(content, name):
    try:
        read_pages(content, name)
        said.append("read")
    except InputError as error:
        said.append(str(error)[:200])
for name in sys.argv[1:]:
    content, said = open(name, "rb").read(), []
    print(cost(lambda: read(content, name)), ascii(said[0]), sep="\\t")
print(next(int(line.split()[1]) // 1024 for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""
    made = list(bombs())
    for name, content, _ in made:
        (tmp_path / name).write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-c", script, *(name for name, _, _ in made)],
        capture_output=True, text=True, cwd=tmp_path, check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])},
    )  # fmt: skip
    *lines, megabytes = done.stdout.splitlines()
    for (name, _, words), line in zip(made, lines, strict=True):
        ratio, said = line.split("\t")
        assert float(ratio) < MOST, name
        assert words in said, name
    assert int(megabytes) < 256


def test_a_damaged_archive_is_told():
    data = zipped({WORDS: "<a/>"})
    with pytest.raises(InputError, match="cannot be read"):
        read(data[:-30])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == [WORDS]
