"""Charts drawn ahead, in a process of their own, while the next question is still being answered.

What draws charts takes half a second to start and a tenth for each, and lets nothing else run meanwhile.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from allocator.show.charts import AHEAD, CAN_DRAW, key_of
from allocator.show.drawings import draw

if TYPE_CHECKING:
    from allocator.finding import Finding
    from allocator.words import Words

DRAWS = """import json, sys, vl_convert
for line in sys.stdin:
    print(json.dumps(vl_convert.vegalite_to_svg(json.loads(line))), flush=True)
"""
"""What the process does: a specification a line comes in, an SVG a line goes out; it ends with whoever started it."""


@contextmanager
def drawing_ahead(words: Words) -> Iterator[Callable[[Finding], None]]:
    """Give what begins to draw a finding's charts; they are there for `Chart.svg` until all of this is over."""
    if not CAN_DRAW:
        yield lambda _: None
        return
    pipe: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    command = [sys.executable, "-P", "-c", DRAWS]  # nothing of the folder one happens to be in
    with suppress(BrokenPipeError), subprocess.Popen(command, text=True, **pipe) as child:
        order = ThreadPoolExecutor(1)

        def drawn(spec: str) -> str:
            print(spec, file=child.stdin, flush=True)
            made: str = json.loads(child.stdout.readline())  # type: ignore[union-attr]
            return made

        def begin(finding: Finding) -> None:
            for each in (chart for section in finding.sections for chart in section.charts):
                spec = key_of(draw(each, words).spec)
                AHEAD[spec] = order.submit(drawn, spec)

        try:
            yield begin
        finally:
            AHEAD.clear()
            order.shutdown(cancel_futures=True)
