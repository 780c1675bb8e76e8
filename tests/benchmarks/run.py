"""Processor time of the main job, in one run: `python tests/benchmarks/run.py [OTHER CHECKOUT]`.

Asked: `run` at most 350/483 of the first version's (its checkout given), `--help` no slower; `run --out` of 100,000
units at most 8 s, `explain` of 1,000 at most 3 s. Commands are timed in turn, so that a slow moment falls on all.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

RUNS = 13
HERE = Path(__file__).parents[2]
SMALL = [["--help"], ["run"], ["run", "--json"], ["explain"]]


def seconds(checkout: Path, arguments: list[str]) -> float:
    """User and system time of one process."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    call = [sys.executable, "-m", "allocator", *arguments]
    subprocess.run(call, check=True, capture_output=True, cwd=checkout, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(*others: str) -> None:
    """Medians of the small calls in each checkout, then the large ones here."""
    checkouts = [*map(Path, others), HERE]
    for arguments in SMALL:
        taken = [[seconds(each, arguments) for each in checkouts] for _ in range(RUNS + 1)][1:]
        medians = [statistics.median(each) for each in zip(*taken, strict=True)]
        figures = " → ".join(f"{1000 * each:.0f}" for each in medians)
        print(f"{' '.join(arguments):12} {figures} ms   × {medians[-1] / medians[0]:.2f}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for units, call in ((1_000, ["explain"]), (100_000, ["run", "--out", f"{folder}/result.json"])):
            seconds(HERE, ["synth", "--units", str(units), "--levels", "1", "--out", f"{folder}/{units}"])
            spent = seconds(HERE, [call[0], f"{folder}/{units}/base.yaml", *call[1:]])
            print(f"{call[0]} of {units:,} units {spent:.1f} s", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
