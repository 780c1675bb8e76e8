"""Why each quota is what it is: sentences, steps that add up, the one-lot test, what every rule moves, the room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from allocator.finding import Column, Drawing, Finding, Listing, Section, Text, say
from allocator.finding.columns import columns, listed, titled
from allocator.questions import Argument, Case, question
from allocator.questions.run import heading, marginal

if TYPE_CHECKING:
    from allocator.why.explanation import Explanation

UNIT = Argument("unit", "unit")


@question(UNIT, place=2)
def ask_explain(case: Case, unit: str | None = None) -> Finding:
    """Everything that defends the quotas, or that of one unit; InputError for a unit that is not there."""
    from allocator.why.appeal import find_unit
    from allocator.why.explanation import explain as explained

    made = explained(case.allocation)
    records = _records(made)
    if unit is not None:
        records["units"] = [records["units"][find_unit(case.allocation.table.units, unit)]]
    units, title = records["units"], say("report.sentences")
    sentences = listed("sentences", title, columns("unit", "sentence"), units)
    rules, texts = _rules(made, records["rules"])
    listings = (_steps(records), _one_lot(made, units), *rules)
    steps = Section("steps", say("report.steps"), texts, listings, _waterfall(units))
    sections = Section("sentences", title, (), (sentences,)), steps
    return Finding(records, sections, title=heading(case.allocation), sealed=True)


def _records(made: Explanation) -> dict[str, Any]:
    """The result as `run` gives it, with the explanation added; no digest yet: it covers the words, too."""
    from allocator.proof.result import result

    document, test = result(made.allocation), made.one_lot
    names = made.allocation.table.units
    del document["digest"]
    for i, (unit, (last, following)) in enumerate(zip(document["units"], test.units, strict=True)):
        unit["sentence"] = made.sentences[i]
        unit["steps"] = _step_records(made.steps[i])
        unit["one_lot"] = {"last": last, "next": following, "position": unit["position"]}
        unit["room"] = {"least": made.room.least[i], "most": made.room.most[i]}
    return {
        **document,
        "steps": _step_records([sum(column) for column in zip(*made.steps, strict=True)]),
        "rules": [rule.to_json(names) for rule in made.rules],
        "one_lot": {"pairs": test.pairs, "holds": test.holds, "closest": test.closest},
        "gaming": {
            "measured": made.gaming.most is None,
            **made.gaming.sides,
            "units": [vars(each) for each in made.gaming.units],
        },
        "room": {"tolerance": made.room.tolerance},
    }


def _step_records(tenths: Sequence[int]) -> list[dict[str, Any]]:
    from allocator.why.explanation import STEPS

    return [{"name": name, "members": each / 10} for name, each in zip(STEPS, tenths, strict=True)]


def _steps(records: Mapping[str, Any]) -> Listing:
    first, *following = (step["name"] for step in records["steps"])
    kinds = Column(first, "number", 1), *(Column(name, "signed", 1) for name in following)
    heads = (*columns("unit"), *titled("step", *kinds), *columns("quota"))
    rows = [
        {**{step["name"]: step["members"] for step in each["steps"]}, "unit": each["unit"], "quota": each["quota"]}
        for each in records["units"]
    ]
    whole = {step["name"]: step["members"] for step in records["steps"]} | {"quota": records["target"]}
    return listed("steps", say("explain.steps"), heads, rows, whole)


def _waterfall(units: Sequence[Mapping[str, Any]]) -> tuple[Drawing, ...]:
    """The steps of the one unit shown, as a chart."""
    if len(units) != 1:
        return ()
    rows = [{"label": say(f"step.{step['name']}"), "members": step["members"]} for step in units[0]["steps"]]
    return (Drawing("waterfall", rows, {"unit": units[0]["unit"]}),)


def _one_lot(made: Explanation, units: Sequence[Mapping[str, Any]]) -> Listing:
    from allocator.why.optima import MOST_UNITS

    test, room = made.one_lot, made.room
    efforts = titled("explain", Column("last", "number", 4), Column("next", "number", 4))
    least, most = titled("explain", Column("least"), Column("most"))
    heads = (*columns("unit"), *efforts, least, *columns("quota"), most, *columns("position"))
    rows = ({**each, **each["one_lot"], **each["room"], "position": say(f"position.{each['position']}")}
            for each in units)  # fmt: skip
    texts = marginal(made.allocation)
    texts.append(say("explain.holds" if test.pairs else "explain.no_moves", pairs=test.pairs))
    if (move := test.closest) is not None:
        key = "explain.closest" if move["added"] else "explain.tied_move"
        texts.append(say(key, added=move["added"], giver=move["from"], taker=move["to"]))
    measured = "explain.room" if None not in room.least else "explain.room_not_measured"
    texts.append(say(measured, tolerance=room.tolerance, most=MOST_UNITS))
    return listed("one_lot", say("explain.one_lot"), heads, rows, notes=tuple(texts))


def _rules(made: Explanation, records: Sequence[Mapping[str, Any]]) -> tuple[list[Listing], tuple[Text, ...]]:
    """The rules that hold, and in sentences what each of them and a past result reported otherwise would move."""
    named = [
        {**each, "rule": say(f"rulename.{rule.kind}", name=rule.name)}
        for rule, each in zip(made.rules, records, strict=True)
    ]
    holding = [rule for rule in named if rule["status"] != "slack"]
    slack = [rule["rule"] for rule in named if rule["status"] == "slack"]
    texts: list[Text] = [_without(rule) for rule in holding] or [say("explain.no_rules")]
    if any(rule["status"] == "degenerate" for rule in holding):
        texts.append(say("explain.degenerate_note"))
    if slack:
        texts.append(say("explain.slack", rules=slack))
    texts += made.gaming.findings() or [say("gaming.none")]
    heads = titled("explain", Column("rule", "text"), Column("moved"), Column("price", "number", 4))
    rows = [
        {**rule, "price": say("explain.degenerate") if rule["status"] == "degenerate" else rule["price"]}
        for rule in holding
    ]
    return [listed("rules", say("explain.rules"), heads, rows)] if rows else [], tuple(texts)


def _without(rule: Mapping[str, Any]) -> Text:
    """What happens without a rule, as a sentence."""
    if rule["moved"] is None:
        return say("explain.needed", rule=rule["rule"])
    sides = {
        side: [say("explain.change", unit=each["unit"], members=sign * each["members"]) for each in rule[side]]
        for side, sign in (("gives", -1), ("takes", 1))
    }
    return say("explain.without" if any(sides.values()) else "explain.moves_nothing", rule=rule["rule"], **sides)
