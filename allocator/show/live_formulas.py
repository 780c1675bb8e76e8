"""The model as spreadsheet formulas, each with its value: what `excel_model` lays out on a sheet.

A lot is given unfairly where a unit's last lot costs more than the cheapest next lot that could be given in its stead.
With groups a lot may leave a group above its floor and enter one below its cap: a row a group carries those reaches up
and down the tree. The fair share is clip(λ·claim), its λ found among the points where a unit reaches a bound.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from allocator.finding import Plain
from allocator.model.allocation import Allocation
from allocator.model.bounds import bounds, without_share
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
MOST_LIVE_SHARES = 300
"""Up to this many units the fair share is recomputed in the sheet, at the cost of their number squared."""
NEVER = 1e99
"""Stands for a cost no lot has, where no next lot can be given."""
NODE_KEYS = ("group", "held", "node_floor", "node_cap", "node_last", "node_next", "reach_last", "reach_next")
_CLIPPED = (
    "=SUMPRODUCT(({claim_all}*{b}<={low_all})*{low_all}"
    "+({claim_all}*{b}>{low_all})*({claim_all}*{b}<{high_all})*{claim_all}*{b}"
    "+({claim_all}*{b}>{low_all})*({claim_all}*{b}>={high_all})*{high_all})"
)
_LOCK = "INDEX({locks_c},MATCH({unit},{locks_a},0))"


@dataclass(frozen=True)
class Cell:
    """One value, and the formula that makes it: `{name}` a cell of the same row or a setting, `{name_all}` a column."""

    value: Plain
    formula: str = ""


@dataclass(frozen=True)
class Field:
    """One column of the model: `number` its format, `look` its look; `hidden` where only formulas need it."""

    key: str
    cells: Sequence[Cell]
    number: str = "#,##0"
    look: str = "number"
    hidden: bool = False


def _cells(values: Sequence[Plain], formula: str = "") -> list[Cell]:
    return [Cell(value, formula) for value in values]


def fields(made: Allocation, words: Words) -> list[Field]:
    """Columns of the model, one cell a unit."""
    state = Live(made)
    return [*_basis(made), *_quotas(made, state), *_test(made, words, state), *_helpers(made, state)]


def _basis(made: Allocation) -> Iterator[Field]:
    """From the workforce to the claim, and the bounds."""
    scenario, table, claimed, lot = made.scenario, made.table, made.claims, made.problem.lot
    own, common = scenario.growth.units, Cell(scenario.growth.realisation, "={rho}")
    unlocked = scenario.model_copy(update={"locks": []})
    plain, free = (bounds(table, each, claimed.available) for each in (without_share(unlocked), unlocked))
    blend = f"{float(driver_parts(table, scenario)[0])!r}*{{available}}+SUM({{available_all}})*{{other}}"
    shared = "MIN({cap_other},ROUNDDOWN(ROUND({max_share}*{available}/{lot},9),0)*{lot})"
    cap = f'=IF({{max_share}}="",IF({{cap_other}}="",{{target}},{{cap_other}}),{shared})'
    others = [None if rule is None else rule.lots * lot for rule in plain.cap_rule]
    yield Field("unit", _cells(table.units), look="text")
    yield Field("workforce", _cells(claimed.workforce), look="input")
    yield Field("growth", _cells([each or 0 for each in table.optional("growth_estimate")]), look="input")
    yield Field("realisation", [Cell(own[u]) if u in own else common for u in table.units], "0.0%", "input")
    yield Field("available", _cells([w / MICRO for w in claimed.available],
                                    "=ROUND({workforce}+{realisation}*{growth},6)"), "#,##0.0")  # fmt: skip
    yield Field("multiplier", _cells([float(each) for each in claimed.multiplier]), "0.0000", "input")
    yield Field("claim", _cells([w / MICRO for w in claimed.claims], f"=ROUND(({blend})*{{multiplier}},6)"), "#,##0.0")
    yield Field("floor", _cells([each * lot for each in free.floor]))
    yield Field("cap_other", _cells(others), hidden=True)
    yield Field("cap", _cells([each * lot for each in free.cap], cap))


def _quotas(made: Allocation, state: Live) -> Iterator[Field]:
    """The quotas proposed, locked and in force, beside the published ones and the fair share."""
    live = len(made.table) <= MOST_LIVE_SHARES and not made.scenario.groups
    efforts = [each if each is not None else "" for each in made.efforts]
    yield Field("proposed", _cells(made.quotas))
    yield Field("lock", _cells(state.locks, f'=IFERROR(IF(ISNUMBER({_LOCK}),{_LOCK},""),"")'))
    yield Field("quota", _cells(made.quotas, '=IF({lock}="",{proposed},{lock})'), look="total")
    yield Field("published", _cells(made.published))
    yield Field("difference", [Cell(each, "={quota}-{published}" if each is not None else "")
                               for each in made.differences], "+#,##0;−#,##0;0")  # fmt: skip
    yield Field("effort", _cells(efforts, '=IF({available}>0,{quota}/{available},"")'), "0.0%")
    share = "=MEDIAN({low},{claim}*{level},{high})" if live else ""
    yield Field("fair_share", _cells(made.fair_share, share), "#,##0.0")


def _test(made: Allocation, words: Words, state: Live) -> Iterator[Field]:
    """What the last and the next lot of each unit ask, and whether they are fair."""
    cost, risky = SIGNPOST_FORMULAS[made.scenario.signpost], made.problem.risk is not None
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
    found = [texts["fair" if lock == "" else "locked"] for lock in state.locks]
    yield Field("last", _cells(state.last, f'=IF(AND({shown}{{claim}}>0,{{quota}}>0),{last},"")'), "0.0000")
    yield Field("next", _cells(state.next, f'=IF(AND({shown}{{claim}}>0),{following},"")'), "0.0000")
    yield Field("verdict", _cells(found, verdict), look="text")


def _helpers(made: Allocation, state: Live) -> Iterator[Field]:
    """Columns only formulas need: which lots may move, bounds with locks, and where units reach them."""
    yield Field("give", _cells(state.give, '=IF(AND({lock}="",{claim}>0,{quota}>{floor}),{last},"")'), hidden=True)
    yield Field("take", _cells(state.take, '=IF(AND({lock}="",{claim}>0,{quota}<{high}),{next},"")'), hidden=True)
    yield Field("low", _cells(state.low, '=IF({lock}="",{floor},{lock})'), hidden=True)
    high = '=IF({claim}=0,{low},MAX({low},IF({lock}="",MIN({cap},{target}),{lock})))'
    yield Field("high", _cells(state.high, high), hidden=True)
    for side, bound in (("floor", "low"), ("cap", "high")):
        points = state.points(bound)
        yield Field(f"break_{side}", _cells(points, f"=IF({{claim}}>0,{{{bound}}}/{{claim}},0)"), hidden=True)
    for side, bound in (("floor", "low"), ("cap", "high")):
        totals = [state.placed(each) for each in state.points(bound)] if len(made.table) <= MOST_LIVE_SHARES else []
        formula = _CLIPPED.replace("{b}", f"{{break_{side}}}")
        yield Field(f"sum_{side}", _cells(totals or [""] * len(made.table), formula if totals else ""), hidden=True)
    others = driver_parts(made.table, made.scenario)[1]
    yield Field("other", _cells([float(each) for each in others]), "0.0000", hidden=True)
    yield Field("home", _cells([each + 1 for each in made.problem.tree.home]), hidden=True)
    yield Field("risk_last", _cells([state.risk(i, k) for i, k in enumerate(made.lots)]), hidden=True)
    yield Field("risk_next", _cells([state.risk(i, k + 1) for i, k in enumerate(made.lots)]), hidden=True)


class Live:
    """Values of the formulas at the allocation itself, worked out as the sheet does."""

    def __init__(self, made: Allocation) -> None:
        self.made, lot, problem = made, made.problem.lot, made.problem
        locks = {each.unit: each.quota for each in made.scenario.locks}
        self.locks: list[int | str] = [locks.get(unit, "") for unit in made.table.units]
        self.claims = [each / MICRO for each in made.claims.claims]
        self.low = [int(each) * lot for each in problem.floor]
        self.high = [int(each) * lot for each in problem.top]
        shown = [claim > 0 and (lock == "" or problem.risk is None)
                 for claim, lock in zip(self.claims, self.locks, strict=True)]  # fmt: skip
        self.last = [problem.cost(i, k) if shown[i] and k > 0 else "" for i, k in enumerate(made.lots)]
        self.next = [self._next(i, k) if shown[i] else "" for i, k in enumerate(made.lots)]
        free = [lock == "" for lock in self.locks]
        self.give = [each if free[i] and made.quotas[i] > self.low[i] else "" for i, each in enumerate(self.last)]
        self.take = [each if free[i] and made.quotas[i] < self.high[i] else "" for i, each in enumerate(self.next)]

    def _next(self, unit: int, lots: int) -> float | str:
        risk = self.made.problem.risk
        return self.made.problem.cost(unit, lots + 1) if risk is None or lots < len(risk[unit]) else ""

    def risk(self, unit: int, k: int) -> float:
        """What growth that may not come adds to the cost of a unit's k-th lot."""
        risk = self.made.problem.risk
        return risk[unit][k - 1] / NANO if risk is not None and 1 <= k <= len(risk[unit]) else 0.0

    def points(self, bound: str) -> list[float]:
        """λ at which each unit reaches its bound `low` or `high`."""
        return [b / w if w else 0.0 for b, w in zip(getattr(self, bound), self.claims, strict=True)]

    def placed(self, level: float) -> float:
        """Members placed at the level λ."""
        figures = zip(self.claims, self.low, self.high, strict=True)
        return sum(min(max(low, claim * level), high) for claim, low, high in figures)

    def level(self) -> float:
        """λ at which the target is placed."""
        target = self.made.scenario.target
        found = sorted((self.placed(each), each) for each in (*self.points("low"), *self.points("high")))
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


def nodes(made: Allocation, words: Words, row: int) -> list[list[Cell]]:
    """One row a group, the whole first, under `NODE_KEYS`; `row` is the sheet's row of the first, counted from 1."""
    tree, lot, state = made.problem.tree, made.problem.lot, Live(made)
    below, _ = children(tree)
    held = [each * lot for each in sums(made.problem, made.lots)]
    floors = [None, *(None if each is None else each * lot for each in tree.floor[1:])]
    caps = [None, *(None if each is None else each * lot for each in tree.cap[1:])]
    at = [floors[n] is not None and held[n] <= (floors[n] or 0) for n in range(len(held))]
    full = [caps[n] is not None and held[n] >= (caps[n] or 0) for n in range(len(held))]
    last, following = [0.0] * len(held), [NEVER] * len(held)
    for n in range(len(held) - 1, -1, -1):
        home = [i for i, node in enumerate(tree.home) if node == n]
        last[n] = max([0.0, *(x for i in home if not isinstance(x := state.give[i], str))]
                      + [0.0 if at[c] else last[c] for c in below[n]])  # fmt: skip
        following[n] = min([NEVER, *(x for i in home if not isinstance(x := state.take[i], str))]
                           + [NEVER if full[c] else following[c] for c in below[n]])  # fmt: skip
    reach_last, reach_next = list(last), list(following)
    made_rows = []
    for n, name in enumerate(tree.names):
        r, up = row + n, row + tree.parent[n]
        if n:
            reach_last[n] = max(last[n], 0.0 if full[n] else reach_last[tree.parent[n]])
            reach_next[n] = min(following[n], NEVER if at[n] else reach_next[tree.parent[n]])
        inner = [row + c for c in below[n]]
        made_rows.append([
            Cell(name or words("model.whole")),
            Cell(held[n], f"=SUMIF({{home_all}},{n + 1},{{quota_all}})" + "".join(f"+B{c}" for c in inner)),
            Cell(floors[n]),
            Cell(caps[n]),
            Cell(last[n], f"=MAX(0,_xlfn.MAXIFS({{give_all}},{{home_all}},{n + 1})"
                 + "".join(f",IF(AND(ISNUMBER(C{c}),B{c}<=C{c}),0,E{c})" for c in inner) + ")"),
            Cell(following[n], f'=MIN(1E+99,IF(COUNTIFS({{home_all}},{n + 1},{{take_all}},">=0")=0,1E+99,'
                 f"_xlfn.MINIFS({{take_all}},{{home_all}},{n + 1}))"
                 + "".join(f",IF(AND(ISNUMBER(D{c}),B{c}>=D{c}),1E+99,F{c})" for c in inner) + ")"),
            Cell(reach_last[n], f"=MAX(E{r},IF(AND(ISNUMBER(D{r}),B{r}>=D{r}),0,G{up}))" if n else f"=E{r}"),
            Cell(reach_next[n], f"=MIN(F{r},IF(AND(ISNUMBER(C{r}),B{r}<=C{r}),1E+99,H{up}))" if n else f"=F{r}"),
        ])  # fmt: skip
    return made_rows
