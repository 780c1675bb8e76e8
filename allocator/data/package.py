"""The parts of an office file, which is a zip archive: bounded before they are unpacked, damage told as such."""

from __future__ import annotations

import io
import zipfile
import zlib
from xml.etree import ElementTree
from xml.parsers import expat

from allocator.data.limits import MOST_PARTS, MOST_TAGS, MOST_UNPACKED, Limits, too_large
from allocator.errors import InputError, fault

_DOCTYPES = [mark.encode(code) for mark in ("<!DOCTYPE", "<!ENTITY") for code in ("utf-8", "utf-16-le", "utf-16-be")]


class Package:
    """An office file's parts by name; XML that declares entities is refused: a few bytes could become gigabytes.

    Raises:
        InputError: no archive, a damaged or encrypted one, or one of more than its limits.
    """

    def __init__(self, content: bytes, file: str, limits: Limits) -> None:
        self.file = file
        if content.count(b"PK\1\2") > MOST_PARTS:
            raise InputError(fault("package.too_many_parts", file, most=MOST_PARTS))
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
            raise self.damaged(error) from None
        self.names = frozenset(self._archive.namelist())
        parts = self._archive.infolist()
        if (size := sum(part.file_size for part in parts)) > MOST_UNPACKED:
            raise InputError(too_large(file, size, MOST_UNPACKED))
        for part in parts:
            if part.file_size > limits.part:
                raise InputError(too_large(f"{file}, {part.filename}", part.file_size, limits.part))
            content = self.read(part.filename)  # a part longer than it says fails here, before any other reader
            if "/media/" not in part.filename and any(mark in content for mark in _DOCTYPES):
                raise InputError(fault("import.entities", f"{file}, {part.filename}"))
            if part.filename.lower().endswith((".xml", ".rels")):
                self._check_whole(content)

    def _check_whole(self, content: bytes) -> None:
        # Some reader waits for ever for the end of an element that has none.
        try:
            expat.ParserCreate().Parse(content, True)
        except (expat.ExpatError, ValueError, LookupError) as error:  # the last two: an encoding that is not known
            raise self.damaged(error) from None

    def damaged(self, cause: Exception | str) -> InputError:
        """The error of a file that is damaged."""
        return InputError(fault("table.bad_workbook", self.file, cause=str(cause)[:200]))

    def read(self, name: str) -> bytes:
        """Content of a part."""
        try:
            return self._archive.read(name)
        except KeyError:
            raise self.damaged(f"{name}?") from None
        # RuntimeError: it is encrypted, or packed in a way that is not known.
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError) as error:
            raise self.damaged(error) from None

    def tree(self, name: str) -> ElementTree.Element:
        """Root of an XML part that is held whole."""
        content = self.read(name)
        if content.count(b"<") > MOST_TAGS:
            raise InputError(fault("package.too_many_tags", f"{self.file}, {name}", most=MOST_TAGS))
        return ElementTree.fromstring(content)
