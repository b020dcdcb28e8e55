"""How much of one kind of work is done at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from vectorstore.errors import DatelineError


class TooBusy(DatelineError):
    """Everything is taken, and too many are waiting."""


class Places:
    """So many may work `at_once`, and so many more may wait for it; whoever comes then is told to come again."""

    def __init__(self, what: str, at_once: int, waiting: int = 0) -> None:
        self._what = what
        self._inside, self._working = BoundedSemaphore(at_once + waiting), BoundedSemaphore(at_once)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Waits for one, in a thread that may wait. Raises TooBusy at once."""
        if not self._inside.acquire(blocking=False):
            raise TooBusy(f"Too many {self._what} are under way. Try again in a moment.")
        try:
            with self._working:
                yield
        finally:
            self._inside.release()
