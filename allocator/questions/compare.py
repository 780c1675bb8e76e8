"""Scenarios side by side, and against the published table; the compromise whose worst regret over them is least."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from allocator.data.unit_names import same_names
from allocator.errors import Fault
from allocator.finding import Column, Drawing, Finding, Listing, Row, Section, Take, Text, say
from allocator.finding.columns import COLUMNS, columns, listed, summed, titled
from allocator.finding.measures import caveats
from allocator.finding.sides import (
    Differing,
    all_held,
    apart,
    given_otherwise,
    settings_beside,
    settings_differing,
    short,
    total_change,
)
from allocator.questions import Argument, Case, question

if TYPE_CHECKING:
    from allocator.why.comparison import Comparison
    from allocator.why.shifts import Shifts

REFERENCE = Argument("reference", "choice", "first", choices=("first", "published"))


@question(Argument("compromise", "flag", False), REFERENCE, of="cases", place=10)
def ask_compare(cases: Sequence[Case], compromise: bool = False, reference: str = "first") -> Finding:
    """Quotas of every scenario beside each other and beside the published ones, the measures of each below.

    Members moved and changes are those against the first scenario or, with `reference`, the published quotas; settings
    that differ are those against the first scenario.
    """
    from allocator.why.shifts import Shifts

    names = [same_names(each.table.units, cases[0].table.units) for each in cases]
    held = [all_held(each, known) for each, known in zip(cases, names, strict=True)]
    changed = [settings_differing(held[0], each) for each in held]
    sides = _sides(cases, names)
    shifts = [Shifts(sides[1], each) for each in sides[1:]]
    records = _records(cases, names, changed, shifts)
    published = reference == "published"
    beside = _beside(cases, published)
    moves, changes = _moves(cases, records, shifts, beside if published else ())
    doubts = tuple(_caveats(cases, beside))
    titles = [short(each.name) for each in cases]
    listings = (_side_by_side(titles, sides, published), _measures(records))
    texts = (*moves, *changes, *doubts, *(text for each in cases[1:] for text in apart(cases[0], each)))
    sections = [
        Section("compare", say("question.compare"), texts, listings, _charts(titles, sides, published)),
        *settings_beside(held, titles, [each for some in changed for each in some]),
    ]
    if compromise:
        from allocator.growth.compromise import compromise as between

        records["compromise"] = between({each.name: (each.table, each.scenario) for each in cases}).to_json()
        sections.append(_compromise(records["compromise"], cases[0]))
    following = ("explain",) if cases[0].begun else ("run", "--against", cases[0].name)
    return Finding(records, tuple(sections), (tuple(moves), tuple(changes[:2]), doubts), following)


def _records(
    cases: Sequence[Case],
    names: Sequence[Mapping[str, str]],
    changed: Sequence[Sequence[Differing]],
    shifts: Sequence[Shifts],
) -> dict[str, Any]:
    """The JSON: `moved`, `settings` and `change` of every scenario are against the first."""
    from allocator.why.comparison import compare as compared

    first = cases[0].allocation
    scenarios = []
    for each, known, settings, shift in zip(cases, names, changed, shifts, strict=True):
        made = each.allocation
        units = [
            {"unit": unit, "quota": quota, "effort": effort, "change": shift.changes[known.get(unit, unit)]}
            for unit, quota, effort in zip(made.table.units, made.quotas, made.efforts, strict=True)
        ]
        scenarios.append({
            "name": each.name,
            "title": each.scenario.title.model_dump(),
            "units": units,
            "comparison": asdict(compared(made)),
            "moved": shift.moved,
            "settings": [change.to_json() for change in settings],
        })  # fmt: skip
    published = [{"unit": unit, "quota": quota} for unit, quota in zip(first.table.units, first.published, strict=True)]
    return {"scenarios": scenarios, "published": published}


def _beside(cases: Sequence[Case], published: bool) -> list[Comparison]:
    """Every scenario beside its own published quotas or, `published`, beside those of the first, by unit name."""
    from allocator.why.comparison import compare, measured

    if not published:
        return [compare(each.allocation) for each in cases]
    first = cases[0].allocation
    known = dict(zip(first.table.units, first.published, strict=True))
    return [measured(each.allocation, [*map(known.get, each.allocation.table.units)]) for each in cases]


def _caveats(cases: Sequence[Case], beside: Sequence[Comparison]) -> Iterator[Fault]:
    """What a comparison with published quotas leaves out or makes by shares; of which scenarios, where not of all."""
    told: dict[str, tuple[Fault, list[str]]] = {}
    for case, found in zip(cases, beside, strict=True):
        for text in caveats(found):
            told.setdefault(repr(text), (text, []))[1].append(short(case.name))
    for text, names in told.values():
        yield text if len(names) == len(cases) else say("compare.of", names=names, text=text)


def _moves(
    cases: Sequence[Case], records: Mapping[str, Any], shifts: Sequence[Shifts], beside: Sequence[Comparison]
) -> tuple[list[Fault], list[Fault]]:
    """What each scenario moves against the reference, how many settings differ from the first, who is given more.

    With `beside`, the scenarios beside the published quotas: what each moves against these.
    """
    found = records["scenarios"]
    if beside:
        known = [(each["name"], moved.misplaced) for each, moved in zip(found, beside, strict=True)]
        return [say("compare.moved", name=short(name), moved=moved, reference=say("compare.published"))
                for name, moved in known if moved is not None], []  # fmt: skip
    made = [
        [*_moves_of(case, cases[0], shift, len(each["settings"]), len(cases) > 2)]
        for each, shift, case in zip(found[1:], shifts[1:], cases[1:], strict=True)
    ]
    return [first for first, *_ in made], [text for _, *others in made for text in others]


def _moves_of(case: Case, first: Case, shift: Shifts, count: int, several: bool) -> Iterator[Fault]:
    """A scenario's sentences: the members it moves, how many more it shares out in all, who is given more, who less."""
    name, base = short(case.name), short(first.name)
    if shift.moved is None:
        yield say("compare.no_unit", name=name, reference=base)
        return
    yield say("compare.moved_settings", name=name, moved=shift.moved, reference=base, count=count)
    if gap := total_change(shift):
        targets = {"now": case.scenario.target, "before": first.scenario.target}
        yield say("compare.totals_differ", name=name, reference=base, gap=gap, **targets)
    yield from given_otherwise(shift, name if several else "")


def _side_by_side(names: Sequence[str], sides: Sequence[Mapping[str, Any]], against_published: bool) -> Listing:
    """Quotas of every unit in every scenario, the published ones first, and what changes against the reference."""
    published, base, *_ = sides
    several = len(names) > 2 - against_published
    known = None if None in published.values() else sum(published.values())
    shown: list[tuple[Column, Mapping[str, Any], Any]] = [(COLUMNS["published"], published, known)]
    reference = published if against_published else base
    units = dict.fromkeys(unit for side in sides for unit in side)
    for number, (name, quotas) in enumerate(zip(names, sides[1:], strict=True), 1):
        shown.append((Column(f"quota_{number}", title=name), quotas, sum(quotas.values())))
        if quotas is not reference:
            absent = None if against_published else 0
            pairs = {unit: (quotas.get(unit, 0), reference.get(unit, absent)) for unit in units}
            change = {unit: now - before for unit, (now, before) in pairs.items() if before is not None}
            title = say("compare.change_of", name=name) if several else COLUMNS["change"].header
            head = Column(f"change_{number}", "signed", title=title, rank=1)
            whole = sum(change.values()) if len(change) == len(units) else None
            shown.append((head, change, whole))
    heads, figures, totals = zip(*shown, strict=True)
    rows: tuple[Row, ...] = tuple((unit, *(values.get(unit) for values in figures)) for unit in units)
    against: Text = say("compare.published") if against_published else names[0]
    notes = (
        (say("compare.changes" if several else "compare.change", name=against),)
        if len(names) > 1 or against_published
        else ()
    )
    whole = (say("run.total"), *totals)
    return Listing("compare", say("question.compare"), (COLUMNS["unit"], *heads), rows, whole, notes)


def _sides(cases: Sequence[Case], names: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Quotas by unit: the published ones, then those of every scenario, units under the names of the first."""
    from allocator.why.shifts import quotas_by_unit

    first = cases[0].allocation
    quotas = [quotas_by_unit(each.allocation, known) for each, known in zip(cases, names, strict=True)]
    return [dict(zip(first.table.units, first.published, strict=True)), *quotas]


def _charts(titles: Sequence[str], sides: Sequence[Mapping[str, Any]], against_published: bool) -> tuple[Drawing, ...]:
    """The quotas side by side; nothing where there is but one side."""
    names: list[Any] = [*titles]
    if against_published:
        names = [say("compare.published"), *names]
    else:
        sides = sides[1:]
    units = dict.fromkeys(unit for side in sides for unit in side)
    rows = [{"unit": unit, "quotas": [side.get(unit) for side in sides]} for unit in units]
    return (Drawing("compared", rows, {"names": tuple(names)}),) if len(sides) > 1 else ()


def _measures(records: Mapping[str, Any]) -> Listing:
    """The measures of each scenario, a row each; those of the published table first, where it has any."""
    spread = ("effort_ratio", "effort_gini")
    found = records["scenarios"]
    first = found[0]["comparison"]
    published = {"scenario": say("column.published"), **{key: first[key]["published"] for key in spread}}
    rows = [
        {**each["comparison"], "scenario": short(each["name"]),
         **{key: each["comparison"][key]["proposed"] for key in spread}}
        for each in found
    ]  # fmt: skip
    heads = titled("measure", Column("misplaced"), Column("misplaced_share", "share", 1), Column("largest_gap"),
                   Column("rank_correlation", "number", 2), Column("effort_ratio", "number", 2),
                   Column("effort_gini", "number", 3))  # fmt: skip
    given = (published, *rows)
    notes = (say("compare.measured_how"),)
    return listed("measured", say("compare.measured"), (*columns("scenario"), *heads), given, notes=notes)


def _compromise(found: Mapping[str, Any], base: Case) -> Section:
    """The allocation whose worst regret is least, which `base` can be locked to, and its regret in each scenario."""
    from allocator.why.appeal import holding

    scenarios, title = found["scenarios"], say("compare.compromise_title")
    own = min(each["own_worst"] for each in scenarios)
    regrets = [{**each, "scenario": each["name"], "own_regret": each["own_worst"]} for each in scenarios]
    whole = summed(found["units"], "quota")
    quotas = {each["unit"]: each["quota"] for each in found["units"]}
    locks = holding(base.table, base.scenario, quotas, say("compare.lock_reason"))
    takes = {"": Take(locks, say("compare.lock", name=short(base.name)))} if locks else {}
    listings = (
        listed("compromise", title, columns("unit", "quota"), found["units"], whole, takes=takes),
        listed("regrets", say("compare.regrets"), columns("scenario", "regret", "own_regret"), regrets),
    )
    return Section("compromise", title, (say("compare.compromise", worst=found["worst_regret"], own=own),), listings)
