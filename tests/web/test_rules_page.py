"""The page of rules: what is typed is what a file would say, every rule a sentence, every fault at its field."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
import yaml

from allocator.data.limits import Sent
from allocator.data.packing import packed
from allocator.data.read import read_table
from allocator.data.settings import Settings
from allocator.data.table import Table
from allocator.errors import InfeasibleError, InputError
from allocator.files import load_scenario
from allocator.model.allocation import allocate
from allocator.model.scenario import Scenario, scenario_from
from allocator.web import app as web
from allocator.web.rules import page as rules_page
from allocator.web.state import State, started, state_of
from allocator.web.store import Store
from allocator.words import LANGUAGES, Words
from tests.command import allocator
from tests.web.conftest import Server
from tests.web.test_guard import answered
from tests.web.test_stories import shown as quotas_shown

HEADERS = {"cookie": "token-8017=secret"}
VI = Words("vi")
FLAT = (
    "unit,kind,zone,workforce,growth_estimate,last,previous_quota,published_quota\n"
    "A,town,north,500,90,100,80,90\nB,town,south,320,,60,,40\n"
    "C,rural,north,810,40,0,70,120\nD & E,rural,,260,10,30,20,\n"
)
TREE = "unit,parent,workforce\nP,,\nA,P,500\nB,P,320\nQ,,\nC,Q,810\nD,Q,260\n"
BASE: dict[str, Any] = {"data": "units.csv", "target": 400, "lot": 10, "growth": {"realisation": 0.5}}
RAW = re.compile(r"\b(?:rules|groups|bounds|locks|growth|levels|uncertainty|drivers|set)[.-][\w.]+|growth_estimate")


def table_of(text: str) -> Table:
    return read_table(Sent("units.csv", text.encode()))


def scenario(**keys: Any) -> Scenario:
    return scenario_from(Settings({**BASE, **keys}, {}, Path()))


def shown(tmp_path: Path, table: Table, state: State, words: Words = VI, **given: Any) -> dict[str, Any]:
    """What the page makes of a form filled in: `given` by field, texts or lists of them."""
    query: dict[str, list[str]] = {name: [text] for name, text in parse_qsl(state.query, keep_blank_values=True)}
    query |= {name: [text] if isinstance(text, str) else text for name, text in given.items() if text != []}
    return rules_page(Store(tmp_path, "x", table, scenario()), query, words)


def after(tmp_path: Path, table: Table, state: State, **given: Any) -> State:
    made = shown(tmp_path, table, state, **given)
    assert "query" in made, made["wrong"]
    return state_of(made["query"])


def typed_number(random: Random, value: int) -> str:
    return random.choice([str(value), f"{value:,}", f"{value:,}".replace(",", ".")])


def typed_share(random: Random, percent: int) -> str:
    plain = f"{percent / 100:g}"
    return random.choice([f"{percent} %", f"{percent}%", plain, plain.replace(".", ",")])


def amount(random: Random, side: str, tree: bool) -> tuple[Any, dict[str, str]]:
    """An amount as a file has it, and as somebody fills it in."""
    kind = random.choice(["members", "share", "share", "column"])
    if kind == "members":
        value = random.choice([0, 10, 20, 60, 1000])
        return value, {f"set-{side}": typed_number(random, value), f"set-{side}-of": ""}
    if kind == "column":
        column = "workforce" if tree else "last"
        return {"column": column}, {f"set-{side}": "", f"set-{side}-of": f"column:{column}"}
    percent = random.choice([5, 20, 60, 100, 140])
    of = random.choice(["target", "workforce", "available", *([] if tree else ["previous", "published", "last"])])
    return {"share": f"{percent} %", "of": of}, {f"set-{side}": typed_share(random, percent), f"set-{side}-of": of}


def made_up(random: Random, tree: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """A rule as a file has it, and as somebody fills it in."""
    whom: dict[str, Any] = {}
    form: dict[str, Any] = {"set-kind": "", "set-under": "", "set-column": [""], "set-value": [""], "set-units": []}
    if tree and random.random() < 0.4:
        whom["under"] = form["set-under"] = random.choice("PQ")
    if not tree and random.random() < 0.4:
        whom["kind"] = form["set-kind"] = random.choice(["town", "rural"])
    if not tree and random.random() < 0.4:
        column, value = random.choice([("zone", "north"), ("workforce", 810), ("last", 60)])
        whom["where"] = {column: value}
        form |= {"set-column": [column, ""], "set-value": [str(value), ""]}
    if random.random() < 0.3:
        whom["units"] = form["set-units"] = random.choice([["A"], ["A", "C"], ["B", "P" if tree else "D & E"]])
    every = "nodes" if tree and not whom and random.random() < 0.5 else "all"
    form |= {"set-nodes": "1"} if every == "nodes" else {}
    rule: dict[str, Any] = {"for": whom or every}
    if not whom and random.random() < 0.4:
        rule["except"] = form["set-except"] = ["B"]
    way = form["set-way"] = random.choice(["each", "each", "together"])
    sides = random.choice([["least"], ["most"], ["least", "most"]])
    rule[way] = {}
    for side in ("least", "most"):
        form[f"set-{side}"] = form[f"set-{side}-of"] = ""
        if side in sides:
            rule[way][side], texts = amount(random, side, tree)
            form |= texts
    if way == "each" and "least" in sides and random.random() < 0.3:
        rule["short"], form["set-short"] = "alike", "1"
    if random.random() < 0.5:
        rule |= {"name": "Sàn chung", "by": "Ban Thường vụ", "reason": "Đã hứa", "firm": True}
        form |= {"set-name": "Sàn chung", "set-by": "Ban Thường vụ", "set-reason": " Đã hứa ", "set-firm": "1"}
    return rule, form


def quotas(table: Table, made: Scenario) -> Any:
    try:
        return allocate(table, made, "waterfill").quotas
    except InfeasibleError as error:
        return sorted(each.key for each in error.faults)


@pytest.mark.parametrize("seed", range(80))
def test_a_rule_typed_is_the_rule_of_a_file(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    tree = bool(seed % 2)
    text = TREE if tree else FLAT
    rule, form = made_up(random, tree)
    table = table_of(text)
    made = shown(tmp_path, table, started("given", scenario()), **form, do="rules")
    (tmp_path / "units.csv").write_text(text, "utf-8")
    (tmp_path / "case.yaml").write_text(yaml.safe_dump({**BASE, "rules": [rule]}, allow_unicode=True), "utf-8")
    known, of_file = load_scenario(tmp_path / "case.yaml")
    if "query" not in made:  # what the file would be refused for, too
        with pytest.raises(InputError) as refused:
            allocate(known, of_file, "waterfill")
        assert len(made["wrong"]) == len(refused.value.faults)
        return
    state = state_of(made["query"])
    assert state.scenario().model_dump() == {**of_file.model_dump(), "data": "units.csv"}
    assert quotas(table, state.scenario()) == quotas(known, of_file)
    assert state_of(state.query) == state
    for words in map(Words, LANGUAGES):
        (listed,) = (each for each in shown(tmp_path, table, state, words)["rules"] if each["key"].startswith("rules."))
        assert not RAW.search(listed["sentence"])
    if seed < 4:
        done = allocator("run", "--json", str(tmp_path / "case.yaml"))
        expected = quotas(table, state.scenario())
        if isinstance(expected, tuple):
            assert [unit["quota"] for unit in json.loads(done.stdout)["units"]][-len(expected) :] == [*expected]
        else:
            assert done.returncode


@pytest.mark.parametrize("seed", range(40))
def test_a_rule_is_edited_without_changing_unless_something_is_typed(tmp_path: Path, seed: int) -> None:
    tree = bool(seed % 2)
    rules = [made_up(Random(100 * seed + each), tree)[0] for each in range(3)]
    table, words = table_of(TREE if tree else FLAT), Words(LANGUAGES[seed % 3 % 2])
    state = started("given", scenario(rules=rules, groups=[{"name": "Bắc", "units": ["A", "C"], "max": 1200}]))
    for edit in ("rules.1", "groups.0"):
        part, _, at = edit.partition(".")
        texts = shown(tmp_path, table, state, words, edit=edit)["texts"][part]
        given = {f"set-{name}": [*held] for name, held in texts.items()}
        assert state_of(shown(tmp_path, table, state, words, **given, do=part, at=at)["query"]) == state


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"drivers": [{"column": "last", "share": 0.335}, {"equal": True, "share": 0.665}]},
        {"uncertainty": {"default": {"dist": "beta", "a": 2.5, "b": 3, "low": 0.1, "high": "1500 %"}}},
        {"uncertainty": {"default": {"dist": "normal", "mean": 0.3, "sd": 0.1}, "factor": {"town": 0.5}}},
    ],
)
def test_what_no_lever_sets_is_kept_when_nothing_is_typed(tmp_path: Path, settings: Any, language: str) -> None:
    state, table, words = started("given", scenario(**settings)), table_of(FLAT), Words(language)
    texts = shown(tmp_path, table, state, words)["texts"]
    for part in ("drivers", "uncertainty"):
        given = {f"set-{name}": [*held] for name, held in texts[part].items()}
        assert state_of(shown(tmp_path, table, state, words, **given, do=part)["query"]) == state


@pytest.mark.parametrize(
    ("part", "given", "settings"),
    [
        (
            "drivers",
            {"set-share:workforce": "60 %", "set-share:last": "0,3", "set-share:": "10%"},
            {
                "drivers": [
                    {"column": "workforce", "share": "60 %"},
                    {"column": "last", "share": 0.3},
                    {"equal": True, "share": 0.1},
                ]
            },
        ),
        (
            "uncertainty",
            {"set-dist": "uniform", "set-low": "10 %", "set-high": "0,9", "set-mode": "x"},
            {"uncertainty": {"default": {"dist": "uniform", "low": "10 %", "high": 0.9}}},
        ),
        (
            "uncertainty",
            {"set-dist": "pert", "set-low": "0", "set-high": "1", "set-mode": "35%"},
            {"uncertainty": {"default": {"dist": "pert", "low": 0, "mode": 0.35, "high": 1}}},
        ),
        (
            "uncertainty",
            {"set-dist": "beta", "set-low": "0", "set-high": "1", "set-a": "2,5", "set-b": "4"},
            {"uncertainty": {"default": {"dist": "beta", "low": 0, "a": 2.5, "b": 4, "high": 1}}},
        ),
        (
            "groups",
            {"set-name": "Bắc", "set-kind": "town", "set-most": "1.200"},
            {"groups": [{"name": "Bắc", "kind": "town", "max": 1200}]},
        ),
    ],
)
def test_what_no_lever_sets_is_typed_as_people_write_it(
    tmp_path: Path, part: str, given: dict[str, str], settings: dict[str, Any]
) -> None:
    table, begun = table_of(FLAT), started("given", scenario())
    state = after(tmp_path, table, begun, **given, do=part)
    assert state.scenario().model_dump() == scenario(**settings).model_dump()
    assert state_of(state.query) == state
    side = "assumptions" if part in ("drivers", "uncertainty") else "decisions"
    other = "decisions" if side == "assumptions" else "assumptions"
    assert state.reset(side) == begun
    assert state.reset(other) == state


@pytest.mark.parametrize(
    ("part", "given", "at", "message"),
    [
        ("rules", {"set-least": "60x"}, "least", "Ít nhất: “60x” không phải số"),
        ("rules", {"set-least": "1.2"}, "least", "không phải số nguyên"),
        (
            "rules",
            {"set-least": "60", "set-least-of": "available"},
            "least",
            "Ít nhất là 60: nếu ý là 60%, hãy viết 60%, hoặc 0,6",
        ),
        ("rules", {"set-least": "-5"}, "least", "Ít nhất là -5, thấp hơn mức cho phép (0)"),
        ("rules", {}, "least", "chưa có mức ít nhất lẫn nhiều nhất"),
        ("rules", {"set-most-of": "target", "set-least": "10"}, "most", "ô này còn trống"),
        ("rules", {"set-most-of": "column:last", "set-most": "5"}, "most", "hãy để trống ô số"),
        ("rules", {"set-most-of": "column:xyz"}, "most", "bảng không có cột xyz"),
        ("rules", {"set-most": "50", "set-short": "1"}, "short", "chỉ mức ít nhất của từng đơn vị"),
        ("rules", {"set-most": "50", "set-value": "7"}, "value", "hãy chọn cột"),
        ("rules", {"set-most": "50", "set-column": "last", "set-value": "bảy"}, "value", "“bảy” không phải số"),
        ("rules", {"set-most": "50", "set-column": "xyz", "set-value": "7"}, "value", "bảng không có cột xyz"),
        ("rules", {"set-most": "50", "set-kind": "xyz"}, "kind", "bảng không có đơn vị loại xyz"),
        ("rules", {"set-most": "50", "set-kind": "town", "set-except": "C"}, "except", "không áp dụng cho C"),
        ("groups", {"set-most": "50", "set-kind": "town"}, "name", "ô này còn trống"),
        ("groups", {"set-most": "50", "set-name": "N"}, "kind", "một trong hai"),
        ("groups", {"set-most": "50", "set-name": "N", "set-kind": "town", "set-units": "A"}, "kind", "một trong hai"),
        ("groups", {"set-name": "N", "set-kind": "town"}, "least", "hãy ghi ít nhất một mức"),
        (
            "groups",
            {"set-name": "Bắc", "set-kind": "town", "set-most": "5"},
            "name",
            "Bắc xuất hiện hai lần trong Nhóm",
        ),
        ("drivers", {}, "share", "hãy ghi ít nhất một"),
        ("drivers", {"set-share:workforce": "90 %"}, "share", "các tỷ trọng cộng lại là 90,00%"),
        ("drivers", {"set-share:workforce": "90"}, "share:workforce", "nếu ý là 90%, hãy viết 90%"),
        (
            "drivers",
            {"set-share:published_quota": "100 %"},
            "share:published_quota",
            "tiêu chí chỉ tiêu đã công bố để trống ở D & E",
        ),
        ("uncertainty", {"set-dist": "uniform", "set-low": "10 %"}, "high", "ô này còn trống"),
        ("uncertainty", {"set-dist": "uniform", "set-low": "20 %", "set-high": "10 %"}, "low", "thấp nhất 20,0%"),
        (
            "uncertainty",
            {"set-dist": "beta", "set-low": "0", "set-high": "1", "set-a": "0", "set-b": "2"},
            "a",
            "phải lớn hơn 0",
        ),
    ],
)
def test_a_fault_stands_at_its_field_and_what_was_typed_stays(
    tmp_path: Path, part: str, given: dict[str, str], at: str, message: str
) -> None:
    base = scenario(groups=[{"name": "Bắc", "units": ["A", "C"], "max": 1200}])
    app = web.application(Store(tmp_path, "x", table_of(FLAT), base), "vi", ["127.0.0.1"], "secret")
    query = dict(parse_qsl(started("given", base).query, keep_blank_values=True))
    (answer,) = answered(app, ("GET", f"/rules?{urlencode({**query, **given, 'do': part})}", {"headers": HEADERS}))
    assert answer.status_code == 422
    form = answer.text[answer.text.index(f'id="form-{part}"') :].partition("</form>")[0]
    rest = answer.text.replace(form, "")
    assert "aria-invalid" not in rest
    text = html.unescape(form)
    assert message in text
    assert not RAW.search(re.sub(r"<[^>]*>", "", text))
    if at != "share":
        (reason,) = re.findall(rf'id="{part}-{re.escape(at)}-wrong">([^<]*)<', text)
        assert message in reason
    if at not in ("share", "except"):
        assert re.findall(r'name="set-([^"]+)"[^>]*aria-invalid', form) == [at]
    for name, typed in given.items():
        held = rf'name="{name}"[^>]*value="{typed}"|name="{name}"[^>]*>(?:<optg?.*?)?value="{typed}" selected'
        assert "xyz" in typed or re.search(held, text, re.DOTALL)


def test_rules_that_cannot_hold_together_are_taken_to_the_page_that_helps(tmp_path: Path) -> None:
    table, begun = table_of(FLAT), started("given", scenario())
    state = after(tmp_path, table, begun, **{"set-least": "300", "set-way": "each"}, do="rules")
    with pytest.raises(InfeasibleError):
        allocate(table, state.scenario(), "waterfill")
    made = shown(tmp_path, table, state)
    assert made["undecided"] == "rules.infeasible"
    assert made["rules"][0]["sentence"] == "Mỗi đơn vị: ít nhất 300 đoàn viên"


def test_a_scenario_that_is_wrong_elsewhere_can_still_be_mended(tmp_path: Path) -> None:
    table = table_of(FLAT)
    rules = [{"for": "all", "each": {"most": {"share": 0.5, "of": name}}} for name in ("one", "two")]
    state = started("given", scenario(rules=rules))
    assert shown(tmp_path, table, state)["undecided"] == "rules.unusable"
    state = after(tmp_path, table, state, drop="rules.1")
    state = after(tmp_path, table, state, **{"set-most": "50 %", "set-most-of": "last"}, do="rules", at="0")
    assert [rule.each.most.of for rule in state.scenario().rules] == ["last"]  # type: ignore[union-attr]


EVERY: Mapping[str, Any] = {
    "bounds": {
        "min_quota": 10,
        "max_share": 0.9,
        "units": {"A": {"min": 20}, "C": {"max": 300}},
        "pace": {"reference": "published_quota", "down": 0.9, "up": 5},
    },
    "locks": [{"unit": "B", "quota": 60, "by": "Ban Thường vụ", "reason": "Đã hứa"}],
    "groups": [{"name": "Bắc", "units": ["A", "C"], "max": 1200}, {"name": "1", "kind": "town", "min": 10}],
    "rules": [
        {"for": {"kind": "town"}, "except": ["A"], "each": {"least": {"share": 0.05, "of": "available"}}, "name": "1"},
        {"for": {"where": {"zone": "north", "last": 0}}, "together": {"least": 50, "most": {"column": "last"}}},
        {"for": "all", "each": {"least": {"share": 1.05, "of": "previous"}}, "short": "alike"},
    ],
}
SAID = {
    "locks.B": "B: đúng 60 đoàn viên",
    "bounds.units.A": "A: ít nhất 20 đoàn viên",
    "bounds.units.C": "C: nhiều nhất 300 đoàn viên",
    "bounds.pace": "Mỗi đơn vị: ít nhất 10% chỉ tiêu đã công bố, nhiều nhất 600% chỉ tiêu đã công bố",
    "bounds.min_quota": "Mỗi đơn vị: ít nhất 10 đoàn viên",
    "bounds.max_share": "Mỗi đơn vị: nhiều nhất 90% nguồn CNLĐ được tính",
    "rules.0": "Mỗi đơn vị loại “town” (trừ A): ít nhất 5% nguồn CNLĐ được tính",
    "rules.1": "Các đơn vị có last là “0” và có zone là “north” cộng lại: ít nhất 50 đoàn viên, "
    "nhiều nhất mức ghi ở cột “last”",
    "rules.2": "Mỗi đơn vị: ít nhất 105% chỉ tiêu năm trước, nếu tổng chỉ tiêu không đủ thì cùng giảm như nhau",
    "groups.Bắc": "A và C cộng lại: nhiều nhất 1.200 đoàn viên",
    "groups.1": "Các đơn vị loại “town” cộng lại: ít nhất 10 đoàn viên",
}


def test_every_rule_is_a_sentence_and_can_be_removed(tmp_path: Path) -> None:
    table, state = table_of(FLAT), started("given", scenario(**EVERY))
    listed = {each["key"]: each for each in shown(tmp_path, table, state)["rules"]}
    assert {key: each["sentence"] for key, each in listed.items()} == SAID
    assert (listed["locks.B"]["rule"].by, listed["locks.B"]["rule"].reason) == ("Ban Thường vụ", "Đã hứa")
    for key in SAID:
        less = after(tmp_path, table, state, drop=key)
        left = shown(tmp_path, table, less)["rules"]
        moved = {"rules.1": "rules.2", "rules.0": "rules.1"}  # later rules move up
        kept = {text for each, text in SAID.items() if each != key}
        assert {each["sentence"] for each in left} == kept, moved.get(key, key)
    assert state.query == started("given", scenario(**EVERY)).query


@pytest.mark.parametrize("name", ["drivers", "uncertainty"])
def test_links_of_before_open_and_odd_ones_are_refused_in_words(tmp_path: Path, name: str) -> None:
    settings = {"drivers": [{"equal": True, "share": 1}], "risk": {"weight": 1.0, "reachable": 0.5}}
    begun = started("given", scenario(**settings))
    query = dict(parse_qsl(begun.query, keep_blank_values=True))
    of_old = {key: text for key, text in query.items() if key not in ("drivers", "uncertainty", "risk")}
    assert state_of(of_old) == begun
    app = web.application(Store(tmp_path, "x", table_of(FLAT), scenario()), "vi", ["127.0.0.1"], "secret")
    for text in ("", "x", packed([]), packed({"weight": "x"}), packed([{"column": 1}]), packed({"default": 5})):
        asked = urlencode({**query, name: text})
        first, second = answered(app, *(("GET", f"{path}?{asked}", {"headers": HEADERS}) for path in ("/rules", "/")))
        if name == "uncertainty" and text == packed([]):
            continue
        assert first.status_code == 422
        assert VI("page.bad_link") in first.text
        assert VI("page.bad_link") in second.text


def test_a_choice_keeps_what_the_table_no_longer_offers(tmp_path: Path) -> None:
    rule = {
        "for": {"kind": "port", "units": ["Z"]},
        "each": {"least": {"column": "old"}, "most": {"share": 1, "of": "x"}},
    }
    choices = shown(tmp_path, table_of(FLAT), started("given", scenario(rules=[rule])), edit="rules.0")["choices"]
    assert choices["kind"][-1] == ("port", "port")
    assert choices["own"][-1] == ("column:old", "old")
    assert choices["share"][-1] == ("x", "x")
    assert choices["units"] == ["A", "B", "C", "D & E", "Z"]
    assert "previous" in dict(choices["share"])
    assert len({text for _, text in choices["share"]}) == len(choices["share"])


def test_every_level_is_for_all_units_alone(tmp_path: Path) -> None:
    given = {"set-nodes": "1", "set-under": "P", "set-least": "10", "do": "rules"}
    assert [*shown(tmp_path, table_of(TREE), started("given", scenario()), **given)["wrong"]] == ["nodes"]


def test_a_page_of_many_rules_holds_the_state_once_a_form(tmp_path: Path) -> None:
    units = "unit,workforce\n" + "".join(f"Đơn vị số {index},{100 + index}\n" for index in range(1000))
    locks = [{"unit": f"Đơn vị số {index}", "quota": 10} for index in range(0, 1000, 2)]
    base = scenario(target=20_000, locks=locks)
    app = web.application(Store(tmp_path, "x", table_of(units), base), "vi", ["127.0.0.1"], "secret")
    (answer,) = answered(app, ("GET", f"/rules?{started('given', base).query}", {"headers": HEADERS}))
    assert answer.status_code == 200
    assert answer.text.count("đúng 10 đoàn viên") == 500
    assert len(answer.content) < 1_200_000


def open_rules(window: Any, server: Server, telephone: bool = False) -> None:
    window.goto(f"{server.opened}&lang=vi")
    window.goto(f"{server.address}/?lang=vi")
    if telephone:
        window.locator("#all").click()
    window.locator("[formaction='/rules']").first.click()
    window.wait_for_load_state()


def add_a_rule(window: Any) -> None:
    """Three fields, the last of them wrong at first."""
    window.locator("summary", has_text="Thêm quy định").click()
    form = window.locator("#form-rules")
    form.locator("[name=set-kind]").select_option("district")
    form.locator("summary", has_text="Trừ các đơn vị này").click()
    form.locator("[name=set-except][value='An Phú']").check()
    form.locator("[name=set-least-of]").select_option("available")
    form.locator("[name=set-least]").fill("47")
    form.locator("button").click()
    window.wait_for_load_state()
    assert form.locator("[aria-invalid]").evaluate_all("all => all.map(each => each.name)") == ["set-least"]
    assert form.locator("[name=set-least]").evaluate("each => each === document.activeElement")
    assert "hãy viết 47%" in form.locator("#rules-least-wrong").inner_text()
    form.locator("[name=set-least]").fill("47 %")
    form.locator("button").click()
    window.wait_for_load_state()


@pytest.mark.parametrize("script", [True, False])
def test_a_rule_is_added_mended_edited_and_removed(browser: Any, server: Server, script: bool) -> None:
    rule = '{for: {kind: district}, except: ["An Phú"], each: {least: {share: 47 %, of: available}}}'
    expected = {each["unit"]: each["quota"] for each in run_units("--set", f"rules=[{rule}]")}
    context = browser.new_context(java_script_enabled=script)
    window = context.new_page()
    open_rules(window, server)
    add_a_rule(window)
    assert window.url.startswith(f"{server.address}/?table=")
    assert quotas_shown(window) == expected
    window.locator("[formaction='/rules']").first.click()
    window.wait_for_load_state()
    sentence = "Mỗi đơn vị loại “huyện, thị, thành phố” (trừ An Phú): ít nhất 47% nguồn CNLĐ được tính"
    assert sentence in window.locator(".said").inner_text()
    window.get_by_role("button", name="Sửa: mức sàn của quy định 1").click()
    window.wait_for_load_state()
    assert window.locator("[name=set-except]:checked").evaluate_all("all => all.map(each => each.value)") == ["An Phú"]
    window.locator("[name=set-name]").first.fill("Sàn huyện")
    window.locator("#form-rules button").click()
    window.wait_for_load_state()
    window.locator("[formaction='/rules']").first.click()
    window.get_by_role("button", name="Bỏ: mức sàn của quy định Sàn huyện").click()
    window.wait_for_load_state()
    assert quotas_shown(window) == {each["unit"]: each["quota"] for each in run_units()}
    context.close()


def run_units(*options: str) -> list[dict[str, Any]]:
    units: list[dict[str, Any]] = json.loads(allocator("run", "--json", *options).stdout)["units"]
    return units


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it_on_a_telephone_too(page: Any, server: Server, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 360, "height": 740})
    open_rules(page, server, telephone=True)
    page.locator("summary", has_text="Thêm quy định").click()
    page.locator("#form-rules summary").first.click()
    page.locator("#form-rules [name=set-least]").fill("x")
    page.locator("#form-rules button").click()
    page.wait_for_load_state()
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
    found = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
    assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360


ODD = ["", "x", "-1", "0", "60 %", "1.200", "0,6", "９", "1e9", "9" * 30, "all", "column:", "column:last", "target",
       "A", "rules.0", "rules.x", "rules.99999999999", "groups.0", "groups.Bắc", "locks.", "levels.0.bounds", "drivers",
       "beta", "uniform", "<b>", "\u0000", "nodes", "town", "P", "{0}", "%"]  # fmt: skip
NAMES = ["kind", "under", "column", "value", "units", "except", "nodes", "way", "least", "least-of", "most", "most-of",
         "short", "name", "by", "reason", "firm", "dist", "low", "mode", "high", "a", "b", "weight", "reachable",
         "share:workforce", "share:", "share:x"]  # fmt: skip


@pytest.mark.parametrize("seed", range(200))
def test_no_odd_form_is_more_than_told(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    state = started("given", scenario(**({} if seed % 4 else EVERY)))
    given: dict[str, Any] = {f"set-{name}": random.choices(ODD, k=random.choice([1, 1, 2])) for name in NAMES}
    given = {name: texts for name, texts in given.items() if random.random() < 0.5}
    given["do"] = random.choice(["rules", "groups", "drivers", "uncertainty", random.choice(ODD)])
    given |= {name: random.choice(ODD) for name in ("at", "edit", "drop") if random.random() < 0.1}
    app = web.application(
        Store(tmp_path, "x", table_of(FLAT if seed % 2 else TREE), scenario()), "vi", ["127.0.0.1"], "secret"
    )
    query = dict(parse_qsl(state.query, keep_blank_values=True))
    (answer,) = answered(app, ("GET", f"/rules?{urlencode({**query, **given}, doseq=True)}", {"headers": HEADERS}))
    assert answer.status_code in (200, 303, 422)
    assert answer.status_code != 422 or 'role="alert"' in answer.text
    if answer.status_code == 303:
        moved = state_of(answer.headers["location"].partition("?")[2])
        moved.scenario()
