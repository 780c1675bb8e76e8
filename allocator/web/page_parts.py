"""Files to take away from the page, and tables brought to it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from allocator.data.table import Table
from allocator.errors import AllocatorError, InputError, fault
from allocator.files import json_text
from allocator.finding import Column, Listing, say
from allocator.finding.settings import Setting
from allocator.proof.result import result
from allocator.questions.audit import oddities
from allocator.show.build import answers, build_report
from allocator.web.bounded import brought, given_back
from allocator.web.state import State, fault_texts, started
from allocator.web.store import Store
from allocator.web.view import AllocatedCase, column_name
from allocator.words import Words


def file(table: Table, state: State, kind: str, words: Words) -> tuple[str, str, bytes]:
    """Name, media type and content of a file to take away; InputError for a kind there is none of."""
    from allocator.show.formats import files

    case = AllocatedCase(table, state.scenario())
    if kind == "yaml":
        values = {**case.scenario.model_dump(mode="json"), "data": "units.csv"}  # every default written out
        text = yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=120)
        return "scenario.yaml", "application/yaml", text.encode("utf-8")
    if kind == "json":
        return "result.json", "application/json", json_text(result(case.allocation)).encode("utf-8")
    if kind not in ("xlsx", "docx", "html", "csv"):
        raise InputError(fault("page.no_file", kind=kind[:20]))
    found, _ = answers(case, {})
    made = files(build_report(case, found, words), [kind])
    if len(made) == 1:
        (name, content), *_ = made.items()
        media = "text/html; charset=utf-8" if kind == "html" else "application/octet-stream"
        return name, media, content
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in made.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return f"allocator-{kind}.zip", "application/zip", held.getvalue()


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
        return {**shown, "faults": fault_texts(error.faults, words)}


def _imported(store: Store, name: str, data: bytes, chosen: Mapping[str, str], words: Words) -> dict[str, Any]:
    from allocator.data.audit import audit
    from allocator.data.importing import base_yaml, import_table, units_csv
    from allocator.data.limits import Sent
    from allocator.data.read import read_table
    from allocator.data.settings import Settings, parse_yaml
    from allocator.model.scenario import scenario_from

    made = import_table(data, name, chosen)
    text = units_csv(made)
    table = read_table(Sent("units.csv", text.encode()))
    values, places = parse_yaml(base_yaml(made, words), "base.yaml")
    values.setdefault("target", 0)
    scenario = scenario_from(Settings(values, places, Path()))
    scenario.check(table)
    findings = (*made.findings, *audit(table, made.source))
    rows = table.rows()
    heads = tuple(_head(name, rows, words) for name in rows[0])
    figures = tuple(tuple(Setting(value=v) if key == "kind" else v for key, v in row.items()) for row in rows)
    found = say("page.findings", count=len(findings))
    return {
        "columns": [(each.header, each.name) for each in (*made.columns, *made.unrecognised)],
        "listings": [oddities(findings, found), Listing("rows", say("page.table"), heads, figures)],
        "count": len(rows),
        "query": started(store.keep_table(text), scenario).query,
    }


def _head(name: str, rows: Sequence[Mapping[str, Any]], words: Words) -> Column:
    """A column of a table brought in, under the name that the page gives it."""
    kind = "text" if any(isinstance(row[name], str) for row in rows) else "members"
    return Column(name, kind, title=column_name(name, words))
