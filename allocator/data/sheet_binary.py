"""Error cells of xls and xlsb workbooks: their reader gives blanks for them; a blank is “not known”, an error is not.

Sources: Microsoft's open specifications [MS-CFB], [MS-XLS] and [MS-XLSB].
"""

from __future__ import annotations

import re
import struct
from array import array
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from allocator.data.numbers import Unread
from allocator.data.sheet_xml import Sheet, sheet_targets

if TYPE_CHECKING:
    from allocator.data.workbook import Package

_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_HEAD = re.compile(rb"([\x80-\xff]?.)([\x80-\xff]{0,3}.)", re.DOTALL)
"""Kind and size of a record of an xlsb part."""


def _error(code: int) -> Unread:
    return Unread("cell.not_number", _ERRORS.get(code, "#?"))


def xls_sheets(content: bytes) -> dict[str, Sheet]:
    """The error cells of an xls file's sheets, by name.

    Raises:
        ValueError: it is damaged in a way that its reader would fill the memory with.
    """
    starts, found = dict[int, str](), defaultdict[int, Sheet](Sheet)
    stream = _workbook_stream(content)
    with suppress(struct.error, IndexError, UnicodeDecodeError):  # which its reader tells
        at = here = deep = 0
        while at + 4 <= len(stream):
            kind, size = struct.unpack_from("<HH", stream, at)
            body = at + 4
            if kind == 0x0809:  # a part begins; one inside it is a chart
                here, deep = (here if deep else at), deep + 1
            elif kind == 0x000A:
                deep -= 1
            elif kind == 0x0085 and size > 8:
                code = "utf-16-le" if stream[body + 7] & 1 else "latin-1"
                starts[struct.unpack_from("<I", stream, body)[0]] = stream[body + 8 : body + size].decode(code)
            elif kind == 0x0205 and stream[body + 7]:
                found[here].instead[struct.unpack_from("<HH", stream, body)] = _error(stream[body + 6])
            elif kind == 0x0006 and stream[body + 6] == 2 and stream[body + 12 : body + 14] == b"\xff\xff":
                found[here].instead[struct.unpack_from("<HH", stream, body)] = _error(stream[body + 8])
            at = body + size
    return {name: found[start] for start, name in starts.items()}


def _workbook_stream(content: bytes) -> bytes:
    """The stream of an OLE file that holds its sheets; empty where there is none."""
    if len(content) < 512:
        raise ValueError("header?")
    size, small = (1 << shift for shift in struct.unpack_from("<HH", content, 30))
    fats, folder, _, least, small_table, smalls, more, mores = struct.unpack_from("<8I", content, 44)
    if size not in (512, 4096) or small != 64 or max(fats, smalls, mores) * size > len(content):
        raise ValueError("header?")
    sectors = [*struct.unpack_from("<109I", content, 76)]

    def numbers(held: bytes) -> array[int]:
        return array("I", held[: len(held) // 4 * 4])

    def chain(start: int, table: array[int], held: bytes, size: int) -> bytes:
        parts: list[bytes] = []
        while start < len(table):
            if len(parts) * size > len(held):
                raise ValueError("a chain of sectors in a circle")
            parts.append(held[start * size : start * size + size])
            start = table[start]
        return b"".join(parts)

    body = content[size:]
    while more * size < len(body) and len(sectors) * size < len(body):  # further numbers of the table's own sectors
        *further, more = numbers(body[more * size : more * size + size])
        sectors += further
    table = numbers(b"".join(body[each * size : each * size + size] for each in sectors if each * size < len(body)))
    entries = chain(folder, table, body, size)
    small_sectors = numbers(chain(small_table, table, body, size))
    found, left, root = b"", len(table) + len(small_sectors), b""
    for at in range(0, len(entries) - 127, 128):
        name = entries[at : at + 64].decode("utf-16-le", "replace").rstrip("\0")
        kind, start, length = entries[at + 66], *struct.unpack_from("<II", entries, at + 116)
        if kind not in (2, 5) or not length:
            continue
        place = (table, body, size) if kind == 5 or length >= least else (small_sectors, root, small)
        if (left := left - length // place[2]) < 0 or length > len(content):
            raise ValueError("streams longer than the file")
        held = chain(start, *place)
        if kind == 5:
            root = held
        elif not found and name in ("Workbook", "Book"):
            found = held[:length]
    return found


def xlsb_sheet(content: bytes) -> Sheet:
    """The error cells of a sheet of an xlsb file, and how far it reaches."""
    told, row = Sheet(), 0
    for kind, body in _records(content):
        if kind == 0 and len(body) > 3:
            row = struct.unpack_from("<I", body)[0]
        elif kind < 12 and len(body) > 7:
            column = struct.unpack_from("<I", body)[0]
            told.reach(row + 1, column + 1, 0)
            if kind in (3, 11) and len(body) > 8:
                told.instead[row, column] = _error(body[8])
        elif kind == 148 and len(body) > 15:
            _, bottom, _, right = struct.unpack_from("<4I", body)
            told.reach(bottom + 1, right + 1, 0)
    return told


def xlsb_parts(package: Package) -> dict[str, str]:
    """The part of each sheet of an xlsb file, by the sheet's name."""
    targets, found = sheet_targets(package, "xl/_rels/workbook.bin.rels"), dict[str, str]()
    for kind, body in _records(package.read("xl/workbook.bin")):
        if kind == 156 and len(body) > 11:
            length = struct.unpack_from("<I", body, 8)[0] * 2
            key = body[12 : 12 + length].decode("utf-16-le")
            found[body[16 + length :].decode("utf-16-le")] = targets.get(key, "")
    return found


def _records(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Kind and body of each record of an xlsb part; each number in bytes of seven bits, the lowest first."""
    at = 0
    while head := _HEAD.match(content, at):
        kind, size = (sum((byte & 127) << 7 * n for n, byte in enumerate(each)) for each in head.groups())
        at = head.end() + size
        yield kind, content[head.end() : at]
