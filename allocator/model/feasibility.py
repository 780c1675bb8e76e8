"""Whether the rules can hold together, before anything is solved; if not, which rules collide and by how much."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from allocator.errors import Fault, InfeasibleError, fault
from allocator.model.problem import Problem, array, most_lots
from allocator.model.signpost import IntArray

if TYPE_CHECKING:
    from allocator.model.bounds import Bound, LotBounds


def check_feasible(problem: Problem, bounds: LotBounds) -> None:
    """Raise InfeasibleError with every unit, group and total whose rules cannot hold together."""
    faults = list(_unit_faults(problem, bounds)) or list(_node_faults(problem, bounds))
    if faults:
        raise InfeasibleError(faults)


def feasible(problem: Problem) -> bool:
    """Whether any whole lots meet the target, every floor and cap, and every group."""
    if len(problem.tree.names) == 1:
        within = int(problem.floor.sum()) <= problem.lots <= int(problem.top.sum())
        return within and bool((problem.floor <= problem.cap).all())
    return bool(feasible_draws(problem, problem.claims[:, None], problem.cap[:, None])[0])


def feasible_draws(problem: Problem, claims: IntArray, cap: IntArray) -> NDArray[np.bool_]:
    """Whether all floors and caps can hold together in each draw, by its claims and caps, shape (units, draws)."""
    least, most = _reach(problem, claims, cap)
    made = (cap >= problem.floor[:, None]).all(axis=0)
    for low, high, floor, top in zip(least, most, problem.tree.floor, problem.tree.cap, strict=True):
        made &= np.maximum(low, floor or 0) <= (high if top is None else np.minimum(high, top))
    return np.asarray(made)


def reach(problem: Problem) -> tuple[list[int], list[int]]:
    """Fewest and most lots that each node's units and inner groups allow, before the node's own floor and cap."""
    least, most = _reach(problem, problem.claims[:, None], problem.cap[:, None])
    return least[:, 0].tolist(), most[:, 0].tolist()


def _reach(problem: Problem, claims: IntArray, cap: IntArray) -> tuple[IntArray, IntArray]:
    """`reach` of many draws, shape (nodes, draws)."""
    tree, floor = problem.tree, problem.floor[:, None]
    top = most_lots(claims, floor, cap, problem.lots)
    least, most = (np.zeros((len(tree.names), claims.shape[1]), dtype=np.int64) for _ in range(2))
    np.add.at(least, list(tree.home), floor)
    np.add.at(most, list(tree.home), top)
    for node in range(len(tree.names) - 1, 0, -1):
        up, bound = tree.parent[node], tree.cap[node]
        least[up] += np.maximum(least[node], tree.floor[node] or 0)
        most[up] += most[node] if bound is None else np.minimum(most[node], bound)
    return least, most


def _unit_faults(problem: Problem, bounds: LotBounds) -> Iterator[Fault]:
    for unit in np.flatnonzero(array(bounds.floor) > array(bounds.cap)).tolist():
        floor, cap = bounds.rule(unit, least=True), bounds.rule(unit, least=False)
        if floor is not None and cap is not None:
            yield fault(
                "infeasible.unit",
                floor_rule=rule_text(floor, problem.lot),
                least=floor.lots * problem.lot,
                cap_rule=rule_text(cap, problem.lot),
                most=cap.lots * problem.lot,
                unit=bounds.names[unit],
            )


def _node_faults(problem: Problem, bounds: LotBounds) -> Iterator[Fault]:
    tree, lot = problem.tree, problem.lot
    least, most = reach(problem)
    for node in range(len(tree.names) - 1, 0, -1):
        floor, cap = tree.floor[node], tree.cap[node]
        figures = {"group": tree.names[node], "least": least[node] * lot, "most": most[node] * lot}
        if floor is not None and cap is not None and floor > cap:
            yield fault("infeasible.group_order", floor=floor * lot, cap=cap * lot, **figures)
        elif floor is not None and floor > most[node]:
            yield fault("infeasible.group_floor", floor=floor * lot, rules=_keys(bounds, least=False), **figures)
        elif cap is not None and cap < least[node]:
            yield fault("infeasible.group_cap", cap=cap * lot, rules=_keys(bounds, least=True), **figures)
    target = problem.lots * lot
    if most[0] < problem.lots:
        all_zero = not problem.claims.any()
        over = target - most[0] * lot
        key = "infeasible.no_claims" if all_zero else "infeasible.above_caps"
        yield fault(key, target=target, most=most[0] * lot, over=over, rules=_keys(bounds, least=False))
    elif least[0] > problem.lots:
        under = least[0] * lot - target
        rules = _keys(bounds, least=True)
        yield fault("infeasible.below_floors", target=target, least=least[0] * lot, under=under, rules=rules)


def rule_text(rule: Bound, lot: int) -> Fault:
    """A rule as words: its kind, the unit or group, the bound in members."""
    values = {"name": rule.name, "members": rule.lots * lot}
    if not rule.kind.startswith("below_"):
        return fault(f"rule.{rule.kind}", **values)
    made_by = [rule_text(each, lot) for each in rule.made_by]
    return (
        fault(f"rule.{rule.kind}", **values, rules=made_by) if made_by else fault(f"rule.{rule.kind}_claim", **values)
    )


def _keys(bounds: LotBounds, least: bool) -> list[str]:
    """Scenario keys of the rules that set floors, or caps; a dash where none does."""
    return list(dict.fromkeys(entry_head(rule.key) for rule in bounds.rules(least))) or ["–"]


def entry_head(key: str) -> str:
    """The part of a rule's key that many may share: `bounds.units`, `locks`, `rules.0`."""
    for head in ("bounds.units", "locks", "groups"):
        if key.startswith(head + "."):
            return head
    return key
