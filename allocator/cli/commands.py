"""The commands that make more of a question than its finding, or that ask none."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from allocator.cli import Call, command, command_of, option
from allocator.data.settings import SCHEMA_FILE, SCHEMA_LINE
from allocator.errors import InputError, fault
from allocator.questions import Case, find
from allocator.words import LANGUAGES, Words

if TYPE_CHECKING:
    from allocator.data.findings import Oddity
    from allocator.data.importing import Imported
    from allocator.finding import Finding

MOST_UNITS = 2_000_000
MOST_REGISTERED = 2_000
"""Units up to which a register of enterprises is made, too: some 25 enterprises a unit."""


@option("--out", "cli.run.out", metavar="FILE.json")
@option("--edits", "cli.run.edits", metavar="FILE.xlsx", type=str)
def run_and_store(call: Call, about: Case, out: Path | None) -> None:
    """Allocate, store the result if asked to, and print it."""
    from allocator.show.records import as_json

    finding = find("run").ask(about)
    if out is not None:
        call.store(out, as_json(finding, call.words))
    call.give(finding)


@option("--out", "cli.unions.out", metavar="DIR")
def unions_and_list(call: Call, about: Case, register: Path, out: Path | None) -> None:
    """Read the register, say what is needed, and write the working list if asked to."""
    from allocator.show.records import listing_csv

    finding = find("unions").ask(about, register)
    if out is not None:
        (working,) = (each for each in finding.listings if each.key == "foundings")
        call.store(out / "foundings.csv", listing_csv(working, call.words))
    call.give(finding)


@option("--write", "cli.calibrate.write", metavar="FILE")
def calibrate_and_write(call: Call, about: Case, range: Sequence[str], write: Path | None) -> None:
    """Search, store the best rule if asked to, and print what was found."""
    finding = find("calibrate").ask(about, range)
    if write is not None:
        call.store(write, _fitted(call.words, about, dict(finding.records), write))
    call.give(finding)


def _fitted(words: Words, about: Case, document: dict[str, Any], write: Path) -> str:
    """The fit as a scenario file that extends the one given, the numbers that justify it as its comment."""
    import yaml

    from allocator.files import extends_name, scenario_alone
    from allocator.fit.candidates import changes_of

    named = {
        part: {language: Words(language)(f"calibrate.{part}") for language in LANGUAGES}
        for part in ("title", "question")
    }
    made = about.scenario.changed({**changes_of(document["best"]), **named})
    body = _difference(scenario_alone(about.name).model_dump(mode="json"), made.model_dump(mode="json"))
    reasons = "".join(f"# {line}\n" for line in _reasons(words, document))
    head = {"extends": extends_name(about.name, write), **body}
    return SCHEMA_LINE + reasons + yaml.safe_dump(head, allow_unicode=True, sort_keys=False, width=120)


def _difference(base: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    """What `made` changes in `base`, key by key."""
    return {
        key: _difference(base[key], value) if isinstance(value, dict) and isinstance(base.get(key), dict) else value
        for key, value in made.items()
        if base.get(key) != value or key not in base
    }


def _reasons(words: Words, document: dict[str, Any]) -> Iterator[str]:
    """Lines that justify a stored fit."""
    from allocator.questions.calibrate import parameter, value

    yield words("calibrate.schema")
    yield words("calibrate.why", **document["best"])
    yield words("calibrate.why_limit", best=document["best"]["misplaced"], limit=document["limit"])
    for each in document["intervals"]:
        ends = (value(each["low"]), value(each["high"]))
        yield words("calibrate.why_interval", name=parameter(each["parameter"]), low=ends[0], high=ends[1])
    yield words("calibrate.caution")


OF_QUESTIONS = {"run": run_and_store, "unions": unions_and_list, "calibrate": calibrate_and_write}


@cache
def command_named(name: str) -> click.Command:
    """A command of this module, or that of the question `name`, made once; KeyError where there is none."""
    own = {each.name: each for each in globals().values() if isinstance(each, click.Command)}
    return own.get(name) or command_of(find(name), OF_QUESTIONS.get(name))


@command("schema")
def schema(call: Call) -> None:
    """Print the schema, with or without --json."""
    from allocator.model.scenario import scenario_keys

    replace(call, json=True).show(scenario_keys().schema(call.words), "")


def _schema_file(words: Words) -> dict[str, str]:
    """The schema that a scenario beside it names in its first line."""
    from allocator.files import json_text
    from allocator.model.scenario import scenario_keys

    return {SCHEMA_FILE: json_text(scenario_keys().schema(words))}


@command("import")
@click.argument("file", type=click.Path(path_type=Path))
@option("--out", "cli.import.out", metavar="DIR", required=True)
@option("--map pairs", "cli.import.map", metavar="HEADER=COLUMN", type=str, multiple=True)
@option("--force", "cli.import.force", type=None, is_flag=True)
def import_file(call: Call, file: Path, out: Path, pairs: tuple[str, ...], force: bool) -> None:
    """Read the document, write its table as a scenario folder, and print the audit."""
    from allocator.data.audit import audit
    from allocator.data.importing import folder_files, import_table
    from allocator.data.limits import Sent, read_bytes
    from allocator.data.read import read_table
    from allocator.writing import write_folder

    made = import_table(read_bytes(file), file.name, _chosen(pairs))
    written = folder_files(made, call.words) | _schema_file(call.words)
    there = [name for name in written if (out / name).exists()]
    if there and not force:
        raise InputError(fault("import.exists", str(out), names=there))
    table = read_table(Sent("units.csv", written["units.csv"].encode()))  # unreadable, it is never written
    findings = [*made.findings, *audit(table, made.source)]
    write_folder(out, written)
    call.give(_finding(made, out, findings))


def _chosen(pairs: Sequence[str]) -> dict[str, str]:
    split = [pair.rpartition("=") for pair in pairs]
    wrong = ["".join(each) for each in split if not (each[0].strip() and each[2].strip())]
    if wrong:
        raise InputError([fault("import.map_form", f"--map {pair}") for pair in wrong])
    return {header: name.strip() for header, _, name in split}


def _finding(made: Imported, out: Path, findings: Sequence[Oddity]) -> Finding:
    from allocator.finding import Column, Finding, Listing, Section, say
    from allocator.finding.columns import titled
    from allocator.questions.audit import counts, oddities, oddity_record

    record = {
        "out": str(out),
        "units": len(made.rows),
        "target": made.target,
        "columns": [{"header": each.header, "cell": each.at + 1, "column": each.name} for each in made.columns],
        "unrecognised": [{"header": each.header, "cell": each.at + 1} for each in made.unrecognised],
        "findings": [oddity_record(each) for each in findings],
    }
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


@command("synth")
@option("--units", "cli.synth.units", type=click.IntRange(1, MOST_UNITS), required=True)
@option("--levels", "cli.synth.levels", type=click.IntRange(1, 6), default=3, show_default=True)
@option("--seed", "cli.synth.seed", type=int, default=0, show_default=True)
@option("--out", "cli.synth.out", required=True, metavar="DIR")
def synth(call: Call, units: int, levels: int, seed: int, out: Path) -> None:
    """Write units.csv and base.yaml of a made-up nation, and its register of enterprises where it is not too large."""
    from allocator.data.limits import Sent
    from allocator.data.read import read_table
    from allocator.data.synth import COLUMNS, made_up_nation
    from allocator.writing import write_folder
    from allocator.year.foundings import made_up_register

    nation = made_up_nation(units, levels, seed)
    table = csv_text(COLUMNS, nation.rows)
    files = {"units.csv": table, "base.yaml": scenario_text(nation.target, units, levels, seed)}
    files |= _schema_file(call.words)
    if units <= MOST_REGISTERED:
        above = {row["parent"] for row in nation.rows}
        leaves = csv_text(COLUMNS, [row for row in nation.rows if row["unit"] not in above])
        register = made_up_register(read_table(Sent("units.csv", leaves.encode())), seed)
        files["register.csv"] = csv_text(register[0], register)
    write_folder(out, files)
    document = {"out": str(out), "units": units, "levels": levels, "target": nation.target, "files": [*files]}
    call.show(document, call.words("synth.made", **document, rows=len(nation.rows)))


def csv_text(columns: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows as CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def scenario_text(target: int, units: int, levels: int, seed: int) -> str:
    """A scenario for the made-up table: the base of An Giang, the top level held near its published quotas."""
    pace = "levels:\n  - bounds: {pace: {reference: published_quota, down: 0.3, up: 0.3}}\n" if levels > 1 else ""
    return (
        f"{SCHEMA_LINE}# allocator synth --units {units} --levels {levels} --seed {seed}\n"
        f"data: units.csv\ntarget: {target}\nlot: 1\n"
        "growth: {realisation: 0.2}\n"
        "attainment: {basis: gross, exponent: 1, floor: 0.5, ceiling: 1, missing: 1}\n"
        f"{pace}"
    )
