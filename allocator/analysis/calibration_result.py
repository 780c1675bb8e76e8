"""A calibration as one JSON object."""

from __future__ import annotations

from typing import Any

from allocator.analysis.calibration import Calibration


def calibration_result(found: Calibration) -> dict[str, Any]:
    """Every figure of a calibration, members and persons; the fair share of the best rule explains each quota."""
    explained, published = found.explained, [round(each) for each in found.ground.published.tolist()]
    units = zip(found.ground.table.units, published, explained.fair_share, explained.quotas, strict=True)
    return {
        "best": found.parameters(found.best),
        "best_in_lots": found.parameters(found.best_in_lots),
        "ladder": [
            {"model": name, "misplaced": round(moved, 6)}
            for name, moved in [
                ("equal_split", found.equal_split),
                *((each.model, each.misplaced) for each in found.ladder),
            ]
        ],
        "units": [
            {
                "unit": unit,
                "published": asked,
                "explained": round(share, 6),
                "explained_quota": quota,
                "residual": round(asked - share, 6),
            }
            for unit, asked, share, quota in units
        ],
        "candidates": found.tally.candidates,
        "neighbours": found.neighbours,
    }
