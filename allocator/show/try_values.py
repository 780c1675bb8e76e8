"""What the formulas of "try it" come to at the allocation itself, worked out as the sheet does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import ceil, floor, sqrt
from typing import TYPE_CHECKING

import numpy as np

from allocator.model.claims import MICRO
from allocator.show.trying import SHIFTS, other_limits

if TYPE_CHECKING:
    from allocator.model.allocation import Allocation
    from allocator.words import Words

HALVINGS = 50
LOWEST, HIGHEST = 1e-15, 1e17
"""Levels below and above all at which a lot can come."""
HAIR = 1e-11
NO_MOST = 1e15
"""Stands for no maximum, members."""


class Trial:
    """The values of all formulas at the allocation itself, worked out as the sheet does."""

    def __init__(self, made: Allocation) -> None:
        self.made, self.lot, self.lots = made, made.problem.lot, made.problem.lots
        self.shift = SHIFTS[made.problem.signpost]
        self.limits = other_limits(made)
        self.locks = {each.unit: each for each in made.scenario.locks}
        self.held = [self.locks[unit].quota if unit in self.locks else None for unit in made.table.units]
        self.rooms = rooms_now(made, self.limits)
        self.floors, self.caps = bounds_now(self.rooms, self.lot)
        self.micro = np.array(made.claims.claims, dtype=np.float64)
        self.size = self.micro / MICRO / self.lot
        self.low, self.top = (np.array(each, dtype=np.float64) for each in (made.problem.floor, made.problem.top))
        self.steps = list(self._halvings())
        self.started = self.count(LOWEST) <= self.lots
        self.at_low, self.at_high = self.steps[-1][0] * (1 - HAIR), self.steps[-1][1] * (1 + HAIR)
        self.base = self.taken(self.at_low) if self.started else self.low
        self.reached = self.taken(self.at_high)
        self.parts = 2 * self.base + 2 - 2 * self.shift

    def taken(self, level: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        """Lots each unit takes at a level."""
        return np.clip(np.floor(level * self.size + self.shift), self.low, self.top)

    def count(self, level: float) -> int:
        """Lots that all units take at a level."""
        return int(self.taken(level).sum())

    def _halvings(self) -> Iterator[tuple[float, float, float, int]]:
        """Low and high end, middle, and the lots at the middle, row by row; the last row is what is left."""
        low, high = LOWEST, HIGHEST
        for _ in range(HALVINGS):
            middle = sqrt(low * high)
            count = self.count(middle)
            yield low, high, middle, count
            low, high = (middle, high) if count <= self.lots else (low, middle)
        yield low, high, sqrt(low * high), self.count(sqrt(low * high))

    def ranks(self) -> list[int | None]:
        """How many lots come before each unit's next one, of those that a hair decides; None of other units."""
        waiting = [unit for unit in range(len(self.size)) if self.reached[unit] > self.base[unit]]
        keys = sorted(waiting, key=lambda unit: self.made.problem.key(unit, int(self.base[unit]) + 1))
        rank = {unit: index for index, unit in enumerate(keys)}
        return [rank.get(unit) for unit in range(len(self.size))]


def costs_now(trial: Trial, name: str) -> list[float | None]:
    """What the last lot of each unit asks, or its next, where it has one that may move."""
    (bounds, step), problem = (trial.low, 0) if name == "last" else (trial.top, 1), trial.made.problem
    sides = enumerate(zip(trial.made.lots, bounds.tolist(), problem.claims, trial.held, strict=True))
    return [
        problem.cost(unit, k + step) if lock is None and w > 0 and k != bound else None
        for unit, (k, bound, w, lock) in sides
    ]


def rooms_now(made: Allocation, limits: Mapping[str, Sequence[float | None]]) -> dict[str, list[float]]:
    """Least and most members that rules allow each unit, and the most that is hard, as the formulas have them."""
    scenario = made.scenario
    share, least, target = scenario.bounds.max_share, float(scenario.bounds.min_quota), float(scenario.target)
    found: dict[str, list[float]] = {"room_least": [], "room_most": [], "room_hard": []}
    for unit, each in enumerate(made.claims.available):
        available = each / MICRO
        shares = {"target": target, "available": available}
        known = {
            name: value * shares.get(name.partition("_")[2], 1)
            for name, column in limits.items()
            if (value := column[unit]) is not None
        }
        low = [value for name, value in known.items() if name.startswith("least")]
        found["room_least"].append(round(max(0.0, least, *low), 9))
        moving = [] if share is None else [share * available]
        for side in ("most", "hard"):
            high = [value for name, value in known.items() if name in (side, f"{side}_target", "most_available")]
            found[f"room_{side}"].append(round(min((NO_MOST, *high, *moving)), 9))
    return found


def bounds_now(rooms: Mapping[str, Sequence[float]], lot: int) -> tuple[list[int], list[int]]:
    """Fewest and most lots that rules allow each unit, locks aside; where no whole lot lies between, those around."""
    floors, caps = [], []
    for least, most, hard in zip(*(rooms[f"room_{name}"] for name in ("least", "most", "hard")), strict=True):
        low, high, below = ceil(round(least / lot, 9)), floor(round(most / lot, 9)), floor(round(least / lot, 9))
        between = low > high and least <= most
        floors.append(below if between else low)
        caps.append(below + (hard >= (below + 1) * lot) if between else high)
    return floors, caps


def notes_now(trial: Trial, caps: Sequence[int | None], words: Words) -> list[str]:
    """What is said beside each unit."""
    made = []
    rows = zip(trial.made.table.units, trial.made.quotas, trial.floors, caps, strict=True)
    for unit, quota, low, high in rows:
        lock, low = trial.locks.get(unit), low * trial.lot
        if lock is not None:
            key = "locked" if lock.by and lock.reason else "lock_bare"
        else:
            key = "at_floor" if 0 < low >= quota else "at_cap" if high is not None and quota >= high else ""
        made.append(words(f"try.{key}") if key else "")
    return made
