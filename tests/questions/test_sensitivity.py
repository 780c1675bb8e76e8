"""What the answer on sensitivity shows beside its first lines."""

from __future__ import annotations

from allocator.data.table import Table
from allocator.errors import Fault
from allocator.model.scenario import Scenario
from allocator.questions import Case
from allocator.questions.sensitivity import ask_sensitivity


def test_where_it_is_not_worked_out_what_tips_a_quota_nothing_says_that_nothing_does() -> None:
    table = Table(("P", "A", "B"), {"workforce": (None, 100, 300), "growth_estimate": (None, 50, 0)}, ("ward",) * 3,
                  parents=("", "P", "P"))  # fmt: skip
    scenario = Scenario.model_validate({"data": "t.csv", "target": 90, "lot": 10, "published": None})
    (section, *_) = ask_sensitivity.ask(Case("tree", table, scenario, method="waterfill"), draws=64).sections
    assert not [each for each in section.texts if isinstance(each, Fault) and each.key.endswith(".tipping")]
    assert not [each for each in section.listings[0].columns if each.key.startswith("tips_")]
