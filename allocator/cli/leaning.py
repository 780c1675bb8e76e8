"""The part of `allocator sensitivity` beyond the draws: what moves the allocation, what is safer, and charts of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allocator.cli import Call
from allocator.cli.terminal import Progress, console, print_table
from allocator.errors import InputError, fault
from allocator.words import Words

if TYPE_CHECKING:
    from allocator.analysis.leaning import Leaning
    from allocator.data.table import Table
    from allocator.model.scenario import Scenario
    from allocator.report.charts import Chart

MOST_UNITS = 100
SHOWN = 8


def worked_out(call: Call, table: Table, scenario: Scenario, tips: bool) -> Leaning:
    """What an allocation leans on, with who tips whom where asked for; InputError above `MOST_UNITS` units."""
    from allocator.analysis.leaning import leaning
    from allocator.analysis.tipping import tips_one_by_one

    if len(table) > MOST_UNITS:
        raise InputError(fault("sensitivity.too_many_units", units=len(table), most=MOST_UNITS))
    found = leaning(table, scenario)
    if not tips:
        return found
    made = {}
    with Progress(call.words("sensitivity.progress_tips"), len(table)) as progress:
        for unit, row in tips_one_by_one(table, scenario, others=True):
            made[unit] = row
            progress.show(len(made))
    return replace(found, tips=made)


def draw(folder: Path, words: Words, document: dict[str, Any], found: Leaning, realisation: float) -> list[str]:
    """Write every chart as SVG and PNG, all or none; the names of the files."""
    from allocator.writing import write_folder

    contents: dict[str, bytes | str] = {}
    for chart in _charts(words, document, found, realisation):
        contents |= {f"{chart.name}.svg": chart.svg(), f"{chart.name}.png": chart.png()}
    write_folder(folder, contents)
    return list(contents)


def _charts(words: Words, document: dict[str, Any], found: Leaning, realisation: float) -> Iterator[Chart]:
    from allocator.report import risk_charts

    yield risk_charts.shortfall(document["units"], words)
    if document["units"][0]["p50"] is not None:
        yield risk_charts.bands(document["units"], words)
    yield risk_charts.tornado(risk_charts.tornado_rows([each.to_json() for each in found.tornado], words), words)
    if found.curve is not None and (rows := list(found.curve.rows())):
        yield risk_charts.curves(rows, words("parameter.growth.realisation"), realisation, words)
    if len(found.frontier) > 1:
        yield risk_charts.frontier([each.to_json() for each in found.frontier], words)


def show(words: Words, found: Leaning) -> None:
    """Print the tornado, and the frontier's ends, knee and a few choices between."""
    from allocator.report.risk_charts import tornado_rows

    swings = tornado_rows([each.to_json() for each in found.tornado], words)
    rows = [[row["label"], *(_end(words, row, side) for side in ("low", "high"))] for row in swings]
    headers = [words(f"column.{each}") for each in ("input", "input_low", "input_high")]
    print_table(headers, rows, title=words("chart.tornado.title"))
    step = max(1, len(found.frontier) // SHOWN)
    last = len(found.frontier) - 1
    rows = [
        [f"{words.number(each.weight, 3)}{' ◆' if each.knee else ''}", words.number(each.moved),
         words.number(each.expected_shortfall, 1)]
        for n, each in enumerate(found.frontier)
        if n % step == 0 or n == last or each.knee
    ]  # fmt: skip
    if rows:
        headers = [words(f"column.{each}") for each in ("risk_weight", "moved", "expected_short")]
        console().print(words("sensitivity.frontier", count=len(found.frontier)))
        print_table(headers, rows)


def _end(words: Words, row: dict[str, Any], side: str) -> str:
    key = "chart.tornado.none" if row[side] is None else "chart.tornado.label"
    return words(key, at=row[f"{side}_label"], moved=row[side])
