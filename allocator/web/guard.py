"""What guards the page, before anything of a request is read.

Only known hosts are answered, every POST must come from the page itself, no inline script or style runs, bodies are
bounded.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from allocator.words import Words

MOST_BODY = 20_000_000
MOST_QUERY = 64_000
HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
}
REFUSALS = {"host": 400, "token": 403, "query": 414, "method": 405, "body": 413, "origin": 403}


class Guard:
    """Host, origin, size and token of every request; headers of every answer, of a failed one too."""

    def __init__(self, app: ASGIApp, words: Words, hosts: Iterable[str], token: str | None) -> None:
        self.app = app
        self.words = words
        self.hosts = frozenset(hosts)
        self.token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        refused = self._refused(request)

        async def with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                names = {name for name, _ in message["headers"]}
                extra = [(k.encode(), v.encode()) for k, v in HEADERS.items() if k.encode() not in names]
                if self.token and refused is None and request.query_params.get("token"):
                    extra.append((b"set-cookie", f"token={self.token}; HttpOnly; SameSite=Strict; Path=/".encode()))
                message["headers"] = [*message["headers"], *extra]
            await send(message)

        if refused is None:
            await self.app(scope, _bounded(receive), with_headers)
        else:
            text = self.words(f"page.refused.{refused}", most=MOST_BODY // 1_000_000)
            await PlainTextResponse(text, REFUSALS[refused])(scope, receive, with_headers)

    def _refused(self, request: Request) -> str | None:
        """Why the request is refused, a key of `REFUSALS`; None where it is not."""
        host = request.headers.get("host", "")
        length = request.headers.get("content-length", "0")
        reasons = {
            "host": not self._is_mine(host, request.scope.get("server")),
            "token": self.token is not None and not self._is_given(request, self.token),
            "query": len(request.url.query) > MOST_QUERY * 2,
            "method": request.method not in ("GET", "HEAD", "POST"),
            "body": not length.isdigit() or int(length) > MOST_BODY,
            "origin": request.method == "POST" and request.headers.get("origin", "").partition("://")[2] != host,
        }
        return next((reason for reason, holds in reasons.items() if holds), None)

    def _is_mine(self, host: str, server: tuple[str, int | None] | None) -> bool:
        """Whether `host` names this machine: a known name, or the very address the connection came in on."""
        try:
            name = urlsplit(f"//{host}").hostname
        except ValueError:
            return False
        return name is not None and name in {*self.hosts, server[0] if server else None}

    def _is_given(self, request: Request, token: str) -> bool:
        given = request.query_params.get("token") or request.cookies.get("token") or ""
        return hmac.compare_digest(given.encode("utf-8", "replace"), token.encode())


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
