"""Damaged inputs of every kind, made from a seed: a whole file, then bytes, cells, XML or values in it spoilt."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import zipfile
from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import cache
from typing import Any

from allocator.data.digest import sha256
from allocator.files import builtin_folder, json_text, load_scenario
from allocator.model.allocation import allocate
from allocator.proof.result import result
from tests.data.documents import SMALL, docx, ods, tsv, xlsx

Rng = random.Random
FOLDER = builtin_folder() / "an-giang-2017"
CELLS = (
    "", " ", "-", "0", "-0", "-0.0", "00", "7", "200.0", "300.0000000000001", "0.5", "1.500", "1,5", "12,345", "6.500",
    "-3", "- 3", "1e3", "1e999", "nan", "inf", "9" * 20, "#N/A", "#REF!", "=1+1", "TRUE", "55,45%",
    "１２", "٣", "²", "\ufeff", "\u200b", "x" * 40_000, '"', "a\nb", "2017-02-10", "0x10", "1_000", "½", "Ａ", "é",
    "🙂",
)  # fmt: skip
"""Odd contents of a cell."""
TOKENS = (
    b"\0", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b'"', b"'", b",", b";", b"\t", b"\r", b"\n", b"<", b">", b"&",
    b"&a;", b"!", b"!!python/object:os.system [x]", b"&a", b"*a", b"{", b"}", b"[" * 50, b"- " * 50, b"\\ud800",
    b'"\\0"', b"1e999", b"-0", b"<!DOCTYPE x>", b"..", b"/", b": ", b"~", b"null", b"99999999999999999999",
    b"\xe2\x80\xa8", b"\x85", b"%00",
)  # fmt: skip
ATTRIBUTES = (
    "",
    "0",
    "-1",
    "1",
    "x",
    "1.5",
    "99999999999",
    "A0",
    "ZZZ99999999",
    "XFD1048576",
    "\u0663",
    "true",
    "s",
    "e",
    "n",
    "d",
)
VALUES = (
    None, True, False, 0, -1, 1, 7, 10, 1.5, -0.0, 1e300, 10**400, "", "x", "An Phú", "0", [], {}, [1], {"a": [1]},
    [[]], "\u202e", "x" * 5_000, 2**63, "note.too_large_for_program",
    {"code": "note.too_large_for_program", "units": 15, "most": 2000},
)  # fmt: skip
"""Odd values in JSON or YAML."""


def spoilt(rng: Rng, data: bytes) -> bytes:
    """Bytes with one to four changes: some lost, doubled, turned, put in or cut off."""
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data) + 1)
        end = min(len(data), at + rng.choice((1, 1, 2, 8, 64, 400)))
        before, cut, after = data[:at], data[at:end], data[end:]
        turned = bytes([rng.randrange(256)]) + cut[1:]
        new = rng.choice((b"", cut * 2, turned, rng.choice(TOKENS) + cut, None))
        data = before + after + cut if new is None else before + new + after
    return data[: rng.randrange(len(data) + 1)] if rng.random() < 0.05 else data


def respelt(rng: Rng, data: bytes) -> bytes:
    """XML with an attribute's value changed, an attribute or a tag gone, or an element doubled."""
    text = data.decode("utf-8", "replace")
    for _ in range(rng.randint(1, 3)):
        found = list(re.finditer(r'="([^"]*)"| \w+(:\w+)?="[^"]*"|</?[\w:]+[^<>]*>|>([^<>]+)<', text))
        if not found:
            break
        each = rng.choice(found)
        if each[1] is not None:
            new = f'="{rng.choice(ATTRIBUTES)}"'
        elif each[3] is not None:
            new = f">{rng.choice((*ATTRIBUTES, '-0', '1e999', 'nan', '#N/A'))}<"
        else:
            new = rng.choice(("", each[0] * 2))
        text = text[: each.start()] + new + text[each.end() :]
    return text.encode()


def repacked(rng: Rng, data: bytes, *endings: str) -> bytes:
    """An archive with a part spoilt or gone, XML if no other `endings` are given; or with its own bytes spoilt."""
    if rng.random() < 0.25:
        return spoilt(rng, data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = rng.choice([each for each in parts if each.endswith(endings or (".xml", ".rels"))])
    way = rng.random()
    if way < 0.05:
        del parts[name]
    else:
        parts[name] = (spoilt if endings or way < 0.3 else respelt)(rng, parts[name])
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, content in parts.items():
            archive.writestr(each, content)
    return held.getvalue()


def with_cells(rng: Rng, rows: list[list[str]]) -> list[list[str]]:
    """Rows with one to three cells below the header replaced."""
    made = [list(row) for row in rows]
    for _ in range(rng.randint(1, 3)):
        row = rng.randrange(1, len(made))
        made[row][rng.randrange(len(made[row]))] = rng.choice(CELLS)
    return made


def written(rows: list[list[str]], mark: str = ",") -> bytes:
    """Rows as CSV."""
    text = io.StringIO()
    csv.writer(text, delimiter=mark, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


@cache
def units() -> list[list[str]]:
    """Rows of the built-in table."""
    return list(csv.reader(io.StringIO((FOLDER / "units.csv").read_text("utf-8"), newline="")))


@cache
def plain_sheet() -> bytes:
    """The built-in table as a workbook."""
    rows = [[int(each) if re.fullmatch(r"\d+", each) else each for each in row] for row in units()]
    return xlsx(rows)


@cache
def stored() -> Mapping[str, Any]:
    """A stored result."""
    made: Mapping[str, Any] = json.loads(json_text(result(allocate(*load_scenario("an-giang-2017/base")))))
    return made


def table(rng: Rng) -> bytes:
    """A table as CSV."""
    return written(with_cells(rng, units())) if rng.random() < 0.6 else spoilt(rng, written(units()))


def sheet(rng: Rng) -> bytes:
    """A table, or a document to import, as a workbook."""
    return repacked(rng, plain_sheet() if rng.random() < 0.5 else _small_sheet())


@cache
def _small_sheet() -> bytes:
    return xlsx([[int(c) if re.fullmatch(r"\d+", c) else c for c in row] for row in SMALL], ["A5:B5"])


def open_sheet(rng: Rng) -> bytes:
    """The same as OpenDocument."""
    return repacked(rng, _ods())


@cache
def _ods() -> bytes:
    return ods()


def word(rng: Rng) -> bytes:
    """A document to import as a Word file."""
    return repacked(rng, _docx())


@cache
def _docx() -> bytes:
    return docx(SMALL, merged=[(0, 4, 0, 4, 1)])


def text(rng: Rng) -> bytes:
    """A document to import as pasted text."""
    if rng.random() < 0.5:
        return spoilt(rng, tsv())
    return written(with_cells(rng, [list(row) for row in SMALL]), "\t")


def scenario(rng: Rng) -> bytes:
    """A scenario file."""
    whole = (FOLDER / "base.yaml").read_text("utf-8").replace("data: units.csv", f"data: {FOLDER / 'units.csv'}")
    if rng.random() < 0.5:
        return spoilt(rng, whole.encode())
    lines = whole.splitlines()
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(lines))
        key = lines[at].partition(":")[0]
        lines[at] = f"{key}: {json.dumps(rng.choice(VALUES))}"
    return "\n".join(lines).encode()


def stored_result(rng: Rng) -> bytes:
    """A stored result; half of those whose values were changed have a digest made anew."""
    if rng.random() < 0.2:
        return spoilt(rng, json_text(stored()).encode())
    made = json.loads(json.dumps(stored()))
    for _ in range(rng.randint(1, 2)):
        change(rng, made)
    if rng.random() < 0.5 and isinstance(made, dict):
        made.pop("digest", None)
        try:
            made["digest"] = sha256(made)
        except ValueError:
            made["digest"] = ""
    return json.dumps(made, ensure_ascii=False).encode()


def change(rng: Rng, document: Any) -> None:
    """Change, add or take away one value somewhere in a JSON document."""
    inner, key = document, None
    while isinstance(inner, dict | list) and inner and (key is None or rng.random() < 0.75):
        holder = inner
        key = rng.choice([*holder] if isinstance(holder, dict) else range(len(holder)))
        inner = holder[key]
    if key is None:
        return
    way = rng.random()
    if way < 0.7:
        holder[key] = deepcopy(rng.choice(VALUES))
    elif way < 0.85:
        del holder[key]
    elif isinstance(holder, dict):
        holder["added"] = deepcopy(rng.choice(VALUES))
    else:
        holder.append(deepcopy(rng.choice(VALUES)))


MADE: Mapping[str, Callable[[Rng], bytes]] = {
    "table": table, "sheet": sheet, "open_sheet": open_sheet, "word": word, "text": text, "scenario": scenario,
    "result": stored_result,
}  # fmt: skip
