"""Answers that take long: a question's section, scenarios side by side, files to take away, how far all that is."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response

from allocator.data.digest import sha256
from allocator.finding import Finding
from allocator.show.formats import one_file
from allocator.show.records import listing_csv
from allocator.web import ask, scenarios, taking
from allocator.web.cases import table_of
from allocator.web.downloads import sent, taken, titles
from allocator.web.exchange import Asked, signed
from allocator.web.jobs import Work
from allocator.web.round import recorded
from allocator.web.saved import stamp
from allocator.web.state import state_of

PATIENCE = 1.0
"""Seconds until a page with script is shown without its answer, which its script then asks for."""


async def section(asked: Asked) -> Response:
    """A question's form, and what it finds about the state, or about those saved, with its charts and files.

    Where its script will ask again, the page is there before its answer.
    """
    question = ask.asked_here().get(asked.request.url.path.rpartition("/")[2])
    if question is None or question.name == "compare":  # which has a page of its own
        raise HTTPException(404)
    about = ask.about_state if question.of == "case" else ask.about_saved
    chosen = [*asked.request.query_params.getlist("s"), *asked.form.get("s", ())]
    given = {**asked.query, **asked.form, "s": chosen}
    made, work = await asked.quick(about, question, asked.store, given, asked.words)
    return await _answered(asked, "section.html", question.name, {"question": question, **made}, work)


async def side_by_side(asked: Asked) -> Response:
    """Scenarios side by side; where none is chosen, the list of them."""
    given = {**asked.query, "s": asked.request.query_params.getlist("s")}
    made, work = await asked.quick(scenarios.put_together, asked.store, given, asked.words)
    if not made["sides"]:
        return RedirectResponse(f"/scenarios?{asked.request.url.query}", 303)
    return await _answered(asked, "compare.html", "compare", made, work)


async def _answered(asked: Asked, template: str, name: str, made: dict[str, Any], work: Work | None) -> Response:
    """A page with the answer that `work` finds, without it where it takes long, or what is taken away of it."""
    take = {**asked.query, **asked.form}.get("take", "")
    if work:
        plain = {"tab", "take", "plain"} & {*asked.query, *asked.form}
        again = asked.request.cookies.get("script") and not plain and not asked.form
        answer = await asked.made(work, PATIENCE if again else None)
        made |= {"later": True} if answer is None else {**answer, "faults": [*made["faults"], *answer["faults"]]}
    if "record" in asked.form and made["finding"] and made["decisions"]:
        made |= await asked.quick(recorded, asked.store, made, asked.form, asked.words)
    finding: Finding | None = made["finding"]
    parts = await asked.quick(_parts, asked, name, made)
    if finding and take in taking.KINDS:
        journal = asked.store.journal(made["states"][0].query) if take == taking.LETTERS else None
        entered = [str(journal), *stamp(journal)] if journal else []  # letters carry the number of their decision
        key = sha256([work.key, take, entered]) if work and work.key else ""
        file = Work(taking.answer_file, (name, made["cases"], finding, take, asked.words, journal), key)
        return sent(parts, *await asked.made(file))
    shown: Response = await asked.quick(_shown, asked, template, parts, take, made)
    if made["recorded"]:
        signed(shown, asked.form.get("author", ""))
    return shown


def _parts(asked: Asked, name: str, made: dict[str, Any]) -> list[str]:
    """What a file of an answer is named after."""
    states, called = made["states"][:1], [each.called for each in made.get("cases", ())[:1] if each.called]
    table, *title = titles(asked.store, states[0], asked.words) if states else ("",)
    return [table, *(called or title), asked.words(f"question.{name}")]


def _shown(asked: Asked, template: str, parts: list[str], take: str, made: dict[str, Any]) -> Response:
    """The page of an answer, or a list or the charts of it."""
    finding: Finding | None = made["finding"]
    for listing in finding.listings if finding else ():
        if listing.key == take:
            return sent([*parts, asked.words.told(listing.title)], "csv", listing_csv(listing, asked.words))
    if take == "charts" and made["charts"]:
        return sent(parts, *one_file({f"{name}.svg": svg.encode() for name, svg in made["charts"].items()}, "svg"))
    given = asked.request.query_params.multi_items()
    made |= {
        "take": taking.links(made["states"], asked.words),
        "files": taking.offered(finding, made["charts"], asked.words),
        "author": asked.form.get("author", asked.author),
        "note": asked.form.get("note", ""),
        "here": urlencode([each for each in given if each[0] not in ("tab", "take")]),
    }
    return asked.page(template, 422 if made["faults"] else 200, **made)


async def download(asked: Asked) -> Response:
    """A file of the state."""
    state, kind = state_of(asked.query), asked.request.path_params["kind"]
    table = await asked.quick(table_of, asked.store, state)
    parts = await asked.quick(titles, asked.store, state, asked.words)
    appendix = bool(asked.query.get("appendix"))
    journal = asked.store.journal(state.query)
    file = [str(journal), *stamp(journal)]  # what is kept carries a number of this file, or a blank
    key = sha256([kind, table.fingerprint, asked.words.language, state.query, appendix, asked.author, file])
    given = await asked.quick(asked.store.table, state.table)
    about = (table, given, state, kind, asked.words, journal, asked.author, appendix)
    return sent(parts, *await asked.made(Work(taken, about, key)))


async def under_way(asked: Asked) -> Response:
    """What is being done for a page: in words, and its share where the work tells it."""
    job = asked.jobs.job_of(asked.query.get("tab", ""))
    if job is None:
        return JSONResponse({"text": "", "share": None})
    key = "page.job.waits" if not job.placed else "page.job.runs" if job.share is None else "page.job.share"
    figures = {"seconds": int(job.seconds), "most": job.work.allowed.seconds, "share": job.share}
    return JSONResponse({"text": asked.words(key, **figures), "share": job.share})
