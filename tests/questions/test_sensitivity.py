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


def test_a_certain_unit_that_is_not_short_has_no_share_of_draws_in_which_it_is() -> None:
    table = Table(("A", "B", "C"), {"workforce": (100, 800, 600), "growth_estimate": (None, 300, None)})
    changes = {"data": "t.csv", "target": 600, "locks": [{"unit": "A", "quota": 60}], "published": None}
    found = ask_sensitivity.ask(Case("t", table, Scenario.model_validate(changes)), draws=64)
    (listing,) = found.sections[0].listings
    keys = [each.key for each in listing.columns]
    shown = {str(row[keys.index("unit")]): row[keys.index("shortfall_probability")] for row in listing.rows}
    # 60 is more than 55 % of the 100 that A has for certain; C is asked for less than it has; B's growth may not come.
    assert (shown["A"], shown["C"]) == (1.0, None)
    assert isinstance(shown["B"], float)
    assert [each["shortfall_probability"] for each in found.records["units"]][::2] == [1.0, 0.0]


def test_what_is_short_on_average_still_adds_up_where_certain_units_have_a_dash() -> None:
    table = Table(("A", "B", "C"), {"workforce": (100, 100, 600), "growth_estimate": (None, 300, 100)})
    changes = {"data": "t.csv", "target": 450, "published": None, "locks": [{"unit": "A", "quota": 10}]}
    found = ask_sensitivity.ask(Case("t", table, Scenario.model_validate(changes)), draws=64)
    (listing,) = found.sections[0].listings
    at = [each.key for each in listing.columns].index("expected_shortfall")
    assert listing.total is not None
    shown = [row[at] for row in listing.shown]
    assert shown[0] is None
    tenths = [round(10 * each) for each in shown[1:] if isinstance(each, float)]
    assert sum(tenths) == round(10 * float(str(listing.total[at]))) > 0
