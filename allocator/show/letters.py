"""One letter a unit: its quota, how it came about, how it stands beside the published figure."""

from __future__ import annotations

from collections.abc import Sequence

from allocator.errors import Fault
from allocator.finding import Column, Listing, Text, Value, say
from allocator.finding.columns import columns
from allocator.model.allocation import Allocation
from allocator.model.claims import MICRO
from allocator.show.document import Letter
from allocator.why.explanation import STEPS, sentences, steps


def letters(made: Allocation) -> tuple[Letter, ...]:
    """The letters to all units, in table order."""
    rows = steps(made)
    return tuple(_letter(made, *each) for each in enumerate(zip(rows, sentences(made, rows), strict=True)))


def _letter(made: Allocation, index: int, told: tuple[Sequence[int], tuple[Fault, ...]]) -> Letter:
    tenths, sentence = told
    unit, quota, published = made.table.units[index], made.quotas[index], made.published[index]
    texts: list[Text] = [say("letter.quota", unit=unit, quota=quota), sentence]
    keys = ["available", "quota", "effort"]
    values: list[Value] = [made.claims.available[index] / MICRO, quota, made.efforts[index]]
    if published is not None:
        keys += ["published", "difference"]
        values += [published, made.differences[index]]
    figures = Listing("figures", say("letter.figures"), columns(*keys), (tuple(values),))
    shown = (Column("step", "text", title=say("letter.step")), Column("members", "number", 1, say("letter.members")))
    rows = tuple((say(f"step.{name}"), each / 10) for name, each in zip(STEPS, tenths, strict=True))
    stepwise = Listing("steps", say("letter.steps"), shown, rows, (say("column.quota"), quota))
    return Letter(unit, tuple(texts), (figures, stepwise))
