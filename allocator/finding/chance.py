"""A probability in people's words: about 1 in 7, and not 0.14."""

from __future__ import annotations

from fractions import Fraction

from allocator.errors import Fault
from allocator.finding import say

MOST_SURE = Fraction(1, 100)
"""Below this, and above the rest of 1, no number of cases is named."""


def chance(probability: float) -> Fault:
    """About so many in so many, as far as ten cases tell apart; at the ends 1 in more of them, or all but 1.

    Example:
        >>> [chance(each).values for each in (0.14, 0.86, 0.4, 0.03, 0.97)][:2]
        [{'count': 1, 'of': 7}, {'count': 6, 'of': 7}]
    """
    rare = min(probability, 1 - probability)
    if rare < MOST_SURE:
        return say("chance.hardly" if probability < 0.5 else "chance.surely")
    part = Fraction(rare).limit_denominator(10) if rare >= 0.1 else Fraction(1, round(1 / rare))
    count = part.numerator if probability < 0.5 else part.denominator - part.numerator
    return say("chance.about", count=count, of=part.denominator)
