"""Names of units: told apart where two provinces have a district of one name, and those nearest to an unknown one.

A name that several units have is shown with its parent's, `Province A/Châu Thành`; any other as it is written. From
here on a unit is known by the name that is shown.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import chain

from allocator.data.table import fold
from allocator.errors import Fault, fault

Place = Callable[[int, str], str]
"""Where the cell of a row in the column `unit` or `parent` stands."""


def shown_names(
    names: Sequence[str], above: Sequence[str], place: Place
) -> tuple[list[str], list[str], Iterator[Fault]]:
    """Name of each row's unit and of its parent as they are shown, and what is wrong with them.

    Args:
        names: names as written, folded.
        above: parents as written, folded, empty where there is none. A parent with a row is called by the name shown
            or, where only one unit has its name, by that name after its own parent's; any other has no row.
        place: for messages.

    Example:
        >>> shown_names(["A", "B", "Mỹ An", "Mỹ An"], ["", "", "A", "B"], "{}:{}".format)[0]
        ['A', 'B', 'A/Mỹ An', 'B/Mỹ An']
    """
    times = Counter(names)
    if len(times) == len(names) and "" not in times and not any("/" in each for each in set(above)):
        return [*names], [*above], iter(())
    if not any(above):
        return [*names], [*above], _twice(names, names, place)
    whole = {f"{up}/{name}": name for name, up in zip(names, above, strict=True) if up and times[name] == 1}
    parents = [each if each in times else whole.get(each, each) for each in above]
    units = [f"{up}/{name}" if up and times[name] > 1 else name for name, up in zip(names, parents, strict=True)]
    unclear = _unclear(units, names, above, parents, whole, place)
    return units, parents, chain(_twice(units, names, place), unclear)


def _twice(units: Sequence[str], names: Sequence[str], place: Place) -> Iterator[Fault]:
    """A fault for each row without a name, and for each with the name of an earlier one."""
    first: dict[str, int] = {}
    for row, (unit, name) in enumerate(zip(units, names, strict=True)):
        if not name:
            yield fault("cell.blank_unit", place(row, "unit"))
        elif first.setdefault(unit, row) != row:
            yield fault("cell.duplicate_unit", place(row, "unit"), unit=unit, earlier=place(first[unit], "unit"))


def _unclear(
    units: Sequence[str], names: Sequence[str], above: Sequence[str], parents: Sequence[str],
    whole: Collection[str], place: Place,
) -> Iterator[Fault]:  # fmt: skip
    """A fault for each parent that may be one of several units, or that ends in a name without being one."""
    shown = set(units)
    rows: dict[str, list[int]] = {}
    for row, name in enumerate(names):
        rows.setdefault(name, []).append(row)
    for row, (written, parent) in enumerate(zip(above, parents, strict=True)):
        if parent in shown and not (written == parent and written in whole):
            continue
        parts = written.split("/")
        ends = [fold("/".join(parts[at:])) for at in range(len(parts))]
        if near := [units[each] for end in ends if end for each in rows.get(end, ())]:
            yield fault("cell.unclear_parent", place(row, "parent"), parent=written, unit=units[row], near=near)


def near_names(name: str, known: Collection[str]) -> list[str]:
    """Names that an unknown one may be meant for: those it is the last part of, else those alike, else some."""
    same = sorted(each for each in known if each.endswith(f"/{name}"))
    return same or difflib.get_close_matches(name, known, n=3, cutoff=0.5) or sorted(known)[:20]
