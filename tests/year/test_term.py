"""The years of a term: the stock, the history and what remains, against plain loops; what each leaves to the next."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator import load_scenario
from allocator.data.records import Report
from allocator.data.settings import Settings, read_settings
from allocator.data.table import Table
from allocator.errors import InfeasibleError, InputError
from allocator.files import read_scenario, year_after
from allocator.model.allocation import allocate
from allocator.model.scenario import scenario_from
from allocator.proof.result import result
from allocator.questions import Case, find
from allocator.show.build import build_answer
from allocator.words import Words
from allocator.year.plan import plan_years
from allocator.year.term import STOCK, YearCourse, course, remaining
from tests.command import allocator

BASE, NEXT = "an-giang-2017/base", "an-giang-2017/year-2018"
UNITS = "unit,workforce,growth_estimate,term_target,recruited,lost\n"


def asked(*names: Path | str, changes: tuple[str, ...] = (), progress: Path | None = None) -> dict[str, Any]:
    """What `plan` finds about scenarios, with the same changes in each."""
    cases = []
    for at, name in enumerate(names):
        table, scenario, read = read_scenario(name, changes, check=not at)
        cases.append(Case(str(name), table, scenario, settings=read))
    return dict(find("plan").ask(cases, progress).records)


def figures(year: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {each["unit"]: each[key] for each in year["units"]}


def written(folder: Path, **files: str) -> list[Path]:
    """Files by their names, `_yaml` and `_csv` their endings; the scenarios among them."""
    paths = [folder / name.replace("_", ".") for name in files]
    for path, text in zip(paths, files.values(), strict=True):
        path.write_text(text, encoding="utf-8")
    return [path for path in paths if path.suffix == ".yaml"]


def test_the_real_2018_starts_from_what_2017_leaves() -> None:
    table, scenario = load_scenario(BASE)
    quotas = dict(zip(table.units, allocate(table, scenario).quotas, strict=True))
    after, following = load_scenario(NEXT)
    rows = {row["unit"]: row for row in table.rows()}
    for row in after.rows():
        before, quota = rows[row["unit"]], quotas[row["unit"]]
        assert row["workforce"] == before["workforce"] + before["growth_estimate"] // 5 - quota  # each estimate fives
        assert row["recruited"] == (None if before["recruited"] is None else before["recruited"] + quota)
        assert (row["lost"], row["growth_estimate"], row["previous_quota"]) == (before["lost"], 0, quota)
    assert following.target == 18_000 - 9_804 - 6_500 == 1_696
    made = allocate(after, following).quotas
    stale = allocate(table, scenario.model_copy(update={"target": 1696, "lot": 1, "published": None})).quotas
    assert sum(abs(one - two) for one, two in zip(made, stale, strict=True)) == 2 * 93
    assert [note.code for note in after.notes] == ["term.follows", "term.spent", "term.lost_kept"]


def test_a_year_of_the_plan_is_the_run_of_a_scenario_that_follows() -> None:
    planned = asked(BASE, NEXT)["years"][1]
    ran = find("run").ask(Case(NEXT, *load_scenario(NEXT))).records
    keys = ("quota", "workforce", "available", "effort", "position")
    assert all(figures(planned, key) == figures(ran, key) for key in keys)
    assert (planned["marginal_effort"], planned["next_effort"]) == (ran["marginal_effort"], ran["next_effort"])
    assert planned["remaining"] == {"before": 1696, "after": 0}
    assert all(sum(Fraction(str(s["members"])) for s in e["steps"]) == e["quota"] for e in planned["units"])


row = st.tuples(
    st.integers(0, 300), st.integers(0, 200), st.none() | st.integers(1, 400), st.none() | st.integers(0, 300),
    st.none() | st.integers(0, 50),
)  # fmt: skip
terms = st.tuples(
    st.lists(row, min_size=1, max_size=6),
    st.lists(st.floats(0, 1), min_size=2, max_size=4),
    st.sampled_from([0.0, 0.2, 0.33, 1.0]),
    st.sampled_from([1.0, None, 3.0]),
)


@given(terms)
@settings(deadline=None, max_examples=60)
def test_nobody_is_asked_for_more_than_its_stock_and_a_plain_loop_gives_the_same(term: Any) -> None:
    rows, years, rate, share = term
    names = tuple(f"u{n}" for n in range(len(rows)))
    columns = ("workforce", "growth_estimate", "term_target", "recruited", "lost")
    table = Table(names, dict(zip(columns, zip(*rows, strict=True), strict=True)), (None,) * len(rows),
                  (None,) * len(rows))  # fmt: skip
    stock = [Fraction(each[0]) + Fraction(str(rate)) * each[1] for each in rows]
    whole, inputs = sum(each // 1 for each in stock), []
    for part in years:
        target = int(whole * Fraction(part))
        whole -= target
        values = {"data": "x", "target": target, "growth": {"realisation": rate}, "bounds": {"max_share": share}}
        inputs.append((f"y{len(inputs)}", table, scenario_from(Settings(values, {}))))

    def after(_: int, before: Any, other: Table) -> Table:
        return year_after("x", before, other)

    made = plan_years(inputs, after, lambda first: ())
    recruited = [each[3] for each in rows]
    for at, year in enumerate(made):
        quotas, claims = year.course.made.quotas, year.course.made.claims
        assert sum(quotas) == inputs[at][2].target
        assert [Fraction(each, 10**6) for each in claims.available] == [round(each, 6) for each in stock]
        assert all(quota <= have for quota, have in zip(quotas, stock, strict=True))
        assert list(year.course.made.table.columns["recruited"]) == recruited
        stock = [Fraction(int(have) - quota) for have, quota in zip(stock, quotas, strict=True)]
        recruited = [None if old is None else old + quota for old, quota in zip(recruited, quotas, strict=True)]
    told = [year.before for year in made]
    if all(any(each[at] is not None for each in rows) for at in (2, 3, 4)):
        left = sum(each[2] or 0 for each in rows) - sum((each[3] or 0) - (each[4] or 0) for each in rows)
        for year, before in zip(made, told, strict=True):
            assert before == max(0, left)
            left -= sum(year.course.made.quotas)
    else:
        assert set(told) == {None}


def test_reports_that_say_what_the_quotas_say_change_nothing(tmp_path: Path) -> None:
    plain = asked(BASE, NEXT)
    rows = [f"{unit},{quota},31/12/2017" for unit, quota in figures(plain["years"][0], "quota").items()]
    (tmp_path / "p.csv").write_text("\n".join(["unit,recruited,date", *rows]), encoding="utf-8")
    told = asked(BASE, NEXT, progress=tmp_path / "p.csv")
    for one, two in zip(plain["years"], told["years"], strict=True):
        assert figures(one, "quota") == figures(two, "quota")
        assert (one["target"], one["remaining"]) == (two["target"], two["remaining"])
    assert figures(told["years"][0], "actual") == figures(told["years"][0], "quota")


def test_a_progress_file_of_two_years(tmp_path: Path) -> None:
    scenarios = written(
        tmp_path,
        units_csv=f"{UNITS}A,100,0,200,50,10\nB,300,0,300,60,0\nC,200,0,,,\n",
        one_yaml="data: units.csv\ntarget: 120\nyear: 2017\npublished: null\n",
        two_yaml="extends: one.yaml\ntarget: 100\nyear: 2018\nlot: 10\n",
        three_yaml="extends: one.yaml\ntarget: 60\nyear: 2019\nlot: 10\n",
    )
    progress = tmp_path / "p.csv"
    progress.write_text(
        "unit,recruited,lost,date\nA,5,1,30/6/2017\nA,10,2,31/12/2017\nC,30,0,31/12/2017\nB,40,3,30/11/2018\n", "utf-8"
    )
    found = asked(*scenarios, progress=progress)
    one, two, three = found["years"]
    assert figures(one, "quota") == {"A": 20, "B": 60, "C": 40}  # 120 of 600 workers: a fifth
    assert figures(one, "actual") == {"A": 10, "B": None, "C": 30}
    assert figures(two, "workforce") == {"A": 90, "B": 240, "C": 170}
    assert figures(two, "recruited") == {"A": 60, "B": 120, "C": None}
    assert (two["carried"], two["target"]) == (20, 120)  # 120 less 10, 60 and 30
    assert one["remaining"] == {"before": 400, "after": 302}  # 500 − 110 + 10, then 100 recruited and 2 lost
    quotas = figures(two, "quota")
    assert figures(three, "workforce") == {"A": 90 - quotas["A"], "B": 200, "C": 170 - quotas["C"]}
    short = quotas["B"] - 40
    assert (three["carried"], three["target"]) == (-(-short // 10) * 10, 60 - (-short // 10) * 10)
    dated = [each["date"] for each in found["notes"] if each["code"] == "plan.as_of"]
    assert dated == ["30/11/2018"]
    silent = [each for each in found["notes"] if each["code"] == "plan.unreported"]
    assert [each["units"] for each in silent] == [["B"], ["A", "C"]]


@pytest.mark.parametrize(("carry", "carried"), [("all", 30), ("none", 0), ("0.5", 20)])
def test_a_shortfall_is_carried_over_as_the_next_scenario_says(tmp_path: Path, carry: str, carried: int) -> None:
    scenarios = written(
        tmp_path,
        units_csv=f"{UNITS}A,100,0,200,50,10\nB,300,0,300,60,0\n",
        one_yaml="data: units.csv\ntarget: 100\npublished: null\n",
        two_yaml=f"extends: one.yaml\nlot: 10\ncarry_over: {carry}\n",
    )
    (tmp_path / "p.csv").write_text("unit,recruited,date\nA,0,31/12/2017\nB,73,31/12/2017\n", "utf-8")
    two = asked(*scenarios, progress=tmp_path / "p.csv")["years"][1]  # 27 short: all 27 → 30, half of it 13.5 → 20
    assert (two["carried"], two["target"], sum(figures(two, "quota").values())) == (carried, *[100 + carried] * 2)


def test_what_remains_carries_nothing_over_besides(tmp_path: Path) -> None:
    scenarios = written(
        tmp_path,
        units_csv=f"{UNITS}A,300,0,200,50,10\nB,300,0,100,60,0\n",
        one_yaml="data: units.csv\ntarget: {share: 50 %, of: remaining}\npublished: null\n",
        two_yaml="extends: one.yaml\ntarget: remaining\nlot: 10\n",
    )
    (tmp_path / "p.csv").write_text("unit,recruited,date\nA,40,31/12/2017\nB,0,31/12/2017\n", "utf-8")
    one, two = asked(*scenarios, progress=tmp_path / "p.csv")["years"]
    assert (one["target"], two["carried"], two["target"]) == (100, 0, 160)  # of 200; 160 are left
    changed = asked(*scenarios, changes=("target=remaining",))["years"]
    assert [each["target"] for each in changed] == [200, 0]


@pytest.mark.parametrize("way", ["at_once", "levels"])
def test_trees_go_on_from_year_to_year(tmp_path: Path, way: str) -> None:
    scenarios = written(
        tmp_path,
        units_csv="unit,parent,workforce,growth_estimate,term_target,recruited,lost,attainment\n"
        "N,,,,500,100,,\nS,,900,,,,,\na,N,100,10,,,,50%\nb,N,200,,,,,\nc,S,400,,100,20,0,\nd,S,500,,,,,\n",
        one_yaml=f"data: units.csv\ntarget: 300\nhierarchy: {way}\nattainment: {{exponent: 1}}\n",
        two_yaml="extends: one.yaml\nfollows: one.yaml\n",
    )
    one, two = asked(*scenarios)["years"]
    given = figures(one, "quota")
    assert figures(two, "workforce") == {
        unit: have - given[unit] for unit, have in {"a": 110, "b": 200, "c": 400, "d": 500}.items()
    }
    table, scenario = load_scenario(scenarios[1])
    rows = {each["unit"]: each for each in table.rows()}
    assert [rows[unit]["workforce"] for unit in ("N", "S")] == [None, None]
    assert rows["N"]["recruited"] == 100 + given["a"] + given["b"]
    assert (rows["c"]["recruited"], rows["d"]["recruited"]) == (20 + given["c"], None)
    assert rows["N"]["previous_quota"] == given["a"] + given["b"]
    assert dict(zip(("a", "b", "c", "d"), allocate(table, scenario).quotas, strict=True)) == figures(two, "quota")
    # 600 of the term, 120 recruited, of which d's and S's are in no cell.
    assert one["remaining"]["before"] == 480
    assert two["remaining"]["before"] == remaining(table) == 180


def test_a_table_without_a_workforce_moves_its_history_alone(tmp_path: Path) -> None:
    scenarios = written(
        tmp_path,
        units_csv="unit,enterprises,term_target,recruited,published_quota\nA,100,50,5,1\nB,300,50,,1\n",
        one_yaml="data: units.csv\ntarget: 40\ndrivers: [{column: enterprises}]\npublished: null\n",
        two_yaml="extends: one.yaml\nfollows: one.yaml\n",
    )
    table, scenario = load_scenario(scenarios[1])
    assert table.columns["enterprises"] == (100, 300)
    assert table.columns["recruited"] == (15, None)
    assert table.columns["previous_quota"] == (10, 30)
    assert scenario.rules == []
    assert [each["target"] for each in asked(*scenarios)["years"]] == [40, 40]
    shown = allocator("plan", *scenarios, "--format", "csv", language="en").stdout
    assert shown.splitlines() == ["unit,quota_1,quota_2,term", "A,10,10,20", "B,30,30,60"]


@pytest.mark.parametrize(("basis", "lost", "attained"), [("gross", 4, 0.65), ("net", 4, 0.63), ("gross", 0, 0.65)])
def test_a_stated_attainment_goes_on(basis: str, lost: int, attained: float) -> None:
    columns = {"workforce": (100, 300, 100), "term_target": (100, 200, None), "attainment": (None, 0.5, 0.25)}
    table = Table(("A", "B", "C"), columns, (None,) * 3, (None,) * 3)
    values = {"data": "x", "target": 50, "published": None, "attainment": {"basis": basis}}
    one = course(table, scenario_from(Settings(values, {})), "x")
    assert one.made.quotas == (10, 30, 10)
    told = YearCourse(one.made, {"B": Report(date(2017, 12, 31), 30, lost)})
    assert year_after("x", told, table).columns["attainment"] == (None, attained, 0.25)


TWO = {
    "units_csv": f"{UNITS}A,100,50,200,50,10\nB,300,0,300,60,0\n",
    "later_csv": f"{UNITS}B,240,20,330,120,9\nA,95,,210,70,10\n",
    "one_yaml": "data: units.csv\ntarget: 80\npublished: null\ngrowth: {realisation: 0.5}\n",
    "two_yaml": "extends: one.yaml\nfollows: one.yaml\ndata: later.csv\n",
}


def test_another_file_brings_its_own_estimate_and_nothing_of_the_stock(tmp_path: Path) -> None:
    scenarios = written(tmp_path, **TWO)
    table, _ = load_scenario(scenarios[1])
    assert table.units == ("B", "A")
    # 425 workers for 80: A 23.5 of 125, B 56.5 of 300.
    assert table.columns["previous_quota"] == (56, 24)
    assert table.columns["workforce"] == (244, 101)
    assert table.columns["growth_estimate"] == (20, 0)
    assert table.columns["term_target"] == (330, 210)
    assert table.columns["recruited"] == (116, 74)
    assert table.columns["lost"] == (0, 10)
    (odd,) = [each for each in table.notes if each.code == "term.differs"]
    assert odd.values["units"] == ["B", "A"]
    assert odd.values["columns"] == ["workforce", "recruited", "lost"]
    planned = asked(*scenarios)["years"][1]
    assert figures(planned, "workforce") == {"B": 244, "A": 101}
    given, _, _ = read_scenario(scenarios[1], data=tmp_path / "units.csv")
    assert given.columns["growth_estimate"] == (0, 0)


def test_another_file_has_the_same_units(tmp_path: Path) -> None:
    scenarios = written(tmp_path, **{**TWO, "later_csv": f"{UNITS}A,1,,1,1,1\nD,1,,1,1,1\n"})
    with pytest.raises(InputError) as caught:
        load_scenario(scenarios[1])
    (told,) = caught.value.faults
    assert (told.key, told.values["unit"]) == ("term.units", "D")


@pytest.mark.parametrize("share", ["null", "2"])
def test_nobody_is_asked_for_more_than_it_has_whatever_the_share(tmp_path: Path, share: str) -> None:
    scenarios = written(
        tmp_path,
        units_csv=f"{UNITS}A,10,0,200,50,10\nB,300,0,300,60,0\n",
        one_yaml=f"data: units.csv\ntarget: 20\npublished: null\nbounds: {{max_share: {share}}}\n",
        two_yaml="extends: one.yaml\nfollows: one.yaml\nbounds: {min_quota: 12}\n",
        three_yaml="extends: two.yaml\nbounds: {min_quota: 0}\nlocks: [{unit: A, quota: 20}]\n",
    )
    table, scenario = load_scenario(scenarios[0])
    assert scenario.rules == []
    assert [note.code for note in table.notes] == []
    table, scenario = load_scenario(scenarios[1])
    assert table.notes[-1].code == "term.stock"
    for at, name in ((1, "two.yaml"), (2, "three.yaml")):
        with pytest.raises(InfeasibleError) as caught:
            allocate(*load_scenario(scenarios[at]))
        assert all(each.key.startswith("infeasible.") for each in caught.value.faults), name
    with pytest.raises(InfeasibleError) as caught:
        asked(scenarios[0], scenarios[2])
    assert caught.value.year == str(scenarios[2])
    assert caught.value.case is not None


def test_a_year_that_another_follows_is_held_to_its_stock_as_in_a_plan(tmp_path: Path) -> None:
    first, second = written(
        tmp_path,
        units_csv="unit,workforce\nA,10\nB,300\n",
        one_yaml="data: units.csv\ntarget: 200\ndrivers: [{equal: true, share: 1}]\nbounds: {max_share: null}\n",
        two_yaml="extends: one.yaml\nfollows: one.yaml\ntarget: 50\n",
    )
    assert allocate(*load_scenario(first)).quotas == (100, 100)  # alone it is no year of a term
    years = asked(first, second)["years"]
    assert figures(years[0], "quota") == {"A": 10, "B": 190}
    made = allocate(*load_scenario(second))
    assert made.table.columns["workforce"] == (0, 110) == tuple(figures(years[1], "workforce").values())
    assert made.quotas == tuple(figures(years[1], "quota").values())
    (tmp_path / "three.yaml").write_text("extends: two.yaml\nbounds: {max_share: 1}\n", "utf-8")
    assert "term.stock" not in [each.code for each in load_scenario(tmp_path / "three.yaml")[0].notes]


def test_stock_is_never_below_nothing(tmp_path: Path) -> None:
    (path, _) = written(
        tmp_path,
        units_csv=f"{UNITS}A,10,100,200,50,10\nB,300,0,300,60,0\n",
        one_yaml="data: units.csv\ntarget: 20\npublished: null\ngrowth: {realisation: 0}\n",
        two_yaml="extends: one.yaml\n",
    )
    (tmp_path / "p.csv").write_text("unit,recruited,date\nA,60,31/12/2017\n", "utf-8")
    found = asked(path, tmp_path / "two.yaml", progress=tmp_path / "p.csv")
    assert figures(found["years"][1], "workforce")["A"] == 0
    assert [each["units"] for each in found["notes"] if each["code"] == "term.no_stock"] == [["A"]]
    with pytest.raises(InputError) as caught:
        asked(path, tmp_path / "two.yaml", changes=("year=2017",), progress=tmp_path / "p.csv")
    assert caught.value.faults[0].key == "plan.year_twice"


def test_nobody_reports_more_than_there_are(tmp_path: Path) -> None:
    scenarios = written(
        tmp_path,
        units_csv=f"{UNITS}A,70,0,200,50,10\nB,300,0,300,60,0\n",
        one_yaml="data: units.csv\ntarget: 20\npublished: null\nyear: 2017\n",
        two_yaml="extends: one.yaml\nyear: 2018\n",
    )
    (tmp_path / "p.csv").write_text("unit,recruited,date\nA,60,31/12/2017\nA,11,31/12/2018\n", "utf-8")
    with pytest.raises(InputError) as caught:
        asked(*scenarios, progress=tmp_path / "p.csv")
    (told,) = caught.value.faults
    assert (told.key, told.values["value"], told.values["workforce"]) == ("progress.above_workforce", 11, 10)


def test_a_rule_against_the_year_before_limits_swings(tmp_path: Path) -> None:
    scenarios = written(
        tmp_path,
        units_csv=f"{UNITS}A,100,0,200,50,10\nB,300,0,300,60,0\nC,300,0,300,60,0\n",
        one_yaml="data: units.csv\ntarget: 70\npublished: null\nlocks: [{unit: A, quota: 30}]\n",
        two_yaml="data: units.csv\ntarget: 70\npublished: null\n"
        "rules: [{for: all, each: {least: {share: 90 %, of: previous}, most: {share: 110 %, of: previous}}}]\n",
    )
    one, two = (figures(year, "quota") for year in asked(*scenarios)["years"])
    assert one == {"A": 30, "B": 20, "C": 20}
    assert two == {"A": 27, "B": 22, "C": 21}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("follows: none.yaml", "scenario.follows_missing"),
        ("follows: none", "scenario.unknown"),
        ("follows: two.yaml", "scenario.follows_cycle"),
        ("follows: three.yaml", "scenario.follows_cycle"),
        ("follows: 2017", "scenario.not_text"),
        ("folows: one.yaml", "scenario.unknown_key"),
        ("carry_over: most", "scenario.not_one_of_nor_number"),
        ("carry_over: 50", "scenario.share_too_large"),
        ("target: {share: 200 %, of: remaining}", "scenario.target_form"),
        ("target: remaining\ndata: bare.csv", "term.no_remaining"),
    ],
)
def test_what_cannot_be_followed_is_told(tmp_path: Path, text: str, key: str) -> None:
    written(
        tmp_path,
        units_csv=f"{UNITS}A,100,0,200,50,10\n",
        bare_csv="unit,workforce\nA,100\n",
        one_yaml="data: units.csv\ntarget: 70\npublished: null\n",
        two_yaml=f"extends: one.yaml\n{text}\n",
        three_yaml="extends: one.yaml\nfollows: two.yaml\n",
    )
    with pytest.raises(InputError) as caught:
        load_scenario(tmp_path / "two.yaml")
    assert key in [each.key for each in caught.value.faults]
    assert all(caught.value.messages(language) for language in ("vi", "en"))


def test_a_year_before_that_is_infeasible_is_named(tmp_path: Path) -> None:
    scenarios = written(
        tmp_path,
        units_csv=f"{UNITS}A,100,0,200,50,10\n",
        one_yaml="data: units.csv\ntarget: 170\npublished: null\n",
        two_yaml="extends: one.yaml\nfollows: one.yaml\ntarget: 10\n",
    )
    with pytest.raises(InfeasibleError) as caught:
        load_scenario(scenarios[1])
    assert caught.value.year == "one.yaml"
    assert str(caught.value).startswith("one.yaml: ")


def test_what_follows_is_looked_for_beside_the_file_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "units.csv").write_text(f"{UNITS}A,100,0,200,50,10\nB,300,0,300,60,0\n", "utf-8")
    (tmp_path / "one.yaml").write_text("data: units.csv\ntarget: 40\npublished: null\n", "utf-8")
    (tmp_path / "two.yaml").write_text("follows: one.yaml\ntarget: 40\npublished: null\n", "utf-8")
    (tmp_path / "in" / "three.yaml").write_text("extends: ../two.yaml\nlot: 5\n", "utf-8")
    (tmp_path / "in" / "four.yaml").write_text("follows: an-giang-2017/base\ntarget: 50\npublished: null\n", "utf-8")
    assert load_scenario(tmp_path / "two.yaml")[0].columns["workforce"] == (90, 270)
    assert load_scenario(tmp_path / "in" / "three.yaml")[0].columns["workforce"] == (90, 270)
    assert load_scenario(tmp_path / "in" / "four.yaml")[0].columns["previous_quota"][0] == 1010


def test_figures_are_set_in_the_table_that_the_year_before_leaves() -> None:
    table, scenario, _ = read_scenario(NEXT, ["table.Châu Phú.workforce=500", "table.Châu Phú.growth_estimate=100"])
    at = table.units.index("Châu Phú")
    assert (table.columns["workforce"][at], table.columns["growth_estimate"][at]) == (500, 100)
    assert table.columns["previous_quota"][at] == 250
    assert scenario.target == 1696


def test_a_stored_result_of_a_year_that_follows_is_checked(tmp_path: Path) -> None:
    made = find("run").ask(Case(NEXT, *load_scenario(NEXT)))
    from allocator.files import json_text

    (tmp_path / "r.json").write_text(json_text(made.records), "utf-8")
    assert find("verify").ask(tmp_path / "r.json").records["valid"] is True
    assert made.records["scenario"]["target"] == 1696
    assert made.records["scenario"]["follows"] == "base.yaml"


def test_a_year_allocated_twice_is_the_same(tmp_path: Path) -> None:
    table, scenario = load_scenario(BASE)
    one, two = (course(table, scenario, "x") for _ in range(2))
    assert year_after("x", one, table).columns == year_after("x", two, table).columns


def test_a_year_is_told_by_what_people_call_it_and_stored_by_its_file() -> None:
    table, _ = load_scenario(NEXT)
    note = next(each for each in table.notes if each.code == "term.follows")
    assert note.values["name"] == "base.yaml"
    assert "kết quả của năm 2017:" in note.told(Words("vi"))
    assert "base.yaml" not in note.told(Words("en"))


def test_published_quotas_of_the_year_before_are_called_that(tmp_path: Path) -> None:
    scenarios = written(
        tmp_path,
        units_csv="unit,workforce,published_quota,later\nA,100,10,5\nB,300,30,5\n",
        later_csv="unit,workforce,published_quota\nA,100,10\nB,300,30\n",
        one_yaml="data: units.csv\ntarget: 40\n",
        two_yaml="extends: one.yaml\nfollows: one.yaml\n",
        three_yaml="extends: two.yaml\npublished: later\n",
        four_yaml="extends: two.yaml\ndata: later.csv\n",
    )
    told = [[each.code for each in load_scenario(one)[0].notes] for one in scenarios]
    assert ["term.published" in each for each in told] == [False, True, False, False]
    plan = asked(*scenarios[:2])
    assert "term.published" not in {each["code"] for each in plan["notes"]}  # compares with nothing


def test_years_that_go_back_are_told(tmp_path: Path) -> None:
    scenarios = written(
        tmp_path,
        units_csv=f"{UNITS}A,100,0,200,50,10\n",
        one_yaml="data: units.csv\ntarget: 10\npublished: null\nyear: 2017\n",
        two_yaml="extends: one.yaml\nyear: 2018\n",
    )
    orders = [[each for each in asked(*some)["notes"] if each["code"] == "plan.order"]
              for some in (scenarios, scenarios[::-1])]  # fmt: skip
    assert orders == [[], [{"code": "plan.order", "years": ["2018", "2017"]}]]


@pytest.mark.parametrize("way", ["at_once", "levels"])
def test_a_file_of_a_plan_has_the_years_of_the_plan(tmp_path: Path, way: str) -> None:
    scenarios = written(
        tmp_path,
        units_csv="unit,parent,workforce,term_target,recruited,lost\na,N,100,90,0,0\nb,N,200,90,0,0\nc,S,400,90,0,0\n",
        one_yaml=f"data: units.csv\ntarget: 70\npublished: null\nyear: 2017\nhierarchy: {way}\n",
        two_yaml="extends: one.yaml\nyear: 2018\ntarget: 60\n"
        "rules: [{for: all, each: {most: {share: 90 %, of: previous}}}]\n",
    )
    (tmp_path / "p.csv").write_text("unit,recruited,date\na,7,31/12/2017\n", "utf-8")
    cases = [Case(str(each), *load_scenario(scenarios[0])) for each in scenarios]
    second = scenario_from(read_settings(scenarios[1]))
    found = find("plan").ask([cases[0], replace(cases[1], scenario=second)], tmp_path / "p.csv")
    sent = pickle.loads(pickle.dumps(found))
    for year, case in zip(found.records["years"], sent.cases, strict=True):
        assert list(case.allocation.quotas) == [each["quota"] for each in year["units"]]
        assert case.scenario.target == year["target"]
    assert found.records["years"][1]["carried"] == 3
    proofs = [each.texts for each in build_answer("x", cases, sent, Words("vi")).sections[-2:]]
    made = [result(each.allocation)["digest"] for each in found.cases]
    assert all(digest in Words("vi").told(proof[0]) for digest, proof in zip(made, proofs, strict=True))


def test_what_is_kept_of_a_year_that_follows_asks_nobody_for_more_than_it_has(tmp_path: Path) -> None:
    (_, path) = written(
        tmp_path,
        units_csv=f"{UNITS}A,30,0,200,50,10\nB,300,0,300,60,0\n",
        one_yaml="data: units.csv\ntarget: 20\npublished: null\nbounds: {max_share: null}\n",
        two_yaml="extends: one.yaml\nfollows: one.yaml\ntarget: 40\nlocks: [{unit: A, quota: 25}]\n",
    )
    done = allocator("run", path, "--set", "table.A.workforce=26", "--save", tmp_path / "kept.yaml")
    assert done.returncode == 0
    assert load_scenario(tmp_path / "kept.yaml")[1].rules == [STOCK]
    failed = allocator("run", tmp_path / "kept.yaml", "--set", "table.A.workforce=24")
    assert failed.returncode == 3


def test_a_figure_that_a_later_year_corrects_alone_is_said_not_to_be_used() -> None:
    cases = [Case(each, *load_scenario(each)) for each in (BASE, NEXT)]
    table = cases[1].table.with_figure("workforce", 0, 100)
    found = find("plan").ask([cases[0], replace(cases[1], table=table)]).records
    assert figures(found["years"][1], "workforce")["Long Xuyên"] == 1043
    assert [each["units"] for each in found["notes"] if each["code"] == "plan.corrected"] == [["Long Xuyên"]]
