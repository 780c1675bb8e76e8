"""The keys of a scenario that set its bounds, each as steps of loosening away from its present value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from math import floor
from typing import Any

from allocator.data.numbers import MOST_PERSONS
from allocator.data.table import Number
from allocator.model.claims import exact
from allocator.model.scenario import Scenario

TARGET = "target"
HIGHEST_SHARE = 100
Settings = Callable[[Scenario, Number], Mapping[str, Any]]


@dataclass(frozen=True)
class Knob:
    """A key that sets bounds.

    Attributes:
        key: where it stands in the scenario.
        now: its present value.
        firm: whether remedies leave it alone.
        settings: what `Scenario.changed` takes to give it another value.
        value: its value after so many steps of loosening.
        steps: how many there are at most.
    """

    key: str
    now: Number
    firm: bool
    settings: Settings
    value: Callable[[int], Number]
    steps: int

    @property
    def loosest(self) -> Number:
        """The value after all steps."""
        return self.value(self.steps)


def knobs(scenario: Scenario) -> Iterator[Knob]:
    """Every key of a scenario that sets a bound, and the target; locks are firm."""
    settings = scenario.bounds
    firm = settings.firm if isinstance(settings.firm, list) else ["min_quota", "max_share"] * settings.firm
    yield _fixed(TARGET, scenario.target, False)
    for lock in scenario.locks:
        yield _fixed(f"locks.{lock.unit}", lock.quota, True)
    yield _down("bounds.min_quota", settings.min_quota, "min_quota" in firm, _at("bounds", "min_quota"))
    if settings.max_share is not None:
        yield _share("bounds.max_share", settings.max_share, "max_share" in firm, HIGHEST_SHARE)
    for unit, own in settings.units.items():
        yield from _pair(f"bounds.units.{unit}", own, partial(_at, "bounds", "units", unit))
    if settings.pace is not None:
        for side, most in (("down", 1), ("up", HIGHEST_SHARE)):
            if (now := getattr(settings.pace, side)) is not None:
                yield _share(f"bounds.pace.{side}", now, settings.pace.firm, most)
    for group in scenario.groups:
        yield from _pair(f"groups.{group.name}", group, partial(_in_group, group.name))


def _fixed(key: str, now: int, firm: bool) -> Knob:
    return Knob(key, now, firm, _at(key), lambda step: now, 0)


def _pair(key: str, bounds: Any, settings: Callable[[str], Settings]) -> Iterator[Knob]:
    if bounds.min is not None:
        yield _down(f"{key}.min", bounds.min, bounds.firm, settings("min"))
    if bounds.max is not None:
        yield _up(f"{key}.max", bounds.max, bounds.firm, settings("max"))


def _down(key: str, now: int, firm: bool, settings: Settings) -> Knob:
    return Knob(key, now, firm, settings, lambda step: now - step, now)


def _up(key: str, now: int, firm: bool, settings: Settings) -> Knob:
    return Knob(key, now, firm, settings, lambda step: now + step, MOST_PERSONS - now)


def _share(key: str, now: float, firm: bool, most: int) -> Knob:
    """A share that is raised to whole hundredths, so that the new value is one a planner would write."""
    start = floor(exact(now) * 100)
    steps = max(0, most * 100 - start)
    return Knob(key, now, firm, _at(*key.split(".")), lambda step: (start + step) / 100 if step else now, steps)


def _at(*path: str) -> Settings:
    def settings(_: Scenario, value: Number) -> Mapping[str, Any]:
        nested: Any = value
        for part in reversed(path):
            nested = {part: nested}
        return dict(nested)

    return settings


def _in_group(name: str, bound: str) -> Settings:
    """A list of groups cannot be merged: all of them are given anew, one of them changed."""

    def settings(scenario: Scenario, value: Number) -> Mapping[str, Any]:
        groups = [each.model_dump() for each in scenario.groups]
        return {"groups": [{**each, bound: value} if each["name"] == name else each for each in groups]}

    return settings
