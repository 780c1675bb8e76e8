"""Import the documents named, or all, and tell one line about each: `python -m tests.data.office [--brief] [ID…]`."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.data.office.judge import OUTCOMES, RIGHT, due, judged
from tests.data.office.made import documents


def main(arguments: list[str]) -> None:
    """With an id that ends in `*` all that begin so; `--brief` leaves out what is as it must be."""
    brief, ids = "--brief" in arguments, [each for each in arguments if not each.startswith("--")]
    counted: Counter[str] = Counter()
    met = needless = 0
    for id, doc in documents().items():
        if ids and not any(id == each or (each.endswith("*") and id.startswith(each[:-1])) for each in ids):
            continue
        with tempfile.TemporaryDirectory() as folder:
            made = judged(doc, Path(folder))
        counted[made.kind] += 1
        met += made.kind in due(doc)
        needless += made.kind == RIGHT and bool(made.why)
        if not brief or made.kind not in due(doc):
            print(f"{id:8} {made.kind:16} {made.why[:200]}".rstrip().replace("\n", " "), flush=True)
    print(", ".join(f"{counted[each]} {each}" for each in OUTCOMES), f"of {counted.total()}")
    print(f"as it must be: {met}; right, though something is asked: {needless}")


main(sys.argv[1:])
