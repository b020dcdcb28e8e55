"""`dateline evaluate`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated

import typer

from assistant.commands import Opened
from assistant.commands.questions import ModelOption
from vectorstore.console.commands import JsonOption, LibraryOption, tell


class EvaluateCommand:
    """Over the library for reading, with the chat model that is named; None is the one that is set."""

    def __init__(self, reading: Callable[[Path | None, str | None], AbstractContextManager[Opened]]) -> None:
        self._reading = reading

    def add_to(self, cli: typer.Typer) -> None:
        cli.command()(self.evaluate)

    def evaluate(
        self,
        questions: Annotated[
            Path, typer.Argument(help="One question a line, as JSON; docs/evaluation.md tells the fields.")
        ],
        library: LibraryOption = None,
        model: ModelOption = None,
        only: Annotated[str | None, typer.Option(help="retrieval, answers or refusals.")] = None,
        plot: Annotated[
            Path | None, typer.Option(help="Draw hit@k into this file, .svg or .png.", dir_okay=False)
        ] = None,
        answers: Annotated[
            Path | None, typer.Option(help="Write each answer into this file, one JSON object a line.", dir_okay=False)
        ] = None,
        table: Annotated[Path | None, typer.Option(help="Write the tables into this file.", dir_okay=False)] = None,
        as_json: JsonOption = False,
    ) -> None:
        """Measure retrieval, answers and refusals on your own questions."""
        from assistant.evaluation.measuring import PARTS, measure
        from assistant.evaluation.tables import as_json as plain
        from assistant.evaluation.tables import as_markdown
        from assistant.presentation.terminal_text import progress_bars

        if only is not None and only not in PARTS:
            raise typer.BadParameter(f"{only!r} is none of {', '.join(PARTS)}", param_hint="--only")
        parts = PARTS if only is None else (only,)
        needed = model or ("quote" if only == "retrieval" else None)  # a model may be asked to reword follow-ups
        with self._reading(library, needed) as opened, progress_bars() as progress:
            results = measure(opened.assistant, opened.library, questions, parts, progress, plot, answers)
        text = as_markdown(results)
        if table:
            table.write_text(text + "\n", encoding="utf-8")
        tell(plain(results), text, as_json)
