"""Points: any rows of one sequence, whatever the chunks; growth that moves together as asked."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import qmc, spearmanr

from allocator import load_scenario
from allocator.data.table import Table
from allocator.errors import InputError
from allocator.growth.nets import BITS, MOST_SOBOL
from allocator.growth.sampling import Points, copula, nearest
from allocator.model.problem import array


@pytest.mark.parametrize("random", [False, True])
def test_chunks_of_any_size_are_rows_of_one_sequence(random: bool) -> None:
    points = Points(7, 5, random)
    whole = points.rows(0, 4096)
    for size in (16, 256, 2048):
        assert (np.hstack([points.rows(start, size) for start in range(0, 4096, size)]) == whole).all()
    assert ((whole > 0) & (whole < 1)).all()


@pytest.mark.parametrize(("columns", "net"), [(1, 0), (5, 0), (5, 3), (MOST_SOBOL, 0)])
def test_sobol_rows_are_those_of_scipy(columns: int, net: int) -> None:
    rows, size, first = 2**13 if columns < 10 else 2**7, 2**6, net * 2**20
    rng = np.random.default_rng(np.random.SeedSequence(3, spawn_key=(1, net)))
    straight = qmc.Sobol(columns, bits=BITS, rng=rng).random(rows).T
    ours = np.hstack([Points(columns, 3).rows(start, size) for start in range(first, first + rows, size)])
    assert (np.floor(ours * 2**BITS) == straight * 2**BITS).all()


def test_more_columns_than_sobol_points_are_made_for() -> None:
    whole = Points(510, 1).rows(0, 64)
    assert (np.hstack([Points(510, 1).rows(start, 16) for start in range(0, 64, 16)]) == whole).all()
    assert len(np.unique(whole[505:])) == whole[505:].size


TABLE = Table(
    ("A", "B", "C"),
    {"workforce": (100, 100, 100), "growth_estimate": (30, 20, 10)},
    ("zone", "zone", "town"),
    (None, None, None),
)


def scenario(**uncertainty: object):
    _, base = load_scenario("an-giang-2017/base")
    return base.changed({"uncertainty": uncertainty})


@pytest.mark.parametrize("asked", [{"factor": {"zone": 0.6}}, {"correlation": {"A": {"B": 0.6}}}])
def test_the_copula_gives_the_correlation_asked_for(asked: dict[str, object]) -> None:
    joint = copula(TABLE, scenario(**asked), array([0, 1, 2]))
    drawn = joint.apply(Points(joint.factors + 3, 0).rows(0, 2**14))
    ranks = spearmanr(drawn.T).statistic
    # Spearman's correlation of a Gaussian copula is 6/π·asin(ρ/2).
    assert ranks[0, 1] == pytest.approx(6 / np.pi * np.arcsin(0.3), abs=0.01)
    assert ranks[0, 2] == pytest.approx(0, abs=0.02)
    assert drawn.mean(axis=1) == pytest.approx(0.5, abs=0.01)


def test_a_matrix_that_is_not_positive_definite_is_refused_and_the_nearest_offered() -> None:
    asked = {"correlation": {"A": {"B": 0.9}, "B": {"C": 0.9}, "C": {"A": -0.9}}}
    with pytest.raises(InputError, match=r"not positive definite.*A – B: 0\.[0-9]+") as caught:
        copula(TABLE, scenario(**asked), array([0, 1, 2]))
    entries = caught.value.faults[0].values["entries"]
    pairs = dict(each.split(": ") for each in entries.split("; "))
    offered = {
        "correlation": {
            "A": {"B": float(pairs["A – B"]), "C": float(pairs["A – C"])},
            "B": {"C": float(pairs["B – C"])},
        }
    }
    copula(TABLE, scenario(**offered), array([0, 1, 2]))


def test_two_values_for_one_pair_are_refused() -> None:
    with pytest.raises(InputError, match="two values"):
        copula(TABLE, scenario(correlation={"A": {"B": 0.3}, "B": {"A": 0.4}}), array([0, 1, 2]))


def test_nearest_is_higham_s() -> None:
    found = nearest(np.array([[1.0, 1, 0], [1, 1, 1], [0, 1, 1]]))
    # Higham (2002), example of section 1: 0.7607 and 0.1573.
    assert found == pytest.approx(np.array([[1, 0.7607, 0.1573], [0.7607, 1, 0.7607], [0.1573, 0.7607, 1]]), abs=5e-4)
