"""Trees decided level by level, deeper than elsewhere, held to allocating anew.

A leaf's quota is that with another figure in the table, the bids that are kept as caps are the most that fit.

    python -m tests.stress.deep 5000

decides that many random trees, of two to four levels with leaves on each, lots, locks, sums and bounds of a level's
own, minima that give way alike, ties, and prints each quota that another way of deciding does not give.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import chain, compress, product
from typing import Any

from allocator.data.bids import Bid
from allocator.data.table import Table
from allocator.errors import AllocatorError, InfeasibleError, InputError
from allocator.model.allocation import Allocation, allocate
from allocator.model.scenario import Scenario
from allocator.why.answers import Asking
from allocator.why.beside import Decided
from allocator.year.fitting import capped, most_caps
from tests.stress.appeals import COLUMNS, quota

FIGURES = ("workforce", "workforce", "growth_estimate", "attainment")


def deep(seed: int) -> tuple[Table, Scenario]:
    """A random tree and a scenario that decides it level by level; it may be infeasible."""
    draw = random.Random(seed)
    parents: dict[str, str | None] = {}
    level = [f"N{index}" for index in range(draw.randint(1, 4))]
    parents |= dict.fromkeys(level)
    for _ in range(draw.randint(1, 3)):
        heads = draw.sample(level, draw.randint(1, len(level)))
        level = [f"{head}{index}" for head in heads for index in range(draw.randint(1, 3))]
        parents |= {name: name[:-1] for name in level}
    leaves = [name for name in parents if name not in parents.values()]
    inner = [name for name in parents if name not in leaves]
    bare = {name for name in inner if draw.random() < 0.5}  # without a row of their own; what tells who is above them
    rows = [name for name in parents if name not in bare or parents[name]]
    draw.shuffle(rows)
    sizes = draw.choice([[10, 20], [0, 10, 10, 20, 40], [7, 30, 55, 120, 333, 2053], [100]])
    columns = {
        column: tuple(_cell(draw, column, sizes, name in leaves, name in bare) for name in rows) for column in COLUMNS
    }
    kinds = tuple(draw.choice(["town", "rural"]) for _ in rows)
    table = Table(tuple(rows), columns, kinds, tuple(parents[name] for name in rows))
    return table, Scenario.model_validate(_settings(draw, parents, leaves, inner, columns["workforce"]))


def _cell(draw: random.Random, column: str, sizes: list[int], leaf: bool, bare: bool) -> Any:
    if column == "workforce":
        return draw.choice(sizes) if leaf else None if bare or draw.random() < 0.7 else draw.choice(sizes) * 3
    if bare or draw.random() < 0.3:
        return None
    if column == "attainment":
        return draw.choice([None, None, None, 0.5, 0.8, 1.2])
    return draw.choice([0, 4, 10, 10, 20, 40])


def _settings(
    draw: random.Random, parents: dict[str, str | None], leaves: list[str], inner: list[str], persons: tuple[Any, ...]
) -> dict[str, Any]:
    total, lot = sum(each or 0 for each in persons), draw.choice([1, 1, 1, 2, 5, 10])
    depth = max(map(len, parents)) - 1
    lots = [lot]
    for _ in range(depth - 1):
        lots.insert(0, lots[0] * draw.choice([1, 1, 1, 2, 5]))
    if draw.random() < 0.08:
        draw.shuffle(lots)
    target = max(lots) * draw.randint(1, max(2, int(total * draw.choice([0.3, 0.6, 0.9])) // max(lots)))
    values: dict[str, Any] = {
        "data": "t.csv", "published": None, "hierarchy": "levels", "lot": lot, "target": target,
        "signpost": draw.choice(["webster"] * 4 + ["jefferson", "adams", "huntington_hill", "dean"]),
        "growth": {"realisation": draw.choice([0, 0.25, 1])},
        "attainment": {"exponent": draw.choice([0, 0, 1, 0.5]), "missing": draw.choice([1, 0.6, "province"])},
        "bounds": {"max_share": draw.choice([None, None, 1, 0.8])},
        "rules": [_rule(draw, parents, leaves, inner, lot) for _ in range(draw.randint(0, 3))],
    }  # fmt: skip
    if draw.random() < 0.15:
        values["drivers"] = [{"column": "workforce", "share": 0.6}, {"equal": True, "share": 0.4}]
    if draw.random() < 0.2:
        values["locks"] = [{"unit": draw.choice(leaves), "quota": lot * draw.randint(0, 4)}]
    if draw.random() < 0.2:
        values["bounds"]["pace"] = {"reference": "last", "down": 0.5, "up": 1.5}
    if draw.random() < 0.15:
        values["bounds"]["min_quota"] = lot
    if draw.random() < 0.1 and values["signpost"] != "huntington_hill":
        values["risk"] = {"weight": draw.choice([0.5, 2])}
    if len(set(lots)) > 1 or draw.random() < 0.3:
        values["levels"] = [_level(draw, each, size) for each, size in zip(_by_level(parents), lots, strict=True)]
    return values


def _by_level(parents: dict[str, str | None]) -> list[list[str]]:
    depth = max(map(len, parents)) - 1
    return [[name for name in parents if len(name) - 1 == level] for level in range(1, depth + 1)]


def _level(draw: random.Random, names: list[str], lot: int) -> dict[str, Any]:
    made: dict[str, Any] = {"lot": lot}
    if draw.random() < 0.3:
        made["bounds"] = {"units": {draw.choice(names): {draw.choice(["min", "max"]): lot * draw.randint(0, 6)}}}
    if draw.random() < 0.15:
        made["locks"] = [{"unit": draw.choice(names), "quota": lot * draw.randint(0, 4)}]
    return made


def _rule(
    draw: random.Random, parents: dict[str, str | None], leaves: list[str], inner: list[str], lot: int
) -> dict[str, Any]:
    some = draw.choice(leaves)
    family = [name for name in leaves if parents[name] == parents[some]]
    whom: list[Any] = ["all", "all", "nodes", {"under": draw.choice(inner)}, {"units": [draw.choice(inner)]}]
    whom += [{"kind": "town"}, {"units": draw.sample(family, min(len(family), 2))}, {"where": {"workforce": 10}}]
    parts = [("workforce", 0.3), ("last", 0.9), ("available", 0.2), ("target", 0.1)]
    amount: Any = draw.choice([lot, lot, 2 * lot, 3, *({"share": share, "of": of} for of, share in parts)])
    if draw.random() < 0.3:
        return {
            "for": "all",
            "each": {"least": draw.choice([amount, {"share": 0.9, "of": "workforce"}])},
            "short": "alike",
        }
    whose = draw.choice(whom)
    if whose != "nodes" and draw.random() < 0.3:
        whose = draw.choice([{"units": draw.sample(family, min(len(family), 2))}, {"under": draw.choice(inner)}])
        return {"for": whose, "together": {draw.choice(["least", "most"]): draw.choice([3 * lot, 8 * lot])}}
    if draw.random() < 0.5:
        return {"for": whose, "each": {"least": amount}}
    most = amount if isinstance(amount, dict) else amount * draw.choice([3, 6, 20])
    return {"for": whose, "each": {"most": {**most, "share": 1.5} if isinstance(most, dict) else most}}


def wrong(seed: int, seen: Counter[str]) -> Iterator[str]:
    """What does not hold of one tree."""
    try:
        made = allocate(*(case := deep(seed)), "waterfill")
    except AllocatorError as error:
        seen["infeasible" if not isinstance(error, InputError) else "refused"] += 1
        return
    draw, table = random.Random(seed), case[0]
    standing = Decided(made)
    units = draw.sample(made.table.units, min(3, len(made.table.units)))
    for asking in (Asking(unit, 0, made, standing, "waterfill") for unit in units):
        for column in FIGURES:
            now = table.optional(column)[asking.row] or 0
            value = draw.choice([0, 1, 2, 5, 60, 1000, round(now * draw.uniform(0.3, 3), 2), now])
            value = value if column == "attainment" else int(value)
            seen["tried"] += 1
            found = asking.quota(column, value)
            right = quota(table.with_figure(column, asking.row, value), case[1], asking.unit)
            seen["none"] += right is None
            seen["moved"] += right != made.quotas[asking.leaf]
            if found != right:
                yield f"seed {seed}: {asking.unit} with {column} {value}: {found}, not {right}"
            if keys := [*made.ground.rules.entries]:
                key = draw.choice(keys)
                right = _loosened(made, table.with_figure(column, asking.row, value), key, asking.leaf)
                if (found := asking.quota(column, value, (made.ground, {key: None}))) != right:
                    yield f"seed {seed}: {asking.unit} with {column} {value} without {key}: {found}, not {right}"


def crowded(seed: int, seen: Counter[str]) -> Iterator[str]:
    """What does not hold of the most bids that fit as caps, held to allocating with every subset of them."""
    table, scenario = deep(seed)
    if any(each.short for each in scenario.rules):
        return
    try:
        made = allocate(table, scenario, "waterfill")
    except AllocatorError:
        return
    draw, lot = random.Random(seed), made.scenario.lot
    quotas = dict(zip(made.table.units, made.quotas, strict=True))
    asked = draw.sample(made.table.units, min(draw.randint(2, 6), len(quotas)))
    bids = [Bid(unit, "bid", max(0, quotas[unit] - lot * draw.choice([0, 1, 1, 2, 3, 8]))) for unit in asked]
    first = sorted(bids, key=lambda each: quotas[each.unit] - each.asked)
    subsets = [list(compress(first, bits)) for bits in product((1, 0), repeat=len(first))]
    try:
        best = next(some for some in sorted(subsets, key=len, reverse=True) if _fits(table, scenario, some))
        found = most_caps(table, scenario, bids, quotas)[1]
    except InputError:  # what a level is given is no whole number of the next one's lots
        return
    seen["crowded" if len(best) < len(bids) else "fit"] += 1
    seen["rounded, crowded"] += len(best) < len(bids) and len({each.scenario.lot for each in made.ground.levels}) > 1
    if {each.unit for each in found} != {each.unit for each in best}:
        yield f"seed {seed}: {[each.unit for each in found]} are kept, {[each.unit for each in best]} fit"


def _fits(table: Table, scenario: Scenario, bids: list[Bid]) -> bool:
    try:
        allocate(table, capped(scenario, bids), "waterfill")
    except InfeasibleError:
        return False
    return True


def _loosened(made: Allocation, table: Table, key: str, leaf: int) -> int | None:
    try:
        return allocate(table, made.ground.scenario, "waterfill", {key: None}).quotas[leaf]
    except AllocatorError:
        return None


if __name__ == "__main__":
    count, first = (int(each) for each in (*sys.argv[1:], *("2000", "0")[len(sys.argv) - 1 :]))
    found, counted = 0, Counter[str]()
    for each in range(first, first + count):
        for text in chain(wrong(each, counted), crowded(each, counted)):
            found += 1
            print(text, flush=True)
    print(f"{count} trees, {dict(counted)}, {found} wrong")
