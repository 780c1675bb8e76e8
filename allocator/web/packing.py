"""What an address holds packed: a scenario, parts of one, and what is to be taken into it."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from allocator.errors import InputError, fault
from allocator.model.parts import Rule
from allocator.model.scenario import Driver, Group, Scenario, Uncertainty

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
