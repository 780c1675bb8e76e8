"""What a year brings, unit by unit: reports of members recruited and lost, and a register of enterprises."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from allocator.data.grid import Records, headed, name_in, read_grid
from allocator.data.limits import Sent
from allocator.data.numbers import NumberError, persons
from allocator.data.table import Table
from allocator.errors import InputError, fault

_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y")
YES = frozenset({"1", "yes", "y", "true", "x", "có", "co"})
NO = frozenset({"0", "no", "n", "false", "không", "khong"})


@dataclass(frozen=True)
class Report:
    """One report of a unit: members recruited and lost from the plan's start to the end of that day."""

    date: date
    recruited: int
    lost: int


@dataclass(frozen=True)
class Progress:
    """The reports of a year.

    Attributes:
        year: the year they are about.
        reports: reports of each unit that has any, oldest first.
    """

    year: int
    reports: Mapping[str, tuple[Report, ...]]


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


def read_progress(file: Path | Sent, table: Table, year: int | None = None) -> Progress:
    """Progress in a file: columns unit, recruited, lost, date; figures cumulative since the plan's start.

    Args:
        file: CSV, or the first sheet of a workbook; a unit's reports stand in the order of their dates.
        table: the units; no unit may have recruited more than its workforce with all its estimated growth.
        year: the year all dates must lie in; None for that of the first date.

    Raises:
        InputError: every cell that is blank, negative or no number or date, every unknown unit, date out of order or
            outside the year, falling figure, and figure above the workforce, each with its line and cell.
    """
    records = _records(file, ("unit", "recruited", "lost", "date"))
    growth = table.optional("growth_estimate")
    workforce = {
        unit: int((now or 0) + (more or 0))
        for unit, now, more in zip(table.units, table.column("workforce"), growth, strict=True)
    }
    reports: dict[str, list[Report]] = {}
    for row in records.rows():
        unit = records.unit(row, workforce)
        recruited, lost = (records.read(persons, row, column, unit) for column in ("recruited", "lost"))
        day = records.read(day_in, row, "date", unit)
        if unit is None or recruited is None or lost is None or day is None:
            continue
        year = year or day.year
        made = Report(day, recruited, lost)
        if _fits(records, row, unit, made, reports.get(unit, []), year, workforce[unit]):
            reports.setdefault(unit, []).append(made)
    records.faults.check()
    return Progress(year or 0, {unit: tuple(each) for unit, each in reports.items()})


def read_register(file: Path | Sent, table: Table) -> Register:
    """Register in a file: columns unit, name or code, workers, has_union and, if there is one, eligible.

    `has_union` and `eligible` say yes or no (1 or 0, có or không); `eligible` may instead say how many of the workers
    may join (2 or more). Without that column all may.

    Raises:
        InputError: every blank or unreadable cell, unknown unit, and enterprise that stands there twice.
    """
    records = _records(file, ("unit", "workers", "has_union"), ("name", "code"), ("eligible",))
    known = frozenset(table.units)
    found: dict[str, list[Enterprise]] = {}
    seen: dict[tuple[str, str, str], str] = {}
    for row in records.rows():
        unit = records.unit(row, known)
        workers = records.read(persons, row, "workers", unit)
        has_union = records.read(_flag, row, "has_union", unit)
        joinable = _joinable(records, row, workers or 0, unit)
        code, name = (name_in(records.cell(row, column)) for column in ("code", "name"))
        label = "code" if "code" in records.columns and not name else "name"
        if not (code or name):
            records.fault("cell.blank", row, label, unit=unit or "–")
        elif unit is not None and (unit, code, name) in seen:
            records.fault("register.twice", row, label, name=name or code, earlier=seen[unit, code, name])
        if unit is None or workers is None or has_union is None or joinable is None:
            continue
        seen[unit, code, name] = records.place(row, "unit")
        text = f"{name} ({code})" if name and code else name or code
        found.setdefault(unit, []).append(Enterprise(text, workers, joinable, has_union))
    records.faults.check()
    return Register({unit: tuple(each) for unit, each in found.items()})


def _records(
    file: Path | Sent, required: Sequence[str], one_of: Sequence[str] = (), more: Collection[str] = ()
) -> Records:
    """Rows of a file; InputError where it cannot be read or its header lacks a column it needs."""
    grid = read_grid(file)
    if len(grid.rows) < 2:
        raise InputError(fault("records.empty", grid.place, columns=list(required)))
    records = headed(grid, (*required, *one_of, *more), required, one_of)
    records.faults.check()
    return records


def day_in(cell: object) -> date:
    """The day in a cell, as 2017-05-15 or as 15/05/2017; NumberError where it holds none.

    Example:
        >>> day_in("15/5/2017") == day_in("2017-05-15") == date(2017, 5, 15)
        True
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = name_in(cell)
    for form in _DAYS if text.isascii() else ():
        with suppress(ValueError):
            return datetime.strptime(text, form).date()
    raise NumberError("progress.date", text)


def _fits(
    records: Records, row: int, unit: str, made: Report, earlier: Sequence[Report], year: int, workforce: int
) -> bool:
    """Whether a report fits the unit's earlier ones, the year and the workforce; else a fault for each is noted."""
    before = len(records.faults)
    if made.date.year != year:
        records.fault("progress.year", row, "date", date=f"{made.date:%d/%m/%Y}", year=year)
    if made.recruited > workforce:
        figures = {"value": made.recruited, "workforce": workforce}
        records.fault("progress.above_workforce", row, "recruited", unit=unit, **figures)
    if earlier and made.date <= earlier[-1].date:
        days = {"date": f"{made.date:%d/%m/%Y}", "earlier": f"{earlier[-1].date:%d/%m/%Y}"}
        records.fault("progress.order", row, "date", unit=unit, **days)
    elif earlier:
        for column in ("recruited", "lost"):
            now, then = getattr(made, column), getattr(earlier[-1], column)
            if now < then:
                records.fault("progress.falling", row, column, unit=unit, value=now, earlier=then)
    return len(records.faults) == before


def _flag(cell: object) -> bool:
    """Yes or no; NumberError for anything else."""
    text = name_in(cell).casefold() if not isinstance(cell, bool) else "yes" if cell else "no"
    if text in YES or text in NO:
        return text in YES
    raise NumberError("register.flag", text)


def _joinable(records: Records, row: int, workers: int, unit: str | None) -> int | None:
    """Workers who may join: all or none for yes or no, else the number given; None, and a fault, where unclear."""
    if "eligible" not in records.columns:
        return workers
    with suppress(NumberError):
        stated = persons(records.cell(row, "eligible"))
        if stated is not None and stated > workers and stated > 1:
            records.fault("register.eligible_above_workers", row, "eligible", value=stated, workers=workers)
            return None
        if stated is not None and stated > 1:
            return stated
    flag = records.read(_flag, row, "eligible", unit)
    return None if flag is None else workers * flag
