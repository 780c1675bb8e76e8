"""Truths of the first lines: what is in force, who is given more or less, what is in doubt, one unit in short."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allocator.errors import Fault
from allocator.finding import say
from tests.stress.facts import Facts
from tests.stress.says_explain import keys_called, record_of, unit_of
from tests.stress.says_run import assumed, published_of
from tests.stress.sentences import Said, Scene, true_of

Figures = Mapping[str, Any]


@true_of("run.more", "run.less")
def given(scene: Scene, said: Said) -> Figures | bool:
    """The units that are given most more, or less, than was published, and how many are."""
    published, sign = published_of(scene.facts), 1 if said.key == "run.more" else -1
    gaps = {unit: quota - (published[unit] or 0) for unit, quota in scene.facts.quotas.items()
            if published[unit] is not None}  # fmt: skip
    some = sorted((each for each in gaps.values() if sign * each > 0), key=lambda each: -abs(each))
    named = [(each.values["unit"], each.values["change"]) for each in said.values["units"]]
    right = all(gaps.get(unit) == change for unit, change in named) and len(dict(named)) == len(named)
    return {**said.values, "count": len(some)} if right and [each for _, each in named] == some[:3] else False


@true_of("run.spread", "run.even")
def spread(scene: Scene, said: Said) -> Figures | bool:
    """The least and the most effort, of whom."""
    every = zip(scene.facts.quotas.items(), scene.facts.available, strict=True)
    efforts = {unit: float(quota / available) for (unit, quota), available in every if available}
    low, high = min(efforts.values()), max(efforts.values())
    if (said.key == "run.even") != (low == high):
        return False
    whose = efforts.get(said.values["least"]) == low and efforts.get(said.values["most"]) == high
    return {**said.values, "low": low, "high": high} if whose else False


@true_of("run.leans_on_growth")
def leaning(scene: Scene, said: Said) -> Figures | bool:
    """How many of the people counted are estimated growth, and where most of them are."""
    facts = scene.facts
    grown = {unit: float(whole - now) for unit, whole, now in
             zip(facts.leaf.units, facts.available, facts.workforce, strict=True)}  # fmt: skip
    whole, most = float(sum(facts.available)), max(grown.values())
    if abs(grown.get(said.values["unit"], -1.0) - most) > 1e-9:
        return False
    figures = {"available": whole, "growth": sum(grown.values()), "share": sum(grown.values()) / whole, "most": most}
    return {**said.values, **figures}


@true_of("run.ties")
def ties(scene: Scene, said: Said) -> Figures | bool:
    """How many ties there are, and the first of them."""
    every = scene.found.records["ties"]
    one = any(all(said.values[key] == each[key][:3] for key in ("given", "waiting")) for each in every)
    return {**said.values, "count": len(every)} if one else False


@true_of("run.evenness")
def evenness(scene: Scene, said: Said) -> Figures:
    """Highest over lowest effort on both sides, of the units that have a published figure."""
    published, made = published_of(scene.facts), {}
    every = [(unit, each) for unit, each in zip(scene.facts.leaf.units, scene.facts.available, strict=True)
             if each and published[unit] is not None]  # fmt: skip
    for side, quotas in (("proposed", scene.facts.quotas), ("published", published)):
        efforts = [float((quotas[unit] or 0) / each) for unit, each in every]
        made[side] = max(efforts) / min(efforts) if min(efforts) else None
    return made


@true_of("short.attainment_missing_many", "short.left_out_many")
def many(scene: Scene, said: Said) -> Figures | bool:
    """Units, how many, and what they are given together."""
    facts, units = scene.facts, [*said.values["units"]]
    absent = [unit for unit, each in zip(facts.leaf.units, facts.past, strict=True) if each is None]
    if said.key == "short.left_out_many":
        absent = [unit for unit, each in published_of(facts).items() if each is None]
    notes = [each["value"] for each in scene.found.records["notes"] if each["code"] == "note.attainment_missing"]
    if units != absent or said.values.get("value") not in (None, *notes):
        return False
    return {**said.values, "count": len(units), "members": sum(facts.quotas[unit] for unit in units)}


@true_of("explain.held", "explain.none_held")
def held(scene: Scene, said: Said) -> Figures | bool:
    """How many quotas a rule holds."""
    positions = scene.facts.made.positions
    count = sum(each != "BY_CLAIM" for each in positions)
    return {"count": count, "of": len(positions)} if (said.key == "explain.held") == bool(count) else False


@true_of("explain.heaviest")
def heaviest(scene: Scene, said: Said) -> bool:
    """No other rule moves more when it alone is left out, and this one moves so many."""

    def members(*keys: str) -> int:
        return sum(each for each in (scene.facts.changes(*keys) or {}).values() if each > 0)

    mine = [members(*keys) for keys in keys_called(scene, said.values["rule"])]
    records = scene.found.records
    named = [key for keys in keys_called(scene, said.values["rule"]) for key in keys]
    told = [
        each
        for each in (*records["rules"], records["attainment"])
        if each and set(each["rule"].split(" + ")) <= {*named}
    ]
    same = any(all(said.values[key] == each[key] for key in each if key not in ("rule", "note")) for each in told)
    return same and said.values["moved"] in mine and max(map(members, scene.facts.rules)) <= said.values["moved"]


@true_of(*(f"explain.by.{each}" for each in ("growth", "drivers", "attainment", "bounds", "lots")))
def by(scene: Scene, said: Said) -> Figures | bool:
    """The step of this name, which is the one that changes most after the present workforce's."""
    steps = {each["name"]: each["members"] for each in record_of(scene, said)["steps"][1:]}
    part = said.key.rpartition(".")[2]
    return {"members": steps[part]} if abs(steps[part]) == max(map(abs, steps.values())) else False


@true_of("explain.unit_steps", "explain.unit_step")
def steps(scene: Scene, said: Said) -> Figures:
    """All steps that are not 0."""
    first, *others = record_of(scene, said)["steps"]
    told: list[Fault] = [
        say(f"explain.by.{each['name']}", members=each["members"]) for each in others if each["members"]
    ]
    return {"first": first["members"], "steps": told, "quota": scene.facts.quotas[unit_of(scene, said)]}


@true_of("explain.unit_rule", "explain.unit_rule_price")
def unit_rule(scene: Scene, said: Said) -> bool | str:
    """What the unit would be asked for without a rule."""
    unit, tried = unit_of(scene, said), []
    for keys in keys_called(scene, said.values["rule"]):
        changes = scene.facts.changes(*keys)
        tried.append(changes)
        change = (changes or {}).get(unit, 0)
        price = [each["price"] for each in scene.found.records["rules"] if {*each["rule"].split(" + ")} == {*keys}]
        if said.key.endswith("price") and said.values["price"] not in price:
            continue
        if changes is not None and said.values["change"] == change:
            return bool(said.values["to"] == scene.facts.quotas[unit] + change)
    return f"decided again: {tried}"


@true_of("explain.units")
def units(scene: Scene, _: Said) -> Figures:
    """Those that are asked about, in the table's order; each has a section of its own."""
    told = [section.title for section in scene.found.sections if section.key.startswith("unit_")]
    right = scene.facts.leaf.units[:3]
    return {"units": [*right]} if told == [*right] == [each["unit"] for each in scene.found.records["units"]] else {}


@true_of("explain.unit_room", "explain.unit_no_room")
def unit_room(scene: Scene, said: Said) -> Figures | bool:
    """As the JSON has it, whose first units are held at both ends."""
    found = record_of(scene, said)["room"]
    return (
        {**found, "tolerance": 0.01}
        if (said.key == "explain.unit_room") == (found["least"] != found["most"])
        else False
    )


@true_of("force")
def in_force(scene: Scene, said: Said) -> bool | str:
    """What is assumed and decided, each with its figures; of several cases the first's."""
    facts = scene.beside if scene.question == "compare_three" else scene.facts
    scenario, title = facts.scenario, facts.scenario.title
    named = bool(title.vi or title.en)
    plain = say("run.title", target=scenario.target, lot=scenario.lot)
    if said.values["title"] != (title if named else plain):
        return f"the title is {title if named else plain}"
    right = forced(facts, named, scene.drawn.corrected if facts is scene.facts else 0)
    given = {each.key: [getattr(v, "value", v) for v in each.values.values()] for each in said.values["parts"]}
    drivers = given.pop("short.drivers", None)
    return (
        given == right and (drivers is not None) == ([d.column for d in scenario.drivers] != ["workforce"])
    ) or f"{right}"


def forced(facts: Facts, named: bool, corrected: int) -> dict[str, list[Any]]:
    """The parts and their figures; drivers apart."""
    scenario, bounds, past = facts.scenario, facts.scenario.bounds, facts.scenario.attainment
    many = {"rules": scenario.rules, "own": bounds.units, "locks": scenario.locks, "groups": scenario.groups,
            "levels": scenario.levels, "growth_units": scenario.growth.units}  # fmt: skip
    limits = {
        **({"force.min_quota": [bounds.min_quota]} if bounds.min_quota else {}),
        **({"force.max_share": [bounds.max_share]} if bounds.max_share not in (None, 1) else {}),
        **({"rulename.pace": []} if bounds.pace else {}),
        **{f"force.{key}": [len(each)] for key, each in many.items() if each},
    }
    counted = {f"force.past_{past.basis}": [past.floor, past.ceiling]} if past.exponent else {"force.no_past": []}
    return {
        **({"force.target": [scenario.target, scenario.lot]} if named else {}),
        **({"force.growth": [scenario.growth.realisation]} if assumed(facts)["growth"] else {}),
        **counted,
        **({"short.exponent": [past.exponent]} if past.exponent not in (0, 1) else {}),
        **(limits or {"short.no_limits": []}),
        **({"short.signpost": [scenario.signpost]} if scenario.signpost != "webster" else {}),
        **({"short.risk": [scenario.risk.weight]} if scenario.risk.weight else {}),
        **({"force.corrected": [corrected]} if corrected else {}),
    }
