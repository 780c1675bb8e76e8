"""A listing of units as a reader asks for it: some of them, sorted, the first few, or added up by kind or parent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import fsum, isclose
from typing import Any

from allocator.data.findings import name_fitted
from allocator.data.table import Table, fold, unaccented
from allocator.data.unit_names import find_unit, near_names
from allocator.errors import InputError, fault
from allocator.finding import Column, Finding, Listing, Row, Value, say
from allocator.finding.columns import columns
from allocator.finding.settings import Setting
from allocator.words import LANGUAGES, Words

EFFORTS = {"effort": "quota", "effort_published": "published"}
"""Shares of the available workforce, by the column of which they are."""


@dataclass(frozen=True)
class View:
    """What of a listing is wanted, and how.

    Attributes:
        units: names of units; all where there is none.
        by: what rows are added up by: a column of texts of the table.
        sort: the column they are sorted by, by its key or its header in any language; descending after a minus.
        top: how many rows.
    """

    units: tuple[str, ...] = ()
    by: str = ""
    sort: str = ""
    top: int | None = None

    @property
    def options(self) -> list[str]:
        """The options that ask for it."""
        return [f"--{name.removesuffix('s')}" for name, each in vars(self).items() if each]

    def of(self, listing: Listing, groups: Mapping[str, Value], exact: bool = False) -> Listing:
        """The listing so.

        Args:
            listing: one with a column `unit`.
            groups: what each unit is added up under.
            exact: whether figures stay as they are; else those with decimals are rounded with their sum first.

        Raises:
            InputError: there is no such unit, or no such column.
        """
        made = listing if exact or self.by else replace(listing, rows=listing.shown)
        count = len(listing.rows)
        if self.units:
            names = [str(row[_unit(made)]) for row in made.rows]
            chosen = sorted({find_unit(names, each) for each in self.units})
            made = replace(made, rows=tuple(made.rows[n] for n in chosen))
        some = len(made.rows) < count
        if self.by:
            made = _added_up(made, self.by, groups, count)
        made = self._sorted(made)
        rows = made.rows[: self.top]
        total, notes = made.total, made.notes
        if some or len(rows) < len(made.rows):
            notes = (
                notes if total else (*notes, say("view.some", count=len(rows), of=len(made.rows) if self.by else count))
            )
            total = total and (say("view.total", count=count), *total[1:])
        return replace(made, rows=rows, total=total, notes=notes, most=None if self.top else made.most, takes={})

    def _sorted(self, listing: Listing) -> Listing:
        """Rows in the order of the column asked for, equals as they were, what is not known last."""
        if not self.sort:
            return listing
        at = _column(listing, self.sort.removeprefix("-"))
        column = listing.columns[at]
        known = [row for row in listing.rows if row[at] not in (None, "")]
        known.sort(key=lambda row: _ordered(row[at]), reverse=self.sort.startswith("-"))
        heads = [replace(each, rank=0) if each is column else each for each in listing.columns]
        rest = [row for row in listing.rows if row[at] in (None, "")]
        return replace(listing, columns=tuple(heads), rows=(*known, *rest))


def viewed(finding: Finding, view: View, table: Table, exact: bool) -> Finding:
    """A finding with its main table so, and of the other tables of units only the rows of those asked for.

    InputError: its main table has no units, `table` no such column of texts, or as `View.of`.
    """
    groups = _groups(table, view.by) if view.by else {}
    main = finding.main
    if main is None or main.aside or "unit" not in [each.key for each in main.columns]:
        raise InputError(fault("view.no_units", view.options[0], options=view.options))
    names = [str(row[_unit(main)]) for row in main.rows]
    named = [(each, find_unit(names, each)) for each in view.units]
    chosen = {names[at] for _, at in named}

    def seen(listing: Listing) -> Listing:
        if listing is main:
            return view.of(main, groups, exact)
        at = [n for n, each in enumerate(listing.columns) if each.key == "unit"]
        rows = tuple(row for row in listing.rows if not (at and chosen) or row[at[0]] in chosen)
        return replace(listing, rows=rows, total=listing.total if len(rows) == len(listing.rows) else None)

    sections = (replace(each, listings=tuple(map(seen, each.listings))) for each in finding.sections)
    notes = [name_fitted(each, names[at], "") for each, at in named if fold(each) != names[at]]
    return replace(finding, sections=tuple(sections)).noting(notes)


def _groups(table: Table, by: str) -> dict[str, str | None]:
    """What each unit of the table is added up under."""
    texts = {"kind": table.kinds, "parent": table.parents, **table.texts}
    known = [name for name, values in texts.items() if any(values)]
    if by not in known:
        raise InputError(fault("view.no_column" if known else "view.no_groups", "--by", name=by, near=known))
    return dict(zip(table.units, texts[by], strict=True))


def _unit(listing: Listing) -> int:
    """Which column holds the units' names."""
    return next(n for n, each in enumerate(listing.columns) if each.key == "unit")


def _ordered(value: Any) -> Any:
    """What a value is sorted by: letters without their accents first, as a dictionary does; texts in English."""
    if isinstance(value, int | float):
        return value
    text = Words("en").told(value)
    return unaccented(text.casefold()), text


def _column(listing: Listing, name: str) -> int:
    """Which column is called so, by its key or its header, accents and case aside.

    InputError: none is, or several are.
    """
    called: dict[str, set[int]] = {}
    for n, each in enumerate(listing.columns):
        heads = (" ".join(filter(None, map(Words(one).told, (each.group, each.header)))) for one in LANGUAGES)
        for text in (each.key, *heads):
            called.setdefault(_plainly(text), set()).add(n)
    found = called.get(_plainly(name), set())
    if len(found) == 1:
        return found.pop()
    near = sorted(found) or dict.fromkeys(n for each in near_names(_plainly(name), [*called]) for n in called[each])
    names = [say("view.column", name=each.header, key=each.key) for each in map(listing.columns.__getitem__, near)]
    raise InputError(fault("view.several" if found else "view.no_column", "--sort", name=name, near=names))


def _plainly(text: str) -> str:
    return unaccented(" ".join(text.casefold().split()))


def _added_up(listing: Listing, by: str, groups: Mapping[str, Value], count: int) -> Listing:
    """One row for each group, in the order of the listing: how many units it has, and their sums."""
    at, total = _unit(listing), listing.total
    held: dict[str, list[Row]] = {}
    for row in listing.rows:
        held.setdefault(str(groups.get(str(row[at])) or "–"), []).append(row)
    kept = [n for n, each in enumerate(listing.columns) if each.key in EFFORTS or _adds_up(listing, n)]
    heads = (Column(by, "text", title="" if by in ("kind", "parent") else by),
             *columns("units"), *(listing.columns[n] for n in kept))  # fmt: skip
    keys = [each.key for each in listing.columns]
    rows = [(name, len(some), *_summed(some, keys, kept)) for name, some in held.items()]
    whole = total and (total[0], count, *(total[n] for n in kept))
    return replace(listing, columns=heads, rows=tuple((Setting(n), *row) for n, *row in rows), total=whole)


def _adds_up(listing: Listing, at: int) -> bool:
    """Whether a column is one of counts that add up: to the total shown, where there is one and all are known."""
    known: list[Any] = [row[at] for row in listing.rows if isinstance(row[at], int | float)]
    total = None if listing.total is None else listing.total[at]
    if listing.columns[at].is_text or listing.columns[at].kind == "share" or not known:
        return False
    if isinstance(total, int | float):
        return isclose(fsum(known), total, rel_tol=1e-9, abs_tol=1e-6)
    return listing.total is None or (total is None and len(known) < len(listing.rows))


def _summed(rows: Sequence[Row], keys: Sequence[str], kept: Sequence[int]) -> Iterator[Value]:
    """The sums of some rows, None where one of them is not known; efforts of the sums."""
    sums: dict[str, Any] = {}
    for n, key in enumerate(keys):
        values: list[Any] = [row[n] for row in rows if isinstance(row[n], int | float)]
        exact = all(isinstance(each, int) for each in values)
        sums[key] = (sum(values) if exact else round(fsum(values), 6)) if len(values) == len(rows) else None
    for n in kept:
        part, whole = sums.get(EFFORTS.get(keys[n], "")), sums.get("available")
        if keys[n] in EFFORTS:
            yield round(part / whole, 6) if part is not None and whole else None
        else:
            yield sums[keys[n]]
