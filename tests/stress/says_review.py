"""Truths of what `review` says of a year's middle: paces, the province's forecast, what moves and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property, lru_cache
from math import ceil, erf, floor, sqrt
from typing import Any

from allocator.errors import Fault
from allocator.finding import say
from tests.stress.facts import Facts
from tests.stress.sentences import Said, Scene, ordered, true_of

Figures = Mapping[str, Any]
NINE_TENTHS = 1.645
DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, eq=False)
class Year:
    """The year of a scene, worked out from its reports."""

    scene: Scene

    @cached_property
    def facts(self) -> Facts:
        """The allocation under review, which holds the target less the reserve."""
        case = self.scene.drawn.case
        held = {"target": case.scenario.target - case.scenario.review.reserve}
        return Facts(case.table, case.scenario.model_copy(update=held))

    @cached_property
    def reports(self) -> dict[str, list[tuple[date, int, int]]]:
        """Day, recruited and lost of each report, by unit."""
        made: dict[str, list[tuple[date, int, int]]] = {}
        for unit, recruited, lost, day in self.scene.drawn.reports:
            made.setdefault(unit, []).append((day, recruited, lost))
        return made

    def share(self, day: date) -> Fraction:
        """Part of the year's work expected by the end of a day."""
        season = self.scene.drawn.case.scenario.season
        if season == "calendar":
            return Fraction(day.timetuple().tm_yday, 365)
        parts = [Fraction(str(each)) for each in season]
        done = sum(parts[: day.month - 1]) + parts[day.month - 1] * Fraction(day.day, DAYS[day.month - 1])
        return Fraction(done) / sum(parts)

    @property
    def net(self) -> bool:
        """Whether the lost are taken off."""
        return bool(self.scene.drawn.case.scenario.quota_basis == "net")

    def gained(self, report: tuple[date, int, int]) -> int:
        """What counts of a report."""
        return report[1] - report[2] * self.net

    @cached_property
    def spread(self) -> float:
        """Overdispersion φ between reports."""
        total, freedom = Fraction(0), 0
        for each in self.reports.values():
            if len(each) < 2 or self.gained(each[-1]) <= 0:
                continue
            shares, gains = [Fraction(0), *(self.share(r[0]) for r in each)], [0, *map(self.gained, each)]
            rate = Fraction(gains[-1]) / shares[-1] if shares[-1] else Fraction(0)
            parts = [(b - a, n - m) for a, b, m, n in zip(shares, shares[1:], gains, gains[1:], strict=False) if b > a]
            total += sum((n - rate * part) ** 2 / (rate * part) for part, n in parts if rate)
            freedom += max(0, len(parts) - 1)
        return max(1.0, float(total / freedom)) if freedom else 1.0

    @cached_property
    def limits(self) -> dict[str, int]:
        """Workforce with all its growth."""
        growth = self.facts.leaf.optional("growth_estimate")
        every = zip(self.facts.leaf.units, self.facts.workforce, growth, strict=True)
        if "workforce" not in self.facts.leaf.columns:
            return dict.fromkeys(self.facts.leaf.units, self.target)
        return {unit: now + int(more or 0) for unit, now, more in every}

    @cached_property
    def known(self) -> dict[str, tuple[float, float, int, int]]:
        """Forecast, variance and interval of units of whose year a part is over."""
        made = {}
        for unit, each in self.reports.items():
            part, gained, limit = self.share(each[-1][0]), self.gained(each[-1]), self.limits[unit]
            if not part:
                continue
            least = -limit if self.net else gained
            whole = gained / part
            counted = each[-1][1] + each[-1][2] * self.net + 0.5
            variance = self.spread * counted * float(1 - part) / float(part) ** 2
            ends = [float(whole) - NINE_TENTHS * sqrt(variance), float(whole) + NINE_TENTHS * sqrt(variance)]
            if len(each) > 1 and (since := part - self.share(each[-2][0])) > 0:
                ends.append(float(gained + (gained - self.gained(each[-2])) * (1 - part) / since))
            low = max(least, min(floor(min(ends)), limit))
            high = max(low, min(ceil(max(ends)), limit))
            made[unit] = float(max(least, min(whole, max(limit, gained)))), variance, low, high
        return made

    @cached_property
    def common(self) -> float | None:
        """Forecasts over quotas."""
        some = [(self.known[unit][0], self.facts.quotas[unit]) for unit in self.known if self.facts.quotas[unit]]
        return sum(f for f, _ in some) / sum(q for _, q in some) if some else None

    @cached_property
    def forecasts(self) -> dict[str, tuple[float, float]]:
        """Forecast and variance of every unit, at the common pace where it has none of its own."""
        some = {unit: self.facts.quotas[unit] for unit in self.known if self.facts.quotas[unit]}
        common = self.common or 0.0
        apart = sum((self.known[u][0] - common * q) ** 2 / q for u, q in some.items()) / max(1, sum(some.values()))
        made = {}
        for unit, quota in self.facts.quotas.items():
            least = self.gained(self.reports[unit][-1]) * (not self.net) if unit in self.reports else -self.limits[unit]
            if unit in self.reports and self.net:
                least = -self.limits[unit]
            at = max(min(common * quota, self.limits[unit]), least)
            made[unit] = self.known[unit][:2] if unit in self.known else (at, self.spread * abs(at) + apart * quota**2)
        return made

    @cached_property
    def chance(self) -> float | None:
        """Probability of the target."""
        if self.common is None:
            return None
        mean, variance = (sum(each[n] for each in self.forecasts.values()) for n in (0, 1))
        target, there = self.target, {unit: self.gained(each[-1]) for unit, each in self.reports.items()}
        least = -sum(self.limits.values()) if self.net else sum(there.values())
        most = sum(max(limit, there.get(unit, 0)) for unit, limit in self.limits.items())
        if target <= least or target > most:
            return float(target <= least)
        if not variance:
            return float(mean >= target)
        return 1 - (1 + erf((target - mean) / sqrt(2 * variance))) / 2

    @property
    def target(self) -> int:
        """The whole target, reserve and all."""
        return self.scene.drawn.case.scenario.target

    @cached_property
    def units(self) -> dict[str, Mapping[str, Any]]:
        """What the JSON has of each unit."""
        return {each["unit"]: each for each in self.scene.found.records["units"]}

    @property
    def changes(self) -> dict[str, int]:
        """What each quota changes by."""
        return {unit: each["quota"] - self.facts.quotas[unit] for unit, each in self.units.items()}


@lru_cache(maxsize=2)
def year_of(scene: Scene) -> Year:
    """The year of a scene, worked out once."""
    return Year(scene)


@ordered("review")
def a_year(scene: Scene) -> Iterator[str]:
    """Every unit's forecast, interval and status, what it may be given, the sums, and its reason."""
    year, records = year_of(scene), scene.found.records
    settings = scene.drawn.case.scenario.review
    if sum(each["quota"] for each in records["units"]) + records["reserve"] != year.target:
        yield "quotas and reserve do not add up to the target"
    if not settings.reserve - settings.release <= records["reserve"] <= settings.reserve:
        yield f"a reserve of {records['reserve']}"
    reasons = {unit: each["reason"] for each in records["reasons"] for unit in each["units"]}
    if sorted(reasons) != sorted(year.units):
        yield f"reasons of {sorted(reasons)}"
    for each in records["reasons"]:
        if each["change"] != sum(year.changes[unit] for unit in each["units"]):
            yield f"{each} does not add up"
    for unit, each in year.units.items():
        yield from (f"{unit}: {text}" for text in _of_unit(year, unit, each, reasons[unit]))


def _of_unit(year: Year, unit: str, each: Mapping[str, Any], reason: str) -> Iterator[str]:
    quota, lot, facts = year.facts.quotas[unit], year.facts.scenario.lot, year.facts
    if each["previous_quota"] != quota or each["change"] != each["quota"] - quota:
        yield f"{each['previous_quota']} before, decided again {quota}"
    if year.common is not None:
        right = year.forecasts[unit]
        if any(abs(a - each[k]) > 1e-6 * max(1, abs(a)) for a, k in zip(right, ("forecast", "variance"), strict=True)):
            yield f"forecast {each['forecast']} ± {each['variance']}, worked out {right}"
    status = "NO_REPORT" if unit not in year.reports else "ON_COURSE"
    if unit in year.known:
        low, high = year.known[unit][2:]
        status = "AT_RISK" if high < quota else "WITH_ROOM" if low > quota else "ON_COURSE"
        if (each["low"], each["high"]) != (low, high):
            yield f"interval {each['low']}, {each['high']}, worked out {low}, {high}"
    if each["status"] != status or each["at_risk"] != (status == "AT_RISK"):
        yield f"{each['status']}, worked out {status}"
    made, at = facts.made, facts.at(unit)
    achieved = year.gained(year.reports[unit][-1]) if unit in year.reports else 0
    reach = max(made.bounds.floor[at] * lot, achieved, each["forecast"] or 0)
    least, most = ceil(reach / lot) * lot, floor(min(made.bounds.cap[at] * lot, each["forecast"] or 0) / lot) * lot
    new = each["quota"]
    holds = {
        "GIVES": status == "AT_RISK" and new == least < quota,
        "GIVES_SOME": status == "AT_RISK" and least < new < quota,
        "KEEPS": status == "AT_RISK" and new == quota > least,
        "AT_LEAST": status == "AT_RISK" and new == quota <= least,
        "TAKES": status == "WITH_ROOM" and quota < new <= most,
        "WAITS": status == "WITH_ROOM" and new == quota < most,
        "AT_MOST": status == "WITH_ROOM" and new == quota >= most,
        "LOCKED": status in ("AT_RISK", "WITH_ROOM") and new == quota and made.positions[at] == "LOCKED",
        "ON_COURSE": status == "ON_COURSE" and new == quota,
        "NO_REPORT": status == "NO_REPORT" and new == quota,
    }  # fmt: skip
    if not holds[reason]:
        yield f"{reason}: {quota} to {new}, reach {reach}, {least} to {most}, {status}"


@true_of("review.title")
def title(scene: Scene, said: Said) -> Figures:
    """The reports' year."""
    return {"year": 2017 if scene.drawn.reports else scene.drawn.case.scenario.year or 0}


@true_of("review.unknown", "review.short", "review.enough")
def province(scene: Scene, said: Said) -> Figures | bool | str:
    """All together."""
    year = year_of(scene)
    if year.common is None:
        return said.key == "review.unknown"
    mean, variance = (sum(each[n] for each in year.forecasts.values()) for n in (0, 1))
    there = {unit: year.gained(each[-1]) for unit, each in year.reports.items()}
    least = -sum(year.limits.values()) if year.net else sum(there.values())
    most = sum(max(limit, there.get(unit, 0)) for unit, limit in year.limits.items())
    ends = [mean - NINE_TENTHS * sqrt(variance), mean + NINE_TENTHS * sqrt(variance)]
    near = min(abs(each - round(each)) for each in ends) < 1e-6  # rounding may then go either way
    low = max(least, floor(ends[0]))
    high = max(low, min(most, ceil(ends[1])))
    lacks = max(0, year.target - round(mean))
    if (said.key == "review.short") != bool(lacks):
        return f"{lacks} are lacking"
    if abs(said.values["low"] - low) > near or abs(said.values["high"] - high) > near:
        return f"from {low} to {high}"
    return {**said.values, "target": year.target, "forecast": mean, "shortfall": lacks, "pace": year.common}


@true_of("review.chance")
def odds(scene: Scene, said: Said) -> bool | str:
    """The nearest of what can be said in ten cases; 1 in more of them at the ends."""
    year = year_of(scene)
    if year.chance is None or said.values["target"] != year.target:
        return f"the target is {year.target}"
    return nearest(said.values["chance"], year.chance)


def nearest(told: Fault, right: float) -> bool | str:
    """Whether so many in so many cases is as near to a probability as can be."""
    rare = min(right, 1 - right)
    if rare < 0.01 - 1e-9:
        return bool(told.key == ("chance.hardly" if right < 0.5 else "chance.surely")) or f"{right}"
    if told.key != "chance.about":
        return abs(rare - 0.01) < 1e-9 or f"{right}"
    count, of = told.values["count"], told.values["of"]
    ten = [(n, m) for m in range(1, 11) for n in range(m + 1)]
    other = [(1, m) for m in range(10, 101)] + [(m - 1, m) for m in range(10, 101)]
    nearest = min(abs(n / m - right) for n, m in (ten if rare >= 0.1 else other))
    return (0 < count < of and abs(count / of - right) <= nearest + 2e-3) or f"{right}"


@true_of("review.moved", "review.both", "review.given", "review.nothing")
def what_moves(scene: Scene, said: Said) -> Figures | str:
    """From whom to whom."""
    changes = year_of(scene).changes.values()
    downs, ups = [each for each in changes if each < 0], [each for each in changes if each > 0]
    given = sum(changes)
    key = ("both" if given else "moved") if downs else "given" if given else "nothing"
    if said.key != f"review.{key}":
        return f"{key}"
    return {"members": -sum(downs), "given": given, "givers": len(downs), "takers": len(ups)}


@true_of("review.unplaced")
def unplaced(scene: Scene, said: Said) -> Figures:
    """What units at risk keep beyond what they can reach."""
    year, total = year_of(scene), 0
    lot, made = year.facts.scenario.lot, year.facts.made
    for unit, each in year.units.items():
        at = year.facts.at(unit)
        if each["status"] == "AT_RISK" and made.positions[at] != "LOCKED":
            achieved = year.gained(year.reports[unit][-1])
            reach = max(made.bounds.floor[at] * lot, achieved, each["forecast"])
            total += max(0, each["quota"] - ceil(reach / lot) * lot)
    return {"members": total}


@true_of("review.reserve", "review.not_released")
def reserve(scene: Scene, said: Said) -> Figures:
    """What is held back, and what was released and is left."""
    left, settings = scene.found.records["reserve"], scene.drawn.case.scenario.review
    if said.key == "review.reserve":
        return {"members": left}
    return {"release": settings.release, "left": left - settings.reserve + settings.release}


@true_of("review.no_report", "review.at_pace")
def silent(scene: Scene, said: Said) -> Figures | str:
    """Units without a report; their quotas stay."""
    year = year_of(scene)
    units = [unit for unit in year.facts.leaf.units if unit not in year.reports]
    if (said.key == "review.at_pace") != (year.common is not None):
        return f"a pace of {year.common}"
    return {"units": units, "pace": year.common} if not any(year.changes[unit] for unit in units) else "they move"


@true_of("review.dates", "review.one_report")
def dated(scene: Scene, said: Said) -> Figures | bool:
    """The days of the latest reports; whether any unit has two."""
    reports = year_of(scene).reports
    if said.key == "review.one_report":
        return bool(reports) and all(len(each) == 1 for each in reports.values())
    days = sorted(each[-1][0] for each in reports.values())
    first, last = (f"{day.day:02}/{day.month:02}/{day.year}" for day in (days[0], days[-1]))
    return {"first": first, "last": last} if first != last else False


@true_of("review.price")
def price(scene: Scene, said: Said) -> Figures:
    """The setting that has no effect."""
    return {"price": scene.drawn.case.scenario.review.price}


@true_of("review.units")
def listed(scene: Scene, said: Said) -> Figures:
    """Units of a reason."""
    return {"units": scene.found.records["reasons"][said.row]["units"]}


@true_of(*(f"status.{each}" for each in ("AT_RISK", "WITH_ROOM", "ON_COURSE", "NO_REPORT")))
def status(scene: Scene, said: Said) -> bool:
    """As the JSON has it."""
    return isinstance(said.text, Fault) and said.text == say(
        f"status.{scene.found.records['units'][said.row]['status']}"
    )


@true_of(*(f"review.why.{each}" for each in ("GIVES", "GIVES_SOME", "TAKES", "KEEPS", "AT_LEAST", "WAITS", "AT_MOST",
                                            "LOCKED", "ON_COURSE", "NO_REPORT")))  # fmt: skip
def reasoned(scene: Scene, said: Said) -> bool:
    """As the JSON has it, whose units are tried one by one."""
    return said.key.endswith(f".{scene.found.records['reasons'][said.row]['reason']}")
