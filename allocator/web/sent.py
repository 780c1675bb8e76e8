"""A file that a browser sent: read once, from a place of its own that is gone right after, and never kept."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from allocator.data.grid import MOST_BYTES, SHEETS
from allocator.errors import InputError, fault

Found = TypeVar("Found")


def brought(form: Mapping[str, Any]) -> tuple[str, bytes]:
    """Name and content of the file sent, or of the one sent before, which the page gave back."""
    given = form.get("file")
    name, data = given if isinstance(given, tuple) else ("", b"")  # an address may hold a text of that name
    if not data and form.get("document"):
        try:
            stream = zlib.decompressobj()
            data = stream.decompress(base64.b64decode(form["document"], validate=True), MOST_BYTES)
            if not stream.eof:
                raise ValueError("cut off, or larger than any file that is taken")
        except (ValueError, zlib.error):
            raise InputError(fault("page.bad_form")) from None
        name = form.get("name", "")
    return name[-80:], data


def given_back(data: bytes) -> str:
    """The content of a file as a hidden text of the page, from which `brought` takes it again."""
    return base64.b64encode(zlib.compress(data)).decode("ascii") if data else ""


def read(name: str, data: bytes, what: Callable[[Path], Found]) -> Found:
    """What `what` makes of the content in a file; faults name the file as it was sent."""
    ending = next((each for each in SHEETS if name.lower().endswith(each)), ".csv")
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"file{ending}"
        path.write_bytes(data)

        def named(text: Any) -> Any:
            return text.replace(str(path), name).replace(path.name, name) if isinstance(text, str) else text

        try:
            return what(path)
        except InputError as error:
            raise InputError(
                [
                    replace(each, place=named(each.place), values={k: named(v) for k, v in each.values.items()})
                    for each in error.faults
                ]
            ) from None
