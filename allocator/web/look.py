"""How the units are looked at: their order, which of them, which one is opened; in the link, never in the scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import ceil
from typing import Any
from urllib.parse import urlencode

from allocator.data.table import Table, fold, unaccented
from allocator.web.state import State

PAGE = 100
"""Units on one page of a long table."""
SORTS = ("quota", "table", "unit", "change", "effort")
SCALES = ("effort", "members")
Figures = Sequence[float | None]


@dataclass(frozen=True)
class Look:
    """What is shown of the units.

    Attributes:
        sort: one of `SORTS`: the largest first, or as the table has them, or by name.
        find: part of a name, accents and case aside.
        kind: only units of this kind; blank for all.
        page: which page of them, from 1; 0 for all on one.
        scale: one of `SCALES`: what a bar's length is.
        open: the unit whose reasons are shown; blank for none.
        asks: what that unit asks for instead of its quota, as typed.
    """

    sort: str = SORTS[0]
    find: str = ""
    kind: str = ""
    page: int = 1
    scale: str = SCALES[0]
    open: str = ""
    asks: str = ""

    @property
    def query(self) -> str:
        """What is not as it is at first, as part of a link."""
        return urlencode({name: value for name, value in asdict(self).items() if value != getattr(Look, name)})

    @property
    def other_scale(self) -> str:
        """What the length of a second bar is, where there is room for one."""
        return SCALES[1 - SCALES.index(self.scale)]

    def chosen(self, table: Table, figures: Mapping[str, Figures]) -> list[int]:
        """Indices of the units looked for, in order; `figures` by name of the order."""
        part = unaccented(fold(self.find).casefold())
        found = [
            index
            for index, (unit, kind) in enumerate(zip(table.units, table.kinds or (None,) * len(table), strict=True))
            if (not self.kind or kind == self.kind) and part in unaccented(unit.casefold())
        ]
        if self.sort == "unit":
            return sorted(found, key=lambda index: unaccented(table.units[index].casefold()))
        values = figures.get(self.sort)
        return found if values is None else sorted(found, key=lambda index: -_known(values[index]))

    def of_page(self, found: Sequence[int]) -> tuple[Sequence[int], int, int]:
        """Those of the page, its number, and how many pages there are; the last one where there are fewer."""
        pages = max(1, ceil(len(found) / PAGE))
        page = min(self.page, pages)
        return (found[(page - 1) * PAGE : page * PAGE] if page else found), page, pages


def look_of(query: Mapping[str, Any]) -> Look:
    """The look in an address; whatever it cannot be is as at first."""
    page = str(query.get("page", ""))
    return Look(
        sort=query.get("sort", "") if query.get("sort") in SORTS else SORTS[0],
        find=str(query.get("find", ""))[:80],
        kind=str(query.get("kind", "")),
        page=int(page) if page.isascii() and page.isdecimal() and len(page) < 7 else 1,
        scale=query.get("scale", "") if query.get("scale") in SCALES else SCALES[0],
        open=str(query.get("open", "")),
        asks=str(query.get("asks", ""))[:40].strip(),
    )


def link(state: State, look: Look) -> str:
    """A state as it is looked at, as the address holds both."""
    return "&".join(filter(None, (state.query, look.query)))


def _known(value: float | None) -> float:
    return float("-inf") if value is None else value
