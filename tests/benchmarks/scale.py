"""Sweeps on processes: `PYTHONPATH=. python tests/benchmarks/scale.py [sweep [UNITS] | kills]`.

Asked: 10,000 draws × 120,000 units on 2 processes at least 1.7 times as fast as on one, at most 1.5 GB a worker; the
time for 1,000,000 draws on 100 workers on paper, checked against what 1 and 2 workers take; one of two workers killed
half-way five times, the whole run killed and resumed five times, the same digits each time.

On paper: start + max(tasks / workers rounded up × task, tasks × taken in), where `task` is the time one task takes a
worker and `taken in` the time the process that asked needs to receive, merge and write down its summary.
"""

from __future__ import annotations

import csv
import os
import pickle
import resource
import sys
import tempfile
import time
from functools import reduce
from hashlib import sha256
from pathlib import Path

from allocator import allocate, load_scenario
from allocator.cli.commands import scenario_text
from allocator.data.synth import COLUMNS, made_up_nation
from allocator.growth.draws import SweepPlan, plan_sweep
from allocator.growth.summary import Summary
from allocator.growth.sweep import task
from allocator.scale import computed
from tests.clusters import allocator, cluster, ended, grown, until

TASKS = 4
SWEEP = ("sensitivity", "--draws", 250_000, "--json")


def made(units: int) -> SweepPlan:
    """The plan of a made-up nation in three levels, all leaves decided at once."""
    nation = made_up_nation(units, 3, 0)
    with tempfile.TemporaryDirectory() as folder:
        with (Path(folder) / "units.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(nation.rows)
        (Path(folder) / "base.yaml").write_text(scenario_text(nation.target, units, 3, 0))
        return plan_sweep(allocate(*load_scenario(Path(folder) / "base.yaml", ["hierarchy=at_once"])))


def spent(planned: SweepPlan, tasks: int, draws: int, workers: int) -> tuple[float, str]:
    """Seconds that tasks take on so many processes, their start included, and the digits they give."""
    start = time.perf_counter()
    parts = dict(computed(planned, range(tasks), draws, "processes", workers))
    took = time.perf_counter() - start
    whole = reduce(Summary.merged, parts.values())
    return took, sha256(whole.to_bytes()).hexdigest()[:12]


def sweep(units: int) -> None:
    """Two processes against one, memory, and the time on paper."""
    planned = made(units)
    size = planned.task_draws
    start = {workers: spent(planned, 1, 1, workers)[0] for workers in (1, 2)}
    task(planned, 0, 1)
    before = time.perf_counter()
    one = task(planned, 1, 2 * size)
    each = time.perf_counter() - before
    before = time.perf_counter()
    sent = pickle.dumps(one)
    pickle.loads(sent).merged(one)
    written = len(one.to_bytes())
    taken = time.perf_counter() - before
    print(f"{units:,} units: a task of {size} draws {each:.1f} s, its summary {len(sent) / 1e6:.1f} MB, ", end="")
    print(f"taken in within {taken:.2f} s, {written / 1e6:.1f} MB in the journal; ", end="")
    print(f"start {start[1]:.1f} and {start[2]:.1f} s")

    def paper(tasks: int, workers: int, begin: float) -> float:
        return begin + max(-(-tasks // workers) * each, tasks * taken)

    times, digits = {}, set()
    for workers in (1, 2):
        times[workers], found = spent(planned, TASKS, TASKS * size, workers)
        digits.add(found)
        print(f"{workers} processes, {TASKS * size:,} draws: {times[workers]:.1f} s, ", end="")
        print(f"on paper {paper(TASKS, workers, start[workers]):.1f} s")
    ratio = (times[1] - start[1]) / (times[2] - start[2])
    print(f"2 processes × {times[1] / times[2]:.2f} one, × {ratio:.2f} without their start; digits {digits}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"at most {peak:.0f} MB a worker, on a load of {os.getloadavg()[0]:.1f}")
    for draws, workers in ((10_000, 2), (1_000_000, 100)):
        minutes = paper(-(-draws // size), workers, start[2]) / 60
        print(f"on paper {draws:,} draws on {workers} workers: {minutes:.0f} minutes")


def kills() -> None:
    """A worker killed half-way, and the whole run, five times each."""
    digits = [ended(allocator(*SWEEP))[1]]
    with tempfile.TemporaryDirectory() as name:
        for turn in range(5):
            journal = Path(name) / f"worker-{turn}"
            with cluster(Path(name), 2) as (address, processes):
                run = allocator(*SWEEP, "--scheduler", address, "--resume", journal)
                until(grown(journal, 90_000))
                processes[1 + turn % 2].kill()
                digits.append(ended(run)[1])
        for turn in range(5):
            journal = Path(name) / f"run-{turn}"
            run = allocator(*SWEEP, "--resume", journal)
            until(grown(journal, 20_000 + 30_000 * turn))
            run.kill()
            run.wait()
            digits.append(ended(allocator(*SWEEP, "--resume", journal))[1])
    print(f"5 workers and 5 runs killed: {len(set(digits))} different results in {len(digits)}")


def main(part: str = "", units: str = "120000") -> None:
    """One part, or both."""
    if part != "kills":
        sweep(int(units))
    if part != "sweep":
        kills()


if __name__ == "__main__":
    main(*sys.argv[1:])
