"""What a call may be: the commands, the language that is read, and what is meant where a call does not say."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from allocator.words import LANGUAGES, default_language

HELP_NAMES = {"help_option_names": ["--help", "-h"]}
DEFAULT_SCENARIO = "an-giang-2017/base"
COMMANDS = {
    "start": ("run", "scenarios", "new", "serve"),
    "answer": ("explain", "appeal", "compare", "sensitivity", "report"),
    "year": ("review", "round", "plan", "unions"),
    "table": ("audit", "import", "calibrate"),
    "look_up": ("verify", "keys", "schema", "synth"),
}
"""Commands by what they are for, in the order in which a newcomer meets them."""
SHELLS = ("bash", "zsh", "fish")
COMPLETES = "_ALLOCATOR_COMPLETE"
"""Variable by which a shell asks what may follow."""


def language_asked(given: Sequence[str]) -> str:
    """The language of a call: the last that `--lang` gives, or stands after `--help`; else the locale's."""
    asked = [word.removeprefix("--lang=") for word in given if word.startswith("--lang=")]
    asked += [after for before, after in pairwise(given) if before in ("--lang", *HELP_NAMES["help_option_names"])]
    return next((each for each in reversed(asked) if each in LANGUAGES), default_language())
