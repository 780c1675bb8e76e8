"""Parts of the page beside the allocation: remedies, files to take away, tables brought in."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from allocator.data.table import Table
from allocator.errors import AllocatorError, Fault, InputError, fault
from allocator.files import json_text
from allocator.finding import Column, Listing, say
from allocator.finding.settings import Setting
from allocator.model.allocation import efforts
from allocator.proof.result import result
from allocator.questions.audit import oddities
from allocator.questions.run import measures
from allocator.show.build import answers, build_report
from allocator.show.document import Document
from allocator.web.ask import MOST_DRAWN, AllocatedCase, address, asked_here
from allocator.web.sent import brought, given_back
from allocator.web.state import State, started
from allocator.web.store import Store
from allocator.web.view import View, allocation_of
from allocator.why.remedies import Change
from allocator.words import Words


def remedies(shown: View, words: Words) -> list[tuple[str, str]]:
    """Each remedy of an infeasible state as words, with the query of the state it leads to."""
    if shown.collision is None:
        return []
    made = []
    for each in shown.collision.remedies:
        text = words(
            "page.remedy", changes=[change_text(change, words) for change in each.changes], members=each.members
        )
        made.append((text, shown.state.changed(each.settings).query))
    return made


def change_text(change: Change, words: Words) -> str:
    """A change in words, its key named as the report names it."""
    now, to = (words.number(each, len(str(each).partition(".")[2])) for each in (change.now, change.to))
    return words("page.change", name=key_name(change.key, words), now=now, to=to)


def key_name(key: str, words: Words) -> str:
    """A scenario key in words; the key itself where it names a unit or a group."""
    return words(f"parameter.{key}") if f"parameter.{key}" in words else key


def shown_view(made: View, words: Words, store: Store) -> dict[str, Any]:
    """What the page's template needs of a view, ready to print."""
    table, state = store.table(made.state.table), made.state
    scenario = made.allocation.scenario if made.allocation else None
    columns = zip(*(row.stages for row in made.rows), strict=True)
    whole = made.allocation.claims.available if made.allocation else ()
    title = state.start["title"].get(words.language)
    return {
        "view": made,
        "state": state,
        "title": title,
        "remedies": remedies(made, words),
        "fault_text": lambda each: fault_text(each, words),
        "measures": [words.told(each) for each in measures(made.comparison)] if made.comparison else [],
        "totals": [None if None in column else sum(column) for column in columns],
        "growth_total": sum(row.growth or 0 for row in made.rows),
        "effort_total": efforts((scenario.target,), (sum(whole),))[0] if scenario else None,
        "charted": len(made.rows) <= MOST_DRAWN,
        "paces": [name for name in dict.fromkeys(("published_quota", *table.columns)) if table.has(name)],
        "questions": asked_here(),
        "address": address,
        "saved": store.saved(),
        "starts": [
            (name, getattr(each.title, words.language), getattr(each.question, words.language))
            for name, (_, each) in store.starts().items()
        ],
    }


def fault_text(each: Fault, words: Words) -> str:
    """A fault in words, the field it is about named as the page names it."""
    kind, _, unit_name = each.place.partition(":")
    key = f"page.own_{kind}" if unit_name else f"page.field.{kind}"
    label = words(key) + (f" – {unit_name}" if unit_name else "") if key in words else each.place
    values = dict(each.values)
    if "rules" in values:
        values["rules"] = [key_name(rule, words) for rule in values["rules"]]
    text = words(each.key, **values)
    return f"{label}: {text}" if label else text


def _document(table: Table, state: State, words: Words) -> Document:
    case = AllocatedCase(table, state.scenario())
    found, _ = answers(case, {})
    return build_report(case, found, words)


def _zipped(files: Mapping[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return held.getvalue()


def scenario_yaml(state: State) -> str:
    """The state as a scenario file, every default written out."""
    values = {**state.scenario().model_dump(mode="json"), "data": "units.csv"}
    return yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=120)


def file(table: Table, state: State, kind: str, words: Words) -> tuple[str, str, bytes]:
    """Name, media type and content of a file to take away; InputError for a kind there is none of."""
    from allocator.show.formats import files

    if kind == "yaml":
        return "scenario.yaml", "application/yaml", scenario_yaml(state).encode("utf-8")
    if kind == "json":
        document = result(allocation_of(table, state))
        return "result.json", "application/json", json_text(document).encode("utf-8")
    if kind not in ("xlsx", "docx", "html", "csv"):
        raise InputError(fault("page.no_file", kind=kind[:20]))
    made = files(_document(table, state, words), [kind])
    if len(made) == 1:
        (name, content), *_ = made.items()
        media = "text/html; charset=utf-8" if kind == "html" else "application/octet-stream"
        return name, media, content
    return f"allocator-{kind}.zip", "application/zip", _zipped(made)


def uploaded(store: Store, form: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """What an uploaded document holds: its columns to be corrected, the audit's findings by row, a state to go on with.

    The document comes back as hidden text, so that columns can be corrected without choosing the file again.
    """
    empty = {"name": "", "document": "", "columns": [], "listings": [], "count": 0, "query": "", "faults": []}
    if (file := brought(form)) is None:
        return empty
    from allocator.data.headers import COUNTS
    from allocator.data.table import TEXT_COLUMNS

    chosen = {key.removeprefix("column:"): str(v) for key, v in form.items() if key.startswith("column:") and v}
    shown = {**empty, "name": file.name, "document": given_back(file), "known": (*TEXT_COLUMNS, *COUNTS)}
    try:
        return {**shown, **_imported(store, file.name, file.content, chosen, words)}
    except AllocatorError as error:
        return {**shown, "faults": error.messages(words.language), "chosen": chosen}


def _imported(store: Store, name: str, data: bytes, chosen: Mapping[str, str], words: Words) -> dict[str, Any]:
    from allocator.data.audit import audit
    from allocator.data.importing import base_yaml, import_table, units_csv
    from allocator.data.limits import Sent
    from allocator.data.read import read_table
    from allocator.data.settings import Settings, parse_yaml
    from allocator.model.scenario import scenario_from

    made = import_table(data, name, chosen)
    text = units_csv(made)
    table = read_table(Sent(name, text.encode()))
    values, places = parse_yaml(base_yaml(made, words), "base.yaml")
    values.setdefault("target", 0)
    scenario = scenario_from(Settings(values, places, Path()))
    scenario.check(table)
    findings = (*made.findings, *audit(table, made.source))
    rows = table.rows()
    heads = tuple(_head(name, rows, words) for name in rows[0])
    values = tuple(tuple(Setting(value=v) if key == "kind" else v for key, v in row.items()) for row in rows)
    found = say("page.findings", count=len(findings))
    return {
        "columns": [(each.header, each.name) for each in (*made.columns, *made.unrecognised)],
        "listings": [oddities(findings, found), Listing("rows", say("page.table"), heads, values)],
        "count": len(rows),
        "query": started(store.keep_table(text), scenario).query,
    }


def _head(name: str, rows: Sequence[Mapping[str, Any]], words: Words) -> Column:
    """A column of a table brought in, under the name that the page gives it."""
    kind = "text" if any(isinstance(row[name], str) for row in rows) else "members"
    return Column(name, kind, title=words(f"page.column.{name}") if f"page.column.{name}" in words else name)
