"""Why the quota of the unit that is opened is what it is, and what its asking for another one comes to."""

from __future__ import annotations

from typing import Any

from allocator.data.packing import packed
from allocator.errors import AllocatorError
from allocator.questions import find
from allocator.show.records import in_words
from allocator.web.cases import case_of, once, table_of
from allocator.web.fields import number_typed
from allocator.web.look import Look
from allocator.web.names import fault_text
from allocator.web.state import State
from allocator.web.store import Store
from allocator.why.accounts import accounts
from allocator.why.explanation import STEPS, TENTHS, sentences_of, steps
from allocator.why.room import room
from allocator.words import Words


def reasons_of(store: Store, state: State, look: Look, words: Words) -> dict[str, Any] | None:
    """Why the opened unit's quota is what it is, and what it would take to be what it asks for; None where none is."""
    from allocator.data.unit_names import find_unit

    if not look.open:
        return None
    made: dict[str, Any] = {"faults": (), "refused": (), "appeal": None, "grant": ""}
    try:
        case = case_of(table_of(store, state), state.scenario())
        now, unit = case.allocation, look.open
        at = find_unit(now.table.units, unit)
        unit = now.table.units[at]
        row, around = once(("steps", case), lambda: steps(now))[at], once(("room", case), lambda: room(now))
        made |= {
            "quota": now.quotas[at],
            "sentence": words.told(sentences_of(now, at, row)),
            "steps": [(name, tenths / TENTHS) for name, tenths in zip(STEPS, row, strict=True)],
            "position": now.positions[at],
            "room": around.least[at] is not None and (around.least[at], around.most[at], around.tolerance),
        }
        held = (each.key for each in accounts(now) if unit in each.covers)
        made["rules"] = [words.told(now.ground.rules.entries[key].title) for key in held]
    except AllocatorError as error:
        return {**made, "faults": [fault_text(each, words, rules=state.rule_names) for each in error.faults]}
    try:
        if look.asks:
            asked = number_typed("asks", look.asks, "whole")
            found = find("appeal").ask(case, unit=unit, quota=asked)
            locks = [each.takes[""].settings for each in found.listings if "" in each.takes]  # none: it is the quota
            made |= {"appeal": found, "granted": asked, "grant": locks and packed(in_words(locks[0], words))}
    except AllocatorError as error:
        made["refused"] = [fault_text(each, words, rules=state.rule_names) for each in error.faults]
    return made
