"""The allocation in the layout of the annex it answers: its own columns, the new quotas in their place."""

from __future__ import annotations

from collections.abc import Sequence

from allocator.data.source import PrintedColumn, Source
from allocator.data.table import Number, Table
from allocator.finding import Column, Listing, Row, say
from allocator.finding.columns import total
from allocator.model.allocation import Allocation
from allocator.words import Words

CANONICAL = ("term_target", "term_new_unions", "recruited", "lost", "net_gain", "attainment", "published_quota",
             "workforce_gap", "workforce_insured", "workforce", "growth_estimate")  # fmt: skip


def annex(allocation: Allocation, words: Words, source: Source | None) -> Listing:
    """All units with all their figures, in the order and under the headers of the source document where it is known."""
    table, printed = allocation.table, dict(source.columns) if source else {}
    names = _order(table, printed, allocation.scenario.published)
    columns = [
        Column("number"),
        Column("unit", "text"),
        *(_column(words, name, printed, allocation.scenario.published) for name in names),
    ]
    values = [_values(allocation, name, printed) for name in names]
    rows = [(index + 1, unit, *(column[index] for column, _ in values)) for index, unit in enumerate(table.units)]
    last: Row = ("", say("run.total"), *(whole for _, whole in values))
    return Listing("annex", say("report.annex"), tuple(columns), tuple(rows), last)


def _order(table: Table, printed: dict[str, PrintedColumn], published: str | None) -> list[str]:
    """Columns in the document's order, else in the usual one; the quota stands where the published one stood."""
    wanted = [name for name in printed if name != "unit"] or list(CANONICAL)
    shown = [name for name in wanted if table.has(name) or _ratio(table, printed.get(name))]
    names = [*shown, *(name for name in table.columns if name not in shown)]
    if published in names:
        return ["quota" if name == published else name for name in names]
    return ["quota", *names]


def _ratio(table: Table, column: PrintedColumn | None) -> bool:
    return column is not None and len(column.percent) == 2 and all(table.has(name) for name in column.percent)


def _column(words: Words, name: str, printed: dict[str, PrintedColumn], published: str | None) -> Column:
    source = printed.get(published or "" if name == "quota" else name)
    own = f"annex.{name}"
    header = source.header if source and words.language == "vi" else words(own) if own in words else name
    group, _, title = (header or name).rpartition(" / ")
    ratio = source is not None and bool(source.percent)
    return Column(name, "share" if ratio else "members", 2 if ratio else 0, title, group, bar=name == "quota")


def _values(
    allocation: Allocation, name: str, printed: dict[str, PrintedColumn]
) -> tuple[Sequence[Number | None], Number | None]:
    """Values of one column and its figure in the totals row."""
    table = allocation.table
    if name == "quota":
        return allocation.quotas, sum(allocation.quotas)
    if table.has(name):
        return table.column(name), total(table.column(name))
    above, below = (table.column(each) for each in printed[name].percent)
    made = [a / b if a is not None and b else None for a, b in zip(above, below, strict=True)]
    whole, base = total(above), total(below)
    return made, whole / base if whole is not None and base else None
