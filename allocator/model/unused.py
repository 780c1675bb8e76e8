"""What comes in with a table and no quota rests on: said in one note, so that nothing is ignored silently."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from allocator.data.table import ATTAINMENT, Table
from allocator.errors import Fault, fault
from allocator.model.claims import attainment
from allocator.model.forest import Forest
from allocator.model.parts import PREVIOUS
from allocator.model.scenario import Level, Scenario


def unused_notes(table: Table, scenario: Scenario, tree: Forest) -> Iterator[Fault]:
    """The columns that no quota rests on and that nothing is compared with; and what inner rows of a tree give."""
    counts, used = set(_counts(scenario)), set(_used(scenario))
    beside = _beside(table, scenario, tree, counts - used)
    if counts:
        used |= {ATTAINMENT} if len(beside) == len(table) else {ATTAINMENT, *counts}
    given = ["kind"] if any(each is not None for each in table.kinds) else []
    given += [*table.columns, *(name for name in table.unusable if name not in table.columns)]
    if idle := [name for name in given if name not in used]:
        yield fault("note.columns_unused", columns=idle)
    if some := {unit: names for unit, names in beside.items() if names and used.issuperset(names)}:
        yield fault("note.attainment_stated", units=list(some), beside=some)
    for name in dict.fromkeys(_selecting(scenario)):
        cells = table.cells(name)
        if blank := [unit for unit, cell in zip(table.units, cells, strict=True) if cell is None]:
            yield fault("note.selection_blank", column=name, units=blank)
    growth = table.optional("growth_estimate")
    below = {name: tree.leaves_below(tree.position[name]) for name in scenario.growth.units}
    if still := [name for name, leaves in below.items() if not any(growth[leaf] for leaf in leaves)]:
        yield fault("note.growth_unused", units=still)
    figures = {
        table.units[node]: [name for name in table.columns if table.columns[name][node] is not None]
        for node in range(len(table))
        if tree.children[node]
    }
    for key, filled in (("note.inner_rows", True), ("note.inner_blank", False)):
        if some := {unit: names for unit, names in figures.items() if bool(names) == filled}:
            yield fault(key, units=list(some), figures=some)


def _laid(scenario: Scenario, name: str) -> Iterator[Any]:
    """A part of the scenario, and what it is on every level that has keys of its own: what these leave out stays."""
    part = getattr(scenario, name)
    yield part
    for own in (getattr(level, name) for level in scenario.levels):
        if own is not None:
            yield part.model_copy(update={key: getattr(own, key) for key in own.model_fields_set})


def _selecting(scenario: Scenario) -> Iterator[str]:
    """Columns by whose cells units are chosen for a rule."""
    levels: list[Scenario | Level] = [scenario, *scenario.levels]
    if any(group.kind for part in levels for group in part.groups or ()):
        yield "kind"
    for rule in scenario.rules:
        yield from (["kind"] if rule.whom.kind else [])
        yield from rule.whom.where or ()


def _counts(scenario: Scenario) -> Iterator[str]:
    """Columns that past attainment is made of, where it has a weight and is not stated."""
    for past in _laid(scenario, "attainment"):
        if past.exponent:
            yield from ("term_target", "recruited", *["lost"] * (past.basis == "net"))


def _beside(table: Table, scenario: Scenario, tree: Forest, counts: set[str]) -> dict[str, list[str]]:
    """Of each unit with a stated attainment the counts, of those named, that stand beside it and count for nothing."""
    shared = [each for each in _laid(scenario, "attainment") if each.missing == "province"]
    averaged = any(past[leaf] is None for each in shared for past in [attainment(table, each)] for leaf in tree.leaves)
    idle = [name for name in table.columns if name in counts and not (averaged and name == "term_target")]
    return {
        unit: [name for name in idle if table.columns[name][row] is not None]
        for row, (unit, own) in enumerate(zip(table.units, table.optional(ATTAINMENT), strict=True))
        if own is not None
    }


def _used(scenario: Scenario) -> Iterator[str]:
    """Columns that are used otherwise than for past attainment."""
    levels: list[Scenario | Level] = [scenario, *scenario.levels]
    yield "workforce"
    growth = _laid(scenario, "growth")
    if scenario.risk.weight or any(each.realisation or any(each.units.values()) for each in growth):
        yield "growth_estimate"
    for driver in (each for part in levels for each in part.drivers or ()):
        yield from (
            ("term_target", "recruited", "lost") if driver.column == "remaining_term_target" else [str(driver.column)]
        )
    if scenario.published is not None:
        yield scenario.published
    for bounds in (each.bounds for each in levels if each.bounds is not None):
        if bounds.pace is not None:
            yield bounds.pace.reference
    if scenario.risk.weight and scenario.uncertainty.kinds:
        yield "kind"
    yield from _selecting(scenario)
    for name in (each for rule in scenario.rules for each in rule.rests_on):
        yield PREVIOUS if name == "previous" else name
