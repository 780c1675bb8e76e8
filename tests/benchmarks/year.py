"""Reviews, plans and registers as whole processes: `python tests/benchmarks/year.py`.

Asked: a review of 15 units in 1 s; a register of 50,000 enterprises in 10 s.
"""

from __future__ import annotations

import csv
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import count, islice
from pathlib import Path

from allocator import load_scenario
from allocator.year.foundings import made_up_register

RUNS = 5
ENTERPRISES = 50_000


def write(path: Path, rows: list[dict[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


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
    for arguments in (
        ["review", "--progress", str(folder / "progress.csv")],
        ["plan", "an-giang-2017/base", "an-giang-2017/year-2018"],
        ["unions", str(folder / "register.csv"), "--out", str(folder)],
    ):
        taken = []
        for _ in range(RUNS):
            start = time.perf_counter()
            subprocess.run([sys.executable, "-m", "allocator", *arguments, "--json"], check=True, capture_output=True)
            taken.append(time.perf_counter() - start)
        print(f"allocator {arguments[0]}: {statistics.median(taken):.2f} s")


if __name__ == "__main__":
    main()
