"""Growth that may not come: what each lot adds to a unit's expected shortfall, in closed form.

With A = S + X·G the workforce that comes about and r the largest share of it a unit can be expected to recruit, a quota
q falls short by (q − r·A)⁺. The k-th lot adds E[(k·lot − r·A)⁺] − E[((k − 1)·lot − r·A)⁺], which grows with k, so the
program stays convex. As E[(q − r·A)⁺] = r·G · E[(c − X)⁺] with c = (q / r − S) / G, no draw is needed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from allocator.data.table import Table
from allocator.errors import InputError, fault
from allocator.model.distributions import below
from allocator.model.problem import NANO, Problem
from allocator.model.signpost import FloatArray

if TYPE_CHECKING:
    from allocator.model.parts import Distribution
    from allocator.model.scenario import Scenario

MOST_LOTS = 2_000_000
"""Most lots whose costs can be kept one by one."""


def distribution_of(table: Table, scenario: Scenario, unit: int) -> Distribution:
    """Distribution of a unit's growth realisation: its own, else its kind's, else the default."""
    settings = scenario.uncertainty
    kind = table.kinds[unit] if table.kinds else None
    return settings.units.get(table.units[unit], settings.kinds.get(kind or "", settings.default))


def expected_shortfall(table: Table, scenario: Scenario, unit: int, quotas: FloatArray) -> FloatArray:
    """E[(q − r·A)⁺] of each quota q a unit may be given, members; exact but for floating point.

    Example:
        >>> from allocator import load_scenario
        >>> table, scenario = load_scenario("an-giang-2017/base")
        >>> expected_shortfall(table, scenario, 14, np.array([0.0, 2850.0])).round(2).tolist()
        [0.0, 31.72]
    """
    reachable = scenario.risk.reachable
    workforce = float(table.column("workforce")[unit] or 0)
    growth = float(table.optional("growth_estimate")[unit] or 0)
    if not growth or not reachable:
        return np.maximum(quotas - reachable * workforce, 0)
    short = below(distribution_of(table, scenario, unit), (quotas / reachable - workforce) / growth)
    return np.asarray(reachable * growth * short)


def with_risk(table: Table, scenario: Scenario, problem: Problem) -> Problem:
    """The problem with its risk costs; as it is where risk has no weight.

    They are what the k-th lot of each unit adds to the objective, in 10⁻⁹, for k = 1 … `problem.top`: the weight η
    times what it adds to the expected shortfall, over the lot, rounded to 9 decimals.

    Raises:
        InputError: there are more lots than can be kept one by one.
    """
    if not scenario.risk.weight:
        return problem
    if int(problem.top.sum()) > MOST_LOTS:
        place = scenario.place("risk", "weight")
        raise InputError(fault("risk.too_many_lots", place, lots=int(problem.top.sum()), most=MOST_LOTS))
    lot, weight = problem.lot, scenario.risk.weight
    made = (
        _added(expected_shortfall(table, scenario, unit, _quotas(top, lot)), lot, weight)
        for unit, top in enumerate(problem.top.tolist())
    )
    return replace(problem, risk=tuple(made))


def known_costs(reachable: float, workforce: float, top: int, lot: int, weight: float) -> list[int]:
    """The risk costs of one unit whose workforce, persons, is known first."""
    return _added(np.maximum(_quotas(top, lot) - reachable * workforce, 0), lot, weight)


def _quotas(top: int, lot: int) -> FloatArray:
    return np.arange(top + 1, dtype=np.float64) * lot


def _added(reached: FloatArray, lot: int, weight: float) -> list[int]:
    """Costs of a unit's lots, in 10⁻⁹, from its expected shortfall at 0, 1, 2 … lots, members."""
    costs = np.rint(np.maximum(np.diff(reached), 0) * (weight / lot * NANO)).astype(np.int64)
    # They grow with k; floating point must not undo that.
    made: list[int] = np.maximum.accumulate(costs).tolist()
    return made
