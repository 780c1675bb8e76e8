"""One allocation without a solver, from 1,000 to 1,000,000 units: `python tests/benchmarks/waterfill.py`.

Asked: 1,000,000 units in at most 150 ms, and growth from 100,000 units no worse than n log n.
"""

from __future__ import annotations

import math
import time
from statistics import median

import numpy as np

from allocator.model.nested import whole_lots_nested
from allocator.model.nesting import nest
from allocator.model.problem import Problem, array


def problem(count: int) -> Problem:
    """Log-normal claims, floors of 1, caps at 60 % of the claim, four lots a unit on average."""
    random = np.random.default_rng(1)
    persons = np.maximum(3, random.lognormal(3, 1.2, count))
    claims = np.rint(persons * 1e6).astype(np.int64)
    floor = np.ones(count, dtype=np.int64)
    cap = np.maximum(1, (0.6 * persons).astype(np.int64))
    target = int(min(4 * count, cap.sum() - 1))
    return Problem(claims, floor, cap, target, 1, "webster", nest([], count, target))


def main() -> None:
    """Print the median of five processor times for each size."""
    times = {}
    for count in (1_000, 10_000, 100_000, 1_000_000):
        made = problem(count)
        spent = []
        for _ in range(5):
            start = time.process_time()
            lots = whole_lots_nested(made)
            spent.append(time.process_time() - start)
        assert int(array(lots).sum()) == made.lots
        times[count] = median(spent)
        print(f"{count:>9,} units  {times[count]:7.3f} s")
    growth = times[1_000_000] / times[100_000]
    print(f"1,000,000 over 100,000: × {growth:.1f}; n log n would be × {10 * math.log(1e6) / math.log(1e5):.1f}")


if __name__ == "__main__":
    main()
