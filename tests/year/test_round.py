"""A round: alone as one question each, together as every subset of the bids and every allocation says."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from allocator.data.bids import Bid
from allocator.data.table import Table
from allocator.errors import Fault, InfeasibleError, InputError
from allocator.files import load_scenario
from allocator.model.allocation import allocate
from allocator.model.scenario import Scenario
from allocator.why.appeal import locking
from allocator.year.round import Round, answer_round
from tests.stress.deep import crowded

TABLE, BASE = load_scenario("an-giang-2017/base")
relaxed = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
Small = tuple[Table, Scenario, list[Bid]]


def quotas(table: Table, scenario: Scenario) -> tuple[int, ...]:
    return allocate(table, scenario, method="waterfill").quotas


def outcome(table: Table, scenario: Scenario) -> tuple[tuple[int, ...], tuple[Fault, ...]]:
    """The quotas, or what is wrong."""
    try:
        return quotas(table, scenario), ()
    except InfeasibleError as error:
        return (), error.faults


@st.composite
def small_rounds(draw: st.DrawFn, claims: bool = False) -> Small:
    """Up to five units, some with floors and caps of their own or in groups, and what they ask for."""
    count = draw(st.integers(2, 5))
    names = tuple("ABCDE"[:count])
    workforce = tuple(draw(st.lists(st.integers(0, 12), min_size=count, max_size=count)))
    kinds = tuple(draw(st.lists(st.sampled_from(["x", "y"]), min_size=count, max_size=count)))
    table = Table(names, {"workforce": workforce}, kinds, (None,) * count)
    lot = draw(st.sampled_from([1, 2]))
    lots = st.integers(0, 6).map(lambda n: n * lot)
    values: dict[str, Any] = {"data": "t.csv", "target": lot * draw(st.integers(1, 9)), "lot": lot, "bounds": {}}
    values["bounds"]["max_share"] = draw(st.sampled_from([None, 1, 0.7]))
    for each in names:
        if draw(st.integers(0, 3)) == 0:
            values["bounds"].setdefault("units", {})[each] = {draw(st.sampled_from(["min", "max"])): draw(lots)}
    if draw(st.booleans()) and "x" in kinds:
        values["groups"] = [{"name": "g", "kind": "x", draw(st.sampled_from(["min", "max"])): draw(lots)}]
    asking = draw(st.lists(st.sampled_from(names), unique=True, min_size=1))
    bids = [Bid(each, "bid", draw(lots)) for each in asking]
    if claims:
        bids += [Bid(each, "workforce", draw(st.integers(0, 12))) for each in draw(st.sets(st.sampled_from(names)))]
    return table, Scenario.model_validate(values), bids


def answered(case: Small, **more: Any) -> Round:
    try:
        return answer_round(*case, **more)
    except InfeasibleError:
        assume(False)
        raise


def allocations(table: Table, scenario: Scenario, caps: dict[str, int]) -> list[tuple[int, ...]]:
    """Every allocation in whole lots that keeps floors, caps, the group and the bids."""
    lot, made = scenario.lot, []
    rows = []
    for unit, workforce in zip(table.units, table.column("workforce"), strict=True):
        own = scenario.bounds.units.get(unit)
        share = scenario.bounds.max_share
        least = (own.min if own else None) or 0
        most = [scenario.target, *([int(Fraction(str(share)) * int(workforce or 0))] if share is not None else [])]
        most += [own.max] if own and own.max is not None else []
        most += [caps[unit]] if unit in caps else []
        low = -(-least // lot) * lot
        rows.append(
            range(low, min(most) + 1, lot) if workforce else range(low, low + 1 if low <= min(most) else low, lot)
        )
    for each in product(*rows):
        held = sum(quota for quota, kind in zip(each, table.kinds, strict=True) if kind == "x")
        fits = all((g.min or 0) <= held and (g.max is None or held <= g.max) for g in scenario.groups)
        if sum(each) == scenario.target and fits:
            made.append(each)
    return made


def cost(table: Table, scenario: Scenario, given: tuple[int, ...]) -> Fraction:
    """Σ (k − ½)·lot over the claim of every lot given."""
    lot = scenario.lot
    pairs = zip(given, table.column("workforce"), strict=True)
    return sum(
        (Fraction((2 * k - 1) * lot, 2 * int(w or 0)) for q, w in pairs if w for k in range(1, q // lot + 1)),
        Fraction(0),
    )


@relaxed
@given(small_rounds())
def test_the_joint_answer_is_that_of_every_subset_and_every_allocation(case: Small) -> None:
    table, scenario, bids = case
    made = answered(case)
    now = dict(zip(table.units, made.now.quotas, strict=True))
    low = [each for each in bids if each.asked <= now[each.unit]]
    first = sorted(range(len(low)), key=lambda at: now[low[at].unit] - low[at].asked)
    subsets = [
        [at for at, chosen in zip(first, bits, strict=True) if chosen] for bits in product((1, 0), repeat=len(first))
    ]
    subsets.sort(key=len, reverse=True)  # stable: of one size the first by relief, then by order
    fitting = (
        some for some in subsets if allocations(table, scenario, {low[at].unit: int(low[at].asked) for at in some})
    )
    best = next(fitting)
    assert {*made.kept} == {low[at].unit for at in best}
    ways = allocations(table, scenario, made.kept)
    assert made.joint.quotas in ways
    assert cost(table, scenario, made.joint.quotas) == min(cost(table, scenario, each) for each in ways)
    stands = {each.bid.unit: each.stands for each in made.entries}
    assert stands == {
        each.unit: "above" if each not in low else "cap" if each.unit in made.kept else "no_room" for each in bids
    }
    assert all((each.crowded is None) == (each.stands != "no_room") for each in made.entries)


@relaxed
@given(small_rounds())
def test_a_grant_equals_a_lock(case: Small) -> None:
    table, scenario, bids = case
    (unit, asked), alone = (bids[0].unit, int(bids[0].asked)), bids[:1]
    locked = scenario.changed(locking(table, scenario, {unit: asked}))
    answered((table, scenario, []))
    expected, refused = outcome(table, locked)
    if refused:
        with pytest.raises(InfeasibleError) as raised:
            answer_round(table, scenario, alone, [unit])
        assert raised.value.faults == refused
        return
    made = answer_round(table, scenario, alone, [unit])
    assert made.joint.quotas == expected
    assert made.entries[0].made is not None
    assert made.entries[0].made.quotas == expected
    decided = [Bid(unit, "bid", asked, decision="grant")]
    assert answer_round(table, scenario, decided).joint.quotas == expected


@relaxed
@given(small_rounds(claims=True))
def test_claims_are_the_allocation_of_the_table_with_these_figures(case: Small) -> None:
    table, scenario, bids = case
    made, corrected = answered(case), table
    for each in bids:
        if each.is_claim:
            alone = table.with_figure("workforce", table.units.index(each.unit), each.asked)
            answer = next(one for one in made.entries if one.bid is each)
            try:
                expected: int | None = quotas(alone, scenario)[table.units.index(each.unit)]
            except InfeasibleError:
                expected = None
            assert answer.quota_if == expected
            corrected = corrected.with_figure("workforce", table.units.index(each.unit), each.asked)
    assert made.true.quotas == quotas(corrected, scenario)
    assert quotas(corrected, scenario.changed(made.settings)) == made.joint.quotas
    declined = [Bid(each.unit, each.column, each.asked, decision="decline") for each in bids]
    nothing = answer_round(table, scenario, declined)
    assert nothing.joint.quotas == nothing.true.quotas == made.now.quotas


@relaxed
@given(small_rounds(), st.integers(1, 20))
def test_nobody_who_did_not_bid_is_asked_for_more_than_the_ceiling_or_what_was_asked_before(
    case: Small, parts: int
) -> None:
    table, _, bids = case
    made = answered(case, ceiling=parts / 20)
    for row in made.silent:
        quota, workforce = made.joint.quotas[row], int(table.column("workforce")[row] or 0)
        assert quota <= made.now.quotas[row] or quota <= Fraction(parts, 20) * workforce
        above = made.now.quotas[row] > Fraction(parts, 20) * workforce
        assert (table.units[row] in made.held) == above
    assert {table.units[row] for row in made.silent} == {*table.units} - {each.unit for each in bids}


@given(small_rounds())
@relaxed
def test_without_bids_the_round_is_the_run(case: Small) -> None:
    table, scenario, _ = case
    made = answered((table, scenario, []))
    assert made.joint.quotas == made.true.quotas == made.now.quotas == allocate(table, scenario).quotas
    assert (made.kept, made.paid_by, made.lots) == ({}, [], [])


def test_who_pays_on_the_real_table() -> None:
    # By hand: 110 members leave Long Xuyên, the 11 cheapest lots of the others take them, (k − ½)·10 / claim.
    made = answer_round(TABLE, BASE, [Bid("Long Xuyên", "bid", 900)])
    claims = dict(zip(made.now.table.units, made.now.to_frame()["claim"], strict=True))
    now = dict(zip(made.now.table.units, made.now.lots, strict=True))
    ladder = [
        ((10 * (k - 0.5)) / claim, unit)
        for unit, claim in claims.items()
        if unit != "Long Xuyên" and claim
        for k in range(now[unit] + 1, now[unit] + 12)
    ]
    cheapest = sorted(ladder)[:11]
    assert [each["unit"] for each in made.lots] == [unit for _, unit in cheapest]
    assert [each["effort"] for each in made.lots] == pytest.approx([effort for effort, _ in cheapest])
    assert sum(each["change"] for each in made.paid_by) == 110
    after = made.silent_efforts(made.joint)
    efforts = {u: e for u, e in zip(TABLE.units, made.joint.efforts, strict=True) if u != "Long Xuyên"}
    assert (after["unit"], after["highest_effort"]) == max(efforts.items(), key=lambda each: each[1] or 0)


def test_the_largest_set_that_fits_leaves_out_the_bid_of_most_relief() -> None:
    # W 10, 20, 30 in lots of 1 under 100 % of the workforce, target 48: quotas 8 16 24, room for 60.
    table = Table(("A", "B", "C"), {"workforce": (10, 20, 30)}, (None,) * 3, (None,) * 3)
    scenario = Scenario(data="t.csv", target=48)
    assert quotas(table, scenario) == (8, 16, 24)
    made = answer_round(table, scenario, [Bid("C", "bid", 15), Bid("A", "bid", 6), Bid("B", "bid", 15)])
    # A takes 4 of the 12 to spare, B 5, C 15: A and B fit, C with neither.
    assert made.kept == {"A": 6, "B": 15}
    assert made.joint.quotas == (6, 15, 27)
    assert made.unplaced == 48 - (6 + 15 + 15)
    left = made.standing("no_room")
    assert [(each.bid.unit, each.crowded and each.crowded.key) for each in left] == [("C", "infeasible.above_caps")]


def test_of_bids_with_one_relief_the_first_told_is_kept() -> None:
    table = Table(("A", "B"), {"workforce": (10, 10)}, (None,) * 2, (None,) * 2)
    scenario = Scenario(data="t.csv", target=16)
    for order in (("A", "B"), ("B", "A")):
        made = answer_round(table, scenario, [Bid(each, "bid", 7) for each in order])
        assert made.kept == {order[0]: 7}


def test_a_tree_decided_level_by_level_keeps_the_most_bids() -> None:
    units, parents = ("P", "A", "B", "Q", "C"), (None, "P", "P", None, "Q")
    table = Table(units, {"workforce": (None, 40, 10, None, 10)}, (None,) * 5, parents)
    scenario = Scenario(data="t.csv", target=48, hierarchy="levels")
    made = answer_round(table, scenario, [Bid("A", "bid", 31), Bid("C", "bid", 6), Bid("B", "bid", 6)])
    assert dict(zip(made.now.table.units, made.now.quotas, strict=True)) == {"A": 32, "B": 8, "C": 8}
    # Of the 12 to spare A, of the least relief, takes 9; B and C take 4 each.
    assert made.kept == {"C": 6, "B": 6}
    assert made.joint.quotas == (36, 6, 6)
    assert made.lots == []
    # What P cannot take in lots of 5 is lost: with A it takes 40, with B 45, with both 35.
    scenario = Scenario.model_validate({**scenario.model_dump(), "target": 50, "levels": [{"lot": 5}]})
    assert quotas(table, scenario) == (32, 8, 10)
    made = answer_round(table, scenario, [Bid("A", "bid", 31), Bid("B", "bid", 7)])
    assert made.kept == {"A": 31}


def test_of_random_trees_the_most_bids_are_kept() -> None:
    seen = Counter[str]()
    assert not [text for seed in range(400) for text in crowded(seed, seen)]
    assert seen["rounded, crowded"] > 20


@pytest.mark.parametrize(
    ("bids", "more", "key"),
    [
        ([Bid("Long Xuyên", "workforce", 9)], {"grants": ["Long Xuyên"]}, "round.no_bid"),
        ([Bid("Long Xuyên", "bid", 900, decision="decline")], {"grants": ["long xuyen"]}, "round.declined_grant"),
        ([Bid("Tịnh Biên", "bid", 500)], {"grants": ["Tịnh Biên"]}, "infeasible.unit"),
        ([Bid("Tịnh Biên", "bid", 500)], {"grants": ["Tịnh Biên"], "ceiling": 0.5}, "infeasible.unit"),
    ],
)
def test_a_grant_that_cannot_be_is_refused(bids: list[Bid], more: dict[str, Any], key: str) -> None:
    with pytest.raises((InputError, InfeasibleError)) as raised:
        answer_round(TABLE, BASE, bids, **more)
    assert [each.key for each in raised.value.faults] == [key]


@pytest.mark.parametrize("ceiling", [0.1, 0.4, 0.5299])
def test_a_ceiling_that_grants_leave_no_room_for_is_told_with_the_least_that_holds(ceiling: float) -> None:
    bids, grants = [Bid("Long Xuyên", "bid", 500), Bid("Châu Phú", "bid", 100)], ["Long Xuyên", "Châu Phú"]
    with pytest.raises(InfeasibleError) as raised:
        answer_round(TABLE, BASE, bids, grants, ceiling)
    (told,) = raised.value.faults
    assert (told.key, told.place, told.values) == ("round.ceiling_low", "--ceiling", {"share": ceiling, "least": 0.54})
    assert answer_round(TABLE, BASE, bids, grants, 0.54).kept == {"Long Xuyên": 500, "Châu Phú": 100}
    with pytest.raises(InfeasibleError):
        answer_round(TABLE, BASE, bids, grants, 0.53)
