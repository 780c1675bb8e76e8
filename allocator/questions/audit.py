"""What is wrong or odd in a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from allocator.data.findings import SEVERITIES, Oddity
from allocator.errors import InputError
from allocator.finding import Column, Finding, Listing, Section, Text, say
from allocator.finding.columns import listed, titled
from allocator.questions import Argument, question

DEFAULT_FOLDER = "an-giang-2017"


@question(Argument("data", "file", positional=True), of="nothing")
def ask_audit(data: Path | None = None) -> Finding:
    """All findings on the table at `data`, or on the built-in one; status 1 where a figure cannot be used."""
    from allocator.data.audit import audit as audited
    from allocator.data.audit import audit_faults
    from allocator.data.read import read_table
    from allocator.data.source import source_beside
    from allocator.files import builtin_folder

    path = data or builtin_folder() / DEFAULT_FOLDER / "units.csv"
    units, found = 0, tuple[Oddity, ...]()
    try:
        table = read_table(path)
    except InputError as error:
        found = audit_faults(error)
    else:
        units, found = len(table), (*table.notes, *audited(table, source_beside(path)))
    title = say("cli.audit.title" if units else "cli.audit.title_unread", table=path.name, units=units)
    section = Section("audit", title, (), (oddities(found, title),) if found else ())
    status = int(any(each.severity == "error" for each in found))
    records = {"findings": [oddity_record(each) for each in found]}
    return Finding(records, (section,), (title, counts(found)), status=status)


def counts(found: Sequence[Oddity]) -> Text:
    """How many findings of each severity there are."""
    times = Counter(each.severity for each in found)
    return say("cli.audit.counts", **{f"{name}s": times[name] for name in SEVERITIES})


def oddity_record(each: Oddity) -> dict[str, object]:
    """One finding as `audit --json` has it."""
    names = ("severity", "code", "row", "column", "printed", "recomputed")
    return {**{name: getattr(each, name) for name in names}, "message": each}


def oddities(found: Sequence[Oddity], title: Text) -> Listing:
    """The findings, one a row: how bad, where, what was found and what to do."""
    heads = titled("cli.audit", Column("severity", "text"), Column("where", "text"), Column("message", "text"))
    records = (
        {
            "severity": say(f"severity.{each.severity}"),
            "where": f"{each.row or ''} {each.column or ''}".strip() or say("cli.audit.all"),
            "message": each,
        }
        for each in found
    )
    return listed("findings", title, heads, records)
