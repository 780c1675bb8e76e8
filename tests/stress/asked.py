"""The questions that are asked of every random case, and the truths of their sentences."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from allocator.finding import Finding
from allocator.questions import find
from allocator.questions.run import in_short
from tests.stress import says_beside, says_explain, says_first, says_review, says_round, says_run, says_sensitivity  # noqa: F401
from tests.stress.drawn import Drawn

if TYPE_CHECKING:
    from tests.stress.sentences import Asked


def run(drawn: Drawn) -> Finding:
    """The allocation."""
    return find("run").ask(drawn.case)


def against(drawn: Drawn) -> Finding:
    """What changed."""
    return find("run").ask(drawn.case, drawn.other)


def short(drawn: Drawn) -> Finding:
    """The assumptions and decisions in force."""
    return Finding({}, lines=in_short(drawn.case.allocation))


def explain(drawn: Drawn) -> Finding:
    """Why all quotas are what they are."""
    return find("explain").ask(drawn.case)


def explain_unit(drawn: Drawn) -> Finding:
    """Why the first unit's is."""
    return find("explain").ask(drawn.case, drawn.case.allocation.table.units[0])


def explain_units(drawn: Drawn) -> Finding:
    """Why the first three units' are."""
    return find("explain").ask(drawn.case, drawn.case.allocation.table.units[:3])


def explain_large(drawn: Drawn) -> Finding:
    """Why the first unit's is, in a table of more units than may be held at every other quota."""
    with patch("allocator.why.optima.MOST_UNITS", 0), patch("allocator.why.room.MOST_UNITS", 0):
        return explain_unit(drawn)


def compare(drawn: Drawn) -> Finding:
    """Two scenarios side by side."""
    return find("compare").ask([drawn.case, drawn.other])


def compare_published(drawn: Drawn) -> Finding:
    """The same beside what was published."""
    return find("compare").ask([drawn.case, drawn.other], reference="published")


def compare_three(drawn: Drawn) -> Finding:
    """Three, two of them alike."""
    return find("compare").ask([drawn.other, drawn.case, drawn.other])


def review(drawn: Drawn) -> Finding:
    """The year's middle."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "progress.csv"
        rows = [f'"{unit}",{recruited},{lost},{day}' for unit, recruited, lost, day in drawn.reports]
        file.write_text("\n".join(["unit,recruited,lost,date", *rows]), encoding="utf-8")
        return find("review").ask(drawn.case, file)


def round_of_bids(drawn: Drawn) -> Finding | None:
    """What units ask for at once, in a small flat table."""
    units = drawn.case.table.units
    if any(drawn.case.table.parents) or len(units) > says_round.MOST_UNITS:
        return None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bids.csv"
        rows = [f'"{unit}",{figure if column == "bid" else ""},{figure if column != "bid" else ""}'
                for unit, column, figure in says_round.wishes(drawn)]  # fmt: skip
        file.write_text("\n".join(["unit,bid,workforce", *rows]), encoding="utf-8")
        return find("round").ask(drawn.case, file, ceiling=says_round.ceiling_of(drawn))


def sensitivity(drawn: Drawn) -> Finding:
    """What the quotas lean on."""
    return find("sensitivity").ask(drawn.case, says_sensitivity.DRAWS, says_sensitivity.SEED)


ASKED: dict[str, Asked] = {
    each.__name__: each
    for each in (
        run,
        against,
        short,
        explain,
        explain_unit,
        explain_units,
        explain_large,
        compare,
        compare_published,
        compare_three,
        review,
        round_of_bids,
        sensitivity,
    )
}
"""Every question by its name."""
