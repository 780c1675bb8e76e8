"""Saved scenarios: versions that nothing replaces, names that change, what is removed, and all of it side by side."""

from __future__ import annotations

import csv
import json
import multiprocessing
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import httpx
import pytest
from python_calamine import CalamineWorkbook

from allocator.errors import InputError
from allocator.files import load_scenario
from allocator.web import saved as keeping
from allocator.web.saved import MOST_NOTE, SavedScenarios, Version
from allocator.web.state import started
from allocator.words import Words
from tests.command import allocator
from tests.web.conftest import Server, whole_page
from tests.web.test_access import findings, rules

__all__ = ["rules"]
VI = Words("vi")
BASE = "an-giang-2017/base"


def told(*arguments: str) -> Any:
    return json.loads(allocator(*arguments, "--json").stdout)


def opened(page: Any, server: Server, realisation: str = "0.2") -> str:
    """The query of a state, once the list of saved scenarios is shown for it."""
    _, scenario = load_scenario(BASE)
    query = started("given", scenario).query.replace("realisation=0.2", f"realisation={realisation}")
    page.goto(f"{server.address}/scenarios?{query}&lang=vi")
    return query


def save(page: Any, name: str, author: str = "", note: str = "") -> None:
    form = page.locator("#save")
    form.get_by_label(VI("scenarios.name"), exact=True).fill(name)
    if author:
        form.get_by_label(VI("scenarios.author")).fill(author)
    form.get_by_label(VI("scenarios.note")).fill(note)
    form.get_by_role("button").click()
    page.wait_for_load_state()


def kept(server: Server) -> list[dict[str, Any]]:
    return [json.loads(each.read_text("utf-8")) for each in sorted((server.folder / "saved").glob("*.json"))]


@pytest.fixture
def fresh(server: Server) -> Any:
    """Nothing is saved before and after."""
    forget(server)
    yield server
    forget(server)


def forget(server: Server) -> None:
    for each in (server.folder / "saved").glob("*.json"):
        each.unlink()


def test_a_scenario_is_saved_saved_again_renamed_compared_and_deleted(page: Any, fresh: Server, rules: str) -> None:
    first = opened(page, fresh)
    save(page, "Phương án 12/2017", "Người lập", "lần đầu")
    assert urlsplit(page.url).path == "/"
    second = opened(page, fresh, "0.5")
    author = page.locator("#save").get_by_label(VI("scenarios.author"))
    assert author.input_value() == "Người lập"  # as it was given before
    save(page, "phương án 12/2017", note="nâng ước tăng")
    asked = page.locator("#again")
    assert VI("scenarios.taken", name="Phương án 12/2017", count=1) in asked.inner_text()
    assert "lần đầu" in asked.inner_text()
    assert len(kept(fresh)[0]["versions"]) == 1
    assert findings(page, rules) == []
    asked.get_by_role("button").click()
    page.wait_for_load_state()
    (file,) = kept(fresh)
    assert [each["query"] for each in file["versions"]] == [first, second]
    assert [each["author"] for each in file["versions"]] == ["Người lập"] * 2
    assert all(datetime.fromisoformat(each["saved"]).date() for each in file["versions"])

    opened(page, fresh, "0.3")
    page.locator("summary", has_text=VI("scenarios.more")).click()
    entry = page.locator(".kept > li").first
    entry.get_by_label(VI("scenarios.new_name")).fill("Phương án mới")
    entry.get_by_role("button", name=VI("scenarios.rename")).click()
    page.wait_for_load_state()
    assert [each["name"] for each in kept(fresh)] == ["Phương án mới"]
    assert parse_qs(urlsplit(page.url).query)["realisation"] == ["0.3"]  # the state goes along
    page.locator("summary", has_text=VI("scenarios.more")).click()
    assert findings(page, rules) == []
    page.get_by_role("link", name=VI("scenarios.version", name="Phương án mới", number=1)).click()
    page.wait_for_load_state()
    assert parse_qs(urlsplit(page.url).query)["realisation"] == ["0.2"]

    opened(page, fresh, "0.3")
    page.locator("summary", has_text=VI("scenarios.more")).click()
    for number in (1, 2):
        version = VI("scenarios.version", name="Phương án mới", number=number)
        page.get_by_label(VI("scenarios.tick", name=version)).check()
    page.get_by_role("button", name=VI("scenarios.compare"), exact=True).click()
    whole_page(page)
    assert findings(page, rules) == []
    cells = [row.locator("td").all_inner_texts() for row in page.locator("#settings tbody tr").all()]
    assert cells == [["Tỷ lệ thực hiện ước tăng", "30%", "50%", "20%"]]  # the state on the page first
    assert "nâng ước tăng" in page.locator(".sides").inner_text()

    opened(page, fresh)
    page.locator("summary", has_text=VI("scenarios.more")).click()
    page.get_by_role("button", name=VI("page.forget", name="Phương án mới")).click()
    page.wait_for_load_state()
    assert len(kept(fresh)) == 1
    assert VI("scenarios.drop_sure", name="Phương án mới", count=2) in page.get_by_role("alert").inner_text()
    assert findings(page, rules) == []
    page.get_by_role("button", name=VI("scenarios.drop")).click()
    page.wait_for_load_state()
    assert kept(fresh) == []
    assert VI("page.nothing_saved") in page.locator("main").inner_text()


def test_what_is_compared_is_what_the_command_says(page: Any, fresh: Server, rules: str, tmp_path: Path) -> None:
    for name, realisation in (("Một", "0.2"), ("Hai", "0.5")):
        opened(page, fresh, realisation)
        save(page, name)
    expected = told("compare", BASE, "an-giang-2017/catch-up")["scenarios"][1]
    opened(page, fresh)
    page.get_by_label(VI("scenarios.page")).uncheck()
    page.get_by_label(VI("scenarios.tick", name="Một"), exact=True).check()
    page.locator(".starts summary").click()
    page.locator("input[name=s][value='an-giang-2017/catch-up']").check()
    page.get_by_role("button", name=VI("scenarios.compare"), exact=True).click()
    whole_page(page)
    title = load_scenario("an-giang-2017/catch-up")[1].title.vi
    count = len(expected["settings"])
    said = VI("compare.moved_settings", name=title, moved=expected["moved"], reference="Một", count=count)
    assert page.locator(".info").first.inner_text() == said
    assert page.locator("#settings tbody tr").count() == count
    picture = page.locator(".chart img")
    assert picture.evaluate("each => each.complete && each.naturalWidth") >= 700
    assert title in picture.get_attribute("alt")
    changes = [row.locator("td").nth(3).inner_text() for row in page.locator("#compare tbody tr").all()[:15]]
    quotas = {each["unit"]: each["quota"] for each in told("run", BASE)["units"]}
    assert changes == [VI.signed(each["quota"] - quotas[each["unit"]]) for each in expected["units"]]

    page.get_by_label(VI("scenarios.reference")).select_option(label=title)
    page.get_by_role("button", name=VI("scenarios.compare"), exact=True).click()
    whole_page(page)
    assert page.locator(".info").first.inner_text().startswith("Một: ")
    page.get_by_label(VI("scenarios.reference")).select_option(value="published")
    page.get_by_label(VI("scenarios.compromise")).check()
    page.get_by_role("button", name=VI("scenarios.compare"), exact=True).click()
    whole_page(page)
    assert "Một: 270 đoàn viên dịch chuyển so với phân bổ đã công bố." in page.locator(".info").all_inner_texts()
    assert findings(page, rules) == []
    link = page.locator("#compromise a[href*='take=']").get_attribute("href")
    assert "&take=" in link

    for kind in ("compare", "settings", "xlsx", "html"):
        with page.expect_download() as waiting:
            page.locator(f"button[name=take][value={kind}]").click()
        waiting.value.save_as(tmp_path / kind)
    with (tmp_path / "compare").open(encoding="utf-8-sig", newline="") as file:
        assert [int(row["quota_2"]) for row in csv.DictReader(file)] == [*quotas.values()]
    book = CalamineWorkbook.from_path(tmp_path / "xlsx")
    assert {VI("compare.settings"), VI("sheet.compare")} <= set(book.sheet_names)
    assert '<section id="settings">' in (tmp_path / "html").read_text("utf-8")


def test_a_table_that_is_gone_or_another_by_now_is_told(page: Any, fresh: Server, tmp_path: Path) -> None:
    _, scenario = load_scenario(BASE)
    folder = fresh.folder / "saved"
    folder.mkdir(exist_ok=True)
    for number, table in enumerate(("upload-0123", "given~000000000000")):
        query = started(table, scenario).query
        (folder / f"{number:016}.json").write_text(json.dumps({"name": f"N{number}", "query": query}), "utf-8")
    page.goto(f"{fresh.address}/scenarios?lang=vi")
    troubles = page.locator(".trouble").all_inner_texts()
    assert troubles == [VI("page.no_table", table="upload-0123"), VI("page.table_changed")]
    page.get_by_role("link", name="N1").click()
    page.wait_for_load_state()
    assert VI("page.table_changed") in page.get_by_role("alert").inner_text()
    page.goto(f"{fresh.address}/compare?lang=vi&s={0:016}&s={BASE}")
    assert VI("page.no_table", table="upload-0123") in page.get_by_role("alert").inner_text()
    assert page.locator("#compare").count() == 1  # the other one is still shown


def test_units_of_one_side_are_told(fresh: Server) -> None:
    with httpx.Client(base_url=fresh.address, cookies=fresh.cookies) as client:
        answer = client.get("/compare", params={"s": [BASE, "rules/base"], "lang": "vi"})
    assert answer.status_code == 200
    assert "Chỉ có trong" in answer.text


def test_at_most_four_are_compared_and_what_is_left_out_is_told(fresh: Server) -> None:
    starts = [f"an-giang-2017/{name}" for name in ("base", "full-growth", "catch-up", "capped-effort", "calibrated")]
    client = httpx.Client(base_url=fresh.address, cookies=fresh.cookies, headers={"origin": fresh.address})
    query = started("given", load_scenario(BASE)[1]).query
    with client:
        answer = client.get("/compare", params={"s": ["none", "x.9", *starts], "lang": "vi", "reference": starts[4]})
        left = [load_scenario(starts[3])[1].title.vi]
        assert VI("scenarios.too_many", most=4, names=left) in answer.text
        for params in ({"s": "none"}, {}, {"s": "page"}):
            assert client.get("/compare", params=params).headers["location"].startswith("/scenarios?")
        client.post("/save", data={"name": "Số 12/2017", "query": query, "author": "Đoàn; A", "note": "<b>"})
        assert unquote(client.cookies["author"]) == "Đoàn; A"
        listed = client.get("/scenarios", params={"lang": "vi"}).text
        assert "&lt;b&gt;" in listed
        (key,) = (each.stem for each in (fresh.folder / "saved").glob("*.json"))
        page = client.get("/compare", params={"s": [f"{key}.1", key, f"{key}.2"], "lang": "vi"}).text
        assert page.count(">Số 12∕2017</th>") >= 1
        assert VI("scenarios.alike") in page
        assert client.post(f"/scenarios/{key}", data={"name": ""}).status_code == 422
        assert client.post("/scenarios/none", data={"sure": "1"}).status_code == 422
        moved = client.get("/saved", params={"table": "x"})
        assert (moved.status_code, moved.headers["location"]) == (308, "/scenarios?table=x")


@pytest.fixture
def store(tmp_path: Path) -> SavedScenarios:
    return SavedScenarios(tmp_path)


def test_files_of_before_there_were_versions_are_read_and_go_on(store: SavedScenarios) -> None:
    folder = store.folder / "saved"
    folder.mkdir()
    (folder / "0123456789abcdef.json").write_text('{"name": "cũ", "query": "a=1"}', encoding="utf-8")
    assert store.save("Cũ", Version("a=2")) is None
    made = store.save("Cũ", Version("a=2", note="x" * 2 * MOST_NOTE), again=True)
    assert made is not None
    assert [each.query for each in store.found("0123456789abcdef").versions] == ["a=1", "a=2"]
    assert made.last.note == "x" * MOST_NOTE
    assert made.query == "a=2"


def test_a_name_that_became_free_is_another_scenario(store: SavedScenarios) -> None:
    made = [store.save(name, Version(name)) for name in ("a", "b")]
    with pytest.raises(InputError) as raised:
        store.rename(made[0].key, "B")
    assert raised.value.faults[0].key == "page.name_taken"
    store.rename(made[0].key, "c")
    again = store.save("a", Version("new"))
    assert again.key != made[0].key
    assert [(each.name, each.query) for each in store.saved()] == [("a", "new"), ("b", "b"), ("c", "a")]
    store.remove(made[0].key)
    for call in (store.remove, store.found, lambda key: store.rename(key, "x")):
        with pytest.raises(InputError):
            call(made[0].key)


def test_what_is_saved_is_bounded(store: SavedScenarios, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST_VERSIONS", 2)
    for _ in range(2):
        store.save("a", Version("q"), again=True)
    with pytest.raises(InputError) as raised:
        store.save("a", Version("q"), again=True)
    assert raised.value.faults[0].values["count"] == 2
    monkeypatch.setattr(keeping, "MOST_SAVED", 1)
    with pytest.raises(InputError):
        store.save("b", Version("q"))
    with pytest.raises(InputError):
        store.save("c" * 81, Version("q"))


def _many(folder: Path, worker: int) -> None:
    for n in range(10):
        SavedScenarios(folder).save("one", Version(f"{worker}-{n}"), again=True)


def test_of_many_who_save_at_once_nobody_loses_a_version(store: SavedScenarios) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_many, args=(store.folder, n)) for n in range(3)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    (made,) = store.saved()
    assert {each.query for each in made.versions} == {f"{w}-{n}" for w in range(3) for n in range(10)}
