"""Figures that may be off: every draw against the program on the table that was drawn, whatever is uncertain."""

from __future__ import annotations

import pickle
from dataclasses import replace
from functools import reduce
from typing import Any

import numpy as np
import pytest
from scipy.stats import lognorm, truncnorm, uniform

from allocator import allocate, load_scenario
from allocator.data.table import Table
from allocator.errors import InfeasibleError, InputError
from allocator.growth.draws import Drawn, drawn_workforce, draws_of, plan_sweep, realisations
from allocator.growth.inexact import Off
from allocator.growth.leaning import tornado
from allocator.growth.summary import Summary, bands_and_risks
from allocator.growth.sweep import chunk, summary_of, sweep
from allocator.growth.tipping import tipping
from allocator.model.claims import attainment
from allocator.model.parts import Inexact
from allocator.model.scenario import Scenario
from tests.synthetic import made_up

DRAWS = 32
NOW = "uncertainty.workforce={dist: normal, deviation: 20 %, units: {Tịnh Biên: 0}, kinds: {sector: 50 %}}"
PAST = "uncertainty.attainment={dist: uniform, deviation: 40 %}"
TERM = "uncertainty.columns={term_target: {dist: lognormal, deviation: 30 %}}"
DRIVEN = "drivers=[{column: workforce, share: 0.6}, {column: term_target, share: 0.3}, {equal: true, share: 0.1}]"
CHANGES = {
    "workforce": [NOW],
    "attainment": [PAST, "attainment.exponent=1.5"],
    "province": [PAST, "attainment={exponent: 1, basis: net, missing: province, floor: 0.2, ceiling: 3}"],
    "drivers": [TERM, DRIVEN],
    "remaining": [
        "uncertainty.columns={remaining_term_target: {dist: uniform, deviation: 90 %}}",
        "drivers=[{column: remaining_term_target, share: 0.5}, {column: workforce, share: 0.5}]",
    ],
    "all": [NOW, PAST, TERM, DRIVEN, "attainment.exponent=1"],
    "capped": [NOW, "bounds.max_share=0.55"],
    "now": [NOW, "rules=[{for: all, each: {most: {share: 60 %, of: workforce}}}]", "target=5000"],
    "floors": [NOW, PAST, "attainment.exponent=1", "rules=[{for: all, each: {least: {share: 20 %, of: workforce}}}]"],
    "bands": [NOW, "bounds.max_share=0.5", "target=4000", "rules=[{for: {units: [Tri Tôn]}, each: {least: 15}}]"],
    "risk": [NOW, PAST, "attainment.exponent=1", "risk.weight=1.5"],
}


def opened(changes: list[str]) -> tuple[Table, Scenario]:
    """The base table with every blank term target read as 1,000, so that it can be a driver, but results unknown."""
    table, scenario = load_scenario("an-giang-2017/base", ["published=null", *changes])
    columns = {**table.columns, "term_target": tuple(each or 1000 for each in table.columns["term_target"])}
    if "remaining" in str(changes):
        columns |= {name: tuple(each or 100 for each in table.columns[name]) for name in ("recruited", "lost")}
    return replace(table, columns=columns), scenario


def drawn_table(planned: Any, table: Table, scenario: Scenario, points: np.ndarray, draw: int, draws: Drawn) -> Table:
    """The table as it would stand written if a draw were the truth, past results as a stated share of it."""
    columns: dict[str, Any] = dict(table.columns)
    at = planned.copula.factors + len(planned.distributions) + len(planned.present.units)
    if draws.present is not None:
        columns["workforce"] = tuple(draws.present[:, draw].tolist())
    past = [None if each is None else float(each) for each in attainment(table, scenario.attainment)]
    offs = {"attainment": planned.results, **{name: each.off for name, each in planned.drivers.items()}}
    known: dict[str, Any] = {**columns, "attainment": past}
    if (left := planned.drivers.get("remaining_term_target")) is not None:
        known["remaining_term_target"] = left.figures.tolist()
    columns["attainment"] = tuple(past)
    for name, off in offs.items():
        if len(off.units):
            factors = off.factors(points[at : at + len(off.units), draw : draw + 1], len(table))[:, 0].tolist()
            at += len(off.units)
            figures = zip(known[name], factors, strict=True)
            name = "term_target" if name == "remaining_term_target" else name
            columns[name] = tuple(None if each is None else float(each) * by for each, by in figures)
    if left is not None:
        columns |= {"recruited": (0,) * len(table), "lost": (0,) * len(table)}
    return replace(table, columns=columns)


def agree(table: Table, scenario: Scenario, count: int) -> int:
    """How many of so many draws the program solves, after each was compared with it."""
    allocation = allocate(table, scenario, method="waterfill")
    planned = plan_sweep(allocation, seed=7)
    points = planned.points.rows(0, count)
    realised = np.minimum(realisations(planned, points), 1)
    made = draws_of(planned, 0, count)
    draws = replace(made, workforce=drawn_workforce(planned, realised, made.present))
    solved = 0
    for draw in range(count):
        shares = zip(planned.uncertain.tolist(), realised[:, draw].tolist(), strict=True)
        own = {table.units[unit]: share for unit, share in shares}
        known = {unit: {"dist": "values", "values": [share]} for unit, share in own.items()}
        sure = scenario.changed({"growth": {"units": own}, "uncertainty": {"units": known}})
        one = summary_of(planned, draws.only(slice(draw, draw + 1)))
        try:
            right = allocate(drawn_table(planned, table, scenario, points, draw, draws), sure)
        except InfeasibleError:
            assert one.infeasible == 1
            continue
        solved += 1
        assert tuple(row["p50"] for row in bands_and_risks(allocation, planned, one)["units"]) == right.quotas
    assert summary_of(planned, draws).infeasible == count - solved
    return solved


@pytest.mark.parametrize("name", CHANGES)
def test_each_draw_gets_the_quotas_of_the_program_on_the_table_drawn(name: str) -> None:
    assert agree(*opened(CHANGES[name]), DRAWS) > DRAWS // 4


def test_without_workforces_the_drivers_and_past_results_are_drawn() -> None:
    table, scenario = opened([PAST, TERM, "drivers=[{column: term_target}]", "attainment.exponent=1"])
    columns = {name: each for name, each in table.columns.items() if name != "workforce"}
    assert agree(replace(table, columns=columns), scenario, DRAWS) == DRAWS


@pytest.mark.parametrize("seed", range(24))
def test_random_tables_with_everything_uncertain(seed: int) -> None:
    table, scenario, _ = made_up(seed)
    known = tuple(each or 1 for each in table.column("term_target"))
    kinds = tuple("ab"[n % 2] for n in range(len(table)))
    table = replace(table, columns={**table.columns, "term_target": known}, kinds=kinds)
    generator = np.random.default_rng(seed)
    share = round(float(generator.uniform(0.05, 0.9)), 2)
    changes = {
        "drivers": [{"column": "workforce", "share": share}, {"column": "term_target", "share": round(1 - share, 2)}],
        "attainment": {"exponent": round(float(generator.uniform(0.2, 2)), 1), "missing": 0.8},
        "uncertainty": {
            "workforce": {"deviation": 0.15, "units": {table.units[0]: 0.0}, "kinds": {"b": 0.4}},
            "attainment": {"dist": "uniform", "deviation": 0.3},
            "columns": {"term_target": {"dist": "lognormal", "deviation": 0.5}},
        },
    }
    assert agree(table, scenario.changed(changes), 8) > 0


def test_the_leaves_of_a_tree_decided_at_once() -> None:
    columns = {"workforce": (None, None, 300, 90, 500, 40), "growth_estimate": (None, None, 50, 0, 0, 60)}
    table = Table(("P", "Q", "a", "b", "c", "d"), columns, (None,) * 6, (None, None, "P", "P", "Q", "Q"))
    scenario = Scenario(data="made-up", target=300).changed(
        {"hierarchy": "at_once", "uncertainty": {"workforce": {"deviation": 0.2, "units": {"P": 0.5, "d": 0.0}}}}
    )
    allocation = allocate(table, scenario, method="waterfill")
    planned = plan_sweep(allocation)
    assert planned.names == ["growth", "workforce"]
    assert planned.present.deviations.tolist() == [0.5, 0.5, 0.2]
    draws = draws_of(planned, 0, DRAWS)
    draws = replace(draws, workforce=draws.present[planned.uncertain] * 10**6)  # no growth comes
    for draw in range(DRAWS):
        now = (None, None, *draws.present[:, draw].tolist())
        right = allocate(
            replace(table, columns={**columns, "workforce": now}), scenario.changed({"growth": {"realisation": 0}})
        )
        found = bands_and_risks(allocation, planned, summary_of(planned, draws.only(slice(draw, draw + 1))))
        assert tuple(row["p50"] for row in found["units"]) == right.quotas


@pytest.mark.parametrize(
    ("dist", "law"),
    [
        ("normal", truncnorm(-1 / 0.4, np.inf, loc=1, scale=0.4)),
        ("uniform", uniform(0.6, 0.8)),
        ("lognormal", lognorm(np.sqrt(np.log1p(0.16)), scale=np.exp(-np.log1p(0.16) / 2))),
    ],
)
def test_factors_follow_the_law_that_is_said(dist: str, law: Any) -> None:
    table = Table(("A", "B", "C"), {"workforce": (10, 10, 0)})
    off = Off.of(Inexact(dist=dist, deviation=0.4, units={"B": 0.0}), table, table.columns["workforce"])
    points = np.linspace(0.01, 0.99, 99)[None]
    factors = off.factors(points, 3)
    assert off.units.tolist() == [0]
    assert np.abs(factors[0] - law.ppf(points[0])).max() < 1e-8
    assert (factors[1:] == 1).all()


@pytest.mark.parametrize("random", [False, True])
def test_no_order_of_chunks_changes_a_digit_of_what_is_off(random: bool) -> None:
    table, scenario = opened(CHANGES["all"])
    allocation = allocate(table, scenario, method="waterfill")
    planned = pickle.loads(pickle.dumps(plan_sweep(allocation, seed=2, random=random)))
    draws = 3 * planned.chunk_size
    parts = [chunk(planned, index, planned.chunk_size) for index in (2, 0, 1)]
    backwards = reduce(Summary.merged, parts)
    assert bands_and_risks(allocation, planned, sweep(planned, draws)) == bands_and_risks(
        allocation, planned, backwards
    )
    whole, small = draws_of(planned, 0, 512), draws_of(planned, 256, 256)
    for name, each in vars(small).items():
        assert (each == getattr(whole, name)[:, 256:]).all()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("workforce={deviation: -0.1}", "uncertainty.workforce.deviation is -0.1"),
        ("workforce={deviation: 150 %}", "uncertainty.workforce.deviation"),
        ("workforce={dist: beta}", "uncertainty.workforce.dist is beta"),
        ("workforce={spread: 0.1}", "unknown key uncertainty.workforce.spread"),
        ("workforce={units: {Tri Toon: 0.1}}", "no unit Tri Toon: use its name as in the table (Tri Tôn"),
        ("attainment={kinds: {sectors: 0.1}}", "no unit of kind sectors"),
        ("columns={recruited: {deviation: 0.1}}", "the column recruited is no driver"),
        ("columns={workforce: {deviation: 0.1}}", "set uncertainty.workforce"),
    ],
)
def test_what_cannot_be_is_refused_by_name(change: str, said: str) -> None:
    with pytest.raises(InputError) as refused:
        load_scenario("an-giang-2017/base", [f"uncertainty.{change}"])
    assert said in str(refused.value)


def test_nothing_else_moves_a_quota_and_what_counts_for_nothing_is_not_uncertain() -> None:
    sure = allocate(*load_scenario("an-giang-2017/base", ["attainment.exponent=0"]))
    table, scenario = load_scenario("an-giang-2017/base", ["attainment.exponent=0", NOW, PAST])
    allocation = allocate(table, scenario)
    assert allocation.quotas == sure.quotas
    assert plan_sweep(allocation).names == ["growth", "workforce"]


@pytest.mark.parametrize(
    "changes", [[NOW], [NOW, DRIVEN], [NOW, "rules=[{for: all, each: {most: {share: 60 %, of: workforce}}}]"]]
)
def test_the_least_error_of_a_workforce_that_moves_a_quota(changes: list[str]) -> None:
    table, scenario = opened(changes)
    before = allocate(table, scenario, method="waterfill").quotas
    found = tipping(table, scenario, column="workforce")
    told = 0
    for unit, name in enumerate(table.units):
        for sign, change in ((-1, found[name][name].down), (1, found[name][name].up)):
            if change is None:
                continue
            told += 1
            for size, moved in ((change, True), (change - 1, False)):
                now = table.column("workforce")[unit] + sign * size
                after = allocate(table.with_figure("workforce", unit, now), scenario, method="waterfill").quotas
                assert (after[unit] != before[unit]) is moved
    assert told > len(table)


def test_rules_of_a_tree_that_move_with_the_workforce_are_refused() -> None:
    columns = {"workforce": (None, 300, 90)}
    table = Table(("P", "a", "b"), columns, (None,) * 3, (None, "P", "P"))
    rule = {"for": {"units": ["P"]}, "each": {"most": {"share": 0.9, "of": "available"}}}
    changes = {"hierarchy": "at_once", "rules": [rule], "uncertainty": {"workforce": {"deviation": 0.2}}}
    with pytest.raises(InputError) as refused:
        plan_sweep(allocate(table, Scenario(data="made-up", target=300).changed(changes)))
    assert refused.value.faults[0].values == {"rules": ["rules.0"]}


def test_the_tornado_takes_every_figure_that_may_be_off_to_its_ends() -> None:
    table, scenario = opened([NOW, PAST, "attainment.exponent=1"])
    before = allocate(table, scenario, method="waterfill").quotas
    found = {(each.input, each.unit): each for each in tornado(table, scenario)}
    assert ("uncertainty.workforce", "Tịnh Biên") not in found
    past = found["uncertainty.attainment", "Châu Phú"]
    assert (past.low, past.high) == (0.64, 1.36)
    now = found["uncertainty.workforce", "CĐ các KCN"]
    ends = truncnorm(-5, np.inf, loc=1, scale=0.2).ppf((0.05, 0.95))
    assert (now.low, now.high) == pytest.approx(ends, abs=1e-5)
    for end, moved in ((now.low, now.moved_low), (now.high, now.moved_high)):
        after = allocate(table.with_figure("workforce", 14, round(3570 * end)), scenario, method="waterfill").quotas
        assert sum(abs(a - b) for a, b in zip(after, before, strict=True)) / 2 == moved > 0


def test_the_tornado_takes_other_drivers_to_their_ends_and_leaves_rules_about_them() -> None:
    columns = {"workforce": (500, 300, 200), "area": (40, 90, 60.5)}
    columns |= {"term_target": (100, 90, 80), "recruited": (40, 20, 70), "lost": (5, 0, 10)}
    table = Table(("A", "B", "C"), columns)
    drivers = [
        {"column": "area", "share": 0.5},
        {"column": "remaining_term_target", "share": 0.3},
        {"column": "workforce", "share": 0.2},
    ]
    off = {
        "area": {"dist": "uniform", "deviation": 0.2, "units": {"B": 0}},
        "remaining_term_target": {"deviation": 0.1},
    }
    # Each may have at most its area: a rule that must not move with the driver.
    rule = {"for": {"units": ["A"]}, "each": {"most": {"column": "area"}}}
    changes = {"drivers": drivers, "uncertainty": {"columns": off}, "rules": [rule]}
    scenario = Scenario(data="made-up", target=120).changed(changes)
    found = {(each.input, each.unit): each for each in tornado(table, scenario) if each.input.startswith("uncertainty")}
    areas, left = "uncertainty.columns.area", "uncertainty.columns.remaining_term_target"
    assert {*found} == {(areas, "A"), (areas, "C"), *((left, unit) for unit in "ABC")}
    swing = found[areas, "C"]
    assert (swing.low, swing.high) == (0.82, 1.18)  # 5 % and 95 % of the way from 0.8 to 1.2
    sizes = {"area": [40, 90, 60.5], "left": [65, 70, 20], "workforce": [500, 300, 200]}

    def quotas(**changed: list[float]) -> list[int]:
        given = {**sizes, **changed}
        claims = [
            sum(share * given[name][n] / sum(given[name]) for name, share in zip(given, (0.5, 0.3, 0.2), strict=True))
            for n in range(3)
        ]
        made = [0, 0, 0]
        for _ in range(120):  # Webster, with A's cap
            free = [n for n in range(3) if n != 0 or made[0] < 40]
            made[min(free, key=lambda n: (made[n] + 0.5) / claims[n])] += 1
        return made

    before = quotas()
    for name, column, unit in ((areas, "area", 0), (areas, "area", 2), (left, "left", 1), (left, "left", 2)):
        swing = found[name, "ABC"[unit]]
        for end, moved in ((swing.low, swing.moved_low), (swing.high, swing.moved_high)):
            after = quotas(**{column: [each * (end if n == unit else 1) for n, each in enumerate(sizes[column])]})
            assert sum(abs(a - b) for a, b in zip(after, before, strict=True)) / 2 == moved
    assert any(each.moved_low for each in found.values())
