"""A round's table: what units ask for, a quota or a corrected figure each, who asks, why, and what was decided."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from allocator.data.answers import as_written, in_force
from allocator.data.findings import ColumnName, Oddity, columns_named
from allocator.data.grid import Grid, Records, headed, name_in, own_grid
from allocator.data.limits import Sent
from allocator.data.meaning import BIDS, INDEX, Columns, Headed, comparable, recognise
from allocator.data.numbers import Unread, persons
from allocator.data.printed_figures import lenient
from allocator.data.read import reader_of
from allocator.data.reading import Reading, located, settle
from allocator.data.row_kinds import Row, label_of
from allocator.data.sums import is_total
from allocator.data.table import ATTAINMENT, ESTIMATE, Number, Table, fold
from allocator.errors import fault

BID = "bid"
CORRECTED = ("workforce", ESTIMATE, "recruited", "lost", "term_target", ATTAINMENT)
"""Figures that a unit may say are others."""
TOLD = ("by", "reason", "decision", "decision_reason")
DECISIONS = {
    "accept": ("accept figure", "accept", "accepted", "chap nhan so lieu", "chap nhan", "so lieu dung"),
    "grant": ("grant", "granted", "dong y", "duyet", "chap thuan"),
    "decline": ("decline", "declined", "khong dong y", "khong chap nhan", "khong duyet", "tu choi"),
}
"""What may be decided of a row, as headers are compared."""
_ASKED = re.compile(r"\b(de nghi|de xuat|sua( lai| thanh)?|dung|dieu chinh|corrected?|right|should be)\b")


@dataclass(frozen=True)
class Bid:
    """What a unit asks for in one cell.

    Attributes:
        unit: who asks.
        column: the figure that is said to be another, or `bid` for a quota.
        asked: members of a quota, else the figure as it should be.
        by, reason: who speaks for the unit, and why.
        decision: `accept` a figure, `grant` a quota, `decline` either; empty where nothing was decided.
        decision_reason: why it was decided so.
        place: the cell.
    """

    unit: str
    column: str
    asked: Number
    by: str = ""
    reason: str = ""
    decision: str = ""
    decision_reason: str = ""
    place: str = ""

    @property
    def is_claim(self) -> bool:
        """Whether it says that a figure is wrong, and does not wish for a quota."""
        return self.column != BID

    def present(self, table: Table) -> Number | None:
        """The figure that is said to be another, as a table has it; None for a quota, and where that is not known."""
        return table.optional(self.column)[table.units.index(self.unit)] if self.is_claim else None

    @property
    def choices(self) -> tuple[str, ...]:
        """What may be decided of it."""
        return ("accept" if self.is_claim else "grant", "decline", "")


@dataclass(frozen=True)
class Bids:
    """All that is asked for in a round, in the order of the file, and `notes` of how it was read."""

    entries: tuple[Bid, ...]
    notes: tuple[Oddity, ...] = ()

    def decided(self, decide: Callable[[Bid], tuple[str, str]]) -> Bids:
        """The same with what is decided of each entry, and why; what cannot be decided of it is undecided."""
        told = [(each, *decide(each)) for each in self.entries]
        made = (replace(each, decision=code * (code in each.choices), decision_reason=why) for each, code, why in told)
        return replace(self, entries=tuple(made))


def read_bids(file: Path | Sent, table: Table, lot: int) -> Bids:
    """What a file asks for: columns unit, `bid` or a figure of the table, and by, reason, decision if they are there.

    A unit may stand in several rows, but ask once only in a column. A figure that is the table's asks for nothing,
    which is noted, and so is a unit without any figure.

    Args:
        file: any document that holds such a table.
        table: the units; inner ones of a tree ask for nothing.
        lot: members a lot, of which a bid is a whole number.

    Raises:
        InputError: every unknown or inner unit, cell that holds no such figure or no whole lots, word that is no
            decision, reason or decision without a figure, and cell that asks again, each with its line and cell.
    """
    records, notes = _records(file, table)
    figures = [each for each in records.columns if each == BID or each not in ("unit", *TOLD)]
    if not figures:
        wanted = [ColumnName(each) for each in (BID, *CORRECTED)]
        records.faults.append(fault("bids.no_column", records.grid.at(0, 0), columns=wanted))
    records.faults.check()
    reading = _Reading(records, table, lot, figures)
    entries = tuple(each for row in records.rows() for each in reading.row(row))
    records.faults[:] = map(columns_named, records.faults)
    records.faults.check()
    return Bids(entries, (*notes, *records.notes.values(), *reading.notes()))


@dataclass
class _Reading:
    """The rows of a round's table, on their way to what is asked in them.

    Attributes:
        figures: columns in which something may be asked.
        seen: where a unit asked in a column; `same`: cells of a column that are as in the table; `blank`: units that
            ask for nothing.
    """

    records: Records
    table: Table
    lot: int
    figures: Sequence[str]
    seen: dict[tuple[str, str], str] = field(default_factory=dict)
    same: dict[str, list[str]] = field(default_factory=dict)
    blank: list[str] = field(default_factory=list)

    @cached_property
    def known(self) -> frozenset[str]:
        """The units that may ask: the leaves."""
        return frozenset({*self.table.units} - {*self.table.parents})

    def row(self, row: int) -> list[Bid]:
        """What a row asks for."""
        records = self.records
        if (name := name_in(records.cell(row, "unit"))) in self.table.parents:
            records.fault("appeal.inner", row, "unit", unit=name)
            return []
        unit = records.unit(row, self.known)
        if unit is None:
            return []
        told: dict[str, Any] = {each: name_in(records.cell(row, each)) for each in TOLD}
        found = [each for column in self.figures if (each := self._cell(row, unit, column, told))]
        stated = [each for each in self.figures if records.cell(row, each) not in (None, "")]
        if not stated:
            said = next((each for each in ("decision", "decision_reason", "reason") if told[each]), None)
            if said:
                records.fault("bids.no_figure", row, said, unit=unit)
            else:
                self.blank.append(unit)
        return self._decided(row, told["decision"], found)

    def _cell(self, row: int, unit: str, column: str, told: dict[str, Any]) -> Bid | None:
        records, faults = self.records, len(self.records.faults)
        asked = records.read(persons if column == BID else reader_of(column), row, column, unit, required=False)
        if asked is None:
            return None
        place = records.place(row, column)
        if (earlier := self.seen.setdefault((unit, column), place)) != place:
            records.fault("bids.twice", row, column, unit=unit, earlier=earlier, what=ColumnName(column))
        if column == BID and asked % self.lot:
            low = int(asked // self.lot * self.lot)
            records.fault("appeal.not_lots", row, column, asked=asked, lot=self.lot, low=low, high=low + self.lot)
        elif column != BID and asked == self.table.optional(column)[self.table.units.index(unit)]:
            self.same.setdefault(column, []).append(place)
            return None
        return Bid(unit, column, asked, **told, place=place) if len(records.faults) == faults else None

    def _decided(self, row: int, text: str, found: list[Bid]) -> list[Bid]:
        """Entries of a row with what was decided of them: a word that fits one kind only is about those of it."""
        code = next((code for code, words in DECISIONS.items() if comparable(text) in words), "")
        if text and not code:
            self.records.fault("bids.decision", row, "decision", cell=text)
        if code == "grant" and all(each.is_claim for each in found):
            code = "accept"
        if code == "accept" and found and not any(each.is_claim for each in found):
            self.records.fault("bids.no_claim", row, "decision", cell=text, unit=found[0].unit)
        fits = {"accept": True, "grant": False}
        return [replace(each, decision=code * (fits.get(code, each.is_claim) == each.is_claim)) for each in found]

    def notes(self) -> Iterator[Oddity]:
        """What is asked for nowhere."""
        for column, places in self.same.items():
            yield Oddity("note", "bids.same", column=column, values={"cells": places, "count": len(places)})
        if self.blank:
            yield Oddity("note", "bids.blank", values={"units": self.blank, "count": len(self.blank)})


def _records(file: Path | Sent, table: Table) -> tuple[Records, list[Oddity]]:
    """Rows of a file under our names, with what is to be said of how it was read."""
    settled = in_force(file)
    own = {*TOLD, "unit", BID, *CORRECTED, *table.columns}
    grid, notes = None if settled else own_grid(file, ("unit",)), list[Oddity]()
    heads = [fold(str(each or "")).casefold() for each in grid.rows[0]] if grid else []
    if grid is None or not {*heads} - {""} <= own or _has_total(grid, heads.index("unit"), table):
        made = located(file, as_written(file, settled), BIDS)
        made.columns = Columns(_meant(each, table) for each in made.columns)
        settle(made, BIDS, ("unit",))
        made.faults.check()
        grid, notes = _grid(made, own, table), made.findings
    records = headed(grid, own, ("unit",))
    return records, notes


def _has_total(grid: Grid, at: int, table: Table) -> bool:
    """Whether a row is no unit's but a total, which is found where a document is read."""
    names = (name_in(each[at]) for each in grid.rows[1:] if len(each) > at)
    return any(is_total(comparable(each)) and each not in table.units for each in names)


def _meant(column: Headed, table: Table) -> Headed:
    """A column by the name of one of the table's own, or by its header without the words that say it was corrected."""
    if column.name or column.mapped:
        return column
    if (name := fold(column.header).casefold()) in table.columns:
        return replace(column, name=name, confidence=1.0)
    plain = _ASKED.sub("", comparable(column.header)).strip()
    name, confidence = recognise((plain,)) if plain else ("", 0.0)
    return replace(column, name=name, confidence=confidence) if name in CORRECTED else column


def _grid(made: Reading, own: set[str], table: Table) -> Grid:
    """The rows of a document that are units', under our names; what is left out is noted."""
    columns = []
    for each in made.columns:
        if not each.ours or each.name == INDEX:
            continue
        if each.name in ("unit", BID, *TOLD, *CORRECTED) or (each.name in own and each.confidence == 1):
            columns.append(each)
        else:
            made.note("aside_bids", column=each.header, place=made.header.place(each.at))
    kept = [row for row in made.rows if _asks(made, row, table)]

    def cell(row: Row, each: Headed) -> object:
        held = made.cell(row.line, each.at)
        if each.name in TOLD or isinstance(held, Unread):
            return held
        value = lenient(held, made.way, held)
        return value * each.factor if each.factor != 1 and isinstance(value, int | float) else value

    return made.grid(columns, kept, cell)


def _asks(made: Reading, row: Row, table: Table) -> bool:
    """Whether a row is a unit's; one that is not is noted, but for a blank one."""
    if row.name in made.answers.out:
        return False
    total = is_total(comparable(label_of(row))) and row.name not in made.answers.kept
    if not total and (not row.why or row.name in table.units):
        return True
    made.note("subtotal" if total else "left_out", row=label_of(row), place=row.line.place())
    return False
