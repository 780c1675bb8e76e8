"""The listings as CSV that a spreadsheet program opens without running anything in it."""

from __future__ import annotations

import csv
import io

from allocator.finding import Listing, Value
from allocator.show.document import Document
from allocator.words import Words

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel takes UTF-8 for the machine's own code page, and Vietnamese letters are lost."""


def write_csv(document: Document) -> dict[str, bytes]:
    """One file a listing of numbers, by name: a row of column names, units, totals left out for programs to sum."""
    listings = [each for section in document.sections for each in section.listings if not each.only_text]
    return {f"{each.key}.csv": listing_csv(each, document.words) for each in listings}


def listing_csv(listing: Listing, words: Words) -> bytes:
    """One listing as a file."""
    return (BYTE_ORDER_MARK + listing_text(listing, words)).encode("utf-8")


def listing_text(listing: Listing, words: Words) -> str:
    """One listing as CSV, a column's key as its header; figures are plain, no cell of it is a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([column.key for column in listing.columns])
    for row in listing.rows:
        writer.writerow([guarded(each if isinstance(each, int | float | None) else words.told(each)) for each in row])
    return text.getvalue()


def guarded(value: Value) -> Value:
    """`value`, a text that a spreadsheet program would run as a formula kept a text by an apostrophe.

    Numbers stay numbers, negative ones too (OWASP ASVS 1.2.10).

    Example:
        >>> guarded("=1+1"), guarded("An Phú"), guarded(-5)
        ("'=1+1", 'An Phú', -5)
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(RISKY) else value
