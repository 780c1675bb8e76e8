"""What would have to be true for another quota, and who would pay for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allocator.data.numbers import MOST_PERSONS
from allocator.finding import Column, Finding, Listing, Row, Section, Text, say
from allocator.finding.columns import columns, titled
from allocator.questions import Argument, Case, question

if TYPE_CHECKING:
    from allocator.why.appeal import Appeal

MOST_LOTS_SHOWN = 12
UNIT = Argument("unit", "unit", required=True)
QUOTA = Argument("quota", "members", required=True, low=0, high=MOST_PERSONS)


@question(UNIT, QUOTA, place=9)
def ask_appeal(case: Case, unit: str, quota: int) -> Finding:
    """What would make `quota` the fair quota of `unit`, and what granting it costs; errors as `why.appeal`."""
    from allocator.why.appeal import appeal as appealed

    made = appealed(case.table, case.scenario, unit, quota)
    title = say("appeal.title", unit=made.unit, quota=made.quota, asked=made.asked)
    if made.asked == made.quota:
        return Finding(made.to_json(), lines=(title, say("appeal.already")))
    granted = say("appeal.granted", asked=made.asked, moved=abs(made.asked - made.quota))
    sections = (
        Section("appeal", say("appeal.what", asked=made.asked), tuple(figures(made))),
        Section("paid_by", granted, tuple(_cost(made)), (_payers(made), _lots(made))),
    )
    return Finding(made.to_json(), sections, (title, granted))


def figures(made: Appeal) -> list[Text]:
    """One sentence for each figure that could make the request fair, or that none of its values would."""
    lines: list[Text] = []
    for name in ("workforce", "growth", "attainment"):
        span = getattr(made, name)
        if span is not None:
            kind = "_unknown" if span.present is None else "_up" if span.high is None else ""
            lines.append(say(f"appeal.{name}{kind}", **vars(span)))
        else:
            lines.append(say(f"appeal.no_{name}"))
    return lines


def _payers(made: Appeal) -> Listing:
    units, fair, granted = made.fair.table.units, made.fair.quotas, made.granted.quotas
    heads = (*columns("unit", "quota"), *titled("column.appeal", Column("granted")), *columns("change"))
    rows: tuple[Row, ...] = tuple(
        (name, fair[units.index(name)], granted[units.index(name)], change) for name, change in made.absorbed_by
    )
    return Listing("paid_by", say("appeal.paid_by"), heads, rows)


def _lots(made: Appeal) -> Listing:
    lot, effort = titled("column.appeal", Column("lot"), Column("effort", "number", 4))
    rows: tuple[Row, ...] = tuple(
        (each.unit, each.lot, each.change, each.effort) for each in made.moves[:MOST_LOTS_SHOWN]
    )
    more = len(made.moves) - len(rows)
    notes = (say("appeal.more", more=more),) if more > 0 else ()
    return Listing("lots", say("appeal.order"), (*columns("unit"), lot, *columns("change"), effort), rows, notes=notes)


def _cost(made: Appeal) -> list[Text]:
    """What granting the request does to the distance from the published table and to the spread of effort."""
    before, after = made.measures
    lines: list[Text] = []
    if before.misplaced is not None and after.misplaced is not None:
        lines.append(say("appeal.misplaced", before=before.misplaced, after=after.misplaced))
    for name in ("ratio", "gini"):
        sides = (getattr(each, f"effort_{name}").proposed for each in (before, after))
        lines.append(say(f"appeal.{name}", **dict(zip(("before", "after"), sides, strict=True))))
    return lines
