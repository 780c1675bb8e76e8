"""The risk term: lot costs against draws, the ways to the optimum held together, less shortfall for more weight."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allocator import allocate, load_scenario
from allocator.data.table import Table
from allocator.errors import InputError
from allocator.model.certificate import intervals
from allocator.model.distributions import quantile
from allocator.model.grounds import pose
from allocator.model.nested import whole_lots_nested
from allocator.model.problem import Problem
from allocator.model.program import solve
from allocator.model.risk import distribution_of, expected_shortfall
from allocator.model.scenario import Scenario
from allocator.proof.result import result
from tests.problems import problems

relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


@settings(relaxed, max_examples=100)
@given(problems(groups=True, most_room=20), st.data())
def test_with_risk_all_ways_give_one_optimum(problem: Problem, data: st.DataObject) -> None:
    if problem.method.squared:
        problem = dataclasses.replace(problem, signpost="webster")
    costs = [
        tuple(sorted(data.draw(st.lists(st.integers(0, 3 * 10**9), min_size=top, max_size=top))))
        for top in problem.top.tolist()
    ]
    risky = dataclasses.replace(problem, risk=tuple(costs))
    lots = whole_lots_nested(risky).tolist()
    assert tuple(lots) == solve(risky).lots
    assert not any(each.empty for each in intervals(risky, lots))


@pytest.mark.parametrize("kind", ["triangular", "pert", "normal"])
def test_costs_are_what_draws_give(kind: str) -> None:
    table, scenario = load_scenario("an-giang-2017/base", ["risk.weight=3"])
    shape = {"dist": kind, "mean": 0.3, "sd": 0.2} if kind == "normal" else {"dist": kind}
    scenario = scenario.changed({"uncertainty": {"units": {"CĐ các KCN": shape}}})
    _, _, problem = pose(table, scenario)
    assert problem.risk is not None
    u = (np.arange(20_000) + 0.5) / 20_000
    grown = 3570 + 11000 * quantile(distribution_of(table, scenario, 14), u)
    for k in (1, 150, 250, 300):
        short = [np.maximum(quota - 0.55 * grown, 0).mean() for quota in ((k - 1) * 10, k * 10)]
        assert problem.risk[14][k - 1] / 1e9 == pytest.approx(3 * (short[1] - short[0]) / 10, abs=2e-4)
        assert expected_shortfall(table, scenario, 14, np.array([k * 10.0]))[0] == pytest.approx(short[1], abs=0.01)
    assert all(list(costs) == sorted(costs) for costs in problem.risk)
    # A unit without growth: nothing up to r·S, the weight beyond it.
    assert (problem.risk[0][111], problem.risk[0][113]) == (0, 3_000_000_000)


def test_more_weight_means_less_expected_shortfall() -> None:
    found = []
    for weight in (0, 0.5, 2, 10):
        table, scenario = load_scenario("an-giang-2017/base", [f"risk.weight={weight}"])
        quotas = allocate(table, scenario).quotas
        each = [expected_shortfall(table, scenario, unit, np.array([float(q)]))[0] for unit, q in enumerate(quotas)]
        found.append(sum(each))
    assert found == sorted(found, reverse=True)
    assert found[0] > found[-1]


def test_costs_are_kept_with_the_result() -> None:
    table, scenario = load_scenario("an-giang-2017/base", ["risk.weight=1"])
    assert result(allocate(table, scenario))["risk_costs"] == list(map(list, pose(table, scenario)[2].risk or ()))
    assert "risk_costs" not in result(allocate(*load_scenario("an-giang-2017/base")))


def test_huntington_hill_is_refused() -> None:
    table, scenario = load_scenario("an-giang-2017/base")
    with pytest.raises(InputError, match="compared by squares"):
        allocate(table, scenario.changed({"risk": {"weight": 1}, "signpost": "huntington_hill"}))


def test_a_cap_that_is_the_whole_target_holds_nobody() -> None:
    """What a lot beyond it would cost is asked for, though no rule and no target reaches it."""
    table = Table(("A", "B"), {"workforce": (100, 50), "growth_estimate": (20, 10)}, (None,) * 2, (None,) * 2)
    values = {"data": "", "target": 10, "risk": {"weight": 1}, "uncertainty": {"default": {"dist": "triangular"}}}
    bounds = {"max_share": None, "units": {"A": {"max": 10}, "B": {"max": 0}}}
    made = allocate(table, Scenario.model_validate({**values, "bounds": bounds}))
    assert (made.quotas, made.positions) == ((10, 0), ("BY_CLAIM", "AT_CAP"))
