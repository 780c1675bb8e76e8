"""Why a quota, as a letter tells it that a chairperson signs: a few plain sentences, each true of its figures.

A sentence says only what a reader can check on the table, the settings in force or the steps that lie beside the
letter. One that would not be true of a unit, or that would say the same of all without mattering to any, is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from allocator.data.findings import ColumnName
from allocator.data.table import ATTAINMENT, ESTIMATE
from allocator.errors import Fault, fault
from allocator.model.claims import MICRO, clipped, driver_figures, efforts, exact, province
from allocator.model.feasibility import rule_text
from allocator.why.explanation import STEPS, steps, weightiest, what_holds

if TYPE_CHECKING:
    from allocator.model.allocation import Allocation

Sentences = tuple[Fault, ...]
NEAR = 1e-7
"""Fair shares whose rates differ by less, as a share of them, differ by rounding alone."""
TOLD = tuple(f"sentence.held.{each}" for each in ("AT_FLOOR", "AT_CAP", "AT_GROUP", "LOCKED"))
"""How sentences begin of what may hold a quota beside the common rate."""
OWN = ("min_quota", "max_share", "own_min", "own_max", "pace_down", "pace_up", "rule_least", "rule_most")
"""Kinds of rules on single units, which a letter to one of them tells without its name, or a rule's number."""


@dataclass(frozen=True, eq=False)
class Plain:
    """The plain reasons of an allocation.

    Attributes:
        made: the allocation.
        period: the years that past results are of; empty where that is not known.
    """

    made: Allocation
    period: str = ""

    def reasons(self, unit: int) -> list[Sentences]:
        """The reasons of one unit by its index: what it has, what the past counts, what follows; none is empty."""
        parts = (self._size(unit), self._past(unit), (*self._decided(unit), *self._effort(unit)))
        return [each for each in (tuple(part) for part in parts) if each]

    def difference(self, unit: int, day: str = "") -> Sentences:
        """How the quota differs from the published one, and which step weighs most in that; empty without one.

        `day` is when that was published, as a text; empty where it is not known.
        """
        published, change = self.made.published[unit], self.made.differences[unit]
        if published is None or change is None:
            return ()
        since = fault("plain.published_on", day=day) if day else fault("plain.published")
        if not change:
            return (fault("plain.same", since=since),)
        part, figures = weightiest(self.made, unit, self.steps[unit])
        side = "more" if change > 0 else "less"
        cause = fault(f"plain.why.{side}.{part}", of=self.size, **figures)
        return (fault(f"plain.{side}", since=since, published=published, gap=abs(change), cause=cause),)

    @property
    def sort(self) -> str:
        """What is shared out, as `Scenario.sort`."""
        return self.made.scenario.sort

    @cached_property
    def size(self) -> Fault:
        """What the figures of units are called."""
        return fault(f"plain.size.{self._labour}")

    @cached_property
    def _blended(self) -> bool:
        return {each.column for each in self.made.scenario.drivers} != {"workforce"}

    @cached_property
    def _base(self) -> Fault:
        """What a factor for past results multiplies."""
        return fault("plain.size.blended") if self._blended else self.size

    @property
    def _labour(self) -> str:
        return "other" if self.sort == "other" else "labour"

    @cached_property
    def steps(self) -> tuple[tuple[int, ...], ...]:
        """The steps of every unit in whole members, which add up like the tenths that are told elsewhere."""
        return steps(self.made, parts=1)

    @cached_property
    def used(self) -> list[int]:
        """Places in `STEPS` of the steps that are not 0 for every unit."""
        return [at for at in range(len(STEPS)) if any(row[at] for row in self.steps)]

    def _size(self, unit: int) -> Iterator[Fault]:
        """What the unit has now, and what is counted of its growth; or the drivers that stand instead."""
        table, claims, scenario = self.made.table, self.made.claims, self.made.scenario
        now, growth = claims.workforce[unit], table.optional(ESTIMATE)[unit]
        if columns := {each.column for each in scenario.drivers} - {"workforce"}:
            yield fault("plain.drivers", parts=[*self._parts(unit)])
            if len(columns) == len(scenario.drivers):
                return
        yield fault(f"plain.now.{self.sort}" if now else f"plain.nobody.{self._labour}", now=now)
        if growth:
            name = table.units[unit]
            share = scenario.growth.units.get(name, scenario.growth.realisation)
            counted = exact(share) * int(growth)
            kind = "growth" if counted.denominator == 1 else "growth_about"
            key = "growth_all" if share == 1 else kind if share else "growth_none"
            yield fault(f"plain.{key}.{self._labour}", growth=growth, share=share, counted=float(counted))

    def _parts(self, unit: int) -> Iterator[Fault]:
        """Each driver with its share, and of a column what the unit has of all."""
        for driver, values in driver_figures(self.made.table, self.made.scenario):
            if driver.column == "workforce":
                yield fault("plain.driver.workforce", share=driver.share, of=self.size)
            elif values is None:
                yield fault("plain.driver.equal", share=driver.share, units=len(self.made.table))
            else:
                figures = {"value": float(values[unit]), "whole": float(sum(values))}
                yield fault(
                    "plain.driver.column", share=driver.share, column=ColumnName(driver.column or ""), **figures
                )

    def _past(self, unit: int) -> Iterator[Fault]:
        """What past results count; nothing where they count alike for every unit."""
        claims, settings = self.made.claims, self.made.scenario.attainment
        if not settings.exponent:
            yield fault("plain.ignored")
        if not self._weighed:
            return
        past, counted = claims.attainment[unit], self._counted[unit]
        power = "" if settings.exponent == 1 else fault("plain.power", exponent=settings.exponent)
        factor = float(claims.multiplier[unit])
        shown = {"factor": factor, "power": power, "counted": float(counted), "of": self._base}
        if past is None:
            yield self._assumed(unit, shown)
            return
        kind = "below" if past < counted else "above" if past > counted else "behind" if settings.exponent < 0 else "as"
        yield fault(f"plain.past.{kind}", fact=self._fact(unit, past), **shown)

    @cached_property
    def _counted(self) -> Sequence[Fraction]:
        return clipped(self.made.table, self.made.scenario.attainment, self.made.claims.attainment)

    def _fact(self, unit: int, past: Fraction) -> Fault:
        """What the unit achieved, measured as the scenario does."""
        who = fault("plain.period", period=self.period) if self.period else fault("plain.unit")
        stated = self.made.table.optional(ATTAINMENT)[unit] is not None
        kind = "gross" if stated or self.made.scenario.attainment.basis == "gross" else "net"
        return fault(f"plain.fact.{kind}{'_negative' * (past < 0)}", who=who, past=float(past))

    def _assumed(self, unit: int, shown: Mapping[str, Any]) -> Fault:
        """What is assumed where the past is not known, and that it is an assumption."""
        table, settings = self.made.table, self.made.scenario.attainment
        lacking = fault(f"plain.lacking.{'result' if table.optional('term_target')[unit] else 'target'}")
        if settings.missing == "province":
            average = float(province(table, settings))
            return fault("plain.assumed.province", lacking=lacking, province=average, **shown)
        return fault("plain.assumed.number", lacking=lacking, **shown)

    def _decided(self, unit: int) -> Iterator[Fault]:
        """What decides the quota: what was shared out above, and a rule that holds it or the common rate."""
        made = self.made
        if above := self._above(unit):
            yield above
        told = [*what_holds(made, unit)]
        if told[0].key.startswith(TOLD):
            for each in told:
                if not each.key.startswith("sentence.tie"):
                    key = each.key.replace("sentence.held", "plain.held")
                    yield replace(each, key=key, values={"quota": made.quotas[unit], **self._told(each.values)})
        elif not made.problem.claims[unit]:
            yield fault("plain.nothing", quota=made.quotas[unit])
        else:
            yield from self._rate(unit)

    def _told(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """What holds a quota, its rules as a letter tells them."""
        rule, rules = values.get("rule"), values.get("rules", ())
        own = {"rule": _own(rule)} if isinstance(rule, Fault) else {}
        return {**values, **own, "rules": [self._sums.get(f"{each.key} {each.values['name']}", each) for each in rules]}

    @cached_property
    def _sums(self) -> Mapping[str, Fault]:
        """The limits on sums with their figures, by their kind and name; one with two sides has none here."""
        bounds = [each for group in self.made.bounds.groups for each in (group.floor, group.cap) if each is not None]
        return {f"rulename.{each.kind} {each.name}": rule_text(each, self.made.problem.lot) for each in bounds}

    def _above(self, unit: int) -> Fault | None:
        """What the unit's parent was given before it was shared out; None where all was decided at once."""
        made, tree = self.made, self.made.ground.tree
        if not made.above:
            return None
        parent = next(iter(tree.above(tree.position[made.table.units[unit]])))
        count = len(tree.children[parent])
        return fault("plain.parent", parent=tree.names[parent], quota=int(made.held[parent]), units=count)

    def _rate(self, unit: int) -> Iterator[Fault]:
        """The rate of the fair share, and how many other units have the same one; nothing where none has."""
        made = self.made
        rate, count = self._rates[unit]
        if not count or made.problem.risk is not None:
            yield from self._at_bound(unit)
            return
        every = count == len(self._rates) - 1 and not self._far
        kind = "every" if every else "near" if unit in self._far else "some"
        form = "way" if self._blended else "rate" if self.sort == "members" else "rate_fine"
        of = fault(f"plain.weighed.{self._labour}") if self._weighed else self.size
        rounded = fault(f"plain.rounded.{'ones' if made.problem.lot == 1 else 'lots'}", lot=made.problem.lot)
        yield fault(f"plain.{form}.{kind}", rate=rate, of=of, others=count, rounded=rounded)

    def _at_bound(self, unit: int) -> Iterator[Fault]:
        """The rule whose least or most a quota is, where it is one."""
        bounds, lots = self.made.bounds, self.made.lots[unit]
        for side, limits in (("least", bounds.floor), ("most", bounds.cap)):
            rule = bounds.rule(unit, least=side == "least")
            if rule is not None and limits[unit] == lots:
                yield fault(f"plain.at.{side}", rule=_own(rule_text(rule, self.made.problem.lot)))

    @cached_property
    def _weighed(self) -> bool:
        return {*self.made.claims.multiplier} != {1}

    @cached_property
    def _rates(self) -> dict[int, tuple[float, int]]:
        """Fair share over claim of each unit that claims something, and how many others have the same."""
        pairs = zip(self.made.fair_share, self.made.claims.claims, strict=True)
        rates = sorted((share * MICRO / claim, unit) for unit, (share, claim) in enumerate(pairs) if claim)
        runs: list[list[tuple[float, int]]] = []
        for each in rates:
            if not runs or each[0] - runs[-1][-1][0] > NEAR * each[0]:
                runs.append([])
            runs[-1].append(each)
        return {unit: (rate, len(run) - 1) for run in runs for rate, unit in run}

    @cached_property
    def _far(self) -> set[int]:
        """The units that claim something and whose quota is a lot or more from the fair share."""
        pairs, lot = enumerate(zip(self.made.fair_share, self.made.quotas, strict=True)), self.made.problem.lot
        return {unit for unit, (share, quota) in pairs if abs(share - quota) >= lot} & {*self._rates}

    def _effort(self, unit: int) -> Iterator[Fault]:
        """The quota as a share of what the unit has, beside that of all together; of members alone."""
        made, effort = self.made, self.made.efforts[unit]
        (whole,) = efforts((sum(made.quotas),), (sum(made.claims.available),))
        by_workforce = any(each.column == "workforce" for each in made.scenario.drivers)
        if self.sort != "members" or effort is None or whole is None or not by_workforce:
            return
        grown = any(now * MICRO < then for now, then in zip(made.claims.workforce, made.claims.available, strict=True))
        units, kind = len(made.table), "_grown" * grown
        yield fault(f"plain.effort{kind}", effort=effort, whole=whole, units=units)


def _own(rule: Fault) -> Fault:
    """A rule on single units in a letter to one of them."""
    kind = rule.key.removeprefix("rule.")
    named = kind.startswith("rule_") and not str(rule.values["name"]).isdigit()
    return replace(rule, key=f"plain.rule.{kind}") if kind in OWN and not named else rule
