"""A finding in Python: a few lines as its `repr`, tables in a notebook, frames for pandas, the JSON of the command."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan
from typing import TYPE_CHECKING, Any

from allocator.errors import InputError, fault
from allocator.finding import Column, Finding, Text, Value
from allocator.words import Words

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 60
"""Rows of a table that a notebook shows, as many as of a frame."""


@dataclass(frozen=True, repr=False)
class Reply(Finding):
    """A finding in the language it was asked in; `records` is what the command prints with `--json`.

    Attributes:
        language: `vi` or `en`.
        what: what is shared out, a text in each language.
    """

    language: str = "en"
    what: Text = ""

    @property
    def words(self) -> Words:
        """The words of its language."""
        return Words(self.language).about(self.what)

    def to_frame(self, key: str | None = None) -> pd.DataFrame:
        """One of its tables, the main one where none is named: a row a unit, the columns' keys, plain numbers.

        Whole numbers are `Int64`, others `float64`, shares parts of 1, texts as they are shown; totals are left out.

        Raises:
            InputError: there is no table of that name, or none at all; it names those there are.
        """
        from allocator.data.frames import frame_of

        main = self.main
        found = next((each for each in self.listings if each.key == key), None) if key else main
        if found is None:
            names = [each.key for each in self.listings]
            raise InputError(fault("python.no_table" if main else "python.no_tables", key or "", names=names))
        columns = zip(*found.rows, strict=True) if found.rows else [()] * len(found.columns)
        pairs = zip(found.columns, columns, strict=True)
        return frame_of({column.key: self._plain(column, values) for column, values in pairs})

    def _plain(self, column: Column, values: Sequence[Value]) -> list[Any]:
        """Cells of a column of texts as texts, of another as numbers; what it says in words instead is not known."""
        if column.is_text:
            return [None if each is None else column.text(self.words, each) for each in values]
        kept = [each if isinstance(each, int | float) else None for each in values]
        whole = column.kind == "members" or (column.kind == "signed" and not column.decimals)
        return kept if whole else [nan if each is None else float(each) for each in kept]

    def to_json(self) -> str:
        """What the command prints with `--json`."""
        from allocator.files import json_text

        return json_text(self.records)

    def __repr__(self) -> str:
        words = self.words
        said = [*dict.fromkeys(words.told(each).replace("\n", " ") for each in self.lines)]
        tables = [words("python.table", key=each.key, rows=len(each.rows)) for each in self.listings]
        return "\n".join(filter(None, [*said, words("python.tables", tables=tables) if tables else ""]))

    def _repr_html_(self) -> str | None:
        """Its lines and tables, as the page draws them; None where the extra that draws it is not installed."""
        try:
            from allocator.show.templating import environment
        except ImportError:
            return None
        return environment().get_template("notebook.html").render(finding=self, words=self.words, most=MOST_ROWS)


def reply(found: Finding, language: str, what: Text = "") -> Reply:
    """A finding in a language, where `what` is shared out."""
    from allocator.show.records import records

    words = Words(language).about(what)
    return Reply(**{**vars(found), "records": records(found, words), "sealed": False}, language=language, what=what)
