"""Work on what strangers wrote, in a process of its own that is stopped when it takes too long or too much.

A parser that has met the input it was never tried on can neither be interrupted in a thread nor trusted to end. Bounds
for what was made to keep one busy stand here too: pages that are read in the square of their size, files that unpack to
more than a disk holds.
"""

from __future__ import annotations

import atexit
import io
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import IO, TYPE_CHECKING, Any, ParamSpec, TypeVar

from ingest.documents import LARGEST_DOCUMENT
from vectorstore.errors import RejectedDocument

if TYPE_CHECKING:
    from lxml.html import HtmlElement

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


# Each several times what the largest pages in the wild have.
_MOST_ELEMENTS = 50_000
_MOST_META_TAGS = 500
_LONGEST_ATTRIBUTE = 100_000
_LONGEST_SCRIPT = 2_000_000
_LONGEST_TEXT = 200_000

# A file with pictures, of which the text is a small part.
LARGEST_ILLUSTRATED = 5 * LARGEST_DOCUMENT
MOST_MEMBERS = 10_000
# JSON of articles is a fifth of its size when packed, and a tenth where little but its names repeats.
_MOST_UNPACKED = 100


def whole(stream: IO[bytes], limit: int = LARGEST_DOCUMENT, advice: str = "give each article by itself") -> bytes:
    """All that a stream holds. Raises RejectedDocument beyond `limit` bytes."""
    content = stream.read(limit + 1)
    if len(content) > limit:
        raise RejectedDocument(f"is larger than {limit // 1024**2} MB; {advice}")
    return content


class Unpacking:
    """How much may still come out of an archive of so many bytes, whatever its members say of their sizes."""

    def __init__(self, packed: int) -> None:
        self._left = LARGEST_DOCUMENT + _MOST_UNPACKED * packed

    def stream(self, member: IO[bytes]) -> io.BufferedReader:
        """The member, read within what is left."""
        return io.BufferedReader(_Counted(member, self))

    def take(self, number: int) -> None:
        self._left -= number
        if self._left < 0:
            # No RejectedDocument, which costs one row and lets the next one be read.
            raise OSError("unpacks to far more than any articles do; unpack it and give what is in it")


class _Counted(io.RawIOBase):
    def __init__(self, member: IO[bytes], unpacking: Unpacking) -> None:
        self._member, self._unpacking = member, unpacking

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        read = self._member.read(len(buffer))
        self._unpacking.take(len(read))
        buffer[: len(read)] = read
        return len(read)


def tame(tree: HtmlElement) -> None:
    """Takes out of the tree what no article has. Raises RejectedDocument when that is nearly everything."""
    if next(islice(tree.iter(), _MOST_ELEMENTS, None), None) is not None:
        raise RejectedDocument(f"has more than {_MOST_ELEMENTS:,} elements, which no article has")
    for tag in [*islice(tree.iter("meta"), _MOST_META_TAGS, None)]:
        tag.drop_tree()
    for element in tree.iter("*"):
        longest = _LONGEST_SCRIPT if element.tag == "script" else _LONGEST_TEXT
        element.text, element.tail = _within(element.text, longest), _within(element.tail, _LONGEST_TEXT)
        for name, value in element.attrib.items():
            if len(value) > _LONGEST_ATTRIBUTE:
                del element.attrib[name]


def _within(text: str | None, longest: int) -> str | None:
    return text[:longest] if text else text
