"""`allocator report`: the workbook, the annex, the letters and the page of one allocation."""

from __future__ import annotations

from pathlib import Path

import click

from allocator.cli import Call, command, default_language, scenario_options
from allocator.words import Words


@command("report")
@scenario_options
@click.option("--out", metavar="DIR", required=True, type=click.Path(path_type=Path),
              help=Words(default_language())("cli.report.out"))  # fmt: skip
@click.option("--formats", metavar="LIST", default=None,
              help=Words(default_language())("cli.report.formats"))  # fmt: skip
def report(
    call: Call, scenario: str, settings: tuple[str, ...], data: str | None, out: Path, formats: str | None
) -> None:
    """Allocate, write every file asked for, and name them."""
    from allocator.data.source import source_beside
    from allocator.files import load_scenario, write_whole
    from allocator.model.allocation import allocate
    from allocator.report.build import Findings, build
    from allocator.report.formats import files, known_formats

    asked = known_formats(formats)
    table, wanted = load_scenario(scenario, settings, data)
    made = allocate(table, wanted)
    document = build(made, call.words, Findings(source_beside(Path(table.place)), None, charts=True))
    contents = files(document, asked)
    for name, content in contents.items():
        write_whole(out / name, content)
    paths = [str(out / name) for name in contents]
    call.show({"files": paths}, lambda: call.words("cli.report.done", folder=out, count=len(paths)))
