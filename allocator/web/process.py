"""Processes that do one piece of work after another, until they are killed or the server is gone.

One that ended its work can be used again, unless that took much memory.
"""

from __future__ import annotations

import os
import pickle
import re
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from allocator import progress, questions
from allocator.errors import AllocatorError

SPAWN = get_context("spawn")
MOST_RESTING = 400_000_000
"""Bytes a process may ever have held and wait for more work."""
OFTEN = 0.3
"""Seconds between two words of how far work is."""
WARM = ("allocator.web.ask", "allocator.show.drawings", "allocator.model.allocation", "allocator.why.accounts",
        "allocator.growth.sweep", "allocator.growth.tipping", "allocator.fit.calibration")  # fmt: skip
"""What a process has loaded before it is needed."""


class Outcome(NamedTuple):
    """What came of work.

    Attributes:
        kind: `made`, `failed`, or why there is nothing: `late`, `busy`, `large`.
        content: what was made, or the error, as it came through the pipe.
        again: whether the process may be used again.
    """

    kind: str
    content: bytes = b""
    again: bool = False


class Process:
    """A process that does one piece of work after another, until it is killed."""

    def __init__(self) -> None:
        self.line, there = SPAWN.Pipe()
        self.process = SPAWN.Process(target=_serve, args=(there, [*questions.MODULES]), daemon=True)
        self.process.start()
        there.close()

    def answer(
        self, make: Callable[..., Any], given: tuple[Any, ...], memory: int, told: Callable[[float], None]
    ) -> Outcome:
        """What comes of `make(*given)`, `told` how far it is; `large` where the process ends before it has done it."""
        try:
            self.line.send((make, given, memory))
            while not isinstance(answer := self.line.recv(), Outcome):
                told(answer)
        except (EOFError, OSError):
            self.end()
            return Outcome("large")
        return answer

    def end(self) -> None:
        """Kill it, and wait until it is gone."""
        self.process.kill()
        self.process.join()
        self.line.close()


def _serve(line: Connection, modules: Sequence[str]) -> None:
    """What a process does: one piece of work after another; it ends with the server, however that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in the window is the server's to answer
    threading.Thread(target=_follow, daemon=True).start()
    questions.MODULES[:] = modules
    for each in WARM:
        import_module(each)
    progress.LISTENERS.append(_teller(line))
    with suppress(EOFError, OSError):
        while True:
            line.send(_worked(*line.recv()))


def _follow() -> None:
    """End this process as soon as the server is gone."""
    server = parent_process()
    if server is not None:
        server.join()
    os._exit(1)


def _teller(line: Connection) -> Callable[[float], None]:
    last = 0.0

    def told(share: float) -> None:
        nonlocal last
        if time.monotonic() - last > OFTEN:
            last = time.monotonic()
            line.send(share)

    return told


def _worked(make: Callable[..., Any], given: tuple[Any, ...], memory: int) -> Outcome:
    _limit(memory)
    try:
        answer = Outcome("made", pickle.dumps(make(*given)))
    except MemoryError:
        return Outcome("large")
    except Exception as error:
        if not isinstance(error, AllocatorError):
            error.add_note(traceback.format_exc())
        answer = Outcome("failed", pickle.dumps(error))
    return answer._replace(again=_slim())


def _slim() -> bool:
    """Whether this process never held much; it is not known of all systems, and then it does not rest."""
    if (
        sys.platform == "linux"
    ):  # what getrusage tells there is at least what the server held when it began this process
        told = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii"))
        return told is not None and int(told[1]) * 1024 < MOST_RESTING
    try:
        import resource
    except ImportError:
        return False
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) < MOST_RESTING


def _limit(memory: int) -> None:
    """Let this process take so many bytes more than it holds, where the system can see to that."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        held = int(Path("/proc/self/statm").read_text("ascii").split()[5]) * resource.getpagesize()
        most = resource.getrlimit(resource.RLIMIT_DATA)[1]
        resource.setrlimit(resource.RLIMIT_DATA, (held + memory, most))  # what draws charts reserves address space
