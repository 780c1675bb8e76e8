"""Appeals: the values that make a quota fair, held to a scan of all values; and who pays when it is granted."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allocator.data.table import Table
from allocator.errors import InfeasibleError, InputError
from allocator.files import load_scenario
from allocator.model.allocation import allocate
from allocator.model.scenario import Scenario
from allocator.why.appeal import appeal

TABLE, BASE = load_scenario("an-giang-2017/base")
relaxed = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])


def quota(table: Table, scenario: Scenario, unit: int) -> int | None:
    try:
        return allocate(table, scenario, method="waterfill").quotas[unit]
    except InfeasibleError:
        return None


def with_figure(table: Table, column: str, unit: int, value: int) -> Table:
    values = table.optional(column)
    return replace(table, columns={**table.columns, column: (*values[:unit], value, *values[unit + 1 :])})


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
    most = 120
    for column, span in (("workforce", made.workforce), ("growth_estimate", made.growth)):
        if column == "growth_estimate" and scenario.growth.realisation == 0:
            assert span is None
            continue
        works = [v for v in range(most) if quota(with_figure(table, column, unit, v), scenario, unit) == asked]
        if span is None or span.low >= most:
            assert not works
        else:
            end = most - 1 if span.high is None else min(span.high, most - 1)
            assert works == list(range(int(span.low), int(end) + 1))
            assert span.value == min(works, key=lambda v: abs(v - span.present))


@relaxed
@given(small_cases())
def test_attainment_is_exact_under_re_solving(case: tuple[Table, Scenario, int, int]) -> None:
    table, scenario, unit, asked = case
    if quota(table, scenario, unit) is None:
        return
    try:
        made = appeal(table, scenario, table.units[unit], asked)
    except InfeasibleError:
        return
    for value in () if made.attainment is None else (made.attainment.low, made.attainment.value, made.attainment.high):
        share = Fraction(repr(float(value)))
        changed = with_figure(table, "term_target", unit, share.denominator)
        assert quota(with_figure(changed, "recruited", unit, share.numerator), scenario, unit) == asked
    if scenario.attainment.exponent == 0:
        assert made.attainment is None


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
    assert quota(with_figure(TABLE, "workforce", 0, 2261), BASE, 0) == 1100
    assert quota(with_figure(TABLE, "workforce", 0, 2260), BASE, 0) == 1090


def test_asking_for_the_fair_quota_changes_nothing() -> None:
    made = appeal(TABLE, BASE, "Long Xuyên", 1010)
    assert made.workforce is not None
    assert made.workforce.value == 2053
    assert made.attainment is not None
    assert made.attainment.value == made.attainment.present
    assert (made.absorbed_by, made.moves) == ([], [])


def test_a_locked_unit_has_no_value_but_its_lock() -> None:
    made = appeal(TABLE, BASE.changed({"locks": [{"unit": "An Phú", "quota": 30}]}), "An Phú", 40)
    assert (made.workforce, made.growth, made.attainment) == (None,) * 3
    assert made.granted.quotas[TABLE.units.index("An Phú")] == 40


def test_a_request_beyond_the_rules_names_them() -> None:
    with pytest.raises(InfeasibleError, match=r"lock of An Phú \(950\) is above largest share .*An Phú: 60"):
        appeal(TABLE, BASE, "An Phú", 950)


def test_unknown_units_and_part_lots() -> None:
    with pytest.raises(InputError, match="Long Xuyên"):
        appeal(TABLE, BASE, "Long Xuyen", 950)
    with pytest.raises(InputError, match="ask for 950 or 960"):
        appeal(TABLE, BASE, "Long Xuyên", 955)


def test_claims_beyond_counting_are_no_answer() -> None:
    wide = BASE.changed({"attainment": {"ceiling": "100000000 %", "exponent": 2}})
    made = appeal(TABLE, wide, "An Phú", 30)
    assert made.attainment is not None


def test_trees_are_asked_for_one_level() -> None:
    table = Table(("P", "a"), {"workforce": (9, 9)}, (None, None), (None, "P"))
    with pytest.raises(InputError, match="table of that level alone"):
        appeal(table, Scenario.model_validate({"data": "t.csv", "target": 5}), "a", 5)
