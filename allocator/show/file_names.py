"""File names made from unit names: readable, with their Vietnamese letters, and safe on every system."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

MOST_CHARACTERS = 60
"""Vietnamese letters take up to three bytes, and many systems allow 255 bytes a name."""

_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?")


def safe_name(name: str) -> str:
    """`name` as a file may be called: no path, no reserved word, no hidden file, never empty.

    Example:
        >>> safe_name("An Phú"), safe_name("../etc/passwd"), safe_name("con"), safe_name("  ")
        ('An Phú', 'etc-passwd', 'con_', 'unit')
    """
    text = _UNSAFE.sub("-", unicodedata.normalize("NFC", name))
    text = " ".join(text.split())[:MOST_CHARACTERS].strip(" .-=+@~")
    return f"{text}_" if _RESERVED.fullmatch(text) else text or "unit"


def file_names(names: Iterable[str], ending: str) -> list[str]:
    """A file name for each name, no two alike even where case and accents' storage do not count.

    Example:
        >>> file_names(["An Phú", "AN PHÚ", "A/B"], ".docx")
        ['An Phú.docx', 'AN PHÚ (2).docx', 'A-B.docx']
    """
    taken: set[str] = set()
    made = []
    for name in map(safe_name, names):
        number, unique = 1, name
        while unique.casefold() in taken:
            number += 1
            unique = f"{name} ({number})"
        taken.add(unique.casefold())
        made.append(unique + ending)
    return made
