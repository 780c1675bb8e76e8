"""The annex, the letters, the sheet of steps and single answers as Word documents, filled into templates.

A letter's and an annex's layout are in `templates/`, where Decree 30/2020 is followed; only tables are laid out here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from allocator.errors import InputError, fault
from allocator.finding import Column, Listing, Row, Section, Text, say
from allocator.finding.columns import columns, titled
from allocator.show.answering import answer_letters
from allocator.show.build import Document
from allocator.show.letters import Letters
from allocator.show.templated import SHIPPED, WordTemplate
from allocator.show.word_tables import paragraph, ruled_table
from allocator.why.explanation import STEPS

if TYPE_CHECKING:
    from allocator.words import Words

YEAR = ("net", "review", "round", "joint", "unions", "plan")
"""The sections about the year."""
SHEET = ("title", "attached", "table", "notes")
"""What an annex is filled with, beside what every document is."""

MOST_CHARACTERS = 60
"""Vietnamese letters take up to three bytes, and many systems allow 255 bytes a name."""
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?")


def file_names(names: Iterable[str], ending: str) -> list[str]:
    """Each name as a file may be called: no path, no reserved word, no hidden file, never empty.

    No two are alike, even where case and accents' storage do not count.

    Example:
        >>> file_names(["An Phú", "AN PHÚ", "../etc/passwd", "con", "  "], ".docx")
        ['An Phú.docx', 'AN PHÚ (2).docx', 'etc-passwd.docx', 'con_.docx', 'unit.docx']
    """
    made: dict[str, str] = {}
    for each in names:
        text = _UNSAFE.sub("-", unicodedata.normalize("NFC", each))
        text = " ".join(text.split())[:MOST_CHARACTERS].strip(" .-=+@~")
        name = unique = f"{text}_" if _RESERVED.fullmatch(text) else text or "unit"
        number = 1
        while unique.casefold() in made:
            number += 1
            unique = f"{name} ({number})"
        made[unique.casefold()] = unique + ending
    return list(made.values())


def write_docx(document: Document) -> dict[str, bytes]:
    """The annex, the steps, the sections about the year and answers to a round where there are any, and the letters.

    Where there are too many units there are no letters. A single answer is one file.
    """
    letters, words = Letters(document), document.words
    if document.annex is None:
        body = "".join(_titled(each, words) for each in document.sections)
        return {"answer.docx": _sheet(letters, body, document.title, words.told(document.subtitle))}
    annex = document.annex
    own = _file(document, "annex")
    made = {"annex.docx": _sheet(letters, ruled_table(annex, words), annex.title, letters.attached, own)}
    if found := [each for each in document.sections if each.key in YEAR]:
        made["year.docx"] = _sheet(letters, "".join(_titled(each, words) for each in found))
    made |= write_answers(document)
    if document.large:
        return made
    steps = _steps(letters)
    notes = list(map(words.told, steps.notes))
    made["steps.docx"] = _sheet(letters, ruled_table(steps, words), steps.title, notes=notes)
    return made | _letters(letters, "letters", letters.contexts())


def write_answers(document: Document) -> dict[str, bytes]:
    """The letters that answer what units asked for, all in one file and each alone; none where nobody asked."""
    if document.asked is None:
        return {}
    letters = Letters(document)
    return _letters(letters, "answers", answer_letters(letters, document.asked))


def _letters(letters: Letters, name: str, contexts: Mapping[str, Mapping[str, Any]]) -> dict[str, bytes]:
    """Letters by unit, all in one file and each alone."""
    known = {*letters.shared, *next(iter(contexts.values()))}
    template = WordTemplate(_file(letters.document, "letter"), known, letters.shared, letters.facts)
    bodies = [template.filled({**letters.shared, **each}) for each in contexts.values()]
    alone = zip(file_names(contexts, ".docx"), bodies, strict=True)
    return {f"{name}.docx": template.file(bodies), **{f"{name}/{each}": template.file([body]) for each, body in alone}}


def _file(document: Document, name: str) -> Path:
    """The office's own template of a document, beside its table, or the program's."""
    own, place = getattr(document.office.templates, name), document.allocation.table.place
    if own and not place:
        raise InputError(fault("file.missing", own))
    return Path(place).parent / own if own else SHIPPED / f"{name}.docx"


def _sheet(
    letters: Letters, body: str, title: Text = "", attached: str = "", file: Path = SHIPPED / "annex.docx",
    notes: Sequence[str] = (),
) -> bytes:  # fmt: skip
    """A sheet with a title and tables."""
    template = WordTemplate(file, {*letters.shared, *SHEET}, letters.shared, letters.facts)
    notes = (*notes, *filter(None, [letters.record]))
    given = {"title": letters.words.told(title).upper(), "attached": attached, "table": Markup(body), "notes": notes}
    return template.file([template.filled(letters.shared | given)])


def _steps(letters: Letters) -> Listing:
    """How each quota comes about, in whole members; only steps that are not 0 for every unit, each explained below."""
    plain, made = letters.plain, letters.made
    kinds = (Column(STEPS[at], "signed" if at else "members") for at in plain.used)
    heads = (Column("number"), *columns("unit"), *titled("plain.step", *kinds), *columns("quota"))
    rows: tuple[Row, ...] = tuple(
        (n, unit, *(row[at] for at in plain.used), quota)
        for n, (unit, row, quota) in enumerate(zip(made.table.units, plain.steps, made.quotas, strict=True), start=1)
    )
    whole: Row = ("", say("run.total"), *(sum(row[at] for row in plain.steps) for at in plain.used), sum(made.quotas))
    notes = tuple(say(f"plain.note.{STEPS[at]}", lot=made.problem.lot, of=plain.size) for at in plain.used)
    return Listing("plain_steps", say("word.steps", task=letters.task), heads, rows, whole, notes)


def _titled(section: Section, words: Words) -> str:
    """A section under its title: its texts, then its listings; its own title is not repeated."""
    made = [paragraph(words.told(section.title).upper(), bold=True, before=12, after=6, keep=True)]
    made += [paragraph(text, align="both", after=6, keep=True) for text in map(words.told, section.texts)]
    for listing in section.listings:
        if listing.title != section.title:
            made.append(paragraph(words.told(listing.title), bold=True, before=6, after=3, keep=True))
        made.append(ruled_table(listing, words))
        made += [paragraph(words.told(note), size=11, italic=True) for note in listing.notes]
    return "".join(made)
