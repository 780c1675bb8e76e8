"""The page of a state: drawn whole, or only what a change changes; the result of the state, and its rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from starlette.responses import JSONResponse, Response

from allocator.data.table import Table
from allocator.errors import InputError, fault
from allocator.model.scenario import Scenario
from allocator.questions import Case, find
from allocator.show.records import as_json
from allocator.web import ask, rules
from allocator.web.cases import correcting, table_of
from allocator.web.exchange import TEMPLATES, Asked
from allocator.web.fields import FIELDS, LISTS, unpacked
from allocator.web.jobs import Work
from allocator.web.look import Look, link, look_of
from allocator.web.office import office_page
from allocator.web.pasting import state_pasted
from allocator.web.present import presented
from allocator.web.reasons import reasons_of
from allocator.web.state import State, started, state_of
from allocator.web.units import referred
from allocator.web.view import view
from allocator.words import Words


def begun(asked: Asked) -> tuple[State, Look]:
    """The state and the look of the address; without one, of the scenario asked for."""
    look = look_of(asked.query)
    if "start" in asked.query:
        return referred(asked.store, correcting(asked.store, state_of(asked.query))), look
    starts = asked.store.starts()
    name = asked.query.get("scenario", next(iter(starts)))
    if name not in starts:
        raise InputError(fault("scenario.unknown", name[:80], names=sorted(starts)))
    asked.words = asked.words.about(starts[name][1].what)
    return referred(asked.store, started(*starts[name])), look


def acted(state: State, look: Look, query: Mapping[str, str]) -> tuple[State, Look]:
    """The state and the look after what a button of the page does; InputError for what it cannot do."""
    if (side := query.get("reset", "")) in FIELDS:
        state = state.reset(side)
    if "back" in query:
        state = state.put_back(query["back"])
    if "take" in query:
        state = state.changed(unpacked(query["take"], "settings"))
    if "mark" in query:
        state = state.marked
    if "show" in query:
        look = replace(look, open=query["show"], asks="")
    return state, look


def home(asked: Asked) -> Response:
    """The page of the state in the address."""
    here = begun(asked)
    state, look = acted(*here, asked.query)
    if (state, look) != here:
        return asked.to(link(state, look))
    shown = view(asked.store, state, look, None, asked.words)
    why = reasons_of(asked.store, state, look, asked.words)
    shown |= {"why": why, "link": link(state, look), "questions": ask.asked_here().values()}
    starts = {name: each for name, (_, each) in asked.store.starts().items()}
    shown |= {"called": asked.store.title_of(state.table), "today": date.today()}
    return asked.page("page.html", saved=asked.store.saved(), starts=starts, **shown)


def from_report(asked: Asked) -> Response:
    """The page of the changes that were copied from a report."""
    return asked.to(state_pasted(asked.store, str(asked.form.get("changes", ""))).query)


def state_json(asked: Asked) -> Response:
    """What changes on the page when its state does, as JSON: its link, texts of its fields, parts of the page.

    `wrong` names fields that hold nothing usable; then there is no state, and the page stays with the one it had.
    With `brief` the link leaves out a table and a start that are those of the address.
    """
    here = begun(asked)
    state, look = acted(*here, asked.query)
    before = state_of(asked.query["was"]) if asked.query.get("was") else None
    shown = view(asked.store, state, look, before, asked.words)
    made: dict[str, Any] = {"wrong": shown["wrong"], "faults": shown["faults"]}
    if not shown["wrong"]:
        names = ("headline", "rows", "total", "pages", "steps") if shown["now"] else ()
        shown |= {"why": None, "words": asked.words}
        template = TEMPLATES.get_template("page.html")
        made |= {
            "state": state.query.removeprefix(here[0].head) if "brief" in asked.query else state.query,
            "look": look.query and "&" + look.query,
            "texts": {name: text for name, text in shown["texts"].items() if name not in LISTS},
            "parts": {
                name: "".join(template.blocks[name](template.new_context(shown)))
                for name in (*names, "altered", "ref", "said", "changes", "rules")
            },
        }
    return JSONResponse(made)


def reasons(asked: Asked) -> Response:
    """The reasons of the unit that is opened; nothing where none is."""
    state, look = begun(asked)
    why = reasons_of(asked.store, state, look, asked.words)
    names = ("why", "asked") if why else ()
    return JSONResponse(
        {name: TEMPLATES.get_template(f"{name}.html").render(words=asked.words, why=why) for name in names}
    )


def present(asked: Asked) -> Response:
    """The state for a meeting room, a slide at a time."""
    return asked.page("present.html", **presented(asked.store, asked.query, *begun(asked), asked.words))


async def run_json(asked: Asked) -> Response:
    """The result of the state, as `run --json` prints it."""
    state, _ = await asked.quick(begun, asked)
    table = await asked.quick(table_of, asked.store, state)
    text = await asked.made(Work(ran, (table, state.scenario(), asked.words)))
    return Response(text, media_type="application/json")


def ran(table: Table, scenario: Scenario, words: Words) -> str:
    """What `run --json` prints of a scenario; errors as `allocate`."""
    scenario.check(table)
    return as_json(find("run").ask(Case("page", table, scenario)), words)


def office(asked: Asked) -> Response:
    """Who issues the documents of the state in the address; once that is sent, the page of the state with it."""
    state = state_of(asked.query)
    return asked.answered("office.html", office_page(asked.store.table(state.table), state, asked.form, asked.words))


def rules_page(asked: Asked) -> Response:
    """Every rule of the state in the address; once one is changed, the page of the state it was changed to."""
    given = asked.request.query_params
    made = rules.page(asked.store, {name: given.getlist(name) for name in given}, asked.words)
    return asked.answered("rules.html", made)
