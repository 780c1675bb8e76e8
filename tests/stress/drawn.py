"""Random tables with a scenario, another scenario to hold it against, and progress reports of its year."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from pydantic import ValidationError

from allocator.data.table import Table
from allocator.errors import AllocatorError
from allocator.model.scenario import Scenario
from allocator.questions import Case
from tests.stress.results import problem

NAMES = (
    "An Phú", "Tịnh Biên", "Bà Rịa – Vũng Tàu", "Quận 1", "{x}", "50%", "Cộng Hòa", "A, B và C", "=1+1", "Đức Huệ",
    "X" * 50, "CĐ các KCN (mới)", "U.1", "Ấp 2; 3",
)  # fmt: skip
"""Names as tables have them, and worse; each takes the place of a plain one now and then."""
DEEDS = ({}, {"by": "Ban Tổ chức"}, {"reason": "đã thống nhất"}, {"by": "board", "reason": "50% {agreed}"})
Report = tuple[str, int, int, date]


@dataclass(frozen=True)
class Drawn:
    """What is asked about: a case, one beside it, reports of its year, oldest first a unit, figures corrected."""

    case: Case
    other: Case
    reports: tuple[Report, ...]
    corrected: int


def drawn(seed: int) -> Drawn | None:
    """A random one; None where the settings contradict each other, or where they have no allocation."""
    draw = random.Random(seed)
    table, settings = problem(seed, tree=seed % 5 in (1, 3))
    if draw.random() < 0.4:
        table = _alike(draw, table)
    if draw.random() < 0.15 and not any(table.parents):
        table = _larger(draw, table)
        settings["target"] *= len(table.units) // 5
    if draw.random() < 0.06:
        table = _unmeasured(draw, table, settings)
    table, settings = _renamed(draw, table, settings)
    _weighed(draw, table, settings)
    _decorated(draw, settings)
    method = draw.choice(["program", *["waterfill"] * 5])
    scenario = read(settings)
    if scenario is None:
        return None
    try:
        case = Case("lần này.yaml", table, scenario, method)
        case, corrected = _corrected(draw, _published(draw, case))
        _ = case.allocation
        return Drawn(case, _other(draw, case, settings), _reports(draw, case), corrected)
    except AllocatorError:
        return None


def read(settings: dict[str, Any]) -> Scenario | None:
    """The scenario of settings; None where they are none. Whatever one leads to ends in words."""
    try:
        return Scenario.model_validate(settings)
    except ValidationError:
        return None


def _alike(draw: random.Random, table: Table) -> Table:
    """The table with workforces so alike that ties are common, or with none at all."""
    sizes = draw.choice([[10], [10, 20], [0, 10, 10], [0, 0, 0, 3]])
    workforce = tuple(None if each is None else draw.choice(sizes) for each in table.columns["workforce"])
    return replace(table, columns={**table.columns, "workforce": workforce})


def _larger(draw: random.Random, table: Table) -> Table:
    """A flat table with several times as many units, each like one of its own."""
    rows = [draw.randrange(len(table.units)) for _ in range(draw.choice([8, 16, 30]))]
    names = tuple(f"n{index}" for index in range(len(rows)))
    columns = {key: (*values, *(values[row] for row in rows)) for key, values in table.columns.items()}
    kinds = (*table.kinds, *(table.kinds[row] for row in rows))
    return replace(table, units=(*table.units, *names), columns=columns, kinds=kinds, parents=(None,) * len(kinds))


def _unmeasured(draw: random.Random, table: Table, settings: dict[str, Any]) -> Table:
    """The table without workforces; what is shared out by is another column, and no rule rests on them."""
    figures = tuple(draw.choice([1, 3, 5, 50]) for _ in table.units)
    columns = {key: each for key, each in table.columns.items() if key != "workforce"} | {"members": figures}
    settings["drivers"] = [{"column": "members"}]
    settings["rules"] = [each for each in settings["rules"] if not {"workforce", "available"} & {*_words(each)}]
    settings["bounds"].pop("max_share")
    settings.pop("risk", None)
    return replace(table, columns=columns)


def _words(value: Any) -> Iterator[Any]:
    """What stands in a rule."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        yield from _words(each)
    if not isinstance(value, dict | list):
        yield value


def _weighed(draw: random.Random, table: Table, settings: dict[str, Any]) -> None:
    """More often than elsewhere the past counts, drivers are other columns, and levels have settings of their own."""
    if "recruited" in table.columns and draw.random() < 0.3:
        past = {"exponent": draw.choice([1, -1, 2]), "floor": 0.2, "ceiling": draw.choice([1, 3])}
        settings["attainment"] = past | {"missing": draw.choice(["province", 1, 0.7])}
    whole = [key for key, values in table.columns.items() if None not in values and any(values) and min(values) >= 0]
    if (
        "workforce" in table.columns
        and draw.random() < 0.25
        and (others := [key for key in whole if key != "workforce"])
    ):
        share = draw.choice([0.3, 0.5, 1])
        settings["drivers"] = [{"column": draw.choice(others), "share": share}]
        settings["drivers"] += [{"column": "workforce", "share": 1 - share}] if share < 1 else []
    if any(table.parents) and draw.random() < 0.2:
        own = (
            {"attainment": {"exponent": draw.choice([0, 1])}},
            {"growth": {"realisation": 0.5}},
            {},
            {"lot": settings["lot"]},
        )
        settings["levels"] = [draw.choice(own) for _ in range(2)]


def _renamed(draw: random.Random, table: Table, settings: dict[str, Any]) -> tuple[Table, dict[str, Any]]:
    """With other names for some units, in the settings too."""
    some = draw.sample(table.units, min(len(table.units), draw.randint(0, 4)))
    names = dict(zip(some, draw.sample(NAMES, len(some)), strict=True))

    def named(value: Any) -> Any:
        if isinstance(value, dict):
            return {named(key): named(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(named(each) for each in value)
        return names.get(value, value) if isinstance(value, str) else value

    return replace(table, units=named(table.units), parents=named(table.parents)), named(settings)


def _decorated(draw: random.Random, settings: dict[str, Any]) -> None:
    """Settings that say something beside the quotas: who decided, a name, a year, what is shared out."""
    for each in (*settings["rules"], *settings.get("locks", ())):
        each |= draw.choice(DEEDS)
    for each in settings["rules"]:
        each |= draw.choice([{}, {}, {"name": "Cam kết 2016"}]) if draw.random() < 0.5 else {}
    settings |= draw.choice([{}, {}, {"title": {"vi": "Kịch bản", "en": "Scenario"}}, {"title": {"en": "Scenario"}}])
    settings |= draw.choice([{}, {}, {"what": {"vi": "công đoàn cơ sở", "en": "new unions"}}])
    settings |= draw.choice([{}] * 5 + [{"published": None}])
    settings |= {"quota_basis": draw.choice(["gross", "gross", "net"]), "year": draw.choice([None, 2017])}
    if draw.random() < 0.3:
        settings["season"] = draw.choice(["calendar", [0, 1, 1, 2, 3, 4, 4, 3, 2, 1, 1, 0]])
    if draw.random() < 0.4:
        reserve = draw.randint(0, settings["target"] // settings["lot"] // 2) * settings["lot"]
        settings["review"] = {"reserve": reserve, "release": draw.choice([0, reserve, reserve // 2])}
        settings["review"] |= draw.choice([{}, {}, {"price": 0.1}])
    _uncertain(draw, settings)


def _uncertain(draw: random.Random, settings: dict[str, Any]) -> None:
    """Figures that may be off."""
    if draw.random() < 0.5:
        made = settings.setdefault("uncertainty", {})
        default = ({"dist": "values", "values": [0.2]}, {"dist": "values", "values": [0, 0.5]}, {"dist": "uniform"})
        made |= draw.choice([{}, {}, {"default": draw.choice(default)}] if "risk" not in settings else [{}])
        for name in ("workforce", "attainment"):
            off = {"dist": draw.choice(["normal", "uniform"]), "deviation": draw.choice([0, 0.1, 0.3])}
            made |= draw.choice([{}, {name: off}, {name: off | {"kinds": {"k1": 0.2}}}])
        others = [
            each["column"] for each in settings.get("drivers", ()) if each.get("column", "workforce") != "workforce"
        ]
        made |= draw.choice([{}, {"columns": {each: {"deviation": 0.2} for each in others}}]) if others else {}


def _corrected(draw: random.Random, case: Case) -> tuple[Case, int]:
    """The case with none of its figures corrected, or some; and how many."""
    cells = [(key, at) for key, values in case.table.columns.items() for at, each in enumerate(values) if each]
    table, some = case.table, draw.sample(cells, min(len(cells), draw.choice([0, 0, 0, 1, 3])))
    for key, at in some:
        table = table.with_figure(key, at, (table.columns[key][at] or 0) + 1)
    return replace(case, begun=lambda: (table, case.scenario)) if some else case, len(some)


def _published(draw: random.Random, case: Case) -> Case:
    """The case with something published: another way's quotas, near ones, some or none of them, or as it is."""
    way = draw.choice(["as is", "none", "same", "near", "part", "scaled", "zero"])
    if way == "as is":
        return case
    quotas, lot = dict(zip(case.allocation.table.units, case.allocation.quotas, strict=True)), case.scenario.lot
    figures = [quotas.get(unit) for unit in case.table.units]
    known = [index for index, each in enumerate(figures) if each is not None]
    if way == "near" and len(known) > 1:
        for _ in range(3):
            giver, taker = draw.sample(known, 2)
            some = min(figures[giver] or 0, draw.choice([1, lot, 3 * lot]))
            figures[giver], figures[taker] = (figures[giver] or 0) - some, (figures[taker] or 0) + some
    made = [
        None if each is None or way == "none" or (way == "part" and draw.random() < 0.4)
        else {"scaled": 2 * each + draw.randint(0, 9), "zero": 0}.get(way, each)
        for each in figures
    ]  # fmt: skip
    table = replace(case.table, columns={**case.table.columns, "published_quota": tuple(made)})
    return replace(case, table=table)


def _other(draw: random.Random, case: Case, settings: Mapping[str, Any]) -> Case:
    """A scenario to hold it against: some settings otherwise, some figures, some units, or nothing at all."""
    for _ in range(4):
        table, made = case.table, copy.deepcopy(dict(settings))
        for way in draw.sample(
            ["target", "growth", "past", "rules", "tight", "lot", "figures", "units"], draw.randint(0, 3)
        ):
            if way == "target":
                made["target"] += made["lot"] * draw.choice([-1, 1, 3])
            elif way == "growth":
                made["growth"] = {"realisation": draw.choice([0, 0.3, 1])}
            elif way == "past":
                made["attainment"] = {"exponent": draw.choice([0, 1]), "floor": 0.4}
            elif way == "rules":
                made |= {"rules": made["rules"][1:], "locks": [], "signpost": "webster"}
            elif way == "tight":  # neither the other target nor the other rules can be had without the other
                made["rules"] = [
                    *made["rules"],
                    {"for": "all", "together": {"most": (most := made["target"] - made["lot"])}},
                ]
                made["target"] = most
            elif way == "lot":
                made["lot"] = 1
            elif way == "figures":
                for key in draw.choice([[*table.columns], [*table.columns][:1]]):
                    values = [None if each is None else each + draw.randint(0, 5) for each in table.columns[key]]
                    table = replace(table, columns={**table.columns, key: tuple(values)})
            elif not any(table.parents):
                table = _of_others(draw, table)
        scenario = read(made)
        if scenario is None:
            continue
        try:
            found = Case("thư mục/năm trước.yaml", table, scenario, "waterfill")
            found.scenario.check(table)
            _ = found.allocation
        except AllocatorError:
            continue
        return found
    return replace(case, name="như cũ.yaml", begun=None)


def _of_others(draw: random.Random, table: Table) -> Table:
    """One unit written without accents, or called otherwise."""
    plain = {"An Phú": "An Phu", "Tịnh Biên": "TỊNH BIÊN", "Đức Huệ": "Duc Hue"}
    index = draw.randrange(len(table.units))
    name = plain.get(table.units[index], "Mới")
    return replace(table, units=(*table.units[:index], name, *table.units[index + 1 :]))


def _reports(draw: random.Random, case: Case) -> tuple[Report, ...]:
    """Reports of some units, up to three each, recruited never above what there is to recruit."""
    made: list[Report] = []
    quotas = dict(zip(case.allocation.table.units, case.allocation.quotas, strict=True))
    common, pace = draw.random() < 0.5, draw.choice([0.2, 0.6, 1, 1, 1.6])
    growth = case.table.optional("growth_estimate")
    for unit, now, more in zip(case.table.units, case.table.optional("workforce"), growth, strict=True):
        most, day, recruited, lost = (now or 0) + (more or 0), date(2017, 1, 1), 0, 0
        own = pace if common else draw.choice([0, 0.3, 1, 2, 4])
        for _ in range(draw.choice([0, 1, 1, 2, 3])):
            day += timedelta(days=draw.choice([30, 60, 75, 120]))
            due = (quotas.get(unit) or 0) * own * day.timetuple().tm_yday / 365
            recruited = min(most, max(recruited, round(due * draw.choice([1, 1, 0.8, 1.2]))))
            lost = min(recruited, lost + draw.choice([0, 0, 1, 3]))
            made.append((unit, int(recruited), int(lost), day))
    return tuple(made)
