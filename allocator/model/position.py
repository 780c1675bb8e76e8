"""Where each unit stands against the marginal effort: by claim, at a floor, at a cap, or held by a group; and ties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from allocator.model.certificate import Interval, unit_interval
from allocator.model.problem import Problem, sums


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
    return tuple(_position(problem, unit, each, at[domain[unit]], domain[unit]) for unit, each in enumerate(lots))


def _position(problem: Problem, unit: int, lots: int, domain: Interval, node: int) -> str:
    claimed = problem.claims[unit] > 0
    floored = lots == problem.floor[unit] and lots > 0
    if floored and (not claimed or (domain.next is not None and problem.key(unit, lots) > domain.next)):
        return "AT_FLOOR"
    if lots == problem.cap[unit] and claimed:
        if problem.risk is not None and lots >= len(problem.risk[unit]):
            return "AT_CAP"
        if domain.last is not None and problem.key(unit, lots + 1) < domain.last:
            return "AT_CAP"
    return "AT_GROUP" if node else "BY_CLAIM"


def ties(problem: Problem, lots: Sequence[int], at: Sequence[Interval], domain: Sequence[int]) -> tuple[Tie, ...]:
    """Every tie the order decided, one for each domain in which the last lot given costs what the next one would."""
    found = []
    for node in sorted(set(domain)):
        last, following = at[node].last, at[node].next
        if last is None or following is None or last[0] != following[0]:
            continue
        inside = [(unit, unit_interval(problem, unit, lots[unit])) for unit, each in enumerate(domain) if each == node]
        given = tuple(unit for unit, each in inside if each.last is not None and each.last[0] == last[0])
        waiting = tuple(unit for unit, each in inside if each.next is not None and each.next[0] == last[0])
        found.append(Tie(problem.cost(last[2], last[3]), given, waiting))
    return tuple(found)
