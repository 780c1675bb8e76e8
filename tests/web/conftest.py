"""A real server on a free port of this machine, and a window of a real browser on its page."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from allocator.web.jobs import Jobs, Work


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One server for all of this folder, however many processes run the suite."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("web"))


@dataclass(frozen=True)
class Server:
    """A page being served.

    Attributes:
        address: where it is, without a path.
        token: what every request to it must carry.
        folder: where it keeps what is saved.
    """

    address: str
    token: str
    folder: Path
    process: subprocess.Popen[str]

    @property
    def opened(self) -> str:
        """The address that the server printed."""
        return f"{self.address}/?token={self.token}"

    @property
    def cookies(self) -> dict[str, str]:
        """What a browser holds once it has opened that address."""
        return {f"token-{self.address.rpartition(':')[2]}": self.token}


async def made_here(_: Jobs, work: Work, *__: Any) -> Any:
    """What work makes, in this process: in place of `Jobs.made`."""
    return work.make(*work.given)


def start(folder: Path, *arguments: str, module: tuple[str, ...] = ("allocator", "serve")) -> Server:
    """`allocator serve` as a process of its own, once it says where it is; `module`: what does this in its place."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    options = ["--port", "0", "--no-browser", "--json", "--folder", str(folder)]
    command = [sys.executable, "-m", *module, *options]
    process = subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    text = ""
    while not text.rstrip().endswith("}"):
        line = process.stdout.readline()
        assert line, "the server ended before it said where it is"
        text += line
    address, _, query = json.loads(text)["address"].partition("/?")
    return Server(address, dict(parse_qsl(query))["token"], folder, process)


def whole_page(page: Any) -> None:
    """Wait for a page, and for the answer of a section, which may come after it."""
    page.wait_for_load_state()
    page.wait_for_function("() => !document.getElementById('work')")


def stop(server: Server) -> None:
    server.process.terminate()
    server.process.wait(10)
    assert server.process.stdout is not None
    server.process.stdout.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = start(tmp_path_factory.mktemp("page"))
    yield made
    stop(made)


@pytest.fixture
def page(browser: Any, server: Server) -> Iterator[Any]:
    """A fresh window; it fails the test if it asked any other machine for anything, or its script failed."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    context.set_default_timeout(10_000)
    made = context.new_page()
    outside: list[str] = []
    ours = (server.address, "data:", "blob:")
    made.on("request", lambda asked: None if asked.url.startswith(ours) else outside.append(asked.url))
    made.on("pageerror", lambda error: outside.append(str(error)))
    made.on(
        "console",
        lambda message: outside.append(message.text) if message.type == "error" and "422" not in message.text else None,
    )
    made.goto(server.opened)
    yield made
    context.close()
    assert outside == []
