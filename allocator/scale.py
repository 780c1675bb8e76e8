"""Sweeps on many processes and machines: tasks handed to a scheduler, finished ones kept in a journal to resume from.

Who does which task, how often and in what order changes no digit: a task is a pure function of the plan, and summaries
merge exactly. The plan is itself made by a task, so that a scheduler can make it anew where the worker that held it is
gone.
"""

from __future__ import annotations

import logging
import os
import re
import warnings
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Self

from allocator import __version__
from allocator.data.limits import opened
from allocator.errors import AllocatorError, InputError, MissingExtraError, fault
from allocator.growth.summary import Summary
from allocator.growth.sweep import Plan
from allocator.growth.sweep_journal import header, journal_record, journal_records
from allocator.growth.sweep_tasks import task
from allocator.writing import lock, ready, said, write_whole

ADDRESS = re.compile(r"(tcp|tls)://\S+:\d{1,5}")
CONNECTING = 10
"""Seconds to find the scheduler in."""
PATIENCE = 30
"""Seconds without a worker before a sweep gives up."""
RETRIES = 5


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
    plan: Plan, indices: Sequence[int], draws: int, scheduler: str, workers: int
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


def checked(plan: Plan, index: int, draws: int, version: str) -> Summary:
    """The summary of a task, by a worker of the same version; ClusterError otherwise."""
    if version != __version__:
        raise ClusterError(fault("scale.version", theirs=__version__, ours=version))
    return task(plan, index, draws)


def _pool(scheduler: str, plan: Plan, workers: int) -> AbstractContextManager[Pool]:
    if scheduler == "local":
        return _threads(plan, workers)
    if scheduler == "processes" or ADDRESS.fullmatch(scheduler):
        return _dask(scheduler, plan, workers)
    raise InputError(fault("scale.scheduler", "--scheduler", scheduler=scheduler))


@contextmanager
def _threads(plan: Plan, workers: int) -> Iterator[Pool]:
    pool = ThreadPoolExecutor(workers)
    try:
        yield Pool(pool.submit, plan, workers, lambda: True)
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _dask(scheduler: str, plan: Plan, workers: int) -> Iterator[Pool]:
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise MissingExtraError(fault("scale.needs_dask", "--scheduler")) from None
    # What goes wrong is said below, once and in words.
    for name in [each for each in logging.root.manager.loggerDict if each.startswith("distributed")]:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with ExitStack() as stack, warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Sending large graph")
        address: Any = scheduler
        if scheduler == "processes":
            address = stack.enter_context(
                LocalCluster(  # type: ignore[no-untyped-call]
                    n_workers=workers,
                    threads_per_worker=1,
                    host="127.0.0.1",
                    dashboard_address="127.0.0.1:0",
                    memory_limit=None,
                    silence_logs=logging.CRITICAL,
                )
            )
        try:
            client = stack.enter_context(Client(address, timeout=CONNECTING, set_as_default=False))  # type: ignore[no-untyped-call]
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            raise ClusterError(fault("scale.no_workers", scheduler)) from None
        except (OSError, ValueError) as error:
            raise ClusterError(fault("scale.unreachable", scheduler, cause=str(error).splitlines()[0])) from None
        held = client.submit(_same, plan, pure=False)
        submit = client.get_executor(retries=RETRIES, pure=False).submit
        yield Pool(submit, held, sum(client.nthreads().values()), lambda: _has_workers(client))


def _has_workers(client: Any) -> bool:
    try:
        return bool(client.nthreads())
    except OSError:
        return False


def _same(plan: Plan) -> Plan:
    return plan


class Journal:
    """A file of finished tasks, begun where it does not exist, continued where it does; one sweep writes it at a time.

    Args:
        path: of the file.
        sweep: whatever decides the digits of the sweep.
    """

    def __init__(self, path: Path, sweep: Mapping[str, object]) -> None:
        self.path, self.sweep = path, sweep

    def __enter__(self) -> Self:
        with said(self.path):
            if not ready(self.path).exists():
                write_whole(self.path, header(self.sweep))
            self._file = opened(self.path, writable=True)
        try:
            lock(self._file)
        except OSError:
            self._file.close()
            raise InputError(fault("scale.busy", str(self.path))) from None
        return self

    def finished(self) -> Iterator[tuple[int, Summary]]:
        """Tasks the file holds; a last one cut short is taken off it. InputError where it cannot be used."""
        end = len(header(self.sweep))
        for index, summary, after in journal_records(self._file.read, self.sweep, str(self.path)):
            end = after
            yield index, summary
        self._file.seek(end)
        self._file.truncate()

    def add(self, index: int, summary: Summary) -> None:
        """Write down a finished task, safe against a crash once this returns."""
        with said(self.path):
            self._file.write(journal_record(index, summary))
            self._file.flush()
            os.fsync(self._file.fileno())

    def __exit__(self, *_: object) -> None:
        self._file.close()
