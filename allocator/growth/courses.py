"""What each parameter does to claims, bounds and target, exactly: the courses that `turns` follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import floor, lcm

import numpy as np

from allocator.data.table import Table
from allocator.errors import InputError, fault
from allocator.growth.law import Lines, Powers, logarithm
from allocator.growth.turns import Course, Step
from allocator.model.bounds import bounds, nest
from allocator.model.claims import MICRO, attainment, blend, clipped, exact, power
from allocator.model.problem import Problem, array
from allocator.model.scenario import MOST_PERSONS, Scenario
from allocator.model.signpost import SIGNPOSTS

GROWTH = "growth_estimate."
"""A parameter is one unit's growth estimate: this and the unit's name."""

Fractions = list[Fraction]


def course_of(table: Table, scenario: Scenario, parameter: str) -> Course:
    """The course of a parameter; InputError where there is none, or where risk weighs in, whose costs are no lines."""
    scenario.check(table)
    if scenario.risk.weight:
        raise InputError(fault("curve.risk", scenario.place("risk", "weight")))
    is_growth = parameter.startswith(GROWTH) and parameter.removeprefix(GROWTH) in table.units
    if not is_growth and parameter not in COURSES:
        names = [*COURSES, *(GROWTH + unit for unit in table.units)]
        raise InputError(fault("curve.unknown", parameter, names=names))
    return _growth(table, scenario, parameter) if is_growth else COURSES[parameter](table, scenario)


def limits(scenario: Scenario, parameter: str) -> tuple[Fraction, Fraction]:
    """Least and most value a parameter can have."""
    if parameter == "attainment.exponent":
        return Fraction(-10 if scenario.attainment.floor else 0), Fraction(10)
    most = {"growth.realisation": 1, "bounds.max_share": 10**6}.get(parameter, MOST_PERSONS)
    return Fraction(0), Fraction(most)


def _workforce(table: Table, scenario: Scenario, parameter: str = "") -> tuple[Fractions, Fractions]:
    """Available workforce as a line in the parameter: W = first + second · t, persons."""
    base, slope = [], []
    own, common = scenario.growth.units, scenario.growth.realisation
    figures = zip(table.units, table.column("workforce"), table.optional("growth_estimate"), strict=True)
    for unit, workforce, growth in figures:
        share, come = exact(own.get(unit, common)), exact(growth or 0)
        moves = {GROWTH + unit: share, **({} if unit in own else {"growth.realisation": come})}.get(parameter)
        slope.append(Fraction(0) if moves is None else moves)
        base.append(exact(workforce or 0) + (share * come if moves is None else 0))
    return base, slope


def _lines(table: Table, scenario: Scenario, workforce: Sequence[Fractions]) -> Lines:
    """Claims as lines: blending and multiplying are linear in the workforce."""
    settings = scenario.attainment
    past = clipped(table, settings, attainment(table, settings))
    multipliers = [power(each, settings.exponent) for each in past]
    parts = [
        [b * m for b, m in zip(blend(table, scenario, [each * MICRO for each in part]), multipliers, strict=True)]
        for part in workforce
    ]
    scale = lcm(*(each.denominator for part in parts for each in part))
    base, slope = (tuple(int(each * scale) for each in part) for part in parts)
    return Lines(base, slope, scale, SIGNPOSTS[scenario.signpost])


def _bound(table: Table, scenario: Scenario) -> Problem:
    """A problem with all bounds but the largest share of the workforce; its claims are still to be set."""
    free = scenario.model_copy(update={"bounds": scenario.bounds.model_copy(update={"max_share": None})})
    made = bounds(table, free, ())
    lots = scenario.target // scenario.lot
    tree = nest(made.groups, len(table), lots, scenario.place("groups"))
    none = array([0] * len(table))
    return Problem(none, array(made.floor), array(made.cap), lots, scenario.lot, scenario.signpost, tree)


def _capped(problem: Problem, shares: Sequence[Step], at: Fraction) -> Problem:
    """The problem with no cap above a unit's share of its workforce, in lots, at a point."""
    caps = [min(floor(share.start + share.slope * at), problem.lots) for share in shares]
    return replace(problem, cap=np.minimum(problem.cap, array(caps)))


def _growth(table: Table, scenario: Scenario, parameter: str) -> Course:
    lines = _workforce(table, scenario, parameter)
    return _with_shares(table, scenario, lines, lines, scenario.bounds.max_share)


def _max_share(table: Table, scenario: Scenario) -> Course:
    workforce, still = _workforce(table, scenario)
    return _with_shares(table, scenario, (workforce, still), (still, workforce), 1)


def _with_shares(
    table: Table, scenario: Scenario, claims: Sequence[Fractions], shares: Sequence[Fractions], share: float | None
) -> Course:
    """A course whose claims, and the caps that are a share of something, are lines."""
    problem, law = _bound(table, scenario), _lines(table, scenario, claims)
    if share is None:
        return Course(law, (), lambda at: problem, not law.method.squared)
    per_lot = exact(share) / scenario.lot
    steps = [Step(base * per_lot, slope * per_lot, problem.lots) for base, slope in zip(*shares, strict=True)]
    return Course(law, tuple(steps), lambda at: _capped(problem, steps, at), not law.method.squared)


def _target(table: Table, scenario: Scenario) -> Course:
    lines = _workforce(table, scenario)

    def bound(at: Fraction) -> Problem:
        target = scenario.model_copy(update={"target": floor(at / scenario.lot) * scenario.lot})
        return _growth(table, target, "").bound(Fraction(0))

    return Course(_lines(table, scenario, lines), (Step(Fraction(0), Fraction(1, scenario.lot)),), bound, exact=True)


def _exponent(table: Table, scenario: Scenario) -> Course:
    workforce, _ = _workforce(table, scenario)
    settings = scenario.attainment
    base = blend(table, scenario, [each * MICRO for each in workforce])
    past = clipped(table, settings, attainment(table, settings))
    positive = tuple(bool(b and c) for b, c in zip(base, past, strict=True))
    log_base, log_past = (tuple(logarithm(each) if each else 0 for each in part) for part in (base, past))
    problem = _growth(table, scenario, "").bound(Fraction(0))
    law = Powers(log_base, log_past, positive, SIGNPOSTS[scenario.signpost])
    return Course(law, (), lambda at: problem, exact=False)


COURSES: Mapping[str, Callable[[Table, Scenario], Course]] = {
    "target": _target,
    "bounds.max_share": _max_share,
    "growth.realisation": lambda table, scenario: _growth(table, scenario, "growth.realisation"),
    "attainment.exponent": _exponent,
}


def downwards(course: Course) -> Course:
    """The same course read from the other side: the point t of the result is −t of the course."""
    law = course.law
    assert isinstance(law, Lines)
    back = replace(law, slope=tuple(-each for each in law.slope))
    steps = tuple(replace(step, slope=-step.slope) for step in course.steps)
    return Course(back, steps, lambda at: course.bound(-at), course.exact)
