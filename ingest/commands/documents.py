"""`dateline ingest` and `dateline read`, and an article added by the former on behalf of another program."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ingest.intake import Intake
from vectorstore.console.commands import JsonOption, LibraryOption, complain, fail, tell, telling
from vectorstore.errors import DatelineError

if TYPE_CHECKING:
    from ingest.documents import Source
    from ingest.preview import Look
    from ingest.web.politeness import Web

Opens = Callable[[Path | None], AbstractContextManager[Intake]]
ReportOption = Annotated[
    Path | None, typer.Option("--report", help="Save what became of each document, as JSON.", dir_okay=False)
]

STOPPED = "Stopped. What was reported is stored; run the same command again to go on."


def embed(intake: Intake, stopped: bool) -> None:
    """Waits for the vectors of what is stored, unless the command was stopped before, and says how many are left."""
    from ingest.progress import vectors_bar

    if stopped:
        waiting = intake.library.pending.standing().waiting
    else:
        with vectors_bar(intake.library.counts()[0]) as advance:
            waiting = intake.embed(advance)
    if waiting and intake.library.pending.elsewhere:
        complain(f"{waiting:,} passages wait for their vectors, which `dateline worker` gives them.")
        return
    if waiting:
        told = f"{waiting:,} passages wait for their vectors, and are found by their words until they have them. "
        complain(told + "`dateline ingest` and `dateline serve` go on with them.")
    if waiting and not stopped:
        raise typer.Exit(1)


class DocumentCommands:
    """Over the library for writing, and what asks sites."""

    def __init__(self, writing: Opens, open_web: Callable[[], Web]) -> None:
        self._writing, self._open_web = writing, open_web

    def add_to(self, cli: typer.Typer) -> None:
        cli.command()(self.ingest)
        cli.command()(self.read)

    def ingest(
        self,
        sources: Annotated[list[str], typer.Argument(help="Addresses, files and folders.")],
        library: LibraryOption = None,
        report_to: ReportOption = None,
        as_json: JsonOption = False,
        dates_from_text: Annotated[
            bool, typer.Option("--dates-from-text", help="Take the date that a .txt states at its head for its own.")
        ] = False,
        collection: Annotated[
            str | None, typer.Option("--collection", help="Put them into this collection, a new one or not.")
        ] = None,
    ) -> None:
        """Put articles into the library; what is there already is brought up to date."""
        from ingest.documents import DatedByText
        from ingest.progress import progress_bar, report_as_text, report_file
        from ingest.sources import resolved_source

        named: list[Source] = [resolved_source(source) for source in sources]
        if dates_from_text:
            named = [DatedByText(source) if isinstance(source, str) else source for source in named]
        opening = self._writing(library)
        with report_file(report_to) as save, opening as intake:
            with progress_bar() as advance:
                report = intake.ingest(named, advance, embed=False)
            if collection is not None:
                found = dict.fromkeys(filter(None, (row.article_id or row.duplicate_of for row in report.rows)))
                intake.library.collections.put(collection, found)
            save(report.as_json())
            tell(report.as_json(), report_as_text(report), as_json)
            embed(intake, report.stopped)
        if report.stopped:
            fail(STOPPED)
        if not report.readable:
            raise typer.Exit(1)

    def read(
        self,
        source: Annotated[str, typer.Argument(help="An address, a file, a folder, or - for a page on standard input.")],
        url: Annotated[str, typer.Option(help="The address that a saved page came from.")] = "",
        as_json: JsonOption = False,
    ) -> None:
        """Show what would be taken from a page, a feed, a folder or a file; nothing is stored."""
        from ingest.dates import latest
        from ingest.identity import web_address
        from ingest.preview import look, piped
        from ingest.progress import look_as_text
        from ingest.sources import is_address

        if url and (is_address(source) or not web_address(url)):
            raise typer.BadParameter("is the web address of a page that is in a file", param_hint="--url")
        named: Source = piped(sys.stdin.buffer) if source == "-" else source
        readable = 0
        with telling(as_json) as show:
            for seen in look(named, self._open_web(), latest(datetime.now(UTC)), url):
                readable += not seen.reason
                show(_look_as_json(seen), look_as_text(seen))
        if not readable:
            raise typer.Exit(1)


def _look_as_json(seen: Look) -> dict[str, Any]:
    from ingest.text import word_count
    from vectorstore.export import article_as_json

    about: dict[str, Any] = {"source": seen.source, "rejected": seen.reason, "words": word_count(seen.article.text)}
    about["date_from_text"] = f"{seen.proposed_at:%Y-%m-%d}" if seen.proposed_at else None
    return about | article_as_json(seen.article)


_NAME = "article"


def adds_by_command(library: Path | None) -> Callable[[Mapping[str, object]], dict[str, Any]]:
    """By a process of its own, which has the library only as long as it takes, or leaves it to the server that has it
    open. What it gives is the report; raises DatelineError where there is none."""

    def add(article: Mapping[str, object]) -> dict[str, Any]:
        _check(article)
        with TemporaryDirectory(prefix="dateline-") as folder:
            file = Path(folder) / "article.json"
            file.write_text(json.dumps({**article, **_known_by(article)}), encoding="utf-8")
            # -P, or it would be the `app.py` of the folder that the other program was started in.
            command = [sys.executable, "-P", "-m", "app", "ingest", str(file), "--json"]
            command += ["--library", str(library)] if library else []
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8")
        try:
            report: dict[str, Any] = json.loads(done.stdout.replace(json.dumps(str(file))[1:-1], _NAME))
        except ValueError as error:
            told = done.stderr.strip().rpartition("\n")[2]
            raise DatelineError(told or "The article could not be added; `dateline doctor` says why.") from error
        return report

    return add


def _check(article: Mapping[str, object]) -> None:
    """Raises DatelineError where the address would be asked for the text: an article that gives orders to the other
    program's model could have it carry off in an address what it has read."""
    from ingest.documents import Record
    from ingest.formats.fields import row

    if not isinstance(row(_NAME, "", article), Record):
        raise DatelineError("There is no text of an article in it. Give its full text, word for word.")


def _known_by(article: Mapping[str, object]) -> dict[str, str]:
    """The file is another one each time: what has no address is known by its text."""
    from ingest.identity import pasted_id

    return {} if article.get("url") else {"id": pasted_id(str(article["text"]))}
