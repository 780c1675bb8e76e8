"""Unions to found for a share of the enterprises, beside the member quotas."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allocator.finding import Finding, Listing, Row, Section, Text, say
from allocator.finding.columns import columns, total
from allocator.questions import Argument, Case, question

if TYPE_CHECKING:
    from allocator.year.foundings import Foundings

SETTINGS = ("unions.share", "unions.least_workers", "unions.over")


@question(Argument("register", "file", required=True, positional=True), place=7, settings=SETTINGS)
def ask_unions(case: Case, register: Path) -> Finding:
    """Unions needed in each unit by the register, and the fewest foundings that bring its member quota."""
    from allocator.data.records import read_register
    from allocator.year.foundings import foundings

    found = foundings(case.allocation, read_register(register, case.table))
    lines: list[Text] = [say(f"unions.over_{found.over}", needed=found.needed)]
    short = [each.unit for each in found.units if each.members < each.quota]
    if short:
        lines.append(say("unions.short", units=short))
    section = Section("unions", say("question.unions"), tuple(lines), (_needed(found), working_list(found)))
    return Finding(_records(found), (section,), tuple(lines))


def _records(found: Foundings) -> dict[str, Any]:
    return {
        "over": found.over,
        "needed": found.needed,
        "units": [
            {
                "unit": each.unit,
                "eligible": each.eligible,
                "have": each.have,
                "needed": each.needed,
                "quota": each.quota,
                "members": each.members,
                "short": max(0, each.quota - each.members),
                "foundings": [
                    {"name": firm.name, "workers": firm.workers, "members": firm.joinable} for firm in each.foundings
                ],
            }
            for each in found.units
        ],
    }


def _needed(found: Foundings) -> Listing:
    keys = ("unit", "eligible", "have", "needed", "quota", "foundings", "members")
    figures = [(e.eligible, e.have, e.needed, e.quota, len(e.foundings), e.members) for e in found.units]
    rows: tuple[Row, ...] = tuple((each.unit, *row) for each, row in zip(found.units, figures, strict=True))
    whole = (say("run.total"), *(total(list(each)) for each in zip(*figures, strict=True)))
    return Listing("unions", say("question.unions"), columns(*keys), rows, whole)


def working_list(found: Foundings) -> Listing:
    """The working groups' list: a row a founding, with the members its unit has gained up to it."""
    keys = ("unit", "quota", "number", "enterprise", "workers", "members", "members_so_far")
    return Listing("foundings", say("year.foundings"), columns(*keys), tuple(_foundings(found)))


def _foundings(found: Foundings) -> Iterator[Row]:
    for unit in found.units:
        so_far = accumulate(each.joinable for each in unit.foundings)
        for number, (each, members) in enumerate(zip(unit.foundings, so_far, strict=True), start=1):
            yield unit.unit, unit.quota, number, each.name, each.workers, each.joinable, members
