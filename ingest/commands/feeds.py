"""`dateline feeds`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ingest.commands.documents import STOPPED, Opens, ReportOption, embed
from vectorstore.characters import printable, printable_line
from vectorstore.console.commands import JsonOption, LibraryOption, fail, tell
from vectorstore.console.terminal import out, resolved


class FeedCommands:
    """Over the library for reading, and for writing."""

    def __init__(self, reading: Opens, writing: Opens) -> None:
        self._reading, self._writing = reading, writing

    def add_to(self, cli: typer.Typer) -> None:
        feeds = typer.Typer(no_args_is_help=True, help="Follow feeds, and take in what they bring.")
        feeds.command("add")(self.add)
        feeds.command("list")(self.list_feeds)
        feeds.command("remove")(self.remove)
        feeds.command("refresh")(self.refresh)
        feeds.command("import")(self.import_feeds)
        feeds.command("export")(self.export_feeds)
        cli.add_typer(feeds, name="feeds")

    def add(
        self,
        url: Annotated[
            str, typer.Argument(help="A feed, a news sitemap, a page that names its feed, or imaps://you@host/Folder.")
        ],
        empty: Annotated[bool, typer.Option("--empty", help="Also one that has no articles yet.")] = False,
        library: LibraryOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Follow a feed; `dateline feeds refresh` reads it."""
        with self._writing(library) as intake:
            outline = intake.follow(url, empty)
        tell({"url": outline.url, "title": outline.title}, f"Following {outline.title} at {outline.url}", as_json)

    def list_feeds(self, library: LibraryOption = None, as_json: JsonOption = False) -> None:
        """Every feed, when it was read last, and what came of it."""
        from ingest.progress import subscriptions_as_text
        from vectorstore.export import subscription_as_json

        with self._reading(library) as intake:
            held = intake.library.subscriptions.all()
        tell([subscription_as_json(each) for each in held], subscriptions_as_text(held), as_json)

    def remove(self, url: str, library: LibraryOption = None, as_json: JsonOption = False) -> None:
        """Follow a feed no longer; its articles stay."""
        with self._writing(library) as intake:
            removed = intake.library.subscriptions.remove(url)
        if not removed:
            fail(f"{url} is not followed; `dateline feeds list` shows what is.")
        tell({"removed": url}, f"No longer following {url}", as_json)

    def refresh(
        self,
        urls: Annotated[list[str] | None, typer.Argument(help="Only these; all without.")] = None,
        library: LibraryOption = None,
        everything: Annotated[
            bool, typer.Option("--everything", help="Ask for each page, of unchanged feeds too.")
        ] = False,
        report_to: ReportOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Read the feeds and take in what is new, corrected or gone."""
        from ingest.progress import progress_bar, refresh_as_text, report_file

        opening = self._writing(library)
        with report_file(report_to) as save, opening as intake:
            with progress_bar() as advance:
                done = intake.refresh(urls or (), everything, advance, embed=False)
            save(done.as_json())
            tell(done.as_json(), refresh_as_text(done), as_json)
            embed(intake, done.report.stopped)
        if done.report.stopped:
            fail(STOPPED)
        if done.feeds and all(feed.state == "failed" for feed in done.feeds):
            raise typer.Exit(1)

    def import_feeds(
        self,
        file: Annotated[Path, typer.Argument(help="An OPML file.")],
        library: LibraryOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Follow the feeds that an OPML file names."""
        try:
            opml = resolved(file).read_bytes()
        except OSError as error:
            told = f"{printable_line(str(file))} cannot be read ({error.strerror})."
            raise typer.BadParameter(told, param_hint="FILE") from error
        with self._writing(library) as intake:
            added, before = intake.import_opml(opml)
        counts = {"added": added, "followed_before": before}
        tell(counts, f"Following {added} more feeds; {before} were followed before.", as_json)

    def export_feeds(
        self,
        file: Annotated[Path | None, typer.Argument(help="Where to; the screen without.", dir_okay=False)] = None,
        library: LibraryOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Write the feeds that are followed as OPML, which feed readers import."""
        with self._reading(library) as intake:
            held, opml = intake.library.subscriptions.all(), intake.export_opml()
        if file is None and not as_json:
            out().write(printable(opml.decode()))
            return
        if file:
            resolved(file).write_bytes(opml)
        tell({"exported": len(held), "opml": opml.decode()}, f"Wrote {len(held)} feeds to {file}", as_json)
