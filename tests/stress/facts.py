"""A case worked out plainly: its figures in fractions from the design's formulas, and what deciding again gives."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from allocator.data.table import Table
from allocator.errors import AllocatorError, Fault
from allocator.finding import say
from allocator.model.allocation import Allocation, allocate
from allocator.model.scenario import Scenario

Quotas = dict[str, int]


def number(value: Any) -> Fraction:
    """The decimal that a figure was written as."""
    return Fraction(str(value))


def plain_name(name: str) -> str:
    """A name without accents and capitals."""
    letters = unicodedata.normalize("NFD", name.casefold())
    return "".join(each for each in letters if not unicodedata.combining(each)).replace("đ", "d")


def decided(table: Table, scenario: Scenario) -> Quotas | None:
    """Quotas by unit; None where there are none."""
    try:
        scenario.check(table)
        made = allocate(table, scenario, "waterfill")
    except AllocatorError:
        return None
    return dict(zip(made.table.units, made.quotas, strict=True))


def moved(first: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    """What changes from one side to the other, of all units of both; 0 is left out."""
    every = dict.fromkeys((*other, *first))
    made = {unit: other.get(unit, 0) - first.get(unit, 0) for unit in every}
    return {unit: each for unit, each in made.items() if each}


@dataclass(frozen=True, eq=False)
class Facts:
    """The facts of a table and a scenario."""

    table: Table
    scenario: Scenario

    @cached_property
    def made(self) -> Allocation:
        """What is said to be its allocation."""
        return allocate(self.table, self.scenario, "waterfill")

    @cached_property
    def again(self) -> dict[tuple[str, ...], Quotas | None]:
        """Quotas without some rules, as far as they were asked for."""
        return {}

    @cached_property
    def quotas(self) -> Quotas:
        """Quotas by unit."""
        return dict(zip(self.made.table.units, self.made.quotas, strict=True))

    @property
    def tree(self) -> bool:
        """Whether some units lie below others."""
        return any(self.table.parents)

    @cached_property
    def leaf(self) -> Table:
        """The rows of the units that have quotas."""
        return self.made.table

    def at(self, unit: str) -> int:
        """The row of a unit among those that have quotas."""
        return self.leaf.units.index(unit)

    def part(self, name: str) -> Any:
        """A part of the scenario as the units that have quotas have it: a level's own keys before the scenario's."""
        whole, depth = getattr(self.scenario, name), self.depth
        own = getattr(self.scenario.levels[depth - 1], name) if depth <= len(self.scenario.levels) else None
        if own is None or isinstance(own, list):
            return own or whole
        return whole.model_copy(update={key: getattr(own, key) for key in own.model_fields_set})

    @cached_property
    def depth(self) -> int:
        """Levels of the table."""
        parents = dict(zip(self.table.units, self.table.parents, strict=True))

        def above(unit: str | None) -> int:
            return 0 if unit is None else 1 + above(parents.get(unit))

        return max(map(above, self.table.units))

    @cached_property
    def workforce(self) -> list[int]:
        """S of each unit."""
        return [int(each or 0) for each in self.leaf.optional("workforce")]

    @cached_property
    def available(self) -> list[Fraction]:
        """W of each unit, to the sixth decimal."""
        shares = [self.realisation(unit) for unit in self.leaf.units]
        more = self.leaf.optional("growth_estimate")
        made = (s + share * int(g or 0) for s, share, g in zip(self.workforce, shares, more, strict=True))
        return [round(each, 6) if "workforce" in self.leaf.columns else Fraction(0) for each in made]

    def realisation(self, unit: str | None) -> Fraction:
        """Share of its growth that is counted on: its own, or that of the nearest above it that has one, or all's."""
        growth, parents = self.part("growth"), dict(zip(self.table.units, self.table.parents, strict=True))
        while unit is not None and unit not in growth.units:
            unit = parents.get(unit)
        return number(growth.realisation if unit is None else growth.units[unit])

    @cached_property
    def base(self) -> list[Fraction]:
        """The blend of drivers."""
        made, whole = [Fraction(0)] * len(self.leaf), sum(self.available)
        for driver in self.part("drivers"):
            values = self.available if driver.column == "workforce" else [
                Fraction(1) if driver.equal else number(each or 0)
                for each in (self.workforce if driver.equal else self.leaf.column(str(driver.column)))
            ]  # fmt: skip
            if "workforce" not in self.leaf.columns:  # the first driver's figures stand for people
                whole = whole or sum(values)
            part = number(driver.share) * whole / (sum(values) or 1)
            made = [base + part * value for base, value in zip(made, values, strict=True)]
        return made

    @cached_property
    def past(self) -> list[Fraction | None]:
        """Past attainment of each unit; None where it is not known."""
        net = self.part("attainment").basis == "net"
        columns = (self.leaf.optional(name) for name in ("attainment", "recruited", "lost", "term_target"))
        made: list[Fraction | None] = []
        for stated, recruited, lost, term in zip(*columns, strict=True):
            known = term and recruited is not None and not (net and lost is None)
            counted = (number(recruited) - (number(lost) if net else 0)) / number(term) if known else None
            made.append(counted if stated is None else number(stated))
        return made

    @cached_property
    def counted(self) -> list[Fraction]:
        """Past attainment within its floor and its ceiling, what is not known stood in for."""
        settings, terms = self.part("attainment"), self.leaf.optional("term_target")
        pairs = [(p, number(t or 0)) for p, t in zip(self.past, terms, strict=True) if p is not None]
        whole = sum(t for _, t in pairs)
        common = sum(p * t for p, t in pairs) / whole if whole else Fraction(1)
        stand_in = common if settings.missing == "province" else number(settings.missing)
        low, high = number(settings.floor), number(settings.ceiling)
        return [min(max(stand_in if each is None else each, low), high) for each in self.past]

    @cached_property
    def factor(self) -> list[float]:
        """What the base is multiplied by."""
        exponent = self.part("attainment").exponent
        return [float(each) ** exponent if exponent else 1.0 for each in self.counted]

    def without(self, *keys: str) -> Quotas | None:
        """Quotas without some rules, by their keys; None where the target cannot be placed then."""
        keys = tuple(sorted(keys))
        if keys not in self.again:
            self.again[keys] = decided(self.table, dropped(self.scenario, keys))
        return self.again[keys]

    def changes(self, *keys: str) -> dict[str, int] | None:
        """What changes without some rules; None where nothing can be placed then."""
        other = self.without(*keys)
        return None if other is None else moved(self.quotas, other)

    @cached_property
    def rules(self) -> dict[str, Fault]:
        """What every rule is called, by its key."""
        made: dict[str, Fault] = {}
        bounds, scenario = self.scenario.bounds, self.scenario
        for index, rule in enumerate(scenario.rules):
            limits = rule.each or rule.together
            assert limits is not None
            made[f"rules.{index}"] = _called(
                "rule", limits.least, limits.most, rule.name or str(index + 1), "_least _most"
            )
        for unit, own in bounds.units.items():
            made[f"bounds.units.{unit}"] = _called("own", own.min, own.max, unit)
        for group in scenario.groups:
            made[f"groups.{group.name}"] = _called("group", group.min, group.max, group.name)
        if bounds.pace is not None:
            made["bounds.pace"] = _called("pace", bounds.pace.down, bounds.pace.up, "", "_down _up")
        made |= {f"locks.{each.unit}": say("rulename.lock", name=each.unit) for each in scenario.locks}
        made |= {f"bounds.{key}": say(f"rulename.{key}", name="") for key in ("min_quota", "max_share")}
        return made

    def decision(self, title: Fault) -> list[tuple[str, str]]:
        """Who decided the rules that are called so, and why."""
        keys = [key for key, each in self.rules.items() if each == title]
        rules = {f"rules.{index}": each for index, each in enumerate(self.scenario.rules)}
        decisions = {**rules, **{f"locks.{each.unit}": each for each in self.scenario.locks}}
        return [(decisions[key].by, decisions[key].reason) for key in keys if key in decisions]


def _called(kind: str, least: Any, most: Any, name: str, sides: str = "_min _max") -> Fault:
    low, high = sides.split()
    side = "" if least is not None and most is not None else high if least is None else low
    return say(f"rulename.{kind}{side}", name=name)


def dropped(scenario: Scenario, keys: Collection[str]) -> Scenario:
    """A scenario without some of its rules; `attainment` stands for the weight of the past."""
    bounds = scenario.bounds
    changes: dict[str, Any] = {
        "min_quota": 0 if "bounds.min_quota" in keys else bounds.min_quota,
        "max_share": None if "bounds.max_share" in keys else bounds.max_share,
        "pace": None if "bounds.pace" in keys else bounds.pace,
        "units": {unit: own for unit, own in bounds.units.items() if f"bounds.units.{unit}" not in keys},
    }
    part, parts = scenario, scenario.levels
    if "attainment" in keys:
        part, *parts = (_unweighed(each) if each.attainment else each for each in (scenario, *scenario.levels))
    return scenario.model_copy(update={
        "bounds": bounds.model_copy(update=changes),
        "rules": [each for index, each in enumerate(scenario.rules) if f"rules.{index}" not in keys],
        "locks": [each for each in scenario.locks if f"locks.{each.unit}" not in keys],
        "groups": [each for each in scenario.groups if f"groups.{each.name}" not in keys],
        "attainment": part.attainment,
        "levels": parts,
    })  # fmt: skip


def _unweighed(part: Any) -> Any:
    return part.model_copy(update={"attainment": part.attainment.model_copy(update={"exponent": 0.0})})


def with_figure(table: Table, column: str, unit: str, value: int) -> Table:
    """The table with another figure of a unit."""
    index = table.units.index(unit)
    figures = table.columns[column]
    return replace(table, columns={**table.columns, column: (*figures[:index], value, *figures[index + 1 :])})
