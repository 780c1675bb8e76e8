"""A call rid of what copying it from a document or a screen leaves in it."""

from __future__ import annotations

import re
import unicodedata

OPENING, CLOSING = "“„‘«'\"", "”“’»'\""
DASHES = re.compile(r"^[‐-―−]{1,2}(?=\w)")
"""What office programs make of the hyphens before an option's name."""
UNSEEN = re.compile("[\u200b-\u200f\u2060\ufeff]")
PROMPT = re.compile(r"[$>#%❯]|.*[>$#]|allocator(\.exe)?|python3?|-m", re.IGNORECASE)


def tidied(words: list[str]) -> list[str]:
    """A call without what copying from a document or a screen leaves in it.

    Example:
        >>> tidied(["$", "allocator", "explain", "–unit", "“Châu", "Phú”"])
        ['explain', '--unit', 'Châu Phú']
    """
    left = [_plainly(each) for each in words]
    while left and PROMPT.fullmatch(left[0]):
        del left[0]
    made: list[str] = []
    while left:
        word = left.pop(0)
        while _opened(word) and left and any(each[-1:] in CLOSING for each in left if each):
            word = f"{word} {left.pop(0)}"
        name, mark, value = word.partition("=") if word.startswith("--") else ("", "", word)
        made.append(name + mark + _unquoted(value))
    return made


def _plainly(word: str) -> str:
    word = UNSEEN.sub("", word).replace("\u00a0", " ")
    word = re.sub("[！-／：-＠［-｀｛-～]", lambda wide: unicodedata.normalize("NFKC", wide[0]), word)
    return DASHES.sub("--", word.strip())


def _opened(word: str) -> bool:
    """Whether a word opens a quotation, at its beginning or after `=`, that it does not close."""
    text = word.partition("=")[2] if word.startswith("--") else word
    return bool(text) and text[0] in OPENING and (len(text) == 1 or text[-1] not in CLOSING)


def _unquoted(text: str) -> str:
    marked = len(text) > 1 and text[0] in OPENING and text[-1] in CLOSING
    return text[1:-1] if marked and not set(text[1:-1]) & set(OPENING + CLOSING) else text
