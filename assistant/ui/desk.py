"""What the page needs from the rest of Dateline, and nothing more. app.py puts it together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from assistant.api.news_desk import NewsDesk
from assistant.ui.places import Line
from vectorstore.reports import Condition, Step

if TYPE_CHECKING:
    from assistant.answering.stories import Arrivals, Brief, FrontPage, Story
    from assistant.answering.welcome import Welcome
    from assistant.conversations.notebook import Notebook
    from assistant.generation.model_menu import ChatModels
    from assistant.types import Answer, Turn
    from vectorstore.models import Article, Entry
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
        self,
        text: str,
        title: str,
        outlet: str,
        progress: Progress,
        stop: Stop,
        published_at: str = "",
        url: str = "",
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
