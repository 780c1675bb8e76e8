"""Each formula stands once exactly and once vectorised: on random tables and scenarios the two give the same."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocator import load_scenario
from allocator.data.table import Table
from allocator.errors import InputError
from allocator.model.claims import MICRO, attainment, available_workforce, claims, clipped, driver_parts
from allocator.model.grounds import pose
from allocator.model.problem import Problem, array
from allocator.model.scenario import Scenario
from allocator.model.vectorised import (
    available,
    available_micro,
    blended,
    log_attainment,
    micro_rows,
    misplaced_rows,
    multiplier,
    share_lots,
    share_lots_of_each,
)
from allocator.why.comparison import misplaced
from tests.problems import problems
from tests.scenarios import tables

LIKE = 1e-12
"""Relative error that a few products in floating point stay within."""
DECIMALS = st.integers(0, 100_000).map(lambda n: n / 100_000)
DRIVERS = [
    [("workforce", 1)],
    [("workforce", 0.6), ("enterprises", 0.4)],
    [("enterprises", 0.5), ("published_quota", 0.2), ("workforce", 0.3)],
    [("enterprises", 1)],
]


@st.composite
def cases(draw: st.DrawFn) -> tuple[Table, Scenario]:
    """Tables with zeros, blanks, like figures and more lost than recruited; assumptions of every kind."""
    table = draw(tables())
    past = {
        "basis": draw(st.sampled_from(["gross", "net"])),
        "exponent": draw(st.sampled_from([0, 1, 2, 0.5, 0.37, -0.5, -1])),
        "floor": draw(st.sampled_from([0.001, 0.5, 0.29])),
        "ceiling": draw(st.sampled_from([0.5, 1, 1.7])),
        "missing": draw(st.sampled_from([1, 0.6, "province"])),
    }
    settings: dict[str, Any] = {
        "data": "units.csv",
        "target": 0,
        "lot": draw(st.sampled_from([1, 7, 10])),
        "drivers": [{"column": name, "share": share} for name, share in draw(st.sampled_from(DRIVERS))],
        "growth": {"realisation": draw(DECIMALS), "units": draw(st.sampled_from([{}, {table.units[0]: 0.3}]))},
        "attainment": past,
        "bounds": {"max_share": draw(st.sampled_from([0.29, 0.55, 1, 3]) | DECIMALS)},
    }
    scenario = Scenario.model_validate(settings)
    try:
        claims(table, scenario)
    except InputError:  # a driver is blank, or zero throughout
        settings["drivers"] = [{"column": "workforce", "share": 1}]
        scenario = Scenario.model_validate(settings)
    return table, scenario


def figures(table: Table, name: str) -> np.ndarray:
    return np.array([float(each or 0) for each in table.optional(name)])


def realised(table: Table, scenario: Scenario) -> np.ndarray:
    own, common = scenario.growth.units, scenario.growth.realisation
    return np.array([[own.get(unit, common) for unit in table.units]])


@given(cases())
def test_realisation(case: tuple[Table, Scenario]) -> None:
    table, scenario = case
    workforce, growth, shares = figures(table, "workforce"), figures(table, "growth_estimate"), realised(*case)
    exact = [list(available_workforce(table, scenario))]
    assert available_micro(workforce.astype(np.int64) * MICRO, growth, shares).tolist() == exact
    assert micro_rows(available(workforce, growth, shares)).tolist() == exact


@given(cases())
def test_attainment_and_its_missing_values(case: tuple[Table, Scenario]) -> None:
    table, scenario = case
    settings = scenario.attainment
    past = attainment(table, settings)
    known = np.array([[np.nan if each is None else float(each) for each in past]])
    stand_in = clipped(table, settings.model_copy(update={"floor": 0.0, "ceiling": 1e6}), [None])[0]
    parts = (settings.exponent, settings.floor, max(settings.floor, settings.ceiling), max(float(stand_in), 1e-9))
    made = multiplier(log_attainment(known), *(np.array([[each]]) for each in parts))
    exact = claims(table, scenario).multiplier
    assert made[0].tolist() == pytest.approx([float(each) for each in exact], rel=1e-13)


@given(cases())
def test_blend_and_claim(case: tuple[Table, Scenario]) -> None:
    table, scenario = case
    exact = claims(table, scenario)
    own, others = driver_parts(table, scenario)
    base = blended(np.array([exact.available]), float(own), np.array([float(each) for each in others]))
    assert (base[0] / MICRO).tolist() == pytest.approx([float(each) for each in exact.base], rel=LIKE)
    assert sum(exact.base) == pytest.approx(sum(exact.available) / MICRO, rel=LIKE)
    made = np.rint(base * np.array([float(each) for each in exact.multiplier]))[0].tolist()
    for ours, theirs, b, m in zip(made, exact.claims, exact.base, exact.multiplier, strict=True):
        to_half = abs(b * m * MICRO % 1 - Fraction(1, 2))
        assert ours == theirs or (to_half < 1e-9 + LIKE * theirs and abs(ours - theirs) == 1)


@given(cases())
def test_largest_share_as_a_cap(case: tuple[Table, Scenario]) -> None:
    table, scenario = case
    claimed, bounded, _ = pose(table, scenario)
    (limit,) = (each for each in bounded.limits if each.entry.key == "bounds.max_share")
    rules = limit.lots(scenario.lot).tolist()
    assert share_lots(np.array([claimed.available]), limit.per_lot(scenario.lot)).tolist() == [rules]
    in_persons = available(figures(table, "workforce"), figures(table, "growth_estimate"), realised(*case))
    made = share_lots_of_each(in_persons, np.array([[scenario.bounds.max_share]]), scenario.lot)
    assert made.astype(np.int64).tolist() == [rules]


@given(st.lists(st.integers(0, 10**16), min_size=1), st.fractions(0, 10**6, max_denominator=10**9))
def test_a_share_of_any_workforce(workforce: list[int], share: Fraction) -> None:
    exactly = [min(share * each // 1, 2**62) for each in workforce]
    assert share_lots(np.array(workforce), share).tolist() == exactly


def test_what_floating_point_gets_wrong() -> None:
    """0.29 · 400 is 115.99999999999999 in floating point."""
    _, bounded, _ = pose(*load_scenario("an-giang-2017/base", ["bounds.max_share=0.29", "lot=1"]))
    assert share_lots(np.array([400 * MICRO]), bounded.limits[0].per_lot(1)).tolist() == [116]
    assert share_lots_of_each(np.array([[400.0]]), np.array([[0.29]]), 1).tolist() == [[116.0]]


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1))
def test_members_misplaced(pairs: list[tuple[int, int]]) -> None:
    ours, theirs = zip(*pairs, strict=True)
    assert misplaced_rows(np.array([ours]), np.array(theirs)).tolist() == [misplaced(ours, theirs)]


@given(problems(), st.integers(1, 10**6))
def test_cost_of_a_lot(problem: Problem, k: int) -> None:
    units = [unit for unit, claim in enumerate(problem.claims.tolist()) if claim]
    exact = [problem.cost(unit, k) for unit in units]
    assert problem.costs(array(units), array([k] * len(units))).tolist() == pytest.approx(exact, rel=1e-14)
