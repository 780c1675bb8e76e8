"""Trees: level by level against one call a parent, at once against the linear program, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.data.table import Table
from allocator.errors import InputError
from allocator.model.allocation import Allocation, allocate
from allocator.model.certificate import intervals, violation
from allocator.model.forest import forest
from allocator.model.hierarchy import node_totals
from allocator.model.program import solve
from allocator.model.scenario import Scenario
from allocator.why.comparison import other_way


def tree_table(workforce: list[list[int]], rows: bool) -> Table:
    """Provinces with their unions; provinces have rows of their own, or only appear as parents."""
    names: list[str] = []
    parents: list[str | None] = []
    persons: list[int] = []
    for p, unions in enumerate(workforce):
        if rows:
            names.append(f"P{p}")
            parents.append(None)
            persons.append(sum(unions))
        for u, each in enumerate(unions):
            names.append(f"P{p}-{u}")
            parents.append(f"P{p}")
            persons.append(each)
    return Table(tuple(names), {"workforce": tuple(persons)}, (None,) * len(names), tuple(parents))


def scenario(**values: object) -> Scenario:
    return Scenario.model_validate({"data": "t.csv", **values})


workforces = st.lists(st.lists(st.integers(0, 300), min_size=1, max_size=5), min_size=1, max_size=4)


@settings(deadline=None, max_examples=80)
@given(workforces, st.booleans(), st.integers(0, 100))
def test_at_once_without_own_bounds_is_the_flat_allocation(
    workforce: list[list[int]], rows: bool, percent: int
) -> None:
    flat = [each for unions in workforce for each in unions]
    target = sum(flat) * percent // 100
    made = allocate(tree_table(workforce, rows), scenario(target=target))
    assert made.quotas == flat_quotas(flat, target)
    assert sum(total["quota"] for total in node_totals(made)) == target


def flat_quotas(workforce: list[int], target: int) -> tuple[int, ...]:
    names = tuple(f"u{i}" for i in range(len(workforce)))
    blank = (None,) * len(names)
    return allocate(Table(names, {"workforce": tuple(workforce)}, blank, blank), scenario(target=target)).quotas


@settings(deadline=None, max_examples=80)
@given(workforces, st.booleans(), st.integers(0, 100))
def test_level_by_level_shares_each_quota_among_the_children(
    workforce: list[list[int]], rows: bool, percent: int
) -> None:
    target = sum(map(sum, workforce)) * percent // 100
    made = allocate(tree_table(workforce, rows), scenario(target=target, hierarchy="levels"))
    top = flat_quotas([sum(unions) for unions in workforce], target)
    assert made.above[0].quotas == top
    expected = [q for unions, quota in zip(workforce, top, strict=True) for q in flat_quotas(unions, quota)]
    assert list(made.quotas) == expected


@settings(deadline=None, max_examples=60)
@given(workforces, st.integers(0, 60), st.integers(5, 40), st.sampled_from(["levels", "at_once"]))
def test_own_bounds_of_a_level_hold_in_both_ways(
    workforce: list[list[int]], least: int, percent: int, way: str
) -> None:
    total = [sum(unions) for unions in workforce]
    floors = {f"P{p}": {"min": min(least, each // 2)} for p, each in enumerate(total)}
    target = max(sum(total) * percent // 100, sum(min(least, each // 2) for each in total))
    levels = [{"bounds": {"units": floors, "max_share": 0.9}}]
    try:
        made = allocate(tree_table(workforce, True), scenario(target=target, hierarchy=way, levels=levels))
    except Exception as error:
        assert "Infeasible" in type(error).__name__  # noqa: PT017
        return
    for each in [made, *made.above]:
        assert violation(each.problem, each.lots) is None
        assert not any(interval.empty for interval in intervals(each.problem, each.lots))
        assert solve(each.problem).lots == each.lots
    for node, floor in zip(node_totals(made), floors.values(), strict=True):
        assert node["quota"] >= floor["min"]
        assert node["quota"] <= 0.9 * node["workforce"]


def test_lots_by_level_and_leaves_above_the_last_level() -> None:
    table = tree_table([[100, 300], [500]], True)
    table = Table(
        (*table.units, "alone"), {"workforce": (*table.columns["workforce"], 100)}, (None,) * 6, (*table.parents, None)
    )
    made = allocate(table, scenario(target=500, hierarchy="levels", lot=10, levels=[{"lot": 100}]))
    assert [node["quota"] for node in node_totals(made)] == [200, 300]
    assert dict(zip(made.table.units, made.quotas, strict=True))["alone"] == 0
    with pytest.raises(InputError, match="not a whole number of the lots of 250"):
        allocate(table, scenario(target=500, hierarchy="levels", lot=100, levels=[{}, {"lot": 250}]))


def test_more_levels_than_the_table_has_are_refused() -> None:
    with pytest.raises(InputError, match="lists 3 levels, the table has 2"):
        allocate(tree_table([[10], [15]], True), scenario(target=7, levels=[{}, {}, {}]))


def test_what_the_other_way_would_move_is_told() -> None:
    made = allocate(tree_table([[10, 10, 10], [15]], True), scenario(target=7, hierarchy="levels", lot=1))
    name, moved = other_way(made)
    assert name == "at_once"
    other: Allocation = allocate(tree_table([[10, 10, 10], [15]], True), scenario(target=7, hierarchy="at_once"))
    assert moved == sum(abs(a - b) for a, b in zip(made.quotas, other.quotas, strict=True)) // 2


def test_a_unit_below_itself_is_refused() -> None:
    table = Table(("a", "b", "c"), {"workforce": (1, 1, 1)}, (None,) * 3, ("b", "a", None))
    with pytest.raises(InputError, match="a and b lie below themselves"):
        forest(table)


def test_what_is_said_of_a_node_is_said_of_the_leaves_below_it() -> None:
    """Growth and distributions of the nearest node, correlations between all leaves of two nodes."""
    peak, even = {"dist": "triangular"}, {"dist": "uniform"}
    values = {
        "target": 10,
        "growth": {"realisation": 0.1, "units": {"P0": 0.5, "P0-1": 0.2}},
        "uncertainty": {
            "units": {"P0": peak, "P1-0": even},
            "correlation": {"P0": {"P1": 0.5}, "P1-0": {"P1-0": 1}, "P0-0": {"P0-1": 0.25}},
        },
    }
    table = tree_table([[10, 20], [30]], rows=True)
    columns = {**table.columns, "growth_estimate": (None, 10, 10, None, 10)}
    made = allocate(Table(table.units, columns, table.kinds, table.parents), scenario(**values))
    leaves = made.scenario
    assert leaves.growth.units == {"P0-0": 0.5, "P0-1": 0.2}
    assert [each / 10**6 for each in made.claims.available] == [15, 22, 31]
    assert {unit: each.dist for unit, each in leaves.uncertainty.units.items()} == {
        "P0-0": "triangular",
        "P0-1": "triangular",
        "P1-0": "uniform",
    }
    assert leaves.uncertainty.correlation == {
        "P0-0": {"P1-0": 0.5, "P0-1": 0.25},
        "P0-1": {"P1-0": 0.5},
        "P1-0": {"P1-0": 1},
    }
