"""Time of `allocator verify` as a whole process: `python tests/benchmarks/verify.py [UNITS … | journal]`.

Asked: 15 units at most 0.3 s, 100,000 units at most 15 s of processor time, on a machine that does nothing else; a
journal of 10,000 entries at most 1 s.
"""

from __future__ import annotations

import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from allocator.data.digest import canonical, sha256
from allocator.data.table import Table
from allocator.files import json_text, load_scenario
from allocator.model.allocation import allocate
from allocator.model.scenario import Scenario
from allocator.proof.journal import append
from allocator.proof.result import entry_of, result

COMMAND = (sys.executable, "-m", "allocator", "verify")
REPEATS = {15: 9}


def made_up(units: int) -> tuple[Table, Scenario]:
    """The base scenario's rules for a table of any size, with a floor, groups and published quotas."""
    if units == 15:
        return load_scenario("an-giang-2017/base")
    source = random.Random(1)
    workforce = [int(source.lognormvariate(5, 1.2)) + 1 for _ in range(units)]
    columns = {
        "workforce": workforce,
        "growth_estimate": [source.randrange(0, 1 + each // 4) for each in workforce],
        "term_target": [each // 2 + 1 for each in workforce],
        "recruited": [source.randrange(0, each + 1) for each in workforce],
        "lost": [source.randrange(0, 1 + each // 10) for each in workforce],
        "published_quota": [each // 2 for each in workforce],
    }
    kinds = tuple(f"kind {each % 60}" for each in range(units))
    names = tuple(f"Đơn vị {each:06d}" for each in range(units))
    figures = {name: tuple(values) for name, values in columns.items()}
    groups = [{"name": f"g{each}", "kind": f"kind {each}", "min": 100} for each in range(0, 60, 3)]
    _, base = load_scenario("an-giang-2017/base")
    scenario = base.changed({"target": sum(workforce) // 30 * 10, "lot": 1, "groups": groups})
    return Table(names, figures, kinds, (None,) * units), scenario


ENTRIES = 10_000


def journal(path: Path) -> None:
    """A journal of entries as the page makes them, of 3 kB each, written at once."""
    first = append(path, kind="saved", name="a", content={"query": "a=1&" * 300, **entry_of(allocate(*made_up(15)))})
    before, lines = first.hash, [path.read_text("utf-8")]
    for number in range(2, ENTRIES + 1):
        made = {**asdict(first), "number": number, "before": before}
        del made["hash"]
        made["hash"] = before = sha256(made)
        lines.append(canonical(made) + "\n")
    path.write_text("".join(lines), "utf-8")


def main() -> None:
    """Print the median time of each size."""
    for asked in sys.argv[1:] or ["15", "100000", "journal"]:
        with tempfile.TemporaryDirectory() as folder:
            path, units = Path(folder) / "result.json", 0
            if asked == "journal":
                journal(path)
            else:
                units = int(asked)
                path.write_text(json_text(result(allocate(*made_up(units), method="waterfill"))), encoding="utf-8")
            size, times, before = path.stat().st_size, [], resource.getrusage(resource.RUSAGE_CHILDREN)
            for _ in range(REPEATS.get(units, 1)):
                start = time.perf_counter()
                subprocess.run(
                    [sys.executable, "-m", "allocator", "verify", str(path)], check=True, capture_output=True
                )
                times.append(time.perf_counter() - start)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        processor = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / len(times)
        middle = statistics.median(times)
        what = f"{units:,} units" if units else f"{ENTRIES:,} entries, {size / 1e6:.0f} MB"
        print(f"verify, {what}: median {middle:.2f} s of {len(times)}, processor time {processor:.2f} s")


if __name__ == "__main__":
    main()
