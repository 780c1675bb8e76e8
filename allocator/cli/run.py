"""`allocator run`: the main job, with its result stored where it is asked to."""

from __future__ import annotations

from pathlib import Path

import click

from allocator.cli import HELP, Call, Given, command, scenario_options
from allocator.cli.asking import case, give
from allocator.questions import find


@command("run")
@scenario_options
@click.option("--out", metavar="FILE.json", type=click.Path(path_type=Path), help=HELP("cli.run.out"))
@click.option("--edits", metavar="FILE.xlsx", help=HELP("cli.run.edits"))
def run_call(call: Call, given: Given, out: Path | None, edits: str | None) -> None:
    """Allocate, store the result if asked to, and print it."""
    from allocator.show.records import as_json
    from allocator.writing import write_whole

    finding = find("run").ask(case(given, edits))
    if out is not None:
        write_whole(out, as_json(finding, call.words))
        call.note(call.words("run.stored", file=out))
    give(call, finding)
