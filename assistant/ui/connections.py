"""The connections that the server holds: how many, and how long without a request."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

MOST = 512
"""Of the 1,024 files that a process may usually open, the library needs some too."""

_TOO_SLOW = (
    b"HTTP/1.1 408 Request Timeout\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n"
    b"The request was sent too slowly.\n"
)


class Connection(H11Protocol):
    """uvicorn's, which waits for a request forever, and for any number of them. Here its headers have `patience`
    seconds to arrive in. h11 keeps them under 64 KB."""

    def __init__(self, *args: Any, patience: float, **given: Any) -> None:
        super().__init__(*args, **given)
        self._patience = patience
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()
        if len(self.connections) > MOST:  # this one is among those that wait
            own = (each for each in self.connections if isinstance(each, Connection))
            waiting = {each._deadline.when(): each for each in own if each._deadline}
            waiting[min(waiting)].transport.abort()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._wait_no_more()
        elif self._deadline is None:  # the first bytes of one more request
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait_no_more()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._deadline = self.loop.call_later(self._patience, self._give_up)

    def _wait_no_more(self) -> None:
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        if not self.transport.is_closing():
            self.transport.write(_TOO_SLOW)
            self.transport.close()
