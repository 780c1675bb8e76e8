"""Mid-year: where every unit stands, what it may reach, and which members move from whom to whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allocator.finding import Drawing, Finding, Listing, Section, Take, Text, say
from allocator.finding.columns import columns, listed, summed
from allocator.questions import Argument, Case, question

if TYPE_CHECKING:
    from allocator.errors import Fault
    from allocator.year.review import Move, QuotaReview

COLUMNS = ("unit", "date", "status", "recruited", "lost", "quota", "achieved", "pace", "forecast", "low", "high",
           "new_quota", "change")  # fmt: skip
UNTOLD = dict.fromkeys(("recruited", "lost", "pace", "forecast", "low", "high"))
"""What no total is made of."""
SETTINGS = ("review.price", "review.reserve", "review.release")


@question(Argument("progress", "file", required=True), place=6, settings=SETTINGS)
def ask_review(case: Case, progress: Path) -> Finding:
    """The quotas reviewed by the reports in the file `progress`; InputError for what is wrong in it."""
    from allocator.data.records import read_progress
    from allocator.year.review import review as reviewed

    reports = read_progress(progress, case.table, case.scenario.year)
    made = reviewed(case.table, case.scenario, reports)
    moved: list[Text] = [say("review.moved" if made.moved else "review.nothing", members=made.moved)]
    if made.reserve:
        moved.append(say("review.reserve", members=made.reserve))
    title, records = say("review.title", year=made.year), _records(made)
    takes = _takes(case, made) if made.moved else {}
    units = replace(_units(made, records["units"], title), takes=takes)
    listings, told = (units, *([_moves(made)] if made.moves else [])), (*moved, *made.notes, *reports.notes)
    section = Section("review", title, told, listings, tuple(_forecasts(records["units"])))
    return Finding(records, (section,), tuple(moved))


def _takes(case: Case, made: QuotaReview) -> dict[int | str, Take]:
    """The new quotas and the reserve that is left, where the scenario can be locked to them."""
    from allocator.why.appeal import holding

    quotas = dict(zip(made.current.table.units, made.quotas, strict=True))
    left = {**case.scenario.review.model_dump(), "reserve": made.reserve, "release": 0}
    locks = holding(case.table, case.scenario, quotas, say("review.lock_reason"), review=left, lot=made.lot)
    return {"": Take(locks, say("review.lock"))} if locks else {}


def _forecasts(units: Sequence[Mapping[str, Any]]) -> Iterator[Drawing]:
    """What each unit that is known to be on some course may reach, beside its new quota."""
    told = [each for each in units if each["forecast"] is not None and each["low"] is not None]
    rows = [{**each, "p05": each["low"], "p50": each["forecast"], "p95": each["high"]} for each in told]
    if rows:
        yield Drawing("review", rows)


def _records(made: QuotaReview) -> dict[str, Any]:
    from allocator.proof.result import plain

    rows = zip(made.current.table.units, made.pace, made.current.quotas, made.quotas, made.changes, strict=True)
    return {
        "year": made.year,
        "target": sum(made.quotas) + made.reserve,
        "lot": made.lot,
        "reserve": made.reserve,
        "moved": made.moved,
        "units": [
            {
                "unit": unit,
                "recruited": at.report and at.report.recruited,
                "lost": at.report and at.report.lost,
                "date": at.report and at.report.date.isoformat(),
                **{"previous_quota": old, "quota": new, "change": change},
                **{key: value for key, value in vars(at).items() if key != "report"},
            }
            for unit, at, old, new, change in rows
        ],
        "moves": [
            {"from": m.giver, "to": m.taker, "members": m.members, "why_from": m.why_giver, "why_to": m.why_taker}
            for m in made.moves
        ],
        "notes": [plain(note) for note in made.notes],
    }


def _units(made: QuotaReview, figures: Sequence[Mapping[str, Any]], title: Text) -> Listing:
    """Where every unit stands, and its new quota; dashes where it has not reported."""
    shown = [{**each, "quota": each["previous_quota"], "new_quota": each["quota"]} for each in figures]
    whole = summed(shown, "quota", "achieved", "new_quota", "change")
    for each, at in zip(shown, made.pace, strict=True):
        day, achieved = (at.report.date, at.achieved) if at.report else ("–", None)
        each |= {"date": day, "achieved": achieved, "status": say(f"status.{at.status}")}
    return listed("review", title, columns(*COLUMNS), shown, {**UNTOLD, **whole})


def _moves(made: QuotaReview) -> Listing:
    """Who gives how many members to whom, and why."""
    giving = say("review.from_reserve")
    records = (
        {**vars(each), "giver": each.giver or giving, "reasons": say("review.reasons", reasons=_reasons(made, each))}
        for each in made.moves
    )
    return listed("moves", say("year.moves"), columns("giver", "taker", "reasons", "members"), records)


def _reasons(made: QuotaReview, move: Move) -> tuple[Fault, Fault]:
    """Why the giver of a move gives, and why its taker takes."""
    pace = dict(zip(made.current.table.units, made.pace, strict=True))
    giver, taker = pace.get(move.giver or ""), pace[move.taker]
    return (
        say(f"review.gives.{move.why_giver}", high=giver.high if giver else None),
        say(f"review.takes.{move.why_taker}", low=taker.low, achieved=taker.achieved),
    )
