"""What a reader of a report may change, in its page or its workbook, and what stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from allocator.model.allocation import Allocation
    from allocator.model.limit import Limit

MOST_SINGLE = 1_000
"""Units up to which something is made for each single one, and decided again while somebody waits."""
LEVERS = ("locks.", "bounds.min_quota", "bounds.max_share")
"""Rules that are levers: their keys, or how these begin."""


def standing(made: Allocation) -> list[Limit]:
    """The rules that no lever of a report changes."""
    return [each for each in made.ground.rules.limits if not each.entry.key.startswith(LEVERS)]


def share_of(limit: Limit) -> str:
    """What moves with a report's levers and a rule allows a share of, `target` or `available`; else blank."""
    of = limit.amount.of
    return of if of in ("target", "available") else ""
