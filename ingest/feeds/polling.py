"""One look at one feed that is followed: what is new in it, and what became of the pages it listed before."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from ingest.documents import Document, Found, Gone, Listed, Record, Rejection, Seen
from ingest.feeds.listed import MOST_ENTRIES, document_of, feed_of, left_over, story_at, told_of
from ingest.feeds.mailbox import is_mailbox, mailbox_of, opened
from ingest.feeds.parsing import Feed, FeedEntry
from ingest.web.politeness import Web
from ingest.web.responses import NEVER_SEEN, Validators
from vectorstore.errors import PageGone, RejectedDocument, ToldToWait
from vectorstore.models import Article
from vectorstore.storage.subscriptions import KnownPage, Subscription


class FeedState(StrEnum):
    READ = "read"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A document that a feed led to. `address` is its canonical one; the validators are those of its page."""

    found: Found
    address: str = ""
    validators: Validators = NEVER_SEEN
    listed: bool = True


@dataclass(frozen=True, slots=True)
class Ending:
    """How the visit went. `wait` is how many seconds the site asked to be left alone, `put_off` how many entries were
    not asked for because of that. The validators and the digest are those to ask with next time."""

    state: FeedState
    reason: str = ""
    title: str = ""
    validators: Validators = NEVER_SEEN
    digest: str = ""
    moved_to: str = ""
    wait: float = 0.0
    put_off: int = 0


class PageShelf(Protocol):
    """What is known of pages."""

    def page(self, url: str) -> KnownPage | None: ...

    def pages_listed(self, feed: str) -> list[KnownPage]: ...


class ArticleShelf(Protocol):
    def find(self, article_id: str) -> Article | None: ...


class Visits:
    """The visits of one run; threads may share it. A page that several feeds list is asked for once."""

    def __init__(self, articles: ArticleShelf, pages: PageShelf, web: Web, everything: bool) -> None:
        self._articles = articles
        self._pages = pages
        self._web = web
        self._everything = everything
        self._asked: set[str] = set()
        self._asking = threading.Lock()

    def visit(self, subscription: Subscription) -> Iterator[Arrival | Ending]:
        """An unchanged feed costs one request; of a changed one each page that it lists is asked for, conditionally,
        and once more each that it listed last time and lists no longer. The ending comes last, whatever happens."""
        if is_mailbox(subscription.url):
            yield from self._mails(subscription)
            return
        known = Validators(subscription.etag, subscription.last_modified)
        try:
            page = self._web.get(subscription.url, NEVER_SEEN if self._everything else known)
            digest = hashlib.sha256(page.content).hexdigest()
            if page.unchanged or (digest == subscription.digest and not self._everything):
                yield Ending(FeedState.UNCHANGED, moved_to=page.moved_to)
                return
            feed = feed_of(document_of(subscription.url, page))
        except ToldToWait as told:
            yield Ending(FeedState.FAILED, str(told), wait=told.seconds or 0.0)
            return
        except RejectedDocument as reason:
            yield Ending(FeedState.FAILED, str(reason))
            return
        put_off, wait = 0, 0.0
        for errand in self._errands(subscription, feed):
            try:
                yield errand.run(self._web)
            except ToldToWait as told:
                put_off, wait = put_off + 1, max(wait, told.seconds or 0.0)
        if put_off:  # with nothing to compare it to, the feed is read in full next time
            yield Ending(FeedState.READ, left_over(feed), feed.title, NEVER_SEEN, "", page.moved_to, wait, put_off)
        else:
            yield Ending(FeedState.READ, left_over(feed), feed.title, page.validators, digest, page.moved_to)

    def _mails(self, subscription: Subscription) -> Iterator[Arrival | Ending]:
        """What came since the last visit; the state of the folder is kept as the feed's ETag."""
        try:
            mailbox = mailbox_of(subscription.url)
            with opened(mailbox, self._web.passwords) as folder:
                came, left = folder.news("" if self._everything else subscription.etag)
                yield from (Arrival(folder.mail(uid)) for uid in came)
        except RejectedDocument as reason:
            yield Ending(FeedState.FAILED, str(reason))
            return
        if not came:
            yield Ending(FeedState.UNCHANGED, title=mailbox.title)
            return
        told = f"{left} older mails are left" if left else ""
        yield Ending(FeedState.READ, told, mailbox.title, Validators(folder.state(came[-1])))

    def _errands(self, subscription: Subscription, feed: Feed) -> Iterator[_Errand]:
        listed: set[str] = set()
        for entry in feed.entries[:MOST_ENTRIES]:
            address = entry.address
            listed.add(address)
            if self._first(address):
                known = self._pages.page(address) if address else None
                stored = self._articles.find(known.article_id) if known else None
                yield _Errand(entry.url, address, known, stored, _Told(entry, feed, subscription.url))
        for known in self._pages.pages_listed(subscription.url):
            stored = self._articles.find(known.article_id)
            if known.url not in listed and stored and stored.url and self._first(known.url):
                yield _Errand(stored.url, known.url, known, stored)

    def _first(self, address: str) -> bool:
        with self._asking:
            asked = address in self._asked
            self._asked.add(address)
        return not address or not asked


@dataclass(frozen=True, slots=True)
class _Told:
    entry: FeedEntry
    feed: Feed
    identity: str


@dataclass(frozen=True, slots=True)
class _Errand:
    """One page to look at: the one of an entry, or without `told` one that has left the feed."""

    url: str
    address: str
    known: KnownPage | None
    stored: Article | None
    told: _Told | None = None

    def run(self, web: Web) -> Arrival:
        """Raises ToldToWait."""
        if not self.address:
            return self._arrival(self._document(None, "has no address of its own"))
        # What stands in for a page is compared to the feed's text, which can change while the page does not.
        read_before = self.known and self.stored and not self.stored.summary_only
        asked = Validators(self.known.etag, self.known.last_modified) if self.known and read_before else NEVER_SEEN
        try:
            page = web.get(self.url, asked)
            if page.unchanged:
                return self._arrival(self._seen(), asked)
            return self._arrival(self._document(story_at(self.url, page, web.get)), page.validators)
        except PageGone as reason:
            return self._arrival(self._gone() if read_before else self._document(None, str(reason)), asked)
        except ToldToWait as told:
            if told.seconds is not None:
                raise
            return self._arrival(self._unread(str(told)), asked)
        except RejectedDocument as reason:
            return self._arrival(self._unread(str(reason)), asked)

    def _arrival(self, found: Found, validators: Validators = NEVER_SEEN) -> Arrival:
        return Arrival(found, self.address, validators, listed=self.told is not None)

    def _seen(self) -> Found:
        assert self.stored
        return Seen(self.url, self.stored.id)

    def _gone(self) -> Found:
        assert self.stored
        return Gone(self.url, self.stored.id)

    def _unread(self, reason: str) -> Found:
        """A page that was read before keeps its article, and the report says why it wasn't looked at."""
        if self.stored and not self.stored.summary_only:
            return Rejection(self.url, f"{reason} (the library keeps what it has of it)")
        return self._document(None, reason)

    def _document(self, page: Document | None, reason: str = "") -> Found:
        known_as = self.stored.id if self.stored else ""
        if self.told:
            told = told_of(self.told.entry, self.told.feed, self.told.identity)
            return Listed(told.name, told, page, reason, known_as)
        if self.stored and (page or self.stored.summary_only):
            return Listed(self.url, _told_before(self.stored), page, known_as=known_as)
        return Rejection(self.url, reason)


def _told_before(stored: Article) -> Record:
    """What is known of an article from the time when the feed still said it."""
    fields: dict[str, object] = {
        "title": stored.title,
        "outlet": stored.outlet,
        "authors": list(stored.authors),
        "published_at": stored.published_at,
        "updated_at": stored.updated_at,
        "url": stored.url,
        "language": stored.language,
        "text": stored.text if stored.summary_only else "",
    }
    return Record(stored.url, "", fields)
