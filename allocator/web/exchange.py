"""One request on its way: read, answered in time, and whatever goes wrong told as a page with words, never a trace."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, cast
from urllib.parse import quote, unquote, urlencode

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from allocator.errors import AllocatorError, InputError, fault
from allocator.model.scenario import Texts
from allocator.show.templating import environment
from allocator.web.fields import unpacked
from allocator.web.guard import MOST_BODY, language_of
from allocator.web.jobs import BusyError, Jobs, LeftError, Work
from allocator.web.names import fault_text
from allocator.web.saved import MOST_NAME
from allocator.web.store import Store
from allocator.words import LANGUAGES, Words

TEMPLATES = environment(Path(__file__).parent / "templates")
SECONDS = 60
QUICK = ThreadPoolExecutor(4, "quick")
"""Where a changed allocation is made, and every page is filled in: never behind a calibration."""
MOST_FIELDS = 1_000
"""Fields of one form; the columns of a table brought in have one each."""
SAID = {404: "page.not_found", 405: "page.refused.method", 413: "page.refused.body", 503: "page.too_long"}
"""What is said where no route answers, or none in time."""
Made = TypeVar("Made")


class Asked:
    """One request on its way: its words, its query, the store and the templates."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.query = dict(request.query_params)
        self.store: Store = request.app.state.store
        self.jobs: Jobs = request.app.state.jobs
        self.form: dict[str, Any] = {}

    @cached_property
    def words(self) -> Words:
        """The words of its language, about what the scenario in the address shares out."""
        made = Words(language_of(self.request, self.request.app.state.language))
        with suppress(InputError, KeyError):
            made = made.about(Texts.model_validate(unpacked(self.query["start"])["what"]))
        return made

    @property
    def author(self) -> str:
        """Who saved last in this browser."""
        return unquote(self.request.cookies.get("author", ""))[:MOST_NAME]

    async def quick(self, work: Callable[..., Made], *given: Any) -> Made:
        """What `work(*given)` makes in a thread; TimeoutError past `SECONDS`."""

        def told() -> tuple[Any, AllocatorError | None]:
            try:
                return work(*given), None
            except AllocatorError as error:  # as a value: one that passes a future keeps all its frames in a cycle
                return None, error.with_traceback(None)

        made, error = await asyncio.wait_for(asyncio.get_running_loop().run_in_executor(QUICK, told), SECONDS)
        if error is not None:
            try:
                raise error
            finally:
                del error
        return cast("Made", made)

    async def made(self, work: Work, patience: float | None = None) -> Any:
        """What `work` makes in a process, for as long as somebody waits for it; arguments and errors as `Jobs.made`."""
        left = asyncio.ensure_future(_left(self.request))
        try:
            return await self.jobs.made(work, self.query.get("tab", "")[:40], left, patience)
        finally:
            left.cancel()

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """A template of the page, filled in."""
        made = TEMPLATES.get_template(template)
        links = {each: "?" + urlencode({**self.query, "lang": each}) for each in LANGUAGES}
        given = {"author": self.author, **values}
        text = made.render(words=self.words, languages=links, path=self.request.url.path, **given)
        answer = HTMLResponse(text, status)
        if self.query.get("lang") in LANGUAGES:
            answer.set_cookie("lang", self.words.language, samesite="strict", max_age=31_536_000)
        return answer

    def answered(self, template: str, made: Mapping[str, Any]) -> Response:
        """A template with what was made; where that holds a `query`, the browser is sent on to the state it is."""
        if "query" in made:
            return self.to(made["query"])
        return self.page(template, 422 if made.get("wrong") else 200, **made)

    def to(self, query: str, path: str = "/", part: str = "") -> Response:
        """Send the browser on to a state, in this language."""
        return RedirectResponse(f"{path}?{query}&lang={self.words.language}{part}", 303)

    def refused(self, error: AllocatorError) -> Response:
        """What is wrong, in words."""
        gone = {each.key for each in error.faults} & {"page.no_table", "page.table_changed"}
        tables = self.store.offered() if gone and "start" in self.query else {}
        links = {f"/?{urlencode({**self.query, 'table': table})}": name for table, name in tables.items()}
        texts = [fault_text(each, self.words) for each in error.faults]
        back = "" if gone or "start" not in self.query else f"/?{urlencode(self.query)}"
        return self.page(
            "error.html", 503 if isinstance(error, BusyError) else 422, faults=texts, tables=links, back=back
        )


def signed(answer: Response, author: str) -> None:
    """Let this browser remember who saved or decided something."""
    answer.set_cookie("author", quote(author[:MOST_NAME]), samesite="strict", max_age=31_536_000)


async def _left(request: Request) -> None:
    """Wait until the browser is no longer there."""
    with suppress(HTTPException):  # of a body that nobody reads
        while (await request.receive())["type"] != "http.disconnect":
            pass


async def _form(request: Request) -> dict[str, Any]:
    """The fields sent: texts, of `s` all, and as `file` a file's name and content; InputError for any other form."""
    made: dict[str, Any] = {}
    try:
        async with request.form(max_files=1, max_fields=MOST_FIELDS, max_part_size=MOST_BODY) as form:
            for name, value in form.multi_items():
                if isinstance(value, str) is (name == "file"):
                    raise ValueError(name)
                held = value if isinstance(value, str) else (value.filename or "", await value.read())
                made[name] = [*made.get(name, ()), held] if name == "s" else held
                (name + (held if isinstance(held, str) else held[0])).encode()  # lone surrogates end here
    except (ValueError, HTTPException) as error:
        if getattr(error, "status_code", 400) != 400:
            raise
        raise InputError(fault("page.bad_form")) from None
    return made


def answering(handle: Callable[[Asked], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that answers as `handle` does; whatever goes wrong is a page with words, never a trace."""

    async def answer(request: Request) -> Response:
        asked = Asked(request)
        try:
            if request.method == "POST":
                asked.form = await _form(request)
            return await handle(asked)
        except AllocatorError as error:
            return asked.refused(error)
        except (ClientDisconnect, LeftError):
            return Response(status_code=400)  # nobody is there to read it
        except (TimeoutError, asyncio.CancelledError):  # the latter: the server stops
            raise HTTPException(503) from None
        finally:
            if asked.form:
                asked.form = {}
                gc.collect()  # a filled template is a cycle, and this one holds the file

    return answer


def timed(work: Callable[[Asked], Response]) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint whose work is quick."""
    return answering(lambda asked: asked.quick(work, asked))


async def wrong(request: Request, error: Exception) -> Response:
    """What is said of a request that no endpoint answers."""
    asked, status = Asked(request), getattr(error, "status_code", 500)
    if isinstance(error, AllocatorError):
        return asked.refused(error)
    text = asked.words(SAID.get(status, "page.failed"), most=MOST_BODY // 1_000_000, seconds=SECONDS)
    return asked.page("error.html", status, faults=[text], tables={}, back="")
