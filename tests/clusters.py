"""Real schedulers, workers and sweeps in processes of their own, on 127.0.0.1 alone, ended by whoever started them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

LIMIT = 120


def allocator(*arguments: object) -> subprocess.Popen[str]:
    call = [sys.executable, "-m", "allocator", *map(str, arguments)]
    return subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Exit status, standard output and standard error."""
    out, errors = process.communicate(timeout=LIMIT)
    return process.returncode, out, errors


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a scheduler, its process and then those of its workers."""
    file = folder / "scheduler.json"
    file.unlink(missing_ok=True)
    with ExitStack() as stack:

        def start(*arguments: str) -> subprocess.Popen[bytes]:
            call = [sys.executable, "-m", *arguments, "--host", "127.0.0.1", "--no-dashboard"]
            process = subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process

        head = start("distributed.cli.dask_scheduler", "--port", "0", "--scheduler-file", str(file))
        until(lambda: file.exists() and file.read_text().endswith("}"))
        address = json.loads(file.read_text())["address"]
        hands = [
            start(
                "distributed.cli.dask_worker",
                address,
                "--no-nanny",
                "--nthreads",
                "1",
                "--local-directory",
                str(folder),
            )
            for _ in range(workers)
        ]
        yield address, [head, *hands]


def until(happened: Callable[[], bool]) -> None:
    """Wait for something; an error where it does not come."""
    start = time.monotonic()
    while not happened():
        assert time.monotonic() - start < LIMIT
        time.sleep(0.01)


def grown(journal: Path, size: int) -> Callable[[], bool]:
    """Whether a journal holds more than so many bytes."""
    return lambda: journal.exists() and journal.stat().st_size > size
