"""Net against gross: what is left of the members recruited when as many are lost as before.

A unit's loss rate is lost / recruited in the table: of g members recruited g·(1 − rate) stay, and a net gain of n needs
n / (1 − rate) recruits; where as many or more were lost as recruited, no recruitment gives a gain. A unit without a
history is taken at the rate of all units together.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from allocator.errors import Fault, fault
from allocator.model.allocation import Allocation
from allocator.model.claims import MICRO


@dataclass(frozen=True)
class UnitNet:
    """One unit's quota both ways, members.

    Attributes:
        unit: its name.
        rate: loss rate; None where neither it nor any other unit has a history.
        own: whether the rate is its own, not that of all units together.
        gross: recruits: the quota, or what the quota needs where quotas are net; None where none suffice.
        net: net gain: the quota where quotas are net, or what the quota leaves (below 0 where more are lost).
        beyond_workforce: whether the recruits are more than its available workforce.
    """

    unit: str
    rate: float | None
    own: bool
    gross: int | None
    net: int | None
    beyond_workforce: bool


@dataclass(frozen=True)
class Netting:
    """Quotas gross and net.

    Attributes:
        units: in table order.
        recruited, lost: members so far, over the units with both figures.
        rate: lost over recruited; None where nothing was recruited.
        texts: what a report says: what quotas count, and the target both ways; nothing without a history.
    """

    units: tuple[UnitNet, ...]
    recruited: int
    lost: int
    rate: float | None
    texts: tuple[Fault, ...]


def net_and_gross(allocation: Allocation) -> Netting:
    """The quotas of an allocation as recruits and as net gain, at each unit's own loss rate; whole members.

    Example:
        >>> from allocator import allocate, load_scenario
        >>> made = net_and_gross(allocate(*load_scenario("an-giang-2017/base")))
        >>> made.recruited, made.lost, [each.key for each in made.texts]
        (23009, 13205, ['net.basis_gross', 'net.province'])
    """
    table, basis = allocation.table, allocation.scenario.quota_basis
    pairs = list(zip(table.optional("recruited"), table.optional("lost"), strict=True))
    known = [(int(r), int(left)) for r, left in pairs if r is not None and left is not None]
    recruited, lost = sum(r for r, _ in known), sum(left for _, left in known)
    whole = Fraction(lost, recruited) if recruited else None
    units = []
    each = zip(table.units, pairs, allocation.quotas, allocation.claims.available, strict=True)
    for unit, (r, left), quota, available in each:
        own = bool(r) and left is not None
        rate = Fraction(int(left or 0), int(r or 1)) if own else whole
        gross, net = (quota, _left(quota, rate)) if basis == "gross" else (_needed(quota, rate), quota)
        beyond = table.measured and gross is not None and gross * MICRO > available
        units.append(UnitNet(unit, None if rate is None else float(rate), own, gross, net, beyond))
    if whole is None:
        return Netting(tuple(units), recruited, lost, None, ())
    target, share = sum(allocation.quotas), float(whole)
    needed = _needed(target, whole)
    figures = {"recruited": recruited, "lost": lost, "rate": share, "target": target}
    key = "net.none_stays" if needed is None else "net.province"
    texts = fault(f"net.basis_{basis}"), fault(key, **figures, net=_left(target, whole), gross=needed)
    return Netting(tuple(units), recruited, lost, share, texts)


def _left(gross: int, rate: Fraction | None) -> int | None:
    return None if rate is None else round(gross * (1 - rate))


def _needed(net: int, rate: Fraction | None) -> int | None:
    if not net:
        return 0
    return None if rate is None or rate >= 1 else ceil(net / (1 - rate))
