"""Units called without accents or case: the only one that fits is meant wherever a scenario names one, and noted."""

from __future__ import annotations

import pickle

import pytest

from allocator import allocate, load_scenario
from allocator.data.settings import Settings, parse_yaml
from allocator.data.table import Table
from allocator.errors import InputError
from allocator.model.naming import fitted
from allocator.model.scenario import Scenario, scenario_from
from allocator.words import LANGUAGES

FLAT = Table(("Châu Phú", "Tịnh Biên", "Hòa An", "Hoà Ân"), {"workforce": (500, 300, 200, 100)})
TREE = Table(
    ("Tỉnh Bắc", "Tỉnh Nam", "Bình Đại", "Đông Hải"),
    {"workforce": (None, None, 500, 300)},
    (None,) * 4,
    (None, None, "Tỉnh Bắc", "Tỉnh Nam"),
)
EVERYWHERE = """
data: x.csv
target: 100
growth: {units: {NAME: 0.5}}
bounds: {units: {NAME: {min: 0}}}
locks: [{unit: NAME, quota: 40}]
groups: [{name: g, units: [NAME, Tịnh Biên], max: 90}]
rules:
  - {for: {units: [NAME]}, each: {most: 80}}
  - {for: all, except: [NAME], each: {most: 90}}
uncertainty:
  units: {NAME: {dist: uniform}}
  workforce: {deviation: 0.1, units: {NAME: 0.2}}
  correlation: {NAME: {Tịnh Biên: 0.3}, Tịnh Biên: {NAME: 0.3}}
"""


def read(text: str) -> Scenario:
    values, places = parse_yaml(text, "s.yaml")
    return scenario_from(Settings(values, places))


def test_it_is_the_same_scenario_wherever_a_unit_is_named() -> None:
    exact = read(EVERYWHERE.replace("NAME", "Châu Phú"))
    table, made = fitted(FLAT, read(EVERYWHERE.replace("NAME", "CHAU PHU")))
    assert made.model_dump() == exact.model_dump()
    (note,) = table.notes
    assert (note.row, note.values, note.place[:7]) == ("Châu Phú", {"name": "CHAU PHU"}, "s.yaml:")
    keys = ("growth", "units", "Châu Phú")
    assert made.place(*keys) == exact.place(*keys) == "s.yaml:4:18"
    assert pickle.loads(pickle.dumps(made)).place("locks", 0) == exact.place("locks", 0)
    assert fitted(FLAT, exact) == (FLAT, exact)


def test_it_is_allocated_in_python_and_the_note_stays() -> None:
    table, scenario = load_scenario("an-giang-2017/base")
    made = allocate(table, scenario.changed({"locks": [{"unit": "chau phu", "quota": 100}]}))
    assert made.quotas[table.units.index("Châu Phú")] == 100
    assert [each.values for each in made.table.notes] == [{"name": "chau phu"}]


@pytest.mark.parametrize("hierarchy", ["levels", "at_once"])
def test_nodes_of_a_tree_and_keys_of_its_levels_too(hierarchy: str) -> None:
    text = """
data: x.csv
target: 80
rules: [{for: {under: tinh bac}, together: {least: 60}}]
levels: [{}, {bounds: {units: {dong hai: {max: 15}}}, locks: [{unit: dong hai, quota: 15}]}]
"""
    made = allocate(TREE, read(text + f"hierarchy: {hierarchy}"))
    assert (made.table.units, made.quotas) == (("Bình Đại", "Đông Hải"), (65, 15))
    assert made.whole is not None
    assert [each.row for each in made.whole.table.notes] == ["Đông Hải", "Tỉnh Bắc"]


def test_a_name_that_fits_two_is_refused_with_both() -> None:
    with pytest.raises(InputError) as caught:
        allocate(FLAT, read("data: x.csv\ntarget: 10\nlocks: [{unit: hoa an, quota: 1}]"))
    for language in LANGUAGES:
        (told,) = caught.value.messages(language)
        assert all(each in told for each in ("s.yaml:3:", "Hòa An", "Hoà Ân")), told
    exact = read("data: x.csv\ntarget: 10\nlocks: [{unit: Hoà Ân, quota: 1}]")
    assert allocate(FLAT, exact).quotas[3] == 1


def test_two_keys_of_one_unit_are_refused() -> None:
    with pytest.raises(InputError) as caught:
        fitted(FLAT, read("data: x.csv\ntarget: 10\ngrowth: {units: {chau phu: 0.5, Châu Phú: 0.4}}"))
    assert [(each.key, each.place) for each in caught.value.faults] == [("scenario.twice", "s.yaml:3:18")]
