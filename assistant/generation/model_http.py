"""The HTTP client for servers that speak OpenAI's protocol: an answer that a server streams has bounds.

Without them one endless line, or comments for ever, would fill the memory or hold a thread for good: neither becomes a
chunk, so nobody further up could leave off.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from time import monotonic

import httpx

from assistant.generation.providers import ENDLESS
from vectorstore.errors import ModelUnavailable

_MOST_BYTES = 1_000_000
_DONE = re.compile(rb"^data: ?\[DONE\]", re.M)
# LangChain swallows the mark that ends a stream. Some servers send that alone, and no reason why they ended.
_WITH_A_REASON = (
    b'data: {"id": "", "object": "chat.completion.chunk", "created": 0, "model": "",'
    b' "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}\n\ndata: [DONE]'
)


def bounded_client(seconds: float) -> httpx.Client:
    """A client that ends an answer after a megabyte, and after so many seconds without data. It takes no answer that is
    compressed: a megabyte unpacks to a thousand."""

    def bound(response: httpx.Response) -> None:
        stream = response.stream
        if isinstance(stream, httpx.SyncByteStream):
            plain = response.headers.get("content-encoding", "identity") == "identity"
            response.stream = _Bounded(stream, seconds) if plain else _Unread(stream)

    headers = {"Accept-Encoding": "identity"}
    return httpx.Client(timeout=seconds, headers=headers, follow_redirects=True, event_hooks={"response": [bound]})


class _Unread(httpx.SyncByteStream):
    def __init__(self, stream: httpx.SyncByteStream) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        self.close()  # who reads the body of an error does not
        raise httpx.DecodingError("compressed, which was not asked for")

    def close(self) -> None:
        self._stream.close()


class _Bounded(httpx.SyncByteStream):
    def __init__(self, stream: httpx.SyncByteStream, seconds: float, clock: Callable[[], float] = monotonic) -> None:
        self._stream, self._seconds, self._clock = stream, seconds, clock

    def __iter__(self) -> Iterator[bytes]:
        length, heard = 0, self._clock()
        for piece in self._stream:
            length += len(piece)
            if length > _MOST_BYTES:
                raise ModelUnavailable(ENDLESS)
            if not piece.startswith(b":"):
                heard = self._clock()
            elif self._clock() - heard > self._seconds:
                raise httpx.ReadTimeout("nothing but comments")
            yield _DONE.sub(_WITH_A_REASON, piece)

    def close(self) -> None:
        self._stream.close()
