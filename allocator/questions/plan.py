"""Several years planned together, with a price on the change from year to year."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from allocator.finding import Column, Finding, Listing, Row, Section, Take, Text, say
from allocator.finding.columns import columns
from allocator.finding.settings import Setting
from allocator.questions import Argument, Case, question

if TYPE_CHECKING:
    from allocator.year.plan import Year, YearsPlan

PRICE = Argument("price", "number", 0.05, low=0, high=1e6)


@question(PRICE, of="cases", place=8, settings=("year", "target"), least=2)
def ask_plan(cases: Sequence[Case], price: float = PRICE.default) -> Finding:
    """Quotas of every year of a plan, beside those the year would give alone; InputError as `year.plan`."""
    from allocator.year.plan import plan_years as planned

    made = planned([(each.name, each.table, each.scenario) for each in cases], price)
    changed = say("plan.changed", members=made.changed, price=Setting(value=made.price), lot=made.lot)
    targets = [say("plan.year_target", name=_called(each, cases), target=each.target) for each in made.years]
    years = say("plan.years", years=targets)
    section = Section("plan", say("year.plan"), (changed, *made.notes), (_years(made, cases),))
    return Finding(_records(made), (section,), ((years, changed), tuple(made.notes)), ("run",))


def _records(made: YearsPlan) -> dict[str, Any]:
    from allocator.proof.result import plain

    years = [
        {
            "name": year.name,
            "year": year.year,
            "target": year.target,
            "units": [
                {"unit": unit, "quota": quota, "alone": alone}
                for unit, quota, alone in zip(made.units, year.quotas, year.alone, strict=True)
            ],
        }
        for year in made.years
    ]
    moves = [
        {"from": one.name, "to": two.name, "unit": unit, "change": change}
        for (one, two), row in zip(pairwise(made.years), made.changes, strict=True)
        for unit, change in zip(made.units, row, strict=True)
    ]
    notes = [plain(note) for note in made.notes]
    given = {"lot": made.lot, "price": made.price, "changed": made.changed}
    return {**given, "years": years, "moves": moves, "notes": notes}


def _years(made: YearsPlan, cases: Sequence[Case]) -> Listing:
    """The quotas of every year, which its scenario can be locked to."""
    from allocator.why.appeal import holding

    names, takes = [each.name for each in cases], dict[int | str, Take]()
    heads, sides = list(columns("unit")), []
    for number, year in enumerate(made.years, start=1):
        label, at = _called(year, cases), names.index(year.name)
        heads += [Column(f"{key}_{number}", title=say(f"column.{key}"), group=label) for key in ("quota", "alone")]
        sides += [year.quotas, year.alone]
        quotas = dict(zip(made.units, year.quotas, strict=True))
        asked = {"lot": made.lot, "target": year.target, "year": year.year}
        if locks := holding(cases[at].table, cases[at].scenario, quotas, say("plan.lock_reason"), **asked):
            takes[f"quota_{number}"] = Take(locks, say("plan.lock", name=label), at)
    rows: tuple[Row, ...] = tuple(zip(made.units, *sides, strict=True))
    return Listing("plan", say("year.plan"), tuple(heads), rows, (say("run.total"), *map(sum, sides)), takes=takes)


def _called(year: Year, cases: Sequence[Case]) -> Text:
    """What a year is called: by its scenario's title, else its name, and the year where that is not in it."""
    title = next(each.scenario.title for each in cases if each.name == year.name)
    titles = [each for each in (title.vi, title.en) if each]
    short, when = year.name.rpartition("/")[2], str(year.year or "")
    called: Text = title if titles else short
    return called if all(when in each for each in titles or [short]) else say("plan.year", name=called, year=when)
