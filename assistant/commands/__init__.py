"""The commands that ask and look, built over what app.py opens for them.

Comes in: a command line. Goes out: lines or JSON. May be imported by app.py alone.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from assistant.answering.assistant import Assistant
    from vectorstore.library import Library


class Opened(Protocol):
    """What a command works on while it runs."""

    @property
    def library(self) -> Library: ...
    @property
    def assistant(self) -> Assistant: ...


Opens = Callable[[Path | None], AbstractContextManager[Opened]]
"""Of the folder that was named, or that of the settings for None."""
