"""What the page refuses, and that it goes on: real requests to a real server."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import signal
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import httpx
import pytest
import uvicorn

from allocator.cli.group import run_command
from allocator.files import load_scenario
from allocator.proof.journal import JOURNAL_FILE
from allocator.web import app as web
from allocator.web import exchange, guard
from allocator.web.saved import SavedScenarios
from allocator.web.store import Store
from allocator.words import Words
from tests.web.conftest import Server, start

SCRIPT = "<script>document.title='taken'</script>"
IMAGE = '"><img src=x onerror="document.title=\'taken\'">'


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    headers = {"origin": server.address}
    with httpx.Client(base_url=server.address, headers=headers, cookies=server.cookies, timeout=60) as made:
        yield made


def hidden(client: httpx.Client, server: Server) -> None:
    """Nothing is listed any more."""
    for each in SavedScenarios(server.folder).saved():
        client.post(f"/scenarios/{each.key}", data={"sure": "1"})


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


def answered(app: Any, *requests: tuple[str, str, dict[str, Any]]) -> list[httpx.Response]:
    """Answers of an application in this process to requests: method, address, and what else `httpx` is told."""

    async def all_answers() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8017") as client:
            return [await client.request(method, path, **more) for method, path, more in requests]

    with ThreadPoolExecutor(1) as apart:  # the browser's loop runs in this one
        return apart.submit(asyncio.run, all_answers()).result()


def asked(
    folder: Path, *paths: str, broken: bool = False, language: str | None = "en", **headers: str
) -> list[httpx.Response]:
    """Answers of the page's application in this process; `broken`: without a table to show."""
    table, scenario = load_scenario("an-giang-2017/base")
    store = Store(folder, "an-giang-2017/base", None if broken else table, scenario)  # type: ignore[arg-type]
    app = web.application(store, language, ["127.0.0.1", "DESKTOP-7QK1ABC"], "secret")
    return answered(app, *(("GET", path, {"headers": headers}) for path in paths))


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "[", ""])
def test_another_host_name_is_refused(client: httpx.Client, host: str) -> None:
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 400
    assert "6.500" not in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:1", "LOCALHOST", "[::1]:80"])
def test_this_machines_names_are_answered(client: httpx.Client, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("path", ["/save", "/scenarios/x", "/table"])
@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "http://127.0.0.1:1", "http://[", ""])
def test_a_form_from_elsewhere_is_refused(server: Server, path: str, origin: str | None) -> None:
    headers = {} if origin is None else {"origin": origin}
    answer = httpx.post(server.address + path, data={"name": "x"}, headers=headers, cookies=server.cookies)
    assert answer.status_code == 403
    assert answer.text == Words("vi")("page.refused.origin")


def test_no_answer_lets_inline_script_or_style_run(client: httpx.Client, server: Server, tmp_path: Path) -> None:
    query = urlencode(state(client))
    paths = ["/", f"/?{query}", f"/section/explain?{query}&ask-unit=An+Ph%C3%BA", f"/chart/effort.svg?{query}"]
    paths += ["/scenarios", "/table"]
    paths += [f"/section/explain?{query}", f"/download/html?{query}", "/static/page.js", "/static/none", "/none"]
    answers = [client.get(path) for path in paths]
    answers += [client.get("/?start=x"), client.get("/", headers={"host": "evil"}), client.request("PUT", "/")]
    answers += [client.post("/save"), httpx.post(server.address + "/save")]
    answers += asked(tmp_path, "/?token=secret", broken=True)
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
    for answer in answers[:7]:
        assert not re.search(r"<script(?! src=)|<style|\son\w+=|\sstyle=|javascript:", answer.text.partition("<svg")[0])


def test_an_upload_over_the_limit_is_refused(client: httpx.Client) -> None:
    large = b"x" * (guard.MOST_BODY + 1)
    try:
        answer = client.post("/table", files={"file": ("large.csv", large)})
        assert answer.status_code == 413
    except httpx.WriteError:
        pass  # refused before it was all sent

    def pieces() -> Iterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="x.csv"\r\n\r\n'
        for _ in range(22):
            yield b"x" * 1_000_000
        yield b"\r\n--b--\r\n"

    try:
        answer = client.post("/table", content=pieces(), headers={"content-type": "multipart/form-data; boundary=b"})
        assert answer.status_code == 413
        assert "20 MB" in answer.text
    except httpx.WriteError:
        pass
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("length", ["-1", "abc", "1e3", "99999999999999999999"])
def test_a_made_up_length_is_refused(server: Server, length: str) -> None:
    host = server.address.removeprefix("http://")
    with socket.create_connection(host.split(":"), 10) as line:
        head = f"POST /save?token={server.token} HTTP/1.1\r\nHost: {host}\r\nOrigin: {server.address}\r\n"
        head += f"Content-Length: {length}\r\n\r\n"
        line.sendall(head.encode())
        assert line.recv(100).split()[1] in (b"400", b"413")


@pytest.mark.parametrize("size", [130_000, 500_000])
def test_an_over_long_address_is_refused(client: httpx.Client, server: Server, size: int) -> None:
    with socket.create_connection((client.base_url.host, client.base_url.port or 80), 10) as line:
        line.sendall(f"GET /?token={server.token}&x=".encode() + b"a" * size + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert line.recv(100).split()[1] in (b"400", b"414")
    assert client.get("/").status_code == 200


TAMPERED = [b"{}", b"[]", b"null", b"[" * 50_000, b'{"target":1' + b"0" * 6_000 + b"}", b'{"target":NaN,"data":"x"}']
TAMPERED += [b'{"data":"u.csv","target":6500,"x":"' + b" " * 40_000_000 + b'"}', b'{"data":"\xff","target":6500}']
TAMPERED += [b'{"data":"u.csv","target":6500,"unknown":1}']


@pytest.mark.parametrize("start", ["", "x", "ế", "e" * 10_000, *map(packed, TAMPERED)])
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


TRICKS = ["../../../../etc/passwd", "..", "/etc/passwd", "upload-../../x", "upload-", "a\x00b", "C:\\x", SCRIPT]


@pytest.mark.parametrize("trick", TRICKS)
def test_nothing_sent_becomes_a_path(client: httpx.Client, server: Server, trick: str) -> None:
    held = state(client)
    outside = {each for each in server.folder.parent.rglob("*") if server.folder not in (each, *each.parents)}
    answers = [
        client.get("/", params={**held, "table": trick}),
        client.get("/", params={"scenario": trick}),
        client.get("/section/explain", params={**held, "ask-unit": trick}),
        client.get("/compare", params={"s": trick}),
        *(client.get(f"/{place}/{httpx.QueryParams({'': trick})!s}".replace("=", ""), params=held)
          for place in ("chart", "section", "download", "static")),
        client.post(f"/scenarios/{quote(trick, safe='')}", data={"sure": "1"}),
        client.post(f"/scenarios/{quote(trick, safe='')}", data={"name": trick}),
        client.post("/save", data={"name": trick, "query": trick}),
        client.post("/save", data={"name": trick, "query": urlencode(held)}),
        client.post("/table", files={"file": (trick, b"unit,workforce\nA,30\n")}),
    ]  # fmt: skip
    for answer in answers:
        assert answer.status_code in (200, 303, 404, 405, 422)
        assert "root:" not in answer.text
        assert SCRIPT not in answer.text
    assert outside == {each for each in server.folder.parent.rglob("*") if server.folder not in (each, *each.parents)}
    assert all(re.fullmatch(r"[0-9a-f]{16}", each.key) for each in SavedScenarios(server.folder).saved())
    hidden(client, server)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "CONNECTED"])
def test_other_methods_are_refused(client: httpx.Client, method: str) -> None:
    assert client.request(method, "/").status_code == 405
    assert client.get("/save").status_code == 405
    assert client.post("/").status_code == 405


def test_names_that_are_markup_stay_text(page: Any, client: httpx.Client, server: Server, tmp_path: Path) -> None:
    odd = tmp_path / "odd.csv"
    odd.write_text(f'unit,workforce,growth_estimate\n"{SCRIPT}",300,5\n"{IMAGE.replace(chr(34), chr(34) * 2)}",500,\n')
    page.goto(f"{server.address}/table?lang=en")
    page.locator("#file").set_input_files(odd)
    page.locator("#target").fill("200")
    page.locator("#use").click()
    page.wait_for_selector("#state")
    page.locator("[name=sort]").select_option("table")
    page.locator("#f-target").fill("100")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.documentElement.dataset.updated")
    assert page.locator("button[name=show]").all_inner_texts() == [SCRIPT, IMAGE]
    for name in (SCRIPT, IMAGE):
        page.locator("button[name=show]", has_text=name).click()
        page.wait_for_function("() => document.querySelector('#why:not(.old) .steps')")
    for name in (SCRIPT, IMAGE[:70]):
        page.locator("#save-name").fill(name)
        page.locator("#save button").click()
        page.wait_for_load_state()
        assert page.locator("#saved a", has_text=name).count() == 1
    page.goto(f"{server.address}/scenarios?lang=en")
    for box in page.locator(".kept > li > .head > input:visible").all():
        box.check()
    page.locator(".go button").click()
    page.wait_for_load_state()
    assert page.title() == Words("en")("question.compare")
    query = page.locator(".sides a").last.get_attribute("href").removeprefix("/?")
    page.route("**/favicon.ico", lambda route: route.fulfill(status=204))
    for place in ("section/run", "section/explain", "rules", "present", ""):
        page.goto(f"{server.address}/{place}?{query}")
        assert page.evaluate("document.title") != "taken"
    (server.folder / JOURNAL_FILE).unlink()


def test_a_crash_of_one_request_leaves_the_server_running(tmp_path: Path) -> None:
    crashed, other, again = asked(tmp_path, "/", "/table", "/", broken=True, cookie="token-8017=secret")
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
    assert client.get("/scenarios").status_code == 200
    (saved / "f.json").rmdir()
    for name in "abcde":
        (saved / f"{name}.json").unlink()


@pytest.mark.parametrize("path", ["/?token=secret", "/static/page.js?token=secret", "/table?token=secret"])
def test_answers_are_packed_for_a_browser_that_unpacks_them(tmp_path: Path, path: str) -> None:
    (plain,), (packed,) = (asked(tmp_path, path, **{"accept-encoding": each}) for each in ("identity", "br, gzip"))
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "Accept-Encoding"
    assert packed.headers["content-security-policy"] == plain.headers["content-security-policy"]
    assert packed.text == plain.text
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 2


def test_work_that_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "SECONDS", 0)
    (answer,) = asked(tmp_path, "/?token=secret")
    assert answer.status_code == 503
    assert "given up" in answer.text


def test_every_request_needs_the_token(server: Server) -> None:
    for path in ("/", "/?token=x", "/?token=", "/static/page.css", "/save", "/none", "/?token=%FF&token=\xe9"):
        answer = httpx.get(server.address + path, headers={"accept-language": "en"})
        assert (answer.status_code, answer.text) == (403, Words("en")("page.refused.token"))
        assert server.token not in str(answer.headers)
    for path in ("/", "/static/page.css", "/scenarios"):
        assert httpx.get(server.address + path, cookies=server.cookies).status_code == 200
        assert httpx.get(f"{server.address}{path}?token={server.token}").status_code == 200


def test_the_token_becomes_a_cookie_and_goes_nowhere_else(server: Server, client: httpx.Client) -> None:
    first = httpx.get(server.opened)
    (name, value), *_ = server.cookies.items()
    assert first.headers.get_list("set-cookie") == [f"{name}={value}; HttpOnly; SameSite=Strict; Path=/"]
    query = urlencode(state(client))
    files = [f"/download/{kind}" for kind in ("yaml", "json")]
    for path in ("/", "/none", "/section/explain?ask-unit=x", "/section/explain", *files, "/table"):
        answer = httpx.get(f"{server.address}{path}{'&' if '?' in path else '?'}{query}&token={server.token}")
        assert answer.status_code in (200, 404, 422)
        assert server.token not in answer.text
    saved = client.post(f"/save?token={server.token}", data={"name": "t", "query": f"{query}&token={server.token}"})
    assert server.token not in saved.headers["location"]
    assert server.token not in (server.folder / JOURNAL_FILE).read_text()
    hidden(client, server)
    moved = httpx.get(f"{server.opened}&lang=en", headers={"sec-fetch-site": "none"})
    assert (moved.status_code, moved.headers["location"]) == (303, "/?lang=en")
    assert "set-cookie" in moved.headers


def test_two_pages_of_one_machine_keep_their_tokens_apart(tmp_path: Path) -> None:
    (right,), (other,) = asked(tmp_path, "/?token=secret"), asked(tmp_path, "/", cookie="token-8018=secret")
    assert right.cookies["token-8017"] == "secret"
    assert other.status_code == 403
    assert "set-cookie" not in other.headers
    (stale,) = asked(tmp_path, "/", cookie="token-8017=old; token-8018=theirs")
    assert stale.headers.get_list("set-cookie") == ["token-8017=; Max-Age=0; HttpOnly; SameSite=Strict; Path=/"]


@pytest.mark.parametrize(
    "host",
    ["desktop-7qk1abc", "DESKTOP-7QK1ABC:8017", "Desktop-7qk1abc.", "127.0.0.1.", "[::FFFF:127.0.0.1]", "127.0.0.1:9"],
)
def test_host_names_compare_without_case(tmp_path: Path, host: str) -> None:
    assert asked(tmp_path, "/?token=secret", host=host)[0].status_code == 200
    assert asked(tmp_path, "/?token=secret", host=host.replace("1", "2", 1))[0].status_code == 400


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("0.0.0.0", "http://DESKTOP-7QK1ABC"),
        ("::", "http://DESKTOP-7QK1ABC"),
        ("::1", "http://[::1]"),
        ("[::1]", "http://[::1]"),
        ("LOCALHOST", "http://LOCALHOST"),
        ("127.0.0.2", "http://127.0.0.2"),
    ],
)
def test_the_address_that_serve_prints_is_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], host: str, address: str
) -> None:
    served: list[Any] = []
    monkeypatch.setattr(socket, "gethostname", lambda: "DESKTOP-7QK1ABC")
    monkeypatch.setattr(uvicorn.Server, "run", lambda server, sockets: served.extend((server, *sockets)))
    arguments = ["--host", host, "--port", "0", "--no-browser", "--json", "--folder", str(tmp_path)]
    with pytest.raises(SystemExit):
        run_command(["serve", *arguments])
    server, bound = served
    printed = json.loads(capsys.readouterr().out)["address"]
    assert printed.startswith(f"{address}:{bound.getsockname()[1]}/?token=")
    bound.close()
    names = (printed.partition("/?")[0].removeprefix("http://"), address.lower().removeprefix("http://"))
    path = printed.removeprefix(printed.partition("/?")[0])
    answers = answered(server.config.app, *(("GET", path, {"headers": {"host": name}}) for name in names))
    assert [each.status_code for each in answers] == [200, 200]


@pytest.mark.parametrize(
    ("link", "cookie", "given", "browser", "language"),
    [
        ("en", "vi", "vi", "vi", "en"),
        ("xx", "en", "vi", "vi", "en"),
        (None, None, "en", "vi", "en"),
        (None, None, None, "en-US,en;q=0.9,vi;q=0.8", "en"),
        (None, None, None, "fr-FR, VI;q=0.8, en;q=0.5", "vi"),
        (None, None, None, "de,fr;q=0.5", "vi"),
        (None, None, None, "vi;q=0, en;q=0.5", "en"),
        (None, None, None, "VI ; q=0.000,EN-gb", "en"),
        (None, None, None, "", "vi"),
    ],
)
def test_the_language_is_the_readers(
    tmp_path: Path, link: str | None, cookie: str | None, given: str | None, browser: str, language: str
) -> None:
    headers = {"accept-language": browser, "cookie": f"lang={cookie}" if cookie else "x=y"}
    query = f"lang={link}&token=secret" if link else "token=secret"
    paths = (f"/?{query}", f"/none?{query}", f"/section/explain?{query}")
    for answer in asked(tmp_path, *paths, language=given, **headers):
        assert f'<html lang="{language}">' in answer.text
        assert ("lang" in answer.cookies) is (link == "en")
    (refused,) = asked(tmp_path, "/" + (f"?lang={link}" if link else ""), language=given, **headers)
    assert refused.text == Words(language)("page.refused.token")


def test_saved_scenarios_are_whole_after_kill_9(tmp_path: Path) -> None:
    made = start(tmp_path)
    with httpx.Client(base_url=made.address, headers={"origin": made.address}, cookies=made.cookies) as client:
        query, kept = urlencode(state(client)), []

        def keep(worker: int) -> None:
            for number in range(500):
                name = f"{worker}-{number % 7}"
                try:
                    if client.post("/save", data={"name": name, "query": query, "again": "1"}).status_code != 303:
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
    files = SavedScenarios(tmp_path).saved()
    assert {one.query for each in files for one in each.versions} == {query}
    assert sum(len(each.versions) for each in files) >= len(kept)
    assert {each.name for each in files} >= set(kept)
    again = start(tmp_path)
    page = httpx.get(f"{again.address}/scenarios", cookies=again.cookies).text
    assert all(f">{name}</a>" in page for name in kept)
    again.process.kill()
    again.process.communicate()
