"""What goes on its way as one word: in an address, or in a message that a report's reader sends."""

from __future__ import annotations

import base64
import zlib
from typing import Any

from allocator.data.digest import canonical


def packed(values: Any) -> str:
    """Plain values as one word that an address or a message can hold."""
    return base64.urlsafe_b64encode(zlib.compress(canonical(values).encode("utf-8"), 9)).decode("ascii").rstrip("=")
