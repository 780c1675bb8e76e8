"""`allocator run`: the main job, the allocation beside the published one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from allocator.cli import HELP, Call, Given, command, scenario_options
from allocator.cli.terminal import console, print_lines, print_table
from allocator.words import Words

MOST_LEAVES = 40
"""Rows of one level of a tree that a terminal shows."""

if TYPE_CHECKING:
    from allocator.analysis.comparison import Comparison
    from allocator.model.allocation import Allocation


@command("run")
@scenario_options
@click.option("--out", metavar="FILE.json", type=click.Path(path_type=Path), help=HELP("cli.run.out"))
@click.option("--edits", metavar="FILE.xlsx", help=HELP("cli.run.edits"))
def run(call: Call, given: Given, out: Path | None, edits: str | None) -> None:
    """Allocate, store the result if asked to, and print it."""
    from allocator.analysis.result import result
    from allocator.files import json_text
    from allocator.writing import write_whole

    allocation = given.allocate(edits)
    document = result(allocation)
    if out is not None:
        write_whole(out, json_text(document))
        call.note(call.words("run.stored", file=out))
    call.show(document, lambda: print_allocation(call.words, allocation))


def print_allocation(words: Words, allocation: Allocation) -> None:
    """The allocation as a table a planner can read, the measures under it."""
    from allocator.analysis.comparison import compare
    from allocator.model.claims import MICRO

    claims, number = allocation.claims, words.number
    if allocation.whole is not None:
        print_levels(words, allocation)
    shown = len(allocation.table) if allocation.whole is None else MOST_LEAVES
    rows = [
        [
            unit,
            number(claims.available[i] / MICRO),
            number(claims.claims[i] / MICRO, 1),
            number(allocation.fair_share[i], 1),
            number(allocation.quotas[i]),
            words.percent(allocation.efforts[i]),
            number(allocation.published[i]),
            words.signed(allocation.differences[i]),
            words(f"position.{allocation.positions[i]}"),
        ]
        for i, unit in enumerate(allocation.table.units[:shown])
    ]
    whole = None not in allocation.published
    total = [
        words("run.total"),
        number(sum(claims.available) / MICRO),
        number(sum(claims.claims) / MICRO, 1),
        number(sum(allocation.fair_share), 1),
        number(sum(allocation.quotas)),
        words.percent(sum(allocation.quotas) * MICRO / sum(claims.available) if sum(claims.available) else None),
        number(sum(p or 0 for p in allocation.published)) if whole else "–",
        words.signed(sum(d or 0 for d in allocation.differences)) if whole else "–",
        "",
    ]
    headers = ("unit", "available", "claim", "fair_share", "quota", "effort", "published", "difference", "position")
    scenario = allocation.scenario
    title = getattr(scenario.title, words.language) or words("run.title", target=scenario.target, lot=scenario.lot)
    print_table([words(f"column.{each}") for each in headers], rows, total, title)
    if len(allocation.table) > shown:
        console().print(words("tree.more", count=len(allocation.table) - shown))
    print_lines([*comparison_lines(words, compare(allocation)), *_lines(words, allocation)])


def print_levels(words: Words, allocation: Allocation) -> None:
    """The levels above the leaves, one table each from the top, and what the other way to decide would move."""
    from allocator.model.hierarchy import other_way, totals

    headers = ("unit", "parent", "units", "available", "quota", "effort", "published")
    nodes = totals(allocation)
    for level in dict.fromkeys(node.level for node in nodes):
        rows = [
            [node.unit, node.parent or "–"]
            + [words.number(value) for value in (node.units, node.available, node.quota)]
            + [words.percent(node.quota / node.available if node.available else None), words.number(node.published)]
            for node in nodes
            if node.level == level
        ]
        title = words("tree.title", level=level)
        print_table([words(f"column.{each}") for each in headers], rows[:MOST_LEAVES], title=title, text_columns=2)
        if len(rows) > MOST_LEAVES:
            console().print(words("tree.more", count=len(rows) - MOST_LEAVES))
    name, moved, _ = other_way(allocation)
    key = "tree.other_infeasible" if moved is None else f"tree.other_{name}"
    console().print(words(key, hierarchy=name, moved=moved))


def comparison_lines(words: Words, comparison: Comparison) -> list[str]:
    """The measures against the published table, one sentence each; a sentence that says so where there are none."""
    if comparison.misplaced is None:
        return [words("compare.none")]
    lines = [
        words("compare.misplaced", moved=comparison.misplaced, share=comparison.misplaced_share or 0.0),
        words("compare.largest", gap=comparison.largest_gap, unit=comparison.largest_gap_unit),
    ]
    if comparison.rank_correlation is not None:
        lines.append(words("compare.rank", value=comparison.rank_correlation))
    sides = {"ratio": comparison.effort_ratio, "gini": comparison.effort_gini}
    return lines + [words(f"compare.{name}", proposed=s.proposed, published=s.published) for name, s in sides.items()]


def _lines(words: Words, allocation: Allocation) -> list[str]:
    from allocator.analysis.gaming import gaming
    from allocator.analysis.netting import net_and_gross, sentences
    from allocator.report.sections import marginal

    lines = marginal(allocation, words)
    units = allocation.table.units
    for tie in allocation.ties:
        given, waiting = [[units[i] for i in side[:10]] for side in (tie.given, tie.waiting)]
        lines.append(words("run.tie", given=given, waiting=waiting))
    said = (*allocation.notes, *gaming(allocation).findings(units), *sentences(net_and_gross(allocation)))
    return lines + [note.message(words) for note in said]
