"""Short forms written out: what `min_quota`, `max_share`, `bounds.units`, `pace`, `locks` and `groups` are as rules.

From here on nothing else knows that they were ever written otherwise. In a tree that is decided level by level a short
form covers the nodes of its level, in one that is decided at once all leaves; a rule whatever it names on any level.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from allocator.errors import Fault, fault
from allocator.model.claims import exact
from allocator.model.parts import Amount, LeastMost, Rule, Whom

if TYPE_CHECKING:
    from allocator.model.scenario import Group, Scenario

MOVING = "available"
"""What shares may be of that moves with the growth that comes."""


@dataclass(frozen=True, eq=False)
class Entry:
    """A rule of a scenario, as one entry of it.

    Attributes:
        key: where it stands: `rules.0`, `bounds.min_quota`, `bounds.units.An Phú`, `locks.An Phú`, `groups.North`.
        name: the unit or the group it is about, or what the rule is called.
        words: catalogue keys under `rule.` of its least and of its most; the first word alone names both.
        rule: the rule.
        level: level whose nodes it covers; 0 where it covers whatever it names.
    """

    key: str
    name: str
    words: tuple[str, str]
    rule: Rule
    level: int = 0
    sides: tuple[str, str] = ("", "")

    @property
    def group(self) -> str:
        """What its sum is called: its name where it has one, else its key."""
        return self.rule.name or self.key

    @property
    def title(self) -> Fault:
        """What the rule is called."""
        limits = self.rule.sides
        one = limits.most is None or limits.least is None or self.words[0] == self.words[1]
        key = self.words[limits.least is None] if one else self.words[0].partition("_")[0]
        return fault(f"rulename.{key}", name=self.name)


def short_forms(scenario: Scenario, level: int = 0) -> Iterator[Entry]:
    """Locks, own bounds, pace, least quota and largest share of a scenario as rules on nodes; locks first.

    Args:
        scenario: as one level has it.
        level: the level whose nodes they cover; 0 in a flat table.
    """
    bounds = scenario.bounds
    for lock in scenario.locks:
        whom, amount = Whom(units=[lock.unit]), Amount(members=lock.quota)
        rule = _rule(whom, amount, amount, lock.firm, by=lock.by, reason=lock.reason)
        yield Entry(f"locks.{lock.unit}", lock.unit, ("lock", "lock"), rule, level)
    for unit, own in bounds.units.items():
        if own.min is not None or own.max is not None:
            rule = _rule(Whom(units=[unit]), _members(own.min), _members(own.max), own.firm)
            yield Entry(f"bounds.units.{unit}", unit, ("own_min", "own_max"), rule, level, (".min", ".max"))
    everyone = Whom(every="nodes")
    if (pace := bounds.pace) is not None and (pace.down is not None or pace.up is not None):
        least, most = (
            None if side is None else Amount.model_construct(share=float(1 + sign * exact(side)), column=pace.reference)
            for side, sign in ((pace.down, -1), (pace.up, 1))
        )
        rule = _rule(everyone, least, most, pace.firm)
        yield Entry("bounds.pace", "", ("pace_down", "pace_up"), rule, level, (".down", ".up"))
    firm = bounds.firm if isinstance(bounds.firm, list) else ["min_quota", "max_share"] * bounds.firm
    if bounds.min_quota:
        rule = _rule(everyone, _members(bounds.min_quota), None, "min_quota" in firm)
        yield Entry("bounds.min_quota", "", ("min_quota", "min_quota"), rule, level)
    if bounds.max_share is not None:
        # Read already: as a plain number a share of more than 10 would be refused.
        most = Amount.model_construct(share=bounds.max_share, of=MOVING)
        rule = _rule(everyone, None, most, "max_share" in firm)
        yield Entry("bounds.max_share", "", ("max_share", "max_share"), rule, level)


def group_forms(groups: Iterable[Group], level: int = 0) -> Iterator[Entry]:
    """Groups as rules on sums."""
    for group in groups:
        whom = Whom(units=group.units) if group.units else Whom(kind=group.kind)
        limits = LeastMost.model_construct(least=_members(group.min), most=_members(group.max))
        rule = Rule.model_construct(whom=whom, together=limits, name=group.name, firm=group.firm)
        yield Entry(f"groups.{group.name}", group.name, ("group_min", "group_max"), rule, level, (".min", ".max"))


def written_rules(scenario: Scenario) -> Iterator[Entry]:
    """The rules that are written as such."""
    for index, rule in enumerate(scenario.rules):
        way = "each" if rule.each else "together"
        sides = f".{way}.least", f".{way}.most"
        yield Entry(f"rules.{index}", rule.name or str(index + 1), ("rule_least", "rule_most"), rule, 0, sides)


def _members(members: int | None) -> Amount | None:
    return None if members is None else Amount(members=members)


def _rule(whom: Whom, least: Amount | None, most: Amount | None, firm: bool, by: str = "", reason: str = "") -> Rule:
    limits = LeastMost.model_construct(least=least, most=most)
    return Rule.model_construct(whom=whom, each=limits, firm=firm, by=by, reason=reason)
