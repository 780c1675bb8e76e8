"""What is wrong or odd in a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from allocator.data.findings import SEVERITIES, Oddity
from allocator.data.limits import Sent
from allocator.errors import InputError
from allocator.finding import Column, Finding, Listing, Section, Text, say
from allocator.finding.columns import listed, titled
from allocator.finding.settings import Setting, SettingName
from allocator.questions import Argument, question
from allocator.words import Words

DEFAULT_FOLDER = "an-giang-2017"


@question(Argument("data", "file", positional=True), of="nothing")
def ask_audit(data: Path | Sent | None = None) -> Finding:
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
        units, found = (
            len(table),
            (*table.notes, *audited(table, source_beside(path) if isinstance(path, Path) else None)),
        )
    title = say("cli.audit.title" if units else "cli.audit.title_unread", table=path.name, units=units)
    section = Section("audit", title, (), (oddities(found, title),) if found else ())
    status = int(any(each.severity == "error" for each in found))
    records = {"findings": [oddity_record(each) for each in found]}
    usable = units and not status and "published_quota" in table.columns
    following = ("run", *([str(data)] if data else [])) if usable else ()
    return Finding(records, (section,), (title, counts(found)), following, status=status)


def counts(found: Sequence[Oddity]) -> Text:
    """How many findings of each severity there are."""
    times = Counter(each.severity for each in found)
    return say("cli.audit.counts", **{f"{name}s": times[name] for name in SEVERITIES})


def oddity_record(each: Oddity) -> dict[str, object]:
    """One finding as `audit --json` has it."""
    names = ("severity", "code", "row", "column", "printed", "recomputed")
    return {**{name: getattr(each, name) for name in names}, "message": each}


def oddities(found: Sequence[Oddity], title: Text) -> Listing:
    """The findings, those of one kind in one row, the worst first: how bad, where, what was found and what to do."""
    kinds: dict[tuple[str, str, str | None], list[Oddity]] = {}
    for each in sorted(found, key=lambda each: SEVERITIES.index(each.severity)):
        column = each.column if each.row or each.printed is not None else None
        kinds.setdefault((each.severity, each.code, column), []).append(each)
    heads = titled("cli.audit", Column("severity", "text"), Column("where", "text"), Column("message", "text"))
    records = (
        {"severity": say(f"severity.{severity}"), **_together(some, column)}
        for (severity, _, column), some in kinds.items()
    )
    return listed("findings", title, heads, records)


def _where(each: Oddity) -> Text:
    """The unit and the column of a finding, as people call them."""
    column = SettingName((each.column,)) if each.column else ""
    return (
        say("cli.audit.at", row=each.row, column=column)
        if each.row and column
        else each.row or column or say("cli.audit.all")
    )


def _named(each: Oddity) -> Text:
    """A finding among others of its kind: its unit and what is printed there, or where it is."""
    if each.printed is None:
        return _where(each)
    printed = Setting(each.values.get("text", each.printed))
    return say("cli.audit.at", row=each.row or say("run.total"), column=printed)


def _together(some: Sequence[Oddity], column: str | None) -> dict[str, Text]:
    """Where several findings of one kind are, and what they say: of each its unit and what is printed there."""
    items = {(each.row, each.column, each.printed): _named(each) for each in some}
    if len(items) == 1:
        return {"where": _where(some[0]), "message": some[0]}
    key = some[0].code if f"audit.many.{some[0].code}" in Words("vi") else "other"
    where = SettingName((column,)) if column else say("cli.audit.all")
    return {
        "where": where,
        "message": say(f"audit.many.{key}", count=len(items), items=[*items.values()], first=some[0]),
    }
