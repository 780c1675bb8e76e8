"""The table a scenario works on: one row a unit, columns of figures, blanks kept as blanks."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from allocator.errors import Fault, InputError, fault

if TYPE_CHECKING:
    import pandas as pd

Number = int | float
PERSON_COLUMNS = ("workforce", "growth_estimate", "term_target", "recruited", "lost", "published_quota")
ATTAINMENT = "attainment"
MOST_PERSONS = 9_000_000_000
MOST_PLAIN = 10
"""Where more than 1 is allowed, a larger share is refused without its `%`: it was probably meant as a percentage."""
MOST_RATIO = 1e6
TEXT_COLUMNS = ("unit", "kind", "parent")
REQUIRED = ("unit", "workforce")


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
class Table:
    """Units and their figures.

    Attributes:
        units: names, folded, distinct, in the table's order.
        columns: figures by column name, each as long as `units`; None where the cell is blank. Persons (the names in
            `PERSON_COLUMNS`) are whole and not negative, `attainment` is a share; `workforce` is always there, blank
            only in an inner row of a tree, which stands for the sum of those below it.
        kinds: kind of each unit, None where blank; likewise `parents`, the unit's parent in a tree.
        unusable: columns that hold something other than numbers, with the fault to raise when one is asked for.
        place: the file the table came from, for messages.
        texts: the cells of columns that hold something other than numbers, folded, by name; None where blank.
        leaves: how many leaves of a tree each row stands for; one each where it is empty.
    """

    units: tuple[str, ...]
    columns: Mapping[str, tuple[Number | None, ...]]
    kinds: tuple[str | None, ...] = ()
    parents: tuple[str | None, ...] = ()
    unusable: Mapping[str, Fault] = field(default_factory=dict)
    place: str = ""
    texts: Mapping[str, tuple[str | None, ...]] = field(default_factory=dict)
    leaves: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.units)

    def has(self, column: str) -> bool:
        """Whether the table has this column of figures."""
        return column in self.columns

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

    def with_figure(self, column: str, index: int, value: Number) -> Table:
        """The table with another figure for one unit; the other units keep theirs, or stay blank."""
        figures = self.optional(column)
        return replace(self, columns={**self.columns, column: (*figures[:index], value, *figures[index + 1 :])})

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
        import pandas as pd

        return pd.DataFrame(self.rows())
