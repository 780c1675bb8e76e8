"""A register of enterprises: who works where, and where there is a union already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from allocator.data.limits import Sent
from allocator.data.numbers import NumberError, persons
from allocator.data.records import Record, read_records
from allocator.data.table import Table

YES = frozenset({"1", "yes", "y", "true", "x", "có", "co"})
NO = frozenset({"0", "no", "n", "false", "không", "khong"})


@dataclass(frozen=True)
class Enterprise:
    """One enterprise: its name or code, its workers, those of them who may join a union, and whether it has one."""

    name: str
    workers: int
    joinable: int
    has_union: bool


@dataclass(frozen=True)
class Register:
    """The enterprises of each unit that has any, in the order of the file."""

    enterprises: Mapping[str, tuple[Enterprise, ...]]


def read_register(file: Path | Sent, table: Table) -> Register:
    """Register in a file: columns unit, name or code, workers, has_union and, if there is one, eligible.

    `has_union` and `eligible` say yes or no (1 or 0, có or không); `eligible` may instead say how many of the workers
    may join (2 or more). Without that column all may.

    Raises:
        InputError: every blank or unreadable cell, unknown unit, and enterprise that stands there twice.
    """
    records = read_records(file, ("unit", "workers", "has_union"), ("name", "code"))
    known = frozenset(table.units)
    found: dict[str, list[Enterprise]] = {}
    seen: dict[tuple[str, str, str], str] = {}
    for record in records.rows():
        unit = record.unit(known)
        workers = record.persons("workers", unit or "–")
        has_union = _flag(record, "has_union")
        joinable = _joinable(record, workers or 0)
        code, name = (record.text(column) for column in ("code", "name"))
        label = "code" if "code" in records.columns and not name else "name"
        if not (code or name):
            record.fault("cell.blank", label, unit=unit or "–")
        elif unit is not None and (unit, code, name) in seen:
            record.fault("register.twice", label, name=name or code, earlier=seen[unit, code, name])
        if unit is None or workers is None or has_union is None or joinable is None:
            continue
        seen[unit, code, name] = record.place("unit")
        text = f"{name} ({code})" if name and code else name or code
        found.setdefault(unit, []).append(Enterprise(text, workers, joinable, has_union))
    records.check()
    return Register({unit: tuple(each) for unit, each in found.items()})


def _flag(record: Record, column: str) -> bool | None:
    """Yes or no; None, and a fault noted, for anything else."""
    cell = record.cell(column)
    text = record.text(column).casefold() if not isinstance(cell, bool) else "yes" if cell else "no"
    if text in YES or text in NO:
        return text in YES
    record.fault("register.flag", column, cell=text)
    return None


def _joinable(record: Record, workers: int) -> int | None:
    """Workers who may join: all or none for yes or no, else the number given; None, and a fault, where unclear."""
    if "eligible" not in record.records.columns:
        return workers
    try:
        stated = persons(record.cell("eligible"))
    except NumberError:
        stated = None
    if stated is None or stated < 2:
        flag = _flag(record, "eligible")
        return None if flag is None else workers * flag
    if stated > workers:
        record.fault("register.eligible_above_workers", "eligible", value=stated, workers=workers)
        return None
    return stated
