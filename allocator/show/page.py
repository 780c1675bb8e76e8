"""The report as one HTML page that needs no network; a whole report decides again where it is read."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from allocator.data.packing import packed
from allocator.data.table import Table
from allocator.show.carried import BASES, carried, not_carried
from allocator.show.templating import ENGINE, environment

if TYPE_CHECKING:
    from allocator.show.build import Document

SAID = ("device.", "infeasible.", "rulename.", "page.basis.", "page.field.", "list.and")
"""What the keys of texts begin with that the page's script says."""


def write_html(document: Document) -> dict[str, bytes]:
    """The page, UTF-8; one that is a whole report decides again as its levers are changed, where that can be done."""
    given = device(document) if document.annex else {"script": "", "reason": None}
    page = environment().get_template("report.html").render(document=document, words=document.words, device=given)
    return {"report.html": page.encode("utf-8")}


def device(document: Document) -> dict[str, Any]:
    """What the page needs to decide again: its script, the problem as data, the levers; or the reason why it cannot."""
    made, words = document.allocation, document.words
    problem = carried(made)
    if problem is None:
        return {"script": "", "reason": not_carried(made)}
    scenario = made.scenario.model_dump(mode="json")
    levers = _levers(problem)
    data = {
        "problem": problem,
        "texts": {key: text for key, text in words.texts.items() if key.startswith(SAID)},
        "language": words.language,
        "title": words.told(document.subtitle),
        # Where the office keeps its table is nobody else's business.
        "start": packed({**scenario, "data": PurePath(scenario["data"]).name}),
        **_corrected(made.table, document.given or made.table),
    }
    script = "\n".join((ENGINE / f"{name}.js").read_text("utf-8") for name in ("engine", "reasons", "report"))
    return {
        "script": script,
        "hash": "sha256-" + b64encode(sha256(script.encode("utf-8")).digest()).decode("ascii"),
        "data": json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"),
        "levers": levers,
        "total": sum(made.quotas),
        "fixed_powers": problem["multipliers"] is not None,
    }


def _corrected(table: Table, given: Table) -> dict[str, Any]:
    """The fingerprint of the table as it was given, and what this scenario corrects of it, as fields of the page."""
    fields: dict[str, str] = {}
    if given.units == table.units and given.columns.keys() == table.columns.keys():
        pairs = [(name, *each) for name, now in table.columns.items()
                 for each in zip(table.units, given.columns[name], now, strict=True)]  # fmt: skip
        fields = {f"figure:{name}:{unit}": str(new) for name, unit, old, new in pairs if new != old}
    if "None" in fields.values():  # a figure that was taken out is no field of the page's
        fields = {}
    return {"table": given.fingerprint if fields else table.fingerprint, "corrected": fields}


def _levers(problem: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The levers of assumptions and of decisions: name, kind of value, and what its slider goes through."""
    target, lot = problem["target"], problem["lot"]
    fair = -(-2 * target // (lot * max(1, len(problem["units"])))) * lot
    share = {"kind": "share", "slider": (0, 1, 0.01)}
    past = [
        {"name": "basis", "kind": "choice", "choices": BASES},
        {"name": "exponent", "kind": "number", "slider": (-3, 3, 0.5)},
        {"name": "floor", "kind": "share", "slider": (0, 2, 0.05)},
        {"name": "ceiling", "kind": "share", "slider": (0, 2, 0.05)},
    ]
    return {
        "assumptions": [{"name": "realisation", **share}, *(past if problem["multipliers"] is None else ())],
        "decisions": [
            {"name": "target", "kind": "whole", "slider": (0, max(2 * target, lot), lot)},
            {"name": "lot", "kind": "whole", "slider": None},
            {"name": "min_quota", "kind": "whole", "slider": (0, max(fair, lot), lot)},
            {"name": "max_share", **share},
        ],
    }
