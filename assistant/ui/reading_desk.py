"""What the page asks of the library and the assistant."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from assistant.text.texts import speaking
from assistant.types import AS_SET, Manner
from vectorstore.models import EVERYTHING, Scope

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from assistant.answering.assistant import Assistant
    from assistant.answering.stories import Arrivals, Brief, FrontPage, Story
    from assistant.answering.welcome import Welcome
    from assistant.types import Answer, Turn
    from vectorstore.library import Library
    from vectorstore.models import Article, Entry, Hit
    from vectorstore.reports import Condition
    from vectorstore.storage.annotations import Annotations
    from vectorstore.storage.listings import Listing, ListPage, Tally
    from vectorstore.storage.reading_state import ReadingStates
    from vectorstore.storage.rows import Removed


class ReadingDesk:
    """The half of assistant.ui.desk.Desk that needs no ingest."""

    def __init__(self, library: Library, assistant: Assistant) -> None:
        from assistant.answering.welcome import Host
        from assistant.conversations.notebook import Notebook

        self._library, self._assistant = library, assistant
        self._host = Host(library, assistant.told_from)
        self.notebook = Notebook(library.conversations, library.find)

    def welcome(self, patience: float = 0.0) -> Welcome:
        return self._host.welcome(patience)

    def search(self, question: str, *, as_of: date | datetime | None, scope: Scope, top: int) -> Sequence[Hit]:
        return self._assistant.search(question, as_of=as_of, scope=scope, top=top)

    def stream(
        self,
        question: str,
        turns: Sequence[Turn] = (),
        *,
        as_of: date | datetime | None = None,
        scope: Scope = EVERYTHING,
        manner: Manner = AS_SET,
    ) -> Iterator[Answer]:
        return self._assistant.stream(question, as_of=as_of, turns=turns, scope=scope, manner=manner)

    def follow_ups(self, answer: Answer, turns: Sequence[Turn]) -> Sequence[str]:
        from assistant.answering.suggestions import suggestions

        with speaking(answer.language):
            return suggestions(answer, lambda question: self._assistant.tells_more(question, answer, turns))

    @property
    def translates(self) -> bool:
        return self._assistant.translates

    def translated(self, quotation: str, language: str) -> str:
        return self._assistant.translated(quotation, language)

    def condition(self) -> Condition:
        return self._library.condition()

    def passages(self) -> int:
        return self._library.counts()[1]

    def outlets(self) -> Sequence[str]:
        return self._library.outlets()

    def languages(self) -> Sequence[str]:
        return self._library.languages()

    def collections(self) -> Mapping[str, int]:
        """Those that whoever asks may see, each with the number of its articles."""
        return self._library.collections.all()

    def collections_of(self, article_id: str) -> Sequence[str]:
        return self._library.collections.of([article_id]).get(article_id, ())

    def collect(self, article_id: str, collection: str) -> str:
        return self._library.collections.put(collection, [article_id])

    def take_out(self, article_id: str, collection: str) -> int:
        return self._library.collections.take(collection, [article_id])

    def listed(self, listing: Listing) -> ListPage:
        return self._library.listings.page(listing)

    @property
    def annotations(self) -> Annotations:
        return self._library.annotations

    def entries(self, article_ids: Sequence[str]) -> Sequence[Entry]:
        return self._library.entries(Scope(articles=tuple(article_ids)))

    def found(self, listing: Listing) -> Sequence[str]:
        return self._library.listings.ids(listing)

    def edit(self, article_id: str, changes: Mapping[str, Any]) -> Article:
        return self._library.edit(article_id, changes)

    def tally(self, listing: Listing) -> Tally:
        return self._library.listings.tally(listing)

    def export(self, listing: Listing) -> Iterator[Article]:
        return self._library.listings.articles(listing)

    def back_up(self, file: Path) -> int:
        from vectorstore.storage.backup import back_up

        return back_up(self._library.database or self._library.folder, file)

    def article(self, article_id: str, version: int | None = None) -> Article:
        return self._library.article(article_id, version)

    def versions(self, article_id: str) -> Sequence[Article]:
        return self._library.versions(article_id)

    def front_page(self) -> FrontPage:
        return self._host.front_page()

    def stories_of(self, article_ids: Collection[str]) -> Sequence[Brief]:
        from assistant.answering.stories import stories_of

        return stories_of(self._library, article_ids)

    @property
    def reading_states(self) -> ReadingStates:
        return self._library.reading_states

    def arrivals(self, since: datetime) -> Arrivals:
        from assistant.answering.stories import arrivals

        return self._library.steady(lambda: arrivals(self._library, since))

    def story_of(self, article_id: str) -> Story:
        from assistant.answering.stories import story_of

        return self._library.steady(lambda: story_of(self._library.article(article_id), self._library))

    def story_about(self, question: str) -> Story:
        from assistant.answering.roundup import LOOKED_AT
        from assistant.answering.stories import story

        subject = self._assistant.request(question).subject or question
        return story(subject, self._assistant.search(subject, top=LOOKED_AT), self._library)

    def close(self) -> None:
        """Wait for what is under way."""
        self._host.close()

    def read_articles(self) -> Collection[str]:
        return self._library.reading_states.of().read

    def remove(self, article_id: str) -> Removed:
        return self._library.remove(article_id)

    def restore(self, removed: Removed) -> bool:
        return self._library.restore(removed)
