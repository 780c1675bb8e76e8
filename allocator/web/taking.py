"""What is taken from an answer and what comes back: links that make a state of it, its files, an edited workbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from allocator.data.edits import with_edits
from allocator.data.findings import Oddity
from allocator.data.limits import Sent
from allocator.data.packing import packed
from allocator.data.settings import Settings
from allocator.data.table import ESTIMATE, Table
from allocator.errors import AllocatorError, Fault, InputError, fault
from allocator.finding import Finding, Take, say
from allocator.model.scenario import scenario_from
from allocator.questions import Case, find
from allocator.show.formats import FORMATS, files, one_file
from allocator.show.records import in_words
from allocator.web.guard import MOST_QUERY
from allocator.web.names import fault_text
from allocator.web.round import entry_of_decision
from allocator.web.sent import message, told_at
from allocator.web.state import State
from allocator.words import Words

EMPTY: Mapping[str, Any] = {"notes": (), "faults": (), "sheet": None, "name": ""}
"""What the template of a workbook that comes back needs beside the state."""
LETTERS = "letters"
KINDS = (*FORMATS, LETTERS)
"""Files that are made of an answer; letters only of a round."""


def links(states: Sequence[State], words: Words) -> Callable[[Take], str]:
    """What makes the link that takes something onto the first state; blank where too long for an address."""

    def link(take: Take) -> str:
        state, settings = states[0], in_words(take.settings, words)
        made = f"/?{state.query}&take={packed(settings)}&lang={words.language}"
        longest = max(len(made), len(state.changed(settings).query))
        return made if longest <= MOST_QUERY else ""

    return link


def offered(finding: Finding | None, charts: Mapping[str, str], words: Words) -> list[tuple[str, str]]:
    """What can be taken away of an answer: the value of `take`, and what it is called."""
    if finding is None:
        return []
    figures = any(not each.only_text for each in finding.listings)
    whole = [(kind, words(f"page.answer.{kind}")) for kind in FORMATS if kind != "csv" or figures]
    whole += [(LETTERS, words("page.answer.letters"))] * bool(finding.records.get("bids"))
    whole += [("charts", words("page.take_charts"))] * bool(charts)
    return whole + [(each.key, words("page.take_list", title=words.told(each.title))) for each in finding.listings]


def answer_file(
    name: str, cases: Sequence[Case], finding: Finding, kind: str, words: Words, journal: Path | None = None
) -> tuple[str, bytes]:
    """Ending and content of a file of what the question `name` found about some cases, of a kind in `KINDS`.

    Letters carry the number under which the round was decided in the `journal`.

    Raises:
        InputError: there is nothing that such a file could hold.
    """
    from allocator.show.build import build_answer, build_report

    if kind == LETTERS and finding.records.get("bids"):
        from allocator.show.word import write_answers

        document = build_report(cases[0], [finding], words)
        if number := journal and entry_of_decision(journal, cases[0], finding):
            document = replace(document, record=say("word.record", number=number))
        return one_file(write_answers(document), "docx")
    made = files(build_answer(find(name).title, cases, finding, words), [kind]) if kind in FORMATS else {}
    if not made:
        raise InputError(fault("page.no_file", kind=kind))
    return one_file(made, kind)


def edited(file: Sent, table: Table, state: State, words: Words) -> dict[str, Any]:
    """What the template needs: the state with a workbook's yellow cells, what is noted about it, or what is wrong."""
    made = {**EMPTY, "state": state, "name": file.name}
    try:
        locked, notes = _with_cells(file, table, state)
        return made | {"state": locked, "notes": [words.told(each) for each in notes]}
    except AllocatorError as error:

        def tell(each: Fault) -> str:
            return message(each, words) if each.place == file.name else fault_text(each, words)

        texts, sheet = told_at(file, error.faults, tell, words)
        return made | {"faults": texts, "sheet": sheet if any(at for at, _ in texts) else None}


def _with_cells(file: Sent, table: Table, state: State) -> tuple[State, Sequence[Oddity]]:
    """The state with a workbook's yellow cells in place of its own, and notes about names in it; raises as `run`."""
    known = state.scenario().model_dump(mode="json")
    held, read = with_edits(Settings(known, {}, Path()), file, table, known)
    scenario = scenario_from(held)
    scenario.check(read)
    made = state.changed({key: value for key, value in scenario.model_dump(mode="json").items() if value != known[key]})
    pairs = zip(table.units, table.optional(ESTIMATE), read.optional(ESTIMATE), strict=True)
    figures = {f"figure:{ESTIMATE}:{unit}": str(new) for unit, old, new in pairs if new != old}
    return replace(made, fields={**made.fields, **figures}), read.notes[len(table.notes) :]
