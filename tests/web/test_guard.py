"""What the page refuses, and that it goes on: real requests to a real server."""

from __future__ import annotations

import base64
import json
import re
import signal
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
import pytest
import uvicorn

from allocator.files import load_scenario
from allocator.web import app as web
from allocator.web.store import Store
from allocator.words import Words
from tests.web.conftest import Server, start

SCRIPT = "<script>document.title='taken'</script>"
IMAGE = '"><img src=x onerror="document.title=\'taken\'">'


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.address, headers={"origin": server.address}, timeout=60) as made:
        yield made


def state(client: httpx.Client) -> dict[str, str]:
    """The fields of the first view, as its form holds them."""
    page = client.get("/?lang=en").text
    found = re.search(r'id="save-query"', page)
    assert found
    query = re.search(r'name="query" value="([^"]*)" id="save-query"', page)
    assert query
    return dict(parse_qsl(query[1].replace("&amp;", "&"), keep_blank_values=True))


def packed(content: bytes) -> str:
    return base64.urlsafe_b64encode(zlib.compress(content, 9)).decode().rstrip("=")


def asked(
    folder: Path, *paths: str, token: str | None = None, broken: bool = False, **headers: str
) -> list[httpx.Response]:
    """Answers of the page's application served from a thread of this process; `broken`: without a table to show."""
    table, scenario = load_scenario("an-giang-2017/base")
    store = Store(folder, "an-giang-2017/base", None if broken else table, scenario)  # type: ignore[arg-type]
    config = uvicorn.Config(web.application(store, "en", ["127.0.0.1"], token), port=0, log_config=None)
    server, bound = uvicorn.Server(config), config.bind_socket()
    thread = threading.Thread(target=server.run, args=([bound],))
    thread.start()
    try:
        return [httpx.get(f"http://127.0.0.1:{bound.getsockname()[1]}{path}", headers=headers) for path in paths]
    finally:
        server.should_exit = True
        thread.join()
        bound.close()


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "[", ""])
def test_another_host_name_is_refused(client: httpx.Client, host: str) -> None:
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 400
    assert "6.500" not in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:1", "LOCALHOST", "[::1]:80"])
def test_this_machines_names_are_answered(client: httpx.Client, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("path", ["/save", "/forget", "/upload"])
@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "http://127.0.0.1:1", "http://[", ""])
def test_a_form_from_elsewhere_is_refused(server: Server, path: str, origin: str | None) -> None:
    headers = {} if origin is None else {"origin": origin}
    answer = httpx.post(server.address + path, data={"name": "x"}, headers=headers)
    assert answer.status_code == 403


def test_no_answer_lets_inline_script_or_style_run(client: httpx.Client, server: Server, tmp_path: Path) -> None:
    query = urlencode(state(client))
    paths = ["/", f"/?{query}", f"/unit?{query}&unit=An+Ph%C3%BA", f"/chart/effort.svg?{query}", "/compare", "/upload"]
    paths += [f"/section/steps?{query}", f"/download/html?{query}", "/static/page.js", "/static/none", "/none"]
    answers = [client.get(path) for path in paths]
    answers += [client.get("/?start=x"), client.get("/", headers={"host": "evil"}), client.request("PUT", "/")]
    answers += [client.post("/save"), httpx.post(server.address + "/save"), *asked(tmp_path, "/", broken=True)]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
    for answer in answers[:7]:
        assert not re.search(r"<script(?! src=)|<style|\son\w+=|\sstyle=|javascript:", answer.text.partition("<svg")[0])


def test_an_upload_over_the_limit_is_refused(client: httpx.Client) -> None:
    large = b"x" * (web.MOST_BODY + 1)
    try:
        answer = client.post("/upload", files={"file": ("large.csv", large)})
        assert answer.status_code == 413
    except httpx.WriteError:
        pass  # refused before it was all sent

    def pieces() -> Iterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="x.csv"\r\n\r\n'
        for _ in range(22):
            yield b"x" * 1_000_000
        yield b"\r\n--b--\r\n"

    try:
        answer = client.post("/upload", content=pieces(), headers={"content-type": "multipart/form-data; boundary=b"})
        assert answer.status_code == 413
        assert "20 MB" in answer.text
    except httpx.WriteError:
        pass
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("length", ["-1", "abc", "1e3", "99999999999999999999"])
def test_a_made_up_length_is_refused(server: Server, length: str) -> None:
    host = server.address.removeprefix("http://")
    with socket.create_connection(host.split(":"), 10) as line:
        head = f"POST /save HTTP/1.1\r\nHost: {host}\r\nOrigin: {server.address}\r\nContent-Length: {length}\r\n\r\n"
        line.sendall(head.encode())
        assert line.recv(100).split()[1] in (b"400", b"413")


@pytest.mark.parametrize("size", [130_000, 500_000])
def test_an_over_long_address_is_refused(client: httpx.Client, size: int) -> None:
    with socket.create_connection((client.base_url.host, client.base_url.port or 80), 10) as line:
        line.sendall(b"GET /?x=" + b"a" * size + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert line.recv(100).split()[1] in (b"400", b"414")
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    "start",
    [
        "",
        "x",
        "ế",
        "e" * 10_000,
        packed(b"{}"),
        packed(b"[]"),
        packed(b"null"),
        packed(b"[" * 50_000),
        packed(b'{"target":1' + b"0" * 6_000 + b"}"),
        packed(b'{"target":NaN,"data":"x"}'),
        packed(b'{"data":"u.csv","target":6500,"x":"' + b" " * 40_000_000 + b'"}'),
        packed(b'{"data":"u.csv","target":6500,"unknown":1}'),
        packed(b'{"data":"\xff","target":6500}'),
    ],
)
def test_a_tampered_start_is_refused_in_words(client: httpx.Client, start: str) -> None:
    begun = time.monotonic()
    answer = client.get("/", params={**state(client), "start": start, "lang": "en"})
    assert answer.status_code == 422
    assert Words("en")("page.bad_link") in answer.text
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize(
    "changed",
    [
        {"target": "9" * 5_000},
        {"target": "1" + "0" * 30, "lot": "1", "max_share": "1e30"},
        {"target": "1" + "0" * 12, "lot": "1", "max_share": "1e9"},
        {"exponent": "nan"},
        {"exponent": "1e308"},
        {"exponent": "10", "ceiling": "1e300"},
        {"realisation": "-inf"},
        {"lot": "0"},
        {"lot": "-3"},
        {"pace": "../../etc/passwd", "down": "1", "up": "1"},
        {"basis": SCRIPT},
        {"lock:An Phú": "1e5"},
        {"lock:Nowhere": "10"},
        {f"least:{SCRIPT}": "10"},
        {"target": "٣٠٠٠"},
        {"target": "\x00"},
    ],
)
def test_no_value_of_a_control_breaks_the_page(client: httpx.Client, changed: dict[str, str]) -> None:
    answer = client.get("/", params={**state(client), **changed, "lang": "en"})
    assert answer.status_code in (200, 422)
    assert SCRIPT not in answer.text


TRICKS = [
    "../../../../etc/passwd",
    "..",
    "/etc/passwd",
    "upload-../../x",
    "upload-",
    "a\x00b",
    "C:\\x",
    SCRIPT,
]


@pytest.mark.parametrize("trick", TRICKS)
def test_nothing_sent_becomes_a_path(client: httpx.Client, server: Server, trick: str) -> None:
    held = state(client)
    outside = {each for each in server.folder.parent.rglob("*") if server.folder not in (each, *each.parents)}
    answers = [
        client.get("/", params={**held, "table": trick}),
        client.get("/", params={"scenario": trick}),
        client.get("/unit", params={**held, "unit": trick}),
        client.get("/compare", params={"s": trick}),
        *(client.get(f"/{place}/{httpx.QueryParams({'': trick})!s}".replace("=", ""), params=held)
          for place in ("chart", "section", "download", "static")),
        client.post("/forget", data={"key": trick, "query": "start=x"}),
        client.post("/save", data={"name": trick, "query": trick}),
        client.post("/save", data={"name": trick, "query": urlencode(held)}),
        client.post("/upload", files={"file": (trick, b"unit,workforce\nA,30\n")}),
    ]  # fmt: skip
    for answer in answers:
        assert answer.status_code in (200, 303, 404, 422)
        assert "root:" not in answer.text
        assert SCRIPT not in answer.text
    assert outside == {each for each in server.folder.parent.rglob("*") if server.folder not in (each, *each.parents)}
    assert all(re.fullmatch(r"[0-9a-f]{16}\.json", each.name) for each in (server.folder / "saved").iterdir())
    client.post("/forget", data={"key": next((server.folder / "saved").iterdir()).stem, "query": ""})


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "CONNECTED"])
def test_other_methods_are_refused(client: httpx.Client, method: str) -> None:
    assert client.request(method, "/").status_code == 405
    assert client.get("/save").status_code == 405
    assert client.post("/").status_code == 405


def test_names_that_are_markup_stay_text(page: Any, client: httpx.Client, server: Server, tmp_path: Path) -> None:
    odd = tmp_path / "odd.csv"
    odd.write_text(f'unit,workforce,growth_estimate\n"{SCRIPT}",300,5\n"{IMAGE.replace(chr(34), chr(34) * 2)}",500,\n')
    page.goto(f"{server.address}/upload?lang=en")
    page.locator("#file").set_input_files(odd)
    page.locator("main form button").first.click()
    page.locator("a.button").click()
    page.wait_for_load_state()
    page.locator("#f-target").fill("100")
    page.wait_for_function("() => document.documentElement.dataset.updated")
    assert page.locator("a[data-unit]").all_inner_texts() == [SCRIPT, IMAGE]
    for number in (0, 1):
        page.locator("a[data-unit]").nth(number).click()
        page.locator("tr.reason").nth(number).wait_for()
    for name in (SCRIPT, IMAGE[:70]):
        page.locator("#save-name").fill(name)
        page.locator("#save button").click()
        page.wait_for_load_state()
        assert page.locator("#saved a", has_text=name).count() == 1
    page.goto(f"{server.address}/compare?lang=en")
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.locator("main form button").first.click()
    page.wait_for_load_state()
    assert page.title() == Words("en")("page.compare")
    query = page.locator("thead a").last.get_attribute("href").removeprefix("/?")
    page.route("**/favicon.ico", lambda route: route.fulfill(status=204))
    for place in ("chart/published.svg", "chart/steps-1.svg", "section/steps"):
        page.goto(f"{server.address}/{place}?{query}")
        assert page.evaluate("document.title") != "taken"
    for each in (server.folder / "saved").glob("*.json"):
        each.unlink()


def test_a_crash_of_one_request_leaves_the_server_running(tmp_path: Path) -> None:
    crashed, other, again = asked(tmp_path, "/", "/compare", "/", broken=True)
    assert (crashed.status_code, other.status_code, again.status_code) == (500, 200, 500)
    assert "Traceback" not in crashed.text
    assert Words("en")("page.failed") in crashed.text


def test_damaged_files_in_the_folder_are_passed_over(client: httpx.Client, server: Server) -> None:
    saved = server.folder / "saved"
    saved.mkdir(exist_ok=True)
    for name, content in {"a": b"", "b": b"[" * 100_000, "c": b"\xff", "d": b'{"name": 1}', "e": b"null"}.items():
        (saved / f"{name}.json").write_bytes(content)
    (saved / "f.json").mkdir()
    assert client.get("/").status_code == 200
    assert client.get("/compare").status_code == 200
    (saved / "f.json").rmdir()
    for name in "abcde":
        (saved / f"{name}.json").unlink()


def test_work_that_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "SECONDS", 0.001)
    (answer,) = asked(tmp_path, "/")
    assert answer.status_code == 503
    assert "given up" in answer.text


def test_where_others_can_reach_it_a_token_is_needed(tmp_path: Path) -> None:
    without, wrong, right = asked(tmp_path, "/", "/?token=x", "/?token=secret", token="secret")
    assert (without.status_code, wrong.status_code, right.status_code) == (403, 403, 200)
    assert "secret" not in str(wrong.headers) + wrong.text
    assert "token=secret; HttpOnly; SameSite=Strict" in right.headers.get_list("set-cookie")[-1]
    assert asked(tmp_path, "/", token="secret", cookie="token=secret")[0].status_code == 200
    assert asked(tmp_path, "/", token="secret", cookie="token=other")[0].status_code == 403


def test_an_address_of_ones_own_but_the_usual_one_needs_the_token(tmp_path: Path) -> None:
    made = start(tmp_path, "--host", "127.0.0.2")
    assert httpx.get(made.address).status_code == 403
    made.process.kill()
    made.process.communicate()


def test_saved_scenarios_are_whole_after_kill_9(tmp_path: Path) -> None:
    made = start(tmp_path)
    with httpx.Client(base_url=made.address, headers={"origin": made.address}) as client:
        query, kept = urlencode(state(client)), []

        def keep(worker: int) -> None:
            for number in range(500):
                name = f"{worker}-{number % 7}"
                try:
                    if client.post("/save", data={"name": name, "query": query}).status_code != 303:
                        return
                except httpx.HTTPError:
                    return
                kept.append(name)

        workers = [threading.Thread(target=keep, args=(worker,)) for worker in range(3)]
        for worker in workers:
            worker.start()
        while len(kept) < 30:
            time.sleep(0.01)
        made.process.send_signal(signal.SIGKILL)
        for worker in workers:
            worker.join()
    made.process.communicate()
    files = list((tmp_path / "saved").glob("*.json"))
    assert {json.loads(each.read_text())["query"] for each in files} == {query}
    assert {json.loads(each.read_text())["name"] for each in files} >= set(kept)
    again = start(tmp_path)
    page = httpx.get(f"{again.address}/compare").text
    assert all(f"> {name}</label>" in page for name in kept)
    again.process.kill()
    again.process.communicate()
