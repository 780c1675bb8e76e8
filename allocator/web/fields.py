"""The fields of the page: their names, the keys of a scenario they stand for, and what their texts hold."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from allocator.data.numbers import NumberError, typed
from allocator.data.packing import packed
from allocator.data.table import ATTAINMENT, unaccented
from allocator.errors import Fault, InputError, fault
from allocator.model.parts import Rule, share_written
from allocator.model.scenario import Driver, Group, Scenario, Uncertainty
from allocator.words import LANGUAGES, Words

PROVINCE = {unaccented(Words(language)("page.province")).split(" ", 1)[-1] for language in LANGUAGES}
"""What stands for the whole province's attainment in the field of units without their own."""
FIELDS: Mapping[str, Mapping[str, str]] = json.loads(Path(__file__).with_name("fields.json").read_text("utf-8"))
"""Fields of what is believed, of what is chosen, and notes of who and why, each with the key it stands for.

A unit's own fields begin with the name given here; what stands for its name in the key is what the pattern catches.
"""
SIDES = {name: side for side, fields in FIELDS.items() for name in fields}
COMMON = {name: key for fields in FIELDS.values() for name, key in fields.items() if ":" not in name}
OWN = {name[:-1]: key for fields in FIELDS.values() for name, key in fields.items() if ":" in name}
WHOLE = ("target", "lot", "min_quota", "least", "most", "lock")
TEXTS = ("basis", "pace", "by", "reason")
BLANK = ("max_share", "pace", "down", "up")
"""Common fields that may hold nothing."""
PLAIN = ("exponent", "risk")
"""Numbers that are no shares."""
FIXED = ("workforce", "growth_estimate", "term_target", "recruited", "lost")
"""Columns whose figures the page has fields to correct; a round may correct others."""
NOTES = tuple(name[:-1] for name in FIELDS["notes"])
"""Own fields that say who decided something, and why."""
MOST_TEXT = 200
"""Letters of who and why."""
LOCK = {"lock": "quota", "by": "by", "reason": "reason"}
"""Own fields that make a lock, and its keys; who and why are those of a corrected figure, too."""
LISTS: Mapping[str, TypeAdapter[Any]] = {
    "drivers": TypeAdapter(Annotated[list[Driver], Field(min_length=1)]),
    "uncertainty": TypeAdapter(Uncertainty),
    "rules": TypeAdapter(list[Rule]),
    "groups": TypeAdapter(list[Group]),
}
"""What no field shows: the page of rules changes it, every other only carries it along."""
OTHERS: Mapping[str, TypeAdapter[Any]] = {
    "marked": TypeAdapter(dict[str, str]),
    "settings": TypeAdapter(dict[str, Any]),
}
"""What else a link may hold packed: fields that set a marked state apart, settings to be taken."""
MOST_STATE = 60_000
PREFIX = "ask-"
"""What the names of a question's fields begin with, beside those of the state."""


def side(name: str) -> str | None:
    """`assumptions`, `decisions` or `notes`, by the name of a field; None for anything else."""
    kind, colon, _ = name.partition(":")
    return SIDES.get(kind + colon)


def written(value: Any) -> str:
    """A value as a field takes it: 6500, 0.2; a list or a mapping as the address holds it."""
    if value is None or value == []:
        return ""
    if isinstance(value, list | dict):
        return packed(value)
    return f"{Decimal(str(value)).normalize():f}" if isinstance(value, float) else str(value)


def read_field(name: str, text: str, faults: list[Fault]) -> Any:
    """The value of a field by its text; None for a blank, or one that adds to `faults`."""
    kind = name.partition(":")[0]
    if kind in TEXTS:
        return text[:MOST_TEXT]
    if kind == "missing" and unaccented(text.casefold()).removeprefix("theo ").removeprefix("whole ") in PROVINCE:
        return "province"
    if not text and kind not in LISTS:
        return None
    try:
        if kind in LISTS:
            return unpacked(text or packed([]), kind)
        if kind == "figure":
            return figure_typed(name, text)
        return number_typed(name, text, number_kind(name))
    except InputError as error:
        faults += error.faults
        return None


def number_typed(name: str, text: str, kind: str) -> Any:
    """The number typed in a field of the page, `whole`, `number` or `share`; a large percentage as it was written.

    Raises:
        InputError: no such number; the field's name is its place.
    """
    try:
        value = typed(text, kind == "whole", kind == "share")
        return share_written(value) if "%" in text else value
    except NumberError as error:
        key = error.key.replace("cell.", "page.")
        raise InputError(fault(key, name, text=text[:40], limit=error.values.get("most"))) from None


def number_kind(name: str) -> str:
    """What the number in a field is: `whole`, `number` or `share`; corrected figures of ours are persons."""
    kind, _, rest = name.partition(":")
    if kind == "figure":
        column = rest.partition(":")[0]
        return "whole" if column in FIXED else "share" if column == ATTAINMENT else "number"
    return "whole" if kind in WHOLE else "number" if kind in PLAIN else "share"


def figure_typed(name: str, text: str) -> Any:
    """A corrected figure of the table.

    Raises:
        InputError: no such figure; the field's name is its place.
    """
    value = number_typed(name, text, number_kind(name))
    if value < 0 or name.count(":") < 2:
        raise InputError(fault("page.too_small", name, text=text[:40], limit=0))
    return value


def unit_of(name: str) -> str:
    """The unit whose own a field is; blank for a common one."""
    kind, _, unit = name.partition(":")
    return unit.partition(":")[2] if kind == "figure" else unit


@lru_cache(maxsize=64)
def unpacked(text: str, kind: str = "") -> Any:
    """The scenario, or the part of it called `kind`, that `packed` made a text of, not to be changed.

    Raises:
        InputError: any other text.
    """
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        values = json.loads(zlib.decompressobj().decompress(data, MOST_STATE))
        known = {**LISTS, **OTHERS}[kind] if kind else TypeAdapter(Scenario)
        return known.dump_python(known.validate_python(values), mode="json")
    except (binascii.Error, zlib.error, ValueError, RecursionError):
        raise InputError(fault("page.bad_link")) from None
