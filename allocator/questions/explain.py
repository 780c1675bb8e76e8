"""Why each quota is what it is: sentences, steps that add up, the one-lot test, what every rule moves, the room."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from allocator.finding import Column, Drawing, Finding, Listing, Section, Text, say
from allocator.finding.columns import columns, listed, titled
from allocator.questions import Argument, Case, question
from allocator.questions.run import heading, marginal

if TYPE_CHECKING:
    from allocator.model.allocation import Allocation


@question(Argument("unit", "unit"), place=2)
def ask_explain(case: Case, unit: str | None = None) -> Finding:
    """Everything that defends the quotas, or that of one unit; InputError for a unit that is not there."""
    from allocator.why.gaming import gaming
    from allocator.why.prices import attainment_price, rule_prices

    made = case.allocation
    prices, weight, meter, names = rule_prices(made), attainment_price(made), gaming(made), made.table.units
    rules = [rule.to_json(names) for rule in prices]
    measured = {"measured": meter.most is None, **meter.sides, "units": [vars(each) for each in meter.units]}
    records = _records(made, rules, measured)
    records["attainment"] = weight and weight.to_json(names)
    if unit is not None:
        from allocator.why.appeal import find_unit

        records["units"] = [records["units"][find_unit(names, unit)]]
    title = say("report.sentences")
    sentences = listed("sentences", title, columns("unit", "sentence"), records["units"])
    every = [*prices, *([weight] if weight else [])]
    named = [{**each.to_json(names), "rule": each.title} for each in every]
    named.sort(key=lambda each: (each["moved"] is not None, -(each["moved"] or 0)))
    holding = [each for each in named if each["status"] in ("binding", "weight")]
    texts = (*_moved(named, holding), *(meter.findings() or (say("gaming.none"),)))
    tables = (_steps(records), _one_lot(made, records), *_holding(holding))
    steps = Section("steps", say("report.steps"), texts, tables, _waterfall(records["units"]))
    return Finding(records, (Section("sentences", title, (), (sentences,)), steps), title=heading(made), sealed=True)


def _records(made: Allocation, rules: list[dict[str, Any]], gaming: Mapping[str, Any]) -> dict[str, Any]:
    """The result as `run` gives it, with the explanation added; no digest yet: it covers the words, too."""
    from allocator.proof.result import result
    from allocator.why.explanation import one_lot, sentences, steps
    from allocator.why.room import room

    document, rows, test, around = result(made), steps(made), one_lot(made), room(made)
    del document["digest"]
    told = zip(document["units"], sentences(made, rows), rows, test.units, around.least, around.most, strict=True)
    for unit, sentence, row, (last, following), least, most in told:
        unit["sentence"], unit["steps"] = sentence, _step_records(row)
        unit["one_lot"] = {"last": last, "next": following, "position": unit["position"]}
        unit["room"] = {"least": least, "most": most}
    return {
        **document,
        "steps": _step_records([sum(column) for column in zip(*rows, strict=True)]),
        "rules": rules,
        "one_lot": {"pairs": test.pairs, "holds": test.holds, "closest": test.closest},
        "gaming": gaming,
        "room": {"tolerance": around.tolerance},
    }


def _step_records(tenths: Sequence[int]) -> list[dict[str, Any]]:
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
    alone = len(rows) == 1 and rows[0]["quota"] != whole["quota"]  # one unit of several adds up to no total
    return listed("steps", say("explain.steps"), heads, rows, None if alone else whole)


def _waterfall(units: Sequence[Mapping[str, Any]]) -> tuple[Drawing, ...]:
    """The steps of the one unit shown, as a chart."""
    if len(units) != 1:
        return ()
    rows = [{"label": say(f"step.{step['name']}"), "members": step["members"]} for step in units[0]["steps"]]
    return (Drawing("waterfall", rows, {"unit": units[0]["unit"]}),)


def _one_lot(made: Allocation, records: Mapping[str, Any]) -> Listing:
    from allocator.why.optima import MOST_UNITS

    efforts = titled("explain", Column("last", "number", 4), Column("next", "number", 4))
    least, most = titled("explain", Column("least"), Column("most"))
    heads = (*columns("unit"), *efforts, least, *columns("quota"), most, *columns("position"))
    rows = [
        {**each, **each["one_lot"], **each["room"], "position": say(f"position.{each['position']}")}
        for each in records["units"]
    ]
    texts, test = marginal(made), records["one_lot"]
    texts.append(say("explain.holds" if test["pairs"] else "explain.no_moves", pairs=test["pairs"]))
    if move := test["closest"]:
        key = "explain.closest" if move["added"] else "explain.tied_move"
        texts.append(say(key, added=move["added"], giver=move["from"], taker=move["to"]))
    key = "explain.room_not_measured" if any(each["least"] is None for each in rows) else "explain.room"
    texts.append(say(key, tolerance=records["room"]["tolerance"], most=MOST_UNITS))
    return listed("one_lot", say("explain.one_lot"), heads, rows, notes=tuple(texts))


def _holding(rules: Sequence[Mapping[str, Any]]) -> list[Listing]:
    """The rules that hold, one listing; nothing where there is none."""
    heads = titled("explain", Column("rule", "text"), Column("moved"), Column("price", "number", 4))
    rows = [{**each, "price": say("explain.degenerate") if _degenerate(each) else each["price"]} for each in rules]
    return [listed("rules", say("explain.rules"), heads, rows)] if rows else []


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
