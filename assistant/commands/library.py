"""`dateline library`, with what is added to the articles: `tag`, `collect`, `collections`, `edit` and `marks`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.commands import Opens
from assistant.commands.questions import CollectionOption, LanguageOption, MarkedOption, TagOption, told_as_usage
from vectorstore.console.commands import JsonOption, LibraryOption, fail, tell
from vectorstore.console.terminal import resolved, screen, stop_if_interrupted
from vectorstore.errors import AnnotationUnusable

if TYPE_CHECKING:
    from vectorstore.reports import Health

ForceOption = Annotated[bool, typer.Option("--force", help="Also in the place of what is there.")]


class LibraryCommands:
    """Over the library for reading, for writing, and as the folder or the URL of the database that it lies in."""

    def __init__(self, reading: Opens, writing: Opens, place: Callable[[Path | None], Path | str]) -> None:
        self._reading, self._writing, self._place = reading, writing, place

    def add_to(self, cli: typer.Typer) -> None:
        shelf = typer.Typer(no_args_is_help=True, help="Look after the library.")
        shelf.command("list")(self.list_articles)
        for command in (
            *(self.show, self.diff, self.export, self.remove, self.backup, self.restore, self.copy),
            *(self.reindex, self.check),
        ):
            shelf.command()(command)
        for command in AnnotationCommands(self._reading, self._writing).all():
            shelf.command()(command)
        cli.add_typer(shelf, name="library")

    def list_articles(
        self,
        library: LibraryOption = None,
        languages: LanguageOption = None,
        tags: TagOption = None,
        marked: MarkedOption = False,
        collections: CollectionOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Every article, the newest addition first."""
        from assistant.presentation.terminal_text import entries_as_text
        from assistant.query.search_filters import chosen, limited
        from vectorstore.export import entry_as_json

        with self._reading(library) as opened, told_as_usage():
            scope = limited("", "", (), (), languages or (), opened.library.languages())
            scope = chosen(scope, None, tags, marked, collections, opened.library.collections.all())
            entries = opened.library.entries(scope)
        tell([entry_as_json(entry) for entry in entries], entries_as_text(entries), as_json)

    def show(
        self,
        article_id: str,
        version: Annotated[int | None, typer.Option(help="Left out: the last version.", min=1)] = None,
        library: LibraryOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """One article."""
        from assistant.presentation.terminal_text import article_as_text
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
        from assistant.presentation.as_json import changes_as_json
        from assistant.presentation.changes import changes
        from assistant.presentation.terminal_text import bracketed, changes_as_text, coloured

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
        from vectorstore.export import write
        from vectorstore.storage.listings import Listing

        with self._reading(library) as opened:
            written = write(resolved(file), opened.library.listings.articles(Listing()))
        tell({"articles": written}, f"{_articles(written)} written to {file}.", as_json)

    def remove(self, article_id: str, library: LibraryOption = None, as_json: JsonOption = False) -> None:
        """Take an article and its earlier versions out of the library."""
        with self._writing(library) as opened:
            title = opened.library.article(article_id).title
            opened.library.remove(article_id)
        tell({"removed": article_id}, f"Removed {article_id}: {title}", as_json)

    def backup(
        self,
        file: Annotated[Path, typer.Argument(help="Where to write the whole library, as one file.", dir_okay=False)],
        force: ForceOption = False,
        library: LibraryOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Everything but the search indexes in one file, also while a server uses the library."""
        from vectorstore.storage.backup import back_up

        with _bar("Copying") as progress:
            held = back_up(self._place(library), resolved(file), force, progress)
        tell({"articles": held, "file": str(file)}, f"{_articles(held)} in {file}, which was looked through.", as_json)

    def restore(
        self,
        file: Annotated[Path, typer.Argument(help="A backup, or a copy of a catalogue.db.", dir_okay=False)],
        force: ForceOption = False,
        library: LibraryOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Put a backup in the library's place; what was there is kept aside."""
        from vectorstore.storage.backup import restore

        with _bar("Copying") as progress:
            held, aside = restore(self._place(library), resolved(file), force, progress)
        before = f" What was there before is in {aside}; delete it when you need it no more." if aside else ""
        told = f"{_articles(held)} restored; the search indexes are brought up to it when it is next opened.{before}"
        tell({"articles": held, "replaced": aside and str(aside)}, told, as_json)

    def copy(
        self,
        source: Annotated[str, typer.Argument(help="A folder, a backup or a postgresql:// URL.")],
        target: Annotated[str, typer.Argument(help="An empty one: a folder or a postgresql:// URL.")],
        as_json: JsonOption = False,
    ) -> None:
        """A whole library into an empty one: versions, vectors, feeds, conversations and all that readers added."""
        from dataclasses import asdict

        from vectorstore.storage.copying import copy

        with _bar("Copying") as progress:

            def advance(done: int, total: int) -> None:
                stop_if_interrupted()
                progress(done, total)

            try:
                done = copy(_named(source), _named(target), advance)
            except KeyboardInterrupt:
                fail("Stopped; the same command goes on from here.")
        text = f"{_articles(done.articles)} copied, {done.rows:,} rows in all; both have the digest {done.digest}."
        tell(asdict(done), text, as_json)

    def reindex(self, library: LibraryOption = None, as_json: JsonOption = False) -> None:
        """Embed every passage again with the embedding model that is set; until that is done the one before is used."""
        with self._writing(library) as opened, _bar("Embedding") as progress:

            def advance(done: int, total: int) -> None:
                stop_if_interrupted()
                progress(done, total)

            try:
                done = opened.library.reindex(advance)
            except KeyboardInterrupt:
                left = opened.library.pending.standing().coming_waiting
                fail(f"Stopped: {left:,} passages are left, with which the next `dateline library reindex` goes on.")
        tell({"passages": done}, f"Embedded {done:,} passages again.", as_json)

    def check(
        self,
        deep: Annotated[bool, typer.Option("--deep", help="Also search for each passage by its own vector.")] = False,
        library: LibraryOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """See whether the catalogue is sound and the search indexes agree with it; mend the indexes."""
        from dataclasses import asdict

        with self._writing(library) as opened, _bar("Searching") as progress:
            health = opened.library.check(deep, progress)
        text = f"{_articles(health.articles)}, {health.passages:,} passages, embedded with {health.embedder}."
        tell(asdict(health), f"{text} {_state(health)}", as_json)
        if not health.catalogue_sound:
            fail("The catalogue itself is damaged: bring a backup back with `dateline library restore FILE`.")


def _state(health: Health) -> str:
    state = "Sound."
    if not health.sound:
        state = f"Mended: {health.missing} passages were missing or differed, {health.extra} too many."
    if health.waiting:
        state += f" {health.waiting:,} passages wait for their vectors, and are found by their words until then."
    if health.coming:
        state += f" {health.coming_waiting:,} passages are to be embedded with {health.coming}, which takes over then."
    if health.vectors_problem:
        state += (
            f" The Chroma server cannot be used ({health.vectors_problem}): articles are found by their words alone."
        )
    if health.unfound is not None:
        state += f" {health.unfound:,} of these passages were not found by their own vector."
    if health.unfound_then is not None:
        state += f" So the index of vectors was built anew; now it is {health.unfound_then:,}."
    return state


def _named(place: str) -> Path | str:
    from vectorstore.storage.location import postgres_url

    return postgres_url(place) or resolved(Path(place)).expanduser()


def _articles(number: int) -> str:
    return f"{number:,} article{'' if number == 1 else 's'}"


@contextmanager
def _bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error, drawn from the first step on."""
    from rich.progress import Progress

    console = screen(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(label, total=None, visible=False)
        yield lambda done, total: bar.update(task, completed=done, total=total, visible=True)


class AnnotationCommands:
    """Over the library for reading and for writing."""

    def __init__(self, reading: Opens, writing: Opens) -> None:
        self._reading, self._writing = reading, writing

    def all(self) -> Iterator[Callable[..., None]]:
        yield from (self.tag, self.collect, self.collections, self.edit, self.marks)

    def tag(
        self,
        article_id: str,
        tags: Annotated[list[str] | None, typer.Argument(help="Tags to add.")] = None,
        remove: Annotated[bool, typer.Option("--remove", help="Take these tags away instead.")] = False,
        library: LibraryOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Add tags to an article, or take them away; without any, show those that it has."""
        with (self._writing if tags else self._reading)(library) as opened:
            kept = opened.library.annotations
            opened.library.article(article_id)
            for tag in tags or ():
                if remove:
                    kept.untag(article_id, tag)
                else:
                    kept.tag(article_id, tag)
            held = kept.tags_of([article_id]).get(article_id, ())
        tell({"article_id": article_id, "tags": list(held)}, ", ".join(held) or "No tags.", as_json)

    def collect(
        self,
        collection: Annotated[str, typer.Argument(help="Its name; a new one makes it.")],
        articles: Annotated[list[str] | None, typer.Argument(metavar="ARTICLE_ID...")] = None,
        feeds: Annotated[
            list[str] | None, typer.Option("--feed", help="What this feed brings, from its beginning on.")
        ] = None,
        remove: Annotated[
            bool, typer.Option("--remove", help="Take these out instead; a feed fills it no more.")
        ] = False,
        library: LibraryOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Put articles into a collection, which readers can be kept to, or take them out."""
        if not (articles or feeds):
            raise typer.BadParameter("name the articles, or a feed with --feed.")
        with self._writing(library) as opened:
            held, kept = opened.library, opened.library.collections
            for each in articles or ():
                held.article(each)
            followed = {each.url for each in held.subscriptions.all()}
            if unknown := [each for each in feeds or () if each not in followed]:
                raise AnnotationUnusable(f"{unknown[0]} is not followed; `dateline feeds list` shows what is.")
            name = kept.put(collection, () if remove else articles or ())
            if remove:
                kept.take(name, articles or ())
            for each in feeds or ():
                (kept.stop_filling if remove else kept.fill)(name, each)
            told = f"{', '.join([*(articles or ()), *(feeds or ())])} ({name})"
            held.people.record("taken out of a collection" if remove else "put into a collection", told)
            size = kept.all().get(name, 0)
        number = f"{size:,} {'article' if size == 1 else 'articles'}"
        tell({"collection": name, "articles": size}, f"{name} has {number} now.", as_json)

    def collections(self, library: LibraryOption = None, as_json: JsonOption = False) -> None:
        """Every collection with the number of its articles, and the feeds that fill it."""
        with self._reading(library) as opened:
            sizes, feeds = opened.library.collections.all(), opened.library.collections.feeds()
        filling = {name: [url for url, names in feeds.items() if name in names] for name in sizes}
        rows = [{"name": name, "articles": size, "feeds": filling[name]} for name, size in sizes.items()]
        lines = [
            "\n".join([f"{size:>7,}  {name}", *(f"         {url}" for url in filling[name])])
            for name, size in sizes.items()
        ]
        tell(rows, "\n".join(lines) or "There are no collections. `dateline library collect` makes one.", as_json)

    def edit(
        self,
        article_id: str,
        headline: Annotated[str | None, typer.Option(help="The right headline.")] = None,
        outlet: Annotated[str | None, typer.Option(help="The right outlet.")] = None,
        day: Annotated[
            str | None, typer.Option("--date", help='When it was published, 2022-07-03; "" if unknown.')
        ] = None,
        url: Annotated[str | None, typer.Option("--url", help="The right address.")] = None,
        original: Annotated[bool, typer.Option("--original", help="All of it as it was published.")] = False,
        library: LibraryOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Put an article's headline, outlet, date or address right; the publisher's own are kept, too."""
        from assistant.presentation.terminal_text import article_as_text
        from assistant.query.search_filters import dated
        from vectorstore.export import article_as_json

        with self._writing(library) as opened:
            before = opened.library.article(article_id)
            edit = opened.library.annotations.edited(article_id)
            wanted: dict[str, Any] = dict(edit.stated) if edit and original else {}
            given = {"title": headline, "outlet": outlet, "url": url}
            wanted |= {name: " ".join(value.split()) for name, value in given.items() if value is not None}
            if day is not None:
                wanted["published_at"] = dated(day, before.published_at)
            if wanted.get("url") and not wanted["url"].startswith(("http://", "https://")):
                raise AnnotationUnusable(
                    f"{wanted['url']} is not a web address; one looks like https://example.com/news"
                )
            article = opened.library.edit(article_id, wanted)
        tell(article_as_json(article), article_as_text(article), as_json)

    def marks(self, library: LibraryOption = None, as_json: JsonOption = False) -> None:
        """Every passage that was marked, with its note, the last one first."""
        with self._reading(library) as opened:
            marks = opened.library.annotations.marks()
            titles = {mark.article_id: found.title for mark in marks if (found := opened.library.find(mark.article_id))}
        rows = [asdict(mark) | {"made_at": mark.made_at.isoformat()} for mark in marks]
        lines = [
            "\n".join(
                filter(None, [f"“{mark.words}”", mark.note and f"  {mark.note}", f"  {titles.get(mark.article_id)}"])
            )
            for mark in marks
        ]
        tell(rows, "\n\n".join(lines) or "Nothing is marked.", as_json)
