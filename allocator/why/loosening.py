"""The keys of a scenario that set its bounds, each as steps of loosening away from its present value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING, Any

from allocator.data.settings import merged
from allocator.data.table import MOST_PERSONS, Number
from allocator.model.claims import MICRO, exact
from allocator.model.limit import Limit
from allocator.model.parts import share_written
from allocator.model.scenario import Scenario
from allocator.model.short_forms import Entry

if TYPE_CHECKING:
    from allocator.model.grounds import Grounds

TARGET = "target"
HUNDREDTH = 0.01
HIGHEST_SHARE = 10
ONE_UNIT, ALL_UNITS, THE_TARGET = 0, 1, 2


@dataclass(frozen=True)
class Knob:
    """A key of the scenario that sets bounds.

    Attributes:
        path: where it stands in the scenario.
        now: its present value; the units left out already, where it is those that change.
        firm: whether remedies leave it alone.
        wide: whether it is about one unit or group, all of a kind, or the target.
        steps: how many steps of loosening there are at most.
        by: what each adds; a share is raised to whole hundredths, so that the new value is one a planner would write.
        more: units to leave out.
    """

    path: tuple[str, ...]
    now: Number | tuple[str, ...]
    firm: bool
    wide: int
    steps: int = 0
    by: Number = 0
    more: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Its path as one word."""
        return ".".join(self.path)

    @property
    def about(self) -> tuple[str, ...]:
        """The key without what is done to it: who is left out, or which share."""
        return self.path[:-1] if self.path[-1] in ("except", "share") else self.path

    def value(self, step: int) -> Number | tuple[str, ...]:
        """Its value after so many steps of loosening."""
        if isinstance(self.now, tuple):
            return (*self.now, *self.more) if step else self.now
        if step and abs(self.by) == HUNDREDTH:
            return (floor(exact(self.now) * 100) + step if self.by > 0 else ceil(exact(self.now) * 100) - step) / 100
        return self.now + step * int(self.by) if step else self.now

    def settings(self, scenario: Scenario, value: Any) -> Mapping[str, Any]:
        """What `Scenario.changed` takes to give it another value."""
        if isinstance(value, float):
            value = share_written(value)
        if self.path[-1] == "except":
            return _without(scenario, self.path, list(value))
        if self.path[0] in ("groups", "rules"):  # A list cannot be merged: it is given anew, one item changed.
            part, name, *inside = self.path
            items = [each.model_dump(exclude_defaults=True) for each in getattr(scenario, part)]
            at = int(name) if part == "rules" else [each["name"] for each in items].index(name)
            items[at] = merged(items[at], _nested(inside, value))
            return {part: items}
        return dict(_nested(self.path, value))


def _nested(path: Iterable[str], value: Any) -> Any:
    for part in reversed(list(path)):
        value = {part: value}
    return value


def _without(scenario: Scenario, path: tuple[str, ...], names: list[str]) -> Mapping[str, Any]:
    """Settings with which a rule does not count for some units; a short form becomes the rule it stands for."""
    rules = [each.model_dump(exclude_defaults=True) for each in scenario.rules]
    if path[0] == "rules":
        rules[int(path[1])]["except"] = names
        return {"rules": rules}
    bounds, pace = scenario.bounds, scenario.bounds.pace
    if path[1] == "min_quota":
        each: dict[str, Any] = {"least": bounds.min_quota}
        firm = bounds.firm is True or (isinstance(bounds.firm, list) and "min_quota" in bounds.firm)
        off: dict[str, Any] = {"min_quota": 0}
    else:
        assert pace is not None
        shares = (("least", pace.down, -1), ("most", pace.up, 1))
        each = {
            side: {"share": share_written(float(1 + sign * exact(share))), "of": pace.reference}
            for side, share, sign in shares
            if share is not None
        }
        firm, off = pace.firm, {"pace": None}
    made = {"for": "nodes", "except": names, "each": each, **({"firm": True} if firm else {})}
    return {"bounds": off, "rules": [*rules, made]}


def knobs(scenario: Scenario, ground: Grounds) -> Iterator[Knob]:
    """Every key of a scenario that sets a bound, and the target; locks are firm."""
    for key, limit in {each.key: each for each in ground.rules.limits}.items():
        yield _knob(key, limit, ground)
    yield Knob((TARGET,), scenario.target, False, THE_TARGET)


def _knob(key: str, limit: Limit, ground: Grounds) -> Knob:
    entry, amount = limit.entry, limit.amount
    alone = limit.together or len(limit.nodes) == 1
    wide, firm = ONE_UNIT if alone else ALL_UNITS, entry.rule.firm or entry.key.startswith(("locks.", "levels."))
    path = _path(key, entry)
    if amount.members is not None:
        if limit.least:
            return Knob(path, amount.members, firm, wide, amount.members, -1)
        return Knob(path, amount.members, firm, wide, max(0, _workforce(limit, ground) - amount.members), 1)
    if entry.key == "bounds.pace":
        way = 1 if limit.least else -1
        now, most = float(way * (1 - exact(amount.share))), 1 if limit.least else HIGHEST_SHARE
        return _share(now, firm, wide, most, *path)
    if amount.column is not None:
        return Knob(path, (f"{{column: {amount.column}}}",), True, wide)
    tail = () if entry.key == "bounds.max_share" else ("share",)
    if limit.least:
        return Knob((*path, *tail), amount.share, firm, wide, ceil(exact(amount.share) * 100), -HUNDREDTH)
    most = 1 if amount.of in ("workforce", "available") else HIGHEST_SHARE
    return _share(amount.share, firm, wide, most, *path, *tail)


def _path(key: str, entry: Entry) -> tuple[str, ...]:
    """The parts of a key; the name of a unit or a group, which may hold points, is one of them."""
    head, _, rest = key.partition(".")
    if head in ("locks", "groups") or key.startswith("bounds.units."):
        side = entry.sides[key.endswith(entry.sides[1])].strip(".")
        before = ("bounds", "units") if head == "bounds" else (head,)
        return (*before, entry.name, *((side,) if side else ()))
    return (head, *rest.split("."))


def _workforce(limit: Limit, ground: Grounds) -> int:
    """Most members that the units of a limit could be asked for: the least of their workforces, or the sum of them."""
    own: dict[str, int] = {}
    for level in ground.levels:
        own |= zip(level.table.units, (each // MICRO for each in level.claims.available), strict=True)
    sizes = [own.get(ground.tree.names[node], MOST_PERSONS) for node in limit.nodes.tolist()]
    return sum(sizes) if limit.together else min(sizes)


def _share(now: float, firm: bool, wide: int, most: int, *path: str) -> Knob:
    return Knob(path, now, firm, wide, max(0, most * 100 - floor(exact(now) * 100)), HUNDREDTH)
