"""Reviews, plans and registers as whole processes: `python tests/benchmarks/year.py`.

Asked: a review of 15 units in 1 s; a register of 50,000 enterprises in 10 s; five years of 1,000 units in 3 s.
Times are those of the processor.
"""

from __future__ import annotations

import csv
import resource
import statistics
import subprocess
import sys
import tempfile
from itertools import count, islice
from pathlib import Path

from allocator import load_scenario
from allocator.year.foundings import made_up_register

RUNS = 5
YEARS = 5
UNITS = 1_000
ENTERPRISES = 50_000


def write(path: Path, rows: list[dict[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def spent() -> float:
    """Seconds of the processor that all processes called so far took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Write a report of every unit and a large register, then time the three commands."""
    folder = Path(tempfile.mkdtemp())
    table, _ = load_scenario("an-giang-2017/base")
    figures = zip(table.units, table.column("workforce"), strict=True)
    write(
        folder / "progress.csv",
        [{"unit": unit, "recruited": int(s or 0) // 6, "lost": 0, "date": "15/05/2017"} for unit, s in figures],
    )
    many = ({**row, "code": f"{row['code']}-{seed}"} for seed in count() for row in made_up_register(table, seed))
    write(folder / "register.csv", list(islice(many, ENTERPRISES)))
    nation = folder / "nation"
    synth = ["synth", "--units", str(UNITS), "--levels", "1", "--out", str(nation)]
    subprocess.run([sys.executable, "-m", "allocator", *synth], check=True, capture_output=True)
    for arguments in (
        ["review", "--progress", str(folder / "progress.csv")],
        ["plan", "an-giang-2017/base", "an-giang-2017/year-2018"],
        ["plan", *[str(nation / "base.yaml")] * YEARS, "--set", "target=20000"],
        ["unions", str(folder / "register.csv"), "--out", str(folder)],
    ):
        taken = []
        for _ in range(RUNS):
            start = spent()
            subprocess.run([sys.executable, "-m", "allocator", *arguments, "--json"], check=True, capture_output=True)
            taken.append(spent() - start)
        print(f"allocator {' '.join(Path(each).name for each in arguments[:3])}: {statistics.median(taken):.2f} s")


if __name__ == "__main__":
    main()
