"""A file that a browser sent, never kept: taken from a form, given back to it, drawn with faults at its cells."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from allocator.data.findings import Shown, columns_named
from allocator.data.grid import Grid
from allocator.data.limits import CELL, MOST_TABLE_BYTES, Sent, column_number, sheet_column
from allocator.data.pages import read_pages
from allocator.errors import AllocatorError, Fault, InputError, fault
from allocator.web.names import keys_named
from allocator.words import Words

MOST_ROWS = 300


def brought(form: Mapping[str, Any]) -> Sent | None:
    """The file sent, a text pasted, or what was sent before and the page gave back; None where there is none."""
    given = form.get("file")
    name, content = given if isinstance(given, tuple) else ("", b"")  # an address may hold a text of that name
    if not content and form.get("pasted", "").strip():
        return Sent(form.get("name", "")[-80:], form["pasted"].encode("utf-8"))
    if not content and form.get("document"):
        try:
            stream = zlib.decompressobj()
            content = stream.decompress(base64.b64decode(form["document"], validate=True), MOST_TABLE_BYTES + 1)
            if not stream.eof:
                raise ValueError("cut off, or larger than any file that is taken")
        except (ValueError, zlib.error):
            raise InputError(fault("page.bad_form")) from None
        name = form.get("name", "")
    return Sent(name[-80:], content) if content else None


def given_back(file: Sent | None) -> str:
    """The file as a hidden text of the page, from which `brought` takes it again."""
    return base64.b64encode(zlib.compress(file.content)).decode("ascii") if file else ""


@dataclass(frozen=True)
class DrawnSheet:
    """A document as the page draws it: `shown` of `file`, and texts of what is wrong or odd, by cell."""

    file: str
    shown: Shown
    marks: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def letters(self) -> list[str]:
        """What its columns are called."""
        return [sheet_column(n + 1) for n in range(max(map(len, self.shown.rows), default=0))]

    def place(self, at: str) -> str:
        """Place of a cell in messages; InputError for what is none."""
        if not (found := CELL.fullmatch(at)):
            raise InputError(fault("desk.no_cell", at=at[:40]))
        part, line = self.shown.part, f"{self.file}:{found[2]}:{column_number(found[1])}"
        return f"{self.file}, {part}!{at}" if part else line

    def at(self, place: str) -> str:
        """The cell at a place in messages; empty where it is none of this sheet."""
        if self.shown.part:
            at = place.removeprefix(f"{self.file}, {self.shown.part}!")
            return at if CELL.fullmatch(at) else ""
        found = re.fullmatch(re.escape(self.file) + r":(\d+):(\d+)", place)
        return sheet_column(int(found[2])) + found[1] if found else ""

    def cells(self, index: int) -> list[tuple[str, str, int]]:
        """Cells of a row by its index: what each is called, its text, how many columns it takes; a lone text all."""
        row, letters, number = self.shown.rows[index], self.letters, self.shown.numbers[index]
        if sum(map(bool, row)) == 1 and index not in self.shown.units:
            at = next(n for n, text in enumerate(row) if text)
            return [(f"{letters[at]}{number}", row[at], len(letters))]
        whole = [*row, *[""] * (len(letters) - len(row))]
        return [(f"{letter}{number}", text, 1) for letter, text in zip(letters, whole, strict=True)]

    def text(self, at: str) -> str:
        """What a cell of the document holds."""
        row = next((n for n, number in enumerate(self.shown.numbers) if CELL.sub(r"\2", at) == f"{number}"), None)
        return "" if row is None else next((text for each, text, _ in self.cells(row) if each == at), "")


def told_at(
    file: Sent | None, faults: Sequence[Fault], tell: Callable[[Fault], str], words: Words
) -> tuple[list[tuple[str, str]], DrawnSheet | None]:
    """Each fault with its cell, if it has one, and the file drawn with them; `tell` says those that have none."""
    sheet = raw_sheet(file, faults, words) if file else None
    cells = [sheet.at(each.place) if sheet else "" for each in faults]
    texts = [(at, message(each, words) if at else tell(each)) for at, each in zip(cells, faults, strict=True)]
    return texts, sheet


def raw_sheet(file: Sent, faults: Sequence[Fault], words: Words) -> DrawnSheet | None:
    """A file as it is, of its parts the one with most wrong in it; None where it has no cells to show."""
    with suppress(AllocatorError):
        wrong = [each.place.rpartition("!")[0] for each in faults]
        parts = read_pages(file.content, file.name)[0].parts
        part = max(parts, key=lambda each: (wrong.count(f"{file.name}, {each.name}"), len(each.rows)))
        rows, wide = part.rows[:MOST_ROWS], _shown_columns(part)
        texts = [["" if cell is None else str(cell)[:120] for cell in row[:wide]] for row in rows]
        kept = [(number, row) for number, row in zip(part.numbers, texts, strict=False) if any(row)]
        shown = Shown(part.name, [row for _, row in kept], [number for number, _ in kept], (), {}, {})
        sheet = DrawnSheet(file.name, shown)
        return replace(sheet, marks=marked((sheet.at(each.place), message(each, words)) for each in faults))
    return None


def _shown_columns(part: Grid) -> int:
    """How many columns stand before those that are hidden at the end of a part: what its formulas need."""
    wide = max(map(len, part.rows), default=0)
    ends = (each.split("–") for each in part.hidden)
    last = next((first for first, *end in ends if (end or [first])[0] == sheet_column(wide)), None)
    return next((n for n in range(wide) if sheet_column(n + 1) == last), wide)


def message(each: Fault, words: Words) -> str:
    """A message without its place, keys and columns named as the page names them."""
    key = f"desk.{each.key}"
    return keys_named(words(key if key in words else each.key, **columns_named(each).values), words)


def marked(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Texts by the cell they are about."""
    made: dict[str, list[str]] = {}
    for at, text in pairs:
        made.setdefault(at, []).append(text)
    return made
