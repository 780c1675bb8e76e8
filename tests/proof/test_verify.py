"""A stored result holds only as its inputs give it: every figure changed by hand is found and named."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allocator.data.digest import sha256
from allocator.data.limits import Sent
from allocator.data.read import read_table
from allocator.data.table import Table
from allocator.errors import InputError
from allocator.files import load_scenario
from allocator.model.allocation import allocate
from allocator.model.scenario import Scenario
from allocator.proof.result import result
from allocator.questions.verify import other_table
from allocator.questions.verify import verified as verify
from allocator.words import Words

EN = Words("en")
RICH = [
    "bounds.min_quota=20",
    "bounds.max_share=0.6",
    "locks=[{unit: An Phú, quota: 30}]",
    "groups=[{name: districts, kind: district, min: 2500}]",
    'bounds.units."Tri Tôn".max=40',
    "bounds.pace={reference: published_quota, down: 0.9, up: 2}",
]


def stored(scenario: str = "an-giang-2017/base", *changes: str) -> dict[str, Any]:
    """A result as it is read back from its file."""
    made = result(allocate(*load_scenario(scenario, changes), method="waterfill"))
    return json.loads(json.dumps(made))


def signed(document: dict[str, Any]) -> dict[str, Any]:
    """The document with its digest made anew."""
    return {**document, "digest": sha256({key: value for key, value in document.items() if key != "digest"})}


def reason(document: Any) -> str:
    found = verify(document)
    return "" if found is None else found.told(EN)


def unit(document: dict[str, Any], name: str) -> dict[str, Any]:
    return next(each for each in document["units"] if each["unit"] == name)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [leaf for key, each in items for leaf in leaves(each, (*path, key))]
    return found or ([] if isinstance(value, dict | list) else [path])


def changed(document: dict[str, Any], path: tuple[Any, ...], to: Any) -> dict[str, Any]:
    made = copy.deepcopy(document)
    place = made
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = to
    return made


@pytest.mark.parametrize("changes", [(), RICH, ["signpost=huntington_hill"], ["lot=1", "signpost=adams"]])
def test_a_result_is_what_its_inputs_give(changes: list[str]) -> None:
    assert reason(stored("an-giang-2017/base", *changes)) == ""


def test_all_built_in_scenarios() -> None:
    for name in ("groups", "near-published", "new-unions", "full-growth"):
        try:
            document = stored(f"an-giang-2017/{name}")
        except InputError:
            continue
        assert reason(document) == ""


def test_two_hundred_changed_figures_are_all_rejected() -> None:
    document = stored("an-giang-2017/base", *RICH)
    paths = [path for path in leaves(document) if path not in (("digest",), ("inputs", "version"))]
    source = random.Random(3)
    for path in source.sample(paths, 200):
        value = document
        for key in path:
            value = value[key]
        if isinstance(value, bool) or value is None:
            to: Any = not value
        elif isinstance(value, int | float):
            to = value + source.choice([1, -1, 10, -10, 0.5, value or 1, 1e-6])
        else:
            to = value + "x"
        assert reason(signed(changed(document, path, to))), (path, value, to)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_anything_in_place_of_a_figure_is_rejected_in_words(data: st.DataObject) -> None:
    document = DOCUMENT
    path = data.draw(st.sampled_from(leaves(document)))
    to = data.draw(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=5) | st.just([]) | st.just({}) | st.just([{"unit": 1}]) | st.just(10**30)
    )  # fmt: skip
    value: Any = document
    for key in path:
        value = value[key]
    if type(to) is not type(value) or (to != value and not (isinstance(to, float) and abs(to - value) < 1e-6)):
        found = signed(changed(document, path, to))
        if path != ("digest",) and path != ("inputs", "version") and not (type(to) in (int, float) and to == value):
            assert reason(found)


DOCUMENT = stored()


def test_a_moved_lot_names_both_units_and_their_efforts() -> None:
    document = copy.deepcopy(DOCUMENT)
    unit(document, "Long Xuyên")["quota"] -= 10
    unit(document, "Châu Phú")["quota"] += 10
    said = reason(signed(document))
    assert "the last lot of Châu Phú asks 0.494" in said
    assert "the next lot of Long Xuyên would ask only 0.489" in said
    assert reason(document) == said, "whether the digest was made anew changes nothing"


def test_each_kind_of_change_is_named() -> None:
    document = DOCUMENT
    figures = [
        (("units", 7, "claim"), 50.0, "units[An Phú].claim is stored as 50.0, the inputs give 48.6"),
        (("marginal_effort",), 0.49, "marginal_effort is stored as 0.49"),
        (("next_effort",), None, "next_effort is stored as null"),
        (("units", 7, "quota"), 30, "the quotas add up to 6,510, the target is 6,500"),
        (("units", 7, "quota"), 25, "An Phú is stored as 25, not a whole number of lots of 10"),
        (("units", 7, "quota"), -10, "An Phú holds −10, outside its bounds 0 to 60"),
        (("units", 7, "position"), "AT_CAP", 'units[An Phú].position is stored as "AT_CAP"'),
        (("inputs", "table", 7, "workforce"), 61, "units[An Phú].workforce is stored as 60, the inputs give 61"),
        (("inputs", "table", 7, "published_quota"), 40, "units[An Phú].published is stored as 30, the inputs give 40"),
        (("inputs", "table", 7, "lost"), 1, "inputs.table is not what the result was made from"),
        (("inputs", "table", 7, "workforce"), "many", 'row 8, column workforce, holds "many"'),
        (("scenario", "growth", "realisation"), 0.3, "scenario is not what the result was made from"),
        (("scenario", "growth", "realisation"), 3, "growth.realisation is 3"),
        (("scenario", "bounds", "max_share"), 0.1, "units[Long Xuyên].cap is stored as 2050, the inputs give 200"),
        (("comparison", "misplaced"), 260, "comparison.misplaced is stored as 260, the inputs give 270"),
        (("comparison", "left_out"), ["An Phú"], "comparison.left_out has 1 entries, the inputs give 0"),
        (("comparison", "totals", "published"), 6400, "comparison.totals.published is stored as 6400"),
        (("units",), DOCUMENT["units"][:-1], "units has 14 entries, the inputs give 15"),
        (("more",), 1, "more is stored, and no result has it"),
    ]
    for path, to, said in figures:
        assert said in reason(signed(changed(document, path, to))), path


def test_inputs_changed_with_their_hash_made_anew() -> None:
    document = changed(DOCUMENT, ("inputs", "table", 7, "workforce"), 61)
    document["inputs"]["table_sha256"] = sha256(document["inputs"]["table"])
    assert reason(signed(document)) == "units[An Phú].workforce is stored as 60, the inputs give 61"


def test_the_digest_alone() -> None:
    assert "is not that of this content" in reason({**DOCUMENT, "digest": "0" * 64})


def test_a_result_for_another_table() -> None:
    table, _ = load_scenario("an-giang-2017/base")
    assert other_table(DOCUMENT["inputs"]["table"], table) is None
    elsewhere = changed(DOCUMENT, ("inputs", "table", 3, "recruited"), 7)
    said = other_table(elsewhere["inputs"]["table"], table)
    assert said is not None
    assert "recruited of Thoại Sơn is" in said.told(EN)
    fewer = changed(DOCUMENT, ("inputs", "table"), DOCUMENT["inputs"]["table"][1:])
    said = other_table(fewer["inputs"]["table"], table)
    assert said is not None
    assert "row 1 is Long Xuyên here and Châu Phú in the result" in said.told(EN)


@pytest.mark.parametrize("document", [None, [], {}, 7, "x", {**DOCUMENT, "inputs": []}, {**DOCUMENT, "units": {}}])
def test_what_is_no_result_is_said_to_be_none(document: Any) -> None:
    with pytest.raises(InputError, match="not a stored result"):
        verify(document)


def test_risk_costs_are_kept_and_checked() -> None:
    document = stored("an-giang-2017/base", "risk.weight=2")
    assert document["risk_costs"]
    assert reason(document) == ""
    for cost in (1, -1, 1000):
        worse = copy.deepcopy(document)
        worse["risk_costs"][14][200] += cost
        assert "risk_costs[CĐ các KCN][201]" in reason(signed(worse))
    for costs in (None, [], [[]] * 15, {}):
        assert "risk_costs" in reason(signed({**document, "risk_costs": costs}))


def tree() -> tuple[Table, Scenario]:
    columns = {"workforce": (900, 400, 100, 300, 500, 120, 380), "published_quota": (None,) * 7}
    parents = (None, "P", "A", "A", "P", "B", "B")
    table = Table(("P", "A", "a1", "a2", "B", "b1", "b2"), columns, (None,) * 7, parents)
    return table, Scenario.model_validate({"data": "t.csv", "target": 300, "lot": 10})


@pytest.mark.parametrize("hierarchy", ["levels", "at_once"])
def test_trees(hierarchy: str) -> None:
    table, scenario = tree()
    made = result(allocate(table, scenario.changed({"hierarchy": hierarchy})))
    document = json.loads(json.dumps(made))
    assert reason(document) == ""
    worse = copy.deepcopy(document)
    unit(worse, "a1")["quota"] += 10
    unit(worse, "b1")["quota"] -= 10
    assert "a1" in reason(signed(worse)) or "A" in reason(signed(worse))
    assert "stored as" in reason(signed(changed(document, ("units", 0, "claim"), 7.5)))
    assert reason(signed(changed(document, ("groups", 0, "quota"), 310)))


@pytest.mark.parametrize("hierarchy", ["levels", "at_once"])
def test_minima_that_give_way_are_named_on_nodes_above_leaves_too(hierarchy: str) -> None:
    table, scenario = tree()
    rules = [
        {"for": {"units": ["A"]}, "each": {"least": 100}, "short": "alike"},
        {"for": "all", "each": {"least": 80}, "short": "alike"},
    ]
    document = json.loads(
        json.dumps(result(allocate(table, scenario.changed({"hierarchy": hierarchy, "rules": rules}))))
    )
    assert document["notes"][0] == {
        "code": "note.rule_alike", "rules": ["rules.0", "rules.1"], "promised": 320, "target": 300
    }  # fmt: skip
    assert reason(document) == ""


def test_a_unit_without_a_claim_holds_its_floor() -> None:
    table = Table(("a", "b"), {"workforce": (10, 0)}, (None, None), (None, None))
    scenario = Scenario.model_validate({"data": "t.csv", "target": 5, "bounds": {"max_share": None}})
    document = json.loads(json.dumps(result(allocate(table, scenario, method="waterfill"))))
    assert reason(document) == ""
    worse = copy.deepcopy(document)
    unit(worse, "a")["quota"], unit(worse, "b")["quota"] = 4, 1
    assert reason(signed(worse)) == "b holds 1, outside its bounds 0 to 0"


def test_many_units_may_say_so() -> None:
    count = 2_001
    table = Table(tuple(map(str, range(count))), {"workforce": (7,) * count}, (None,) * count, (None,) * count)
    scenario = Scenario.model_validate({"data": "t.csv", "target": 4_000})
    for method in ("program", "waterfill"):
        document = json.loads(json.dumps(result(allocate(table, scenario, method=method))))
        assert len(document["notes"]) == (method == "program")
        assert reason(document) == ""
    assert "notes is stored as 3" in reason(signed({**document, "notes": 3}))


def test_a_key_that_came_later_takes_its_default() -> None:
    document = copy.deepcopy(DOCUMENT)
    del document["scenario"]["uncertainty"]["factor"]
    document["inputs"]["scenario_sha256"] = sha256(document["scenario"])
    assert reason(signed(document)) == ""


@pytest.mark.parametrize("version", [{"a": [1]}, None, 1, ["0.1"]])
def test_the_version_is_a_text(version: Any) -> None:
    document = stored()
    document["inputs"]["version"] = version
    assert reason(signed(document)).startswith("inputs.version is stored as ")


def test_any_text_is_a_version() -> None:
    document = stored()
    document["inputs"]["version"] = "9.9"
    assert reason(signed(document)) == ""


def test_notes_are_those_of_the_inputs() -> None:
    document = stored()
    document["notes"].append({"code": "note.too_large_for_program", "units": 15, "most": 2000})
    assert reason(signed(document)) == "notes has 3 entries, the inputs give 2"
    document["notes"] = []
    assert reason(signed(document)) == "notes has 0 entries, the inputs give 2"


@pytest.mark.parametrize("figure", [10**400, -(10**400)])
def test_a_whole_number_beyond_floating_point(figure: int) -> None:
    document = stored()
    document["marginal_effort"] = figure
    assert reason(signed(document)).startswith("marginal_effort is stored as ")


@pytest.mark.parametrize("hierarchy", ["levels", "at_once"])
def test_a_tree_with_blank_inner_rows_and_a_rule_on_a_text(hierarchy: str) -> None:
    content = "unit,parent,workforce,zone\nN,,,\nA,N,,\nB,N,,\nC,A,400,west\nx,A,200,\nC,B,700,west\ny,B,300,east\n"
    table = read_table(Sent("t.csv", content.encode()))
    plain = Scenario.model_validate({"data": "t.csv", "target": 160, "hierarchy": hierarchy})
    assert allocate(table, plain).quotas == (40, 20, 70, 30)
    ruled = plain.changed({"rules": [{"for": {"where": {"zone": " west"}}, "each": {"most": 50}}]})
    made = allocate(table, ruled)
    document = json.loads(json.dumps(result(made)))
    assert max(made.quotas[0], made.quotas[2]) == 50
    assert [each["unit"] for each in document["units"]] == ["A/C", "x", "B/C", "y"]
    assert reason(document) == ""
    assert reason(signed(changed(document, ("inputs", "table", 5, "zone"), "east")))
    blank = changed(document, ("inputs", "table", 4, "workforce"), None)
    assert "row 5, column workforce, holds null" in reason(signed(blank))
    with pytest.raises(InputError, match="no unit C: use its name as in the table \\(A/C and B/C\\)"):
        allocate(table, plain.changed({"locks": [{"unit": "C", "quota": 10}]}))
