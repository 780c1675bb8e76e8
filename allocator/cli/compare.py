"""`allocator compare`: scenarios side by side, and against the published table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from allocator.cli import Call, command, default_language
from allocator.words import Words

if TYPE_CHECKING:
    from allocator.analysis.comparison import Comparison
    from allocator.model.allocation import Allocation


@command("compare")
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO SCENARIO…")
@click.option("--data", metavar="FILE", help=Words(default_language())("cli.option.data"))
@click.option("--set", "settings", metavar="KEY=VALUE", multiple=True, help=Words(default_language())("cli.option.set"))
def compare_scenarios(call: Call, scenarios: tuple[str, ...], settings: tuple[str, ...], data: str | None) -> None:
    """Allocate every scenario and print them beside each other."""
    from allocator.analysis.comparison import compare
    from allocator.files import load_scenario
    from allocator.model.allocation import allocate

    made = {name: allocate(*load_scenario(name, settings, data)) for name in scenarios}
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
    call.show(document, lambda: print_comparison(call.words, made))


def _published(allocations: list[Allocation]) -> list[dict[str, object]]:
    """The published quotas of the first scenario, unit by unit."""
    first = allocations[0]
    return [{"unit": unit, "quota": quota} for unit, quota in zip(first.table.units, first.published, strict=True)]


def print_comparison(words: Words, made: dict[str, Allocation]) -> None:
    """Quotas side by side, then the measures of each scenario under its column."""
    from allocator.analysis.comparison import compare
    from allocator.cli.terminal import print_table

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
