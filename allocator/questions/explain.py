"""Why each quota is what it is: sentences, steps that add up, the one-lot test, what every rule moves, the room."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from allocator.finding import Column, Drawing, Finding, Listing, Section, Text, say
from allocator.finding.columns import columns, listed, summed, titled
from allocator.questions import Argument, Case, question
from allocator.questions.run import MOST_LEAVES, doubts, furthest, marginal

if TYPE_CHECKING:
    from allocator.model.allocation import Allocation
    from allocator.why.prices import RulePrice


@question(Argument("unit", "unit", many=True), place=2)
def ask_explain(case: Case, unit: str | Sequence[str] | None = None) -> Finding:
    """Everything that defends the quotas, or those of some units; InputError for a unit that is not there."""
    from allocator.data.unit_names import find_unit
    from allocator.why.gaming import gaming
    from allocator.why.prices import attainment_price, rule_prices

    made = case.allocation
    prices, weight, meter, names = rule_prices(made), attainment_price(made), gaming(made), made.table.units
    rules = [rule.to_json(names) for rule in prices]
    measured = {"measured": meter.most is None, **meter.sides, "units": [vars(each) for each in meter.units]}
    records = _records(made, rules, measured)
    records["attainment"] = weight and weight.to_json(names)
    every = [*prices, *([weight] if weight else [])]
    asked = [unit] if isinstance(unit, str) else unit or ()
    if chosen := sorted({find_unit(names, each) for each in asked}):
        records["units"] = [records["units"][at] for at in chosen]
    named = [{**each.to_json(names), "rule": each.title} for each in every]
    named.sort(key=lambda each: (each["moved"] is not None, -(each["moved"] or 0)))
    holding = [each for each in named if each["status"] in ("binding", "weight")]
    texts = (*_moved(named, holding), *(meter.findings() or (say("gaming.none"),)))
    sections = _sections(made, records, holding, texts, bool(chosen))
    if not chosen:
        lines = (_held(made, records, holding), doubts(made, records["ties"]))
        return Finding(records, sections, lines, ("explain", "--unit", furthest(made)), sealed=True)
    tolerance = records["room"]["tolerance"]
    told = [unit_lines(each, every, at, tolerance) for each, at in zip(records["units"], chosen, strict=True)]
    quota = _other_quota(made, chosen[0])
    following = ("appeal", "--unit", names[chosen[0]], "--quota", str(quota))
    if len(told) == 1:
        again = say("explain.again", quota=quota)
        return Finding(records, sections, told[0], following, again, general=False, sealed=True)
    apart = [Section(f"unit_{n}", names[at], each) for n, (at, each) in enumerate(zip(chosen, told, strict=True), 1)]
    title = say("explain.units", units=[names[at] for at in chosen])
    return Finding(records, (*apart, *sections), (title,), following, general=False, sealed=True)


def _sections(
    made: Allocation, records: Mapping[str, Any], holding: Sequence[Mapping[str, Any]], texts: tuple[Text, ...],
    some: bool,
) -> tuple[Section, ...]:  # fmt: skip
    """All tables; a terminal leaves out those that speak of every unit at length, all where `some` units are told."""
    why, title, steps = say("question.explain"), say("report.sentences"), say("report.steps")
    sentences = listed("sentences", title, columns("unit", "sentence"), records["units"], aside=True)
    tables = (_steps(records), _one_lot(made, records, texts if some else ()), *_holding(holding, some))
    overview = replace(_overview(made, records), aside=some)
    return (
        Section("why", why, (), (overview,)),
        *(() if some else (Section("sentences", title, (), (sentences,)),)),
        Section("steps", steps, () if some else texts, tables, _waterfall(records["units"])),
    )


def _held(made: Allocation, records: Mapping[str, Any], holding: Sequence[Mapping[str, Any]]) -> Text:
    """How many quotas a rule holds, which rule moves most, and that no lot can move for less."""
    held, test = sum(each != "BY_CLAIM" for each in made.positions), records["one_lot"]
    most = [say("explain.heaviest", **each) for each in holding if each["moved"]][:1]
    return (
        say("explain.held" if held else "explain.none_held", count=held, of=len(made.positions)),
        *most,
        say("explain.holds" if test["pairs"] else "explain.no_moves", pairs=test["pairs"]),
    )


def _overview(made: Allocation, records: Mapping[str, Any]) -> Listing:
    """One row a unit: what it claims, its fair share, its quota, and what mainly makes that what it is."""
    at = {unit: n for n, unit in enumerate(made.table.units)}
    rows = [{**each, "reason": _reason(made, at[each["unit"]], each)} for each in records["units"]]
    heads = (*columns("unit", "quota", "claim", "fair_share", "position"), *titled("explain", Column("reason", "text")))
    whole = summed(rows, "quota", "claim", "fair_share") if len(rows) == len(at) else None
    most = MOST_LEAVES if made.whole is not None else None
    return listed("why", say("question.explain"), heads, rows, whole, most=most)


def _reason(made: Allocation, unit: int, told: Mapping[str, Any]) -> Text:
    """The rule that holds a quota; where none does the step that changes most after the present workforce's."""
    if told["position"] in ("AT_FLOOR", "AT_CAP", "LOCKED"):
        rule = made.bounds.rule(unit, least=told["position"] != "AT_CAP")
        if rule is not None:
            return made.ground.rules.entries[rule.key].title
    step = max(told["steps"][1:], key=lambda each: abs(each["members"]))
    return _step(step)


def _step(step: Mapping[str, Any]) -> Text:
    return say(f"explain.by.{step['name']}", members=step["members"])


def unit_lines(told: Mapping[str, Any], rules: Sequence[RulePrice], at: int, tolerance: float) -> tuple[Text, ...]:
    """What there is to say of one unit: its sentences, the steps, the rule that touches it, what may be bargained."""
    from allocator.why.optima import MOST_UNITS

    first, *others = told["steps"]
    steps = [_step(each) for each in others if each["members"]]
    touching = [each for each in rules if each.account.status in ("binding", "weight")]
    touching = [each for each in touching if each.change is None or each.change[at]]
    touching.sort(key=lambda each: (each.account.status == "weight", -abs(each.change[at]) if each.change else 0))
    least, most = told["room"].values()
    room = say(f"explain.unit_{'room' if least != most else 'no_room'}", least=least, most=most, tolerance=tolerance)
    if least is None:
        room = say("explain.room_not_measured", most=MOST_UNITS)
    return (
        told["sentence"],
        say(f"explain.unit_{'steps' if steps else 'step'}", first=first["members"], steps=steps, quota=told["quota"]),
        (*(_touches(each, at, told["quota"]) for each in touching[:1]), room),
    )


def _touches(rule: RulePrice, at: int, quota: int) -> Text:
    """What a unit's quota would be without a rule, and what the rule costs."""
    if rule.change is None:
        return say("explain.needed", rule=rule.title)
    key = "explain.unit_rule" if rule.price is None else "explain.unit_rule_price"
    return say(key, rule=rule.title, change=rule.change[at], to=quota + rule.change[at], price=rule.price)


def _other_quota(made: Allocation, unit: int) -> int:
    """Another quota that the unit may ask for: the published one where it is whole lots, else a lot less, or more."""
    quota, published, lot = made.quotas[unit], made.published[unit], made.problem.lot
    if isinstance(published, int) and published != quota and published % lot == 0:
        return published
    return quota - lot if quota else lot


def _records(made: Allocation, rules: list[dict[str, Any]], gaming: Mapping[str, Any]) -> dict[str, Any]:
    """The result as `run` gives it, with the explanation added; no digest yet: it covers the words, too."""
    from allocator.proof.result import result
    from allocator.why.explanation import one_lot, sentences, steps
    from allocator.why.room import room

    document, rows, test, around = result(made), steps(made), one_lot(made), room(made)
    del document["digest"]
    told = zip(document["units"], sentences(made, rows), rows, test.units, around.least, around.most, strict=True)
    for unit, sentence, row, (last, following), least, most in told:
        unit["sentence"], unit["steps"] = sentence, step_records(row)
        unit["one_lot"] = {"last": last, "next": following, "position": unit["position"]}
        unit["room"] = {"least": least, "most": most}
    return {
        **document,
        "steps": step_records([sum(column) for column in zip(*rows, strict=True)]),
        "rules": rules,
        "one_lot": {"pairs": test.pairs, "holds": test.holds, "closest": test.closest},
        "gaming": gaming,
        "room": {"tolerance": around.tolerance},
    }


def step_records(tenths: Sequence[int]) -> list[dict[str, Any]]:
    """The steps of a unit by name, from tenths of a member."""
    from allocator.why.explanation import STEPS

    return [{"name": name, "members": each / 10} for name, each in zip(STEPS, tenths, strict=True)]


def _steps(records: Mapping[str, Any]) -> Listing:
    first, *following = (step["name"] for step in records["steps"])
    kinds = Column(first, "number", 1), *(Column(name, "signed", 1) for name in following)
    heads = (*columns("unit"), *titled("step", *kinds), *columns("quota"))
    whole, *rows = ({step["name"]: step["members"] for step in each["steps"]} for each in (records, *records["units"]))
    for row, each in zip(rows, records["units"], strict=True):
        row |= {"unit": each["unit"], "quota": each["quota"]}
    whole["quota"] = records["target"]
    some = any(round(sum(row[key] for row in rows) - whole[key], 6) for key in whole)  # some units add up to no total
    return listed("steps", say("explain.steps"), heads, rows, None if some else whole, aside=True)


def _waterfall(units: Sequence[Mapping[str, Any]]) -> tuple[Drawing, ...]:
    """The steps of the one unit shown, as a chart."""
    if len(units) != 1:
        return ()
    rows = [{"label": say(f"step.{step['name']}"), "members": step["members"]} for step in units[0]["steps"]]
    return (Drawing("waterfall", rows, {"unit": units[0]["unit"]}),)


def _one_lot(made: Allocation, records: Mapping[str, Any], more: Sequence[Text]) -> Listing:
    from allocator.why.optima import MOST_UNITS

    efforts = titled("explain", Column("last", "number", 4), Column("next", "number", 4))
    least, most = titled("explain", Column("least"), Column("most"))
    heads = (*columns("unit"), *efforts, least, *columns("quota"), most, *columns("position"))
    rows = [{**each, **each["one_lot"], **each["room"]} for each in records["units"]]
    texts, test = marginal(made), records["one_lot"]
    texts.append(say("explain.holds" if test["pairs"] else "explain.no_moves", pairs=test["pairs"]))
    if move := test["closest"]:
        little = "_little" * (round(move["added"], 4) == 0)  # as it would be shown
        key = f"explain.closest{little}" if move["added"] else "explain.tied_move"
        texts.append(say(key, added=move["added"], giver=move["from"], taker=move["to"]))
    key = "explain.room_not_measured" if any(each["least"] is None for each in rows) else "explain.room"
    texts.append(say(key, tolerance=records["room"]["tolerance"], most=MOST_UNITS))
    return listed("one_lot", say("explain.one_lot"), heads, rows, notes=(*texts, *more), aside=True)


def _holding(rules: Sequence[Mapping[str, Any]], aside: bool) -> list[Listing]:
    """The rules that hold, one listing; nothing where there is none."""
    heads = titled("explain", Column("rule", "text"), Column("moved"), Column("price", "number", 4))
    rows = [{**each, "price": say("explain.degenerate") if _degenerate(each) else each["price"]} for each in rules]
    return [listed("rules", say("explain.rules"), heads, rows, aside=aside)] if rows else []


def _moved(rules: Sequence[Mapping[str, Any]], holding: Sequence[Mapping[str, Any]]) -> Iterator[Text]:
    """What each rule that holds moves, a sentence each, and which rules do not hold."""
    if not holding:
        yield say("explain.no_rules")
    yield from map(_without, holding)
    if any(map(_degenerate, holding)):
        yield say("explain.degenerate_note")
    for status in ("slack", "noted"):
        if named := [each["rule"] for each in rules if each["status"] == status]:
            yield say(f"explain.{status}", rules=named)


def _degenerate(rule: Mapping[str, Any]) -> bool:
    """Whether a rule that holds has no one price."""
    return rule["status"] == "binding" and rule["price"] is None and "together" not in rule


def _without(rule: Mapping[str, Any]) -> Text:
    """What happens without a rule, as a sentence."""
    if rule["moved"] is None:
        return say("explain.needed", rule=rule["rule"])
    sides = {
        side: [say("explain.change", unit=each["unit"], members=sign * each["members"]) for each in rule[side]]
        for side, sign in (("gives", -1), ("takes", 1))
    }
    return say("explain.without" if any(sides.values()) else "explain.moves_nothing", rule=rule["rule"], **sides)
