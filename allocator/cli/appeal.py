"""`allocator appeal`: what would have to be true for a requested quota, and who would pay for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from allocator.cli import HELP, Call, Given, command, scenario_options
from allocator.cli.terminal import console, print_table
from allocator.data.numbers import MOST_PERSONS
from allocator.words import Words

if TYPE_CHECKING:
    from allocator.analysis.appeal import Appeal

MOST_LOTS_SHOWN = 12


@command("appeal")
@scenario_options
@click.option("--unit", required=True, metavar="NAME", help=HELP("cli.appeal.unit"))
@click.option("--quota", required=True, type=click.IntRange(0, MOST_PERSONS), help=HELP("cli.appeal.quota"))
def run_appeal(call: Call, given: Given, unit: str, quota: int) -> None:
    """Answer the appeal of one unit."""
    from allocator.analysis.appeal import appeal

    made = appeal(*given.load(), unit, quota)
    call.show(made.to_json(), lambda: print_appeal(call.words, made))


def print_appeal(words: Words, made: Appeal) -> None:
    """The answer in sentences, then who pays: unit by unit, and lot by lot."""
    out = console()
    out.print(words("appeal.title", unit=made.unit, quota=made.quota, asked=made.asked))
    if made.asked == made.quota:
        out.print(words("appeal.already"))
        return
    out.print("\n" + words("appeal.what", asked=made.asked))
    for line in figure_lines(words, made):
        out.print(f"  {line}")
    out.print("\n" + words("appeal.granted", asked=made.asked, moved=abs(made.asked - made.quota)))
    units, fair, granted = made.fair.table.units, made.fair.quotas, made.granted.quotas
    headers = ("unit", "quota", "appeal.granted", "appeal.change")
    rows = []
    for name, change in made.absorbed_by:
        index = units.index(name)
        rows.append([name, words.number(fair[index]), words.number(granted[index]), words.signed(change)])
    print_table([words(f"column.{each}") for each in headers], rows)
    shown = made.moves[:MOST_LOTS_SHOWN]
    headers = ("unit", "appeal.lot", "appeal.change", "appeal.effort")
    lots = [
        [each.unit, words.number(each.lot), words.signed(each.change), words.number(each.effort, 4)] for each in shown
    ]
    print_table([words(f"column.{each}") for each in headers], lots, title=words("appeal.order"))
    if len(made.moves) > len(shown):
        out.print(words("appeal.more", more=len(made.moves) - len(shown)))
    for line in cost_lines(words, made):
        out.print(line)


def figure_lines(words: Words, made: Appeal) -> list[str]:
    """One sentence for each figure that could make the request fair, or that none of its values would."""
    lines = []
    for name in ("workforce", "growth", "attainment", "recruited"):
        span = getattr(made, name)
        if span is not None:
            kind = "_unknown" if span.present is None else "_up" if span.high is None else ""
            lines.append(words(f"appeal.{name}{kind}", **span.__dict__))
        elif name != "recruited":
            lines.append(words(f"appeal.no_{name}"))
    return lines


def cost_lines(words: Words, made: Appeal) -> list[str]:
    """What granting the request does to the distance from the published table and to the spread of effort."""
    before, after = made.measures
    lines = []
    if before.misplaced is not None and after.misplaced is not None:
        lines.append(words("appeal.misplaced", before=before.misplaced, after=after.misplaced))
    for name, first, second in (
        ("ratio", before.effort_ratio.proposed, after.effort_ratio.proposed),
        ("gini", before.effort_gini.proposed, after.effort_gini.proposed),
    ):
        lines.append(words(f"appeal.{name}", before=first, after=second))
    return lines
