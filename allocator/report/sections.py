"""The sections of a report: allocation, comparison, steps, sensitivity, calibration, scenario and sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from allocator.analysis.comparison import Comparison, compare
from allocator.analysis.result import unit_rows
from allocator.analysis.steps import STEPS
from allocator.model.allocation import Allocation, efforts
from allocator.model.claims import MICRO
from allocator.model.hierarchy import totals
from allocator.report.annex import total
from allocator.report.document import Column, Listing, Row, Section
from allocator.report.settings import readable, text_listing
from allocator.words import Words

if TYPE_CHECKING:
    from allocator.analysis.explanation import Explanation

_KINDS = {
    "unit": ("text", 0),
    "position": ("text", 0),
    "parent": ("text", 0),
    "available": ("number", 1),
    "claim": ("number", 1),
    "fair_share": ("number", 1),
    "effort": ("share", 1),
    "effort_published": ("share", 1),
    "difference": ("signed", 0),
}
_BARS = ("quota", "effort", "difference")


def columns(words: Words, *keys: str) -> tuple[Column, ...]:
    """Columns under their headers in the catalogue, each of its usual kind."""
    return tuple(
        Column(key, words(f"column.{key}"), *_KINDS.get(key, ("members", 0)), bar=key in _BARS) for key in keys
    )


def basis(made: Allocation, words: Words) -> Section:
    """What every quota rests on."""
    keys = ("unit", "workforce", "available", "claim", "fair_share", "floor", "cap", "quota", "effort", "position")
    records = unit_rows(made)
    rows = tuple(
        tuple(words(f"position.{each[key]}") if key == "position" else each[key] for key in keys) for each in records
    )
    sums: dict[str, Any] = {key: total([each[key] for each in records]) for key in keys[1:5]}
    whole = sum(made.claims.available)
    sums |= {"unit": words("run.total"), "quota": sum(made.quotas), "position": ""}
    sums |= {"effort": sum(made.quotas) * MICRO / whole if whole else None}
    levels = _levels(made, words)
    total_row = tuple(sums.get(key, "") for key in keys)
    listing = Listing("basis", words("report.basis"), columns(words, *keys), rows, total_row)
    texts = marginal(made, words)
    for tie in made.ties:
        given, waiting = [[made.table.units[i] for i in side[:10]] for side in (tie.given, tie.waiting)]
        texts.append(words("run.tie", given=given, waiting=waiting))
    notes = (note.message(words) for note in made.notes)
    return Section("basis", words("report.basis"), (*texts, *notes), (*levels, listing))


def _levels(made: Allocation, words: Words) -> list[Listing]:
    """The levels above the leaves of a tree, one listing; nothing where there is no tree."""
    keys = ("unit", "parent", "units", "available", "quota", "effort", "published")
    rows = tuple(
        (node.unit, node.parent or "–", node.units, node.available, node.quota,
         node.quota / node.available if node.available else None, node.published)
        for node in totals(made)
    )  # fmt: skip
    return [Listing("levels", words("report.levels"), columns(words, *keys), rows)] if rows else []


def marginal(made: Allocation, words: Words) -> list[str]:
    """What the dearest lot given asks and the cheapest not given would, as far as there are such lots."""
    ends = zip(("run.last_effort", "run.next_effort"), made.ends, strict=True)
    return [words(key, effort=effort) for key, effort in ends if effort is not None]


def comparison(made: Allocation, words: Words) -> Section | None:
    """Quotas beside the published ones; None where nothing was published."""
    if all(each is None for each in made.published):
        return None
    keys = ("unit", "quota", "published", "difference", "effort", "effort_published")
    asked = [
        None if p is None else efforts([p], [w])[0] for p, w in zip(made.published, made.claims.available, strict=True)
    ]
    figures = (made.table.units, made.quotas, made.published, made.differences, made.efforts, asked)
    whole = sum(made.claims.available)
    published = None if None in made.published else total(made.published)
    sums: Row = (
        words("run.total"),
        sum(made.quotas),
        published,
        None if published is None else sum(made.quotas) - published,
        sum(made.quotas) * MICRO / whole if whole else None,
        published * MICRO / whole if whole and published is not None else None,
    )
    listing = Listing("comparison", words("report.comparison"), columns(words, *keys),
                      tuple(zip(*figures, strict=True)), sums)  # fmt: skip
    found = compare(made)
    return Section("comparison", words("report.comparison"), tuple(measures(words, found)),
                   (listing, _measure_listing(words, found)))  # fmt: skip


def measures(words: Words, found: Comparison) -> list[str]:
    """The measures against the published table, one sentence each."""
    if found.misplaced is None:
        return [words("compare.none")]
    return [
        words("compare.misplaced", moved=found.misplaced, share=found.misplaced_share or 0.0),
        words("compare.largest", gap=found.largest_gap, unit=found.largest_gap_unit),
    ]


def _measure_listing(words: Words, found: Comparison) -> Listing:
    """Spread of effort and rank correlation, on both sides."""
    ratio, gini = found.effort_ratio, found.effort_gini
    rows: tuple[Row, ...] = (
        (words("measure.effort_ratio"), ratio.proposed, ratio.published),
        (words("measure.effort_gini"), gini.proposed, gini.published),
        (words("measure.rank_correlation"), found.rank_correlation, None),
    )
    shown = (
        Column("measure", words("compare.measures"), "text"),
        Column("proposed", words("column.quota"), "number", 3),
        Column("published", words("column.published"), "number", 3),
    )
    return Listing("measures", words("report.measures"), shown, rows)


def steps(explanation: Explanation, words: Words) -> Section:
    """Steps that add up, the one-lot test, and what each rule moves."""
    made, units = explanation.allocation, explanation.allocation.table.units
    first, *following = STEPS
    shown = (
        *columns(words, "unit"),
        Column(first, words(f"step.{first}"), "number", 1),
        *(Column(name, words(f"step.{name}"), "signed", 1) for name in following),
        *columns(words, "quota"),
    )
    rows: list[Row] = [
        (unit, *(each / 10 for each in row), quota)
        for unit, row, quota in zip(units, explanation.steps.units, made.quotas, strict=True)
    ]
    total: Row = (words("run.total"), *(each / 10 for each in explanation.steps.total), sum(made.quotas))
    listing = Listing("steps", words("explain.steps"), shown, tuple(rows), total)
    others = (_one_lot(explanation, words), *_rules(explanation, words))
    return Section("steps", words("report.steps"), (), (listing, *others))


def sentences(explanation: Explanation, words: Words) -> Section:
    """Every quota explained in sentences."""
    title = words("report.sentences")
    shown = (*columns(words, "unit"), Column("sentence", words("column.sentence"), "text"))
    rows = tuple(zip(explanation.allocation.table.units, explanation.sentences, strict=True))
    return Section("sentences", title, (), (Listing("sentences", title, shown, rows),))


def _one_lot(explanation: Explanation, words: Words) -> Listing:
    """Efforts of last and next lots, and the room to negotiate."""
    test, room, made = explanation.one_lot, explanation.room, explanation.allocation
    shown = (
        *columns(words, "unit"),
        Column("last", words("explain.last"), "number", 4),
        Column("next", words("explain.next"), "number", 4),
        Column("least", words("explain.least")),
        *columns(words, "quota"),
        Column("most", words("explain.most")),
    )
    rows = tuple(
        (unit, test.units[i].last, test.units[i].next, room.least[i], made.quotas[i], room.most[i])
        for i, unit in enumerate(made.table.units)
    )
    note = words("explain.room", tolerance=room.tolerance)
    return Listing("one_lot", words("explain.one_lot"), shown, rows, notes=(note,))


def _rules(explanation: Explanation, words: Words) -> list[Listing]:
    """The rules that hold, each with what it moves and its price; nothing where none holds."""
    shown = (
        Column("rule", words("explain.rule"), "text"),
        Column("moved", words("explain.moved")),
        Column("price", words("explain.price"), "number", 4),
    )
    rows = tuple(
        (words(f"rulename.{rule.kind}", name=rule.name), rule.moved, rule.price)
        for rule in explanation.rules
        if rule.status != "slack"
    )
    return [Listing("rules", words("explain.rules"), shown, rows)] if rows else []


def sensitivity(found: Mapping[str, Any] | None, words: Words, reachable: float) -> Section | None:
    """How the best quotas and the risk of the fixed ones depend on growth; None where it was not swept."""
    if found is None:
        return None
    members = ("quota", "p05", "p50", "p95")
    shortfalls, tips = ("expected_shortfall", "cvar90", "cvar95"), ("tips_down", "tips_up")
    shown = (
        *columns(words, "unit", *members),
        Column("shortfall_probability", words("column.shortfall_probability"), "share", 1),
        *(Column(key, words(f"column.{key}"), "number", 1) for key in shortfalls),
        *(columns(words, *tips) if any(each.get("tips_up") is not None for each in found["units"]) else ()),
    )
    keys = [column.key for column in shown]
    province = {**found["province"], "unit": words("run.total"), "quota": sum(each["quota"] for each in found["units"])}
    listing = Listing(
        "sensitivity",
        words("sensitivity.title", draws=found["draws"], seed=found["seed"]),
        shown,
        tuple(tuple(each[key] for key in keys) for each in found["units"]),
        tuple(province.get(key, "") for key in keys),
    )
    texts: tuple[str, ...] = (words("sensitivity.bands"), words("sensitivity.risk", reachable=reachable))
    texts += (words("report.tipping"),) * ("tips_up" in keys)
    return Section("sensitivity", words("report.sensitivity"), texts, (listing,))


def calibration(found: Mapping[str, Any] | None, words: Words) -> Section | None:
    """Which assumptions explain the published quotas best, and what they leave; None where they were not sought."""
    if found is None:
        return None
    model = Column("model", words("calibrate.column.model"), "text")
    moved = Column("misplaced", words("measure.misplaced"), "number", 1)
    rungs = tuple((words(f"calibrate.model.{each['model']}"), each["misplaced"]) for each in found["ladder"])
    best = [
        (words(f"calibrate.parameter.{name}"), readable(words, round(each, 6) if isinstance(each, float) else each))
        for name, each in found["best"].items()
        if f"calibrate.parameter.{name}" in words
    ]
    shown = (
        *columns(words, "unit", "published"),
        Column("explained", words("calibrate.column.explained"), "number", 1),
        Column("residual", words("calibrate.column.residual"), "signed", 1),
    )
    units = tuple(tuple(each[column.key] for column in shown) for each in found["units"])
    listings = (
        Listing("ladder", words("report.ladder"), (model, moved), rungs),
        text_listing(words, "best", ("parameter", "value"), best),
        Listing("explained", words("report.explained"), shown, units),
    )
    texts = (words("calibrate.searched", **found), words("calibrate.caution"))
    return Section("calibration", words("report.calibration"), texts, listings)
