"""The price of each rule: solve again without it, and say how many members move, who gives and who takes.

Beside it the rule's dual, per lot: the claim effort saved when the rule is loosened by one lot, which is the end of the
dual's interval on the loosening side, found by solving again as well. Where a tight rule saves nothing that way
(another rule is as tight, the quota would be the same anyway, lots of equal cost swap) 0 is a dual like any other,
and the program may report one of several: the rule is called degenerate and no price is given.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain
from math import fsum
from typing import Any

from allocator.model.allocation import Allocation, state
from allocator.model.bounds import SCENARIO_KEYS, Rule, nest, scenario_key, unit_rules
from allocator.model.claims import claims
from allocator.model.problem import Problem, array
from allocator.model.risk import with_risk
from allocator.model.signpost import IntArray
from allocator.why.optima import optima

FLOORS = ("min_quota", "own_min", "pace_down", "group_min")


@dataclass(frozen=True)
class RulePrice:
    """What one rule of the scenario does.

    Attributes:
        rule: its key in the scenario.
        kind, name: which rule, and of which unit or group; the name is empty for rules on all units.
        units: positions of the units it binds: they sit on it (for attainment: their multiplier is not 1).
        status: `slack` (price 0), `priced`, `degenerate` (several duals, no price), `weight` (attainment: no dual).
        price: claim effort saved per lot when it is loosened by one lot; None where it means nothing.
        change: members each unit would hold more (or fewer) without it, in table order; None where the target
            could not be placed without it (units that claim nothing hold what a floor gives them).
    """

    rule: str
    kind: str
    name: str
    units: tuple[int, ...]
    status: str
    price: float | None
    change: tuple[int, ...] | None

    @property
    def moved(self) -> int | None:
        """Members that move without the rule; None where nothing could be allocated."""
        return None if self.change is None else sum(each for each in self.change if each > 0)

    def to_json(self, names: Sequence[str]) -> dict[str, Any]:
        """The row of the contract; `gives` and `takes` name units and members."""
        changes = list(zip(names, self.change or (), strict=self.change is not None))
        return {
            "rule": self.rule,
            "units": [names[unit] for unit in self.units],
            "price": self.price,
            "status": self.status,
            "moved": self.moved,
            "gives": [{"unit": unit, "members": -each} for unit, each in changes if each < 0],
            "takes": [{"unit": unit, "members": each} for unit, each in changes if each > 0],
        }


def rule_prices(allocation: Allocation) -> tuple[RulePrice, ...]:
    """Every rule, those nothing can do without first, then by members moved, equals in the scenario's order."""
    found = [*_bounds(allocation), *_attainment(allocation)]
    return tuple(sorted(found, key=lambda each: (each.moved is not None, -(each.moved or 0))))


def _bounds(allocation: Allocation) -> Iterator[RulePrice]:
    units = list(unit_rules(allocation.table, allocation.scenario, allocation.claims.available))
    # Nodes of a tree are groups too, and no rule that a planner could drop.
    named = {group.name for group in allocation.scenario.groups}
    groups = (r for g in allocation.bounds.groups if g.name in named for r in (g.floor, g.cap) if r is not None)
    together: dict[str, list[Rule]] = {}
    for rule in chain((rule for rule, _ in units), groups):
        together.setdefault(scenario_key(rule), []).append(rule)
    tight = {key: [rule for rule in rules if _tight(allocation, rule)] for key, rules in together.items()}
    of_unit: list[list[tuple[Rule, bool]]] = [[] for _ in allocation.lots]
    for each in units:
        of_unit[each[0].units[0]].append(each)
    tried = [(key, loosened) for key, rules in tight.items() if rules for loosened in (None, 1)]
    posed = [_restated(allocation, together[key], of_unit, loosened) for key, loosened in tried]
    solved = dict(zip(tried, zip(posed, optima(posed), strict=True), strict=True))
    for key, rules in together.items():
        sitting = tuple(dict.fromkeys(unit for rule in tight[key] for unit in rule.units))
        name = rules[0].name if "{name}" in SCENARIO_KEYS[rules[0].kind] else ""
        made = RulePrice(key, rules[0].kind, name, sitting, "slack", 0.0, (0,) * len(allocation.lots))
        if tight[key]:
            problem, lots = solved[key, 1]
            saved = _saved(problem, allocation.lots, lots) or None
            change = _change(allocation, solved[key, None][1])
            made = replace(made, status="priced" if saved else "degenerate", price=saved, change=change)
        yield made


def _tight(allocation: Allocation, rule: Rule) -> bool:
    """Whether the units sit on the rule: a floor of nothing, or nothing for units that claim nothing, holds nobody."""
    if sum(allocation.lots[unit] for unit in rule.units) != rule.lots:
        return False
    return rule.lots > 0 or (rule.kind not in FLOORS and any(allocation.problem.claims[unit] for unit in rule.units))


def _restated(
    allocation: Allocation, rules: Sequence[Rule], of_unit: Sequence[Sequence[tuple[Rule, bool]]], loosened: int | None
) -> Problem:
    """The problem with the rules of one scenario key loosened by so many lots, or without them (None).

    `of_unit` has all the rules on each unit, and whether they are floors.
    """
    key, now = scenario_key(rules[0]), allocation.problem

    def edited(rule: Rule | None, side: int) -> Rule | None:
        if rule is None or scenario_key(rule) != key:
            return rule
        return None if loosened is None else replace(rule, lots=max(0, rule.lots - side * loosened))

    if rules[0].kind.startswith("group"):
        bounds = allocation.bounds.groups
        groups = (replace(each, floor=edited(each.floor, 1), cap=edited(each.cap, -1)) for each in bounds)
        return replace(now, tree=nest(groups, len(now.claims), now.lots))
    floor, cap = now.floor.copy(), now.cap.copy()
    for unit in {rule.units[0] for rule in rules}:
        kept = [(made.lots, low) for rule, low in of_unit[unit] if (made := edited(rule, 1 if low else -1)) is not None]
        floor[unit] = max((lots for lots, low in kept if low), default=0)
        cap[unit] = min((lots for lots, low in kept if not low), default=now.lots)
    return with_risk(allocation.table, allocation.scenario, replace(now, floor=floor, cap=cap))


def _attainment(allocation: Allocation) -> Iterator[RulePrice]:
    scenario = allocation.scenario
    if not scenario.attainment.exponent:
        return
    plain = scenario.model_copy(update={"attainment": scenario.attainment.model_copy(update={"exponent": 0.0})})
    problem = with_risk(allocation.table, plain, state(plain, claims(allocation.table, plain), allocation.bounds))
    weighed = tuple(unit for unit, each in enumerate(allocation.claims.multiplier) if each != 1)
    change = _change(allocation, next(optima([problem])))
    yield RulePrice("attainment", "attainment", "", weighed, "weight", None, change)


def _change(allocation: Allocation, lots: IntArray | None) -> tuple[int, ...] | None:
    if lots is None:
        return None
    return tuple(((lots - array(allocation.lots)) * allocation.problem.lot).tolist())


def _saved(problem: Problem, old: Sequence[int], new: IntArray | None) -> float | None:
    """Claim effort by which `new` asks less than `old`; exactly 0 where it does not; None for lots without a claim."""
    if new is None:
        return None
    lots: dict[Fraction, tuple[int, int]] = {}
    balance: Counter[Fraction] = Counter()
    for unit, (before, after) in enumerate(zip(old, new.tolist(), strict=True)):
        if before != after and not problem.claims[unit]:
            return None
        for k in range(min(before, after) + 1, max(before, after) + 1):
            order = problem.order(unit, k)
            lots[order] = unit, k
            balance[order] += 1 if before > after else -1
    return fsum(count * problem.cost(*lots[order]) for order, count in balance.items() if count)
