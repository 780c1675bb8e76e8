"""Files to take away, and what they are called: after table, scenario and date."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import quote

import yaml
from starlette.responses import Response

from allocator.data.source import csv_text
from allocator.data.table import TABLE_FILE, Table, unaccented
from allocator.errors import InputError, fault
from allocator.files import json_text
from allocator.proof.result import result
from allocator.show.formats import FORMATS, one_file
from allocator.web.cases import begun_as, case_of
from allocator.web.changes import changes
from allocator.web.state import State
from allocator.web.store import Store
from allocator.words import Words, cut

MOST_PART = 60
"""Letters of a title in a file's name."""


def taken(
    table: Table, given: Table, state: State, kind: str, words: Words, journal: Path, author: str, appendix: bool
) -> tuple[str, bytes]:
    """Ending and content of a file to take away; InputError for no such kind.

    Args:
        table: that of the state.
        given: the same without what the state corrects.
        state: what it is about.
        kind: a format of reports, which is entered in the `journal`, or `yaml` or `json`.
        words: its language.
        journal: where it is entered.
        author: who made it, as far as that is known.
        appendix: whether a workbook has its appendix.
    """
    case = begun_as(case_of(table, state.scenario()), given, state)
    if kind == "yaml":
        # Every default is written out; the table is what the year before leaves already.
        values = {**case.scenario.model_dump(mode="json"), "data": TABLE_FILE, "follows": None}
        text = yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=120)
        return one_file(
            {"scenario.yaml": text.encode("utf-8"), TABLE_FILE: csv_text(table.rows()).encode("utf-8")}, kind
        )
    if kind == "json":
        return "json", json_text(result(case.allocation)).encode("utf-8")
    if kind not in FORMATS:
        raise InputError(fault("page.no_file", kind=kind[:20]))
    from allocator.show.build import answers, build_report
    from allocator.show.entering import Entering

    document = replace(build_report(case, answers(case, {})[0], words), appendix=appendix)
    entering = Entering(journal, [kind], author, state=replace(state, ref="").query)
    return one_file(entering.files(document), kind)


def titles(store: Store, state: State, words: Words) -> list[str]:
    """What the table and the scenario of a state are called, and how much was changed of it."""
    changed = len(changes(store.table(state.table), state, words))
    altered = words("page.changed_title", count=changed) if changed else ""
    return [store.title_of(state.table), state.start["title"].get(words.language) or "", altered]


def sent(parts: list[str], ending: str, content: bytes | str) -> Response:
    """A file to take away, named after `parts`."""
    media = "text/csv; charset=utf-8" if ending == "csv" else "application/octet-stream"
    return Response(content, media_type=media, headers={"content-disposition": attachment(parts, ending)})


def attachment(parts: list[str], ending: str) -> str:
    """The header that names a file after these parts and today, for old programs in plain letters too.

    Example:
        >>> attachment(["Đắk Lắk: 2017"], "csv").startswith('attachment; filename="Dak-Lak-2017_')
        True
    """
    whole = [*dict.fromkeys(filter(None, map(_part, parts))), f"{date.today()}"]
    plain = [re.sub("[^A-Za-z0-9-]+", "", unaccented(each).replace("Đ", "D")).strip("-") for each in whole]
    names = "_".join(filter(None, plain)), quote("_".join(whole))
    return f"attachment; filename=\"{names[0]}.{ending}\"; filename*=UTF-8''{names[1]}.{ending}"


def _part(title: str) -> str:
    """A title as a part of a file's name on any system: letters and figures, joined by hyphens."""
    return cut(re.sub(r"[\W_]+", " ", title), MOST_PART).replace(" ", "-")
