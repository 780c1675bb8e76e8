"""Forms of the page of rules: what was typed as settings of the scenario, and what is wrong with it at its field."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

from allocator.data.settings import Keys, Settings
from allocator.data.table import Table
from allocator.errors import Fault, InfeasibleError, InputError, fault
from allocator.model.scenario import Scenario, scenario_from
from allocator.web.cases import case_of
from allocator.web.fields import number_typed, written
from allocator.web.rule_words import COLUMN, SHAPES
from allocator.web.state import State

PREFIX = "set-"
"""What the names of the forms' fields begin with, beside those of the state."""
Read = tuple[Any, Mapping[Keys, str]]
"""A setting, and the field in which each of its keys stands."""


@dataclass
class Form:
    """A form as it was filled in; what is wrong with it collects in `faults`, each at its field.

    Attributes:
        texts: what every field holds.
        scenario: the scenario before.
        table: the units.
    """

    texts: Mapping[str, Sequence[str]]
    scenario: Scenario
    table: Table
    faults: list[Fault] = field(default_factory=list)

    def text(self, name: str) -> str:
        """What one field holds."""
        return next(iter(self.texts.get(name, ())), "").strip()

    def wrong(self, key: str, name: str) -> None:
        """Note what is wrong with a field."""
        self.faults.append(fault(key, PREFIX + name))

    def number(self, name: str, kind: str, needed: bool = False) -> Any:
        """The number in a field, as `number_typed`; None where it is blank, which one that is needed must not be."""
        text = self.text(name)
        if not text and needed:
            self.wrong("page.blank", name)
        try:
            return number_typed(PREFIX + name, text, kind) if text else None
        except InputError as error:
            self.faults += error.faults
            return None

    def amount(self, side: str) -> Any:
        """Members, a share of something, or what a column says; None where there is none."""
        of = self.text(f"{side}-of")
        if of.startswith(COLUMN):
            if self.text(side):
                self.wrong("page.not_blank", side)
            return {"column": of.removeprefix(COLUMN)}
        value = self.number(side, "share" if of else "whole", needed=bool(of))
        return {"share": value, "of": of} if of else value


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """What holds something: 0 is an amount."""
    return {key: value for key, value in values.items() if value is not False and value not in (None, "", [], {})}


def _rule(form: Form) -> Read:
    where = {}
    for column, value in zip_longest(form.texts.get("column", ()), form.texts.get("value", ()), fillvalue=""):
        if column:
            where[column] = _cell(form, column, value.strip())
        elif value.strip():
            form.wrong("page.no_where", "value")
    chosen = {"units": [*form.texts.get("units", ())], "kind": form.text("kind"), "under": form.text("under")}
    whom = _given({**chosen, "where": where})
    if whom and form.text("nodes"):
        form.wrong("page.nodes_alone", "nodes")
    way = "together" if form.text("way") == "together" else "each"
    made = {
        "for": whom or ("nodes" if form.text("nodes") else "all"),
        "except": [*form.texts.get("except", ())],
        way: _given({side: form.amount(side) for side in ("least", "most")}),
        "short": form.text("short") and "alike",
        **{name: form.text(name) for name in ("name", "by", "reason")},
        "firm": bool(form.text("firm")),
    }
    places: dict[Keys, str] = {(): "short", ("for",): "kind", (way,): "least", ("for", "where"): "value"}
    places.update({(way, side): side for side in ("least", "most")})
    places.update({("for", key): key for key in chosen})
    places.update({(key,): key for key in ("except", "short", "name", "by", "reason")})
    return {way: {}, **_given(made)}, places


def _cell(form: Form, column: str, text: str) -> Any:
    """What a column of the table must hold: a number where it holds numbers."""
    if column not in form.table.columns:
        return text
    try:
        return number_typed(PREFIX + "value", text, "share")
    except InputError as error:
        form.faults += error.faults
        return text


def _group(form: Form) -> Read:
    fields = {"name": "name", "kind": "kind", "units": "units", "min": "least", "max": "most"}
    made = {
        "name": form.text("name"),
        "kind": form.text("kind"),
        "units": [*form.texts.get("units", ())],
        "min": form.number("least", "whole"),
        "max": form.number("most", "whole"),
        "firm": bool(form.text("firm")),
    }
    if not made["name"]:
        form.wrong("page.blank", "name")
    if bool(made["kind"]) == bool(made["units"]):
        form.wrong("page.kind_or_units", "kind")
    if made["min"] is made["max"] is None:
        form.wrong("page.scenario.no_limit", "least")
    return _given(made), {(): "name", **{(key,): name for key, name in fields.items()}}


def _drivers(form: Form) -> Read:
    made, places = list[dict[str, Any]](), dict[Keys, str]()
    for name in driver_names(form.table, form.scenario):
        share = form.number(f"share:{name}", "share")
        if share is not None:
            places |= {(len(made), *key): f"share:{name}" for key in ((), ("column",), ("share",))}
            made.append({**({"column": name} if name else {"equal": True}), "share": share})
    return made, {(): "share", **places}


def driver_names(table: Table, scenario: Scenario) -> list[str]:
    """Columns that claims may rest on, those in use first, and "" for the same for all."""
    used = [each.column or "" for each in scenario.drivers]
    derived = ["remaining_term_target"] if "term_target" in table.columns else []
    return [*dict.fromkeys((*used, "workforce", *derived, *table.columns, ""))]


def _uncertainty(form: Form) -> Read:
    whole = form.scenario.uncertainty.model_dump(mode="json")
    shape = form.text("dist")
    if shape in SHAPES:
        figures = {each: form.number(each, "share" if len(each) > 1 else "number", True) for each in SHAPES[shape]}
        whole["default"] = {"dist": shape, **figures}
    return whole, {("default",): "low", **{("default", each): each for each in ("low", "mode", "high", "a", "b")}}


READ: Mapping[str, Callable[[Form], Read]] = {
    "rules": _rule,
    "groups": _group,
    "drivers": _drivers,
    "uncertainty": _uncertainty,
}
"""The forms, by the setting that each changes."""


def filled(state: State, table: Table, part: str, at: int | None, texts: Mapping[str, Sequence[str]]) -> State:
    """The state after a form.

    Args:
        state: the state before.
        table: its table.
        part: which form, of `READ`.
        at: which rule or group it changes; None for one more.
        texts: what was filled in.

    Returns:
        The state, whose rules may be impossible together: the page of the allocation then says what helps.

    Raises:
        InputError: what is wrong with the form, each fault at its field.
    """
    form = Form(texts, state.scenario(), table)
    made, places = READ[part](form)
    if form.faults:
        raise InputError(form.faults)
    values = form.scenario.model_dump(mode="json")
    head: Keys = (part,)
    if part in ("rules", "groups"):
        count = len(values[part])
        index = count if at is None else min(at, count)
        head, made = (part, index), [*values[part][:index], made, *values[part][index + 1 :]]
    values[part] = made
    placed = {(*head, *keys): PREFIX + name for keys, name in places.items()}
    scenario = scenario_from(Settings(values, placed, Path()))
    found = _unusable(table, scenario)
    before = [replace(each, place="") for each in _unusable(table, form.scenario)] if found else []
    if faults := [each for each in found if each.place.startswith(PREFIX) or replace(each, place="") not in before]:
        raise InputError(faults)
    return replace(state, fields={**state.fields, part: written(scenario.model_dump(mode="json")[part])})


def _unusable(table: Table, scenario: Scenario) -> tuple[Fault, ...]:
    """Why a scenario cannot be used with a table; nothing where its rules are merely impossible together."""
    try:
        _ = case_of(table, scenario).allocation
    except InfeasibleError:
        return ()
    except InputError as error:
        return error.faults
    return ()


def without(state: State, key: str) -> State:
    """The state without one rule, by its key in the scenario."""
    fields = dict(state.fields)
    part, _, name = key.partition(".")
    if part in ("rules", "groups"):
        held = state.scenario().model_dump(mode="json")[part]
        kept = [each for index, each in enumerate(held) if name != (each["name"] if part == "groups" else str(index))]
        return replace(state, fields={**fields, part: written(kept)})
    if key in SHORT:
        return replace(state, fields={**fields, **SHORT[key]})
    unit = name.removeprefix("units.")
    gone = {f"{kind}:{unit}" for kind in (("lock", "by", "reason") if part == "locks" else ("least", "most"))}
    return replace(state, fields={each: text for each, text in fields.items() if each not in gone})


SHORT = {
    "bounds.min_quota": {"min_quota": "0"},
    "bounds.max_share": {"max_share": ""},
    "bounds.pace": {"pace": ""},
}
"""Fields without each of the common rules."""
