"""The log on standard error: of each record one line, in which nothing that strangers wrote steers a terminal.

Of an exception in what the libraries below say of a request, that line tells what was raised and where; a fault that
Dateline reports as its own keeps its traceback. Each record knows the request that it is about.
"""

from __future__ import annotations

import io
import json
import logging
import re
import sys
import threading
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from vectorstore.characters import printable_line
from vectorstore.observing.work import request_id

logger = logging.getLogger(__name__)

_OURS = ("dateline", "app", "assistant", "ingest", "vectorstore")
_LONGEST, _BEFORE_WHAT_WAS_RAISED = 500, 200
_MOST_LINES, _FRAMES = 200, 3
_FRAME = re.compile(r'\s+File "(.*)", line (\d+)')
_BETWEEN_TRACEBACKS = ("During handling of the above exception", "The above exception was the direct cause")


def log_to_standard_error() -> None:
    """Everything that is logged, warned of or raised in a thread from now on. Whatever handlers libraries bring: what
    they are given to print is made here."""
    logging.setLogRecordFactory(LogLine)
    logging.captureWarnings(True)
    threading.excepthook = _thread_ended
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    log_as(TextLines())


def log_as(lines: logging.Formatter) -> None:
    """From now on, wherever the log goes."""
    for handler in logging.getLogger().handlers:
        handler.setFormatter(lines)


def send_traces_if_installed(version: str, texts: bool) -> None:
    """See vectorstore.observing.tracing.send_traces; that it is not installed is logged."""
    try:
        from vectorstore.observing.tracing import send_traces
    except ModuleNotFoundError as error:
        logger.warning("No traces are sent: %s is missing. Install it with `pip install 'dateline[otel]'`.", error.name)
        return
    send_traces(version, texts)


class TextLines(logging.Formatter):
    """The message, behind the id of the request in brackets where there is one."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        request = getattr(record, "request", "")
        return f"[{request}] {record.message}" if request else record.message


class JsonLines(logging.Formatter):
    """An object a line: `time` (UTC), `level`, `logger`, `message`, and where there are any `request` and `fault`, a
    traceback."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "request": getattr(record, "request", ""),
            "fault": record.exc_text or "",
        }
        return json.dumps({name: value for name, value in told.items() if value}, ensure_ascii=False)


class LogLine(logging.LogRecord):
    """A record whose message is one line of at most 500 characters."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._raised, self.request = "", request_id()
        if self.exc_info and self.exc_info[1]:
            if self.levelno >= logging.ERROR and self.name.partition(".")[0] in _OURS:
                self.exc_text = _in_full(self.exc_info[1])
            else:
                self._raised = f" ({_in_short(self.exc_info[1])})"
                self.exc_info = None

    def getMessage(self) -> str:
        told = super().getMessage().rstrip()
        return _line(told[:_BEFORE_WHAT_WAS_RAISED] + self._raised if self._raised else told)


class LoggedStream(io.TextIOBase):
    """Stands in for a stream that libraries print on, and logs each print; of a traceback what was raised, and where.

    Threads may share one. What is printed while something is being logged is dropped: it says that logging failed.
    """

    def __init__(self) -> None:
        self._own = threading.local()

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if text.strip() and not getattr(self._own, "logging", False):
            self._own.logging = True
            try:
                self._log(text)
            finally:
                self._own.logging = False
        return len(text)

    def _log(self, text: str) -> None:
        """A traceback comes in pieces: its headline, each frame, and what was raised."""
        frames: list[str] | None = getattr(self._own, "frames", None)
        if text.startswith("Traceback (most recent call last)"):
            self._own.frames = []
        elif frames is not None and text[0].isspace():
            frames += [f"{Path(frame[1]).name}:{frame[2]}" for frame in _FRAME.finditer(text)]
        elif frames is not None:
            self._own.frames = None
            logger.error("%s: %s", ", ".join(frames[-_FRAMES:]), text)
        elif not text.strip().startswith(_BETWEEN_TRACEBACKS):
            logger.warning("%s", text)


def _thread_ended(given: threading.ExceptHookArgs) -> None:
    if given.exc_value:
        raised: tuple[type[BaseException], BaseException, TracebackType | None]
        raised = given.exc_type, given.exc_value, given.exc_traceback
        logger.error("A thread was ended by a fault of Dateline's own", exc_info=raised)


def _in_full(error: BaseException) -> str:
    lines = [line for part in traceback.format_exception(error) for line in part.rstrip("\n").split("\n")]
    return "\n".join(map(_line, lines[-_MOST_LINES:]))


def _in_short(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    where = ", ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
    return f"{type(error).__name__} at {where}: {error}"


def _line(text: str) -> str:
    """Cut before it is looked through: some libraries log the whole body of a request."""
    text = printable_line(text[: _LONGEST + 1])
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
