"""The parameters of the rules that a calibration tries, and the ranges they are sought in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from allocator.errors import Fault, InputError, fault

Span = tuple[float, float]
NO_CAP = 1e6
"""Stands for `max_share: null`, so that a row stays finite."""


class Parameter(NamedTuple):
    """The value under which it does nothing, the range it is sought in, and the widest range that can be declared."""

    neutral: float
    range: Span
    limits: Span


SOUGHT: Mapping[str, Parameter] = {
    "realisation": Parameter(0, (0, 1), (0, 1)),
    "exponent": Parameter(0, (0, 2), (0, 10)),
    "floor": Parameter(1, (0.01, 1), (0.001, 100)),
    "ceiling": Parameter(1, (0.5, 2), (0.001, 100)),
    "missing": Parameter(1, (0.1, 2), (0.001, 100)),
    "max_share": Parameter(NO_CAP, (0.4, 1), (0, 100)),
    "min_quota": Parameter(0, (0, 60), (0, 1_000_000)),
}
BASES = ("gross", "net")
PARAMETERS = (*SOUGHT, "basis")


def read_ranges(texts: Sequence[str]) -> dict[str, Span]:
    """Ranges from texts such as `realisation=0:0.5`; InputError lists every text that is none."""
    made: dict[str, Span] = {}
    faults: list[Fault] = []
    for text in texts:
        name, span = (each.strip() for each in text.partition("=")[::2])
        least, most = SOUGHT[name].limits if name in SOUGHT else (0, 0)
        try:
            low, high = (float(each) for each in span.split(":"))
        except ValueError:
            low, high = 1, 0
        if name in SOUGHT and least <= low <= high <= most:
            made[name] = (low, high)
        else:
            place = f"--range {text}"
            faults.append(fault("calibrate.range", place, names=list(SOUGHT), least=least, most=most))
    if faults:
        raise InputError(faults)
    return made
