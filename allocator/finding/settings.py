"""Settings of a scenario as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from allocator.finding import Column, Listing, Value, say
from allocator.words import Words


def text_listing(key: str, names: Sequence[str], rows: Sequence[Sequence[Value]]) -> Listing:
    """A listing of texts, its title and headers in the catalogue under `report.KEY` and `column.NAME`."""
    shown = tuple(Column(name, "text") for name in names)
    return Listing(key, say(f"report.{key}"), shown, tuple(tuple(row) for row in rows))


@dataclass(frozen=True)
class Setting:
    """A setting's name, or its value, as people read it."""

    name: str = ""
    value: Any = None

    def told(self, words: Words) -> str:
        """In the language of `words`."""
        return _label(words, self.name) if self.name else readable(words, self.value)


@dataclass(frozen=True)
class FigureName:
    """What a column of the table is called in an annex."""

    column: str

    def told(self, words: Words) -> str:
        """In the language of `words`."""
        key = {"unit": "column.unit"}.get(self.column, f"annex.{self.column}")
        return words(key).replace(" / ", ": ") if key in words else self.column


def _label(words: Words, name: str) -> str:
    key = f"parameter.{name}"
    return words(key) if key in words else name


def readable(words: Words, value: Any) -> str:
    """A setting as people read it: numbers in the language's marks, lists and mappings in one line, a dash for none."""
    if isinstance(value, dict):
        known = {key: each for key, each in value.items() if each or (each == 0 and each is not False)}
        return "; ".join(f"{_label(words, key)}: {readable(words, each)}" for key, each in known.items()) or "–"
    if isinstance(value, list):
        return " | ".join(readable(words, each) for each in value) or "–"
    if isinstance(value, str):
        return words(f"value.{value}") if f"value.{value}" in words else value or "–"
    if isinstance(value, bool) or value is None:
        return words("value.yes" if value else "value.no") if value is not None else "–"
    digits = f"{value:.6f}".rstrip("0").partition(".")[2]
    return words.number(value, len(digits))
