"""A stored result checked from its inputs, in exact arithmetic, by a file that shares none of our code; a journal."""

from __future__ import annotations

import gc
import json
from pathlib import Path
from typing import Any

from allocator.data.table import Table
from allocator.errors import Fault, InputError, fault
from allocator.finding import Column, Finding, Section, say
from allocator.finding.columns import listed
from allocator.proof.check import Wrong, first_wrong
from allocator.proof.journal import is_journal, read_journal
from allocator.questions import Argument, question

MOST_SHOWN = 60
AS_STORED = ("stored", "given", "value", "quota")
"""Figures that are shown as they stand in the file, but for mere numbers of entries."""
COLUMNS = (Column("valid", "text"), Column("reason", "sentence"), Column("rules"))


@question(Argument("stored", "file", required=True, positional=True), Argument("data", "file"), of="nothing")
def ask_verify(stored: Path, data: Path | None = None) -> Finding:
    """Whether a result is what its inputs give, or a journal is whole: status 1 where not, and what is first wrong."""
    gc.disable()  # Nothing here is garbage before the end, and looking for it takes a tenth of the time.
    from allocator.files import load_table, read_json

    if is_journal(stored):
        if data is not None:
            raise InputError(fault("verify.journal_data", "--data"))
        return _of_journal(stored)

    document = read_json(stored)
    wrong = verified(document)
    if wrong is None and data is not None:
        wrong = other_table(document["inputs"]["table"], load_table(data))
    if wrong is not None:
        return _answer(say("verify.invalid", reason=wrong), reason=wrong)
    rules = len(document["rules"])  # they have been derived again, one by one
    line = say(
        "verify.valid" if rules else "verify.valid_free",
        units=len(document["units"]),
        target=document["target"],
        rules=rules,
    )
    return _answer(line, rules=rules)


def _of_journal(path: Path) -> Finding:
    """Whether a journal is as it was written, from its first entry to its last."""
    chain = read_journal(path, there=True)
    count, last = len(chain.entries), chain.entries[-1].hash if chain.entries else ""
    aside = [say("verify.aside", files=[each.name for each in chain.aside])] if chain.aside else []
    if chain.fault:
        key = "verify.half" if chain.halved else "verify.broken"
        return _answer(say(key, reason=chain.fault, entries=count), *aside, reason=chain.fault, entries=count)
    line = say("verify.whole", entries=count, last=last[:12]) if count else say("verify.empty")
    return _answer(line, *aside, entries=count, last=last)


def _answer(line: Fault, *more: Fault, reason: Fault | None = None, **known: int | str) -> Finding:
    """What was found, and for files a row of it."""
    record = {"valid": reason is None, "reason": reason, "rules": None, **known}
    row = {**record, "valid": say("value.no" if reason else "value.yes")}
    section = Section("verify", "", (), (listed("verify", "", COLUMNS, [row], aside=True),))
    return Finding(record, (section,), (line, *more), status=int(reason is not None))


def verified(document: Any) -> Fault | None:
    """What the checker finds wrong, in words; InputError where the document is no result at all."""
    wrong = first_wrong(document)
    if wrong is not None and wrong.code == "verify.not_result":
        raise InputError(_told(wrong))
    return None if wrong is None else _told(wrong)


def _told(wrong: Wrong) -> Fault:
    kept = () if wrong.code == "verify.length" else AS_STORED
    values = {name: shown(value) if name in kept else value for name, value in wrong.figures.items()}
    if isinstance(first := values.get("first"), Wrong):
        values["first"] = _told(first)
    return Fault(wrong.code, "", values)


def shown(value: Any) -> str:
    """A stored value as it stands in the file, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"


def other_table(stored: list[dict[str, Any]], table: Table) -> Fault | None:
    """The first cell in which a table differs from the rows that a result was made with; None where they are alike."""
    for at, (here, there) in enumerate(zip(stored, table.rows(), strict=False), start=1):
        if here["unit"] != there["unit"]:
            return fault("verify.other_unit", table.place, row=at, stored=here["unit"], given=there["unit"])
    if len(stored) != len(table):
        return fault("verify.other_length", table.place, stored=len(stored), given=len(table))
    for here, there in zip(stored, table.rows(), strict=True):
        for column in dict.fromkeys([*here, *there]):
            if here.get(column) != there.get(column):
                values = {"stored": shown(here.get(column)), "given": shown(there.get(column))}
                return fault("verify.other_cell", table.place, unit=here["unit"], column=column, **values)
    return None
