"""A round as data: every entry with its answer, and the joint answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allocator.data.table import Number, Table

if TYPE_CHECKING:
    from allocator.model.allocation import Allocation
    from allocator.year.round import Answered, Round


def round_records(table: Table, made: Round, ceiling: Number | None) -> dict[str, Any]:
    """The answer as plain mappings; `table` is what was asked about."""
    before, after = (made.silent_efforts(each) for each in (made.true, made.joint))
    return {
        "bids": [_entry(table, made, each) for each in made.entries],
        "claims": _against(made.now, made.true),
        "joint": {
            **_against(made.now, made.joint),
            "kept": [*made.kept],
            "not_kept": [each.bid.unit for each in made.standing("no_room")],
            "above": [each.bid.unit for each in made.standing("above")],
            "unplaced": made.unplaced,
            "paid_by": made.paid_by,
            "lots": made.lots,
            "ceiling": None if ceiling is None else {"share": ceiling, "held": [*made.held]},
            "others": {"before": before, "after": after},
        },
        "recorded": None,
    }


def _against(now: Allocation, made: Allocation) -> dict[str, Any]:
    """Every unit's quota in an allocation and its change against the present one, and the members that move."""
    rows = zip(now.table.units, now.quotas, made.quotas, strict=True)
    units: list[dict[str, Any]] = [{"unit": unit, "quota": new, "change": new - old} for unit, old, new in rows]
    return {"units": units, "moved": sum(abs(each["change"]) for each in units) // 2}


def _entry(table: Table, made: Round, each: Answered) -> dict[str, Any]:
    """One entry with its answer."""
    from allocator.data.bids import TOLD
    from allocator.why.appeal import plain_figures, plain_obstacle, quotas_moved

    bid, alone = each.bid, each.made and _against(made.now, each.made)
    return {
        "unit": bid.unit,
        "kind": "claim" if bid.is_claim else "bid",
        "column": bid.column if bid.is_claim else None,
        "present": bid.present(table),
        "asked": bid.asked,
        "fair": None if bid.is_claim else bid.asked == each.quota,
        "quota": each.quota,
        "quota_if": each.quota_if,
        **{name: getattr(bid, name) for name in TOLD},
        "answer": each.stands,
        "absorbed_by": quotas_moved(made.now, each.made, {bid.unit}) if each.made else None,
        "moved": alone and alone["moved"],
        **(plain_figures(each.figures) if each.figures else {}),
        "obstacle": each.obstacle and plain_obstacle(each.obstacle),
        "crowded": each.crowded and plain_obstacle(each.crowded),
    }
