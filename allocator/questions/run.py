"""The main job: the allocation of a scenario's target beside the published one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from allocator.finding import Column, Drawing, Finding, Listing, Row, Section, Text, say
from allocator.finding.columns import COLUMNS, columns, total
from allocator.questions import Case, question

if TYPE_CHECKING:
    from allocator.model.allocation import Allocation
    from allocator.why.comparison import Comparison

MOST_LEAVES = 40
"""Rows of one level of a tree that a terminal shows."""
UNITS = ("unit", "workforce", "available", "claim", "fair_share", "floor", "cap", "quota", "effort", "published",
         "difference", "effort_published", "position")  # fmt: skip


@question(place=1)
def ask_run(case: Case) -> Finding:
    """The allocation, what each quota rests on, and how far it is from the published one; errors as `allocate`."""
    from allocator.proof.result import result
    from allocator.why.comparison import compare

    made = case.allocation
    found = compare(made)
    records = result(made, found)
    return Finding(
        records,
        (_basis(made, records["units"]), _comparison(made, found, records["units"]), *_net(made)),
        measures(found),
        heading(made),
    )


def heading(made: Allocation) -> Text:
    """What an allocation is called: the scenario's own title, else its target and its lot."""
    scenario = made.scenario
    return (
        scenario.title
        if scenario.title.vi or scenario.title.en
        else say("run.title", target=scenario.target, lot=scenario.lot)
    )


def units(made: Allocation, figures: Sequence[Mapping[str, Any]]) -> Listing:
    """The table of an allocation's units: every figure that is known of each (`unit_rows`), sums below."""
    from allocator.model.allocation import efforts

    tree = made.whole is not None
    shown = (*columns("unit"), *(columns("parent") if tree else ()), *columns(*UNITS[1:]))
    asked = [efforts([p or 0], [w])[0] if p is not None else None
             for p, w in zip(made.published, made.claims.available, strict=True)]  # fmt: skip
    places = {each: say(f"position.{each}") for each in set(made.positions)}
    records = [
        {**row, "effort_published": effort, "position": places[row["position"]]}
        for row, effort in zip(figures, asked, strict=True)
    ]
    rows: list[Row] = [tuple(each[column.key] for column in shown) for each in records]
    whole = sum(made.claims.available)
    published = None if None in made.published else total(made.published)
    sums: dict[str, Any] = {key: total([each[key] for each in records])
                            for key in ("workforce", "available", "claim", "fair_share", "quota")}  # fmt: skip
    sums |= {"unit": say("run.total"), "published": published}
    (sums["effort"],) = efforts((sum(made.quotas),), (whole,))
    sums["difference"] = None if published is None else sum(made.quotas) - published
    sums["effort_published"] = None if published is None else efforts((published,), (whole,))[0]
    last = tuple(sums.get(column.key, "") for column in shown)
    return Listing("units", say("report.basis"), shown, tuple(rows), last, most=MOST_LEAVES if tree else None)


def level_listings(made: Allocation) -> list[Listing]:
    """The levels above the leaves of a tree, one listing; nothing where there is no tree."""
    from allocator.model.hierarchy import node_totals

    rows = tuple(
        (node.unit, node.parent or "–", node.units, node.available, node.quota,
         node.quota / node.available if node.available else None, node.published)
        for node in node_totals(made)
    )  # fmt: skip
    keys = ("unit", "parent", "units", "available", "quota", "effort", "published")
    return [Listing("levels", say("report.levels"), columns(*keys), rows, most=MOST_LEAVES)] if rows else []


def _basis(made: Allocation, figures: Sequence[Mapping[str, Any]]) -> Section:
    from allocator.why.comparison import other_way
    from allocator.why.gaming import gaming

    texts: list[Text] = [*marginal(made), *tie_texts(made), *made.notes, *gaming(made).findings(made.table.units)]
    if made.whole is not None:
        name, moved, _ = other_way(made)
        texts.append(
            say("tree.other_infeasible" if moved is None else f"tree.other_{name}", hierarchy=name, moved=moved)
        )
    charts = (Drawing("effort", figures),) if any(made.claims.available) else ()
    return Section("basis", say("report.basis"), tuple(texts), (*level_listings(made), units(made, figures)), charts)


def marginal(made: Allocation) -> list[Text]:
    """What the dearest lot given asks and the cheapest not given would, as far as there are such lots."""
    ends = zip(("run.last_effort", "run.next_effort"), made.ends, strict=True)
    return [say(key, effort=effort) for key, effort in ends if effort is not None]


def tie_texts(made: Allocation) -> list[Text]:
    """The ties that the order decided, a sentence each."""
    names = made.table.units
    return [
        say("run.tie", given=[names[i] for i in tie.given[:10]], waiting=[names[i] for i in tie.waiting[:10]])
        for tie in made.ties
    ]


def _comparison(made: Allocation, found: Comparison, figures: Sequence[Mapping[str, Any]]) -> Section:
    charts = (Drawing("published", figures),) if any(each is not None for each in made.published) else ()
    listings = () if found.misplaced is None else (evenness(found),)
    return Section("comparison", say("report.comparison"), measures(found), listings, charts)


def measures(found: Comparison) -> tuple[Text, ...]:
    """The measures against the published table, one sentence each; a sentence that says so where there are none."""
    if found.misplaced is None:
        return (say("compare.none"),)
    return (
        say("compare.misplaced", moved=found.misplaced, share=found.misplaced_share or 0.0),
        say("compare.largest", gap=found.largest_gap, unit=found.largest_gap_unit),
    )


def evenness(found: Comparison) -> Listing:
    """Spread of effort on both sides, and the rank correlation between them."""
    ratio, gini = found.effort_ratio, found.effort_gini
    rows: tuple[Row, ...] = (
        (say("measure.effort_ratio"), ratio.proposed, ratio.published),
        (say("measure.effort_gini"), gini.proposed, gini.published),
        (say("measure.rank_correlation"), found.rank_correlation, None),
    )
    shown = (
        Column("measure", "text", title=say("compare.measures")),
        Column("proposed", "number", 3, title=COLUMNS["quota"].header),
        Column("published", "number", 3),
    )
    return Listing("measures", say("report.measures"), shown, rows)


def _net(made: Allocation) -> list[Section]:
    """Every quota as recruits and as net gain; nothing where no unit tells how many it recruited and lost."""
    from allocator.year.netting import net_and_gross, sentences

    found = net_and_gross(made)
    if found.rate is None:
        return []
    rows: tuple[Row, ...] = tuple(
        (each.unit, quota, each.rate, each.gross, each.net)
        for each, quota in zip(found.units, made.quotas, strict=True)
    )
    sums = [None if None in column else sum(column) for column in ([r[i] for r in rows] for i in (1, 3, 4))]  # type: ignore[arg-type]
    whole: Row = (say("run.total"), sums[0], found.rate, sums[1], sums[2])
    others = [each.unit for each in found.units if not each.own]
    beyond = [each.unit for each in found.units if each.beyond_workforce]
    said = {"year.rate_of_all": others, "year.beyond_workforce": beyond}
    notes = tuple(say(key, units=names) for key, names in said.items() if names)
    listing = Listing("net", say("year.net"), columns("unit", "quota", "rate", "gross", "net"), rows, whole, notes)
    return [Section("net", say("year.net"), sentences(found), (listing,), aside=True)]
