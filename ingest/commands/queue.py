"""`dateline queue`: addresses that workers read."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from ingest.intake import Intake
from vectorstore.console.commands import JsonOption, LibraryOption, fail, tell
from vectorstore.console.printable import printable_line
from vectorstore.console.terminal import resolved

Opens = Callable[[Path | None], AbstractContextManager[Intake]]
_LONGEST = 2000
UrlsArgument = Annotated[list[str] | None, typer.Argument(metavar="URL...")]


class QueueCommands:
    """Over the library for reading, and for writing."""

    def __init__(self, reading: Opens, writing: Opens) -> None:
        self._reading, self._writing = reading, writing

    def add_to(self, cli: typer.Typer) -> None:
        queue = typer.Typer(no_args_is_help=True, help="Addresses that `dateline worker` reads, on any machine.")
        queue.command("list")(self.list_addresses)
        for command in (self.add, self.retry, self.remove):
            queue.command()(command)
        cli.add_typer(queue, name="queue")

    def add(
        self,
        urls: UrlsArgument = None,
        file: Annotated[Path | None, typer.Option(help="A text with an address on each line.", dir_okay=False)] = None,
        collection: Annotated[str | None, typer.Option(help="Put what is read into this collection.")] = None,
        library: LibraryOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Have workers read these addresses, of articles or of lists of them; what was set aside is tried anew."""
        from ingest.identity import web_address, with_scheme

        typed = [*(urls or ()), *(_lines(file) if file else ())]
        if not typed:
            raise typer.BadParameter("name an address, or a file of them with --file.")
        wanted = [with_scheme(each) for each in typed]
        if too_long := [each for each in wanted if len(each) > _LONGEST]:
            named = printable_line(too_long[0][:100])
            raise typer.BadParameter(f"{named}… is too long; nothing was put into the queue.")
        if unusable := [each for each, given in zip(typed, wanted, strict=True) if not web_address(given)]:
            raise typer.BadParameter(
                f"{printable_line(unusable[0][:200])} is not a web address; nothing was put into the queue."
            )
        with self._writing(library) as intake:
            held = intake.library
            if not held.database:
                fail(
                    "Workers are for a library on PostgreSQL (DATELINE_LIBRARY=postgresql://...). For one in a folder, "
                    "`dateline ingest` reads addresses at once."
                )
            name = held.collections.put(collection, ()) if collection is not None else ""
            added = held.queue.add(wanted, datetime.now(UTC), name)
            waiting, _ = held.queue.counts()
            held.people.record("addresses queued", f"{added} more")
        tell({"added": added, "waiting": waiting}, f"{added:,} more, {waiting:,} waiting now.", as_json)

    def list_addresses(
        self,
        most: Annotated[int, typer.Option(help="The first so many.", min=1, max=100_000)] = 50,
        library: LibraryOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """What is set aside and why, then what waits."""
        with self._reading(library) as intake:
            (waiting, aside), entries = intake.library.queue.counts(), intake.library.queue.entries(most)
        rows = [
            {
                "url": each.url,
                "set_aside": each.due_at is None,
                "due_at": each.due_at and each.due_at.isoformat(),
                "tries": each.tries,
                "problem": each.problem,
                "collection": each.collection,
            }
            for each in entries
        ]
        lines = [
            f"{'set aside' if each.due_at is None else f'{each.due_at:%d %H:%M} UTC':>12}  {printable_line(each.url)}"
            f"{f'  ({printable_line(each.problem)})' if each.problem else ''}"
            for each in entries
        ]
        told = "\n".join([*lines, f"{waiting:,} waiting, {aside:,} set aside."])
        tell({"waiting": waiting, "set_aside": aside, "addresses": rows}, told, as_json)

    def retry(self, urls: UrlsArgument = None, library: LibraryOption = None, as_json: JsonOption = False) -> None:
        """Try these anew, or all that is set aside."""
        with self._writing(library) as intake:
            again = intake.library.queue.retry(datetime.now(UTC), _named(urls))
        tell({"again": again}, f"{again:,} tried again.", as_json)

    def remove(self, urls: UrlsArgument = None, library: LibraryOption = None, as_json: JsonOption = False) -> None:
        """Take these out of the queue, or all that is set aside."""
        with self._writing(library) as intake:
            removed = intake.library.queue.remove(_named(urls))
        tell({"removed": removed}, f"{removed:,} taken out.", as_json)


def _named(urls: list[str] | None) -> list[str]:
    from ingest.identity import with_scheme

    return [with_scheme(each) for each in urls or ()]


def _lines(file: Path) -> list[str]:
    try:
        text = resolved(file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{file} cannot be read as text ({error}).", param_hint="--file") from error
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
