"""`allocator import`: a published annex becomes a table, its source and a first scenario, and is audited."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from allocator.cli import HELP, Call, command
from allocator.cli.asking import give
from allocator.errors import InputError, fault
from allocator.finding import Column, Finding, Listing, Section, say
from allocator.finding.columns import titled
from allocator.questions.audit import counts, oddities
from allocator.questions.audit import oddity_record as record_of

if TYPE_CHECKING:
    from allocator.data.findings import Oddity
    from allocator.data.importing import Imported


@command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", metavar="DIR", required=True, type=click.Path(path_type=Path), help=HELP("cli.import.out"))
@click.option("--map", "pairs", metavar="HEADER=COLUMN", multiple=True, help=HELP("cli.import.map"))
@click.option("--force", is_flag=True, help=HELP("cli.import.force"))
def import_file(call: Call, file: Path, out: Path, pairs: tuple[str, ...], force: bool) -> None:
    """Read the document, write its table as a scenario folder, and print the audit."""
    from allocator.data.importing import folder_files, import_table
    from allocator.data.limits import read_bytes
    from allocator.writing import write_folder

    made = import_table(read_bytes(file), file.name, _chosen(pairs))
    written = folder_files(made, call.words)
    _check_free(out, list(written), force)
    findings = [*made.findings, *_audited(made, written["units.csv"])]
    write_folder(out, written)
    record = {
        "out": str(out),
        "units": len(made.rows),
        "target": made.target,
        "columns": [{"header": each.header, "cell": each.at + 1, "column": each.name} for each in made.columns],
        "unrecognised": [{"header": each.header, "cell": each.at + 1} for each in made.unrecognised],
        "findings": [record_of(each) for each in findings],
    }
    give(call, _finding(made, out, findings, record))


def _chosen(pairs: Sequence[str]) -> dict[str, str]:
    split = [pair.rpartition("=") for pair in pairs]
    wrong = [
        fault("import.map_form", f"--map {pair}")
        for pair, (header, _, name) in zip(pairs, split, strict=True)
        if not (header.strip() and name.strip())
    ]
    if wrong:
        raise InputError(wrong)
    return {header: name.strip() for header, _, name in split}


def _check_free(out: Path, names: Sequence[str], force: bool) -> None:
    there = [name for name in names if (out / name).exists()]
    if there and not force:
        raise InputError(fault("import.exists", str(out), names=there))


def _audited(made: Imported, text: str) -> tuple[Oddity, ...]:
    """The audit of the table as it will be written: one that could not be read back is never written."""
    from allocator.data.audit import audit
    from allocator.data.limits import Sent
    from allocator.data.read import read_table

    return audit(read_table(Sent("units.csv", text.encode())), made.source)


def _finding(made: Imported, out: Path, findings: Sequence[Oddity], record: dict[str, Any]) -> Finding:
    cells = made.source.columns
    rows = tuple((each.name, cells[each.name].cell, each.header) for each in made.columns if each.name in cells)
    title = say("cli.import.title", units=len(made.rows), file=made.source.document.file)
    heads = titled("cli.import", *(Column(name, "text") for name in ("column", "cell", "header")))
    found = say("cli.import.findings")
    sections = (
        Section("columns", title, (), (Listing("columns", title, heads, rows),)),
        Section("audit", found, (), (oddities(findings, found),) if findings else ()),
    )
    lines = (say("cli.import.done", out=out), counts(findings), say("cli.import.next", base=out / "base.yaml"))
    return Finding(record, sections, lines)
