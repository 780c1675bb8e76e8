"""Steps add up: rows to quotas, columns to totals, exactly and as shown."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allocator import allocate, load_scenario
from allocator.model.allocation import Allocation
from allocator.why.explanation import STEPS, largest_remainder, levels, steps
from allocator.words import Words
from tests.scenarios import allocations

relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def read(shown: str) -> Decimal:
    return Decimal(shown.replace(",", "").replace("−", "-").replace("+", ""))


@settings(relaxed, max_examples=80)
@given(allocations())
def test_rows_and_columns_add_up_also_as_shown(allocation: Allocation) -> None:
    made, words = steps(allocation), Words("en")
    for row, quota in zip(made, allocation.quotas, strict=True):
        assert len(row) == len(STEPS)
        assert sum(row) == 10 * quota
        assert sum(read(words.signed(each / 10, 1)) for each in row) == quota
    for column in zip(*made, strict=True):
        shown = [read(words.signed(each / 10, 1)) for each in column]
        assert sum(shown) == read(words.signed(sum(column) / 10, 1))
    assert sum(map(sum, made)) == 10 * allocation.scenario.target


@settings(relaxed, max_examples=40)
@given(allocations())
def test_levels_lie_within_a_tenth_of_the_shares_they_round(allocation: Allocation) -> None:
    target, claims = allocation.scenario.target, allocation.claims
    made = levels(allocation)
    for level, weights in zip(made, (claims.workforce, claims.available, claims.base, claims.claims), strict=False):
        whole = sum(weights)
        assert sum(level) == (10 * target if whole else 0)
        assert all(abs(v - Fraction(10 * target * w) / (whole or 1)) < 1 for v, w in zip(level, weights, strict=True))
    assert sum(made[4]) == 10 * target
    assert all(abs(v - 10 * x) < 1.001 for v, x in zip(made[4], allocation.fair_share, strict=True))


def test_no_workforce_leaves_the_first_step_empty_and_growth_carries_the_target() -> None:
    table, scenario = load_scenario("an-giang-2017/base")
    table = type(table)(table.units, {**table.columns, "workforce": (0,) * 15}, table.kinds)
    made = steps(allocate(table, scenario.changed({"bounds": {"max_share": None}}), method="waterfill"))
    assert [sum(column) for column in zip(*made, strict=True)] == [0, 65_000, 0, 0, 0, 0]


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=9), st.integers(1, 500))
def test_largest_remainder_keeps_the_total_and_stays_within_one(weights: list[int], total: int) -> None:
    values = [
        Fraction(total * each, sum(weights)) if sum(weights) else Fraction(total, len(weights)) for each in weights
    ]
    made = largest_remainder(values, total)
    assert sum(made) == total
    assert all(abs(a - b) < 1 for a, b in zip(made, values, strict=True))


def test_an_giang_long_xuyen() -> None:
    made = steps(allocate(*load_scenario("an-giang-2017/base"), method="waterfill"))
    assert made[0] == (11_476, -1_858, 0, 509, 0, -27)
    assert [sum(column) / 10 for column in zip(*made, strict=True)] == pytest.approx([6500, 0, 0, 0, 0, 0])
