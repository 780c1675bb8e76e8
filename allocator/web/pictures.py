"""Charts of a state as SVG, and what they and the sections beside them rest on, each worked out once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from allocator.analysis.result import unit_rows
from allocator.analysis.steps import STEPS
from allocator.data.table import Table
from allocator.errors import InputError, fault
from allocator.report import charts, findings, risk_charts
from allocator.web.state import State
from allocator.web.view import allocation_of, explained
from allocator.words import Words

if TYPE_CHECKING:
    from allocator.model.allocation import Allocation
    from allocator.report.charts import Chart

DRAWS = 4_096
MOST_DRAWN = 60
"""Units up to which a chart of all of them can be read."""


class _Kept:
    """An object beside a cache key that already tells it apart."""

    def __init__(self, *values: Any) -> None:
        self.values = values

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Kept)

    def __hash__(self) -> int:
        return 0


def _frontier_of(made: Allocation) -> Any:
    from allocator.analysis.frontier import frontier

    return frontier(made.table, made.scenario)


def _swings_of(made: Allocation) -> Any:
    from allocator.analysis.tornado import tornado

    return tornado(made.table, made.scenario)


FINDINGS: Mapping[str, Callable[[Allocation], Any]] = {
    "sensitivity": lambda made: findings.sensitivity(made, DRAWS),
    "calibration": findings.calibration,
    "frontier": _frontier_of,
    "tornado": _swings_of,
}


def found(name: str, table: Table, state: State) -> Any:
    """One of `FINDINGS` about a state, worked out once; None where there is nothing to find."""
    return _found(name, state.query, _Kept(table, state))


@lru_cache(maxsize=64)
def _found(name: str, query: str, kept: _Kept) -> Any:
    return FINDINGS[name](allocation_of(*kept.values))


def _published(table: Table, state: State, words: Words) -> Chart:
    return charts.published(unit_rows(allocation_of(table, state)), words)


def _effort(table: Table, state: State, words: Words) -> Chart:
    return charts.effort(unit_rows(allocation_of(table, state)), words)


def _bands(table: Table, state: State, words: Words) -> Chart | None:
    swept = found("sensitivity", table, state)
    rows = [each for each in swept["units"] if each["p50"] is not None] if swept else []
    return risk_charts.bands(rows, words) if rows else None


def _shortfall(table: Table, state: State, words: Words) -> Chart | None:
    swept = found("sensitivity", table, state)
    return risk_charts.shortfall(swept["units"], words) if swept else None


def _tornado(table: Table, state: State, words: Words) -> Chart | None:
    rows = risk_charts.tornado_rows([each.to_json() for each in found("tornado", table, state)], words)
    return risk_charts.tornado(rows, words) if rows else None


def _frontier(table: Table, state: State, words: Words) -> Chart | None:
    rows = [each.to_json() for each in found("frontier", table, state)]
    return risk_charts.frontier(rows, words) if len(rows) > 1 else None


def _calibration(table: Table, state: State, words: Words) -> Chart | None:
    explained = found("calibration", table, state)
    return charts.calibration(explained["units"], words) if explained else None


CHARTS: Mapping[str, Callable[[Table, State, Words], Chart | None]] = {
    "published": _published,
    "effort": _effort,
    "bands": _bands,
    "shortfall": _shortfall,
    "tornado": _tornado,
    "frontier": _frontier,
    "calibration": _calibration,
}
"""Charts by name; None where the state has nothing to draw."""
BESIDE: Mapping[str, tuple[str, ...]] = {
    "sensitivity": ("bands", "shortfall", "tornado"),
    "frontier": ("frontier",),
    "calibration": ("calibration",),
}
"""Charts that stand in a section."""


def chart(table: Table, state: State, name: str, words: Words) -> str:
    """A chart of the state as SVG; the name of a waterfall is `steps-` and the unit's position."""
    if len(table) > MOST_DRAWN and not name.startswith("steps-"):
        raise InputError(fault("page.too_many_drawn", most=MOST_DRAWN))
    made = _chart(name, state.query, words.language, _Kept(table, state, words))
    if made is None:
        raise InputError(fault("page.no_chart", name=name[:40]))
    return _svg(name, state.query, words.language, _Kept(made))


@lru_cache(maxsize=128)
def _chart(name: str, query: str, language: str, kept: _Kept) -> Chart | None:
    table, state, words = kept.values
    if name.startswith("steps-") and name[6:].isdigit() and int(name[6:]) < len(table):
        return _waterfall(table, state, int(name[6:]), words)
    return CHARTS[name](table, state, words) if name in CHARTS else None


@lru_cache(maxsize=128)
def _svg(name: str, query: str, language: str, kept: _Kept) -> str:
    return kept.values[0].svg()  # type: ignore[no-any-return]


def _waterfall(table: Table, state: State, index: int, words: Words) -> Chart:
    row = explained(table, state, words).steps.units[index]
    rows = [{"label": words(f"step.{s}"), "members": each / 10} for s, each in zip(STEPS, row, strict=True)]
    return charts.waterfall(rows, words, table.units[index])


def beside(table: Table, state: State, section: str, words: Words) -> list[tuple[str, str]]:
    """Name and alternative text of each chart a section shows."""
    if len(table) > MOST_DRAWN:
        return []
    kept = _Kept(table, state, words)
    made = ((name, _chart(name, state.query, words.language, kept)) for name in BESIDE.get(section, ()))
    return [(name, chart.alt) for name, chart in made if chart is not None]
