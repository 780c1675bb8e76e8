"""What every answer opens with: the assumptions and decisions in force, in a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from allocator.errors import AllocatorError, Fault
from allocator.finding import MOST_LINES, Finding, Text, say
from allocator.finding.settings import Setting, SettingName

if TYPE_CHECKING:
    from allocator.data.table import Table
    from allocator.model.scenario import Driver, Scenario

MOST_READ_AGAIN = 20_000
"""Units of a table up to which it is read again to see which of its figures were corrected."""


class HasScenario(Protocol):
    """What has a scenario."""

    @property
    def scenario(self) -> Scenario:
        """Its scenario."""


class Posed(HasScenario, Protocol):
    """What a question is asked of: a scenario, the table it works on, and what reads these as they were before."""

    @property
    def name(self) -> str:
        """The scenario's name."""

    @property
    def table(self) -> Table:
        """Its table."""

    @property
    def called(self) -> str:
        """What people call it; blank where that is its scenario's title."""

    @property
    def begun(self) -> Callable[[], tuple[Table, Scenario]] | None:
        """Reads what it was before it was changed; None where nothing was."""


def heading(made: HasScenario) -> Text:
    """What an allocation is called: the scenario's own title, else its target and its lot."""
    scenario = made.scenario
    titled = scenario.title.vi or scenario.title.en
    return scenario.title if titled else say("run.title", target=scenario.target, lot=scenario.lot)


def with_premise(finding: Finding, about: Posed | Sequence[Posed]) -> Finding:
    """An answer with what it assumes above its lines, of several cases the first's; as it is where it says it all."""
    case = about[0] if isinstance(about, Sequence) else about
    if not finding.general:
        return finding
    lines = (premise(case), *(each for each in finding.lines if each))
    return replace(finding, lines=lines[: MOST_LINES - 1])


def premise(case: Posed) -> Fault:
    """The scenario's name, and what is assumed and decided in it, counted where that is much."""
    return say("force", title=case.called or heading(case), parts=[*_parts(case)])


def _parts(case: Posed) -> Iterator[Fault]:
    scenario, past = case.scenario, case.scenario.attainment
    ends = {"low": Setting(past.floor, share=True), "high": Setting(past.ceiling, share=True)}
    if case.called or scenario.title.vi or scenario.title.en:
        yield say("force.target", target=scenario.target, lot=scenario.lot)
    if case.table.growing:
        yield say("force.growth", share=Setting(scenario.growth.realisation, share=True))
    yield say(f"force.past_{past.basis}", **ends) if past.exponent else say("force.no_past")
    if past.exponent not in (0, 1):
        yield say("short.exponent", exponent=Setting(past.exponent))
    if [each.column for each in scenario.drivers] != ["workforce"]:
        yield say("short.drivers", drivers=[drawn_from(each) for each in scenario.drivers])
    limits = [*_limits(scenario)]
    yield from limits or [say("short.no_limits")]
    if scenario.signpost != "webster":
        yield say("short.signpost", signpost=Setting(scenario.signpost))
    if scenario.risk.weight:
        yield say("short.risk", weight=Setting(scenario.risk.weight))
    if count := _corrected(case):
        yield say("force.corrected", count=count)


def drawn_from(driver: Driver) -> Fault:
    """What of the target is shared out by what."""
    name = SettingName((driver.column,)) if driver.column else say("driver.equal")
    of = say("force.available") if driver.column == "workforce" else name
    return say("force.driver", of=of, share=Setting(driver.share, share=True))


def _limits(scenario: Scenario) -> Iterator[Fault]:
    """What limits quotas, the single kinds by their figure, what may be many by their number."""
    bounds = scenario.bounds
    if bounds.min_quota:
        yield say("force.min_quota", least=bounds.min_quota)
    if bounds.max_share not in (None, 1):
        yield say("force.max_share", most=Setting(bounds.max_share, share=True))
    if bounds.pace:
        yield say("rulename.pace")
    many: dict[str, Any] = {"rules": scenario.rules, "own": bounds.units, "locks": scenario.locks,
                            "groups": scenario.groups, "levels": scenario.levels,
                            "growth_units": scenario.growth.units}  # fmt: skip
    yield from (say(f"force.{key}", count=len(each)) for key, each in many.items() if each)


def _corrected(case: Posed) -> int:
    """Figures of the table that were corrected for this case alone; 0 where what they were cannot be read."""
    if case.begun is None or len(case.table) > MOST_READ_AGAIN:
        return 0
    with suppress(AllocatorError):
        before = case.begun()[0]
        if before.units == case.table.units:
            pairs = ((values, before.optional(name)) for name, values in case.table.columns.items())
            return sum(one != two for pair in pairs for one, two in zip(*pair, strict=True))
    return 0
