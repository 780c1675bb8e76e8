"""Error cells of xls and xlsb files, made here byte by byte, are refused at their place as those of xlsx files are."""

import random
import struct
from contextlib import suppress

import pytest

from allocator.data.importing import import_table
from allocator.data.numbers import Unread
from allocator.data.pages import read_pages
from allocator.data.sheet_binary import xls_sheets, xlsb_sheet
from allocator.errors import InputError
from tests.data.documents import repacked, zipped
from tests.fuzz.damage import spoilt

FREE, END = 0xFFFFFFFF, 0xFFFFFFFE
DIVISION = Unread("cell.not_number", "#DIV/0!")
MISSING = Unread("cell.not_number", "#N/A")
HEADER = ("Đơn vị", "Chỉ tiêu phân bổ 2017", "Tổng số CNLĐ")


def biff(kind, body=b""):
    return struct.pack("<HH", kind, len(body)) + body


def text(row, column, shown):
    return biff(0x0204, struct.pack("<HHHHB", row, column, 0, len(shown), 1) + shown.encode("utf-16-le"))


def figure(row, column, value):
    return biff(0x0203, struct.pack("<HHHd", row, column, 0, value))


def begin(kind):
    return biff(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0, 0, 0, 6))


def stream(sheets, padding=0):
    """A workbook stream; `sheets`: the records of each by its name. A chart stands in each."""
    bodies = [begin(16) + begin(32) + biff(10) + records + biff(10) for records in sheets.values()]
    rest = biff(0x0042, struct.pack("<H", 1200)) + biff(0x003C, bytes(padding)) * (padding > 0)
    size = len(begin(5) + rest + biff(10)) + sum(12 + 2 * len(name) for name in sheets)
    head = begin(5) + rest
    for name, body in zip(sheets, bodies, strict=True):
        head += biff(0x0085, struct.pack("<IHBB", size, 0, len(name), 1) + name.encode("utf-16-le"))
        size += len(body)
    return head + biff(10) + b"".join(bodies)


def sector(content):
    return content.ljust(-(-len(content) // 512) * 512, b"\0")


def entry(name, kind, child, start, size):
    held = name.encode("utf-16-le")
    head = held.ljust(64, b"\0") + struct.pack("<HBBIII", len(held) + 2, kind, 1, FREE, FREE, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)


def ole(content):
    """An OLE file that holds a workbook stream: in small sectors of 64 bytes where it is short."""
    short = len(content) < 4096
    blocks = sector(content)
    count = len(blocks) // 512
    smalls = -(-len(content) // 64)
    table = [FREE - 2, END, END, *range(4, 3 + count), END]
    small_table = sector(struct.pack(f"<{smalls}I", *range(1, smalls), END) if short else b"\0")
    small_table = small_table.ljust(512, b"\xff")
    root = entry("Root Entry", 5, 1, 3 if short else END, len(content) if short else 0)
    folder = root + entry("Workbook", 2, FREE, 0 if short else 3, len(content)) + entry("", 0, FREE, 0, 0) * 2
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(10)
    header += struct.pack("<IIIIIIII", 1, 1, 0, 4096, 2 if short else END, 1 if short else 0, END, 0)
    header += struct.pack("<109I", 0, *[FREE] * 108)
    fat = struct.pack(f"<{len(table)}I", *table).ljust(512, b"\xff")
    return header + fat + folder + small_table + blocks


def wrong_cells():
    error = biff(0x0205, struct.pack("<HHHBB", 1, 1, 0, 0x07, 1))
    truth = biff(0x0205, struct.pack("<HHHBB", 1, 3, 0, 1, 0))
    value = struct.pack("<BBBBBBH", 2, 0, 0x2A, 0, 0, 0, 0xFFFF)
    formula = biff(0x0006, struct.pack("<HHH", 2, 2, 0) + value + bytes(8))
    plain = biff(0x0006, struct.pack("<HHHd", 3, 2, 0, 5.0) + bytes(8))
    return error + truth + formula + plain


@pytest.mark.parametrize("padding", [0, 6000])
def test_errors_of_an_xls_file(padding):
    head = b"".join(text(0, n, each) for n, each in enumerate(HEADER))
    first = head + text(1, 0, "An Phú") + figure(1, 2, 60) + text(2, 0, "Tri Tôn") + figure(2, 1, 5) + wrong_cells()
    content = ole(stream({"Bảng": first, "Hai": figure(0, 0, 1)}, padding))
    found = xls_sheets(content)
    assert {name: sheet.instead for name, sheet in found.items()} == {
        "Bảng": {(1, 1): DIVISION, (2, 2): MISSING},
        "Hai": {},
    }
    [pages] = read_pages(content, "t.xls")
    assert pages.parts[0].rows[1][:3] == ["An Phú", DIVISION, 60]
    with pytest.raises(InputError) as caught:
        import_table(content, "t.xls")
    assert "t.xls, Bảng!B2: “#DIV/0!”" in str(caught.value)
    assert "t.xls, Bảng!C3: “#N/A”" in str(caught.value)


def test_a_damaged_xls_file_gives_none_or_some_and_ends():
    content = ole(stream({"Bảng": wrong_cells()}, 6000))
    for seed in range(300):
        rng, made = random.Random(seed), bytearray(content)
        for _ in range(rng.randint(1, 6)):
            made[rng.choice((rng.randrange(len(made)), rng.randrange(28, 90)))] = rng.randrange(256)
        made = made[: rng.choice((len(made), rng.randrange(9, len(made))))]
        with suppress(InputError):  # and no panic of the reader's
            read_pages(bytes(made), "t.xls")
    circle = content[:512] + struct.pack("<128I", *[3] * 128) + content[1024:]
    huge = content[:44] + b"\xff\xff\xff\x0f" + content[48:]
    for made in (circle, huge, content[:100]):
        with pytest.raises(ValueError, match=r"circle|header"):
            xls_sheets(made)
        with pytest.raises(InputError, match="cannot be read"):
            read_pages(made, "t.xls")


def record(kind, body=b""):
    size, made = len(body), b""
    while size > 127:
        made, size = made + bytes([size & 127 | 128]), size >> 7
    head = bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])
    return head + made + bytes([size]) + body


def wide(shown):
    return struct.pack("<I", len(shown)) + shown.encode("utf-16-le")


def xlsb(*rows):
    cells = b""
    for n, row in enumerate(rows):
        cells += record(0, struct.pack("<IIHHBI", n, 0, 300, 0, 0, 0))
        for column, cell in enumerate(row):
            place = struct.pack("<II", column, 0)
            if isinstance(cell, str):
                cells += record(6, place + wide(cell))
            elif isinstance(cell, bytes):
                cells += record(3, place + cell)
            else:
                cells += record(5, place + struct.pack("<d", cell))
    size = record(148, struct.pack("<IIII", 0, len(rows) - 1, 0, len(rows[0]) - 1))
    sheet = record(129) + size + record(145) + cells + record(146) + record(130)
    bundle = record(156, struct.pack("<II", 0, 1) + wide("rId1") + wide("Bảng"))
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return zipped(
        {
            "[Content_Types].xml": "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>",
            "xl/workbook.bin": record(131) + record(143) + bundle + record(144) + record(132),
            "xl/_rels/workbook.bin.rels": "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/"
            f"relationships'><Relationship Id='rId1' Type='{relation}/worksheet' Target='worksheets/sheet1.bin'/>"
            "</Relationships>",
            "xl/worksheets/sheet1.bin": sheet,
        }
    )


def test_errors_of_an_xlsb_file():
    content = xlsb(HEADER, ("An Phú", b"\x07", 60.0), ("Tri Tôn", 5.0, b"\x2a"))
    [pages] = read_pages(content, "t.xlsb")
    assert [list(row) for row in pages.parts[0].rows] == [
        list(HEADER),
        ["An Phú", DIVISION, 60],
        ["Tri Tôn", 5, MISSING],
    ]
    with pytest.raises(InputError, match=r"t.xlsb, Bảng!B2: “#DIV/0!”"):
        import_table(content, "t.xlsb")


def test_an_xlsb_sheet_that_reaches_far_beyond_a_table_is_refused():
    content = repacked(xlsb(HEADER), "xl/worksheets/sheet1.bin", lambda c: c + record(148, b"\xff\xff\x0f\0" * 4))
    with pytest.raises(InputError, match="far beyond"):
        read_pages(content, "t.xlsb")


def test_a_damaged_xlsb_sheet_ends():
    body = record(0, struct.pack("<I", 3)) + record(11, struct.pack("<II", 2, 0) + b"\x0f")
    assert xlsb_sheet(body).instead == {(3, 2): Unread("cell.not_number", "#VALUE!")}
    for cut in range(len(body)):
        xlsb_sheet(body[:cut])
        xlsb_sheet(body[:cut] + b"\xff" * 9)


@pytest.mark.parametrize("part", ["xl/workbook.bin", "xl/worksheets/sheet1.bin"])
def test_a_damaged_xlsb_file_is_told(part):
    content = xlsb(HEADER, ("An Phú", b"\x07", 60.0))
    for seed in range(150):
        rng = random.Random(seed)
        with suppress(InputError):
            read_pages(repacked(content, part, lambda c, rng=rng: spoilt(rng, c)), "t.xlsb")
