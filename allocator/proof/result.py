"""A result as it is printed and stored: every figure, the inputs it came from, their hashes, and a digest of it all."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from allocator import __version__
from allocator.data.digest import sha256
from allocator.data.findings import Oddity
from allocator.errors import Fault
from allocator.model.allocation import Allocation
from allocator.model.certificate import Tie
from allocator.model.claims import MICRO
from allocator.model.hierarchy import node_totals
from allocator.why.accounts import accounts
from allocator.why.comparison import Comparison, compare, other_way

SIDES = ("given", "waiting")
ENDS = ("marginal_effort", "next_effort")


def result(allocation: Allocation, compared: Comparison | None = None) -> dict[str, Any]:
    """The allocation as one JSON object, compared unless that was done; `digest` covers everything else in it."""
    ground = allocation.ground
    table, scenario = ground.table.rows(), ground.scenario.model_dump(mode="json")
    reading = [read_note(each) for each in ground.table.notes]
    document: dict[str, Any] = {
        "scenario": scenario,
        "target": allocation.scenario.target,
        "lot": allocation.scenario.lot,
        **dict(zip(ENDS, allocation.ends, strict=True)),
        "units": unit_rows(allocation),
        "comparison": asdict(compared or compare(allocation)),
        "rules": [each.to_json() for each in accounts(allocation)],
        "ties": [_tie(tie, allocation) for tie in allocation.ties],
        "notes": [*map(plain, allocation.notes), *reading],
        "inputs": {
            "table": table,
            "table_sha256": sha256(table),
            "scenario_sha256": sha256(scenario),
            "version": __version__,
            **({"reading": reading} if reading else {}),
        },
    }
    if allocation.problem.risk is not None:
        document["risk_costs"] = [list(costs) for costs in allocation.problem.risk]
    if allocation.whole is not None:
        name, moved = other_way(allocation)
        position = allocation.ground.tree.position
        ends = {node: dict(zip(ENDS, pair, strict=True)) for node, pair in allocation.family_ends.items()}
        document["groups"] = [{**each, **ends.get(position[each["unit"]], {})} for each in node_totals(allocation)]
        document["other_way"] = {"hierarchy": name, "moved": moved}
    return {**document, "digest": sha256(document)}


def entry_of(allocation: Allocation) -> dict[str, Any]:
    """What an entry of a journal holds of an allocation: digests of its inputs and its result, and how to find it.

    `inputs` is the SHA-256 of the list of the result's `inputs.table_sha256` and `inputs.scenario_sha256`.
    """
    made = result(allocation)
    content = {"scenario": made["scenario"], "table": allocation.ground.table.fingerprint}
    return {
        "inputs": sha256([made["inputs"]["table_sha256"], made["inputs"]["scenario_sha256"]]),
        "result": made["digest"],
        "content": content,
    }


def _tie(tie: Tie, allocation: Allocation) -> dict[str, Any]:
    """A tie with the names of its level's units."""
    names = allocation.ground.levels[tie.level - 1].table.units
    sides = {side: [names[unit] for unit in getattr(tie, side)] for side in SIDES}
    return {**sides, "level": tie.level, "effort": tie.effort}


def unit_rows(allocation: Allocation) -> list[dict[str, Any]]:
    """One mapping a unit, in table order, members and persons."""
    lot, bounds, claims = allocation.problem.lot, allocation.bounds, allocation.claims
    measured = allocation.table.measured
    tree = allocation.whole and allocation.whole.tree
    level = dict(zip(tree.names, tree.level, strict=True)) if tree else {}
    return [
        {
            "unit": unit,
            **({"parent": allocation.table.parents[i], "level": level[unit]} if tree else {}),
            "workforce": claims.workforce[i] if measured else None,
            "available": claims.available[i] / MICRO if measured else None,
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


def read_note(note: Oddity) -> dict[str, Any]:
    """What is to be said of how the table was read, as data."""
    known = {key: getattr(note, key) for key in ("row", "column", "printed", "recomputed", "place")}
    return {"code": note.code, **{key: value for key, value in known.items() if value not in (None, "")}, **note.values}


def plain(note: Fault) -> dict[str, Any]:
    """A note as data: its key and its figures, the same in every language."""
    return {"code": note.key, **note.values}
