"""A wire between the browser and the server that can be slow, let answers overtake each other, or be cut."""

from __future__ import annotations

import asyncio
import random
import threading
from typing import Literal

Mode = Literal["open", "slow", "cut"]
MOST_DELAY = 0.8
"""Seconds that a slow wire keeps what the server says."""


class Wire:
    """A port of this machine that passes everything on to another one.

    Attributes:
        mode: `open`; `slow`: each part of an answer waits for a time of its own; `cut`: no connection lives.
        port: where browsers connect.
    """

    def __init__(self, target: int, seed: int = 0) -> None:
        self.target, self.mode, self.port = target, "open", 0
        self.random = random.Random(seed)
        self.held: set[asyncio.StreamWriter] = set()
        self.loop, begun = asyncio.new_event_loop(), threading.Event()
        self.thread = threading.Thread(target=self._run, args=(begun,), daemon=True)
        self.thread.start()
        begun.wait()

    def turn(self, mode: Mode) -> None:
        """Go on in another mode; what is open is closed where it is `cut`."""
        self.mode = mode
        if mode == "cut":
            self.loop.call_soon_threadsafe(self._close)

    def end(self) -> None:
        """Close every connection and the port."""
        self.loop.call_soon_threadsafe(self._close)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()

    def _close(self) -> None:
        for writer in self.held:
            writer.transport.abort()

    def _run(self, begun: threading.Event) -> None:
        server = self.loop.run_until_complete(asyncio.start_server(self._joined, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        begun.set()
        self.loop.run_forever()
        server.close()
        self.loop.run_until_complete(self._left())
        self.loop.close()

    async def _left(self) -> None:
        """Nothing of what is under way is kept open."""
        left = asyncio.all_tasks(self.loop) - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await asyncio.sleep(0)  # what was aborted is closed in the loop's next turn

    async def _joined(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.mode == "cut":
            writer.transport.abort()
            return
        try:
            there, out = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        self.held |= {writer, out}
        ways = [asyncio.ensure_future(each) for each in (self._pass(reader, out, 0), self._pass(there, writer, 1))]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for each in (*ways, writer.transport, out.transport):
            each.cancel() if isinstance(each, asyncio.Future) else each.close()
        self.held -= {writer, out}

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: int) -> None:
        try:
            while part := await reader.read(1 << 18):
                if answer and self.mode == "slow":
                    await asyncio.sleep(self.random.uniform(0, MOST_DELAY))
                writer.write(part)
                await writer.drain()
        except OSError:
            return
