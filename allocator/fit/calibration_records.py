"""A calibration with everything that says how far to trust it, as one JSON object."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from allocator.fit.calibration import Calibration
from allocator.fit.candidates import BASES, NO_CAP, PARAMETERS
from allocator.fit.confidence import (
    SOUGHT,
    Intervals,
    Reach,
    good_intervals,
    leave_one_out,
    quota_ranges,
    recommended,
)
from allocator.fit.search import Tally
from allocator.fit.unexplained import fairness, implied, implied_workforce
from allocator.model.claims import MICRO

FORETOLD = 0.1
"""A unit left out counts as foretold within this share of its published quota, or within a lot."""


def calibration_result(found: Calibration) -> dict[str, Any]:
    """Every figure of a calibration, members and persons; the fair share of the best rule explains each quota."""
    found = replace(found, tally=Tally(found.tried))
    simplest, sets = recommended(found)
    spans, ranges = good_intervals(found), quota_ranges(found)
    row = dict(zip(PARAMETERS, simplest.row.tolist(), strict=True))
    box = found.ground.box(**{name: found.ground.ranges[name] if name in sets else row[name] for name in PARAMETERS})
    left_out = leave_one_out(found, box)
    units = _units(found, ranges)
    ladder = [("equal_split", found.equal_split), *((each.model, each.misplaced) for each in found.ladder)]
    return {
        "best": found.parameters(found.best),
        "ladder": [{"model": name, "misplaced": round(moved, 6)} for name, moved in ladder],
        "units": units,
        "candidates": found.tally.candidates,
        "neighbours": found.neighbours,
        "best_in_lots": found.parameters(found.best_in_lots),
        "recommended": {**found.parameters(simplest), "sets": [each for each in sets if each not in BASES]},
        "limit": round(found.limit, 6),
        **_intervals(found, spans),
        "unexplained": [each for each in units if each["distance"] or each["good_distance"]],
        "leave_one_out": {"recommended": _left_out(found, left_out)},
        "implied_claims": implied(found),
        "fairness": fairness(found),
    }


def _units(found: Calibration, ranges: Sequence[Reach]) -> list[dict[str, Any]]:
    explained = found.explained
    published = map(round, found.ground.published.tolist())
    fitting = (None if each is None else round(each, 1) for each in implied_workforce(found))
    figures = zip(
        found.ground.table.units,
        published,
        explained.fair_share,
        explained.quotas,
        explained.claims.available,
        fitting,
        ranges,
        strict=True,
    )
    return [
        {
            "unit": unit,
            "published": asked,
            "explained": round(share, 6),
            "residual": round(asked - share, 6),
            "explained_quota": quota,
            "reachable": [span.low, span.high],
            "distance": _distance(asked, span.low, span.high),
            "good": [span.good_low, span.good_high],
            "good_distance": _distance(asked, span.good_low, span.good_high),
            "available": available / MICRO,
            "implied_workforce": workforce,
        }
        for unit, asked, share, quota, available, workforce, span in figures
    ]


def _distance(asked: int, low: int, high: int) -> int:
    """How far a quota lies outside a range, members, with its sign; 0 inside."""
    return min(0, asked - low) + max(0, asked - high)


def _intervals(found: Calibration, spans: Intervals) -> dict[str, Any]:
    return {
        "intervals": [
            {
                "parameter": name,
                "low": _plain(spans.spans[name][0]),
                "high": _plain(spans.spans[name][1]),
                "range": list(found.ground.ranges[name]),
                "told": name not in spans.untold,
            }
            for name in SOUGHT
        ],
        "bases": list(spans.bases),
        "together": [{"parameters": [one, other], "correlation": value} for one, other, value in spans.together],
    }


def _plain(value: float) -> float | None:
    return None if value >= NO_CAP else int(value) if value == int(value) else round(value, 6)


def _left_out(found: Calibration, predictions: Sequence[float | None]) -> dict[str, Any]:
    units, published = found.ground.table.units, found.ground.published.tolist()
    rows = [
        {"unit": unit, "published": round(asked), "predicted": None if share is None else round(share, 1)}
        for unit, asked, share in zip(units, published, predictions, strict=True)
    ]
    near = [
        row["unit"]
        for row, asked in zip(rows, published, strict=True)
        if row["predicted"] is not None
        and abs(row["predicted"] - asked) <= max(found.ground.scenario.lot, FORETOLD * asked)
    ]
    return {"units": rows, "foretold": near}
