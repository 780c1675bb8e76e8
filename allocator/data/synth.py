"""A made-up nation of any size, its distributions fitted to the An Giang table, to try the tool and to measure it.

Every figure of a leaf is log-normal, with mean and standard deviation of the logarithm as in the 15 units of An Giang
2017 (`FITTED`; a test computes them anew). Leaves of deep trees are scaled so that a node two levels above them has
the workforce of an An Giang unit. Nodes above the leaves carry the sums of what is below them. Draws are inverse
distribution functions of Python's own generator, whose `random()` is the same on every machine and version.
"""

from __future__ import annotations

from collections import Counter
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
    "unit", "kind", "parent", "workforce", "growth_estimate", "term_target", "recruited", "lost", "published_quota",
)  # fmt: skip
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
    nodes = [[_leaf(random, scale) for _ in range(units)]]
    target = sum(int(leaf["published_quota"] or 0) for leaf in nodes[0])
    for level in range(levels - 2, -1, -1):
        sums: list[Row] = [dict.fromkeys(COLUMNS[3:], None) for _ in range(sizes[level])]
        for child, parent in zip(nodes[0], parents[level + 1], strict=True):
            for column in COLUMNS[3:]:
                if (value := child[column]) is not None:
                    sums[parent][column] = int(sums[parent][column] or 0) + int(value)
        nodes.insert(0, sums)
    return Nation(tuple(_named(nodes, parents)), target)


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
    drawn = {figure: _lognormal(random, *fitted) for figure, fitted in FITTED.items()}
    workforce = max(1, round(scale * drawn["workforce"]))
    growth = round(min(workforce * drawn["growth_per_worker"], 20 * workforce))
    target = max(1, round(workforce * drawn["term_target_per_worker"]))
    recruited = round(target * drawn["recruited_per_target"])
    lost = round(recruited * drawn["lost_per_recruited"])
    quota = min(workforce, round(workforce * drawn["quota_per_worker"]))
    known = random.random() >= WITHOUT_HISTORY
    return {
        "workforce": workforce,
        "growth_estimate": growth if random.random() < GROWING else None,
        "term_target": target if known else None,
        "recruited": recruited if known else None,
        "lost": lost if known else None,
        "published_quota": quota,
    }


def _lognormal(random: Random, mean: float, deviation: float) -> float:
    return exp(mean + deviation * _NORMAL.inv_cdf(random.random() * (1 - 2e-12) + 1e-12))


def _named(nodes: list[list[Row]], parents: list[list[int]]) -> Iterator[Row]:
    """Rows with names that tell where a unit lies: 01, 01-03, 01-03-007."""
    above: list[str] = []
    for level, (here, owners) in enumerate(zip(nodes, parents, strict=True)):
        names = []
        count = Counter[int]()
        kind = "union" if level == len(nodes) - 1 and level else ("province", "district")[min(level, 1)]
        for owner, node in zip(owners or [-1] * len(here), here, strict=True):
            count[owner] += 1
            names.append(f"{above[owner]}-{count[owner]:03d}" if owners else f"{count[owner]:03d}")
            yield {"unit": names[-1], "kind": kind, "parent": above[owner] if owners else None, **node}
        above = names
