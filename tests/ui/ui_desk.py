"""A scripted desk: articles, answers and receipts made from the real types, and a record of what it was asked."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable, Collection, Container, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from threading import Event
from time import monotonic, sleep
from typing import Any

from playwright.sync_api import Locator, Page
from sqlalchemy import StaticPool, create_engine, insert, select

from assistant.answering.stories import Arrivals, Brief, FrontPage, Story
from assistant.answering.welcome import Welcome
from assistant.conversations.notebook import Notebook
from assistant.evidence import quotation
from assistant.evidence.best_sentences import Pick
from assistant.generation.model_menu import ChatModels
from assistant.types import AS_SET, Answer, Citation, Manner, Sentence, Stage, Support, Turn, Window
from assistant.ui.desk import Progress, Stop
from assistant.ui.places import Line
from vectorstore.errors import ArticleNotFound, FeedEmpty, ModelUnavailable, RefreshUnderWay, RejectedDocument
from vectorstore.models import EVERYTHING, Article, Entry, Hit, Passage, Scope
from vectorstore.reports import Again, Condition, Outcome, Report, Row, Standing, Step
from vectorstore.storage import listings as listing
from vectorstore.storage.annotations import EDITABLE, Annotations, Edit, keep_edit, marks, tags
from vectorstore.storage.article_collections import Collections
from vectorstore.storage.conversations import Conversations
from vectorstore.storage.database import create_database, open_database
from vectorstore.storage.listings import Listing, Listings, ListPage, Tally
from vectorstore.storage.reading_state import ReadingStates
from vectorstore.storage.rows import Removed, row_of
from vectorstore.storage.schema import article_collections, articles, metadata
from vectorstore.storage.subscriptions import FeedArticle, Subscription

NOW = datetime(2022, 7, 3, 12, tzinfo=UTC)

META = Article(
    id="meta",
    title="Meta keeps its models open, with more caution",
    outlet="The Ledger",
    url="https://ledger.example/meta",
    published_at=datetime(2022, 7, 2, tzinfo=UTC),
    ingested_at=NOW,
    text="Meta says its position is unchanged. It will release a mix of open and closed models. "
    "Executives spoke of $10 to $65 billion in spending.\n\nA spokesman declined to name dates.",
)
BEHEMOTH = Article(
    id="behemoth",
    title="Behemoth delayed again",
    outlet="Circuit Daily",
    url="https://circuit.example/behemoth?x=1&y=2",
    published_at=None,
    ingested_at=NOW - timedelta(days=1),
    text="The largest model, Behemoth, was delayed a second time. Engineers were unhappy with its results.",
)
PASTED = Article(id="pasted", title="A pasted note", text="Notes from a talk. Nothing else.", ingested_at=NOW)

HOSTILE_TEXT = (
    "<script>window.hacked = 1</script> <img src=x onerror=window.hacked=1> ![x](http://evil.example/x.png) "
    "[a](javascript:window.hacked=1) $x$ ${window.hacked=1} {{value}} [1] Sources: [2] "
    "</blockquote><form action=http://evil.example><input> "
    '" onmouseover="window.hacked=1 \u202egnp.exe\u202c \x00 \ud800 # Heading\n* list `tick` '
    "<b style=color:red>bold</b> "
    "<a href='javascript:window.hacked=1'>click</a> " + "x" * 10_000
)
HOSTILE = Article(
    id='"><script>window.hacked=1</script>',
    title="<img src=x onerror=window.hacked=1> & ${window.hacked=1}",
    outlet="<b>Outlet</b> ![x](http://evil.example/o.png)",
    url="javascript:window.hacked=1",
    published_at=NOW,
    ingested_at=NOW - timedelta(days=2),
    text=HOSTILE_TEXT,
)


def passage(article: Article, start: int = 0, end: int | None = None) -> Passage:
    end = len(article.text) if end is None else end
    return Passage(f"{article.id}#{start}", article.id, article.version, 0, start, end, article.text[start:end])


def hit(article: Article, start: int = 0, end: int | None = None) -> Hit:
    return Hit(passage(article, start, end), article, 1.0)


def cite(number: int, source: Hit, quote: str) -> Citation:
    start = source.article.text.index(quote, source.passage.start)
    return Citation(number, source.article, source.passage, quote, start, start + len(quote))


def pick(source: Hit, quote: str) -> Pick:
    start = source.article.text.index(quote)
    return Pick(source, start, start + len(quote))


def story(title: str = META.title) -> Story:
    """Of two known days and an unknown one, with a hostile article among them."""
    events = (
        pick(hit(META), "Meta says its position is unchanged."),
        pick(hit(HOSTILE), HOSTILE_TEXT),
        pick(hit(BEHEMOTH), "Engineers were unhappy with its results."),
    )
    return Story(title, events)


def answered(question: str, sources: Sequence[Hit], said: Sequence[tuple[Sentence, str]], **more: object) -> Answer:
    """An answer whose sentences each cite the given words of their first source."""
    citations = tuple(cite(each.citations[0], sources[each.citations[0] - 1], quote) for each, quote in said if quote)
    answer = Answer(
        question=question,
        standalone_question=question,
        as_of=NOW,
        stage=Stage.DONE,
        sources=tuple(sources),
        sentences=tuple(each for each, _ in said),
        citations=citations,
        newest_source=max((each.article.published_at for each in sources if each.article.published_at), default=None),
    )
    return replace(answer, **more)  # type: ignore[arg-type]


def meta_answer(question: str = "Is Meta still open sourcing its models?") -> Answer:
    return answered(
        question,
        [hit(META), hit(BEHEMOTH)],
        [
            (
                Sentence("Meta says its position is unchanged.", (1,), Support.QUOTED),
                "Meta says its position is unchanged",
            ),
            (
                Sentence("It plans open and closed models, for $10 to $65 billion.", (1, 2), Support.SUPPORTED),
                "a mix of open",
            ),
            (Sentence("Behemoth has been delayed twice.", (2,), Support.SUPPORTED), "delayed a second time"),
            (Sentence("Everyone was pleased.", (), Support.UNSUPPORTED), ""),
        ],
    )


def quoting_answer(question: str = "Is Meta still open sourcing its models?") -> Answer:
    """As one by a model: three quotations stood there while it wrote, of which it says one, rests on one and leaves
    one; a third source was read and is not cited."""
    unused = cite(1, hit(META), "Executives spoke of $10 to $65 billion in spending.")
    quoted = (
        cite(1, hit(META), "It will release a mix of open and closed models."),
        unused,
        cite(2, hit(BEHEMOTH), "The largest model, Behemoth, was delayed a second time."),
    )
    answer = answered(
        question,
        [hit(META), hit(BEHEMOTH), hit(PASTED)],
        [
            (Sentence("Meta goes on with both kinds of models.", (1,), Support.SUPPORTED), quoted[0].quote),
            (quotation(quoted[2]), quoted[2].quote),
        ],
    )
    return replace(answer, quoted=quoted)


def hostile_answer(question: str = "hostile") -> Answer:
    return answered(
        question,
        [hit(HOSTILE)],
        [(Sentence(HOSTILE_TEXT, (1, 7), Support.UNSUPPORTED), "[1] Sources: [2]")],
        notice="<img src=x onerror=window.hacked=1>",
        standalone_question="<b>hostile</b>",
    )


def refusal(question: str) -> Answer:
    said = Sentence("The articles here do not say who won.", (), Support.UNSUPPORTED)
    return Answer(
        question, question, NOW, Stage.DONE, sentences=(said,), refused=True, nearest=(META, BEHEMOTH, HOSTILE)
    )


def document(source: str, outcome: str, title: str = "", reason: str = "") -> Row:
    return Row(source, Outcome(outcome), title=title, reason=reason)


def reported(rows: Iterable[Row], stopped: bool = False, lost: Container[str] = ()) -> Report:
    """As one has it that took a tenth of a second; what is rejected can be tried again, except what is `lost`."""
    told = tuple(rows)
    again = (Again(each.source, each) for each in told if each.outcome is Outcome.REJECTED and each.source not in lost)
    return Report(told, passages=1, seconds=0.1, stopped=stopped, again=tuple(again))


FEED = Subscription("https://ledger.example/feed", NOW, "The Ledger", last_run_at=NOW, last_result="2 added, 1 updated")
FAILING = Subscription(
    "https://circuit.example/rss?a=1&b=2",
    NOW,
    last_run_at=NOW,
    last_result="failed: the site answered 500",
    failures=3,
    next_due_at=NOW + timedelta(hours=1),
)


@dataclass
class ScriptedDesk:
    """Answers from a script and keeps articles in a dictionary; records what it was asked."""

    articles: dict[str, Article] = field(
        default_factory=lambda: {each.id: each for each in (META, BEHEMOTH, PASTED, HOSTILE)}
    )
    asked: list[tuple[str, tuple[Turn, ...]]] = field(default_factory=list)
    scopes: list[Scope] = field(default_factory=list)
    manners: list[Manner] = field(default_factory=list)
    chat_models: ChatModels = field(default_factory=lambda: ChatModels("quote", None))
    days: list[date | datetime | None] = field(default_factory=list)
    since: list[datetime] = field(default_factory=list)
    closed: Event = field(default_factory=Event)
    examples: Sequence[str] = ("Is Meta still open sourcing its models?", "What happened to Behemoth?")
    arrived: int = 1234
    of_meta: list[str] = field(default_factory=list)  # that came to this story since
    max_upload_mb: int = 5
    earlier: dict[str, list[Article]] = field(default_factory=dict)
    sent: list[Mapping[str, object]] = field(default_factory=list)
    followed: list[Subscription] = field(default_factory=lambda: [FEED, FAILING])
    standing: Standing = Standing()
    refresh_every: timedelta | None = None
    read: set[str] | None = None  # articles
    gone: set[str] = field(default_factory=set)  # listed, but removed since
    retried: list[tuple[str, ...]] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)  # uploads that are no longer kept
    folder: Path | None = None  # where conversations are kept
    line: Line = field(default_factory=Line)
    translates: bool = False
    to_translate: list[tuple[str, str]] = field(default_factory=list)

    @cached_property
    def notebook(self) -> Notebook:
        assert self.folder
        if not (path := self.folder / "catalogue.db").exists():
            create_database(path)
        self._database = open_database(path)
        return Notebook(Conversations(self._database), self._version)

    def _version(self, article_id: str, version: int) -> Article | None:
        held = [*self.earlier.get(article_id, ()), *filter(None, [self.articles.get(article_id)])]
        return next((each for each in held if each.version == version), None)

    def put_away(self) -> None:
        """Forget what was opened; the conversations stay on disk."""
        self.closed.set()
        self.__dict__.pop("annotations", None)
        self.__dict__.pop("_collections", None)
        if self.__dict__.pop("notebook", None):
            self._database.dispose()

    @cached_property
    def annotations(self) -> Annotations:
        if self.folder:  # a connection for each thread: one that they share would end a transaction of another's
            return Annotations(self.notebook and self._database)
        engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
        metadata.create_all(engine)
        return Annotations(engine)

    @property
    def readable(self) -> str:
        return ".txt .md .pdf"

    def entries(self, article_ids: Sequence[str]) -> Sequence[Entry]:
        wanted = set(article_ids)
        return [each for each in self.listed(Listing()).entries if each.id in wanted]

    def found(self, listing: Listing) -> Sequence[str]:
        with self._listings() as listings:
            return listings.ids(listing)

    def edit(self, article_id: str, changes: Mapping[str, Any]) -> Article:
        article = self.article(article_id)
        edit = self.annotations.edited(article_id) or Edit()
        stated = {name: edit.stated.get(name, getattr(article, name)) for name in EDITABLE}
        wanted = {**edit.changed, **changes}
        changed = {name: value for name, value in wanted.items() if value != stated[name]}
        with self.annotations._engine.begin() as connection:
            keep_edit(connection, article_id, Edit(changed, stated))
        self.articles[article_id] = replace(article, **stated | changed)
        return self.articles[article_id]

    def stated_day(self, text: str) -> datetime | None:
        return datetime(2026, 11, 21, tzinfo=UTC) if "21 November 2026" in text else None

    def condition(self) -> Condition:
        return Condition(len(self.articles), self.passages(), feeds=len(self.followed))

    def passages(self) -> int:
        return 39_144

    def follow_ups(self, answer: Answer, turns: Sequence[Turn]) -> Sequence[str]:
        return [] if answer.refused else ["What did Mark Zuckerberg say?", "How many people were hurt?"]

    @cached_property
    def _collections(self) -> Collections:
        return Collections(self.annotations._engine)

    def collections(self) -> Mapping[str, int]:
        return self._collections.all()

    def collections_of(self, article_id: str) -> Sequence[str]:
        return self._collections.of([article_id]).get(article_id, ())

    def collect(self, article_id: str, collection: str) -> str:
        return self._collections.put(collection, [article_id])

    def take_out(self, article_id: str, collection: str) -> int:
        return self._collections.take(collection, [article_id])

    def outlets(self) -> Sequence[str]:
        return [each.outlet for each in self.articles.values()]

    def translated(self, quotation: str, language: str) -> str:
        self.to_translate.append((quotation, language))
        return f"<b>{language}</b>: {quotation.upper()}" if "caution" not in quotation else ""

    def languages(self) -> Sequence[str]:
        return list(dict.fromkeys(each.language for each in self.articles.values() if each.language))

    def search(self, question: str, *, as_of: date | datetime | None, scope: Scope, top: int) -> Sequence[Hit]:
        self.scopes.append(scope)
        self.days.append(as_of)
        return [hit(META, 0, 36), hit(BEHEMOTH)][:top]

    def stream(
        self,
        question: str,
        turns: Sequence[Turn] = (),
        *,
        as_of: date | datetime | None = None,
        scope: Scope = EVERYTHING,
        manner: Manner = AS_SET,
    ) -> Generator[Answer]:
        self.days.append(as_of)
        self.manners.append(manner)
        self.asked.append((question, tuple(turns)))
        self.scopes.append(scope)
        if "broken" in question:
            raise ModelUnavailable("The chat model cannot be reached. Start it, or set the model to quote.")
        if "fault" in question:
            raise ZeroDivisionError
        final = self._final(question, bool(turns))
        yield replace(final, stage=Stage.SEARCHED, sentences=(), citations=(), nearest=())
        for written in range(1, len(final.sentences)):
            so_far = final.sentences[:written]
            yield replace(final, stage=Stage.WRITING, sentences=so_far, citations=final.citations[:written])
            sleep(0.05)  # a model takes its time: who watches sees the sentence before there is another
            if "slowly" in question:
                yield from self._wait(replace(final, stage=Stage.WRITING, sentences=so_far))
        yield final

    def _wait(self, answer: Answer) -> Iterator[Answer]:
        """A model that never comes to its second sentence until it is closed."""
        try:
            while not self.closed.wait(0.05):
                yield answer
        finally:
            self.closed.set()

    def _final(self, question: str, follow_up: bool) -> Answer:
        if "Tour de France" in question:
            return refusal(question)
        answer = hostile_answer(question) if "hostile" in question else meta_answer(question)
        if "in July" in question and self.scopes[-1] == EVERYTHING:
            answer = replace(answer, window=Window(date(2022, 7, 1), date(2022, 7, 31)), outlets=("The Ledger",))
        return replace(answer, standalone_question="What about Meta's Behemoth model?") if follow_up else answer

    def listed(self, listing: Listing) -> ListPage:
        with self._listings() as listings:
            return listings.page(listing)

    def tally(self, listing: Listing) -> Tally:
        with self._listings() as listings:
            return listings.tally(listing)

    def export(self, listing: Listing) -> Iterator[Article]:
        with self._listings() as listings:
            yield from listings.articles(listing)

    @contextmanager
    def _listings(self) -> Iterator[Listings]:
        """The articles in a database of its own: what is found, sorted and counted is left to the real thing."""
        engine = create_engine("sqlite://", poolclass=StaticPool)
        metadata.create_all(engine)
        held = [replace(each, ingested_at=each.ingested_at or NOW, text=_storable(each.text)) for each in self._held()]
        rows = [row_of(article) | {"key": key, "text_hash": ""} for key, article in enumerate(held, start=1)]
        with engine.begin() as connection:
            if rows:
                connection.execute(insert(articles), rows)
            listing.enter_all(connection)
            for table in (tags, marks, article_collections):
                with self.annotations._engine.connect() as kept:
                    added = [dict(row._mapping) for row in kept.execute(select(table))]
                if added:
                    connection.execute(insert(table), added)
        yield Listings(engine)
        engine.dispose()

    def article(self, article_id: str, version: int | None = None) -> Article:
        try:
            if article_id in self.gone:
                raise KeyError
            return self.versions(article_id)[version - 1] if version else self.articles[article_id]
        except (KeyError, IndexError):
            raise ArticleNotFound("That article is no longer in the library.") from None

    def versions(self, article_id: str) -> Sequence[Article]:
        return [*self.earlier.get(article_id, ()), self.article(article_id)]

    def correct(self, article_id: str, **changed: object) -> None:
        """A new version of an article."""
        old = self.articles[article_id]
        self.earlier.setdefault(article_id, []).append(old)
        self.articles[article_id] = replace(old, version=old.version + 1, **changed)  # type: ignore[arg-type]

    def feeds(self) -> Sequence[Subscription]:
        return list(self.followed)

    def follow(self, address: str, empty: bool = False) -> Subscription:
        if "refused" in address:
            raise RejectedDocument(f"{address} names no feed; give the address of an RSS or Atom feed")
        if "empty" in address and not empty:
            raise FeedEmpty("The feed has no articles.")
        self.followed.append(Subscription(address, NOW, "A new feed"))
        return self.followed[-1]

    def feed_article_ids(self) -> Mapping[str, Sequence[str]]:
        return {FEED.url: list(self.articles)} if self.articles else {}

    def feed_articles(self, url: str, most: int) -> Sequence[FeedArticle]:
        rows = [FeedArticle(each.id, each.title, each.outlet, each.published_at) for each in self.articles.values()]
        return rows[:most] if url == FEED.url else []

    def read_articles(self) -> Collection[str] | None:
        return self.read

    def set_refresh_every(self, every: timedelta | None) -> None:
        self.refresh_every = every

    def unfollow(self, url: str) -> None:
        self.followed = [each for each in self.followed if each.url != url]

    def refresh(self, urls: Sequence[str], progress: Progress, stop: Stop) -> Report:
        if self.standing.since:
            raise RefreshUnderWay("The feeds are being refreshed already.")
        return self.add_url("https://ledger.example/slowly" if not urls else urls[0], progress, stop)

    def refreshing(self) -> Standing:
        return self.standing

    def import_feeds(self, opml: bytes) -> tuple[int, int]:
        if b"opml" not in opml:
            raise RejectedDocument("names no feed")
        self.followed.append(Subscription("https://imported.example/feed", NOW, "Imported"))
        return 1, 2

    def export_feeds(self) -> bytes:
        return "".join(f"<outline xmlUrl='{each.url}'/>" for each in self.followed).encode()

    def arrivals(self, since: datetime) -> Arrivals:
        self.since.append(since)
        return Arrivals(since, self.arrived, self.briefs() if self.arrived else (), 1230 if self.arrived else 0)

    def front_page(self) -> FrontPage:
        return FrontPage(self.briefs())

    def stories_of(self, article_ids: Collection[str]) -> Sequence[Brief]:
        return [each for each in self.briefs() if not set(each.members).isdisjoint(article_ids)]

    def briefs(self) -> tuple[Brief, ...]:
        """A story of two outlets, with whatever else `of_meta` names, and a hostile one of the day after."""
        meta = pick(hit(META), "Meta says its position is unchanged.")
        of_meta = (META.id, BEHEMOTH.id, PASTED.id, *self.of_meta)
        return (
            Brief(pick(hit(HOSTILE), HOSTILE_TEXT), (HOSTILE.id,), (HOSTILE.outlet,), date(2022, 7, 3)),
            Brief(meta, of_meta, ("The Ledger", "Circuit Daily"), date(2022, 7, 2)),
        )

    @property
    def reading_states(self) -> ReadingStates:
        assert self.notebook
        return ReadingStates(self._database)

    def welcome(self, patience: float = 0.0) -> Welcome:
        held = len(self._held())
        outlets = {each.outlet for each in self._held() if each.outlet}
        if not held:
            return Welcome()
        return Welcome(held, len(outlets), date(2022, 7, 3), tuple(self.examples), self.briefs())

    def story_of(self, article_id: str) -> Story:
        members = next((each.members for each in self.briefs() if article_id in each.members), (article_id,))
        tellings = (pick(hit(META), "Meta says its position is unchanged."), pick(hit(HOSTILE), HOSTILE_TEXT))
        return replace(story(self.article(article_id).title), tellings=tellings, of=article_id, members=members)

    def story_about(self, question: str) -> Story:
        return story(question)

    def add_url(self, url: str, progress: Progress, stop: Stop) -> Report:
        progress(Step(f"Reading {url}", 1, 4, 30, 2.0))
        while "slowly" in url and not stop():
            self.closed.wait(0.05)
        if stop():
            return reported([document(url, "added", "From an address")], stopped=True)
        if "refused" in url:
            return reported([document(url, "rejected", reason="the address is private")])
        return self._put(Article(id=url, title="From an address", url=url, text="Fetched text."), url, progress)

    def add_files(self, files: Sequence[tuple[Path, str]], progress: Progress, stop: Stop) -> Report:
        rows: list[Row] = []
        for path, name in files:
            text = path.read_text(encoding="utf-8")
            if text:
                rows += self._put(Article(id=name, title=f"File {name}", text=text), name, progress).rows
            else:
                rows.append(document(name, "rejected", reason="the file is empty"))
        return reported(rows)

    def add_text(
        self,
        text: str,
        title: str,
        outlet: str,
        progress: Progress,
        stop: Stop,
        published_at: str = "",
        url: str = "",
    ) -> Report:
        when = datetime.fromisoformat(published_at).replace(tzinfo=UTC) if published_at else None
        pasted = Article(id=title, title=title, outlet=outlet, text=text, published_at=when, url=url)
        return self._put(pasted, "pasted text", progress)

    def take_articles(self, articles: Sequence[Mapping[str, object]], stop: Stop) -> Report:
        if any("slowly" in str(each.get("url")) for each in articles):
            return reported([], stopped=True)
        self.sent += articles
        return reported(self._sent(each) for each in articles)

    def _sent(self, fields: Mapping[str, object]) -> Row:
        url, title = str(fields.get("url", "")), str(fields.get("title", "Sent"))
        if "refused" in url:
            return document(url, "rejected", reason="only 3 words of article text were found")
        self.articles[url] = Article(id=url, title=title, url=url, text="Sent text.", ingested_at=NOW)
        return document(url, "added", title)

    def retry(self, receipt: Report, progress: Progress, stop: Stop) -> Report:
        self.retried.append(tuple(each.name for each in receipt.again))
        return reported((self._tried(each.source) for each in receipt.again), lost=self.lost)

    def _tried(self, before: Row) -> Row:
        if before.source in self.lost:
            return replace(before, reason="the file that was uploaded is no longer kept here; add it again")
        return replace(before, outcome=Outcome.ADDED, title=f"At last {before.source}")

    def remove(self, article_id: str) -> Removed:
        article = self.article(article_id)
        del self.articles[article_id]
        earlier = self.earlier.pop(article_id, [])
        return Removed(article, [], earlier)

    def restore(self, removed: Removed) -> bool:
        if removed.article.id in self.articles:
            return False
        self.articles[removed.article.id] = removed.article
        self.earlier[removed.article.id] = list(removed.earlier)
        return True

    def _held(self) -> list[Article]:
        return list(self.articles.values())

    def _put(self, article: Article, source: str, progress: Progress) -> Report:
        progress(Step(f"Storing {article.title}", 1, 1))
        outcome = "unchanged" if article.id in self.articles else "added"
        self.articles[article.id] = replace(article, ingested_at=NOW)
        return reported([replace(document(source, outcome, article.title), article_id=article.id)])


def _storable(text: str) -> str:
    """Half a surrogate pair, which no article of a library has, is nothing that a database can hold."""
    return text.encode("utf-8", "replace").decode()


def chromium() -> str | None:
    """The browser that the page is tested in: without windows, of which Debian has a build that does the same with half
    the work."""
    return shutil.which("chromium-headless-shell") or shutil.which("chromium")


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def drawn(page: Page) -> None:
    """Wait until the server has drawn what the page opens with, which stands there before, in the document."""
    page.locator("#talks nav").wait_for(state="attached")


def eventually(holds: Callable[[], bool], patience: float = 60) -> None:
    """Wait until something holds that is neither an element of the page nor told by an event."""
    due = monotonic() + patience
    while not holds():
        assert monotonic() < due, "It did not come to hold."
        sleep(0.05)


def at_rest(page: Page) -> list[str]:
    """What is sent to the server from now on, a second having passed in which nothing was: what the page itself began
    may still be on its way."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    while sent or page.wait_for_timeout(1000) or sent:
        sent.clear()
    return sent


def to_tab(page: Page, name: str) -> None:
    """Open a tab, by way of the menu of those that a narrow window has no room for."""
    page.get_by_role("tab", selected=True).first.wait_for()
    tab = page.get_by_role("tab", name=name)
    if not tab.is_visible():
        page.get_by_role("button", name="More tabs").click()
        tab = page.locator(".overflow-dropdown").get_by_role("button", name=name)
    tab.click()


def typed(field: Locator, text: str) -> None:
    """Fill a field as a reader would, who sees that it is empty again and types once more: just after a tab or a fold
    was opened, Gradio draws the fields in it anew and forgets what stands in them."""
    for _ in range(20):
        field.fill(text)
        if _stays(field, text):
            return
    raise AssertionError(f"the field keeps nothing: {field}")


def _stays(field: Locator, text: str) -> bool:
    for _ in range(8):
        field.page.wait_for_timeout(50)
        if field.input_value() != text:
            return False
    return True
