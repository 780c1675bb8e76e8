"""Draws of uncertain growth, as ratios in one run: `python tests/benchmarks/sensitivity.py`.

Asked: 1,000,000 draws × 15 units in whole lots, the draws given, in at most 20 times what copying the same float64
array once takes; the process `allocator sensitivity --draws 1000000` within 4 s and 600 MB; a draw at least 10,000
times faster than through PuLP and 100 times faster than through a hot-started highspy model; the same quotas as the
linear program for 2,000 draws; memory that does not grow with the draws.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import highspy
import numpy as np

from allocator import allocate, load_scenario
from allocator.cli.sensitivity import processors
from allocator.growth.draws import drawn_caps, drawn_claims, draws_of, plan_sweep
from allocator.growth.sweep import task_count
from allocator.model.problem import Problem
from allocator.model.program import solve
from allocator.model.waterfill import whole_lots
from allocator.scale import computed

DRAWS = 1_000_000
SOLVED = 2_000


def best(work: Callable[[], object], times: int = 5) -> float:
    """Least time of several, seconds."""
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    return min(spent)


class Hot:
    """The same program in highspy, built once; a draw changes its costs and bounds and starts from the last basis."""

    def __init__(self, problem: Problem, columns: int) -> None:
        self.units = np.repeat(np.arange(len(problem.claims)), columns)
        self.k = np.tile(np.arange(1, columns + 1), len(problem.claims))
        self.problem, self.count = problem, len(self.units)
        self.highs = highspy.Highs()
        self.highs.setOptionValue("output_flag", False)
        every = np.arange(self.count, dtype=np.int32)
        self.highs.addVars(self.count, np.zeros(self.count), np.ones(self.count))
        self.highs.addRow(problem.lots, problem.lots, self.count, every, np.ones(self.count))
        self.every = every

    def draw(self, claims: np.ndarray, cap: np.ndarray) -> None:
        """One draw."""
        costs = (self.k - 0.5) * (self.problem.lot * 1e6) / claims[self.units]
        self.highs.changeColsCost(self.count, self.every, costs)
        upper = (self.k <= cap[self.units]).astype(np.float64)
        self.highs.changeColsBounds(self.count, self.every, np.zeros(self.count), upper)
        self.highs.run()


def kernel() -> float:
    """Seconds a draw of the kernel; prints it against one copy."""
    base = allocate(*load_scenario("an-giang-2017/base"))
    problem = base.problem
    factors = np.random.default_rng(0).uniform(0.5, 1.5, (DRAWS, len(problem.claims)))
    claims = (problem.claims * factors).astype(np.int64)
    floats, target = claims.astype(np.float64), np.full(DRAWS, problem.lots)
    start = time.perf_counter()
    held = floats.copy()
    once = time.perf_counter() - start
    again = best(lambda: np.copyto(held, floats))
    print(f"copying {floats.nbytes / 1e6:.0f} MB once: {once:.3f} s into new memory, {again:.4f} s into memory in use")
    for workers in (1, processors()):
        took = best(lambda: whole_lots(claims, problem.floor, problem.cap, target, workers=workers))  # noqa: B023
        ratios = f"× {took / once:.1f} and × {took / again:.1f}"
        print(f"whole lots of {DRAWS:,} × 15, {workers} threads: {took:.3f} s, {ratios}")
    return took / DRAWS


def solvers(a_draw: float) -> None:
    """The same draws through PuLP and through highspy, and that PuLP gives the same quotas."""
    allocation = allocate(*load_scenario("an-giang-2017/base"))
    planned = plan_sweep(allocation)
    draws = draws_of(planned, 0, 2_048).only(slice(SOLVED))
    claims, cap = drawn_claims(planned, draws), drawn_caps(planned, draws)
    lots = whole_lots(claims.T, planned.problem.floor, cap.T, np.full(SOLVED, planned.problem.lots))
    same, start = 0, time.perf_counter()
    for draw in range(SOLVED):
        solved = solve(replace(planned.problem, claims=claims[:, draw], cap=cap[:, draw]), "highs")
        same += solved.lots == tuple(lots[draw].tolist())
    pulp = (time.perf_counter() - start) / SOLVED
    print(f"quotas identical to the linear program in {same:,} of {SOLVED:,} draws")
    hot, start = Hot(planned.problem, 450), time.perf_counter()
    for draw in range(SOLVED // 4):
        hot.draw(claims[:, draw], cap[:, draw])
    warm = (time.perf_counter() - start) / (SOLVED // 4)
    for name, took in (("PuLP", pulp), ("highspy, hot start", warm)):
        print(f"a draw: {took * 1e3:.2f} ms through {name}, {a_draw * 1e6:.2f} µs here: × {took / a_draw:,.0f}")


def process(draws: int) -> None:
    """Time and memory of the whole command."""
    start, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    call = [sys.executable, "-m", "allocator", "sensitivity", "--draws", str(draws), "--json"]
    subprocess.run(call, check=True, stdout=subprocess.DEVNULL)
    took = time.perf_counter() - start
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
    peak = now.ru_maxrss / 1024
    print(f"allocator sensitivity --draws {draws}: {took:.2f} s ({cpu:.2f} s of processor), at most {peak:.0f} MB")


def memory() -> None:
    """Memory in use while draws go by."""
    planned = plan_sweep(allocate(*load_scenario("an-giang-2017/base")))
    start, shown, draws, whole = time.perf_counter(), 1_000_000, 10_000_000, None
    for _, part in computed(planned, range(task_count(planned, draws)), draws, "local", processors()):
        whole = part if whole is None else whole.merged(part)
        if whole.draws >= shown:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"{whole.draws:>11,} draws: {time.perf_counter() - start:5.1f} s, peak {peak:.0f} MB")
            shown *= 10


def main() -> None:
    """Everything, in one run."""
    for draws in (1, DRAWS, 4 * DRAWS):
        process(draws)
    memory()
    solvers(kernel())


if __name__ == "__main__":
    main()
