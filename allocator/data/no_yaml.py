"""Why a text is no YAML, by what its parsers say of it in English: kinds that both of them tell alike."""

from __future__ import annotations

import re

from allocator.errors import Fault, fault

_CAUSES = {
    "nested": r"(?i)nesting|recursion",
    "quote": r"(?s)quoted scalar.*end of stream",
    "bracket": "flow (sequence|mapping)",
    "colon": "simple key",
    "colons": "mapping values",
    "other": "",
}


def cause_in(text: str, at: int | None, said: str) -> Fault:
    """What is wrong with a text, as a part of a sentence.

    Args:
        text: the text.
        at: where its parser stopped, letters from its beginning; None where that is not known.
        said: what the parser says.
    """
    tab = at is not None and text[at : at + 1] == "\t"
    kind = "tab" if tab else next(kind for kind, sign in _CAUSES.items() if re.search(sign, said))
    return fault(f"yaml.cause.{kind}")
