"""`allocator sensitivity`: how the allocation, and the risk of the fixed quotas, depend on the growth estimates."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from allocator.cli import HELP, Call, Given, command, scenario_options
from allocator.cli.asking import case, give

if TYPE_CHECKING:
    from allocator.finding import Finding


@command("sensitivity")
@scenario_options
@click.option("--draws", default=16_384, show_default=True, help=HELP("cli.sensitivity.draws"))
@click.option("--seed", default=0, show_default=True, help=HELP("cli.sensitivity.seed"))
@click.option("--random", is_flag=True, help=HELP("cli.sensitivity.random"))
@click.option("--scheduler", default="local", show_default=True, help=HELP("cli.sensitivity.scheduler"))
@click.option("--resume", metavar="FILE", type=click.Path(path_type=Path), help=HELP("cli.sensitivity.resume"))
@click.option("--details", is_flag=True, help=HELP("cli.sensitivity.details"))
@click.option("--charts", metavar="DIR", help=HELP("cli.sensitivity.charts"))
def sensitivity_call(
    call: Call,
    given: Given,
    draws: int,
    seed: int,
    random: bool,
    scheduler: str,
    resume: Path | None,
    details: bool,
    charts: str | None,
) -> None:
    """Sweep over the growth estimates, say what was found, and draw it where asked to."""
    from dataclasses import replace

    from allocator.cli.sweep_run import swept
    from allocator.growth.sweep import plan_sweep
    from allocator.questions.sensitivity import answer, check, details_of

    check(draws, seed)
    asked = replace(case(given), method="waterfill")
    more = details_of(asked, tips=details) if details or charts else None
    planned = plan_sweep(asked.allocation, seed, random)
    summary = swept(call, asked.allocation, planned, draws, scheduler, resume)
    whole = summary.draws == draws
    finding = answer(asked, planned, summary, more if whole else None)
    if charts and whole:
        finding = replace(finding, records={**finding.records, "charts": drawn(call, Path(charts), finding)})
    give(call, finding)
    if not whole:
        call.note(call.words("sensitivity.stopped", done=summary.draws, draws=draws))
        sys.exit(130)


def drawn(call: Call, folder: Path, finding: Finding) -> list[str]:
    """Write every chart of a finding as SVG and PNG, all or none; the names of the files."""
    from allocator.show.drawings import draw
    from allocator.writing import write_folder

    contents: dict[str, bytes | str] = {}
    for chart in (draw(each, call.words) for section in finding.sections for each in section.charts):
        contents |= {f"{chart.name}.svg": chart.svg(), f"{chart.name}.png": chart.png()}
    write_folder(folder, contents)
    return list(contents)
