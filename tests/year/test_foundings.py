"""Unions needed, and the fewest foundings, against plain enumeration; quotas gross and net."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from math import ceil

from hypothesis import given, settings
from hypothesis import strategies as st

from allocator import Allocation, allocate, load_scenario
from allocator.data.records import Enterprise, Register
from allocator.year.foundings import fewest, foundings, lacking, made_up_register
from allocator.year.netting import net_and_gross

FIRMS = st.lists(
    st.builds(Enterprise, st.text("ab", min_size=1, max_size=3), st.integers(1, 60), st.integers(0, 60), st.booleans()),
    max_size=7,
)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 100))
def test_needed_is_exact(eligible: int, have: int, percent: int) -> None:
    assert lacking(eligible, have, percent / 100) == max(0, ceil(Fraction(percent * eligible, 100)) - have)


@given(FIRMS, st.integers(0, 150))
def test_no_list_is_shorter(firms: list[Enterprise], quota: int) -> None:
    chosen = list(fewest(firms, quota))
    free = [each for each in firms if not each.has_union]
    assert all(each in free for each in chosen)
    enough = [
        size
        for size in range(len(free) + 1)
        if any(sum(each.joinable for each in some) >= quota for some in combinations(free, size))
    ]
    assert len(chosen) == (enough[0] if enough else len(free))
    assert [each.joinable for each in chosen] == sorted((each.joinable for each in chosen), reverse=True)


@settings(deadline=None)
@given(st.integers(0, 10**6))
def test_a_made_up_register_shares_out_the_workforce(seed: int) -> None:
    table, _ = load_scenario("an-giang-2017/base")
    rows = made_up_register(table, seed)
    assert rows == made_up_register(table, seed)
    for unit, workforce in zip(table.units, table.column("workforce"), strict=True):
        assert sum(int(row["workers"]) for row in rows if row["unit"] == unit) == workforce


def test_the_share_taken_over_the_province() -> None:
    allocation = allocate(*load_scenario("an-giang-2017/base", ["unions.over=province"]))
    units = allocation.table.units
    large = {unit: tuple(Enterprise(f"{n}", 20, 20, n < 2) for n in range(7)) for unit in units[:3]}
    small = Enterprise("s", 9, 9, False)
    register = Register({**large, units[0]: (*large[units[0]], small)})
    found = foundings(allocation, register)
    assert found.needed == ceil(Fraction(9, 10) * 21) - 6
    assert [each.needed for each in found.units[:3]] == [5, 4, 4]
    alone = foundings(replace(allocation, scenario=allocation.scenario.changed({"unions": {"over": "unit"}})), register)
    assert [(each.eligible, each.have, each.needed) for each in alone.units[:4]] == [(7, 2, 5)] * 3 + [(0, 0, 0)]
    assert found.units[0].foundings == tuple(Enterprise(f"{n}", 20, 20, False) for n in range(2, 7))
    assert found.units[0].members == 100


def test_an_giang_lost_more_than_half_of_those_it_recruited() -> None:
    made = net_and_gross(allocate(*load_scenario("an-giang-2017/base")))
    assert (made.recruited, made.lost) == (23009, 13205)
    long_xuyen, chau_phu, zones = made.units[0], made.units[1], made.units[-1]
    assert long_xuyen.net is not None
    assert long_xuyen.net < 0
    assert chau_phu.net == round(Fraction(1733 - 402, 1733) * chau_phu.gross)  # type: ignore[operator]
    assert not zones.own
    assert zones.rate == made.rate


def test_net_quotas_say_what_they_need() -> None:
    allocation = allocate(*load_scenario("an-giang-2017/base", ["quota_basis=net"]))
    made = net_and_gross(allocation)
    assert tuple(each.net for each in made.units) == allocation.quotas
    assert made.units[0].gross is None
    needed = made.units[1].gross
    assert needed is not None
    kept = Fraction(1733 - 402, 1733)
    assert (needed - 1) * kept < allocation.quotas[1] <= needed * kept
    assert made.units[-1].beyond_workforce


def test_a_report_says_both_ways() -> None:
    allocation = allocate(*load_scenario("an-giang-2017/base"))
    made = net_and_gross(allocation)
    assert [each.key for each in made.texts] == ["net.basis_gross", "net.province"]
    assert (made.texts[1].values["net"], made.texts[1].values["gross"]) == (2770, 15255)

    def changed(**columns: tuple[int | None, ...]) -> Allocation:
        return replace(allocation, table=replace(allocation.table, columns={**allocation.table.columns, **columns}))

    all_left = net_and_gross(changed(lost=allocation.table.column("recruited")))
    assert [each.key for each in all_left.texts] == ["net.basis_gross", "net.none_stays"]
    assert net_and_gross(changed(lost=(None,) * len(allocation.table))).texts == ()
