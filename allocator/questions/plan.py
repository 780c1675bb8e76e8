"""The years of a term, one after the other, each from the workers and the history that the year before leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allocator.data.limits import Sent
from allocator.errors import AllocatorError, Fault, InfeasibleError, InputError, fault
from allocator.finding import Column, Drawing, Finding, Listing, Section, Text, say
from allocator.finding.columns import columns, listed, summed, titled
from allocator.questions import Argument, Case, question
from allocator.questions.explain import step_records
from allocator.questions.run import MOST_LEAVES, MOST_NAMED, furthest, marginal, notes_told

if TYPE_CHECKING:
    from allocator.data.findings import Oddity
    from allocator.data.records import Progress
    from allocator.data.table import Table
    from allocator.year.plan import PlannedYear
    from allocator.year.term import YearCourse

YEAR = ("workforce", "recruited", "available", "quota", "actual", "effort", "position")


@question(Argument("progress", "file"), of="cases", place=8, settings=("year", "target"), least=2)
def ask_plan(cases: Sequence[Case], progress: Path | Sent | None = None) -> Finding:
    """Every year of a plan in the order given, going on from what `progress` reports; errors as `plan_years`."""
    from allocator.files import year_after
    from allocator.year.plan import plan_years
    from allocator.year.term import YearName

    named, names = _called(cases), [each.name for each in cases]
    if len({*names}) < len(names):  # errors say which of them
        names = [YearName(name).as_called(called) for name, called in zip(names, named, strict=True)]
    reading: list[Oddity] = []

    def after(number: int, course: YearCourse, table: Table) -> Table:
        return year_after(YearName(cases[number].name).as_called(named[number]), course, table)

    def told(first: YearCourse) -> Sequence[Progress]:
        from allocator.data.records import read_years

        if progress is None:
            return ()
        reports = read_years(progress, first.made.table, calendar_years(cases), cases[0].scenario.quota_basis)
        reading[:] = reports[0].notes
        return reports

    def planned(settings: Mapping[str, Any]) -> list[PlannedYear]:
        given = [each.scenario.changed(settings) if settings else each.scenario for each in cases]
        return plan_years([*zip(names, (each.table for each in cases), given, strict=True)], after, told)

    def holds(settings: Mapping[str, Any]) -> bool:
        with suppress(AllocatorError):
            return bool(planned(settings))
        return False

    try:
        years = planned({})
    except InfeasibleError as error:
        error.plans = holds
        raise
    return _told(cases, years, reading)


def _told(cases: Sequence[Case], years: Sequence[PlannedYear], reading: Sequence[Oddity]) -> Finding:
    """What is told of the years planned, and of how a progress report was read."""
    named, heads = _called(cases), _called(cases, "plan.head")
    notes: list[Fault | Oddity] = [*_notes(years, named, cases), *reading]
    records = [_record(*each) for each in zip(years, cases, strict=True)]
    lines = (_targets(years, named), tuple(_term(years)), tuple(notes[:2]))
    title = say("year.plan")
    listings = (_whole(years, records, heads, title), *map(_year, years, records, heads))
    section = Section("plan", title, (*lines[0], *lines[1], *notes), listings, (_quotas(records, named),))
    every = [*notes, *(note for year in years for note in _begun(year))]
    document = {"years": records, "notes": [_plain(each) for each in every]}
    following = ("explain", "--unit", furthest(years[-1].course.made))
    return Finding(document, (section,), lines, following, cases=tuple(map(_case, years, cases)))


def _case(year: PlannedYear, case: Case) -> Case:
    """A year as it stands in the plan: from what the one before leaves, with what is carried over."""
    made = year.course.made
    return Case(case.name, year.course.table, made.ground.scenario, "waterfill", made=made, called=case.called)


def calendar_years(cases: Sequence[Case]) -> list[int]:
    """The calendar years of a plan, as far as one of its scenarios says its own; InputError where two have the same."""
    told = [(each.scenario.year, at) for at, each in enumerate(cases)]
    first = next((year - at for year, at in told if year), None)
    if first is None:
        return []
    years = [year or first + at for year, at in told]
    if twice := [year for at, year in enumerate(years) if year in years[:at]]:
        raise InputError(fault("plan.year_twice", "--progress", year=str(twice[0])))
    return years


def _called(cases: Sequence[Case], key: str = "plan.in_year") -> list[Text]:
    """What the years are called: by their calendar years where each has its own, else by their scenarios.

    These by their titles, unless one has none or two have the same; by their number where one is there twice.
    """
    from allocator.finding.sides import short

    years = [each.scenario.year for each in cases]
    if None not in years and len({*years}) == len(years):
        return [say(key, year=str(each)) for each in years]
    titles = [(each.scenario.title.vi, each.scenario.title.en) for each in cases]
    told = len({*titles}) == len(titles) and all(map(any, titles))
    if len({each.name for each in cases}) < len(cases):
        return [say("plan.nth", number=at, name=short(each.name)) for at, each in enumerate(cases, 1)]
    return [each.called or (each.scenario.title if told else short(each.name)) for each in cases]


def _plain(note: Fault | Oddity) -> dict[str, Any]:
    from allocator.proof.result import plain, read_note

    return plain(note) if isinstance(note, Fault) else read_note(note)


def _record(year: PlannedYear, case: Case) -> dict[str, Any]:
    """A year as the contract has it, with its certificate's ends and each unit's steps."""
    from allocator.proof.result import ENDS, unit_rows
    from allocator.why.explanation import steps

    made, reports = year.course.made, year.course.reports
    columns = ("unit", "parent", "level", "workforce", "available", "quota", "effort", "position")
    rows = zip(unit_rows(made), made.table.optional("recruited"), steps(made), strict=True)
    return {
        "name": case.name,
        "year": case.scenario.year,
        "target": made.scenario.target,
        "carried": year.carried,
        **dict(zip(ENDS, made.ends, strict=True)),
        "remaining": {"before": year.before, "after": year.after},
        "units": [
            {**{key: row[key] for key in columns if key in row}, "recruited": recruited,
             "actual": reports[row["unit"]].recruited if row["unit"] in reports else None, "steps": step_records(each)}
            for row, recruited, each in rows
        ],
    }  # fmt: skip


def _targets(years: Sequence[PlannedYear], named: Sequence[Text]) -> tuple[Text, ...]:
    """Every year's target, what of it was carried over, and all together."""
    pairs = zip(years, named, strict=True)
    said = [say("plan.carried" if year.carried else "plan.year_target", name=name, carried=year.carried,
                target=sum(year.course.made.quotas)) for year, name in pairs]  # fmt: skip
    return (say("plan.years", years=said, total=sum(sum(each.course.made.quotas) for each in years)),)


def _term(years: Sequence[PlannedYear]) -> Iterator[Text]:
    """What becomes of the term's target, and of the stock of workers: whose is used up most."""
    from allocator.model.claims import MICRO

    if years[0].before is not None:
        yield say("plan.remaining", before=years[0].before, after=years[-1].after)
    first, left = years[0].course, years[-1].course.stock
    had = dict(zip(first.made.table.units, (each // MICRO for each in first.made.claims.available), strict=True))
    if known := [unit for unit in left if had[unit]]:
        unit = min(known, key=lambda each: left[each] / had[each])
        yield say(
            "plan.stock",
            stock=sum(max(0, each) for each in left.values()),
            unit=unit,
            left=max(0, left[unit]),
            had=had[unit],
        )


def _notes(years: Sequence[PlannedYear], named: Sequence[Text], cases: Sequence[Case]) -> Iterator[Fault | Oddity]:
    """What a reader should know of how one year became the next."""
    numbers = [each.scenario.year for each in cases if each.scenario.year]
    if numbers != sorted(numbers):
        yield say("plan.order", years=[str(each) for each in numbers])
    for year, name, case in zip(years, named, cases, strict=True):
        first = min((each.date for each in year.course.reports.values()), default=None)
        if first and (first.month, first.day) < (12, 31):
            yield say("plan.as_of", name=name, date=f"{first:%d/%m/%Y}")
        if silent := year.unreported:
            many = "_many" * (len(silent) > MOST_NAMED)
            yield say(f"plan.unreported{many}", name=name, units=list(silent), count=len(silent))
        if odd := [*_corrected(case.table.own, year.course.table.own)]:
            yield say("plan.corrected", name=name, units=odd)


def _begun(year: PlannedYear) -> Iterator[Oddity]:
    """How the table of a year came about; nothing is compared with what was published."""
    notes = year.course.table.notes
    yield from (each for each in notes if each.code.startswith("term.") and each.code != "term.published")


def _corrected(table: Table, used: Table) -> Iterator[str]:
    """Units of which a scenario's table says otherwise than the one that its year rests on."""
    rows, mine = (zip(*(each.optional(name) for name in used.columns), strict=True) for each in (used, table))
    if table.units == used.units:  # else the year rests on another's rows, which are told apart by name
        yield from (unit for unit, one, two in zip(table.units, rows, mine, strict=True) if one != two)


def _whole(
    years: Sequence[PlannedYear], records: Sequence[Mapping[str, Any]], named: Sequence[Text], title: Text
) -> Listing:
    """The term: every year's quota of each unit, all together, and what is left of its workers."""
    stock, tree = years[-1].course.stock, years[0].course.made.whole is not None
    keys = [f"quota_{number}" for number in range(1, len(years) + 1)]
    given, rows = _given(records), []
    for row in records[0]["units"]:
        quotas = dict(zip(keys, (each[row["unit"]] for each in given), strict=True))
        left = max(0, stock[row["unit"]]) if years[-1].course.table.measured else None
        rows.append({**row, **quotas, "term": sum(quotas.values()), "left": left})
    heads = [Column(key, title=name) for key, name in zip(keys, named, strict=True)]
    more = titled("plan", Column("term", bar=True), *[Column("left")] * years[-1].course.table.measured)
    heads = [*columns("unit", *["parent"] * tree), *heads, *more]
    whole = summed(rows, *keys, "term", "left")
    return listed("plan", title, heads, rows, whole, most=MOST_LEAVES if tree else None, main=True)


def _year(year: PlannedYear, record: Mapping[str, Any], name: Text) -> Listing:
    """One year: from which workers and history, which quota, by which steps; its certificate under it."""
    made = year.course.made
    rows = [{**each, **{f"step_{step['name']}": step["members"] for step in each["steps"]}} for each in record["units"]]
    names = [step["name"] for step in record["units"][0]["steps"] if any(row[f"step_{step['name']}"] for row in rows)]
    steps = [
        Column(f"step_{each}", "signed" if at else "number", 1, say(f"step.{each}"), say("sheet.steps"), rank=8)
        for at, each in enumerate(names)
    ]
    known = [each for each in YEAR if any(row[each] is not None for row in rows)]
    heads = [*columns("unit", *known), *steps]
    sums = summed(rows, *(key for key in known if key not in ("effort", "position")), *(each.key for each in steps))
    notes = (tuple(marginal(made)), *_begun(year), *notes_told(made))
    key = f"plan_{record['year'] or record['name']}"
    return listed(key, name, heads, rows, sums, notes=notes, most=MOST_LEAVES if made.whole else None)


def _given(records: Sequence[Mapping[str, Any]]) -> list[dict[str, int]]:
    """Every year's quotas by unit: not all years' tables have the same order."""
    return [{each["unit"]: each["quota"] for each in record["units"]} for record in records]


def _quotas(records: Sequence[Mapping[str, Any]], named: Sequence[Text]) -> Drawing:
    """Every unit's quotas, year by year."""
    given = _given(records)
    rows = [{"unit": unit, "quotas": [each[unit] for each in given]} for unit in given[0]]
    return Drawing("plan", rows, {"years": say("plan.names", years=list(named))})
