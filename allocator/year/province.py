"""What all units together will bring by the year's end, and whether that reaches the target.

The forecast is the sum of the units' forecasts, normal with the sum of their variances: the interval holds nine tenths
of it, and the probability of the target is the part of it from the target up. Both are kept to what can be: no less
than is there already (of members recruited), no more than the workforces with all their growth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, fsum, sqrt
from statistics import NormalDist

from allocator.year.pace import NINETY_PERCENT, UnitPace, common_pace


@dataclass(frozen=True)
class Province:
    """All units together, members; None where nothing is known of any unit's year.

    Attributes:
        forecast: for the year.
        low, high: interval of the forecast, whole members.
        probability: that the target is reached.
        shortfall: whole members that the forecast lacks of the target.
        pace: the common pace of units with a report; one without is forecast at it.
    """

    forecast: float | None = None
    low: int | None = None
    high: int | None = None
    probability: float | None = None
    shortfall: int | None = None
    pace: float | None = None


def outlook(
    pace: Sequence[UnitPace], quotas: Sequence[int], limits: Sequence[tuple[int, int]], target: int, basis: str
) -> Province:
    """The outlook of all units together.

    Args:
        pace: of every unit, as `paces` makes it.
        quotas: quota of each, members.
        limits: present workforce of each unit, and that with all its estimated growth, persons.
        target: members to reach together.
        basis: whether members recruited count (`gross`) or those less the lost (`net`).
    """
    common = common_pace(pace, quotas)
    if common is None:
        return Province()
    forecast = fsum(each.forecast or 0.0 for each in pace)
    deviation = sqrt(fsum(each.variance or 0.0 for each in pace))
    ends = [(each.achieved, max(limit, each.achieved)) for each, (_, limit) in zip(pace, limits, strict=True)]
    least = sum(least for least, _ in ends) if basis == "gross" else -sum(limit for _, limit in limits)
    most = sum(most for _, most in ends)
    low = max(least, floor(forecast - NINETY_PERCENT * deviation))
    high = max(low, min(most, ceil(forecast + NINETY_PERCENT * deviation)))
    reached = NormalDist(forecast, deviation).cdf(target) if deviation else float(forecast < target)
    probability = 1.0 if target <= least else 0.0 if target > most else 1 - reached
    return Province(forecast, low, high, probability, max(0, target - round(forecast)), common)
