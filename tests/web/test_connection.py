"""Connections that send no whole request: others are served meanwhile, and they are closed."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn

from allocator.files import load_scenario
from allocator.web import app as web
from allocator.web import guard
from allocator.web.guard import Patient
from allocator.web.store import Store

Place = tuple[str, int]
LINES = 230


class Hasty(Patient):
    """The same within a second."""

    seconds = 1.0


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    table, scenario = load_scenario("an-giang-2017/base")
    app = web.application(Store(tmp_path, "base", table, scenario), "en", ["127.0.0.1"], "secret")
    config = uvicorn.Config(app, port=0, http=Hasty, timeout_keep_alive=1, log_config=None)
    server, bound = uvicorn.Server(config), config.bind_socket()
    bound.listen(2_048)
    thread = threading.Thread(target=server.run, args=([bound],))
    thread.start()
    yield bound.getsockname()
    server.should_exit = True
    thread.join()
    bound.close()


def rest(line: socket.socket) -> bytes:
    """All that the server still sends until it closes the connection; an error where it does not."""
    line.settimeout(10)
    held = b""
    try:
        while more := line.recv(65_536):
            held += more
    except ConnectionResetError:
        pass
    return held


HEAD = b"POST /table?token=secret HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://127.0.0.1\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"GET / HTTP/1.1\r\nHost: 127",
        HEAD + FORM + b"Content-Length: 100\r\n\r\nname=",
        HEAD + FORM + b"Transfer-Encoding: chunked\r\n\r\n5\r\nname=\r\n",
        HEAD.replace(b"secret", b"wrong") + b"Content-Length: 100\r\n\r\nname=",
    ],
)
def test_half_open_connections_keep_nobody_out_and_are_closed(place: Place, begun: bytes) -> None:
    lines = [socket.create_connection(place, 10) for _ in range(LINES)]
    for line in lines:
        line.sendall(begun)
    answer = httpx.get(f"http://127.0.0.1:{place[1]}/?token=secret", timeout=10)
    assert answer.status_code == 200
    for line in lines:
        assert b" 200 " not in rest(line)
        line.close()


def test_one_byte_now_and_then_buys_no_time(place: Place) -> None:
    with socket.create_connection(place, 10) as line:
        sent, closed = 0, threading.Event()

        def drip() -> None:
            nonlocal sent
            for byte in b"GET / HTTP/1.1\r\nX: " + b"x" * 200:
                try:
                    line.sendall(bytes([byte]))
                except OSError:
                    return
                sent += 1
                if closed.wait(0.05):
                    return

        dripping = threading.Thread(target=drip)
        dripping.start()
        assert rest(line) == b""
        closed.set()
        dripping.join()
    assert sent < 100


def test_a_slow_but_steady_body_arrives(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "RATE", 100)
    pause = threading.Event()
    with socket.create_connection(place, 10) as line:
        line.sendall(HEAD + FORM + b"Connection: close\r\nContent-Length: 1005\r\n\r\nname=")
        for _ in range(10):
            pause.wait(0.2)
            line.sendall(b"x" * 100)
        assert rest(line).startswith(b"HTTP/1.1 200 ")


def test_a_second_request_of_a_connection_is_waited_for_likewise(place: Place) -> None:
    whole = b"GET /static/page.js?token=secret HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    with socket.create_connection(place, 10) as line:
        line.sendall(whole + whole)
        line.sendall(whole[:20])
        assert rest(line).count(b"HTTP/1.1 200 ") == 2


def test_of_too_many_connections_the_new_one_is_closed(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "MOST_CONNECTIONS", 2)
    with (
        socket.create_connection(place),
        socket.create_connection(place) as second,
        socket.create_connection(place) as new,
    ):
        new.settimeout(0.5)
        assert rest(new) == b""
        second.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        assert b" 403 " in rest(second)


def test_requests_at_work_are_bounded(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(guard.MOST_AT_WORK, False, 0)
    answer = httpx.get(f"http://127.0.0.1:{place[1]}/?token=secret", timeout=10)
    assert answer.status_code == 503
    assert "try again" in answer.text
