"""Truths of what `round` says: what is asked, what is kept of it at once, who pays, and what would make it fair.

Every subset of the bids is decided again by itself to know which are the most that fit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import combinations
from typing import Any

from allocator.data.findings import ColumnName
from allocator.data.table import Table
from allocator.errors import Fault, InfeasibleError
from allocator.finding import say
from allocator.model.allocation import Allocation, allocate
from allocator.model.scenario import Scenario
from allocator.questions.appeal import FigureText
from tests.stress.drawn import Drawn
from tests.stress.facts import Facts, decided, moved
from tests.stress.sentences import Said, Scene, true_of

Figures = Mapping[str, Any]
Wish = tuple[str, str, int]
MOST_UNITS = 60
"""Units up to which a table is asked about, as every bid is looked at along every figure."""


def ceiling_of(drawn: Drawn) -> float | None:
    """Every other table is asked under a ceiling, where it has workforces."""
    return 0.5 if drawn.case.table.measured and drawn.case.scenario.target % 2 else None


@lru_cache(maxsize=4)
def wishes(drawn: Drawn) -> list[Wish]:
    """What the units ask for: two lots less, a figure, a lot more, the quota itself, half of it."""
    made, lot = drawn.case.allocation, drawn.case.scenario.lot
    quotas = dict(zip(made.table.units, made.quotas, strict=True))
    less = [(unit, "bid", max(0, quotas[unit] - 2 * lot)) for unit in made.table.units[:1]]
    more = [(unit, "bid", quotas[unit] + lot) for unit in made.table.units[1:2]]
    half = [(unit, "bid", quotas[unit] // lot // 2 * lot) for unit in made.table.units[2:4]]
    every = [*less, *more, *half]
    if drawn.case.table.measured:
        unit, held = made.table.units[-1], drawn.case.table.column("workforce")
        claim = (unit, "workforce", int(held[drawn.case.table.units.index(unit)] or 0) + 5)
        if decided(corrected(drawn, [claim]), drawn.case.scenario) is not None:
            every.append(claim)
    return every


def corrected(drawn: Drawn, asked: Sequence[Wish]) -> Table:
    """The table with the figures that are asked for."""
    table = drawn.case.table
    for unit, column, figure in asked:
        table = table if column == "bid" else table.with_figure(column, table.units.index(unit), figure)
    return table


class Answer:
    """A round worked out: quotas with the figures true, and the bids that fit at once."""

    def __init__(self, scene: Scene) -> None:
        drawn = scene.drawn
        self.facts, self.asked = scene.facts, wishes(drawn)
        self.bids = [each for each in self.asked if each[1] == "bid"]
        self.claims = [each for each in self.asked if each[1] != "bid"]
        self.table, self.scenario = corrected(drawn, self.asked), drawn.case.scenario
        self.true = allocate(self.table, self.scenario, "waterfill")
        self.fair = dict(zip(self.true.table.units, self.true.quotas, strict=True))
        self.ceiling, self.silent = ceiling_of(drawn), self._silent()
        low = [each for each in self.bids if each[2] <= self.fair[each[0]]]
        self.first = sorted(low, key=lambda each: self.fair[each[0]] - each[2])
        self.kept = self._most()
        self.made = self.with_caps(self.kept)
        self.left = [each for each in low if each not in self.kept]

    def _silent(self) -> list[str]:
        bidding = {unit for unit, _, _ in self.bids}
        return [unit for unit in self.true.table.units if unit not in bidding]

    @property
    def held(self) -> list[str]:
        """Who of those who did not bid is above the ceiling."""
        facts = Facts(self.table, self.scenario)
        return [u for u in self.silent if self.ceiling and self.fair[u] > self.ceiling * facts.available[facts.at(u)]]

    def pressed(self, caps: Sequence[Wish]) -> Scenario:
        """The scenario with caps and the ceiling."""
        rules = [{"for": {"units": [unit]}, "each": {"most": most}} for unit, _, most in caps]
        if self.ceiling:
            for unit in self.silent:
                most: Any = {"share": self.ceiling, "of": "available"}
                rules.append(
                    {"for": {"units": [unit]}, "each": {"most": self.fair[unit] if unit in self.held else most}}
                )
        return self.scenario.changed({"rules": [*self.scenario.model_dump()["rules"], *rules]})

    def with_caps(self, caps: Sequence[Wish]) -> Allocation:
        """The allocation with caps."""
        return allocate(self.table, self.pressed(caps), "waterfill")

    def wrong(self, caps: Sequence[Wish]) -> tuple[Fault, ...]:
        """What is wrong with caps."""
        try:
            self.with_caps(caps)
        except InfeasibleError as error:
            return error.faults
        return ()

    def _most(self) -> list[Wish]:
        sizes = range(len(self.first), -1, -1)
        subsets = (list(some) for size in sizes for some in combinations(self.first, size))
        return next(some for some in subsets if not self.wrong(some))

    @property
    def paid(self) -> dict[str, int]:
        """What the others take or give."""
        after = dict(zip(self.made.table.units, self.made.quotas, strict=True))
        kept = {unit for unit, _, _ in self.kept}
        return {unit: each for unit, each in moved(self.fair, after).items() if unit not in kept}


@lru_cache(maxsize=4)
def answer(scene: Scene) -> Answer:
    """The round of a scene."""
    return Answer(scene)


def entry(scene: Scene, said: Said) -> Wish:
    """What the row of a cell is about."""
    assert said.listing is not None
    rows = answer(scene).asked
    return next(each for n, each in enumerate(rows) if n == said.row)


def record(scene: Scene, said: Said) -> Mapping[str, Any]:
    """The record of the row of a cell."""
    if said.listing is not None and said.listing.key == "fairness":
        unit = said.listing.rows[said.row][0]
        return next(each for each in scene.found.records["bids"] if each["unit"] == unit and each["kind"] == "bid")
    made: Mapping[str, Any] = scene.found.records["bids"][said.row]
    return made


@true_of("round.bids")
def counted(scene: Scene, said: Said) -> Figures:
    """Bids beside the quotas as they are."""
    bids, quotas = answer(scene).bids, scene.facts.quotas
    sides = [asked - quotas[unit] for unit, _, asked in bids]
    return {
        "bids": len(bids),
        "fair": sides.count(0),
        "below": sum(e < 0 for e in sides),
        "above": sum(e > 0 for e in sides),
    }


@true_of("round.claims")
def claimed(scene: Scene, said: Said) -> Figures:
    """What moves where the figures are true."""
    made = answer(scene)
    shifts = moved(scene.facts.quotas, made.fair).values()
    return {"claims": len(made.claims), "true": len(made.claims), "moved": sum(map(abs, shifts)) // 2}


@true_of("round.fits", "round.crowded", "round.not_all")
def fitting(scene: Scene, said: Said) -> Figures | str:
    """How many bids fit at once."""
    made = answer(scene)
    short = max((nobody(each) for each in made.wrong([*made.kept, *made.left])), default=0)
    key = "fits" if not made.left else "crowded" if short else "not_all"
    order = [unit for unit, _, _ in made.bids if unit in {each[0] for each in made.left}]
    return {"kept": len(made.kept), "units": order, "unplaced": short} if said.key == f"round.{key}" else key


def nobody(wrong: Fault) -> int:
    """Members that a fault leaves over."""
    if wrong.key in ("infeasible.above_caps", "infeasible.no_claims"):
        return int(wrong.values["target"] - wrong.values["most"])
    return int(wrong.values["floor"] - wrong.values["most"]) if wrong.key == "infeasible.group_floor" else 0


@true_of("round.taken", "round.given", "round.both", "round.still")
def paying(scene: Scene, said: Said) -> Figures | str:
    """What the others take and give."""
    key, figures = paid(scene)
    return figures if said.key == key else key


def paid(scene: Scene) -> tuple[str, Figures]:
    """What the others take and give: the sentence that says it, and its figures."""
    changes = answer(scene).paid.values()
    taken, given = sum(e for e in changes if e > 0), -sum(e for e in changes if e < 0)
    key = "both" if taken and given else "taken" if taken else "given" if given else "still"
    return f"round.{key}", {"taken": taken, "given": given, "units": len(changes)}


@true_of("round.beyond")
def beyond(scene: Scene, said: Said) -> Figures:
    """What is paid beside what corrected figures move is told apart from that, where they move something."""
    apart = any(moved(scene.facts.quotas, answer(scene).fair).values())
    key, figures = paid(scene)
    return {"said": say(key, **figures)} if apart else {}


@true_of("round.left")
def left(scene: Scene, said: Said) -> Figures:
    """A bid that does not fit on top of the others, and why."""
    made = answer(scene)
    unit, column, asked = next(each for each in made.left if each[0] == said.values["unit"])
    order = [each for each in made.bids if each in made.kept]
    (first, *_) = made.wrong([*order, (unit, column, asked)])
    if first.key == "infeasible.unit":
        return {"unit": unit, "asked": asked, "why": say("round.against", rule=first.values["floor_rule"])}
    return {"unit": unit, "asked": asked, "why": reason(first)}


@true_of("round.against")
def against(scene: Scene, said: Said) -> bool:
    """What is told of a bid that a rule on its unit rules out: that rule."""
    made = answer(scene)
    kept = [each for each in made.bids if each in made.kept]
    return any(
        first.key == "infeasible.unit" and {"rule": first.values["floor_rule"]} == said.values
        for each in made.left
        for first in made.wrong([*kept, each])[:1]
    )


def reason(wrong: Fault) -> Fault:
    """A fault in short."""
    if members := nobody(wrong):
        return say("round.nobody", members=members)
    if wrong.key in ("infeasible.below_floors", "infeasible.group_cap"):
        most = wrong.values["target" if wrong.key == "infeasible.below_floors" else "cap"]
        return say("round.lacking", members=wrong.values["least"] - most)
    if wrong.key == "infeasible.unit":
        return say("round.rules", rules=[wrong.values["floor_rule"], wrong.values["cap_rule"]])
    return say(wrong.key, **wrong.values)


@true_of("round.above", "round.above_true")
def above(scene: Scene, said: Said) -> Figures | str:
    """Who asks for more than the quota."""
    made = answer(scene)
    if (said.key == "round.above_true") != bool(made.claims):
        return "by other figures"
    return {"units": [unit for unit, _, asked in made.bids if asked > made.fair[unit]]}


@true_of("round.others", "round.others_same")
def strained(scene: Scene, said: Said) -> Figures | str:
    """The highest efforts of those who did not bid."""
    made, found = answer(scene), []
    facts = Facts(made.table, made.scenario)
    after = dict(zip(made.made.table.units, made.made.quotas, strict=True))
    for quotas in (made.fair, after):
        able = ((u, facts.available[facts.at(u)]) for u in made.silent)
        found.append(max(((float(quotas[u] / w), -facts.at(u), u) for u, w in able if w), key=lambda each: each[:2]))
    same = abs(found[0][0] - found[1][0]) < 1e-12
    if same != (said.key == "round.others_same"):
        return f"{found}"
    return {"before": found[0][0], "who": found[0][2], "after": found[1][0], "unit": found[1][2]}


@true_of("round.dearest")
def dearest(scene: Scene, said: Said) -> Figures:
    """The cost of the dearest lot above its floor of those who did not bid."""
    made = answer(scene)

    def top(allocation: Allocation) -> float:
        problem, units = allocation.problem, allocation.table.units
        lots = ((row, each) for row, each in enumerate(allocation.lots) if units[row] in made.silent)
        return max(problem.cost(row, each) for row, each in lots if each > problem.floor[row])

    return {"before": top(made.true), "after": top(made.made)}


@true_of("round.ceiling", "round.ceiling_held")
def limit(scene: Scene, said: Said) -> Figures | str:
    """The ceiling, and who is above it."""
    made = answer(scene)
    key = "round.ceiling_held" if made.held else "round.ceiling"
    return {"share": made.ceiling, "units": made.held} if said.key == key else key


@true_of("round.bid", "round.claim")
def what(scene: Scene, said: Said) -> Figures:
    """What a row asks for."""
    unit, column, asked = entry(scene, said)
    table = scene.drawn.case.table
    figures = {"asked": FigureText(asked, 0), "present": FigureText(None, 0)}
    if column != "bid":
        figures["present"] = FigureText(table.column(column)[table.units.index(unit)], 0)
    return {**figures, "what": ColumnName(column)}


@true_of("round.payers", "round.payers_more", "round.payer")
def payers(scene: Scene, said: Said) -> Figures:
    """Who gives or takes where the row alone is so."""
    unit, column, asked = entry(scene, said)
    case = scene.drawn.case
    lock = {
        "locks": [
            *(e for e in case.scenario.model_dump()["locks"] if e["unit"] != unit),
            {"unit": unit, "quota": asked},
        ]
    }
    scenario = case.scenario.changed(lock) if column == "bid" else case.scenario
    after = decided(corrected(scene.drawn, [(unit, column, asked)]), scenario)
    assert after is not None
    shifts = [(u, after[u] - q) for u, q in scene.facts.quotas.items() if u != unit and after[u] != q]
    shifts.sort(key=lambda each: -abs(each[1]))
    told = [say("round.payer", unit=u, change=change) for u, change in shifts[:2]]
    return {"payers": told, "more": len(shifts) - len(told)}


@true_of("round.nobody", "round.rules", "round.lacking")
def refused(scene: Scene, said: Said) -> Figures:
    """Why a row alone cannot be."""
    unit, _, asked = entry(scene, said)
    locks = [e for e in scene.drawn.case.scenario.model_dump()["locks"] if e["unit"] != unit]
    changed = scene.drawn.case.scenario.changed({"locks": [*locks, {"unit": unit, "quota": asked}]})
    try:
        allocate(scene.drawn.case.table, changed, "waterfill")
    except InfeasibleError as error:
        return reason(error.faults[0]).values
    raise AssertionError("it can be")


@true_of(*(f"round.answer.{each}" for each in ("true", "above", "cap", "no_room")))
def standing(scene: Scene, said: Said) -> bool:
    """What a row is in the joint answer."""
    made, each = answer(scene), entry(scene, said)
    unit, column, asked = each
    right = (
        "true" if column != "bid" else "above" if asked > made.fair[unit] else "cap" if each in made.kept else "no_room"
    )
    return said.key == f"round.answer.{right}"


@true_of("round.range", "round.range_unknown")
def stretches(scene: Scene, said: Said) -> Figures | str:
    """Ranges as the JSON has them: their ends, typed back, are tried by `tests.stress.appeals`."""
    assert said.column is not None
    made, held = record(scene, said), said.column.key
    facts, past = scene.facts, held == "attainment"
    at, table = facts.at(made["unit"]), scene.drawn.case.table
    column = {"growth": "growth_estimate"}.get(held, held)
    own = None if past else table.optional(column)[table.units.index(made["unit"])] or 0
    known = facts.past[at] if past else own
    if (known is None) != (said.key == "round.range_unknown"):
        return f"known: {known}"
    shown, told = made["ranges"][held][:2], said.values["ranges"]
    ends = [ends_of(each) for each in told]
    present = said.values["present"]
    if ends != shown or (known is not None and abs(float(present.value) - float(known)) > 1e-9):
        return f"{shown}, now {known}"
    return said.values if isinstance(present, FigureText) else "no figure"


def ends_of(told: Any) -> list[Any]:
    """The ends of a range that is told."""
    if not isinstance(told, Fault):
        return [told.value] * 2
    return [told.values["low"].value, told.values["high"].value if told.key == "round.stretch" else None]


@true_of("round.same", "round.no_range")
def plainly(scene: Scene, said: Said) -> bool:
    """Whether nothing changes, or whether some bid is not fair."""
    if said.key == "round.no_range":
        return any(each["fair"] is False for each in scene.found.records["bids"])
    return scene.found.records["joint"]["moved"] == 0


@true_of("appeal.more")
def further(scene: Scene, said: Said) -> Figures:
    """Lots that are not shown."""
    lots = sum(map(abs, answer(scene).paid.values())) // scene.drawn.case.scenario.lot
    return {"more": lots - 12}


@true_of("value.yes", "value.no")
def fairly(scene: Scene, said: Said) -> bool:
    """Whether a bid is the quota."""
    unit, _, asked = entry(scene, said)
    return (said.key == "value.yes") == (asked == scene.facts.quotas[unit])
