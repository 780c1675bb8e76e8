"""What guards the page, before anything of a request is read.

Only known hosts are answered, and only who has the token; every POST must come from the page itself, no inline script
or style runs, bodies and the requests at work are bounded, who does not send a whole request in time is given up on.
"""

from __future__ import annotations

import asyncio
import hmac
import re
import socket
from collections import Counter
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import h11
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from allocator.words import LANGUAGES, Words

MOST_BODY = 20_000_000
MOST_QUERY = 64_000
MOST_AT_WORK = {False: 200, True: 20}
"""Requests answered at a time, apart for those without and with a body: bodies that linger keep no reader out."""
MOST_CONNECTIONS = 800
"""Many systems let a process hold 1,024 files."""
RATE = 2_000
"""Bytes a second that a body must come with."""
HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
}
REFUSALS = {"host": 400, "token": 403, "query": 414, "method": 405, "body": 413, "origin": 403, "busy": 503}


def language_of(request: Request, given: str | None) -> str:
    """The language of the link, else of its cookie, else the one `given`, else the browser's first, else Vietnamese."""
    offered = (each.replace(" ", "") for each in request.headers.get("accept-language", "").lower().split(","))
    browser = [re.split("[-;]", each)[0] for each in offered if not re.search(r";q=0(\.0*)?$", each)]
    asked = (request.query_params.get("lang"), request.cookies.get("lang"), given, *browser)
    return next((each for each in asked if each in LANGUAGES), "vi")


def plain_host(name: str) -> str:
    """A host's name or address in the one form in which two of them compare."""
    name = name.strip("[]").rstrip(".").lower()
    try:
        address = ip_address(name.partition("%")[0])
    except ValueError:
        return name
    return str(getattr(address, "ipv4_mapped", None) or address)


class Guard:
    """Host, token, origin and size of every request; headers of every answer, of a failed one too.

    Browsers do not keep cookies apart by port, so the cookie with the token has the port in its name.
    """

    def __init__(self, app: ASGIApp, language: str | None, hosts: Iterable[str], token: str) -> None:
        self.app = app
        self.language = language
        self.hosts = frozenset(map(plain_host, hosts))
        self.token = token
        self.at_work: Counter[bool] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse; what answers never sees the token."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        parts = scope["query_string"].split(b"&")
        given = any(self._is_token(each[6:]) for each in parts if each.startswith(b"token="))
        scope = {**scope, "query_string": b"&".join(each for each in parts if not each.startswith(b"token="))}
        request = Request(scope)
        cookie, has_body = f"token-{(scope.get('server') or ('', 80))[1]}", request.method == "POST"
        held = request.cookies.get(cookie, "")
        refused = self._refused(request, given or self._is_token(held.encode()))
        kept = f"{cookie}={self.token}" if given else f"{cookie}=; Max-Age=0" if held and refused == "token" else ""

        async def with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                names = {name for name, _ in message["headers"]}
                extra = [(k.encode(), v.encode()) for k, v in HEADERS.items() if k.encode() not in names]
                if kept:
                    extra.append((b"set-cookie", f"{kept}; HttpOnly; SameSite=Strict; Path=/".encode()))
                message["headers"] = [*message["headers"], *extra]
            await send(message)

        if refused is not None:
            text = Words(language_of(request, self.language))(f"page.refused.{refused}", most=MOST_BODY // 1_000_000)
            await PlainTextResponse(text, REFUSALS[refused])(scope, receive, with_headers)
        elif given and request.url.path == "/" and request.headers.get("sec-fetch-site") in ("none", "same-origin"):
            await RedirectResponse(f"/?{request.url.query}", 303)(scope, receive, with_headers)
        else:
            self.at_work[has_body] += 1
            try:
                await self.app(scope, _bounded(receive), with_headers)
            finally:
                self.at_work[has_body] -= 1

    def _refused(self, request: Request, has_token: bool) -> str | None:
        """Why the request is refused, a key of `REFUSALS`; None where it is not."""
        host = request.headers.get("host", "")
        length = request.headers.get("content-length", "0")
        has_body = request.method == "POST"
        reasons = {
            "host": not self._is_mine(host, request.scope.get("server")),
            "token": not has_token,
            "query": len(request.url.query) > MOST_QUERY * 2,
            "method": request.method not in ("GET", "HEAD", "POST"),
            "body": not length.isdecimal() or int(length) > MOST_BODY,
            "origin": has_body and request.headers.get("origin", "").partition("://")[2] != host,
            "busy": self.at_work[has_body] >= MOST_AT_WORK[has_body],
        }
        return next((reason for reason, holds in reasons.items() if holds), None)

    def _is_mine(self, host: str, server: tuple[str, int | None] | None) -> bool:
        """Whether `host` names this machine: a known name, or the very address the connection came in on."""
        try:
            name = plain_host(urlsplit(f"//{host}").hostname or "")
        except ValueError:
            return False
        return name in self.hosts or (server is not None and name == plain_host(server[0]))

    def _is_token(self, given: bytes) -> bool:
        return hmac.compare_digest(given, self.token.encode())


def _bounded(receive: Receive) -> Receive:
    """The body, refused once it is longer than allowed (a chunked one states no length)."""
    taken = 0

    async def receive_bounded() -> Any:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > MOST_BODY:
            raise HTTPException(REFUSALS["body"])
        return message

    return receive_bounded


class Patient(H11Protocol):
    """HTTP whose head must be there within `seconds`, its body at `RATE` at least; idle connections are uvicorn's."""

    seconds = 10.0
    arrived = 0
    awaited: object = None
    timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a head; of too many connections the new one is closed."""
        super().connection_made(transport)
        # The loop does so itself only for sockets that name their protocol; else a body waits 40 ms for its head's ack.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()
        self._await(h11.IDLE)

    def connection_lost(self, error: Exception | None) -> None:
        """Wait for nothing more."""
        self._await(None)
        super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        """Wait for what is still missing: a byte more of the same buys no more time."""
        super().data_received(data)
        self.arrived += len(data)
        state = self.conn.their_state
        missing = state if state in (h11.IDLE, h11.SEND_BODY) else None
        if missing is not self.awaited:
            self._await(missing)

    def _await(self, state: object) -> None:
        if self.timer is not None:
            self.timer.cancel()
        self.awaited, self.arrived = state, 0
        self.timer = self.loop.call_later(self.seconds, self._look) if state is not None else None

    def _look(self) -> None:
        """Go on waiting only for a body that comes fast enough, or that this side is slow to take."""
        fast = self.flow.read_paused or self.arrived >= RATE * self.seconds
        if self.awaited is h11.SEND_BODY and fast and not self.cycle.response_complete:
            self._await(self.awaited)
        else:
            self.transport.abort()
