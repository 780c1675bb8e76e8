"""What is printed after the error of an infeasible scenario: which rules collide, and what would help."""

from __future__ import annotations

from allocator.data.table import Table
from allocator.model.scenario import Scenario
from allocator.words import Words


def advice(words: Words, table: Table, scenario: Scenario) -> list[str]:
    """Lines that name the rules that cannot hold together and the remedies, the cheapest first; nothing is applied."""
    from allocator.why.remedies import collision

    found = collision(table, scenario)
    if found is None:
        return []
    lines = [words("remedy.rules", rules=[f"{key}: {value}" for key, value in found.rules.items()])]
    if not found.remedies:
        return [*lines, words("remedy.none")]
    lines.append(words("remedy.title"))
    for remedy in found.remedies:
        changes = [str(each) for each in remedy.changes]
        lines.append(words("remedy.line", changes=changes, members=remedy.members, lots=remedy.lots))
    return lines
