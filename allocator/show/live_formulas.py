"""The model as spreadsheet formulas, each with its value: what `excel` lays out on a sheet.

A lot is given unfairly where a unit's last lot costs more than the cheapest next lot that could be given in its stead.
With groups a lot may leave a group above its floor and enter one below its cap: a row a group carries those reaches up
and down the tree. The fair share is clip(λ·claim), its λ found among the points where a unit reaches a bound.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from allocator.finding import Plain
from allocator.model.allocation import Allocation
from allocator.model.certificate import unit_interval
from allocator.model.claims import MICRO, driver_parts
from allocator.model.problem import NANO, children, sums
from allocator.words import Words

SIGNPOST_FORMULAS = {
    "webster": "({k}-0.5)",
    "jefferson": "({k})",
    "adams": "({k}-1)",
    "huntington_hill": "SQRT(({k})*({k}-1))",
    "dean": "(2*({k})*({k}-1)/(2*({k})-1))",
}
NEVER = 1e99
"""Stands for a cost no lot has, where no next lot can be given."""
NODE_KEYS = ("group", "held", "node_floor", "node_cap", "node_last", "node_next", "reach_last", "reach_next")
_CLIPPED = (
    "=SUMPRODUCT(({claim_all}*{b}<={low_all})*{low_all}"
    "+({claim_all}*{b}>{low_all})*({claim_all}*{b}<{high_all})*{claim_all}*{b}"
    "+({claim_all}*{b}>{low_all})*({claim_all}*{b}>={high_all})*{high_all})"
)
SIGNED = "+#,##0;−#,##0;0"
_LOCK = "INDEX({locks_c},MATCH({unit},{locks_a},0))"


@dataclass(frozen=True)
class Field:
    """One column of the model, a value a unit, and the formula that makes them.

    In a formula `{name}` is a cell of the same row or a setting, `{name_all}` a column.

    Attributes:
        number: the format of its numbers.
        look: its look.
        hidden: whether only formulas need it.
        fixed: units whose value no formula makes.
    """

    key: str
    values: Sequence[Plain]
    formula: str = ""
    number: str = "#,##0"
    look: str = "number"
    hidden: bool = False
    fixed: Collection[int] = ()


def fields(state: Live, words: Words) -> list[Field]:
    """Columns of the model."""
    return [*_basis(state.made), *_quotas(state), *_test(state, words), *_helpers(state)]


def _basis(made: Allocation) -> Iterator[Field]:
    """From the workforce to the claim, and the bounds."""
    scenario, table, claimed, lot = made.scenario, made.table, made.claims, made.problem.lot
    own, common = scenario.growth.units, scenario.growth.realisation
    locks = {f"locks.{each.unit}": None for each in scenario.locks}
    plain, free = (made.ground.leaf_bounds({**locks, **more}) for more in ({"bounds.max_share": None}, {}))
    others = [None if (rule := plain.cap_rule(unit)) is None else rule.lots * lot for unit in range(len(table))]
    blend = f"{float(driver_parts(table, scenario)[0])!r}*{{available}}+SUM({{available_all}})*{{other}}"
    shared = "MIN({cap_other},ROUNDDOWN(ROUND({max_share}*{available}/{lot},9),0)*{lot})"
    cap = f'=IF({{max_share}}="",IF({{cap_other}}="",{{target}},{{cap_other}}),{shared})'
    yield Field("unit", table.units, look="text")
    yield Field("workforce", claimed.workforce, look="input")
    yield Field("growth", [each or 0 for each in table.optional("growth_estimate")], look="input")
    yield Field("realisation", [own.get(unit, common) for unit in table.units], "={rho}", "0.0%", "input",
                fixed=[n for n, unit in enumerate(table.units) if unit in own])  # fmt: skip
    available = [w / MICRO for w in claimed.available]
    yield Field("available", available, "=ROUND({workforce}+{realisation}*{growth},6)", "#,##0.0")
    yield Field("multiplier", [float(each) for each in claimed.multiplier], "", "0.0000", "input")
    yield Field("claim", [w / MICRO for w in claimed.claims], f"=ROUND(({blend})*{{multiplier}},6)", "#,##0.0")
    yield Field("floor", [each * lot for each in free.floor])
    yield Field("cap_other", others, hidden=True)
    yield Field("cap", [each * lot for each in free.cap], cap)


def _quotas(state: Live) -> Iterator[Field]:
    """The quotas proposed, locked and in force, beside the published ones and the fair share."""
    made = state.made
    unknown = [n for n, each in enumerate(made.differences) if each is None]
    share = "=MEDIAN({low},{claim}*{level},{high})" if not made.bounds.groups else ""
    yield Field("proposed", made.quotas)
    yield Field("lock", state.locks, f'=IFERROR(IF(ISNUMBER({_LOCK}),{_LOCK},""),"")')
    yield Field("quota", made.quotas, '=IF({lock}="",{proposed},{lock})', look="total")
    yield Field("published", made.published)
    yield Field("difference", made.differences, "={quota}-{published}", SIGNED, fixed=unknown)
    yield Field("effort", made.efforts, '=IF({available}>0,{quota}/{available},"")', "0.0%")
    yield Field("fair_share", made.fair_share, share, "#,##0.0")


def _test(state: Live, words: Words) -> Iterator[Field]:
    """What the last and the next lot of each unit ask, and whether they are fair."""
    cost, risky = SIGNPOST_FORMULAS[state.made.scenario.signpost], state.made.problem.risk is not None
    last = cost.format(k="{quota}/{lot}") + "*{lot}/{claim}" + "+{risk_last}" * risky
    following = cost.format(k="({quota}/{lot}+1)") + "*{lot}/{claim}" + "+{risk_next}" * risky
    shown = '{lock}="",' * risky
    texts = {key: words(f"verdict.{key}").replace('"', '""') for key in ("out", "locked", "much", "little", "fair")}
    verdict = (
        f'=IF(OR({{quota}}<{{floor}},{{quota}}>{{cap}}),"{texts["out"]}",IF({{lock}}<>"","{texts["locked"]}",'
        f'IF(AND({{give}}<>"",N({{give}})>INDEX({{reach_next}},{{home}})*(1+1E-12)),"{texts["much"]}",'
        f'IF(AND({{take}}<>"",N({{take}})<INDEX({{reach_last}},{{home}})*(1-1E-12)),"{texts["little"]}",'
        f'"{texts["fair"]}"))))'
    )
    found = [texts["fair" if lock is None else "locked"] for lock in state.locks]
    yield Field("last", state.last, f'=IF(AND({shown}{{claim}}>0,{{quota}}>0),{last},"")', "0.0000")
    yield Field("next", state.next, f'=IF(AND({shown}{{claim}}>0),{following},"")', "0.0000")
    yield Field("verdict", found, verdict, look="text")


def _helpers(state: Live) -> Iterator[Field]:
    """Columns only formulas need: which lots may move, bounds with locks, and where units reach them."""
    made, sides = state.made, (("floor", "low", state.low), ("cap", "high", state.high))
    high = '=IF({claim}=0,{low},MAX({low},IF({lock}="",MIN({cap},{target}),{lock})))'
    hidden = partial(Field, hidden=True)
    yield hidden("give", state.give, '=IF(AND({lock}="",{claim}>0,{quota}>{floor}),{last},"")')
    yield hidden("take", state.take, '=IF(AND({lock}="",{claim}>0,{quota}<{high}),{next},"")')
    yield hidden("low", state.low, '=IF({lock}="",{floor},{lock})')
    yield hidden("high", state.high, high)
    for side, bound, held in sides:
        yield hidden(f"break_{side}", state.points(held), f"=IF({{claim}}>0,{{{bound}}}/{{claim}},0)")
    for side, _, held in sides:
        yield hidden(f"sum_{side}", state.placed(state.points(held)), _CLIPPED.replace("{b}", f"{{break_{side}}}"))
    yield hidden("other", [float(each) for each in driver_parts(made.table, made.scenario)[1]], "", "0.0000")
    yield hidden("home", [each + 1 for each in made.problem.tree.home])
    yield hidden("risk_last", [state.risk(i, k) for i, k in enumerate(made.lots)])
    yield hidden("risk_next", [state.risk(i, k + 1) for i, k in enumerate(made.lots)])


class Live:
    """Values of the formulas at the allocation itself, worked out as the sheet does; None for a cell without one."""

    def __init__(self, made: Allocation) -> None:
        self.made, lot, problem = made, made.problem.lot, made.problem
        locks = {each.unit: each.quota for each in made.scenario.locks}
        self.locks = [locks.get(unit) for unit in made.table.units]
        self.claims = [each / MICRO for each in made.claims.claims]
        self.low = [int(each) * lot for each in problem.floor]
        self.high = [int(each) * lot for each in problem.top]
        shown = [w > 0 and (problem.risk is None or lock is None)
                 for w, lock in zip(self.claims, self.locks, strict=True)]  # fmt: skip
        self.last = [problem.cost(i, k) if shown[i] and k > 0 else None for i, k in enumerate(made.lots)]
        self.next = [self._next(i, k) if shown[i] else None for i, k in enumerate(made.lots)]
        movable = [unit_interval(problem, i, k) for i, k in enumerate(made.lots)]
        self.give = [made.effort_of(each.last) for each in movable]
        self.take = [made.effort_of(each.next) for each in movable]

    def _next(self, unit: int, lots: int) -> float | None:
        risk = self.made.problem.risk
        return self.made.problem.cost(unit, lots + 1) if risk is None or lots < len(risk[unit]) else None

    def risk(self, unit: int, k: int) -> float:
        """What growth that may not come adds to the cost of a unit's k-th lot."""
        risk = self.made.problem.risk
        return risk[unit][k - 1] / NANO if risk is not None and 1 <= k <= len(risk[unit]) else 0.0

    def points(self, bound: Sequence[int]) -> list[float]:
        """λ at which each unit reaches its bound `low` or `high`."""
        return [b / w if w else 0.0 for b, w in zip(bound, self.claims, strict=True)]

    def placed(self, levels: Sequence[float]) -> list[float]:
        """Members placed at each level λ."""
        made: list[float] = np.clip(np.outer(levels, self.claims), self.low, self.high).sum(axis=1).tolist()
        return made

    def level(self) -> float:
        """λ at which the target is placed."""
        target = self.made.scenario.target
        points = (*self.points(self.low), *self.points(self.high))
        found = sorted(zip(self.placed(points), points, strict=True))
        below = max(((s, b) for s, b in found if s <= target), default=(0.0, 0.0))
        above = min(((s, b) for s, b in found if s >= target), default=(0.0, 0.0))
        rise = above[0] - below[0]
        return below[1] + (target - below[0]) * (above[1] - below[1]) / rise if rise > 0 else below[1]


LEVEL_FORMULA = "=IF({above}>{below},{low}+({{target}}-{below})*({high}-{low})/({above}-{below}),{low})".format(
    below='_xlfn.MAXIFS({sums},{sums},"<="&{target})',
    above='_xlfn.MINIFS({sums},{sums},">="&{target})',
    low='_xlfn.MAXIFS({breaks},{sums},"<="&{target})',
    high='_xlfn.MINIFS({breaks},{sums},">="&{target})',
)


def nodes(made: Allocation, words: Words, row: int) -> list[list[tuple[Plain, str]]]:
    """One row a group, the whole first, of values and formulas under `NODE_KEYS`.

    `row` is the sheet's row of the first, counted from 1.
    """
    below, _ = children(tree := made.problem.tree)
    held = [each * made.problem.lot for each in sums(made.problem, made.lots)]
    floors, caps = ([None, *(None if each is None else each * made.problem.lot for each in side[1:])]
                    for side in (tree.floor, tree.cap))  # fmt: skip
    rows: list[list[tuple[Plain, str]]] = []
    reach: list[tuple[float, float]] = []
    for n, (name, has, low, high, each) in enumerate(zip(tree.names, held, floors, caps, made.intervals, strict=True)):
        last, following = (made.effort_of(end) for end in (each.last, each.next))
        last, following = 0.0 if last is None else last, NEVER if following is None else following
        r, up, inner = row + n, row + tree.parent[n], [row + c for c in below[n]]
        from_above, into_above = reach[tree.parent[n]] if n else (last, following)
        reach.append((max(last, 0.0 if high is not None and has >= high else from_above),
                      min(following, NEVER if low is not None and has <= low else into_above)))  # fmt: skip
        rows.append([
            (name or words("model.whole"), ""),
            (has, f"=SUMIF({{home_all}},{n + 1},{{quota_all}})" + "".join(f"+B{c}" for c in inner)),
            (low, ""),
            (high, ""),
            (last, f"=MAX(0,_xlfn.MAXIFS({{give_all}},{{home_all}},{n + 1})"
             + "".join(f",IF(AND(ISNUMBER(C{c}),B{c}<=C{c}),0,E{c})" for c in inner) + ")"),
            (following, f'=MIN(1E+99,IF(COUNTIFS({{home_all}},{n + 1},{{take_all}},">=0")=0,1E+99,'
             f"_xlfn.MINIFS({{take_all}},{{home_all}},{n + 1}))"
             + "".join(f",IF(AND(ISNUMBER(D{c}),B{c}>=D{c}),1E+99,F{c})" for c in inner) + ")"),
            (reach[n][0], f"=MAX(E{r},IF(AND(ISNUMBER(D{r}),B{r}>=D{r}),0,G{up}))" if n else f"=E{r}"),
            (reach[n][1], f"=MIN(F{r},IF(AND(ISNUMBER(C{r}),B{r}<=C{r}),1E+99,H{up}))" if n else f"=F{r}"),
        ])  # fmt: skip
    return rows
