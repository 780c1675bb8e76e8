"""How far work is that takes long: it tells, whoever started it may listen."""

from __future__ import annotations

from collections.abc import Callable

LISTENERS: list[Callable[[float], None]] = []
"""Who is told, of this process; all its work is one person's."""


def tell_share(share: float) -> None:
    """Say that this share of the work is done, 0 to 1."""
    for each in LISTENERS:
        each(share)
