"""The direction numbers of Sobol points: of each column its primitive polynomial, then the numbers it begins with.

Source: Joe & Kuo, SIAM Journal on Scientific Computing 30 (2008) 2635–2654, whose published file goes on to 21,201
columns. The first column, which no polynomial makes, is all ones.
"""

from __future__ import annotations

import json
from pathlib import Path


def direction_numbers(columns: int) -> list[list[int]]:
    """The numbers of the first columns, of which 500 are there; the binary digits of a polynomial are its terms."""
    known: list[list[int]] = json.loads(Path(__file__).with_suffix(".json").read_text("utf-8"))
    return known[:columns]
