"""What a reader changed in a report that decides again: its text, pasted, becomes a state of the page."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping

from pydantic import TypeAdapter

from allocator.errors import InputError, fault
from allocator.model.scenario import Scenario
from allocator.web.fields import side, unpacked
from allocator.web.guard import MOST_QUERY
from allocator.web.state import State, started, state_of
from allocator.web.store import Store

CODE = re.compile(r"allocator1\.([0-9a-f]+)\.([\w-]+)\.([\w-]+)\.", re.ASCII)
"""The table's fingerprint, the scenario that was sent, and the fields that were changed."""
BROKEN = re.compile(r"[\s>\u200b\u00ad\ufeff]+")
"""What messages break long lines with, and put before quoted ones."""
PASTED = TypeAdapter(dict[str, str])


def state_pasted(store: Store, text: str) -> State:
    """The state that a text copied from a report describes, on the table it rests on.

    Raises:
        InputError: a text without changes, a damaged one, a field that the page has not, or a table that is not here.
    """
    found = CODE.search(joined := BROKEN.sub("", text[:MOST_QUERY]))
    if found is None:
        raise InputError(fault(f"device.paste_{'broken' if 'allocator1.' in joined else 'none'}"))
    mark, start, changed = found.groups()
    scenario, fields = _unpacked(start, changed)
    if unknown := [name for name in fields if side(name) is None]:
        raise InputError([fault("device.paste_field", name=name[:80]) for name in unknown])
    begun = started(_named(store, mark), scenario)
    return state_of({**dict(begun.hidden), **fields})


def _named(store: Store, mark: str) -> str:
    """The table with a fingerprint, as a state calls it."""
    for name in store.offered():
        if name.endswith(f"~{mark}"):
            return name
    raise InputError(fault("device.paste_table"))


def _unpacked(start: str, changed: str) -> tuple[Scenario, Mapping[str, str]]:
    """The scenario that was sent, and the text of every field that was changed."""
    try:
        scenario = Scenario.model_validate(unpacked(start))
        text = base64.urlsafe_b64decode(changed + "=" * (-len(changed) % 4)).decode("utf-8")
        fields = PASTED.validate_python(json.loads(text))
        "".join((*fields, *fields.values())).encode("utf-8")  # lone surrogates end here
    except (binascii.Error, ValueError, RecursionError, InputError):
        raise InputError(fault("device.paste_broken")) from None
    return scenario, fields
