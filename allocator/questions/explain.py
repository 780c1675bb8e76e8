"""Why each quota is what it is: sentences, steps that add up, the one-lot test, what every rule moves, the room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from allocator.finding import Column, Drawing, Finding, Listing, Row, Section, Text, say
from allocator.finding.columns import columns, titled
from allocator.questions import Argument, Case, question
from allocator.questions.run import heading, marginal

if TYPE_CHECKING:
    from allocator.why.explanation import Explanation
    from allocator.why.prices import RulePrice

UNIT = Argument("unit", "unit")


@question(UNIT, place=2)
def ask_explain(case: Case, unit: str | None = None) -> Finding:
    """Everything that defends the quotas, or that of one unit; InputError for a unit that is not there."""
    from allocator.why.explanation import explain as explained

    made = explained(case.allocation)
    shown = range(len(case.allocation.table)) if unit is None else (find_unit(case.allocation.table.units, unit),)
    records = _records(made)
    records["units"] = [records["units"][index] for index in shown]
    rules, texts = _rules(made)
    listings = (_steps(made, shown), _one_lot(made, shown), *rules)
    steps = Section("steps", say("report.steps"), texts, listings, _waterfall(made, shown))
    return Finding(records, (_sentences(made, shown), steps), title=heading(case.allocation), sealed=True)


def _records(made: Explanation) -> dict[str, Any]:
    """The result as `run` gives it, with the explanation added; no digest yet: it covers the words, too."""
    from allocator.proof.result import result

    document = result(made.allocation)
    names = made.allocation.table.units
    del document["digest"]
    document["units"] = [{**each, **_unit_records(made, i)} for i, each in enumerate(document["units"])]
    return {
        **document,
        "steps": _step_records(made.steps.total),
        "rules": [rule.to_json(names) for rule in made.rules],
        "one_lot": made.one_lot.to_json(),
        "gaming": made.gaming.to_json(names),
        "room": {"tolerance": made.room.tolerance},
    }


def _unit_records(made: Explanation, index: int) -> dict[str, Any]:
    return {
        "sentence": made.sentences[index],
        "steps": _step_records(made.steps.units[index]),
        "one_lot": made.one_lot.unit_json(index),
        "room": made.room.unit_json(index),
    }


def _step_records(tenths: Sequence[int]) -> list[dict[str, Any]]:
    from allocator.why.steps import STEPS

    return [{"name": name, "members": each / 10} for name, each in zip(STEPS, tenths, strict=True)]


def find_unit(units: Sequence[str], name: str) -> int:
    """Position of the unit called `name`; InputError with the names that come close."""
    from difflib import get_close_matches

    from allocator.data.table import fold
    from allocator.errors import InputError, fault

    if fold(name) in units:
        return units.index(fold(name))
    near = get_close_matches(fold(name), units, n=3, cutoff=0.5) or sorted(units)[:20]
    raise InputError(fault("scenario.unknown_unit", "--unit", name=name, near=near))


def _sentences(made: Explanation, shown: Sequence[int]) -> Section:
    rows: tuple[Row, ...] = tuple((made.allocation.table.units[i], made.sentences[i]) for i in shown)
    listing = Listing("sentences", say("report.sentences"), columns("unit", "sentence"), rows)
    return Section("sentences", say("report.sentences"), (), (listing,))


def _steps(made: Explanation, shown: Sequence[int]) -> Listing:
    from allocator.why.steps import STEPS

    first, *following = STEPS
    kinds = (Column(first, "number", 1), *(Column(name, "signed", 1) for name in following))
    rows: tuple[Row, ...] = tuple(
        (made.allocation.table.units[i], *(each / 10 for each in made.steps.units[i]), made.allocation.quotas[i])
        for i in shown
    )
    total: Row = (say("run.total"), *(each / 10 for each in made.steps.total), sum(made.allocation.quotas))
    heads = (*columns("unit"), *titled("step", *kinds), *columns("quota"))
    return Listing("steps", say("explain.steps"), heads, rows, total)


def _waterfall(made: Explanation, shown: Sequence[int]) -> tuple[Drawing, ...]:
    """The steps of the one unit shown, as a chart."""
    from allocator.why.steps import STEPS

    if len(shown) != 1:
        return ()
    tenths = zip(STEPS, made.steps.units[shown[0]], strict=True)
    rows = [{"label": say(f"step.{name}"), "members": each / 10} for name, each in tenths]
    return (Drawing("waterfall", rows, {"unit": made.allocation.table.units[shown[0]]}),)


def _one_lot(made: Explanation, shown: Sequence[int]) -> Listing:
    from allocator.why.room import MOST_UNITS

    test, room, units = made.one_lot, made.room, made.allocation.table.units
    efforts = titled("explain", Column("last", "number", 4), Column("next", "number", 4))
    ends = titled("explain", Column("least"), Column("most"))
    heads = (*columns("unit"), *efforts, ends[0], *columns("quota"), ends[1], *columns("position"))
    rows: tuple[Row, ...] = tuple(
        (units[i], test.units[i].last, test.units[i].next, room.least[i], made.allocation.quotas[i], room.most[i],
         say(f"position.{test.units[i].position}"))
        for i in shown
    )  # fmt: skip
    texts = marginal(made.allocation)
    texts.append(say("explain.holds" if test.pairs else "explain.no_moves", pairs=test.pairs))
    if test.closest is not None:
        added, giver, taker = test.closest
        texts.append(say("explain.closest" if added else "explain.tied_move", added=added, giver=giver, taker=taker))
    measured = "explain.room" if None not in room.least else "explain.room_not_measured"
    texts.append(say(measured, tolerance=room.tolerance, most=MOST_UNITS))
    return Listing("one_lot", say("explain.one_lot"), heads, rows, notes=tuple(texts))


def _rules(made: Explanation) -> tuple[list[Listing], tuple[Text, ...]]:
    """The rules that hold, and in sentences what each of them and a past result reported otherwise would move."""
    units = made.allocation.table.units
    holding = [rule for rule in made.rules if rule.status != "slack"]
    slack = [rule_name(rule) for rule in made.rules if rule.status == "slack"]
    heads = titled("explain", Column("rule", "text"), Column("moved"), Column("price", "number", 4))
    rows: tuple[Row, ...] = tuple((rule_name(rule), rule.moved, _price(rule)) for rule in holding)
    texts: list[Text] = [without(rule, units) for rule in holding] or [say("explain.no_rules")]
    texts += [say("explain.degenerate_note")] * any(rule.status == "degenerate" for rule in holding)
    texts += [say("explain.slack", rules=slack)] * bool(slack)
    texts += made.gaming.findings(units) or [say("gaming.none")]
    return [Listing("rules", say("explain.rules"), heads, rows)] if rows else [], tuple(texts)


def rule_name(rule: RulePrice) -> Text:
    """A rule as words."""
    return say(f"rulename.{rule.kind}", name=rule.name)


def _price(rule: RulePrice) -> Any:
    return say("explain.degenerate") if rule.status == "degenerate" else rule.price


def without(rule: RulePrice, units: Sequence[str]) -> Text:
    """What happens without a rule, as a sentence."""
    if rule.change is None:
        return say("explain.needed", rule=rule_name(rule))
    changes = [(unit, each) for unit, each in zip(units, rule.change, strict=True) if each]
    sides = {
        name: [say("explain.change", unit=unit, members=each) for unit, each in changes if sign * each > 0]
        for name, sign in (("gives", -1), ("takes", 1))
    }
    return say("explain.without" if changes else "explain.moves_nothing", rule=rule_name(rule), **sides)
