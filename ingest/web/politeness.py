"""Reading from the web politely: one connection a host, a delay between requests, robots.txt and Retry-After obeyed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol
from urllib.parse import urljoin, urlsplit

import httpcore
from protego import Protego

from ingest.web.fetch import SECONDS, FetchedPage, Gate, fetch
from ingest.web.responses import NEVER_SEEN, Validators
from vectorstore.errors import AddressRefused, FetchFailed, NotReached, ToldToWait
from vectorstore.storage.subscriptions import HostTurn

_AGENT = "Dateline"
_DAY = timedelta(days=1)
# Seconds that a site may ask for and get at once; whoever asks for more is left alone until another run.
_PATIENCE = 30.0
_LONGEST_DELAY = 30.0
# Bytes of a robots.txt that are read, as RFC 9309 has it: parsing megabytes of rules takes seconds.
_LONGEST_ROBOTS = 500 * 1024
# A host that did not answer so often in a row is not asked again in this run.
_TRIES = 3
# Seconds until one that waits for another machine looks again.
_LOOK_EVERY = 0.2


class RobotsShelf(Protocol):
    """Keeps what robots.txt said, so that it isn't asked for at every run, and whose turn it is where several machines
    read the same sites."""

    def robots(self, origin: str) -> tuple[str, datetime] | None: ...

    def keep_robots(self, origin: str, text: str, read_at: datetime) -> None: ...

    def turn(self, host: str, stop: Callable[[], None]) -> AbstractContextManager[HostTurn]: ...


@dataclass(slots=True)
class _Host:
    turn: threading.Lock = field(default_factory=threading.Lock)
    reading_rules: threading.Lock = field(default_factory=threading.Lock)
    rules: Protego | None = None
    delay: float = 0.0
    unanswered: int = 0
    free_at: datetime | None = None
    closed_until: datetime | None = None


class Web:
    """Every request of a run goes through one of these; threads may share it.

    `delay` is in seconds, from the end of an answer to the next request to the same host; a longer Crawl-delay, up to
    30 seconds, takes its place. Each page may take `seconds`. A robots.txt is read as RFC 9309 has it, the longest rule
    that fits a path first; one that is not there, or is broken, permits everything. `passwords` are those of mailboxes.
    """

    def __init__(
        self,
        *,
        allow_private: bool = False,
        robots: bool = True,
        delay: float = 1.0,
        seconds: float = SECONDS,
        shelf: RobotsShelf | None = None,
        passwords: Callable[[str], str] = lambda account: "",
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._allow_private = allow_private
        self._robots = robots
        self._delay = delay
        self._seconds = seconds
        self._shelf = shelf
        self.passwords = passwords
        self._now = now
        self._sleep = sleep
        self._hosts: dict[str, _Host] = {}
        self._adding = threading.Lock()

    def get(self, url: str, known: Validators = NEVER_SEEN, *, by_hand: bool = False) -> FetchedPage:
        """The page at the address, see fetch.py. Raises FetchFailed; ToldToWait when the host wants a pause.

        robots.txt is about programs that find addresses by themselves: one that a person named is read `by_hand`.
        """
        gate = self._turn if by_hand or not self._robots else self._permitted_turn
        try:
            return self._fetch(url, known, gate)
        except ToldToWait as told:
            if told.seconds is None or told.seconds > _PATIENCE:
                raise
        return self._fetch(url, known, gate)

    def _fetch(self, url: str, known: Validators, gate: Gate) -> FetchedPage:
        return fetch(url, allow_private=self._allow_private, seconds=self._seconds, known=known, gate=gate)

    @contextmanager
    def _permitted_turn(self, url: str) -> Iterator[None]:
        if not self._rules(url).can_fetch(url, _AGENT):
            raise AddressRefused("refused: the site's robots.txt asks programs not to read this page")
        with self._turn(url):
            yield

    @contextmanager
    def _turn(self, url: str) -> Iterator[None]:
        host = self._host(url)
        with host.turn, self._turn_of_all(url, host):
            self._wait(host)
            try:
                yield
            except AddressRefused:
                raise  # nothing was asked, so there is nothing to wait for
            except (NotReached, httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError):
                host.unanswered += 1
                self._pause(host)
                raise
            except ToldToWait as told:
                self._pause(host, told.seconds or 0.0)
                raise
            except BaseException:
                self._pause(host)
                raise
            host.unanswered = 0
            self._pause(host)

    @contextmanager
    def _turn_of_all(self, url: str, host: _Host) -> Iterator[None]:
        """Of the machines that share the library."""
        if self._shelf is None:
            yield
            return
        with self._shelf.turn(_name(url), lambda: self._sleep(_LOOK_EVERY)) as turn:
            host.free_at = max(filter(None, (host.free_at, turn.free_at)), default=None)
            try:
                yield
            finally:
                turn.free_at = max(filter(None, (host.free_at, host.closed_until)), default=None)

    def _pause(self, host: _Host, asked_for: float = 0.0) -> None:
        now = self._now()
        host.free_at = now + timedelta(seconds=max(host.delay, self._delay))
        if asked_for:
            host.closed_until = now + timedelta(seconds=asked_for)

    def _wait(self, host: _Host) -> None:
        if host.unanswered >= _TRIES:
            raise NotReached(f"not asked: its host did not answer {_TRIES} times in a row")
        now = self._now()
        closed = (host.closed_until - now).total_seconds() if host.closed_until else 0.0
        if closed > _PATIENCE:
            raise ToldToWait("not asked: the site asked to be left alone for a while", closed)
        free = (host.free_at - now).total_seconds() if host.free_at else 0.0
        # Bounded, since a clock that is put right in the middle of a run may say years.
        pause = min(max(closed, free), max(_PATIENCE, host.delay, self._delay))
        if pause > 0:
            self._sleep(pause)

    def _host(self, url: str) -> _Host:
        with self._adding:
            return self._hosts.setdefault(_name(url), _Host())

    def _rules(self, url: str) -> Protego:
        host = self._host(url)
        # Held while the host's turn is taken and never the other way round, or two hosts could wait for each other.
        with host.reading_rules:
            if host.rules is None:
                host.rules = Protego.parse(self._robots_text(_origin(url)))
                host.delay = min(host.rules.crawl_delay(_AGENT) or 0.0, _LONGEST_DELAY)
            return host.rules

    def _robots_text(self, origin: str) -> str:
        kept = self._shelf.robots(origin) if self._shelf else None
        if kept and timedelta(0) <= self._now() - kept[1] < _DAY:  # a clock may have been wrong meanwhile
            return kept[0]
        try:
            page = self._fetch(urljoin(origin, "/robots.txt"), NEVER_SEEN, self._turn)
            text = page.content[:_LONGEST_ROBOTS].decode("utf-8-sig", "replace")
        except ToldToWait:
            raise
        except FetchFailed:
            text = ""
        if self._shelf:
            self._shelf.keep_robots(origin, text, self._now())
        return text


def _name(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2].lower()


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
