"""Every column that more than one listing has: its kind, its decimals, its weight, declared once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from allocator.data.table import Number
from allocator.finding import Column, Finding, Listing, Row, Section, Text, say

COLUMNS = {
    each.key: each
    for each in (
        Column("unit", "text"),
        Column("parent", "text"),
        Column("units"),
        Column("workforce", rank=5),
        Column("available", "number", 0, rank=3),
        Column("claim", "number", 1, rank=4),
        Column("fair_share", "number", 1, rank=4),
        Column("floor", rank=6),
        Column("cap", rank=6),
        Column("quota", bar=True),
        Column("effort", "share", 1, bar=True, rank=2),
        Column("published", rank=1),
        Column("difference", "signed", bar=True, rank=1),
        Column("effort_published", "share", 1, rank=7),
        Column("position", "text", rank=2),
        Column("sentence", "sentence"),
        Column("rate", "share", 1),
        Column("pace", "share", rank=2),
        Column("recruited", rank=3),
        Column("lost", rank=6),
        Column("forecast", "number"),
        Column("low", rank=4),
        Column("high", rank=4),
        Column("change", "signed"),
        Column("date", "text", rank=5),
        Column("status", "text", rank=1),
        *(Column(key, "text") for key in ("reasons", "enterprise", "scenario")),
    )
}
"""Columns by key."""


def columns(*keys: str) -> tuple[Column, ...]:
    """Columns by their keys; one that is not declared counts members.

    Example:
        >>> [each.kind for each in columns("unit", "quota", "effort")]
        ['text', 'members', 'share']
    """
    return tuple(COLUMNS.get(key) or Column(key) for key in keys)


def titled(prefix: str, *given: Column) -> tuple[Column, ...]:
    """Columns whose headers stand in the catalogue under `PREFIX.KEY`."""
    return tuple(replace(each, title=say(f"{prefix}.{each.key}")) for each in given)


def total(values: Sequence[Number | None]) -> Number | None:
    """Sum of the known values; None where none is known."""
    known = [each for each in values if each is not None]
    return sum(known) if known else None


def summed(records: Sequence[Mapping[str, Any]], *keys: str) -> dict[str, Any]:
    """Sum of each figure over records; None where one of them does not know it."""
    columns = {key: [each[key] for each in records] for key in keys}
    return {key: None if None in values else sum(values) for key, values in columns.items()}


def listed(
    key: str,
    title: Text,
    heads: Sequence[Column],
    records: Iterable[Mapping[str, Any]],
    whole: Mapping[str, Any] | None = None,
    **given: Any,
) -> Listing:
    """A listing whose rows hold what each record has under the columns' keys, a unit's position in words.

    Args:
        key: its name.
        title: what stands above it.
        heads: its columns.
        records: one mapping a row; what it lacks is not known.
        whole: the row of totals; what it lacks stays blank, and its first cell says that it is the total.
        given: other fields of `Listing`.
    """
    if any(head.key == "position" for head in heads):
        records = ({**each, "position": _placed(each["position"])} for each in records)
    rows: tuple[Row, ...] = tuple(tuple(each.get(head.key) for head in heads) for each in records)
    total = None if whole is None else (say("run.total"), *(whole.get(head.key, "") for head in heads[1:]))
    return Listing(key, title, tuple(heads), rows, total, **given)


@lru_cache(maxsize=16)
def _placed(position: str) -> Text:
    return say(f"position.{position}")


def files_written(records: Mapping[str, Any], *lines: Text) -> Finding:
    """What is told of files that were written: their names are under `files` of the records."""
    listing = listed("files", "", (Column("file", "text"),), [{"file": each} for each in records["files"]], aside=True)
    return Finding(records, (Section("files", "", (), (listing,)),), lines)
