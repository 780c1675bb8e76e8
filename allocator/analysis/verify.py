"""Whether a stored result is what its inputs give: exact arithmetic from the stored inputs, no solver, no prices.

Claims and bounds are derived anew, the stored quotas are proved feasible and optimal by the certificate's interval
test, and every other figure is derived from them again and compared. A digest proves nothing by itself, since anyone
can make it anew: it is looked at last.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from allocator.analysis.result import result, sha256
from allocator.data.numbers import MOST_FIGURE, MOST_PERSONS
from allocator.data.table import PERSON_COLUMNS, TEXT_COLUMNS, Table, fold
from allocator.errors import AllocatorError, Fault, InputError, fault
from allocator.model.allocation import assess, large_note, pose
from allocator.model.bounds import Bounds
from allocator.model.certificate import intervals, violation
from allocator.model.claims import MICRO, Claims
from allocator.model.feasibility import check_feasible
from allocator.model.problem import Problem, sums
from allocator.model.scenario import Scenario

TOLERANCE = 1e-9
"""Relative difference up to which two figures in floating point are the same figure on two machines."""
HALF_A_STEP = 5e-7
"""Half the last decimal that a fair share, a claim or a workforce is stored with: never taken for equal beyond that."""
PARTS = ("scenario", "target", "lot", "units", "comparison", "inputs", "digest")
MOST_SHOWN = 60


def verify(document: Any) -> Fault | None:
    """The first figure of a stored result that its inputs do not give; None where the result is valid.

    Args:
        document: the result, as `run --out` stores it, read from JSON.

    Raises:
        InputError: the document is no result at all.
    """
    stored = _as_result(document)
    wrong = _wrong(stored)
    for part, key in (("inputs.table", "table_sha256"), ("scenario", "scenario_sha256")):
        value = stored["inputs"]["table"] if part == "inputs.table" else stored["scenario"]
        if sha256(value) != stored["inputs"].get(key):
            first = {} if wrong is None else {"first": wrong}
            return fault(f"verify.input_changed{'_first' * bool(first)}", part=part, key=f"inputs.{key}", **first)
    if wrong is None and sha256({k: v for k, v in stored.items() if k != "digest"}) != stored["digest"]:
        return fault("verify.digest", stored=_shown(stored["digest"]))
    return wrong


def other_table(document: Any, table: Table) -> Fault | None:
    """The first cell in which a table differs from the one a result was made with; None where they are the same."""
    stored = _table(_as_result(document)["inputs"]["table"])
    for row, (here, there) in enumerate(zip(stored.units, table.units, strict=False), start=1):
        if here != there:
            return fault("verify.other_unit", table.place, row=row, stored=here, given=there)
    if len(stored) != len(table):
        return fault("verify.other_length", table.place, stored=len(stored), given=len(table))
    for ours, theirs, unit in zip(stored.rows(), table.rows(), stored.units, strict=True):
        for column in dict.fromkeys([*ours, *theirs]):
            if ours.get(column) != theirs.get(column):
                values = {"stored": _shown(ours.get(column)), "given": _shown(theirs.get(column))}
                return fault("verify.other_cell", table.place, unit=unit, column=column, **values)
    return None


def _as_result(document: Any) -> Mapping[str, Any]:
    missing = [part for part in PARTS if part not in document] if isinstance(document, dict) else list(PARTS)
    if not missing and not (isinstance(document["inputs"], dict) and isinstance(document["units"], list)):
        missing = ["inputs", "units"]
    if missing or "table" not in document["inputs"]:
        raise InputError(fault("verify.not_result", missing=missing or ["inputs.table"]))
    return document  # type: ignore[no-any-return]


def _wrong(stored: Mapping[str, Any]) -> Fault | None:
    """The first figure that fails: a claim or a bound, then the quotas as a whole, then whatever rests on them."""
    try:
        table, scenario = _table(stored["inputs"]["table"]), _scenario(stored["scenario"])
        claimed, bounded, problem = pose(table, scenario)
        check_feasible(problem, bounded)
    except AllocatorError as error:
        return fault("verify.unusable", detail=error.faults[0])
    units = _basis(table, claimed, bounded, problem.lot)
    if difference := _first(_differences(stored["units"], units, "units", whole=False)):
        return difference
    lots = _lots(stored["units"], problem)
    if isinstance(lots, Fault):
        return lots
    if wrong := _infeasible(table, problem, lots) or _not_optimal(table, problem, lots):
        return wrong
    notes = stored.get("notes")
    noted = isinstance(notes, list) and any(
        isinstance(n, dict) and n.get("code") == large_note(table).key for n in notes
    )
    given = result(assess(table, scenario, claimed, bounded, problem, lots, notes=(large_note(table),) * noted))
    given["inputs"]["version"] = stored["inputs"].get("version")
    figures = {key: value for key, value in given.items() if key not in ("inputs", "digest")}
    others = {key: value for key, value in stored.items() if key not in ("inputs", "digest")}
    inputs = {key: value for key, value in given["inputs"].items() if not key.endswith("sha256")}
    other_inputs = {key: value for key, value in stored["inputs"].items() if not key.endswith("sha256")}
    return _first(_differences(others, figures, "")) or _first(_differences(other_inputs, inputs, "inputs"))


def _table(rows: Any) -> Table:
    """The table a result was made with; InputError names the first cell that is of no use."""
    if not (
        isinstance(rows, list) and rows and all(isinstance(row, dict) and row.keys() == rows[0].keys() for row in rows)
    ):
        raise InputError(fault("verify.bad_rows", "inputs.table"))
    columns = {name: tuple(row[name] for row in rows) for name in rows[0]}
    units: tuple[Any, ...] = columns.get("unit", ())
    for name, values in {"unit": units, "workforce": (), **columns}.items():
        for row, value in enumerate(values, start=1):
            if not _usable(name, value):
                raise InputError(fault("verify.bad_cell", "inputs.table", row=row, column=name, value=_shown(value)))
    if len(set(units)) != len(rows) or "workforce" not in columns:
        raise InputError(fault("verify.bad_rows", "inputs.table"))
    blank = (None,) * len(rows)
    figures = {name: values for name, values in columns.items() if name not in TEXT_COLUMNS}
    return Table(units, figures, columns.get("kind", blank), columns.get("parent", blank))


def _usable(column: str, value: Any) -> bool:
    if column in TEXT_COLUMNS:
        return (
            isinstance(value, str) and bool(value) and fold(value) == value if value is not None else column != "unit"
        )
    if value is None:
        return column != "workforce"
    if column in PERSON_COLUMNS:
        return type(value) is int and 0 <= value <= MOST_PERSONS
    return type(value) in (int, float) and abs(value) <= MOST_FIGURE


def _scenario(settings: Any) -> Scenario:
    try:
        return Scenario.model_validate(settings)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(map(str, first["loc"]))
        raise InputError(fault("verify.bad_setting", "scenario", key=key, value=_shown(first["input"]))) from None


def _basis(table: Table, claimed: Claims, bounded: Bounds, lot: int) -> list[dict[str, Any]]:
    """The figures of each unit that its quota rests on."""
    return [
        {
            "unit": unit,
            "workforce": claimed.workforce[i],
            "available": claimed.available[i] / MICRO,
            "claim": claimed.claims[i] / MICRO,
            "floor": bounded.floor[i] * lot,
            "cap": bounded.cap[i] * lot,
        }
        for i, unit in enumerate(table.units)
    ]


def _lots(rows: Sequence[Mapping[str, Any]], problem: Problem) -> tuple[int, ...] | Fault:
    """The stored quotas as whole lots."""
    for row in rows:
        quota = row.get("quota")
        if type(quota) is not int or quota % problem.lot:
            return fault("verify.not_lots", unit=row["unit"], quota=_shown(quota), lot=problem.lot)
    return tuple(row["quota"] // problem.lot for row in rows)


def _infeasible(table: Table, problem: Problem, lots: tuple[int, ...]) -> Fault | None:
    lot, tree = problem.lot, problem.tree
    found = violation(problem, lots)
    if found is None:
        return None
    kind, index = found
    if kind == "unit":
        floor, cap = int(problem.floor[index]) * lot, int(problem.cap[index]) * lot
        return fault("verify.bound", name=table.units[index], held=lots[index] * lot, floor=floor, cap=cap)
    held = sums(problem, lots)[index] * lot
    if index == 0:
        return fault("verify.sum", held=held, target=problem.lots * lot)
    low, high = tree.floor[index] or 0, problem.lots if tree.cap[index] is None else tree.cap[index]
    return fault("verify.bound", name=tree.names[index], held=held, floor=low * lot, cap=(high or 0) * lot)


def _not_optimal(table: Table, problem: Problem, lots: tuple[int, ...]) -> Fault | None:
    """The lot that could move to another unit and ask less there, with what it asks in both places."""
    for each in intervals(problem, lots):
        if each.empty and each.last is not None and each.next is not None:
            _, _, giver, k = each.last
            _, _, taker, following = each.next
            efforts = {"dear": problem.cost(giver, k), "cheap": problem.cost(taker, following)}
            key = "verify.tie" if each.last[0] == each.next[0] else "verify.moved"
            return fault(key, giver=table.units[giver], taker=table.units[taker], **efforts)
    return None


def _differences(stored: Any, given: Any, path: str, whole: bool = True) -> Iterator[Fault]:
    """Every figure that is stored otherwise than the inputs give it, in reading order; `whole`: nothing more either."""
    if isinstance(given, dict) and isinstance(stored, dict):
        for key in given:
            at = f"{path}.{key}" if path else key
            if key in stored:
                yield from _differences(stored[key], given[key], at, whole)
            else:
                yield fault("verify.missing", figure=at, given=_shown(given[key]))
        for key in stored:
            if whole and key not in given:
                yield fault("verify.unknown", figure=f"{path}.{key}" if path else key)
    elif isinstance(given, list) and isinstance(stored, list):
        for index, (ours, theirs) in enumerate(zip(stored, given, strict=False)):
            name = theirs["unit"] if isinstance(theirs, dict) and "unit" in theirs else index + 1
            yield from _differences(ours, theirs, f"{path}[{name}]", whole)
        if len(stored) != len(given):
            yield fault("verify.length", figure=path, stored=len(stored), given=len(given))
    elif not _same(stored, given):
        yield fault("verify.figure", figure=path, stored=_shown(stored), given=_shown(given))


def _same(stored: Any, given: Any) -> bool:
    if type(given) is float and type(stored) in (int, float):
        return bool(abs(stored - given) <= min(TOLERANCE * max(1.0, abs(given)), HALF_A_STEP))
    return type(stored) is type(given) and bool(stored == given)


def _first(faults: Iterator[Fault]) -> Fault | None:
    return next(faults, None)


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"
