"""Measures calibration: `python tests/benchmarks/calibrate.py [TABLES]`.

Prints candidates a second, the time of the whole command, and on how many made-up tables (without noise, and with 2 %)
the known rule lies inside the reported intervals.
"""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor

from allocator import load_scenario
from allocator.fit.calibration import calibrate
from allocator.fit.confidence import good_intervals
from tests.synthetic import made_up


def missed(job: tuple[int, float]) -> list[str]:
    """Parameters of the known rule that the intervals leave out."""
    seed, noise = job
    table, scenario, rule = made_up(seed, noise)
    made = good_intervals(calibrate(table, scenario))
    out = [name for name, (low, high) in made.spans.items() if not low - 1e-9 <= rule[name] <= high + 1e-9]
    return out if rule["basis"] in made.bases else [*out, "basis"]


def main() -> None:
    tables = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    inputs = load_scenario("an-giang-2017/base")
    start, busy = time.perf_counter(), time.process_time()
    found = calibrate(*inputs)
    took, used = time.perf_counter() - start, time.process_time() - busy
    tried = found.tally.candidates
    rates = f"{tried / took:,.0f} a second, {tried / used:,.0f} a second of CPU"
    print(f"search: {tried:,} candidates, {rates} (asked: 200,000 on 2 cores)")
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "allocator", "calibrate", "--json"], check=True, capture_output=True)
    print(f"command: {time.perf_counter() - start:.1f} s (asked: at most 10)")
    for noise, asked in ((0.0, 95), (0.02, 85)):
        with ProcessPoolExecutor(2) as pool:
            results = list(pool.map(missed, [(seed, noise) for seed in range(tables)]))
        good = sum(not each for each in results)
        print(f"noise {noise:.0%}: {good} of {tables} recovered (asked: {asked} %); missed:", [x for x in results if x])


if __name__ == "__main__":
    main()
