"""What is kept: scenarios under their names, tables of the library, and what is brought to become one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from starlette.responses import RedirectResponse, Response

from allocator.data.table import TABLE_FILE
from allocator.errors import InputError, fault
from allocator.proof.result import entry_of
from allocator.web import desk, record, scenarios, taking
from allocator.web.cases import allocation_or_none, table_of
from allocator.web.downloads import sent
from allocator.web.exchange import Asked, signed
from allocator.web.guard import MOST_QUERY
from allocator.web.jobs import Work
from allocator.web.saved import Version
from allocator.web.sent import brought
from allocator.web.state import State, state_of


def save(asked: Asked) -> Response:
    """Keep the state under a name; under one that something is saved under only once that is confirmed."""
    query, name, note, author = (str(asked.form.get(key, "")) for key in ("query", "name", "note", "author"))
    if len(query) > MOST_QUERY:
        raise InputError(fault("page.bad_link"))
    state = state_of(query)
    allocation = allocation_or_none(asked.store, state)
    made = entry_of(allocation) if allocation else {}
    version = Version(state.query, datetime.now().astimezone(), author, note)
    if asked.store.save(name, version, "again" in asked.form, **made):
        answer = asked.to(state.query, part="#saved")
    else:
        answer = list_shown(asked, state, taken=asked.store.called(name), name=name, note=note, author=author)
    signed(answer, author)
    return answer


def list_shown(asked: Asked, state: State | None, **said: Any) -> Response:
    """The list of saved scenarios, and what is said about it."""
    return asked.page("scenarios.html", **{**scenarios.saved_list(asked.store, state, asked.words), **said})


def saved(asked: Asked) -> Response:
    """The list of saved scenarios."""
    return list_shown(asked, scenarios.state_in(asked.query))


def saved_one(asked: Asked) -> Response:
    """What is saved under a key: renamed or, once that is confirmed, hidden."""
    store, key, query = asked.store, asked.request.path_params["key"], str(asked.form.get("query", ""))[:MOST_QUERY]
    state = state_of(query) if query else None
    if "name" in asked.form:
        store.rename(key, str(asked.form["name"]), asked.author)
    elif "sure" in asked.form:
        store.remove(key, asked.author)
    else:
        return list_shown(asked, state, dropped=store.found(key))
    return asked.to(state.query if state else "", "/scenarios")


def journals(asked: Asked) -> Response:
    """The journals, entry by entry."""
    state = scenarios.state_in(asked.query)
    return asked.page("record.html", **record.record_page(asked.store, asked.query, state, asked.words))


def entry(asked: Asked) -> Response:
    """The state that an entry holds."""
    return asked.to(record.entry_of_mark(asked.store, asked.request.path_params["mark"])[1])


async def edits(asked: Asked) -> Response:
    """Locks from a report's workbook become part of the state, or it is said at which cell what is wrong."""
    state, file = state_of(asked.query), brought(asked.form)
    made: dict[str, Any] = {**taking.EMPTY, "state": state}
    if file:
        table = await asked.quick(table_of, asked.store, state)
        made = await asked.made(Work(taking.edited, (file, table, state, asked.words), reads=True))
        if not (made["notes"] or made["faults"]):
            return asked.to(made["state"].query)
    return await asked.quick(lambda: asked.page("edits.html", 422 if made["faults"] else 200, **made))


async def table(asked: Asked) -> Response:
    """The table desk; once its table is used, the page goes on with it."""
    work = Work(desk.desk, (asked.store, asked.form, asked.words), reads=True)
    made = await asked.made(work) if asked.form else desk.EMPTY
    return await asked.quick(lambda: asked.answered("desk.html", {"library": asked.store.tables(), **made}))


def table_kept(asked: Asked) -> Response:
    """A table of the library: opened, taken away, or, once that is confirmed, removed."""
    store, key = asked.store, asked.request.path_params["key"]
    if asked.request.method == "POST":
        if "sure" not in asked.form:
            made = {**desk.EMPTY, "dropped": store.kept(key)}
            return asked.page("desk.html", library=store.tables(), **made)
        store.drop(key)
        return RedirectResponse("/table#library", 303)
    if asked.query.get("take"):
        return sent([store.kept(key).name], "csv", (store.folder_of(key) / TABLE_FILE).read_bytes())
    return asked.to(desk.opened(store, key))
