"""What a scenario's target may be: members, or a share of what remains of the term's target."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ValidatorFunctionWrapHandler, WithJsonSchema, WrapValidator
from pydantic_core import PydanticCustomError

from allocator.data.table import MOST_PERSONS
from allocator.model.parts import Persons, percentage

REMAINING = "remaining"
"""What a target may be a share of: what the years before leave of the term's target."""


class RemainingShare(int):
    """A target written as a share of what remains of the term's, members; 0 until it is known what that is."""

    share: float = 1.0

    def settled(self, members: int) -> RemainingShare:
        """The same share, as so many members."""
        made = type(self)(members)
        made.share = self.share
        return made


def _read_target(value: Any, handler: ValidatorFunctionWrapHandler) -> int:
    if value == REMAINING:
        return RemainingShare()
    if isinstance(value, dict):
        share = percentage(value.get("share"))
        part = isinstance(share, int | float) and not isinstance(share, bool) and 0 < share <= 1
        if value.keys() != {"share", "of"} or value["of"] != REMAINING or not part:
            raise PydanticCustomError("target", "no target")
        made = RemainingShare()
        made.share = float(share)
        return made
    return value if isinstance(value, RemainingShare) else int(handler(value))


Target = Annotated[
    Persons,
    WrapValidator(_read_target),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 0, "maximum": MOST_PERSONS, "unit": "members"},
                {"type": "string", "enum": [REMAINING]},
                {"type": "object", "propertyNames": {"enum": ["share", "of"]}, "minProperties": 2},
            ]
        }
    ),
]
"""Members to share out."""
