"""Random problems whose results the checker must accept, and whose changed results it must refuse.

`python -m tests.stress.results [COUNT] [FIRST]` tries so many of each kind, flat and tree, and prints what went wrong.
"""

from __future__ import annotations

import copy
import json
import random
import sys
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from allocator.data.digest import sha256
from allocator.data.table import Table
from allocator.errors import AllocatorError
from allocator.model.allocation import allocate
from allocator.model.scenario import Scenario
from allocator.proof.check import first_wrong
from allocator.proof.result import result

POSITIONS = ("BY_CLAIM", "AT_FLOOR", "AT_CAP", "AT_GROUP", "LOCKED")


def shape(source: random.Random, tree: bool) -> tuple[list[str], list[str | None]]:
    """Names of rows and their parents."""
    if not tree:
        names = [f"u{each}" for each in range(source.randint(1, 7))]
        return names, [None] * len(names)
    names, parents = list[str](), list[str | None]()
    for top in (f"P{each}" for each in range(source.randint(1, 3))):
        if source.random() < 0.7:
            names.append(top)
            parents.append(None)
        for middle in (f"{top}m{each}" for each in range(source.randint(1, 3))):
            names.append(middle)
            parents.append(top)
            if source.random() < 0.4:
                leaves = [f"{middle}u{each}" for each in range(source.randint(1, 3))]
                names += leaves
                parents += [middle] * len(leaves)
    return names, parents


def problem(seed: int, tree: bool) -> tuple[Table, dict[str, Any]]:
    """A small table and a scenario of every kind of setting; many are infeasible."""
    source = random.Random(seed)
    names, parents = shape(source, tree)
    inner, small = {each for each in parents if each}, source.random() < 0.5

    def some(values: list[Any], blank: float) -> tuple[Any, ...]:
        return tuple(None if source.random() < blank else source.choice(values) for _ in names)

    sizes = [0, 1, 2, 3, 5, 10, 10, 20, 20, 30] if small else list(range(1, 900))
    columns: dict[str, tuple[Any, ...]] = {
        "workforce": tuple(None if name in inner and source.random() < 0.6 else source.choice(sizes) for name in names)
    }
    for name, values, blank in (
        ("growth_estimate", list(range(50)), 0.3),
        ("term_target", [0, 5, 10, 100], 0.2),
        ("recruited", list(range(120)), 0.2),
        ("lost", list(range(40)), 0.2),
        ("attainment", [0, 0.5, 0.722, 1.2], 0.5),
        ("published_quota", list(range(60)), source.choice([0, 0, 0.2])),
        ("last", [0, 5, 10, 20, 40, 3.5], 0.2),
        ("previous_quota", list(range(1, 40)), 0.1),
    ):
        if source.random() < 0.5:
            columns[name] = some(values, blank)
    kinds = some(["k1", "k2"], 0.6 if tree else 0.3) if source.random() < 0.6 else (None,) * len(names)
    lot, total = source.choice([1, 1, 2, 5, 10]), sum(each or 0 for each in columns["workforce"]) or 5
    settings: dict[str, Any] = {
        "data": "t.csv",
        "target": source.randint(0, max(1, total // lot)) * lot,
        "lot": lot,
        "signpost": source.choice(["webster"] * 4 + ["jefferson", "adams", "huntington_hill", "dean"]),
        "rules": [rule(source, names, inner, columns, kinds) for _ in range(source.choice([0, 0, 1, 1, 2, 3]))],
        "bounds": {"max_share": source.choice([None, None, 1, 2, "1200 %"])},
    }
    if source.random() < 0.3:
        settings["growth"] = {"realisation": source.choice([0, 0.2, 0.5]), "units": {source.choice(names): 0.7}}
    if source.random() < 0.5:
        settings["attainment"] = {
            "basis": source.choice(["gross", "net"]),
            "exponent": source.choice([0, 1, 1, 0.5, -1, 2]),
            "floor": source.choice([0.3, 0.5]),
            "ceiling": source.choice([1, 1.5]),
            "missing": source.choice([1, 0.8, "province"]),
        }
    if source.random() < 0.2:
        settings["drivers"] = [{"column": "workforce", "share": 0.7}, {"equal": True, "share": 0.3}]
    if source.random() < 0.2:
        settings["bounds"]["min_quota"] = source.randint(0, 12)
    if source.random() < 0.2:
        settings["bounds"]["units"] = {source.choice(names): {"min": source.choice([None, 3, 10]), "max": 12}}
    if source.random() < 0.15 and "published_quota" in columns:
        settings["bounds"]["pace"] = {"down": source.choice([None, 0.5, 0.9]), "up": source.choice([None, 0.5, 2])}
    if source.random() < 0.2:
        settings["locks"] = [{"unit": source.choice(names), "quota": source.randint(0, 4) * lot}]
    if source.random() < 0.15:
        settings["groups"] = [{"name": "g", "units": source.sample(names, source.randint(1, len(names))), "max": 40}]
    if tree:
        settings["hierarchy"] = source.choice(["at_once", "levels"])
    if source.random() < 0.1 and settings["signpost"] != "huntington_hill":
        normal = {"dist": "normal", "mean": 0.3, "sd": 0.2}
        default = source.choice([{"dist": "uniform"}, {"dist": "triangular"}, normal])
        settings |= {"risk": {"weight": 2, "reachable": 0.4}, "uncertainty": {"default": default}}
    return Table(tuple(names), columns, kinds, tuple(parents)), settings


def rule(
    source: random.Random, names: list[str], inner: set[str], columns: dict[str, Any], kinds: tuple[str | None, ...]
) -> dict[str, Any]:
    """A rule on whomever there is."""
    amounts: list[Any] = [source.randint(0, 30)]
    amounts += [{"share": source.choice([0.1, 0.3, 0.6, 1.2]), "of": of} for of in ("workforce", "available", "target")]
    amounts += [{"column": "last"}, {"share": 0.9, "of": "last"}] * ("last" in columns)
    amounts += [{"share": 0.7, "of": "published"}] * ("published_quota" in columns)
    amounts += [{"share": 0.8, "of": "previous"}] * ("previous_quota" in columns)
    whom: list[Any] = ["all", "all", {"units": source.sample(names, source.randint(1, min(3, len(names))))}]
    for name in sorted(inner):
        whom += ["nodes", {"under": name}, {"units": [name]}]
    whom += [{"kind": kind} for kind in kinds if kind][:1]
    sides = {side: source.choice(amounts) for side in ("least", "most") if source.random() < 0.7}
    way = source.choice(["each", "each", "together"])
    made: dict[str, Any] = {"for": source.choice(whom), way: sides or {"most": source.choice(amounts)}}
    if source.random() < 0.15:
        made["except"] = [source.choice(names)]
    if way == "each" and "least" in sides and source.random() < 0.25:
        made["short"] = "alike"
    return made


def stored(seed: int, tree: bool) -> dict[str, Any] | None:
    """The result of a problem as it is read back; None where it has none."""
    table, settings = problem(seed, tree)
    try:
        scenario = Scenario.model_validate(settings)
    except ValidationError:  # only here: what a scenario that is read leads to ends in words
        return None
    try:
        made = result(allocate(table, scenario, method="waterfill"))
    except AllocatorError:
        return None
    return json.loads(json.dumps(made))


def results(tree: bool, first: int = 0) -> Iterator[tuple[int, dict[str, Any]]]:
    """Problems that have a result, one after another."""
    seed = first
    while True:
        if (made := stored(seed, tree)) is not None:
            yield seed, made
        seed += 1


def changed(document: dict[str, Any], source: random.Random) -> tuple[str, dict[str, Any]]:
    """A result with one thing that is not so, its digest made anew, and what that is."""
    made = copy.deepcopy(document)
    ways = ["figure", "position", *["note", "no note"] * bool(made["notes"]), *["no rule"] * bool(made["rules"])]
    ways += ["lot"] * (len(made["units"]) > 1 and made["target"] > 0)
    way = source.choice(ways)
    if way == "lot":
        giver = source.choice([each for each in made["units"] if each["quota"]])
        taker = source.choice([each for each in made["units"] if each is not giver])
        giver["quota"] -= made["lot"]
        taker["quota"] += made["lot"]
    elif way == "position":
        unit = source.choice(made["units"])
        unit["position"] = source.choice([each for each in POSITIONS if each != unit["position"]])
    elif way == "note":
        source.choice(made["notes"])["units"] = ["nobody"]
    elif way in ("no note", "no rule"):
        listed = made[way.removeprefix("no ") + "s"]
        listed.remove(source.choice(listed))
    else:
        parts = [
            "target",
            "lot",
            "marginal_effort",
            "next_effort",
            "units",
            "comparison",
            "rules",
            "ties",
            "notes",
            "groups",
        ]
        path = source.choice([path for part in parts if part in made for path in places(made[part], (part,))])
        way, place = ".".join(map(str, path)), made
        for key in path[:-1]:
            place = place[key]
        value = place[path[-1]]
        place[path[-1]] = value + 1 if isinstance(value, int | float) else "x" if value is None else value + "x"
    made["digest"] = sha256({key: value for key, value in made.items() if key != "digest"})
    return way, made


def places(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Where the figures of a document stand."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in items:
        yield from places(each, (*path, key))
    if not isinstance(value, dict | list):
        yield path


def faults(tree: bool, count: int, first: int = 0) -> Iterator[str]:
    """What goes wrong with so many results, each as it is and changed."""
    for (seed, document), _ in zip(results(tree, first), range(count), strict=False):
        if (wrong := first_wrong(document)) is not None:
            yield f"{seed}: {wrong}"
        source = random.Random(seed)
        way, worse = changed(document, source)
        if first_wrong(worse) is None:
            yield f"{seed}: accepted with another {way}"


if __name__ == "__main__":
    many, start = (int(each) for each in [*sys.argv[1:], *["1000", "0"][len(sys.argv) - 1 :]])
    for kind in ("flat", "tree"):
        for each in faults(kind == "tree", many, start):
            print(kind, each)
