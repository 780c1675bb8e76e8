"""Pace against quota, and what a year will bring if it goes on as it began: a forecast with an interval.

With a members gained by the day on which the share s of the year's work is expected (`season`), the year's pace gives
the forecast a / s. Recruits counted as a Poisson flow of unknown strength leave the rest of the year a predictive
variance (a + ½)(1 − s) / s² (gamma-Poisson, Jeffreys prior); recruits come in batches, so it is multiplied by the
overdispersion φ seen between reports: φ = max(1, Σ (n − e)² / e / df), n the growth from one report to the next and
e = a·Δs / s what the pace expects of it, all units together. The interval is a / s ± 1.645·√(φ·variance) (90 %),
widened to hold what the growth since the last report but one would lead to, a + n·(1 − s) / Δs, and kept between what
is there and the workforce with all its growth, as is the forecast. With one report φ is 1, the least it can be.

A unit that has not reported, or of whose year nothing is over, is forecast at the common pace p = Σ F / Σ q of those
with a forecast: p·q, of variance φ·p·q + (τ·q)², a whole year's chance and as far from p as those units are:
τ² = Σ (F − p·q)² / q / Σ q.

Sources: Gelman et al., Bayesian Data Analysis (3rd ed., 2013), section 2.6; McCullagh & Nelder, Generalized Linear
Models (2nd ed., 1989), chapter 6, for φ.
"""

from __future__ import annotations

from calendar import isleap, monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from math import ceil, floor, fsum, sqrt

from allocator.data.records import Progress, Report
from allocator.model.claims import exact
from allocator.model.parts import Season

NINETY_PERCENT = 1.645
"""Standard deviations either side of the mean that hold nine tenths of a normal distribution."""


@dataclass(frozen=True)
class UnitPace:
    """How a unit stands against its quota, members.

    Attributes:
        report: its latest report; None where it has none, and then nothing is known but a forecast.
        achieved: what counts towards the quota: recruited, or recruited less lost where quotas are net.
        elapsed: share of the year's work expected by the report's day.
        expected: the quota's part for that share.
        pace: achieved over expected; None where nothing is expected.
        forecast: for the year, at its own pace, or where it has none at the common one; None where there is none.
        variance: of the forecast, members squared.
        low, high: interval of the forecast, whole members.
        growth_seen: recruits beyond the present workforce: estimated growth that must have come.
        status: `AT_RISK` (even `high` is below the quota), `WITH_ROOM` (even `low` is above it), `ON_COURSE` or
            `NO_REPORT`.
    """

    report: Report | None = None
    achieved: int = 0
    elapsed: float | None = None
    expected: float | None = None
    pace: float | None = None
    forecast: float | None = None
    variance: float | None = None
    low: int | None = None
    high: int | None = None
    growth_seen: int = 0
    status: str = "NO_REPORT"


def elapsed(season: Season, day: date) -> Fraction:
    """Share of the year's work that is expected by the end of `day`: by the calendar, or by twelve monthly shares.

    Example:
        >>> elapsed("calendar", date(2017, 5, 15))
        Fraction(27, 73)
    """
    if season == "calendar":
        return Fraction(day.timetuple().tm_yday, 365 + isleap(day.year))
    shares = [exact(each) for each in season]
    month = Fraction(day.day, monthrange(day.year, day.month)[1])
    return (sum(shares[: day.month - 1], Fraction(0)) + month * shares[day.month - 1]) / sum(shares)


def achieved(report: Report, basis: str) -> int:
    """What a report counts for: members recruited (`gross`), or those less the members lost (`net`)."""
    return report.recruited - (report.lost if basis == "net" else 0)


def overdispersion(reports: Mapping[str, Sequence[Report]], season: Season, basis: str) -> float:
    """φ ≥ 1: how much more the growth between reports varies than by chance; 1 where one report a unit cannot tell."""
    total, freedom = Fraction(0), 0
    for each in reports.values():
        shares = [elapsed(season, report.date) for report in each]
        gained = [achieved(report, basis) for report in each]
        if len(each) < 2 or gained[-1] <= 0:
            continue
        parts = zip([Fraction(0), *shares], shares, [0, *gained], gained, strict=False)
        steps = [(after - before, now - then) for before, after, then, now in parts if after > before]
        rate = Fraction(gained[-1]) / shares[-1] if shares[-1] else Fraction(0)
        total += sum(((n - rate * share) ** 2 / (rate * share) for share, n in steps if rate), Fraction(0))
        freedom += max(0, len(steps) - 1)
    return max(1.0, float(total / freedom)) if freedom else 1.0


def paces(
    progress: Progress,
    units: Sequence[str],
    quotas: Sequence[int],
    limits: Sequence[tuple[int, int]],
    season: Season,
    basis: str,
) -> list[UnitPace]:
    """The pace of every unit, and what it will bring.

    Args:
        progress: the reports.
        units: the units, in table order.
        quotas: quota of each, members.
        limits: present workforce of each unit, and that with all its estimated growth, persons.
        season: how the year's work is spread.
        basis: whether quotas count members recruited (`gross`) or those less the lost (`net`).
    """
    spread = overdispersion(progress.reports, season, basis)
    each = zip(units, quotas, limits, strict=True)
    made = [_pace(progress.reports.get(unit, ()), quota, *limit, spread, season, basis) for unit, quota, limit in each]
    common = common_pace(made, quotas)
    return made if common is None else list(_completed(made, quotas, limits, common, spread))


def common_pace(pace: Sequence[UnitPace], quotas: Sequence[int]) -> float | None:
    """Forecasts over quotas of the units with a quota of which a part of the year is known; None where none is."""
    known = _known(pace, quotas)
    return fsum(forecast for forecast, _ in known) / sum(quota for _, quota in known) if known else None


def _known(pace: Sequence[UnitPace], quotas: Sequence[int]) -> list[tuple[float, int]]:
    return [(each.forecast or 0.0, quota) for each, quota in zip(pace, quotas, strict=True) if each.elapsed and quota]


def _completed(
    pace: Sequence[UnitPace], quotas: Sequence[int], limits: Sequence[tuple[int, int]], common: float, spread: float
) -> Iterator[UnitPace]:
    """The same with forecasts at the common pace for units without one of their own."""
    known = _known(pace, quotas)
    apart = fsum((forecast - common * quota) ** 2 / quota for forecast, quota in known)
    apart /= sum(quota for _, quota in known)
    for each, quota, (_, limit) in zip(pace, quotas, limits, strict=True):
        if each.elapsed:
            yield each
        else:
            forecast = max(min(common * quota, limit), -limit if each.low is None else each.low)
            yield replace(each, forecast=forecast, variance=spread * abs(forecast) + apart * quota**2)


def _pace(
    reports: Sequence[Report], quota: int, workforce: int, limit: int, spread: float, season: Season, basis: str
) -> UnitPace:
    if not reports:
        return UnitPace()
    last = reports[-1]
    share, gained = elapsed(season, last.date), achieved(last, basis)
    least = gained if basis == "gross" else -limit
    made = UnitPace(
        last,
        gained,
        float(share),
        float(share * quota),
        float(gained / (share * quota)) if share * quota else None,
        low=least,
        high=max(limit, gained),
        growth_seen=max(0, last.recruited - workforce),
        status="ON_COURSE",
    )
    if share == 0:
        return made
    whole = gained / share
    forecast = float(max(Fraction(least), min(whole, Fraction(max(limit, gained)))))
    counted = last.recruited + (last.lost if basis == "net" else 0) + 0.5
    variance = spread * counted * float(1 - share) / float(share) ** 2
    margin = NINETY_PERCENT * sqrt(variance)
    ends = [float(whole) - margin, float(whole) + margin]
    if len(reports) > 1 and (part := share - elapsed(season, reports[-2].date)) > 0:
        ends.append(float(gained + (gained - achieved(reports[-2], basis)) * (1 - share) / part))
    low = max(least, min(floor(min(ends)), limit))
    high = max(low, min(ceil(max(ends)), limit))
    status = "AT_RISK" if high < quota else "WITH_ROOM" if low > quota else "ON_COURSE"
    return replace(made, forecast=forecast, variance=variance, low=low, high=high, status=status)
