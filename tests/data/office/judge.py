"""What the product makes of a document, held against what a clerk reads in it."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.command import allocator
from tests.data.office.paper import COLUMNS, Doc, Right

RIGHT, ASKED, REFUSED = "right", "asked", "refused rightly"
SILENT, WARNED, REFUSED_WRONGLY, REMEDY = "WRONG SILENTLY", "wrong, warned", "refused wrongly", "remedy wrong"
OUTCOMES = (RIGHT, ASKED, REFUSED, SILENT, WARNED, REFUSED_WRONGLY, REMEDY)
COMPARED = {column: letter for letter, column in COLUMNS.items() if letter not in "#u"}


@dataclass(frozen=True)
class Outcome:
    """One of `OUTCOMES`, what shows it, and the options that were needed."""

    kind: str
    why: str = ""
    options: tuple[str, ...] = ()


def due(doc: Doc) -> tuple[str, ...]:
    """The outcomes that are as they must be."""
    if doc.right is None:
        return (REFUSED,)
    return (RIGHT, ASKED, REFUSED) if doc.refused else (RIGHT, ASKED) if doc.ways else (RIGHT,)


def judged(doc: Doc, folder: Path) -> Outcome:
    """Import the document into `folder`; what it asks is answered as a clerk would, with at most two options."""
    first = imported(doc, folder, ())
    made = first
    options: tuple[str, ...] = ()
    if doc.right is not None and (first.wrong is not None and (first.status == 2 or first.questions)):
        options = doc.ways or answers(doc, first.asks)
        if options:
            made = imported(doc, folder, options)
            if made.wrong is not None and not doc.ways and (more := answers(doc, made.asks, options)):
                options += more
                made = imported(doc, folder, options)
    if made.status not in (0, 2):
        return Outcome(REFUSED_WRONGLY, f"status {made.status}: {made.message}", options)
    if doc.right is None:
        if first.status == 0:
            return Outcome(SILENT, "was to be refused")
        missing = lacking(first.message, doc.refused)
        return Outcome(REMEDY, f"does not name {missing}: {first.message}") if missing else Outcome(REFUSED)
    if made.wrong is None:
        needless = "though it asks about a column that nothing hangs on" if first.questions else ""
        return Outcome(ASKED, " ".join(options), options) if options else Outcome(RIGHT, needless)
    if doc.refused and not lacking(first.message, doc.refused) and (first.status == 2 or first.pointed):
        return Outcome(REFUSED)
    if first.status == 2:
        return Outcome(REFUSED_WRONGLY, made.message or made.wrong, options)
    return Outcome(WARNED if first.pointed else SILENT, f"{first.wrong}", options)


@dataclass(frozen=True)
class Imported:
    """One call of `allocator import`: how it ended and, where a clerk reads otherwise, the first difference."""

    status: int
    message: str
    wrong: str | None
    questions: Sequence[Any] = ()
    pointed: bool = False

    @property
    def asks(self) -> str:
        return self.message + json.dumps(self.questions, ensure_ascii=False)


def imported(doc: Doc, folder: Path, options: Sequence[str]) -> Imported:
    path, out = doc.save(folder), folder / "out"
    done = allocator("import", path, "--out", out, "--json", "--force", *options, language="vi")
    if done.returncode:
        return Imported(done.returncode, done.stderr.strip(), "refused")
    made = json.loads(done.stdout)
    if doc.right is None:
        return Imported(0, "", "let in")
    path = Path(made.get("table") or out / "units.csv")
    wrong = differences(doc.right, *read_back(path, Path(made.get("scenario") or out / "base.yaml")))
    if doc.right.table is not None and path.read_bytes().decode() != doc.right.table:
        wrong.append("the table is not the same to the byte")
    findings = [each for each in made["findings"] if each["severity"] in ("warning", "error")]
    named = {each["row"] for each in findings} | {meaning(doc, each["column"]) for each in findings}
    named |= {each["column"] for each in findings if each["printed"] is not None}
    pointed = any(each in told for each in named - {None} for told in wrong)
    questions = [*made.get("questions", ()), *(each["message"] for each in findings if "--map" in each["message"])]
    told = "\n".join(each["message"] for each in findings)
    return Imported(0, told, "; ".join(wrong[:3]) if wrong else None, questions, pointed)


def read_back(table: Path, scenario: Path) -> tuple[list[dict[str, str]], int | None]:
    """Rows of the table and target of the scenario that an import wrote."""
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return rows, yaml.safe_load(scenario.read_text(encoding="utf-8")).get("target")


def differences(right: Right, rows: Sequence[Mapping[str, str]], target: int | None) -> list[str]:
    """Where the table is not what a clerk reads: every unit and every figure of it; nothing where it is."""
    wrong = []
    if (names := [row["unit"] for row in rows]) != list(right.units):
        odd = [name for name in names if name not in right.units]
        gone = [name for name in right.units if name not in names]
        wrong.append(f"units: {', '.join(map(repr, odd[:4]))} too many, {', '.join(map(repr, gone[:4]))} missing")
    found = {row["unit"]: row for row in rows}
    for column, letter in COMPARED.items():
        if letter in right.loose:
            continue
        for name, figures in right.units.items():
            cell = found.get(name, {}).get(column)
            should = figures[right.columns.index(letter)] if letter in right.columns else None
            if letter == "k" and (letter not in right.columns or cell == should):
                continue
            if name in found and not same(cell, should, blank_is_zero=letter == "g"):
                wrong.append(f"{name}: {column} is {cell or 'blank'}, not {should}")
    if right.target is not None and target != right.target:
        wrong.append(f"target is {target}, not {right.target}")
    return wrong


def same(cell: str | None, should: Any, blank_is_zero: bool) -> bool:
    nothing: tuple[Any, ...] = (None, 0) if blank_is_zero else (None,)
    if not cell:
        return should in nothing
    try:
        return float(cell) == (0 if should is None and blank_is_zero else should)
    except ValueError:
        return bool(cell == should)


def lacking(message: str, words: Sequence[str]) -> str:
    """Which of the words a refusal must name it does not; each may be one of several between bars."""
    told = message.casefold()
    return ", ".join(each for each in words if not any(one.casefold() in told for one in each.split("|")))


def meaning(doc: Doc, header: str | None) -> str | None:
    """The right column of a header, of which the lowest part tells."""
    return doc.means.get(header or "") or doc.means.get((header or "").split(" / ")[-1])


def answers(doc: Doc, asked: str, given: Sequence[str] = ()) -> tuple[str, ...]:
    """Options that answer a question as a clerk would: what the columns are that it names; at most two with `given`."""
    named = re.findall(r'--map \\?"([^"\\]+?)=|"header": "([^"]+)"|“([^”]+)”', asked)
    headers = dict.fromkeys(text for found in named for text in found if text)
    made: list[str] = []
    for header in headers:
        option = f"{header}={meaning(doc, header)}"
        if meaning(doc, header) and option not in given and len(given) + len(made) < 4:
            made += ["--map", option]
    return tuple(made)
