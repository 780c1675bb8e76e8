"""Mid-year: whether the target will be reached, where every unit stands, and which quotas change, with the reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allocator.finding import Column, Drawing, Finding, Listing, Section, Take, Text, say
from allocator.finding.chance import chance
from allocator.finding.columns import columns, listed, summed, titled
from allocator.questions import Argument, Case, question

if TYPE_CHECKING:
    from allocator.year.review import QuotaReview

COLUMNS = ("unit", "date", "status", "recruited", "lost", "quota", "achieved", "pace", "forecast", "low", "high",
           "new_quota", "change")  # fmt: skip
SETTINGS = ("review.reserve", "review.release")
REASONS = ("GIVES", "GIVES_SOME", "TAKES", "KEEPS", "AT_LEAST", "WAITS", "AT_MOST", "LOCKED", "ON_COURSE", "NO_REPORT")
"""Why quotas change or stay, in the order in which it is told."""


@question(Argument("progress", "file", required=True), place=6, settings=SETTINGS)
def ask_review(case: Case, progress: Path, later: Sequence[Case] = ()) -> Finding:
    """The quotas reviewed by the reports in the file `progress`; InputError for what is wrong in it.

    Where the file is that of a plan, it may hold reports of the `later` years, too.
    """
    from allocator.data.records import read_years
    from allocator.questions.plan import calendar_years
    from allocator.year.review import review as reviewed

    reports = read_years(progress, case.table, calendar_years([case, *later]), case.scenario.quota_basis)[0]
    made = reviewed(case.table, case.scenario, reports)
    title, records = say("review.title", year=made.year), _records(made)
    course, moves = tuple(_course(made)), tuple(_moves(made))
    doubts: tuple[Text, ...] = (*made.notes, *reports.notes)
    takes = _takes(case, made) if made.moved else {}
    listings = replace(_units(made, records, title), takes=takes), _reasons(records["reasons"])
    section = Section("review", title, (*course, *moves, *doubts), listings, tuple(_forecasts(records["units"])))
    far = max(zip(made.changes, made.current.table.units, strict=True), key=lambda each: abs(each[0]))[1]
    return Finding(records, (section,), (course, moves, doubts[-1:]), ("explain", "--unit", far))


def _course(made: QuotaReview) -> Iterator[Text]:
    """Where all units together are bound."""
    whole, target = made.province, sum(made.quotas) + made.reserve
    if whole.probability is None:
        yield say("review.unknown")
    else:
        figures = {key: value for key, value in asdict(whole).items() if key != "probability"}
        yield say("review.short" if whole.shortfall else "review.enough", target=target, **figures)
        yield say("review.chance", target=target, chance=chance(whole.probability))


def _moves(made: QuotaReview) -> Iterator[Text]:
    """What moves, and what has nowhere to go."""
    givers, takers = (sum(sign * each > 0 for each in made.changes) for sign in (-1, 1))
    given = sum(made.changes)
    key = ("review.both" if given else "review.moved") if givers else "review.given" if given else "review.nothing"
    yield say(key, members=made.moved - given, given=given, givers=givers, takers=takers)
    if made.unplaced:
        yield say("review.unplaced", members=made.unplaced)
    if made.reserve:
        yield say("review.reserve", members=made.reserve)


def _takes(case: Case, made: QuotaReview) -> dict[int | str, Take]:
    """The new quotas and the reserve that is left, where the scenario can be locked to them."""
    from allocator.why.appeal import holding

    quotas = dict(zip(made.current.table.units, made.quotas, strict=True))
    left = {**case.scenario.review.model_dump(), "reserve": made.reserve, "release": 0}
    locks = holding(case.table, case.scenario, quotas, say("review.lock_reason"), review=left)
    return {"": Take(locks, say("review.lock"))} if locks else {}


def _forecasts(units: Sequence[Mapping[str, Any]]) -> Iterator[Drawing]:
    """What each unit that is known to be on some course may reach, beside its new quota."""
    told = [each for each in units if each["forecast"] is not None and each["low"] is not None]
    rows = [{**each, "p05": each["low"], "p50": each["forecast"], "p95": each["high"]} for each in told]
    if rows:
        yield Drawing("review", rows)


def _records(made: QuotaReview) -> dict[str, Any]:
    from allocator.proof.result import plain

    names, changes = made.current.table.units, list(zip(made.units, made.changes, strict=True))
    rows = zip(names, made.pace, made.current.quotas, made.quotas, changes, strict=True)
    grouped = {
        reason: {unit: moved for unit, (each, moved) in zip(names, changes, strict=True) if each.reason == reason}
        for reason in REASONS
    }
    return {
        "year": made.year,
        "target": sum(made.quotas) + made.reserve,
        "lot": made.lot,
        "province": asdict(made.province),
        "reserve": made.reserve,
        "moved": made.moved,
        "unplaced": made.unplaced,
        "units": [
            {
                "unit": unit,
                "recruited": at.report and at.report.recruited,
                "lost": at.report and at.report.lost,
                "date": at.report and at.report.date.isoformat(),
                **{"previous_quota": old, "quota": new, "change": change, "reason": each.reason},
                **{key: value for key, value in vars(at).items() if key != "report"},
                "at_risk": at.status == "AT_RISK",
            }
            for unit, at, old, new, (each, change) in rows
        ],
        "reasons": [
            {"reason": reason, "units": list(units), "change": sum(units.values())}
            for reason, units in grouped.items()
            if units
        ],
        "notes": [plain(note) for note in made.notes],
    }


def _units(made: QuotaReview, records: Mapping[str, Any], title: Text) -> Listing:
    """Where every unit stands, and its new quota; dashes where it has not reported."""
    shown = [{**each, "quota": each["previous_quota"], "new_quota": each["quota"]} for each in records["units"]]
    known = ("recruited", "lost", "pace", "forecast", "low", "high")
    whole = {**dict.fromkeys(known), **records["province"], **summed(shown, "quota", "achieved", "new_quota", "change")}
    for each, at in zip(shown, made.pace, strict=True):
        day, achieved = (at.report.date, at.achieved) if at.report else (None, None)
        each |= {"date": day, "achieved": achieved, "status": say(f"status.{at.status}")}
    return listed("review", title, columns(*COLUMNS), shown, {**whole, "pace": None})


def _reasons(reasons: Sequence[Mapping[str, Any]]) -> Listing:
    """Why quotas change or stay: units with the same reason in one line."""
    records = (
        {**each, "reasons": say(f"review.why.{each['reason']}"), "units": len(each["units"]),
         "who": say("review.units", units=each["units"])}
        for each in reasons
    )  # fmt: skip
    heads = (*columns("reasons"), *titled("review", Column("who", "text")), *columns("units", "change"))
    return listed("reasons", say("review.reasons"), heads, records)
