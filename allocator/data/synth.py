"""A made-up nation of any size, its distributions fitted to the An Giang table, to try the tool and to measure it.

Every figure of a leaf is log-normal, with mean and standard deviation of the logarithm as in the 15 units of An Giang
2017 (`FITTED`; a test computes them anew). Leaves of deep trees are scaled so that a node two levels above them has
the workforce of an An Giang unit. Nodes above the leaves carry the sums of what is below them. Draws are inverse
distribution functions of Python's own generator, whose `random()` is the same on every machine and version.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import exp
from random import Random
from statistics import NormalDist

FITTED: Mapping[str, tuple[float, float]] = {
    "workforce": (5.819, 1.413),
    "growth_per_worker": (0.547, 2.105),
    "term_target_per_worker": (1.22, 1.114),
    "recruited_per_target": (0.057, 0.558),
    "lost_per_recruited": (-0.505, 0.625),
    "quota_per_worker": (-0.738, 0.582),
}
"""Mean and standard deviation of the logarithm of each figure in the An Giang table."""
GROWING = 3 / 15
"""Share of units with an estimated growth, and WITHOUT_HISTORY of those without a term target, in the same table."""
WITHOUT_HISTORY = 1 / 15
BRANCHES = (150, 11, 9)
"""Units a district, districts a province, provinces a region: 100,000 unions, 700 districts and 63 provinces."""
COLUMNS = (
    "unit",
    "kind",
    "parent",
    "workforce",
    "growth_estimate",
    "term_target",
    "recruited",
    "lost",
    "published_quota",
)
_NORMAL = NormalDist()
Row = dict[str, str | int | None]


@dataclass(frozen=True)
class Nation:
    """A made-up table: its rows from the top level down, and the target its leaves' published quotas sum to."""

    rows: tuple[Row, ...]
    target: int


def made_up_nation(units: int, levels: int, seed: int) -> Nation:
    """A nation of `units` leaves under `levels` − 1 levels of nodes; the same seed gives the same nation.

    Args:
        units: number of leaves, at least 1.
        levels: number of levels, 1 for a table without parents.
        seed: any whole number.
    """
    random = Random(seed)
    sizes = _sizes(units, levels)
    parents = _parents(sizes, random)
    scale = 1.0 if levels < 3 else 1 / BRANCHES[0] * exp(FITTED["workforce"][1] ** 2 / 2)
    leaves = [_leaf(random, scale) for _ in range(units)]
    nodes: list[list[Row]] = [leaves]
    for level in range(levels - 2, -1, -1):
        sums: list[Row] = [dict.fromkeys(COLUMNS[3:], None) for _ in range(sizes[level])]
        for child, parent in zip(nodes[0], parents[level + 1], strict=True):
            for column in COLUMNS[3:]:
                value = child[column]
                if value is not None:
                    sums[parent][column] = int(sums[parent][column] or 0) + int(value)
        nodes.insert(0, sums)
    rows = tuple(_named(nodes, parents))
    return Nation(rows, sum(int(leaf["published_quota"] or 0) for leaf in leaves))


def _sizes(units: int, levels: int) -> list[int]:
    """Number of nodes on each level, from the top."""
    sizes = [units]
    for level in range(levels - 1):
        branch = 15 if levels == 2 else BRANCHES[min(level, len(BRANCHES) - 1)]
        sizes.insert(0, max(min(2, sizes[0]), round(sizes[0] / branch)))
    return sizes


def _parents(sizes: list[int], random: Random) -> list[list[int]]:
    """Parent of every node on every level below the top: each parent has one child, the others fall where they may."""
    made: list[list[int]] = [[]]
    for above, here in pairwise(sizes):
        weights = [_lognormal(random, 0.0, 0.5) for _ in range(above)]
        made.append(sorted([*range(above), *random.choices(range(above), weights, k=here - above)]))
    return made


def _leaf(random: Random, scale: float) -> Row:
    workforce = max(1, round(scale * _draw(random, "workforce")))
    growth = round(min(workforce * _draw(random, "growth_per_worker"), 20 * workforce))
    target = max(1, round(workforce * _draw(random, "term_target_per_worker")))
    recruited = round(target * _draw(random, "recruited_per_target"))
    lost = round(recruited * _draw(random, "lost_per_recruited"))
    quota = min(workforce, round(workforce * _draw(random, "quota_per_worker")))
    known = random.random() >= WITHOUT_HISTORY
    return {
        "workforce": workforce,
        "growth_estimate": growth if random.random() < GROWING else None,
        "term_target": target if known else None,
        "recruited": recruited if known else None,
        "lost": lost if known else None,
        "published_quota": quota,
    }


def _draw(random: Random, figure: str) -> float:
    return _lognormal(random, *FITTED[figure])


def _lognormal(random: Random, mean: float, deviation: float) -> float:
    return exp(mean + deviation * _NORMAL.inv_cdf(random.random() * (1 - 2e-12) + 1e-12))


def _named(nodes: list[list[Row]], parents: list[list[int]]) -> Iterator[Row]:
    """Rows with names that tell where a unit lies: 01, 01-03, 01-03-007."""
    above: list[str] = []
    for level, (here, owners) in enumerate(zip(nodes, parents, strict=True)):
        names = []
        count: dict[int, int] = {}
        for index, node in enumerate(here):
            owner = owners[index] if owners else -1
            count[owner] = count.get(owner, 0) + 1
            names.append(f"{above[owner]}-{count[owner]:03d}" if owners else f"{index + 1:03d}")
            kind = "union" if level == len(nodes) - 1 and level else ("province", "district")[min(level, 1)]
            yield {"unit": names[-1], "kind": kind, "parent": above[owner] if owners else None, **node}
        above = names
