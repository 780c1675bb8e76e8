"""The units of a state as the page shows them: a row each, the four numbers, and the steps from the published table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from allocator.data.table import Number, Table
from allocator.errors import fault
from allocator.model.claims import efforts
from allocator.web.cases import allocation_or_none
from allocator.web.fields import unit_of
from allocator.web.look import Look
from allocator.web.state import REFERENCES, State
from allocator.web.store import Store

if TYPE_CHECKING:
    from allocator.model.allocation import Allocation

MOST_NAMED = 2
"""Units that a headline names of those that are alike."""
STAGES = ("published", "start", "assumptions", "now")
Column = Sequence[Number | None]
Shares = Sequence[float | None]


@dataclass(frozen=True)
class UnitRow:
    """A unit as the page shows it.

    Attributes:
        unit: its name; `parent`, `kind`: in a tree, and of a table that has kinds.
        quota, reference, change: members; None where unknown.
        effort: share of its workforce.
        bars: of each scale what `bar_of` gives.
        marks: keys of what is special about it.
    """

    unit: str
    parent: str
    quota: Number | None
    reference: Number | None
    change: Number | None
    effort: float | None
    bars: Mapping[str, tuple[float, float, float | None] | None]
    marks: Sequence[str]


@dataclass(frozen=True)
class Compared:
    """The quotas of a state and of what it is compared with, in the order of `table`, each with its effort.

    Attributes:
        quotas, reference, change: members; None where unknown, as are the efforts.
        available: workforce of each unit, millionths of a person; empty where there is no allocation at all.
    """

    table: Table
    quotas: Column
    reference: Column
    available: Sequence[int]

    @property
    def change(self) -> Column:
        """What each quota is above its reference."""
        pairs = zip(self.quotas, self.reference, strict=True)
        return [None if here is None or there is None else here - there for here, there in pairs]

    def efforts(self, members: Column) -> Shares:
        """Share of the workforce that some members of each unit are."""
        if not self.available:
            return (None,) * len(self.table)
        shares = efforts([each or 0 for each in members], self.available)
        return [None if each is None else share for each, share in zip(members, shares, strict=True)]


def units_shown(store: Store, state: State, look: Look, now: Allocation | None) -> dict[str, Any]:
    """The headline, the rows of the page of units that is looked at, and the steps from the published table to now."""
    begun, believed = (allocation_or_none(store, each) for each in (state.begun, state.reset("decisions")))
    base = now or begun
    table = base.table if base else store.table(state.table)
    quotas: Column = now.quotas if now else (None,) * len(table)
    key, reference = _reference(store, state, table)
    made = Compared(table, quotas, reference, base.claims.available if base else ())
    asked, known = made.efforts(quotas), [each for each in made.change if each is not None]
    blank = [unit for unit, each in zip(table.units, made.change, strict=True) if each is None]
    least, most = _ends(known)
    order = {"quota": quotas if now else reference, "change": [each and abs(each) for each in made.change]}
    found = look.chosen(table, {**order, "effort": asked})
    shown, page, pages = look.of_page(found)
    published = _published(state, table)
    four = published, *(each.quotas if each else None for each in (begun, believed, now))
    beside = {look.open} & {table.units[at] for at in shown}
    return {
        "reference": key,
        "references": [*REFERENCES[published is None :], *(["marked"] if key == "marked" else ())],
        "hidden": [name for name in state.fields if ":" in name and unit_of(name) not in beside],
        "rows": _rows(made, shown, state, now),
        "found": len(found),
        "count": len(table),
        "page": page,
        "pages": pages,
        "stages": _stages([*zip(STAGES, four, strict=True)]),
        "total": now and now.scenario.target,
        "gained": _gained(known) if now and known else None,
        "change_total": None if blank else sum(known),
        "effort_total": efforts((now.scenario.target,), (sum(made.available),))[0] if now else None,
        "extremes": [(end, _with(table.units, asked, end)) for end in _ends([e for e in asked if e is not None])],
        "most": [
            (key, end, _with(table.units, made.change, end))
            for key, end, holds in (("up", most, most > 0), ("down", least, least < 0))
            if holds
        ],
        "unknown": _few(blank) if known else [],
    }


def _rows(made: Compared, shown: Sequence[int], state: State, now: Allocation | None) -> list[UnitRow]:
    """The rows of some units, by their indices."""
    table, change = made.table, made.change
    pairs = {"effort": [*map(made.efforts, (made.quotas, made.reference))], "members": [made.quotas, made.reference]}
    ends = {scale: _largest(each) for scale, each in pairs.items()}
    fixed = {unit_of(name) for name in state.fields if name.startswith("figure:")}
    places = now.positions if now else ("BY_CLAIM",) * len(table)
    return [
        UnitRow(
            table.units[at],
            (table.parents[at] if table.parents else None) or "",
            made.quotas[at],
            made.reference[at],
            change[at],
            pairs["effort"][0][at],
            {scale: bar_of(here[at], there[at], ends[scale]) for scale, (here, there) in pairs.items()},
            [each for each, holds in ((places[at], places[at] != "BY_CLAIM"), ("CORRECTED", table.units[at] in fixed))
             if holds],
        )
        for at in shown
    ]  # fmt: skip


def _largest(columns: Iterable[Sequence[float | None]]) -> float:
    return max((each for column in columns for each in column if each is not None), default=0)


def bar_of(value: float | None, reference: float | None, end: float) -> tuple[float, float, float | None] | None:
    """Where a bar ends, how far it reaches together with its reference, and where that is; percent of its width."""
    if value is None and reference is None:
        return None
    here, there = (None if each is None or not end else round(100 * each / end, 1) for each in (value, reference))
    return here or 0.0, max(here or 0.0, there or 0.0), there


def _ends(known: Sequence[float]) -> tuple[float, ...]:
    """The least and the largest of some values, or the one there is; 0 twice where there is none."""
    return (min(known), max(known)) if known else (0, 0)


def _with(units: Sequence[str], values: Shares, end: float) -> list[Any]:
    """The units that have a value: the first, and how many more there are."""
    return _few([unit for unit, each in zip(units, values, strict=True) if each == end])


def _few(units: Sequence[str]) -> list[Any]:
    """The first of some units, and how many more there are."""
    more = len(units) - MOST_NAMED
    return [*units[:MOST_NAMED], *([fault("list.more", count=more)] if more > 0 else ())]


def _gained(change: Sequence[Number]) -> tuple[Number, Number]:
    """Members that some units are asked for more, and others for less."""
    return sum(each for each in change if each > 0), -sum(each for each in change if each < 0)


def referred(store: Store, state: State) -> State:
    """The state compared with something: the published table where it has one, else the start."""
    known = _published(state, store.table(state.table)) is not None
    wanted = state.ref or "published"
    return replace(state, ref=wanted if known or wanted != "published" else "start")


def _reference(store: Store, state: State, table: Table) -> tuple[str, Column]:
    """What is compared with: its name, and its quota of every unit, None where it has none."""
    state = referred(store, state)
    if state.ref == "published":
        return "published", table.optional(state.start["published"])
    there = allocation_or_none(store, state.reference)
    quotas = there.by_unit if there else {}
    key = "start" if state.ref == "start" else "marked"
    return key, [quotas.get(unit) for unit in table.units]


def _published(state: State, table: Table) -> Column | None:
    """The published quotas of the units; None where there is no such column."""
    name = state.start["published"]
    return table.optional(name) if name in table.columns else None


def _stages(four: Sequence[tuple[str, Column | None]]) -> list[tuple[str, tuple[Number, Number] | None]]:
    """The steps from the published table to now, each with what it asks more and less than the one before.

    Of the units that both have a figure of.
    """
    made: list[tuple[str, tuple[Number, Number] | None]] = [(four[0][0], None)]
    for (_, last), (key, here) in pairwise(four):
        pairs = zip(here, last, strict=True) if here and last and len(here) == len(last) else ()
        change = [a - b for a, b in pairs if a is not None and b is not None]
        made.append((key, _gained(change) if change else None))
    return made
