"""The page of an installed `allocator serve`: it shows, takes tables, draws and hands out files."""

from __future__ import annotations

import html
import re
import subprocess
from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode, urlsplit, urlunsplit
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import pytest
from installed import COMMAND, ENVIRONMENT, strict

Asked = Callable[..., bytes]


@pytest.fixture(scope="module")
def ask(folder: Path) -> Iterator[Asked]:
    """Answers to a path: the first request is what the server printed, later ones bring its cookies."""
    options = ["--port", "0", "--no-browser", "--json", "--lang", "en", "--folder", "pages"]
    call = [str(COMMAND), "serve", "three/base.yaml", *options]
    with subprocess.Popen(call, cwd=folder, env=ENVIRONMENT, stdout=subprocess.PIPE, encoding="utf-8") as server:
        assert server.stdout
        printed = ""
        while not printed.endswith("}\n"):
            printed += server.stdout.readline()
            assert server.poll() is None
        address = urlsplit(strict(printed)["address"])
        opener = build_opener(HTTPCookieProcessor(CookieJar()))
        opener.open(urlunsplit(address), timeout=60).read()
        yield _asking(opener, f"{address.scheme}://{address.netloc}")
        server.terminate()


def _asking(opener: OpenerDirector, origin: str) -> Asked:
    def asked(path: str, file: Path | None = None, **fields: str) -> bytes:
        request = Request(origin + path, urlencode(fields).encode() or None, {"Origin": origin})
        if file:
            start = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\n\r\n'
            request.data = start.encode() + file.read_bytes() + b"\r\n--x--\r\n"
            request.add_header("Content-Type", "multipart/form-data; boundary=x")
        with opener.open(request, timeout=120) as answer:
            return answer.read()  # type: ignore[no-any-return]

    return asked


def link_of(page: bytes) -> str:
    """The state of a page, as links hold it."""
    return html.unescape(re.findall(r'data-link="([^"]*)"', page.decode())[0])


def test_it_shows_quotas_and_draws(ask: Asked) -> None:
    page = ask("/")
    assert "CĐN Y tế" in page.decode()
    assert b"data:image/svg+xml,%3Csvg" in ask(f"/section/run?{link_of(page)}")


@pytest.mark.parametrize("kind", ["xlsx", "docx", "html", "csv", "yaml", "json"])
def test_it_hands_out(kind: str, ask: Asked) -> None:
    content = ask(f"/download/{kind}?{link_of(ask('/'))}")
    assert len(content) > 100
    if kind in ("xlsx", "docx"):
        assert content.startswith(b"PK")


@pytest.mark.parametrize("ending", ["csv", "txt", "xlsx", "xls", "ods", "docx"])
def test_it_takes_a_table(ending: str, ask: Asked, folder: Path) -> None:
    page = ask("/table", folder / f"annex.{ending}").decode()
    form = page.partition('id="desk"')[2]
    fields = dict(re.findall(r'<input type="hidden" name="(name|document|settled)" value="([^"]*)">', form))
    target = re.findall(r'id="target"[^>]* value="([^"]*)"', page)[0]
    shown = ask("/table", use="1", target=target, **{key: html.unescape(each) for key, each in fields.items()})
    assert "CĐN Y tế" in shown.decode()
    assert b'"workforce": 1322' in ask(f"/run.json?{link_of(shown)}")
