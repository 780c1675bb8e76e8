"""Odd and hostile files: refused in words, at their place, before they cost anything."""

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
import yaml

from allocator.data.importing import import_table
from allocator.data.limits import MOST_FAULTS, Faults, Sent, read_bytes
from allocator.data.read import read_table
from allocator.data.settings import parse_yaml, read_settings
from allocator.errors import InputError, fault
from allocator.words import Words
from tests.command import allocator
from tests.cost import MOST
from tests.data.documents import SMALL, docx, ods, repacked, tsv, xlsx

SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
HOSTILE = {
    "columns.csv": (b"a," * 100_000, "the row has 100,001 columns, and a table may have 500"),
    "fewer.csv": (b"unit,workforce," + b"x," * 20_000 + b"\nA,1", "20,003 columns"),
    "line.csv": (b"a," * 9_900_000, "more than 2,000,000 characters"),
    "quoted.csv": (b'"",' + b"a," * 900_000, "900,002 columns"),
    "name.csv": (b"unit,workforce\n" + b"x" * 1_500_000 + b",1\n", "2: a cell here has more than 32,767 characters"),
    "long.csv": (b"unit,workforce\n" + b"x" * 5_000_000 + b",1\n", "2: the line has more than 2,000,000 characters"),
    "quotes.csv": (b'unit,workforce\n"' + b'""\n' * 6_000_000, "2: a cell here has more than 32,767 characters"),
    "gaps.csv": ("Đơn vị  Tổng số CNLĐ\nA".encode() + b" " * 18_000_000 + b"1", "2: the line has more than"),
    "blank.csv": (b"\n" * 19_900_000, "the file is empty"),
    "faults.csv": (b"unit,workforce\n" + b"x,y\n" * 1_000_000, ""),
}
COST = """
import sys
from tests.command import allocator
from tests.cost import cost
for call in sys.stdin.read().splitlines():
    done = []
    ratio = cost(lambda: done.append(allocator(*call.split("|"), language="en")))
    print(done[0].returncode, ratio, ascii(done[0].stderr + done[0].stdout)[:300], sep="\\t")
# What getrusage says of memory is the parent's where that had more.
print(next(int(line.split()[1]) // 1024 for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


def said(call, *arguments):
    with pytest.raises(InputError) as caught:
        call(*arguments)
    assert all(caught.value.messages("vi"))
    return str(caught.value)


@pytest.mark.parametrize("command", [("audit",), ("import", "--out", "out")])
def test_hostile_text_costs_little(command: tuple[str, ...], tmp_path: Path) -> None:
    for name, (content, _) in HOSTILE.items():
        (tmp_path / name).write_bytes(content)
    calls = "\n".join("|".join((*command, name)) for name in HOSTILE)
    done = subprocess.run(
        [sys.executable, "-c", COST],
        input=calls, capture_output=True, text=True, cwd=tmp_path, check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])},
    )  # fmt: skip
    *lines, megabytes = [each for each in done.stdout.splitlines() if "\t" in each or each.isdigit()]
    for (name, (_, words)), line in zip(HOSTILE.items(), lines, strict=True):
        status, ratio, text = line.split("\t")
        assert float(ratio) < MOST, name
        assert status in ("1", "2"), text
        if words and command != ("import", "--out", "out"):
            assert words in text
    assert int(megabytes) < 256


@pytest.mark.parametrize("command", [("audit",), ("verify",), ("run",), ("run", "--data"), ("import", "--out", "out")])
def test_only_regular_files_are_read(command: tuple[str, ...], tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "zeros.yaml").symlink_to("/dev/zero")
    for name, words in (("pipe.yaml", "a device or a pipe"), ("zeros.yaml", "a device or a pipe"), (".", "a folder")):
        done = allocator(*command, tmp_path / name, language="en", cwd=tmp_path)
        assert done.returncode == 2
        assert words in done.stderr


def test_names_and_content_that_are_no_text(tmp_path: Path) -> None:
    assert "rename the file" in said(read_bytes, tmp_path / "kh\udcf4ng.csv", 10)
    assert "rename the file" in said(read_bytes, Path("a\0"), 10)
    assert "a.csv: 0.0 MB is more than" in said(read_bytes, Sent("a.csv", bytes(11)), 10)
    path = tmp_path / "s.yaml"
    for text, place in (
        ('extends: "\\0"', "s.yaml:1:10"),
        ('a: 1\ndata: "a\\0"', "s.yaml:2:7"),
        ("a: \x01", "s.yaml:1:4"),
    ):
        path.write_text(text)
        assert said(read_settings, path).startswith(f"{place}: \\x0"), text
    path.write_bytes(b"a: 1\nb: \0")
    assert said(read_settings, path).startswith("s.yaml:2:4: this is not text")
    path.write_text("extends: zeros.yaml")
    (tmp_path / "zeros.yaml").symlink_to("/dev/zero")
    assert "a device or a pipe" in said(read_settings, path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: !!python/object:os.system [x]", "t:1:4: YAML tags"),
        ("a:\n  - !foo {}", "t:2:5: YAML tags"),
        ("a: !!int 5", "t:1:4: YAML tags"),
        ("a: 1\nb: *c", "t:2:4: YAML anchors"),
        ("a: &b 1", "t:1:4: YAML anchors"),
        ("[" * 100_000, "not valid YAML"),
        ("- " * 100_000, "not valid YAML"),
        ('a: "\ud800"', "t:1:5: \\ud800 is a character that no text may hold"),
    ],
)
def test_yaml_at_its_place(text: str, words: str) -> None:
    assert words in said(parse_yaml, text, "t")


@pytest.mark.parametrize("loader", ["CSafeLoader", "SafeLoader"])
@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("tên: 1\n\tb: 2\n", "tab"),
        ("a: é\r\nb:\r\n\tc: 1\r\n", "tab"),
        ("a: 'x\nb: 2\n", "quote"),
        ('a: "x\nb: 2\n', "quote"),
        ("a: [1, 2\nb: 3\n", "bracket"),
        ("a: {x: 1\nb: 3\n", "bracket"),
        ("a: 1\nb\nc: 2\n", "colon"),
        ("a: b: c\n", "colons"),
        ("target 6500\nlot: 1\n", "colons"),
        ("a:\n  b: 1\n c: 2\n", "other"),
        ("a: 1\n- b\n", "other"),
        ('name: "Long" Xuyên\n', "other"),
        ("target:6500\ntitle: x\n", "colons"),
        ("[" * 2_000, "nested"),
        ("a: @x\n", "other"),
        ("a: 1\n---\nb: 2\n", "other"),
    ],
)
def test_why_a_text_is_no_yaml_is_told_in_the_language_of_the_reader(
    text: str, kind: str, loader: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yaml, "CSafeLoader", getattr(yaml, loader), raising=False)
    with pytest.raises(InputError) as raised:
        parse_yaml(text, "t")
    (told,) = raised.value.messages("vi")
    assert f"YAML không hợp lệ ({Words('vi')(f'yaml.cause.{kind}')})" in told


def test_half_a_surrogate_pair_escaped_in_yaml() -> None:
    assert re.match(r"t:1:\d+: ", said(parse_yaml, 'a: "\\ud800"', "t"))


@pytest.mark.parametrize("cell", ["-0", "-0.0", " -0. "])
def test_a_minus_before_zero_is_refused(cell: str, tmp_path: Path) -> None:
    words = f"“{cell}” in column workforce (A) is a zero with a minus before it"
    assert words in said(read_table, Sent("t.csv", f"unit,workforce\nA,{cell}".encode()))
    other = read_table(Sent("t.csv", f"unit,workforce,driver\nA,1,2\nB,1,{cell}".encode()))
    assert "zero with a minus" in said(other.column, "driver")


@pytest.mark.parametrize("cell", ["-0", "- 0", "–0,0"])
def test_a_minus_before_zero_is_refused_in_a_vietnamese_document(cell: str) -> None:
    rows = [[*row] for row in SMALL]
    rows[1][3] = cell
    assert f"“{cell}” in column workforce (An Phú) is a zero with a minus" in said(import_table, tsv(rows), "t")


def test_a_sheet_s_minus_before_zero_and_figures_near_a_whole_number(tmp_path: Path) -> None:
    def sheet(*cells):
        with xlsxwriter.Workbook(str(tmp_path / "t.xlsx")) as book:
            page = book.add_worksheet("S")
            page.write_row(0, 0, ["unit", "workforce"])
            for n, cell in enumerate(cells, start=1):
                page.write_row(n, 0, [f"U{n}", cell])
        return read_table(tmp_path / "t.xlsx")

    assert sheet(300.0000000000001, 299.9999999995).columns["workforce"] == (300, 300)
    assert "t.xlsx, S!B2: “-0.0” in column workforce (U1) is a zero with a minus" in said(sheet, -0.0)
    assert "not a whole number" in said(sheet, 300.00000001)
    typed = [SMALL[0], ("1", "An Phú", 30, 59.9999999999999, ""), ("2", "Tri Tôn", 20, 179.0, "")]
    assert [row["workforce"] for row in import_table(xlsx(typed), "t").rows] == [60, 179]
    assert "zero with a minus" in said(import_table, xlsx([*typed[:2], ("2", "B", 20, -0.0, "")]), "t")


def test_a_cell_without_a_value_is_no_blank(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "t.xlsx")) as book:
        page = book.add_worksheet("S")
        page.write_row(0, 0, ["unit", "workforce", "growth_estimate"])
        page.write_row(1, 0, ["A", 1])
        page.write_formula("C2", "=1/0", None, "#DIV/0!")
        page.write_row(2, 0, ["B"])
        page.write_formula("B3", "=B2*2", None, "")
        page.write_formula("A4", "=A9", None, "#REF!")
        page.write_row(3, 1, [1, 1])
    found = said(read_table, tmp_path / "t.xlsx").splitlines()
    assert [line.partition(": ")[0] for line in found] == [f"t.xlsx, S!{each}" for each in ("A4", "B3", "C2")]
    assert "the formula =B2*2" in found[1]
    assert "“#DIV/0!” in column growth_estimate (A) is not a number" in found[2]


def bombs():
    cell = '<c r="A{0}" t="s"><v>0</v></c>'
    rows = "".join(f'<row r="{n}">{cell.format(n)}</row>' for n in range(1, 40_000))
    yield "a cell far off in single quotes", repacked(xlsx(), SHEET, lambda c: c.replace(b'r="E5"', b"r='XFD1048576'"))
    yield (
        "a row far off",
        repacked(xlsx(), SHEET, lambda c: c.replace(b'r="5"', b'r="99999999"').replace(b'r="E5"', b"")),
    )
    shared = (
        f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>{"x" * 30_000}</t></si></sst>'
    )
    sheet = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
    yield (
        "a long text shared by all cells",
        repacked(repacked(xlsx(), STRINGS, lambda c: shared), SHEET, lambda c: sheet % rows),
    )
    yield (
        "a long text repeated",
        ods(
            cell=lambda text: (
                f'<table:table-cell office:value-type="string" table:number-columns-repeated="{499 if text else 1}"'
                f" ><text:p>{text and 'x' * 500_000}</text:p>"
            )
        ),
    )
    yield (
        "a wide cell",
        repacked(
            docx(SMALL),
            "word/document.xml",
            lambda c: c.replace(b"<w:tcPr>", b'<w:tcPr><w:gridSpan w:val="99999999"/>'),
        ),
    )
    many = b"<w:p/>" * 2_000_001
    yield "many tags", repacked(docx(SMALL), "word/document.xml", lambda c: c.replace(b"<w:tbl>", many + b"<w:tbl>", 1))
    held = xlsx()
    yield "many parts", held + b"PK\1\2" * 5_001
    yield "XML that ends early", repacked(ods(), "content.xml", lambda c: c[:-40])


@pytest.mark.parametrize(("name", "data"), list(bombs()), ids=lambda each: each if isinstance(each, str) else "")
def test_office_files_that_unfold(name: str, data: bytes, tmp_path: Path) -> None:
    if name == "many parts":
        assert "parts" in said(import_table, data, "t")
    assert said(import_table, data, "t").startswith("t")


def test_reading_stops_at_the_hundredth_fault() -> None:
    for content in (b"unit,workforce\n" + b"x,y\n" * 500, b"unit,workforce\n" + b"x\n" * 500):
        with pytest.raises(InputError) as caught:
            read_table(Sent("t.csv", content))
        assert len(caught.value.faults) == MOST_FAULTS + 1
    faults = Faults()
    with pytest.raises(InputError) as caught:  # however they are added
        faults += (fault("table.empty") for _ in range(500))
    assert len(caught.value.faults) == MOST_FAULTS + 1


def test_json_escapes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    for text, words in (('{"a":\n"x\\ud800y"}', "r.json:2:3: \\ud800"), ('["\\u0000"]', "r.json:1:3: \\u0000")):
        path.write_text(text)
        assert words in allocator("verify", path, language="en").stderr
    path.write_text(json.dumps({"a": "🙂", "b": "\\ud800"}))  # a pair, and a backslash before a letter
    assert "lacks" in allocator("verify", path, language="en").stderr


def test_an_archive_that_is_encrypted_or_packed_oddly(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "t.zip", "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("xl/workbook.xml", "<a/>")
    data = (tmp_path / "t.zip").read_bytes()
    assert "t: " in said(import_table, data.replace(b"\x0e\0", b"\x63\0"), "t")
