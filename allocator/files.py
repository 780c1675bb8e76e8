"""Files at the edge: the two nouns read from their files, the built-in scenarios found."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allocator.data.answers import Answers
from allocator.data.limits import MOST_RESULT_BYTES, Sent, decoded, read_bytes, text_place
from allocator.data.settings import MOST_EXTENDS, Settings, changed, merged, read_settings, split_change
from allocator.data.table import Table
from allocator.errors import InputError, fault
from allocator.model.naming import fitted
from allocator.model.scenario import Scenario, scenario_from
from allocator.model.targets import RemainingShare

if TYPE_CHECKING:
    import pandas as pd

    from allocator.year.term import YearCourse, YearName

_ESCAPES = re.compile(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|(\\u(?:[dD][89a-fA-F]..|0000))|\\.", re.DOTALL)
"""Escapes in JSON; the group: one of no character a text may hold, half a surrogate pair or NUL."""


def builtin_folder() -> Path:
    """The folder of the built-in scenarios: inside an installed wheel, or beside the package in a checkout."""
    package = Path(__file__).parent
    return inside if (inside := package / "_scenarios").is_dir() else package.parent / "scenarios"


def builtin_scenarios() -> Iterator[tuple[str, Path]]:
    """Name and file of each built-in scenario, the base of a folder first."""
    for folder in sorted(each for each in builtin_folder().iterdir() if each.is_dir()):
        files = [each for each in folder.glob("*.yaml") if each.stem not in ("source", "office")]
        for path in sorted(files, key=lambda each: (each.stem != "base", each.stem)):
            yield f"{folder.name}/{path.stem}", path


def scenario_path(name: str) -> Path:
    """The file a SCENARIO names: a path, of a table too, or a built-in name; InputError lists the built-in ones."""
    path = Path(name)
    if path.exists() or path.suffix:
        return path
    builtin = dict(builtin_scenarios())
    if name in builtin:
        return builtin[name]
    raise InputError(fault("scenario.unknown", name, names=sorted(builtin)))


def file_of(given: str | os.PathLike[str] | Sent | pd.DataFrame) -> Path | Sent:
    """What is given as a file, as the reader takes it: its path, or its content.

    A frame is the file it would be written as: line 2 is its first row, an index counts as a column if it has a name.
    """
    if isinstance(given, str | os.PathLike):
        return Path(given)
    if isinstance(given, Sent):
        return given
    if not hasattr(given, "to_csv"):
        raise TypeError(f"the path of a file or a pandas frame is needed, not {given!r}")
    named = any(each is not None for each in given.index.names)
    return Sent("DataFrame", given.to_csv(index=named).encode(), Answers(numbers="plain"))


def load_table(file: str | os.PathLike[str] | pd.DataFrame) -> Table:
    """The table in a file of any kind that can be read, or in a pandas frame; InputError lists every fault in it."""
    from allocator.data.read import read_table

    read = file_of(file)
    return read_table(read) if isinstance(read, Path) else replace(read_table(read), place="")  # nothing lies beside it


def load_scenario(
    name: str | os.PathLike[str],
    changes: Sequence[str] = (),
    data: str | os.PathLike[str] | None = None,
    edits: str | os.PathLike[str] | None = None,
    target: int | None = None,
) -> tuple[Table, Scenario]:
    """A scenario and the table it works on: the first two that `read_scenario` gives.

    Example:
        >>> table, scenario = load_scenario("an-giang-2017/base", ["growth.realisation=0.3"])
        >>> len(table), scenario.growth.realisation
        (15, 0.3)
    """
    return read_scenario(name, changes, data, edits, target)[:2]


def read_scenario(
    name: str | os.PathLike[str],
    changes: Sequence[str] = (),
    data: str | os.PathLike[str] | None = None,
    edits: str | os.PathLike[str] | None = None,
    target: int | None = None,
    check: bool = True,
    after: tuple[Path, ...] = (),
) -> tuple[Table, Scenario, Settings]:
    """A scenario, the table it works on, and the settings it is made of.

    Args:
        name: path of a scenario file, or the name of a built-in one, e.g. `an-giang-2017/base`; or path of a table,
            whose first scenario it is.
        changes: `KEY=VALUE` texts that change it, dotted keys, YAML values; `table.UNIT.COLUMN=FIGURE` the table.
        data: table to use instead of the scenario's own.
        edits: workbook of a report, whose yellow cells replace what the scenario has.
        target: members to share out instead of the scenario's target, or of what a table prints.
        check: whether a scenario that does not fit its table is refused here.
        after: the scenarios that follow this one, the first of them first.

    Returns:
        The table, of a scenario that `follows` another as that leaves it; the scenario with everything it extends and
        every default written out; and that without defaults.

    Raises:
        InputError: a file or value that cannot be used; every fault, with file, line and column.
        InfeasibleError: the rules of a scenario it follows cannot hold together.
    """
    settings, figures = read_settings(scenario_path(os.fspath(name))), []
    for change in changes:
        keys, _ = split_change(change)
        if keys[0] == "table":
            figures.append(change)
        elif keys == ["target"] and target is not None:
            raise InputError(fault("scenario.target_twice", f"--set {change}", target=target))
        else:
            settings = changed(settings, change)
    if data is not None:
        settings.values["data"] = os.path.abspath(data)
    if target is not None:
        settings.values["target"] = target
        settings = replace(settings, places={**settings.places, ("target",): f"--target {target}"})
    settings, table = _on_first(settings)
    before = _year_before(settings, (*after, scenario_path(os.fspath(name))))
    if before is not None:
        settings.values.setdefault("data", before[1].table.own.place)
    scenario = scenario_from(settings)
    if table is None or settings.folder / scenario.data != settings.table:
        table = load_table(settings.folder / scenario.data)
    if before is not None:
        table = year_after(*before, table)
    if figures or edits is not None:
        from allocator.data.edits import with_edits, with_figures

        table = with_figures(table, figures)
        if edits is not None:
            settings, table = with_edits(settings, Path(edits), table, scenario.model_dump())
            scenario = scenario_from(settings)
    table, scenario = fitted(table, scenario)
    if before is not None or isinstance(scenario.target, RemainingShare):
        from allocator.year.term import year_posed

        table, scenario = year_posed(table, scenario)
    if check:
        scenario.check(table)
    return table, scenario, settings


def _year_before(settings: Settings, after: tuple[Path, ...]) -> tuple[YearName, YearCourse] | None:
    """The year that a scenario follows, as it was allocated, and what that is called; None where it follows none.

    Raises:
        InputError: there is no such scenario, it cannot be used, or it follows one of those that follow it, `after`.
        InfeasibleError: its rules cannot hold together.
    """
    follows = settings.values.get("follows")
    if not isinstance(follows, str) or not follows:
        return None  # what is no text is told with the rest
    place, file = settings.place(("follows",)), settings.folder / follows
    try:
        path = file if file.exists() else scenario_path(follows)
    except InputError as error:
        raise InputError([replace(each, place=place) for each in error.faults]) from None
    if not path.exists():
        raise InputError(fault("scenario.follows_missing", place, file=follows))
    if len(after) > MOST_EXTENDS or path.resolve() in {each.resolve() for each in after}:
        raise InputError(fault("scenario.follows_cycle", place, file=follows))
    from allocator.year.term import YearName, course, year_posed

    table, scenario, _ = read_scenario(path, after=after)  # a year of a term, as it has one after it
    return YearName(follows).of(scenario), course(*year_posed(table, scenario), follows)


def year_after(name: Any, course: YearCourse, table: Table) -> Table:
    """What a year, called `name`, leaves to a scenario with that table; InputError where it has other units.

    Only another file brings growth estimates of its own.
    """
    from allocator.year.term import left_by

    one, two = table.own, course.table.own
    placed = one.place and two.place
    same = Path(one.place).resolve() == Path(two.place).resolve() if placed else one.fingerprint == two.fingerprint
    return left_by(course, name, None if same else one)


def _on_first(settings: Settings) -> tuple[Settings, Table | None]:
    """Settings that build on a table, on top of its first scenario, and that table; as they are where they do not.

    InputError: no target is known, as the table prints no quotas.
    """
    if settings.table is None:
        return settings, None
    from allocator.data.source import first_values

    table, target = load_table(settings.table), settings.values.get("target")
    if target is None:
        from allocator.data.answers import in_force
        from allocator.data.importing import import_table

        target = import_table(read_bytes(settings.table), settings.table.name, in_force(settings.table)).target
        if target is None:
            raise InputError(fault("scenario.table_target", str(settings.table)))
    first = first_values(table.rows(), target if isinstance(target, int) else None, settings.table.name)
    return replace(settings, values=merged(first, settings.values)), table


def settings_alone(name: str, target: int) -> dict[str, Any]:
    """What the files of a SCENARIO set; of a table what its first scenario does, with a target where it prints none."""
    settings = read_settings(scenario_path(name))
    if settings.table is not None:
        settings.values.setdefault("target", target)
    return _on_first(settings)[0].values


def path_from(path: Path, file: Path) -> str:
    """What a scenario stored in `file` writes to name another file, after `extends` or `data`.

    Relative to the file where both lie in one folder or in folders of the user's; the whole path of a built-in one.
    """
    base, folder = path.resolve(), file.resolve().parent
    builtin = builtin_folder().resolve()
    if base.drive != folder.drive or (builtin in base.parents and builtin not in folder.parents):
        return base.as_posix()
    return Path(os.path.relpath(base, folder)).as_posix()


def json_text(document: Any) -> str:
    """One JSON document as text: indented, letters as they are, no NaN, a line end."""
    return _indented(document, "\n") + "\n"


def _indented(value: Any, line: str) -> str:
    r"""A value as `json.dumps` indents it by 1; what holds nothing nested goes to the encoder whole, which is faster.

    Example:
        >>> _indented({"a": [{"b": 1}], "c": []}, "\n") == json.dumps({"a": [{"b": 1}], "c": []}, indent=1)
        True
    """
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    if not any(isinstance(each, (dict, list, tuple)) for each in parts):
        text = _encoder(line)(value)
        return f"{text[0]}{line} {text[1:-1]}{line}{text[-1]}" if parts else text
    made = [_indented(each, line + " ") for each in parts]
    if isinstance(value, dict):
        made = [f"{_encoder(line)(str(key))}: {each}" for key, each in zip(value, made, strict=True)]
    first, last = "{}" if isinstance(value, dict) else "[]"
    return f"{first}{line} " + f",{line} ".join(made) + line + last


@cache
def _encoder(line: str) -> Callable[[Any], str]:
    return json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(f",{line} ", ": ")).encode


def read_json(path: Path, most: int = MOST_RESULT_BYTES) -> Any:
    """The JSON document in a file of at most `most` bytes; InputError where it is not JSON.

    NaN and infinities come as text.
    """
    text = decoded(read_bytes(path, most), path.name)
    if "\\u" in text and (odd := next((each for each in _ESCAPES.finditer(text) if each[1]), None)):
        raise InputError(fault("file.odd_text", text_place(path.name, text, odd.start()), text=odd[1]))
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=str, parse_float=_finite)
    except json.JSONDecodeError as error:
        raise InputError(fault("file.not_json", text_place(str(path), text, error.pos))) from None
    except (ValueError, RecursionError):
        raise InputError(fault("file.not_json", str(path))) from None


def _finite(digits: str) -> float | str:
    value = float(digits)
    return value if isfinite(value) else digits


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(made := dict(pairs)) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return made
