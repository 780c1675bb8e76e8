"""What the page shows of a state: four numbers, a bar a unit, what moved and why, and what helps where nothing can."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from allocator.data.table import Number, Table
from allocator.errors import AllocatorError, Fault, InfeasibleError, fault
from allocator.model.allocation import Allocation, efforts
from allocator.questions import find
from allocator.questions.run import measures
from allocator.web.cases import allocation_of, case_of, once, table_of
from allocator.web.changes import changes, given_figures, kept_own
from allocator.web.look import SCALES, SORTS, Look
from allocator.web.names import column_name, fault_text, name_of, shown_text
from allocator.web.packing import LISTS, packed
from allocator.web.rule_words import every_rule
from allocator.web.state import (
    COMMON,
    FIELDS,
    FIXED,
    LOCK,
    OWN,
    REFERENCES,
    TEXTS,
    State,
    number_typed,
    unit_of,
    written,
)
from allocator.web.store import Store
from allocator.why.accounts import accounts
from allocator.why.comparison import compare, misplaced
from allocator.why.remedies import Change, Remedy, collision
from allocator.words import Words

MOST_NAMED = 2
"""Units that a headline names."""
SLIDERS: Mapping[str, tuple[float, float]] = {
    "realisation": (0, 1),
    "exponent": (0, 3),
    "floor": (0, 1),
    "ceiling": (0, 2),
    "max_share": (0, 1),
}
"""Fields with a slider, and its ends."""
STEPS = 100
Column = Sequence[Number | None]


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


def view(store: Store, state: State, look: Look, before: State | None, words: Words) -> dict[str, Any]:
    """What the page's template needs of a state, ready to print; `before` is the state a change was made to.

    An infeasible or unusable state has no allocation: its faults, and the remedies, are in its place.
    """
    now, hit = None, None
    faults: tuple[Fault, ...] = ()
    try:
        now = allocation_of(store, state)
    except InfeasibleError as error:
        faults, hit = error.faults, collision(table_of(store, state), state.scenario())
    except AllocatorError as error:
        faults = error.faults
    past = _or_none(store, before) if before else None
    still = _unmoved(now, past) if before and before.fields != state.fields else None
    wrong = {} if hit else {each.place: fault_text(each, words, rules=state.rule_names) for each in faults}
    remedies = [(_told(each, words, state.rule_names), packed(each.settings)) for each in hit.remedies] if hit else []
    return {
        "state": state,
        "look": look,
        "title": state.start["title"].get(words.language),
        "now": now,
        "wrong": wrong,
        "faults": [fault_text(each, words, rules=state.rule_names) for each in faults],
        "remedies": remedies,
        "collides": hit is not None,
        "unmoved": still and still.told(words),
        "measures": [words.told(each) for each in measures(compare(now))] if now else [],
        "rules": [] if wrong else every_rule(state.scenario(), store.table(state.table), now, words),
        "changes": changes(store.table(state.table), state, words),
        "kept": kept_own(store.table(state.table), state, words),
        **_levers(store.table(state.table), state, words),
        **_units(store, state, look, now),
    }


def _levers(table: Table, state: State, words: Words) -> dict[str, Any]:
    """What the controls of the assumptions and decisions need."""
    paces = [name for name in dict.fromkeys(("published_quota", *table.columns)) if name in table.columns]
    return {
        "sides": {side: [name for name in FIELDS[side] if ":" not in name] for side in ("assumptions", "decisions")},
        "unseen": LISTS,
        "choices": {
            "basis": [(each, words(f"page.basis.{each}")) for each in ("gross", "net")],
            "pace": [("", words("page.no_pace")), *((each, column_name(each, words)) for each in paces)],
        },
        "sliders": {
            name: {"low": low, "high": high, "step": (high - low) / STEPS, "begun": state.begun.fields[name]}
            for name, (low, high) in SLIDERS.items()
        },
        "texts": {name: shown_text(name, text, words) for name, text in state.fields.items()},
        "fixable": [(each, column_name(each, words)) for each in FIXED if each in table.columns],
        "kinds": sorted({each for each in table.kinds if each}),
        "own": OWN,
        "plain": TEXTS,
        "lock": LOCK,
        "sorts": SORTS,
        "scales": SCALES,
    }


def _units(store: Store, state: State, look: Look, now: Allocation | None) -> dict[str, Any]:
    """The headline, the rows of the page of units that is looked at, and the steps from the published table to now."""
    begun, believed = (_or_none(store, each) for each in (state.begun, state.reset("decisions")))
    base = now or begun
    table = base.table if base else store.table(state.table)
    key, reference = _reference(store, state, table)
    quotas: Column = now.quotas if now else (None,) * len(table)
    available = [each for each in (base.claims.available if base else ())]
    change = [None if None in (q, r) else q - r for q, r in zip(quotas, reference, strict=True)]  # type: ignore[operator]
    asked = now.efforts if now else (None,) * len(table)
    figures: dict[str, Sequence[float | None]] = {
        "quota": quotas if now else reference,
        "change": [None if each is None else abs(each) for each in change],
        "effort": asked,
    }
    found = look.chosen(table, figures)
    shown, page, pages = look.of_page(found)
    before = efforts([each or 0 for each in reference], available) if available else (None,) * len(table)
    ends = {scale: _largest(each) for scale, each in (("members", (quotas, reference)), ("effort", (asked, before)))}
    fixed = {unit_of(name) for name in state.fields if name.startswith("figure:")}
    shown_units = {look.open} & {table.units[at] for at in shown}
    rows = [
        UnitRow(
            table.units[at],
            (table.parents[at] if table.parents else None) or "",
            quotas[at],
            reference[at],
            change[at],
            asked[at],
            {
                "effort": bar_of(asked[at], None if reference[at] is None else before[at], ends["effort"]),
                "members": bar_of(quotas[at], reference[at], ends["members"]),
            },
            [*([now.positions[at]] if now and now.positions[at] != "BY_CLAIM" else ()),
             *(["CORRECTED"] if table.units[at] in fixed else ())],
        )
        for at in shown
    ]  # fmt: skip
    known = [each for each in change if each is not None]
    stages = (
        ("published", _published(store, state, table)),
        ("start", begun.quotas if begun else None),
        ("assumptions", believed.quotas if believed else None),
        ("now", now.quotas if now else None),
    )
    return {
        "reference": key,
        "references": [*(REFERENCES if stages[0][1] else REFERENCES[1:]), *(["marked"] if key == "marked" else ())],
        "given": given_figures(store.table(state.table), look.open),
        "hidden": [
            (name, text) for name, text in state.fields.items() if ":" in name and unit_of(name) not in shown_units
        ],
        "rows": rows,
        "found": len(found),
        "count": len(table),
        "page": page,
        "pages": pages,
        "stages": _stages(stages),
        "total": now and now.scenario.target,
        "moved": misplaced(quotas, reference) if now and len(known) == len(table) else None,  # type: ignore[arg-type]
        "change_total": sum(known) if known else None,
        "effort_total": efforts((now.scenario.target,), (sum(available),))[0] if now else None,
        "extremes": _extremes(table.units, asked),
        "most": _extremes(table.units, change),
    }  # fmt: skip


def _largest(columns: Iterable[Sequence[float | None]]) -> float:
    return max((each for column in columns for each in column if each is not None), default=0)


def bar_of(value: float | None, reference: float | None, end: float) -> tuple[float, float, float | None] | None:
    """Where a bar ends, how far it reaches together with its reference, and where that is; percent of its width."""
    if value is None and reference is None:
        return None
    here, there = (None if each is None or not end else round(100 * each / end, 1) for each in (value, reference))
    return here or 0.0, max(here or 0.0, there or 0.0), there


def _extremes(units: Sequence[str], values: Sequence[float | None]) -> list[tuple[float, list[str]]]:
    """The least and the largest of the known values, each with the units that have it; nothing where there is none."""
    known = [(each, unit) for each, unit in zip(values, units, strict=True) if each is not None]
    ends = (pick(each for each, _ in known) for pick in (min, max)) if known else ()
    return [(end, [unit for each, unit in known if each == end]) for end in ends]


def referred(store: Store, state: State) -> State:
    """The state compared with something: the published table where it has one, else the start."""
    known = _published(store, state, store.table(state.table)) is not None
    wanted = state.ref or "published"
    return replace(state, ref=wanted if known or wanted != "published" else "start")


def _reference(store: Store, state: State, table: Table) -> tuple[str, Column]:
    """What is compared with: its name, and its quota of every unit, None where it has none."""
    state = referred(store, state)
    if state.ref == "published":
        return "published", table.optional(state.start["published"])
    there = _or_none(store, state.reference or state.begun)
    quotas = dict(zip(there.table.units, there.quotas, strict=True)) if there else {}
    key = "start" if state.ref == "start" else "marked"
    return key, [quotas.get(unit) for unit in table.units]


def _published(store: Store, state: State, table: Table) -> Column | None:
    """The published quotas of the units; None where there is no such column."""
    name = state.start.get("published")
    if not name or name not in store.table(state.table).columns:
        return None
    return table.optional(name)


def _told(each: Remedy, words: Words, rules: Sequence[str]) -> str:
    """A remedy in words, its keys named as the page names them; `rules` as `name_of`."""

    def told(change: Change) -> str:
        name = name_of(change.key.removesuffix(".except"), words, rules=rules)
        if isinstance(change.now, tuple) or isinstance(change.to, tuple):
            return words("page.leave_out", name=name, units=change.to)
        field = next((each for each, key in COMMON.items() if key == change.key), "")
        now, to = (
            shown_text(field, written(each), words) if field else words.number(each, len(str(each).partition(".")[2]))
            for each in (change.now, change.to)
        )
        return words("page.change", name=name, now=now, to=to)

    return words("page.remedy", changes=[told(change) for change in each.changes], members=each.members)


def _or_none(store: Store, state: State) -> Allocation | None:
    """The allocation of a state; None where it has none."""
    with suppress(AllocatorError):
        return allocation_of(store, state)
    return None


def _stages(four: Sequence[tuple[str, Column | None]]) -> list[tuple[str, Number | None]]:
    """The steps from the published table to now, each with the members that move from the one before."""
    made: list[tuple[str, Number | None]] = [(four[0][0], None)]
    for (_, last), (key, here) in pairwise(four):
        known = here is not None and last is not None and len(here) == len(last) and None not in (*here, *last)
        made.append((key, misplaced(here, last) if known else None))  # type: ignore[arg-type]
    return made


def _unmoved(now: Allocation | None, past: Allocation | None) -> Fault | None:
    """Why a change moved no quota: the lots, or the rules that hold; None where something moved."""
    if now is None or past is None or now.quotas != past.quotas:
        return None
    held = [unit for unit, each in zip(now.table.units, now.positions, strict=True) if each != "BY_CLAIM"]
    shifted = max((abs(a - b) for a, b in zip(now.fair_share, past.fair_share, strict=True)), default=0.0)
    if shifted > 1e-9:
        return fault("page.unmoved_lots", lot=now.scenario.lot, shifted=shifted)
    return fault("page.unmoved_held", units=held) if held else fault("page.unmoved_free")


def reasons_of(store: Store, state: State, look: Look, words: Words) -> dict[str, Any] | None:
    """Why the opened unit's quota is what it is, and what it would take to be what it asks for; None where none is."""
    if not look.open:
        return None
    made: dict[str, Any] = {"faults": (), "refused": (), "appeal": None, "grant": ""}
    try:
        case = case_of(table_of(store, state), state.scenario())
        found = once(("explain", case, look.open), lambda: find("explain").ask(case, unit=look.open)).records
        (unit,) = found["units"]
        made |= {"unit": unit, "tolerance": found["room"]["tolerance"], "sentence": words.told(unit["sentence"])}
        held = (each.key for each in accounts(case.allocation) if unit["unit"] in each.covers)
        made["rules"] = [words.told(case.allocation.ground.rules.entries[key].title) for key in held]
    except AllocatorError as error:
        return {**made, "faults": [fault_text(each, words, rules=state.rule_names) for each in error.faults]}
    try:
        if look.asks:
            asked = number_typed("asks", look.asks, "whole")
            made["appeal"] = find("appeal").ask(case, unit=unit["unit"], quota=asked)
            made |= {"granted": asked, "grant": packed(state.with_lock(unit["unit"], asked))}
    except AllocatorError as error:
        made["refused"] = [fault_text(each, words, rules=state.rule_names) for each in error.faults]
    return made
