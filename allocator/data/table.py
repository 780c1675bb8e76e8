"""The table a scenario works on: one row a unit, columns of figures, blanks kept as blanks."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

from allocator.data.digest import sha256
from allocator.errors import Fault, InputError, fault

if TYPE_CHECKING:
    import pandas as pd

    from allocator.data.findings import Oddity

Number = int | float
TABLE_FILE = "units.csv"
"""A table in our own form, which no answer to how a document is read is about."""
ESTIMATE = "growth_estimate"
PERSON_COLUMNS = ("workforce", ESTIMATE, "term_target", "recruited", "lost", "published_quota")
ATTAINMENT = "attainment"
MOST_PERSONS = 9_000_000_000
MOST_PLAIN = 10
"""Where more than 1 is allowed, a larger share is refused without its `%`: it was probably meant as a percentage."""
MOST_RATIO = 1e6
MOST_NAMED = 12
"""Columns that a table's `repr` names."""
TEXT_COLUMNS = ("unit", "kind", "parent")
REQUIRED = ("unit", "workforce")
HISTORY = ("term_target", "recruited")
"""Columns that attainment is worked out of."""


def fold(name: str) -> str:
    """`name` as names are matched: Unicode NFC, every run of spaces one space, none at the ends.

    Example:
        >>> fold("  An\u00a0 Phu\u0301 ")
        'An Phú'
    """
    return " ".join(unicodedata.normalize("NFC", name).split())


def unaccented(text: str) -> str:
    """Small letters without their accents, and `đ` as `d`."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)).replace("đ", "d")


@dataclass(frozen=True)
class Left:
    """What the years before a table's leave beside its figures.

    Attributes:
        own: the table as its file holds it.
        unseen: members that the term gained since in units whose history is blank.
        published: column of that file's published quotas, which are those of a year before; None in a new file.
    """

    own: Table
    unseen: int = 0
    published: str | None = None


@dataclass(frozen=True)
class Table:
    """Units and their figures.

    Attributes:
        units: names, folded, distinct, in the table's order.
        columns: figures by column name, each as long as `units`; None where the cell is blank. Persons (the names in
            `PERSON_COLUMNS`) are whole and not negative, `attainment` is a share; `workforce`, where it is there, is
            blank only in an inner row of a tree, which stands for the sum of those below it.
        kinds: kind of each unit, None where blank; likewise `parents`, the unit's parent in a tree.
        unusable: columns that hold something other than numbers, with the fault to raise when one is asked for.
        place: the file the table came from, for messages.
        texts: the cells of columns that hold something other than numbers, folded, by name; None where blank.
        leaves: how many leaves of a tree each row stands for; one each where it is empty.
        notes: what a reader should know of how it was read.
        left: where years of the term come before it, what they leave; None of a table as its file holds it.
    """

    units: tuple[str, ...]
    columns: Mapping[str, tuple[Number | None, ...]]
    kinds: tuple[str | None, ...] = ()
    parents: tuple[str | None, ...] = ()
    unusable: Mapping[str, Fault] = field(default_factory=dict)
    place: str = ""
    texts: Mapping[str, tuple[str | None, ...]] = field(default_factory=dict)
    leaves: tuple[int, ...] = ()
    notes: tuple[Oddity, ...] = ()
    left: Left | None = None

    def __len__(self) -> int:
        return len(self.units)

    @property
    def own(self) -> Table:
        """The table as its file holds it."""
        return self.left.own if self.left else self

    @property
    def measured(self) -> bool:
        """Whether workforces are known; without them quotas rest on other columns, and nobody has an effort."""
        return "workforce" in self.columns

    @property
    def growing(self) -> bool:
        """Whether growth is estimated, and not spent by the year before."""
        growth = self.columns.get(ESTIMATE)
        return self.measured and growth is not None and (self.left is None or any(growth))

    @cached_property
    def fingerprint(self) -> str:
        """What tells its content from another's."""
        return sha256([self.units, self.columns, self.kinds, self.parents, self.texts])[:12]

    def column(self, name: str) -> tuple[Number | None, ...]:
        """Figures of one column, None where blank; InputError where there is no such column of numbers."""
        if name in self.unusable:
            raise InputError(self.unusable[name])
        if name not in self.columns:
            raise InputError(fault("table.no_column", self.place, column=name, columns=sorted(self.columns)))
        return self.columns[name]

    def optional(self, name: str) -> tuple[Number | None, ...]:
        """Like `column`, all blank where the table has no such column."""
        if name in self.columns or name in self.unusable:
            return self.column(name)
        return (None,) * len(self)

    def cells(self, name: str) -> tuple[Number | str | None, ...]:
        """Cells of a column of texts or of figures, None where blank; InputError where there is no such column."""
        return {"kind": self.kinds, "parent": self.parents, **self.texts}.get(name) or self.column(name)

    def with_figure(self, column: str, index: int, value: Number | None) -> Table:
        """The table with another figure for one unit; the other units keep theirs, or stay blank."""
        figures, left, unit = self.optional(column), self.left, self.units[index]
        if left and unit in left.own.units:
            left = replace(left, own=left.own.with_figure(column, left.own.units.index(unit), value))
        columns = {**self.columns, column: (*figures[:index], value, *figures[index + 1 :])}
        return replace(self, columns=columns, left=left)

    def of_rows(self, rows: Sequence[int]) -> Table:
        """The table of some of the rows, in their order; of none that others lie below."""

        def kept(values: Sequence[Any]) -> tuple[Any, ...]:
            return tuple(values[at] for at in rows if values)

        columns, texts = ({name: kept(values) for name, values in held.items()} for held in (self.columns, self.texts))
        names: dict[str, Any] = {name: kept(getattr(self, name)) for name in ("units", "kinds", "parents")}
        return replace(self, **names, columns=columns, texts=texts)

    def rows(self) -> list[dict[str, Any]]:
        """The table as a list of plain mappings, as a result stores it; blanks are None."""
        texts = {"unit": self.units, "kind": self.kinds, "parent": self.parents}
        named = {name: values for name, values in texts.items() if any(v is not None for v in values)}
        every = {**named, **self.columns, **self.texts}
        return [dict(zip(every, row, strict=True)) for row in zip(*every.values(), strict=True)]

    def sums_below(self, column: str) -> dict[int, tuple[Number, bool]]:
        """Sum of a column right below each inner row, and whether nothing in it is blank; an inner blank is its sum."""
        figures, position = self.columns[column], {unit: row for row, unit in enumerate(self.units)}
        above = [position.get(parent, -1) if parent else -1 for parent in self.parents]
        waiting = Counter(above)
        made: dict[int, tuple[Number, bool]] = {}
        ready = [row for row in range(len(above)) if row not in waiting]
        for row in ready:
            own = figures[row]
            value, whole = made.get(row, (0, False)) if own is None else (own, True)
            total, known = made.get(above[row], (0, True))
            made[above[row]] = total + value, known and whole
            waiting[above[row]] -= 1
            if above[row] >= 0 and not waiting[above[row]]:
                ready.append(above[row])
        return {row: made[row] for row in sorted(made) if row >= 0}

    def to_frame(self) -> pd.DataFrame:
        """The table as a pandas frame, one row a unit."""
        from allocator.data.frames import frame_of

        rows = self.rows()
        return frame_of({name: [row[name] for row in rows] for name in rows[0]})

    def __repr__(self) -> str:
        more = ", …" if len(self.columns) > MOST_NAMED else ""
        file = self.place.replace("\\", "/").rpartition("/")[2]
        return f"Table({len(self)} units: {', '.join([*self.columns][:MOST_NAMED])}{more}{file and f'; {file}'})"


Place = Callable[[int, str], str]
"""Where the cell of a row in the column `unit` or `parent` stands."""


def shown_names(
    names: Sequence[str], above: Sequence[str], place: Place
) -> tuple[list[str], list[str], Iterator[Fault]]:
    """Name of each row's unit and of its parent as they are shown, and what is wrong with them.

    A name that several units have, as two provinces a district, is shown with its parent's, `Province A/Châu Thành`;
    any other as it is written. From here on a unit is known by the name that is shown.

    Args:
        names: names as written, folded.
        above: parents as written, folded, empty where there is none. A parent with a row is called by the name shown
            or, where only one unit has its name, by that name after its own parent's; any other has no row.
        place: for messages.

    Example:
        >>> shown_names(["A", "B", "Mỹ An", "Mỹ An"], ["", "", "A", "B"], "{}:{}".format)[0]
        ['A', 'B', 'A/Mỹ An', 'B/Mỹ An']
    """
    times = Counter(names)
    if len(times) == len(names) and "" not in times and not any("/" in each for each in set(above)):
        return [*names], [*above], iter(())
    if not any(above):
        return [*names], [*above], _twice(names, names, place)
    whole = {f"{up}/{name}": name for name, up in zip(names, above, strict=True) if up and times[name] == 1}
    parents = [each if each in times else whole.get(each, each) for each in above]
    units = [f"{up}/{name}" if up and times[name] > 1 else name for name, up in zip(names, parents, strict=True)]
    unclear = _unclear(units, names, above, parents, whole, place)
    return units, parents, chain(_twice(units, names, place), unclear)


def _twice(units: Sequence[str], names: Sequence[str], place: Place) -> Iterator[Fault]:
    """A fault for each row without a name, and for each with the name of an earlier one."""
    first: dict[str, int] = {}
    for row, (unit, name) in enumerate(zip(units, names, strict=True)):
        if not name:
            yield fault("cell.blank_unit", place(row, "unit"))
        elif first.setdefault(unit, row) != row:
            yield fault("cell.duplicate_unit", place(row, "unit"), unit=unit, earlier=place(first[unit], "unit"))


def _unclear(
    units: Sequence[str], names: Sequence[str], above: Sequence[str], parents: Sequence[str],
    whole: Collection[str], place: Place,
) -> Iterator[Fault]:  # fmt: skip
    """A fault for each parent that may be one of several units, or that ends in a name without being one."""
    shown = set(units)
    rows: dict[str, list[int]] = {}
    for row, name in enumerate(names):
        rows.setdefault(name, []).append(row)
    for row, (written, parent) in enumerate(zip(above, parents, strict=True)):
        if parent in shown and not (written == parent and written in whole):
            continue
        parts = written.split("/")
        ends = [fold("/".join(parts[at:])) for at in range(len(parts))]
        if near := [units[each] for end in ends if end for each in rows.get(end, ())]:
            yield fault("cell.unclear_parent", place(row, "parent"), parent=written, unit=units[row], near=near)
