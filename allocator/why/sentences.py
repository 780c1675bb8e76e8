"""The sentences that defend one quota: what is asked, on what basis, what holds it, and why not as published.

Each is a whole sentence of the catalogue, chosen by the unit's situation; a unit's text is those sentences in a row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from allocator.errors import Fault, fault
from allocator.model.allocation import Allocation, efforts
from allocator.model.claims import MICRO
from allocator.model.feasibility import rule_text
from allocator.model.problem import sums
from allocator.why.steps import STEPS

BESIDE = {-1: "below", 0: "equal", 1: "above"}


def sentence(allocation: Allocation, unit: int, steps: Sequence[int]) -> tuple[Fault, ...]:
    """The sentences for one unit, as catalogue texts; `steps` are its row of `why.steps`, tenths of a member."""
    parts = (_asked(allocation, unit), *_claim(allocation, unit), *_held(allocation, unit))
    return *parts, *_effort(allocation, unit), _published(allocation, unit, steps)


def _asked(allocation: Allocation, unit: int) -> Fault:
    claims = allocation.claims
    now, available = claims.workforce[unit], claims.available[unit] / MICRO
    kind = "growth" if available > now else "now" if now else "nobody"
    figures = {"quota": allocation.quotas[unit], "now": now, "available": available, "growth": available - now}
    return fault(f"sentence.asked.{kind}", unit=allocation.table.units[unit], **figures)


def _claim(allocation: Allocation, unit: int) -> Iterator[Fault]:
    claims, scenario = allocation.claims, allocation.scenario
    claim, past = claims.claims[unit] / MICRO, claims.attainment[unit]
    columns = [driver.column for driver in scenario.drivers]
    if columns != ["workforce"]:
        yield fault("sentence.drivers", columns=columns, base=float(claims.base[unit]))
    known = "missing" if past is None else "known"
    kind = known if scenario.attainment.exponent else "ignored"
    figures = {"past": None if past is None else float(past), "factor": float(claims.multiplier[unit]), "claim": claim}
    yield fault(f"sentence.claim.{kind}", **figures)


def _held(allocation: Allocation, unit: int) -> Iterator[Fault]:
    """What holds the quota: the rule that binds, by name, or the claim; then the tie that decided its last lot."""
    problem, bounds = allocation.problem, allocation.bounds
    position = allocation.positions[unit]
    rule = {
        "AT_FLOOR": bounds.floor_rule[unit],
        "AT_CAP": bounds.cap_rule[unit],
        "LOCKED": bounds.floor_rule[unit],
    }.get(position)
    if position == "AT_GROUP":
        node = allocation.domains[unit]
        rules = {g.name: (g.floor, g.cap) for g in bounds.groups}[problem.tree.names[node]]
        held = sums(problem, allocation.lots)[node]
        rule = next(each for each in rules if each is not None and each.lots == held)
    if rule is None:
        yield fault("sentence.held.BY_CLAIM" if problem.claims[unit] else "sentence.held.NO_CLAIM")
    else:
        yield fault(f"sentence.held.{position}", rule=rule_text(rule, problem.lot))
    for tie in allocation.ties:
        for side, other in (("given", "waiting"), ("waiting", "given")):
            if unit in getattr(tie, side):
                rivals = [allocation.table.units[i] for i in getattr(tie, other) if i != unit]
                yield fault(f"sentence.tie.{side}", rivals=rivals[:5])


def _effort(allocation: Allocation, unit: int) -> Iterator[Fault]:
    effort = allocation.efforts[unit]
    (province,) = efforts((sum(allocation.quotas),), (sum(allocation.claims.available),))
    if effort is None or province is None:
        return
    tenths = round(1000 * effort), round(1000 * province)
    side = BESIDE[(tenths[0] > tenths[1]) - (tenths[0] < tenths[1])]
    yield fault(f"sentence.effort.{side}", effort=effort, province=province)


def _published(allocation: Allocation, unit: int, steps: Sequence[int]) -> Fault:
    """The difference from the published quota and the step that weighs most in it, its own direction taken.

    The difference is (share of the present workforce − published) + growth + … + lots: the first part says how far the
    published figure lay from the workforce, the others are the steps.
    """
    published, difference = allocation.published[unit], allocation.differences[unit]
    if published is None or difference is None:
        return fault("sentence.published.unknown")
    if difference == 0:
        return fault("sentence.published.same", published=published)
    side = "more" if difference > 0 else "less"
    parts = [steps[0] / 10 - published, *(each / 10 for each in steps[1:])]
    step, members = max(zip(STEPS, parts, strict=True), key=lambda each: each[1] if difference > 0 else -each[1])
    figures = {"published": published, "gap": abs(difference), "members": abs(members), "share": steps[0] / 10}
    return fault(f"sentence.published.{side}.{step}", **figures)
