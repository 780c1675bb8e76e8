"""User-facing text: one catalogue per language, whole sentences as templates, numbers as the language writes them.

A template is a `str.format` string; the conversions below say how a value is written, so that a catalogue can say
`{quota:n}` and never a pre-formatted number:

    n     whole number with the language's thousands mark        6.500 · 6,500
    n1 …  number with that many decimals                         0,46  · 0.46
    n*    the same with as many as it has, at most four          1     · 0.5
    +n    the same with its sign (a true minus)                  +10 · −90
    p1 …  share as a percentage with that many decimals          4,2%  · 4.2%
    p*    the same with as many as it has, at most four          20%   · 48.926%
    plural:A|B  A where the number is 1 or −1, B otherwise       1 union is · 2 unions are (English alone needs it)
    list  names joined as the language joins them
    what  what is shared out, for that number of it          1 member · 2 members · 100 new unions
    texts several texts, joined by semicolons; a value that is a text itself, or a figure as it was
          given, needs no conversion
"""

from __future__ import annotations

import json
import os
import re
import string
import sys
from collections.abc import Mapping
from copy import copy
from datetime import date
from functools import lru_cache
from textwrap import shorten
from typing import Any

LANGUAGES = ("vi", "en")
MARKS = str.maketrans(",.", ".,")
FIGURE = re.compile(r"(\+?n|p)(\d*|\*)")
"""Conversions of a number: which, and how many decimals."""
PLAIN = re.compile(r"-?\d+\.\d+%?")
"""A figure with decimals as programs write it."""
MOST_NAMES = 12
"""Names a sentence lists before it only says how many more there are."""


def default_language() -> str:
    """`allocator.language` where it is set, else the locale's language if there is a catalogue for it, or English."""
    from allocator import language

    if language is not None:
        return language
    name = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    if not name and sys.platform == "win32":
        import locale

        name = locale.getlocale()[0] or ""
    return "vi" if name.lower().startswith(("vi", "vietnam")) else "en"


@lru_cache(maxsize=2)
def catalogue(language: str) -> Mapping[str, str]:
    """All texts of one language by key; raises ValueError for a language there is no catalogue of."""
    if language not in LANGUAGES:
        raise ValueError(f"no catalogue for {language!r}: use one of {', '.join(LANGUAGES)}")
    with open(f"{__path__[0]}/{language}.json", encoding="utf-8") as file:
        texts: dict[str, str] = json.load(file)
    return texts


def cut(text: str, most: int) -> str:
    """The first words of a text that have at most so many letters together, one blank between two.

    Example:
        >>> cut("Thiết lập của kịch bản  Kịch bản cơ sở", 31), cut("longer", 4)
        ('Thiết lập của kịch bản Kịch bản', 'long')
    """
    return shorten(text, most, placeholder="") or text.strip()[:most]


class Words(string.Formatter):
    """The texts of one language: `words("run.target", target=6500)`.

    Example:
        >>> Words("vi").number(6500), Words("en").number(0.4567, 2)
        ('6.500', '0.46')
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self.texts = catalogue(language)
        self.what = self.texts["what"]

    def about(self, what: Any) -> Words:
        """The same where `what` is shared out, a text in each language, instead of members."""
        made = copy(self)
        made.what = self.told(what) or self.what
        return made

    def __call__(self, key: str, /, **values: Any) -> str:
        """The text under `key` with its values filled in; raises KeyError for a key the catalogue has not."""
        return self.vformat(self.texts[key], (), values)

    def told(self, text: Any) -> str:
        """A text as words.

        Args:
            text: a name, which stays as it is; a date; a key with its figures; something that tells itself; a text in
                each language, of which the other is taken where this one is blank; several of these, in a row.
        """
        if isinstance(text, str) and not hasattr(text, "told"):
            return text
        if isinstance(text, date):
            return self.date(text)
        if isinstance(text, tuple):
            return " ".join(map(self.told, text))
        return str(text.told(self))

    def __contains__(self, key: str) -> bool:
        return key in self.texts

    def number(self, value: float | None, decimals: int = 0) -> str:
        """`value` with the language's marks and that many decimals, rounded half to even; a dash for None."""
        if value is None:
            return "–"
        marked = f"{value:,.{decimals}f}".replace("-", "−")
        if marked[0] == "−" and not marked.strip("−0.,"):
            marked = marked[1:]
        return marked.translate(MARKS) if self.language == "vi" else marked

    def typed(self, text: str) -> str:
        """A plain figure as a person types it, for a field; any other text as it is."""
        return text.replace(".", ",") if self.language == "vi" and PLAIN.fullmatch(text) else text

    def signed(self, value: float | None, decimals: int = 0) -> str:
        """`value` with its sign; 0 has none."""
        text = self.number(value, decimals)
        return f"+{text}" if value is not None and float(f"{value:.{decimals}f}") > 0 else text

    def percent(self, share: float | None, decimals: int = 1) -> str:
        """`share` (1 = all) as a percentage."""
        text = self.number(None if share is None else share * 100, decimals)
        return text if share is None else text + "%"

    def names(self, items: Any) -> str:
        """Names joined as a list in a sentence; of a long list the first, and how many more there are."""
        named = [self.told(item) if hasattr(item, "told") else str(item) for item in items] or [""]
        if len(named) > MOST_NAMES + 1:
            more = self("list.more", count=len(named) - MOST_NAMES)
            named = [*named[:MOST_NAMES], more]
        *first, last = named
        return f"{', '.join(first)} {self.texts['list.and']} {last}" if first else last

    def date(self, day: date) -> str:
        """`day` as the language writes it in a document."""
        return f"{day:%d/%m/%Y}" if self.language == "vi" else f"{day.day} {day:%B %Y}"

    def get_value(self, key: int | str, args: Any, kwargs: Mapping[str, Any]) -> Any:
        """Hook of `string.Formatter`: `what` is known to every text."""
        return self.what if key == "what" and key not in kwargs else super().get_value(key, args, kwargs)

    def format_field(self, value: Any, format_spec: str) -> str:
        """Hook of `string.Formatter`: the conversions listed in this module's docstring."""
        kind, _, forms = format_spec.partition(":")
        if kind == "plural":
            return forms.split("|")[value not in (1, -1)]
        if kind == "what":
            return self.what.removesuffix("s") if self.language == "en" and value in (1, -1) else self.what
        if kind == "list":
            return self.names(value)
        if kind == "texts":
            return "; ".join(map(self.told, value))
        if hasattr(value, "key"):
            return self(value.key, **value.values)  # its place has been told already
        if hasattr(value, "told"):
            return self.told(value)
        if found := FIGURE.fullmatch(kind):
            form, digits = found.groups()
            decimals = _decimals(value * 100 if form == "p" else value) if digits == "*" else int(digits or 0)
            return {"n": self.number, "+n": self.signed, "p": self.percent}[form](value, decimals)
        if isinstance(value, float) and not kind:  # one that a message quotes
            return self.typed(f"{value:.9f}".rstrip("0").rstrip("."))
        return str(super().format_field(value, format_spec))


def _decimals(value: float) -> int:
    """Decimals that a number has, at most four."""
    return len(f"{value:.4f}".rstrip("0").partition(".")[2])
