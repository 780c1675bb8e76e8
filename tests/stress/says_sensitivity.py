"""Truths of what `sensitivity` says: who rests on what, at what value somebody moves, the risk of missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from allocator.finding import say
from allocator.growth.draws import draws_of, plan_sweep
from tests.stress.facts import decided, moved, with_figure
from tests.stress.says_review import nearest
from tests.stress.sentences import Said, Scene, ordered, true_of

Figures = Mapping[str, Any]
DRAWS, SEED = 64, 5
COLUMNS = {"growth": "growth_estimate", "workforce": "workforce"}


@lru_cache(maxsize=2)
def shortfalls(scene: Scene) -> Any:
    """Members short by unit and draw, person by person, from the workforce that is drawn."""
    facts = scene.facts
    plan = plan_sweep(facts.made, seed=SEED)
    drawn = (draws_of(plan, 0, DRAWS).workforce / 10**6).tolist()
    own = dict(zip(plan.uncertain.tolist(), drawn, strict=True))
    persons = [own.get(at, [now] * DRAWS) for at, now in enumerate(facts.workforce)]
    made = np.array([*facts.quotas.values()])[:, None] - facts.scenario.risk.reachable * np.array(persons)
    return np.where(made > 1e-6, made, 0.0)


def measured(scene: Scene) -> bool:
    """Whether workforces are known."""
    return "workforce" in scene.facts.table.columns


def off(scene: Scene) -> dict[str, dict[str, float]]:
    """What is taken as possibly wrong, with the deviation of each unit whose figure is."""
    facts, said = scene.facts, scene.facts.scenario.uncertainty
    known: dict[str, Any] = {"workforce": (said.workforce, facts.workforce)}
    if facts.part("attainment").exponent:
        known["attainment"] = (said.attainment, facts.past)
    for each in facts.part("drivers"):
        if each.column not in (None, "workforce"):
            known[f"columns.{each.column}"] = (said.columns.get(each.column), facts.leaf.optional(each.column))
    kinds, made = facts.leaf.kinds or (None,) * len(facts.leaf), dict[str, dict[str, float]]()
    for name, (inexact, figures) in known.items():
        rows = zip(facts.leaf.units, kinds, figures, strict=True) if inexact else ()
        each = {
            unit: inexact.units.get(unit, inexact.kinds.get(kind, inexact.deviation)) for unit, kind, f in rows if f
        }
        made[name] = {unit: one for unit, one in each.items() if one}
    return {name: each for name, each in made.items() if each}


def uncertain(scene: Scene) -> list[str]:
    """What is drawn: growth that has more than one value, and what may be wrong."""
    facts, default = scene.facts, scene.facts.scenario.uncertainty.default
    fixed = default.dist == "values" and len({*default.values}) == 1
    grows = measured(scene) and any(facts.leaf.optional("growth_estimate")) and not fixed
    return ["growth"] * grows + [*off(scene)]


@ordered("sensitivity")
def drawn_over(scene: Scene) -> Iterator[str]:
    """What is uncertain; the risk of every unit; the figure that tips a quota is said, or that there is none."""
    records, facts = scene.found.records, scene.facts
    if records["uncertain"] != uncertain(scene):
        yield f"{records['uncertain']} is said to be uncertain, right {uncertain(scene)}"
    known = measured(scene) and records["uncertain"]
    for each, short in zip(records["units"], shortfalls(scene), strict=True):
        right = [float((short > 0).mean()), float(short.mean())] if known else [None, None]
        given = [each["shortfall_probability"], each["expected_shortfall"]]
        if not np.allclose(given, right, atol=1e-4) if known else given != right:
            yield f"{each['unit']}: short {given}, worked out {right}"
        if each["quota"] != facts.quotas[each["unit"]]:
            yield f"{each['unit']}: a quota of {each['quota']}"
    for name in {*COLUMNS} & {*records["uncertain"]} if not facts.tree else ():
        if not {f"sensitivity.tipping_{name}", f"sensitivity.tipping_{name}_none"} & {*scene.keys("line")}:
            yield f"what tips a quota of its {name} is not said"


@true_of("sensitivity.rests_growth", "sensitivity.rests_one", "sensitivity.rests_no_growth")
def rests(scene: Scene, said: Said) -> Figures | str:
    """How many of the people counted are estimated, and where most of them are."""
    facts = scene.facts
    rows = zip(facts.leaf.units, facts.available, facts.workforce, strict=True)
    grown = {unit: float(whole - now) for unit, whole, now in rows}
    units, whole, people = sum(each > 0 for each in grown.values()), float(sum(facts.available)), sum(grown.values())
    if not said.key.endswith({0: "rests_no_growth", 1: "rests_one"}.get(units, "rests_growth")):
        return f"{units} units grow"
    most, estimated = max(grown.values()), sum(each or 0 for each in facts.leaf.optional("growth_estimate"))
    unit = said.values["unit"] if grown[said.values["unit"]] > most - 1e-9 else "another"
    share = people / whole if whole else 0.0
    return {"available": whole, "people": people, "share": share, "most": most, "estimated": estimated, "unit": unit}


@true_of("sensitivity.may_be_off")
def may_be_off(scene: Scene, said: Said) -> bool | str:
    """What may be wrong, of how many units and people, and by how much."""
    facts, parts, every = scene.facts, list[dict[str, Any]](), off(scene)
    people = sum(facts.workforce[facts.at(unit)] for unit in every["workforce"]) if "workforce" in every else None
    for name, each in every.items():
        low, high = min(each.values()), max(each.values())
        spread = say(f"sensitivity.spread{'_range' * (low < high)}", low=low, high=high)
        key, column = ("column", name[8:]) if name.startswith("columns.") else (name, name)
        parts.append({"key": f"sensitivity.off_{key}", "name": (column,), "units": len(each), "spread": spread})
        parts[-1]["people"] = people
    given = [{"key": each.key, **each.values, "name": each.values["name"].keys} for each in said.values["parts"]]
    return given == parts or f"{parts}"


@true_of("sensitivity.tipping_growth", "sensitivity.tipping_workforce")
def tips(scene: Scene, said: Said) -> bool | str:
    """Each value typed in moves who it says, a person less leaves the unit's, and no larger figure tips its unit's."""
    facts, values = scene.facts, said.values
    column = COLUMNS[said.key.rpartition("_")[2]]
    unit, now = values["unit"], figures(scene, column)
    if values["now"] != now[unit] or not values["parts"]:
        return f"{now[unit]} is its figure"
    sides = scene.found.records["units"][facts.at(unit)][f"tipping_{said.key.rpartition('_')[2]}"]
    ends = [now[unit] + sign * change for sign, change in zip((-1, 1), sides.values(), strict=True) if change]
    if ends != [part.values["at"] for part in values["parts"]]:
        return f"the JSON has {sides}"
    if larger := [each for each in now if now[each] > now[unit] and may_tip(scene, column, each)]:
        return f"{larger} tip, too"
    for part in values["parts"]:
        at, told, sign = part.values["at"], part.values["moves"].values, -1 if part.key.endswith("down") else 1
        tables = (with_figure(facts.table, column, unit, each) for each in (at, at - sign))
        made, nearly = (decided(each, facts.scenario) or {} for each in tables)
        changes = moved(facts.quotas, made)
        takers, givers = ([each for each in facts.quotas if way * changes.get(each, 0) > 0] for way in (1, -1))
        right = {"members": sum(changes[each] for each in takers), "givers": givers, "takers": takers}
        if {**told} != right or unit not in changes:
            return f"{part.key} {at}: {changes}"
        if (at - now[unit]) * sign <= 0 or nearly.get(unit) != facts.quotas[unit]:
            return f"{part.key} {at - sign}: {nearly}"
    return True


@true_of("sensitivity.tipping_growth_none", "sensitivity.tipping_workforce_none")
def none_tips(scene: Scene, said: Said) -> bool | str:
    """No figure, however far off, moves its own unit's quota."""
    column = COLUMNS[said.key.split("_")[1]]
    tipping = [unit for unit in figures(scene, column) if may_tip(scene, column, unit)]
    return not tipping or f"{tipping} tip"


def figures(scene: Scene, column: str) -> dict[str, int]:
    """The figures that may be off: growth that there is, workforces that are said to be."""
    leaf, may_be = scene.facts.leaf, off(scene).get(column, {})
    rows = zip(leaf.units, leaf.optional(column), strict=True)
    return {unit: int(each) for unit, each in rows if each and (column != "workforce" or unit in may_be)}


def may_tip(scene: Scene, column: str, unit: str) -> bool:
    """Whether with nobody there, or with a great many more, its quota is another."""
    facts, now = scene.facts, figures(scene, column)[unit]
    ends = (decided(with_figure(facts.table, column, unit, each), facts.scenario) for each in (0, 50 * now + 10_000))
    return any(made is not None and made[unit] != facts.quotas[unit] for made in ends)


@true_of("sensitivity.never_short", "sensitivity.short", "sensitivity.short_most")
def risk(scene: Scene, said: Said) -> Figures | bool | str:
    """In how many draws somebody is short, by how many then, and whether one unit is most of that."""
    short, values = shortfalls(scene), said.values
    fixed, missed = {"draws": DRAWS, "reachable": scene.facts.scenario.risk.reachable}, (short.sum(axis=0) > 0).mean()
    if said.key == "sensitivity.never_short":
        return fixed if not missed else f"short in {missed}"
    if (odds := nearest(values["chance"], float(missed))) is not True:
        return odds
    units = short.sum(axis=1)
    worst = {unit for unit, each in zip(scene.facts.leaf.units, units, strict=True) if each > units.max() - 1e-6}
    if said.key.endswith("most") != (2 * units.max() > units.sum()):
        return f"{units}"
    members = nearly(values["members"], units.sum() / DRAWS / missed)
    return {**values, **fixed, "members": members, "unit": values["unit"] if values["unit"] in worst else worst}


def nearly(said: float, right: float) -> float:
    """What is said where that is the figure as far as it is told, else the figure."""
    return said if abs(said - right) <= (0.5001 if right >= 9.95 else 0.1001) else right


@true_of("sensitivity.surely_short")
def surely(scene: Scene, said: Said) -> Figures:
    """Who is short, and by how many, where all is certain."""
    short = shortfalls(scene)[:, 0]
    units = [unit for unit, each in zip(scene.facts.leaf.units, short, strict=True) if each > 0]
    members = nearly(said.values["members"], float(short.sum()))
    return {"members": members, "units": units, "reachable": scene.facts.scenario.risk.reachable}


@true_of("sensitivity.nothing", "sensitivity.bands", "sensitivity.tipping", "sensitivity.unmeasured")
def stands(scene: Scene, said: Said) -> bool:
    """Whether anything is uncertain, whether what tips is shown, and whether there are workforces."""
    names = uncertain(scene)
    right = {"nothing": not names, "bands": names, "tipping": {*COLUMNS} & {*names}, "unmeasured": not measured(scene)}
    return bool(right[said.key.partition(".")[2]])


@true_of("sensitivity.risk", "sensitivity.title")
def how(scene: Scene, _: Said) -> Figures:
    """How much is drawn, and what can be reached."""
    return {"reachable": scene.facts.scenario.risk.reachable, "draws": DRAWS, "seed": SEED}


@true_of("sensitivity.infeasible")
def infeasible(scene: Scene, _: Said) -> Figures:
    """As the JSON has it."""
    return {"infeasible": scene.found.records["infeasible"] or -1, "draws": DRAWS}


@true_of("sensitivity.past_idle", "sensitivity.tree_levels")
def idle(scene: Scene, said: Said) -> bool:
    """The past may be off and does not count; the levels above are decided by themselves."""
    if said.key == "sensitivity.tree_levels":
        return bool(scene.facts.made.above)
    scenario = scene.facts.scenario
    return scenario.uncertainty.attainment is not None and not scene.facts.part("attainment").exponent
