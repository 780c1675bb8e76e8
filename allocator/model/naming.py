"""The units that a scenario names, called as its table calls them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial, reduce
from typing import TYPE_CHECKING, Any

from allocator.data.settings import Keys
from allocator.data.table import Table
from allocator.data.unit_names import fitting_names
from allocator.errors import Fault, InputError, fault
from allocator.model.checks import units_named

if TYPE_CHECKING:
    from allocator.model.scenario import Scenario


def fitted(table: Table, scenario: Scenario) -> tuple[Table, Scenario]:
    """The scenario with each unit called as the table has it, and the table with a note of each called otherwise.

    A name is taken for the only unit that it fits without accents and case; one that fits none, or several, stays.

    Raises:
        InputError: two keys that should be one are the same unit's.
    """
    named = [*units_named(scenario)]
    meant = fitting_names({name: None for _, name in named}, {*filter(None, (*table.units, *table.parents))})
    if not meant:
        return table, scenario
    from allocator.data.findings import name_fitted

    values: Any = scenario.model_dump()
    notes, faults = dict[str, Any](), list[Fault]()
    for keys, name in sorted(named, key=lambda each: -len(each[0])):  # what lies within a key before the key itself
        if name in meant:
            notes.setdefault(name, name_fitted(name, meant[name], scenario.place(*keys)))
            part = reduce(lambda held, key: held[key], keys[:-1], values)
            if part[keys[-1]] == name:
                part[keys[-1]] = meant[name]
            elif meant[name] in part:
                key = ".".join(map(str, keys[:-1]))
                faults.append(fault("scenario.twice", scenario.place(*keys), name=meant[name], key=key))
            else:
                part |= {meant[name]: part.pop(name)}
    if faults:
        raise InputError(faults)
    made = type(scenario).model_validate(values)
    made._place = partial(_placed, scenario, {unit: name for name, unit in meant.items()})
    return replace(table, notes=(*table.notes, *notes.values())), made


def _placed(scenario: Scenario, written: Mapping[str, str], keys: Keys) -> str:
    """Where a value was written, by its keys under the names that are meant."""
    return scenario.place(*(written.get(key, key) if isinstance(key, str) else key for key in keys))
