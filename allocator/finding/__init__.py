"""What every question returns: records for programs, and for people the answer's lines, tables and charts.

Nothing here is in a language: a text is a key of the catalogues with its figures, or a name as the data has it. It
becomes words where it is shown, and a surface that shows one finding shows them all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from math import fsum
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from allocator.errors import Fault, fault
from allocator.words import Words

if TYPE_CHECKING:  # it takes half of the time in which a command tells its help
    from allocator.model.scenario import Texts


class Told(Protocol):
    """Something that says itself in a language."""

    def told(self, words: Words) -> str:
        """In the language of `words`."""


Text: TypeAlias = "Fault | str | Texts | Told | tuple[Text, ...]"
Value: TypeAlias = "Text | int | float | date | None"
MOST_LINES = 5
"""Lines of an answer, before its tables."""
Plain = str | int | float | None
"""What a cell of a file holds."""
Row: TypeAlias = "tuple[Value, ...]"


say = fault
"""A text of the catalogues with its figures."""


@dataclass(frozen=True)
class Column:
    """One column of a listing.

    Attributes:
        key: its name, the same in every language.
        kind: `text`, `sentence` (a text of several lines), `members` (whole numbers), `signed`, `number` or `share`
            (1 = all).
        decimals: decimals shown of a `number`, `signed` or `share` (of the percentage).
        title: its header where that is not the catalogue's `column.KEY`.
        group: header above it and its neighbours of the same group; empty where there is none.
        bar: whether a bar may show its size.
        rank: where there is no room for all columns, those of the highest rank are left out first.
    """

    key: str
    kind: str = "members"
    decimals: int = 0
    title: Text = ""
    group: Text = ""
    bar: bool = False
    rank: int = 0

    @property
    def header(self) -> Text:
        """Its header."""
        return self.title or say(f"column.{self.key}")

    @property
    def is_text(self) -> bool:
        """Whether it holds texts."""
        return self.kind in ("text", "sentence")

    def text(self, words: Words, value: Value) -> str:
        """A value as this column shows it: a dash for a number that is not known, texts as they are."""
        if value is None:
            return "" if self.is_text else "–"
        if not isinstance(value, int | float):
            return words.told(value)
        if self.kind == "share":
            return words.percent(value, self.decimals)
        if self.kind == "signed":
            return words.signed(value, self.decimals)
        return words.number(value, self.decimals)


@dataclass(frozen=True)
class Head:
    """A cell of a header: its text, the column it begins at, how many rows and columns it spans."""

    text: Text
    at: int
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True)
class Take:
    """What a scenario, of several asked about the first, becomes where something shown is taken.

    Attributes:
        settings: what `Scenario.changed` merges in, and as `table` corrected figures, each unit's by column, with `by`
            and `reason`; a text in them becomes words where they are taken.
        name: what is taken, where what is shown there does not say it.
    """

    settings: Mapping[str, Any]
    name: Text = ""


@dataclass(frozen=True)
class Listing:
    """A table to show: as many values in each row, and in the totals, as there are columns.

    Attributes:
        notes: what is said under it.
        most: rows that a terminal shows of it; None for all.
        takes: what can be taken of it: a row by its index, a column by its key, all of it under an empty text.
        aside: whether a terminal leaves it out.
        main: whether a finding is about it before all others.
    """

    key: str
    title: Text
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: Row | None = None
    notes: tuple[Text, ...] = ()
    most: int | None = None
    takes: Mapping[int | str, Take] = field(default_factory=dict)
    aside: bool = False
    main: bool = False

    @property
    def heads(self) -> list[list[Head]]:
        """The header's cells: one row of them, or two where columns have a header above them."""
        deep = any(column.group for column in self.columns)
        upper: list[Head] = []
        for at, column in enumerate(self.columns):
            if not column.group:
                upper.append(Head(column.header, at, rows=1 + deep))
            elif at and self.columns[at - 1].group == column.group:
                upper[-1] = replace(upper[-1], columns=upper[-1].columns + 1)
            else:
                upper.append(Head(column.group, at))
        lower = [Head(column.header, at) for at, column in enumerate(self.columns) if column.group]
        return [upper, lower] if deep else [upper]

    @property
    def only_text(self) -> bool:
        """Whether no column holds numbers."""
        return all(column.is_text for column in self.columns)

    def only(self, *keys: str) -> Listing:
        """Of these columns those that it has, in its own order, and in which something is known."""
        wanted = [n for n, each in enumerate(self.columns) if each.key in keys]
        at = [n for n in wanted if any(row[n] is not None for row in self.rows)]
        rows = tuple(tuple(row[n] for n in at) for row in self.rows)
        total = self.total and tuple(self.total[n] for n in at)
        return replace(self, columns=tuple(self.columns[n] for n in at), rows=rows, total=total, takes={})

    def changed(self, row: Row) -> bool:
        """Whether a row has a numbered change, against what stands beside it, that is not 0."""
        return any(value and each.key.startswith("change_") for each, value in zip(self.columns, row, strict=True))

    @property
    def shown(self) -> tuple[Row, ...]:
        """The rows, figures with decimals rounded so that what is shown adds up to the total shown under it."""
        if self.total is None or not self.rows:
            return self.rows
        sides = zip(self.columns, zip(*self.rows, strict=True), self.total, strict=True)
        return tuple(zip(*(_adding_up(*each) for each in sides), strict=True))

    def texts(self, words: Words) -> list[list[str]]:
        """All rows as they are shown, the totals last."""
        rows = (*self.shown, *([self.total] if self.total else []))
        return [[column.text(words, each) for column, each in zip(self.columns, row, strict=True)] for row in rows]


def _parts(text: Text) -> tuple[Text, ...]:
    return text if isinstance(text, tuple) else (text,)


def _adding_up(column: Column, values: tuple[Any, ...], total: Any) -> tuple[Any, ...]:
    """Figures rounded to the decimals shown and to the sum of them; as they are where they do not add up to a total."""
    known = [each for each in values if each is not None]
    if column.kind != "number" or not isinstance(total, float) or not all(isinstance(e, int | float) for e in known):
        return values
    from allocator.data.numbers import largest_remainder

    steps = 10**column.decimals
    if abs(fsum(known) - total) * steps > 0.5:
        return values
    made = iter(largest_remainder([each * steps for each in known], round(round(total, column.decimals) * steps)))
    return tuple(None if each is None else next(made) / steps for each in values)


@dataclass(frozen=True)
class Drawing:
    """A chart to draw: its name, the rows it shows, and what else it needs to know."""

    name: str
    rows: Sequence[Mapping[str, Any]]
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Section:
    """A heading, and under it texts, listings and charts."""

    key: str
    title: Text
    texts: tuple[Text, ...] = ()
    listings: tuple[Listing, ...] = ()
    charts: tuple[Drawing, ...] = ()


@dataclass(frozen=True)
class Finding:
    """The answer to a question.

    Attributes:
        records: the JSON of the contract; a text in it is put into the language of the call.
        sections: in reading order.
        lines: the answer: what it assumes, what was found, what is in doubt. With the call they are at most five.
        following: the call to make next, for the command line: a command and its options, without a scenario.
        again: the same as a sentence, where the call itself would make the answer longer than `MOST_OF_ONE` lines.
        general: whether what is assumed and decided stands above the lines; they say it themselves where it does not.
        sealed: whether the records get a `digest` of all that is in them.
        status: what a command returns.
        cases: what it was found about, where that is not what was asked about.
    """

    records: Mapping[str, Any]
    sections: tuple[Section, ...] = ()
    lines: tuple[Text, ...] = ()
    following: tuple[str, ...] = ()
    again: Text = ""
    general: bool = True
    sealed: bool = False
    status: int = 0
    cases: tuple[Any, ...] = ()

    def noting(self, notes: Sequence[Text]) -> Finding:
        """The same with what is to be said of how things were read, last."""
        if not notes:
            return self
        said = list[Text]()
        for each in (*(each for one in self.sections if one.key == "reading" for each in one.texts), *notes):
            said += [each] * (each not in said)
        others = (each for each in self.sections if each.key != "reading")
        return replace(self, sections=(*others, Section("reading", say("reading.title"), tuple(said))))

    @property
    def beyond(self) -> list[Section]:
        """What the lines do not say: each section without its texts of which they say all; none with a bare title."""
        said = [each for line in self.lines for each in _parts(line)]
        rest = [
            replace(one, texts=tuple(text for text in one.texts if not all(each in said for each in _parts(text))))
            for one in self.sections
        ]
        return [each for each in rest if each.texts or each.listings or each.charts]

    @property
    def listings(self) -> list[Listing]:
        """All listings, section by section."""
        return [each for section in self.sections for each in section.listings]

    @property
    def main(self) -> Listing | None:
        """The first listing that says it is it, else the first that has figures, else the first."""
        return min(self.listings, key=lambda each: (not each.main, each.only_text), default=None)
