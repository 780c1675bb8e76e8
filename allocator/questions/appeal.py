"""What would have to be true for another quota, and who would pay for it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from allocator.data.table import MOST_PERSONS, Number
from allocator.errors import Fault
from allocator.finding import Column, Finding, Listing, Section, Take, Text, say
from allocator.finding.columns import columns, listed, titled
from allocator.questions import Argument, Case, question
from allocator.words import Words

if TYPE_CHECKING:
    from allocator.why.appeal import Appeal
    from allocator.why.axis import Range

MOST_LOTS_SHOWN = 12
PRESENT_DIGITS = 4
UNIT = Argument("unit", "unit", required=True)
QUOTA = Argument("quota", "members", required=True, low=0, high=MOST_PERSONS)


@question(UNIT, QUOTA, place=9)
def ask_appeal(case: Case, unit: str, quota: int) -> Finding:
    """What would make `quota` the fair quota of `unit`, and what granting it costs; errors as `why.appeal`."""
    from allocator.why.appeal import appeal as appealed
    from allocator.why.appeal import locking

    made = appealed(case.table, case.scenario, unit, quota)
    found = made.to_json()
    title = say("appeal.title", unit=made.unit, quota=made.quota, asked=quota)
    if quota == made.quota:
        return Finding(found, lines=(title, say("appeal.already")), following=("explain", "--unit", made.unit))
    granted = say("appeal.granted", asked=quota, moved=found["moved"])
    lock = locking(case.table, case.scenario, {made.unit: quota}, say("appeal.lock_reason", asked=quota))
    paid_by = replace(_payers(made), takes={"": Take(lock, say("appeal.lock", unit=made.unit, asked=quota))})
    lots = [lot_by_lot("lots", say("appeal.order"), made.moves)] if made.moves else []
    sections = (
        Section("appeal", say("appeal.what", asked=quota), tuple(_figures(made))),
        Section("paid_by", granted, tuple(_cost(found)), (paid_by, *lots)),
    )
    return Finding(found, sections, (title, granted), _following(case, made.unit, quota))


def _following(case: Case, unit: str, quota: int) -> tuple[str, ...]:
    """The call that grants the quota; where other locks would give way to it the one that explains the fair one."""
    if case.scenario.locks or case.scenario.levels:
        return ("explain", "--unit", unit)
    return ("run", "--set", f"locks=[{{unit: {json.dumps(unit, ensure_ascii=False)}, quota: {quota}}}]")


def _figures(made: Appeal) -> Iterator[Text]:
    """One sentence for each figure that could make the request fair, or that none of its values would, and why."""
    for name, answer in made.figures.items():
        if answer.value is None:
            yield say(f"appeal.no_{name}", why=_why(answer.obstacle))
            continue
        digits = max(each.digits for each in answer.ranges)
        figures = {"value": FigureText(answer.value, digits), "counted": FigureText(answer.counted, digits)}
        figures["present"] = FigureText(answer.present, min(digits, PRESENT_DIGITS))
        one = len(answer.ranges) == 1 and answer.ranges[0].low == answer.ranges[0].high
        which = say("appeal.only") if one else say("appeal.any", ranges=[range_text(each) for each in answer.ranges])
        unknown = "_unknown" * (answer.present is None)
        yield say(f"appeal.{name}{unknown}", which=which, **figures)


def range_text(part: Range) -> Text | FigureText:
    """A range of a figure's values."""
    low, high = FigureText(part.low, part.digits), FigureText(part.high, part.digits)
    if part.high is None:
        return say("appeal.from_up", low=low)
    return low if part.low == part.high else say("appeal.from_to", low=low, high=high)


def _why(obstacle: Fault | None) -> Text:
    """What stands in the way, where that is known."""
    if obstacle is None:
        return ""
    key, values = obstacle.key, dict(obstacle.values)
    if who := ": ".join(filter(None, (values.get("by"), values.get("reason")))):
        key, values = "appeal.locked_who", {**values, "who": who}
    for name in ("ceiling", "floor", "share"):
        if name in values:
            values[name] = FigureText(values[name], max(2, -int(Decimal(repr(values[name])).as_tuple().exponent)))
    if key == "appeal.jump":
        values |= {side: FigureText(values[side], values["digits"]) for side in ("below", "above")}
    return say("appeal.because", reason=say(key, **values))


@dataclass(frozen=True)
class FigureText:
    """A figure as it is written: a count, or a share with so many digits, two of them before the percentage's mark."""

    value: Number | None
    digits: int

    def told(self, words: Words) -> str:
        """In the language of `words`."""
        return words.percent(self.value, self.digits - 2) if self.digits else words.number(self.value)


def _payers(made: Appeal) -> Listing:
    heads = (*columns("unit", "quota"), *titled("column.appeal", Column("granted")), *columns("change"))
    quotas = made.fair.by_unit
    rows = (
        {**each, "quota": quotas[each["unit"]], "granted": quotas[each["unit"]] + each["change"]}
        for each in made.absorbed_by
    )
    return listed("paid_by", say("appeal.paid_by"), heads, rows)


def lot_by_lot(key: str, title: Text, moves: Sequence[Mapping[str, Any]]) -> Listing:
    """Lots that go from unit to unit, the first of them shown."""
    lot, effort = titled("column.appeal", Column("lot"), Column("effort", "number", 4))
    heads, more = (*columns("unit"), lot, *columns("change"), effort), len(moves) - MOST_LOTS_SHOWN
    notes = (say("appeal.more", more=more),) if more > 0 else ()
    return listed(key, title, heads, moves[:MOST_LOTS_SHOWN], notes=notes)


def _cost(found: Mapping[str, Any]) -> Iterator[Text]:
    """What granting the request does to the distance from the published table and to the spread of effort."""
    before, after = found["misplaced_before"], found["misplaced"]
    if before is not None and after is not None:
        yield say("appeal.misplaced", before=before, after=after)
    for name in ("ratio", "gini"):
        if None not in found[f"effort_{name}"].values():
            yield say(f"appeal.{name}", **found[f"effort_{name}"])
