"""How far an allocation is from the published one, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from allocator.errors import Fault
from allocator.finding import Text, say

if TYPE_CHECKING:
    from allocator.why.comparison import Comparison


def measures(found: Comparison) -> tuple[Text, ...]:
    """The measures against the published table, a sentence each, then what they leave out or compare by shares."""
    if found.misplaced is None:
        known = found.totals.published is not None
        return (say("compare.no_total" if known else "compare.none"), *caveats(found))
    of, figures = "_share" * found.by_shares, {"moved": found.misplaced, "share": found.misplaced_share or 0.0}
    return (
        say(f"compare.misplaced{of}", **figures),
        say(f"compare.largest{of}", gap=found.largest_gap, unit=found.largest_gap_unit),
        *caveats(found),
    )


def caveats(found: Comparison) -> Iterator[Fault]:
    """That shares are compared, where the totals differ; the units that are left out, by name."""
    if found.by_shares and found.misplaced is not None:
        yield say("compare.totals", ours=found.totals.proposed, theirs=found.totals.published)
    if found.left_out:
        yield say("compare.left_out", count=len(found.left_out), units=found.left_out)
