"""Unions to found: for a share of the enterprises of a size, and for the member quotas with the fewest foundings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from random import Random

from allocator.data.records import Enterprise, Register
from allocator.data.table import Table
from allocator.model.allocation import Allocation, optimum
from allocator.model.claims import MICRO, exact
from allocator.model.nesting import nest
from allocator.model.problem import Problem, array


@dataclass(frozen=True)
class UnitUnions:
    """One unit's unions.

    Attributes:
        unit: its name.
        eligible: enterprises large enough, with anyone who may join.
        have: how many of them have a union.
        needed: unions to found for the share asked.
        quota: its member quota.
        members: members that the unions to found for it bring if all join who may.
        short: members that the quota is above them, where the register has no more.
        foundings: enterprises without a union, largest first, the fewest that bring the quota.
    """

    unit: str
    eligible: int
    have: int
    needed: int
    quota: int
    members: int
    short: int
    foundings: tuple[Enterprise, ...]


@dataclass(frozen=True)
class Foundings:
    """Unions to found in each unit, in table order; `over`: the share is of each `unit`, or of the whole `province`."""

    units: tuple[UnitUnions, ...]
    over: str

    @property
    def needed(self) -> int:
        """Unions to found in all."""
        return sum(each.needed for each in self.units)


def foundings(allocation: Allocation, register: Register) -> Foundings:
    """Unions needed beside the member quotas of an allocation.

    A unit needs max(0, ceil(share · eligible) − have), with the share and size of the scenario's `unions`; with
    `over: province` the same of all enterprises together, shared out in lots of 1 by the program, by claims of the
    enterprises that have none.
    """
    settings, units = allocation.scenario.unions, allocation.table.units
    large = [
        [
            each
            for each in register.enterprises.get(unit, ())
            if each.joinable and each.workers >= settings.least_workers
        ]
        for unit in units
    ]
    counts = [(len(each), sum(enterprise.has_union for enterprise in each)) for each in large]
    each_unit = [lacking(*count, settings.share) for count in counts]
    needed = each_unit if settings.over == "unit" else _over_the_province(counts, settings.share)
    made = []
    for unit, quota, firms, count, lack in zip(units, allocation.quotas, large, counts, needed, strict=True):
        chosen = tuple(fewest(firms, quota))
        members = sum(each.joinable for each in chosen)
        made.append(UnitUnions(unit, *count, lack, quota, members, max(0, quota - members), chosen))
    return Foundings(tuple(made), settings.over)


def lacking(eligible: int, have: int, share: float) -> int:
    """Unions needed for a share of the enterprises: max(0, ceil(share · eligible) − have), exactly.

    Example:
        >>> lacking(10, 3, 0.9), lacking(11, 3, 0.9), lacking(10, 10, 0.9)
        (6, 7, 0)
    """
    return max(0, ceil(exact(share) * eligible) - have)


def _over_the_province(counts: Sequence[tuple[int, int]], share: float) -> Sequence[int]:
    room = array([eligible - have for eligible, have in counts])
    total = lacking(sum(eligible for eligible, _ in counts), sum(have for _, have in counts), share)
    return optimum(Problem(room * MICRO, 0 * room, room, total, 1, "webster", nest([], len(room), total)))


def fewest(enterprises: Sequence[Enterprise], quota: int) -> Iterator[Enterprise]:
    """Enterprises without a union that bring `quota` members with the fewest foundings: most joinable first."""
    left = quota
    for each in sorted(enterprises, key=lambda e: (-e.joinable, e.name)):
        if left <= 0:
            return
        if not each.has_union:
            left -= each.joinable
            yield each


def made_up_register(table: Table, seed: int) -> list[dict[str, str | int]]:
    """Rows of a made-up register: enterprises of all sizes, few of them large, that share out each unit's workforce."""
    random = Random(seed)
    rows: list[dict[str, str | int]] = []
    for number, (unit, workforce) in enumerate(zip(table.units, table.column("workforce"), strict=True), start=1):
        left = int(workforce or 0)
        while left:
            workers = min(left, 3 + 1500 // random.randint(1, 300))
            left -= workers
            has_union, eligible = int(random.randint(1, 100) <= 40), int(random.randint(1, 100) <= 95)
            code = f"{number:03d}-{len(rows) + 1:06d}"
            rows.append({"unit": unit, "code": code, "workers": workers, "has_union": has_union, "eligible": eligible})
    return rows
