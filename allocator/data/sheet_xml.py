"""What the XML of a workbook says of its sheets beside their values: unread, merged or hidden cells, and their reach.

Every function here raises ValueError where an attribute is no number, or a sheet has no part.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from allocator.data.limits import CELL, MOST_COLUMNS, column_number, sheet_column
from allocator.data.numbers import Unread

if TYPE_CHECKING:
    from allocator.data.workbook import Package

_ERROR = re.compile(r"#[A-Z]|Err:\d")
_PERCENTS = {9: "0%", 10: "0.00%"}
"""Built-in formats that matter here."""
MOST_HIDDEN = 1_000_000
"""Hidden rows repeated more often fill a sheet after its end."""
Cell = tuple[int, int]


@dataclass
class Sheet:
    """One sheet: its cells row by row, and what its XML says beside them; there cells by row and column, from 0.

    Attributes:
        rows: the cells.
        instead: what is read instead of a cell that holds no figure one could trust, or a text of which a part is
            struck out or raised.
        formats: number formats of cells, where they matter.
        merged: rows and columns a merged cell covers.
        hidden: places of hidden rows and columns.
        wide, deep: numbers of the last column and row with content; `letters`: characters of all texts.
    """

    rows: list[list[Any]] = field(default_factory=list)
    instead: dict[Cell, Unread | str] = field(default_factory=dict)
    formats: dict[Cell, str] = field(default_factory=dict)
    merged: dict[Cell, tuple[int, int]] = field(default_factory=dict)
    hidden: list[str] = field(default_factory=list)
    wide: int = 0
    deep: int = 0
    letters: int = 0

    def reach(self, row: int, column: int, letters: int) -> None:
        """Note a cell with content: the numbers of its last row and column, and the characters of its text."""
        self.wide, self.deep, self.letters = max(self.wide, column), max(self.deep, row), self.letters + letters


def _walk(
    content: bytes,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> None:
    """Go through XML with handlers of tags, their prefixes left out, and of text."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda tag, attributes: start(tag.rpartition(":")[2], attributes)
    parser.EndElementHandler = lambda tag: end(tag.rpartition(":")[2])
    parser.CharacterDataHandler = text
    parser.Parse(content, True)


def sheet_parts(package: Package) -> dict[str, str]:
    """The part of each sheet of an xlsx file, by the sheet's name."""
    targets, found = sheet_targets(package, "xl/_rels/workbook.xml.rels"), {}
    for each in package.tree("xl/workbook.xml").iterfind(".//{*}sheet"):
        key = next((value for name, value in each.items() if name.endswith("}id")), "")
        if not targets.get(key, "").lower().endswith(".xml"):
            raise ValueError(f"{targets.get(key) or key}?")
        found[each.get("name", "")] = targets[key]
    return found


def sheet_targets(package: Package, part: str) -> dict[str, str]:
    """The parts that are there of those an xlsx or xlsb workbook refers to in `part`, by the reference."""
    names = {each.casefold(): each for each in package.names}
    targets = {
        each.get("Id", ""): posixpath.normpath(posixpath.join("/xl", each.get("Target", "")))[1:].casefold()
        for each in package.tree(names.get(part, part))
    }
    return {key: names[target] for key, target in targets.items() if target in names}


def format_codes(package: Package) -> Sequence[str]:
    """The number format of each style of an xlsx file, by its index; empty for one that does not matter here."""
    if "xl/styles.xml" not in package.names:
        return ()
    root = package.tree("xl/styles.xml")
    formats = root.iterfind(".//{*}numFmt")
    codes = _PERCENTS | {int(each.get("numFmtId", "")): each.get("formatCode", "") for each in formats}
    return [codes.get(int(each.get("numFmtId", 0)), "") for each in root.iterfind("{*}cellXfs/*")]


def shared_texts(package: Package) -> tuple[Sequence[int], Mapping[int, str]]:
    """Characters of each text of an xlsx file that cells share, and those of which a part is struck out or raised.

    What is struck out is left out, and what is raised is a note's mark: a `^` stands before it.
    """
    lengths, odd = list[int](), dict[int, str]()
    pieces, mark = list[tuple[str, str]](), ""

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal mark
        if tag == "si":
            lengths.append(0)
            pieces.clear()
        elif tag == "strike" and attributes.get("val", "1") not in ("0", "false"):
            mark = "-"
        elif tag == "vertAlign" and attributes.get("val") == "superscript":
            mark = mark or "^"

    def end(tag: str) -> None:
        nonlocal mark
        if tag == "r":
            mark = ""
        elif tag == "si" and any(each for each, _ in pieces):
            odd[len(lengths) - 1] = "".join("" if each == "-" else each + text for each, text in pieces)

    def text(characters: str) -> None:
        if lengths:
            lengths[-1] += len(characters)
            pieces.append((mark, characters))

    if (name := "xl/sharedStrings.xml") in package.names:
        _walk(package.read(name), start, end, text)
    return lengths, odd


def xlsx_sheet(content: bytes, codes: Sequence[str], texts_shared: tuple[Sequence[int], Mapping[int, str]]) -> Sheet:
    """What the XML of an xlsx file's sheet says; `codes`: its formats; `texts_shared` as `shared_texts` gives it."""
    lengths, odd = texts_shared
    told, columns = Sheet(), list[str]()
    line = row = column = 0
    kind, inside, texts = "", "", dict[str, str]()

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal line, row, column, kind, inside, texts
        if tag == "c":
            row, column = _position(attributes["r"]) if "r" in attributes else (line, column + 1)
            kind, texts = attributes.get("t", ""), {}
            if (style := int(attributes.get("s", 0))) < len(codes) and codes[style]:
                told.formats[row - 1, column - 1] = codes[style]
        elif tag == "row":
            line, column = int(attributes.get("r", line + 1)), 0
            if attributes.get("hidden") in ("1", "true"):
                told.hidden.append(str(line))
        elif tag == "col" and attributes.get("hidden") in ("1", "true"):
            ends = (sheet_column(int(attributes.get(each, ""))) for each in ("min", "max"))
            columns.append("–".join(dict.fromkeys(ends)))
        elif tag in ("f", "v"):
            inside, texts[tag] = tag, texts.get(tag, "")

    def end(tag: str) -> None:
        nonlocal inside
        if tag == "c":
            value = texts.get("v", "")
            told.reach(row, column, lengths[int(value)] if kind == "s" and int(value or 0) < len(lengths) else 0)
            if kind == "s" and odd and int(value or 0) in odd:
                told.instead[row - 1, column - 1] = odd[int(value or 0)]
            if kind == "e":
                told.instead[row - 1, column - 1] = Unread("cell.not_number", value)
            elif "f" in texts and not value and kind != "str":
                told.instead[row - 1, column - 1] = Unread("import.formula", f"={texts['f']}")
        inside = "" if tag == inside else inside

    def text(characters: str) -> None:
        if inside:
            texts[inside] += characters

    _walk(content, start, end, text)
    told.hidden += columns
    return told


def _position(name: str) -> Cell:
    """Row and column of the cell called `name` (`B7`), counted from 1."""
    at = CELL.fullmatch(name)
    if at is None:
        raise ValueError(name)
    return int(at[2]), column_number(at[1])


def ods_sheets(content: bytes) -> list[tuple[str, Sheet]]:
    """What the XML of an ods file says of its sheets, by name."""
    found: list[tuple[str, Sheet]] = []
    told = Sheet()
    row = column = down = across = letters = 0
    counted, formula, shown = False, "", ""

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal told, row, column, down, across, letters, counted, formula, shown
        if tag == "table":
            told, row, down = Sheet(), 0, 0
            found.append((attributes.get("table:name", ""), told))
        elif tag == "table-row":
            row, column, across = row + down, 0, 0
            down = int(attributes.get("table:number-rows-repeated", 1))
            if attributes.get("table:visibility", "visible") != "visible" and down < MOST_HIDDEN:
                told.hidden.append(str(row + 1) if down == 1 else f"{row + 1}–{row + down}")
        elif tag in ("table-cell", "covered-table-cell"):
            column, letters, shown = column + across, 0, ""
            across = int(attributes.get("table:number-columns-repeated", 1))
            counted = bool({"office:value-type", "table:formula"} & attributes.keys())
            size = [int(attributes.get(f"table:number-{each}-spanned", 1)) for each in ("rows", "columns")]
            if max(size) > 1:
                told.merged[row, column] = (size[0], size[1])
            formula = attributes.get("table:formula", "")
            if formula and not any(key.endswith("value") for key in attributes):
                told.instead[row, column] = Unread("import.formula", formula)

    def end(tag: str) -> None:
        if tag in ("table-cell", "covered-table-cell") and counted:
            told.reach(row + down, column + across, letters * down * across)
            if formula and _ERROR.match(shown):  # which has a value, too: 0 or an empty text
                for n in range(min(across, MOST_COLUMNS)):
                    told.instead[row, column + n] = Unread("cell.not_number", shown)

    def text(characters: str) -> None:
        nonlocal letters, shown
        letters, shown = letters + len(characters), shown or characters[:20]

    _walk(content, start, end, text)
    return found
