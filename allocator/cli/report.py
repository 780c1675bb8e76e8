"""`allocator report`: the workbook, the annex, the letters and the page of one allocation."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from allocator.cli import Call, command, default_language, scenario_options
from allocator.words import Words

if TYPE_CHECKING:
    from allocator.model.allocation import Allocation
    from allocator.report.build import Findings

DRAWS, SEED = 16_384, 0
"""As `allocator sensitivity` has them unless told otherwise, so that both give the same figures."""
MOST_SEARCHED = 200
"""Above this many units the searches (best assumptions, tipping growth) take longer than people wait for a report."""
_help = Words(default_language())


@command("report")
@scenario_options
@click.option("--out", metavar="DIR", required=True, type=click.Path(path_type=Path), help=_help("cli.report.out"))
@click.option("--formats", metavar="LIST", default=None, help=_help("cli.report.formats"))
def report(
    call: Call, scenario: str, settings: tuple[str, ...], data: str | None, out: Path, formats: str | None
) -> None:
    """Allocate, write every file asked for, and name them."""
    from allocator.files import load_scenario, write_whole
    from allocator.model.allocation import allocate
    from allocator.report.build import build
    from allocator.report.formats import files, known_formats

    asked = known_formats(formats)
    made = allocate(*load_scenario(scenario, settings, data))
    contents = files(build(made, call.words, _findings(call, made)), asked)
    for name, content in contents.items():
        write_whole(out / name, content)
    paths = [str(out / name) for name in contents]
    call.show({"files": paths}, lambda: call.words("cli.report.done", folder=out, count=len(paths)))


def _findings(call: Call, made: Allocation) -> Findings:
    """What can be found out beside the quotas; a section that cannot be made is left out, and a note says why."""
    from allocator.data.source import source_beside
    from allocator.errors import AllocatorError
    from allocator.report.build import Findings

    found: dict[str, Any] = {}
    with ThreadPoolExecutor() as pool:
        searches = {name: pool.submit(find, made) for name, find in _SEARCHES.items()}
    for name, search in searches.items():
        try:
            found[name] = search.result()
        except AllocatorError as error:
            cause = "; ".join(error.messages(call.words.language))
            call.note(call.words("report.left_out", section=call.words(f"report.{name}"), cause=cause))
    charts = all(find_spec(name) is not None for name in ("altair", "vl_convert"))
    return Findings(source_beside(Path(made.table.place)), **found, charts=charts)


def _sensitivity(made: Allocation) -> dict[str, Any] | None:
    """What `allocator sensitivity` finds; None where no growth is expected."""
    from allocator.analysis.sweep import plan, sweep
    from allocator.analysis.tipping import tipping
    from allocator.analysis.uncertainty import uncertainty

    if not any(made.table.optional("growth_estimate")):
        return None
    planned = plan(made, SEED)
    *_, summary = sweep(planned, DRAWS, 1)
    document = uncertainty(planned, summary).to_json(made.table.units, made.quotas)
    tips = tipping(made.table, made.scenario) if len(made.table) <= MOST_SEARCHED else {}
    for row in document["units"]:
        tip = tips[row["unit"]][row["unit"]] if tips else None
        row |= {"tips_down": tip and tip.down, "tips_up": tip and tip.up}
    return {"seed": SEED, **document}


def _calibration(made: Allocation) -> dict[str, Any] | None:
    """The first findings of `allocator calibrate`, without the slower ones on how far to trust them.

    None where the published quotas are not all there, or the units are too many to search.
    """
    from allocator.analysis.calibration import calibrate

    if None in made.published or len(made.table) > MOST_SEARCHED:
        return None
    found = calibrate(made.table, made.scenario)
    published = [round(each) for each in found.ground.published.tolist()]
    units = zip(made.table.units, published, found.explained.fair_share, strict=True)
    ladder = [("equal_split", found.equal_split), *((each.model, each.misplaced) for each in found.ladder)]
    return {
        "best": found.parameters(found.best),
        "ladder": [{"model": name, "misplaced": round(moved, 6)} for name, moved in ladder],
        "units": [
            {"unit": unit, "published": asked, "explained": round(share, 6), "residual": round(asked - share, 6)}
            for unit, asked, share in units
        ],
        "candidates": found.tried,
        "neighbours": found.neighbours,
    }


_SEARCHES = {"sensitivity": _sensitivity, "calibration": _calibration}
