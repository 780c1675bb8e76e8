"""Rows that are sums, found by arithmetic: every section made is found, and rows that are none are left alone."""

import random

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from allocator.data.limits import Sent
from allocator.data.read import read_table
from allocator.data.sums import judged

SHAPES = st.lists(st.integers(2, 6), min_size=2, max_size=5)
SEEDS = st.integers(0, 10**9)
SURE = 1


def units(count, seed):
    rng = random.Random(seed)
    return [(rng.randint(101, 4999), rng.randint(11, 499), rng.randint(1, 899)) for _ in range(count)]


def added(rows):
    return tuple(map(sum, zip(*rows, strict=True)))


@given(SHAPES, SEEDS, st.booleans(), st.booleans(), st.booleans())
@example([2, 2, 4, 6, 2], 3524, False, False, False)
@example([2, 2, 4, 6, 2], SURE, False, False, False)
@example([3, 6, 4], SURE, True, True, True)
def test_sections_and_the_whole_are_found_wherever_their_sums_stand(shape, seed, before, numbered, total_first):
    every = units(sum(shape), seed)
    rows, right, left = [], {}, iter(every)
    for size in shape:
        section = [next(left) for _ in range(size)]
        whole, below = [(added(section), "A" if numbered else "")], [(row, "1" if numbered else "") for row in section]
        right[len(rows) if before else len(rows) + size] = "subtotal"
        rows += whole + below if before else below + whole
    total = [(added(every), "")]
    right = {at + total_first: why for at, why in right.items()} | {0 if total_first else len(rows): "total"}
    figures, indexes = zip(*(total + rows if total_first else rows + total), strict=True)
    found = judged([""] * len(figures), indexes, figures, ())
    told = {at: each.why for at, each in found.items()}
    if "asked" in told.values() and seed != SURE:  # so few and small figures that chance may add them up
        assert {at: why for at, why in told.items() if why not in ("asked", "subtotal")}.items() <= right.items()
        assert told.keys() == right.keys()
    else:
        assert told == right


@given(st.integers(3, 12), SEEDS)
def test_rows_that_add_up_to_nothing_are_units(count, seed):
    rows = units(count, seed)
    runs = {added(rows[a:b]) for a in range(count) for b in range(a + 2, count + 1)}
    assume(not runs & {*rows})
    assert judged([""] * count, [str(n + 1) for n in range(count)], rows, ()) == {}


@pytest.mark.parametrize(
    "text",
    [
        "unit,workforce\nA,100\nB,200\nC,300\n",
        "unit,workforce,published_quota\nA,1000,100\nB,600,60\nC,1600,160\n",
        "unit,workforce\nCộng Hòa,120\nTổng công ty 28,300\nCông ty May,420\n",
        "unit,workforce,growth_estimate\nA,500,0\nB,300,100\nC,800,100\n",
    ],
)
def test_what_may_add_up_by_chance_is_no_sum(text):
    assert len(read_table(Sent("t.csv", text.encode()))) == 3


def test_a_table_of_ours_loses_its_sums_with_a_note():
    rows = (
        "unit,workforce,published_quota\nLong My,1000,100\nVi Thuy,600,60\nSubtotal districts,1600,160\nHealth,300,30\n"
    )
    made = read_table(
        Sent("t.csv", f"{rows}Education,500,50\nSubtotal sectors,800,80\nGrand total,2400,240\n".encode())
    )
    assert made.units == ("Long My", "Vi Thuy", "Health", "Education")
    assert [(each.code, each.row) for each in made.notes] == [
        ("import.subtotal", "Subtotal districts"),
        ("import.subtotal", "Subtotal sectors"),
        ("import.total", "Grand total"),
    ]


def test_a_slip_in_one_column_of_a_sum_is_told():
    text = "unit,workforce,published_quota\nA,412,60\nB,318,45\nTổng khối xã,731,105\nC,527,75\nD,901,120\n"
    made = read_table(Sent("t.csv", text.encode()))
    assert made.units == ("A", "B", "C", "D")
    assert [(each.code, each.column, each.printed, each.recomputed) for each in made.notes] == [
        ("import.subtotal", None, None, None),
        ("import.sum_slip", "workforce", 731, 730),
    ]
