"""One letter a unit: its quota, how it came about, how it stands beside the published figure."""

from __future__ import annotations

from allocator.finding import Column, Listing, Text, Value, say
from allocator.finding.columns import columns
from allocator.model.claims import MICRO
from allocator.show.document import Letter
from allocator.why.explanation import STEPS, Explanation


def letters(explanation: Explanation) -> tuple[Letter, ...]:
    """The letters to all units, in table order."""
    return tuple(_letter(explanation, index) for index in range(len(explanation.sentences)))


def _letter(explanation: Explanation, index: int) -> Letter:
    made = explanation.allocation
    unit, quota, published = made.table.units[index], made.quotas[index], made.published[index]
    texts: list[Text] = [say("letter.quota", unit=unit, quota=quota), explanation.sentences[index]]
    keys = ["available", "quota", "effort"]
    values: list[Value] = [made.claims.available[index] / MICRO, quota, made.efforts[index]]
    if published is not None:
        keys += ["published", "difference"]
        values += [published, made.differences[index]]
    figures = Listing("figures", say("letter.figures"), columns(*keys), (tuple(values),))
    shown = (Column("step", "text", title=say("letter.step")), Column("members", "number", 1, say("letter.members")))
    rows = tuple(
        (say(f"step.{name}"), tenths / 10) for name, tenths in zip(STEPS, explanation.steps[index], strict=True)
    )
    steps = Listing("steps", say("letter.steps"), shown, rows, (say("column.quota"), quota))
    return Letter(unit, tuple(texts), (figures, steps))
