"""Saved scenarios: versions that nothing replaces, names that change, what is removed, and all of it side by side."""

from __future__ import annotations

import csv
import io
import json
import multiprocessing
import shutil
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import httpx
import pytest
from python_calamine import CalamineWorkbook

from allocator.errors import InputError
from allocator.files import builtin_folder, load_scenario
from allocator.proof.journal import JOURNAL_FILE, append, read_journal
from allocator.web.record import entry_of_mark, record_page
from allocator.web.saved import MOST_NOTE, Saved, SavedScenarios, Version
from allocator.web.state import started
from allocator.web.store import Store
from allocator.words import Words
from tests.command import allocator
from tests.show.test_letters import lines
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


def kept(server: Server) -> list[Saved]:
    return SavedScenarios(server.folder).saved()


@pytest.fixture
def fresh(server: Server) -> Any:
    """Nothing is saved before and after."""
    forget(server)
    yield server
    forget(server)


def forget(server: Server) -> None:
    for each in [*server.folder.rglob(JOURNAL_FILE), *(server.folder / "saved").glob("*.json")]:
        each.unlink(missing_ok=True)


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
    assert len(kept(fresh)[0].versions) == 1
    assert findings(page, rules) == []
    asked.get_by_role("button").click()
    page.wait_for_load_state()
    (file,) = kept(fresh)
    assert [each.query for each in file.versions] == [first, second]
    assert [each.author for each in file.versions] == ["Người lập"] * 2
    assert [(each.number, each.saved is None) for each in file.versions] == [(1, False), (2, False)]

    opened(page, fresh, "0.3")
    page.locator("summary", has_text=VI("scenarios.more")).click()
    entry = page.locator(".kept > li").first
    entry.get_by_label(VI("scenarios.new_name")).fill("Phương án mới")
    entry.get_by_role("button", name=VI("scenarios.rename")).click()
    page.wait_for_load_state()
    assert [each.name for each in kept(fresh)] == ["Phương án mới"]
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
    page.get_by_role("button", name=VI("scenarios.hide", name="Phương án mới")).click()
    page.wait_for_load_state()
    assert len(kept(fresh)) == 1
    assert VI("scenarios.drop_sure", name="Phương án mới", count=2) in page.get_by_role("alert").inner_text()
    assert findings(page, rules) == []
    page.get_by_role("button", name=VI("scenarios.drop")).click()
    page.wait_for_load_state()
    assert kept(fresh) == []
    assert VI("page.nothing_saved") in page.locator("main").inner_text()

    page.get_by_role("link", name=VI("record.page"), exact=True).click()
    page.wait_for_load_state()
    assert findings(page, rules) == []
    assert {row.locator("td").all_inner_texts()[1] for row in page.locator(".record tbody tr").all()} == {"Người lập"}
    told = [row.locator("td").all_inner_texts()[2:5] for row in page.locator(".record tbody tr").all()]
    assert told == [
        [VI("record.kind.removed"), "Phương án mới", ""],
        [f"{VI('record.kind.renamed')}\n{VI('record.former', name='Phương án 12/2017')}", "Phương án mới", ""],
        [VI("record.kind.saved"), "Phương án 12/2017", "nâng ước tăng"],
        [VI("record.kind.saved"), "Phương án 12/2017", "lần đầu"],
    ]
    assert VI("record.whole", count=4) in page.locator("main").inner_text()
    boxes = page.locator(".record input")
    assert boxes.count() == 2
    for box in boxes.all():
        box.check()
    page.get_by_role("button", name=VI("scenarios.compare"), exact=True).click()
    whole_page(page)
    assert VI("record.version", name="Phương án 12∕2017", number=1) in page.locator("#settings").inner_text()
    page.go_back()
    page.get_by_role("link", name="Phương án 12/2017").last.click()
    page.wait_for_load_state()
    assert parse_qs(urlsplit(page.url).query)["realisation"] == ["0.2"]


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
    assert page.locator("#answer > p").first.inner_text().startswith("Một: chỉ tiêu 6.500, lô 10; ")
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
        (key,) = (each.key for each in kept(fresh))
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


def test_a_name_is_bounded_and_what_is_removed_stays_in_the_journal(store: SavedScenarios) -> None:
    for name in ("c" * 81, " "):
        with pytest.raises(InputError):
            store.save(name, Version("q"))
    made = store.save("a", Version("q"))
    assert made is not None
    store.remove(made.key)
    assert store.saved() == []
    again = store.save("a", Version("r"))
    assert again is not None
    assert again.key != made.key
    entries = read_journal(store.folder / JOURNAL_FILE).entries
    assert [each.kind for each in entries] == ["saved", "removed", "saved"]


def test_files_of_before_there_were_journals_are_entered_once_and_stay(store: SavedScenarios) -> None:
    folder = store.folder / "saved"
    folder.mkdir()
    versions = [{"query": "a=1", "saved": "2026-01-02T03:04:05+07:00", "author": "Lan", "note": "x"}, {"query": "a=2"}]
    old = folder / "0123456789abcdef.json"
    old.write_text(json.dumps({"name": "cũ", "versions": versions}), "utf-8")
    (folder / "b.json").write_text("[", "utf-8")
    content = old.read_bytes()
    for _ in range(2):
        store = SavedScenarios(store.folder)
        (made,) = store.saved()
        assert [(each.query, each.author, each.note) for each in made.versions] == [
            ("a=1", "Lan", "x"),
            ("a=2", "", ""),
        ]
        assert [each.saved and each.saved.isoformat() for each in made.versions][1] is None
        assert made.versions[0].saved is not None
        assert made.versions[0].saved.timestamp() == 1767297845
    store.remove(made.key)
    assert SavedScenarios(store.folder).saved() == []
    entries = read_journal(store.folder / JOURNAL_FILE).entries
    assert [each.kind for each in entries] == ["saved", "saved", "removed"]
    assert old.read_bytes() == content
    assert read_journal(store.folder / JOURNAL_FILE).fault is None


def test_a_journal_that_is_not_whole_takes_nothing_more_and_is_told(page: Any, fresh: Server) -> None:
    path = fresh.folder / JOURNAL_FILE
    opened(page, fresh)
    save(page, "Một")
    content = path.read_bytes().replace("Một".encode(), b"Hai")
    path.write_bytes(content)
    opened(page, fresh)
    assert VI("record.damaged") in page.get_by_role("alert").inner_text()
    save(page, "Ba")
    assert VI("record.altered", number=1) in page.get_by_role("alert").inner_text()
    assert path.read_bytes() == content
    page.get_by_role("link", name=VI("record.page"), exact=True).click()
    page.wait_for_load_state()
    assert VI("verify.broken", reason=VI("record.altered", number=1), entries=0) in page.locator("main").inner_text()


def test_entries_that_other_programs_made_are_shown_as_far_as_they_can_be(tmp_path: Path) -> None:
    store, path = Store(tmp_path, BASE, *load_scenario(BASE)), tmp_path / JOURNAL_FILE
    odd = {"key": ["a"], "query": "a=1", "from": [1], "formats": 3, "former": {}}
    for kind in ("saved", "renamed", "removed", "document", "odd"):
        append(path, kind=kind, name=kind, content=odd, when="0001-01-01T00:00:00+14:00")
    assert store.save("b", Version("a=2")) is not None
    assert [each.name for each in store.saved()] == ["b"]
    (made,) = record_page(store, {}, None, VI)["journals"]
    assert [each["entry"].name for each in made["rows"]] == ["b", "odd", "document", "removed", "renamed", "saved"]
    path.unlink()
    path.symlink_to(path.name)
    assert (store.saved(), record_page(store, {}, None, VI)["journals"]) == ([], [])


def test_each_table_has_its_journal(tmp_path: Path) -> None:
    for each in (builtin_folder() / "an-giang-2017").iterdir():
        shutil.copy(each, tmp_path)
    table, scenario = load_scenario(tmp_path / "base.yaml")
    store = Store(tmp_path / "page", "base", table, scenario)
    key = store.keep_table({"units.csv": "unit,workforce\nA,30\n"}, "b", {"units": 1, "brought": "2026-01-01",
                           "headers": "", "accepted": {}})  # fmt: skip
    places = {store.named("given"): tmp_path, store.named(key): tmp_path / "page" / "tables" / key,
              store.named("an-giang-2017"): tmp_path / "page", "given~other": tmp_path / "page"}  # fmt: skip
    for name in places:
        store.save(name, Version(started(name, scenario).query))
    for name, place in places.items():
        assert read_journal(place / JOURNAL_FILE).entries[0].name == next(
            each for each in places if places[each] == place
        ), name
    assert {each.name for each in store.saved()} == {*places}
    store.drop(key)
    assert [each.key for each in store.tables()] == []
    assert {each.name for each in store.saved()} == {*places}
    append(tmp_path / JOURNAL_FILE, kind="saved", name="lệnh", content={"scenario": scenario.model_dump(mode="json"),
           "table": table.fingerprint})  # fmt: skip
    mark = read_journal(tmp_path / JOURNAL_FILE).entries[-1].hash[:16]
    assert entry_of_mark(store, mark)[1] == started(store.named("given"), scenario).query
    with pytest.raises(InputError):
        entry_of_mark(store, mark[:8])


def test_downloads_are_documents_of_the_record(fresh: Server) -> None:
    query = started("given", load_scenario(BASE)[1]).query
    client = httpx.Client(base_url=fresh.address, cookies={**fresh.cookies, "author": "Lan"}, timeout=60)
    with client:
        made = [client.get(f"/download/{kind}?{query}&lang=vi").content for kind in ("docx", "html", "docx")]
        client.get(f"/download/json?{query}")
    entries = read_journal(fresh.folder / JOURNAL_FILE).entries
    assert [(each.kind, each.by, each.content["formats"]) for each in entries] == [
        ("document", "Lan", ["docx"]), ("document", "Lan", ["html"])]  # fmt: skip
    page = httpx.get(f"{fresh.address}/record?lang=vi", cookies=fresh.cookies).text
    assert [f"<small>{VI(f'page.take.{kind}')}</small>" in page for kind in ("docx", "html", "csv")] == [
        True,
        True,
        False,
    ]
    assert made[0] == made[2]
    with zipfile.ZipFile(io.BytesIO(made[0])) as papers:
        assert "Vào sổ ghi phân bổ: số 1" in lines(papers.read("annex.docx"))
        assert all("Vào sổ ghi phân bổ: số 1" in lines(papers.read(each)) for each in papers.namelist())
    assert "Vào sổ ghi phân bổ: số 2" in made[1].decode()


def test_a_download_after_the_journal_is_mended_has_its_number(fresh: Server) -> None:
    query, path = started("given", load_scenario(BASE)[1]).query, fresh.folder / JOURNAL_FILE
    append(path, kind="saved", name="a")
    whole = path.read_bytes()
    with httpx.Client(base_url=fresh.address, cookies=fresh.cookies, timeout=60) as client:
        for content, number in ((whole.replace(b'"name":"a"', b'"name":"b"'), "……"), (whole, "2")):
            path.write_bytes(content)  # the same file
            made = client.get(f"/download/html?{query}&lang=vi").content.decode()
            assert f"Vào sổ ghi phân bổ: số {number}<" in made


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
