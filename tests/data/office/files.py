"""Kinds of files: old encodings, pages, Word, pictures and what else is sent, and whole plans with their prose."""

from __future__ import annotations

import copy
import json
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from docx.oxml import parse_xml

from allocator.files import builtin_folder
from tests.data.documents import ods, xlsx, zipped
from tests.data.office.bases import FIVE, LETTERHEAD, SIGNED, TEN, TERM, WARDS, doc, lettered
from tests.data.office.paper import (
    Base,
    Doc,
    Right,
    Row,
    delimited,
    grid,
    markdown,
    right,
    table,
    tcvn3,
    text,
    vi,
    vni,
    web,
    windows_1258,
    word,
)  # fmt: skip

GIVEN = Path(__file__).parent / "given"
UNITS = (builtin_folder() / "an-giang-2017" / "units.csv").read_bytes().decode()
WORDS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def mapped(rows: Sequence[Row], change: Callable[[str], str]) -> list[Row]:
    return [[change(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]


def legacy() -> Iterator[Doc]:
    ids = lettered("33")
    for base, mark in ((FIVE, ","), (TEN, ";"), (WARDS, "\t")):
        id = next(ids)
        yield Doc(id, f"{id}.csv", windows_1258(delimited(table(base), mark)), right(base))
    ids = lettered("34")
    for change in (tcvn3, vni, lambda words: unicodedata.normalize("NFD", words)):
        for base, ending in ((TEN, "xlsx"), (FIVE, "docx"), (WARDS, "html")):
            yield doc(next(ids), base, ending, change=lambda rows, change=change: mapped(rows, change))
        yield doc(next(ids), TERM, top=LETTERHEAD, change=lambda rows, change=change: mapped(rows, change))
    for change in (tcvn3, vni):
        id = next(ids)
        yield Doc(id, f"{id}.txt", change(delimited(table(TEN, show=vi), "\t")).encode("latin-1"), right(TEN))


def pages() -> Iterator[Doc]:
    ids = lettered("35")
    yield doc(next(ids), TEN, "md", show=vi)
    yield doc(next(ids), TEN, "md", show=lambda n: f"**{vi(n)}**", name=lambda _, t: f"**{t}**", total="**Tổng cộng**")

    def page(content: str | bytes, base: Base = TEN, ending: str = "html") -> Doc:
        id = next(ids)
        return Doc(id, f"{id}.{ending}", content.encode() if isinstance(content, str) else content, right(base))

    bare = "\n".join(line.strip("|").strip() for line in markdown(table(TEN)).splitlines())
    yield page(bare, ending="md")
    yield page(
        "# Kế hoạch\n\nGiao chỉ tiêu như sau:\n\n" + markdown(table(TEN)) + "\nTrên đây là kế hoạch.\n", ending="md"
    )
    rows = table(TEN, show=vi)
    yield page(web(rows, "<h1>Phụ lục</h1><p>Kèm theo Kế hoạch số 12/KH-LĐLĐ</p>", "<p>Nơi nhận: như trên</p>"))
    yield page(web(rows), ending="xls")
    office = 'xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel"'
    yield page(web(rows).replace("<html>", f"<html {office}>").replace("<td>", "<td class=xl65 x:num>"), ending="xls")
    menu = "<table><tr><td>Trang chủ</td><td>Tin tức</td></tr></table>"
    yield page(web(rows).replace("<body>", f"<body><table><tr><td>{menu}</td></tr><tr><td>") + "</td></tr></table>")
    spaced = [[text(cell).replace(".", "&nbsp;") or "&nbsp;" for cell in row] for row in rows[1:]]
    yield page(web([rows[0], *spaced], raw=True))
    noted = [[f"{cell}<sup>1</sup>" if cell == "2.100" else text(cell) for cell in row] for row in rows]
    yield page(web(noted, raw=True))
    double = "<tr><td rowspan=2>STT<td rowspan=2>Đơn vị<td rowspan=2>Chỉ tiêu phân bổ 2018<td colspan=2>CNLĐ</tr>"
    yield page(web(rows[1:]).replace("<tr>", f"{double}<tr><td>Tổng số<td>Ước số lao động tăng</tr><tr>", 1))
    yield page(web(rows).encode("utf-8-sig"))
    yield page(web(rows).replace("utf-8", "utf-16").encode("utf-16"))


def word_files() -> Iterator[Doc]:
    ids = lettered("39")

    def made(content: bytes, base: Base = TEN, letters: str = "", **how: Any) -> Doc:
        id = next(ids)
        return Doc(id, f"{id}.docx", content, right(base, letters), **how)

    rows, title = table(TEN), ["PHÂN BỔ CHỈ TIÊU", "(Kèm theo Kế hoạch số 12/KH-LĐLĐ, ngày 15/02/2018)"]
    signed = ["TM. BAN THƯỜNG VỤ", "CHỦ TỊCH"]
    yield made(word(rows, title, signed))
    history = table(TERM)
    top = [*history[0][:2], "Chỉ tiêu nhiệm kỳ", "Thực hiện giai đoạn 2018 - 2019", None, None, *history[0][6:]]
    low = [None, None, None, *history[0][3:6], None, None, None]
    joined = [(0, 3, 0, 5), *((0, n, 1, n) for n in (0, 1, 2, 6, 7, 8))]
    yield made(word([top, low, *history[1:]], title, signed, joined), TERM)
    yield made(word(rows[:6], title, change=lambda document: grid(document, [rows[0], *rows[6:]])))
    yield made(word(rows[:6], title, [""], change=lambda document: grid(document, rows[6:])))

    def nested(document: Any) -> None:
        grid(document.tables[0].cell(5, 1), [["KCN Minh Hưng", 99], ["KCN Becamex", 1400]])

    yield made(word(rows, title, change=nested))

    def layout(document: Any) -> None:
        outer = document.add_table(1, 1)
        outer.cell(0, 0)._tc.append(copy.deepcopy(document.tables[0]._tbl))
        outer.cell(0, 0).add_paragraph()
        document.element.body.remove(document.tables[0]._tbl)

    yield made(word(rows, title, change=layout))
    lines = delimited(rows, "\t").splitlines()
    yield made(word([[""]], [*title, *lines], signed))
    yield made(word([[""]], [*title, *(line.replace("\t", "\t\t", 1) for line in lines)], signed))

    def letterhead(document: Any) -> None:
        head = grid(document, [["LIÊN ĐOÀN LAO ĐỘNG TỈNH\nSố: 12/KH-LĐLĐ", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"]])
        document.element.body.insert(0, head._tbl)
        grid(document, [["Nơi nhận:\n- Như trên;\n- Lưu.", "TM. BAN THƯỜNG VỤ\nCHỦ TỊCH"]])

    yield made(word(rows, title, [""], change=letterhead))

    def tracked(document: Any) -> None:
        """The first quota was 900 and is now 850."""
        paragraph = document.tables[0].cell(1, 2).paragraphs[0]
        paragraph.clear()
        who = f'{WORDS} w:id="1" w:author="Ban Tổ chức" w:date="2018-02-15T00:00:00Z"'
        paragraph._p.append(parse_xml(f"<w:del {who}><w:r><w:delText>900</w:delText></w:r></w:del>"))
        paragraph._p.append(parse_xml(f"<w:ins {who}><w:r><w:t>850</w:t></w:r></w:ins>"))

    yield made(word(rows, title, change=tracked))

    def marked(*places: tuple[int, int]) -> Callable[[Any], None]:
        def change(document: Any) -> None:
            for row, column in places:
                document.tables[0].cell(row, column).paragraphs[0].add_run("1").font.superscript = True

        return change

    yield made(word(rows, title, ["1 Theo báo cáo của Ban Quản lý."], change=marked((5, 2), (3, 3))))
    yield made(word(rows, title, change=marked((5, 1), (0, 3))))

    def footnotes(document: Any) -> None:
        run = document.tables[0].cell(5, 2).paragraphs[0].add_run()
        run._r.append(parse_xml(f'<w:footnoteReference {WORDS} w:id="2"/>'))

    yield made(word(rows, title, change=footnotes))
    kinds = ["Thị xã"] * 3 + ["Huyện"] * 5 + ["Ngành"] * 2
    kinded = Base("kqwg", {name: (k, *line) for (name, line), k in zip(TEN.units.items(), kinds, strict=True)}, 2018)
    spans = [(1, 2, 3, 2), (4, 2, 8, 2), (9, 2, 10, 2)]
    yield made(word(table(kinded), title, merged=spans), kinded)
    broken = [[f"{cell}".replace(" ", "\n", 1) if isinstance(cell, str) else cell for cell in row] for row in rows]
    yield made(word(broken, title))
    money = [[n, name, 500 + 7 * n] for n, name in enumerate(TEN.units, 1)]

    def spent(document: Any) -> None:
        made = grid(document, [["STT", "Đơn vị", "Kinh phí (triệu đồng)"], *money])
        document.element.body.insert(0, made._tbl)

    yield made(word(rows, title, change=spent))
    yield doc(next(ids), TERM, "docx", show=lambda n: vi(n) if n >= 0 else f"({-n})", options={"before": title})
    yield doc(next(ids), TEN, "docx", change=lambda rows: [[f"\u00a0{text(cell)} " for cell in row] for row in rows])
    hyphened = lambda name: name.replace("Chơn", "Chơn\u00ad")  # noqa: E731
    yield doc(next(ids), TEN, "docx", change=lambda rows: mapped(rows, hyphened))


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cfc00000030101 00c9fe92ef0000000049454e44ae426082".replace(" ", "")
)


def other_files() -> Iterator[Doc]:
    ids = lettered("36")
    odt = {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<office:document-content/>"}
    slides = {"[Content_Types].xml": "<Types/>", "ppt/presentation.xml": "<p:presentation/>"}
    for name, content, words in (
        ("phu-luc.png", PNG, ("ảnh|hình",)),
        ("phu-luc.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + bytes(200), ("ảnh|hình",)),
        ("phu-luc.gif", b"GIF89a\x01\x00\x01\x00" + bytes(60), ("ảnh|hình",)),
        ("phu-luc.tif", b"II*\x00\x08\x00\x00\x00" + bytes(90), ("ảnh|hình",)),
        ("phu-luc.webp", b"RIFF\x40\x00\x00\x00WEBPVP8 " + bytes(60), ("ảnh|hình",)),
        ("phu-luc.xlsx", PNG, ("ảnh|hình",)),
        ("phu-luc.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF", ("PDF",)),
        ("phu-luc.doc", (GIVEN / "39k.doc").read_bytes(), (".docx",)),
        ("phu-luc.docx", (GIVEN / "39k.doc").read_bytes(), (".docx",)),
        ("phu-luc.odt", zipped(odt), (".docx",)),
        ("phu-luc.rtf", "{\\rtf1\\ansi\\trowd Đơn vị\\cell Chỉ tiêu\\cell\\row}".encode(), (".docx",)),
        ("~$phu-luc.xlsx", b"\x0dBan T\xe0i ch\xednh" + b" " * 150, ("phu-luc.xlsx", "khóa|đang mở|tạm")),
        ("~$phu-luc.docx", b"\x0dBan T\xe0i ch\xednh" + b"\x00" * 150, ("phu-luc.docx", "khóa|đang mở|tạm")),
        ("phu-luc.csv", b"", ("trống|rỗng",)),
        ("phu-luc.xlsx", b"", ("trống|rỗng",)),
        ("phu-luc.txt", b" \n\n \n", ("trống|rỗng|tiêu đề",)),
        ("phu-luc.zip", zipped({"a.txt": "a"}), ("nén|zip",)),
        ("phu-luc.pptx", zipped(slides), ("PowerPoint|trình chiếu|pptx",)),
        ("phu-luc.csv", b"MZ\x90\x00\x03" + bytes(range(256)), ("phu-luc.csv",)),
        ("phu-luc.txt", "Kính gửi các đơn vị.\nĐề nghị báo cáo trước ngày 15.\n".encode(), ("tiêu đề",)),
    ):
        yield Doc(next(ids), name, content, None, words)
    ids = lettered("37")
    for name, content in (
        ("a.csv", xlsx(table(TEN))),
        ("a.xls", xlsx(table(TEN))),
        ("a.xlsx", delimited(table(TEN), "\t").encode()),
        ("a.doc", word(table(TEN))),
        ("Phụ lục (1) – bản cuối.XLSX", xlsx(table(TEN))),
        ("a", ods([[text(cell) for cell in row] for row in table(TEN)])),
        ("a.docx", web(table(TEN)).encode()),
    ):
        yield Doc(next(ids), name, content, right(TEN))


def blocks(words: str) -> list[str | list[Row]]:
    """A plan in its order: lines of prose, and tables."""
    made: list[str | list[Row]] = []
    for line in words.splitlines():
        if line.count("\t") < 3:
            made.append(line)
            continue
        if not made or isinstance(made[-1], str):
            made.append([])
        assert isinstance(made[-1], list)
        made[-1].append([cell.removeprefix("<b>").removesuffix("</b>") for cell in line.split("\t")])
    return made


def plans() -> Iterator[Doc]:
    """The published plan whole, and other plans: tables amid prose."""
    ids = lettered("58")
    whole = (GIVEN / "seed-whole.txt").read_text(encoding="utf-8")
    published = annex()

    def plan(content: str | bytes, ending: str) -> Doc:
        id = next(ids)
        return Doc(id, f"{id}.{ending}", content.encode() if isinstance(content, str) else content, published)

    yield plan(whole, "txt")
    yield plan(whole.replace("<b>", "").replace("</b>", "").replace("**", ""), "txt")
    parts = blocks(whole)
    for headers in (2, 0):

        def fill(document: Any, headers: int = headers) -> None:
            tables = 0
            for part in parts:
                if isinstance(part, str):
                    document.add_paragraph(part.strip("#* "))
                    continue
                joined = [(0, 2, 0, 3), (0, 4, 0, 7), (0, 9, 0, 11), *((0, n, 1, n) for n in (0, 1, 8, 12))]
                tables += 1
                rows = part if tables == 1 or headers else part[2:]
                grid(document, rows, joined if rows is part else [])

        content = word([[""]], change=lambda document, fill=fill: (clear(document), fill(document)))
        yield plan(content, "docx")
    rows = [row for part in parts for row in ([[part]] if isinstance(part, str) else part)]
    merged = [f"{span.format(n)}" for n, row in enumerate(rows, 1) if row[0] == "S T T"
              for span in ("C{0}:D{0}", "E{0}:H{0}", "J{0}:L{0}")]  # fmt: skip
    yield plan(xlsx([[*row, *[""] * (13 - len(row))] for row in rows], merged), "xlsx")
    numbers = [[figure(cell) if len(row) > 3 and n > 1 else cell for n, cell in enumerate(row)] for row in rows]
    yield plan(xlsx([[*row, *[""] * (13 - len(row))] for row in numbers], merged), "xlsx")
    body = "".join(
        f"<p>{part}</p>" if isinstance(part, str) else web(part).split("<body>")[1].split("</body>")[0]
        for part in parts
    )
    yield plan(f"<html><head><meta charset=utf-8></head><body>{body}</body></html>", "html")
    annexed = whole[whole.index("**DANH SÁCH**") :]
    yield plan(annexed, "txt")
    yield plan(annexed.replace("\n", "\r\n").encode("utf-16"), "txt")
    yield plan(unicodedata.normalize("NFD", whole), "txt")
    ids = lettered("53")
    prose = "".join(
        f"Thực hiện Nghị quyết {n}, phương hướng, nhiệm vụ, và kế hoạch; giao chỉ tiêu.\n" for n in range(15)
    )
    end = (
        "\nTrên đây là kế hoạch, đề nghị các đơn vị triển khai, báo cáo trước 15/5, 20/11./.\nNơi nhận:\n- Như trên;\n"
    )
    for base, mark in ((TEN, "\t"), (TERM, "\t"), (TEN, "|"), (WARDS, ";")):
        id = next(ids)
        yield Doc(id, f"{id}.txt", (prose + delimited(table(base), mark) + end).encode(), right(base))
    yield doc(next(ids), TEN, "docx", options={"before": prose.splitlines(), "after": end.splitlines()})
    yield doc(next(ids), TERM, top=[[line] for line in prose.splitlines()], bottom=[*SIGNED, [end.strip()]])
    yield doc(next(ids), TEN, "html", options={"before": f"<p>{prose}</p>", "after": f"<p>{end}</p>"})


def clear(document: Any) -> None:
    for each in list(document.element.body)[:-1]:
        document.element.body.remove(each)


def figure(cell: str) -> float | str:
    """A printed figure as a careful typist enters it."""
    words = cell.replace(".", "").replace("- ", "-")
    if words.endswith("%"):
        return float(words.rstrip("% ").replace(",", ".")) / 100
    return int(words) if words.lstrip("-").isdigit() else cell


def annex() -> Right:
    """The built-in table, which is the published annex's."""
    lines = [line.split(",") for line in UNITS.splitlines()]
    letters = {"t": "term_target", "r": "recruited", "l": "lost", "n": "net_gain", "q": "published_quota"}
    letters |= {"w": "workforce", "g": "growth_estimate"}
    columns = [lines[0].index(name) for name in letters.values()]
    units = {line[0]: [int(line[n]) if line[n] else None for n in columns] for line in lines[1:]}
    return Right("".join(letters), units, 6500, UNITS)


def given() -> Iterator[Doc]:
    """Files that were sent, and what a clerk reads in them by `right.json`."""
    for name, said in json.loads((GIVEN / "right.json").read_text(encoding="utf-8")).items():
        own = {each: tuple(said.get(each, ())) for each in ("refused", "ways")} | {"means": said.get("means", {})}
        reads = annex() if said.get("annex") else None
        if "units" in said:
            reads = Right(said["columns"], said["units"], said.get("target"), None, said.get("loose", ""))
        yield Doc(f"given/{name}", name, (GIVEN / name).read_bytes(), reads, **own)
