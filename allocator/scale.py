"""Sweeps on many processes and machines: tasks handed to a scheduler, finished ones kept in a journal to resume from.

Who does which task, how often and in what order changes no digit: a task is a pure function of the plan, and summaries
merge exactly. The plan is itself made by a task, so that a scheduler can make it anew where the worker that held it is
gone.
"""

from __future__ import annotations

import hashlib
import logging
import re
import sqlite3
import warnings
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, closing, contextmanager
from copy import copy
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Self

from allocator import __version__
from allocator.data.digest import sha256
from allocator.errors import AllocatorError, InputError, MissingExtraError, fault
from allocator.growth.draws import SweepPlan
from allocator.growth.summary import Summary
from allocator.growth.sweep import task
from allocator.writing import ready, said, write_whole

ADDRESS = re.compile(r"(tcp|tls)://\S+:\d{1,5}")
CONNECTING = 10
"""Seconds to find the scheduler in."""
PATIENCE = 30
"""Seconds without a worker before a sweep gives up."""
RETRIES = 5
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), 1)
"""What a process begun here has in its environment: each works for itself."""
REFUSALS: Mapping[int, str] = {
    sqlite3.SQLITE_ERROR: "scale.no_journal",
    sqlite3.SQLITE_NOTADB: "scale.no_journal",
    sqlite3.SQLITE_CORRUPT: "scale.corrupted",
    sqlite3.SQLITE_BUSY: "scale.busy",
    sqlite3.SQLITE_FULL: "write.full",
    **dict.fromkeys((sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM), "write.denied"),
}


class ClusterError(AllocatorError):
    """A scheduler that cannot be reached, or was lost, or has no workers, or a task that no worker can do."""


@dataclass(frozen=True)
class Pool:
    """Where tasks go: `submit` as in `concurrent.futures`, the plan as it is handed over, how many run at once.

    `alive` says whether there is still somebody to work.
    """

    submit: Callable[..., Future[Summary]]
    plan: Any
    workers: int
    alive: Callable[[], bool]


def computed(
    plan: SweepPlan, indices: Sequence[int], draws: int, scheduler: str, workers: int
) -> Generator[tuple[int, Summary], None, None]:
    """Number and summary of each task, as they are finished.

    Args:
        plan: of the sweep.
        indices: numbers of the tasks to do.
        draws: of the whole sweep.
        scheduler: `local` (threads), `processes`, or the address of a Dask scheduler.
        workers: threads or processes, for the first two.

    Raises:
        InputError: there is no such scheduler.
        MissingExtraError: Dask is not installed, or a worker lacks a package.
        ClusterError: the scheduler or all workers are gone, or a task failed wherever it was tried.
    """
    left = iter(indices)
    with _pool(scheduler, plan, workers) as pool:
        running: dict[Future[Summary], int] = {}

        def start(count: int) -> None:
            for index in islice(left, count):
                running[pool.submit(checked, pool.plan, index, draws, __version__)] = index

        start(2 * pool.workers)
        while running:
            finished, _ = wait(running, PATIENCE, FIRST_COMPLETED)
            if not finished and not pool.alive():
                raise ClusterError(fault("scale.no_workers", scheduler))
            for future in finished:
                index = running.pop(future)
                if error := _error(future, scheduler):
                    raise error
                start(1)
                yield index, future.result()


def _error(future: Future[Summary], scheduler: str) -> AllocatorError | None:
    try:
        error = future.exception()
    except CancelledError:
        return ClusterError(fault("scale.lost", scheduler))
    if error is None or isinstance(error, AllocatorError):
        return error
    cause = f"{type(error).__name__}: {error}".splitlines()[0]
    return ClusterError(fault("scale.failed", scheduler, cause=cause))


def checked(plan: SweepPlan, index: int, draws: int, version: str) -> Summary:
    """The summary of a task, by a worker of the same version; ClusterError otherwise."""
    if version != __version__:
        raise ClusterError(fault("scale.version", theirs=__version__, ours=version))
    return task(plan, index, draws)


@contextmanager
def _pool(scheduler: str, plan: SweepPlan, workers: int) -> Iterator[Pool]:
    with ExitStack() as stack:
        if scheduler == "local":
            pool = ThreadPoolExecutor(workers)
            stack.callback(pool.shutdown, cancel_futures=True)
            yield Pool(pool.submit, plan, workers, lambda: True)
        elif scheduler == "processes" or ADDRESS.fullmatch(scheduler):
            yield _dask(scheduler, plan, workers, stack)
        else:
            raise InputError(fault("scale.scheduler", "--scheduler", scheduler=scheduler))


def _dask(address: Any, plan: SweepPlan, workers: int, stack: ExitStack) -> Pool:
    """The workers of a scheduler, or of one begun here; what is begun ends with the stack."""
    try:
        import dask
        from distributed import Client, LocalCluster
    except ImportError:
        raise MissingExtraError(fault("scale.needs_dask", "--scheduler")) from None
    # What goes wrong is said below, once and in words.
    for name in [each for each in logging.root.manager.loggerDict if each.startswith(("distributed", "tornado"))]:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    stack.enter_context(warnings.catch_warnings())
    warnings.filterwarnings("ignore", message="Sending large graph")
    scheduler = address
    if scheduler == "processes":
        # As Dask has it, workers give back the memory of every array, and a third of their time goes into that.
        stack.enter_context(dask.config.set({"distributed.nanny.pre-spawn-environ": ONE_THREAD}))
        begun = LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=workers,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            memory_limit=None,
            silence_logs=logging.CRITICAL,
        )
        address = stack.enter_context(begun)
    try:
        client = stack.enter_context(Client(address, timeout=CONNECTING, set_as_default=False))  # type: ignore[no-untyped-call]
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        raise ClusterError(fault("scale.no_workers", scheduler)) from None
    except (OSError, ValueError) as error:
        raise ClusterError(fault("scale.unreachable", scheduler, cause=str(error).splitlines()[0])) from None
    held = client.submit(copy, plan, pure=False)
    submit = client.get_executor(retries=RETRIES, pure=False).submit
    return Pool(submit, held, sum(client.nthreads().values()), lambda: _has_workers(client))


def _has_workers(client: Any) -> bool:
    try:
        return bool(client.nthreads())
    except OSError:
        return False


class Journal:
    """An SQLite file of finished tasks, begun where there is none, continued where there is; one process writes it.

    A row holds a task's number, its summary, and the SHA-256 of both: a row that was changed is refused, one that was
    lost is computed again.

    Args:
        path: of the file.
        sweep: whatever decides the digits of the sweep.
    """

    def __init__(self, path: Path, sweep: Mapping[str, object]) -> None:
        self.path, self.sweep = path, sha256(sweep).encode()

    def __enter__(self) -> Self:
        with said(self.path):
            place = ready(self.path)
            if not place.exists():
                write_whole(self.path, self._begun())
        with ExitStack() as stack, self._told():
            self._held = stack.enter_context(closing(sqlite3.connect(place, timeout=0, isolation_level=None)))
            self._held.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._held.execute("BEGIN EXCLUSIVE")
            sweeps = self._held.execute("SELECT digest FROM sweep").fetchall()
            self._held.execute("COMMIT")
            if sweeps != [(self.sweep,)]:
                raise InputError(fault("scale.other_journal", str(self.path)))
            stack.pop_all()
        return self

    def _begun(self) -> bytes:
        """A journal without tasks."""
        with closing(sqlite3.connect(":memory:")) as made:
            made.execute("CREATE TABLE sweep (digest BLOB NOT NULL)")
            made.execute("CREATE TABLE task (number INTEGER PRIMARY KEY, summary BLOB NOT NULL, digest BLOB NOT NULL)")
            made.execute("INSERT INTO sweep VALUES (?)", (self.sweep,))
            made.commit()
            return made.serialize()

    def finished(self) -> Iterator[tuple[int, Summary]]:
        """Tasks the file holds; InputError where it cannot be used."""
        with self._told():
            for number, summary, digest in self._held.execute("SELECT number, summary, digest FROM task"):
                if digest != _digest(number, summary):
                    raise InputError(fault("scale.corrupted", str(self.path)))
                yield number, Summary.from_bytes(summary)

    def add(self, index: int, summary: Summary) -> None:
        """Write down a finished task, safe against a crash once this returns."""
        body = summary.to_bytes()
        with self._told():
            self._held.execute("INSERT INTO task VALUES (?, ?, ?)", (index, body, _digest(index, body)))

    def __exit__(self, *_: object) -> None:
        self._held.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Whatever SQLite refuses, as InputError in words."""
        try:
            yield
        except sqlite3.Error as error:
            # The low byte is the kind of error; a table that is not there, or is another, has the kind 1.
            key = REFUSALS.get(getattr(error, "sqlite_errorcode", 0) & 255, "file.unwritable")
            raise InputError(fault(key, str(self.path), cause=str(error))) from None


def _digest(number: object, summary: object) -> bytes | None:
    return hashlib.sha256(f"{number} ".encode() + summary).digest() if isinstance(summary, bytes) else None
