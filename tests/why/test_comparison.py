"""An allocation beside a published one of which not all is known, or whose total is another."""

from __future__ import annotations

import json
from dataclasses import asdict
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.data.table import Table
from allocator.files import load_scenario
from allocator.finding.measures import measures
from allocator.model.allocation import Allocation, allocate
from allocator.model.scenario import Scenario
from allocator.proof.check import first_wrong
from allocator.proof.result import result
from allocator.questions import Case
from allocator.questions.compare import ask_compare
from allocator.questions.run import ask_run
from allocator.why.comparison import Comparison, compare
from allocator.why.explanation import STEPS, sentences, steps
from allocator.words import Words

TOLD = Words("en")


def made(workforce: tuple[int, ...], published: tuple[float | None, ...], **values: Any) -> Allocation:
    blank, units = (None,) * len(workforce), tuple("ABCDEFGH"[: len(workforce)])
    table = Table(units, {"workforce": workforce, "given": published}, blank, blank)
    basic = {"data": "t.csv", "published": "given", "bounds": {"max_share": None}}
    return allocate(table, Scenario.model_validate(basic | values), "waterfill")


@st.composite
def allocations(draw: st.DrawFn) -> Allocation:
    """Tables in which any published figure may be blank, 0 or a decimal, with the published total and with others."""
    figures = st.one_of(st.none(), st.integers(0, 60), st.sampled_from([0, 0.1, 9.9, 12.5]))
    rows = draw(st.lists(st.tuples(st.integers(0, 300), figures), min_size=1, max_size=8))
    workforce, published = zip(*rows, strict=True)
    if not any(workforce):
        workforce = (1, *workforce[1:])
    whole = sum(int(each or 0) for each in published)
    target = draw(st.one_of(st.just(whole), st.integers(0, 400)))
    lots = {"A": {"min": draw(st.integers(0, target))}} if draw(st.booleans()) else {}
    return made(workforce, published, target=target, bounds={"max_share": None, "units": lots})


def decimal(value: float) -> Fraction:
    return Fraction(str(value))


def formulated(allocation: Allocation) -> dict[str, Any]:
    """The comparison in exact fractions, from shares of the totals and from pairs of units."""
    every = zip(
        allocation.table.units, allocation.quotas, allocation.published, allocation.claims.available, strict=True
    )
    rows = [(unit, q, decimal(p), Fraction(w, 10**6)) for unit, q, p, w in every if p is not None]
    ours, theirs = sum(q for _, q, _, _ in rows), sum(p for _, _, p, _ in rows)
    found: dict[str, Any] = {"left_out": [], "totals": (ours, theirs), "misplaced": None, "largest": {}}
    if rows:
        known = {unit for unit, *_ in rows}
        found["left_out"] = [unit for unit in allocation.table.units if unit not in known]
    if rows and (ours == theirs == 0 or (ours > 0 and theirs > 0)):
        apart = {unit: Fraction(q, ours or 1) - p / (theirs or 1) for unit, q, p, _ in rows}
        # What is above the published share is what is below it elsewhere.
        found["misplaced"] = sum(each for each in apart.values() if each > 0) * ours
        found["largest"] = {unit: abs(each) * ours for unit, each in apart.items()}
    for side, at in (("proposed", 1), ("published", 2)):
        efforts = [row[at] / row[3] for row in rows if row[3]]
        whole = sum(efforts)
        gaps = sum(abs(one - other) for one, other in combinations(efforts, 2))
        found[f"gini_{side}"] = gaps / (len(efforts) * whole) if whole else None
        found[f"ratio_{side}"] = max(efforts) / min(efforts) if efforts and min(efforts) else None
    return found


def near(value: float | None, right: Fraction | None) -> bool:
    return value is None if right is None else value == pytest.approx(float(right), rel=1e-9, abs=1e-9)


@settings(max_examples=400, deadline=None)
@given(allocations())
def test_a_comparison_is_over_what_was_published_by_shares_where_totals_differ(allocation: Allocation) -> None:
    found, right = compare(allocation), formulated(allocation)
    if not any(each is not None for each in allocation.published):
        assert found.left_out == []
        assert found.totals.published is found.misplaced is found.effort_gini.published is None
        assert found.totals.proposed == allocation.scenario.target
        return
    assert found.left_out == right["left_out"]
    assert (found.totals.proposed, decimal(found.totals.published or 0)) == right["totals"]
    assert near(found.misplaced, right["misplaced"])
    if right["misplaced"] is not None:
        most = max(right["largest"].values())
        assert near(found.largest_gap, most)
        assert near(found.largest_gap, right["largest"][found.largest_gap_unit])
        ours = found.totals.proposed
        assert near(found.misplaced_share, right["misplaced"] / int(ours or 0) if ours else None)
        assert found.misplaced_share is None or 0 <= found.misplaced_share <= 1 + 1e-12
    for side in ("proposed", "published"):
        assert near(getattr(found.effort_gini, side), right[f"gini_{side}"])
        assert near(getattr(found.effort_ratio, side), right[f"ratio_{side}"])


@settings(max_examples=100, deadline=None)
@given(allocations())
def test_the_checker_works_it_out_again(allocation: Allocation) -> None:
    document = json.loads(json.dumps(result(allocation)))
    assert first_wrong(document) is None


@settings(max_examples=200, deadline=None)
@given(allocations())
def test_the_sentences_say_what_was_compared(allocation: Allocation) -> None:
    found = compare(allocation)
    texts = {each.key: each for each in measures(found)}
    ours, theirs = found.totals.proposed, found.totals.published
    assert ("compare.left_out" in texts) == bool(found.left_out)
    if found.left_out:
        assert texts["compare.left_out"].values == {"count": len(found.left_out), "units": found.left_out}
    of = {"compare.none"} if theirs is None else {"compare.no_total"} if found.misplaced is None else {
        "compare.misplaced", "compare.largest"} if ours == theirs else {
        "compare.misplaced_share", "compare.largest_share", "compare.totals"}  # fmt: skip
    assert {*texts} - {"compare.left_out"} == of
    assert all(Words(language).told(each) for language in ("vi", "en") for each in texts.values())


@settings(max_examples=200, deadline=None)
@given(allocations())
def test_why_not_as_published_is_told_with_the_total_apart(allocation: Allocation) -> None:
    """The part named is the largest in the direction of the difference, and the parts add up to it."""
    ours, theirs = formulated(allocation)["totals"]
    rows = steps(allocation)
    for unit, told in enumerate(sentences(allocation, rows)):
        said, published, quota = told[-1], allocation.published[unit], allocation.quotas[unit]
        if published is None or published == quota:
            assert said.key == f"sentence.published.{'unknown' if published is None else 'same'}"
            continue
        _, _, side, part = said.key.split(".")
        scaled = ours != theirs and ours > 0 and theirs > 0
        level = float(decimal(published) * ours / theirs) if scaled else published
        first = "workforce_share" if scaled else "workforce"
        own = [each / 10 for each in rows[unit]]
        parts = dict(zip(("total", first, *STEPS[1:]), (level - published, own[0] - level, *own[1:]), strict=True))
        sign = 1 if side == "more" else -1
        assert sum(parts.values()) == pytest.approx(quota - published)
        assert sign * (quota - published) == pytest.approx(said.values["gap"])
        assert sign * parts[part] == pytest.approx(max(sign * each for each in parts.values()))
        assert said.values["members"] == pytest.approx(abs(parts[part]))
        assert (said.values["ours"], said.values["theirs"]) == (ours, pytest.approx(float(theirs)))
        if part == "workforce_share":
            assert sign * own[0] > sign * said.values["level"]


WORKED: list[tuple[tuple[int, ...], tuple[float | None, ...], int, dict[str, Any]]] = [
    # all published, totals agree: as ever
    ((100, 300), (50, 30), 80, {"misplaced": 30, "misplaced_share": 0.375, "largest_gap": 30, "left_out": []}),
    # one blank, the others' totals agree: 20 60 | 40 40
    ((100, 300, 400), (40, 40, None), 160, {"misplaced": 20, "misplaced_share": 0.25, "left_out": ["C"]}),
    # another total: 20 60 of 80 beside 100 100 of 200 are a quarter and a half
    ((100, 300), (100, 100), 80, {"misplaced": 20, "misplaced_share": 0.25, "largest_gap": 20, "left_out": []}),
    # the same shares of another total: nothing is misplaced
    ((100, 300), (100, 300), 80, {"misplaced": 0, "misplaced_share": 0.0, "largest_gap": 0}),
    # blank and another total
    ((100, 300, 400), (30, 10, None), 160, {"misplaced": 40, "misplaced_share": 0.5, "totals": (80, 40)}),
    # nothing published of what is shared out
    ((100, 300), (0, 0), 80, {"misplaced": None, "largest_gap": None, "largest_gap_unit": None, "totals": (80, 0)}),
    ((100, 300), (None, None), 80, {"misplaced": None, "left_out": [], "totals": (80, None)}),
]


@pytest.mark.parametrize(("workforce", "published", "target", "right"), WORKED)
def test_worked_out(workforce: Any, published: Any, target: int, right: dict[str, Any]) -> None:
    found = asdict(compare(made(workforce, published, target=target)))
    found["totals"] = tuple(found["totals"].values())
    assert {key: found[key] for key in right} == right
    assert type(found["misplaced"]) is type(right["misplaced"])


def test_new_unions_compare_fourteen_units_and_name_the_one() -> None:
    allocation = allocate(*load_scenario("an-giang-2017/new-unions"))
    found = compare(allocation)
    published = [27, 10, 10, 7, 7, 7, 7, 5, 5, 6, 5, 2, 0, 2]
    quotas = list(allocation.quotas[:14])
    assert found.left_out == ["CĐ các KCN"]
    assert (found.totals.proposed, found.totals.published) == (sum(quotas), 100) == (100 - allocation.quotas[14], 100)
    moved = sum(abs(q - Fraction(p * sum(quotas), 100)) for q, p in zip(quotas, published, strict=True)) / 2
    assert found.misplaced == pytest.approx(float(moved))
    told = " ".join(Words("vi").about(allocation.scenario.what).told(each) for each in measures(found))
    assert "1 đơn vị không đưa vào so sánh vì không có số đã công bố: CĐ các KCN." in told
    assert f"Các đơn vị được so có tổng {sum(quotas)}, tổng đã công bố của các đơn vị này là 100" in told


def test_a_blank_figure_is_left_out_on_every_surface_of_a_run() -> None:
    allocation = made((100, 300, 400), (40, 40, None), target=160)
    finding = ask_run.ask(Case("x", allocation.table, allocation.scenario))
    assert "without a published figure: C." in TOLD.told(finding.lines)
    assert finding.records["comparison"]["left_out"] == ["C"]
    (section,) = [each for each in finding.sections if each.key == "comparison"]
    assert [each.key for each in section.listings] == ["measures"]


def names_of(finding: Any) -> str:
    return " ".join(TOLD.told(each) for each in finding.lines)


def cases() -> list[Case]:
    one, two = made((100, 300, 400), (40, 40, None), target=160), made((100, 300, 400), (40, 40, None), target=320)
    return [Case("one", one.table, one.scenario), Case("two", two.table, two.scenario)]


def test_compare_says_once_what_is_left_out_of_all_and_whose_totals_differ() -> None:
    finding = ask_compare.ask(cases())
    assert [each["comparison"]["misplaced"] for each in finding.records["scenarios"]] == [20, 40]
    told = names_of(finding)
    assert told.count("without a published figure: C.") == 1
    assert "two: The units compared have 160 together here, 80 in the published table" in told
    assert "one: The units" not in told


def test_compare_with_the_published_table_moves_what_can_be_compared() -> None:
    told = names_of(ask_compare.ask(cases(), reference="published"))
    assert "one: 20 members moved against the published allocation." in told
    assert "two: 40 members moved against the published allocation." in told


def test_the_first_scenario_s_published_table_is_what_all_are_compared_with() -> None:
    """A unit that the first has not is left out like one without a figure."""
    first = made((100, 300), (30, 10), target=40)
    other = made((100, 300, 400), (None, None, None), target=80)
    both = [Case("first", first.table, first.scenario), Case("other", other.table, other.scenario)]
    told = names_of(ask_compare.ask(both, reference="published"))
    assert "first: 20 members moved" in told
    assert "other: 20 members moved" in told
    assert "other: 1 unit left out of the comparison, without a published figure: C." in told


def test_a_comparison_knows_when_it_is_by_shares() -> None:
    found: list[Comparison] = [compare(made((1, 1), (a, b), target=20)) for a, b in ((10, 10), (20, 20), (None, None))]
    assert [each.by_shares for each in found] == [False, True, False]
    assert all(here.rank_correlation is None for here, _ in pairwise(found))
