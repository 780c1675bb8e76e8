"""What the page shows of a state: four stages of every quota, what moved, why, and what helps where nothing can."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from allocator.data.table import Number, Table
from allocator.errors import AllocatorError, Fault, InfeasibleError, fault
from allocator.model.allocation import Allocation, allocate
from allocator.model.claims import MICRO
from allocator.model.scenario import Scenario
from allocator.web.state import State
from allocator.why.comparison import Comparison, compare, misplaced
from allocator.why.remedies import Collision, collision


@dataclass(frozen=True)
class Row:
    """One unit on the page; figures None where they are not known.

    Attributes:
        stages: quota as published, at the start, with the assumptions changed alone, and now.
        moved: change of the quota since the state before, None where there was none.
        fields: text of the unit's own controls by kind (`growth`, `least`, `most`, `lock`).
        wrong: whether a control of the unit holds something that cannot be used.
    """

    unit: str
    workforce: Number | None
    growth: Number | None
    available: float | None
    stages: tuple[Number | None, ...]
    moved: int | None
    effort: float | None
    position: str
    fields: Mapping[str, str]
    wrong: bool = False


@dataclass(frozen=True)
class Stage:
    """One of the four steps from the published table to now, with the members that move from the one before."""

    key: str
    moved: Number | None


@dataclass(frozen=True)
class View:
    """Everything the page shows of one state."""

    state: State
    rows: tuple[Row, ...]
    stages: tuple[Stage, ...]
    allocation: Allocation | None
    comparison: Comparison | None
    faults: tuple[Fault, ...] = ()
    collision: Collision | None = None
    unmoved: Fault | None = None
    notes: tuple[Fault, ...] = ()
    wrong: frozenset[str] = field(default_factory=frozenset)


def view(table: Table, state: State, before: State | None = None) -> View:
    """The page of a state; `before` is the state a change was made to.

    An infeasible or unusable state has no allocation: its faults, and the remedies, are in its place.
    """
    faults: tuple[Fault, ...] = ()
    now: Allocation | None = None
    hit: Collision | None = None
    try:
        now = allocated(table, state.scenario())
    except InfeasibleError as error:
        faults, hit = error.faults, collision(table, state.scenario())
    except AllocatorError as error:
        faults = error.faults
    start = _or_none(table, state, ())
    believed = _or_none(table, state, ("assumptions",))
    past = _or_none(table, before, ("assumptions", "decisions")) if before else None
    published = _published(table, state)
    four: list[Sequence[Number | None] | None] = [published]
    four += [each.quotas if each else None for each in (start, believed, now)]
    wrong = frozenset(each.place for each in faults if each.place)
    rows = tuple(
        Row(
            unit,
            table.column("workforce")[i],
            table.optional("growth_estimate")[i],
            now.claims.available[i] / MICRO if now else None,
            tuple(None if each is None else each[i] for each in four),
            now.quotas[i] - past.quotas[i] if now and past else None,
            now.efforts[i] if now else None,
            now.positions[i] if now else "",
            {kind: state.fields.get(f"{kind}:{unit}", "") for kind in ("growth", "least", "most", "lock")},
            any(place.endswith(f":{unit}") for place in wrong),
        )
        for i, unit in enumerate(table.units)
    )
    still = _unmoved(state, before, now, past)
    found = compare(now) if now else None
    return View(state, rows, _stages(four), now, found, faults, hit, still, now.notes if now else (), wrong)


def _or_none(table: Table, state: State, sides: Sequence[str]) -> Allocation | None:
    """The allocation of a state with only some sides changed; None where it is infeasible."""
    try:
        return allocated(table, state.scenario(sides))
    except AllocatorError:
        return None


def _stages(four: Sequence[Sequence[Number | None] | None]) -> tuple[Stage, ...]:
    made = []
    for index, key in enumerate(("published", "start", "assumptions", "now")):
        here, last = four[index], four[index - 1] if index else None
        known = here is not None and last is not None and None not in here and None not in last
        made.append(Stage(key, misplaced(here, last) if known else None))  # type: ignore[arg-type]
    return tuple(made)


def _published(table: Table, state: State) -> tuple[Number | None, ...] | None:
    name = state.start.get("published")
    return table.optional(name) if name and table.has(name) else None


def _unmoved(state: State, before: State | None, now: Allocation | None, past: Allocation | None) -> Fault | None:
    """Why a change moved no quota: the lots, or the rules that hold; None where something moved or nothing changed."""
    if before is None or now is None or past is None or now.quotas != past.quotas:
        return None
    if {**before.fields} == {**state.fields}:
        return None
    held = [unit for unit, each in zip(now.table.units, now.positions, strict=True) if each != "BY_CLAIM"]
    shifted = max((abs(a - b) for a, b in zip(now.fair_share, past.fair_share, strict=True)), default=0.0)
    if shifted > 1e-9:
        return fault("page.unmoved_lots", lot=now.scenario.lot, shifted=shifted)
    return fault("page.unmoved_held", units=held) if held else fault("page.unmoved_free")


def allocation_of(table: Table, state: State) -> Allocation:
    """The allocation of a state; errors as `allocate`."""
    return allocated(table, state.scenario())


def allocated(table: Table, scenario: Scenario) -> Allocation:
    """The allocation of a scenario, made once; errors as `allocate`."""
    return _allocation(table.place, scenario.model_dump_json(), Kept(table, scenario))


class Kept:
    """Carries what a cached function needs but is not told apart by: the keys beside it already say it all."""

    def __init__(self, *values: Any) -> None:
        self.values = values

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Kept)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=256)
def _allocation(place: str, scenario: str, kept: Kept) -> Allocation:
    table, asked = kept.values
    return allocate(table, asked, method="waterfill")
