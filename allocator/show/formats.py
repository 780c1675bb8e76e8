"""A report in every format asked for, in memory first: files appear together or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from allocator.errors import InputError, fault
from allocator.show.document import Document


def _xlsx(document: Document) -> dict[str, bytes]:
    from allocator.show.excel import write_xlsx

    return {"report.xlsx": write_xlsx(document)}


def _docx(document: Document) -> dict[str, bytes]:
    from allocator.show.word import write_annex, write_letters, write_year

    letters = write_letters(document) if not document.large else {}
    return {"annex.docx": write_annex(document), **write_year(document), **letters}


def _html(document: Document) -> dict[str, bytes]:
    from allocator.show.html_page import write_html

    return {"report.html": write_html(document)}


def _csv(document: Document) -> dict[str, bytes]:
    from allocator.show.csv_files import write_csv

    return {f"csv/{name}": content for name, content in write_csv(document).items()}


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
