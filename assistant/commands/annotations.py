"""`dateline library tag`, `collect`, `collections`, `edit` and `marks`: what is added to the articles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.commands import Opened
from vectorstore.console.commands import JsonOption, LibraryOption, tell
from vectorstore.errors import AnnotationUnusable

Opens = Callable[[Path | None], AbstractContextManager[Opened]]


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
