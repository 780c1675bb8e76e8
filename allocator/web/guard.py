"""What guards the page, before anything of a request is read.

Only known hosts are answered, and only who has the token; every POST must come from the page itself, no inline script
or style runs, bodies and the requests at work are bounded.
"""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from allocator.words import LANGUAGES, Words

MOST_BODY = 20_000_000
MOST_QUERY = 64_000
MOST_AT_WORK = {False: 200, True: 20}
"""Requests answered at a time, apart for those without and with a body: bodies that linger keep no reader out."""
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
    browser = [each.partition(";")[0].partition("-")[0].strip().lower()
               for each in request.headers.get("accept-language", "").split(",")]  # fmt: skip
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
