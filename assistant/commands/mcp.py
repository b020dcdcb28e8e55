"""`dateline mcp`."""

from __future__ import annotations

import signal
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.commands import Opened
from assistant.commands.questions import ModelOption
from vectorstore.console.commands import LibraryOption
from vectorstore.errors import DatelineError

if TYPE_CHECKING:
    from assistant.api.service import AddsArticle


class McpCommand:
    """Over the library for reading only, since it stays open as long as the program that started it. What adds an
    article has the library for as long as that takes."""

    def __init__(
        self,
        looking: Callable[[Path | None, str | None], AbstractContextManager[Opened]],
        adding: Callable[[Path | None], AddsArticle],
    ) -> None:
        self._looking, self._adding = looking, adding

    def add_to(self, cli: typer.Typer) -> None:
        cli.command()(self.mcp)

    def mcp(
        self,
        library: LibraryOption = None,
        model: ModelOption = None,
        write: Annotated[bool, typer.Option("--write", help="Let the program add articles, too.")] = False,
    ) -> None:
        """Give the library to a program that speaks MCP, on standard input and output; such programs start this."""
        try:
            from assistant.api.mcp_server import serve_tools
        except ImportError as error:
            raise DatelineError("This needs the package mcp: pip install 'dateline[mcp]'.") from error
        from assistant.api.service import Intake, Wire
        from assistant.ui.reading_desk import ReadingDesk

        # The protocol's reader waits for input in a thread that hears of no Ctrl-C; what only reads can just end.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        with self._looking(library, model) as opened:
            desk = ReadingDesk(opened.library, opened.assistant)
            serve_tools(Wire(desk), Intake(self._adding(library)) if write else None)
