"""Rules on many units: processor time of deriving and deciding 1,000 rules on 1,000 units, and of a wide table.

python -m tests.benchmarks.rules
"""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import Any

from allocator.data.settings import Settings
from allocator.data.table import Table
from allocator.model.allocation import allocate
from allocator.model.grounds import grounds
from allocator.model.scenario import Scenario, scenario_from

COUNT = 1_000


def scenario(rules: list[dict[str, Any]]) -> Scenario:
    values = {"data": "units.csv", "target": 40 * COUNT, "lot": 10, "rules": rules, "bounds": {"max_share": None}}
    return scenario_from(Settings(values, {}, Path()))


def main() -> None:
    draw = random.Random(1)
    names = tuple(f"U{index}" for index in range(COUNT))
    figures = {
        name: tuple(draw.randint(*ends) for _ in names)
        for name, ends in {"workforce": (100, 1000), "last": (10, 50)}.items()
    }
    table = Table(names, figures, tuple(draw.choice("abc") for _ in names), (None,) * COUNT)

    def of_last(low: int, high: int) -> dict[str, Any]:
        return {"share": f"{draw.randint(low, high)} %", "of": "last"}

    cases = {
        "on all units": [
            {"for": "all", "each": {"least": of_last(1, 60), "most": of_last(150, 900)}} for _ in range(COUNT)
        ],
        "on five units each": [
            {"for": {"units": draw.sample(names, 5)}, "each": {"most": {"share": "60 %", "of": "available"}}}
            for _ in range(COUNT)
        ],
        "sums over five units": [
            {"for": {"units": list(names[at * 5 : at * 5 + 5])}, "together": {"most": 900}} for at in range(COUNT // 5)
        ],
    }
    for name, rules in cases.items():
        made, start = scenario(rules), time.process_time()
        grounds(table, made).posed()
        posed = time.process_time()
        allocate(table, made, "waterfill")
        print(
            f"{len(rules):5} rules {name:22} posed {posed - start:.3f} s, allocated {time.process_time() - posed:.3f} s"
        )


if __name__ == "__main__":
    main()
