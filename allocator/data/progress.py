"""Progress reports: members recruited and lost since the plan's start, unit by unit, over the year."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from allocator.data.limits import Sent
from allocator.data.records import Record, read_records
from allocator.data.table import Table

COLUMNS = ("unit", "recruited", "lost", "date")
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})", re.ASCII)
_VIETNAMESE = re.compile(r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})", re.ASCII)


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
    records = read_records(file, COLUMNS)
    growth = table.optional("growth_estimate")
    workforce = {
        unit: int((now or 0) + (more or 0))
        for unit, now, more in zip(table.units, table.column("workforce"), growth, strict=True)
    }
    reports: dict[str, list[Report]] = {}
    for record in records.rows():
        unit = record.unit(workforce)
        recruited, lost = (record.persons(column, unit or "–") for column in ("recruited", "lost"))
        day = _day(record)
        if unit is None or recruited is None or lost is None or day is None:
            continue
        year = year or day.year
        made = Report(day, recruited, lost)
        if _fits(record, unit, made, reports.get(unit, []), year, workforce[unit]):
            reports.setdefault(unit, []).append(made)
    records.check()
    return Progress(year or 0, {unit: tuple(each) for unit, each in reports.items()})


def parse_day(text: str) -> date | None:
    """The day a text names, as 2017-05-15 or as 15/05/2017; None where it names none.

    Example:
        >>> parse_day("15/5/2017") == parse_day("2017-05-15") == date(2017, 5, 15), parse_day("5/15/2017")
        (True, None)
    """
    found = _ISO.fullmatch(text.strip()) or _VIETNAMESE.fullmatch(text.strip())
    if found is None:
        return None
    try:
        return date(*(int(found[part]) for part in ("year", "month", "day")))
    except ValueError:
        return None


def _day(record: Record) -> date | None:
    cell = record.cell("date")
    if isinstance(cell, datetime):
        return cell.date()
    day = cell if isinstance(cell, date) else parse_day(record.text("date"))
    if day is None:
        record.fault("progress.date", "date", cell=record.text("date"))
    return day


def _fits(record: Record, unit: str, made: Report, earlier: list[Report], year: int, workforce: int) -> bool:
    """Whether a report fits the unit's earlier ones, the year and the workforce; else a fault for each is noted."""
    before = len(record.records.faults)
    if made.date.year != year:
        record.fault("progress.year", "date", date=f"{made.date:%d/%m/%Y}", year=year)
    if made.recruited > workforce:
        record.fault("progress.above_workforce", "recruited", unit=unit, value=made.recruited, workforce=workforce)
    if earlier:
        last = earlier[-1]
        if made.date <= last.date:
            days = {"date": f"{made.date:%d/%m/%Y}", "earlier": f"{last.date:%d/%m/%Y}"}
            record.fault("progress.order", "date", unit=unit, **days)
        else:
            for column in ("recruited", "lost"):
                now, then = getattr(made, column), getattr(last, column)
                if now < then:
                    record.fault("progress.falling", column, unit=unit, value=now, earlier=then)
    return len(record.records.faults) == before
