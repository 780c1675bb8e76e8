"""The journals on the page: every entry, the last first, whether each journal is whole, and the state of an entry."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from allocator.errors import InputError, fault
from allocator.model.scenario import Scenario
from allocator.proof.journal import Recorded
from allocator.web.saved import MOST_CASES, moment
from allocator.web.state import State, started
from allocator.web.store import Store
from allocator.words import Words

MOST_SHOWN = 200
"""Entries of a journal on one page."""
MARK = "no."
"""What an entry is called by among those to compare, before the beginning of its hash."""
MOST_MARK = 16


def record_page(store: Store, given: Mapping[str, str], state: State | None, words: Words) -> dict[str, Any]:
    """What the template needs: of each journal the entries up to the number that the address gives, the last first."""
    until = given.get("until", "")
    most = int(until) if until.isascii() and until.isdecimal() and len(until) < 9 else None
    journals = []
    for path, chain in store.chains().items():
        entries = [each for each in reversed(chain.entries) if most is None or each.number <= most]
        journals.append({
            "path": path, "title": _title(store, path, words), "count": len(chain.entries), "aside": chain.aside,
            "told": "verify.half" if chain.halved else "verify.broken",
            "trouble": words(chain.fault.key, **chain.fault.values) if chain.fault else "",
            "older": entries[MOST_SHOWN].number if len(entries) > MOST_SHOWN else None,
            "rows": [_row(store, path, each, words) for each in entries[:MOST_SHOWN]],
        })  # fmt: skip
    return {"journals": journals, "state": state, "most": MOST_CASES}


def _title(store: Store, path: Path, words: Words) -> str:
    key = store.key_of(path)
    return words("record.of_table", name=store.title_of(key)) if key else words("record.of_folder")


def _row(store: Store, path: Path, entry: Recorded, words: Words) -> dict[str, Any]:
    """An entry as a reader sees it; `mark` is what it is opened and compared by, blank where it holds no state."""
    key, at = f"record.kind.{entry.kind}", moment(entry.when)
    formats, former = entry.content.get("formats"), entry.content.get("former")
    files = [f"page.take.{each}" for each in formats] if isinstance(formats, list) else []
    return {
        "entry": entry,
        "what": words(key if key in words else "record.kind.other"),
        "more": words("record.former", name=former)
        if former
        else ", ".join(map(words, filter(words.__contains__, files))),
        "when": words("record.when", day=words.date(at), time=f"{at:%H:%M}"),
        "mark": entry.hash[:MOST_MARK] if _holds_state(store, path, entry) else "",
    }


def _holds_state(store: Store, path: Path, entry: Recorded) -> bool:
    content = entry.content
    return isinstance(content.get("query"), str) or ("scenario" in content and store.key_of(path) is not None)


def entry_of_mark(store: Store, mark: str) -> tuple[Recorded, str]:
    """The entry whose hash begins so, and the state that it holds; InputError where there is none."""
    for path, chain in store.chains().items():
        for entry in chain.entries if len(mark) == MOST_MARK else ():
            if entry.hash.startswith(mark) and _holds_state(store, path, entry):
                return entry, _query(store, path, entry)
    raise InputError(fault("record.no_state"))


def _query(store: Store, path: Path, entry: Recorded) -> str:
    """The state of an entry: as the page saved it, or of the scenario that a command kept."""
    content = entry.content
    if isinstance(content.get("query"), str):
        return str(content["query"])
    try:
        scenario = Scenario.model_validate(content["scenario"])
    except ValidationError:
        raise InputError(fault("record.no_state")) from None
    return started(f"{store.key_of(path)}~{content.get('table', '')}", scenario).query
