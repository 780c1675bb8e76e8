"""Why the quota of the unit that is opened is what it is, and what its asking for another one comes to."""

from __future__ import annotations

from typing import Any

from allocator.errors import AllocatorError
from allocator.questions import find
from allocator.show.records import in_words
from allocator.web.cases import case_of, once, table_of
from allocator.web.look import Look
from allocator.web.names import fault_text
from allocator.web.packing import packed
from allocator.web.state import State, number_typed
from allocator.web.store import Store
from allocator.why.accounts import accounts
from allocator.words import Words


def reasons_of(store: Store, state: State, look: Look, words: Words) -> dict[str, Any] | None:
    """Why the opened unit's quota is what it is, and what it would take to be what it asks for; None where none is."""
    if not look.open:
        return None
    made: dict[str, Any] = {"faults": (), "refused": (), "appeal": None, "grant": ""}
    try:
        case = case_of(table_of(store, state), state.scenario())
        told = once(("explain", case, look.open), lambda: find("explain").ask(case, unit=look.open)).records
        (unit,) = told["units"]
        made |= {"unit": unit, "tolerance": told["room"]["tolerance"], "sentence": words.told(unit["sentence"])}
        held = (each.key for each in accounts(case.allocation) if unit["unit"] in each.covers)
        made["rules"] = [words.told(case.allocation.ground.rules.entries[key].title) for key in held]
    except AllocatorError as error:
        return {**made, "faults": [fault_text(each, words, rules=state.rule_names) for each in error.faults]}
    try:
        if look.asks:
            asked = number_typed("asks", look.asks, "whole")
            found = find("appeal").ask(case, unit=unit["unit"], quota=asked)
            locks = [each.takes[""].settings for each in found.listings if "" in each.takes]  # none: it is the quota
            made |= {"appeal": found, "granted": asked, "grant": locks and packed(in_words(locks[0], words))}
    except AllocatorError as error:
        made["refused"] = [fault_text(each, words, rules=state.rule_names) for each in error.faults]
    return made
