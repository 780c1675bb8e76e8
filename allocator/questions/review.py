"""Mid-year: where every unit stands, what it may reach, and which members move from whom to whom."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from allocator.finding import Finding, Listing, Row, Section, Text, say
from allocator.finding.columns import columns
from allocator.questions import Argument, Case, question

if TYPE_CHECKING:
    from allocator.errors import Fault
    from allocator.year.pace import UnitPace
    from allocator.year.review import Move, QuotaReview

SETTINGS = ("review.price", "review.reserve", "review.release")


@question(Argument("progress", "file", required=True), place=6, settings=SETTINGS)
def ask_review(case: Case, progress: Path) -> Finding:
    """The quotas reviewed by the reports in the file `progress`; InputError for what is wrong in it."""
    from allocator.data.records import read_progress
    from allocator.year.review import review as reviewed

    made = reviewed(case.table, case.scenario, read_progress(progress, case.table, case.scenario.year))
    moved: list[Text] = [say("review.moved" if made.moved else "review.nothing", members=made.moved)]
    if made.reserve:
        moved.append(say("review.reserve", members=made.reserve))
    title = say("review.title", year=made.progress.year)
    listings = (_units(made, title), *([_moves(made)] if made.moves else []))
    return Finding(_records(made), (Section("review", title, (*moved, *made.notes), listings),), tuple(moved))


def _records(made: QuotaReview) -> dict[str, Any]:
    from allocator.proof.result import plain

    rows = zip(made.current.table.units, made.pace, made.current.quotas, made.quotas, made.changes, strict=True)
    return {
        "year": made.progress.year,
        "target": sum(made.quotas) + made.reserve,
        "lot": made.lot,
        "reserve": made.reserve,
        "moved": made.moved,
        "units": [
            {
                "unit": unit,
                "recruited": pace.report and pace.report.recruited,
                "lost": pace.report and pace.report.lost,
                "date": pace.report and pace.report.date.isoformat(),
                "previous_quota": old,
                "quota": new,
                "change": change,
                "achieved": pace.achieved,
                "elapsed": pace.elapsed,
                "expected": pace.expected,
                "pace": pace.ratio,
                "forecast": pace.forecast,
                "low": pace.low,
                "high": pace.high,
                "growth_seen": pace.growth_seen,
                "status": pace.status,
            }
            for unit, pace, old, new, change in rows
        ],
        "moves": [
            {"from": m.giver, "to": m.taker, "members": m.members, "why_from": m.why_giver, "why_to": m.why_taker}
            for m in made.moves
        ],
        "notes": [plain(note) for note in made.notes],
    }


def _units(made: QuotaReview, title: Text) -> Listing:
    """Where every unit stands, and its new quota."""
    keys = ("unit", "date", "status", "recruited", "lost", "quota", "achieved", "pace", "forecast", "low", "high",
            "new_quota", "change")  # fmt: skip
    figures = zip(made.current.table.units, made.pace, made.current.quotas, made.quotas, made.changes, strict=True)
    rows: tuple[Row, ...] = tuple(
        (unit, *_report(at), old, at.achieved if at.report else None, at.ratio, at.forecast, at.low, at.high,
         new, change)
        for unit, at, old, new, change in figures
    )  # fmt: skip
    achieved = sum(each.achieved for each in made.pace)
    whole: Row = (say("run.total"), "", "", None, None, sum(made.current.quotas), achieved, *[None] * 4,
                  sum(made.quotas), sum(made.changes))  # fmt: skip
    return Listing("review", title, columns(*keys), rows, whole)


def _moves(made: QuotaReview) -> Listing:
    """Who gives how many members to whom, and why."""
    giving = say("review.from_reserve")
    rows: tuple[Row, ...] = tuple(
        (each.giver or giving, each.taker, say("review.reasons", reasons=reasons(made, each)), each.members)
        for each in made.moves
    )
    return Listing("moves", say("year.moves"), columns("giver", "taker", "reasons", "members"), rows)


def _report(at: UnitPace) -> Row:
    """Day of a unit's latest report, how it stands, recruits and losses; dashes where it has not reported."""
    found, status = at.report, say(f"status.{at.status}")
    return ("–", status, None, None) if found is None else (found.date, status, found.recruited, found.lost)


def reasons(made: QuotaReview, move: Move) -> tuple[Fault, Fault]:
    """Why the giver of a move gives, and why its taker takes."""
    pace = dict(zip(made.current.table.units, made.pace, strict=True))
    giver, taker = pace.get(move.giver or ""), pace[move.taker]
    return (
        say(f"review.gives.{move.why_giver}", high=giver.high if giver else None),
        say(f"review.takes.{move.why_taker}", low=taker.low, achieved=taker.achieved),
    )
