"""National allocations, three levels with group floors and caps: `python tests/benchmarks/nation.py`.

Asked: 120,000 units in at most 1 s, 1,000,000 in at most 5 s, log-log slope at most 1.15; beside them HiGHS on the
same program, at the sizes it can do.
"""

from __future__ import annotations

import math
import time

import numpy as np

from allocator.model.nested import whole_lots_nested
from allocator.model.nesting import Tree
from allocator.model.problem import Problem, array
from allocator.model.program import solve

HIGHS_MOST = 10_000


def nation(count: int, seed: int = 1) -> Problem:
    """`count` unions in districts of 150 and provinces of 11 districts, half of the groups tightly bound."""
    random = np.random.default_rng(seed)
    persons = np.maximum(3, random.lognormal(3.5, 1.1, count))
    claims = np.rint(persons * random.uniform(0.5, 1, count) * 1e6).astype(np.int64)
    cap = np.maximum(1, (0.6 * persons).astype(np.int64))
    districts = max(1, count // 150)
    provinces = max(1, districts // 11)
    district_of = np.sort(random.integers(0, districts, count))
    province_of = np.sort(random.integers(0, provinces, districts))
    target = int(0.2 * persons.sum())
    share = np.bincount(district_of, cap, minlength=districts)
    usual = target * share / share.sum()
    floor = [int(0.9 * u) if random.random() < 0.5 else None for u in usual]
    most = [int(1.2 * u) + 1 if random.random() < 0.5 else None for u in usual]
    upper = np.bincount(province_of, usual, minlength=provinces)
    floor = [target] + [int(0.95 * u) for u in upper] + floor
    caps = [target] + [int(1.1 * u) + 1 for u in upper] + most
    parent = [-1] + [0] * provinces + [1 + int(p) for p in province_of]
    names = tuple(str(node) for node in range(len(parent)))
    home = tuple((1 + provinces + district_of).tolist())
    tree = Tree(names, tuple(parent), tuple(floor), tuple(caps), home)
    return Problem(claims, array([0] * count), cap, target, 1, "webster", tree)


def spent(run: object, *arguments: object) -> float:
    """Seconds one call takes."""
    start = time.perf_counter()
    run(*arguments)  # type: ignore[operator]
    return time.perf_counter() - start


def main() -> None:
    """Print the best of three for each size, HiGHS once."""
    times = {}
    for count in (1_000, 10_000, 30_000, 120_000, 300_000, 1_000_000):
        made = nation(count)
        times[count] = min(spent(whole_lots_nested, made) for _ in range(3))
        line = f"{count:>9,} units {times[count]:8.3f} s"
        if count <= HIGHS_MOST:
            highs = spent(solve, made)
            line += f"   HiGHS through PuLP {highs:8.2f} s, × {highs / times[count]:.0f}"
        print(line, flush=True)
    sizes = [count for count in times if count >= HIGHS_MOST]
    slope = np.polyfit([math.log(n) for n in sizes], [math.log(times[n]) for n in sizes], 1)[0]
    print(f"log-log slope from {sizes[0]:,} to {sizes[-1]:,} units, least squares: {slope:.2f}")


if __name__ == "__main__":
    main()
