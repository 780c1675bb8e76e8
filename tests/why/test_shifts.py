"""From one allocation to another: members moved, units matched by name, steps that add up."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from allocator.data.table import Table, fold
from allocator.data.unit_names import fitting_name, same_names
from allocator.errors import AllocatorError
from allocator.model.allocation import Allocation, allocate
from allocator.model.scenario import Scenario
from allocator.why.shifts import STAGES, Shifts, Step, bridge
from tests.scenarios import scenarios, tables


def table(**workforce: int) -> Table:
    return Table(tuple(workforce), {"workforce": tuple(workforce.values())})


def scenario(**given: Any) -> Scenario:
    return Scenario.model_validate({"data": "t.csv", "target": 40, "lot": 10, **given})


def led(first: tuple[Table, Scenario], last: tuple[Table, Scenario]) -> list[Step]:
    return [*bridge(first, allocate(*first), last, allocate(*last))]


def told(steps: list[Step]) -> list[tuple[Any, ...]]:
    return [(each.stages, each.shifts.moved, dict(each.shifts.changes)) for each in steps]


def test_what_moves_is_what_some_are_given_as_far_as_others_are_given_less() -> None:
    assert Shifts({"A": 30, "B": 10}, {"A": 10, "B": 30}).moved == 20
    assert Shifts({"A": 30, "B": 10}, {"A": 45, "B": 15}).moved == 0
    assert Shifts({"A": 30, "B": 10}, {"A": 25, "B": 40}).moved == 5
    assert Shifts({"A": 30, "B": 10}, {"A": 20, "C": 20}).moved == 20
    assert Shifts({"A": 30}, {"B": 30}).moved is None


def test_units_are_in_the_order_of_the_table_and_most_first_where_they_are_named() -> None:
    made = Shifts({"A": 30, "B": 10, "C": 20, "D": 10}, {"E": 5, "B": 20, "A": 10, "C": 25})
    assert list(made.changes.items()) == [("E", 5), ("B", 10), ("A", -20), ("C", 5), ("D", -10)]
    assert (made.more, made.less) == (["B", "E", "C"], ["A", "D"])


def test_last_year_against_this_year_in_steps_worked_out_by_hand() -> None:
    """Lots of 10: 300 and 100 share 40 as 30 and 10; 100 and 300 the other way round; 80 of them as 20 and 60."""
    last, this = table(A=300, B=100), table(A=100, B=300)
    lock = [{"unit": "A", "quota": 40}]
    steps = led((last, scenario()), (this, scenario(target=80, locks=lock)))
    assert told(steps) == [
        (("figures",), 20, {"A": -20, "B": 20}),
        (("target",), 0, {"A": 10, "B": 30}),
        (("rules",), 20, {"A": 20, "B": -20}),
    ]
    grown = replace(last, columns={**last.columns, "growth_estimate": (0, 200)})
    steps = led((grown, scenario(growth={"realisation": 0})), (grown, scenario()))
    assert told(steps) == [(("assumptions",), 10, {"A": -10, "B": 10})]


def test_a_step_that_does_not_fit_alone_goes_with_the_next() -> None:
    last, this = table(A=300, B=100), table(A=100, C=300)
    steps = led((last, scenario(locks=[{"unit": "B", "quota": 20}])), (this, scenario(target=80)))
    assert told(steps) == [(("figures", "target", "rules"), 20, {"A": 0, "C": 60, "B": -20})]
    lots = led((last, scenario()), (last, scenario(target=42, lot=1)))
    assert [each.stages for each in lots] == [("target", "rules")]


def test_a_column_to_compare_with_goes_with_the_figures() -> None:
    printed = replace(table(A=300, B=100), columns={"workforce": (300, 100), "plan": (20, 20)})
    steps = led((printed, scenario(published="plan")), (table(A=100, B=300), scenario(published=None)))
    assert [each.stages for each in steps] == [("figures",)]
    alike = led((printed, scenario(published="plan")), (printed, scenario(year=2018)))
    assert [(each.stages, each.shifts.moved) for each in alike] == [(("rules",), 0)]
    assert led((printed, scenario(title={"en": "x"}, year=2017)), (printed, scenario(year=2018))) == []


def test_nothing_leads_from_an_allocation_to_itself() -> None:
    case = table(A=300, B=100), scenario()
    assert led(case, case) == []


def made(case: tuple[Table, Scenario]) -> Allocation | None:
    try:
        case[1].check(case[0])
        return allocate(*case, "waterfill")
    except AllocatorError:
        return None


@st.composite
def pairs(draw: st.DrawFn) -> tuple[tuple[Table, Scenario], tuple[Table, Scenario]]:
    """Two random cases, often of one table, and of a few units of one name."""
    one = draw(tables())
    other = one if draw(st.booleans()) else draw(tables())
    return (one, draw(scenarios(one))), (other, draw(scenarios(other)))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(pair=pairs())
def test_steps_add_up_to_the_change_of_every_unit(pair: Any) -> None:
    begun, ended = map(made, pair)
    assume(begun is not None and ended is not None)
    assert begun is not None
    assert ended is not None
    steps = [*bridge(pair[0], begun, pair[1], ended)]
    whole = Shifts(begun.by_unit, ended.by_unit)
    assert sum(whole.changes.values()) == pair[1][1].target - pair[0][1].target
    for unit, change in whole.changes.items():
        assert sum(each.shifts.changes.get(unit, 0) for each in steps) == change
    stages = [stage for each in steps for stage in each.stages]
    assert stages == [each for each in STAGES if each in stages]
    gains = sum(max(0, each) for each in whole.changes.values())
    losses = sum(max(0, -each) for each in whole.changes.values())
    assert whole.moved in (None, min(gains, losses))
    if gains == losses and whole.moved is not None:
        assert 2 * whole.moved == sum(map(abs, whole.changes.values()))


NAMES = st.lists(st.sampled_from(["An", "Ân", "an", "Tịnh Biên", "tinh bien", "TINH BIÊN", "Mới", "moi"]), unique=True)


@given(names=NAMES, known=NAMES)
def test_names_match_as_one_by_one_and_never_two_to_one(names: list[str], known: list[str]) -> None:
    found = same_names([fold(each) for each in names], known)
    assert len(set(found.values())) == len(found)
    for name in names:
        alone = fitting_name(name, known)
        rivals = [each for each in names if each != name and fitting_name(each, known) == alone]
        if name in known or (alone is not None and not rivals):
            assert found[name] == alone
        else:
            assert name not in found
