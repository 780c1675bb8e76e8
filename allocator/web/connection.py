"""A connection to the page that gives up on who does not send a whole request in time."""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_CONNECTIONS = 800
"""Many systems let a process hold 1,024 files."""
RATE = 2_000
"""Bytes a second that a body must come with."""


class Patient(H11Protocol):
    """HTTP whose head must be there within `seconds`, its body at `RATE` at least; idle connections are uvicorn's."""

    seconds = 10.0
    arrived = 0
    awaited: object = None
    timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a head; of too many connections the new one is closed."""
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()
        self._await(h11.IDLE)

    def connection_lost(self, error: Exception | None) -> None:
        """Wait for nothing more."""
        self._await(None)
        super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        """Wait for what is still missing: a byte more of the same buys no more time."""
        super().data_received(data)
        self.arrived += len(data)
        state = self.conn.their_state
        missing = state if state in (h11.IDLE, h11.SEND_BODY) else None
        if missing is not self.awaited:
            self._await(missing)

    def _await(self, state: object) -> None:
        if self.timer is not None:
            self.timer.cancel()
        self.awaited, self.arrived = state, 0
        self.timer = self.loop.call_later(self.seconds, self._look) if state is not None else None

    def _look(self) -> None:
        """Go on waiting only for a body that comes fast enough, or that this side is slow to take."""
        fast = self.flow.read_paused or self.arrived >= RATE * self.seconds
        if self.awaited is h11.SEND_BODY and fast and not self.cycle.response_complete:
            self._await(self.awaited)
        else:
            self.transport.abort()
