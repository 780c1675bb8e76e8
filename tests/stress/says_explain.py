"""Truths of what `explain` says: every unit's sentences, what rules move, the one-lot test, the room."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import Any

from allocator.errors import Fault
from allocator.finding import say
from allocator.model.allocation import optimum
from allocator.model.feasibility import feasible
from allocator.why.explanation import ColumnName
from tests.problems import cost_order, keeps_bounds
from tests.stress.facts import Facts
from tests.stress.says_run import published_of
from tests.stress.sentences import Said, Scene, ordered, true_of
from tests.stress.theorems import _without

Figures = Mapping[str, Any]
STEPS = ("workforce", "growth", "drivers", "attainment", "bounds", "lots")


def unit_of(scene: Scene, said: Said) -> str:
    """The unit that a row is about; where it stands in no row the one that is asked about, or whose section it is."""
    at = int(said.section.removeprefix("unit_")) - 1 if said.section.startswith("unit_") else 0
    return scene.facts.leaf.units[at] if said.listing is None else str(said.listing.rows[said.row][0])


def record_of(scene: Scene, said: Said) -> Mapping[str, Any]:
    """What the JSON has of the unit that a row is about."""
    return next(each for each in scene.found.records["units"] if each["unit"] == unit_of(scene, said))


def steps_of(facts: Facts) -> list[list[float]]:
    """The levels of every unit in members, not rounded but the last."""
    target = facts.scenario.target
    weights = (facts.workforce, facts.available, facts.base,
               [b * Fraction(m) for b, m in zip(facts.base, facts.factor, strict=True)])  # fmt: skip
    made = [[float(target * each / sum(weight)) if sum(weight) else 0.0 for each in weight] for weight in weights]
    return [list(each) for each in zip(*made, facts.made.fair_share, facts.made.quotas, strict=True)]


@ordered("explain", "explain_unit", "explain_units", "explain_large")
def an_explanation(scene: Scene) -> Iterator[str]:
    """Steps add up and are near what they stand for; every unit has one sentence of each sort; rows are the JSON's."""
    records, facts = scene.found.records, scene.facts
    every, worked_out = scene.question == "explain", steps_of(facts)
    for each in records["units"]:
        parts = [round(10 * step["members"]) for step in each["steps"]]
        if [step["name"] for step in each["steps"]] != [*STEPS] or sum(parts) != 10 * each["quota"]:
            yield f"{each['unit']}: steps {parts} do not add up to {each['quota']}"
        levels = worked_out[facts.at(each["unit"])]
        sums = [sum(parts[: n + 1]) / 10 for n in range(6)]
        if any(abs(a - b) > 0.1001 for a, b in zip(sums, levels, strict=True)):
            yield f"{each['unit']}: levels {sums}, worked out {levels}"
    columns = [[step["members"] for step in each["steps"]] for each in records["units"]]
    totals = [step["members"] for step in records["steps"]]
    if every and any(abs(sum(one) - t) > 1e-6 for one, t in zip(zip(*columns, strict=True), totals, strict=True)):
        yield f"columns of the steps do not add up to {totals}"
    told = [(each["unit"], each["sentence"]) for each in records["units"]]
    listings = [each for each in scene.found.listings if each.key == "sentences"]
    if any([(row[0], row[1]) for row in listing.rows] != told for listing in listings):
        yield "the sentences shown are not those of the JSON"
    for unit, texts in told:
        sorts = [text.key.split(".")[1] for text in texts]
        if any(sorts.count(sort) != 1 for sort in ("asked", "claim", "held", "published")):
            yield f"{unit}: sentences {sorts}"


@true_of("sentence.asked.now", "sentence.asked.growth", "sentence.asked.nobody", "sentence.asked.unmeasured")
def asked(scene: Scene, said: Said) -> Figures | str:
    """What is asked, of whom."""
    unit, facts = unit_of(scene, said), scene.facts
    now, available = facts.workforce[facts.at(unit)], float(facts.available[facts.at(unit)])
    measured = "workforce" in facts.table.columns
    kind = "growth" if available > now else "now" if now else "nobody" if measured else "unmeasured"
    if said.key != f"sentence.asked.{kind}":
        return f"{now} now, {available} in all"
    shown = round(available) - now  # what is shown adds up
    return {"unit": unit, "quota": facts.quotas[unit], "now": now, "available": available, "growth": shown}


@true_of("sentence.drivers")
def drivers(scene: Scene, said: Said) -> Figures:
    """The blend."""
    facts = scene.facts
    columns = [ColumnName(each.column) if each.column else say("driver.equal") for each in facts.part("drivers")]
    return {"columns": columns, "base": float(facts.base[facts.at(unit_of(scene, said))])}


@true_of(*(f"sentence.claim.{each}" for each in ("ignored", "known", "above", "below", "missing")))
def claim(scene: Scene, said: Said) -> Figures | str:
    """The past, as it is counted, and the claim; the JSON has the same."""
    facts, at = scene.facts, scene.facts.at(unit_of(scene, said))
    past, counted, factor = facts.past[at], facts.counted[at], facts.factor[at]
    made = float(facts.base[at]) * factor
    if abs(made - record_of(scene, said)["claim"]) > 1e-6 * max(1, made):
        return f"the claim is {made}"
    tenths = None if past is None else round(1000 * past) - round(1000 * counted)  # as both are shown
    kind = "missing" if tenths is None else "above" if tenths > 0 else "below" if tenths else "known"
    if not facts.part("attainment").exponent:
        return {"claim": record_of(scene, said)["claim"]} if said.key.endswith("ignored") else "the past does not count"
    if not said.key.endswith(kind):
        return f"{past} is counted as {counted}"
    return {"past": None if past is None else float(past), "counted": float(counted), "factor": factor,
            "claim": record_of(scene, said)["claim"]}  # fmt: skip


HELD = {
    "BY_CLAIM": "BY_CLAIM", "BY_REST": "BY_CLAIM", "NO_CLAIM": "BY_CLAIM", "AT_FLOOR": "AT_FLOOR", "AT_CAP": "AT_CAP",
    "LOCKED": "LOCKED", "AT_GROUP": "AT_GROUP", "AT_GROUP_less": "AT_GROUP", "AT_GROUP_more": "AT_GROUP",
}  # fmt: skip


SIDES = {
    "AT_FLOOR": (
        "rule_least",
        "own_min",
        "pace_down",
        "min_quota",
        "lock",
        "below_min",
        "below_min_claim",
        "group_min",
    ),
    "AT_CAP": ("rule_most", "own_max", "pace_up", "max_share", "lock", "below_max", "below_max_claim", "group_max"),
    "LOCKED": ("lock",),
}
"""What rules may be called that hold a unit so."""


def _known(facts: Facts, rule: Fault, kinds: tuple[str, ...]) -> bool:
    """Whether the scenario has a rule that is called so; of what those below a node must take, all such rules."""
    kind = rule.key.removeprefix("rule.")
    if kind.startswith("below_"):
        every = [side for sides in SIDES.values() for side in sides]
        inner = rule.values["name"] in facts.table.parents
        return (
            kind in kinds and inner and all(_known(facts, each, tuple(every)) for each in rule.values.get("rules", ()))
        )
    root = kind if kind in ("lock", "min_quota", "max_share") else kind.partition("_")[0]
    alike = [each for each in facts.rules.values() if each.key.removeprefix("rulename.").startswith(root)]
    named = root in ("pace", "min_quota", "max_share") or any(
        each.values["name"] == rule.values["name"] for each in alike
    )
    return kind in kinds and bool(alike) and named


@true_of(*(f"sentence.held.{each}" for each in ("AT_FLOOR", "AT_CAP", "LOCKED")))
def held_alone(scene: Scene, said: Said) -> bool | str:
    """What holds it up or down is a rule of this size, and without all on that side it is asked for less, or more."""
    record, made, at = record_of(scene, said), scene.facts.made, scene.facts.at(unit_of(scene, said))
    rule, kind = said.values["rule"], said.key.rpartition(".")[2]
    if record["position"] != kind:
        return f"the JSON has {record['position']}"
    titles = [*scene.facts.rules.values()]
    banded = any(unit_of(scene, said) == note.get("unit") for note in scene.found.records["notes"])
    if rule in titles:
        return kind == "LOCKED" or banded
    if not _known(scene.facts, rule, SIDES[kind]):
        return f"{rule} is no rule of the scenario"
    if rule.values["members"] != record["quota"]:
        return f"the rule says {rule.values['members']}, the quota is {record['quota']}"
    if kind == "AT_FLOOR":
        return not made.problem.claims[at] or _without(made, at, True) < made.lots[at] or "no less without minima"
    return kind == "LOCKED" or _without(made, at, False) > made.lots[at] or "no more without maxima"


@true_of("sentence.held.BY_CLAIM", "sentence.held.BY_REST", "sentence.held.NO_CLAIM")
def held_by_claim(scene: Scene, said: Said) -> bool | str:
    """Without any rule nothing changes; or some do hold; or there is no claim, and no more than the floor."""
    record, facts = record_of(scene, said), scene.facts
    if record["position"] != "BY_CLAIM":
        return f"the JSON has {record['position']}"
    if said.key.endswith("NO_CLAIM"):
        return record["claim"] == 0 and record["quota"] == record["floor"]
    free = facts.changes(*facts.rules)
    if said.key.endswith("BY_CLAIM"):
        return not free or f"without any rule {free} changes"
    made, at = facts.made, facts.at(unit_of(scene, said))
    same = {_without(made, at, side) for side in (True, False)} == {made.lots[at]}
    return same and any(each["status"] == "binding" for each in scene.found.records["rules"])


@true_of(*(f"sentence.held.{each}" for each in ("AT_GROUP", "AT_GROUP_less", "AT_GROUP_more")))
def held_together(scene: Scene, said: Said) -> bool | str:
    """What it would be asked for without all limits on sums, and without its own, too."""
    record, made, at = record_of(scene, said), scene.facts.made, scene.facts.at(unit_of(scene, said))
    if record["position"] != "AT_GROUP":
        return f"the JSON has {record['position']}"
    rules = [*scene.facts.rules.values()]
    if said.values["count"] != len(said.values["rules"]) or not all(each in rules for each in said.values["rules"]):
        return "the rules named are no rules of the scenario"
    free = _without(made, at, grouped=False)
    if said.key.endswith("AT_GROUP"):
        return said.values["quota"] == free * made.problem.lot != record["quota"] or f"{free} lots without"
    bare = _without(made, at, True, False, grouped=False)
    return free == made.lots[at] and (bare < free if said.key.endswith("less") else bare > free)


@true_of("sentence.decided.both", "sentence.decided.by", "sentence.decided.reason")
def decided_by(scene: Scene, said: Said) -> bool:
    """Somebody decided a rule that binds, and why."""
    by, reason = said.values["by"], said.values["reason"]
    kind = "both" if by and reason else "by" if by else "reason"
    every = [each for title in scene.facts.rules.values() for each in scene.facts.decision(title)]
    return (by, reason) in every and said.key.endswith(kind)


@true_of("sentence.tie.given", "sentence.tie.waiting")
def tie(scene: Scene, said: Said) -> bool:
    """It is in a tie of the lowest level, which the checker has derived again, against these."""
    unit, side = unit_of(scene, said), said.key.rpartition(".")[2]
    other = "waiting" if side == "given" else "given"
    rivals = [[name for name in each[other] if name != unit][:5]
              for each in scene.found.records["ties"] if unit in each[side]]  # fmt: skip
    return said.values["rivals"] in rivals


@true_of("sentence.effort.above", "sentence.effort.below", "sentence.effort.equal")
def effort(scene: Scene, said: Said) -> Figures | str:
    """Its effort beside that of all, as both are shown."""
    facts = scene.facts
    quota, available = facts.quotas[unit_of(scene, said)], facts.available[facts.at(unit_of(scene, said))]
    own, whole = quota / available, facts.scenario.target / sum(facts.available)
    shown = [round(1000 * float(each)) for each in (own, whole)]
    side = "above" if shown[0] > shown[1] else "below" if shown[0] < shown[1] else "equal"
    return {"effort": float(own), "province": float(whole)} if said.key.endswith(side) else f"{shown}"


@true_of("sentence.published.unknown", "sentence.published.same")
def published(scene: Scene, said: Said) -> Figures | bool:
    """Nothing was published of it, or as much."""
    record = record_of(scene, said)
    if said.key.endswith("unknown"):
        return record["published"] is None
    return {"published": record["quota"]} if record["difference"] == 0 else False


@true_of(
    *(f"sentence.published.{side}.{part}" for side in ("more", "less") for part in (*STEPS, "workforce_share", "total"))
)
def weightiest(scene: Scene, said: Said) -> Figures | str:
    """The part that weighs most in the difference, of those that add up to it."""
    facts, record = scene.facts, record_of(scene, said)
    _, side, part = said.key.rsplit(".", 2)
    gap, given = record["difference"], record["published"]
    both = [(facts.quotas[unit], each) for unit, each in published_of(facts).items() if each is not None]
    ours, theirs = sum(q for q, _ in both), float(sum(Fraction(str(p)) for _, p in both))
    scaled = ours != theirs and ours > 0 and theirs > 0
    level = given * ours / theirs if scaled else given
    steps = [each["members"] for each in record["steps"]]
    bare = 0 if "workforce" in facts.table.columns else STEPS.index("drivers")
    first = "workforce_share" if scaled and not bare else STEPS[bare]
    names, values = ("total", first, *STEPS[bare + 1 :]), (level - given, steps[bare] - level, *steps[bare + 1 :])
    parts = dict(zip(names, values, strict=True))
    if (side == "more") != (gap > 0) or part not in parts:
        return f"a difference of {gap}, scaled {scaled}"
    if abs(sum(parts.values()) - gap) > 1e-6:
        return f"{parts} do not add up to {gap}"
    largest = max(parts.values(), key=lambda each: each if gap > 0 else -each)
    if abs(parts[part] - largest) > 1e-9:
        return f"{part} is not the largest of {parts}"
    return {"published": given, "gap": abs(gap), "members": abs(parts[part]), "share": steps[0], "level": level,
            "ours": ours, "theirs": theirs}  # fmt: skip


def keys_called(scene: Scene, title: Fault) -> list[tuple[str, ...]]:
    """Keys of the rules that may be meant by a title."""
    if title.key == "rulename.attainment":
        return [("attainment",)]
    if title.key == "rulename.together":
        named = [*title.values["rules"]]
        return [tuple(key for key, each in scene.facts.rules.items() if each in named)]
    return [(key,) for key, each in scene.facts.rules.items() if each == title]


def expected(changes: Mapping[str, int], units: list[str], sign: int) -> list[Fault]:
    """Who is asked for more, or less, in the table's order."""
    return [
        say("explain.change", unit=unit, members=changes[unit]) for unit in units if sign * changes.get(unit, 0) > 0
    ]


@true_of("explain.without", "explain.moves_nothing", "explain.needed")
def without(scene: Scene, said: Said) -> bool | str:
    """Decided again without the rule, or without all of several."""
    tried = []
    for keys in keys_called(scene, said.values["rule"]):
        changes = scene.facts.changes(*keys)
        tried.append((keys, changes))
        if changes is None:
            right = said.key == "explain.needed"
        elif not changes:
            right = said.key == "explain.moves_nothing"
        else:
            sides = [expected(changes, [*scene.facts.leaf.units], sign) for sign in (-1, 1)]
            right = said.key == "explain.without" and sides == [[*said.values[key]] for key in ("gives", "takes")]
        if right:
            return True
    return f"decided again: {tried}"


@true_of("explain.no_rules")
def no_rules(scene: Scene, _: Said) -> bool | str:
    """Without any rule, and without the weight of the past, nothing changes."""
    changes = scene.facts.changes(*scene.facts.rules)
    return not changes or f"without any rule {changes}"


@true_of("explain.slack", "explain.noted")
def idle(scene: Scene, said: Said) -> bool | str:
    """Each of them left out alone changes nothing, and where minima do not give way alike all together, too."""
    keys = [keys_called(scene, each) for each in said.values["rules"]]
    status = said.key.partition(".")[2]
    every = {each["rule"] for each in scene.found.records["rules"] if each["status"] == status}
    if {key for some in keys for (key,) in some} < every or not all(keys) or len(keys) != len(every):
        return f"the JSON has {every}"
    changes = scene.facts.changes(*every)
    return not changes or any(each.short for each in scene.facts.scenario.rules) or f"without them {changes}"


@true_of("explain.degenerate_note")
def degenerate(scene: Scene, _: Said) -> bool:
    """Some rule binds and has no price."""
    return any(each["status"] == "binding" and each["price"] is None for each in scene.found.records["rules"])


def moves(facts: Facts) -> Iterator[tuple[Any, str, str]]:
    """Every lot that the rules let one unit give another, at any level, with what it adds to the claim effort."""
    for each in (*facts.made.above, facts.made):
        problem, units = each.problem, range(len(each.lots))
        for giver, taker in product(units, units):
            if giver == taker or not each.lots[giver]:
                continue
            lots = tuple(n - (u == giver) + (u == taker) for u, n in enumerate(each.lots))
            if keeps_bounds(problem, lots):
                last, following = each.lots[giver], each.lots[taker] + 1
                dearer = problem.risk is not None or cost_order(problem, taker, following) > cost_order(
                    problem, giver, last
                )
                added = problem.cost(taker, following) - problem.cost(giver, last)
                yield (added, dearer), each.table.units[giver], each.table.units[taker]


@true_of("explain.holds", "explain.no_moves", "explain.closest", "explain.closest_little", "explain.tied_move")
def one_lot(scene: Scene, said: Said) -> Figures | bool | str:
    """Every move of one lot, tried."""
    every = [*moves(scene.facts)]
    if said.key == "explain.no_moves":
        return {"pairs": len(every)} if not every else f"{every}"
    if said.key == "explain.holds":
        return {"pairs": len(every)} if every and all(dearer for (_, dearer), *_ in every) else f"{every}"
    least = min(added for (added, _), *_ in every)
    right = [(giver, taker) for (added, _), giver, taker in every if added <= least + 1e-12]
    if (said.values["giver"], said.values["taker"]) not in right:
        return f"the closest are {right}"
    key = "tied_move" if not least else "closest_little" if least < 0.00005 else "closest"
    return {**said.values, "added": least} if said.key == f"explain.{key}" else key


@true_of("explain.room", "explain.room_not_measured")
def room(scene: Scene, said: Said) -> Figures | bool | str:
    """A unit held at either end stays within the tolerance, and one lot beyond does not; or there are many units."""
    if said.key == "explain.room_not_measured":
        known = any({*each["room"].values()} != {None} for each in scene.found.records["units"])
        return {"tolerance": 0.01, "most": 0} if scene.question == "explain_large" and not known else False
    assert said.listing is not None
    made, keys = scene.facts.made, [each.key for each in said.listing.columns]
    problem, tolerance = made.problem, said.values["tolerance"]
    now = _cost(problem, made.lots)
    for row in said.listing.rows[:2]:
        unit, ends = scene.facts.at(str(row[0])), [row[keys.index(each)] for each in ("least", "most")]
        for end, way in zip(ends, (-1, 1), strict=True):
            assert isinstance(end, int)
            near, far = _held_at(problem, unit, end), _held_at(problem, unit, end + way * problem.lot)
            if near is None or near > now * (1 + tolerance) + 1e-9:
                return f"{row[0]} at {end}: {near} instead of {now}"
            if far is not None and far < now * (1 + tolerance) - 1e-9:
                return f"{row[0]} at {end + way * problem.lot} is still within it: {far} instead of {now}"
    return bool(tolerance == 0.01)


def _cost(problem: Any, lots: tuple[int, ...]) -> float:
    return sum(problem.cost(unit, k) for unit, n in enumerate(lots) for k in range(int(problem.floor[unit]) + 1, n + 1))


def _held_at(problem: Any, unit: int, members: int) -> float | None:
    """What all cost with a unit held at a quota; None where it cannot be."""
    lots = members // problem.lot
    if not problem.floor[unit] <= lots <= problem.top[unit]:
        return None
    floor, cap = problem.floor.copy(), problem.top.copy()
    floor[unit] = cap[unit] = lots
    trial = replace(problem, floor=floor, cap=cap)
    if not feasible(trial):
        return None
    return _cost(problem, optimum(trial, "waterfill"))
