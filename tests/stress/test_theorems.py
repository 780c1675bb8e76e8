"""Some hundred of the random problems that `python -m tests.stress.theorems` tries by the thousand."""

from __future__ import annotations

from collections import Counter

from tests.stress.theorems import contradictions


def test_nothing_that_is_said_is_contradicted_by_deciding_again() -> None:
    tried = Counter[str]()
    for seed in range(1_150):
        wrong, more = contradictions(seed)
        assert wrong == [], seed
        tried += more
    assert tried["decided"] >= 500
    assert all(tried[each] > 20 for each in ("ties", "LOCKED", "AT_FLOOR", "AT_CAP", "AT_GROUP", "BY_CLAIM")), tried


def test_what_thousands_found() -> None:
    """Lots that differ between levels, minima narrowed to whole lots above, units without a claim under a full node."""
    for seed in (10_199, 11_342, 11_486, 15_143, 16_706, 17_222, 19_295, 29_095, 108_243, 109_635, 120_371, 219_947):
        assert contradictions(seed)[0] == [], seed
