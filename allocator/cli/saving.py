"""Scenarios kept as files: what a call changed, on top of the scenario it was given, so that it is found again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allocator.cli.call import Command, option
from allocator.cli.output import pasted, result_stream
from allocator.data.answers import IN_FORCE, in_force
from allocator.data.settings import SCHEMA_LINE, YAML
from allocator.errors import AllocatorError, InputError, fault
from allocator.questions import Case
from allocator.words import LANGUAGES, Words

if TYPE_CHECKING:
    from allocator.data.table import Table


def recording(function: Command) -> Command:
    """Decorator: adds what the journal is told, and where it is."""
    made = option("--why", "cli.option.why", metavar="TEXT", type=str, default="")(function)
    made = option("--author", "cli.option.author", metavar="NAME", type=str, default="")(made)
    return option("--record", "cli.option.record", metavar="FILE")(made)


def journal_for(about: Case, record: Path | None, **told: str) -> Path | None:
    """The journal of a call: the one it names, or that of its table; None for a table that has none.

    InputError: there is none, yet the call says what it shall be told.
    """
    from allocator.proof.journal import journal_of

    journal = record or journal_of(about.table.place)
    if journal is None and any(told.values()):
        raise InputError([fault("record.none", f"--{name}") for name, text in told.items() if text])
    return journal


def entered(about: Case, save: Path, journal: Path, words: Words, by: str, why: str) -> str:
    """Enter settings that were kept in a file; what is said of it, or of why they are not entered."""
    from allocator.proof.journal import append
    from allocator.proof.result import entry_of

    try:
        made = append(journal, kind="saved", name=save.stem, by=by, why=why, **entry_of(about.allocation))
    except InputError as error:
        return words("record.unsaved", cause=error.faults)
    return words("record.entered", number=made.number, file=journal)


def kept_call(about: Case, file: Path, words: Words) -> dict[Path, str]:
    """What keeps the settings of a call in a new file, and its table beside that where it is no file's; by path.

    InputError: the file, or that for the table, is there already, or is not called as scenarios are.
    """
    if file.suffix.lower() not in YAML:
        name = f"{file.with_suffix(YAML[0])}" if file.name else f"kept{YAML[0]}"
        raise InputError(fault("save.not_yaml", str(file), name=name))
    comment = words("save.comment", call=pasted(result_stream()))
    made = extending(about, file, comment.splitlines(), _named(about))
    if there := [str(each) for each in made if each.exists()]:
        raise InputError([fault("save.exists", each) for each in there])
    return made


def check_apart(out: Path, files: Collection[Path]) -> None:
    """InputError where a result shall be stored in one of the files that keep the settings."""
    if out.resolve() in {each.resolve() for each in files}:
        raise InputError(fault("save.same", str(out)))


def extending(about: Case, file: Path, comment: Iterable[str], more: Mapping[str, Any]) -> dict[Path, str]:
    """A scenario file that extends the scenario of a case, by its path: what its call changed of it, and more.

    Where the case's table is not what such a scenario would read, as figures were corrected or the call says how the
    file is read, the table lies beside it as it was used. A sheet that only such a call can read is not extended.
    """
    from allocator.data.overlay import what_lies_over, yaml_text
    from allocator.data.settings import merged, parse_yaml
    from allocator.files import load_table, path_from, scenario_path, settings_alone
    from allocator.year.term import STOCK

    read = about.settings
    assert read is not None
    body, head = merged(read.values, more), dict[str, Any]()
    if read.table is None or _as_it_is_read(partial(load_table, read.table)) == load_table(read.table).fingerprint:
        body = what_lies_over(settings_alone(about.name, about.scenario.target), body)
        head = {"extends": path_from(scenario_path(about.name), file)}
    if read.table is not None:  # which may print no target
        body = {"target": about.scenario.target, **body}
    place, beside = read.folder / about.scenario.data, {}
    if _as_it_is_read(partial(load_table, place)) != about.table.own.fingerprint or _corrected_after(about):
        table = file.with_suffix(".units.csv")
        beside = {table: _table_text(about.table, table)}
        body["data"] = table.name
        if about.table.left is not None:  # what remains of the term is not in the table alone
            body |= {"follows": None, "target": int(about.scenario.target)}
            if STOCK in about.scenario.rules:  # which was added as the scenario follows one
                body["rules"] = about.scenario.model_dump(mode="json")["rules"]
    elif "data" in body:
        body["data"] = path_from(place, file)
    text = SCHEMA_LINE + "".join(f"# {line}\n" for line in comment) + yaml_text({**head, **body})
    parse_yaml(text, str(file))  # an odd name of a file would make it one that nobody can read
    return {file: text, **beside}


def _named(about: Case) -> dict[str, Any]:
    """A title that says what was changed, in place of the title and the question of what it was changed from.

    Those that the call itself gives stay; where nothing was changed all is as it was.
    """
    from allocator.finding.premise import heading
    from allocator.show.changed import retitled, what_changed

    assert about.settings is not None
    changed, places = what_changed(about), about.settings.places
    own = {keys[0] for keys, place in places.items() if keys and place.startswith("--")}
    texts = {"title": retitled(heading(about.allocation), changed), "question": ""}
    made = {key: {each: Words(each).told(text) for each in LANGUAGES} for key, text in texts.items() if key not in own}
    return made if changed else {}


def _as_it_is_read(read: Callable[[], Table]) -> str | None:
    """What tells the content of a table as it is read without a call's options; None where it cannot be."""
    before = IN_FORCE.set(None)
    try:
        return read().fingerprint
    except AllocatorError:
        return None
    finally:
        IN_FORCE.reset(before)


def _corrected_after(about: Case) -> bool:
    """Whether a table that the year before leaves was corrected."""
    from allocator.files import load_scenario

    left = about.table.left
    return left is not None and load_scenario(about.name, data=left.own.place)[0].fingerprint != about.table.fingerprint


def _table_text(table: Table, file: Path) -> str:
    """A table as a file of our own; InputError where that would not be read as the same table."""
    from allocator.data.limits import Sent
    from allocator.data.read import read_table
    from allocator.data.source import csv_text

    text = csv_text(table.rows())
    if _as_it_is_read(lambda: read_table(Sent(file.name, text.encode()), in_force(file))) != table.fingerprint:
        raise InputError(fault("save.table", str(file)))
    return text
