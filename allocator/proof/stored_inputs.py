"""What a stored result holds: its parts, its table and scenario read back strictly, and figures compared."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from allocator.data.numbers import MOST_FIGURE
from allocator.data.table import MOST_PERSONS, PERSON_COLUMNS, TEXT_COLUMNS, Table, fold
from allocator.errors import Fault, InputError, fault
from allocator.model.scenario import Scenario

TOLERANCE = 1e-9
"""Relative difference up to which two figures in floating point are the same figure on two machines."""
HALF_A_STEP = 5e-7
"""Half the last decimal that a fair share, a claim or a workforce is stored with: never taken for equal beyond that."""
PARTS = ("scenario", "target", "lot", "units", "comparison", "inputs", "digest")
MOST_SHOWN = 60


def as_result(document: Any) -> Mapping[str, Any]:
    """The document, if it has the parts of a result; InputError names those it lacks."""
    missing = [part for part in PARTS if part not in document] if isinstance(document, dict) else list(PARTS)
    if not missing and not (isinstance(document["inputs"], dict) and isinstance(document["units"], list)):
        missing = ["inputs", "units"]
    if missing or "table" not in document["inputs"]:
        raise InputError(fault("verify.not_result", missing=missing or ["inputs.table"]))
    return document  # type: ignore[no-any-return]


def other_table(document: Any, table: Table) -> Fault | None:
    """The first cell in which a table differs from the one a result was made with; None where they are the same."""
    stored = table_of(as_result(document)["inputs"]["table"])
    for row, (here, there) in enumerate(zip(stored.units, table.units, strict=False), start=1):
        if here != there:
            return fault("verify.other_unit", table.place, row=row, stored=here, given=there)
    if len(stored) != len(table):
        return fault("verify.other_length", table.place, stored=len(stored), given=len(table))
    for ours, theirs, unit in zip(stored.rows(), table.rows(), stored.units, strict=True):
        for column in dict.fromkeys([*ours, *theirs]):
            if ours.get(column) != theirs.get(column):
                values = {"stored": shown(ours.get(column)), "given": shown(theirs.get(column))}
                return fault("verify.other_cell", table.place, unit=unit, column=column, **values)
    return None


def table_of(rows: Any) -> Table:
    """The table a result was made with; InputError names the first cell that is of no use."""
    if not (
        isinstance(rows, list) and rows and all(isinstance(row, dict) and row.keys() == rows[0].keys() for row in rows)
    ):
        raise InputError(fault("verify.bad_rows", "inputs.table"))
    columns = {name: tuple(row[name] for row in rows) for name in rows[0]}
    units: tuple[Any, ...] = columns.get("unit", ())
    texts = {name for name, values in columns.items() if _is_text(name, values)}
    for name, values in {"unit": units, **columns}.items():
        for row, value in enumerate(values, start=1):
            if not _usable(name, value, name in texts):
                raise InputError(fault("verify.bad_cell", "inputs.table", row=row, column=name, value=shown(value)))
    if len(set(units)) != len(rows) or "workforce" not in columns:
        raise InputError(fault("verify.bad_rows", "inputs.table"))
    blank = (None,) * len(rows)
    figures = {name: values for name, values in columns.items() if name not in texts}
    words = {name: columns[name] for name in sorted(texts.difference(TEXT_COLUMNS), key=[*columns].index)}
    unusable = {name: _text_column(name, units, cells) for name, cells in words.items()}
    return Table(units, figures, columns.get("kind", blank), columns.get("parent", blank), unusable, texts=words)


def _is_text(name: str, values: tuple[Any, ...]) -> bool:
    return name in TEXT_COLUMNS or (name not in PERSON_COLUMNS and any(isinstance(each, str) for each in values))


def _text_column(name: str, units: tuple[str, ...], cells: tuple[Any, ...]) -> Fault:
    unit, cell = next((unit, cell) for unit, cell in zip(units, cells, strict=True) if cell is not None)
    return fault("cell.text_column", "inputs.table", column=name, unit=unit, cell=cell)


def _usable(column: str, value: Any, text: bool) -> bool:
    if value is None:
        return column != "unit"
    if text:
        return isinstance(value, str) and bool(value) and fold(value) == value
    if column in PERSON_COLUMNS:
        return type(value) is int and 0 <= value <= MOST_PERSONS
    return type(value) in (int, float) and abs(value) <= MOST_FIGURE


def scenario_of(settings: Any) -> Scenario:
    """The scenario a result was made with; InputError names the first value that is of no use."""
    try:
        return Scenario.model_validate(settings)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(map(str, first["loc"]))
        raise InputError(fault("verify.bad_setting", "scenario", key=key, value=shown(first["input"]))) from None


def figure_differences(stored: Any, given: Any, path: str, besides: Collection[str] | None = ()) -> Iterator[Fault]:
    """Every figure that is stored otherwise than the inputs give it, in reading order.

    Mappings may hold no more than is given, `besides` the keys of that name; any more where `besides` is None.
    """
    if isinstance(given, dict) and isinstance(stored, dict):
        for key in given:
            at = f"{path}.{key}" if path else key
            if key not in stored:
                yield fault("verify.missing", figure=at, given=shown(given[key]))
            elif key not in (besides or ()):
                yield from figure_differences(stored[key], given[key], at, besides)
        for key in stored if besides is not None else ():
            if key not in given:
                yield fault("verify.unknown", figure=f"{path}.{key}" if path else key)
    elif isinstance(given, list) and isinstance(stored, list):
        for index, (ours, theirs) in enumerate(zip(stored, given, strict=False)):
            name = theirs["unit"] if isinstance(theirs, dict) and "unit" in theirs else index + 1
            yield from figure_differences(ours, theirs, f"{path}[{name}]", besides)
        if len(stored) != len(given):
            yield fault("verify.length", figure=path, stored=len(stored), given=len(given))
    elif not _same(stored, given):
        yield fault("verify.figure", figure=path, stored=shown(stored), given=shown(given))


def _same(stored: Any, given: Any) -> bool:
    if type(given) is float and type(stored) in (int, float) and abs(stored) < 1e300:
        return bool(abs(stored - given) <= min(TOLERANCE * max(1.0, abs(given)), HALF_A_STEP))
    return type(stored) is type(given) and bool(stored == given)


def shown(value: Any) -> str:
    """A stored value as it stands in the file, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"
