"""Sweeps: each draw's best quota against the linear program, the risk against plain sums, merging in any order."""

from __future__ import annotations

import pickle
from dataclasses import replace
from fractions import Fraction
from functools import reduce

import numpy as np
import pytest

from allocator import allocate, load_scenario
from allocator.errors import InfeasibleError
from allocator.growth.draws import Drawn, drawn_claims, drawn_workforce, draws_of, plan_sweep, realisations
from allocator.growth.summary import Summary, bands_and_risks
from allocator.growth.sweep import chunk, shortfalls, summary_of, sweep
from allocator.model.claims import MICRO
from allocator.model.risk import expected_shortfall

DRAWS = 16
CHANGES = {
    "base": [],
    "capped": ["bounds.max_share=0.55", "target=6000"],
    "group": ["groups=[{name: D, kind: district, min: 2600}]"],
    "drivers": ["drivers=[{column: workforce, share: 0.7}, {column: term_target, share: 0.3}]"],
    "dean": ["signpost=dean", "bounds.min_quota=40"],
    "risk": ["risk.weight=1.5"],
    "floors": ["rules=[{for: all, each: {least: {share: 30 %, of: available}}}]"],
    "sums": ["rules=[{for: {kind: district}, together: {most: {share: 45 %, of: available}}}]"],
    "bands": ["bounds.max_share=0.5", "target=5500", "rules=[{for: {units: [Tịnh Biên]}, each: {least: 15}}]"],
}


def blank_free(changes: list[str]):
    """The base table with every blank term target read as 1,000, so that it can be a driver."""
    table, _ = load_scenario("an-giang-2017/base")
    columns = {**table.columns, "term_target": tuple(each or 1000 for each in table.columns["term_target"])}
    return allocate(
        replace(table, columns=columns), load_scenario("an-giang-2017/base", changes)[1], method="waterfill"
    )


@pytest.mark.parametrize("name", CHANGES)
def test_each_draw_gets_the_quotas_of_the_program(name: str) -> None:
    allocation = blank_free(CHANGES[name])
    planned = plan_sweep(allocation, seed=4)
    realised = np.minimum(realisations(planned, planned.points.rows(0, DRAWS)), 1)
    draws = Drawn(drawn_workforce(planned, realised))
    feasible = []
    for draw in range(realised.shape[1]):
        own = {
            allocation.table.units[unit]: float(realised[at, draw])
            for at, unit in enumerate(planned.uncertain.tolist())
        }
        known = {unit: {"dist": "values", "values": [share]} for unit, share in own.items()}
        scenario = allocation.scenario.changed({"growth": {"units": own}, "uncertainty": {"units": known}})
        one = summary_of(planned, draws.only(slice(draw, draw + 1)))
        try:
            solved = allocate(allocation.table, scenario)
        except InfeasibleError:
            assert one.infeasible == 1
            continue
        feasible.append(solved.quotas)
        assert tuple(row["p50"] for row in bands_and_risks(allocation, planned, one)["units"]) == solved.quotas
    together = bands_and_risks(allocation, planned, summary_of(planned, draws))
    assert together["infeasible"] == DRAWS - len(feasible)
    ordered = np.sort(np.array(feasible), axis=0)
    for share, at in (("p05", 0.05), ("p50", 0.5)):
        wanted = ordered[int(np.ceil(Fraction(str(at)) * len(ordered))) - 1]
        assert [row[share] for row in together["units"]] == wanted.tolist()


def test_claims_of_a_draw_are_those_of_the_model() -> None:
    allocation = blank_free(CHANGES["drivers"])
    planned = plan_sweep(allocation)
    claims = drawn_claims(planned, Drawn(np.array(allocation.claims.available)[planned.uncertain][:, None]))
    assert np.abs(claims[:, 0] - np.array(allocation.claims.claims)).max() <= 1


def test_risk_of_fixed_quotas_is_that_of_plain_sums() -> None:
    allocation = blank_free([])
    planned = plan_sweep(allocation, seed=1)
    draws = draws_of(planned, 0, 4096)
    short = shortfalls(planned, draws.workforce) / MICRO
    found = bands_and_risks(allocation, planned, summary_of(planned, draws))
    for risk, each in zip([found["units"][14], found["province"]], (short[0], short[-1]), strict=True):
        assert risk["shortfall_probability"] == (each > 0).mean()
        assert risk["expected_shortfall"] == pytest.approx(each.mean(), rel=1e-12)
        for level, cvar in ((0.9, risk["cvar90"]), (0.95, risk["cvar95"])):
            tail = (1 - level) * len(each)
            worst = np.sort(each)[::-1]
            whole = int(tail)
            plain = (worst[:whole].sum() + (tail - whole) * worst[whole]) / tail
            assert cvar == pytest.approx(plain, abs=allocation.scenario.target / planned.bins)


@pytest.mark.parametrize("random", [False, True])
def test_no_order_of_chunks_changes_a_digit(random: bool) -> None:
    allocation = blank_free([])
    planned = pickle.loads(pickle.dumps(plan_sweep(allocation, seed=2, random=random)))
    draws = 6 * planned.chunk_size + 100
    whole = sweep(planned, draws)
    sizes = [planned.chunk_size] * 6 + [100]
    parts = [chunk(planned, index, size) for index, size in enumerate(sizes)]
    backwards = reduce(Summary.merged, [pickle.loads(pickle.dumps(each)) for each in parts[::-1]])
    assert bands_and_risks(allocation, planned, whole) == bands_and_risks(allocation, planned, backwards)
    assert whole.draws == draws


def test_draws_come_near_the_closed_form() -> None:
    allocation = blank_free([])
    planned = plan_sweep(allocation)
    found = bands_and_risks(allocation, planned, sweep(planned, 2**15))
    quotas = np.array(allocation.quotas, dtype=np.float64)
    parts = np.split(quotas, len(quotas))
    exact = [float(expected_shortfall(allocation.table, allocation.scenario, *each)[0]) for each in enumerate(parts)]
    assert [row["expected_shortfall"] for row in found["units"]] == pytest.approx(exact, rel=1e-3, abs=1e-3)
    assert found["province"]["expected_shortfall"] == pytest.approx(sum(exact), rel=1e-3)


def test_draws_whose_rules_cannot_hold_are_counted_and_count_for_the_risk() -> None:
    allocation = blank_free(["bounds.max_share=0.55", "target=7500"])
    planned = plan_sweep(allocation)
    found = bands_and_risks(allocation, planned, sweep(planned, 4096))
    assert 0 < found["infeasible"] < 4096
    assert found["draws"] == 4096
    assert found["province"]["shortfall_probability"] > 0
