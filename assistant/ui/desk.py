"""What the page needs from the rest of Dateline, and nothing more. app.py puts it together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from assistant.api.news_desk import NewsDesk
from assistant.text.texts import speaking
from assistant.types import AS_SET, Manner
from assistant.ui.places import Line
from vectorstore.models import EVERYTHING, Scope
from vectorstore.reports import Condition, Step

if TYPE_CHECKING:
    from assistant.answering.assistant import Assistant
    from assistant.answering.stories import Arrivals, Brief, FrontPage, Story
    from assistant.answering.welcome import Welcome
    from assistant.conversations.notebook import Notebook
    from assistant.generation.model_menu import ChatModels
    from assistant.types import Answer, Turn
    from vectorstore.library import Library
    from vectorstore.models import Article, Entry, Hit
    from vectorstore.reports import Report, Standing
    from vectorstore.storage.annotations import Annotations
    from vectorstore.storage.listings import Listing, ListPage, Tally
    from vectorstore.storage.reading_state import ReadingStates
    from vectorstore.storage.rows import Removed
    from vectorstore.storage.subscriptions import FeedArticle, Subscription

Progress = Callable[[Step], None]
Stop = Callable[[], bool]
"""True as soon as the reader wants no more; what is done stays done."""


class Desk(NewsDesk, Protocol):
    """Every method may raise a DatelineError, whose message the page shows as it is."""

    def welcome(self, patience: float = 0.0) -> Welcome:
        """What a reader sees before the first question; what takes longer is waited for at most so many seconds."""

    @property
    def max_upload_mb(self) -> int:
        """Larger uploads are refused before they are read."""

    @property
    def line(self) -> Line:
        """Who waits for an answer."""

    def condition(self) -> Condition:
        """How much there is, what waits and what fails."""

    @property
    def notebook(self) -> Notebook:
        """What was asked before."""

    @property
    def chat_models(self) -> ChatModels:
        """Who could write the answers."""

    @property
    def translates(self) -> bool:
        """Whether there is a chat model for `translated`."""

    @property
    def annotations(self) -> Annotations:
        """What the reader marked, noted, tagged and put right, and the filters that are saved."""

    @property
    def readable(self) -> str:
        """The suffixes of the files that can be added, `.txt .md`."""

    def translated(self, quotation: str, language: str) -> str:
        """An article's words in another language; "" where the chat model fails."""

    def listed(self, listing: Listing) -> ListPage:
        """A page of the library's table."""

    def entries(self, article_ids: Sequence[str]) -> Sequence[Entry]:
        """Those of these articles that there are, without their texts."""

    def found(self, listing: Listing) -> Sequence[str]:
        """The ids of all that fit, on whatever page."""

    def edit(self, article_id: str, changes: Mapping[str, Any]) -> Article:
        """Put title, outlet, url or published_at right, or back; see vectorstore.library.Library.edit."""

    def collections(self) -> Mapping[str, int]:
        """Those that whoever asks may see, each with the number of its articles."""

    def collections_of(self, article_id: str) -> Sequence[str]:
        """Those of them that an article is in."""

    def collect(self, article_id: str, collection: str) -> str:
        """Put an article into a collection, a new one or not; returns its name. Raises AnnotationUnusable."""

    def take_out(self, article_id: str, collection: str) -> int:
        """The other way round; how many articles were taken out."""

    def stated_day(self, text: str) -> datetime | None:
        """The day that a text states at its head, which nobody has confirmed."""

    def tally(self, listing: Listing) -> Tally:
        """How many articles there are of each day and each outlet."""

    def export(self, listing: Listing) -> Iterator[Article]:
        """All that fit, on whatever page, read while they are taken."""

    def back_up(self, file: Path) -> int:
        """Write the whole library into a file that is not there yet."""

    def passages(self) -> int:
        """How many the library holds."""

    def follow_ups(self, answer: Answer, turns: Sequence[Turn]) -> Sequence[str]:
        """Questions that could be asked next and would be answered; `turns` end with the one that `answer` is of."""

    def versions(self, article_id: str) -> Sequence[Article]:
        """Every version, the earliest first; ArticleNotFound when there is no such article."""

    def front_page(self) -> FrontPage:
        """What was published last, by story."""

    def stories_of(self, article_ids: Collection[str]) -> Sequence[Brief]:
        """The stories that have any of these articles, the last published first."""

    @property
    def reading_states(self) -> ReadingStates:
        """What was read, starred and is followed."""

    def arrivals(self, since: datetime) -> Arrivals:
        """What came into the library after that, by story."""

    def story_of(self, article_id: str) -> Story:
        """The story that an article belongs to; ArticleNotFound when it is not there."""

    def story_about(self, question: str) -> Story: ...

    def add_url(self, url: str, progress: Progress, stop: Stop) -> Report: ...

    def add_files(self, files: Sequence[tuple[Path, str]], progress: Progress, stop: Stop) -> Report:
        """Each file is where it was uploaded to, with the name that its owner gave it."""

    def add_text(
        self, text: str, title: str, outlet: str, progress: Progress, stop: Stop, published_at: str = "", url: str = ""
    ) -> Report: ...

    def take_articles(self, articles: Sequence[Mapping[str, object]], stop: Stop) -> Report:
        """Each with its fields, and its text as `text` or its page as `html`."""

    def retry(self, receipt: Any, progress: Progress, stop: Stop) -> Report:
        """What was rejected is tried once more; `receipt` is one of this desk's own."""

    def remove(self, article_id: str) -> Removed: ...

    def restore(self, removed: Removed) -> bool:
        """Put a removed article back as it was; False when it is there."""

    def feeds(self) -> Sequence[Subscription]: ...

    def follow(self, address: str, empty: bool = False) -> Subscription:
        """Follow the feed at an address, or the one that the page there names. FeedEmpty for one without articles,
        unless it may be `empty`."""

    def feed_article_ids(self) -> Mapping[str, Sequence[str]]:
        """Of the articles that each feed led to, by its address."""

    def feed_articles(self, url: str, most: int) -> Sequence[FeedArticle]:
        """Those that a feed led to, the last published first."""

    def read_articles(self) -> Collection[str] | None:
        """The ids of those that were read; None where that is not kept."""

    @property
    def refresh_every(self) -> timedelta | None:
        """How often the feeds are refreshed by themselves; None for never."""

    def set_refresh_every(self, every: timedelta | None) -> None:
        """From now on, and after the next start."""

    def unfollow(self, url: str) -> None: ...

    def refresh(self, urls: Sequence[str], progress: Progress, stop: Stop) -> Report:
        """Read the feeds named, or all. RefreshUnderWay when that is being done already."""

    def refreshing(self) -> Standing: ...

    def import_feeds(self, opml: bytes) -> tuple[int, int]:
        """Follow what an OPML file names: how many feeds more, and how many of it were followed before."""

    def export_feeds(self) -> bytes:
        """The feeds as OPML."""


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
