"""The figures of a document's table, each read at its place; what cannot be what it seems is refused or told."""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from allocator.data.answers import OpenQuestion, PossibleAnswer, Unsettled
from allocator.data.blocks import Line
from allocator.data.meaning import COUNTS, INDEX, UNRECOGNISED, Headed, comparable, measure
from allocator.data.numbers import NumberError, Unread, share_or_percent, whole
from allocator.data.printed_figures import cell_figure, counted, is_figure, lenient, printed_count, shown_figure
from allocator.data.table import ATTAINMENT, HISTORY, PERSON_COLUMNS, TEXT_COLUMNS, Number
from allocator.errors import fault

if TYPE_CHECKING:
    from allocator.data.reading import Reading

Figures = dict[str, dict[str, Number | None]]


def figures_of(reading: Reading) -> Figures:
    """Figures by column and unit; InputError with all that cannot be read, Unsettled where an answer settles it."""
    _measure(reading)
    figures = _every_figure(reading)
    _split_marks(reading, figures)
    _odd_cells(reading, figures)
    _check(reading)
    return figures


def _check(reading: Reading) -> None:
    """Raise what is wrong; with a question where another way of writing numbers would settle all of it."""
    if any(each.key.startswith("cell.two_ways") for each in reading.faults):
        rows = [*reading.units.values(), *([reading.totals] if reading.totals else [])]
        cells = [reading.cell(row.line, each.at) for row in rows for each in reading.columns.named(*COUNTS)]
        if ways := [way for way in ("vi", "en", "fr") if all(counted(cell, way) for cell in cells)]:
            about = fault("import.which_numbers", reading.header.place())
            raise Unsettled([OpenQuestion(about, [PossibleAnswer("--numbers", way) for way in ways])], reading.faults)
    reading.faults.check()


def _measure(reading: Reading) -> None:
    """Take figures in thousands for what they are, where the lines above the table say so."""
    words = re.compile(r"\b(dvt|don vi tinh|don vi|unit|in)\b")
    told = [each for each in reading.titles if words.search(comparable(each)) and len(each) < 60]
    factor = next((found for each in reversed(told) if (found := measure(each))), 1)
    plain = [each for each in reading.columns.named(*PERSON_COLUMNS) if each.factor == 1]
    if factor == 1 or not plain:
        return
    broken = [each for each in plain if any(isinstance(v, float) for v in _values(reading, each))] or plain
    rest = [each for each in plain if each not in broken]
    scaled = sum(float(v or 0) * factor for each in broken for v in _values(reading, each))
    if rest and any(sum(float(v or 0) for v in _values(reading, each)) * factor < 100 * scaled for each in rest):
        headers = [each.header for each in rest]
        about = fault("import.which_measure", reading.header.place(), factor=factor, columns=headers)
        raise Unsettled([OpenQuestion(about, [PossibleAnswer("--map", f"{each.header}={each.name}") for each in rest])])
    for each in broken:
        reading.columns[each.at] = replace(each, factor=factor)
    reading.note(
        "measure" if rest else "measure_all", "warning", place=reading.header.place(), factor=factor,
        columns=[each.header for each in broken], others=[each.header for each in rest],
    )  # fmt: skip


def _values(reading: Reading, column: Headed) -> list[Number | None]:
    """Figures of a column's units that can be read."""
    return [lenient(reading.cell(row.line, column.at), reading.way) for row in reading.units.values()]


def _every_figure(reading: Reading) -> Figures:
    """Figures by column and unit; faults for cells that cannot be read one way only."""
    made: Figures = {}
    for column in reading.columns:
        if column.name in (UNRECOGNISED, ATTAINMENT):
            _refuse_errors(reading, column)
        if not column.ours or column.name in (INDEX, ATTAINMENT, *TEXT_COLUMNS):
            continue
        made[column.name] = {unit: read_figure(reading, column, row.line, unit) for unit, row in reading.units.items()}
        if reading.totals:
            read_figure(reading, column, reading.totals.line, "")
    if ATTAINMENT in reading.at and not all(each in made for each in HISTORY):
        made[ATTAINMENT] = _shares(reading)
    return made


def _refuse_errors(reading: Reading, column: Headed) -> None:
    """Refuse error cells and formulas without a value in a column whose figures are not read otherwise."""
    for unit, row in reading.units.items():
        if isinstance(cell := reading.cell(row.line, column.at), Unread):
            error = NumberError(cell.key, cell)
            reading.faults.append(error.fault(row.line.place(column.at), column=column.header or "?", unit=unit))


def _shares(reading: Reading) -> dict[str, Number | None]:
    """Stated attainment of each unit; a figure under a header with a percent sign is in percent."""
    (column,) = reading.columns.named(ATTAINMENT)
    percent = "%" in column.header or "phan tram" in comparable(column.header) or "percent" in column.header.casefold()
    made: dict[str, Number | None] = {}
    for unit, row in reading.units.items():
        cell = reading.cell(row.line, column.at)
        try:
            signed = isinstance(cell, str) and cell.strip().endswith("%")
            plain = None if signed else cell_figure(cell, reading.way)
            plain = plain / 100 if percent and plain is not None else plain
            made[unit] = share_or_percent(cell if plain is None else plain)
        except NumberError as error:
            reading.faults.append(error.fault(row.line.place(column.at), column=column.name, unit=unit))
    return made


def read_figure(reading: Reading, column: Headed, line: Line, unit: str) -> Number | None:
    """Figure of a unit in a column of counts, None where it is blank or, which is noted, cannot be read."""
    place, shown = line.place(column.at), unit or reading.text(line, "unit") or "–"
    size, cell = line.part.merged.get((line.index, column.at)), reading.cell(line, column.at)
    try:
        if size and is_figure(cell):
            raise NumberError("import.merged", shown_figure(cell), rows=size[0], columns=size[1])
        count = column.name in COUNTS and column.factor == 1
        if count and isinstance(cell, str) and reading.way != "plain":
            value: Number | None = printed_count(cell, reading.way)
        else:
            value = cell_figure(cell, reading.way)
            if value is not None and (count or column.factor != 1):
                value = whole(value * column.factor, cell)
        if column.name in PERSON_COLUMNS and value is not None and value < 0:
            raise NumberError("cell.negative", cell)
        if column.name == "workforce" and value is None and unit and "parent" not in reading.at:
            raise NumberError("cell.blank", "")
    except NumberError as error:
        reading.faults.append(error.fault(place, column=column.name, unit=shown))
        return None
    return value


def _split_marks(reading: Reading, figures: Figures) -> None:
    """Refuse rows of a file parted by commas in which a figure's own comma parted it: `1,100` as two cells.

    Such a row has as many cells as any other where its last was blank. Its figures tell: put together they are of the
    size of the others in their columns, apart they are not.
    """
    if reading.block.header.part.mark != ",":
        return
    columns = sorted(reading.columns.named(*COUNTS), key=lambda each: each.at)
    sizes = {
        each.name: {unit: math.log10(v) for unit, v in figures[each.name].items() if v is not None and v > 0}
        for each in columns
    }

    def off(unit: str, values: Sequence[Number | None]) -> float:
        """How far figures of a unit are from those that others have in their columns, in powers of ten."""
        far = 0.0
        for each, value in zip(columns, values, strict=False):
            others = [size for other, size in sizes[each.name].items() if other != unit]
            far += abs(math.log10(value) - statistics.median(others)) if value and value > 0 and others else 0
        return far

    for unit, row in reading.units.items():
        values = [figures[each.name][unit] for each in columns]
        for n, (one, two) in enumerate(pairwise(values)):
            text = str(reading.cell(row.line, columns[min(n + 1, len(columns) - 1)].at))
            if one and two is not None and 0 < one < 1000 and re.fullmatch(r"\d{3}", text):
                joined = [*values[:n], one * 1000 + two, *values[n + 2 :]]
                if off(unit, values) - off(unit, joined) > 1:
                    place, cell = row.line.place(columns[n].at), f"{one},{text}"
                    reading.faults.append(fault("cell.split_mark", place, cell=cell, plain=one * 1000 + two, unit=unit))


def _odd_cells(reading: Reading, figures: Figures) -> None:
    """Point at the one figure that is out of line where a column does not add up to its printed total."""
    if reading.totals is None:
        return
    for column in reading.columns.named(*PERSON_COLUMNS):
        total = lenient(reading.cell(reading.totals.line, column.at), reading.way)
        values, base = figures[column.name], figures.get("workforce", {})
        added = sum(value or 0 for value in values.values())
        if total is None or total * column.factor == added or len(values) < 3:
            continue
        missing = total * column.factor - added
        ratios = {
            unit: (math.log10(value / held), math.log10((value + missing) / held))
            for unit, value in values.items()
            if value and (held := base.get(unit) if column.name != "workforce" else 1) and value + missing > 0
        }
        if len(ratios) < 3:
            continue
        middle = statistics.median(now for now, _ in ratios.values())
        gains = {unit: abs(now - middle) - abs(then - middle) for unit, (now, then) in ratios.items()}
        unit = max(gains, key=lambda each: gains[each])
        if gains[unit] > 1:
            place, value = reading.units[unit].line.place(column.at), values[unit]
            made = {"printed": value, "recomputed": (value or 0) + missing, "total": total * column.factor}
            reading.note("odd_cell", "warning", unit, column.name, place=place, **made)
