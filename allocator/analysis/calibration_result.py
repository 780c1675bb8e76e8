"""A calibration with everything that says how far to trust it, as one JSON object."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from allocator.analysis.calibration import Calibration, model_box
from allocator.analysis.calibration_confidence import (
    SOUGHT,
    Intervals,
    Reach,
    intervals,
    leave_one_out,
    reach,
    recommended,
)
from allocator.analysis.calibration_published import fairness, implied, implied_workforce
from allocator.analysis.calibration_rules import BASES, NO_CAP, PARAMETERS
from allocator.analysis.calibration_search import Tally
from allocator.model.claims import MICRO

FORETOLD = 0.1
"""A unit left out counts as foretold within this share of its published quota, or within a lot."""


def calibration_result(found: Calibration) -> dict[str, Any]:
    """Every figure of a calibration, members and persons; the fair share of the best rule explains each quota."""
    found = replace(found, tally=Tally(found.tried))
    simplest, sets = recommended(found)
    spans, ranges = intervals(found), reach(found)
    row = dict(zip(PARAMETERS, simplest.row.tolist(), strict=True))
    box = found.ground.box(**{name: found.ground.ranges[name] if name in sets else row[name] for name in PARAMETERS})
    left_out = {
        "recommended": leave_one_out(found, box),
        "best": leave_one_out(found, model_box(found.ground, found.best.model)),
    }
    units = _units(found, ranges)
    ladder = [("equal_split", found.equal_split), *((each.model, each.misplaced) for each in found.ladder)]
    return {
        "best": found.parameters(found.best),
        "best_in_lots": found.parameters(found.best_in_lots),
        "recommended": {**found.parameters(simplest), "sets": [each for each in sets if each not in BASES]},
        "limit": round(found.limit, 6),
        "ladder": [{"model": name, "misplaced": round(moved, 6)} for name, moved in ladder],
        **_intervals(found, spans),
        "units": units,
        "unexplained": [each for each in units if each["distance"] or each["good_distance"]],
        "leave_one_out": {name: _left_out(found, each) for name, each in left_out.items()},
        "implied_claims": _implied(found),
        "fairness": _fairness(found),
        "candidates": found.tally.candidates,
        "neighbours": found.neighbours,
    }


def _units(found: Calibration, ranges: Sequence[Reach]) -> list[dict[str, Any]]:
    explained = found.explained
    figures = zip(
        found.ground.table.units,
        map(round, found.ground.published.tolist()),
        explained.fair_share,
        explained.quotas,
        explained.claims.available,
        implied_workforce(found),
        ranges,
        strict=True,
    )
    return [
        {
            "unit": unit,
            "published": asked,
            "explained": round(share, 6),
            "explained_quota": quota,
            "residual": round(asked - share, 6),
            "reachable": [span.low, span.high],
            "distance": _distance(asked, span.low, span.high),
            "good": [span.good_low, span.good_high],
            "good_distance": _distance(asked, span.good_low, span.good_high),
            "available": available / MICRO,
            "implied_workforce": None if fitting is None else round(fitting, 1),
        }
        for unit, asked, share, quota, available, fitting, span in figures
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


def _implied(found: Calibration) -> dict[str, Any] | None:
    made = implied(found)
    if made is None:
        return None
    figures = zip(found.ground.table.units, made.claims, made.implied, strict=True)
    rows = [
        {
            "unit": unit,
            "claim": round(claim, 6),
            "implied": round(nearest, 6),
            "change": round(nearest / claim - 1, 6) if claim else None,
        }
        for unit, claim, nearest in figures
    ]
    mean = round(made.change / len(rows), 6)
    return {
        "model": made.model,
        "change": round(made.change, 6),
        "mean_change": mean,
        "verified": made.verified,
        "units": rows,
    }


def _fairness(found: Calibration) -> dict[str, Any]:
    made = fairness(found)
    efforts = zip(found.ground.table.units, made.efforts, strict=True)
    return {
        "effort_ratio": made.ratio,
        "effort_gini": made.gini,
        "efforts": [{"unit": unit, "effort": each} for unit, each in efforts],
        "pairs": [
            {"more": p.more, "asked_more": p.more_quota, "less": p.less, "asked_less": p.less_quota} for p in made.pairs
        ],
    }
