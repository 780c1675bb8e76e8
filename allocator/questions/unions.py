"""Unions to found for a share of the enterprises, beside the member quotas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from allocator.finding import Drawing, Finding, Section, Text, say
from allocator.finding.columns import columns, listed, summed
from allocator.questions import Argument, Case, question

WORKING_LIST = ("unit", "quota", "number", "enterprise", "workers", "members", "members_so_far")
SETTINGS = ("unions.share", "unions.least_workers", "unions.over")


@question(Argument("register", "file", required=True, positional=True), place=7, settings=SETTINGS)
def ask_unions(case: Case, register: Path) -> Finding:
    """Unions needed in each unit by the register, and the fewest foundings that bring its member quota."""
    from allocator.data.records import read_register
    from allocator.year.foundings import foundings

    read = read_register(register, case.table)
    found = foundings(case.allocation, read)
    lines: list[Text] = [say(f"unions.over_{found.over}", needed=found.needed)]
    short = [each.unit for each in found.units if each.short]
    if short:
        lines.append(say("unions.short", units=short))
    named = sum(len(each.foundings) for each in found.units)
    if named != found.needed:
        lines.append(say("unions.listed", listed=named, needed=found.needed, share=case.scenario.unions.share))
    lines += read.notes
    title, units = say("question.unions"), [dict(vars(each)) for each in found.units]
    for unit in units:
        unit["foundings"] = [
            {"name": each.name, "workers": each.workers, "members": each.joinable} for each in unit["foundings"]
        ]
    counted = [{**each, "foundings": len(each["foundings"])} for each in units]
    keys = ("eligible", "have", "needed", "quota", "foundings", "members")
    needed = listed("unions", title, columns("unit", *keys), counted, summed(counted, *keys))
    working_list = listed("foundings", say("year.foundings"), columns(*WORKING_LIST), _working_list(units))
    records = {"over": found.over, "needed": found.needed, "units": units}
    brought = Drawing("unions", [{**each, "published": each["quota"]} for each in units])
    section = Section("unions", title, tuple(lines), (needed, working_list), (brought,))
    following = ("unions", str(register), "--out", "unions") if working_list.rows else ()
    return Finding(records, (section,), (lines[0], tuple(lines[1:])), following)


def _working_list(units: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """The working groups' list: a row a founding, with the members its unit has gained up to it."""
    for unit in units:
        so_far = accumulate(firm["members"] for firm in unit["foundings"])
        for number, (firm, members) in enumerate(zip(unit["foundings"], so_far, strict=True), start=1):
            yield {**unit, **firm, "number": number, "enterprise": firm["name"], "members_so_far": members}
