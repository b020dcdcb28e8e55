"""How a command comes by a library that other processes may have open."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from vectorstore.console.command_client import is_served, leave_to_server, when_free
from vectorstore.errors import LibraryBusy, LibraryUnwritable

logger = logging.getLogger("dateline")

_SECONDS_TO_WAIT = 60.0

T = TypeVar("T", bound=AbstractContextManager[Any])


@dataclass(frozen=True, slots=True)
class Opener(Generic[T]):
    """`opened(read_only)` opens the library in this folder; each method says when, and as what."""

    library: Path
    opened: Callable[[bool], T]

    @contextmanager
    def writing(self) -> Iterator[T]:
        """As soon as the command that has the library is done. Raises LibraryBusy, or on entering Served where a server
        has it, which carries out the command."""
        leave_to_server(self.library)
        with self._when_free(lambda: self.opened(False), lambda: leave_to_server(self.library)) as there:
            yield there

    @contextmanager
    def reading(self) -> Iterator[T]:
        """As `beside_a_writer`. Raises Served on entering, as `writing` does."""
        leave_to_server(self.library)
        with self.beside_a_writer() as there:
            yield there

    def beside_a_writer(self) -> T:
        """While another process has the library, and where it may not be written, the catalogue is searched on its
        own."""
        try:
            return self._where_it_may_be_written()
        except LibraryBusy:
            return self.opened(True)

    def serving(self) -> T:
        """As `writing`, and only read where it may not be written. Raises LibraryBusy where a server has it."""
        return self._when_free(self._where_it_may_be_written, lambda: is_served(self.library))

    def _when_free(self, opened: Callable[[], T], give_up: Callable[[], object]) -> T:
        return when_free(self.library, opened, _SECONDS_TO_WAIT, give_up)

    def _where_it_may_be_written(self) -> T:
        try:
            return self.opened(False)
        except LibraryUnwritable as error:
            logger.warning("%s It is only read.", error)
            return self.opened(True)
