"""States as cases: their table with what they correct, their allocation, each made once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial, reduce
from typing import TYPE_CHECKING, Any, TypeVar

from allocator.data.table import ATTAINMENT, Table
from allocator.errors import AllocatorError, InputError, fault
from allocator.model.scenario import Scenario
from allocator.questions import Case
from allocator.web.fields import FIXED
from allocator.web.state import State
from allocator.web.store import Store

if TYPE_CHECKING:
    from allocator.model.allocation import Allocation

Made = TypeVar("Made")
KEPT: dict[tuple[Any, ...], Any] = {}
MOST_KEPT = 400


def correcting(store: Store, state: State) -> State:
    """The state without figures that are those of its table: these correct nothing."""
    table, idle = store.table(state.table), []
    with suppress(InputError):  # of a field that is none: it is told with the rest
        for unit, column, value in state.figures:
            if unit in table.units and table.optional(column)[table.units.index(unit)] == value:
                idle.append(f"figure:{column}:{unit}")
    return state.put_back(*idle) if idle else state


def table_of(store: Store, state: State) -> Table:
    """The table of a state with the figures it corrects; InputError where it has no such unit."""
    table = store.table(state.table)
    known = {*table.columns, *FIXED, ATTAINMENT}
    unknown = [each for each in state.figures if each[0] not in table.units or each[1] not in known]
    if unknown:
        raise InputError([fault("page.no_unit", f"figure:{column}:{unit}", unit=unit) for unit, column, _ in unknown])
    if not state.figures:
        return table
    key = ("table", table.fingerprint, *state.figures)
    return once(key, lambda: reduce(lambda made, each: made.with_figure(each[1], made.units.index(each[0]), each[2]),
                                    state.figures, table))  # fmt: skip


def allocation_of(store: Store, state: State) -> Allocation:
    """The allocation of a state; errors as `allocate`."""
    scenario = state.scenario()
    return case_of(table_of(store, state), scenario).allocation


def allocation_or_none(store: Store, state: State) -> Allocation | None:
    """The allocation of a state; None where it has none."""
    with suppress(AllocatorError):
        return allocation_of(store, state)
    return None


def case_of(table: Table, scenario: Scenario, name: str = "") -> Case:
    """A scenario as a case, made once, and its allocation with it; one that has a `name` is called by it."""
    name = name.replace("/", "∕")  # it is no path
    key = ("case", name, table.fingerprint, scenario.model_dump_json())
    return once(key, lambda: Case(name or "page", table, scenario, "waterfill", called=name))


def begun_as(case: Case, given: Table, state: State) -> Case:
    """A state's case that knows what it began as: its scenario at the start, the table `given` without corrections."""
    return replace(
        case, begun=partial(_start, given, state), decided={unit: state.noted(unit) for unit, *_ in state.figures}
    )


def _start(given: Table, state: State) -> tuple[Table, Scenario]:
    return given, state.begun.scenario()


def once(key: tuple[Any, ...], make: Callable[[], Made]) -> Made:
    """What `make` makes, made once for a key that tells all it depends on; what was asked for last is kept."""
    made: Made = KEPT.pop(key, None) or make()
    KEPT[key] = made
    for old in [*KEPT][:-MOST_KEPT]:
        KEPT.pop(old, None)
    return made
