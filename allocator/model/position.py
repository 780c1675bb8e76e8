"""Where each unit stands against the marginal effort: by claim, at a floor, at a cap, or held by a group; and ties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from allocator.model.certificate import Interval, unit_interval
from allocator.model.problem import Problem, array, sums
from allocator.model.waterfill import NEAR


@dataclass(frozen=True)
class Tie:
    """Lots of equal cost of which not all could be given.

    Attributes:
        effort: their cost, members asked per member of claim.
        given: positions of the units that got theirs.
        waiting: positions of the units that did not.
    """

    effort: float
    given: tuple[int, ...]
    waiting: tuple[int, ...]


def domains(problem: Problem, lots: Sequence[int], at: Sequence[Interval]) -> tuple[int, ...]:
    """The node whose interval each unit answers to: the innermost group whose bound holds lots in or out, else 0.

    A group binds at its floor where one of its lots costs more than the cheapest lot not given outside, at its cap
    where one of the lots it was refused costs less than the dearest given outside.
    """
    tree, held = problem.tree, sums(problem, lots)
    domain = [0] * len(tree.names)
    for node in range(1, len(tree.names)):
        outer, inner = at[domain[tree.parent[node]]], at[node]
        floored = held[node] == tree.floor[node] and _above(inner, outer)
        capped = held[node] == tree.cap[node] and _above(outer, inner)
        domain[node] = node if floored or capped else domain[tree.parent[node]]
    return tuple(domain[home] for home in tree.home)


def _above(high: Interval, low: Interval) -> bool:
    return high.last is not None and low.next is not None and high.last > low.next


def positions(problem: Problem, lots: Sequence[int], at: Sequence[Interval], domain: Sequence[int]) -> tuple[str, ...]:
    """Position of each unit: a bound counts only where the unit would hold another number of lots without it."""
    now, node = array(lots), array(domain)
    made = np.where(node > 0, "AT_GROUP", "BY_CLAIM").astype(object)
    following = [problem.cost(each.next[2], each.next[3]) if each.next else np.inf for each in at]
    last = [problem.cost(each.last[2], each.last[3]) if each.last else -np.inf for each in at]
    capped = np.flatnonzero((now == problem.cap) & (problem.claims > 0))
    if problem.risk is not None:
        # The risk of a lot beyond the cap is not known: it is taken for given that the cap binds.
        known = np.array([now[unit] < len(problem.risk[unit]) for unit in capped], dtype=bool)
        made[capped[~known]] = "AT_CAP"
        capped = capped[known]
    cheap = problem.costs(capped, now[capped] + 1) <= np.array(last)[node[capped]] * (1 + NEAR)
    for unit in capped[cheap].tolist():
        dearest = at[domain[unit]].last
        if dearest is not None and problem.key(unit, lots[unit] + 1) < dearest:
            made[unit] = "AT_CAP"
    made[(now == problem.floor) & (now > 0) & (problem.claims == 0)] = "AT_FLOOR"
    floored = np.flatnonzero((now == problem.floor) & (now > 0) & (problem.claims > 0))
    dear = problem.costs(floored, now[floored]) >= np.array(following)[node[floored]] * (1 - NEAR)
    for unit in floored[dear].tolist():
        cheapest = at[domain[unit]].next
        if cheapest is not None and problem.key(unit, lots[unit]) > cheapest:
            made[unit] = "AT_FLOOR"
    return tuple(made.tolist())


def ties(problem: Problem, lots: Sequence[int], at: Sequence[Interval], domain: Sequence[int]) -> tuple[Tie, ...]:
    """Every tie the order decided, one for each domain in which the last lot given costs what the next one would."""
    found, nodes, now = [], array(domain), array(lots)
    for node in sorted(set(nodes.tolist())):  # np.unique would import numpy.ma
        last, following = at[node].last, at[node].next
        if last is None or following is None or last[0] != following[0]:
            continue
        effort = problem.cost(last[2], last[3])
        units = np.flatnonzero((nodes == node) & (problem.claims > 0))
        near = [np.abs(problem.costs(units, np.maximum(k[units], 1)) - effort) <= NEAR * effort for k in (now, now + 1)]
        inside = [(unit, unit_interval(problem, unit, lots[unit])) for unit in units[near[0] | near[1]].tolist()]
        given = tuple(unit for unit, each in inside if each.last is not None and each.last[0] == last[0])
        waiting = tuple(unit for unit, each in inside if each.next is not None and each.next[0] == last[0])
        found.append(Tie(effort, given, waiting))
    return tuple(found)
