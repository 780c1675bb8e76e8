"""Every sentence, position, tie, end of the effort and price of random problems, held against deciding again.

    python -m tests.stress.theorems 20000

decides that many random problems, flat ones and trees in both ways, with rules of every kind, sums that share all units
out among them, and figures so alike that ties are common. It prints how many of each were tried, stops at nothing, and
ends with status 1 where one contradiction was found.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from itertools import product
from typing import Any

from allocator.data.table import Table
from allocator.errors import AllocatorError, InfeasibleError
from allocator.model.allocation import Allocation, allocate
from allocator.model.certificate import violation
from allocator.model.scenario import Scenario
from allocator.why.accounts import accounts
from allocator.why.explanation import sentences, steps
from allocator.why.prices import rule_prices

SIGNPOSTS = ("webster", "webster", "webster", "jefferson", "adams", "huntington_hill", "dean")
HELD = {"BY_CLAIM": ("BY_CLAIM", "BY_REST", "NO_CLAIM"), "AT_GROUP": ("AT_GROUP", "AT_GROUP_less", "AT_GROUP_more")}


def drawn(seed: int) -> tuple[Table, Scenario]:
    """A random table and scenario: a third flat, a third a tree at once, a third level by level."""
    draw = random.Random(seed)
    way = ("flat", "at_once", "levels")[seed % 3]
    heads = [] if way == "flat" else ["P", "Q", "R"][: draw.randint(1, 3)]
    leaves = [f"U{index}" for index in range(draw.randint(2, 9))]
    parents = [draw.choice([*heads, *heads, None]) if heads else None for _ in leaves]
    heads = [each for each in heads if each in parents]
    units, parents = (*heads, *leaves), [None] * len(heads) + parents
    sizes = draw.choice([[10, 20], [0, 10, 10, 20, 40], [7, 30, 55, 120, 333], [100]])
    blank = [None] * len(heads)
    columns: dict[str, list[Any]] = {
        "workforce": [*blank, *(draw.choice(sizes) for _ in leaves)],
        "last": [*blank, *(draw.choice([None, 0, 3, 6, 6, 12, 20]) for _ in leaves)],
        "term_target": [*blank, *(draw.choice([None, 10, 20, 40]) for _ in leaves)],
        "recruited": [*blank, *(draw.choice([None, 0, 4, 10, 30]) for _ in leaves)],
        "growth_estimate": [*blank, *(draw.choice([None, 0, 10, 50]) for _ in leaves)],
    }
    kinds = [*blank, *(draw.choice(["district", "sector"]) for _ in leaves)]
    lot = draw.choice([1, 1, 2, 5])
    total = sum(each or 0 for each in columns["workforce"])
    values: dict[str, Any] = {
        "data": "units.csv",
        "published": None,
        "lot": lot,
        "target": 2 * lot * draw.randint(max(1, total // (12 * lot)), max(1, total // (4 * lot))) if total else 0,
        "signpost": draw.choice(SIGNPOSTS),
        "growth": {"realisation": draw.choice([0, 0.2, 0.5])},
        "attainment": {"exponent": draw.choice([0, 0, 1, 2]), "ceiling": draw.choice([1, 1.2])},
        "bounds": {"max_share": draw.choice([None, None, 1, 0.6])},
        "hierarchy": "levels" if way == "levels" else "at_once",
        "rules": [_rule(draw, heads, leaves, kinds, lot) for _ in range(draw.randint(0, 4))],
    }
    if way == "flat" and draw.random() < 0.4:  # sums that share out all units
        share = values["target"] // lot // 2 * lot
        kinds[: len(leaves)] = ["district" if index % 2 else "sector" for index in range(len(leaves))]
        limits = [share, values["target"] - share]
        values["rules"] += [
            {"for": {"kind": kind}, "together": {"least": limit, "most": limit}}
            for kind, limit in zip(("district", "sector"), limits, strict=True)
        ]
    if way == "levels" and draw.random() < 0.3:
        values["levels"] = [{"lot": lot * draw.choice([1, 2])}]
    table = Table(units, {name: tuple(each) for name, each in columns.items()}, tuple(kinds), tuple(parents))
    return table, Scenario.model_validate(values)


def _rule(draw: random.Random, heads: list[str], leaves: list[str], kinds: list[Any], lot: int) -> dict[str, Any]:
    whom: list[Any] = ["all", {"units": draw.sample(leaves, draw.randint(1, 2))}]
    whom += [{"units": [draw.choice(heads)]}, {"under": heads[0]}, "nodes"] if heads else []
    whom += [{"kind": "district"}] if "district" in kinds else []
    amounts: list[Any] = [
        lot * draw.randint(0, 3), draw.randint(0, 9), {"share": draw.choice([0.1, 0.2, 0.5]), "of": "available"},
        {"share": draw.choice([0.5, 0.9, 1.1]), "of": "last"}, {"share": draw.choice([0.1, 0.3]), "of": "target"},
    ]  # fmt: skip
    whose, way = draw.choice(whom), draw.choice(["each", "each", "together"])
    first, second, many = draw.choice(amounts), draw.choice(amounts), draw.randint(8, 40)
    high = first if isinstance(first, dict) and way == "each" else many
    sides = draw.choice(
        [{"least": first}, {"most": high}, {"least": first, "most": second if draw.random() < 0.2 else many}]
    )
    made: dict[str, Any] = {"for": whose, way: sides}
    if "each" in made and "least" in sides and draw.random() < 0.2:
        made["short"] = "alike"
    if draw.random() < 0.15 and made["for"] != "nodes":
        fixed = lot * draw.randint(0, 5)
        return {"for": {"units": [draw.choice(leaves)]}, "each": {"least": fixed, "most": fixed}}
    return made


def decided(table: Table, scenario: Scenario) -> Allocation | None:
    """Its allocation; None where there is none."""
    try:
        return allocate(table, scenario, "waterfill")
    except AllocatorError:
        return None


def contradictions(seed: int) -> tuple[list[str], Counter[str]]:
    """What is said of one random problem and deciding again does not show; and how many of each kind were tried."""
    made = decided(*drawn(seed))
    if made is None:
        return [], Counter(refused=1)
    wrong = [*_positions(made), *_sentences(made), *_ties(made), *_prices(made)]
    return wrong, Counter(decided=1, ties=len(made.ties), **Counter(made.positions))


def _without(made: Allocation, unit: int, *sides: bool, grouped: bool = True) -> int:
    """Lots of a unit decided again without its own minima (True), maxima (False), or all group rules."""
    ground, kept = made.ground, []
    leaf = ground.leaves[unit]
    for limit in ground.rules.limits:
        if limit.together:
            kept += [limit] * grouped
            continue
        out = (limit.nodes == leaf) & (limit.least in sides)
        if not grouped:
            out |= [bool(ground.tree.children[node]) for node in limit.nodes.tolist()]
        kept += [limit.among(~out)] * (not out.all())
    try:
        return made.again(kept).lots[unit]
    except InfeasibleError:
        return made.lots[unit]


def _positions(made: Allocation) -> list[str]:
    limited = _limited(made)
    wrong = []
    for unit, (name, position, now) in enumerate(zip(made.table.units, made.positions, made.lots, strict=True)):
        node = made.ground.tree.position[name]
        if node in made.ground.rules.locked:
            right = "LOCKED"
        elif _without(made, unit, True) < now or (now and not made.problem.claims[unit]):
            right = "AT_FLOOR"
        elif _without(made, unit, False) > now:
            right = "AT_CAP"
        else:
            free = {_without(made, unit, *sides, grouped=False) for sides in ((), (True, False))}
            right = "AT_GROUP" if free != {now} and limited[unit] else "BY_CLAIM"
        if position != right:
            wrong.append(f"position of {name}: {position}, deciding again shows {right}")
    return wrong


def _limited(made: Allocation) -> list[bool]:
    tree, listed = made.ground.tree, {each.key for each in accounts(made)}
    over = {
        node
        for limit in made.ground.rules.limits
        for node in limit.nodes.tolist()
        if limit.entry.key in listed and (limit.together or tree.children[node])
    }
    return [not over.isdisjoint((leaf, *tree.above(leaf))) for leaf in made.ground.leaves.tolist()]


def _sentences(made: Allocation) -> list[str]:
    wrong = []
    for unit, texts in enumerate(sentences(made, steps(made))):
        held = [each for each in texts if each.key.startswith("sentence.held.")]
        position, name = made.positions[unit], made.table.units[unit]
        keys = [each.key.removeprefix("sentence.held.") for each in held]
        if len(keys) != 1 or keys[0] not in HELD.get(position, (position,)):
            wrong.append(f"sentence of {name}: {keys} beside {position}")
        if keys == ["AT_GROUP"]:
            lots = _without(made, unit, grouped=False)
            if held[0].values["quota"] != lots * made.problem.lot:
                wrong.append(f"sentence of {name}: {held[0].values['quota']} without the limits, in truth {lots}")
        if keys == ["BY_CLAIM"] and any(each.status == "binding" for each in accounts(made)):
            wrong.append(f"sentence of {name}: no rule binds, though one does")
    return wrong


def _ties(made: Allocation) -> list[str]:
    """Pairs of lots of equal cost that could be exchanged, against those that the ties name."""
    wrong = []
    top = 1 if made.above else made.ground.tree.depth
    for level, each in enumerate((*made.above, made), start=top):
        problem, units = each.problem, range(len(each.lots))
        right = set()
        for giver, taker in product(units, units):
            if giver == taker or not problem.claims[giver] or not problem.claims[taker] or not each.lots[giver]:
                continue
            moved = [n - (u == giver) + (u == taker) for u, n in enumerate(each.lots)]
            if problem.risk is None and violation(problem, moved) is None:
                equal = problem.order(giver, each.lots[giver]) == problem.order(taker, each.lots[taker] + 1)
                right |= {(giver, taker)} if equal else set()
        mine = [tie for tie in made.ties if tie.level == level]
        told = {pair for tie in mine for pair in product(tie.given, tie.waiting)}
        if right != told:
            wrong.append(f"ties at level {level}: {sorted(told)}, exchanges show {sorted(right)}")
    return wrong


def _prices(made: Allocation) -> list[str]:
    """What each rule moves, and all that move nothing alone, against a scenario without them."""
    wrong, keys = [], [each.key for each in accounts(made)]
    for price in rule_prices(made):
        gone = price.account.key.split(" + ") if price.together else [price.account.key]
        if not set(gone) <= set(keys) or not all(key.startswith("rules.") for key in gone):
            continue
        source = made.whole or made
        rules = [each for index, each in enumerate(source.scenario.rules) if f"rules.{index}" not in gone]
        again = decided(source.table, source.scenario.model_copy(update={"rules": rules}))
        moved = None if again is None else sum(max(0, b - a) for a, b in zip(made.quotas, again.quotas, strict=True))
        if price.moved != moved:
            wrong.append(f"price of {gone}: {price.moved} said to move, {moved} do")
    return wrong


def main(count: int, first: int = 0) -> int:
    """Tries `count` problems; the number of contradictions."""
    tried, found = Counter[str](), 0
    for seed in range(first, first + count):
        wrong, more = contradictions(seed)
        tried += more
        found += len(wrong)
        for each in wrong:
            print(f"{seed}: {each}")
    print(f"{dict(tried)}: {found} contradictions")
    return found


if __name__ == "__main__":
    sys.exit(bool(main(*map(int, sys.argv[1:3]))))
