"""Nothing that comes in is ignored silently: any one item taken out changes the result, or a note goes."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from allocator.data.settings import Settings
from allocator.data.table import Table
from allocator.errors import AllocatorError
from allocator.model.allocation import allocate
from allocator.model.scenario import scenario_from
from allocator.proof.result import result

FIGURES = ("workforce", "growth_estimate", "term_target", "recruited", "lost", "last_year", "own", "published_quota")
Case = tuple[list[dict[str, Any]], dict[str, Any]]


def case(seed: int) -> Case:
    """Rows of a table, flat or a tree, and a scenario with a bit of everything."""
    draw = random.Random(seed)
    leaves = "ABCDE"[: draw.randint(3, 5)]
    rows = [
        {
            "unit": leaf,
            "kind": draw.choice(["town", "rural"]),
            "parent": None,
            "workforce": draw.randint(50, 400),
            **{name: draw.choice([None, *[draw.randint(1, 90)] * 5]) for name in FIGURES[1:]},
        }
        for leaf in leaves
    ]
    tree = draw.random() < 0.4
    if tree:
        for index, row in enumerate(rows):
            row["parent"] = "P" if index < 2 else "Q"
        if draw.random() < 0.7:
            rows.insert(0, {"unit": "P", "kind": "province", "parent": None, **dict.fromkeys(FIGURES)})
    values: dict[str, Any] = {"data": "units.csv", "target": draw.randint(40, 120), "growth": {"realisation": 0.5}}
    if tree:
        values["hierarchy"] = draw.choice(["at_once", "levels"])
    if draw.random() < 0.5:
        values["attainment"] = {"exponent": 1, "basis": draw.choice(["gross", "net"])}
    if draw.random() < 0.3:
        values["drivers"] = [{"column": "workforce", "share": 0.7}, {"equal": True, "share": 0.3}]
    names = draw.sample(leaves, 2)
    values["growth"]["units"] = {names[0]: 0.2} if draw.random() < 0.4 else {}
    bounds: dict[str, Any] = {"max_share": draw.choice([0.6, 0.9])}
    if draw.random() < 0.4:
        bounds["min_quota"] = draw.randint(1, 6)
    if draw.random() < 0.4:
        bounds["units"] = {names[1]: draw.choice([{"min": 3}, {"max": 60}, {"min": 2, "max": 70}])}
    if draw.random() < 0.3:
        bounds["pace"] = {"reference": "last_year", "down": 0.9, "up": 4.0}
    values["bounds"] = bounds
    if draw.random() < 0.3:
        values["locks"] = [{"unit": names[0], "quota": draw.randint(5, 20)}]
    if draw.random() < 0.3:
        values["groups"] = [{"name": "g", "units": list(leaves[:2]), "min": 5, "max": 90}]
    options: list[dict[str, Any]] = [
        {"for": "all", "each": {"least": {"share": "5 %", "of": "last_year"}}},
        {"for": {"kind": "town"}, "each": {"most": 90}},
        {"for": "all", "except": [names[0]], "each": {"least": 2}},
        {"for": {"units": names}, "together": {"most": {"share": "95 %", "of": "target"}}},
        {"for": "all", "each": {"most": {"column": "own"}}},
        {"for": {"where": {"own": 17}}, "each": {"least": 1}},
    ]
    values["rules"] = draw.sample(options, draw.randint(0, 3))
    return rows, values


def told(rows: list[dict[str, Any]], values: dict[str, Any]) -> str:
    """The result, without what it was made from; what is wrong where there is none."""
    columns = {name: tuple(row[name] for row in rows) for name in FIGURES}
    texts = (tuple(row[name] for row in rows) for name in ("kind", "parent"))
    table = Table(tuple(row["unit"] for row in rows), columns, *texts)
    try:
        document = result(allocate(table, scenario_from(Settings(values, {}, Path())), "waterfill"))
    except AllocatorError as error:
        return str(error)
    for key in ("inputs", "scenario", "digest"):
        del document[key]
    return json.dumps(document, sort_keys=True)


def fewer(rows: list[dict[str, Any]], values: dict[str, Any]) -> Iterator[tuple[str, Case]]:
    """The case with one item taken out, for each: a row, a cell, a rule, a name."""

    def but(change: Any) -> Case:
        both = copy.deepcopy((rows, values))
        change(*both)
        return both

    for index, row in enumerate(rows):
        yield f"row {row['unit']}", but(lambda r, v, i=index: r.pop(i))
        for name in ("kind", *FIGURES):
            if row[name] is not None:
                yield f"{name} of {row['unit']}", but(lambda r, v, i=index, n=name: r[i].update({n: None}))
    for part in ("rules", "locks", "groups", "drivers"):
        for index in range(len(values.get(part, ()))):
            yield f"{part} {index}", but(lambda r, v, p=part, i=index: v[p].pop(i))
    for index, rule in enumerate(values["rules"]):
        for key in ("except", "units"):
            where = rule if key == "except" else rule["for"]
            if isinstance(where, dict) and key in where:
                yield (
                    f"{key} of rule {index}",
                    but(
                        lambda r, v, i=index, k=key: (v["rules"][i] if k == "except" else v["rules"][i]["for"])[k].pop()
                    ),
                )
    for unit in values["growth"]["units"]:
        yield f"growth of {unit}", but(lambda r, v, u=unit: v["growth"]["units"].pop(u))
    for key in values["bounds"]:
        yield f"bounds.{key}", but(lambda r, v, k=key: v["bounds"].pop(k))


def silent(seed: int) -> list[str]:
    """Items of one case whose absence nothing tells; of the columns that a note says are not used no cell is one."""
    rows, values = case(seed)
    whole = told(rows, values)
    if not whole.startswith("{"):
        return []
    notes = [note["columns"] for note in json.loads(whole)["notes"] if note["code"] == "note.columns_unused"]
    idle = {name for names in notes for name in names}
    items = ((name, less) for name, less in fewer(rows, values) if name.partition(" of ")[0] not in idle)
    return [name for name, less in items if told(*less) == whole]


def test_any_item_taken_out_is_told() -> None:
    found = {seed: names for seed in range(60) if (names := silent(seed))}
    assert found == {}
    assert sum(told(*case(seed)).startswith("{") for seed in range(60)) > 20
