"""Finished tasks of a sweep as bytes: a header that names the sweep, then one checksummed record a task.

A record is its task's number and length with a checksum of their own, the SHA-256 of what follows, and the summary as
compressed arrays of whole numbers. So a record that a crash cut short ends before its length says, and can be told from
one whose bytes were changed.
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from typing import Any, Literal
from zlib import crc32

import numpy as np

from allocator.data.digest import sha256
from allocator.errors import InputError, fault
from allocator.growth.summary import Counts, Summary, Tails

MAGIC = b"allocator sweep 1\n"
_HEAD = struct.Struct("<QQI")
MOST_RECORD = 1 << 28
_ARRAY = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '(<i8)', 'fortran_order': (True|False), 'shape': \(([\d, ]*)\), \} *\n", re.DOTALL
)
_SUM = hashlib.sha256().digest_size


def header(sweep: Mapping[str, object]) -> bytes:
    """The header of the journal of a sweep, described by whatever decides its digits."""
    return MAGIC + sha256(sweep).encode() + b"\n"


def journal_record(index: int, summary: Summary) -> bytes:
    """Task `index` and its summary as one record."""
    tails = vars(summary.tails)
    arrays = {"head": np.array([summary.draws, summary.infeasible], dtype=np.int64), **tails}
    held = io.BytesIO()
    np.savez_compressed(held, keys=summary.quotas.keys, times=summary.quotas.counts, **arrays)
    body = held.getvalue()
    numbers = struct.pack("<QQ", index, len(body))
    return numbers + struct.pack("<I", crc32(numbers)) + hashlib.sha256(numbers + body).digest() + body


def journal_records(
    read: Callable[[int], bytes], sweep: Mapping[str, object], name: str
) -> Iterator[tuple[int, Summary, int]]:
    """Number and summary of every whole record, and where it ends; a last one cut short is left out.

    Args:
        read: gives the next so many bytes of the journal, fewer at its end.
        sweep: what the header must describe.
        name: name of the journal, for messages.

    Raises:
        InputError: it is no journal, that of another sweep, or bytes in it were changed.
    """
    expected = header(sweep)
    found = read(len(expected))
    if not found.startswith(MAGIC) or len(found) < len(expected):
        raise InputError(fault("scale.no_journal", name))
    if found != expected:
        raise InputError(fault("scale.other_journal", name))
    end, seen = len(expected), set()
    while len(head := read(_HEAD.size)) == _HEAD.size:
        index, length, check = _HEAD.unpack(head)
        if crc32(head[:16]) != check or index in seen or length > MOST_RECORD:
            raise InputError(fault("scale.corrupted", name, at=end))
        digest = read(_SUM)
        body = read(length) if len(digest) == _SUM else b""
        if len(body) < length:
            return
        if hashlib.sha256(head[:16] + body).digest() != digest:
            raise InputError(fault("scale.corrupted", name, at=end))
        try:
            summary = _summary(body)
        except (ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
            raise InputError(fault("scale.corrupted", name, at=end)) from None
        seen.add(index)
        end += _HEAD.size + _SUM + length
        yield index, summary, end


def _array(content: bytes) -> np.ndarray[Any, Any]:
    """An array of whole numbers as numpy stores it; ValueError for anything else, where numpy's reader may say more."""
    found = _ARRAY.match(content)
    if found is None:
        raise ValueError(content[:80])
    shape = [int(each) for each in found[3].split(b",") if each.strip()]
    order: Literal["C", "F"] = "F" if found[2] == b"True" else "C"
    return np.frombuffer(content[found.end() :], dtype=found[1].decode()).reshape(shape, order=order)


def _summary(body: bytes) -> Summary:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        if sum(each.file_size for each in archive.infolist()) > MOST_RECORD:
            raise ValueError(body[:4])
        held = {name.removesuffix(".npy"): _array(archive.read(name)) for name in archive.namelist()}
    if held.keys() != {"head", "keys", "times", *(each.name for each in fields(Tails))}:
        raise ValueError([*held])
    draws, infeasible = held.pop("head").tolist()
    quotas = Counts(held.pop("keys"), held.pop("times"))
    return Summary(draws, infeasible, quotas, Tails(**held))
