"""What an answer says can be taken, taken: re-solving gives the very figures that stand beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from allocator.errors import AllocatorError
from allocator.files import load_scenario
from allocator.finding import Listing, Take
from allocator.model.allocation import Allocation, allocate
from allocator.questions import Case, find
from allocator.show.records import in_words
from allocator.why.appeal import locking
from allocator.why.comparison import misplaced
from allocator.words import Words

BASE = "an-giang-2017/base"
LOCK = {"unit": "An Phú", "quota": 60, "by": "Ban Thường vụ", "reason": "đã hứa"}
REPORTS = (
    "unit,recruited,lost,date\nLong Xuyên,100,5,15/05/2017\nChâu Phú,130,0,2017-05-15\nCĐCS tỉnh,600,0,15/05/2017\n"
)


def case(name: str = BASE, **changes: Any) -> Case:
    table, scenario = load_scenario(name)
    return Case(name, table, scenario.changed(changes))


def taken(about: Case, take: Take) -> Allocation:
    """The allocation of a scenario once something is taken."""
    return allocate(about.table, about.scenario.changed(in_words(take.settings, Words("vi"))))


def listing(name: str, asked: Any, key: str, *given: Any, **more: Any) -> tuple[Any, Listing]:
    """The records of an answer, and one of its listings."""
    found = find(name).ask(asked, *given, **more)
    return found.records, next(each for each in found.listings if each.key == key)


@pytest.mark.parametrize("weight", [0.0, 0.4])
def test_a_point_of_the_frontier_gives_its_quotas(weight: float) -> None:
    about = case(risk={"weight": weight}, locks=[LOCK])
    records, shown = listing("sensitivity", about, "frontier", draws=64, details=True)
    points = {each["weight"]: each for each in records["frontier"]}
    fairest = records["frontier"][0]["quotas"]
    assert len(shown.takes) == len(shown.rows) > 5
    for index, (at, moved, *_) in enumerate(shown.rows):
        made = taken(about, shown.takes[index])
        assert made.quotas == tuple(points[at]["quotas"])
        assert misplaced(made.quotas, fairest) == moved


def test_rungs_and_rules_of_a_calibration_misplace_what_they_say() -> None:
    about = case()
    published = about.table.column("published_quota")
    records, ladder = listing("calibrate", about, "ladder")
    _, rules = listing("calibrate", about, "best")
    assert len(ladder.takes) == len(ladder.rows)
    promised: list[tuple[Take, Any]] = [(ladder.takes[n], row[1]) for n, row in enumerate(ladder.rows)]
    promised += [(rules.takes[rule], records[rule]["misplaced"]) for rule in ("best", "best_in_lots", "recommended")]
    for take, moved in promised:
        made = taken(about, take)
        assert misplaced(made.fair_share, published) == pytest.approx(moved, abs=1e-5)
    for rule in ("best", "best_in_lots", "recommended"):
        assert misplaced(taken(about, rules.takes[rule]).quotas, published) == records[rule]["quotas_misplaced"]


def test_a_compromise_is_locked_onto_the_first_scenario_and_keeps_nothing_else_open() -> None:
    cases = [case(growth={"realisation": each}) for each in (0.2, 0.5)]
    named = [Case(name, each.table, each.scenario) for name, each in zip(("one", "two"), cases, strict=True)]
    records, shown = listing("compare", named, "compromise", compromise=True)
    take = shown.takes[""]
    made = taken(cases[0], take)
    assert list(made.quotas) == [each["quota"] for each in records["compromise"]["units"]]
    assert {each.reason for each in made.scenario.locks} == {"Theo phương án dung hòa giữa các kịch bản."}


def test_a_request_is_granted_as_a_lock_beside_those_there_are() -> None:
    about = case(locks=[LOCK])
    records, shown = listing("appeal", about, "paid_by", "Châu Phú", 150)
    made = taken(about, shown.takes[""])
    quotas = dict(zip(made.table.units, made.quotas, strict=True))
    assert quotas["Châu Phú"] == 150
    assert quotas["An Phú"] == 60
    before = dict(zip(about.table.units, about.allocation.quotas, strict=True))
    changes = {unit: quotas[unit] - old for unit, old in before.items() if quotas[unit] != old}
    assert changes == {"Châu Phú": 150 - before["Châu Phú"], **{e["unit"]: e["change"] for e in records["absorbed_by"]}}
    kept, new = made.scenario.locks
    assert (kept.by, kept.reason, new.reason) == ("Ban Thường vụ", "đã hứa", "Chấp nhận đề nghị 150 của đơn vị.")


@pytest.mark.parametrize("review", [{}, {"reserve": 200, "release": 200}])
def test_a_review_is_taken_where_nothing_is_held_back(tmp_path: Path, review: dict[str, int]) -> None:
    (tmp_path / "reports.csv").write_text(REPORTS, encoding="utf-8")
    about = case(review=review)
    records, shown = listing("review", about, "review", tmp_path / "reports.csv")
    made = taken(about, shown.takes[""])
    assert list(made.quotas) == [each["quota"] for each in records["units"]]
    assert made.scenario.review.reserve == records["reserve"] == 0
    held = case(review={"reserve": 200, "release": 100})
    assert not listing("review", held, "review", tmp_path / "reports.csv")[1].takes


def test_what_the_rules_do_not_allow_is_not_offered() -> None:
    capped = {"units": {"Long Xuyên": {"max": 500, "firm": True}}}
    cases = [case(bounds=capped), case(), case(growth={"realisation": 0.5})]
    named = [Case(name, each.table, each.scenario) for name, each in zip(("one", "two", "six"), cases, strict=True)]
    records, shown = listing("compare", named, "compromise", compromise=True)
    quotas = {each["unit"]: each["quota"] for each in records["compromise"]["units"]}
    assert quotas["Long Xuyên"] > 500
    with pytest.raises(AllocatorError):
        allocate(cases[0].table, cases[0].scenario.changed(locking(cases[0].table, cases[0].scenario, quotas)))
    assert not shown.takes
