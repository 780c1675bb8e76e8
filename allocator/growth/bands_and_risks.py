"""What a sweep says: bands of the best quotas when growth is known first, and the risk of the quotas fixed now."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from allocator.growth.summary import Summary, Tails
from allocator.growth.sweep import SweepPlan, certain_shortfalls
from allocator.model.claims import MICRO

BANDS = (Fraction(1, 20), Fraction(1, 2), Fraction(19, 20))
TAILS = (Fraction(9, 10), Fraction(19, 20))


@dataclass(frozen=True)
class QuotaRisk:
    """Shortfall (quota − reachable workforce where positive) of a fixed quota; persons but for the probability."""

    shortfall_probability: float
    expected_shortfall: float
    cvar90: float
    cvar95: float


@dataclass(frozen=True)
class BandsAndRisks:
    """The answers to both questions.

    Attributes:
        draws: how many draws; `infeasible` of them have floors and caps that cannot hold together and no best quota.
        bands: 5 %, 50 % and 95 % quantile of each unit's best quota, members; None where no draw is feasible.
        risks: risk of each unit's fixed quota; `province` that of all units together.
    """

    draws: int
    infeasible: int
    bands: tuple[tuple[int | None, ...], ...]
    risks: tuple[QuotaRisk, ...]
    province: QuotaRisk

    def to_json(self, units: tuple[str, ...], quotas: tuple[int, ...]) -> dict[str, Any]:
        """The answers as plain mappings."""
        rows = [
            {"unit": unit, "quota": quota, "p05": band[0], "p50": band[1], "p95": band[2], **vars(risk)}
            for unit, quota, band, risk in zip(units, quotas, self.bands, self.risks, strict=True)
        ]
        return {"draws": self.draws, "infeasible": self.infeasible, "units": rows, "province": vars(self.province)}


def bands_and_risks(plan: SweepPlan, summary: Summary) -> BandsAndRisks:
    """The answers that the summary of a plan's draws gives."""
    lot, certain = plan.problem.lot, certain_shortfalls(plan).tolist()
    series = {unit: index for index, unit in enumerate(plan.uncertain.tolist())}
    bands, risks = [], []
    for unit, short in enumerate(certain):
        found = summary.quotas.quantiles(unit, BANDS)
        bands.append(tuple(None if each is None else each * lot for each in found))
        risks.append(_drawn(summary.tails, series[unit]) if unit in series else _certain(short))
    return BandsAndRisks(
        summary.draws, summary.infeasible, tuple(bands), tuple(risks), _drawn(summary.tails, len(series))
    )


def _drawn(tails: Tails, series: int) -> QuotaRisk:
    tail = (float(tails.cvar(series, level)) for level in TAILS)
    return QuotaRisk(float(tails.probability(series)), float(tails.expected(series)), *tail)


def _certain(short: int) -> QuotaRisk:
    persons = short / MICRO
    return QuotaRisk(float(short > 0), persons, persons, persons)
