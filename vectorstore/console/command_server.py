"""The commands of other processes, carried out by the one that has the library open.

Whoever may read the library's folder finds `server.json` there: a port of this machine's loopback, and a key. Both
sides prove that they hold the key before anything else is said (multiprocessing.connection's challenge, an HMAC over
random bytes), so the key itself is never sent, no web page can speak to the port, and no proxy in front of the page
leads to it. Then come one request and, in return, pieces of output and in the end the exit status, all as JSON.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from multiprocessing import AuthenticationError
from multiprocessing.connection import Connection, answer_challenge, deliver_challenge
from pathlib import Path
from queue import SimpleQueue
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any

from vectorstore.console.command_client import INTERRUPT, PATIENCE, Address
from vectorstore.console.terminal import Surroundings, Terminal
from vectorstore.errors import LibraryUnwritable

logger = logging.getLogger(__name__)

Run = Callable[[Sequence[str]], int]
"""Carries out a command line in the terminal that is current, and returns its exit status."""

_INTERRUPTED = 130
_LONGEST_REQUEST = 16 * 1024 * 1024
_TO_CLEAR_THE_SCREEN = 0.5
_CLOSING = 30.0
"""Seconds that commands under way are given when the server closes: an ingest stores what it has in hand."""


@contextmanager
def commands_served(library: Path, run: Run) -> Iterator[None]:
    """Within, `run` carries out what other processes want done with the library in this folder, each in a thread of
    its own. At the end, commands under way are interrupted. Raises LibraryUnwritable."""
    key = secrets.token_hex(32)
    with _CommandServer(run, key) as server:
        threading.Thread(target=server.serve_forever, args=(0.1,), name="commands", daemon=True).start()
        file = Address.file(library)
        try:
            _write(file, json.dumps(asdict(Address(server.server_address[1], key))))
            try:
                yield
            finally:
                file.unlink(missing_ok=True)
        finally:
            server.shutdown()
            server.interrupt()


def _write(file: Path, text: str) -> None:
    """In one step, for its owner alone. Raises LibraryUnwritable."""
    try:
        handle, part = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")  # made with mode 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(text)
            os.replace(part, file)
        finally:
            Path(part).unlink(missing_ok=True)
    except OSError as error:
        raise LibraryUnwritable(
            f"The library {file.parent} cannot be written ({error.strerror}: {file}). Let Dateline write there, or "
            "choose another folder with --library."
        ) from error


class _CommandServer(ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, run: Run, key: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self._run, self._key = run, key.encode()
        self._calls: set[_Call] = set()
        self._closing = False

    def knows(self, request: socket.socket, connection: Connection[Any, Any]) -> bool:
        """Whether the other side has the key. One that is silent is cut off."""
        cut_off = threading.Timer(PATIENCE, request.shutdown, [socket.SHUT_RDWR])
        cut_off.start()
        try:
            deliver_challenge(connection, self._key)
            answer_challenge(connection, self._key)
            return True
        except (OSError, EOFError, AuthenticationError, AssertionError):
            return False
        finally:
            cut_off.cancel()

    def carry_out(self, connection: Connection[Any, Any]) -> None:
        call = _Call(connection, self._run)
        self._calls.add(call)
        try:
            if not self._closing:
                call.carry_out()
        finally:
            call.ended.set()
            self._calls.discard(call)

    def interrupt(self) -> None:
        """Ends what is under way, and takes nothing more."""
        self._closing = True
        calls = list(self._calls)
        for call in calls:
            call.interrupt()
        for call in calls:
            call.ended.wait(_CLOSING)

    def handle_error(self, request: object, client_address: object) -> None:
        logger.exception("A command from another process failed")


class _Handler(BaseRequestHandler):
    request: socket.socket
    server: _CommandServer

    def handle(self) -> None:
        with Connection(self.request.dup().detach()) as connection:
            if self.server.knows(self.request, connection):
                with suppress(EOFError, ConnectionError):  # whoever asked has gone
                    self.server.carry_out(connection)


class _Call:
    """One command. A thread of its own carries it out, another hears Ctrl-C, and this one sends what is printed: a
    terminal that takes nothing for a while holds nothing up."""

    def __init__(self, connection: Connection[Any, Any], run: Run) -> None:
        self._connection, self._run = connection, run
        self._messages: SimpleQueue[dict[str, Any]] = SimpleQueue()
        request = json.loads(connection.recv_bytes(_LONGEST_REQUEST))
        self._arguments: list[str] = request["arguments"]
        self._terminal = Terminal(
            Surroundings(**request["surroundings"]),
            lambda text: self._messages.put({"out": text}),
            lambda text: self._messages.put({"err": text}),
        )
        self._hearing = threading.Thread(target=self._hear, name="command's Ctrl-C", daemon=True)
        self._worked, self.ended = threading.Event(), threading.Event()

    def carry_out(self) -> None:
        """Until the command has ended, also where whoever wanted it has gone before."""
        threading.Thread(target=self._work, name="command", daemon=True).start()
        self._hearing.start()
        try:
            self._send()
        finally:
            self._worked.wait()
            self.ended.set()
            self._hearing.join(PATIENCE)  # until the other side has closed the connection, which it does first

    def _send(self) -> None:
        ended = False
        while not ended:
            message = self._messages.get()
            self._connection.send_bytes(json.dumps(message).encode())
            ended = "status" in message

    def interrupt(self) -> None:
        """As Ctrl-C does: what takes that as a wish comes to its own end, anything else is not waited for."""
        if not self._terminal.interrupt():
            self._worked.wait(_TO_CLEAR_THE_SCREEN)
            self._messages.put({"status": _INTERRUPTED})

    def _work(self) -> None:
        status = 1
        try:
            with self._terminal.current():
                status = self._run(self._arguments)
        finally:
            self._messages.put({"status": status})
            self._worked.set()

    def _hear(self) -> None:
        try:
            while self._connection.recv_bytes(len(INTERRUPT)) == INTERRUPT:
                self.interrupt()
        except (EOFError, OSError):
            pass
        self._terminal.interrupt()  # nobody is there any more
