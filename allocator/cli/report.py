"""`allocator report`: the workbook, the annex, the letters and the page of one allocation."""

from __future__ import annotations

from pathlib import Path

import click

from allocator.cli import HELP, Call, Given, command, scenario_options
from allocator.cli.asking import case
from allocator.questions import find


@command("report")
@scenario_options
@click.option("--out", metavar="DIR", required=True, type=click.Path(path_type=Path), help=HELP("cli.report.out"))
@click.option("--formats", metavar="LIST", default=None, help=HELP("cli.report.formats"))
@click.option("--progress", metavar="FILE", type=click.Path(path_type=Path), help=HELP("cli.report.progress"))
@click.option("--register", metavar="FILE", type=click.Path(path_type=Path), help=HELP("cli.report.register"))
@click.option("--plan", "years", metavar="SCENARIO", multiple=True, help=HELP("cli.report.plan"))
def report(
    call: Call,
    given: Given,
    out: Path,
    formats: str | None,
    progress: Path | None,
    register: Path | None,
    years: tuple[str, ...],
) -> None:
    """Allocate, ask every question of a report, write every file asked for, and name them."""
    from allocator.show.build import answers, build_report
    from allocator.show.formats import files, known_formats
    from allocator.writing import write_folder

    asked, about = known_formats(formats), case(given)
    known = {"progress": progress, "register": register}
    found, left_out = answers(about, {name: path for name, path in known.items() if path})
    if years:
        found.append(find("plan").ask([about, *(case(Given(each, (), given.data)) for each in years)]))
    for name, error in left_out.items():
        cause = "; ".join(error.messages(call.words.language))
        call.note(call.words("report.left_out", section=find(name).title, cause=cause))
    document = build_report(about, found, call.words)
    contents = files(document, asked)
    if document.large:
        call.note(call.words("report.large", units=len(about.table)))
    write_folder(out, contents)
    paths = [str(out / name) for name in contents]
    call.show({"files": paths}, lambda: call.words("cli.report.done", folder=out, count=len(paths)))
