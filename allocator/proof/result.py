"""A result as it is printed and stored: every figure, the inputs it came from, their hashes, and a digest of it all."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from allocator import __version__
from allocator.data.digest import sha256
from allocator.errors import Fault
from allocator.model.allocation import Allocation, Whole
from allocator.model.claims import MICRO
from allocator.why.comparison import Comparison, compare


def result(allocation: Allocation, compared: Comparison | None = None) -> dict[str, Any]:
    """The allocation as one JSON object, compared unless that was done; `digest` covers everything else in it."""
    lower, upper = allocation.ends
    whole = allocation.whole or Whole(allocation.table, allocation.scenario)
    table, scenario = whole.table.rows(), whole.scenario.model_dump(mode="json")
    document = {
        "scenario": scenario,
        "target": allocation.scenario.target,
        "lot": allocation.scenario.lot,
        "marginal_effort": lower,
        "next_effort": upper,
        "units": unit_rows(allocation),
        "comparison": (compared or compare(allocation)).to_json(),
        "ties": [
            {"effort": tie.effort, "given": _names(allocation, tie.given), "waiting": _names(allocation, tie.waiting)}
            for tie in allocation.ties
        ],
        "notes": [plain(note) for note in allocation.notes],
        "inputs": {
            "table": table,
            "table_sha256": sha256(table),
            "scenario_sha256": sha256(scenario),
            "version": __version__,
        },
    }
    if allocation.problem.risk is not None:
        document["risk_costs"] = [list(costs) for costs in allocation.problem.risk]
    if allocation.whole is not None:
        document |= tree_figures(allocation)
    return {**document, "digest": sha256(document)}


def tree_figures(allocation: Allocation) -> dict[str, Any]:
    """What a tree adds: sums of the nodes above the leaves, and what the other way to decide would move."""
    from allocator.model.hierarchy import node_totals
    from allocator.why.comparison import other_way

    name, moved, _ = other_way(allocation)
    return {
        "groups": [asdict(each) for each in node_totals(allocation)],
        "other_way": {"hierarchy": name, "moved": moved},
    }


def unit_rows(allocation: Allocation) -> list[dict[str, Any]]:
    """One mapping a unit, in table order, members and persons."""
    lot, bounds, claims = allocation.problem.lot, allocation.bounds, allocation.claims
    places = tree_places(allocation)
    return [
        {
            "unit": unit,
            **places[i],
            "workforce": claims.workforce[i],
            "available": claims.available[i] / MICRO,
            "claim": claims.claims[i] / MICRO,
            "fair_share": round(allocation.fair_share[i], 6),
            "floor": bounds.floor[i] * lot,
            "cap": bounds.cap[i] * lot,
            "quota": allocation.quotas[i],
            "effort": allocation.efforts[i],
            "position": allocation.positions[i],
            "published": allocation.published[i],
            "difference": allocation.differences[i],
        }
        for i, unit in enumerate(allocation.table.units)
    ]


def tree_places(allocation: Allocation) -> list[dict[str, Any]]:
    """Parent and level of each unit of a tree; nothing where there is none."""
    if allocation.whole is None:
        return [{}] * len(allocation.table)
    from allocator.model.hierarchy import forest

    level = dict(zip((tree := forest(allocation.whole.table)).names, tree.level, strict=True))
    pairs = zip(allocation.table.units, allocation.table.parents, strict=True)
    return [{"parent": parent, "level": level[unit]} for unit, parent in pairs]


def plain(note: Fault) -> dict[str, Any]:
    """A note as data: its key and its figures, the same in every language."""
    return {"code": note.key, **note.values}


def _names(allocation: Allocation, units: tuple[int, ...]) -> list[str]:
    return [allocation.table.units[unit] for unit in units]
