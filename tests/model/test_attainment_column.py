"""The column `attainment`: a share that stands instead of a unit's counts, read strictly, used or noted."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from allocator.data.limits import Sent
from allocator.data.read import read_table
from allocator.data.table import Table
from allocator.errors import InputError
from allocator.model.allocation import allocate
from allocator.model.scenario import Scenario

PAST = {"exponent": 1, "floor": 0, "ceiling": 2}


def read(*rows: str) -> Table:
    return read_table(Sent("t.csv", "\n".join(["unit;workforce;term_target;recruited;attainment", *rows]).encode()))


def scenario(**more: Any) -> Scenario:
    return Scenario.model_validate({"data": "t.csv", "target": 10, "attainment": {**PAST, **more}})


@pytest.mark.parametrize(
    ("cell", "value"), [("0.722", 0.722), ("72,2 %", 0.722), ("72.2%", 0.722), ("1200 %", 12), ("1.008", 1.008)]
)
def test_a_share_or_a_percentage(cell: str, value: float) -> None:
    assert read(f"A;10;10;5;{cell}").columns["attainment"] == (value,)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("72.2", r"t.csv:2:5: “72.2” in column attainment \(A\) is a share: if 72.2% is meant, write 72.2%, or 0.722"),
        ("0,722", "is not a number"),
        ("1,008", "can be read two ways"),
        ("-0.2", "is negative: a stated attainment cannot be below 0"),
        ("1.250%", "can be read two ways.*write 1250%"),
        ("good", "is not a number"),
        ("100000001 %", "is more than 1,000,000"),
    ],
)
def test_what_is_no_share_is_refused(cell: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read(f"A;10;10;5;{cell}")


def test_it_stands_instead_of_the_counts_of_its_unit_alone() -> None:
    made = allocate(read("A;10;10;5;72,2 %", "B;10;20;10;"), scenario(), "waterfill")
    assert made.claims.attainment == (Fraction(722, 1000), Fraction(1, 2))
    assert made.claims.claims == (7_220_000, 5_000_000)


def test_the_average_of_the_province_counts_it_with_its_term_target() -> None:
    table = read("A;10;30;;0.9", "B;10;10;5;", "C;10;;;", "D;10;;;0.1")
    assert allocate(table, scenario(missing="province"), "waterfill").claims.multiplier[2] == Fraction(32, 40)


def test_a_node_above_has_its_own_share_or_the_sums_of_the_counts() -> None:
    columns = {
        "workforce": (None, 10, 10),
        "term_target": (None, 10, 10),
        "recruited": (None, 6, 8),
        "attainment": (None, 0.1, 0.2),
    }
    table = Table(("P", "a", "b"), columns, (None,) * 3, (None, "P", "P"))
    levels = scenario().changed({"hierarchy": "levels"})
    assert allocate(table, levels).above[0].claims.attainment == (Fraction(14, 20),)
    assert allocate(table.with_figure("attainment", 0, 0.5), levels).above[0].claims.attainment == (Fraction(1, 2),)


def noted(table: Table, **past: Any) -> dict[str, Any]:
    return {each.key: each.values for each in allocate(table, scenario(**past), "waterfill").notes}


def test_counts_that_it_stands_before_are_noted() -> None:
    some = noted(read("A;10;10;5;0.7", "B;10;20;10;", "C;10;;;0.3"))
    assert some == {"note.attainment_stated": {"units": ["A"], "beside": {"A": ["term_target", "recruited"]}}}
    every = noted(read("A;10;10;5;0.7", "B;10;20;10;0.5"))
    assert every == {"note.columns_unused": {"columns": ["term_target", "recruited"]}}
    assert noted(read("A;10;10;;0.7", "B;10;20;10;", "C;10;;;"), missing="province").keys() == {
        "note.attainment_missing"
    }
    without = noted(read("A;10;10;5;0.7"), exponent=0)
    assert without == {"note.columns_unused": {"columns": ["term_target", "recruited", "attainment"]}}


def test_a_level_that_names_only_the_weight_keeps_the_basis_of_the_scenario() -> None:
    columns = {
        "workforce": (None, 10, 20),
        "term_target": (None, 10, 10),
        "recruited": (None, 9, 8),
        "lost": (None, 2, 1),
    }
    table = Table(("P", "a", "b"), columns, (None,) * 3, (None, "P", "P"))
    made = scenario(exponent=0, basis="net").changed({"hierarchy": "levels"})
    made = made.changed({"levels": [{}, {"attainment": {"exponent": 1}}]})
    allocation = allocate(table, made)
    assert allocation.claims.attainment == (Fraction(7, 10), Fraction(7, 10))  # less those lost
    assert "note.columns_unused" not in {each.key for each in allocation.notes}
