"""A report in every format asked for, in memory first: files appear together or not at all."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from allocator.errors import InputError, MissingExtraError, fault

if TYPE_CHECKING:
    from allocator.show.build import Document

FORMATS: Mapping[str, tuple[str, str]] = {
    "xlsx": ("excel", "write_xlsx"),
    "docx": ("word", "write_docx"),
    "html": ("page", "write_html"),
    "csv": ("records", "write_csv"),
}
"""The module that writes a format, loaded only where it is asked for, and its function: a document → files by path."""


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
    made: dict[str, bytes] = {}
    for module, name in map(FORMATS.__getitem__, formats):
        try:
            write = getattr(import_module(f"allocator.show.{module}"), name)
        except ImportError:
            raise MissingExtraError(fault("extra.missing", extra="office")) from None
        made |= write(document)
    return made


def one_file(made: Mapping[str, bytes], kind: str) -> tuple[str, bytes]:
    """Ending and content of the only file there is, or of all together in one; the same files give the same bytes."""
    if len(made) == 1:
        return kind, next(iter(made.values()))
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in made.items():
            archive.writestr(zipfile.ZipInfo(path), content, zipfile.ZIP_DEFLATED)
    return f"{kind}.zip", held.getvalue()
