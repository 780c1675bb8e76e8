"""A report in every format asked for, in memory first: files appear together or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from allocator.errors import InputError, MissingExtraError, fault
from allocator.show.build import Document
from allocator.show.drawings import draw
from allocator.show.records import listing_csv

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"


def environment(*folders: Path) -> Environment:
    """Templates of `folders`, then of the report; everything filled in is escaped, nothing may be missing."""
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ImportError:
        raise MissingExtraError(fault("extra.missing", extra="office")) from None
    loader = FileSystemLoader([*folders, TEMPLATES])
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.globals["draw"] = draw
    return made


def _xlsx(document: Document) -> dict[str, bytes]:
    from allocator.show.excel import write_xlsx

    return {"report.xlsx": write_xlsx(document)}


def _docx(document: Document) -> dict[str, bytes]:
    from allocator.show.word import write_annex, write_letters, write_year

    letters = write_letters(document) if not document.large else {}
    return {"annex.docx": write_annex(document), **write_year(document), **letters}


def _html(document: Document) -> dict[str, bytes]:
    """One page that needs no network, from templates the planner's page shares."""
    page = environment().get_template("report.html").render(document=document, words=document.words)
    return {"report.html": page.encode("utf-8")}


def _csv(document: Document) -> dict[str, bytes]:
    """One file a listing of numbers: a row of column names, units, totals left out for programs to sum."""
    listings = (each for section in document.sections for each in section.listings if not each.only_text)
    return {f"csv/{each.key}.csv": listing_csv(each, document.words) for each in listings}


FORMATS: Mapping[str, Callable[[Document], dict[str, bytes]]] = {
    "xlsx": _xlsx,
    "docx": _docx,
    "html": _html,
    "csv": _csv,
}


def known_formats(text: str | None) -> list[str]:
    """Formats named in a text like `xlsx,html`, all where there is none; InputError names those there are not."""
    if text is None:
        return list(FORMATS)
    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    wrong = [name for name in names if name not in FORMATS]
    if wrong or not names:
        raise InputError([fault("report.unknown_format", "--formats", name=name, known=list(FORMATS))
                          for name in wrong or ["–"]])  # fmt: skip
    return list(dict.fromkeys(names))


def files(document: Document, formats: Sequence[str]) -> dict[str, bytes]:
    """Content of every file of the report by its path in the report's folder."""
    return {name: content for each in formats for name, content in FORMATS[each](document).items()}
