"""What is shown of a listing adds up to the total shown under it."""

from __future__ import annotations

from dataclasses import replace

from allocator.finding import Column, Finding, Listing, Section, say
from allocator.words import Words


def test_halves_are_rounded_in_the_rows_as_in_the_total() -> None:
    """126.45 lies above its half as a computer holds it, so that it is shown as 126.5."""
    rows = (("A", 63.2), ("B", 63.25))
    listing = Listing("x", "x", (Column("unit", "text"), Column("claim", "number", 1)), rows, ("", 126.45))
    assert listing.texts(Words("en")) == [["A", "63.2"], ["B", "63.3"], ["", "126.5"]]


def test_what_the_lines_say_is_said_once_and_no_bare_title_is_left() -> None:
    one, two, more = (say(f"sensitivity.{key}") for key in ("bands", "tipping", "nothing"))
    table = Section("table", "b", (two,), (Listing("x", "x", (Column("unit", "text"),), ()),))
    rest = Section("rest", "c", (more, (two, more)))
    found = Finding({}, (Section("said", "a", ((one, two), one)), table, rest), (say("run.total"), (one, two)))
    assert found.beyond == [replace(table, texts=()), rest]
