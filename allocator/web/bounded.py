"""A file that a browser sent, never kept; work on it in a process of its own, which can be ended with its memory."""

from __future__ import annotations

import base64
import signal
import zlib
from collections.abc import Callable, Mapping
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from allocator.data.limits import MOST_TABLE_BYTES, Sent
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


def brought(form: Mapping[str, Any]) -> Sent | None:
    """The file sent, or the one sent before, which the page gave back; None where there is none."""
    given = form.get("file")
    name, content = given if isinstance(given, tuple) else ("", b"")  # an address may hold a text of that name
    if not content and form.get("document"):
        try:
            stream = zlib.decompressobj()
            content = stream.decompress(base64.b64decode(form["document"], validate=True), MOST_TABLE_BYTES + 1)
            if not stream.eof:
                raise ValueError("cut off, or larger than any file that is taken")
        except (ValueError, zlib.error):
            raise InputError(fault("page.bad_form")) from None
        name = form.get("name", "")
    return Sent(name[-80:], content) if content else None


def given_back(file: Sent | None) -> str:
    """The file as a hidden text of the page, from which `brought` takes it again."""
    return base64.b64encode(zlib.compress(file.content)).decode("ascii") if file else ""
