"""One row with other figures: the grounds made from those that stand are those made anew."""

from __future__ import annotations

import random
from typing import Any

import pytest

from allocator.data.table import Table
from allocator.errors import InputError
from allocator.model.allocation import allocate
from allocator.model.grounds import Grounds, grounds
from allocator.model.scenario import Scenario
from tests.stress.appeals import COLUMNS, case


def known(ground: Grounds) -> list[Any]:
    """All that quotas rest on."""
    limits = [(e.key, e.nodes.tolist(), e.tops.tolist(), e.bottom) for e in ground.rules.limits]
    parts = ("workforce", "available", "base", "attainment", "multiplier", "claims")
    levels = [[getattr(each.claims, part) for part in parts] for each in ground.levels]
    tables = [(each.table.units, each.table.columns) for each in ground.levels]
    problems = [(e.claims.tolist(), e.floor.tolist(), e.cap.tolist(), e.lots, e.tree) for *_, e in ground.posed()]
    return [limits, levels, tables, problems]


@pytest.mark.parametrize("seed", range(120))
def test_another_figure_gives_the_grounds_that_are_made_anew(seed: int) -> None:
    made, draw = case(seed), random.Random(seed)
    if made is None:
        return
    table, scenario, unit, _ = made
    ground = allocate(table, scenario, "waterfill").ground
    for _ in range(6):
        column, value = draw.choice(COLUMNS), draw.choice([None, 0, 1, draw.randint(0, 60)])
        edited = table.with_figure(column, table.units.index(unit), value)
        try:
            right = known(grounds(edited, scenario))
        except InputError:
            with pytest.raises(InputError):
                ground.with_row(edited, table.units.index(unit)).posed()
            continue
        assert known(ground.with_row(edited, table.units.index(unit))) == right


@pytest.mark.parametrize("parents", [(), (None, "P", "P", "P")])
def test_a_table_made_in_python_needs_no_kinds(parents: tuple[str | None, ...]) -> None:
    units = ("P", "A", "B", "C")[-3 - bool(parents) :]
    workforce = (None, 30, 40, 50)[-len(units) :]
    made = allocate(Table(units, {"workforce": workforce}, parents=parents), Scenario(data="t.csv", target=12))
    assert made.quotas == (3, 4, 5)
    assert known(made.ground.with_row(made.ground.table.with_figure("workforce", len(units) - 1, 60), len(units) - 1))
