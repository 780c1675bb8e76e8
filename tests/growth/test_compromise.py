"""The compromise, held against all allocations one by one."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from allocator import allocate, load_scenario
from allocator.data.table import Table
from allocator.errors import InfeasibleError, InputError
from allocator.growth.compromise import _loosest, compromise
from allocator.model.compromise_program import regret
from allocator.model.scenario import Scenario
from tests.problems import keeps_bounds

relaxed = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=25)


@st.composite
def cases(draw: st.DrawFn) -> dict[str, tuple[Table, Scenario]]:
    count = draw(st.integers(2, 4))
    persons = st.lists(st.integers(0, 30), min_size=count, max_size=count)
    units = tuple("abcd"[:count])
    columns = {"workforce": tuple(draw(persons)), "growth_estimate": tuple(draw(persons))}
    table = Table(units, columns, (None,) * count, (None,) * count)
    group = {"name": "g", "units": ["a"], "max": draw(st.integers(0, 9))}
    shared = {"data": "", "target": draw(st.integers(0, 12)), "published": None,
              "groups": [group] if draw(st.booleans()) else []}  # fmt: skip
    made = {}
    for n in range(draw(st.integers(1, 4))):
        bounds = {"max_share": draw(st.sampled_from([0.5, 1, None])), "min_quota": draw(st.integers(0, 1))}
        growth = {"realisation": draw(st.sampled_from([0, 0.5, 1]))}
        made[f"s{n}"] = (table, Scenario.model_validate({**shared, "bounds": bounds, "growth": growth}))
    return made


@relaxed
@given(cases())
def test_small_compromises_equal_brute_force(given_cases: dict[str, tuple[Table, Scenario]]) -> None:
    try:
        own = [allocate(*case, method="waterfill") for case in given_cases.values()]
    except InfeasibleError:
        assume(False)
    found = compromise(given_cases)
    problem = _loosest(own)
    ranges = [range(int(f), int(t) + 1) for f, t in zip(problem.floor, problem.top, strict=True)]

    def worst(lots: tuple[int, ...]) -> int:
        return max(regret(lots, each.lots) for each in own)

    def effort(lots: tuple[int, ...]) -> Fraction:
        given = [(i, k) for i, held in enumerate(lots) for k in range(int(problem.floor[i]) + 1, held + 1)]
        return sum((problem.order(*each) for each in given), Fraction(0))

    every = [lots for lots in product(*ranges) if keeps_bounds(problem, lots)]
    least = min(map(worst, every))
    assert found.worst == worst(found.quotas) == least
    assert effort(found.quotas) == min(effort(lots) for lots in every if worst(lots) == least)


def an_giang() -> dict[str, tuple[Table, Scenario]]:
    from allocator.files import builtin_scenarios

    names = [name for name, _ in builtin_scenarios() if name != "an-giang-2017/unions"]
    made = {name: load_scenario(name) for name in names}
    base = made["an-giang-2017/base"][1]
    return {
        name: case
        for name, case in made.items()
        if (case[1].target, case[1].lot, case[1].groups) == (base.target, base.lot, base.groups)
    }


def test_never_worse_than_any_scenario_itself() -> None:
    scenarios = an_giang()
    assert len(scenarios) >= 4
    found = compromise(scenarios)
    assert sum(found.quotas) == 6500
    assert found.worst <= min(found.own.values())
    assert all(each % 10 == 0 for each in found.regrets.values())
    assert found.to_json()["worst_regret"] == found.worst
    assert compromise(scenarios) == found


def test_one_scenario_is_its_own_compromise() -> None:
    case = load_scenario("an-giang-2017/base")
    found = compromise({"base": case})
    assert found.quotas == allocate(*case).quotas
    assert found.worst == 0


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"target": 6490}, "target"),
        ({"lot": 5}, "lot"),
        ({"locks": [{"unit": "An Phú", "quota": 30}]}, "locks"),
        ({"groups": [{"name": "g", "kind": "district", "min": 10}]}, "groups"),
    ],
)
def test_what_must_be_shared_is_named(changes: dict[str, object], key: str) -> None:
    table, scenario = load_scenario("an-giang-2017/base")
    with pytest.raises(InputError) as raised:
        compromise({"base": (table, scenario), "other": (table, scenario.changed(changes))})
    (found,) = raised.value.faults
    named = found.values["key"]
    assert (found.key, getattr(named, "key", named)) == ("compromise.differ", f"parameter.{key}")


def test_other_units_are_refused() -> None:
    table, scenario = load_scenario("an-giang-2017/base")
    other = Table(("a",), {"workforce": (9000,)}, (None,), (None,))
    with pytest.raises(InputError, match="units"):
        compromise({"base": (table, scenario), "other": (other, scenario)})
