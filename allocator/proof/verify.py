"""Whether a stored result is what its inputs give: exact arithmetic from the stored inputs, no solver, no prices.

Claims and bounds are derived anew, the stored quotas are proved feasible and optimal by the certificate's interval
test, and every other figure is derived from them again and compared. A digest proves nothing by itself, since anyone
can make it anew: it is looked at last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from allocator.data.digest import sha256
from allocator.data.table import Table
from allocator.errors import AllocatorError, Fault, fault
from allocator.model.allocation import PROGRAM_MOST_UNITS, Allocation, allocate_tree, assess, grounds, large_note, pose
from allocator.model.bounds import LotBounds
from allocator.model.certificate import intervals, violation
from allocator.model.claims import MICRO, Claims
from allocator.model.feasibility import check_feasible
from allocator.model.problem import Problem, sums
from allocator.model.scenario import Scenario
from allocator.proof.result import plain, result
from allocator.proof.stored_inputs import as_result, figure_differences, scenario_of, shown, table_of

INPUTS = ("scenario", "inputs", "digest")
HASHES = ("table", "table_sha256", "scenario_sha256")
FINER = 1_000
"""Risk costs are made anew to so many parts of their last decimal."""


def verify(document: Any) -> Fault | None:
    """The first figure of a stored result that its inputs do not give; None where the result is valid.

    Args:
        document: the result, as `run --out` stores it, read from JSON.

    Raises:
        InputError: the document is no result at all.
    """
    stored = as_result(document)
    signed = _hash({key: value for key, value in stored.items() if key != "digest"}) == stored["digest"]
    wrong = _wrong(stored, signed)
    inputs = stored["inputs"]
    for part, key, value in (
        ("inputs.table", "table_sha256", inputs["table"]),
        ("scenario", "scenario_sha256", stored["scenario"]),
    ):
        if _hash(value) != inputs.get(key):
            if wrong is None:
                return fault("verify.input_changed", part=part, key=f"inputs.{key}")
            return fault("verify.input_changed_first", part=part, key=f"inputs.{key}", first=wrong)
    if wrong is None and not signed:
        return fault("verify.digest", stored=shown(stored["digest"]))
    return wrong


def _hash(value: Any) -> str:
    """The hash of a JSON value; none where it holds what no JSON file can."""
    try:
        return sha256(value)
    except ValueError:
        return ""


def _wrong(stored: Mapping[str, Any], signed: bool) -> Fault | None:
    """The first figure that fails: a claim or a bound, then the quotas as a whole, then whatever rests on them."""
    try:
        table, scenario = table_of(stored["inputs"]["table"]), scenario_of(stored["scenario"])
        allocation = (_tree if any(table.parents) else _flat)(stored, table, scenario)
    except _WrongError as error:
        return error.faults[0]
    except AllocatorError as error:
        return fault("verify.unusable", detail=error.faults[0])
    given = result(allocation)
    if signed and given["digest"] == stored["digest"]:
        return None
    if isinstance(version := stored["inputs"].get("version"), str):
        given["inputs"]["version"] = version
    ours, theirs = ({key: value for key, value in each.items() if key not in INPUTS} for each in (stored, given))
    inputs = figure_differences(stored["inputs"], given["inputs"], "inputs", HASHES)
    return next(chain(figure_differences(ours, theirs, ""), inputs), None)


class _WrongError(AllocatorError):
    """The first figure that fails."""


def _flat(stored: Mapping[str, Any], table: Table, scenario: Scenario) -> Allocation:
    """The allocation that the stored quotas are; raises _WrongError unless they are the fair ones."""
    ground = grounds(table, scenario)
    (posed,) = ground.posed(costs=_risk(stored, table, scenario))
    claimed, bounded, problem = posed
    check_feasible(problem, bounded)
    rows, units = stored["units"], _basis(table, claimed, bounded, problem.lot)
    if any(
        not isinstance(row, dict) or not given.items() <= row.items() for row, given in zip(rows, units, strict=False)
    ):
        _raise(next(figure_differences(rows, units, "units", None), None))
    if len(rows) != len(units):
        raise _WrongError(fault("verify.length", figure="units", stored=len(rows), given=len(units)))
    lots = _lots({row["unit"]: row.get("quota") for row in rows}, table.units, problem)
    # Which method decided is not stored: the note that tells may stand wherever it is true.
    told, note = stored.get("notes"), large_note(table)
    notes = (note,) * (len(table) > PROGRAM_MOST_UNITS and isinstance(told, list) and plain(note) in told)
    return assess(ground, posed, lots, notes=notes)


def _tree(stored: Mapping[str, Any], table: Table, scenario: Scenario) -> Allocation:
    """The same for a tree: every problem on the way is checked with what the stored leaves add up to."""
    from allocator.model.forest import forest

    tree = forest(table)
    quotas = {row.get("unit"): row.get("quota") for row in stored["units"] if isinstance(row, dict)}
    held: dict[str, Any] = {}
    for node, name in enumerate(tree.names):
        below = [quotas.get(tree.names[leaf]) for leaf in tree.leaves_below(node)]
        held[name] = sum(below) if all(type(each) is int for each in below) else below[0]
    return allocate_tree(table, scenario, lambda problem, names: _lots(held, names, problem))


def _risk(stored: Mapping[str, Any], table: Table, scenario: Scenario) -> tuple[list[int], ...] | None:
    """The risk costs kept with the result; they differ from those made anew only where rounding is a close call."""
    if not scenario.risk.weight:
        return None
    finer = {"risk": scenario.risk.model_copy(update={"weight": scenario.risk.weight * FINER})}
    given = pose(table, scenario.model_copy(update=finer))[2].risk or ()
    kept = stored.get("risk_costs")
    if not (isinstance(kept, list) and len(kept) == len(given)):
        raise _WrongError(fault("verify.missing", figure="risk_costs", given=shown([len(each) for each in given])))
    for unit, costs, fine in zip(table.units, kept, given, strict=True):
        if not (isinstance(costs, list) and len(costs) == len(fine) and all(type(each) is int for each in costs)):
            raise _WrongError(
                fault("verify.figure", figure=f"risk_costs[{unit}]", stored=shown(costs), given=len(fine))
            )
        for k, (cost, each) in enumerate(zip(costs, fine, strict=True), start=1):
            if abs(cost * FINER - each) > FINER // 2 + 1:
                values = {"stored": cost, "given": each / FINER}
                raise _WrongError(fault("verify.figure", figure=f"risk_costs[{unit}][{k}]", **values))
    return tuple(kept)


def _basis(table: Table, claimed: Claims, bounded: LotBounds, lot: int) -> list[dict[str, Any]]:
    """The figures of each unit that its quota rests on."""
    return [
        {
            "unit": unit,
            "workforce": claimed.workforce[i],
            "available": claimed.available[i] / MICRO,
            "claim": claimed.claims[i] / MICRO,
            "floor": bounded.floor[i] * lot,
            "cap": bounded.cap[i] * lot,
        }
        for i, unit in enumerate(table.units)
    ]


def _lots(quotas: Mapping[str, Any], names: Sequence[str], problem: Problem) -> tuple[int, ...]:
    """Stored quotas as whole lots; raises _WrongError unless they keep all bounds and are the optimum."""
    for name in names:
        quota = quotas.get(name)
        if type(quota) is not int or quota % problem.lot:
            raise _WrongError(fault("verify.not_lots", unit=name, quota=shown(quota), lot=problem.lot))
    lots = tuple(quotas[name] // problem.lot for name in names)
    _raise(_infeasible(names, problem, lots) or _not_optimal(names, problem, lots))
    return lots


def _raise(wrong: Fault | None) -> None:
    if wrong is not None:
        raise _WrongError(wrong)


def _infeasible(names: Sequence[str], problem: Problem, lots: tuple[int, ...]) -> Fault | None:
    lot, tree = problem.lot, problem.tree
    found = violation(replace(problem, cap=problem.top), lots)
    if found is None:
        return None
    kind, index = found
    if kind == "unit":
        floor, cap = int(problem.floor[index]) * lot, int(problem.top[index]) * lot
        return fault("verify.bound", name=names[index], held=lots[index] * lot, floor=floor, cap=cap)
    held = sums(problem, lots)[index] * lot
    if index == 0:
        return fault("verify.sum", held=held, target=problem.lots * lot)
    low, high = tree.floor[index] or 0, problem.lots if tree.cap[index] is None else tree.cap[index]
    return fault("verify.bound", name=tree.names[index], held=held, floor=low * lot, cap=(high or 0) * lot)


def _not_optimal(names: Sequence[str], problem: Problem, lots: tuple[int, ...]) -> Fault | None:
    """The lot that could move to another unit and ask less there, with what it asks in both places."""
    for each in intervals(problem, lots):
        if each.empty and each.last is not None and each.next is not None:
            _, _, giver, k = each.last
            _, _, taker, following = each.next
            efforts = {"dear": problem.cost(giver, k), "cheap": problem.cost(taker, following)}
            key = "verify.tie" if each.last[0] == each.next[0] else "verify.moved"
            return fault(key, giver=names[giver], taker=names[taker], **efforts)
    return None
