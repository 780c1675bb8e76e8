"""The price of each rule: solve again without it, and say how many members move, who gives and who takes.

Beside it the rule's dual, per lot: the claim effort saved when the rule is loosened by one lot, which is the end of the
dual's interval on the loosening side, found by solving again as well. Where a tight rule saves nothing that way
(another rule is as tight, the quota would be the same anyway, lots of equal cost swap) 0 is a dual like any other,
and the program may report one of several: the rule is called degenerate and no price is given. Nor is there one where
loosening it costs effort, as a floor that had no room beneath it then comes into force. Where a tree is decided level
by level, the levels above decide first: the effort saved is that of the highest level at which a lot moves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import fsum
from typing import Any

import numpy as np

from allocator.errors import Fault, InfeasibleError, fault
from allocator.model.allocation import Allocation, allocate
from allocator.model.bounds import Loosened, stage_bounds
from allocator.model.limit import Limit
from allocator.model.problem import Problem, array
from allocator.model.risk import with_risk
from allocator.model.signpost import IntArray
from allocator.why.accounts import Account, accounts
from allocator.why.optima import optima


@dataclass(frozen=True)
class RulePrice:
    """What one rule of the scenario does, or several that do nothing one by one.

    Attributes:
        account: whom it covers and whether it binds; a status of `weight` is that of past attainment, which is no rule.
        title: what it is called.
        price: claim effort saved per lot when it is loosened by one lot; 0 where it is slack, None where it means
            nothing (several duals).
        change: members each unit would hold more (or fewer) without it, in table order; None where the target
            could not be placed without it (units that claim nothing hold what a floor gives them).
        together: whether these are several rules, left out at once.
    """

    account: Account
    title: Fault
    price: float | None
    change: tuple[int, ...] | None
    together: bool = False

    @property
    def moved(self) -> int | None:
        """Members that move without the rule; None where nothing could be allocated."""
        return None if self.change is None else sum(each for each in self.change if each > 0)

    def to_json(self, names: Sequence[str]) -> dict[str, Any]:
        """The row of the contract; `gives` and `takes` name units and members."""
        changes = list(zip(names, self.change or (), strict=self.change is not None))
        return {
            **self.account.to_json(),
            "price": self.price,
            "moved": self.moved,
            "gives": [{"unit": unit, "members": -each} for unit, each in changes if each < 0],
            "takes": [{"unit": unit, "members": each} for unit, each in changes if each > 0],
            **({"together": True} if self.together else {}),
        }


def rule_prices(allocation: Allocation) -> tuple[RulePrice, ...]:
    """Every rule, those nothing can do without first, then by members moved, equals in the scenario's order."""
    found = list(_priced(allocation))
    return tuple(sorted(found, key=lambda each: (each.moved is not None, -(each.moved or 0))))


def _priced(allocation: Allocation) -> Iterator[RulePrice]:
    every = accounts(allocation)
    binding = [each.key for each in every if each.status == "binding"]
    tried: list[Loosened] = [{key: step} for key in binding for step in (None, 1)]
    solved = dict(zip(((*each.items(),) for each in tried), _solved(allocation, tried), strict=True))
    none = (0,) * len(allocation.lots)
    idle = []
    for account in every:
        made = RulePrice(account, allocation.ground.rules.entries[account.key].title, 0.0, none)
        if account.status == "binding":
            change = _change(allocation, solved[((account.key, None),)][-1:])
            saved = _saved(allocation, solved[((account.key, 1),)])
            made = replace(made, price=saved if saved and saved > 0 else None, change=change)
            idle += [made] * (made.moved == 0)
        yield made
    if len(idle) > 1:
        (left_out,) = _solved(allocation, [{each.account.key: None for each in idle}])
        change = _change(allocation, left_out)
        if change is None or any(change):
            keys = [each.account.key for each in idle]
            covers = tuple(dict.fromkeys(unit for each in idle for unit in each.account.covers))
            title = fault("rulename.together", rules=[each.title for each in idle])
            yield RulePrice(Account(" + ".join(keys), covers, "binding", ()), title, None, change, True)


Decided = list[tuple[Problem, IntArray]]
"""The problems that were decided again, those of a tree from the top, each with its lots; none where there are none."""


def _solved(allocation: Allocation, tried: Sequence[Loosened]) -> Iterator[Decided]:
    """What is decided with rules loosened or left out."""
    if allocation.above:
        assert allocation.whole is not None
        for loosened in tried:
            try:
                made = allocate(allocation.whole.table, allocation.whole.scenario, loosened=loosened)
            except InfeasibleError:
                yield []
            else:
                yield [(each.problem, array(each.lots)) for each in (*made.above, made)]
        return
    posed = list(_restated(allocation, tried))
    for problem, lots in zip(posed, optima(posed), strict=True):
        yield [] if lots is None else [(problem, lots)]


def _restated(allocation: Allocation, tried: Sequence[Loosened]) -> Iterator[Problem]:
    """The problem with rules loosened; of a flat table only the bounds of the units they are on are derived anew."""
    ground, now = allocation.ground, allocation.problem
    simple = allocation.whole is None and not any(each.alike for each in ground.rules.limits)
    on: dict[int, list[Limit]] = {}
    for limit in ground.rules.limits if simple else ():
        for node in () if limit.together else limit.nodes.tolist():
            on.setdefault(node, []).append(limit)
    for loosened in tried:
        if not simple or any(ground.rules.entries[key].rule.together for key in loosened):
            yield ground.problem(loosened)
            continue
        nodes = array(sorted({node for key in loosened for node in ground.rules.covers[key].tolist()}))
        limits = {id(each): each for node in nodes.tolist() for each in on.get(node, ())}
        names = tuple(allocation.table.units[node] for node in nodes.tolist())
        made = stage_bounds(limits.values(), names, nodes.tolist(), now.lot, now.lots, loosened)
        floor, cap = now.floor.copy(), now.cap.copy()
        floor[nodes], cap[nodes] = made.floor, made.cap
        yield with_risk(allocation.table, allocation.scenario, replace(now, floor=floor, cap=cap))


def attainment_price(allocation: Allocation) -> RulePrice | None:
    """What the weight of past attainment moves, an assumption without a dual; None where it has no weight."""
    if not allocation.scenario.attainment.exponent:
        return None
    source = allocation.ground
    levels = [_unweighed(each) if each.attainment else each for each in source.scenario.levels]
    plain = _unweighed(source.scenario).model_copy(update={"levels": levels})
    weighed = [
        unit for unit, each in zip(allocation.table.units, allocation.claims.multiplier, strict=True) if each != 1
    ]
    try:
        made = allocate(source.table, plain, "waterfill")
    except InfeasibleError:
        change = None
    else:
        change = tuple(after - before for before, after in zip(allocation.quotas, made.quotas, strict=True))
    return RulePrice(Account("attainment", tuple(weighed), "weight", ()), fault("rulename.attainment"), None, change)


def _unweighed(part: Any) -> Any:
    """A scenario, or what a level has of its own, in which the past has no weight."""
    return part.model_copy(update={"attainment": part.attainment.model_copy(update={"exponent": 0.0})})


def _change(allocation: Allocation, decided: Decided) -> tuple[int, ...] | None:
    """Members each unit holds more, or fewer; None where nothing could be decided."""
    if not decided:
        return None
    return tuple(((decided[-1][1] - array(allocation.lots)) * allocation.problem.lot).tolist())


def _saved(allocation: Allocation, decided: Decided) -> float | None:
    """Claim effort by which less is asked; exactly 0 where none is; None for lots without a claim.

    Of the highest level at which a lot moves.
    """
    for (problem, new), now in zip(decided, (*allocation.above, allocation), strict=bool(decided)):
        if not np.array_equal(new, now.lots):
            return _effort_saved(problem, new, now.lots)
    return 0.0 if decided else None


def _effort_saved(problem: Problem, new: IntArray, old: Sequence[int]) -> float | None:
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
