"""The frontier holds every allocation that a weight of risk can lead to; the tornado what each input moves."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import pytest

from allocator import allocate, load_scenario
from allocator.errors import InputError
from allocator.growth.frontier import Choice, frontier
from allocator.growth.leaning import tornado
from allocator.why.comparison import misplaced

TABLE, BASE = load_scenario("an-giang-2017/base")


@cache
def choices() -> tuple[Choice, ...]:
    return frontier(TABLE, BASE)


def quotas(weight: float) -> tuple[int, ...]:
    return allocate(TABLE, BASE.changed({"risk": {"weight": weight}}), method="waterfill").quotas


def test_every_choice_is_what_its_weight_gives() -> None:
    assert len(choices()) == 77
    assert len({each.quotas for each in choices()}) == len(choices())
    assert all(quotas(each.weight) == each.quotas for each in choices())


def test_no_weight_gives_anything_else() -> None:
    for weight in (1.1**n / 100 for n in range(0, 120, 2)):
        (choice,) = [each for each in choices() if each.low <= weight < each.high]
        if min(weight - choice.low, choice.high - weight) > 1e-6 * weight:
            assert quotas(weight) == choice.quotas


def test_fairness_is_given_up_for_safety() -> None:
    for one, other in pairwise(choices()):
        assert one.high == other.low
        assert other.objective > one.objective
        assert other.expected_shortfall < one.expected_shortfall
    assert choices()[0].quotas == allocate(TABLE, BASE).quotas
    assert choices()[0].moved == 0
    (knee,) = [each for each in choices() if each.knee]
    assert 0 < knee.moved < choices()[-1].moved


def test_huntington_hill_does_not_mix() -> None:
    with pytest.raises(InputError) as raised:
        frontier(TABLE, BASE.changed({"signpost": "huntington_hill"}))
    assert raised.value.faults[0].key == "risk.huntington_hill"


def test_the_tornado_moves_what_allocating_anew_moves() -> None:
    swings = tornado(TABLE, BASE)
    base = allocate(TABLE, BASE).quotas
    keys = {(each.input, each.unit): each for each in swings}
    zones = keys["growth.realisation", "CĐ các KCN"]
    high = BASE.changed({"growth": {"units": {"CĐ các KCN": zones.high}}})
    assert zones.moved_high == misplaced(base, allocate(TABLE, high).quotas) > 0
    assert zones.low < BASE.growth.realisation < zones.high
    largest = [max(each.moved_low or 0, each.moved_high or 0) for each in swings]
    assert largest == sorted(largest, reverse=True)
    assert ("attainment.exponent", None) in keys


def test_the_tornado_stays_within_what_a_scenario_can_hold() -> None:
    edge = BASE.changed({"attainment": {"floor": 0.1, "ceiling": 0.1, "exponent": -0.2}, "bounds": {"max_share": 0.5}})
    swings = {each.input: each for each in tornado(TABLE, edge)}
    assert swings["attainment.floor"].low == 0.01
    assert swings["attainment.floor"].high == swings["attainment.ceiling"].low == 0.1
    assert swings["bounds.max_share"].moved_low is None
    without = {each.input for each in tornado(TABLE, BASE.changed({"attainment": {"exponent": 0}}))}
    assert "attainment.floor" not in without
