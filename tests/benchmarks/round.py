"""A round of 30 bids at 100 units, as the CPU time it takes: `python tests/benchmarks/round.py`.

Asked: at most 2 s.
"""

from __future__ import annotations

import statistics
import time

from allocator.data.answers import Answers
from allocator.data.bids import Bid
from allocator.data.limits import Sent
from allocator.data.read import read_table
from allocator.data.source import csv_text
from allocator.data.synth import made_up_nation
from allocator.model.allocation import allocate
from allocator.model.scenario import Scenario
from allocator.year.round import answer_round

UNITS, BIDS, RUNS = 100, 30, 5


def main() -> None:
    """Time rounds in which all bids fit, in which a ceiling crowds some out, and of claims."""
    nation = made_up_nation(UNITS, 1, 1)
    table = read_table(Sent("units.csv", csv_text(nation.rows).encode()), Answers())
    scenario = Scenario.model_validate(
        {"data": "units.csv", "target": nation.target, "growth": {"realisation": 0.2}, "attainment": {"exponent": 1}}
    )
    quotas = allocate(table, scenario).quotas
    every = list(zip(table.units, quotas, strict=True))[:BIDS]
    bids = [Bid(unit, "bid", quota * 8 // 10) for unit, quota in every]
    claims = [Bid(unit, "workforce", quota * 2) for unit, quota in every]
    for name, asked, ceiling in (
        ("bids", bids, None),
        ("bids under a ceiling", bids, 0.01),
        ("claims", claims, None),
    ):
        taken = []
        for _ in range(RUNS):
            start = time.process_time()
            made = answer_round(table, scenario, asked, ceiling=ceiling)
            taken.append(time.process_time() - start)
        left = len(made.standing("no_room"))
        print(f"{BIDS} {name}, {UNITS} units: {statistics.median(taken):.2f} s of CPU, {left} do not fit")


if __name__ == "__main__":
    main()
