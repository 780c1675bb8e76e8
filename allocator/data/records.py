"""What a year brings, unit by unit: reports of members recruited and lost, and a register of enterprises."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from allocator.data.answers import Answers, as_written, in_force
from allocator.data.findings import Oddity
from allocator.data.grid import Grid, Records, headed, name_in, own_grid
from allocator.data.limits import Sent
from allocator.data.meaning import INDEX, UNRECOGNISED, Headed, comparable
from allocator.data.numbers import NumberError, Unread, persons
from allocator.data.printed_figures import lenient
from allocator.data.reading import Reading, located, settle
from allocator.data.row_kinds import Row, label_of
from allocator.data.sums import is_total, judged
from allocator.data.table import MOST_PERSONS, Table
from allocator.errors import InputError, fault

_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%y", "%d.%m.%y")
_FIRST_DAY, _SERIALS = date(1899, 12, 30), range(36_526, 73_051)
"""Days of this century as a sheet numbers them."""
_PRINTED_DAY = re.compile(r"\b(\d{1,2})\s*(?:[/.-]|tháng)\s*(\d{1,2})\s*(?:[/.-]|năm)\s*(20\d\d)\b", re.IGNORECASE)
TICKS = frozenset({"x", "v", "✓", "✔", "☑"})
YES = TICKS | {"1", "yes", "y", "true", "có", "co", "đã có", "da co", "rồi"}
NO = frozenset(
    {"0", "no", "n", "false", "không", "khong", "chưa", "chua", "chưa có", "chua co", "không có", "✗", "✘", "☐"}
)
_SO_FAR = re.compile(r"luy ke|cong don|tu dau nam|den nay|cumulative|to date|so far|\btong\b|\btotal\b")
COUNTED = ("recruited", "lost", "workers")
TEXTS = ("unit", "name", "code", "date", "has_union")


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
        notes: what a reader should know of how they were read.
    """

    year: int
    reports: Mapping[str, tuple[Report, ...]]
    notes: tuple[Oddity, ...] = ()


@dataclass(frozen=True)
class Enterprise:
    """One enterprise: its name or code, its workers, those of them who may join a union, and whether it has one."""

    name: str
    workers: int
    joinable: int
    has_union: bool


@dataclass(frozen=True)
class Register:
    """The enterprises of each unit that has any, in the order of the file, and `notes` of how it was read."""

    enterprises: Mapping[str, tuple[Enterprise, ...]]
    notes: tuple[Oddity, ...] = ()


def read_years(file: Path | Sent, table: Table, years: Sequence[int] = (), basis: str = "gross") -> list[Progress]:
    """Progress in a file: columns unit, recruited, lost, date; figures cumulative since the plan's start of their year.

    Where quotas count the members recruited (`basis` gross), `lost` may be left out, which is noted.

    Args:
        file: any document with such a table; a unit's reports stand in the order of their dates.
        table: the units; in the first year none has recruited more than its workforce, if known, with its growth.
        years: the years the dates must lie in, in order; that of the first date where none are given.
        basis: what quotas count, `gross` or `net`.

    Raises:
        InputError: every cell that is blank, negative or no number or date, every unknown unit, date out of order or
            outside the years, falling figure, and figure above the workforce, each with its line and cell.
    """
    needed = ("unit", "recruited", *["lost"] * (basis == "net"), "date")
    records = _records(file, "progress", needed, more=("lost",))
    known = "lost" in records.columns
    growth = table.optional("growth_estimate")
    workforce = {
        unit: int(now + (more or 0)) if now is not None else MOST_PERSONS
        for unit, now, more in zip(table.units, table.optional("workforce"), growth, strict=True)
    }
    found: dict[int, dict[str, list[Report]]] = {year: {} for year in years}
    for row in records.rows():
        unit = records.unit(row, workforce)
        recruited = records.read(persons, row, "recruited", unit)
        lost = records.read(persons, row, "lost", unit) if known else 0
        day = records.read(day_in, row, "date", unit)
        if unit is None or recruited is None or lost is None or day is None:
            continue
        if not found:
            found[day.year] = {}
        earlier, made = found.get(day.year, {}).setdefault(unit, []), Report(day, recruited, lost)
        most = MOST_PERSONS if day.year in [*found][1:] else workforce[unit]
        if _fits(records, row, unit, made, earlier, [*found], most):
            earlier.append(made)
    records.faults.check()
    notes = (*records.notes.values(), *([] if known else [Oddity("note", "progress.no_lost")]))
    every = ((year, {unit: tuple(each) for unit, each in some.items() if each}) for year, some in found.items())
    return [Progress(*each, notes) for each in every] or [Progress(0, {}, notes)]


def read_register(file: Path | Sent, table: Table) -> Register:
    """Register in a file: columns unit, name or code, workers, has_union and, if there is one, eligible.

    `has_union` and `eligible` say yes or no (1 or 0, có or không); `eligible` may instead say how many of the workers
    may join (2 or more). Without that column all may.

    Raises:
        InputError: every blank or unreadable cell, unknown unit, and enterprise that stands there twice.
    """
    records = _records(file, "register", ("unit", "workers", "has_union"), ("name", "code"), ("eligible",))
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
    return Register({unit: tuple(each) for unit, each in found.items()}, (*records.notes.values(),))


def _records(
    file: Path | Sent, kind: str, required: Sequence[str], one_of: Sequence[str] = (), more: Collection[str] = ()
) -> Records:
    """Rows of a file; InputError where it cannot be read or its header lacks a column it needs."""
    settled = in_force(file)
    grid = None if settled else own_grid(file, required)
    if grid is None:
        grid = document_grid(file, kind, as_written(file, settled), required)
    if len(grid.rows) < 2:
        raise InputError(fault("records.empty", grid.place, columns=list(required)))
    records = headed(grid, (*required, *one_of, *more), required, one_of)
    records.faults.check()
    return records


def document_grid(file: Path | Sent, kind: str, answers: Answers, required: Sequence[str]) -> Grid:
    """Rows of a document under our names; sums and what is no row of figures are left out."""
    made = located(file, answers, kind)
    day = _printed_day(made) if "date" in required else None
    required = [each for each in required if day is None or each != "date"]
    inverted = {each.at for each in made.columns.named("lacks_union")}
    for each in made.columns.named("lacks_union"):
        made.columns.rename([each], "has_union", each.confidence)
    for name in COUNTED:
        # Figures count from the year's start: of a month's and those so far the latter are meant.
        same = made.columns.named(name)
        so_far = [each for each in same if _SO_FAR.search(comparable(each.header))]
        made.columns.rename([each for each in same if len(so_far) == 1 and each not in so_far], UNRECOGNISED)
    settle(made, kind, required)
    columns = [each for each in made.columns if each.ours and each.name != INDEX]
    kept = _no_sums(made, columns)
    # Where every other cell is a tick, a blank one says no.
    ticked = [each.at for each in columns if each.name == "has_union"]
    ticked = [at for at in ticked if {str(row.line.cell(at) or "x").strip().casefold() for row in kept} <= TICKS]
    dated = Headed(0, "", "date")

    def cell(row: Row, each: Headed) -> object:
        if each is dated:
            return day
        held = made.cell(row.line, each.at)
        if each.at in ticked:
            held = held or "no"
        if each.at in inverted:
            text = str(held).strip().casefold()
            held = "no" if text in YES else "yes" if text in NO else held
        return held if each.name in TEXTS or isinstance(held, Unread) else lenient(held, made.way, held)

    return made.grid([*columns, dated] if day else columns, kept, cell)


def _printed_day(made: Reading) -> date | None:
    """The one day of all rows that the title, or a header, gives: `tính đến ngày 30/6/2017`."""
    found = _PRINTED_DAY.search(" ".join([*made.titles, *(each.header for each in made.columns)]))
    if found is None or made.columns.has("date"):
        return None
    return date(int(found[3]), int(found[2]), int(found[1]))


def _no_sums(made: Reading, columns: Sequence[Headed]) -> list[Row]:
    """Its rows but those that are sums of others."""
    rows = [row for row in made.rows if not row.why and row.name not in made.answers.out]
    labels, kept = [comparable(label_of(row)) for row in rows], {*made.answers.kept}
    counted = [each.at for each in columns if each.name in COUNTED]
    figures = [[lenient(made.cell(row.line, at), made.way) for at in counted] for row in rows]
    found = judged(labels, [row.index for row in rows], figures, {n for n, row in enumerate(rows) if row.name in kept})
    sums = {at for at, each in found.items() if each.why in ("total", "subtotal")}
    return [row for n, row in enumerate(rows) if n not in sums and (row.name in kept or not is_total(labels[n]))]


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
    if isinstance(cell, int | float) and not isinstance(cell, bool) and cell in _SERIALS:
        return _FIRST_DAY + timedelta(days=int(cell))
    text = name_in(cell)
    for form in _DAYS if text.isascii() else ():
        with suppress(ValueError):
            return datetime.strptime(text, form).date()
    raise NumberError("progress.date", text)


def _fits(
    records: Records, row: int, unit: str, made: Report, earlier: Sequence[Report], years: Sequence[int], workforce: int
) -> bool:
    """Whether a report fits the unit's earlier ones, the years and the workforce; else a fault for each is noted."""
    before = len(records.faults)
    if made.date.year not in years:
        records.fault("progress.year", row, "date", date=f"{made.date:%d/%m/%Y}", year="/".join(map(str, years)))
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
    if text in YES or text in NO or text.startswith(("đã ", "chưa ")):
        return text in YES or text.startswith("đã ")
    raise NumberError("register.flag", text)


def _joinable(records: Records, row: int, workers: int, unit: str | None) -> int | None:
    """Workers who may join: all or none for yes or no, else the number given; None, and a fault, where unclear."""
    if "eligible" not in records.columns:
        return workers
    with suppress(NumberError):
        stated = persons(records.cell(row, "eligible")) or 0
        if stated > 1 and stated > workers:
            records.fault("register.eligible_above_workers", row, "eligible", value=stated, workers=workers)
            return None
        if stated > 1:
            return stated
    flag = records.read(_flag, row, "eligible", unit)
    return None if flag is None else workers * flag
