"""How much of one kind of work is done at once, and the line of those who wait for an answer."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from threading import BoundedSemaphore, Condition
from time import monotonic

from vectorstore.errors import DatelineError

READERS_WAITING = 64
"""Each has searched already and holds a thread."""
_FIRST_GUESS, _SOONEST, _LATEST = 5.0, 1, 120
"""Seconds: what an answer takes before any was seen, and the bounds of when to come again."""
_WEIGHT_OF_LAST = 0.2


class TooBusy(DatelineError):
    """Everything is taken, and too many are waiting. `seconds` is when it may be worth trying again."""

    def __init__(self, message: str, seconds: int = _SOONEST) -> None:
        super().__init__(message)
        self.seconds = seconds


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


class Line:
    """So many questions are answered `at_once`, those of the page and of programs; the others wait in the order in
    which they came. Programs are sent away once `programs` questions wait: they can come again by themselves."""

    def __init__(self, at_once: int = 8, programs: int = 8) -> None:
        self._at_once, self._programs = at_once, programs
        self.changed = Condition()
        self._working: dict[Turn, float] = {}
        self._waiting: deque[Turn] = deque()
        self._usual = _FIRST_GUESS

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def join(self, program: bool = False) -> Turn:
        """A place in it, to be left in any case. Raises TooBusy."""
        with self.changed:
            turn = Turn(self)
            if len(self._working) < self._at_once:
                self._working[turn] = monotonic()
            elif len(self._waiting) < (self._programs if program else READERS_WAITING):
                self._waiting.append(turn)
            else:
                raise TooBusy("Too many questions are waiting. Try again in a moment.", self._worth_waiting())
            return turn

    @contextmanager
    def taken(self) -> Iterator[None]:
        """For a program, in a thread that may wait. Raises TooBusy at once."""
        turn = self.join(program=True)
        try:
            while not turn.come(_LATEST):
                pass
            yield
        finally:
            turn.leave()

    def ahead_of(self, turn: Turn) -> int | None:
        """How many wait before it; None once it is its turn. Called with `changed` held."""
        return self._waiting.index(turn) if turn in self._waiting else None

    def left_by(self, turn: Turn) -> None:
        with self.changed:
            if (begun := self._working.pop(turn, None)) is not None:
                self._usual += _WEIGHT_OF_LAST * (monotonic() - begun - self._usual)
            elif turn in self._waiting:
                self._waiting.remove(turn)
            while self._waiting and len(self._working) < self._at_once:
                self._working[self._waiting.popleft()] = monotonic()
            self.changed.notify_all()

    def _worth_waiting(self) -> int:
        """Seconds until those who wait now are done with, at the pace of the last answers."""
        return min(_LATEST, max(_SOONEST, ceil(self._usual * (len(self._waiting) + 1) / self._at_once)))


class Turn:
    """One question's place in a line."""

    def __init__(self, line: Line) -> None:
        self._line = line

    @property
    def ahead(self) -> int | None:
        """How many wait before it; None once it is its turn."""
        with self._line.changed:
            return self._line.ahead_of(self)

    def come(self, seconds: float) -> bool:
        """Whether it is its turn, for which at most so many seconds are waited."""
        with self._line.changed:
            return self._line.changed.wait_for(lambda: self._line.ahead_of(self) is None, seconds)

    def leave(self) -> None:
        self._line.left_by(self)
