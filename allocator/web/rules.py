"""The page of rules: every rule as a sentence with what became of it, and forms for what no lever of the page sets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from allocator.data.findings import columns_named
from allocator.data.table import Table
from allocator.errors import AllocatorError, Fault, InfeasibleError, InputError
from allocator.model.parts import PREVIOUS
from allocator.model.scenario import Scenario
from allocator.web.cases import case_of, table_of
from allocator.web.names import column_name, fault_text, kinds_named, name_of
from allocator.web.rule_forms import PREFIX, READ, driver_names, filled, without
from allocator.web.rule_words import (
    COLUMN,
    EDITED,
    OF,
    SHAPES,
    Texts,
    driver_name,
    driver_title,
    every_rule,
    group_texts,
    of_name,
    other_texts,
    rule_texts,
)
from allocator.web.state import State, state_of
from allocator.web.store import Store
from allocator.words import Words

if TYPE_CHECKING:
    from allocator.model.allocation import Allocation

Query = Mapping[str, Sequence[str]]
"""The fields of an address, each with all that was given for it."""


def page(store: Store, query: Query, words: Words) -> dict[str, Any]:
    """What the page's template needs; alone a `query` where something was changed: the state it was changed to."""
    state = state_of({name: texts[-1] for name, texts in query.items()})
    table = table_of(store, state)
    edit, drop, part, at = (query.get(name, [""])[-1] for name in ("edit", "drop", "do", "at"))
    if drop:
        return {"query": without(state, drop).query}
    scenario, faults = state.scenario(), tuple[Fault, ...]()
    texts = _texts(scenario, edit, words)
    if part in READ:
        texts[part] = {name.removeprefix(PREFIX): given for name, given in query.items() if name.startswith(PREFIX)}
        try:
            return {"query": filled(state, table, part, _index(at), texts[part]).query}
        except InputError as error:
            faults = error.faults
    elif edit:
        part, _, at = edit.partition(".")
        if part not in EDITED:
            return {"query": state.query}  # where the levers are
    wrong = _wrong(faults, scenario, words)
    return {"state": state, "part": part, "at": _index(at), "wrong": wrong, **_shown(state, table, texts, words)}


def _index(text: str) -> int | None:
    return int(text) if re.fullmatch("[0-9]{1,6}", text) else None


def _shown(state: State, table: Table, texts: Mapping[str, Texts], words: Words) -> dict[str, Any]:
    """What is shown whatever was asked: the rules, and the forms, filled in with `texts`."""
    scenario = state.scenario()
    now, undecided = _now(table, scenario)
    return {
        "count": len(table),
        "rules": every_rule(scenario, table, now, words),
        "undecided": undecided,
        "texts": texts,
        "held": lambda form, name: next(iter(texts[form].get(name, ())), ""),
        "where": [*filter(any, _where(texts["rules"])), ("", "")],
        "choices": choices(table, scenario, [texts[each] for each in EDITED], words),
        "shapes": SHAPES,
        "drivers": [(name, driver_title(name, words)) for name in driver_names(table, scenario)],
        "apart": any((scenario.uncertainty.units, scenario.uncertainty.kinds)),
    }


def _texts(scenario: Scenario, edit: str, words: Words) -> dict[str, Texts]:
    """What every form holds to begin with: nothing, but of the rule or group to `edit`."""
    made: dict[str, Texts] = {"rules": {}, "groups": {}, **other_texts(scenario, words)}
    made["rules"] |= next((rule_texts(r, words) for i, r in enumerate(scenario.rules) if edit == f"rules.{i}"), {})
    made["groups"] |= next((group_texts(g, words) for i, g in enumerate(scenario.groups) if edit == f"groups.{i}"), {})
    return made


def _now(table: Table, scenario: Scenario) -> tuple[Allocation | None, str]:
    """The allocation; without one, the key of what is said instead."""
    try:
        return case_of(table, scenario).allocation, ""
    except AllocatorError as error:
        return None, "rules.infeasible" if isinstance(error, InfeasibleError) else "rules.unusable"


def _wrong(faults: Sequence[Fault], scenario: Scenario, words: Words) -> dict[str, str]:
    """What is wrong with a form, in words, by field; under `""` what is about all of it."""
    made: dict[str, str] = {}
    for each in faults:
        name = each.place.removeprefix(PREFIX) if each.place.startswith(PREFIX) else ""
        driver, colon, column = name.partition(":")
        label = words(f"page.{each.place}") if f"page.{each.place}" in words else ""
        label = driver_name(column, words) if driver == "share" and colon else label
        key = f"page.{each.key}" if f"page.{each.key}" in words else each.key
        named = replace(columns_named(each), key=key, place=label)
        if "key" in named.values:
            named = replace(named, values={**named.values, "key": name_of(named.values["key"], words)})
        text = fault_text(named, words, rules=[rule.name for rule in scenario.rules])
        made[name] = "; ".join(filter(None, (made.get(name), text)))
    return made


def _where(texts: Texts) -> Iterator[tuple[str, ...]]:
    """Columns and what they must hold, as a form has them."""
    return zip_longest(*(texts.get(each, ()) for each in ("column", "value")), fillvalue="")


def choices(table: Table, scenario: Scenario, held: Sequence[Texts], words: Words) -> dict[str, Any]:
    """What the fields of a choice may be with this table, each with its name, and whatever else forms hold."""

    def offered(pairs: Sequence[tuple[str, str]], *fields: str) -> list[tuple[str, str]]:
        known = {value for value, _ in pairs}
        other = dict.fromkeys(each for texts in held for name in fields for each in texts.get(name, ()))
        return [*pairs, *((each, each.removeprefix(COLUMN)) for each in other if each and each not in known)]

    columns = [(each, column_name(each, words)) for each in table.columns]
    kinds = kinds_named(table, words)
    above = [*dict.fromkeys(each for each in table.parents if each)]
    texts = [name for name, there in (("kind", kinds), ("parent", above)) if there]
    there = {"published": scenario.published, "previous": PREVIOUS in table.columns}
    shares = [(each, of_name(each, scenario, words)) for each in OF if there.get(each, True)]
    named = {text for _, text in shares}
    shares += [each for each in columns if each[1] not in named]
    amounts = offered([*shares, *((COLUMN + each, text) for each, text in columns)], "least-of", "most-of")
    units = [(each, each) for each in dict.fromkeys((*table.units, *above))]
    return {
        "kind": offered(kinds, "kind"),
        "under": offered([(each, each) for each in above], "under"),
        "column": offered([*((each, column_name(each, words)) for each in (*texts, *table.texts)), *columns], "column"),
        "share": [each for each in amounts if not each[0].startswith(COLUMN)],
        "own": [each for each in amounts if each[0].startswith(COLUMN)],
        "units": [each for each, _ in offered(units, "units", "except")],
        "tree": bool(above),
        "dist": [(each, words(f"page.dist.{each}")) for each in SHAPES],
    }
