"""The commands that make more of a question than its finding, or that ask none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from allocator.cli.call import Call, case, command, command_of, option, reading_options, target_option
from allocator.cli.output import result_stream, say_aside
from allocator.cli.saving import check_apart, entered, extending, journal_for, kept_call, recording
from allocator.cli.settling import ways
from allocator.data.answers import ANSWERS_FILE, Answers, answers_text, in_force
from allocator.data.settings import SCHEMA_FILE, SCHEMA_LINE, YAML
from allocator.data.table import TABLE_FILE
from allocator.errors import InputError, fault
from allocator.questions import Case, find, with_reading
from allocator.words import LANGUAGES, Words

if TYPE_CHECKING:
    from allocator.data.findings import Oddity
    from allocator.data.importing import Imported
    from allocator.finding import Finding

NOT_JSON = (".csv", ".md", ".xlsx", ".xls", ".ods", ".docx", ".html", ".pdf", ".txt", *YAML)
"""Endings of files that hold no JSON."""
MOST_UNITS = 2_000_000
MOST_REGISTERED = 2_000
"""Units up to which a register of enterprises is made, too: some 25 enterprises a unit."""


@option("--out", "cli.run.out", metavar="FILE.json")
@option("--edits", "cli.run.edits", metavar="FILE.xlsx", type=str)
@option("--against", "cli.run.against", metavar="SCENARIO", type=str)
@option("--save", "cli.run.save", metavar="FILE.yaml")
@recording
def run_and_store(
    call: Call, about: Case, out: Path | None, against: str | None, save: Path | None, record: Path | None,
    author: str, why: str,
) -> None:  # fmt: skip
    """Allocate, store the result, keep and enter the settings if asked to, and print what was found."""
    from allocator.show.records import as_json

    if out is not None and out != save and out.suffix.lower() in NOT_JSON:
        raise InputError(fault("run.not_json", str(out)))
    if save is None:
        _told_to_nobody("save", record=record, author=author, why=why)
    journal = None if save is None else journal_for(about, record, author=author, why=why)
    finding = find("run").ask(about, None if against is None else _other(against, about))
    files: dict[Path, str] = {} if save is None else kept_call(about, save, call.words)
    if out is not None:
        check_apart(out, files)
        files = {out: as_json(finding, call.words), **files}
    for path, content in files.items():
        call.store(path, content)
    if save is not None and journal is not None:
        say_aside(entered(about, save, journal, call.words, author, why))
    call.give(finding)


def _told_to_nobody(option: str, **given: Any) -> None:
    """InputError for what a journal is to be told, where without an option nothing is entered."""
    if unused := [name for name, text in given.items() if text]:
        raise InputError([fault("record.nothing", f"--{name}", option=option) for name in unused])


def _other(scenario: str, about: Case) -> Case:
    """The case that another SCENARIO names, as it stands; a table that prints no quotas takes the target of `about`."""
    try:
        return case(scenario, (), None)
    except InputError as error:
        if [each.key for each in error.faults] != ["scenario.table_target"]:
            raise
        return case(scenario, (), None, target=about.scenario.target)


@option("--out", "cli.unions.out", metavar="DIR")
def unions_and_list(call: Call, about: Case, register: Path, out: Path | None) -> None:
    """Read the register, say what is needed, and write the working list if asked to."""
    from allocator.show.records import listing_csv

    finding = with_reading(find("unions").ask(about, register), about)
    if out is not None:
        (working,) = (each for each in finding.listings if each.key == "foundings")
        call.store(out / "foundings.csv", listing_csv(working, call.words))
    call.give(finding)


@recording
def round_and_record(
    call: Call, about: Case, bids: Path, grant: Sequence[str], ceiling: str | None, record: Path | None,
    author: str, why: str,
) -> None:  # fmt: skip
    """Answer what is asked for, add the decision to a journal if asked to, and print what was found."""
    if record is None:
        _told_to_nobody("record", author=author, why=why)
    finding = with_reading(find("round").ask(about, bids, grant=grant, ceiling=ceiling), about)
    if record is not None:
        from allocator.proof.journal import append
        from allocator.questions.round import decision

        call.check()
        made = append(record, **decision(about, finding, bids.stem), by=author, why=why)
        finding = replace(finding, records={**finding.records, "recorded": {"number": made.number, "hash": made.hash}})
        say_aside(call.words("round.recorded", number=made.number, file=record))
    call.give(finding)


@option("--write", "cli.calibrate.write", metavar="FILE")
def calibrate_and_write(call: Call, about: Case, range: Sequence[str], write: Path | None) -> None:
    """Search, store the best rule if asked to, and print what was found."""
    finding = with_reading(find("calibrate").ask(about, range), about)
    if write is not None:
        for path, content in _fitted(call.words, about, dict(finding.records), write).items():
            call.store(path, content)
    call.give(finding)


def _fitted(words: Words, about: Case, document: dict[str, Any], write: Path) -> dict[Path, str]:
    """The fit as a scenario file that extends the one given, the numbers that justify it as its comment."""
    from allocator.fit.candidates import changes_of

    named = {
        part: {language: Words(language)(f"calibrate.{part}") for language in LANGUAGES}
        for part in ("title", "question")
    }
    return extending(about, write, _reasons(words, document), {**changes_of(document["best"]), **named})


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


OF_QUESTIONS = {
    "run": run_and_store,
    "round": round_and_record,
    "unions": unions_and_list,
    "calibrate": calibrate_and_write,
}


@cache
def command_named(name: str) -> click.Command:
    """A command of this module, or that of the question `name`, made once; KeyError where there is none."""
    own = {each.name: each for each in globals().values() if isinstance(each, click.Command)}
    return own.get(name) or command_of(find(name), OF_QUESTIONS.get(name))


@command("schema", table=False)
def schema(call: Call) -> None:
    """Print the schema, with or without --json."""
    from allocator.model.scenario import scenario_keys

    replace(call, json=True).show(scenario_keys().schema(call.words), "")


def _schema_file(words: Words) -> dict[str, str]:
    """The schema that a scenario beside it names in its first line."""
    from allocator.files import json_text
    from allocator.model.scenario import scenario_keys

    return {SCHEMA_FILE: json_text(scenario_keys().schema(words))}


@click.argument("file", type=click.Path(path_type=Path))
@option("--out", "cli.import.out", metavar="DIR", required=True)
@option("--force", "cli.import.force", type=None, is_flag=True)
@target_option
@reading_options
def import_file(call: Call, file: Path, out: Path, target: int | None, force: bool) -> None:
    """Read the document, write its table as a scenario folder, and print the audit; `new` does not without a target."""
    from allocator.data.audit import audit
    from allocator.data.importing import import_table
    from allocator.data.limits import Sent, read_bytes
    from allocator.data.read import read_table
    from allocator.data.source import folder_files
    from allocator.writing import write_folder

    answers = in_force(file, out)
    made = import_table(read_bytes(file), file.name, answers)
    if target is not None:
        findings = [each for each in made.findings if each.code not in ("import.no_target", "import.target_added")]
        made = replace(made, target=target, findings=findings)
    if made.target is None and click.get_current_context().info_name == "new":
        raise InputError(fault("scenario.table_target", str(file)))
    written = folder_files(made, call.words) | _schema_file(call.words)
    if answers:
        written[ANSWERS_FILE] = answers_text(answers, call.words("import.kept_comment"))
    there = [name for name in written if (out / name).exists()]
    if there and not force:
        raise InputError(fault("import.exists", str(out), names=there))
    table = read_table(Sent(TABLE_FILE, written[TABLE_FILE].encode()), Answers())  # unreadable, it is never written
    call.check()
    write_folder(out, written)
    findings = [*made.findings, *audit(table, made.source)]
    call.give(_finding(made, out, findings, [name for name in written if name != SCHEMA_FILE]))
    for each in [] if call.json or call.quiet else made.questions:
        say_aside("\n".join([each.about.told(call.words), *ways(call.words, result_stream(), each, "--force")]))


import_command, new_command = command("import")(import_file), command("new")(import_file)


def _finding(made: Imported, out: Path, findings: Sequence[Oddity], written: Sequence[str]) -> Finding:
    from allocator.finding import Column, Finding, Listing, Section, say
    from allocator.finding.columns import titled
    from allocator.finding.settings import SettingName
    from allocator.questions.audit import counts, oddities, oddity_record

    keys = ("header", "cell", "column", "confidence")
    record = {
        "out": str(out),
        "table": str(out / TABLE_FILE),
        "scenario": str(out / "base.yaml"),
        "files": [str(out / each) for each in written],
        "units": len(made.rows),
        "target": made.target,
        "columns": [dict(zip(keys, (e.header, e.at + 1, e.name, e.confidence), strict=True)) for e in made.columns],
        "unrecognised": [{"header": each.header, "cell": each.at + 1} for each in made.unrecognised],
        "questions": [each.record() for each in made.questions],
        "findings": [oddity_record(each) for each in findings],
    }
    cells = made.source.columns
    names = {each.name: say("view.column", name=SettingName((each.name,)), key=each.name) for each in made.columns}
    rows = tuple((names[each.name], cells[each.name].cell, each.header) for each in made.columns if each.name in cells)
    title = say("cli.import.title", units=len(made.rows), file=made.source.document.file)
    heads = titled("cli.import", *(Column(name, "text") for name in ("column", "cell", "header")))
    found = say("cli.import.findings")
    sections = (
        Section("columns", title, (), (Listing("columns", title, heads, rows),)),
        Section("audit", found, (), (oddities(findings, found),) if findings else ()),
    )
    base = f"{out / 'base.yaml'}" + (" --target N" if made.target is None else "")
    lines = [
        say("cli.import.done", out=out, files=", ".join(written)),
        counts(findings),
        say("cli.import.next", base=base),
    ]
    lines[1:1] = [say("cli.import.kept", file=out / each) for each in written if each == ANSWERS_FILE]
    return Finding(record, sections, tuple(lines))


@command("synth")
@option("--units", "cli.synth.units", type=click.IntRange(1, MOST_UNITS), required=True)
@option("--levels", "cli.synth.levels", type=click.IntRange(1, 6), default=3, show_default=True)
@option("--seed", "cli.synth.seed", type=int, default=0, show_default=True)
@option("--out", "cli.synth.out", required=True, metavar="DIR")
def synth(call: Call, units: int, levels: int, seed: int, out: Path) -> None:
    """Write units.csv and base.yaml of a made-up nation, and its register of enterprises where it is not too large."""
    from allocator.data.limits import Sent
    from allocator.data.read import read_table
    from allocator.data.source import csv_text
    from allocator.data.synth import made_up_nation
    from allocator.finding import say
    from allocator.finding.columns import files_written
    from allocator.writing import write_folder
    from allocator.year.foundings import made_up_register

    nation = made_up_nation(units, levels, seed)
    table = csv_text(nation.rows)
    files = {TABLE_FILE: table, "base.yaml": scenario_text(nation.target, units, levels, seed)}
    files |= _schema_file(call.words)
    if units <= MOST_REGISTERED:
        above = {row["parent"] for row in nation.rows}
        leaves = csv_text([row for row in nation.rows if row["unit"] not in above])
        register = made_up_register(read_table(Sent(TABLE_FILE, leaves.encode()), Answers()), seed)
        files["register.csv"] = csv_text(register)
    write_folder(out, files)
    document = {"out": str(out), "units": units, "levels": levels, "target": nation.target, "files": [*files]}
    made = files_written(document, say("synth.made", **document, rows=len(nation.rows)))
    call.give(replace(made, following=("run", str(out / "base.yaml"))))


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
