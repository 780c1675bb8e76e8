"""The page's table of a round: what is decided of each entry, as a form sends it, and the journal's entry of it all."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allocator.data.limits import Sent
from allocator.data.table import Table, fold
from allocator.errors import AllocatorError
from allocator.files import json_text
from allocator.finding import Column, Finding, Value
from allocator.finding.columns import columns, titled
from allocator.finding.premise import heading
from allocator.model.scenario import Scenario
from allocator.questions.round import decision, what_is_asked
from allocator.show.changed import retitled, what_changed
from allocator.show.records import in_words
from allocator.web.fields import MOST_TEXT, PREFIX
from allocator.web.names import fault_text
from allocator.web.saved import MOST_NAME, MOST_NOTE
from allocator.web.store import Store
from allocator.words import Words

if TYPE_CHECKING:
    from allocator.data.bids import Bid, Bids
    from allocator.questions import Case

DECISION, WHY = f"{PREFIX}decision:", f"{PREFIX}why:"
"""What the names of the fields begin with in which an entry is decided."""
OPEN = "open"
"""The choice that nothing is decided."""
MOST_DECIDED = 400
"""Entries with fields of their own: a form has no more than a thousand."""


@dataclass(frozen=True)
class EntryRow:
    """A row of the table: the entry's cells, what may be decided of it, and what is, and why."""

    name: str
    cells: Sequence[Value]
    choices: Sequence[str]
    decision: str
    why: str


@dataclass(frozen=True)
class Decisions:
    """The table: its columns, and a row an entry; `more` entries are decided in the file."""

    columns: Sequence[Column]
    rows: Sequence[EntryRow]
    more: int


def _name(bid: Bid) -> str:
    """An entry in the names of its fields; another file that asks for something else has other fields."""
    return f"{bid.column}:{bid.asked}:{bid.unit}"


def bids_decided(file: Sent, table: Table, scenario: Scenario, given: Mapping[str, Any]) -> Bids:
    """What a file asks for with what a form decides of it; errors as `read_bids`."""
    from allocator.data.bids import read_bids

    def of(bid: Bid) -> tuple[str, str]:
        code = given.get(DECISION + _name(bid))
        if code is None:
            return bid.decision, bid.decision_reason
        return code, fold(given.get(WHY + _name(bid), ""))[:MOST_TEXT]

    return read_bids(file, table, scenario.lot).decided(of)


def decisions(bids: Bids, table: Table, finding: Finding | None) -> Decisions | None:
    """The table of a round; without its answer only what is asked for. None where nothing is."""
    if not bids.entries:
        return None
    if finding and finding.main:
        heads, rows = finding.main.columns, finding.main.rows
    else:
        heads = (*columns("unit"), *titled("column.round", Column("asked", "text")))
        rows = tuple((each.unit, what_is_asked(each, each.present(table))) for each in bids.entries)
    made = [
        EntryRow(_name(bid), cells, [code or OPEN for code in bid.choices], bid.decision or OPEN, bid.decision_reason)
        for bid, cells in zip(bids.entries, rows, strict=True)
    ]
    return Decisions(heads, made[:MOST_DECIDED], len(made[MOST_DECIDED:]))


def entry_of_decision(path: Path, case: Case, finding: Finding) -> int | None:
    """Number of the last entry of a journal that decided a round as it is answered; None where there is none."""
    from allocator.proof.journal import read_journal

    made = decision(case, finding, "")
    asked = json.loads(json_text(made["content"]["bids"]))
    told = [each for each in read_journal(path).entries if each.kind == made["kind"] and each.result == made["result"]]
    same = [each.number for each in told if each.inputs == made["inputs"] and each.content.get("bids") == asked]
    return same[-1] if same else None


def recorded(store: Store, made: Mapping[str, Any], form: Mapping[str, str], words: Words) -> dict[str, Any]:
    """What is told of a round that is entered in the journal of its state, or why it is not."""
    from allocator.proof.journal import append

    (state,), (case, *_) = made["states"], made["cases"]
    path = store.journal(state.query)
    about = retitled(heading(case.allocation), what_changed(case))
    name = f"{words('question.round')}: {words.told(about)}"
    by, why = fold(form.get("author", ""))[:MOST_NAME], form.get("note", "").strip()[:MOST_NOTE]
    entry = decision(case, made["finding"], name)
    takes = [take for each in made["finding"].listings for take in each.takes.values()]
    settled = reduce(lambda held, each: held.changed(in_words(each.settings, words)), takes, state)
    entry["content"]["query"] = settled.query  # what opens it on the page again
    try:
        number = append(path, by=by, why=why, **entry).number
    except AllocatorError as error:
        return {"faults": [*made["faults"], *(("", fault_text(each, words)) for each in error.faults)]}
    return {"recorded": words("round.recorded", file=path.name, number=number)}
