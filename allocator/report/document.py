"""The one document model all formats are written from: sections of texts, listings and charts, in one language."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from allocator.model.allocation import Allocation
from allocator.words import Words

if TYPE_CHECKING:
    from allocator.report.charts import Chart

MOST_SINGLE = 200
"""Units up to which something is made for each single one."""
Value = str | int | float | None
Row = tuple[Value, ...]
MOST_CHARTED = 100
"""Above this many units a chart with a bar a unit is read by nobody."""


@dataclass(frozen=True)
class Column:
    """One column of a listing.

    Attributes:
        key: its name, the same in every language.
        title: its header.
        kind: `text`, `members` (whole numbers), `signed`, `number` or `share` (1 = all).
        decimals: decimals shown of a `number`, `signed` or `share` (of the percentage).
        group: header above it and its neighbours of the same group; empty where there is none.
        bar: whether a bar may show its size.
    """

    key: str
    title: str
    kind: str = "members"
    decimals: int = 0
    group: str = ""
    bar: bool = False

    def text(self, words: Words, value: Value) -> str:
        """A value as this column shows it: a dash for a number that is not known, texts as they are."""
        if isinstance(value, str):
            return value
        if value is None:
            return "" if self.kind == "text" else "–"
        if self.kind == "share":
            return words.percent(value, self.decimals)
        if self.kind == "signed":
            return words.signed(value, self.decimals)
        return words.number(value, self.decimals)


@dataclass(frozen=True)
class Listing:
    """A table to show: as many values in each row, and in the totals, as there are columns."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: Row | None = None
    notes: tuple[str, ...] = ()

    @property
    def groups(self) -> list[tuple[str, int]]:
        """Upper headers with the number of columns each spans; empty where no column has one."""
        spans: list[tuple[str, int]] = []
        for column in self.columns:
            if column.group and spans and spans[-1][0] == column.group:
                spans[-1] = (column.group, spans[-1][1] + 1)
            else:
                spans.append((column.group, 1))
        return spans if any(name for name, _ in spans) else []

    @property
    def only_text(self) -> bool:
        """Whether no column holds numbers."""
        return all(column.kind == "text" for column in self.columns)

    def values(self, key: str) -> list[Value]:
        """Values of the column `key`, row by row."""
        index = [column.key for column in self.columns].index(key)
        return [row[index] for row in self.rows]


@dataclass(frozen=True)
class Section:
    """A heading, and under it texts, listings and charts."""

    key: str
    title: str
    texts: tuple[str, ...] = ()
    listings: tuple[Listing, ...] = ()
    charts: tuple[Chart, ...] = ()


@dataclass(frozen=True)
class Letter:
    """What one unit is told: its quota in sentences, and its listings."""

    unit: str
    texts: tuple[str, ...]
    listings: tuple[Listing, ...]


@dataclass(frozen=True)
class Document:
    """Everything a report says.

    Attributes:
        words: its language.
        title, subtitle: what it is about.
        preamble: its first sentences.
        sections: in reading order.
        annex: the allocation in the layout of the document it answers.
        annex_title: title of that annex.
        letters: one a unit, in table order.
        issuer: the body that publishes the quotas; empty where it is not known.
        allocation: what it was built from.
    """

    words: Words
    title: str
    subtitle: str
    preamble: tuple[str, ...]
    sections: tuple[Section, ...]
    annex: Listing
    annex_title: str
    letters: tuple[Letter, ...]
    issuer: str
    allocation: Allocation = field(repr=False)

    @property
    def large(self) -> bool:
        """Whether there are too many units for a letter each and a live sheet: they would take minutes."""
        return len(self.allocation.table) > MOST_SINGLE

    def section(self, key: str) -> Section | None:
        """The section `key`, None where this report has none."""
        return next((each for each in self.sections if each.key == key), None)
