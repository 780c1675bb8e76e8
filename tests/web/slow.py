"""Questions of heavy work, and the page that asks them: `python -m tests.web.slow SECONDS OPTION…` serves it."""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

from allocator import questions
from allocator.__main__ import main
from allocator.finding import Finding
from allocator.progress import tell_share
from allocator.questions import Argument, Case, question
from allocator.web import jobs
from allocator.words import LANGUAGES, catalogue

for language in LANGUAGES:
    catalogue(language).update({"question.slow": "Slow", "cli.slow.file": "File"})  # type: ignore[attr-defined]


@question(Argument("file", "text", ""))
def ask_slow(case: Case, file: str = "") -> Finding:
    """Work that never ends, in 300 MB, and says that a quarter is done; with a file it ends once that is gone."""
    held = bytearray(300_000_000)
    for number in count():
        held[number % len(held)] = 1
        if number % 1_000_000 == 0:
            tell_share(0.25)
            if file and not Path(file).exists():
                return Finding({"ended": True}, lines=("It has ended.",))
    raise AssertionError


if __name__ == "__main__":
    questions.MODULES.append("tests.web.slow")
    jobs.ALLOWED[False] = jobs.Allowance(float(sys.argv[1]), 1_000_000_000)
    sys.argv[1:] = ["serve", *sys.argv[2:]]
    main()
