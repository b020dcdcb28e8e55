"""Reading at several hosts side by side, a bounded way ahead of whoever takes in what was read."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextvars import copy_context
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")

Place = tuple[int, ...]

_HOSTS_AT_ONCE = 8
# What was read and waits to be taken in, unseen by any search and filling the memory.
READ_AHEAD = 16
# Seconds after which one who waits is told that nothing has come.
_TICK = 0.5


@dataclass(frozen=True, slots=True)
class Errand(Generic[T]):
    """Something to read at one host, "" for this machine; among what it gives may be further errands."""

    host: str
    read: Callable[[], Iterable[T | Errand[T]]]


def host_of(url: str) -> str:
    """The host that an address asks, with its port."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""  # and will be refused when it is read


def in_order(found: Iterable[T | Errand[T]]) -> Iterator[T]:
    """What was found, with what each errand in it gives in its place: one after the other, in the thread that asks."""
    for each in found:
        if isinstance(each, Errand):
            yield from in_order(each.read())
        else:
            yield each


def side_by_side(errands: Iterable[Errand[T]]) -> Generator[tuple[Place, T] | None, None, None]:
    """What the errands give, each with its place: the number of its errand, for further errands then theirs.

    A host's errands are read one after the other, so that of each errand all comes in its order; of several hosts comes
    first what was read first. None says that nothing has come for half a second. Errors of an errand are raised here.
    Closing it abandons what is still being read.
    """
    readers = _Readers[T](errands)
    if readers.idle:
        return
    try:
        for _ in range(_HOSTS_AT_ONCE):
            # Nobody waits for one that is in the middle of a slow answer when the work is stopped.
            threading.Thread(target=copy_context().run, args=(readers.work,), name="reader", daemon=True).start()
        yield from readers.arrivals()
    finally:
        readers.leave()


class _Readers(Generic[T]):
    """What waits to be read, and what was."""

    def __init__(self, errands: Iterable[Errand[T]]) -> None:
        self._changed = threading.Condition()
        self._waiting: dict[str, deque[tuple[Place, Errand[T]]]] = {}  # by host
        self._busy: set[str] = set()
        self._over = False
        self._read: queue.Queue[tuple[Place, T] | Exception | None] = queue.Queue(READ_AHEAD)
        for number, errand in enumerate(errands):
            self._add((number,), errand)

    @property
    def idle(self) -> bool:
        return not self._waiting

    def arrivals(self) -> Generator[tuple[Place, T] | None, None, None]:
        while True:
            try:
                arrival = self._read.get(timeout=_TICK)
            except queue.Empty:
                yield None
                continue
            if arrival is None:
                return
            if isinstance(arrival, Exception):
                raise arrival
            yield arrival

    def leave(self) -> None:
        with self._changed:
            self._over = True
            self._changed.notify_all()

    def work(self) -> None:
        """Runs errands of hosts that nobody else is at, until there is nothing left to read."""
        while (taken := self._next()) is not None:
            place, errand = taken
            try:
                self._run(place, errand)
            except Exception as error:
                self._hand_on(error)
            finally:
                self._done(errand.host)

    def _next(self) -> tuple[Place, Errand[T]] | None:
        with self._changed:
            while not self._over:
                if (host := next((each for each in self._waiting if each not in self._busy), None)) is not None:
                    self._busy.add(host)
                    taken = self._waiting[host].popleft()
                    if not self._waiting[host]:
                        del self._waiting[host]
                    return taken
                if not self._busy:
                    break
                self._changed.wait()
        return None

    def _run(self, place: Place, errand: Errand[T]) -> None:
        further = 0
        for found in errand.read():
            if isinstance(found, Errand):
                self._add((*place, further), found)
                further += 1
            elif not self._hand_on((place, found)):
                return

    def _add(self, place: Place, errand: Errand[T]) -> None:
        with self._changed:
            self._waiting.setdefault(errand.host, deque()).append((place, errand))
            self._changed.notify_all()

    def _done(self, host: str) -> None:
        with self._changed:
            self._busy.discard(host)
            self._changed.notify_all()
            finished = not self._busy and not self._waiting
        if finished:
            self._hand_on(None)

    def _hand_on(self, arrival: tuple[Place, T] | Exception | None) -> bool:
        """Waits for room; False when nobody takes anything any more."""
        while not self._over:
            try:
                self._read.put(arrival, timeout=_TICK)
                return True
            except queue.Full:
                continue
        return False
