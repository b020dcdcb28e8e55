"""What can be read of a library's articles without searching."""

from __future__ import annotations

from datetime import datetime

from vectorstore.accounts import collections_seen
from vectorstore.errors import ArticleNotFound
from vectorstore.models import EVERYTHING, Article, Entry, Passage, Scope
from vectorstore.storage.address_queue import AddressQueue
from vectorstore.storage.annotations import Annotations
from vectorstore.storage.article_collections import Collections
from vectorstore.storage.catalogue import Catalogue
from vectorstore.storage.conversations import Conversations
from vectorstore.storage.facts import COLLECTIONS
from vectorstore.storage.listings import Listings
from vectorstore.storage.people import People
from vectorstore.storage.reading_state import ReadingStates
from vectorstore.storage.story_groups import Opening
from vectorstore.storage.subscriptions import Subscriptions


class Shelf:
    """The articles and what belongs to them, as the catalogue has them."""

    _catalogue: Catalogue

    @property
    def subscriptions(self) -> Subscriptions:
        """The feeds that this library follows."""
        return self._catalogue.subscriptions

    @property
    def conversations(self) -> Conversations:
        """What was asked of this library."""
        return self._catalogue.conversations

    @property
    def reading_states(self) -> ReadingStates:
        """What its readers have read, starred and follow."""
        return self._catalogue.reading_states

    @property
    def state(self) -> str:
        """Another one after each article that was added, changed or removed, or came to be seen or not by whoever
        asks."""
        articles, passages = self._catalogue.counts()
        kept = "" if collections_seen() is None else f"/{self._catalogue.recall(COLLECTIONS)}"
        return f"{self._catalogue.recall('generation')}/{articles}/{passages}{kept}"

    @property
    def queue(self) -> AddressQueue:
        """Addresses that workers read."""
        return self._catalogue.queue

    @property
    def collections(self) -> Collections:
        """Articles under names that everybody shares."""
        return self._catalogue.collections

    @property
    def annotations(self) -> Annotations:
        """What its reader marked, noted, tagged and put right."""
        return self._catalogue.annotations

    @property
    def people(self) -> People:
        """Who may do what with it, where it has accounts."""
        return self._catalogue.people

    @property
    def listings(self) -> Listings:
        """The library's table."""
        return self._catalogue.listings

    def find(self, article_id: str, version: int | None = None) -> Article | None:
        """The current version or the one asked for, or None."""
        return self._catalogue.article(article_id, version)

    def article(self, article_id: str, version: int | None = None) -> Article:
        """The current version or the one asked for. Raises ArticleNotFound."""
        found = self._catalogue.article(article_id, version)
        if found is not None:
            return found
        current = self.find(article_id)
        if current is None:
            raise ArticleNotFound.named(article_id)
        raise ArticleNotFound(f"{article_id!r} has no version {version}; its last one is {current.version}.")

    def versions(self, article_id: str) -> list[Article]:
        """Every version, the earliest first and the current one last. Raises ArticleNotFound."""
        found = self._catalogue.versions(article_id)
        if not found:
            raise ArticleNotFound.named(article_id)
        return found

    def twins(self, text: str) -> list[Article]:
        """The articles whose current text is this one, white space aside, in the order in which they came."""
        return self._catalogue.twins(text)

    def latest_of(self, outlet: str, most: int) -> list[Article]:
        """At most so many articles of an outlet, those that came last first."""
        return self._catalogue.latest_of(outlet, most)

    def outlets(self) -> list[str]:
        """The outlets of all articles, in no order."""
        return self._catalogue.outlets()

    def languages(self) -> list[str]:
        """Those that its articles are in, that of most articles first."""
        return self._catalogue.languages()

    def newest(self, until: datetime) -> datetime | None:
        """When the newest article until then was published; None when no date is known."""
        return self._catalogue.newest(until)

    def entries(self, scope: Scope = EVERYTHING) -> list[Entry]:
        """Every article of the scope without its text, the newest addition first."""
        return self._catalogue.listings.everything(scope)

    def passages_of(self, article_id: str) -> list[Passage]:
        """An article's passages in their order."""
        return self._catalogue.passages_of(article_id)

    def openings(
        self, scope: Scope = EVERYTHING, arrived: datetime | None = None, limit: int = 4000, by_date: bool = False
    ) -> list[Opening]:
        """How the articles open that came in after `arrived`, the last to come first; `by_date` the last published
        first, and those of unknown date last."""
        return self._catalogue.openings(scope, arrived, limit, by_date)

    def arrived_since(self, moment: datetime) -> int:
        """How many articles came in, or came in anew, after it."""
        return self._catalogue.arrived_since(moment)

    def counts(self) -> tuple[int, int]:
        """Articles and passages."""
        return self._catalogue.counts()

    def stated(self, article_id: str) -> Article | None:
        """As its publisher states it; None when it is not there."""
        return self._catalogue.stated(article_id)
