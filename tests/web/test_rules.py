"""The rules of a scenario on the page: carried along, listed with what became of them, named, and remedied."""

from __future__ import annotations

import html
import io
import re
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
import yaml

from allocator.data.limits import Sent
from allocator.data.packing import packed
from allocator.data.read import read_table
from allocator.data.settings import Settings
from allocator.data.table import Table
from allocator.files import load_scenario
from allocator.model.allocation import allocate
from allocator.model.scenario import Scenario, scenario_from
from allocator.proof.journal import JOURNAL_FILE
from allocator.web import app as web
from allocator.web.downloads import taken
from allocator.web.fields import unpacked
from allocator.web.jobs import Jobs
from allocator.web.look import Look
from allocator.web.state import State, started, state_of
from allocator.web.store import Store
from allocator.web.view import view
from allocator.words import LANGUAGES, Words
from tests.web.conftest import Server, made_here
from tests.web.test_guard import answered
from tests.web.test_stories import change, figures, opened, pressed, quotas

HEADERS = {"origin": "http://127.0.0.1:8017", "cookie": "token-8017=secret"}
VI = Words("vi")
TABLE = read_table(Sent("units.csv", b"unit,workforce,last\nA,500,100\nB,15,\nC,8,0\nD,0,\nE,300,60\n"))
RAW = re.compile(r"\b(?:rules|groups|bounds|locks|growth|attainment|levels)\.[\w.]+")


def scenario(**keys: Any) -> Scenario:
    values = {"data": "units.csv", "target": 200, "growth": {"realisation": 0}, **keys}
    return scenario_from(Settings(values, {}, Path()))


MINIMUM = scenario(bounds={"min_quota": 20})
RULES = [
    {"name": "Sàn chung", "for": "all", "except": ["B", "C", "D"], "each": {"least": 90}},
    {"for": {"units": ["A", "E"]}, "together": {"most": 160}},
    {"for": "all", "each": {"least": {"share": 0.5, "of": "last"}}},
    {"for": {"units": ["D"]}, "each": {"least": {"share": 0.5, "of": "last"}}},
]


def shown(tmp_path: Path, table: Table, state: State, words: Words = VI) -> dict[str, Any]:
    return view(Store(tmp_path, "x", table, MINIMUM), state, Look(), None, words)


def cases() -> list[tuple[Table, Scenario]]:
    table, base = load_scenario("an-giang-2017/base")
    groups = [{"name": "Bắc", "units": ["A", "E"], "max": 150}, {"name": "Nam", "units": ["B", "C"], "max": 10}]
    return [
        (TABLE, MINIMUM),
        (TABLE, scenario(rules=RULES)),
        (TABLE, scenario(groups=groups)),
        (table, base.changed({"bounds": {"max_share": 0.4}})),
        (TABLE, scenario(rules=[RULES[0], {**RULES[1], "together": {"most": {"share": 0.8, "of": "target"}}}])),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", range(5))
def test_every_remedy_leads_to_a_state_that_holds(tmp_path: Path, case: int, language: str) -> None:
    table, rules = cases()[case]
    made = shown(tmp_path, table, started("given", rules), Words(language))
    assert made["collides"]
    assert made["remedies"]
    assert not RAW.search(" ".join([*made["faults"], *(text for text, _ in made["remedies"])]))
    for text, settings in made["remedies"]:
        after = started("given", rules).changed(unpacked(settings, "settings"))
        again = shown(tmp_path, table, after)
        assert again["faults"] == [], text
        assert sum(each.quota for each in again["rows"]) == again["total"] == after.scenario().target
        assert state_of(after.query) == after


def test_units_are_left_out_by_name(tmp_path: Path) -> None:
    begun = started("given", MINIMUM)
    text, settings = shown(tmp_path, TABLE, begun)["remedies"][0]
    assert text.startswith("Mức sàn chung: không áp dụng cho B, C và D (")
    after = begun.changed(unpacked(settings, "settings"))
    (rule,) = after.scenario().rules
    assert (rule.whom.every, rule.left_out) == ("nodes", ["B", "C", "D"])
    assert after.fields["min_quota"] == "0"
    assert after.reset("assumptions") == after
    assert after.reset("decisions").fields == begun.fields
    (listed,) = shown(tmp_path, TABLE, after)["rules"]
    assert (listed["title"], listed["covers"], listed["status"]) == (
        "mức sàn của quy định 1",
        ("A", "E"),
        "slack",
    )


def test_a_link_and_a_download_keep_rules_and_groups(tmp_path: Path) -> None:
    groups = [{"name": "Bắc", "units": ["A", "E"], "max": 190}]
    begun = started("given", scenario(rules=RULES[2:3], groups=groups))
    assert state_of(begun.query) == begun
    assert state_of(begun.query).scenario().model_dump() == scenario(rules=RULES[2:3], groups=groups).model_dump()
    of_old = {name: text for name, text in parse_qsl(begun.query, keep_blank_values=True)}
    del of_old["rules"], of_old["groups"]
    assert state_of(of_old) == begun
    with zipfile.ZipFile(
        io.BytesIO(taken(TABLE, TABLE, begun, "yaml", VI, tmp_path / JOURNAL_FILE, "", appendix=False)[1])
    ) as files:
        held = yaml.safe_load(files.read("scenario.yaml"))
        assert read_table(Sent("units.csv", files.read("units.csv"))).columns == TABLE.columns
    assert (len(held["rules"]), held["groups"][0]["max"]) == (1, 190)
    assert begun.changed({"groups": []}).scenario().groups == []


@pytest.mark.parametrize("text", ["x", packed([{"for": "all"}]), packed({}), packed([1])])
def test_rules_that_this_page_did_not_write_are_refused_in_words(tmp_path: Path, text: str) -> None:
    state = state_of({**dict(parse_qsl(started("given", MINIMUM).query)), "rules": text})
    assert shown(tmp_path, TABLE, state)["faults"] == [VI("page.bad_link")]


def test_every_rule_is_listed_with_what_became_of_it(tmp_path: Path) -> None:
    rules = [{**RULES[0], "each": {"least": 60}}, *RULES[2:]]
    state = started("given", scenario(rules=rules))
    listed = {each["title"]: each for each in shown(tmp_path, TABLE, state)["rules"]}
    assert [*listed] == [f"mức sàn của quy định {name}" for name in ("Sàn chung", "2", "3")]
    common, last, noted = listed.values()
    quotas = allocate(TABLE, state.scenario()).quotas
    assert common["status"] == ("binding" if min(quotas[0], quotas[4]) == 60 else "slack")
    assert common["covers"] == ("A", "E")
    assert (last["status"], len(last["covers"])) == ("slack", 5)
    assert last["notes"] == ["“mức sàn của quy định 2” không ràng buộc B, C và D: cột last để trống hoặc bằng 0."]
    assert (noted["status"], noted["covers"]) == ("noted", ("D",))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fault_names_its_rule(tmp_path: Path, language: str) -> None:
    rules = [RULES[2], {**RULES[0], "each": {"least": {"share": 0.5, "of": "nơi khác"}}}]
    words = Words(language)
    (text,) = shown(tmp_path, TABLE, started("given", scenario(rules=rules)), words)["faults"]
    name = words("rulename.rule", name="Sàn chung")
    assert text.startswith(f"{name[0].upper()}{name[1:]}: ")
    assert not RAW.search(text)


def test_the_page_shows_rules_and_follows_every_change(page: Any, server: Server) -> None:
    page.goto(f"{server.address}/?lang=vi")
    change(page, "max_share", "0,4")
    assert "đang chi phối" not in page.locator("#rules").inner_text()
    pressed(page, ".remedies li:last-child button")
    assert "nhiều nhất 40% nguồn CNLĐ được tính – đang chi phối" in page.locator("#rules").inner_text()
    change(page, "min_quota", "10")
    item = page.locator("#rules li", has_text="ít nhất 10")
    assert "chưa chạm tới" in item.inner_text()
    assert "cả 15 đơn vị" in item.inner_text()
    change(page, "min_quota", "0")
    assert item.count() == 0


def test_rules_outlive_typing_undoing_and_saving(page: Any, server: Server) -> None:
    page.goto(f"{server.address}/?lang=vi")
    change(page, "min_quota", "150")
    pressed(page, ".remedies button:text('không áp dụng cho')")
    listed = page.locator("#rules li", has_text="trừ")
    assert listed.count() == 1
    held = page.locator("[name=rules]").input_value()
    change(page, "realisation", "25 %")
    assert listed.count() == 1
    for step, rules, minimum in ((-1, held, "0"), (-1, "", "150"), (1, held, "0")):
        pressed(page, "#undo" if step < 0 else "#redo")
        assert page.locator("[name=rules]").input_value() == rules
        assert page.locator("[name=min_quota]").input_value() == minimum
    assert listed.count() == 1
    page.locator("#save-name").fill("Có ngoại lệ")
    page.locator("#save button").click()
    page.wait_for_load_state()
    page.goto(f"{server.address}/?lang=vi")
    assert listed.count() == 0
    page.get_by_role("link", name="Có ngoại lệ").click()
    page.wait_for_load_state()
    assert listed.count() == 1
    assert page.locator("[name=rules]").input_value() == held


@pytest.mark.parametrize(
    ("name", "text", "setting"),
    [
        ("realisation", "35 %", "growth.realisation=0.35"),
        ("realisation", "55,45%", "growth.realisation=0.5545"),
        ("max_share", "60%", "bounds.max_share=0.6"),
        ("max_share", "0,6", "bounds.max_share=0.6"),
        ("growth:An Phú", "50 %", 'growth.units."An Phú"=0.5'),
    ],
)
def test_a_share_is_typed_as_a_percentage(page: Any, server: Server, name: str, text: str, setting: str) -> None:
    page.goto(f"{server.address}/?lang=vi")
    if ":" in name:
        opened(page, "An Phú")
    page.locator(f'[name="{name}"]').click()
    page.keyboard.press("Control+A")
    page.keyboard.type(text)
    figures(page, quotas(setting))
    plain = setting.rpartition("=")[2]
    held = "([name, text]) => new URLSearchParams(document.getElementById('save-query').value).get(name) === text"
    page.wait_for_function(held, arg=[name, plain])
    page.reload()
    percent = f"{Decimal(plain) * 100:f}".rstrip("0").rstrip(".").replace(".", ",") + "%"
    assert page.locator(f'[name="{name}"]').input_value() == percent


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("max_share", "60", "Tỷ lệ tối đa của nguồn CNLĐ là 60: nếu ý là 60%, hãy viết 60%, hoặc 0,6"),
        ("realisation", "20", "là 20, cao hơn mức cho phép (1): nếu ý là 20%, hãy viết 20%, hoặc 0,2"),
        ("growth:A", "20", "Tỷ lệ riêng – A là 20, cao hơn mức cho phép (1): nếu ý là 20%"),
        ("realisation", "150 %", "Tỷ lệ thực hiện ước tăng là 1,5, cao hơn mức cho phép (1)"),
        ("realisation", "37,5", "là 37,5, cao hơn mức cho phép (1): nếu ý là 37,5%, hãy viết 37,5%, hoặc 0,375"),
        ("risk", "-1,5", "là -1,5, thấp hơn mức cho phép (0)"),
        ("floor", "1,5", "“Kết quả tính ít nhất” 1,5 cao hơn “Kết quả tính nhiều nhất” 1"),
        ("target", "99999999999", "“99999999999” lớn hơn mức cho phép: hãy ghi không quá 9.000.000.000"),
        ("exponent", "50 %", "“50 %” không phải số"),
        ("target", "50 %", "“50 %” không phải số"),
    ],
)
def test_a_number_out_of_its_range_is_quoted_as_it_is_typed(tmp_path: Path, name: str, text: str, message: str) -> None:
    (said,) = shown(tmp_path, TABLE, state_of({**dict(parse_qsl(started("given", scenario()).query)), name: text}))[
        "faults"
    ]
    assert message in said
    assert not RAW.search(said)


@pytest.mark.parametrize(
    ("text", "kept", "value"), [("60 %", "0.6", 0.6), ("150%", "1.5", 1.5), ("1500 %", "1500 %", 15)]
)
@pytest.mark.parametrize("name", ["floor", "ceiling", "missing", "max_share"])
def test_links_hold_shares_in_one_way(name: str, text: str, kept: str, value: float) -> None:
    state = state_of({**started("given", scenario()).fields, "start": started("given", scenario()).link, name: text})
    assert state.fields[name] == kept
    part = "bounds" if name == "max_share" else "attainment"
    made = state.scenario()
    assert getattr(getattr(made, part), name) == value
    assert started("", made).fields[name] == kept


@pytest.mark.parametrize("text", ["theo toàn tỉnh", "Toàn tỉnh", "theo toan tinh", "whole province", "Province"])
def test_the_whole_province_is_typed_in_any_language_without_accents(text: str) -> None:
    begun = started("given", scenario())
    made = state_of({**begun.fields, "start": begun.link, "missing": text}).scenario()
    assert made.attainment.missing == "province"


def test_a_setting_of_a_question_takes_a_percentage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Jobs, "made", made_here)
    table, base = load_scenario("an-giang-2017/base")
    app = web.application(Store(tmp_path, "x", table, base), "vi", ["127.0.0.1"], "secret")
    register = ("x.csv", "unit,name,workers,has_union\nAn Phú,X,40,0\n".encode())
    texts = []
    for share in ("90 %", "0,9", "90"):
        sent = {"headers": HEADERS, "files": {"file": register}, "data": {"ask-share": share}}
        (answer,) = answered(app, ("POST", f"/section/unions?{started('given', base).query}", sent))
        texts.append(html.unescape(answer.text.partition('id="answer"')[2]))
    assert texts[0].replace("90 %", "0,9") == texts[1]
    assert "tỷ lệ doanh nghiệp là 90, cao hơn mức cho phép (1): nếu ý là 90%, hãy viết 90%, hoặc 0,9" in texts[2]
