"""`dateline conversations`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from assistant.commands import Opened, Opens
from vectorstore.console.commands import JsonOption, LibraryOption, tell
from vectorstore.console.terminal import resolved
from vectorstore.errors import ReportUnwritable

if TYPE_CHECKING:
    from assistant.conversations.notebook import Notebook
    from assistant.ui.transcript_file import ExportedFile


class ConversationCommands:
    """Over the library for reading: beside a running server too."""

    def __init__(self, reading: Opens) -> None:
        self._reading = reading

    def add_to(self, cli: typer.Typer) -> None:
        shelf = typer.Typer(no_args_is_help=True, help="What was asked on the page.")
        shelf.command("list")(self.list_conversations)
        shelf.command()(self.export)
        shelf.command()(self.feedback)
        cli.add_typer(shelf, name="conversations")

    def list_conversations(
        self,
        search: Annotated[str, typer.Option(help="Only those in which all these words stand.")] = "",
        library: LibraryOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Every conversation, the last changed first."""
        from assistant.presentation.terminal_text import conversations_as_text
        from vectorstore.export import conversation_as_json

        with self._reading(library) as opened:
            entries = _notebook(opened).entries(search)
        tell([conversation_as_json(entry) for entry in entries], conversations_as_text(entries), as_json)

    def export(
        self,
        conversation_id: str,
        file: Annotated[
            Path | None,
            typer.Argument(help="Where to; without, Markdown goes to the screen, and others here by title."),
        ] = None,
        form: Annotated[Literal["md", "docx", "pdf"], typer.Option("--format", help="Markdown, Word or PDF.")] = "md",
        library: LibraryOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """One conversation as Markdown, Word or PDF, the sources as footnotes."""
        from assistant.presentation.as_json import exchange_as_json
        from assistant.ui.transcript_file import Format, exported
        from vectorstore.export import conversation_as_json

        with self._reading(library) as opened:
            notebook = _notebook(opened)
            entry, conversation = notebook.entry(conversation_id), notebook.read(conversation_id)
        exchanges = {"exchanges": [exchange_as_json(each) for each in conversation]}
        if file is None and (form == "md" or as_json):
            text = "" if as_json else exported(Format(form), entry.title, conversation).content.decode().rstrip("\n")
            tell(conversation_as_json(entry) | exchanges, text, as_json)
            return
        written = _write(exported(Format(form), entry.title, conversation), file)
        tell({"exported": str(written)}, f"Wrote {written}.", as_json)

    def feedback(
        self,
        file: Annotated[Path, typer.Argument(help="Where to write one question a line.", dir_okay=False)],
        library: LibraryOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """The answers that have a thumb as questions for `dateline evaluate`."""
        with self._reading(library) as opened:
            rows = list(_notebook(opened).feedback())
        try:
            resolved(file).write_text(
                "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), encoding="utf-8"
            )
        except OSError as error:
            raise ReportUnwritable(f"{file} cannot be written ({error.strerror}). Choose another place.") from error
        up = sum(row["thumb"] == "up" for row in rows)
        tell({"up": up, "down": len(rows) - up}, f"Thumbs up: {up:,}, down: {len(rows) - up:,}; see {file}.", as_json)


def _write(made: ExportedFile, to: Path | None) -> Path:
    """Into the folder or the file that is named, or here; there nothing is written over that was not named."""
    place = resolved(to or Path())
    named = not place.is_dir()
    path = place if named else place / made.name
    try:
        with path.open("wb" if named else "xb") as file:
            file.write(made.content)
    except OSError as error:
        raise ReportUnwritable(f"{path} cannot be written ({error.strerror}). Choose another place.") from error
    return path


def _notebook(opened: Opened) -> Notebook:
    from assistant.conversations.notebook import Notebook

    return Notebook(opened.library.conversations, opened.library.find)
