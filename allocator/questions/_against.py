"""An allocation against another scenario's: what differs, what moves, and the steps that lead from one to the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from allocator.data.unit_names import same_names
from allocator.errors import InfeasibleError, fault
from allocator.finding import Column, Finding, Listing, Row, Section, Text, say
from allocator.finding.columns import COLUMNS, columns
from allocator.finding.settings import SettingName, setting_of
from allocator.finding.sides import (
    Differing,
    all_held,
    apart,
    given_otherwise,
    settings_beside,
    settings_differing,
    short,
    total_change,
)
from allocator.questions import Case

if TYPE_CHECKING:
    from allocator.why.shifts import Shifts, Step

MOST_ROWS = 40
"""Units whose quota changes that a terminal shows."""
MOST_SETTINGS = 4
"""Settings that differ up to which a sentence names them all."""


def against(found: Finding, case: Case, other: Case) -> Finding:
    """What `run` found of a case, and what changed against another, first; errors as `allocate` for that one."""
    from allocator.why.shifts import Shifts, bridge, quotas_by_unit

    try:
        begun = other.allocation
    except InfeasibleError as error:  # its remedies are no options of this call
        raise InfeasibleError([fault("against.infeasible", other.name, name=other.name), *error.faults]) from None
    names = same_names(other.table.units, case.table.units)
    shifts = Shifts(quotas_by_unit(begun, names), case.allocation.by_unit)
    steps = [*bridge((other.table, other.scenario), begun, (case.table, case.scenario), case.allocation)]
    held = [all_held(other, names), all_held(case, {})]
    changed = settings_differing(*held)
    name = short(other.name)
    moves, given = (*_moves(shifts, name), *_settings(changed)), tuple(given_otherwise(shifts))
    joined = [say("against.joined", steps=_stages(each), name=name) for each in steps if len(each.stages) > 1]
    texts = (*moves, *given, *apart(other, case), *joined)
    listings = (_units(shifts, steps, name), *_steps(steps)) if any(shifts.changes.values()) else ()
    beside = settings_beside(held, [name, say("against.now")], changed)
    records = {key: value for key, value in found.records.items() if key != "digest"}
    records["against"] = _record(other.name, shifts, steps, changed)
    sections = (Section("against", say("against.title", name=name), texts, listings), *beside, *found.sections)
    return replace(found, records=records, sections=sections, lines=(moves, given, *found.lines[-1:]), sealed=True)


def _record(name: str, shifts: Shifts, steps: Sequence[Step], changed: Sequence[Differing]) -> dict[str, Any]:
    """The JSON of it: a unit that only one side has is null on the other, and its change is all that it is given."""
    units = [
        {"unit": unit, "from": shifts.before.get(unit), "to": shifts.after.get(unit), "change": change}
        for unit, change in shifts.changes.items()
    ]
    made = [
        {"steps": [*each.stages], "moved": each.shifts.moved, "change": total_change(each.shifts),
         "units": [{"unit": unit, "change": change} for unit, change in each.shifts.changes.items() if change]}
        for each in steps
    ]  # fmt: skip
    settings = [each.to_json() for each in changed]
    return {"name": name, "settings": settings, "moved": shifts.moved, "units": units, "bridge": made}


def _moves(shifts: Shifts, name: str) -> Iterator[Text]:
    """How many members move, and how many more or fewer there are in all."""
    if not any(shifts.changes.values()):
        yield say("against.same", name=name)
    elif shifts.moved is None:
        yield say("against.no_unit", name=name)
    else:
        gap, before = total_change(shifts), sum(shifts.before.values())
        total = say("against.total", gap=gap, before=before, now=before + gap)
        yield from (say("against.moved", name=name, moved=shifts.moved), *([total] if gap else []))


def _settings(changed: Sequence[Differing]) -> Iterator[Text]:
    """The settings that differ, in a sentence; figures of the table are only counted."""
    from allocator.why.differences import TABLE

    said: list[Text] = [_setting(each) for each in changed if each.keys[0] != TABLE]
    if (more := len(said) - MOST_SETTINGS) > 0:
        said[MOST_SETTINGS:] = [say("against.rest", count=more)]
    if figures := sum(each.keys[0] == TABLE for each in changed):
        said.append(say("against.figures", count=figures))
    if said:
        yield say("against.settings", changes=said)


def _setting(change: Differing) -> Text:
    """A setting as it was and as it is; one that only one side has is said to have come or gone."""
    key = "added" if change.before is None else "gone" if change.after is None else "setting"
    old, new = (setting_of(change.keys, each) for each in (change.before, change.after))
    return say(f"against.{key}", setting=SettingName(change.keys), old=old, new=new)


def _stages(step: Step) -> list[Text]:
    return [say(f"against.step.{each}") for each in step.stages]


def _units(shifts: Shifts, steps: Sequence[Step], name: str) -> Listing:
    """A row a unit, the largest changes first: what the other scenario gives it, its quota, and what changes in all.

    What each step changes is a column where there are two.
    """
    units = sorted(shifts.changes, key=lambda unit: -abs(shifts.changes[unit]))
    shown = steps if len(steps) > 1 else []
    heads = (
        *columns("unit"),
        Column("from", title=name),
        *(Column(f"step_{'_'.join(each.stages)}", "signed", title=say("against.steps", steps=_stages(each)), rank=1)
          for each in shown),
        Column("to", title=COLUMNS["quota"].header),
        COLUMNS["change"],
    )  # fmt: skip
    stepped = [{unit: each.shifts.changes.get(unit, 0) for unit in units} for each in shown]
    sides = [shifts.before, *stepped, shifts.after, shifts.changes]
    rows: tuple[Row, ...] = tuple((unit, *(side.get(unit) for side in sides)) for unit in units)
    whole: Row = (say("run.total"), *(sum(side.values()) for side in sides))
    changed = len(shifts.more) + len(shifts.less)
    notes = (say("against.kept", count=len(rows) - changed),) if len(rows) > changed else ()
    return Listing(
        "against", say("against.title", name=name), heads, rows, whole, notes, min(changed, MOST_ROWS), main=True
    )


def _steps(steps: Sequence[Step]) -> list[Listing]:
    """What each step moves and adds; nothing where there is but one."""
    if len(steps) < 2:
        return []
    heads = (Column("step", "text", title=say("against.step")), Column("moved"), COLUMNS["change"])
    rows: tuple[Row, ...] = tuple(
        (say("against.steps", steps=_stages(each)), each.shifts.moved, total_change(each.shifts)) for each in steps
    )
    whole: Row = (say("run.total"), "", sum(total_change(each.shifts) for each in steps))
    return [Listing("bridge", say("against.bridge"), heads, rows, whole, notes=(say("against.order"),))]
