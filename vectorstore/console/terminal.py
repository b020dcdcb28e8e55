"""The terminal that a command belongs to: this process's own, or that of another process that has a command carried
out here; see vectorstore.console.command_server."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from io import TextIOBase
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from rich.console import Console

Print = Callable[[str], None]

_REMOTE: ContextVar[Terminal | None] = ContextVar("terminal", default=None)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a command is told of its terminal.

    `environment` holds the variables by which rich draws, with COLUMNS and LINES; `settings` are those that stand in
    the environment there, by their names in assistant.settings.Settings.
    """

    directory: str
    out_is_terminal: bool = False
    err_is_terminal: bool = False
    encoding: str = "utf-8"
    environment: Mapping[str, str] | None = None
    settings: Mapping[str, Any] | None = None


class Terminal:
    """Another process's terminal. Any thread may press its Ctrl-C."""

    def __init__(self, surroundings: Surroundings, print_out: Print, print_err: Print) -> None:
        self.surroundings = surroundings
        encoding = surroundings.encoding
        self.out = cast(IO[str], _Stream(print_out, surroundings.out_is_terminal, encoding))
        self.err = cast(IO[str], _Stream(print_err, surroundings.err_is_terminal, encoding))
        self._pressed = threading.Event()
        self._ends_itself = False

    @contextmanager
    def current(self) -> Iterator[None]:
        """Within, commands that this thread carries out belong to this terminal."""
        before = _REMOTE.set(self)
        try:
            yield
        finally:
            _REMOTE.reset(before)

    def interrupt(self) -> bool:
        """Ctrl-C was pressed. Whether the command takes it as a wish, and is left to come to its own end."""
        again = self._pressed.is_set()
        self._pressed.set()
        return self._ends_itself and not again

    def interrupted(self) -> bool:
        return self._pressed.is_set()

    @contextmanager
    def taking_interrupts_as_a_wish(self) -> Iterator[Callable[[], bool]]:
        """Yields whether Ctrl-C was pressed."""
        self._ends_itself = True
        try:
            yield self.interrupted
        finally:
            self._ends_itself = False


def remote() -> Terminal | None:
    """The other process's terminal, None where a command belongs to this one's."""
    return _REMOTE.get()


def out() -> IO[str]:
    """Where results go."""
    terminal = remote()
    return terminal.out if terminal else sys.stdout


def err() -> IO[str]:
    """Where progress and problems go."""
    terminal = remote()
    return terminal.err if terminal else sys.stderr


def screen(stderr: bool = False) -> Console:
    """The same for what is drawn."""
    from rich.console import Console

    terminal = remote()
    if terminal is None:
        return Console(stderr=stderr)
    return Console(file=err() if stderr else out(), _environ=terminal.surroundings.environment or {})


def resolved(path: Path) -> Path:
    """A path as it was named on the command line, for opening it here."""
    terminal = remote()
    return Path(terminal.surroundings.directory, path.expanduser()) if terminal else path


def interrupted() -> bool:
    """Whether Ctrl-C was pressed in the other process; of its own a process hears by itself."""
    terminal = remote()
    return terminal is not None and terminal.interrupted()


def stop_if_interrupted() -> None:
    """KeyboardInterrupt when it was."""
    if interrupted():
        raise KeyboardInterrupt


class _Stream(TextIOBase):
    """Hands on what is written."""

    def __init__(self, hand_on: Print, is_terminal: bool, encoding: str) -> None:
        self._hand_on, self._is_terminal, self._encoding = hand_on, is_terminal, encoding

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return self._is_terminal

    def write(self, text: str) -> int:
        if text:
            self._hand_on(text)
        return len(text)
