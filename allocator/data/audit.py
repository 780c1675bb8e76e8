"""What is wrong or odd in a table: every rule asked, its findings in order; the words are in the catalogues.

A finding's severity: `error` a figure that cannot be used, `warning` printed figures that contradict each other, `note`
whatever else a reader should know. Its message is the catalogue's `audit.CODE`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allocator.data.findings import SEVERITIES, Oddity, PrintedTable
from allocator.data.rules import RULES
from allocator.data.table import Table
from allocator.errors import InputError

if TYPE_CHECKING:
    from allocator.data.source import Source


def audit(table: Table, source: Source | None = None) -> tuple[Oddity, ...]:
    """All findings on a table, errors first, then in the order of the rules and of the table.

    Args:
        table: the table as read.
        source: what its document prints, where known.
    """
    case = PrintedTable(table, source.columns if source else {})
    found = [finding for rule in RULES.values() for finding in rule(case)]
    return tuple(sorted(found, key=lambda each: SEVERITIES.index(each.severity)))


def audit_faults(error: InputError) -> tuple[Oddity, ...]:
    """Faults of reading a table as findings; raises `error` again where the file is not a table at all."""
    if not all(each.key.startswith("cell.") for each in error.faults):
        raise error
    return tuple(
        Oddity("error", each.key, _known(each.values.get("unit")), each.values.get("column"), each.values.get("cell"),
                None, each.values, each.place)
        for each in error.faults
    )  # fmt: skip


def _known(name: Any) -> Any:
    return name if name not in ("", "–") else None
