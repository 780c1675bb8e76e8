"""The one document model all formats are written from: the sections of findings, an annex and letters."""

from __future__ import annotations

from dataclasses import dataclass, field

from allocator.finding import Listing, Section, Text
from allocator.model.allocation import Allocation
from allocator.words import Words

MOST_SINGLE = 200
"""Units up to which something is made for each single one."""
MOST_CHARTED = 100
"""Above this many units a chart with a bar a unit is read by nobody."""


@dataclass(frozen=True)
class Letter:
    """What one unit is told: its quota in sentences, and its listings."""

    unit: str
    texts: tuple[Text, ...]
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
    title: Text
    subtitle: Text
    preamble: tuple[Text, ...]
    sections: tuple[Section, ...]
    annex: Listing
    annex_title: Text
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
