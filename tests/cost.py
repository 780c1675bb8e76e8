"""What a call costs against a yardstick run right after it, so that a slow or busy machine changes no verdict."""

import csv
import resource
from collections.abc import Callable

MOST = 6.0
"""What a hostile file may cost, in yardsticks: two seconds where the yardstick takes a third of one."""


def _spent(call: Callable[[], object]) -> float:
    def spent() -> float:
        return sum(resource.getrusage(resource.RUSAGE_SELF)[:2])

    before = spent()
    call()
    return spent() - before


def cost(call: Callable[[], object]) -> float:
    """CPU time of a call in yardsticks: three million short rows read by the standard library."""
    cost = _spent(call)
    return cost / _spent(lambda: [sum(map(len, csv.reader("x,y\n" for _ in range(1_000_000)))) for _ in range(3)])
