"""The digest of a JSON value, by which inputs and results are told from altered ones."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def sha256(document: Any) -> str:
    """SHA-256 of a JSON value in its one canonical form, in UTF-8, as hexadecimal digits."""
    return hashlib.sha256(canonical(document).encode("utf-8")).hexdigest()


def canonical(document: Any) -> str:
    """The one form of a JSON value in which it is hashed: sorted keys, no spaces, letters as they are."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
