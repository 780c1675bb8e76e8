"""What one scenario, and the table it works on, have otherwise than another: keys, and what stands there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from allocator.data.table import Table
from allocator.model.scenario import Scenario

TOLD_APART = {"title", "question", "data", "office"}
"""What only says what a scenario is about."""
NAMES = ("unit", "name")
"""What may name the entries of a list."""
TABLE = "table"
"""The key that figures of the table stand under, as `table.UNIT.COLUMN`."""
Keys = tuple[str, ...]


def held(table: Table, scenario: Scenario) -> dict[str, Any]:
    """All that a result rests on, as nested mappings: the scenario's settings, and under `TABLE` the figures."""
    settings = scenario.model_dump(mode="json", exclude=TOLD_APART)
    columns = {"kind": table.kinds, "parent": table.parents, **table.texts, **table.columns}
    known = {name: values for name, values in columns.items() if values}
    figures = {unit: {name: values[i] for name, values in known.items()} for i, unit in enumerate(table.units)}
    return {**{key: _by_name(value) for key, value in settings.items()}, TABLE: figures}


def differing(first: Any, other: Any, keys: Keys = ()) -> Iterator[Keys]:
    """The keys under which two of these differ; of the tables' figures those of units that both have.

    Example:
        >>> list(differing({"lot": 1, "locks": {}}, {"lot": 1, "locks": {"An Phú": {"quota": 30, "by": ""}}}))
        [('locks', 'An Phú', 'quota')]
    """
    first, other = _nothing_told(first), _nothing_told(other)
    if first == other:
        return
    if isinstance(first or other, Mapping) and isinstance(other or first, Mapping):
        first, other = first or {}, other or {}
        for key in dict.fromkeys((*first, *other)):
            if keys != (TABLE,) or (key in first and key in other):
                yield from differing(first.get(key), other.get(key), (*keys, key))
    else:
        yield keys


def found(values: Any, keys: Sequence[str]) -> Any:
    """What stands under `keys`; None where nothing does."""
    for key in keys:
        values = values.get(key) if isinstance(values, Mapping) else None
    return values


def _nothing_told(value: Any) -> Any:
    """None for what is blank, empty or false, that nothing be told of it."""
    return None if value is False or value == "" or value == [] or value == {} else value


def _by_name(value: Any) -> Any:
    """A list whose entries have names of their own as a mapping by these; all else as it is."""
    if isinstance(value, Mapping):
        return {key: _by_name(each) for key, each in value.items()}
    if isinstance(value, list) and value and all(isinstance(each, Mapping) for each in value):
        for name in NAMES:
            called = [each.get(name) for each in value]
            if all(called) and len({*called}) == len(called):
                return {each[name]: {k: v for k, v in each.items() if k != name} for each in value}
    return value
