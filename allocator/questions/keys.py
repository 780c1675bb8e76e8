"""The keys of a scenario file, each explained."""

from __future__ import annotations

from collections.abc import Iterator

from allocator.errors import Fault, InputError, fault
from allocator.finding import MOST_LINES, Column, Finding, Listing, Section, say
from allocator.finding.columns import titled
from allocator.model.keys import Key, in_one_line
from allocator.model.scenario import scenario_keys
from allocator.questions import Argument, question

NO_END = 1_000_000
"""A most that only keeps figures finite is not told."""


@question(Argument("key", "text", positional=True), of="nothing")
def ask_keys(key: str | None = None) -> Finding:
    """All keys, or those that `key` names or nearly names; InputError where it is like none."""
    known = scenario_keys()
    found = known.asked(key) if key else known.once
    if not found:
        raise InputError(fault("keys.unknown", key or "", near=known.nearest(key or "")))
    rows = [
        (each.path, say(f"key.{each.described}"), say("keys.facts", facts=tuple(_facts(each))), each.example)
        for each in found
    ]
    names = ("key", "description", "facts", "example")
    columns = titled("keys.column", *(Column(name, "text") for name in names))
    texts = tuple(say("keys.one", **dict(zip(names, row, strict=True))) for row in rows)
    title = say("question.keys")
    section = Section("keys", title, texts, (Listing("keys", title, columns, tuple(rows), aside=True),))
    lines = texts if len(found) <= MOST_LINES else (say("keys.count", count=len(found)),)
    told = ("type", "unit", "range", "default", "required", "example")
    records = [
        {"key": each.path, "description": row[1], **{name: getattr(each, name) for name in told}}
        for each, row in zip(found, rows, strict=True)
    ]
    return Finding({"keys": records}, (section,), lines)


def _facts(key: Key) -> Iterator[Fault]:
    """What may be written, and what holds where nothing is."""
    limits = key.range or {}
    words = limits.get("values", [])
    if words:
        yield say("keys.words", names=" · ".join(map(str, words)))
    figures = {"integer", "number"}
    kinds = [each for each in key.type.split(" | ") if each != "string" or not words]
    yield from (say(f"keys.{each}") for each in kinds if each not in figures or not key.unit)
    if key.unit:
        yield say(f"keys.{key.unit}")
    low, high = limits.get("least"), limits.get("most", 0)
    if "above" in limits:
        yield say("keys.above", low=limits["above"])
    elif low is not None and high < NO_END:
        yield say("keys.between_share" if key.unit == "share" else "keys.between", low=low, high=high)
    elif low is not None and low > -NO_END:
        yield say("keys.from", low=low)
    if key.required:
        yield say("keys.required")
    elif key.default not in (None, "", []) and not isinstance(key.default, dict):
        yield say("keys.default", value=in_one_line(key.default))
