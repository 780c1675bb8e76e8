"""Curves and tipping growth, held against allocating anew on both sides of every point and at random between them."""

from __future__ import annotations

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
from allocator.growth.curve import Curve, curve, entangled
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


def around(made: Curve) -> list[float]:
    """A grid, random places, and those of six decimals nearest on both sides to every point, none of them a point."""
    near = [(floor(point.at * SIX) + side) / SIX for point in made.points for side in (0, 1)]
    grid = [n / 20 for n in range(20)]
    probes = [round(Random(0).random(), 6) for _ in range(20)]
    places = [point.at for point in made.points]
    return [at for at in (*near, *grid, *probes) if 0 < at < 1 and all(abs(at - each) > 1e-9 for each in places)]


@relaxed
@given(cases())
def test_realisation(case: tuple[Table, Scenario]) -> None:
    table, scenario = case
    if entangled(table, scenario):
        with pytest.raises(InputError):
            curve(table, scenario)
        return
    made = curve(table, scenario)
    assert_steps(made)
    blended = scenario.drivers[0].share != 1
    for at in around(made):
        if blended and Fraction(repr(at)) % Fraction(1, 20):
            continue  # Blended claims are whole millionths only here.
        assert made.quotas(at) == quotas(table, scenario, {"growth": {"realisation": at}}), at


def assert_steps(made: Curve) -> None:
    """Each point moves as many lots in as out, and its quotas follow from those before it."""
    before, at = made.start, 0.0
    for point in made.points:
        assert at <= point.at < 1
        assert point.quotas != before
        assert len(point.gives) == len(point.takes) or before is None or point.quotas is None
        before, at = point.quotas, point.at


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


def test_an_giang_is_found_whole() -> None:
    table, scenario = load_scenario("an-giang-2017/base")
    made = curve(table, scenario)
    assert_steps(made)
    assert len(made.points) == 220
    for point in made.points[::6]:
        for share in {floor(point.at * SIX) / SIX, (floor(point.at * SIX) + 1) / SIX} - {point.at}:
            assert made.quotas(share) == quotas(table, scenario, {"growth": {"realisation": share}})
    start, end = made.fair_shares(3)
    index = table.units.index("CĐ các KCN")
    assert sum(start) == pytest.approx(6500)
    assert end[index] > start[index]
    assert made.points[0].at == 0.000340067340067
    assert made.to_json()["points"][0]["at"] == made.points[0].at


def grown(signpost: str, lot: int, workforce: tuple[int, ...], growth: tuple[int, ...], most: float | None) -> Curve:
    """A curve of 10 members on units that grow."""
    settings = {"data": "", "target": 10, "lot": lot, "signpost": signpost, "bounds": {"max_share": most}}
    none = (None,) * len(workforce)
    table = Table(tuple("abc"[: len(workforce)]), {"workforce": workforce, "growth_estimate": growth}, none, none)
    return curve(table, Scenario.model_validate(settings))


def test_a_root_where_a_cap_changes_too() -> None:
    # Adams: the fourth lot of a (3/4) and the seventh of b (6/8) change places at 8/9 of 9, where b's cap rises.
    made = grown("adams", 1, (4, 0), (0, 9), 1)
    assert [(point.at, point.quotas) for point in made.points] == [(0.666666666667, (4, 6)), (0.888888888889, (3, 7))]


def test_first_lots_that_cost_nothing_turn_where_the_claims_do() -> None:
    made = grown("adams", 5, (0, 1, 1), (2, 0, 0), None)
    assert [(point.at, point.quotas) for point in made.points] == [(0.5, (5, 5, 0))]
