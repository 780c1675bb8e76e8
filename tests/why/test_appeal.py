"""Appeals: the values that make a quota fair, held to a scan of all values; and who pays when it is granted."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allocator.data.table import Table
from allocator.errors import InfeasibleError, InputError
from allocator.files import load_scenario
from allocator.model.allocation import allocate
from allocator.model.scenario import Scenario
from allocator.why.answers import FIGURES
from allocator.why.appeal import appeal
from allocator.why.axis import Range
from tests.stress.appeals import wrong

TABLE, BASE = load_scenario("an-giang-2017/base")
relaxed = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])


def quota(table: Table, scenario: Scenario, unit: int) -> int | None:
    try:
        return allocate(table, scenario, method="waterfill").quotas[unit]
    except InfeasibleError:
        return None


@st.composite
def small_cases(draw: st.DrawFn) -> tuple[Table, Scenario, int, int]:
    count = draw(st.integers(2, 4))

    def column(low: int, high: int) -> tuple[int, ...]:
        return tuple(draw(st.lists(st.integers(low, high), min_size=count, max_size=count)))

    columns = {"workforce": column(1, 30), "growth_estimate": column(0, 20), "term_target": column(0, 20)}
    table = Table(tuple("ABCD"[:count]), {**columns, "recruited": column(0, 20)}, (None,) * count, (None,) * count)
    lot = draw(st.sampled_from([1, 2, 5]))
    scenario = Scenario.model_validate(
        {
            "data": "t.csv",
            "target": lot * draw(st.integers(1, 8)),
            "lot": lot,
            "growth": {"realisation": draw(st.sampled_from([0, 0.25, 1]))},
            "attainment": {"exponent": draw(st.sampled_from([0, 1, 0.5, -1])), "floor": 0.25, "ceiling": 1.5},
            "bounds": {"max_share": draw(st.sampled_from([None, 1, 0.8])), "min_quota": draw(st.sampled_from([0, 1]))},
        }
    )
    return table, scenario, draw(st.integers(0, count - 1)), lot * draw(st.integers(0, 8))


@relaxed
@given(small_cases())
def test_headcounts_equal_a_scan_of_all_values(case: tuple[Table, Scenario, int, int]) -> None:
    table, scenario, unit, asked = case
    if quota(table, scenario, unit) is None:
        return
    try:
        made = appeal(table, scenario, table.units[unit], asked)
    except InfeasibleError:
        return
    for column, answer in (("workforce", made.figures["workforce"]), ("growth_estimate", made.figures["growth"])):
        works = {v for v in range(120) if quota(table.with_figure(column, unit, v), scenario, unit) == asked}
        found = {v for v in range(120) if any(v in _within(each) for each in answer.ranges)}
        assert found == works
        if works and answer.present is not None:
            nearest = min(abs(v - answer.present) for v in works)
            assert answer.value is not None
            assert abs(answer.value - answer.present) <= nearest


def _within(part: Range) -> range:
    return range(int(part.low), 10**10 if part.high is None else int(part.high) + 1)


def test_random_appeals_typed_back() -> None:
    assert [text for seed in range(60) for text in wrong(seed)] == []


def test_who_pays_lot_by_lot() -> None:
    made = appeal(TABLE, BASE, "Long Xuyên", 1100)
    assert made.quota == 1010
    assert [(each["unit"], each["change"]) for each in made.absorbed_by] == [
        ("CĐ các KCN", -60),
        ("CĐCS tỉnh", -20),
        ("Tịnh Biên", -10),
    ]
    assert [each["change"] for each in made.moves] == [-10] * 9
    assert [each["effort"] for each in made.moves] == sorted((each["effort"] for each in made.moves), reverse=True)
    # One lot after the other: granting less takes the first lots of the same list.
    part = appeal(TABLE, BASE, "Long Xuyên", 1050)
    assert part.moves == made.moves[:4]
    document = made.to_json()
    json.dumps(document, allow_nan=False)
    assert (document["workforce"], document["growth"], document["attainment"]) == (2261, 1038, None)
    assert (document["misplaced_before"], document["misplaced"]) == (270, 220)
    assert quota(TABLE.with_figure("workforce", 0, 2261), BASE, 0) == 1100
    assert quota(TABLE.with_figure("workforce", 0, 2260), BASE, 0) == 1090


def test_asking_for_the_fair_quota_changes_nothing() -> None:
    made = appeal(TABLE, BASE, "Long Xuyên", 1010)
    assert made.figures["workforce"].value == 2053
    assert made.figures["attainment"].value == made.figures["attainment"].present
    assert (made.absorbed_by, made.moves) == ([], [])


def test_a_locked_unit_is_told_that_it_is_locked() -> None:
    lock = {"unit": "An Phú", "quota": 30, "by": "the board", "reason": "agreed in March"}
    made = appeal(TABLE, BASE.changed({"locks": [lock]}), "An Phú", 40)
    why = {"code": "appeal.locked", "quota": 30, "key": "locks.An Phú", "by": "the board", "reason": "agreed in March"}
    found = made.to_json()
    assert [(found[name], found["ranges"][name], found["obstacles"][name]) for name in FIGURES] == [(None, [], why)] * 3
    assert made.granted.quotas[TABLE.units.index("An Phú")] == 40


def obstacles(unit: str, asked: int, **changes: Any) -> dict[str, Any]:
    return dict(appeal(TABLE, BASE.changed(changes), unit, asked).to_json()["obstacles"])


def test_what_stands_in_the_way_is_named() -> None:
    growth, past = {"realisation": 0}, {"exponent": 0}
    assert obstacles("Châu Phú", 150)["attainment"] == {"code": "appeal.floor", "floor": 0.5}
    assert obstacles("Châu Phú", 150)["growth"] == {"code": "appeal.never_below", "quota": 250}
    assert obstacles("Long Xuyên", 1100)["attainment"] == {"code": "appeal.ceiling", "ceiling": 1}
    assert obstacles("Long Xuyên", 1300, growth=growth)["growth"] == {"code": "appeal.uncounted"}
    assert obstacles("Long Xuyên", 1300, attainment=past)["attainment"] == {"code": "appeal.unweighed"}
    half = [{"column": "workforce", "share": 0.1}, {"equal": True, "share": 0.9}]
    assert obstacles("Long Xuyên", 2000, drivers=half)["workforce"] == {"code": "appeal.drivers", "share": 0.1}


def test_the_low_clip_reaches_down_to_nothing_and_the_high_one_up_without_end() -> None:
    low, high = (appeal(TABLE, BASE, unit, asked) for unit, asked in (("Tân Châu", 80), ("Long Xuyên", 1010)))
    assert low.to_json()["ranges"]["attainment"] == [[0, 0.5192]]
    ((start, end),) = high.to_json()["ranges"]["attainment"]
    assert (start > 0.9, end) == (True, None)


def test_a_driver_of_recruits_does_not_hide_the_values_of_attainment() -> None:
    table, scenario = load_scenario("tests/why/cases/appeal_recruited_driver/s.yaml")
    made = appeal(table, scenario, "U0", 5)
    tried = {each / 100: quota(table.with_figure("attainment", 0, each / 100), scenario, 0) == 5 for each in range(200)}
    spans = [(each.low, 9 if each.high is None else each.high) for each in made.figures["attainment"].ranges]
    assert {value for value, gives in tried.items() if gives} == {
        value for value in tried if any(low <= value <= high for low, high in spans)
    }


def test_a_request_beyond_the_rules_names_them() -> None:
    with pytest.raises(InfeasibleError, match=r"lock of An Phú \(950\) is above largest share .*An Phú: 60"):
        appeal(TABLE, BASE, "An Phú", 950)


def test_unknown_units_and_part_lots() -> None:
    with pytest.raises(InputError, match="Long Xuyên"):
        appeal(TABLE, BASE, "Long Xuyne", 950)
    with pytest.raises(InputError, match="ask for 950 or 960"):
        appeal(TABLE, BASE, "Long Xuyên", 955)


def test_claims_beyond_counting_are_no_answer() -> None:
    wide = BASE.changed({"attainment": {"ceiling": "100000000 %", "exponent": 2}})
    made = appeal(TABLE, wide, "An Phú", 30)
    assert made.figures["attainment"] is not None


TREE = Table(
    ("P", "P/a", "b", "Q", "Q/a"),
    {"workforce": (None, 60, 40, None, 100)},
    (None,) * 5,
    (None, "P", "P", None, "Q"),
)


@pytest.mark.parametrize("hierarchy", ["at_once", "levels"])
def test_a_leaf_of_a_tree_appeals(hierarchy: str) -> None:
    scenario = Scenario.model_validate({"data": "t.csv", "target": 20, "hierarchy": hierarchy})
    made = appeal(TREE, scenario, "b", 6)
    assert (made.unit, made.quota, made.granted.quotas) == ("b", 4, made.granted.quotas)
    assert sum(each["change"] for each in made.absorbed_by) == -2
    assert made.figures["workforce"].value is not None
    again = allocate(TREE.with_figure("workforce", 2, made.figures["workforce"].value), scenario)
    assert again.quotas[again.table.units.index("b")] == 6
    with pytest.raises(InputError, match="P stands for the units below it"):
        appeal(TREE, scenario, "P", 6)
    with pytest.raises(InputError, match="P/a"):
        appeal(TREE, scenario, "a", 6)


def test_a_level_with_locks_of_its_own_grants_by_them() -> None:
    levels = [{}, {"locks": [{"unit": "b", "quota": 5}]}]
    scenario = Scenario.model_validate({"data": "t.csv", "target": 20, "hierarchy": "levels", "levels": levels})
    made = appeal(TREE, scenario, "b", 6)
    assert made.granted.quotas[made.granted.table.units.index("b")] == 6
    assert made.to_json()["obstacles"]["workforce"]["code"] == "appeal.locked"
