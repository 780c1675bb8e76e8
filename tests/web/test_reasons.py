"""Why one unit's quota is what it is: as much work as one unit is, however many its table has."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from allocator.model.allocation import Allocation
from allocator.questions import Case, find
from allocator.web.look import Look
from allocator.web.reasons import reasons_of
from allocator.web.state import started
from allocator.web.store import Store
from allocator.why import explanation
from allocator.words import Words
from tests.synthetic import made_up

EN = Words("en")


def opening(folder: Path, units: int) -> Callable[[int], dict[str, Any]]:
    """A page of that many units; what it says of the one at an index, once that is opened."""
    table, scenario, _ = made_up(4, 0.02, units)
    store, state = Store(folder, "base", table, scenario), started("given", scenario)

    def opened(at: int) -> dict[str, Any]:
        said = reasons_of(store, state, Look(open=table.units[at]), EN)
        assert said is not None
        return said

    return opened


def work(act: Callable[[], Any]) -> int:
    """How many functions written in Python something calls, each step of a generator counted."""
    count = 0

    def called(_: Any, event: str, __: Any) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(called)
    try:
        act()
    finally:
        sys.setprofile(before)
    return count


def test_only_what_the_opened_unit_has_to_say_is_worked_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told, stepped = list[int](), list[int]()
    one, every = explanation.sentences_of, explanation.steps

    def sentences_of(allocation: Allocation, unit: int, row: Any) -> Any:
        told.append(unit)
        return one(allocation, unit, row)

    def steps(allocation: Allocation) -> Any:
        stepped.append(len(allocation.table))
        return every(allocation)

    for module in ("allocator.why.explanation", "allocator.web.reasons"):
        monkeypatch.setattr(f"{module}.sentences_of", sentences_of)
    monkeypatch.setattr("allocator.web.reasons.steps", steps)
    opened = opening(tmp_path, 10_000)
    for at in (5, 9_999, 70):
        opened(at)
    assert told == [5, 9_999, 70]
    assert stepped == [10_000]


def test_another_unit_of_ten_thousand_is_opened_as_fast_as_one_of_ten(tmp_path: Path) -> None:
    spent = []
    for units in (10, 10_000):
        opened = opening(tmp_path, units)
        opened(0)
        spent.append(work(lambda opened=opened: opened(1)))  # type: ignore[misc]
    assert spent[1] < 2 * spent[0]


def test_they_are_those_of_the_command(tmp_path: Path) -> None:
    table, scenario, _ = made_up(4, 0.02, 12)
    opened, case = opening(tmp_path, 12), Case("page", table, scenario, "waterfill")
    for at, unit in enumerate(table.units):
        said, told = opened(at), find("explain").ask(case, unit=unit).records
        (row,) = told["units"]
        assert (said["quota"], said["position"]) == (row["quota"], row["position"])
        assert said["sentence"] == EN.told(row["sentence"])
        assert said["steps"] == [(each["name"], each["members"]) for each in row["steps"]]
        room = row["room"]["least"], row["room"]["most"], told["room"]["tolerance"]
        assert said["room"] == (row["room"]["least"] is not None and room)
