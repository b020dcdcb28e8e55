"""`dateline library`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated

import typer

from assistant.commands import Opened
from vectorstore.console import JsonOption, LibraryOption, fail, tell
from vectorstore.terminal import resolved, screen, stop_if_interrupted

Opens = Callable[[Path | None], AbstractContextManager[Opened]]


class LibraryCommands:
    """Over the library for reading, and for writing."""

    def __init__(self, reading: Opens, writing: Opens) -> None:
        self._reading, self._writing = reading, writing

    def add_to(self, cli: typer.Typer) -> None:
        shelf = typer.Typer(no_args_is_help=True, help="Look after the library.")
        shelf.command("list")(self.list_articles)
        for command in (self.show, self.diff, self.export, self.remove, self.reindex, self.check):
            shelf.command()(command)
        cli.add_typer(shelf, name="library")

    def list_articles(self, library: LibraryOption = None, as_json: JsonOption = False) -> None:
        """Every article, the newest addition first."""
        from assistant.terminal import entries_as_text
        from vectorstore.export import entry_as_json

        with self._reading(library) as opened:
            entries = opened.library.entries()
        tell([entry_as_json(entry) for entry in entries], entries_as_text(entries), as_json)

    def show(
        self,
        article_id: str,
        version: Annotated[int | None, typer.Option(help="Left out: the last version.", min=1)] = None,
        library: LibraryOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """One article."""
        from assistant.terminal import article_as_text
        from vectorstore.export import article_as_json

        with self._reading(library) as opened:
            article = opened.library.article(article_id, version)
        tell(article_as_json(article), article_as_text(article), as_json)

    def diff(
        self,
        article_id: str,
        before: Annotated[
            int | None, typer.Option("--from", help="Left out: the version before the other.", min=1)
        ] = None,
        after: Annotated[int | None, typer.Option("--to", help="Left out: the last version.", min=1)] = None,
        library: LibraryOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """What changed between two versions of an article, word by word."""
        from assistant.changes import changes
        from assistant.export import changes_as_json
        from assistant.terminal import bracketed, changes_as_text, coloured

        with self._reading(library) as opened:
            later = opened.library.article(article_id, after)
            earlier = opened.library.article(article_id, before or max(later.version - 1, 1))
        found, console = changes(earlier, later), screen()
        mark = coloured if console.is_terminal and not console.no_color else bracketed
        tell(changes_as_json(found), changes_as_text(found, mark), as_json)

    def export(
        self,
        file: Annotated[Path, typer.Argument(help="Where to write one article a line, as JSON.", dir_okay=False)],
        library: LibraryOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Every article as it stands now, as a JSONL file that `dateline ingest` reads back."""
        from vectorstore.jsonl import write
        from vectorstore.listing import Listing

        with self._reading(library) as opened:
            written = write(resolved(file), opened.library.listings.articles(Listing()))
        tell({"articles": written}, f"{written:,} article{'' if written == 1 else 's'} written to {file}.", as_json)

    def remove(self, article_id: str, library: LibraryOption = None, as_json: JsonOption = False) -> None:
        """Take an article and its earlier versions out of the library."""
        with self._writing(library) as opened:
            title = opened.library.article(article_id).title
            opened.library.remove(article_id)
        tell({"removed": article_id}, f"Removed {article_id}: {title}", as_json)

    def reindex(self, library: LibraryOption = None, as_json: JsonOption = False) -> None:
        """Embed every passage again with the embedding model that is set."""
        from rich.progress import Progress as Bar

        with self._writing(library) as opened, Bar(console=screen(stderr=True)) as bar:
            task = bar.add_task("Embedding", total=None)

            def advance(done: int, total: int) -> None:
                stop_if_interrupted()
                bar.update(task, completed=done, total=total)

            done = opened.library.reindex(advance)
        tell({"passages": done}, f"Embedded {done:,} passages again.", as_json)

    def check(self, library: LibraryOption = None, as_json: JsonOption = False) -> None:
        """See whether the catalogue is sound and the search index agrees with it; mend the index."""
        from dataclasses import asdict

        with self._writing(library) as opened:
            health = opened.library.check()
        state = "Sound."
        if not health.sound:
            state = f"Mended: {health.missing} passages were missing, {health.extra} too many."
        text = f"{health.articles:,} articles, {health.passages:,} passages, embedded with {health.embedder}. {state}"
        tell(asdict(health), text, as_json)
        if not health.catalogue_sound:
            fail("The catalogue itself is damaged: put back a copy of catalogue.db.")
