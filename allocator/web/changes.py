"""What a state has changed since the start, as people read it, and what units have of their own as at the start."""

from __future__ import annotations

from allocator.data.table import Number, Table
from allocator.web.fields import FIXED, LISTS, NOTES, read_field, unit_of
from allocator.web.names import capital, column_name, name_of, shown_text
from allocator.web.state import State
from allocator.words import Words

DECIDED = ("lock", "figure")
"""Own fields that somebody decided for a reason; `NOTES` are the fields that say so."""


def changes(table: Table, state: State, words: Words) -> list[tuple[str, str, str, str]]:
    """What differs from the start: field, its name, its text at the start and now."""
    return [
        (name, capital(name_of(name, words)), _held(table, state.begun, name, words), _held(table, state, name, words))
        for name in state.differences
        if name.partition(":")[0] not in NOTES
    ]


def kept_own(table: Table, state: State, words: Words) -> list[tuple[str, str]]:
    """What units have of their own as at the start: its name and its text."""
    own = (name for name in state.fields if ":" in name and name.partition(":")[0] not in NOTES)
    found = (name for name in own if name not in state.differences)
    return [(capital(name_of(name, words)), _held(table, state, name, words)) for name in found]


def _held(table: Table, state: State, name: str, words: Words) -> str:
    """What a field of a state holds as people read it, with who decided it and why."""
    kind, held, unit = name.partition(":")[0], state.fields.get(name, ""), unit_of(name)
    if kind in LISTS:
        made = read_field(kind, held, []) if kind in ("rules", "groups") and held else None
        if made is None:  # or a link that is none of ours, which is told with the rest
            return words("page.own_list" if held else "page.none")
        return words(f"page.own_{kind}", count=len(made))
    if kind == "figure" and not held:
        value = given_figures(table, unit).get(name.split(":")[1])
        return words("page.none") if value is None else words.number(value)
    if kind in ("basis", "pace"):
        text = words.texts.get(f"page.basis.{held}", held) if kind == "basis" else column_name(held, words)
    else:
        text = shown_text(name, held, words)
    told = state.noted(unit) if held and kind in DECIDED else ""
    return f"{text} ({told})" if told else text or words("page.none")


def given_figures(table: Table, unit: str) -> dict[str, Number | None]:
    """The table's own figures of a unit, those that may be corrected; nothing for one that is not there."""
    at = table.units.index(unit) if unit in table.units else None
    return {} if at is None else {column: table.optional(column)[at] for column in FIXED}
