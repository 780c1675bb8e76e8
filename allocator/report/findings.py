"""What a report works out beside the quotas: how they hang on growth, and what explains the published ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from allocator.model.allocation import Allocation

DRAWS, FEW_DRAWS, SEED = 16_384, 1_024, 0
"""As `allocator sensitivity` has them unless told otherwise, so that both agree; fewer for large tables."""
MOST_SEARCHED = 200
"""Above this many units the searches (best assumptions, tipping growth) take longer than people wait for a report."""


def sensitivity(made: Allocation, draws: int | None = None) -> dict[str, Any] | None:
    """What `allocator sensitivity` finds; None where no growth is expected."""
    from allocator.analysis.sweep import plan, sweep
    from allocator.analysis.tipping import tipping
    from allocator.analysis.uncertainty import uncertainty

    if not any(made.table.optional("growth_estimate")):
        return None
    planned = plan(made, SEED)
    small = len(made.table) <= MOST_SEARCHED
    *_, summary = sweep(planned, draws or (DRAWS if small else FEW_DRAWS), 1)
    document = uncertainty(planned, summary).to_json(made.table.units, made.quotas)
    tips = tipping(made.table, made.scenario) if small else {}
    for row in document["units"]:
        tip = tips[row["unit"]][row["unit"]] if tips else None
        row |= {"tips_down": tip and tip.down, "tips_up": tip and tip.up}
    return {"seed": SEED, **document}


def calibration(made: Allocation) -> dict[str, Any] | None:
    """The first findings of `allocator calibrate`, without the slower ones on how far to trust them.

    None where the published quotas are not all there, or the units are too many to search.
    """
    from allocator.analysis.calibration import calibrate
    from allocator.analysis.calibration_result import first_findings

    if None in made.published or len(made.table) > MOST_SEARCHED:
        return None
    return first_findings(calibrate(made.table, made.scenario))


SEARCHES: Mapping[str, Callable[[Allocation], dict[str, Any] | None]] = {
    "sensitivity": sensitivity,
    "calibration": calibration,
}
"""What a report searches for, by the section it stands in."""
