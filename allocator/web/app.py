"""The planner's page: its routes. Everything is rendered here; the browser's script only swaps parts.

The number and the time of requests at work are bounded: a few threads for what is quick, processes for the rest (see
`jobs.py`), and whoever waits longer than their time is told so. What else guards the page stands in `guard.py`.
"""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import RedirectResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from allocator.errors import AllocatorError
from allocator.web import ask, heavy, home, keeping
from allocator.web.exchange import answering, timed, wrong
from allocator.web.guard import Guard
from allocator.web.jobs import Jobs
from allocator.web.store import Store

STATIC = Path(__file__).parent / "static"
BOTH = ["GET", "POST"]


def application(store: Store, language: str | None, hosts: list[str], token: str) -> ASGIApp:
    """The page as an ASGI application.

    Args:
        store: tables and saved scenarios.
        language: the page's language until the reader chooses; None for the browser's.
        hosts: names the page answers to.
        token: what a request must carry: other accounts of this machine can reach the page too.
    """
    jobs = Jobs()
    together = [name for name, each in ask.asked_here().items() if each.of != "case" and name != "compare"]
    app = Starlette(
        routes=[
            Route("/", timed(home.home)),
            Route("/state.json", timed(home.state_json)),
            Route("/why.json", timed(home.reasons)),
            Route("/run.json", answering(home.run_json)),
            Route("/pasted", timed(home.from_report), methods=["POST"]),
            Route("/present", timed(home.present)),
            Route("/rules", timed(home.rules_page)),
            Route("/office", timed(home.office), methods=BOTH),
            Route("/section/{name}", answering(heavy.section), methods=BOTH),
            Route("/compare", answering(heavy.side_by_side)),
            *(Route(f"/{name}", answering(heavy.section), methods=BOTH) for name in together),
            Route("/download/{kind}", answering(heavy.download)),
            Route("/job", answering(heavy.under_way)),
            Route("/edits", answering(keeping.edits), methods=BOTH),
            Route("/save", timed(keeping.save), methods=["POST"]),
            Route("/scenarios", timed(keeping.saved)),
            Route("/saved", lambda request: RedirectResponse(f"/scenarios?{request.url.query}", 308)),
            Route("/record", timed(keeping.journals)),
            Route("/record/{mark}", timed(keeping.entry)),
            Route("/scenarios/{key}", timed(keeping.saved_one), methods=["POST"]),
            Route("/table", answering(keeping.table), methods=BOTH),
            Route("/table/{key}", timed(keeping.table_kept), methods=BOTH),
            Route("/upload", lambda request: RedirectResponse("/table", 308)),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        middleware=[Middleware(GZipMiddleware, compresslevel=5)],
        exception_handlers={AllocatorError: wrong, HTTPException: wrong, 500: wrong},
        lifespan=jobs.open,
    )
    app.state.store, app.state.language, app.state.jobs = store, language, jobs
    return Guard(app, language, hosts, token)
