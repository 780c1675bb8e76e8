"""Reviews: what must hold whatever the reports say, and the cases in which a review must say what it did."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator import allocate
from allocator.data.records import Progress, Report
from allocator.data.table import Table
from allocator.errors import InputError
from allocator.model.scenario import Scenario
from allocator.year.pace import elapsed, paces
from allocator.year.review import QuotaReview, review

MAY, NOVEMBER = date(2017, 5, 15), date(2017, 11, 20)


def scenario(target: int, **keys: object) -> Scenario:
    return Scenario.model_validate({"data": "t.csv", "target": target, **keys})


@st.composite
def reviews(draw: st.DrawFn) -> tuple[Table, Scenario, Progress]:
    """Up to six units, any lot, a floor now and then, one or two reports a unit or none."""
    count = draw(st.integers(1, 6))
    workforce = draw(st.lists(st.integers(10, 400), min_size=count, max_size=count))
    units = tuple("ABCDEF"[:count])
    lot = draw(st.sampled_from([1, 5, 10]))
    least = draw(st.sampled_from([0, 0, lot]))
    most = sum(each // lot for each in workforce)
    target = draw(st.integers(min(most, count), most)) * lot
    reports = {}
    for unit, limit in zip(units, workforce, strict=True):
        first = draw(st.none() | st.integers(0, limit))
        if first is not None:
            second = draw(st.none() | st.integers(first, limit))
            more = () if second is None else (Report(NOVEMBER, second, 0),)
            reports[unit] = (Report(MAY, first, 0), *more)
    price = draw(st.sampled_from([0, 0.05, 0.1, 1]))
    made = scenario(target, lot=lot, bounds={"min_quota": least}, review={"price": price})
    return Table(units, {"workforce": tuple(workforce)}), made, Progress(2017, reports)


def done(made: QuotaReview) -> int:
    return sum(each.achieved for each in made.pace)


@settings(deadline=None, max_examples=100)
@given(reviews())
def test_the_target_is_kept_and_nothing_achieved_is_taken_away(case: tuple[Table, Scenario, Progress]) -> None:
    table, chosen, progress = case
    made = review(table, chosen, progress)
    assert sum(made.quotas) == chosen.target
    assert all(quota >= 0 and quota % made.lot == 0 for quota in made.quotas)
    assert sum(made.changes) == 0
    assert sum(move.members for move in made.moves) == made.moved
    if done(made) >= chosen.target:
        assert made.quotas == made.current.quotas
        assert made.notes[-1].key == "review.target_reached"
    else:
        assert all(quota >= each.achieved for quota, each in zip(made.quotas, made.pace, strict=True))


@settings(deadline=None, max_examples=60)
@given(reviews(), st.sampled_from([0.01, 0.1, 0.5, 2]))
def test_a_higher_price_never_moves_more(case: tuple[Table, Scenario, Progress], more: float) -> None:
    table, chosen, progress = case
    dearer = chosen.changed({"review": {"price": chosen.review.price + more}})
    assert review(table, dearer, progress).moved <= review(table, chosen, progress).moved


@settings(deadline=None, max_examples=60)
@given(reviews(), st.dates(date(2017, 1, 10), date(2017, 12, 31)), st.sampled_from([0, 0.1]))
def test_with_no_deviation_nothing_moves(case: tuple[Table, Scenario, Progress], day: date, price: float) -> None:
    table, chosen, _ = case
    share = elapsed("calendar", day)
    quotas = allocate(table, chosen).quotas
    on_pace = {unit: (Report(day, round(share * quota), 0),) for unit, quota in zip(table.units, quotas, strict=True)}
    made = review(table, chosen.changed({"review": {"price": price}}), Progress(2017, on_pace))
    assert made.quotas == quotas
    assert made.moves == ()


def test_whoever_is_behind_gives_to_whoever_has_room() -> None:
    table = Table(("A", "B", "C"), {"workforce": (400, 400, 400)})
    reports = {"A": (Report(MAY, 10, 0),), "B": (Report(MAY, 110, 0),), "C": (Report(MAY, 37, 0),)}
    made = review(table, scenario(300, lot=10), Progress(2017, reports))
    assert [each.status for each in made.pace] == ["AT_RISK", "WITH_ROOM", "ON_COURSE"]
    assert made.changes[0] < 0 < made.changes[1]
    assert made.quotas[1] >= 110
    assert made.moves[0].giver == "A"
    assert made.moves[0].taker == "B"


def test_floors_above_the_target_make_lots_of_one() -> None:
    table = Table(tuple("ABCD"), {"workforce": (100,) * 4})
    reports = {unit: (Report(NOVEMBER, n, 0),) for unit, n in zip("ABCD", (21, 11, 1, 1), strict=True)}
    made = review(table, scenario(40, lot=10), Progress(2017, reports))
    assert made.lot == 1
    assert sum(made.quotas) == 40
    assert "review.lots_of_one" in [note.key for note in made.notes]


def test_rules_that_what_is_recruited_leaves_no_room_for_are_left_out() -> None:
    table = Table(tuple("AB"), {"workforce": (100, 100)})
    made = review(
        table,
        scenario(40, lot=10, locks=[{"unit": "B", "quota": 20}]),
        Progress(2017, {"A": (Report(NOVEMBER, 35, 0),), "B": (Report(NOVEMBER, 0, 0),)}),
    )
    assert made.quotas[0] >= 35
    assert sum(made.quotas) == 40
    assert "review.rules_left_out" in [note.key for note in made.notes]


def test_a_group_gives_way_to_what_is_recruited() -> None:
    table = Table(tuple("ABC"), {"workforce": (100,) * 3})
    chosen = scenario(60, lot=10, groups=[{"name": "g", "units": ["A", "B"], "max": 20}])
    made = review(table, chosen, Progress(2017, {"A": (Report(MAY, 33, 0),)}))
    assert made.quotas == (40, 0, 20) or made.quotas[0] == 40
    assert sum(made.quotas) == 60


def test_a_reserve_is_held_back_and_released() -> None:
    table = Table(("A", "B"), {"workforce": (400, 400)})
    held = scenario(300, lot=10, review={"reserve": 40})
    none = review(table, held, Progress(2017, {}))
    assert sum(none.quotas) == 260
    assert none.reserve == 40
    made = review(table, held.changed({"review": {"release": 30}}), Progress(2017, {"B": (Report(MAY, 110, 0),)}))
    assert sum(made.quotas) == 290
    assert made.reserve == 10
    assert sum(move.members for move in made.moves if move.giver is None) == 30
    assert made.moves[-1].taker == "B"


def test_all_of_the_target_may_have_been_held_back() -> None:
    table = Table(("A", "B", "C"), {"workforce": (400, 400, 0)})
    made = review(table, scenario(300, lot=10, review={"reserve": 300, "release": 200}), Progress(2017, {}))
    assert made.current.quotas == (0, 0, 0)
    assert made.quotas == (100, 100, 0)
    assert made.reserve == 100


def test_a_tree_is_refused_by_name() -> None:
    table = Table(("A", "B"), {"workforce": (400, 400)}, (None, None), (None, "A"))
    with pytest.raises(InputError) as caught:
        review(table, scenario(300), Progress(2017, {}))
    assert [each.key for each in caught.value.faults] == ["year.tree"]


def test_net_quotas_are_measured_less_the_lost() -> None:
    table = Table(("A", "B"), {"workforce": (400, 400)})
    progress = Progress(2017, {"A": (Report(MAY, 100, 95),), "B": (Report(MAY, 55, 0),)})
    made = review(table, scenario(300, lot=10, quota_basis="net"), progress)
    assert [each.achieved for each in made.pace] == [5, 55]
    assert made.pace[0].status == "AT_RISK"


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
