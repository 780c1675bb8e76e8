"""Quantiles and expected shortfalls of every distribution, held against numerical integration."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate

from allocator.model.distributions import below, quantile
from allocator.model.parts import Bell, Beta, Distribution, Peaked, Uniform, Values

EVERY: list[Distribution] = [
    Uniform(dist="uniform", low=0.1, high=0.7),
    Peaked(dist="triangular", low=0, mode=0.2, high=1),
    Peaked(dist="triangular", low=0.2, mode=0.2, high=1),
    Peaked(dist="triangular", low=0.2, mode=1, high=1),
    Peaked(dist="pert", low=0, mode=0.2, high=1.5),
    Beta(dist="beta", a=0.7, b=3, low=0.1, high=1),
    Bell(dist="normal", mean=0.2, sd=0.3),
    Bell(dist="normal", mean=-1, sd=0.2),
    Bell(dist="lognormal", mean=0.4, sd=0.5),
    Values(dist="values", values=[0.3, 0, 1, 0.3]),
]


@pytest.mark.parametrize("distribution", EVERY, ids=lambda each: f"{each.dist}")
def test_below_is_the_integral_over_the_quantiles(distribution: Distribution) -> None:
    """E[(c − X)⁺] = ∫ (c − Q(u))⁺ du over (0, 1)."""
    for c in (-0.5, 0.0, 0.05, 0.2, 0.3, 0.65, 1.0, 3.0):
        direct, _ = integrate.quad(
            lambda u, c=c: max(c - float(quantile(distribution, np.array([u]))[0]), 0),
            0,
            1,
            limit=400,
            points=[0.25, 0.75],
        )
        assert float(below(distribution, np.array([c]))[0]) == pytest.approx(direct, abs=2e-6)


@pytest.mark.parametrize("distribution", EVERY, ids=lambda each: f"{each.dist}")
def test_quantiles_grow_and_are_never_negative(distribution: Distribution) -> None:
    drawn = quantile(distribution, np.linspace(1e-9, 1 - 1e-9, 1001))
    assert (np.diff(drawn) >= 0).all()
    assert (drawn >= 0).all()
    assert np.isfinite(drawn).all()
