"""Claims: what is rounded and how, what stands in for a missing figure, and what is said of it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from allocator.errors import InputError
from allocator.model.allocation import allocate
from allocator.model.claims import micro, power
from tests.model.test_allocation import scenario, table


@pytest.mark.parametrize("whole", [0, 1, 2, 7, 8])
def test_millionths_are_the_nearest_and_halves_the_even_one(whole: int) -> None:
    million = 1_000_000
    for part, right in ((Fraction(1, 3), whole), (Fraction(49, 99), whole), (Fraction(2, 3), whole + 1)):
        assert micro((whole + part) / million) == right
    assert micro((whole + Fraction(1, 2)) / million) == whole + whole % 2


def test_powers_are_exact_where_the_exponent_is_whole() -> None:
    assert [power(Fraction(2, 3), exponent) for exponent in (0, 1, 2, -1)] == [1, *map(Fraction, ("2/3", "4/9", "3/2"))]
    assert power(Fraction(1, 4), 0.5) == Fraction(1, 2)
    assert power(Fraction(0), 0.5) == 0
    third = power(Fraction(1, 9), 0.5)
    assert third != Fraction(1, 3)
    assert abs(third - Fraction(1, 3)) < Fraction(1, 10**27)


PAST = {"term_target": [10, 20, None, 10, 0], "recruited": [5, 20, 4, None, 3], "lost": [1, None, 0, 0, 0]}


@pytest.mark.parametrize(
    ("settings", "multipliers", "blank"),
    [
        # Gross: 5/10, 20/20; together 25 of 30.
        (
            {"missing": "province"},
            [Fraction(1, 2), 1, *[Fraction(5, 6)] * 3],
            {"u2": ["term_target"], "u3": ["recruited"], "u4": []},
        ),
        # Net: (5 − 1)/10, below the floor of a half; u1 has no figure of those lost.
        (
            {"basis": "net", "missing": 0.7},
            [Fraction(1, 2), *[Fraction(7, 10)] * 4],
            {"u1": ["lost"], "u2": ["term_target"], "u3": ["recruited"], "u4": []},
        ),
    ],
)
def test_what_stands_in_for_a_missing_attainment_is_said(
    settings: dict[str, Any], multipliers: list[Fraction], blank: dict[str, list[str]]
) -> None:
    made = allocate(table([100] * 5, **PAST), scenario(target=40, attainment={"exponent": 1, **settings}))
    assert list(made.claims.multiplier) == multipliers
    (note,) = (each for each in made.claims.notes if each.key == "note.attainment_missing")
    assert note.values["blank"] == blank
    assert list(note.values["units"]) == list(blank)
    assert note.values["value"] == float(multipliers[-1])


def test_nothing_stands_in_where_nothing_is_missing() -> None:
    figures = {"term_target": [10, 10], "recruited": [5, 10]}
    assert allocate(table([100, 100], **figures), scenario(target=40, attainment={"exponent": 1})).claims.notes == ()
    assert allocate(table([100, 100]), scenario(target=40)).claims.notes == ()


@pytest.mark.parametrize("column", ["term_target", "recruited", "lost"])
def test_a_remaining_term_target_needs_all_three_figures(column: str) -> None:
    figures = {"term_target": [50, 50], "recruited": [40, 30], "lost": [10, 0]} | {column: [7, None]}
    with pytest.raises(InputError) as caught:
        allocate(table([100, 100], **figures), scenario(target=20, drivers=[{"column": "remaining_term_target"}]))
    assert [(each.key, each.values["unit"]) for each in caught.value.faults] == [("claims.driver_blank", "u1")]


def test_growth_is_that_of_each_unit_and_a_blank_estimate_none() -> None:
    growth = {"realisation": 0.5, "units": {"u1": 0.1}}
    made = allocate(table([100, 100, 100], growth_estimate=[30, 30, None]), scenario(target=30, growth=growth))
    assert [Fraction(each, 1_000_000) for each in made.claims.available] == [115, 103, 100]
