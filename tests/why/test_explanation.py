"""The explanation as one object: sentences by situation in both languages, JSON as promised, tied cases."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from allocator import allocate, load_scenario
from allocator.data.digest import sha256
from allocator.data.table import Table
from allocator.finding import Listing
from allocator.model.allocation import Allocation
from allocator.model.scenario import Scenario
from allocator.proof.result import result
from allocator.questions import Case, find
from allocator.show.records import records
from allocator.why.explanation import sentences, steps
from allocator.why.room import room
from allocator.words import Words
from tests.scenarios import allocations

relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def made(workforce: tuple[int, ...], columns: dict[str, Any] | None = None, **values: Any) -> Allocation:
    names = tuple("ABCDEF"[: len(workforce)])
    table = Table(names, {"workforce": workforce, **(columns or {})}, ("district",) * len(names))
    scenario = Scenario.model_validate({"data": "t.csv", "lot": 10, "published": None, **values})
    return allocate(table, scenario, method="waterfill")


def told(language: str, allocation: Allocation) -> list[str]:
    return [Words(language).told(each) for each in sentences(allocation, steps(allocation))]


@settings(relaxed, max_examples=40)
@given(allocations())
def test_every_allocation_can_be_explained_in_both_languages(allocation: Allocation) -> None:
    rows, around = steps(allocation), room(allocation)
    for language in ("vi", "en"):
        texts = told(language, allocation)
        assert all(text.endswith(".") and "{" not in text for text in texts)
    for row, quota in zip(rows, allocation.quotas, strict=True):
        assert sum(row) == 10 * quota
    assert all(
        low <= quota <= high
        for low, quota, high in zip(around.least, allocation.quotas, around.most, strict=True)
        if low is not None and high is not None
    )


def test_json_is_the_result_with_the_explanation_and_a_digest_of_it_all() -> None:
    case = Case("base", *load_scenario("an-giang-2017/base"), method="waterfill")
    document, plain = records(find("explain").ask(case), Words("en")), result(case.allocation)
    digest = document.pop("digest")
    assert digest == sha256(document)
    assert {key: document[key] for key in plain if key not in ("units", "digest", "rules")} == {
        key: value for key, value in plain.items() if key not in ("units", "digest", "rules")
    }
    assert [{key: each[key] for key in ("rule", "units", "status", "note")} for each in document["rules"]] == plain[
        "rules"
    ]
    for unit, bare in zip(document["units"], plain["units"], strict=True):
        assert {key: unit[key] for key in bare} == bare
        assert [step["name"] for step in unit["steps"]] == [
            "workforce", "growth", "drivers", "attainment", "bounds", "lots",
        ]  # fmt: skip
    rule = document["attainment"]
    assert (rule["rule"], rule["price"], rule["moved"]) == ("attainment", None, 300)
    assert sum(each["members"] for each in rule["gives"]) == sum(each["members"] for each in rule["takes"]) == 300


EQUAL = (100, 100)
CAPPED = {"target": 80, "bounds": {"units": {"A": {"max": 20}}}}
RAISED = {"target": 60, "bounds": {"min_quota": 30, "max_share": None}}
FIXED = {"target": 80, "locks": [{"unit": "A", "quota": 20}]}
GROUPED = {"target": 80, "groups": [{"name": "g", "units": ["A", "B"], "max": 20}]}
REASONED = {"target": 80, "locks": [{"unit": "A", "quota": 20, "by": "the board", "reason": "agreed in March"}]}
PAST = {"target": 80, "attainment": {"exponent": 1}}
SITUATIONS: dict[str, tuple[tuple[int, ...], dict[str, Any], int]] = {
    "It is held up by a rule: least quota 30": ((100, 5), RAISED, 1),
    "It is held down by a rule: own cap of A (20)": (EQUAL, CAPPED, 0),
    "The quota was fixed beforehand: lock of A (20)": (EQUAL, FIXED, 0),
    "decides it: cap of the group g. Without any limit of this kind it would be asked for 30.": (
        (100, 100, 100),
        GROUPED,
        0,
    ),
    "No rule on its own holds it up or down: by its claim it shares in what the rules leave.": (
        (100, 100, 100),
        GROUPED,
        2,
    ),
    "No rule binds: the quota follows from the claims alone.": (EQUAL, {"target": 80}, 0),
    "It reached 242.0% of its term target, above the ceiling of 100.0%, so the base is multiplied by 1.00": (
        EQUAL,
        PAST,
        0,
    ),
    "It reached 10.0% of its term target, below the floor of 50.0%, so the base is multiplied by 0.50": (
        EQUAL,
        PAST,
        1,
    ),
    "lock of A (20). Decided by the board: agreed in March.": (EQUAL, REASONED, 0),
    "A is asked for 0 members and has no available workforce. Past attainment does not count, so its claim is 0.0. "
    "It has no claim, so nothing beyond its floor can be asked of it.": ((0, 100), {"target": 80}, 0),
    "Its last lot was a tie with B: the larger claim, then the table's order, decided for it.": (
        EQUAL,
        {"target": 10},
        0,
    ),
    "Its next lot was a tie with A: the larger claim, then the table's order, decided against it.": (
        EQUAL,
        {"target": 10},
        1,
    ),
    "There is no published quota to compare with.": (EQUAL, {"target": 80}, 0),
    "That is 40.0% of its workforce, the same as asked of the whole province.": (EQUAL, {"target": 80}, 0),
}


@pytest.mark.parametrize("expected", list(SITUATIONS))
def test_the_sentence_names_the_situation(expected: str) -> None:
    workforce, values, unit = SITUATIONS[expected]
    past = {"term_target": (50, 100), "recruited": (121, 10)} if values is PAST else None
    assert expected in told("en", made(workforce, past, **values))[unit]


def test_the_dominating_step_explains_the_difference() -> None:
    published = {"published_quota": (70, 10)}
    more = told("en", made((100, 100), published, target=80, published="published_quota"))
    assert (
        "It is 30 less than the published 70, mainly because the present workforce alone would give only 40.0."
        in more[0]
    )
    assert "It is 30 more than the published 10, mainly because the present workforce alone would give 40.0." in more[1]
    bounded = made((100, 100), {"published_quota": (40, 40)}, target=80, published="published_quota",
                   bounds={"units": {"A": {"max": 20}}})  # fmt: skip
    texts = told("vi", bounded)
    assert "thấp hơn số đã công bố (40) là 20, chủ yếu vì các mức sàn, mức trần và nhóm làm giảm 20,0." in texts[0]
    assert "cao hơn số đã công bố (40) là 20, chủ yếu vì các mức sàn, mức trần và nhóm làm tăng thêm 20,0." in texts[1]


def test_a_limit_that_is_no_whole_lot_is_named_without_lots() -> None:
    """From 3 to 4 in lots of 5: none or one. A is given one, and without its minimum would be given none."""
    rule = {"for": {"units": ["A"]}, "each": {"least": 3, "most": 4}}
    text = told("en", made((100, 100), target=20, lot=5, rules=[rule]))[0]
    assert "It is held up by a rule: rule 1; without any floor of its own" in text


def test_figures_shown_add_up_and_do_not_contradict_their_sentence() -> None:
    grown = made((1, 100), {"growth_estimate": (5, None)}, target=20, growth={"realisation": 0.5})
    assert "its available workforce is 4: 1 there now and 3 counted on" in told("en", grown)[0]
    past = {"term_target": (5000, 5000), "recruited": (5001, 2499)}
    close = told("en", made((100, 100), past, target=20, attainment={"exponent": 1}))
    assert "It reached 100.0% of its term target, which multiplies the base by 1.00" in close[0]
    assert "It reached 50.0% of its term target, which multiplies the base by 0.50" in close[1]


def asked(allocation: Allocation, unit: str | None = None) -> dict[str, Listing]:
    case = Case("x", allocation.table, allocation.scenario, method="waterfill")
    return {each.key: each for each in find("explain").ask(case, unit).listings}


def test_a_move_that_adds_next_to_nothing_is_not_said_to_add_nothing() -> None:
    """One member each; another would ask 1.5 of 100,000 where the last asks 0.5."""
    notes = asked(made((100_000, 100_000), target=2, lot=1))["one_lot"].notes
    assert any("by less than 0.0001." in Words("en").told(each) for each in notes)


def test_the_steps_of_one_unit_have_no_total_of_all() -> None:
    """A is given all 20, of which its workforce is half."""
    allocation = made((100, 100), target=20, bounds={"units": {"B": {"max": 0}}})
    assert asked(allocation, "A")["steps"].total is None
    total = asked(allocation)["steps"].total
    assert total is not None
    assert total[1] == 20


def test_without_workforces_no_sentence_speaks_of_them() -> None:
    """Of 40 a half each: 20 where 30 and 10 were published, the drivers alone."""
    table = Table(("A", "B"), {"dues": (7, 7), "published_quota": (30, 10)}, ("district",) * 2)
    scenario = Scenario.model_validate({"data": "t.csv", "target": 40, "drivers": [{"column": "dues", "share": 1}]})
    texts = told("en", allocate(table, scenario, method="waterfill"))
    assert "10 less than the published 30, mainly because the drivers chosen take 10.0 away." in texts[0]
    assert "10 more than the published 10, mainly because the drivers chosen add 10.0." in texts[1]
