"""What the page shows of a state: four stages of every quota, what moved, why, and what helps where nothing can."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any, TypeVar

from allocator.data.table import Number, Table
from allocator.errors import AllocatorError, Fault, InfeasibleError, fault
from allocator.model.allocation import Allocation, efforts
from allocator.model.scenario import Scenario
from allocator.questions import Case
from allocator.questions.run import measures
from allocator.web.state import FIELDS, LISTS, OWN, State, column_name, fault_text, name_of
from allocator.web.store import Store
from allocator.why.accounts import accounts, told
from allocator.why.comparison import compare, misplaced
from allocator.why.remedies import Change, Remedy, collision
from allocator.words import Words

MOST_DRAWN = 60
"""Units up to which a chart of all of them can be read."""
Column = Sequence[Number | None]
Made = TypeVar("Made")
KEPT: dict[tuple[Any, ...], Any] = {}
MOST_KEPT = 400


def view(store: Store, state: State, before: State | None, words: Words) -> dict[str, Any]:
    """What the page's template needs of a state, ready to print; `before` is the state a change was made to.

    An infeasible or unusable state has no allocation: its faults, and the remedies, are in its place.
    """
    table, now, hit = store.table(state.table), None, None
    faults: tuple[Fault, ...] = ()
    try:
        now = case_of(table, state.scenario()).allocation
    except AllocatorError as error:
        faults = error.faults
        hit = collision(table, state.scenario()) if isinstance(error, InfeasibleError) else None
    start, believed = (_or_none(table, state.reset(*sides)) for sides in (FIELDS, ("decisions",)))
    past = _or_none(table, before) if before else None
    remedies = hit.remedies if hit else ()
    published = state.start.get("published")
    four: dict[str, Column | None] = {
        "published": table.optional(published) if published and published in table.columns else None,
        "start": start.quotas if start else None,
        "assumptions": believed.quotas if believed else None,
        "now": now.quotas if now else None,
    }
    rows = _rows(table, state, tuple(four.values()), now, past)
    columns = list(zip(*(row["stages"] for row in rows), strict=True))
    still = _unmoved(now, past) if before and {**before.fields} != {**state.fields} else None
    return {
        "state": state,
        "title": state.start["title"].get(words.language),
        "sides": FIELDS,
        "unseen": LISTS,
        "choices": _choices(table, words),
        "wrong": {each.place for each in faults},
        "rules": _rules(now, words) if now else (),
        "faults": [fault_text(each, words, rules=state.rule_names) for each in faults],
        "remedies": [(_told(each, words, state.rule_names), state.changed(each.settings).query) for each in remedies],
        "collides": hit is not None,
        "unmoved": still and still.told(words),
        "measures": [words.told(each) for each in measures(compare(now))] if now else [],
        "stages": _stages(four),
        "rows": rows,
        "totals": [None if None in column else sum(column) for column in columns],
        "growth_total": sum(row["growth"] or 0 for row in rows),
        "effort_total": efforts((now.scenario.target,), (sum(now.claims.available),))[0] if now else None,
        "charted": len(rows) <= MOST_DRAWN,
        "saved": store.saved(),
        "starts": {name: each for name, (_, each) in store.starts().items()},
    }


def _choices(table: Table, words: Words) -> dict[str, list[tuple[str, str]]]:
    """What the fields of one value among some may be, each with its name."""
    paces = [name for name in dict.fromkeys(("published_quota", *table.columns)) if name in table.columns]
    return {
        "basis": [(each, words(f"page.basis.{each}")) for each in ("gross", "net")],
        "pace": [("", words("page.no_pace")), *((each, column_name(each, words)) for each in paces)],
    }


def _told(each: Remedy, words: Words, rules: Sequence[str]) -> str:
    """A remedy in words, its keys named as the page names them; `rules` as `name_of`."""

    def told(change: Change) -> str:
        name = name_of(change.key.removesuffix(".except"), words, rules=rules)
        if isinstance(change.now, tuple) or isinstance(change.to, tuple):
            return words("page.leave_out", name=name, units=change.to)
        now, to = (words.number(each, len(str(each).partition(".")[2])) for each in (change.now, change.to))
        return words("page.change", name=name, now=now, to=to)

    return words("page.remedy", changes=[told(change) for change in each.changes], members=each.members)


def _rules(now: Allocation, words: Words) -> list[dict[str, Any]]:
    """Every rule that applies or should: its title, whom it covers, its status, and what is noted about it."""
    return [
        {
            "title": words.told(now.ground.rules.entries[each.key].title),
            "covers": each.covers,
            "status": each.status,
            "notes": [words.told(told(note, now)) for note in each.notes],
        }
        for each in accounts(now)
    ]


def _or_none(table: Table, state: State) -> Allocation | None:
    """The allocation of a state; None where it has none."""
    with suppress(AllocatorError):
        return case_of(table, state.scenario()).allocation
    return None


def _rows(
    table: Table, state: State, four: Sequence[Column | None], now: Allocation | None, past: Allocation | None
) -> list[dict[str, Any]]:
    """One mapping a unit: its figures, its quota at the four stages, and the texts of its own fields by kind."""
    return [
        {
            "unit": unit,
            "workforce": table.column("workforce")[i],
            "growth": table.optional("growth_estimate")[i],
            "stages": [None if each is None else each[i] for each in four],
            "moved": now.quotas[i] - past.quotas[i] if now and past else None,
            "effort": now.efforts[i] if now else None,
            "position": now.positions[i] if now else "",
            "fields": {kind: state.fields.get(f"{kind}:{unit}", "") for kind in OWN},
        }
        for i, unit in enumerate(table.units)
    ]


def _stages(four: Mapping[str, Column | None]) -> list[tuple[str, Number | None]]:
    """The steps from the published table to now, each with the members that move from the one before."""
    made: list[tuple[str, Number | None]] = [(next(iter(four)), None)]
    for (_, last), (key, here) in pairwise(four.items()):
        known = here is not None and last is not None and None not in here and None not in last
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


def case_of(table: Table, scenario: Scenario, name: str = "page") -> Case:
    """A scenario as a case, made once, and its allocation with it."""
    key = ("case", name, table.place, scenario.model_dump_json())
    return once(key, lambda: Case(name, table, scenario, "waterfill"))


def once(key: tuple[Any, ...], make: Callable[[], Made]) -> Made:
    """What `make` makes, made once for a key that tells all it depends on; what was asked for last is kept."""
    made: Made = KEPT.pop(key, None) or make()
    KEPT[key] = made
    for old in [*KEPT][:-MOST_KEPT]:
        KEPT.pop(old, None)
    return made
