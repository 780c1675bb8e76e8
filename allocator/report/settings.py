"""The section on what was believed, what was decided, and where the figures come from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from allocator.analysis.result import result
from allocator.data.source import Source
from allocator.model.allocation import Allocation
from allocator.model.scenario import ASSUMPTIONS, DECISIONS
from allocator.report.document import Column, Listing, Section, Value
from allocator.words import Words


def scenario(made: Allocation, words: Words, source: Source | None) -> Section:
    """What was believed, what was decided, and where the figures come from."""
    dump = made.scenario.model_dump(mode="json")
    settings = [
        (words(f"report.{side}"), _label(words, name), readable(words, value))
        for side, keys in (("assumptions", ASSUMPTIONS), ("decisions", DECISIONS))
        for key in keys
        for name, value in _flat(key, dump[key])
    ]
    listings = [text_listing(words, "parameters", ("side", "parameter", "value"), settings)]
    if source is not None:
        facts = source.document.model_dump()
        printed = [(words(f"source.{key}"), value) for key, value in facts.items() if value]
        listings.append(text_listing(words, "document", ("fact", "value"), printed))
        stands = [
            (_annex_name(words, name), column.header, column.cell, column.total or "")
            for name, column in source.columns.items()
        ]
        listings.append(text_listing(words, "columns", ("figure", "header", "cell", "total_printed"), stands))
    inputs = result(made)
    proof = words("report.proof", version=inputs["inputs"]["version"], table=inputs["inputs"]["table_sha256"],
                  digest=inputs["digest"])  # fmt: skip
    return Section("scenario", words("report.scenario"), (proof,), tuple(listings))


def text_listing(words: Words, key: str, names: Sequence[str], rows: Sequence[Sequence[Value]]) -> Listing:
    """A listing of texts, its title and headers in the catalogue under `report.KEY` and `column.NAME`."""
    shown = tuple(Column(name, words(f"column.{name}"), "text") for name in names)
    return Listing(key, words(f"report.{key}"), shown, tuple(tuple(row) for row in rows))


def _annex_name(words: Words, name: str) -> str:
    key = {"unit": "column.unit"}.get(name, f"annex.{name}")
    return words(key).replace(" / ", ": ") if key in words else name


def _label(words: Words, name: str) -> str:
    key = f"parameter.{name}"
    return words(key) if key in words else name


def _flat(name: str, value: Any) -> list[tuple[str, Any]]:
    """A part of a scenario as its single settings: `growth` → `growth.realisation`, `growth.units`."""
    if isinstance(value, dict) and name in ("growth", "attainment", "bounds", "risk"):
        return [(f"{name}.{key}", each) for key, each in value.items()]
    return [(name, value)]


def readable(words: Words, value: Any) -> str:
    """A setting as people read it: numbers in the language's marks, lists and mappings in one line, a dash for none."""
    if isinstance(value, dict):
        known = {key: each for key, each in value.items() if each or (each == 0 and each is not False)}
        return "; ".join(f"{_label(words, key)}: {readable(words, each)}" for key, each in known.items()) or "–"
    if isinstance(value, list):
        return " | ".join(readable(words, each) for each in value) or "–"
    if isinstance(value, str):
        return words(f"value.{value}") if f"value.{value}" in words else value or "–"
    if isinstance(value, bool) or value is None:
        return words("value.yes" if value else "value.no") if value is not None else "–"
    digits = f"{value:.6f}".rstrip("0").partition(".")[2]
    return words.number(value, len(digits))
