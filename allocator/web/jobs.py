"""Heavy work in processes that can be killed: sections, charts, files to take away, files that were sent.

Work waits for one of a few places, and for all of that has only so long. It is killed for its time and its memory, when
nobody waits for it any more (the browser left, or its page asks for something else), and when the server stops. What
was made is kept as it came, so that asking again is instant; whoever asks for what is being made waits for the same.

A process is begun ahead of need: while work goes on that takes long, not after it was killed, so that then the machine
rests.
"""

from __future__ import annotations

import asyncio
import pickle
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from allocator.errors import AllocatorError, InputError, fault
from allocator.web.process import Outcome, Process

PROCESSES = 3
"""At work at once."""
SPARES = 2
"""Most that wait for work."""
MOST_KEPT, MOST_BYTES = 200, 64_000_000
"""Answers that are kept, and what they weigh together."""
SOON = 1.5
"""Seconds after which work counts as long."""
HOLD = 5.0
"""Seconds that work goes on for a page that said it would ask again."""


class Allowance(NamedTuple):
    """Seconds that work has, waiting for a place among them, and bytes, where the system can limit these."""

    seconds: float
    memory: int


ALLOWED = {False: Allowance(60, 2_000_000_000), True: Allowance(20, 1_000_000_000)}
"""Of all work, and of what reads a file that was sent."""


@dataclass(frozen=True)
class Work:
    """Something to make: `make(*given)`, a function of a module, in another process.

    Attributes:
        key: tells all that it depends on; empty for what is made anew each time.
        reads: whether it reads a file that was sent.
    """

    make: Callable[..., Any]
    given: tuple[Any, ...]
    key: str = ""
    reads: bool = False

    @property
    def allowed(self) -> Allowance:
        """What it may take."""
        return ALLOWED[self.reads]


class BusyError(AllocatorError):
    """Work that was ended for its time or its memory, or never got a place."""


class LeftError(Exception):
    """Work that was ended as nobody waits for it."""


class Job:
    """Work that is being done: since when, how far it is, and how many wait for it."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.begun = time.monotonic()
        self.share: float | None = None
        self.placed = False
        self.waiting = 0
        self.held: asyncio.TimerHandle | None = None
        self.task: asyncio.Task[Outcome]

    def told(self, share: float) -> None:
        """Take down how far it is."""
        self.share = share

    def come(self) -> None:
        """One more waits, perhaps the one it was held for."""
        self.waiting += 1
        if self.held:
            self.held.cancel()
            self.held = None

    def leave(self, hold: bool = False) -> None:
        """One less waits; `hold`: it will be back in a moment. With the last one the work ends."""
        self.waiting -= 1
        if hold:
            if self.held:
                self.held.cancel()
            self.held = asyncio.get_running_loop().call_later(HOLD, self._let_go)
        elif not self.waiting and not self.held:
            self.task.cancel()

    def _let_go(self) -> None:
        self.held = None
        if not self.waiting:
            self.task.cancel()

    @property
    def seconds(self) -> float:
        """How long it has been going on."""
        return time.monotonic() - self.begun


class Jobs:
    """All heavy work of a server, and what is kept of it."""

    def __init__(self) -> None:
        self.places = asyncio.Semaphore(PROCESSES)
        self.threads = ThreadPoolExecutor(PROCESSES + SPARES, "jobs")
        self.idle: list[Process] = []
        self.running: dict[str, Job] = {}
        self.pages: dict[str, tuple[Job, asyncio.Future[Outcome]]] = {}
        self.kept: dict[str, bytes] = {}
        self.opened = False

    @asynccontextmanager
    async def open(self, _: object = None) -> AsyncIterator[None]:
        """One process ready from the start; none left at the end."""
        self.opened = True
        self._spare()
        try:
            yield
        finally:
            self.opened = False
            tasks = [each.task for each in self.running.values()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for process in self.idle:
                process.end()
            self.threads.shutdown()

    async def made(
        self, work: Work, page: str = "", left: asyncio.Future[None] | None = None, patience: float | None = None
    ) -> Any:
        """What `work` makes, or made before.

        Args:
            work: what to make.
            page: the page that asks; what it asked for before is given up.
            left: done once the one who asks is no longer there.
            patience: seconds after which None is returned while the work goes on, to be asked for again; None: all.

        Raises:
            BusyError: it took too long or too much memory, or others took the places (a file: InputError).
            LeftError: who asked left, or the page asked for something else.
            Exception: whatever the work raises.
        """
        content = self.kept.pop(work.key, None)
        if content is not None:
            self.kept[work.key] = content  # now the last to go
            return pickle.loads(content)
        answer = await self._waited(work, page, left, patience)
        if answer is None:
            return None
        if answer.kind == "made":
            return pickle.loads(answer.content)
        try:
            raise pickle.loads(answer.content) if answer.kind == "failed" else _refusal(work, answer.kind)
        finally:
            del answer

    async def _waited(
        self, work: Work, page: str, left: asyncio.Future[None] | None, patience: float | None
    ) -> Outcome | None:
        job = self.running.get(work.key)
        if job is None or job.task.done() or job.task.cancelling():
            job = self._begun(work)
        job.come()
        waiter = asyncio.shield(job.task)
        if left is not None:
            left.add_done_callback(lambda _: waiter.cancel())
        if page:
            if page in self.pages:
                self.pages[page][1].cancel()
            self.pages[page] = job, waiter
        late = False
        try:
            late = not (await asyncio.wait({waiter}, timeout=patience))[0]
            if waiter.cancelled():
                raise LeftError
            return None if late else waiter.result()
        finally:
            if self.pages.get(page) == (job, waiter):
                del self.pages[page]
            waiter.cancel()
            job.leave(hold=late)

    def job_of(self, page: str) -> Job | None:
        """What is being done for a page."""
        return self.pages[page][0] if page in self.pages else None

    def _begun(self, work: Work) -> Job:
        job = Job(work)
        key = work.key or f"once {id(job)}"
        self.running[key] = job
        job.task = asyncio.create_task(self._done(job))
        job.task.add_done_callback(lambda _: self.running.get(key) is job and self.running.pop(key))
        return job

    async def _done(self, job: Job) -> Outcome:
        """What comes of a job, in time; kept where it was made."""
        try:
            async with asyncio.timeout(job.work.allowed.seconds), self.places:
                job.placed = True
                answer = await self._placed(job)
        except TimeoutError:
            return Outcome("late" if job.placed else "busy")
        if answer.kind == "made" and job.work.key:
            self._keep(job.work.key, answer.content)
        return answer

    async def _placed(self, job: Job) -> Outcome:
        """What comes of a job that has a place; its process rests after it, or ends."""
        loop, answer = asyncio.get_running_loop(), Outcome("")
        process = self.idle.pop() if self.idle else Process()
        ahead = loop.call_later(SOON, self._spare)
        try:
            work, memory = job.work, job.work.allowed.memory
            answer = await loop.run_in_executor(self.threads, process.answer, work.make, work.given, memory, job.told)
            return answer
        finally:
            ahead.cancel()
            if answer.again and len(self.idle) < SPARES:
                self.idle.append(process)
            elif answer.kind:
                self.threads.submit(process.end)
            else:
                process.process.kill()  # the thread that waits for its answer does the rest
            self._spare()

    def _spare(self) -> None:
        if self.opened and not self.idle:
            self.idle.append(Process())

    def _keep(self, key: str, content: bytes) -> None:
        if len(content) > MOST_BYTES // 4:
            return
        self.kept[key] = content
        while len(self.kept) > MOST_KEPT or sum(map(len, self.kept.values())) > MOST_BYTES:
            del self.kept[next(iter(self.kept))]


def _refusal(work: Work, kind: str) -> AllocatorError:
    seconds, memory = work.allowed
    if kind == "busy":
        return BusyError(fault("page.refused.busy"))
    if work.reads:
        return InputError(fault("page.too_costly", seconds=seconds, memory=memory // 10**6))
    if kind == "late":
        return BusyError(fault("page.too_long", seconds=seconds))
    return BusyError(fault("page.too_heavy", memory=memory // 10**6))
