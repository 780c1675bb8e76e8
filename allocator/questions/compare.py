"""Scenarios side by side, and against the published table; the compromise whose worst regret over them is least."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from allocator.finding import Column, Finding, Listing, Row, Section, say
from allocator.finding.columns import COLUMNS, columns, titled, total
from allocator.questions import Argument, Case, question

if TYPE_CHECKING:
    from allocator.growth.compromise import Compromise
    from allocator.model.allocation import Allocation
    from allocator.why.comparison import Comparison

COMPROMISE = Argument("compromise", "flag", False)


@question(COMPROMISE, of="cases", place=10)
def ask_compare(cases: Sequence[Case], compromise: bool = False) -> Finding:
    """Quotas of every scenario beside each other and beside the published ones, the measures of each below."""
    from allocator.why.comparison import compare as compared

    made = {each.name: each.allocation for each in cases}
    measured = {name: compared(each) for name, each in made.items()}
    first = next(iter(made.values()))
    records: dict[str, Any] = {
        "scenarios": [
            {
                "name": name,
                "units": [
                    {"unit": unit, "quota": quota, "effort": effort}
                    for unit, quota, effort in zip(each.table.units, each.quotas, each.efforts, strict=True)
                ],
                "comparison": measured[name].to_json(),
            }
            for name, each in made.items()
        ],
        "published": [
            {"unit": unit, "quota": quota} for unit, quota in zip(first.table.units, first.published, strict=True)
        ],
    }
    sections = [
        Section("compare", say("question.compare"), (), (quotas_side_by_side(made), measures_listing(measured)))
    ]
    if compromise:
        between = _between(cases)
        records["compromise"] = between.to_json()
        sections.append(_compromise(between))
    return Finding(records, tuple(sections))


def quotas_side_by_side(made: dict[str, Allocation]) -> Listing:
    """Quotas of every unit in every scenario, the published ones first, and what changes against the first scenario."""
    units = list(dict.fromkeys(unit for each in made.values() for unit in each.table.units))
    first, *_ = made.values()
    published = dict(zip(first.table.units, first.published, strict=True))
    base = dict(zip(first.table.units, first.quotas, strict=True))
    known = None if None in published.values() else total(list(published.values()))
    shown: list[tuple[Column, dict[str, Any], Any]] = [(COLUMNS["published"], published, known)]
    for number, (name, each) in enumerate(made.items(), 1):
        quotas = dict(zip(each.table.units, each.quotas, strict=True))
        shown.append((Column(f"quota_{number}", title=short(name)), quotas, sum(quotas.values())))
        if number > 1:
            change = {unit: quotas[unit] - base[unit] for unit in units if unit in quotas and unit in base}
            head = Column(f"change_{number}", "signed", title=COLUMNS["change"].header, rank=1)
            shown.append((head, change, sum(quotas.values()) - sum(base.values())))
    rows: tuple[Row, ...] = tuple((unit, *(values.get(unit) for _, values, _ in shown)) for unit in units)
    notes = (say("compare.change", name=short(next(iter(made)))),) if len(made) > 1 else ()
    heads = (COLUMNS["unit"], *(head for head, _, _ in shown))
    return Listing(
        "compare", say("question.compare"), heads, rows, (say("run.total"), *(s for _, _, s in shown)), notes
    )


def short(name: str) -> str:
    """A scenario's name without its folder."""
    return name.rpartition("/")[2]


def measures_listing(found: dict[str, Comparison]) -> Listing:
    """The measures of each scenario, a row each; those of the published table first, where it has any."""
    first = next(iter(found.values()))
    published: Row = (say("column.published"), None, None, None, None, first.effort_ratio.published,
                      first.effort_gini.published)  # fmt: skip
    rows = [
        (short(name), each.misplaced, each.misplaced_share, each.largest_gap, each.rank_correlation,
         each.effort_ratio.proposed, each.effort_gini.proposed)
        for name, each in found.items()
    ]  # fmt: skip
    return Listing("measured", say("compare.measured"), MEASURES, (published, *rows))


MEASURES = (
    *columns("scenario"),
    *titled(
        "measure",
        Column("misplaced"),
        Column("misplaced_share", "share", 1),
        Column("largest_gap"),
        Column("rank_correlation", "number", 2),
        Column("effort_ratio", "number", 2),
        Column("effort_gini", "number", 3),
    ),
)
"""Each measure, with its decimals."""


def _between(cases: Sequence[Case]) -> Compromise:
    from allocator.growth.compromise import compromise

    return compromise({each.name: (each.table, each.scenario) for each in cases})


def _compromise(between: Compromise) -> Section:
    """The allocation whose worst regret is least, and its regret in each scenario."""
    rows: tuple[Row, ...] = tuple(zip(between.units, between.quotas, strict=True))
    regrets: tuple[Row, ...] = tuple((name, each, between.own[name]) for name, each in between.regrets.items())
    title = say("compare.compromise", worst=between.worst, own=min(between.own.values()))
    listings = (
        Listing("compromise", say("compare.compromise_title"), columns("unit", "quota"), rows,
                (say("run.total"), sum(between.quotas))),
        Listing("regrets", say("compare.regrets"), columns("scenario", "regret", "own_regret"), regrets),
    )  # fmt: skip
    return Section("compromise", say("compare.compromise_title"), (title,), listings)
