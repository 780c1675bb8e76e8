"""A file that a browser sent: read where it is, and never kept."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from typing import Any

from allocator.data.limits import MOST_TABLE_BYTES, Sent
from allocator.errors import InputError, fault


def brought(form: Mapping[str, Any]) -> Sent | None:
    """The file sent, or the one sent before, which the page gave back; None where there is none."""
    given = form.get("file")
    name, content = given if isinstance(given, tuple) else ("", b"")  # an address may hold a text of that name
    if not content and form.get("document"):
        try:
            stream = zlib.decompressobj()
            content = stream.decompress(base64.b64decode(form["document"], validate=True), MOST_TABLE_BYTES + 1)
            if not stream.eof:
                raise ValueError("cut off, or larger than any file that is taken")
        except (ValueError, zlib.error):
            raise InputError(fault("page.bad_form")) from None
        name = form.get("name", "")
    return Sent(name[-80:], content) if content else None


def given_back(file: Sent | None) -> str:
    """The file as a hidden text of the page, from which `brought` takes it again."""
    return base64.b64encode(zlib.compress(file.content)).decode("ascii") if file else ""
