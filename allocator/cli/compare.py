"""`allocator compare`: scenarios side by side, and against the published table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from allocator.cli import HELP, Call, Given, command, scenarios_options
from allocator.cli.terminal import console, print_table
from allocator.words import Words

if TYPE_CHECKING:
    from allocator.analysis.comparison import Comparison
    from allocator.analysis.compromise import Compromise
    from allocator.model.allocation import Allocation


@command("compare")
@scenarios_options
@click.option("--compromise", is_flag=True, help=HELP("cli.compare.compromise"))
def compare_scenarios(call: Call, scenarios: list[Given], compromise: bool) -> None:
    """Allocate every scenario and print them beside each other."""
    from allocator.analysis.comparison import compare

    made = {each.scenario: each.allocate() for each in scenarios}
    document = {
        "scenarios": [
            {
                "name": name,
                "units": [
                    {"unit": unit, "quota": quota, "effort": effort}
                    for unit, quota, effort in zip(each.table.units, each.quotas, each.efforts, strict=True)
                ],
                "comparison": compare(each).to_json(),
            }
            for name, each in made.items()
        ],
        "published": _published(list(made.values())),
    }
    between = _compromise(made) if compromise else None
    if between is not None:
        document["compromise"] = between.to_json()
    call.show(document, lambda: print_comparison(call.words, made))
    if between is not None and not call.json:
        print_compromise(call.words, between)


def _compromise(made: dict[str, Allocation]) -> Compromise:
    from allocator.analysis.compromise import compromise

    return compromise({name: (each.table, each.scenario) for name, each in made.items()})


def print_compromise(words: Words, between: Compromise) -> None:
    """The allocation whose worst regret is least, and its regret in each scenario."""
    console().print(words("compare.compromise", worst=between.worst, own=min(between.own.values())))
    rows = [[unit, words.number(quota)] for unit, quota in zip(between.units, between.quotas, strict=True)]
    total = [words("run.total"), words.number(sum(between.quotas))]
    print_table([words("column.unit"), words("column.quota")], rows, total)
    regrets = [[name, words.number(each), words.number(between.own[name])] for name, each in between.regrets.items()]
    print_table([words(f"column.{each}") for each in ("scenario", "regret", "own_regret")], regrets)


def _published(allocations: list[Allocation]) -> list[dict[str, object]]:
    """The published quotas of the first scenario, unit by unit."""
    first = allocations[0]
    return [{"unit": unit, "quota": quota} for unit, quota in zip(first.table.units, first.published, strict=True)]


def print_comparison(words: Words, made: dict[str, Allocation]) -> None:
    """Quotas side by side, then the measures of each scenario under its column."""
    from allocator.analysis.comparison import compare

    units = list(dict.fromkeys(unit for each in made.values() for unit in each.table.units))
    first = next(iter(made.values()))
    published = dict(zip(first.table.units, first.published, strict=True))
    quotas = [dict(zip(each.table.units, each.quotas, strict=True)) for each in made.values()]
    rows = [
        [unit, words.number(published.get(unit)), *(words.number(each.get(unit)) for each in quotas)] for unit in units
    ]
    total = None if None in published.values() else sum(value or 0 for value in published.values())
    totals = [words("run.total"), words.number(total), *(words.number(sum(each.values())) for each in quotas)]
    headers = [words("column.unit"), words("column.published"), *(name.rpartition("/")[2] for name in made)]
    print_table(headers, rows, totals)
    found, measured = [compare(each) for each in made.values()], list[list[str]]()
    for name, digits, of in MEASURES:
        values = [of(found[0])[1], *(of(each)[0] for each in found)]
        measured.append([words(f"measure.{name}"), *(words.number(value, digits) for value in values)])
    print_table([words("compare.measures"), words("column.published"), *headers[2:]], measured)


MEASURES: tuple[tuple[str, int, Callable[[Comparison], tuple[float | None, float | None]]], ...] = (
    ("misplaced", 0, lambda c: (c.misplaced, None)),
    ("misplaced_share", 1, lambda c: (None if c.misplaced_share is None else 100 * c.misplaced_share, None)),
    ("largest_gap", 0, lambda c: (c.largest_gap, None)),
    ("rank_correlation", 2, lambda c: (c.rank_correlation, None)),
    ("effort_ratio", 2, lambda c: (c.effort_ratio.proposed, c.effort_ratio.published)),
    ("effort_gini", 3, lambda c: (c.effort_gini.proposed, c.effort_gini.published)),
)
"""Each measure: its name, its decimals, its value for the proposed and for the published quotas."""
