"""The planner's page: its routes. Everything is rendered here; the browser's script only swaps parts.

The number and the time of requests at work are bounded: a few threads for what must be quick, a few for the rest, and
whoever waits longer than `SECONDS` is told so. What else guards the page stands in `guard.py`.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from allocator.data.table import TABLE_FILE
from allocator.errors import AllocatorError, InputError, fault
from allocator.finding import Finding
from allocator.show.page import environment
from allocator.show.records import listing_csv
from allocator.web import ask, desk
from allocator.web.guard import MOST_BODY, MOST_QUERY, Guard, language_of
from allocator.web.sent import bounded
from allocator.web.state import FIELDS, fault_text, started, state_of
from allocator.web.store import Store
from allocator.web.view import view
from allocator.words import LANGUAGES, Words

HERE = Path(__file__).parent
TEMPLATES = environment(HERE / "templates")
SECONDS = 60
QUICK = ThreadPoolExecutor(4, "quick")
"""Where a changed allocation is made: never behind a calibration."""
HEAVY = ThreadPoolExecutor(2, "heavy")
"""Where sections, charts and files are made; work given up for its time still holds its place here."""
READING = ThreadPoolExecutor(2, "reading")
"""Where files sent are read, each in a process that ends in time."""
MOST_FIELDS = 1_000
"""Fields of one form; the columns of a table brought in have one each."""
SAID = {404: "page.not_found", 405: "page.refused.method", 413: "page.refused.body", 503: "page.too_long"}
"""What is said where no route answers, or none in time."""


class Asked:
    """One request on its way: its words, its query, the store and the templates."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.query = dict(request.query_params)
        self.words = Words(language_of(request, request.app.state.language))
        self.store: Store = request.app.state.store
        self.form: dict[str, Any] = {}

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """A template of the page, filled in."""
        made = TEMPLATES.get_template(template)
        links = {each: "?" + urlencode({**self.query, "lang": each}) for each in LANGUAGES}
        text = made.render(words=self.words, languages=links, path=self.request.url.path, **values)
        answer = HTMLResponse(text, status)
        if self.query.get("lang") in LANGUAGES:
            answer.set_cookie("lang", self.words.language, samesite="strict", max_age=31_536_000)
        return answer

    def refused(self, error: AllocatorError) -> Response:
        """What is wrong, in words."""
        gone = {each.key for each in error.faults} & {"page.no_table", "page.table_changed"}
        tables = self.store.offered() if gone and "start" in self.query else {}
        links = {f"/?{urlencode({**self.query, 'table': table})}": name for table, name in tables.items()}
        texts = [fault_text(each, self.words) for each in error.faults]
        return self.page("error.html", 422, faults=texts, tables=links)


def sent(name: str, content: bytes | str, media: str = "application/octet-stream") -> Response:
    """A file to take away."""
    return Response(content, media_type=media, headers={"content-disposition": f'attachment; filename="{name}"'})


def home(asked: Asked) -> Response:
    """The page of the state in the address; without one, of the scenario asked for (the script writes it out there)."""
    if "start" not in asked.query:
        starts = asked.store.starts()
        name = asked.query.get("scenario", next(iter(starts)))
        if name not in starts:
            raise InputError(fault("scenario.unknown", name[:80], names=sorted(starts)))
        state = started(*starts[name])
    else:
        state = state_of(asked.query)
    before = state_of(asked.query["was"]) if asked.query.get("was") else None
    side = asked.query.get("reset", "")
    if side in FIELDS:
        return RedirectResponse(f"/?{state.reset(side).query}&lang={asked.words.language}", 303)
    shown = view(asked.store, state, before, asked.words)
    return asked.page("page.html", questions=ask.asked_here().values(), **shown)


def section(asked: Asked) -> Response:
    """A question's form, and what it finds about the state, or about those saved; a listing as CSV if asked for."""
    question = ask.asked_here().get(asked.request.url.path.rpartition("/")[2])
    if question is None:
        raise HTTPException(404)
    show = ask.shown_question if question.of == "case" else ask.together
    given = {**asked.query, **asked.form, "s": asked.request.query_params.getlist("s")}
    made = show(question, asked.store, given, asked.words)
    finding: Finding | None = made["finding"]
    for listing in finding.listings if finding else ():
        if listing.key == given.get("take"):
            return sent(f"{listing.key}.csv", listing_csv(listing, asked.words), "text/csv; charset=utf-8")
    return asked.page("section.html", 422 if made["faults"] else 200, question=question, **made)


def chart(asked: Asked) -> Response:
    """A chart of the state as SVG."""
    state = state_of(asked.query)
    question, name = (asked.request.path_params[key] for key in ("question", "name"))
    if question not in ask.asked_here() or ask.asked_here()[question].of != "case":
        raise HTTPException(404)
    svg = ask.drawn_chart(question, name, asked.store.table(state.table), state, asked.query, asked.words)
    return Response(svg, media_type="image/svg+xml")


def download(asked: Asked) -> Response:
    """A file of the state."""
    state, kind = state_of(asked.query), asked.request.path_params["kind"]
    return sent(*ask.taken(asked.store.table(state.table), state, kind, asked.words))


def save(asked: Asked) -> Response:
    """Keep the state under a name."""
    query = str(asked.form.get("query", ""))
    if len(query) > MOST_QUERY:
        raise InputError(fault("page.bad_link"))
    state = state_of(query)
    asked.store.save(str(asked.form.get("name", "")), state.query)
    return RedirectResponse(f"/?{state.query}&lang={asked.words.language}#saved", 303)


def forget(asked: Asked) -> Response:
    """Remove a saved state."""
    asked.store.forget(str(asked.form.get("key", "")))
    return RedirectResponse(f"/?{str(asked.form.get('query', ''))[:MOST_QUERY]}#saved", 303)


def table(asked: Asked) -> Response:
    """The table desk; once its table is used, the page goes on with it."""
    made = bounded(desk.desk, asked.store, asked.form, asked.words) if asked.form else desk.EMPTY
    if "query" in made:
        return RedirectResponse(f"/?{made['query']}&lang={asked.words.language}", 303)
    return asked.page("desk.html", library=asked.store.tables(), **made)


def library(asked: Asked) -> Response:
    """A table of the library: opened, taken away, or, once that is confirmed, removed."""
    store, key = asked.store, asked.request.path_params["key"]
    if asked.request.method == "POST":
        if "sure" not in asked.form:
            made = {**desk.EMPTY, "dropped": store.kept(key)}
            return asked.page("desk.html", library=store.tables(), **made)
        store.drop(key)
        return RedirectResponse("/table#library", 303)
    if asked.query.get("take"):
        return sent(f"{key}.csv", (store.folder_of(key) / TABLE_FILE).read_bytes(), "text/csv")
    return RedirectResponse(f"/?{desk.opened(store, key)}&lang={asked.words.language}", 303)


async def _form(request: Request) -> dict[str, Any]:
    """The fields sent: texts, and as `file` the name and the content of a file; InputError for any other form."""
    made: dict[str, Any] = {}
    try:
        async with request.form(max_files=1, max_fields=MOST_FIELDS, max_part_size=MOST_BODY) as form:
            for name, value in form.multi_items():
                if isinstance(value, str) is (name == "file"):
                    raise ValueError(name)
                made[name] = value if isinstance(value, str) else (value.filename or "", await value.read())
                (name + (value if isinstance(value, str) else made[name][0])).encode()  # lone surrogates end here
    except (ValueError, HTTPException) as error:
        if getattr(error, "status_code", 400) != 400:
            raise
        raise InputError(fault("page.bad_form")) from None
    return made


def timed(
    work: Callable[[Asked], Response], pool: ThreadPoolExecutor = QUICK
) -> Callable[[Request], Awaitable[Response]]:
    """Run `work` in a thread of `pool` with a time limit; whatever goes wrong is a page with words, never a trace."""

    def told(asked: Asked) -> Response:
        try:
            return work(asked)
        except AllocatorError as error:  # here, as an error that passes a future keeps all its frames in a cycle
            return asked.refused(error)
        finally:
            if asked.form:
                asked.form = {}
                gc.collect()  # a filled template is a cycle, and this one holds the file

    async def answer(request: Request) -> Response:
        asked = Asked(request)
        try:
            if request.method == "POST":
                asked.form = await _form(request)
            return await asyncio.wait_for(asyncio.get_running_loop().run_in_executor(pool, told, asked), SECONDS)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to read it
        except TimeoutError:
            raise HTTPException(503) from None

    return answer


def application(store: Store, language: str | None, hosts: list[str], token: str) -> ASGIApp:
    """The page as an ASGI application.

    Args:
        store: tables and saved scenarios.
        language: the page's language until the reader chooses; None for the browser's.
        hosts: names the page answers to.
        token: what a request must carry: other accounts of this machine can reach the page too.
    """

    async def told(request: Request, error: Exception) -> Response:
        asked, status = Asked(request), getattr(error, "status_code", 500)
        if isinstance(error, AllocatorError):
            return asked.refused(error)
        text = asked.words(SAID.get(status, "page.failed"), most=MOST_BODY // 1_000_000, seconds=SECONDS)
        return asked.page("error.html", status, faults=[text], tables={})

    app = Starlette(
        routes=[
            Route("/", timed(home)),
            Route("/section/explain", timed(section)),
            Route("/section/{name}", timed(section, HEAVY), methods=["GET", "POST"]),
            *(Route(f"/{name}", timed(section, HEAVY)) for name, each in ask.asked_here().items() if each.of != "case"),
            Route("/chart/{question}/{name}.svg", timed(chart, HEAVY)),
            Route("/download/{kind}", timed(download, HEAVY)),
            Route("/save", timed(save), methods=["POST"]),
            Route("/forget", timed(forget), methods=["POST"]),
            Route("/table", timed(table, READING), methods=["GET", "POST"]),
            Route("/table/{key}", timed(library), methods=["GET", "POST"]),
            Route("/upload", lambda request: RedirectResponse("/table", 308)),
            Mount("/static", StaticFiles(directory=HERE / "static")),
        ],
        exception_handlers={AllocatorError: told, HTTPException: told, 500: told},
    )
    app.state.store, app.state.language = store, language
    return Guard(app, language, hosts, token)
