"""Scenarios side by side, and against the published table; the compromise whose worst regret over them is least."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from allocator.finding import Column, Finding, Listing, Row, Section, say
from allocator.finding.columns import COLUMNS, columns, listed, summed, titled
from allocator.questions import Argument, Case, question


@question(Argument("compromise", "flag", False), of="cases", place=10)
def ask_compare(cases: Sequence[Case], compromise: bool = False) -> Finding:
    """Quotas of every scenario beside each other and beside the published ones, the measures of each below."""
    from allocator.why.comparison import compare as compared

    made = {each.name: each.allocation for each in cases}
    measured = {name: asdict(compared(each)) for name, each in made.items()}
    first = next(iter(made.values()))
    scenarios = [
        {
            "name": name,
            "units": [
                {"unit": unit, "quota": quota, "effort": effort}
                for unit, quota, effort in zip(each.table.units, each.quotas, each.efforts, strict=True)
            ],
            "comparison": measured[name],
        }
        for name, each in made.items()
    ]
    published = [{"unit": unit, "quota": quota} for unit, quota in zip(first.table.units, first.published, strict=True)]
    records: dict[str, Any] = {"scenarios": scenarios, "published": published}
    sections = [Section("compare", say("question.compare"), (), (_side_by_side(records), _measures(measured)))]
    if compromise:
        from allocator.growth.compromise import compromise as between

        records["compromise"] = between({each.name: (each.table, each.scenario) for each in cases}).to_json()
        sections.append(_compromise(records["compromise"]))
    return Finding(records, tuple(sections))


def _side_by_side(records: Mapping[str, Any]) -> Listing:
    """Quotas of every unit in every scenario, the published ones first, and what changes against the first scenario."""
    published, base, *_ = sides = [
        {unit["unit"]: unit["quota"] for unit in units}
        for units in (records["published"], *(each["units"] for each in records["scenarios"]))
    ]
    names = [short(each["name"]) for each in records["scenarios"]]
    known = None if None in published.values() else sum(published.values())
    shown: list[tuple[Column, dict[str, Any], Any]] = [(COLUMNS["published"], published, known)]
    for number, (name, quotas) in enumerate(zip(names, sides[1:], strict=True), 1):
        shown.append((Column(f"quota_{number}", title=name), quotas, sum(quotas.values())))
        if number > 1:
            change = {unit: quotas[unit] - base[unit] for unit in quotas if unit in base}
            head = Column(f"change_{number}", "signed", title=COLUMNS["change"].header, rank=1)
            shown.append((head, change, sum(quotas.values()) - sum(base.values())))
    heads, figures, totals = zip(*shown, strict=True)
    units = dict.fromkeys(unit for side in sides for unit in side)
    rows: tuple[Row, ...] = tuple((unit, *(values.get(unit) for values in figures)) for unit in units)
    notes = (say("compare.change", name=names[0]),) if len(names) > 1 else ()
    whole = (say("run.total"), *totals)
    return Listing("compare", say("question.compare"), (COLUMNS["unit"], *heads), rows, whole, notes)


def short(name: str) -> str:
    """A scenario's name without its folder."""
    return name.rpartition("/")[2]


def _measures(found: Mapping[str, Mapping[str, Any]]) -> Listing:
    """The measures of each scenario, a row each; those of the published table first, where it has any."""
    spread = ("effort_ratio", "effort_gini")
    first = next(iter(found.values()))
    published = {"scenario": say("column.published"), **{key: first[key]["published"] for key in spread}}
    rows = [
        {**each, "scenario": short(name), **{key: each[key]["proposed"] for key in spread}}
        for name, each in found.items()
    ]
    heads = titled("measure", Column("misplaced"), Column("misplaced_share", "share", 1), Column("largest_gap"),
                   Column("rank_correlation", "number", 2), Column("effort_ratio", "number", 2),
                   Column("effort_gini", "number", 3))  # fmt: skip
    return listed("measured", say("compare.measured"), (*columns("scenario"), *heads), (published, *rows))


def _compromise(found: Mapping[str, Any]) -> Section:
    """The allocation whose worst regret is least, and its regret in each scenario."""
    scenarios, title = found["scenarios"], say("compare.compromise_title")
    own = min(each["own_worst"] for each in scenarios)
    regrets = [{**each, "scenario": each["name"], "own_regret": each["own_worst"]} for each in scenarios]
    whole = summed(found["units"], "quota")
    listings = (
        listed("compromise", title, columns("unit", "quota"), found["units"], whole),
        listed("regrets", say("compare.regrets"), columns("scenario", "regret", "own_regret"), regrets),
    )
    return Section("compromise", title, (say("compare.compromise", worst=found["worst_regret"], own=own),), listings)
