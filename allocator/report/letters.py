"""One letter a unit: its quota, how it came about, how it stands beside the published figure."""

from __future__ import annotations

from allocator.analysis.explanation import Explanation
from allocator.analysis.steps import STEPS
from allocator.model.claims import MICRO
from allocator.report.document import Column, Letter, Listing
from allocator.report.sections import columns
from allocator.words import Words


def letters(explanation: Explanation, words: Words) -> tuple[Letter, ...]:
    """The letters to all units, in table order."""
    return tuple(_letter(explanation, words, index) for index in range(len(explanation.sentences)))


def _letter(explanation: Explanation, words: Words, index: int) -> Letter:
    made = explanation.allocation
    unit, quota, published = made.table.units[index], made.quotas[index], made.published[index]
    texts = [words("letter.quota", unit=unit, quota=quota), explanation.sentences[index]]
    keys, values = ["available", "quota", "effort"], [made.claims.available[index] / MICRO, quota, made.efforts[index]]
    if published is not None:
        keys += ["published", "difference"]
        values += [published, made.differences[index]]
    figures = Listing("figures", words("letter.figures"), columns(words, *keys), (tuple(values),))
    shown = (Column("step", words("letter.step"), "text"), Column("members", words("letter.members"), "number", 1))
    rows = tuple(
        (words(f"step.{name}"), tenths / 10) for name, tenths in zip(STEPS, explanation.steps.units[index], strict=True)
    )
    steps = Listing("steps", words("letter.steps"), shown, rows, (words("column.quota"), quota))
    return Letter(unit, tuple(texts), (figures, steps))
