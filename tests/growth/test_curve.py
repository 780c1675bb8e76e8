"""Curves and tipping growth, held against allocating anew on both sides of every point and at random between them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import floor
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allocator import allocate, load_scenario
from allocator.data.table import Table
from allocator.errors import InfeasibleError, InputError
from allocator.growth.curve import Curve, curve
from allocator.growth.tipping import tipping
from allocator.model.scenario import Scenario

relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=20)
SIX = 10**6


def _grown(table, index, growth):
    return table.with_figure("growth_estimate", index, growth)


def quotas(table: Table, scenario: Scenario, changes: dict[str, Any]) -> tuple[int, ...] | None:
    try:
        return allocate(table, scenario.changed(changes), method="waterfill").quotas
    except InfeasibleError:
        return None


@st.composite
def cases(draw: st.DrawFn) -> tuple[Table, Scenario]:
    """Small tables with every signpost, floors, shares, a lock's worth of bounds, and a group."""
    count = draw(st.integers(2, 5))
    numbers = st.integers(0, 60)
    columns = {
        "workforce": tuple(draw(st.lists(numbers, min_size=count, max_size=count))),
        "growth_estimate": tuple(draw(st.lists(numbers, min_size=count, max_size=count))),
    }
    # They sum to 40, so that blended claims are whole millionths and a run rounds nothing.
    enterprises = draw(st.lists(st.integers(1, 9), min_size=count - 1, max_size=count - 1))
    columns["enterprises"] = (*enterprises, 40 - sum(enterprises))
    units = tuple(f"u{n}" for n in range(count))
    kinds = tuple(draw(st.lists(st.sampled_from(["a", "b"]), min_size=count, max_size=count)))
    share = draw(st.sampled_from([1, 0.5, 0]))
    given_to = {"units": {units[0]: {"min": draw(st.integers(0, 5)), "max": 40}}} if draw(st.booleans()) else {}
    group = {"name": "g", "units": list(units[: count // 2 + 1]), "min": draw(st.integers(0, 10)), "max": 60}
    scenario = {
        "data": "",
        "target": 10 * draw(st.integers(0, 8)),
        "lot": draw(st.sampled_from([1, 2, 5])),
        "published": None,
        "signpost": draw(st.sampled_from(["webster", "jefferson", "adams", "dean", "huntington_hill"])),
        "drivers": [{"column": "workforce", "share": share}, {"column": "enterprises", "share": 1 - share}],
        "growth": {"realisation": 0.5, "units": {units[-1]: 0.25} if draw(st.booleans()) else {}},
        "bounds": {"max_share": draw(st.sampled_from([None, 0.4, 1])), **given_to},
        "groups": [group] if draw(st.booleans()) else [],
    }
    return Table(units, columns, kinds, (None,) * count), Scenario.model_validate(scenario)


def around(made: Curve, low: float, high: float) -> list[float]:
    """A grid, random places, and those of six decimals nearest on both sides to every point, none of them a point."""
    near = [(floor(point.at * SIX) + side) / SIX for point in made.points for side in (0, 1)]
    grid = [low + (high - low) * n / 20 for n in range(20)]
    probes = [round(low + (high - low) * Random(0).random(), 6) for _ in range(20)]
    places = [point.at for point in made.points]
    return [at for at in (*near, *grid, *probes) if low < at < high and all(abs(at - each) > 1e-9 for each in places)]


@relaxed
@given(cases())
def test_realisation(case: tuple[Table, Scenario]) -> None:
    table, scenario = case
    made = curve(table, scenario, "growth.realisation", 0, 1)
    assert_steps(made)
    blended = scenario.drivers[0].share != 1
    for at in around(made, 0, 1):
        if blended and Fraction(repr(at)) % Fraction(1, 20):
            continue  # Blended claims are whole millionths only here.
        assert made.quotas(at) == quotas(table, scenario, {"growth": {"realisation": at}}), at


@relaxed
@given(cases(), st.integers(0, 4))
def test_one_growth_estimate(case: tuple[Table, Scenario], which: int) -> None:
    table, scenario = case
    index = which % len(table)
    made = curve(table, scenario, f"growth_estimate.{table.units[index]}", 0, 90)
    assert_steps(made)
    places = [point.at for point in made.points]
    for growth in range(1, 90, 4):
        if all(abs(growth - each) > 1e-9 for each in places):
            assert made.quotas(growth) == quotas(_grown(table, index, growth), scenario, {})


@relaxed
@given(cases())
def test_largest_share(case: tuple[Table, Scenario]) -> None:
    table, scenario = case
    made = curve(table, scenario, "bounds.max_share", 0.1, 1.5)
    for at in around(made, 0.1, 1.5):
        assert made.quotas(at) == quotas(table, scenario, {"bounds": {"max_share": at}}), at


@relaxed
@given(cases())
def test_target(case: tuple[Table, Scenario]) -> None:
    table, scenario = case
    made = curve(table, scenario, "target", 0, 100)
    for target in range(0, 100, scenario.lot):
        assert made.quotas(target) == quotas(table, scenario, {"target": target})


@relaxed
@given(cases())
def test_an_exponent_turns_where_a_run_does(case: tuple[Table, Scenario]) -> None:
    table, scenario = case
    past = {"term_target": (10,) * len(table), "recruited": tuple(range(5, 5 + len(table)))}
    table = replace(table, columns={**table.columns, **past})
    scenario = scenario.changed({"drivers": [{"column": "workforce", "share": 1}]})
    made = curve(table, scenario, "attainment.exponent", -1, 3)
    assert_steps(made)
    for at in around(made, -1, 3):
        if all(abs(at - point.at) > 1e-5 for point in made.points):
            assert made.quotas(at) == quotas(table, scenario, {"attainment": {"exponent": at}}), at


def assert_steps(made: Curve) -> None:
    """Each point moves as many lots in as out, and its quotas follow from those before it."""
    before, at = made.start, made.low
    for point in made.points:
        assert at <= point.at < made.high
        assert point.quotas != before
        assert len(point.gives) == len(point.takes) or before is None or point.quotas is None
        before, at = point.quotas, point.at


@pytest.mark.parametrize("signpost", ["webster", "huntington_hill"])
def test_exponent_on_an_giang(signpost: str) -> None:
    table, scenario = load_scenario("an-giang-2017/base")
    scenario = scenario.changed({"signpost": signpost})
    made = curve(table, scenario, "attainment.exponent", -2, 3)
    assert_steps(made)
    ends = [made.low, *(point.at for point in made.points), made.high]
    apart = [n for n in range(1, len(ends) - 1) if min(ends[n] - ends[n - 1], ends[n + 1] - ends[n]) > 1e-3]
    for n in apart[::4]:
        for side in (-1, 1):
            at = ends[n] + side / 10_000
            assert made.quotas(at) == quotas(table, scenario, {"attainment": {"exponent": at}})


def test_a_root_of_the_exponent_to_twelve_digits() -> None:
    # Webster, lots of 1, claims 100·0.5^t and 10: lots 3 (5/2) and 1 (1/2) of 3 change places at 100·0.5^t = 50.
    table = Table(
        ("a", "b"),
        {"workforce": (100, 10), "term_target": (2, 1), "recruited": (1, 1)},
        (None, None),
        (None, None),
    )
    scenario = Scenario.model_validate({"data": "", "target": 3, "bounds": {"max_share": None}})
    made = curve(table, scenario, "attainment.exponent", 0, 3)
    assert [(point.gives, point.takes) for point in made.points] == [(("a",), ("b",))]
    assert abs(made.points[0].at - 1) < 1e-12


def test_an_giang_growth_is_found_whole() -> None:
    table, scenario = load_scenario("an-giang-2017/base")
    made = curve(table, scenario, "growth_estimate.CĐ các KCN", 0, 22_000)
    assert_steps(made)
    assert len(made.points) == 126
    assert all(point.takes == ("CĐ các KCN",) for point in made.points)
    index = table.units.index("CĐ các KCN")
    for point in made.points[::6]:
        for growth in {floor(point.at), floor(point.at) + 1} - {point.at}:
            assert made.quotas(growth) == quotas(_grown(table, index, growth), scenario, {})
    start, end = made.fair_shares(3)
    assert sum(start) == pytest.approx(6500)
    assert end[index] > start[index]
    assert made.points[0].at == 25.8239754098
    assert made.to_json()["points"][0]["at"] == made.points[0].at


@relaxed
@given(cases())
def test_tipping_moves_a_lot_and_one_person_less_does_not(case: tuple[Table, Scenario]) -> None:
    table, scenario = case
    base = quotas(table, scenario, {})
    if base is None:
        with pytest.raises(InfeasibleError):
            tipping(table, scenario)
        return
    for unit, tips in tipping(table, scenario, others=True).items():
        index = table.units.index(unit)
        now = int(table.columns["growth_estimate"][index] or 0)
        for other, tip in tips.items():
            watched = table.units.index(other)
            for sign, change in ((-1, tip.down), (1, tip.up)):
                if change is None:
                    continue
                moved = quotas(_grown(table, index, now + sign * change), scenario, {})
                before = quotas(_grown(table, index, now + sign * (change - 1)), scenario, {})
                assert moved is not None
                assert before is not None
                assert moved[watched] != base[watched] == before[watched]


def test_no_tip_where_growth_is_not_counted() -> None:
    table, scenario = load_scenario("an-giang-2017/base")
    tips = tipping(table, scenario.changed({"growth": {"realisation": 0}}))
    assert {each for unit, row in tips.items() for each in (row[unit].down, row[unit].up)} == {None}


@pytest.mark.parametrize(
    ("parameter", "low", "high", "changes", "key"),
    [
        ("growth", 0, 1, {}, "curve.unknown"),
        ("growth.realisation", 0, 1.5, {}, "curve.range"),
        ("target", 10, 10, {}, "curve.range"),
        ("target", 0, 100, {"risk": {"weight": 1}}, "curve.risk"),
        ("attainment.exponent", -1, 1, {"attainment": {"floor": 0}}, "curve.range"),
    ],
)
def test_errors_are_named(parameter: str, low: float, high: float, changes: dict[str, Any], key: str) -> None:
    table, scenario = load_scenario("an-giang-2017/base")
    with pytest.raises(InputError) as raised:
        curve(table, scenario.changed(changes), parameter, low, high)
    assert raised.value.faults[0].key == key
    assert raised.value.messages("vi")


def test_a_root_where_a_cap_changes_too() -> None:
    # Adams: the fourth lot of a (3/4) and the seventh of b (6/8) change places at growth 16, where b's cap rises.
    scenario = Scenario.model_validate({"data": "", "target": 10, "signpost": "adams", "growth": {"realisation": 0.5}})
    columns = {"workforce": (4, 0), "growth_estimate": (0, 0)}
    table = Table(("a", "b"), columns, (None, None), (None, None))
    made = curve(table, scenario, "growth_estimate.b", 0, 18)
    assert [(point.at, point.quotas) for point in made.points] == [(12, (4, 6)), (16, (3, 7))]


def test_first_lots_that_cost_nothing_turn_where_the_claims_do() -> None:
    scenario = Scenario.model_validate({"data": "", "target": 10, "lot": 5, "signpost": "adams",
                                        "growth": {"realisation": 0.5}, "bounds": {"max_share": None}})  # fmt: skip
    table = Table(("a", "b", "c"), {"workforce": (0, 0, 0), "growth_estimate": (0, 1, 1)}, (None,) * 3, (None,) * 3)
    made = curve(table, scenario, "growth_estimate.a", 0, 90)
    assert [(point.at, point.quotas) for point in made.points] == [(1, (5, 5, 0))]
