"""What mends a call by a file in it: scenarios and tables that are not there, or are something else; files to write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from allocator.cli.line import CallLine, options_of
from allocator.cli.mending.made import EXAMPLE, RESULT, SEE, Mend, fresh, near_said, out_of_place, with_part
from allocator.cli.mending.near import file_within, names_scenario, near_path, nearest_name, units_in
from allocator.data.settings import YAML
from allocator.errors import AllocatorError, Fault, fault
from allocator.words import Words

OTHER_FORMATS = {"pdf": "docx", "word": "docx", "doc": "docx", "excel": "xlsx", "xls": "xlsx"}
"""Formats that a report does not have, and what is nearest to them."""


def for_path(line: CallLine, wrong: Fault, words: Words) -> Mend | None:
    """A scenario or file that is not there."""
    at = line.called(wrong.place)
    if at is None:
        return None
    text = line.value(at)
    if made := out_of_place(line, at):
        return made
    argument = at in line.arguments
    if (
        argument
        and all(map(names_scenario, parts := text.split(",")))
        and line.command
        and line.command.name == "compare"
    ):
        return Mend([[*line.words[:at], *parts, *line.words[at + 1 :]]])
    if argument and "--unit" in options_of(line.command) and (unit := nearest_name(text, units_in(line), 0.75)):
        return Mend([[*line.words[:at], "--unit", unit, *line.words[at + 1 :]]], said=fault("usage.unit", text))
    file = at in line.arguments[: line.files]
    if near := near_path(text, not file):
        return Mend([line.put(at, near)], said=near_said(text, near))
    wanted = (argument and not file) or {"--against", "--compare", "--plan"} & {*dict(line.values)[at].opts}
    return Mend([["scenarios"]], SEE) if wanted else None


def for_folder(line: CallLine, wrong: Fault, words: Words) -> list[str] | None:
    """A folder where a file belongs: the file of it that is probably meant."""
    at = line.called(wrong.place)
    if at is None or not Path(wrong.place).is_dir():
        return None
    option = dict(line.values).get(at)
    if option and "--out" in option.opts:
        return line.put(at, fresh((Path(line.value(at)) / RESULT).as_posix()))
    found = file_within(Path(line.value(at)), tables=at not in line.arguments)
    return line.put(at, found.as_posix()) if found else None


def for_no_target(line: CallLine, wrong: Fault, words: Words) -> Mend:
    """A table without a target, which may stand where a scenario does as two names are the wrong way round."""
    ends = [Path(line.value(at)).suffix.lower() for at in line.arguments]
    if len(ends) == 2 and ends[0] in YAML and ends[1] not in YAML:
        first, last = line.arguments
        swapped = {first: line.words[last], last: line.words[first]}
        made = [swapped.get(at, word) for at, word in enumerate(line.words)]
        return Mend([made], said=fault("usage.swapped"))
    return Mend([[*line.words, "--target", "500"]], EXAMPLE)


def for_elsewhere(line: CallLine, wrong: Fault, words: Words) -> list[str] | None:
    """What is there already: the same under a name that is free."""
    at = line.called(wrong.place)
    return None if at is None else line.put(at, fresh(wrong.place))


def for_ending(line: CallLine, wrong: Fault, words: Words) -> Any:
    """Where a result shall be stored in a file whose name says that it is none."""
    at = line.called(wrong.place)
    if at is None:
        return None
    path = Path(wrong.place)
    rest, ending = line.without(at), path.suffix.lower()
    if ending in (".csv", ".md"):
        return [*rest, "--format", ending[1:], ">", str(path)]
    if ending in (".xlsx", ".docx", ".html"):
        return ["report", *rest[line.at + 1 :], "--formats", ending[1:], "--out", fresh(str(path.with_suffix("")))]
    return line.put(at, fresh(str(path.with_suffix(".json"))))


def for_formats(line: CallLine, wrong: Fault, words: Words) -> Any:
    """A format that a report does not have."""
    name = str(wrong.values["name"])
    near = nearest_name(name, wrong.values["known"]) or OTHER_FORMATS.get(name.lower())
    return near and with_part(line, wrong, name, near)


def for_result(line: CallLine, wrong: Fault, words: Words) -> list[str] | None:
    """A stored result where a scenario belongs: verified."""
    at = line.called(wrong.place)
    return None if at is None else ["verify", line.value(at)]


def for_no_header(line: CallLine, wrong: Fault, words: Words) -> Mend | None:
    """A scenario where a table belongs: its table is audited, a first scenario need not be made."""
    from allocator.data.settings import is_table, read_settings

    at = next(iter(line.arguments), None)
    name = line.command.name if line.command else None
    if at is None or name not in ("new", "import", "audit") or is_table(Path(line.value(at))):
        return None
    if name != "audit":
        return Mend([["run", line.value(at)]], said=fault("usage.no_table_file", line.value(at)))
    try:
        settings = read_settings(Path(line.value(at)))
    except AllocatorError:
        return None
    table = (settings.folder / str(settings.values.get("data"))).as_posix()
    return Mend([line.put(at, table)], said=fault("usage.no_table_file", line.value(at)))
