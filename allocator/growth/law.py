"""How claims depend on one parameter, and where two lots change places.

A lot (k of i) given and a lot (l of j) waiting change places where s(k)·w_j(t) = s(l)·w_i(t). With claims linear in t
that is a rational number (for Huntington–Hill, compared by squares, the root of one to 30 decimals); with claims
base·factor^t it is a quotient of logarithms, taken to 50 digits. Lots are compared just after a point: by value, then
by slope, so that a tie at the point itself does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from functools import lru_cache
from math import exp, floor, isqrt
from typing import Protocol

from allocator.model.claims import MICRO
from allocator.model.signpost import Signpost

DIGITS = 30
"""Decimals of a root that is not rational; it is rounded up, so that the lots have changed places there."""
UNIT = 10**50
_LOGS = Context(prec=70)
_NOISE = 10**10

Lot = tuple[int, int]
"""A unit and which of its lots."""


class Law(Protocol):
    """How claims depend on the parameter, and which of two lots costs more just after a point."""

    def rounded(self, at: Fraction) -> list[int]:
        """Claims at a point in millionths of a person, half to even; 1 where a claim is about to be more than 0."""

    def claim(self, unit: int, at: Fraction) -> tuple[int, int]:
        """Value and slope of a claim at a point, in a measure that orders claims."""

    def order(self, first: Lot, second: Lot, at: Fraction) -> int:
        """Sign of the cost of the first lot (unit, k) less that of the second, just after `at`; 0: alike for good."""

    def root(self, given: Lot, waiting: Lot) -> Fraction | None:
        """Where the given lot becomes dearer than the waiting one; None where it never does."""


@dataclass(frozen=True)
class Lines:
    """Claims (base + slope·t) / scale, persons."""

    base: tuple[int, ...]
    slope: tuple[int, ...]
    scale: int
    method: Signpost

    def rounded(self, at: Fraction) -> list[int]:
        """Claims at a point, millionths of a person."""
        lines = zip(self.base, self.slope, strict=True)
        return [max(round((b + a * at) * MICRO / self.scale), int(a > 0 or b > 0)) for b, a in lines]

    def claim(self, unit: int, at: Fraction) -> tuple[int, int]:
        """Value and slope of a claim, both times the denominator of `at`."""
        return self.base[unit] * at.denominator + self.slope[unit] * at.numerator, self.slope[unit] * at.denominator

    def order(self, first: Lot, second: Lot, at: Fraction) -> int:
        """Sign of the first lot's cost less the second's, just after `at`."""
        a, b = _weights(self.method, first[1], second[1])
        (x, dx), (y, dy) = self.claim(first[0], at), self.claim(second[0], at)
        if self.method.squared:
            return _sign(a * y * y - b * x * x) or _sign(a * y * dy - b * x * dx) or _sign(a * dy * dy - b * dx * dx)
        return _sign(a * y - b * x) or _sign(a * dy - b * dx)

    def root(self, given: Lot, waiting: Lot) -> Fraction | None:
        """Where the given lot becomes dearer than the waiting one."""
        (i, _), (j, _) = given, waiting
        if not self.slope[i] and not self.slope[j]:
            return None
        a, b = _weights(self.method, given[1], waiting[1])
        if not self.method.squared:
            rise = a * self.slope[j] - b * self.slope[i]
            return Fraction(b * self.base[i] - a * self.base[j], rise) if rise > 0 else None
        if not a or not b:
            return None
        ratio, is_exact = _square_root(Fraction(a, b))
        rise_root = ratio * self.slope[j] - self.slope[i]
        if rise_root <= 0:
            return None
        at = (self.base[i] - ratio * self.base[j]) / rise_root
        return at if is_exact else _rounded_up(at)


@dataclass(frozen=True)
class Powers:
    """Claims base·factor^t, as logarithms in 10⁻⁵⁰; a claim of 0 (not `positive`) has no lot to compare."""

    base: tuple[int, ...]
    factor: tuple[int, ...]
    positive: tuple[bool, ...]
    method: Signpost

    def rounded(self, at: Fraction) -> list[int]:
        """Claims at a point, millionths of a person."""
        logs = [float((b + at * f) / UNIT) for b, f in zip(self.base, self.factor, strict=True)]
        return [max(round(exp(log) * MICRO), 1) * positive for log, positive in zip(logs, self.positive, strict=True)]

    def claim(self, unit: int, at: Fraction) -> tuple[int, int]:
        """Logarithm of a claim, without the digits that rounding may have touched, and its slope."""
        return round((self.base[unit] + at * self.factor[unit]) / _NOISE), self.factor[unit] // _NOISE

    def order(self, first: Lot, second: Lot, at: Fraction) -> int:
        """Sign of the first lot's cost less the second's, just after `at`."""
        a, b = _weights(self.method, first[1], second[1])
        if not a or not b:
            return _sign(a - b)
        gap, rise = self._line(first, second)
        return _sign(round((gap + at * rise) / _NOISE)) or _sign(round(Fraction(rise, _NOISE)))

    def root(self, given: Lot, waiting: Lot) -> Fraction | None:
        """Where the given lot becomes dearer than the waiting one."""
        a, b = _weights(self.method, given[1], waiting[1])
        gap, rise = self._line(given, waiting) if a and b else (0, 0)
        return _rounded_up(Fraction(-gap, rise)) if rise > _NOISE else None

    def _line(self, first: Lot, second: Lot) -> tuple[int, int]:
        """Logarithm of the ratio of two lots' costs at 0, and its slope."""
        (i, k), (j, other) = first, second
        a, b = _weights(self.method, k, other)
        ratio = logarithm(Fraction(a, b)) // (2 if self.method.squared else 1)
        return ratio - self.base[i] + self.base[j], self.factor[j] - self.factor[i]


def _weights(method: Signpost, k: int, other: int) -> tuple[int, int]:
    """Numbers in the ratio of two signposts, squared where the method is; 1 to 1 for two free lots: claims decide."""
    (top, bottom), (other_top, other_bottom) = method.ratio(k), method.ratio(other)
    return (top * other_bottom, other_top * bottom) if top or other_top else (1, 1)


def _sign(value: int | Fraction) -> int:
    return (value > 0) - (value < 0)


def _rounded_up(value: Fraction) -> Fraction:
    return Fraction(floor(value * 10**DIGITS) + 1, 10**DIGITS)


@lru_cache(maxsize=100_000)
def _square_root(value: Fraction) -> tuple[Fraction, bool]:
    """Square root, and whether it is exact; else to 60 digits."""
    top, bottom = isqrt(value.numerator), isqrt(value.denominator)
    if top * top == value.numerator and bottom * bottom == value.denominator:
        return Fraction(top, bottom), True
    scale = 10**60
    return Fraction(isqrt(value.numerator * scale * scale // value.denominator), scale), False


@lru_cache(maxsize=100_000)
def logarithm(value: Fraction) -> int:
    """Natural logarithm of a positive number, in 10⁻⁵⁰."""
    exact = _LOGS.divide(Decimal(value.numerator), Decimal(value.denominator))
    return int(_LOGS.multiply(_LOGS.ln(exact), Decimal(UNIT)))
