"""Reviews: what must hold whatever the reports say, the best of all that may move, and every sentence recomputed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import product
from math import ceil, erf, floor, inf, sqrt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from allocator.data.records import Progress, Report
from allocator.data.table import Table
from allocator.errors import Fault, InfeasibleError, InputError
from allocator.finding import Finding
from allocator.finding.chance import chance
from allocator.model.scenario import Scenario
from allocator.questions import Case, find
from allocator.year.pace import elapsed, paces
from allocator.year.review import QuotaReview, review

MAY, NOVEMBER = date(2017, 5, 15), date(2017, 11, 20)
Reviewed = tuple[Table, Scenario, Progress]


def scenario(target: int, **keys: object) -> Scenario:
    return Scenario.model_validate({"data": "t.csv", "target": target, **keys})


@st.composite
def reviews(draw: st.DrawFn, most: int = 6, lots: int = 40) -> Reviewed:
    """Up to `most` units of at most `lots` lots; floors, caps, locks, a group and a reserve now and then."""
    count, lot = draw(st.integers(1, most)), draw(st.sampled_from([1, 5, 10]))
    workforce = draw(st.lists(st.integers(lot, lots * lot), min_size=count, max_size=count))
    units = tuple("ABCDEF"[:count])
    whole = sum(each // lot for each in workforce)
    target = draw(st.integers(1, whole))
    reserve = draw(st.sampled_from([0, 0, target // 4, target // 2]))
    held = {"reserve": reserve * lot, "release": draw(st.integers(0, reserve)) * lot}
    bounds: dict[str, dict[str, int]] = {}
    for unit in units:
        low, high = sorted((draw(st.integers(0, 4)), draw(st.integers(0, lots))))
        bounds |= draw(st.sampled_from([{}, {}, {unit: {"min": low * lot}}, {unit: {"max": high * lot}}]))
    locks = [{"unit": "A", "quota": draw(st.integers(0, 5)) * lot}] if draw(st.integers(0, 5)) == 5 else []
    groups = []
    if count > 2 and draw(st.booleans()):
        low, high = sorted((draw(st.integers(0, lots)), draw(st.integers(0, 2 * lots))))
        groups = [{"name": "g", "units": ["A", "B"], "min": low * lot, "max": high * lot}]
    reports = {}
    for unit, limit in zip(units, workforce, strict=True):
        first = draw(st.none() | st.integers(0, limit))
        if first is not None:
            second = draw(st.none() | st.integers(first, limit))
            more = () if second is None else (Report(NOVEMBER, second, 0),)
            reports[unit] = (Report(MAY, first, 0), *more)
    made = scenario(target * lot, lot=lot, bounds={"units": bounds}, locks=locks, groups=groups, review=held, year=2017)
    return Table(units, {"workforce": tuple(workforce)}), made, Progress(2017, reports)


def reviewed(case: Reviewed) -> QuotaReview:
    try:
        return review(*case)
    except (InfeasibleError, InputError):  # the scenario has no quotas to review
        assume(False)
        raise


def cases_of(made: QuotaReview) -> list[tuple[Any, int, int]]:
    """Pace, quota before and after of each unit."""
    return list(zip(made.pace, made.current.quotas, made.quotas, strict=True))


@settings(deadline=None, max_examples=150)
@given(reviews())
def test_sums_are_exact_and_nobody_is_treated_against_its_course(case: Reviewed) -> None:
    table, chosen, _ = case
    made = reviewed(case)
    assert sum(made.quotas) + made.reserve == chosen.target
    assert chosen.review.reserve - chosen.review.release <= made.reserve <= chosen.review.reserve
    assert sum(made.changes) == chosen.review.reserve - made.reserve
    assert all(quota >= 0 and quota % made.lot == 0 for quota in made.quotas)
    locked = [each.unit for each in chosen.locks]
    for unit, (at, before, after) in zip(table.units, cases_of(made), strict=True):
        if at.status == "AT_RISK":
            assert min(before, max(at.achieved, at.forecast)) <= after <= before
        elif at.status == "WITH_ROOM":
            assert before <= after <= max(before, at.forecast)
        else:
            assert after == before
        assert after >= min(before, at.achieved)
        assert unit not in locked or after == before
        own = chosen.bounds.units.get(unit)
        assert own is None or ((own.min or 0) <= after and (own.max is None or after <= own.max))
    for group in chosen.groups:
        assert group.min <= made.quotas[0] + made.quotas[1] <= group.max


@settings(deadline=None, max_examples=150)
@given(reviews(most=4, lots=8))
def test_no_other_quotas_within_the_bounds_cost_less(case: Reviewed) -> None:
    """All of them are tried: first the fewest lots left of the release, then the least Σ (k − ½)·lot / F."""
    table, chosen, _ = case
    made = reviewed(case)
    lot, sides, claims = made.lot, [], []
    for unit, (at, before, _) in zip(table.units, cases_of(made), strict=True):
        own, held = chosen.bounds.units.get(unit), before // lot
        least = 0 if own is None else ceil((own.min or 0) / lot)
        most = inf if own is None or own.max is None else own.max // lot
        most = min(most, table.column("workforce")[table.units.index(unit)] // lot)
        low = high = held
        if not any(each.unit == unit for each in chosen.locks):
            if at.status == "AT_RISK":
                low = min(held, max(least, ceil(Fraction(at.achieved, lot)), ceil(Fraction(at.forecast) / lot)))
            if at.status == "WITH_ROOM":
                high = max(held, min(most, floor(Fraction(at.forecast) / lot)))
        sides.append(range(low, int(high) + 1))
        claims.append(max(Fraction(at.forecast or 0), Fraction(1, 2)))

    def cost(lots: tuple[int, ...]) -> tuple[int, Fraction]:
        spent = [Fraction(k * k * lot, 2) / claim for k, claim in zip(lots, claims, strict=True)]
        return -sum(lots), sum(spent, Fraction(0))

    total, released = sum(made.current.lots), chosen.review.release // lot
    least, most = next(((each.min, each.max) for each in chosen.groups), (0, inf))
    fitting = [
        lots
        for lots in product(*sides)
        if total <= sum(lots) <= total + released and least <= sum(lots[:2]) * lot <= most
    ]
    found = tuple(each // lot for each in made.quotas)
    assert found in fitting
    best, mine = min(map(cost, fitting)), cost(found)
    assert mine[0] == best[0]
    assert float(mine[1]) == pytest.approx(float(best[1]), rel=1e-6)


@settings(deadline=None, max_examples=60)
@given(reviews(), st.dates(date(2017, 1, 10), date(2017, 12, 31)), st.integers(0, 100))
def test_where_all_are_as_late_nothing_moves(case: Reviewed, day: date, percent: int) -> None:
    table, chosen, _ = case
    before = chosen.changed({"review": {"release": 0}})
    quotas = reviewed((table, before, Progress(2017, {}))).current.quotas
    share = elapsed("calendar", day) * percent / 100
    reports = {unit: (Report(day, floor(share * quota), 0),) for unit, quota in zip(table.units, quotas, strict=True)}
    made = review(table, before, Progress(2017, reports))
    assert made.quotas == quotas
    assert not any(each.status == "WITH_ROOM" for each in made.pace)


def counted(finding: Finding, key: str) -> list[Fault]:
    return [each for each in finding.sections[0].texts if isinstance(each, Fault) and each.key == key]


def normal(value: float, mean: float, variance: float) -> float:
    """The part of a normal distribution up to a value."""
    return (1 + erf((value - mean) / sqrt(2 * variance))) / 2


@settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reviews())
def test_every_sentence_is_true(tmp_path: Path, case: Reviewed) -> None:
    """Each line and each reason recomputed from the units' records."""
    table, chosen, progress = case
    reviewed(case)
    lines = [f"{u},{r.recruited},{r.lost},{r.date}" for u, each in progress.reports.items() for r in each]
    assume(lines)
    (tmp_path / "p.csv").write_text("\n".join(["unit,recruited,lost,date", *lines]), encoding="utf-8")
    found = find("review").ask(Case("base", table, chosen), tmp_path / "p.csv")
    made, units = found.records, found.records["units"]
    assert len(found.lines) <= 5
    _tell_the_province(found, chosen, table)
    ups = [each["change"] for each in units if each["change"] > 0]
    downs = [each["change"] for each in units if each["change"] < 0]
    given_out = chosen.review.reserve - made["reserve"]
    keys = {(True, False): "moved", (True, True): "both", (False, True): "given", (False, False): "nothing"}
    (told,) = counted(found, f"review.{keys[bool(downs), bool(given_out)]}")
    assert told.values == {"members": -sum(downs), "given": given_out, "givers": len(downs), "takers": len(ups)}
    lot, by_name = made["lot"], {each["unit"]: each for each in units}
    allowed = dict(zip(table.units, sides(case), strict=True))
    beyond = 0
    for line in made["reasons"]:
        assert line["change"] == sum(by_name[each]["change"] for each in line["units"])
        for each in (by_name[unit] for unit in line["units"]):
            least, most = allowed[each["unit"]]
            beyond += _holds(line["reason"], each, lot, least, most)
    assert sorted(unit for line in made["reasons"] for unit in line["units"]) == sorted(by_name)
    assert [each.values["members"] for each in counted(found, "review.unplaced")] == [beyond] * bool(beyond)
    reasons = {line["reason"] for line in made["reasons"]}
    if not chosen.groups:  # nobody waits for what another cannot place
        assert not (reasons & {"GIVES_SOME", "KEEPS"} and "WAITS" in reasons)
        assert not counted(found, "review.not_released") or "WAITS" not in reasons


def sides(case: Reviewed) -> list[tuple[int, int]]:
    """Floor and cap of each unit, members."""
    made = review(*case)
    bounds = made.current.bounds
    return [(least * made.lot, most * made.lot) for least, most in zip(bounds.floor, bounds.cap, strict=True)]


def _holds(reason: str, each: dict[str, Any], lot: int, least: int, most: int) -> int:
    """Whether a reason is true of a unit; the members beyond reach that it keeps."""
    before, after, forecast = each["previous_quota"], each["quota"], each["forecast"]
    if reason in ("ON_COURSE", "NO_REPORT"):
        assert each["status"] == reason
        assert after == before
        assert reason == "NO_REPORT" or each["low"] <= before <= each["high"]
        return 0
    assert each["at_risk"] == (each["status"] == "AT_RISK") == (each["high"] < before)
    reach = max(least, each["achieved"], forecast)
    if reason in ("GIVES", "GIVES_SOME"):
        assert after < before
        assert reach <= after
        assert (after - reach < lot) == (reason == "GIVES")
    elif reason == "TAKES":
        assert before < after <= forecast
    elif reason == "KEEPS":
        assert before == after >= reach + lot
    elif reason == "AT_LEAST":
        assert before == after < reach + lot
    elif reason in ("WAITS", "AT_MOST"):
        assert before == after < each["low"]
        assert (min(most, forecast) - before < lot) == (reason == "AT_MOST")
    else:
        assert (reason, after) == ("LOCKED", before)
    return (after - ceil(reach / lot) * lot) if reason in ("GIVES_SOME", "KEEPS") else 0


def _tell_the_province(found: Finding, chosen: Scenario, table: Table) -> None:
    units, whole = found.records["units"], found.records["province"]
    if whole["forecast"] is None:
        assert counted(found, "review.unknown")
        return
    mean, variance = (sum(each[key] for each in units) for key in ("forecast", "variance"))
    assert whole["forecast"] == pytest.approx(mean)
    achieved, most = sum(each["achieved"] for each in units), sum(table.column("workforce"))
    margin = 1.645 * sqrt(variance)
    assert whole["low"] == pytest.approx(max(achieved, mean - margin), abs=1)
    assert whole["high"] == pytest.approx(min(most, mean + margin), abs=1)
    (text,) = counted(found, "review.short" if whole["shortfall"] else "review.enough")
    assert max(0, chosen.target - round(whole["forecast"])) == text.values["shortfall"]
    if achieved >= chosen.target or chosen.target > most:
        assert whole["probability"] == (achieved >= chosen.target)
    else:
        assert whole["probability"] == pytest.approx(1 - normal(chosen.target, mean, variance), abs=1e-9)
    (odds,) = (each.values["chance"] for each in counted(found, "review.chance"))
    if odds.key == "chance.about":
        assert abs(odds.values["count"] / odds.values["of"] - whole["probability"]) < 0.051
    else:
        assert odds.key == ("chance.hardly" if whole["probability"] < 0.01 else "chance.surely")


@pytest.mark.parametrize(
    ("probability", "said"),
    [(0.14, (1, 7)), (0.86, (6, 7)), (0.5, (1, 2)), (0.4, (2, 5)), (0.95, (19, 20)), (0.012, (1, 83)), (0.1, (1, 10))],
)
def test_a_probability_in_peoples_words(probability: float, said: tuple[int, int]) -> None:
    assert tuple(chance(probability).values.values()) == said
    assert [chance(each).key for each in (0, 0.009, 0.991, 1)] == ["chance.hardly"] * 2 + ["chance.surely"] * 2


def test_whoever_is_behind_gives_to_whoever_has_room() -> None:
    """By hand: 135 of 365 days are over, so A will bring 27, B 243 (quota 100 each; B may take 14 lots), C stays."""
    table = Table(("A", "B", "C"), {"workforce": (400, 400, 400)})
    reports = {"A": (Report(MAY, 10, 0),), "B": (Report(MAY, 90, 0),), "C": (Report(MAY, 37, 0),)}
    made = review(table, scenario(300, lot=10), Progress(2017, reports))
    assert [each.status for each in made.pace] == ["AT_RISK", "WITH_ROOM", "ON_COURSE"]
    assert made.changes == (-70, 70, 0)
    assert made.province.forecast == pytest.approx((10 + 90 + 37) * 365 / 135)
    assert (made.province.shortfall, made.unplaced) == (0, 0)


def test_what_nobody_has_room_for_stays_and_is_told() -> None:
    """A and B will bring 27 and 54, C 140 of a quota of 100: it takes four lots, all of them from A.

    The costs (k − ½)·10/F: A's lots 7 to 10 cost 2.4, 2.8, 3.1 and 3.5, B's tenth 1.8.
    """
    table = Table(("A", "B", "C"), {"workforce": (400, 400, 400)})
    reports = {"A": (Report(MAY, 10, 0),), "B": (Report(MAY, 20, 0),), "C": (Report(MAY, 52, 0),)}
    made = review(table, scenario(300, lot=10), Progress(2017, reports))
    assert made.changes == (-40, 0, 40)
    assert [each.reason for each in made.units] == ["GIVES_SOME", "KEEPS", "TAKES"]
    assert made.unplaced == (60 - 30) + (100 - 60)
    assert made.province.shortfall == 300 - round((10 + 20 + 52) * 365 / 135)


def test_one_that_did_not_report_keeps_its_quota_and_is_forecast_at_the_common_pace() -> None:
    """A and B bring 50 and 150 of 100 each: pace 1, τ² = (0.5² + 0.5²)·100 / 200 = ¼, C's variance 100 + 2500."""
    table = Table(("A", "B", "C"), {"workforce": (400, 400, 400)})
    day = date(2017, 7, 2)  # 183 of 365 days
    reports = {"A": (Report(day, 25, 0),), "B": (Report(day, 75, 0),)}
    made = review(table, scenario(300, lot=10), Progress(2017, reports))
    assert made.quotas[2] == 100
    assert made.pace[2].forecast == pytest.approx(100, rel=0.01)
    assert made.pace[2].variance == pytest.approx(100 + 2500, rel=0.01)
    assert made.pace[2].low is None
    assert made.province.pace == pytest.approx(1, rel=0.01)
    assert made.province.probability == pytest.approx(0.5, abs=0.05)
    assert [each.key for each in made.notes] == ["review.at_pace", "review.one_report"]


def test_a_lock_and_a_group_stay() -> None:
    table = Table(("A", "B", "C"), {"workforce": (400, 400, 400)})
    reports = {"A": (Report(MAY, 10, 0),), "B": (Report(MAY, 90, 0),), "C": (Report(MAY, 37, 0),)}
    locked = scenario(300, lot=10, locks=[{"unit": "A", "quota": 100}])
    made = review(table, locked, Progress(2017, reports))
    assert made.changes == (0, 0, 0)
    assert [each.reason for each in made.units] == ["LOCKED", "WAITS", "ON_COURSE"]
    grouped = scenario(300, lot=10, groups=[{"name": "g", "units": ["B", "C"], "max": 220}])
    made = review(table, grouped, Progress(2017, reports))
    assert made.changes == (-20, 20, 0)
    assert [each.reason for each in made.units] == ["GIVES_SOME", "TAKES", "ON_COURSE"]


def test_a_reserve_is_given_to_those_with_room_before_others_give() -> None:
    """B will bring 189 of 130, so that it has room for five lots; three come from the reserve, two from A."""
    table = Table(("A", "B"), {"workforce": (400, 400)})
    held = scenario(300, lot=10, review={"reserve": 40, "release": 30})
    none = review(table, held, Progress(2017, {}))
    assert (sum(none.quotas), none.reserve, none.moved) == (260, 40, 0)
    assert [each.key for each in none.notes] == ["review.no_report", "review.not_released"]
    made = review(table, held, Progress(2017, {"A": (Report(MAY, 10, 0),), "B": (Report(MAY, 70, 0),)}))
    assert made.changes == (-20, 50)
    assert made.reserve == 10


def test_all_of_the_target_may_have_been_held_back() -> None:
    table = Table(("A", "B", "C"), {"workforce": (400, 400, 0)})
    made = review(table, scenario(300, lot=10, review={"reserve": 300, "release": 200}), Progress(2017, {}))
    assert made.quotas == made.current.quotas == (0, 0, 0)
    assert made.reserve == 300
    reports = {"A": (Report(MAY, 37, 0),)}
    made = review(table, scenario(300, lot=10, review={"reserve": 300, "release": 200}), Progress(2017, reports))
    assert (made.quotas, made.reserve) == ((100, 0, 0), 200)


def test_a_tree_is_refused_by_name() -> None:
    table = Table(("A", "B"), {"workforce": (400, 400)}, (None, None), (None, "A"))
    with pytest.raises(InputError) as caught:
        review(table, scenario(300), Progress(2017, {}))
    assert [each.key for each in caught.value.faults] == ["year.tree"]


def test_a_price_is_read_and_said_to_have_no_effect() -> None:
    table = Table(("A", "B"), {"workforce": (400, 400)})
    progress = Progress(2017, {"A": (Report(MAY, 10, 0),), "B": (Report(MAY, 70, 0),)})
    plain, priced = (review(table, scenario(200, lot=10, review=each), progress) for each in ({}, {"price": 2}))
    assert plain.quotas == priced.quotas
    assert [each.key for each in priced.notes] == ["review.one_report", "review.price"]
    assert [each.key for each in plain.notes] == ["review.one_report"]


def test_net_quotas_are_measured_less_the_lost() -> None:
    table = Table(("A", "B"), {"workforce": (400, 400)})
    progress = Progress(2017, {"A": (Report(MAY, 100, 95),), "B": (Report(MAY, 55, 0),)})
    made = review(table, scenario(300, lot=10, quota_basis="net"), progress)
    assert [each.achieved for each in made.pace] == [5, 55]
    assert made.pace[0].status == "AT_RISK"


def test_a_net_forecast_may_be_below_nothing() -> None:
    table = Table(("A", "B"), {"workforce": (400, 400)})
    progress = Progress(2017, {"A": (Report(MAY, 10, 60),), "B": (Report(MAY, 90, 0),)})
    made = review(table, scenario(200, lot=10, quota_basis="net"), progress)
    assert made.province.forecast == pytest.approx((90 - 50) * 365 / 135)
    assert made.quotas == (0, 200)


def test_a_forecast_is_no_more_than_the_workforce() -> None:
    (found,) = paces(Progress(2017, {"A": (Report(MAY, 90, 0),)}), ["A"], [50], [(100, 120)], "calendar", "gross")
    assert (found.forecast, found.high) == (120, 120)


def test_a_year_that_is_over_leaves_no_doubt() -> None:
    table, day = Table(("A", "B"), {"workforce": (400, 400)}), date(2017, 12, 31)
    for gained, probability in ((100, 1), (99, 0)):
        progress = Progress(2017, {"A": (Report(day, 100, 0),), "B": (Report(day, gained, 0),)})
        assert review(table, scenario(200), progress).province.probability == probability


def test_a_season_spreads_the_year() -> None:
    season = [0.0] * 4 + [0.5] + [0.0] * 5 + [0.5, 0.0]
    assert elapsed(season, date(2017, 4, 30)) == 0
    assert elapsed(season, date(2017, 5, 31)) == Fraction(1, 2)
    assert elapsed(season, date(2017, 12, 31)) == 1
    (early,) = paces(Progress(2017, {"A": (Report(date(2017, 4, 1), 3, 0),)}), ["A"], [50], [(99, 99)], season, "gross")
    assert early.forecast is None
    assert early.status == "ON_COURSE"


@pytest.mark.parametrize("jump", [0, 40])
def test_uneven_growth_widens_the_interval(jump: int) -> None:
    steps = [Report(date(2017, month, 28), 10 * month + jump * (month == 4), 0) for month in (1, 2, 3, 4)]
    (found,) = paces(Progress(2017, {"A": tuple(steps)}), ["A"], [120], [(900, 900)], "calendar", "gross")
    (last,) = paces(Progress(2017, {"A": tuple(steps[-1:])}), ["A"], [120], [(900, 900)], "calendar", "gross")
    assert found.forecast == last.forecast
    assert found.low is not None
    assert found.high is not None
    assert last.low is not None
    assert last.high is not None
    assert (found.high - found.low > last.high - last.low) == bool(jump)


def test_growth_of_the_workforce_bounds_the_forecast() -> None:
    (found,) = paces(Progress(2017, {"A": (Report(MAY, 30, 0),)}), ["A"], [40], [(20, 50)], "calendar", "gross")
    assert found.growth_seen == 10
    assert found.high == 50
    assert replace(found, high=0).low == found.low


def test_without_workforces_nobody_is_forecast_less_for_want_of_people() -> None:
    table = Table(("A", "B"), {"members": (400, 400)})
    progress = Progress(2017, {"A": (Report(MAY, 10, 0),), "B": (Report(MAY, 70, 0),)})
    chosen = scenario(200, lot=10, drivers=[{"column": "members"}])
    made = review(table, chosen, progress)
    known = review(Table(table.units, {"workforce": (400, 400)}), scenario(200, lot=10), progress)
    assert [each.forecast for each in made.pace] == [each.forecast for each in known.pace]
    assert made.quotas == known.quotas
    assert [each.growth_seen for each in made.pace] == [0, 0]
