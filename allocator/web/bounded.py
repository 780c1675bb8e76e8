"""Work on what a browser sent, in a process of its own: it can be ended, and its memory goes with it."""

from __future__ import annotations

import signal
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from allocator.errors import InputError, fault

SECONDS = 20
MEMORY = 1_000_000_000
"""Bytes of address space, where the system can limit it."""
SPAWN = get_context("spawn")
Made = TypeVar("Made")


def bounded(work: Callable[..., Made], *given: Any) -> Made:
    """What `work(*given)` makes; raises what it raises, and InputError past `SECONDS` or `MEMORY`."""
    here, there = SPAWN.Pipe(duplex=False)
    process = SPAWN.Process(target=_work, args=(there, work, given), daemon=True)
    process.start()
    there.close()
    try:
        if not here.poll(SECONDS):
            raise EOFError
        done, made = here.recv()
    except EOFError:
        raise InputError(fault("page.too_costly", seconds=SECONDS, memory=MEMORY // 10**6)) from None
    finally:
        process.kill()
        process.join()
        here.close()
    if not done:
        try:
            raise made
        finally:
            del made  # else the error, its frames and `given` hold each other
    return made  # type: ignore[no-any-return]


def _work(there: Connection, work: Callable[..., Any], given: tuple[Any, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in the window is the server's to answer
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    except ImportError:
        pass  # Windows
    try:
        answer = True, work(*given)
    except MemoryError:
        return
    except Exception as error:
        answer = False, error
    there.send(answer)
