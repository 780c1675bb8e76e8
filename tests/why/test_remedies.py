"""Colliding rules and remedies, held to plain enumeration of all allocations on small tables."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allocator.data.table import Table
from allocator.errors import InfeasibleError
from allocator.files import load_scenario
from allocator.model.allocation import allocate
from allocator.model.grounds import grounds
from allocator.model.scenario import Scenario
from allocator.why.loosening import TARGET, Knob
from allocator.why.loosening import knobs as knobs_on
from allocator.why.remedies import Change, collision

MOST = 12  # no rule asks for more


def knobs(table: Table, scenario: Scenario) -> list[Knob]:
    return list(knobs_on(scenario, grounds(table, scenario)))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Table, Scenario]:
    """Two or three units with rules that often collide."""
    count = draw(st.integers(2, 3))
    names = tuple("ABC"[:count])
    workforce = tuple(draw(st.lists(st.integers(1, 9), min_size=count, max_size=count)))
    bound = st.none() | st.integers(0, 6)
    own = {name: {"min": draw(bound), "max": draw(bound), "firm": draw(st.booleans())} for name in names[:1]}
    group = {"name": "g", "units": list(names[:2]), "min": draw(bound), "max": draw(bound)}
    scenario = {
        "data": "t.csv",
        "target": draw(st.integers(0, 12)),
        "bounds": {
            "min_quota": draw(st.integers(0, 4)),
            "max_share": draw(st.sampled_from([None, 0.25, 0.5, 0.8, 1])),
            "units": own if draw(st.booleans()) else {},
        },
        "locks": [{"unit": names[-1], "quota": draw(st.integers(0, 6))}] if draw(st.booleans()) else [],
        "groups": [group] if group["min"] is not None or group["max"] is not None else [],
    }
    blank = (None,) * count
    return Table(names, {"workforce": workforce}, blank, blank), Scenario.model_validate(scenario)


def keeps(table: Table, scenario: Scenario, quotas: tuple[int, ...], values: dict[str, Any]) -> bool:
    """Whether quotas keep rules, by key and value, written out from their meaning."""
    of = dict(zip(table.units, quotas, strict=True))
    size = dict(zip(table.units, table.columns["workforce"], strict=True))
    for key, value in values.items():
        if key == TARGET:
            fine = sum(quotas) == value
        elif key == "bounds.min_quota":
            fine = all(each >= value for each in quotas)
        elif key == "bounds.max_share":
            fine = all(of[unit] <= Fraction(str(value)) * (size[unit] or 0) for unit in of)
        elif key.startswith("locks."):
            fine = of[key[6:]] == value
        else:
            held = sum(of[unit] for unit in scenario.groups[0].units or ()) if key[0] == "g" else of[key[-5]]
            fine = held >= value if key.endswith("min") else held <= value
        if not fine:
            return False
    return True


def possible(table: Table, scenario: Scenario, keys: Iterable[str]) -> bool:
    now = {each.key: each.now for each in knobs(table, scenario)}
    values = {key: now[key] for key in keys}
    return any(keeps(table, scenario, quotas, values) for quotas in product(range(MOST + 1), repeat=len(table)))


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(cases())
def test_collisions_and_remedies_against_enumeration(case: tuple[Table, Scenario]) -> None:
    table, scenario = case
    every = [each.key for each in knobs(table, scenario)]
    found = collision(table, scenario)
    assert (found is None) == possible(table, scenario, every)
    if found is None:
        return
    assert not possible(table, scenario, found.rules)
    for size in range(len(found.rules)):
        for less in combinations(every, size):
            assert possible(table, scenario, less), "no smaller set of rules collides"
    for remedy in found.remedies:
        better = scenario.changed(remedy.settings)
        assert allocate(table, better, method="waterfill").quotas
        assert better.locks == scenario.locks
        assert not any(each.firm and each.key in {c.key for c in remedy.changes} for each in knobs(table, scenario))
        for change in remedy.changes:
            if change.key.endswith(".except"):
                assert better.rules[-1].left_out == list(change.to)
                continue
            knob = next(each for each in knobs(table, scenario) if each.key == change.key)
            assert (change.now, change.to) == (knob.now, change.to)
            if len(remedy.changes) == 1 and change.key != TARGET:
                step = next(s for s in range(knob.steps + 1) if knob.value(s) == change.to)
                almost = scenario.changed(knob.settings(scenario, knob.value(step - 1)))
                assert not possible(table, almost, every), "one step less would not do"
            if len(remedy.changes) == 1 and change.key == TARGET:
                side = 1 if change.to < scenario.target else -1
                for target in range(int(change.to) + side, scenario.target + side, side):
                    assert not possible(table, scenario.changed({"target": target}), every)
    costs = [(each.wide, each.members) for each in found.remedies]
    assert costs == sorted(costs)


def remedies(*changes: str) -> tuple[dict[str, object], list[str]]:
    found = collision(*load_scenario("an-giang-2017/base", changes))
    assert found is not None
    return dict(found.rules), ["; ".join(map(told, each.changes)) for each in found.remedies]


def told(change: Change) -> str:
    if isinstance(change.to, tuple):
        return f"{change.key}: {', '.join(change.to)}"
    return f"{change.key}: {change.now} → {change.to}"


@pytest.mark.parametrize(
    ("changes", "rules", "expected"),
    [
        (
            ["bounds.max_share=0.4"],
            {"bounds.max_share": 0.4, "target": 6500},
            ["bounds.max_share: 0.4 → 0.48", "target: 6500 → 5480"],
        ),
        (
            ["bounds.max_share=0.4", "bounds.firm=[max_share]"],
            {"bounds.max_share": 0.4, "target": 6500},
            ["target: 6500 → 5480"],
        ),
        (
            ["bounds.max_share=0.4", "bounds.min_quota=60"],
            {"bounds.max_share": 0.4, "target": 6500},
            [
                "bounds.max_share: 0.4 → 1.0",
                "bounds.min_quota.except: An Phú, Phú Tân, Tịnh Biên, CĐN Giáo dục; target: 6500 → 5480",
                "bounds.min_quota: 60 → 24; target: 6500 → 5480",
            ],
        ),
        (
            ["bounds.pace={reference: published_quota, down: 0.1, up: 0.1}", "target=5000"],
            {"bounds.pace.down": 0.1, "target": 5000},
            ["bounds.pace.down: 0.1 → 0.24", "target: 5000 → 5900"],
        ),
        (
            ["locks=[{unit: An Phú, quota: 100}]"],
            {"locks.An Phú": 100, "bounds.max_share": 1.0},
            [],  # nobody is asked for more than its workforce
        ),
        (
            ["locks=[{unit: An Phú, quota: 100}]", "bounds.firm=true"],
            {"locks.An Phú": 100, "bounds.max_share": 1.0},
            [],
        ),
    ],
)
def test_the_published_table(changes: list[str], rules: dict[str, object], expected: list[str]) -> None:
    assert remedies(*changes) == (rules, expected)


def test_the_error_carries_its_case() -> None:
    table, scenario = load_scenario("an-giang-2017/base", ["bounds.max_share=0.4"])
    with pytest.raises(InfeasibleError) as raised:
        allocate(table, scenario)
    assert raised.value.case == (table, scenario)


def test_a_smaller_lot_is_offered_where_it_mends_what_whole_lots_break() -> None:
    """Workforces of 15, 8 and 3 hold one lot of 10, but four of 5; no lot helps against a target above all of them."""
    table = Table(tuple("ABC"), {"workforce": (15, 8, 3)}, (None,) * 3, (None,) * 3)
    scenario = Scenario.model_validate({"data": "t.csv", "target": 20, "lot": 10})
    found = collision(table, scenario)
    assert found
    (remedy,) = [each for each in found.remedies if "lot" in each.settings]
    assert remedy.options == ["lot=5"]
    assert sorted(allocate(table, scenario.changed(remedy.settings)).quotas) == [0, 5, 15]
    found = collision(table, scenario.changed({"target": 30}))
    assert found
    assert not [each for each in found.remedies if "lot" in each.settings]
