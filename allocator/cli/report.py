"""`allocator report`: the workbook, the annex, the letters and the page of one allocation."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from allocator.cli import HELP, Call, Given, command, scenario_options

if TYPE_CHECKING:
    from allocator.analysis.plan import Plan
    from allocator.model.allocation import Allocation
    from allocator.report.build import Findings


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
    """Allocate, write every file asked for, and name them."""
    from allocator.report.build import build
    from allocator.report.formats import files, known_formats
    from allocator.writing import write_folder

    asked = known_formats(formats)
    made = given.allocate()
    found = replace(_year(made, progress, register), plan=_plan(given, made, years))
    document = build(made, call.words, _findings(call, made, found))
    contents = files(document, asked)
    if document.large:
        call.note(call.words("report.large", units=len(made.table)))
    write_folder(out, contents)
    paths = [str(out / name) for name in contents]
    call.show({"files": paths}, lambda: call.words("cli.report.done", folder=out, count=len(paths)))


def _year(made: Allocation, progress: Path | None, register: Path | None) -> Findings:
    """The review of a progress report, and the unions a register asks for, where these are given."""
    from allocator.analysis.foundings import foundings
    from allocator.analysis.review import review
    from allocator.data.progress import read_progress
    from allocator.data.register import read_register
    from allocator.report.build import Findings

    table, scenario = made.table, made.scenario
    return Findings(
        review=review(table, scenario, read_progress(progress, table, scenario.year)) if progress else None,
        foundings=foundings(made, read_register(register, table)) if register else None,
    )


def _plan(given: Given, made: Allocation, years: tuple[str, ...]) -> Plan | None:
    """The years planned together with this one, where others are given."""
    from allocator.analysis.plan import plan
    from allocator.cli.plan import DEFAULT_PRICE

    others = [(each, *Given(each, (), given.data).load()) for each in years]
    return plan([(given.scenario, made.table, made.scenario), *others], DEFAULT_PRICE) if others else None


def _findings(call: Call, made: Allocation, year: Findings) -> Findings:
    """What can be found out beside the quotas; a section that cannot be made is left out, and a note says why."""
    from allocator.data.source import source_beside
    from allocator.errors import AllocatorError
    from allocator.report.findings import SEARCHES

    found: dict[str, Any] = {}
    with ThreadPoolExecutor() as pool:
        searches = {name: pool.submit(find, made) for name, find in SEARCHES.items()}
    for name, search in searches.items():
        try:
            found[name] = search.result()
        except AllocatorError as error:
            cause = "; ".join(error.messages(call.words.language))
            call.note(call.words("report.left_out", section=call.words(f"report.{name}"), cause=cause))
    charts = all(find_spec(name) is not None for name in ("altair", "vl_convert"))
    return replace(year, source=source_beside(Path(made.table.place)), **found, charts=charts)
