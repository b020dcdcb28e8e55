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
from collections.abc import Callable
from typing import IO, Any, ParamSpec, TypeVar

from vectorstore.errors import RejectedDocument

P = ParamSpec("P")
T = TypeVar("T")

SECONDS = 8.0
# A feed of 10,000 entries takes 80 of these.
_MEGABYTES = 288
_START = "import sys; sys.path[:] = {path!r}; from ingest.bounded import serve; serve()"


class Bounded:
    """One helper process, started when first needed and again after it had to be stopped. Threads take turns."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        atexit.register(self.close)

    def __call__(self, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """What `work` returns or raises. It must be a function of a module, its values must be picklable.

        Raises RejectedDocument when it does not end in time or the process dies of it.
        """
        with self._turn:
            answer = self._ask(self._started(), (work, arguments, named))
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

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            command = [sys.executable, "-c", _START.format(path=sys.path)]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self._process

    def _ask(self, process: subprocess.Popen[bytes], question: object) -> Any:
        assert process.stdin and process.stdout
        timer = threading.Timer(self._seconds, process.kill)
        timer.start()
        try:
            pickle.dump(question, process.stdin)
            process.stdin.flush()
            return pickle.load(process.stdout)
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            self.close()
            raise RejectedDocument(f"was given up: reading it takes more than {self._seconds:g} seconds") from error
        except BaseException:
            self.close()  # an answer that nobody waited for must not be taken for the next one
            raise
        finally:
            timer.cancel()


bounded = Bounded()


def serve() -> None:
    """The helper process: answers until its standard input ends. What is printed goes to standard error."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asks
    _limit_memory()
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    questions: IO[bytes] = sys.stdin.buffer
    while True:
        try:
            work, arguments, named = pickle.load(questions)
        except EOFError:
            return
        pickle.dump(_outcome(work, arguments, named), replies)
        replies.flush()


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
