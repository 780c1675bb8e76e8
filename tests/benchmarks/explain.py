"""Time to explain all units with all rule prices, beside 60 in-process HiGHS solves of the same program.

    python tests/benchmarks/explain.py [SCENARIO]

Asked: `explain` at most 1.5 times the 60 solves. The solves are the bare ones: the program is built once, and only
handing it to HiGHS and solving it is timed, cold each time. Both are timed in turn, and medians compared.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import pulp

from allocator import load_scenario
from allocator.model.program import build
from allocator.questions import Case, find

RUNS = 7
SOLVES = 60
RULES = ["bounds.min_quota=30", "bounds.max_share=0.55", "bounds.pace={reference: published_quota, down: 0.7, up: 3}"]
RULES += ["bounds.units={Long Xuyên: {max: 1050}}", "locks=[{unit: CĐN Y tế, quota: 100}]"]


def seconds(work: Callable[[], object]) -> float:
    """Processor time of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main(scenario: str = "an-giang-2017/districts-protected") -> None:
    """Print both times and their ratio, for the scenario as it is and with a rule of every kind."""
    for changes in ([], RULES):
        case = Case(scenario, *load_scenario(scenario, changes))
        allocation, explain = case.allocation, find("explain").ask
        problem = allocation.problem
        program, _ = build(problem, problem.floor, problem.top)

        def solves(program: pulp.LpProblem = program) -> None:
            for _ in range(SOLVES):
                assert program.solve(pulp.HiGHS(msg=False)) == pulp.LpStatusOptimal

        pairs = [(seconds(lambda: explain(case)), seconds(solves)) for _ in range(RUNS)]  # noqa: B023
        explained, solved = (statistics.median(side) for side in zip(*pairs, strict=True))
        rules = len(explain(case).records["rules"])
        print(f"{len(allocation.lots)} units, {rules} rules, {problem.lots} lots")
        print(f"  explain, all units and prices  {explained * 1000:8.1f} ms")
        print(f"  {SOLVES} HiGHS solves               {solved * 1000:8.1f} ms")
        print(f"  ratio                          {explained / solved:8.3f}   (asked: at most 1.5)")


if __name__ == "__main__":
    main(*sys.argv[1:2])
