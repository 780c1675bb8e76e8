"""Bounds that rules make of one unit and of sums, what is said of a band without a lot, and which rules collide."""

from __future__ import annotations

from typing import Any

import pytest

from allocator.data.table import Table
from allocator.errors import InfeasibleError
from allocator.model.allocation import allocate
from allocator.model.grounds import grounds
from allocator.model.hierarchy import node_totals
from allocator.model.scenario import Scenario
from tests.model.rules_oracle import Small
from tests.model.test_rules import each, flat, of_last, share, sum_of, told

LAST = [40, 20, 60, 30]


def sides(small: Small) -> tuple[tuple[int, ...], tuple[int, ...]]:
    made = told(small, "waterfill")
    return made.bounds.floor, made.bounds.cap


def test_the_tightest_of_several_rules_holds_whatever_their_order() -> None:
    rules = [each("all", 5), each("all", 0), each({"units": ["A"]}, 7), each("all", 6), each({"units": ["B"]}, 0)]
    rules += [each("all", None, 9), each("all", None, 30), each({"units": ["C"]}, None, 8), each("all", None, 9)]
    right = (7, 6, 6), (9, 9, 8)
    assert (
        sides(flat([10, 10, 10], 22, 1, rules[:2]))
        == sides(flat([10, 10, 10], 22, 1, rules[1::-1]))
        == ((5,) * 3, (22,) * 3)
    )
    assert sides(flat([10, 10, 10], 22, 1, rules)) == right
    assert sides(flat([10, 10, 10], 22, 1, rules[::-1])) == right
    made = told(flat([10, 10, 10], 22, 1, rules), "waterfill").bounds
    keys = [[rule and rule.key for rule in (made.rule(unit, least) for unit in range(3))] for least in (True, False)]
    assert keys == [["rules.2", "rules.3", "rules.3"], ["rules.5", "rules.5", "rules.7"]]
    assert [(rule.kind, rule.lots) for rule in made.rules(True)] == [
        ("rule_least", 7),
        ("rule_least", 6),
        ("rule_least", 6),
    ]
    assert [(rule.kind, rule.lots) for rule in made.rules(False)] == [
        ("rule_most", 9),
        ("rule_most", 9),
        ("rule_most", 8),
    ]


def test_a_unit_without_rules_has_none_that_sets_its_bounds() -> None:
    made = told(flat([10, 10], 9, 1, [each({"units": ["A"]}, 0)]), "waterfill").bounds
    assert (made.floor, made.cap) == ((0, 0), (9, 9))
    assert [rule.key for rule in made.rules(True)] == ["rules.0"]
    assert made.rules(False) == []


HARD = share("2 %", "available")
BANDS = [
    # D: 2.8 to 6 of lots of 10.
    ("soft", [of_last("70 %", "150 %")], (0, 10), ["rules.0"], (2.8, 6.0)),
    ("firm", [of_last("70 %", "150 %") | {"firm": True}], (0, 0), ["rules.0"], (2.8, 6.0)),
    # W of D is 300: 2 % are 6, and no lot may be above that.
    ("share of W", [each("all", share("70 %", "last"), HARD)], (0, 0), ["rules.0"], (2.8, 6.0)),
    # The hard most of 12 allows the lot of 10; the soft one of 6 may be passed.
    (
        "hard, but further away",
        [each("all", share("70 %", "last"), share("4 %", "available")), each("all", None, share("150 %", "last"))],
        (0, 10),
        ["rules.0", "rules.1"],
        (2.8, 6.0),
    ),
    # The ends are of the tightest rules; those that are further out are not named.
    (
        "several",
        [of_last("25 %", "200 %"), each("all", share("70 %", "last")), each("all", None, share("150 %", "last"))],
        (0, 10),
        ["rules.1", "rules.2"],
        (2.8, 6.0),
    ),
]


@pytest.mark.parametrize(("rules", "lots", "named", "ends"), [each[1:] for each in BANDS], ids=[e[0] for e in BANDS])
def test_a_band_without_a_lot(
    rules: list[Any], lots: tuple[int, int], named: list[str], ends: tuple[float, float]
) -> None:
    for rule in rules:
        rule["for"] = {"units": ["D"]}
    made = told(flat([900, 700, 500, 300], 240, 10, rules, [80, 70, 60, 4]), "waterfill")
    assert (made.bounds.floor[3] * 10, made.bounds.cap[3] * 10) == lots
    (note,) = (note for note in made.notes if note.key.startswith("note.rule_band"))
    assert note.key == ("note.rule_band" if lots[1] else "note.rule_band_low")
    low, high = lots
    assert dict(note.values) == {
        "unit": "D",
        "rules": named,
        "least": ends[0],
        "most": ends[1],
        "low": low,
        "high": high,
    }


@pytest.mark.parametrize(("firm", "high"), [(False, 20), (True, 10)])
def test_a_band_without_a_lot_on_a_sum(firm: bool, high: int) -> None:
    """A and B had 60 together: 20 % to 30 % are 12 to 18."""
    limits = {"least": share("20 %", "last"), "most": share("30 %", "last")}
    rule = {"for": {"units": ["A", "B"]}, "together": limits, "firm": firm}
    made = told(flat([900, 700, 500, 300], 240, 10, [rule], LAST), "waterfill")
    (group,) = made.bounds.groups
    assert group.floor is not None
    assert group.cap is not None
    assert (group.floor.kind, group.floor.lots, group.units) == ("rule_least", 1, (0, 1))
    assert (group.cap.kind, group.cap.lots) == ("rule_most", high // 10)
    assert made.quotas[0] + made.quotas[1] == high
    (note,) = (note for note in made.notes if note.key.startswith("note.rule_band"))
    assert note.key == ("note.rule_band_low" if firm else "note.rule_band")
    figures = {"least": 12.0, "most": 18.0, "low": 10, "high": high}
    assert dict(note.values) == {"unit": "rules.0", "rules": ["rules.0"], **figures}


def test_minima_that_give_way_alike_are_said() -> None:
    """Promised 50, 40, 20 and 10 with a floor of 10 that does not give way: 70 over 50, 40 and 20."""
    rules = [each({"units": ["A", "B", "C"]}, {"column": "last"}, short="alike"), each({"units": ["D"]}, 10)]
    made = told(flat([10, 10, 10, 10], 80, 10, rules, [50, 40, 20, 10]), "waterfill")
    assert made.quotas == (30, 30, 10, 10)  # 3.18, 2.55, 1.27
    (note,) = (note for note in made.notes if note.key == "note.rule_alike")
    assert dict(note.values) == {"rules": ["rules.0"], "promised": 120, "target": 80}


def test_one_minimum_above_the_whole_target_gives_way_too() -> None:
    rules = [each("all", {"column": "last"}, short="alike")]
    assert told(flat([10, 10], 40, 10, rules, [60, 30]), "waterfill").quotas == (30, 10)  # 2.67 and 1.33
    assert told(flat([10, 10], 60, 10, rules, [90, 0]), "waterfill").bounds.floor == (6, 0)


def test_minima_that_would_give_way_but_need_not_hold() -> None:
    rules = [each("all", {"column": "last"}, short="alike")]
    made = told(flat([10, 10], 90, 10, rules, [60, 30]), "waterfill")
    assert made.quotas == (60, 30)
    assert made.notes == ()


@pytest.mark.parametrize(
    ("rules", "key", "figures"),
    [
        ([each("all", None, 6)], "above_caps", {"target": 20, "most": 12, "over": 8, "rules": ["rules.0"]}),
        ([each("all", 12)], "below_floors", {"target": 20, "least": 24, "under": 4, "rules": ["rules.0"]}),
        (
            [each("all", 12), sum_of(["A"], most=40)],
            "below_floors",
            {"target": 20, "least": 24, "under": 4, "rules": ["rules.0"]},
        ),
        (
            [each("all", None, 6), sum_of(["A"], least=2)],
            "above_caps",
            {"target": 20, "most": 12, "over": 8, "rules": ["rules.0"]},
        ),
        (
            [each({"units": ["A"]}, None, 4), sum_of(["A"], least=6)],
            "group_floor",
            {"group": "rules.1", "floor": 6, "least": 0, "most": 4, "rules": ["rules.0"]},
        ),
        (
            [each({"units": ["A"]}, 8), sum_of(["A"], most=6)],
            "group_cap",
            {"group": "rules.1", "cap": 6, "least": 8, "most": 20, "rules": ["rules.0"]},
        ),
        (
            [sum_of(["A"], least=8, most=6)],
            "group_order",
            {"group": "rules.0", "floor": 8, "cap": 6, "least": 0, "most": 20},
        ),
    ],
)
def test_what_cannot_hold_together_is_said_with_its_figures(
    rules: list[Any], key: str, figures: dict[str, Any]
) -> None:
    with pytest.raises(InfeasibleError) as caught:
        told(flat([10, 10], 20, 2, rules), "waterfill")
    found = {fault.key.removeprefix("infeasible."): dict(fault.values) for fault in caught.value.faults}
    assert found[key] == figures


def test_a_least_above_a_most_on_one_unit_names_both_rules() -> None:
    with pytest.raises(InfeasibleError) as caught:
        told(flat([10, 10], 20, 2, [each({"units": ["B"]}, 8), each("all", None, 6)]), "waterfill")
    (fault,) = caught.value.faults
    assert fault.key == "infeasible.unit"
    assert (fault.values["unit"], fault.values["least"], fault.values["most"]) == ("B", 8, 6)
    assert (fault.values["floor_rule"].key, fault.values["cap_rule"].key) == ("rule.rule_least", "rule.rule_most")
    assert (fault.values["floor_rule"].values["members"], fault.values["cap_rule"].values["members"]) == (8, 6)


def test_nobody_who_claims_is_said() -> None:
    with pytest.raises(InfeasibleError) as caught:
        told(flat([0, 0], 4, 2, [each({"units": ["B"]}, 2)]), "waterfill")
    (fault,) = caught.value.faults
    assert fault.key == "infeasible.no_claims"
    assert (fault.values["target"], fault.values["most"], fault.values["over"]) == (4, 2, 2)


def test_what_cannot_hold_below_is_said_of_the_level_it_is_on() -> None:
    paths = {"A": ("P",), "B": ("P",), "C": ("Q",)}
    rules = [each({"units": ["A"]}, 8), each("all", None, 6)]
    small = Small({"A": 10, "B": 10, "C": 20}, 20, 1, rules, paths, levels=True)
    with pytest.raises(InfeasibleError) as caught:
        told(small, "waterfill")
    assert [(fault.key, fault.values["unit"]) for fault in caught.value.faults] == [("infeasible.unit", "A")]
    small.rules = [each("all", None, 8)]
    ground = told(small, "waterfill").ground
    ground.check()
    ground.check({"rules.0": -1})
    for loosened in (-2, -8):
        with pytest.raises(InfeasibleError):
            ground.check({"rules.0": loosened})
    assert ground.reach() == (0, 24)
    small.rules = [each({"units": ["P", "Q"]}, None, 10)]
    above = told(small, "waterfill").ground
    above.check()
    with pytest.raises(InfeasibleError):
        above.check({"rules.0": -2})
    assert above.reach() == (0, 20)
    ground.check({"rules.0": None})


def test_a_sum_in_a_family_is_named_where_the_node_above_cannot_hold_it() -> None:
    """A and B of P's three must have 8, E 2, P may have 6."""
    paths = {"A": ("P",), "B": ("P",), "E": ("P",), "C": ("Q",)}
    rules = [sum_of(["A", "B"], least=8), each({"units": ["E"]}, 2), each({"units": ["P"]}, None, 6)]
    with pytest.raises(InfeasibleError) as caught:
        told(Small({"A": 10, "B": 10, "E": 5, "C": 20}, 20, 1, rules, paths, levels=True), "waterfill")
    (fault,) = caught.value.faults
    assert (fault.key, fault.values["unit"], fault.values["least"], fault.values["most"]) == (
        "infeasible.unit",
        "P",
        10,
        6,
    )
    below = fault.values["floor_rule"]
    assert (below.key, below.values["name"], below.values["members"]) == ("rule.below_min", "P", 10)
    assert [(one.key, one.values["members"]) for one in below.values["rules"]] == [
        ("rule.rule_least", 2),
        ("rule.rule_least", 8),
    ]


def test_each_level_has_its_own_table() -> None:
    paths = {"A": ("P",), "B": ("P",), "C": ("Q",)}
    made = told(Small({"A": 10, "B": 10, "C": 20}, 20, 1, [], paths, levels=True), "waterfill")
    (above,) = made.above
    assert (above.table.units, above.table.parents) == (("P", "Q"), (None, None))
    assert above.table.columns["workforce"] == (20, 20)
    assert (made.table.units, made.table.parents) == (("A", "B", "C"), ("P", "P", "Q"))


def test_a_leaf_beside_nodes_keeps_its_own_rule_on_the_level_above() -> None:
    """Promised 60, 30 and 30 of 80: the leaves give way, and what they must take binds the level above."""
    paths = {"A": ("P",), "B": ("P",), "C": ()}
    small = Small(
        {"A": 10, "B": 10, "C": 10}, 80, 10, [each("all", {"column": "last"}, short="alike")], paths, levels=True
    )
    small.columns = {"last": {"A": 60, "B": 30, "C": 30}}
    made = told(small, "waterfill")
    assert dict(zip(made.table.units, made.quotas, strict=True)) == {"A": 40, "B": 20, "C": 20}
    (above,) = made.above
    node, leaf = (above.bounds.rule(above.table.units.index(name), True) for name in "PC")
    assert node is not None
    assert leaf is not None
    assert (leaf.key, leaf.kind, leaf.lots) == ("rules.0", "rule_least", 2)
    assert (node.kind, node.lots, [each.key for each in node.made_by]) == ("below_min", 6, ["rules.0", "rules.0"])


def test_totals_of_the_nodes_above_the_leaves() -> None:
    paths = {"A": ("N", "P"), "B": ("N", "P"), "C": ("N", "Q"), "D": ("M", "R")}
    made = told(Small({"A": 10, "B": 10, "C": 20, "D": 40}, 40, 1, [], paths), "waterfill")
    assert {one["published"] for one in node_totals(made)} == {None}
    keys = ("unit", "parent", "level", "units", "workforce", "quota")
    rows = [tuple(one[key] for key in keys) for one in node_totals(made)]
    assert rows == [
        ("N", None, 1, 3, 40, 20),
        ("M", None, 1, 1, 40, 20),
        ("P", "N", 2, 2, 20, 10),
        ("Q", "N", 2, 1, 20, 10),
        ("R", "M", 2, 1, 40, 20),
    ]


@pytest.mark.parametrize(("published", "right"), [((7, 0, 4), [7, 4]), ((7, None, 4), [None, 4]), ((0, 0, 0), [0, 0])])
def test_published_quotas_are_summed_where_all_are_known(published: tuple[int | None, ...], right: list[Any]) -> None:
    columns = {"workforce": (10, 10, 20), "last": published}
    table = Table(tuple("ABC"), columns, (None,) * 3, ("P", "P", "Q"))
    made = allocate(table, Scenario.model_validate({"data": "", "target": 4, "published": "last"}))
    assert [one["published"] for one in node_totals(made)] == right


def test_reach_is_in_lots_of_the_top_and_what_levels_below_can_make_up() -> None:
    """17 are three lots of 5 for each leaf, of which each node takes one lot of 10."""
    table = Table(tuple("AB"), {"workforce": (100, 100), "last": (17, 17)}, (None,) * 2, ("P", "Q"))
    values = {"data": "", "target": 20, "lot": 10, "hierarchy": "levels", "levels": [{}, {"lot": 5}]}
    values |= {"bounds": {"max_share": None}, "rules": [each("all", None, {"column": "last"})]}
    assert allocate(table, Scenario.model_validate(values)).ground.reach() == (0, 2)
    flat_one = told(flat([10, 10, 0], 20, 5, [each("all", 5, 15)]), "waterfill")
    assert flat_one.ground.reach() == (3, 7)


@pytest.mark.parametrize("levels", [True, False])
@pytest.mark.parametrize("top", [(), ("N",)])
def test_bounds_of_the_leaves_by_their_own_rules(levels: bool, top: tuple[str, ...]) -> None:
    paths = {"A": (*top, "P"), "B": (*top, "P"), "C": (*top, "Q")}
    rules = [each({"units": ["A", "P"]}, 3), each({"units": ["C"]}, None, 9), sum_of(["A", "B"], most=12)]
    ground = told(Small({"A": 10, "B": 10, "C": 20}, 20, 1, rules, paths, levels=levels), "waterfill").ground
    made = ground.leaf_bounds()
    assert (made.names, made.floor, made.cap, made.groups) == (("A", "B", "C"), (3, 0, 0), (20, 20, 9), ())
    made = ground.leaf_bounds({"rules.0": 1, "rules.1": None})
    assert (made.floor, made.cap) == ((2, 0, 0), (20, 20, 20))


def test_only_levels_need_lots_of_theirs_for_each_node() -> None:
    """15 for each leaf are 30 at once, but no node takes 15 where it is decided in lots of 10."""
    table = Table(tuple("AB"), {"workforce": (100, 100)}, (None,) * 2, ("P", "Q"))
    values = {
        "data": "",
        "target": 30,
        "lot": 10,
        "levels": [{}, {"lot": 5}],
        "rules": [each("all", 15), each("all", None, 15)],
    }
    at_once, levels = (Scenario.model_validate({**values, "hierarchy": way}) for way in ("at_once", "levels"))
    grounds(table, at_once).check()
    assert allocate(table, at_once).quotas == (15, 15)
    with pytest.raises(InfeasibleError):
        grounds(table, levels).check()
    with pytest.raises(InfeasibleError):
        allocate(table, levels)


def test_the_same_grounds_under_other_rules() -> None:
    rules = [each("all", 3)]
    paths = {"A": ("P",), "B": ("P",), "C": ("Q",)}
    for levels in (True, False):
        made = told(Small({"A": 10, "B": 10, "C": 20}, 20, 1, rules, paths, levels=levels), "waterfill")
        assert made.whole is not None
        assert made.ground.leaf_bounds().floor == (3, 3, 3)
        assert made.ground.under(made.whole.scenario.changed({"rules": []})).leaf_bounds().floor == (0, 0, 0)
    one = told(flat([10, 10], 10, 1, rules), "waterfill")
    other = one.ground.with_workforce({0: 30_000_000}).under(one.scenario.changed({"rules": []}))
    assert other.levels[0].claims.available == (30_000_000, 10_000_000)
    assert other.leaf_bounds().floor == (0, 0)
