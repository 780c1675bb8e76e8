"""The report's engine decides as the model does, and proves what it decides."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from allocator import load_scenario
from allocator.files import builtin_scenarios
from allocator.model.allocation import allocate
from allocator.show import carried, page
from allocator.show.carried import not_carried
from tests.show.engine import answers, compared


@pytest.fixture(scope="module")
def where(request: pytest.FixtureRequest) -> Any:
    """A browser to run the engine in, where there is no Node."""
    return None if shutil.which("node") else request.getfixturevalue("browser")


def test_random_scenarios_and_changed_settings_are_decided_as_the_model_does(where: Any) -> None:
    held, wrong = compared(300, 11, where)
    assert wrong == []
    assert 150 < held < 300


def test_every_built_in_scenario_is_decided_again(where: Any) -> None:
    names = [name for name, _ in builtin_scenarios()]
    made = [allocate(*load_scenario(name), "waterfill") for name in names]
    got = answers([{"problem": carried.carried(each), "changes": {}, "moves": [[0, 1]]} for each in made], where)
    assert {name: each["quotas"] for name, each in zip(names, got, strict=True)} == {
        name: list(each.quotas) for name, each in zip(names, made, strict=True)
    }
    assert all(each["verdicts"] == [True, False] for each in got)


def test_a_target_of_hundreds_of_thousands_in_single_members_and_a_hundred_ties(where: Any) -> None:
    table, scenario = load_scenario("an-giang-2017/base", ["target=200001", "lot=1", "bounds.max_share=null"])
    big = allocate(table, scenario, "waterfill")
    settings = {"growth": {"realisation": 0}, "bounds": {"min_quota": 13_000}}
    even = allocate(table, scenario.changed(settings), "waterfill")
    changes = {"realisation": "0", "min_quota": 13_000}
    cases = [{"problem": carried.carried(big), "changes": each, "moves": []} for each in ({}, changes)]
    assert [each["quotas"] for each in answers(cases, where)] == [list(big.quotas), list(even.quotas)]


def test_trees_and_risk_are_shown_as_sent() -> None:
    flat = allocate(*load_scenario("an-giang-2017/base"), "waterfill")
    risk = allocate(*load_scenario("an-giang-2017/base", ["risk.weight=1"]), "waterfill")
    assert (not_carried(flat), not_carried(risk), carried.carried(risk)) == (None, "risk", None)


def test_the_engine_is_small_and_needs_nothing() -> None:
    text = (page.ENGINE / "engine.js").read_text("utf-8")
    assert len(text.splitlines()) <= 350
    assert not any(each in text for each in ("require(", "import ", "fetch", "http"))
