"""`allocator verify`: a stored result checked from its inputs, in exact arithmetic, without a solver."""

from __future__ import annotations

import gc
from pathlib import Path

import click

from allocator.cli import HELP, Call, command


@command("verify")
@click.argument("stored", metavar="RESULT.json", type=click.Path(path_type=Path))
@click.option("--data", metavar="FILE", help=HELP("cli.verify.data"))
def run_verify(call: Call, stored: Path, data: str | None) -> None:
    """Say whether the result is what its inputs give, and which figure is the first that is not."""
    # Nothing here is garbage before the end, and looking for it takes a tenth of the time.
    gc.disable()
    from allocator.analysis.stored import other_table
    from allocator.analysis.verify import verify
    from allocator.files import load_table, read_json

    document = read_json(stored)
    wrong = verify(document)
    if wrong is None and data is not None:
        wrong = other_table(document, load_table(data))
    reason = None if wrong is None else wrong.message(call.words)

    def text() -> str:
        if reason is not None:
            return call.words("verify.invalid", reason=reason)
        return call.words("verify.valid", units=len(document["units"]), target=document["target"])

    call.show({"valid": reason is None, "reason": reason}, text)
    click.get_current_context().exit(int(reason is not None))
