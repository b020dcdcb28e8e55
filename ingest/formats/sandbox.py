"""Work on what strangers wrote, in a process of its own that is stopped when it takes too long or too much.

A parser that has met the input it was never tried on can neither be interrupted in a thread nor trusted to end.
"""

from __future__ import annotations

import atexit
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any, ParamSpec, TypeVar

from vectorstore.errors import RejectedDocument

P = ParamSpec("P")
T = TypeVar("T")

# Seconds of the processor, not of the clock: on a busy machine the smallest page may take a minute.
SECONDS = 8.0
# Seconds by the clock, for work that waits for something and for a process that does not come up.
_PATIENCE = 120.0
# A feed of 10,000 entries takes 80 of these.
_MEGABYTES = 288
_START = "import sys; sys.path[:] = {path!r}; from ingest.formats.sandbox import serve; serve({seconds!r})"


class Bounded:
    """One helper process, started when first needed and again after it had to be stopped. Threads take turns."""

    def __init__(self, seconds: float = SECONDS, patience: float = _PATIENCE) -> None:
        self._seconds, self._patience = seconds, patience
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        atexit.register(self.close)

    def __call__(self, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """What `work` returns or raises. It must be a function of a module, its values must be picklable.

        Raises RejectedDocument when it works too long, waits too long or the process dies of it.
        """
        with self._turn:
            answer = self._ask(self._ready(), (work, arguments, named))
        if isinstance(answer, BaseException):
            raise answer
        result: T = answer
        return result

    def close(self) -> None:
        """End the helper process; the next call starts another."""
        if (process := self._process) is not None:
            self._process = None
            process.kill()
            process.communicate()

    def _ready(self) -> subprocess.Popen[bytes]:
        """The helper process, once it has said that it can begin."""
        if self._process is None:
            command = [sys.executable, "-c", _START.format(path=sys.path, seconds=self._seconds)]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            self._ask(self._process)
        return self._process

    def _ask(self, process: subprocess.Popen[bytes], *questions: object) -> Any:
        assert process.stdin and process.stdout
        timer = threading.Timer(self._patience, process.kill)
        timer.start()
        try:
            for question in questions:
                pickle.dump(question, process.stdin)
            process.stdin.flush()
            return pickle.load(process.stdout)
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            self.close()
            raise RejectedDocument(f"was given up: {self._why(process.returncode)}") from error
        except BaseException:
            self.close()  # an answer that nobody waited for must not be taken for the next one
            raise
        finally:
            timer.cancel()

    def _why(self, status: int) -> str:
        if status == -getattr(signal, "SIGPROF", 0):
            return f"reading it takes more than {self._seconds:g} seconds of the processor"
        if status == -getattr(signal, "SIGKILL", 0):
            return f"the process that reads it gave no answer in {self._patience:g} seconds, or memory ran out"
        return f"the process that reads it died ({status})"


bounded = Bounded()


def serve(seconds: float) -> None:
    """The helper process: says that it is ready, then answers until its standard input ends.

    What parsers print is dropped: it would show what strangers wrote on the terminal.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asks
    _limit_memory()
    questions: IO[bytes] = sys.stdin.buffer
    replies = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for printed in (1, 2):
        os.dup2(nowhere, printed)
    answer: object = "ready"
    while True:
        pickle.dump(answer, replies)
        replies.flush()
        try:
            work, arguments, named = pickle.load(questions)
        except EOFError:
            return
        with _limited(seconds):
            answer = _outcome(work, arguments, named)


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """The system ends this process when it has worked for so long, even in the middle of a parser written in C."""
    if not hasattr(signal, "setitimer"):  # Windows
        yield
        return
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    yield
    signal.setitimer(signal.ITIMER_PROF, 0)


def _outcome(work: Callable[..., object], arguments: tuple[object, ...], named: dict[str, object]) -> object:
    try:
        return work(*arguments, **named)
    except RejectedDocument as reason:
        return reason
    except MemoryError:
        return RejectedDocument("was given up: reading it takes too much memory")
    except Exception as error:
        return RejectedDocument(f"cannot be read ({type(error).__name__}: {str(error)[:200]})")


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    limit = _MEGABYTES * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
