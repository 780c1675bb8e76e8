"""What is wrong or odd in a table: every rule asked, its findings in order; the words are in the catalogues.

A rule is a function that looks at one thing and yields what it finds. No table is named in any. A finding's severity:
`error` a figure that cannot be used, `warning` printed figures that contradict each other, `note` whatever else a
reader should know. Its message is the catalogue's `audit.CODE`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from itertools import chain
from typing import TYPE_CHECKING, Any

from allocator.data.findings import SEVERITIES, Oddity, PrintedTable, minus, oddity_of, read_printed, sum_known
from allocator.data.numbers import NumberError
from allocator.data.printed_figures import printed_number, printed_percent
from allocator.data.table import ATTAINMENT, PERSON_COLUMNS, TEXT_COLUMNS, Table, unaccented
from allocator.errors import InputError

if TYPE_CHECKING:
    from allocator.data.source import Source

HISTORY = ("term_target", "recruited", "lost")


def unusable_columns(case: PrintedTable) -> Iterator[Oddity]:
    """Driver columns that cannot be read; a column of text is only noted."""
    for bad in case.table.unusable.values():
        yield oddity_of("note" if bad.key == "cell.text_column" else "error", bad)


def negative_figures(case: PrintedTable) -> Iterator[Oddity]:
    """Figures below zero in columns that are not a difference of two others."""
    differences = {"net_gain", *(column for column, _ in case.relation("difference"))}
    for column in [each for each in case.table.columns if each not in differences]:
        for unit, value in zip(case.table.units, case.values(column), strict=True):
            if value is not None and value < 0:
                yield Oddity("warning", "negative", unit, column, value)


def unreadable_printed(case: PrintedTable) -> Iterator[Oddity]:
    """Totals and cells of the source that are not numbers, and names in it the table does not know."""
    for column, given in case.columns.items():
        read = printed_percent if given.percent else printed_number
        for unit, text in [*given.printed.items(), (None, given.total or "")]:
            try:
                read(text, case.way)
            except NumberError:
                yield Oddity("warning", "unreadable", unit, column, text)
            if unit is not None and unit not in case.table.units:
                yield Oddity("warning", "unknown_unit", unit, column, text)
        named = {*given.parts, *given.difference, *given.percent}
        own = set() if given.percent or column in TEXT_COLUMNS else {column}
        for name in sorted((named | own) - case.table.columns.keys() - case.table.unusable.keys()):
            yield Oddity("warning", "unknown_column", None, name)


def totals(case: PrintedTable) -> Iterator[Oddity]:
    """Columns, and columns as printed, whose sum is not the printed total."""
    for column in case.columns:
        total = case.total(column)
        if total is None or column not in case.table.columns:
            continue
        real, as_printed = sum_known(case.values(column)), sum_known(case.printed(column))
        if real != total:
            yield Oddity("warning", "total_differs", None, column, total, real)
        if as_printed not in (total, real):
            yield Oddity("warning", "printed_total_differs", None, column, total, as_printed)


def differences(case: PrintedTable) -> Iterator[Oddity]:
    """Cells that are not the difference they should be, telling where only the difference agrees with the total."""
    for column, (more, less) in case.relation("difference"):
        right = [minus(m, s) for m, s in zip(case.values(more), case.values(less), strict=True)]
        rows = zip(case.table.units, case.values(column), case.printed(column), right, strict=True)
        total = case.total(column)
        settled = total is not None and sum_known(right) == total != sum_known(case.printed(column))
        code = "difference_total" if settled else "difference"
        for unit, value, printed, wanted in rows:
            for figure in dict.fromkeys((printed, value)):
                if wanted is not None and figure is not None and figure != wanted:
                    quoted = {"more": more, "less": less, "total": total}
                    yield Oddity("warning", code, unit, column, figure, wanted, quoted)


def sums_of_parts(case: PrintedTable) -> Iterator[Oddity]:
    """Cells that are not the sum of their parts; a blank part counts as nothing where another is known."""
    for column, parts in case.relation("parts"):
        rows = zip(case.table.units, case.printed(column), *(case.values(each) for each in parts), strict=True)
        for unit, value, *cells in rows:
            if value is not None and any(cell is not None for cell in cells) and value != sum_known(cells):
                yield Oddity("warning", "parts", unit, column, value, sum_known(cells), {"parts": parts})


def sums_of_children(case: PrintedTable) -> Iterator[Oddity]:
    """Figures of a parent that are not the sum of those below it, where nothing that is blank can make it up."""
    for column in [each for each in PERSON_COLUMNS if each in case.table.columns]:
        for row, (added, known) in case.table.sums_below(column).items():
            own = case.table.columns[column][row]
            if own is not None and (added != own if known else added > own):
                yield Oddity("warning", "children", case.table.units[row], column, own, added)


def percentages(case: PrintedTable) -> Iterator[Oddity]:
    """Printed percentages that were cut, that hide a negative value, or that are wrong; and columns cut throughout."""
    for column, (part, whole) in case.relation("percent"):
        pairs = zip(case.values(part), case.values(whole), strict=True)
        bases: dict[str | None, Any] = dict(zip(case.table.units, pairs, strict=True))
        bases[None] = (sum_known(case.values(part)), sum_known(case.values(whole)))
        given = case.columns[column]
        cut, rounded = [], 0
        for unit, text in [*given.printed.items(), (None, given.total or "")]:
            printed = read_printed(printed_percent, text, case.way)
            above, below = bases.get(unit, (None, None))
            if printed is None or above is None or not below:
                continue
            exact = Decimal(above) * 100 / Decimal(below)
            kind = _how_printed(printed, exact)
            rounded += kind == "rounded"
            severity = "note" if kind == "percent_cut" else "warning"
            found = Oddity(
                severity, kind, unit, column, float(printed), round(float(exact), 6),
                {"text": text, "part": part, "whole": whole, "above": above, "below": below},
            )  # fmt: skip
            if kind == "percent_cut":
                cut.append(found)
            if kind.startswith("percent_"):
                yield found
        if len(cut) > 1 and not rounded:
            yield Oddity("note", "column_cut", None, column, None, None, {"count": len(cut)})


def _how_printed(printed: Decimal, exact: Decimal) -> str:
    """`either` where cutting and rounding agree, else `rounded`, or the code of the finding."""
    unit = Decimal(1).scaleb(int(printed.as_tuple().exponent))
    cut = exact.quantize(unit, ROUND_DOWN)
    rounded = {exact.quantize(unit, how) for how in (ROUND_HALF_EVEN, ROUND_HALF_UP)}
    if printed in rounded:
        return "either" if printed == cut else "rounded"
    if printed == cut and exact > 0:
        return "percent_cut"
    return "percent_negative" if printed == 0 and exact < 0 else "percent_wrong"


def missing_history(case: PrintedTable) -> Iterator[Oddity]:
    """Units whose past attainment is not stated and cannot be worked out: no term target, or a figure of it blank.

    A blank in an inner row of a tree is the sum of those below it.
    """
    inner = {*case.table.parents}
    known = [column for column in HISTORY if column in case.table.columns]
    for n, unit in enumerate(case.table.units):
        missing = [column for column in known if case.values(column)[n] is None and unit not in inner]
        if known and case.values(ATTAINMENT)[n] is None and (missing or case.values("term_target")[n] == 0):
            yield Oddity("note", "no_history", unit, None, None, None, {"missing": missing or ["term_target"]})


def quotas(case: PrintedTable) -> Iterator[Oddity]:
    """Published quotas above the present workforce, or above the workforce with all its growth."""
    names = ("published_quota", "workforce", "growth_estimate")
    for unit, quota, workforce, growth in zip(case.table.units, *map(case.values, names), strict=True):
        most = (workforce or 0) + (growth or 0)
        if quota is not None and workforce is not None and quota > workforce:
            severity, code = ("warning", "quota_above_growth") if quota > most else ("note", "quota_above_workforce")
            limit = most if quota > most else workforce
            values = {"workforce": workforce, "growth": growth or 0}
            yield Oddity(severity, code, unit, "published_quota", quota, limit, values)


def look_alikes(case: PrintedTable) -> Iterator[Oddity]:
    """Unit names that differ only in case and punctuation, or only in their accents."""
    groups: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for unit in case.table.units:
        cased = re.sub(r"[\W_]+", "", unit.casefold())
        groups[unaccented(cased)][cased].append(unit)
    for same in groups.values():
        for units in same.values():
            for unit in units[1:]:
                yield Oddity("warning", "same_name", unit, "unit", unit, None, {"other": units[0]})
        firsts = [units[0] for units in same.values()]
        for unit in firsts[1:]:
            yield Oddity("note", "similar_name", unit, "unit", unit, None, {"other": firsts[0]})


def blank_columns(case: PrintedTable) -> Iterator[Oddity]:
    """Columns without a single figure; for growth, whose blanks read as 0, without one above 0."""
    for column, values in case.table.columns.items():
        if not any(values) if column == "growth_estimate" else all(value is None for value in values):
            yield Oddity("note", "blank_column", None, column)


RULES: Sequence[Callable[[PrintedTable], Iterable[Oddity]]] = (
    unusable_columns, negative_figures, unreadable_printed, totals, differences, sums_of_parts, sums_of_children,
    percentages, missing_history, quotas, look_alikes, blank_columns,
)  # fmt: skip


def audit(table: Table, source: Source | None = None) -> tuple[Oddity, ...]:
    """All findings on a table, errors first, then in the order of the rules and of the table.

    Args:
        table: the table as read.
        source: what its document prints, where known.
    """
    case = PrintedTable(table, source.columns, source.numbers) if source else PrintedTable(table, {})
    found = chain.from_iterable(rule(case) for rule in RULES)
    return tuple(sorted(found, key=lambda each: SEVERITIES.index(each.severity)))


def audit_faults(error: InputError) -> tuple[Oddity, ...]:
    """Faults of reading a table as findings; raises `error` again where the file is not a table at all."""
    if not all(each.key.startswith("cell.") for each in error.faults):
        raise error
    return tuple(oddity_of("error", each) for each in error.faults)
