"""`allocator audit`: what is wrong or odd in a table; exit status 1 where a figure cannot be used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from allocator.cli import Call, command
from allocator.cli.terminal import console
from allocator.data.audit import audit, audit_faults
from allocator.data.findings import Finding
from allocator.data.read import read_table
from allocator.data.source import source_beside
from allocator.errors import InputError
from allocator.words import Words

DEFAULT_FOLDER = "an-giang-2017"
_STYLES = {"error": "bold red", "warning": "yellow", "note": "dim"}


@command("audit")
@click.argument("data", required=False, metavar="[DATA]")
def run_audit(call: Call, data: str | None) -> None:
    """Print all findings on the table at `data`, or on the built-in one."""
    path = Path(data) if data else _builtin()
    units, findings = 0, tuple[Finding, ...]()
    try:
        table = read_table(path)
    except InputError as error:
        findings = audit_faults(error)
    else:
        units, findings = len(table), audit(table, source_beside(path))
    records = [each.record(call.words) for each in findings]
    call.show({"findings": records}, lambda: _print(call.words, path, units, findings))
    click.get_current_context().exit(int(any(each.severity == "error" for each in findings)))


def _builtin() -> Path:
    from allocator.files import builtin_folder

    return builtin_folder() / DEFAULT_FOLDER / "units.csv"


def _print(words: Words, path: Path, units: int, findings: Sequence[Finding]) -> None:
    title = words("cli.audit.title" if units else "cli.audit.title_unread", table=path.name, units=units)
    print_findings(words, title, findings)


def print_findings(words: Words, title: str, findings: Sequence[Finding]) -> None:
    """Findings under a title, how many of each severity first."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    out = console()
    counts = Counter(f"{each.severity}s" for each in findings)
    out.print(Text(title, style="bold"))
    out.print(Text(words("cli.audit.counts", **{name: counts[name] for name in ("errors", "warnings", "notes")})))
    if not findings:
        return
    shown = Table(*(words(f"cli.audit.{name}") for name in ("severity", "where", "message")), box=SIMPLE_HEAD)
    shown.columns[1].max_width = 26
    for each in findings:
        where = f"{each.row or words('cli.audit.all')}\n{each.column or ''}".rstrip()
        severity = Text(words(f"severity.{each.severity}"), style=_STYLES[each.severity])
        shown.add_row(severity, Text(where), Text(each.message(words)))
    out.print(shown)
