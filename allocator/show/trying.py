"""What "try it" rests on: why a scenario may have no such sheet, its yellow cells, and the limits beside them.

Limits of rules that are shares of the target or of the available workforce follow the yellow cells; all others stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from allocator.data.table import ESTIMATE
from allocator.errors import Fault, fault
from allocator.model.claims import MICRO
from allocator.show.levers import MOST_SINGLE, share_of, standing

if TYPE_CHECKING:
    from allocator.finding import Plain
    from allocator.model.allocation import Allocation
    from allocator.model.limit import Limit
    from allocator.words import Words

SHIFTS = {"webster": 0.5, "jefferson": 0.0, "adams": 1.0}
"""By signpost: a level λ gives INT(λ·claim/lot + shift) lots, and the k-th lot costs (k − shift)·lot / claim."""
MOST_CLAIM, MOST_PRODUCT = 1e8, 1e15
"""Largest claim, persons, and the largest product of it and twice the lots, that formulas still compare exactly."""


def obstacle(made: Allocation) -> Fault | None:
    """Why plain formulas cannot solve a scenario again; None where they can."""
    scenario, limits = made.scenario, made.ground.rules.limits
    used = [driver.column for driver in scenario.drivers] + [each.amount.column or each.amount.of for each in limits]
    largest = max(made.claims.claims, default=0) / MICRO
    reasons = {
        "large": len(made.table) > MOST_SINGLE,
        "tree": made.whole is not None,
        "workforce": not made.table.measured,
        "sums": any(each.together for each in limits),
        "risk": scenario.risk.weight,
        "signpost": scenario.signpost not in SHIFTS,
        "alike": any(each.alike for each in limits),
        "growth": ESTIMATE in used or any(ESTIMATE in (each.entry.rule.whom.where or ()) for each in limits),
        "exact": largest > MOST_CLAIM or 2 * largest * made.problem.lots > MOST_PRODUCT,
    }
    found = next((reason for reason, holds in reasons.items() if holds), None)
    return fault(f"try.no_{found}", most=MOST_SINGLE) if found else None


@dataclass(frozen=True)
class Lever:
    """One yellow cell for all units.

    Attributes:
        key: its name; `try.` has under it, with `_error`, what is said of a value that cannot be used.
        value: what it holds in the proposal.
        test: whether a number in it can be used, `{x}` the cell.
        number: format of its number.
        stand_in: what formulas use while it cannot be used.
        word: a text that it may hold instead; `blank`: whether it may hold nothing.
    """

    key: str
    value: Plain
    test: str
    number: str
    stand_in: float
    word: str = ""
    blank: bool = False


def levers(made: Allocation, province_word: str) -> tuple[list[Lever], list[Lever]]:
    """The yellow cells of what is believed, and of what is decided."""
    scenario, percent, whole = made.scenario, "0.0##%", "#,##0"
    past, ratio = scenario.attainment, "AND({x}>=0,{x}<=10)"
    persons = "AND({x}>=0,{x}<=9000000000,{x}=INT({x}))"
    missing = province_word if past.missing == "province" else past.missing
    ordered = "AND({x}>=0,{x}<=10,{x}<={use_ceiling})"
    exponent = "AND({x}>=-10,{x}<=10,OR({x}>=0,{use_floor}>0))"
    believed = [
        Lever("realisation", scenario.growth.realisation, "AND({x}>=0,{x}<=1)", percent, scenario.growth.realisation),
        Lever("exponent", past.exponent, exponent, "0.0##", 0),
        Lever("floor", past.floor, ordered, percent, past.floor),
        Lever("ceiling", past.ceiling, ratio, percent, past.ceiling),
        Lever("missing", missing, ratio, percent, 1, word=province_word),
    ]
    decided = [
        Lever("target", scenario.target, "AND({x}>=0,{x}<=9000000000,INT({x}/{use_lot})*{use_lot}={x})", whole,
              scenario.target),
        Lever("lot", scenario.lot, persons.replace(">=0", ">=1"), whole, scenario.lot),
        Lever("min_quota", scenario.bounds.min_quota, persons, whole, 0),
        Lever("max_share", scenario.bounds.max_share, ratio, percent, 1, blank=True),
    ]  # fmt: skip
    return believed, decided


def other_limits(made: Allocation) -> dict[str, list[float | None]]:
    """What rules beside the yellow cells allow each unit, by name; only what some rule says.

    `least`, `most` in members; with `_target`, `_available` as a share of these. `hard`: maxima that leave only the
    lower lot where no whole lot lies in a band. `fixed`: quotas that a rule fixes, which must be whole lots.
    """
    held: dict[str, list[float | None]] = {}

    def put(name: str, limit: Limit, values: Iterable[float], tighter: Any) -> None:
        column = held.setdefault(name, [None] * len(made.table))
        for unit, value in zip(limit.nodes.tolist(), values, strict=True):
            before = column[unit]
            column[unit] = value if before is None else tighter(before, value)

    for limit in standing(made):
        moving, count = share_of(limit), len(limit.nodes)
        values = [limit.amount.share] * count if moving else [float(limit.members(index)) for index in range(count)]
        end = f"_{moving}" if moving else ""
        put(("least" if limit.least else "most") + end, limit, values, max if limit.least else min)
        if not limit.least and limit.one_lot_low and moving != "available":
            put("hard" + end, limit, values, min)
        if limit.least and limit.entry.key.startswith("rules.") and limit.entry.rule.fixed is not None:
            put("fixed", limit, values, max)
    return held


def rooms(limits: Mapping[str, object]) -> dict[str, str]:
    """Formulas of the least and the most members a unit's rules allow, locks aside, and of the most that is hard."""

    def known(name: str, form: str) -> str:
        return form.replace("{x}", f"{{{name}}}") if name in limits else ""

    target, counted = (f',IF({{x}}="",1E+15,{{x}}*{of})' for of in ("{use_target}", "{counted}"))
    least = known("least", ",{x}") + known("least_target", ",{x}*{use_target}")
    least += known("least_available", ",{x}*{counted}")
    moving = counted.replace("{x}", "{use_max_share}") + known("most_available", counted)
    made = {"room_least": f"=ROUND(MAX(0,{{use_min_quota}}{least}),9)"}
    for name in ("most", "hard"):
        own = known(name, ",{x}") + known(f"{name}_target", target)
        made[f"room_{name}"] = f"=ROUND(MIN(1E+15{own}{moving}),9)"
    return made


def constant(value: float) -> str:
    """A number as it stands in a formula: `1E-05`."""
    return repr(value).upper()


def quoted(text: str) -> str:
    """A text as it stands in a formula."""
    return '"' + text.replace('"', '""') + '"'


def spoken(words: Words, key: str, **cells: str) -> str:
    """A text of the catalogue as a formula, its figures those of cells."""
    marks = {name: f"\0{name}\0" for name in cells}
    parts = words(f"try.{key}", **marks).split("\0")
    made = [cells[each] if index % 2 else quoted(each) for index, each in enumerate(parts) if each]
    return "&".join(made)


def first_that(holds: Sequence[tuple[str, str]], otherwise: str) -> str:
    """A formula: the text beside the first test that holds, or another where none does."""
    return "=" + "".join(f"IF({test},{text}," for test, text in holds) + otherwise + ")" * len(holds)
