"""Pieces of work as they begin and end, each within another one, and the request that they are done for.

Where nobody watches, a piece of work costs a microsecond. Facts are numbers, states and names of things of our own;
what a reader or an article says stands under a name of `TEXTS`, and a watcher passes that on only where it may.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from contextvars import ContextVar
from time import perf_counter
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
Fact = str | int | float | bool
TEXTS = frozenset({"question"})


class Work:
    """`within` is what it is a part of, `seconds` how long it took once it has ended, `error` what ended it early.
    A watcher keeps in `kept` what it needs at the end."""

    __slots__ = ("_begun", "error", "facts", "kept", "name", "seconds", "within")

    def __init__(self, name: str, within: Work | None, facts: dict[str, Fact]) -> None:
        self.name, self.within, self.facts = name, within, facts
        self.seconds: float | None = None
        self.error: BaseException | None = None
        self.kept: dict[int, Any] = {}
        self._begun = perf_counter()

    def note(self, **facts: Fact) -> None:
        self.facts.update(facts)

    def so_far(self) -> float:
        """Seconds since it began."""
        return perf_counter() - self._begun

    def end(self, error: BaseException | None = None, **facts: Fact) -> None:
        """Once; what comes later is left."""
        if self.seconds is not None:
            return
        self.facts.update(facts)
        self.seconds, self.error = self.so_far(), error
        for watcher in _watchers:
            watcher.ended(self)

    def is_part_of(self, name: str) -> bool:
        """Whether any of what it is done for has this name."""
        return self.within is not None and (self.within.name == name or self.within.is_part_of(name))


class Watcher(Protocol):
    """It is called in the thread that does the work, and raises nothing."""

    def begun(self, work: Work) -> None: ...

    def ended(self, work: Work) -> None: ...

    def told(self, name: str, facts: dict[str, Fact]) -> None:
        """Something that takes no time has happened."""


_watchers: tuple[Watcher, ...] = ()
_current: ContextVar[Work | None] = ContextVar("work", default=None)
_request: ContextVar[str] = ContextVar("request", default="")


def watch(watcher: Watcher) -> None:
    """From now on, in the whole process."""
    global _watchers
    _watchers = (*_watchers, watcher)


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Within."""
    global _watchers
    watch(watcher)
    try:
        yield
    finally:
        _watchers = tuple(each for each in _watchers if each is not watcher)


def begin(name: str, **facts: Fact) -> Work:
    """A piece of work within the current one; whoever begins it ends it."""
    work = Work(name, _current.get(), facts)
    for watcher in _watchers:
        watcher.begun(work)
    return work


@contextmanager
def stage(name: str, **facts: Fact) -> Iterator[Work]:
    """A piece of work, within which it is the current one. What yields in the middle uses `passage`."""
    with passage(name, **facts) as work, _current_is(work):
        yield work


@contextmanager
def passage(name: str, **facts: Fact) -> Iterator[Work]:
    """As `stage`, but others are current within: a generator goes on in whatever context it is asked for more."""
    work = begin(name, **facts)
    try:
        yield work
    except BaseException as error:
        work.end(error)
        raise
    work.end()


def each_within(work: Work, steps: Generator[T]) -> Generator[T]:
    """What the steps make; while they make it, the work is the current one."""
    with closing(steps):
        while True:
            try:
                with _current_is(work):
                    made = next(steps)
            except StopIteration:
                return
            yield made


def note(**facts: Fact) -> None:
    """Of the current work."""
    if work := _current.get():
        work.note(**facts)


def tell(name: str, **facts: Fact) -> None:
    """Something that takes no time."""
    for watcher in _watchers:
        watcher.told(name, facts)


@contextmanager
def _current_is(work: Work) -> Iterator[None]:
    before = _current.set(work)
    try:
        yield
    finally:
        _current.reset(before)


def request_id() -> str:
    """That of the request for which something is done now; "" for none."""
    return _request.get()


@contextmanager
def for_request(id: str) -> Iterator[None]:
    """Within, work is done for this one."""
    before = _request.set(id)
    try:
        yield
    finally:
        _request.reset(before)
