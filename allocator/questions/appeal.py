"""What would have to be true for another quota, and who would pay for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from allocator.data.table import MOST_PERSONS
from allocator.finding import Column, Finding, Listing, Section, Text, say
from allocator.finding.columns import columns, listed, titled
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
    found = made.to_json()
    title = say("appeal.title", unit=made.unit, quota=made.quota, asked=quota)
    if quota == made.quota:
        return Finding(found, lines=(title, say("appeal.already")))
    granted = say("appeal.granted", asked=quota, moved=found["moved"])
    sections = (
        Section("appeal", say("appeal.what", asked=quota), tuple(_figures(made))),
        Section("paid_by", granted, tuple(_cost(found)), (_payers(made), _lots(made))),
    )
    return Finding(found, sections, (title, granted))


def _figures(made: Appeal) -> Iterator[Text]:
    """One sentence for each figure that could make the request fair, or that none of its values would."""
    from allocator.why.appeal import FIGURES

    for name in FIGURES:
        span = getattr(made, name)
        if span is None:
            yield say(f"appeal.no_{name}")
        else:
            kind = "_unknown" if span.present is None else "_up" if span.high is None else ""
            yield say(f"appeal.{name}{kind}", **vars(span))


def _payers(made: Appeal) -> Listing:
    heads = (*columns("unit", "quota"), *titled("column.appeal", Column("granted")), *columns("change"))
    quotas = dict(zip(made.fair.table.units, made.fair.quotas, strict=True))
    rows = (
        {**each, "quota": quotas[each["unit"]], "granted": quotas[each["unit"]] + each["change"]}
        for each in made.absorbed_by
    )
    return listed("paid_by", say("appeal.paid_by"), heads, rows)


def _lots(made: Appeal) -> Listing:
    lot, effort = titled("column.appeal", Column("lot"), Column("effort", "number", 4))
    heads, more = (*columns("unit"), lot, *columns("change"), effort), len(made.moves) - MOST_LOTS_SHOWN
    notes = (say("appeal.more", more=more),) if more > 0 else ()
    return listed("lots", say("appeal.order"), heads, made.moves[:MOST_LOTS_SHOWN], notes=notes)


def _cost(found: Mapping[str, Any]) -> Iterator[Text]:
    """What granting the request does to the distance from the published table and to the spread of effort."""
    before, after = found["misplaced_before"], found["misplaced"]
    if before is not None and after is not None:
        yield say("appeal.misplaced", before=before, after=after)
    for name in ("ratio", "gini"):
        yield say(f"appeal.{name}", **found[f"effort_{name}"])
