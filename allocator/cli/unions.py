"""`allocator unions`: unions to found for a share of the enterprises, beside the member quotas."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from allocator.cli import HELP, Call, Given, command, scenario_options
from allocator.cli.terminal import print_lines, print_table
from allocator.words import Words

if TYPE_CHECKING:
    from allocator.analysis.foundings import Foundings


@command("unions")
@click.argument("register", type=click.Path(path_type=Path))
@scenario_options
@click.option("--out", metavar="DIR", type=click.Path(path_type=Path), help=HELP("cli.unions.out"))
def run_unions(call: Call, given: Given, register: Path, out: Path | None) -> None:
    """Read the register, say what is needed, and write the working list if asked to."""
    from allocator.analysis.foundings import foundings
    from allocator.data.register import read_register
    from allocator.report.csv import listing_csv
    from allocator.report.year import working_list
    from allocator.writing import write_whole

    allocation = given.allocate()
    found = foundings(allocation, read_register(register, allocation.table))
    if out is not None:
        write_whole(out / "foundings.csv", listing_csv(working_list(found, call.words)))
        call.note(call.words("run.stored", file=out / "foundings.csv"))
    call.show(document(found), lambda: print_unions(call.words, found))


def document(found: Foundings) -> dict[str, Any]:
    """What is needed as one JSON object."""
    return {
        "over": found.over,
        "needed": found.needed,
        "units": [
            {
                "unit": each.unit,
                "eligible": each.eligible,
                "have": each.have,
                "needed": each.needed,
                "quota": each.quota,
                "members": each.members,
                "short": max(0, each.quota - each.members),
                "foundings": [
                    {"name": firm.name, "workers": firm.workers, "members": firm.joinable} for firm in each.foundings
                ],
            }
            for each in found.units
        ],
    }


def print_unions(words: Words, found: Foundings) -> None:
    """What each unit needs, and with how many foundings its quota is reached."""
    names = ("eligible", "have", "needed", "quota", "foundings", "members")
    figures = [[e.eligible, e.have, e.needed, e.quota, len(e.foundings), e.members] for e in found.units]
    rows = [[each.unit, *map(words.number, row)] for each, row in zip(found.units, figures, strict=True)]
    total = [words("run.total"), *(words.number(sum(each)) for each in zip(*figures, strict=True))]
    print_table([words("column.unit"), *(words(f"column.{each}") for each in names)], rows, total)
    lines = [words(f"unions.over_{found.over}", needed=found.needed)]
    short = [each.unit for each in found.units if each.members < each.quota]
    if short:
        lines.append(words("unions.short", units=short))
    print_lines(lines)
