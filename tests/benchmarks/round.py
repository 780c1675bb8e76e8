"""A round of 30 bids at 100 units, as the CPU time it takes: `python tests/benchmarks/round.py`.

Asked: at most 2 s.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from typing import Any

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
SETTINGS: dict[str, Mapping[str, Any]] = {
    "": {},
    ", lots of 10": {"lot": 10},
    ", the province's attainment for missing ones": {"attainment": {"exponent": 1, "missing": "province"}},
    ", at most a share of a column": {"rules": [{"for": "all", "each": {"most": {"share": 1.5, "of": "recruited"}}}]},
}
"""What is set besides, by what is said of it."""
WAYS = ((1, "at_once", ""), (3, "at_once", ", a tree"), (3, "levels", ", a tree by levels"))


def main() -> None:
    """Time rounds in which bids fit, in which a ceiling crowds some out, of claims; with other settings, in a tree."""
    for levels, hierarchy, said in WAYS:
        nation = made_up_nation(UNITS, levels, 1)
        table = read_table(Sent("units.csv", csv_text(nation.rows).encode()), Answers())
        for words, settings in SETTINGS.items():
            lot = settings.get("lot", 1)
            common = {"hierarchy": hierarchy, "growth": {"realisation": 0.2}, "attainment": {"exponent": 1}, **settings}
            scenario = Scenario.model_validate({"data": "units.csv", "target": nation.target // lot * lot, **common})
            made = allocate(table, scenario, "waterfill")
            every = list(zip(made.table.units, made.quotas, strict=True))[:BIDS]
            bids = [Bid(unit, "bid", quota * 8 // 10 // lot * lot) for unit, quota in every]
            asked: list[tuple[str, list[Bid], float | None]] = [("bids", bids, None)]
            if not words:
                claims = [Bid(unit, "workforce", quota * 2) for unit, quota in every]
                asked += [("bids under a ceiling", bids, 0.01), ("claims", claims, None)]
            for name, wishes, ceiling in asked:
                taken = []
                for _ in range(RUNS):
                    start = time.process_time()
                    answered = answer_round(table, scenario, wishes, ceiling=ceiling)
                    taken.append(time.process_time() - start)
                left = len(answered.standing("no_room"))
                told = f"{BIDS} {name}, {UNITS} units{said}{words}"
                print(f"{told}: {statistics.median(taken):.2f} s of CPU, {left} do not fit", flush=True)


if __name__ == "__main__":
    main()
