"""The table desk: a document beside the table read from it, and all a person settles, cell by cell, until it is used.

What was settled goes along as one hidden field of the form; every press of it is read into that, the document is read
anew with it in a process of its own, and the whole desk is drawn again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from pydantic import TypeAdapter, ValidationError

from allocator.data.answers import (
    ANSWERS_FILE,
    NUMBERS,
    Answers,
    OpenQuestion,
    PossibleAnswer,
    answers_of,
    answers_text,
)  # fmt: skip
from allocator.data.audit import audit
from allocator.data.digest import sha256
from allocator.data.findings import Shown
from allocator.data.importing import examined
from allocator.data.limits import CELL, Sent, sheet_column
from allocator.data.meaning import COUNTS, columns_of, comparable
from allocator.data.read import read_table
from allocator.data.source import csv_text, folder_files
from allocator.data.table import ATTAINMENT, TABLE_FILE, TEXT_COLUMNS, fold
from allocator.errors import AllocatorError, InputError, fault
from allocator.files import load_scenario
from allocator.finding.settings import Setting
from allocator.web.fields import number_typed
from allocator.web.names import column_name
from allocator.web.sent import MOST_ROWS, DrawnSheet, brought, given_back, marked, message, raw_sheet
from allocator.web.state import started
from allocator.web.store import Store
from allocator.words import Words

OPTION = re.compile("--(map|numbers|leave-out|keep) ")
"""What an answer of the form begins with."""
MOST_HEADERS = 6
"""Rows a header may have, for its fingerprint."""
SEARCHED = 60
"""Rows among which the header of an earlier document is looked for."""
SURE, LIKELY = 0.9, 0.6
"""Confidence from which a column's meaning is called so."""
EMPTY: Mapping[str, Any] = {"document": "", "sheet": None, "table": None, "faults": (), "questions": (), "findings": (),
                            "like": None, "dropped": None}  # fmt: skip


@dataclass(frozen=True)
class DeskState:
    """What a person has settled of a document; `accepted`: day of each accepted finding, by its fingerprint."""

    answers: Answers = field(default_factory=Answers)
    accepted: Mapping[str, date] = field(default_factory=dict)


FORM = TypeAdapter(DeskState)


def desk(store: Store, form: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """What the desk's template needs; under `query` the state to go on with, once the table is used.

    Raises:
        InputError: a form this page did not write.
    """
    file = brought(form)
    if file is None:
        return {**EMPTY}
    made: dict[str, Any] = {**EMPTY, "name": file.name, "document": given_back(file)}
    known, settled = None, DeskState()
    try:
        if form.get("settled"):
            settled = _changed(FORM.validate_json(form["settled"]), form, file)
        elif known := store.answers(_fingerprints(_read(file, Answers())[0])):
            settled = DeskState(replace(known[1], cells={}), known[0].accepted)
    except ValidationError:
        raise InputError(fault("page.bad_form")) from None
    except AllocatorError as error:
        return {**made, "faults": [("", message(each, words)) for each in error.faults]}
    made |= _drawn(store, file, settled, form, words)
    return made | {"like": known[0] if known and settled.answers else None}


def _read(file: Sent, answers: Answers) -> tuple[Any, Any, AllocatorError | None]:
    """The document as shown, what was imported from it, and what is in the way of that."""
    try:
        return examined(file, replace(answers, lenient=True))
    except AllocatorError as error:
        if (raw := raw_sheet(file, (), Words("en"))) is None:
            raise
        return raw.shown, None, error


def _fingerprints(shown: Shown) -> list[str]:
    """Fingerprints of all that may be the header of a document."""
    starts = range(min(SEARCHED, len(shown.rows)))
    return [_fingerprint(shown.rows[n : n + high]) for n in starts for high in range(1, MOST_HEADERS)]


def _fingerprint(rows: Sequence[Sequence[str]]) -> str:
    return sha256([" | ".join(map(comparable, row)).rstrip(" |") for row in rows])[:20]


def _changed(before: DeskState, form: Mapping[str, Any], file: Sent) -> DeskState:
    """What is settled after a form was filled in and one of its buttons pressed."""
    pressed = [form[key] for key in form if key.startswith("answer:")]
    settled = answers_of(each.partition(" ")[::2] for each in pressed if OPTION.match(each))
    columns = {key.removeprefix("column:"): form[key] for key in form if key.startswith("column:")}
    cells = {place: text for place, text in before.answers.cells.items() if place != form.get("put_back")}
    if at := form.get("fix_at", "").strip().upper():
        part = Shown(form.get("part", ""), (), (), (), {}, {})
        cells[DrawnSheet(file.name, part).place(at)] = form.get("fix_to", "").strip()
    pointed = re.fullmatch(r"\d{1,7}", form.get("header", ""))
    was = replace(before.answers, cells={}, numbers="", columns={} if pointed else before.answers.columns)
    units, others = ({*form.get(key, "").splitlines()} for key in ("units", "others"))
    ticked = {each for each in units | others if f"in:{each}" in form}
    answers = Answers(
        {} if pointed else columns,
        form.get("numbers", before.answers.numbers),
        sorted((units | {*was.out}) - ticked),
        sorted((others | {*was.kept}) & ticked),
        cells,
        int(pointed[0]) if pointed else None,
    )
    answers = settled.over(answers).over(was)
    columns = {each: column for each, column in answers.columns.items() if column}
    answers = replace(answers, columns=columns, numbers=answers.numbers if answers.numbers in NUMBERS else "")
    accepted = {key: day for key, day in before.accepted.items() if key != form.get("unaccept")}
    return DeskState(answers, accepted | ({form["accept"]: date.today()} if form.get("accept") else {}))


def _drawn(store: Store, file: Sent, settled: DeskState, form: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """The desk with what is settled: the sheet, the table beside it, what is asked, wrong and odd."""
    shown, made, error = _read(file, settled.answers)
    sheet = DrawnSheet(file.name, shown)
    cells = {place: text for place, text in settled.answers.cells.items() if text != sheet.text(sheet.at(place))}
    settled = replace(settled, answers=replace(settled.answers, cells=cells))
    faults = [(sheet.at(each.place), message(each, words)) for each in (error.faults if error else ())]
    questions: Sequence[OpenQuestion] = getattr(error or made, "questions", ())
    found = _findings(made, sheet, settled.accepted, words) if made else []
    result: dict[str, Any] = {}
    if made and "use" in form:
        try:
            result["query"] = _used(store, made, sheet, settled, form, words)
        except AllocatorError as failed:
            faults += [("", message(each, words)) for each in failed.faults]
    left = tuple(f"{shown.numbers[n]}" for n in shown.left_out)
    open_ones = [each for each in found if not each["accepted"] and CELL.sub(r"\2", each["at"]) not in left]
    marks = marked([*faults, *((each["at"], each["text"]) for each in open_ones)])
    return result | {
        "settled": FORM.dump_json(settled).decode(),
        "answers": settled.answers,
        "sheet": replace(sheet, marks=marks),
        "names": _names(made, shown),
        "columns": _columns(made, shown, settled.answers),
        "known": (*TEXT_COLUMNS, *COUNTS, ATTAINMENT),
        "numbers": NUMBERS,
        "table": made and _table(made, sheet, words),
        "fixed": [(place, sheet.at(place), sheet.text(sheet.at(place)), text)
                  for place, text in settled.answers.cells.items()],
        "target": form.get("target") or (made.target if made else None) or "",
        "title": form.get("title") or (made.source.document.title if made else "") or file.name.rpartition(".")[0],
        "faults": () if questions and error else faults,
        "questions": [(message(each.about, words), [_choice(one, words) for one in each.choices])
                      for each in questions],
        "findings": found,
    }  # fmt: skip


def _choice(each: PossibleAnswer, words: Words) -> tuple[str, str, Sequence[str]]:
    """An answer: its value in the form, in words, and cells it is about."""
    header, _, name = each.value.rpartition("=")
    shown = {"--map": column_name(name, words), "--numbers": words.texts.get(f"desk.numbers.{name}", name)}
    key = "skip" if each.option == "--map" and name == "skip" else each.option[2:]
    text = words(f"desk.choice.{key}", header=header, name=shown.get(each.option, each.value))
    return f"{each.option} {each.value}", text, each.cells


def _names(made: Any, shown: Shown) -> dict[int, str]:
    """What each row of a document that is a unit, or was left out, is called, by its index."""
    at = next((each.at for each in (made.columns if made else ()) if each.name == "unit"), 0)
    left = {n: fold(" ".join(shown.rows[n][at : at + 1])) for n in shown.left_out}
    return {**left, **shown.units}


def _columns(made: Any, shown: Shown, answers: Answers) -> list[dict[str, Any]]:
    """Each column of a document with its header, what it was read as, how surely, and what was answered."""
    heads = [*columns_of([shown.rows[n] for n in shown.headers], {})] if shown.headers else []
    read = {each.at: each for each in (*made.columns, *made.unrecognised)} if made else {}
    found = []
    for each in (read.get(head.at, head) for head in heads):
        sure = "sure" if each.confidence >= SURE else "likely" if each.confidence >= LIKELY else "check"
        name, chosen = each.name if each.ours else "", answers.columns.get(each.header, "")
        found.append({"header": each.header, "name": name, "chosen": chosen, "sure": "told" if chosen else sure})
    return found


def _table(made: Any, sheet: DrawnSheet, words: Words) -> dict[str, Any]:
    """The table that was read: heads, and rows of texts with the document's cell each came from."""
    at = {each.name: sheet_column(each.at + 1) for each in made.columns}
    names = [name for name in made.rows[0] if name in at]

    def figure(name: str, value: Any) -> str:
        return "" if value is None else value if name == "unit" else Setting(value).told(words)

    columns = [[row[name] for row in made.rows] for name in names[1:]]
    rows = [*zip(made.rows, made.places, strict=True)][:MOST_ROWS]
    return {
        "heads": [(column_name(name, words), at[name]) for name in names],
        "rows": [[(sheet.at(places[name]), figure(name, row[name])) for name in names] for row, places in rows],
        "count": len(made.rows),
        "sums": ["" if any(isinstance(v, str) for v in each) else words.number(sum(v or 0 for v in each))
                 for each in columns],
    }  # fmt: skip


def _findings(made: Any, sheet: DrawnSheet, accepted: Mapping[str, date], words: Words) -> list[dict[str, Any]]:
    """What the reader and the audit found, each at its cell, with the day it was accepted."""
    table = read_table(Sent(TABLE_FILE, csv_text(made.rows).encode()), Answers())
    places = {row["unit"]: each for row, each in zip(made.rows, made.places, strict=True)}
    found = []
    for each in (*made.findings, *audit(table, made.source)):
        own, text = places.get(each.row, {}), message(each.about, words)
        where = filter(None, (each.row, column_name(each.column or "", words)))
        key = sha256([each.code, each.row, each.column, str(each.printed), str(each.recomputed)])[:16]
        found.append({
            "key": key, "severity": each.severity, "text": text, "accepted": accepted.get(key),
            "at": sheet.at(each.place or own.get(each.column) or own.get("unit", "")),
            "where": " · ".join(one for one in where if one not in text),
        })  # fmt: skip
    return found


def _used(store: Store, made: Any, sheet: DrawnSheet, settled: DeskState, form: Mapping[str, Any], words: Words) -> str:
    """The table kept with its answers and what was accepted; the state to go on with."""
    if not form.get("target", "").strip():
        raise InputError(fault("desk.no_target"))
    made = replace(made, target=number_typed("target", form["target"], "whole"))
    asked = [(one.option, one.value) for each in made.questions for one in each.choices]
    skipped = [each for each in asked if each[0] == "--map" and each[1].endswith("=skip")]
    answers = settled.answers.over(answers_of(skipped))  # asked about and left out, as in the table that is used
    files = folder_files(made, words)
    if answers:
        files |= {ANSWERS_FILE: answers_text(answers, words("import.kept_comment"))}
    heads = sheet.shown.headers or (0,)
    rows = [sheet.shown.rows[n] for i, n in enumerate(heads[: MOST_HEADERS - 1]) if n == heads[0] + i]
    accepted = {key: f"{day}" for key, day in settled.accepted.items()}
    about = {"units": len(made.rows), "brought": f"{date.today()}", "accepted": accepted,
             "headers": _fingerprint(rows)}  # fmt: skip
    key = store.keep_table(files, form.get("title", "").strip() or sheet.file, about)
    return opened(store, key)


def opened(store: Store, key: str) -> str:
    """The state of a table of the library, with its first scenario."""
    return started(store.named(key), load_scenario(store.folder_of(key) / "base.yaml")[1]).query
