"""Dateline's composition root and command line: the only place where ingest and assistant meet."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from itertools import chain, repeat
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, Self

import typer

from assistant.settings import Settings, read_settings
from vectorstore.errors import DatelineError, LibraryBusy, LimitUnusable, WeightsMissing

if TYPE_CHECKING:
    from assistant.models import Answer, Turn
    from assistant.retriever import NewsRetriever
    from assistant.ui.desk import Progress as Tell
    from assistant.ui.desk import Standing, Step, Stop
    from ingest.documents import Source
    from ingest.look import Look
    from ingest.opml import Outline
    from ingest.pipeline import Progress
    from ingest.refreshed import Refresh
    from ingest.report import Report
    from ingest.web import RobotsShelf, Web
    from vectorstore.models import Article, Entry, Hit, Scope
    from vectorstore.subscriptions import Subscription

logger = logging.getLogger("dateline")

SAMPLES = Path(__file__).parent / "ingest" / "samples"


# -- from Python -----------------------------------------------------------------------------------------------


class Dateline:
    """A library with everything that can be done with it; see `open_dateline`."""

    def __init__(self, settings: Settings, read_only: bool = False) -> None:
        from assistant.answer import Assistant
        from vectorstore.embedding import SentenceEmbedder
        from vectorstore.library import Library
        from vectorstore.reranking import Reranker

        self._settings = settings
        self._model = _chat_model(settings)
        self.library = Library(settings.library.expanduser(), SentenceEmbedder(settings.embedder), read_only)
        rerank = Reranker(settings.reranker) if settings.reranker else None
        self.assistant = Assistant(self.library, self._model, rerank=rerank)

    def ingest(
        self,
        sources: Iterable[Source],
        progress: Callable[[Progress], None] | None = None,
        stop: Callable[[], bool] = lambda: False,
    ) -> Report:
        """Put addresses, files, folders, uploads or pasted texts into the library."""
        from ingest.pipeline import ingest

        return ingest(sources, self.library, web=self._web(), progress=progress, stop=stop)

    def follow(self, url: str) -> Outline:
        """Follow the feed at an address, or the one that the page there names; it is read at the next refresh."""
        from ingest.subscriptions import find_feed

        outline = find_feed(url, self._web())
        self.follow_all([outline])
        return outline

    def follow_all(self, outlines: Iterable[Outline]) -> int:
        """Follow feeds without looking at them first; how many were not followed before."""
        from vectorstore.subscriptions import Subscription

        added_at, follow = datetime.now(UTC), self.library.subscriptions.add
        return sum(follow(Subscription(outline.url, added_at, outline.title)) for outline in outlines)

    def import_opml(self, opml: bytes) -> tuple[int, int]:
        """Follow the feeds that an OPML file names; how many more, and how many of them were followed before."""
        from ingest.opml import read_opml

        outlines = read_opml(opml)
        added = self.follow_all(outlines)
        return added, len(outlines) - added

    def export_opml(self) -> bytes:
        """The feeds that are followed, as other readers import them."""
        from ingest.opml import Outline, write_opml

        return write_opml(Outline(each.url, each.title) for each in self.library.subscriptions.all())

    def refresh(
        self,
        urls: Sequence[str] = (),
        everything: bool = False,
        progress: Callable[[Progress], None] | None = None,
        stop: Callable[[], bool] = lambda: False,
    ) -> Refresh:
        """Read the feeds that are followed, or those named; see ingest.subscriptions.refresh."""
        from ingest.subscriptions import refresh

        return refresh(self.library, self._web(), urls=urls, everything=everything, progress=progress, stop=stop)

    def _web(self) -> Web:
        return _web(self._settings, self.library.subscriptions)

    def search(self, question: str, **given: Any) -> list[Hit]:
        """The passages that an answer would be looked for in, best first; see assistant.answer.Assistant.search."""
        return self.assistant.search(question, **given)

    def answer(self, question: str, **given: Any) -> Answer:
        """The finished answer; see assistant.answer.Assistant.answer."""
        return self.assistant.answer(question, **given)

    def stream(self, question: str, **given: Any) -> Iterator[Answer]:
        """Growing snapshots of the answer; see assistant.answer.Assistant.stream."""
        return self.assistant.stream(question, **given)

    def retriever(self, **given: Any) -> NewsRetriever:
        """The library as a LangChain retriever; see assistant.retriever.NewsRetriever."""
        from assistant.retriever import NewsRetriever

        return NewsRetriever(assistant=self.assistant, **given)

    def warm(self) -> None:
        """Load the models and open the index, so that the first question need not wait."""
        self.library.warm()
        if load := getattr(self._model, "load", None):
            load()

    def close(self) -> None:
        self.library.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_dateline(library: str | Path | None = None, model: str | None = None, **settings: Any) -> Dateline:
    """Open a library for reading and writing; use it as a context manager.

    What is not given comes from the environment; the names are those of assistant.settings.Settings. Raises
    DatelineError: LibraryBusy when another process has it open.
    """
    given = settings | {"library": library and Path(library), "model": model}
    return Dateline(_settings(given))


def _settings(given: dict[str, Any]) -> Settings:
    """The environment's settings, with what was given in their place."""
    _keep_libraries_quiet()
    return read_settings({name: value for name, value in given.items() if value is not None})


def _web(settings: Settings, shelf: RobotsShelf | None = None) -> Web:
    from ingest.web import Web

    return Web(
        allow_private=settings.allow_private_addresses,
        robots=settings.respect_robots,
        delay=settings.seconds_between_requests,
        shelf=shelf,
    )


def _chat_model(settings: Settings) -> Any:
    from assistant.llm import open_chat_model

    try:
        return open_chat_model(settings.model, settings.model_url, settings.model_key, settings.cache.expanduser())
    except WeightsMissing as error:
        if "model" in settings.model_fields_set:
            raise
        logger.warning("Answers are quoted, not written: %s", error)
        return None


def _keep_libraries_quiet() -> None:
    """No look-ups and no counting at home by what Dateline is built on; a user's own choice stays."""
    for name, value in {"GRADIO_ANALYTICS_ENABLED": "False", "TOKENIZERS_PARALLELISM": "false"}.items():
        os.environ.setdefault(name, value)


# -- the page --------------------------------------------------------------------------------------------------


_SAMPLE_QUESTIONS = (
    (
        "Meta will still release open models, but Zuckerberg says it must choose with care",
        "Is Meta still open sourcing its models?",
    ),
    ("Windmere Ferries orders two electric ships and borrows most of the price", "Who ordered electric ferries?"),
    (
        "Hallow Bay ferry accident injured 41, investigators say, as thruster failure is confirmed",
        "How many people were hurt on the ferry?",
    ),
)


class PageDesk:
    """What the page asks of the house; see assistant.ui.desk.Desk."""

    def __init__(self, news: Dateline, max_upload_mb: int, refresh_every: timedelta | None = None) -> None:
        from ingest.refreshing import Refreshing

        self._news = news
        self.max_upload_mb = max_upload_mb
        self.clock = Refreshing(self._refresh, refresh_every)
        # One at a time puts articles in: two could both take the same article for new.
        self._turn, self._closing = threading.Lock(), threading.Event()

    @property
    def examples(self) -> Sequence[str]:
        """The samples' own questions where the samples are, else the newest headlines."""
        titles = [entry.title for entry in self.entries()]
        fitting = [question for headline, question in _SAMPLE_QUESTIONS if headline in titles]
        return fitting or [f"What is known about this: {title}?" for title in titles[:3]]

    def stream(self, question: str, turns: Sequence[Turn] = (), **given: Any) -> Iterator[Answer]:
        return self._news.stream(question, turns=turns, **given)

    def outlets(self) -> Sequence[str]:
        return self._news.library.outlets()

    def entries(self) -> Sequence[Entry]:
        return self._news.library.entries()

    def article(self, article_id: str) -> Article:
        return self._news.library.article(article_id)

    def versions(self, article_id: str) -> Sequence[Article]:
        return self._news.library.versions(article_id)

    def add_url(self, url: str, progress: Tell, stop: Stop) -> Report:
        return self._add([url.strip()], progress, stop)

    def add_files(self, files: Sequence[tuple[Path, str]], progress: Tell, stop: Stop) -> Report:
        from ingest.documents import Upload

        return self._add([Upload(path, name) for path, name in files], progress, stop)

    def add_text(self, text: str, title: str, outlet: str, progress: Tell, stop: Stop) -> Report:
        from ingest.documents import Pasted

        return self._add([Pasted(text, title=title.strip(), outlet=outlet.strip())], progress, stop)

    def remove(self, article_id: str) -> None:
        self._news.library.remove(article_id)

    def feeds(self) -> Sequence[Subscription]:
        return self._news.library.subscriptions.all()

    def follow(self, address: str) -> Subscription:
        url = self._news.follow(address).url
        return next(each for each in self.feeds() if each.url == url)

    def unfollow(self, url: str) -> None:
        self._news.library.subscriptions.remove(url)

    def refresh(self, urls: Sequence[str], progress: Tell, stop: Stop) -> Report:
        return self.clock.refresh(urls, lambda at: progress(_step(at)), stop).report

    def refreshing(self) -> Standing:
        return self.clock.standing

    def import_feeds(self, opml: bytes) -> tuple[int, int]:
        return self._news.import_opml(opml)

    def export_feeds(self) -> bytes:
        return self._news.export_opml()

    def close(self) -> None:
        """End what is being added or refreshed; what is done stays."""
        self._closing.set()
        self.clock.close()
        with self._turn:
            pass

    def _add(self, sources: Sequence[Source], progress: Tell, stop: Stop) -> Report:
        from assistant.ui.desk import Step

        def tell() -> None:
            progress(Step("Waiting until the feeds are refreshed or another addition is done"))

        with self._in_turn(lambda: self._closing.is_set() or stop(), tell) as halted:
            return self._news.ingest(sources, lambda at: progress(_step(at)), halted)

    def _refresh(
        self, urls: Sequence[str] = (), *, progress: Callable[[Progress], None], stop: Callable[[], bool]
    ) -> Refresh:
        with self._in_turn(stop, lambda: None) as halted:
            return self._news.refresh(urls, progress=progress, stop=halted)

    @contextmanager
    def _in_turn(self, stop: Stop, tell: Callable[[], None]) -> Iterator[Stop]:
        """Waits for the others. Who is stopped while waiting goes on and finds itself stopped: nothing is read."""
        mine = False
        while not mine and not stop():
            mine = self._turn.acquire(timeout=0.2)
            if not mine:
                tell()
        try:
            yield stop if mine else lambda: True
        finally:
            if mine:
                self._turn.release()


def _step(at: Progress) -> Step:
    from assistant.ui.desk import Step

    return Step(at.row.source, at.done, at.total, at.passages, at.seconds)


# -- the command line ------------------------------------------------------------------------------------------

cli = typer.Typer(no_args_is_help=True, add_completion=False, help="Ask questions about news articles, with sources.")
shelf = typer.Typer(no_args_is_help=True, help="Look after the library.")
cli.add_typer(shelf, name="library")
feeds = typer.Typer(no_args_is_help=True, help="Follow feeds, and take in what they bring.")
cli.add_typer(feeds, name="feeds")

LibraryOption = Annotated[Path | None, typer.Option("--library", help="Folder of the library.", file_okay=False)]
JsonOption = Annotated[bool, typer.Option("--json", help="Print results as JSON.")]
ReportOption = Annotated[
    Path | None, typer.Option("--report", help="Save what became of each document, as JSON.", dir_okay=False)
]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", help="The reader's today, 2022-07-03: nothing newer is used.")
]
FromOption = Annotated[str | None, typer.Option("--from", help="Only what was published on this day or later.")]
ToOption = Annotated[str | None, typer.Option("--to", help="Only what was published on this day or earlier.")]
OutletOption = Annotated[list[str] | None, typer.Option("--outlet", help="Only this outlet; can be repeated.")]

_STOPPED = "Stopped. What was reported is stored; run the same command again to go on."


@cli.command()
def serve(
    library: LibraryOption = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.", min=1, max=65535)] = None,
    model: Annotated[str | None, typer.Option(help="local, quote, or provider:model.")] = None,
    samples: Annotated[bool, typer.Option("--samples", help="Put sample articles into an empty library.")] = False,
    refresh_every: Annotated[str | None, typer.Option(help="Read the feeds so often: 30m, 2h or 1d.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Serve the chat page until Ctrl-C."""
    given = {"library": library, "host": host, "port": port, "model": model, "refresh_every": refresh_every}
    settings = _settings(given)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # stopped by the system as cleanly as by Ctrl-C
    with Dateline(settings) as news:
        if samples and not news.library.counts()[0]:
            _ingest_with_progress(news, [SAMPLES])
        from assistant.ui.page import build_page
        from assistant.ui.server import serve as serve_page

        desk = PageDesk(news, settings.max_upload_mb, settings.refresh_every)
        server = serve_page(build_page(desk), settings.host, settings.port, settings.max_upload_mb)
        _print({"url": server.url}, f"Dateline is at {server.url} (Ctrl-C stops it)", as_json)
        sys.stdout.flush()
        # Only now: its imports would keep the page waiting.
        threading.Thread(target=_warm_quietly, args=(news,), daemon=True).start()
        desk.clock.start()
        with suppress(KeyboardInterrupt):
            threading.Event().wait()
        server.close()
        desk.close()


@cli.command("ingest")
def ingest_command(
    sources: Annotated[list[str], typer.Argument(help="Addresses, files and folders.")],
    library: LibraryOption = None,
    report_to: ReportOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put articles into the library; what is there already is brought up to date."""
    from ingest.report_file import report_file
    from ingest.terminal import report_as_text

    settings = _settings({"library": library, "model": "quote"})
    with report_file(report_to) as save, Dateline(settings) as news:
        report = _ingest_with_progress(news, sources)
        save(report.as_json())
    _print(report.as_json(), report_as_text(report), as_json)
    if report.stopped:
        _fail(_STOPPED)
    if not report.readable:
        raise typer.Exit(1)


@cli.command("read")
def read_command(
    source: Annotated[str, typer.Argument(help="An address, a file, a folder, or - for a page on standard input.")],
    url: Annotated[str, typer.Option(help="The address that a saved page came from.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Show what would be taken from a page, a feed, a folder or a file; nothing is stored."""
    from ingest.identity import web_address
    from ingest.look import look, piped
    from ingest.sources import is_address
    from ingest.terminal import look_as_text

    if url and (is_address(source) or not web_address(url)):
        raise typer.BadParameter("is the web address of a page that is in a file", param_hint="--url")
    named: Source = piped(sys.stdin.buffer) if source == "-" else source
    readable = 0
    with _printing(as_json) as show:
        for seen in look(named, _web(_settings({})), datetime.now(UTC), url):
            readable += not seen.reason
            show(_look_as_json(seen), look_as_text(seen))
    if not readable:
        raise typer.Exit(1)


@cli.command()
def search(
    question: str,
    library: LibraryOption = None,
    as_of: AsOfOption = None,
    since: FromOption = None,
    until: ToOption = None,
    outlets: OutletOption = None,
    top: Annotated[int, typer.Option(help="How many passages.", min=1, max=100)] = 10,
    as_json: JsonOption = False,
) -> None:
    """Find the passages that a question is about."""
    from assistant.export import hit_as_json
    from assistant.terminal import hits_as_text

    with _reading({"library": library, "model": "quote"}) as news:
        hits = news.search(question, as_of=_moment(as_of), scope=_scope(news, since, until, outlets), top=top)
    _print([hit_as_json(rank, hit) for rank, hit in enumerate(hits, start=1)], hits_as_text(hits), as_json)


@cli.command()
def ask(
    question: str,
    library: LibraryOption = None,
    as_of: AsOfOption = None,
    since: FromOption = None,
    until: ToOption = None,
    outlets: OutletOption = None,
    model: Annotated[str | None, typer.Option(help="local, quote, or provider:model.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a question from the library."""
    from rich.console import Console

    from assistant.export import answer_as_json
    from assistant.terminal import answer_as_text

    with _reading({"library": library, "model": model}) as news, Console(stderr=True).status("Searching") as status:
        scope = _scope(news, since, until, outlets)
        for answer in news.stream(question, as_of=_moment(as_of), scope=scope):
            status.update(f"Reading {len(answer.sources)} passages" if not answer.sentences else "Writing")
    _print(answer_as_json(answer), answer_as_text(answer), as_json)


@cli.command()
def evaluate(
    questions: Annotated[Path, typer.Argument(help="One question a line, as JSON; README tells the fields.")],
    library: LibraryOption = None,
    model: Annotated[str | None, typer.Option(help="local, quote, or provider:model.")] = None,
    only: Annotated[str | None, typer.Option(help="retrieval, answers or refusals.")] = None,
    compare: Annotated[str | None, typer.Option(help="tutorial: what the tutorials of LangChain build.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Draw hit@k into this file, .svg or .png.", dir_okay=False)] = None,
    table: Annotated[Path | None, typer.Option(help="Write the tables into this file.", dir_okay=False)] = None,
    as_json: JsonOption = False,
) -> None:
    """Measure retrieval, answers and refusals on your own questions."""
    from assistant.measure import PARTS, measure
    from assistant.scorecard import as_json as plain
    from assistant.scorecard import as_markdown

    for value, allowed, option in ((only, PARTS, "--only"), (compare, ("tutorial",), "--compare")):
        if value is not None and value not in allowed:
            raise typer.BadParameter(f"{value!r} is none of {', '.join(allowed)}", param_hint=option)
    parts = PARTS if only is None else (only,)
    given = {"library": library, "model": "quote" if only == "retrieval" else model}
    with _reading(given) as news, _bars() as progress:
        results = measure(news.assistant, news.library, questions, parts, compare is not None, plot, progress)
    text = as_markdown(results)
    if table:
        table.write_text(text + "\n", encoding="utf-8")
    _print(plain(results), text, as_json)


@shelf.command("list")
def list_command(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """Every article, the newest addition first."""
    from assistant.export import entry_as_json
    from assistant.terminal import entries_as_text

    with _reading({"library": library, "model": "quote"}) as news:
        entries = news.library.entries()
    _print([entry_as_json(entry) for entry in entries], entries_as_text(entries), as_json)


@shelf.command()
def show(
    article_id: str,
    version: Annotated[int | None, typer.Option(help="Left out: the last version.", min=1)] = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """One article."""
    from assistant.export import article_as_json
    from assistant.terminal import article_as_text

    with _reading({"library": library, "model": "quote"}) as news:
        article = news.library.article(article_id, version)
    _print(article_as_json(article), article_as_text(article), as_json)


@shelf.command()
def diff(
    article_id: str,
    before: Annotated[int | None, typer.Option("--from", help="Left out: the version before the other.", min=1)] = None,
    after: Annotated[int | None, typer.Option("--to", help="Left out: the last version.", min=1)] = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """What changed between two versions of an article, word by word."""
    from rich.console import Console

    from assistant.changes import changes
    from assistant.export import changes_as_json
    from assistant.terminal import bracketed, changes_as_text, coloured

    with _reading({"library": library, "model": "quote"}) as news:
        later = news.library.article(article_id, after)
        earlier = news.library.article(article_id, before or max(later.version - 1, 1))
    found, screen = changes(earlier, later), Console()
    mark = coloured if screen.is_terminal and not screen.no_color else bracketed
    _print(changes_as_json(found), changes_as_text(found, mark), as_json)


@shelf.command()
def remove(article_id: str, library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """Take an article and its earlier versions out of the library."""
    with Dateline(_settings({"library": library, "model": "quote"})) as news:
        title = news.library.article(article_id).title
        news.library.remove(article_id)
    _print({"removed": article_id}, f"Removed {article_id}: {title}", as_json)


@shelf.command()
def reindex(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """Embed every passage again with the embedding model that is set."""
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Dateline(_settings({"library": library, "model": "quote"})) as news, Bar(console=Console(stderr=True)) as bar:
        task = bar.add_task("Embedding", total=None)
        done = news.library.reindex(lambda done, total: bar.update(task, completed=done, total=total))
    _print({"passages": done}, f"Embedded {done:,} passages again.", as_json)


@shelf.command()
def check(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """See whether the catalogue is sound and the search index agrees with it; mend the index."""
    from dataclasses import asdict

    with Dateline(_settings({"library": library, "model": "quote"})) as news:
        health = news.library.check()
    state = "Sound." if health.sound else f"Mended: {health.missing} passages were missing, {health.extra} too many."
    text = f"{health.articles:,} articles, {health.passages:,} passages, embedded with {health.embedder}. {state}"
    _print(asdict(health), text, as_json)
    if not health.catalogue_sound:
        _fail("The catalogue itself is damaged: put back a copy of catalogue.db.")


@feeds.command("add")
def add_feed(
    url: Annotated[str, typer.Argument(help="A feed, a news sitemap, or a page that names its feed.")],
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Follow a feed; `dateline feeds refresh` reads it."""
    with Dateline(_settings({"library": library, "model": "quote"})) as news:
        outline = news.follow(url)
    _print({"url": outline.url, "title": outline.title}, f"Following {outline.title} at {outline.url}", as_json)


@feeds.command("list")
def list_feeds(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """Every feed, when it was read last, and what came of it."""
    from assistant.export import subscription_as_json
    from ingest.terminal import subscriptions_as_text

    with _reading({"library": library, "model": "quote"}) as news:
        held = news.library.subscriptions.all()
    _print([subscription_as_json(each) for each in held], subscriptions_as_text(held), as_json)


@feeds.command("remove")
def remove_feed(url: str, library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """Follow a feed no longer; its articles stay."""
    with Dateline(_settings({"library": library, "model": "quote"})) as news:
        removed = news.library.subscriptions.remove(url)
    if not removed:
        _fail(f"{url} is not followed; `dateline feeds list` shows what is.")
    _print({"removed": url}, f"No longer following {url}", as_json)


@feeds.command("refresh")
def refresh_feeds(
    urls: Annotated[list[str] | None, typer.Argument(help="Only these; all without.")] = None,
    library: LibraryOption = None,
    everything: Annotated[
        bool, typer.Option("--everything", help="Ask for each page, of unchanged feeds too.")
    ] = False,
    report_to: ReportOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read the feeds and take in what is new, corrected or gone."""
    from ingest.report_file import report_file
    from ingest.terminal import progress_bar, refresh_as_text

    settings = _settings({"library": library, "model": "quote"})
    with report_file(report_to) as save, Dateline(settings) as news, progress_bar() as advance:
        done = news.refresh(urls or (), everything, advance)
        save(done.as_json())
    _print(done.as_json(), refresh_as_text(done), as_json)
    if done.report.stopped:
        _fail(_STOPPED)
    if done.feeds and all(feed.state == "failed" for feed in done.feeds):
        raise typer.Exit(1)


@feeds.command("import")
def import_feeds(
    file: Annotated[Path, typer.Argument(help="An OPML file.", exists=True, dir_okay=False)],
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Follow the feeds that an OPML file names."""
    with Dateline(_settings({"library": library, "model": "quote"})) as news:
        added, before = news.import_opml(file.read_bytes())
    counts = {"added": added, "followed_before": before}
    _print(counts, f"Following {added} more feeds; {before} were followed before.", as_json)


@feeds.command("export")
def export_feeds(
    file: Annotated[Path | None, typer.Argument(help="Where to; the screen without.", dir_okay=False)] = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the feeds that are followed as OPML, which feed readers import."""
    with _reading({"library": library, "model": "quote"}) as news:
        held, opml = news.library.subscriptions.all(), news.export_opml()
    if file is None and not as_json:
        sys.stdout.write(opml.decode())
        return
    if file:
        file.write_bytes(opml)
    _print({"exported": len(held), "opml": opml.decode()}, f"Wrote {len(held)} feeds to {file}", as_json)


def main(arguments: Sequence[str] | None = None) -> None:
    """The console script: a DatelineError becomes one clear line and exit status 1."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    try:
        cli(arguments)
    except DatelineError as error:
        _say(error)
        sys.exit(1)


@contextmanager
def _reading(given: dict[str, Any]) -> Iterator[Dateline]:
    """Dateline for a command that only reads: beside a running server it searches the catalogue on its own."""
    settings = _settings(given)
    try:
        news = Dateline(settings)
    except LibraryBusy:
        news = Dateline(settings, read_only=True)
    with news:
        yield news


def _ingest_with_progress(news: Dateline, sources: Sequence[Source]) -> Report:
    from ingest.terminal import progress_bar

    with progress_bar() as advance:
        return news.ingest(sources, advance)


@contextmanager
def _bars() -> Iterator[Callable[[str, int, int], None]]:
    """Something that shows how far each of several pieces of work is."""
    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    tasks: dict[str, TaskID] = {}
    with Bar(console=Console(stderr=True)) as bar:

        def advance(work: str, done: int, total: int) -> None:
            tasks.setdefault(work, bar.add_task(work) if work not in tasks else tasks[work])
            bar.update(tasks[work], completed=done, total=total)

        yield advance


def _warm_quietly(news: Dateline) -> None:
    try:
        news.warm()
    except DatelineError as error:
        logger.warning("%s", error)


def _scope(news: Dateline, since: str | None, until: str | None, outlets: Sequence[str] | None) -> Scope:
    from assistant.limits import limited

    try:
        return limited(since or "", until or "", outlets or (), news.library.outlets())
    except LimitUnusable as error:
        raise typer.BadParameter(str(error), param_hint=f"--{error.field}") from error


def _moment(text: str | None) -> date | datetime | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text) if len(text) <= len("2022-07-03") else datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not a date such as 2022-07-03", param_hint="--as-of") from error


def _look_as_json(seen: Look) -> dict[str, Any]:
    from assistant.export import article_as_json
    from ingest.text import word_count

    about = {"source": seen.source, "rejected": seen.reason, "words": word_count(seen.article.text)}
    return about | article_as_json(seen.article)


def _print(value: object, text: str, as_json: bool) -> None:
    sys.stdout.write((_json(value) if as_json else text) + "\n")


@contextmanager
def _printing(as_json: bool) -> Iterator[Callable[[object, str], None]]:
    """Yields what prints one result after the other, as soon as it is there; as JSON they make up a list."""
    separators = chain(["\n"], repeat(",\n"))

    def show(value: object, text: str) -> None:
        sys.stdout.write(next(separators) + _json(value) if as_json else text + "\n")
        sys.stdout.flush()

    sys.stdout.write("[" if as_json else "")
    try:
        yield show
    finally:
        sys.stdout.write("\n]\n" if as_json else "")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _fail(message: str) -> NoReturn:
    _say(message)
    raise typer.Exit(1)


def _say(message: object) -> None:
    sys.stderr.write(f"dateline: {message}\n")


if __name__ == "__main__":
    main(sys.argv[1:] or ["serve"])
