"""A finding for programs: its records as JSON, its tables as CSV or Markdown."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from allocator.errors import Fault
from allocator.files import json_text
from allocator.finding import Finding, Listing, Value
from allocator.words import Words

if TYPE_CHECKING:
    from allocator.show.build import Document

PLAIN = (str, int, float, type(None))
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


def records(finding: Finding, words: Words) -> dict[str, Any]:
    """The finding's records, the texts in them in the language of `words`, sealed by a digest where it says so."""
    from allocator.data.digest import sha256

    made: dict[str, Any] = in_words(finding.records, words)
    return {**made, "digest": sha256(made)} if finding.sealed else made


def in_words(value: Any, words: Words) -> Any:
    """Plain values as they are, every text in them in the language of `words`."""
    if isinstance(value, PLAIN):
        return value
    if isinstance(value, Mapping):
        return {key: each if isinstance(each, PLAIN) else in_words(each, words) for key, each in value.items()}
    if hasattr(value, "told") or (value and isinstance(value, tuple) and all(isinstance(e, Fault) for e in value)):
        return words.told(value)
    return [in_words(each, words) for each in value] if isinstance(value, list | tuple) else value


def as_json(finding: Finding, words: Words) -> str:
    """The records as one JSON object."""
    return json_text(records(finding, words))


def write_csv(document: Document) -> dict[str, bytes]:
    """A file a listing of numbers: a row of column names, units, totals left out for programs to sum."""
    listings = (each for section in document.sections for each in section.listings if not each.only_text)
    return {f"csv/{each.key}.csv": listing_csv(each, document.words) for each in listings}


def listing_csv(listing: Listing, words: Words) -> bytes:
    """One listing as a CSV file that a spreadsheet program opens without running anything in it.

    Without its mark Excel takes UTF-8 for the machine's own code page, and Vietnamese letters are lost.
    """
    return _csv(listing, words).encode("utf-8-sig")


def _csv(listing: Listing, words: Words) -> str:
    """One listing as CSV, a column's key as its header; figures and dates are plain, no cell of it is a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([column.key for column in listing.columns])
    for row in listing.rows:
        plain = (each.isoformat() if isinstance(each, date) else each for each in row)
        writer.writerow([guarded(each if isinstance(each, int | float | None) else words.told(each)) for each in plain])
    return text.getvalue()


def guarded(value: Value) -> Value:
    """`value`, a text that a spreadsheet program would run as a formula kept a text by an apostrophe.

    Numbers stay numbers, negative ones too (OWASP ASVS 1.2.10).

    Example:
        >>> guarded("=1+1"), guarded("An Phú"), guarded(-5)
        ("'=1+1", 'An Phú', -5)
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(RISKY) else value


def _markdown(listing: Listing, words: Words) -> str:
    """One listing as a Markdown table, headers and figures in the language of `words`, totals last."""
    lines = [
        [f"{words.told(column.group)} {words.told(column.header)}".strip() for column in listing.columns],
        ["---" if column.is_text else "---:" for column in listing.columns],
        *listing.texts(words),
    ]
    in_cell = str.maketrans({"|": "\\|", "\n": "<br>"})
    return "".join("| " + " | ".join(cell.translate(in_cell) for cell in line) + " |\n" for line in lines)


FORMATS: Mapping[str, Callable[[Listing, Words], str]] = {"csv": _csv, "md": _markdown}
"""What `--format` may ask a main listing for, beside the text of a terminal."""
