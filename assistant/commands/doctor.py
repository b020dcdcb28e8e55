"""`dateline doctor`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from vectorstore.characters import printable_line
from vectorstore.console.commands import JsonOption, LibraryOption, tell

if TYPE_CHECKING:
    from assistant.commands.exposure import Circumstances


class DoctorCommand:
    """Over the settings alone: it is wanted when the library cannot be opened."""

    def __init__(self, circumstances: Callable[[Path | None], Circumstances]) -> None:
        self._circumstances = circumstances

    def add_to(self, cli: typer.Typer) -> None:
        cli.command()(self.doctor)

    def doctor(self, library: LibraryOption = None, as_json: JsonOption = False) -> None:
        """Say what is open to whom, where data goes, and what would be safer; changes nothing."""
        from assistant.commands.exposure import as_text, examine

        findings = list(examine(self._circumstances(library), datetime.now(UTC)))
        lines = [printable_line(as_text(each)) for each in findings]
        tell([asdict(each) for each in findings], "\n".join(lines), as_json)
