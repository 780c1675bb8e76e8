"""Where along one figure a quota is exactly so much: every stretch of such values, each end of it tried.

A figure is tried in whole steps of its last digit. Between two neighbours of the points given, the quota is taken to
run one way, and bisection finds the edges; what is not known to run one way needs points close together, and what lies
inside a stretch is then tried, too. Where a step of the last digit jumps over the quota, finer digits are tried in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

from allocator.data.table import Number

Holds = Callable[[int | None], bool]


def at_digits(steps: int, digits: int) -> Number:
    """The figure of so many steps of its last digit.

    Example:
        >>> at_digits(7225, 4), at_digits(12, 0)
        (0.7225, 12)
    """
    return steps / 10**digits if digits else steps


@dataclass(frozen=True)
class Range:
    """Neighbouring values of a figure, both ends included, written with so many digits; no `high`: without end."""

    low: Number
    high: Number | None
    digits: int

    def away(self, value: Number) -> float:
        """How far it lies from a value; 0 where it holds it."""
        return max(self.low - value, 0 if self.high is None else value - self.high, 0)


@dataclass(frozen=True)
class Jump:
    """Two neighbouring values of a figure between which its quota jumps over the one that is wanted."""

    below: Number
    quota_below: int
    above: Number
    quota_above: int
    digits: int


@dataclass
class Axis:
    """One figure, and what is known of the quota along it.

    Attributes:
        quota: the quota at a value, members; None where there is no allocation.
        wanted: the quota sought.
        top: the largest value that is tried, in steps of `digits`; beyond it nothing changes, or nothing is allowed.
        splits: values between which the quota runs one way.
        digits, finest: digits of a value; to how many they may grow where a step jumps over the quota wanted.
        inside: values that are tried inside a stretch, where the quota is not known to run one way; else 0.
        jumps: where finest steps jump over the quota wanted.
    """

    quota: Callable[[Number], int | None]
    wanted: int
    top: int
    splits: Sequence[Fraction] = ()
    digits: int = 0
    finest: int = 0
    inside: int = 0
    jumps: list[Jump] = field(default_factory=list)
    known: dict[tuple[int, int], int | None] = field(default_factory=dict)

    def at(self, steps: int, digits: int) -> int | None:
        """The quota at a value, each asked for once."""
        if (steps, digits) not in self.known:
            self.known[steps, digits] = self.quota(at_digits(steps, digits))
        return self.known[steps, digits]

    def ranges(self, points: Sequence[int]) -> list[Range]:
        """Every range found between the points and around the splits, in order; points in steps of `digits`."""
        self.jumps.clear()
        made = _joined(self._search(0, self.top, points, self.digits))
        settled = _joined(each for low, high, digits in made for each in self._settled(low, high, digits))
        ends = (
            Range(at_digits(low, d), None if d == self.digits and high == self.top else at_digits(high, d), d)
            for low, high, d in settled
        )
        return sorted(ends, key=lambda each: each.low)

    @property
    def one_way(self) -> bool:
        """Whether what was asked so far runs one way between the splits."""
        known = sorted((Fraction(steps, 10**d), q) for (steps, d), q in self.known.items() if q is not None)
        edges = sorted(self.splits)
        ways: dict[int, set[bool]] = {}
        for (x, one), (y, two) in pairwise(known):
            if one != two and not any(x < edge < y for edge in edges):
                ways.setdefault(sum(edge <= x for edge in edges), set()).add(one < two)
        return all(len(each) == 1 for each in ways.values())

    def _search(self, low: int, high: int, points: Sequence[int], digits: int) -> Iterator[tuple[int, int, int]]:
        scaled = [split * 10**digits for split in self.splits]
        around = (side for split in scaled for side in (floor(split), ceil(split)))
        every = sorted({low, high, *(each for each in (*points, *around) if low < each < high)})
        for one, two in pairwise(every):
            yield from self._between(one, two, digits)

    def _between(self, low: int, high: int, digits: int) -> Iterator[tuple[int, int, int]]:
        """The range between two values between which the quota runs one way."""
        one, two = self.at(low, digits), self.at(high, digits)
        if one is None and two is not None:
            low = self._last(high, low, digits, lambda quota: quota is not None)
            one = self.at(low, digits)
        elif two is None and one is not None:
            high = self._last(low, high, digits, lambda quota: quota is not None)
            two = self.at(high, digits)
        if one is None or two is None or not min(one, two) <= self.wanted <= max(one, two):
            return
        sign = 1 if one <= two else -1
        if one != self.wanted:
            below = self._last(low, high, digits, lambda quota: quota is not None and sign * (quota - self.wanted) < 0)
            low = below + 1
            if self.at(low, digits) != self.wanted:
                yield from self._finer(below, digits)
                return
        end = high if two == self.wanted else self._last(low, high, digits, self._is_wanted)
        yield low, end, digits

    def _is_wanted(self, quota: int | None) -> bool:
        return quota == self.wanted

    def _finer(self, below: int, digits: int) -> Iterator[tuple[int, int, int]]:
        """What lies between two neighbours of so many digits; at the finest, a jump."""
        if digits + 2 <= self.finest:
            yield from self._search(100 * below, 100 * (below + 1), (), digits + 2)
            return
        one, two = self.at(below, digits), self.at(below + 1, digits)
        if one is not None and two is not None:
            self.jumps.append(Jump(at_digits(below, digits), one, at_digits(below + 1, digits), two, digits))

    def _last(self, start: int, stop: int, digits: int, holds: Holds) -> int:
        """The last value on the way from `start`, where something holds, to `stop`, where it does not (never asked)."""
        inside, step = start, 1 if stop > start else -1
        while abs(stop - inside) > abs(step) and holds(self.at(inside + step, digits)):
            inside, step = inside + step, 2 * step
        outside = inside + step if abs(stop - inside) > abs(step) else stop
        while abs(outside - inside) > 1:
            middle = (inside + outside) // 2
            if holds(self.at(middle, digits)):
                inside = middle
            else:
                outside = middle
        return inside

    def _settled(self, low: int, high: int, digits: int) -> Iterator[tuple[int, int, int]]:
        """A range whose neighbours are not of it, in as many parts as it is found to be in."""
        top = self.top * 10 ** (digits - self.digits)
        low, high = self._last(low, -1, digits, self._is_wanted), self._last(high, top + 1, digits, self._is_wanted)
        inside = range(low + 1, high, max(1, (high - low) // self.inside)) if self.inside else ()
        hole = next((each for each in inside if not self._is_wanted(self.at(each, digits))), None)
        if hole is None:
            yield low, high, digits
            return
        yield from self._settled(low, self._last(low, hole, digits, self._is_wanted), digits)
        yield from self._settled(self._last(high, hole, digits, self._is_wanted), high, digits)


def _joined(made: Iterable[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Ranges of the same digits that touch or overlap, as one."""
    joined: list[tuple[int, int, int]] = []
    for low, high, digits in sorted(made, key=lambda each: (each[2], each[0])):
        if joined and joined[-1][2] == digits and joined[-1][1] + 1 >= low:
            joined[-1] = joined[-1][0], max(joined[-1][1], high), digits
        else:
            joined.append((low, high, digits))
    return joined
