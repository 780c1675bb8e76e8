"""Rules and what claims rest on in words: as sentences, and as somebody would type them in a form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from allocator.data.findings import columns_named
from allocator.data.table import Table
from allocator.finding.settings import Setting
from allocator.model.parts import Amount, Distribution, Rule
from allocator.model.scenario import Group, Scenario
from allocator.model.short_forms import Entry, group_forms, short_forms, written_rules
from allocator.web.fields import written
from allocator.web.names import column_name, percent_typed
from allocator.why.accounts import Account, accounts, told
from allocator.words import Words

if TYPE_CHECKING:
    from allocator.model.allocation import Allocation

EDITED = ("rules", "groups")
"""Rules that have a form; the others have levers."""
OF = ("available", "workforce", "target", "published", "previous")
"""What a share can be of beside the columns of the table, in the order in which the page offers them."""
COLUMN = "column:"
"""What stands before a column whose own figures are the amounts."""
SHAPES = {
    "uniform": ("low", "high"),
    "triangular": ("low", "mode", "high"),
    "pert": ("low", "mode", "high"),
    "beta": ("low", "high", "a", "b"),
}
"""Distributions that the page asks for, each with its figures; any other is kept as it is."""
Texts = dict[str, Sequence[str]]
"""What the fields of a form hold, by name."""


def sentence(rule: Rule, scenario: Scenario, table: Table, words: Words) -> str:
    """A rule in words: “Mỗi đơn vị (trừ An Phú): ít nhất 60% nguồn CNLĐ được tính”."""
    sides, way = rule.sides, "each" if rule.each else "together"
    limits = [
        words(f"rules.{key}", amount=_amount(amount, scenario, words))
        for key, amount in (("least", sides.least), ("most", sides.most))
        if amount is not None
    ]
    if sides.least is not None and sides.least == sides.most:
        limits = [words("rules.exactly", amount=_amount(sides.least, scenario, words))]
    if rule.short:
        limits.append(words("rules.alike"))
    out = words("rules.except", units=rule.left_out) if rule.left_out else ""
    return words("rules.sentence", whom=_whom(rule, way, table, words), out=out, limits=", ".join(limits))


def _whom(rule: Rule, way: str, table: Table, words: Words) -> str:
    whom = rule.whom
    parts = [*_conditions(rule, words)]
    if whom.units and len(parts) == 1:
        one = way == "each" and len(whom.units) == 1
        return whom.units[0] if one else words(f"rules.{way}.units", units=whom.units)
    if parts:
        return words(f"rules.{way}.some", conditions=parts)
    return words(f"rules.{way}.{'nodes' if whom.every == 'nodes' and any(table.parents) else 'all'}")


def _conditions(rule: Rule, words: Words) -> Iterator[str]:
    whom = rule.whom
    if whom.kind:
        yield words("rules.of_kind", kind=Setting(whom.kind))
    if whom.under:
        yield words("rules.under", unit=whom.under)
    for column, value in (whom.where or {}).items():
        text = value if isinstance(value, str) else words.typed(f"{value:g}")
        yield words("rules.where", column=column_name(column, words), value=text)
    if whom.units:
        yield words("rules.among", units=whom.units)


def _amount(amount: Amount, scenario: Scenario, words: Words) -> str:
    if amount.members is not None:
        return words("rules.members", members=amount.members)
    if amount.of is None and amount.share == 1:
        return words("rules.column", column=column_name(amount.column or "", words))
    of = amount.of or amount.column or ""
    return words("rules.share", share=percent_typed(amount.share, words), of=of_name(of, scenario, words))


def of_name(of: str, scenario: Scenario, words: Words) -> str:
    """What a share is of, in words."""
    if of == "published" and scenario.published:
        return column_name(scenario.published, words)
    return words(f"rules.of.{of}") if of in OF else column_name(of, words)


def driver_name(column: str, words: Words) -> str:
    """What claims rest on, in words; blank is the same for all."""
    if not column:
        return words("driver.equal")
    if column == "workforce":  # as a driver it has the growth in it
        return words("rules.of.available")
    return words.texts.get(f"value.{column}") or column_name(column, words)


def driver_title(column: str, words: Words) -> str:
    """The same as the label of a field; a column without another name as the table has it."""
    name = driver_name(column, words)
    return name if name == column else name[0].upper() + name[1:]


def rule_texts(rule: Rule, words: Words) -> Texts:
    """A rule as its form holds it."""
    whom = rule.whom
    where = whom.where or {}
    made: Texts = {
        "units": whom.units or [],
        "kind": [whom.kind or ""],
        "under": [whom.under or ""],
        "nodes": ["1"] * (whom.every == "nodes"),
        "column": [*where],
        "value": [each if isinstance(each, str) else words.typed(written(each)) for each in where.values()],
        "except": rule.left_out,
        "way": ["each" if rule.each else "together"],
        "short": [rule.short] * bool(rule.short),  # type: ignore[list-item]
        **{name: [getattr(rule, name)] for name in ("name", "by", "reason")},
        "firm": ["1"] * rule.firm,
    }
    for side in ("least", "most"):
        made |= dict(_amount_texts(side, getattr(rule.sides, side), words))
    return made


def _amount_texts(side: str, amount: Amount | None, words: Words) -> Iterator[tuple[str, list[str]]]:
    if amount is None:
        return
    yield f"{side}-of", [COLUMN + amount.column if amount.column else amount.of or ""]
    if amount.members is not None:
        yield side, [words.number(amount.members)]
    elif amount.of:
        yield side, [percent_typed(amount.share, words)]


def group_texts(group: Group, words: Words) -> Texts:
    """A group as its form holds it."""
    made: Texts = {"name": [group.name], "kind": [group.kind or ""], "units": group.units or []}
    limits = {"least": group.min, "most": group.max}
    made |= {side: [words.number(value)] for side, value in limits.items() if value is not None}
    return {**made, "firm": ["1"] * group.firm}


def other_texts(scenario: Scenario, words: Words) -> dict[str, Texts]:
    """What the forms of drivers and uncertainty hold."""
    shape: Distribution = scenario.uncertainty.default
    figures = {each: getattr(shape, each) for each in SHAPES.get(shape.dist, ())}
    return {
        "drivers": {f"share:{each.column or ''}": [percent_typed(each.share, words)] for each in scenario.drivers},
        "uncertainty": {
            "dist": [shape.dist],
            **{
                each: [percent_typed(value, words) if len(each) > 1 else words.typed(written(value))]
                for each, value in figures.items()
            },
        },
    }


def every_rule(scenario: Scenario, table: Table, now: Allocation | None, words: Words) -> list[dict[str, Any]]:
    """Every rule in words, what became of it if there is an allocation, and where it is changed."""
    found: list[tuple[Entry, Account | None]]
    if now:
        found = [(now.ground.rules.entries[each.key], each) for each in accounts(now)]
    else:
        entries = (*written_rules(scenario), *group_forms(scenario.groups), *short_forms(scenario))
        found = [(each, None) for each in entries]
    names = [group.name for group in scenario.groups]
    return [
        {
            "key": each.key,
            "title": words.told(each.title),
            "sentence": sentence(each.rule, scenario, table, words),
            "rule": each.rule,
            "status": account.status if account else "",
            "covers": account.covers if account else (),
            "notes": [words.told(told(columns_named(note), now)) for note in account.notes] if now and account else (),
            "edit": f"groups.{names.index(each.name)}" if each.key.startswith("groups.") else each.key,
            "edited": each.key.partition(".")[0] in EDITED,
            "fixed": each.key.startswith("levels."),
        }
        for each, account in found
    ]
