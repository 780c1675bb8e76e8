"""`allocator unions`: unions to found, and the working groups' list as a file where it is asked for."""

from __future__ import annotations

from pathlib import Path

import click

from allocator.cli import HELP, Call, Given, command, scenario_options
from allocator.cli.asking import case, give
from allocator.questions import find


@command("unions")
@click.argument("register", type=click.Path(path_type=Path))
@scenario_options
@click.option("--out", metavar="DIR", type=click.Path(path_type=Path), help=HELP("cli.unions.out"))
def unions_call(call: Call, given: Given, register: Path, out: Path | None) -> None:
    """Read the register, say what is needed, and write the working list if asked to."""
    from allocator.show.records import listing_csv
    from allocator.writing import write_whole

    finding = find("unions").ask(case(given), register)
    if out is not None:
        (working,) = (each for each in finding.listings if each.key == "foundings")
        write_whole(out / "foundings.csv", listing_csv(working, call.words))
        call.note(call.words("run.stored", file=out / "foundings.csv"))
    give(call, finding)
