"""`allocator explain`: the steps of each quota, what holds it, what every rule moves, and the room to negotiate."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from allocator.cli import HELP, Call, Given, command, scenario_options
from allocator.cli.terminal import console, print_lines, print_table
from allocator.data.table import fold
from allocator.errors import InputError, fault
from allocator.words import Words

if TYPE_CHECKING:
    from allocator.analysis.explanation import Explanation
    from allocator.analysis.prices import RulePrice


@command("explain")
@scenario_options
@click.option("--unit", metavar="NAME", help=HELP("cli.explain.unit"))
def explain_quotas(call: Call, given: Given, unit: str | None) -> None:
    """Allocate and print the explanation of every unit, or of one."""
    from allocator.analysis.explanation import explain

    allocation = given.allocate()
    units = allocation.table.units
    shown = range(len(units)) if unit is None else (find_unit(units, unit),)
    explanation = explain(allocation, call.words)
    document = explanation.to_json()
    document["units"] = [document["units"][index] for index in shown]
    call.show(document, lambda: print_explanation(call.words, explanation, shown))


def find_unit(units: Sequence[str], name: str) -> int:
    """Position of the unit called `name`; InputError with the names that come close."""
    if fold(name) in units:
        return units.index(fold(name))
    near = difflib.get_close_matches(fold(name), units, n=3, cutoff=0.5) or sorted(units)[:20]
    raise InputError(fault("scenario.unknown_unit", "--unit", name=name, near=near))


def print_explanation(words: Words, explanation: Explanation, shown: Sequence[int]) -> None:
    """Sentences, steps, the one-lot test with the room, rules and gaming, for the units shown."""
    for index in shown:
        console().print(f"{explanation.sentences[index]}\n")
    _print_steps(words, explanation, shown)
    _print_one_lot(words, explanation, shown)
    _print_rules(words, explanation)
    units = explanation.allocation.table.units
    for finding in explanation.gaming.findings(units) or [fault("gaming.none")]:
        console().print(finding.message(words))


def _print_steps(words: Words, explanation: Explanation, shown: Sequence[int]) -> None:
    from allocator.analysis.steps import STEPS

    allocation, steps = explanation.allocation, explanation.steps

    def row(name: str, tenths: Sequence[int], quota: int) -> list[str]:
        first, *others = tenths
        signed = (words.signed(each / 10, 1) for each in others)
        return [name, words.number(first / 10, 1), *signed, words.number(quota)]

    rows = [row(allocation.table.units[i], steps.units[i], allocation.quotas[i]) for i in shown]
    headers = [words("column.unit"), *(words(f"step.{name}") for name in STEPS), words("column.quota")]
    total = row(words("run.total"), steps.total, sum(allocation.quotas))
    print_table(headers, rows, total, words("explain.steps"))


def _print_one_lot(words: Words, explanation: Explanation, shown: Sequence[int]) -> None:
    from allocator.analysis.room import MOST_UNITS
    from allocator.report.sections import marginal

    allocation, test, room = explanation.allocation, explanation.one_lot, explanation.room
    rows = []
    for i in shown:
        efforts = [words.number(each, 4) for each in (test.units[i].last, test.units[i].next)]
        ends = [words.number(each) for each in (room.least[i], allocation.quotas[i], room.most[i])]
        rows.append([allocation.table.units[i], *efforts, *ends, words(f"position.{test.units[i].position}")])
    names = ("column.unit", "explain.last", "explain.next", "explain.least", "column.quota", "explain.most")
    headers = [*(words(name) for name in names), words("column.position")]
    print_table(headers, rows, title=words("explain.one_lot"))
    lines = marginal(allocation, words)
    lines.append(words("explain.holds" if test.pairs else "explain.no_moves", pairs=test.pairs))
    if test.closest is not None:
        added, giver, taker = test.closest
        lines.append(words("explain.closest" if added else "explain.tied_move", added=added, giver=giver, taker=taker))
    measured = None not in room.least
    lines.append(
        words("explain.room" if measured else "explain.room_not_measured", tolerance=room.tolerance, most=MOST_UNITS)
    )
    print_lines(lines)


def _print_rules(words: Words, explanation: Explanation) -> None:

    units = explanation.allocation.table.units
    holding = [rule for rule in explanation.rules if rule.status != "slack"]
    slack = [rule_name(words, rule) for rule in explanation.rules if rule.status == "slack"]
    rows = [[rule_name(words, rule), words.number(rule.moved), _price(words, rule)] for rule in holding]
    headers = [words(f"explain.{name}") for name in ("rule", "moved", "price")]
    if rows:
        print_table(headers, rows, title=words("explain.rules"))
    lines = [_without(words, rule, units) for rule in holding] or [words("explain.no_rules")]
    lines += [words("explain.degenerate_note")] * any(rule.status == "degenerate" for rule in holding)
    lines += [words("explain.slack", rules=slack)] * bool(slack)
    print_lines(lines)


def rule_name(words: Words, rule: RulePrice) -> str:
    """A rule as words."""
    return words(f"rulename.{rule.kind}", name=rule.name)


def _price(words: Words, rule: RulePrice) -> str:
    return words("explain.degenerate") if rule.status == "degenerate" else words.number(rule.price, 4)


def _without(words: Words, rule: RulePrice, units: Sequence[str]) -> str:
    """What happens without a rule, as a sentence."""
    if rule.change is None:
        return words("explain.needed", rule=rule_name(words, rule))
    changes = [(unit, each) for unit, each in zip(units, rule.change, strict=True) if each]
    sides = {
        name: [words("explain.change", unit=unit, members=each) for unit, each in changes if sign * each > 0]
        for name, sign in (("gives", -1), ("takes", 1))
    }
    return words("explain.without" if changes else "explain.moves_nothing", rule=rule_name(words, rule), **sides)
