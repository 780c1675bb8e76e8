"""Vietnamese text in the encodings before Unicode, made readable: TCVN3 (ABC) and VNI fonts, and Windows-1258.

A font of those days shows `§¬n vÞ` as “Đơn vị”; the file says nothing of it. Whether a document is written so is
decided for the whole of it: by how many of its words become Vietnamese syllables that were none before.
Sources: TCVN 5712:1993, set VN3; the character table of VNI Windows.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

_TONES = "\u0301\u0300\u0309\u0303\u0323"
_TABLES = json.loads((Path(__file__).parent / "legacy.json").read_text("utf-8"))
_FROM_TCVN3, _FROM_VNI = str.maketrans(_TABLES["TCVN3 (ABC)"]), _TABLES["VNI"]
_VNI_LETTER = re.compile("|".join(sorted(_FROM_VNI, key=len, reverse=True)))
_WORD = re.compile(r"[^\s!-@\[-`{-~]{2,}")
_SYLLABLE = re.compile(
    "(ngh?|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdđghklmnprstvx])?"
    "(uyê|uya|iê|yê|ia|ya|uô|ua|ươ|ưa|oa|oă|oe|oo|uâ|uê|uy|uơ|[aăâeêioôơuưy])"
    "(ch|ng|nh|[cmnptiouy])?"
)
_UNICODE = re.compile("[\u0100-\u036f\u1e00-\u1eff]")
"""Letters and marks that no font of old stands for."""
MOST_WORDS = 20_000
MOST_LETTERS = 4_000_000
"""Of all texts in an old encoding, and bytes of such a file."""
LEAST_WORDS = 3


def from_tcvn3(text: str) -> str:
    """Text written for a TCVN3 font; its capitals with a tone are small letters in a font of capitals.

    Example:
        >>> from_tcvn3("§¬n vÞ"), from_tcvn3("LI£N §OµN")
        ('Đơn vị', 'LIÊN ĐOÀN')
    """

    def capitals(word: str) -> int:
        plain = [c for c in word if c.isascii()]
        return len(plain) if all(c.isupper() for c in plain) else 0

    # One capital alone may begin a name: `Bï` is Bù, in `BÙ ĐĂNG` it stands beside words that tell.
    loud = any(capitals(each) > 1 for each in _WORD.findall(text))

    def word(found: re.Match[str]) -> str:
        made = found[0].translate(_FROM_TCVN3)
        return made.upper() if capitals(found[0]) > 1 - loud else made

    return _WORD.sub(word, text)


def from_vni(text: str) -> str:
    """Text written for a VNI font.

    Example:
        >>> from_vni("Ñôn vò")
        'Đơn vị'
    """
    return _VNI_LETTER.sub(lambda found: _FROM_VNI[found[0]], text)


ENCODINGS: Mapping[str, Callable[[str], str]] = {"TCVN3 (ABC)": from_tcvn3, "VNI": from_vni}


@dataclass(frozen=True)
class Legacy:
    """The encoding a document is written in.

    Attributes:
        name: of the encoding.
        before: a word as it stands; `after`: what it says.
        mixed: whether some of its text is Unicode; then only text that says nothing as it stands is converted.
    """

    name: str
    before: str
    after: str
    mixed: bool

    def read(self, text: Any) -> Any:
        """What a text of the document says; any other cell as it is."""
        if (
            not isinstance(text, str)
            or text.isascii()
            or _UNICODE.search(text)
            or (self.mixed and all(map(is_syllable, _words(text))))
        ):
            return text
        return ENCODINGS[self.name](text)


def recognised(texts: Iterable[str]) -> Legacy | None:
    """The encoding that a document's texts are written in, None where they are Unicode."""
    mixed, words, letters = False, dict[str, None](), 0
    for text in texts:
        if text.isascii():
            continue
        if _UNICODE.search(text):
            mixed = True
        elif (letters := letters + len(text)) > MOST_LETTERS:
            return None
        elif len(words) < MOST_WORDS:
            words |= dict.fromkeys(islice(_words(text), MOST_WORDS))
    best, found = LEAST_WORDS - 1, None
    for name, convert in ENCODINGS.items():
        made = {word: convert(word) for word in words}
        good = [word for word, new in made.items() if is_syllable(new) and not is_syllable(word)]
        # A word of capitals may be an abbreviation: CNL§, C§CS.
        bad = sum(not is_syllable(new) and not new.isupper() for new in made.values())
        if len(good) > max(best, 2 * bad):
            best, found = len(good), Legacy(name, good[0], made[good[0]], mixed)
    return found


def _words(text: str) -> Iterable[str]:
    """Words that hold more than ASCII."""
    return (each[0] for each in _WORD.finditer(text) if not each[0].isascii())


def is_syllable(word: str) -> bool:
    """Whether a word could be Vietnamese: one vowel, at most one tone, capitals where they belong.

    Example:
        >>> is_syllable("Nghiễm"), is_syllable("vÞ"), is_syllable("Orléans")
        (True, False, False)
    """
    word = unicodedata.normalize("NFC", word)
    if not (word.islower() or word.isupper() or word.istitle()):
        return False
    apart = unicodedata.normalize("NFD", word.lower())
    plain = re.sub(f"[{_TONES}]", "", apart)
    return len(apart) - len(plain) < 2 and bool(_SYLLABLE.fullmatch(unicodedata.normalize("NFC", plain)))


def decoded_legacy(content: bytes) -> tuple[str, Legacy] | None:
    """Text of a file that is no UTF-8, and what it was written in; None where it is damaged UTF-8, or no text."""
    high = re.search(rb"[\x80-\xff]", content)
    sample = content[high.start() :][:100_000] if high else b""
    wide = sum(map(len, re.findall(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}", sample)))
    damaged = 2 * wide > sum(byte > 127 for byte in sample)
    if damaged or len(content) > MOST_LETTERS or re.search(rb"[\0-\x08\x0e-\x1f\x7f]", content):
        return None
    try:
        raw = content.decode("cp1252")
        if found := recognised(raw.splitlines()):
            return "".join(map(ENCODINGS[found.name], raw.splitlines(keepends=True))), found
        text = unicodedata.normalize("NFC", content.decode("cp1258"))
    except UnicodeDecodeError:
        return None
    pairs = zip(_words(raw), _words(text), strict=False)
    before, after = next((pair for pair in pairs if pair[0] != pair[1]), ("", ""))
    return text, Legacy("Windows-1258", before, after, False)
