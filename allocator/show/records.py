"""A finding for programs: its records as JSON, its main table as CSV or Markdown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from allocator.errors import Fault
from allocator.files import json_text
from allocator.finding import Finding, Listing
from allocator.words import Words

PLAIN = (str, int, float, type(None))


def records(finding: Finding, words: Words) -> dict[str, Any]:
    """The finding's records, the texts in them in the language of `words`, sealed by a digest where it says so."""
    from allocator.data.digest import sha256

    made: dict[str, Any] = _told(finding.records, words)
    return {**made, "digest": sha256(made)} if finding.sealed else made


def _told(value: Any, words: Words) -> Any:
    if isinstance(value, PLAIN):
        return value
    if isinstance(value, Mapping):
        return {key: each if isinstance(each, PLAIN) else _told(each, words) for key, each in value.items()}
    if hasattr(value, "told") or (value and isinstance(value, tuple) and all(isinstance(e, Fault) for e in value)):
        return words.told(value)
    return [_told(each, words) for each in value] if isinstance(value, list | tuple) else value


def as_json(finding: Finding, words: Words) -> str:
    """The records as one JSON object."""
    return json_text(records(finding, words))


def main_table(finding: Finding) -> Listing | None:
    """The first listing that has figures, else the first; None where there is none."""
    return next((each for each in finding.listings if not each.only_text), next(iter(finding.listings), None))


def as_csv(finding: Finding, words: Words) -> str:
    """The rows of the main table, a column's key as its header, figures plain; no cell of it is a formula."""
    from allocator.show.csv_files import listing_text

    listing = main_table(finding)
    return "" if listing is None else listing_text(listing, words)


def as_markdown(finding: Finding, words: Words) -> str:
    """The main table as a Markdown table, headers and figures in the language of `words`."""
    listing = main_table(finding)
    if listing is None:
        return ""
    rows = [*listing.rows, *([listing.total] if listing.total else [])]
    texts = [[c.text(words, v) for c, v in zip(listing.columns, row, strict=True)] for row in rows]
    lines: Sequence[Sequence[str]] = [
        [words.told(column.header) for column in listing.columns],
        ["---" if column.is_text else "---:" for column in listing.columns],
        *texts,
    ]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


FORMATS: Mapping[str, Callable[[Finding, Words], str]] = {"csv": as_csv, "md": as_markdown}
"""What `--format` may ask for beside the text of a terminal."""
