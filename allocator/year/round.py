"""A round: what every unit asks for, answered alone and all together.

A unit says that a figure is another (a claim), or wishes for a quota (a bid). Alone, a claim is answered by the
allocation with that figure, a bid by what would make it fair and by what granting it moves. Together, the figures that
are not declined are true; a bid up to the quota they give is a cap, one that is granted a lock, and those above are
answered alone. Where not all caps can hold, the most do (`fitting`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from math import floor
from typing import Any

from allocator.data.bids import Bid
from allocator.data.table import Number, Table, fold
from allocator.data.unit_names import fitting_name, near_names
from allocator.errors import AllocatorError, Fault, InfeasibleError, InputError, fault
from allocator.model.allocation import Allocation, allocate
from allocator.model.claims import MICRO, exact
from allocator.model.parts import share_written
from allocator.model.scenario import Scenario
from allocator.why.answers import FIGURES, Answer, Asking
from allocator.why.appeal import locked, locking, lots_moved, quotas_moved
from allocator.why.beside import Decided
from allocator.year.fitting import most_caps

TRUE, DECLINED, ABOVE, CAP, LOCK, NO_ROOM = "true", "declined", "above", "cap", "lock", "no_room"
"""What an entry is in the joint answer: a figure that is true, a bid that is a cap or a lock, or has no part in it."""


@dataclass(frozen=True)
class Answered:
    """One entry, answered alone.

    Attributes:
        bid: what is asked.
        quota: the unit's quota as it is, members.
        made: the allocation with that figure alone, or with that quota as a lock; None where there is none.
        stands: what it is in the joint answer: `true`, `declined`, `above`, `cap`, `lock` or `no_room`.
        figures: of a bid, the values of each figure alone that make it fair.
        obstacle: what stands in the way of `made`; `crowded`: of a place in the joint answer.
    """

    bid: Bid
    quota: int
    made: Allocation | None
    stands: str
    figures: Mapping[str, Answer] = field(default_factory=dict)
    obstacle: Fault | None = None
    crowded: Fault | None = None

    @property
    def quota_if(self) -> int | None:
        """The unit's quota in `made`, members."""
        return None if self.made is None else self.made.quotas[self.made.table.units.index(self.bid.unit)]


@dataclass(frozen=True)
class Round:
    """A round answered.

    Attributes:
        now: the allocation as it is; `true`: where every figure that is not declined is true; `joint`: all together.
        entries: every entry, in its order.
        crowded: what is wrong with all the caps together, where they do not fit.
        settings: what makes `joint` of the scenario and the figures that are true.
        held: those who did not bid and are asked for more than the ceiling already: they are held at their quotas.
    """

    now: Allocation
    true: Allocation
    joint: Allocation
    entries: tuple[Answered, ...]
    crowded: tuple[Fault, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    held: tuple[str, ...] = ()

    @cached_property
    def kept(self) -> dict[str, int]:
        """The bids that the joint answer keeps, members by unit."""
        return {each.bid.unit: int(each.bid.asked) for each in self.standing(CAP, LOCK)}

    @cached_property
    def silent(self) -> list[int]:
        """Rows of the units that did not bid."""
        bidding = {each.bid.unit for each in self.entries if not each.bid.is_claim}
        return [row for row, unit in enumerate(self.now.table.units) if unit not in bidding]

    @cached_property
    def paid_by(self) -> list[dict[str, Any]]:
        """Every other `unit` whose quota moves, by `change` members, where the bids are kept; the most first."""
        return quotas_moved(self.true, self.joint, self.kept)

    @cached_property
    def lots(self) -> list[dict[str, Any]]:
        """The lots behind `paid_by`."""
        return lots_moved(self.true, self.joint, self.kept)

    def standing(self, *kinds: str) -> list[Answered]:
        """The entries that are so in the joint answer."""
        return [each for each in self.entries if each.stands in kinds]

    @property
    def unplaced(self) -> int:
        """Members that nobody could take if every bid that could be a cap were one."""
        return max(map(nobody_takes, self.crowded), default=0)

    def silent_efforts(self, made: Allocation) -> dict[str, Any]:
        """Of those who did not bid: the highest effort, whose it is, and the claim effort of their dearest lot."""
        asked = [(effort, row) for row in self.silent if (effort := made.efforts[row]) is not None]
        top, row = max(asked, key=lambda each: each[0], default=(None, None))
        free = [row for row in self.silent if made.lots[row] > made.problem.floor[row] and not made.above]
        dearest = max((made.problem.cost(row, made.lots[row]) for row in free), default=None)
        return {
            "unit": None if row is None else made.table.units[row],
            "highest_effort": top,
            "marginal_effort": dearest,
        }


def nobody_takes(wrong: Fault) -> int:
    """Members that a fault of rules that cannot hold together says nobody can take."""
    values = wrong.values
    if wrong.key in ("infeasible.above_caps", "infeasible.no_claims"):
        return int(values["over"])
    return int(values["floor"] - values["most"]) if wrong.key == "infeasible.group_floor" else 0


def floors_lack(wrong: Fault) -> int:
    """Members that a fault of rules that cannot hold together says are lacking for all floors."""
    values = wrong.values
    if wrong.key == "infeasible.below_floors":
        return int(values["under"])
    return int(values["least"] - values["cap"]) if wrong.key == "infeasible.group_cap" else 0


def answer_round(
    table: Table, scenario: Scenario, bids: Sequence[Bid], grants: Collection[str] = (), ceiling: Number | None = None
) -> Round:
    """What units ask for, answered alone and together.

    Args:
        table: the units.
        scenario: assumptions and decisions.
        bids: what is asked for, at most once in a column of a unit.
        grants: units whose bids are granted, besides those decided so.
        ceiling: the most that those who did not bid may be asked for, as a share of their available workforce; who is
            asked for more already is held at the quota that the figures give.

    Raises:
        InputError: a grant of a unit that did not bid, or whose bid is declined; a ceiling where there is no workforce.
        InfeasibleError: the scenario's rules cannot hold together, not with the figures that are true, or not with the
            grants; the rules are named. Or not under the ceiling: the least with which they can is.
    """
    granted = _granted(bids, grants)
    now = true = allocate(table, scenario, method="waterfill")
    corrected, figures = table, [each for each in bids if each.is_claim and each.decision != "decline"]
    if figures:
        for each in figures:
            corrected = corrected.with_figure(each.column, table.units.index(each.unit), each.asked)
        true = allocate(corrected, scenario, method="waterfill")
    wished = [each for each in bids if not each.is_claim and each.decision != "decline" and each not in granted]
    granting, bidding = _granting(corrected, scenario, granted), [each.unit for each in bids if not each.is_claim]
    pressed, held = _pressed(true, granting, bidding, ceiling)
    try:
        joint, kept, wrong, crowded = most_caps(
            corrected, pressed, [each for each in wished if each.asked <= true.by_unit[each.unit]], true.by_unit
        )
    except InfeasibleError:
        if ceiling is None or not (least := _least_ceiling(corrected, true, granting, bidding, ceiling)):
            raise
        raise InfeasibleError(fault("round.ceiling_low", "--ceiling", share=ceiling, least=least)) from None
    entries, standing = [], Decided(now)
    for each in bids:
        stands = (
            DECLINED if each.decision == "decline" else TRUE if each.is_claim else LOCK if each in granted
            else CAP if each in kept else NO_ROOM if each.unit in crowded else ABOVE
        )  # fmt: skip
        entries.append(
            _alone(now, standing, table, scenario, each, stands, crowded.get(each.unit) if stands == NO_ROOM else None)
        )
    settled = joint.ground.scenario.model_dump()
    changed = {key: settled[key] for key in ("rules", "locks", "levels")}
    return Round(now, true, joint, tuple(entries), wrong, changed, held)


def _granted(bids: Sequence[Bid], grants: Collection[str]) -> list[Bid]:
    """The bids that are granted, by a name or by what was decided."""
    own = {each.unit: each for each in bids if not each.is_claim}
    names = [each.unit for each in own.values() if each.decision == "grant"]
    for given in grants:
        name = fitting_name(fold(given), own)
        if name is None:
            raise InputError(fault("round.no_bid", "--grant", name=given, near=near_names(fold(given), own)))
        if own[name].decision == "decline":
            raise InputError(fault("round.declined_grant", "--grant", unit=name, place=own[name].place))
        names.append(name)
    return [each for each in own.values() if each.unit in names]


def _granting(table: Table, scenario: Scenario, granted: Sequence[Bid]) -> Scenario:
    """The scenario with bids as locks, in place of their units' own, in the name of who asks."""
    if not granted:
        return scenario
    bids = {each.unit: each for each in granted}
    settings = locking(table, scenario, {unit: int(each.asked) for unit, each in bids.items()})
    for lock in chain(settings["locks"], *(each.get("locks") or () for each in settings.get("levels", ()))):
        if lock["unit"] in bids:
            lock |= {"by": bids[lock["unit"]].by, "reason": bids[lock["unit"]].reason}
    return scenario.changed(settings)


def _pressed(
    true: Allocation, scenario: Scenario, bidding: Collection[str], ceiling: Number | None
) -> tuple[Scenario, tuple[str, ...]]:
    """The scenario with the ceiling on those who do not bid, and who of them is above it already and held."""
    if ceiling is None:
        return scenario, ()
    if not true.table.measured:
        raise InputError(fault("round.no_workforce", "--ceiling"))
    rows = zip(true.table.units, true.quotas, true.claims.available, strict=True)
    others = [(unit, quota, quota * MICRO > exact(ceiling) * able) for unit, quota, able in rows if unit not in bidding]
    below = [unit for unit, _, above in others if not above]
    rules = [{"for": {"units": [unit]}, "each": {"most": quota}} for unit, quota, above in others if above]
    if below:
        most = {"share": share_written(ceiling), "of": "available"}
        rules.append({"for": {"units": below}, "each": {"most": most}})
    changed = scenario.changed({"rules": [*scenario.model_dump()["rules"], *rules]})
    return changed, tuple(unit for unit, _, above in others if above)


def _least_ceiling(
    table: Table, true: Allocation, scenario: Scenario, bidding: Collection[str], ceiling: Number
) -> float | None:
    """The first whole hundredth above a ceiling that the rules can hold with; InfeasibleError if not without it."""
    free = allocate(table, scenario, method="waterfill")
    low, high = (floor(exact(each) * 100) + 1 for each in (ceiling, max(filter(None, free.efforts))))

    def holds(percent: int) -> bool:
        with suppress(InfeasibleError):
            return bool(allocate(table, _pressed(true, scenario, bidding, percent / 100)[0], method="waterfill"))
        return False

    percents = range(low, high + 1)
    return next((each / 100 for each in percents[bisect_left(percents, True, key=holds) :]), None)


def _alone(
    now: Allocation, standing: Decided, table: Table, scenario: Scenario, bid: Bid, stands: str, crowded: Fault | None
) -> Answered:
    """An entry answered as if it were the only one."""
    quota, figures, made, obstacle = now.quotas[now.table.units.index(bid.unit)], {}, None, None
    try:
        if bid.is_claim:
            made = allocate(
                table.with_figure(bid.column, table.units.index(bid.unit), bid.asked), scenario, "waterfill"
            )
        else:
            made = allocate(table, locked(table, scenario, bid.unit, int(bid.asked)), method="waterfill")
    except AllocatorError as error:
        obstacle = error.faults[0]
    if not bid.is_claim:
        case = Asking(bid.unit, int(bid.asked), now, standing, "waterfill")
        figures = {name: case.answer(name) for name in FIGURES}
    return Answered(bid, quota, made, stands, figures, obstacle, crowded)
