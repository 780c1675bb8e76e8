"""Scenarios side by side, and against the published table; the compromise whose worst regret over them is least."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from allocator.errors import Fault
from allocator.finding import Column, Drawing, Finding, Listing, Row, Section, Take, Text, say
from allocator.finding.columns import COLUMNS, columns, listed, summed, titled
from allocator.finding.settings import Setting, SettingName
from allocator.questions import Argument, Case, question

MOST_LINES = 5
MOST_FIGURES = 100
"""Figures of the tables that differ up to which they are listed with the settings."""
Change = tuple[tuple[str, ...], Any, Any]
"""The keys of a setting, its value in the first scenario, and in another."""
REFERENCE = Argument("reference", "choice", "first", choices=("first", "published"))


@question(Argument("compromise", "flag", False), REFERENCE, of="cases", place=10)
def ask_compare(cases: Sequence[Case], compromise: bool = False, reference: str = "first") -> Finding:
    """Quotas of every scenario beside each other and beside the published ones, the measures of each below.

    Members moved and changes are those against the first scenario or, with `reference`, the published quotas; settings
    that differ are those against the first scenario.
    """
    changed = _differences(cases)
    records = _records(cases, changed)
    published = reference == "published"
    lines = tuple(_moves(cases, records, published))
    listings = (_side_by_side(records, published), _measures(records))
    texts = (*lines, *_apart(cases))
    sections = [
        *_settings(cases, changed),
        Section("compare", say("question.compare"), texts, listings, _charts(records, published)),
    ]
    if compromise:
        from allocator.growth.compromise import compromise as between

        records["compromise"] = between({each.name: (each.table, each.scenario) for each in cases}).to_json()
        sections.append(_compromise(records["compromise"], cases[0]))
    return Finding(records, tuple(sections), lines[:MOST_LINES])


def _records(cases: Sequence[Case], changed: Sequence[Sequence[Change]]) -> dict[str, Any]:
    """The JSON: `moved` and `settings` of every scenario are against the first."""
    from allocator.why.comparison import compare as compared

    first = cases[0].allocation
    scenarios = []
    for each, settings in zip(cases, changed, strict=True):
        made = each.allocation
        units = [
            {"unit": unit, "quota": quota, "effort": effort}
            for unit, quota, effort in zip(made.table.units, made.quotas, made.efforts, strict=True)
        ]
        against = dict(zip(first.table.units, first.quotas, strict=True))
        scenarios.append({
            "name": each.name,
            "title": each.scenario.title.model_dump(),
            "units": units,
            "comparison": asdict(compared(made)),
            "moved": _moved(units, against),
            "settings": [{"key": ".".join(keys), "from": now, "to": to} for keys, now, to in settings],
        })  # fmt: skip
    published = [{"unit": unit, "quota": quota} for unit, quota in zip(first.table.units, first.published, strict=True)]
    return {"scenarios": scenarios, "published": published}


def _moved(units: Sequence[Mapping[str, Any]], against: Mapping[str, Any]) -> Any:
    """Members that would have to move among the units of both; None where there are none, or a quota is not known."""
    from allocator.why.comparison import misplaced

    pairs = [(each["quota"], against[each["unit"]]) for each in units if each["unit"] in against]
    return misplaced(*zip(*pairs, strict=True)) if pairs and all(other is not None for _, other in pairs) else None


def _differences(cases: Sequence[Case]) -> list[list[Change]]:
    """What every scenario has otherwise than the first."""
    from allocator.why.differences import differing, found, held

    first, *others = (held(each.table, each.scenario) for each in cases)
    return [[], *([(keys, found(first, keys), found(each, keys)) for keys in differing(first, each)]
                  for each in others)]  # fmt: skip


def _moves(cases: Sequence[Case], records: Mapping[str, Any], published: bool) -> list[Fault]:
    """A sentence a scenario: what it moves against the reference, and how many settings differ from the first."""
    base = short(cases[0].name)
    found = records["scenarios"]
    if published:
        against = {each["unit"]: each["quota"] for each in records["published"]}
        known = [(each["name"], _moved(each["units"], against)) for each in found]
        return [say("compare.moved", name=short(name), moved=moved, reference=say("compare.published"))
                for name, moved in known if moved is not None]  # fmt: skip
    made = []
    for each in found[1:]:
        key = "compare.moved_settings" if each["moved"] is not None else "compare.no_unit"
        count = len(each["settings"])
        made.append(say(key, name=short(each["name"]), moved=each["moved"], reference=base, count=count))
    return made


def _apart(cases: Sequence[Case]) -> list[Fault]:
    """The units that only one of two tables has."""
    made, base = [], cases[0]
    for each in cases[1:]:
        for one, other in ((each, base), (base, each)):
            if units := [unit for unit in one.table.units if unit not in {*other.table.units}]:
                made.append(say("compare.only", name=short(one.name), other=short(other.name), units=units))
    return made


def _settings(cases: Sequence[Case], changed: Sequence[Sequence[Change]]) -> list[Section]:
    """What differs among the scenarios, a row a setting, a column a scenario; nothing where all is alike."""
    from allocator.model.scenario import scenario_keys
    from allocator.why.differences import TABLE, found, held

    keys = dict.fromkeys(keys for each in changed for keys, _, _ in each)
    figures = sum(each[0] == TABLE for each in keys)
    kept = [each for each in keys if each[0] != TABLE or figures <= MOST_FIGURES]
    sides = [held(each.table, each.scenario) for each in cases]
    rows: list[Row] = []
    for each in kept:
        known = None if each[0] == TABLE else scenario_keys().at(each)
        share = known is not None and known.unit == "share"
        values = [found(side, each) for side in sides]
        plain = [str(value) if each == ("year",) and value else value for value in values]  # no figure to mark
        rows.append((SettingName(each), *(Setting(value, share) for value in plain)))
    notes = (say("compare.figures", count=figures),) if figures > MOST_FIGURES else ()
    heads = [Column(f"setting_{n}", "text", title=short(each.name)) for n, each in enumerate(cases, 1)]
    title = say("compare.settings")
    made = Listing("settings", title, (Column("setting", "text"), *heads), tuple(rows), notes=notes)
    return [Section("settings", title, (), (made,))] if rows or notes else []


def _side_by_side(records: Mapping[str, Any], against_published: bool) -> Listing:
    """Quotas of every unit in every scenario, the published ones first, and what changes against the reference."""
    published, base, *_ = sides = _sides(records)
    names = [short(each["name"]) for each in records["scenarios"]]
    known = None if None in published.values() else sum(published.values())
    shown: list[tuple[Column, dict[str, Any], Any]] = [(COLUMNS["published"], published, known)]
    reference = published if against_published else base
    for number, (name, quotas) in enumerate(zip(names, sides[1:], strict=True), 1):
        shown.append((Column(f"quota_{number}", title=name), quotas, sum(quotas.values())))
        if quotas is not reference:
            change = {unit: quotas[unit] - reference[unit] for unit in quotas if reference.get(unit) is not None}
            head = Column(f"change_{number}", "signed", title=COLUMNS["change"].header, rank=1)
            whole = None if None in reference.values() else sum(quotas.values()) - sum(reference.values())
            shown.append((head, change, whole))
    heads, figures, totals = zip(*shown, strict=True)
    units = dict.fromkeys(unit for side in sides for unit in side)
    rows: tuple[Row, ...] = tuple((unit, *(values.get(unit) for values in figures)) for unit in units)
    against: Text = say("compare.published") if against_published else names[0]
    notes = (say("compare.change", name=against),) if len(names) > 1 or against_published else ()
    whole = (say("run.total"), *totals)
    return Listing("compare", say("question.compare"), (COLUMNS["unit"], *heads), rows, whole, notes)


def _sides(records: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Quotas by unit: the published ones, then those of every scenario."""
    sides = (records["published"], *(each["units"] for each in records["scenarios"]))
    return [{unit["unit"]: unit["quota"] for unit in units} for units in sides]


def short(name: str) -> str:
    """A scenario's name without its folder."""
    return name.rpartition("/")[2]


def _charts(records: Mapping[str, Any], against_published: bool) -> tuple[Drawing, ...]:
    """The quotas side by side; nothing where there is but one side."""
    published, *sides = _sides(records)
    names: list[Any] = [short(each["name"]) for each in records["scenarios"]]
    if against_published:
        sides, names = [published, *sides], [say("compare.published"), *names]
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
