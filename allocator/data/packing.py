"""What goes on its way as one word: in an address, or in a message that a report's reader sends."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any


def packed(values: Any) -> str:
    """Plain values as one word that an address or a message can hold."""
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return base64.urlsafe_b64encode(zlib.compress(text.encode("utf-8"), 9)).decode("ascii").rstrip("=")
