"""How a command comes by a library that other processes may have open, and is carried out by the one that has it.

See command_server.py for the other side.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import asdict, dataclass
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, answer_challenge, deliver_challenge
from pathlib import Path
from time import monotonic
from typing import Any, Generic, TypeVar

from filelock import FileLock, Timeout

from vectorstore.console.commands import complain
from vectorstore.console.terminal import Surroundings
from vectorstore.errors import LibraryBusy, LibraryUnwritable

T = TypeVar("T")

PROTOCOL = 1
INTERRUPT = b"interrupt"
PATIENCE = 5.0
"""Seconds in which a server answers, however busy."""
_FILE = "server.json"
_DRAWN_BY = ("TERM", "COLORTERM", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "COLUMNS", "LINES")
_SHOW_CURSOR = "\x1b[?25h"
_INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Address:
    """Where the process that has a library open takes commands, and the key by which both know one another."""

    port: int
    key: str
    protocol: int = PROTOCOL

    @staticmethod
    def file(library: Path) -> Path:
        """The file that holds it, for the library's owner alone."""
        return library / _FILE

    @classmethod
    def of(cls, library: Path) -> Address | None:
        """None where there is none, or one that this version does not know."""
        try:
            found = cls(**json.loads(cls.file(library).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return found if found.protocol == PROTOCOL else None

    def connected(self) -> Connection[Any, Any] | None:
        """A connection to whoever holds the same key; None when nobody does, as after a server that was killed."""
        connection = None
        try:
            connection = Client(("127.0.0.1", self.port))
            if connection.poll(PATIENCE):
                answer_challenge(connection, self.key.encode())
                deliver_challenge(connection, self.key.encode())
                return connection
        except (OSError, EOFError, AuthenticationError, AssertionError):
            pass
        if connection:
            connection.close()
        return None


class Served(Exception):
    """The library is open in another process, which carries out this command; see `carried_out_there`."""

    def __init__(self, connection: Connection[Any, Any]) -> None:
        super().__init__("The library is open in another process.")
        self.connection = connection


def leave_to_server(library: Path) -> None:
    """Raises Served when a process has the library open and takes commands."""
    address = Address.of(library)
    if address and (connection := address.connected()):
        raise Served(connection)


def is_served(library: Path) -> bool:
    """Whether a process has the library open and takes commands."""
    try:
        leave_to_server(library)
    except Served as served:
        served.connection.close()
        return True
    return False


def when_free(library: Path, opened: Callable[[], T], seconds: float, give_up: Callable[[], object]) -> T:
    """What `opened` returns, as soon as it raises no LibraryBusy any more.

    While another process has the library that is told once, and `give_up` is asked again and again. Raises LibraryBusy
    when that says so, or `seconds` after it was told.
    """
    due: float | None = None
    while True:
        try:
            return opened()
        except LibraryBusy:
            if give_up() or (due is not None and monotonic() >= due):
                raise
        if due is None:
            complain(f"Waiting until another Dateline is done with the library {library}. Ctrl-C ends the wait.")
            due = monotonic() + seconds
        _wait_for(library)


def _wait_for(library: Path) -> None:
    """Until nobody writes to it, for a second at most."""
    with suppress(Timeout), FileLock(library / "writer.lock", timeout=1, thread_local=False):
        pass


def surroundings(environment: Mapping[str, str], settings: Mapping[str, Any]) -> Surroundings:
    """Those of this process."""
    drawn_by = {name: environment[name] for name in _DRAWN_BY if name in environment}
    return Surroundings(
        directory=_directory(),
        out_is_terminal=sys.stdout.isatty(),
        err_is_terminal=sys.stderr.isatty(),
        encoding=sys.stdout.encoding,
        environment={**_size(), **drawn_by},
        settings=settings,
    )


def carried_out_there(served: Served, arguments: Sequence[str], here: Surroundings) -> int:
    """Prints what the command prints there, and returns its exit status.

    Ctrl-C is handed on; pressed again, it ends this process, and the command as soon as it hears of it.
    """
    connection = served.connection
    with connection, _interrupts(lambda: connection.send_bytes(INTERRUPT)):
        try:
            connection.send_bytes(json.dumps({"arguments": list(arguments), "surroundings": asdict(here)}).encode())
            return _printed(connection)
        except KeyboardInterrupt:
            if here.err_is_terminal:  # the command was in the middle of drawing
                sys.stderr.write(_SHOW_CURSOR)
            return _INTERRUPTED
        except (EOFError, ConnectionError):
            complain("The Dateline that serves the library has ended. Run the command again.")
            return 1


def _printed(connection: Connection[Any, Any]) -> int:
    while True:
        while not connection.poll(0.5):  # not for ever: on Windows, Ctrl-C is heard in between
            pass
        message = json.loads(connection.recv_bytes())
        if "status" in message:
            return int(message["status"])
        try:
            _print(**message)
        except BrokenPipeError:  # as `dateline library list | head` does
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 1


def _print(out: str = "", err: str = "") -> None:
    for text, stream in ((out, sys.stdout), (err, sys.stderr)):
        if text:
            stream.write(text)
            stream.flush()


def _directory() -> str:
    try:
        return os.getcwd()
    except FileNotFoundError:  # it was removed under this process
        return ""


def _size() -> Mapping[str, str]:
    """The terminal's, whichever stream leads to one; nothing where none is known."""
    for descriptor in (0, 1, 2):
        with suppress(OSError):
            columns, lines = os.get_terminal_size(descriptor)
            if columns and lines:
                return {"COLUMNS": str(columns), "LINES": str(lines)}
    return {}


@contextmanager
def _interrupts(hand_on: Callable[[], None]) -> Iterator[None]:
    """Within, the first Ctrl-C calls `hand_on` and the next one raises KeyboardInterrupt."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def pressed(*_: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        with suppress(OSError):
            hand_on()

    usual = signal.signal(signal.SIGINT, pressed)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)


logger = logging.getLogger("dateline")

_SECONDS_TO_WAIT = 60.0

Opened = TypeVar("Opened", bound=AbstractContextManager[Any])


@dataclass(frozen=True, slots=True)
class Opener(Generic[Opened]):
    """`opened(read_only)` opens the library in this folder; each method says when, and as what."""

    library: Path
    opened: Callable[[bool], Opened]

    @contextmanager
    def writing(self) -> Iterator[Opened]:
        """As soon as the command that has the library is done. Raises LibraryBusy, or on entering Served where a server
        has it, which carries out the command."""
        leave_to_server(self.library)
        with self._when_free(lambda: self.opened(False), lambda: leave_to_server(self.library)) as there:
            yield there

    @contextmanager
    def reading(self) -> Iterator[Opened]:
        """As `beside_a_writer`. Raises Served on entering, as `writing` does."""
        leave_to_server(self.library)
        with self.beside_a_writer() as there:
            yield there

    def beside_a_writer(self) -> Opened:
        """While another process has the library, and where it may not be written, the catalogue is searched on its
        own."""
        try:
            return self._where_it_may_be_written()
        except LibraryBusy:
            return self.opened(True)

    def serving(self) -> Opened:
        """As `writing`, and only read where it may not be written. Raises LibraryBusy where a server has it."""
        return self._when_free(self._where_it_may_be_written, lambda: is_served(self.library))

    def _when_free(self, opened: Callable[[], Opened], give_up: Callable[[], object]) -> Opened:
        return when_free(self.library, opened, _SECONDS_TO_WAIT, give_up)

    def _where_it_may_be_written(self) -> Opened:
        try:
            return self.opened(False)
        except LibraryUnwritable as error:
            logger.warning("%s It is only read.", error)
            return self.opened(True)
