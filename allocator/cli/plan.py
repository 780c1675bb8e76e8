"""`allocator plan`: several years planned together, with a price on the change from year to year."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any

import click

from allocator.cli import HELP, Call, Given, command, scenarios_options
from allocator.cli.terminal import print_lines, print_table
from allocator.words import Words

if TYPE_CHECKING:
    from allocator.analysis.plan import Plan

DEFAULT_PRICE = 0.05


def _number(context: click.Context, param: click.Parameter, value: float) -> float:
    if isnan(value):
        raise click.BadParameter("nan", context, param)
    return value


@command("plan")
@scenarios_options
@click.option(
    "--price",
    type=click.FloatRange(0, 1e6),
    default=DEFAULT_PRICE,
    show_default=True,
    callback=_number,
    help=HELP("cli.plan.price"),
)
def run_plan(call: Call, years: list[Given], price: float) -> None:
    """Plan the years of the scenarios together and print their quotas."""
    from allocator.analysis.plan import plan

    made = plan([(year.scenario, *year.load()) for year in years], price)
    call.show(document(made), lambda: print_plan(call.words, made))


def document(made: Plan) -> dict[str, Any]:
    """The plan as one JSON object."""
    from allocator.analysis.result import plain

    return {
        "lot": made.lot,
        "price": made.price,
        "changed": made.changed,
        "years": [
            {
                "name": year.name,
                "year": year.year,
                "target": year.target,
                "units": [
                    {"unit": unit, "quota": quota, "alone": alone}
                    for unit, quota, alone in zip(made.units, year.quotas, year.alone, strict=True)
                ],
            }
            for year in made.years
        ],
        "moves": [
            {"from": one.name, "to": two.name, "unit": unit, "change": change}
            for one, two, row in zip(made.years, made.years[1:], made.changes, strict=False)
            for unit, change in zip(made.units, row, strict=True)
        ],
        "notes": [plain(note) for note in made.notes],
    }


def print_plan(words: Words, made: Plan) -> None:
    """Each year's quotas, and beside them what the year would give alone."""
    from allocator.report.settings import readable

    headers, columns = [words("column.unit")], []
    for year in made.years:
        label = str(year.year or year.name.rpartition("/")[2])
        headers += [label, words("column.alone")]
        columns += [year.quotas, year.alone]
    rows = [[unit, *map(words.number, row)] for unit, *row in zip(made.units, *columns, strict=True)]
    print_table(headers, rows, [words("run.total"), *(words.number(sum(each)) for each in columns)])
    lines = [words("plan.changed", members=made.changed, price=readable(words, made.price), lot=made.lot)]
    print_lines([*lines, *(note.message(words) for note in made.notes)])
