"""Random appeals, held to re-running with the figure in the table: `python -m tests.stress.appeals [COUNT] [FIRST]`.

Every value and end typed back gives the quota asked for, the nearest values beyond do not, and a grid of values along
each figure finds none that the ranges leave out, nor one in them that does not give it.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from allocator.data.table import MOST_PERSONS, Number, Table
from allocator.errors import InfeasibleError, InputError
from allocator.model.allocation import allocate
from allocator.model.scenario import Scenario
from allocator.why.answers import FIGURES, Answer
from allocator.why.appeal import appeal

Case = tuple[Table, Scenario, str, int]
COLUMNS = ("workforce", "growth_estimate", "term_target", "recruited", "lost", "last", "attainment")


def case(seed: int) -> Case | None:
    """A table, flat or a tree, with a bit of everything, a unit and a quota it asks for; None without an allocation."""
    draw = random.Random(seed)
    return next((made for made in (_case(draw) for _ in range(10)) if made is not None), None)


def _case(draw: random.Random) -> Case | None:
    leaves = "ABCDE"[: draw.randint(2, 5)]
    tree = draw.random() < 0.4
    cells = {unit: _cells(draw) for unit in leaves}
    parents: dict[str, str | None] = {leaf: ("P" if n < 2 else "Q") if tree else None for n, leaf in enumerate(leaves)}
    if tree and draw.random() < 0.5:
        cells = {"P": dict.fromkeys(COLUMNS, None), **cells}
        parents["P"] = None
    columns = {name: tuple(row[name] for row in cells.values()) for name in COLUMNS}
    kinds = tuple(draw.choice(["town", "rural"]) for _ in cells)
    table = Table(tuple(cells), columns, kinds, tuple(parents[unit] for unit in cells))
    scenario = Scenario.model_validate(_settings(draw, leaves, tree))
    try:
        made = allocate(table, scenario, "waterfill")
    except (InfeasibleError, InputError):
        return None
    unit = draw.choice(leaves)
    lot = made.scenario.lot
    now = made.quotas[made.table.units.index(unit)]
    return table, scenario, unit, max(0, now + lot * draw.choice([-3, -2, -1, -1, 0, 1, 1, 2, 3, 5]))


def _cells(draw: random.Random) -> dict[str, Number | None]:
    return {
        "workforce": draw.choice([draw.randint(0, 12), draw.randint(1, 60), draw.choice([10, 20, 30, 2053])]),
        "growth_estimate": draw.choice([0, 0, draw.randint(0, 40)]),
        "term_target": draw.choice([None, 0, draw.randint(1, 30), 10, 20]),
        "recruited": draw.choice([None, draw.randint(0, 30), 5, 10]),
        "lost": draw.choice([None, 0, draw.randint(0, 20)]),
        "last": draw.choice([None, draw.randint(0, 20)]),
        "attainment": draw.choice([None, None, None, None, draw.randint(0, 20) / 10, -0.2]),
    }


def _settings(draw: random.Random, leaves: str, tree: bool) -> dict[str, Any]:
    lot = draw.choice([1, 1, 2, 5])
    basis, low, high = draw.choice(["gross", "net"]), draw.choice([0, 0.25, 0.5]), draw.choice([0.8, 1, 1.5, 0.72225])
    past = {
        "exponent": draw.choice([0, 1, 1, 1, 0.5, 2]) if low == 0 else draw.choice([0, 1, 1, 1, 0.5, -1]),
        "basis": basis,
        "floor": low,
        "ceiling": high,
        "missing": draw.choice([1, 0.6, "province", "province"]),
    }
    values: dict[str, Any] = {
        "data": "t.csv",
        "published": None,
        "target": lot * draw.randint(1, 24),
        "lot": lot,
        "signpost": draw.choice(["webster", "webster", "webster", "jefferson", "adams", "huntington_hill", "dean"]),
        "growth": {"realisation": draw.choice([0, 0.25, 1])},
        "attainment": past,
        "bounds": {"max_share": draw.choice([None, 1, 0.8, 2])},
        "rules": draw.sample(_rules(leaves, lot), draw.choice([0, 0, 1, 1, 2])),
    }
    if draw.random() < 0.3:
        other = draw.choice([{"equal": True}, {"column": "growth_estimate"}, {"column": "last"}])
        values["drivers"] = [{"column": "workforce", "share": 0.6}, {**other, "share": 0.4}]
    if draw.random() < 0.2:
        values["bounds"]["min_quota"] = lot
    if draw.random() < 0.2:
        values["bounds"]["pace"] = {"reference": "last", "down": 0.5, "up": 1.5}
    if draw.random() < 0.15:
        values["locks"] = [{"unit": draw.choice(leaves), "quota": lot * draw.randint(0, 4)}]
    if draw.random() < 0.15:
        values["groups"] = [{"name": "g", "units": list(leaves[:2]), draw.choice(["min", "max"]): lot * 4}]
    if draw.random() < 0.1 and values["signpost"] != "huntington_hill":
        values["risk"] = {"weight": draw.choice([0.5, 2])}
    if tree:
        values["hierarchy"] = draw.choice(["at_once", "levels"])
        if values["hierarchy"] == "levels" and draw.random() < 0.3:
            values["levels"] = [{"bounds": {"max_share": 2}}, {"locks": [{"unit": leaves[0], "quota": lot * 2}]}]
    return values


def _rules(leaves: str, lot: int) -> list[dict[str, Any]]:
    return [
        {"for": "all", "each": {"least": {"share": "10 %", "of": "last"}}},
        {"for": "all", "each": {"least": {"share": "20 %", "of": "workforce"}}},
        {"for": "all", "each": {"most": {"share": "70 %", "of": "available"}}},
        {"for": "all", "each": {"most": {"share": "200 %", "of": "growth_estimate"}}},
        {"for": "all", "each": {"most": {"share": 10, "of": "attainment"}}},
        {"for": {"kind": "town"}, "each": {"most": 6 * lot}},
        {"for": "all", "except": [leaves[0]], "each": {"least": lot}},
        {"for": {"units": list(leaves[:2])}, "together": {"most": {"share": "80 %", "of": "target"}}},
        {"for": {"units": list(leaves[:2])}, "together": {"least": {"share": "40 %", "of": "available"}}},
        {"for": {"units": list(leaves[-2:])}, "together": {"most": {"share": "90 %", "of": "workforce"}}},
        {"for": {"where": {"workforce": 12}}, "each": {"most": 2 * lot}},
        {"for": "all", "each": {"least": {"share": "60 %", "of": "workforce"}}, "short": "alike"},
        {"for": {"units": [leaves[0]]}, "each": {"least": 3 * lot, "most": 3 * lot}},
    ]


def wrong(seed: int) -> Iterator[str]:
    """What does not hold of one appeal."""
    made = case(seed)
    if made is None:
        return
    table, scenario, unit, asked = made
    try:
        answered = appeal(table, scenario, unit, asked)
    except (InfeasibleError, InputError):
        return
    for name, column in FIGURES.items():
        answer = answered.figures[name]
        known: dict[Number, bool] = {}

        def gives(value: Number, column: str = column, known: dict[Number, bool] = known) -> bool:
            if value not in known:
                known[value] = quota(table.with_figure(column, table.units.index(unit), value), scenario, unit) == asked
            return known[value]

        grid = _grid(random.Random(seed), column)
        yield from (f"seed {seed} ({unit} asks {asked}): {name} {each}" for each in _wrong(answer, column, gives, grid))


def _grid(draw: random.Random, column: str) -> list[Number]:
    """Values along a figure that every case tries: some of the small ones, and a few far ones."""
    if column == "attainment":
        return [*(each / 40 for each in draw.sample(range(90), 12)), 3.0]
    return [0, 1, *draw.sample(range(2, 50), 10), *draw.sample(range(50, 130), 4), 1000, 10**6]


def _wrong(answer: Answer, column: str, gives: Any, grid: Sequence[Number]) -> Iterator[str]:
    most = 1e6 if column == "attainment" else MOST_PERSONS
    if (answer.value is None) != (not answer.ranges):
        yield f"value {answer.value} and ranges {answer.ranges}"
    if answer.value is not None and not gives(answer.value):
        yield f"value {answer.value} does not give it"
    for part in answer.ranges:
        step = 10**-part.digits
        for end, way in ((part.low, -1), (part.high, 1)):
            if end is None:
                beyond: Number = most
                if not gives(beyond):
                    yield f"{part}: {most} does not give it"
                continue
            if not gives(end):
                yield f"{part}: end {end} does not give it"
            beyond = round(end + way * step, part.digits) if part.digits else int(end + way)
            if 0 <= beyond <= most and gives(beyond):
                yield f"{part}: {beyond} beyond gives it, too"
    for value in grid:
        within = any(each.low <= value and (each.high is None or value <= each.high) for each in answer.ranges)
        if gives(value) != within:
            yield f"{value} gives it: {not within}, ranges {answer.ranges}"
            return


def quota(table: Table, scenario: Scenario, unit: str) -> int | None:
    """The unit's quota as it is run; None where there is no allocation."""
    try:
        made = allocate(table, scenario, "waterfill")
    except (InfeasibleError, InputError):
        return None
    return made.quotas[made.table.units.index(unit)]


if __name__ == "__main__":
    count, first = (int(each) for each in (*sys.argv[1:], *("2000", "0")[len(sys.argv) - 1 :]))
    found = 0
    for each in range(first, first + count):
        if (each - first) % 100 == 99:
            print(f"{each - first + 1} …", file=sys.stderr, flush=True)
        for text in wrong(each):
            found += 1
            print(text, flush=True)
    print(f"{count} appeals, {found} wrong")
