"""One letter a unit: its quota, how it came about, how it stands beside the published figure."""

from __future__ import annotations

from allocator.model.allocation import Allocation
from allocator.model.claims import MICRO
from allocator.report.document import Letter, Listing
from allocator.report.sections import columns
from allocator.words import Words


def letters(made: Allocation, words: Words) -> tuple[Letter, ...]:
    """The letters to all units, in table order."""
    return tuple(_letter(made, words, index) for index in range(len(made.table)))


def _letter(made: Allocation, words: Words, index: int) -> Letter:
    unit, quota, published = made.table.units[index], made.quotas[index], made.published[index]
    available = made.claims.available[index] / MICRO
    texts = [words("letter.quota", unit=unit, quota=quota)]
    keys = ["quota", "available", "effort"]
    values = [quota, available, made.efforts[index]]
    if published is not None:
        texts.append(words("letter.published", published=published, difference=made.differences[index]))
        keys += ["published", "difference"]
        values += [published, made.differences[index]]
    figures = Listing("figures", words("letter.figures"), columns(words, *keys), (tuple(values),))
    return Letter(unit, tuple(texts), (figures,))
