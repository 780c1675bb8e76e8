"""A stored result checked from its inputs, in exact arithmetic, without a solver."""

from __future__ import annotations

import gc
from pathlib import Path

from allocator.finding import Finding, say
from allocator.questions import Argument, question


@question(Argument("stored", "file", required=True, positional=True), Argument("data", "file"), of="nothing")
def ask_verify(stored: Path, data: Path | None = None) -> Finding:
    """Whether the result is what its inputs give (status 1 where not), and the first figure that is not."""
    gc.disable()  # Nothing here is garbage before the end, and looking for it takes a tenth of the time.
    from allocator.files import load_table, read_json
    from allocator.proof.stored_inputs import other_table
    from allocator.proof.verify import verify as verified

    document = read_json(stored)
    wrong = verified(document)
    if wrong is None and data is not None:
        wrong = other_table(document, load_table(data))
    if wrong is not None:
        record = {"valid": False, "reason": wrong, "rules": None}
        return Finding(record, (), (say("verify.invalid", reason=wrong),), status=1)
    rules = len(document["rules"])  # they have been derived again, one by one
    line = say("verify.valid", units=len(document["units"]), target=document["target"], rules=rules)
    return Finding({"valid": True, "reason": None, "rules": rules}, (), (line,))
