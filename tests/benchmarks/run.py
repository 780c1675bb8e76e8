"""Start-up and whole-process times of the main job, as ratios in one run: `python tests/benchmarks/run.py`.

Asked: `--help` at most 150 ms; `run` at most 1.5 times a process that only imports pandas, pulp and highspy.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

RUNS = 9
COMMANDS = {
    "python, nothing imported": ["-c", "pass"],
    "imports pandas, pulp, highspy": ["-c", "import pandas, pulp, highspy"],
    "allocator --help": ["-m", "allocator", "--help"],
    "allocator run": ["-m", "allocator", "run"],
    "allocator run --json": ["-m", "allocator", "run", "--json"],
}


def seconds(arguments: list[str]) -> float:
    """Wall time of one process."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True, env=environment)
    return time.perf_counter() - start


def main() -> None:
    """Time the commands in turn, so that a slow moment of the machine falls on all of them."""
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for number in range(RUNS + 1):
        for name, arguments in COMMANDS.items():
            spent = seconds(arguments)
            if number:
                taken[name].append(spent)
    medians = {name: statistics.median(each) for name, each in taken.items()}
    for name, each in medians.items():
        print(f"{name:32} {1000 * each:7.0f} ms   {each / medians['imports pandas, pulp, highspy']:5.2f} × the imports")


if __name__ == "__main__":
    main()
