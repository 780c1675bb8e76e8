"""The digest of a JSON value, by which inputs and results are told from altered ones."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def sha256(document: Any) -> str:
    """SHA-256 of a JSON value in its one canonical form (sorted keys, no spaces, UTF-8), as hexadecimal digits."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
