"""What the audit finds, the case it examines, a table beside what its document prints, and the document as drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from math import fsum
from typing import TYPE_CHECKING, Any

from allocator.data.numbers import NumberError
from allocator.data.printed_figures import printed_number
from allocator.data.table import Number, Table
from allocator.errors import Fault
from allocator.words import Words

if TYPE_CHECKING:
    from allocator.data.source import PrintedColumn

SEVERITIES = ("error", "warning", "note")
MOST_SHOWN = 300
"""Rows of a document that are shown."""
MOST_LETTERS = 120


_COLUMNS = {"column", "columns", "name", "part", "whole", "more", "less", "parts", "missing"}
"""Values of a message that may be names of columns."""


@dataclass(frozen=True)
class ColumnName:
    """A column of the table as people call it; its own name where nobody does."""

    name: str

    def told(self, words: Words) -> str:
        """In the language of `words`."""
        return words.texts.get(f"page.column.{self.name}", self.name)


def columns_named(about: Fault) -> Fault:
    """A message that calls columns of the table what people call them."""

    def named(value: Any) -> Any:
        if isinstance(value, str) and not hasattr(value, "told"):
            return ColumnName(value)
        return [*map(named, value)] if isinstance(value, list | tuple) else value

    return replace(about, values={key: named(v) if key in _COLUMNS else v for key, v in about.values.items()})


@dataclass(frozen=True)
class Oddity:
    """One thing a rule found.

    Attributes:
        severity: one of `SEVERITIES`.
        code: the rule's name for it.
        row: unit, None where the finding is about a column or the totals.
        column: column of the table, or of the document; None where the finding is about a unit as a whole.
        printed: figure as it stands, in the column's unit (percentages in percent); text where it is no number.
        recomputed: figure it should be, or is compared with; None where there is none.
        values: what else the message quotes.
        place: file and cell, where one cell is meant.
    """

    severity: str
    code: str
    row: str | None = None
    column: str | None = None
    printed: Number | str | None = None
    recomputed: Number | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    place: str = ""

    @property
    def about(self) -> Fault:
        """The finding as a message: what was found, then what to do."""
        named = {"row": self.row, "column": self.column, "printed": self.printed, "recomputed": self.recomputed}
        key = self.code if "." in self.code else f"audit.{self.code}"
        return columns_named(Fault(key, self.place, {**named, **self.values}))

    def told(self, words: Words) -> str:
        """The same in the language of `words`."""
        return self.about.told(words)


@dataclass(frozen=True)
class Shown:
    """The document as it is shown beside what was read of it: at most `MOST_SHOWN` rows, long cells cut.

    Attributes:
        part: the sheet or table, empty where a file has but one; `rows`: its cells as printed, `numbers` of its rows.
        headers: indexes in `rows` of the header; `units`: unit of each row that is one.
        left_out: why another is none.
    """

    part: str
    rows: Sequence[Sequence[str]]
    numbers: Sequence[int]
    headers: Sequence[int]
    units: Mapping[int, str]
    left_out: Mapping[int, str]


def name_fitted(name: str, unit: str, place: str) -> Oddity:
    """A note that a name was read as a unit's."""
    return Oddity("note", "import.name_fitted", unit, place=place, values={"name": name})


def oddity_of(severity: str, fault: Fault) -> Oddity:
    """A fault of reading a cell as a finding."""
    unit, column, cell = (fault.values.get(each) for each in ("unit", "column", "cell"))
    unit = None if unit in ("", "–") else unit
    return Oddity(severity, fault.key, unit, column, cell, None, fault.values, fault.place)


@dataclass(frozen=True)
class PrintedTable:
    """A table with what its document prints; rules ask it for columns, their relations and their printed cells."""

    table: Table
    columns: Mapping[str, PrintedColumn]
    way: str = "vi"

    def values(self, column: str) -> tuple[Number | None, ...]:
        """Figures of a column, all None where the table has none."""
        return self.table.columns.get(column, (None,) * len(self.table))

    def printed(self, column: str) -> tuple[Number | None, ...]:
        """The same with the cells the document prints differently; one that cannot be read counts as blank."""
        cells = self.columns[column].printed if column in self.columns else {}
        pairs = zip(self.table.units, self.values(column), strict=True)
        return tuple(
            read_printed(printed_number, cells[unit], self.way) if unit in cells else value for unit, value in pairs
        )

    def total(self, column: str) -> Number | None:
        """Printed total of a column of counts, None where there is none."""
        given = self.columns.get(column)
        return read_printed(printed_number, given.total or "", self.way) if given and not given.percent else None

    def relation(self, name: str) -> Iterator[tuple[str, list[str]]]:
        """Columns that are the `parts`, `difference` or `percent` of others, those the names of columns tell, too."""
        told = {each: getattr(column, name) for each, column in self.columns.items() if getattr(column, name)}
        parts = sorted(each for each in self.table.columns if each.startswith("workforce_"))
        usual = {"difference": {"net_gain": ["recruited", "lost"]}, "parts": {"workforce": parts}}.get(name, {})
        for column, others in {**{k: v for k, v in usual.items() if len(v) > 1}, **told}.items():
            if name == "percent" or all(each in self.table.columns for each in (column, *others)):
                yield column, others


def read_printed(read: Callable[[str, str], Any], text: str, way: str) -> Any:
    """What `read` makes of a printed figure; None where it cannot be read."""
    with suppress(NumberError):
        return read(text, way)
    return None


def sum_known(values: Iterable[Number | None]) -> Number:
    """Sum of what is known, decimals to the ninth."""
    known = [value for value in values if value is not None]
    return sum(known) if all(isinstance(value, int) for value in known) else round(fsum(known), 9)


def minus(more: Number | None, less: Number | None) -> Number | None:
    """Difference of two figures; None where one is blank."""
    return None if more is None or less is None else sum_known((more, -less))
