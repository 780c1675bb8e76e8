"""Write the expected files anew: `python -m tests.golden [NAME…]`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.golden.cases import CASES, EXPECTED, file, forms, kept, prepared


def main(names: list[str]) -> None:
    """Write every form of the calls named, or of all, and remove what no call makes any more."""
    EXPECTED.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        inputs = prepared(Path(folder))
        for name in names or CASES:
            for form in forms(name):
                file(name, form).write_text(kept(name, form, inputs), encoding="utf-8")
    known = {file(name, form) for name in CASES for form in forms(name)}
    for path in set(EXPECTED.iterdir()) - known:
        path.unlink()


main(sys.argv[1:])
