"""What the page shows of a state: four numbers, a bar a unit, what moved and why, and what helps where nothing can."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from allocator.data.packing import packed
from allocator.data.table import Table
from allocator.errors import AllocatorError, Fault, InfeasibleError, fault
from allocator.finding.measures import measures
from allocator.finding.settings import Setting
from allocator.model.allocation import Allocation
from allocator.web.cases import allocation_of, allocation_or_none, table_of
from allocator.web.changes import changes, given_figures, kept_own
from allocator.web.fields import COMMON, FIELDS, FIXED, LISTS, NOTES, written
from allocator.web.look import SCALES, SORTS, Look
from allocator.web.names import column_name, fault_text, kinds_named, name_of, shown_text
from allocator.web.rule_words import every_rule
from allocator.web.state import State
from allocator.web.store import Store
from allocator.web.units import units_shown
from allocator.why.comparison import compare
from allocator.why.remedies import Change, Remedy, collision
from allocator.words import Words

SLIDERS: Mapping[str, tuple[float, float]] = {
    "realisation": (0, 1),
    "exponent": (0, 3),
    "floor": (0, 1),
    "ceiling": (0, 2),
    "max_share": (0, 1),
}
"""Fields with a slider, and its ends."""
STEPS = 100


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
    past = allocation_or_none(store, before) if before else None
    still = _unmoved(now, past) if before and _figures(before) != _figures(state) else None
    wrong = {} if hit else {each.place: fault_text(each, words, rules=state.rule_names) for each in faults}
    remedies = [(_told(each, words, state.rule_names), packed(each.settings)) for each in hit.remedies] if hit else []
    changed = changes(store.table(state.table), state, words)
    return {
        "state": state,
        "look": look,
        "altered": words("page.changed_title", count=len(changed)) if changed else "",
        "title": state.start["title"].get(words.language),
        "now": now,
        "wrong": wrong,
        "faults": [fault_text(each, words, rules=state.rule_names) for each in faults],
        "remedies": remedies,
        "collides": hit is not None,
        "unmoved": still and still.told(words),
        "measures": [words.told(each) for each in measures(compare(now))] if now else [],
        "rules": [] if wrong else every_rule(state.scenario(), store.table(state.table), now, words),
        "changes": changed,
        "given": given_figures(store.table(state.table), look.open),
        "kept": kept_own(store.table(state.table), state, words),
        **_levers(store.table(state.table), state, words),
        **units_shown(store, state, look, now),
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
        "kinds": kinds_named(table, words),
        "sorts": SORTS,
        "scales": SCALES,
    }


def _told(each: Remedy, words: Words, rules: Sequence[str]) -> str:
    """A remedy in words, its keys named as the page names them; `rules` as `name_of`."""

    def told(change: Change) -> str:
        name = name_of(change.key.removesuffix(".except"), words, rules=rules)
        if isinstance(change.now, tuple) or isinstance(change.to, tuple):
            return words("page.leave_out", name=name, units=change.to)
        field = next((each for each, key in COMMON.items() if key == change.key), "")
        now, to = (
            shown_text(field, written(each), words) if field else Setting(each).told(words)
            for each in (change.now, change.to)
        )
        return words("page.change", name=name, now=now, to=to)

    return words("page.remedy", changes=[told(change) for change in each.changes], members=each.members)


def _figures(state: State) -> dict[str, str]:
    """The fields of a state that quotas may rest on."""
    return {name: text for name, text in state.fields.items() if name.partition(":")[0] not in NOTES}


def _unmoved(now: Allocation | None, past: Allocation | None) -> Fault | None:
    """Why a change moved no quota: the lots, or the rules that hold; None where something moved."""
    if now is None or past is None or now.quotas != past.quotas:
        return None
    held = [unit for unit, each in zip(now.table.units, now.positions, strict=True) if each != "BY_CLAIM"]
    shifted = max((abs(a - b) for a, b in zip(now.fair_share, past.fair_share, strict=True)), default=0.0)
    if shifted > 1e-9:
        return fault("page.unmoved_lots", lot=now.scenario.lot, shifted=shifted)
    return fault("page.unmoved_held", units=held) if held else fault("page.unmoved_free")
