"""What the page needs from the rest of Dateline, and nothing more. app.py puts it together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from assistant.api.news_desk import NewsDesk

if TYPE_CHECKING:
    from assistant.answering.stories import Arrivals, Story
    from assistant.conversations.notebook import Notebook
    from assistant.generation.model_menu import ChatModels
    from assistant.types import Answer, Turn
    from vectorstore.models import Article
    from vectorstore.storage.catalogue import Removed
    from vectorstore.storage.listings import Listing, ListPage, Tally
    from vectorstore.storage.subscriptions import Subscription


@dataclass(frozen=True, slots=True)
class Step:
    """How far work has come: documents `done` of `total`, which may not be known, and one line to show. `passages` and
    `seconds` are those of all of it so far."""

    line: str
    done: int = 0
    total: int | None = None
    passages: int = 0
    seconds: float = 0.0


Progress = Callable[[Step], None]
Stop = Callable[[], bool]
"""True as soon as the reader wants no more; what is done stays done."""


class Row(Protocol):
    """What became of one document."""

    @property
    def source(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def reason(self) -> str: ...


class Receipt(Protocol):
    """What became of everything that was handed in at once."""

    @property
    def added(self) -> int: ...
    @property
    def updated(self) -> int: ...
    @property
    def unchanged(self) -> int: ...
    @property
    def duplicate(self) -> int: ...
    @property
    def gone(self) -> int: ...
    @property
    def rejected(self) -> Sequence[Row]: ...
    @property
    def rows(self) -> Sequence[Row]: ...
    @property
    def passages(self) -> int: ...
    @property
    def seconds(self) -> float: ...
    @property
    def stopped(self) -> bool: ...
    @property
    def again(self) -> Sequence[object]:
        """Of the rejected, those that can be tried once more."""


class Standing(Protocol):
    """How it stands with refreshing the feeds; `next_at` is None where nothing does it by the clock."""

    @property
    def since(self) -> datetime | None: ...
    @property
    def done(self) -> int: ...
    @property
    def last_at(self) -> datetime | None: ...
    @property
    def report(self) -> Receipt | None: ...
    @property
    def problem(self) -> str: ...
    @property
    def next_at(self) -> datetime | None: ...


class Desk(NewsDesk, Protocol):
    """Every method may raise a DatelineError, whose message the page shows as it is."""

    @property
    def examples(self) -> Sequence[str]:
        """Questions that a reader could start with."""

    @property
    def max_upload_mb(self) -> int:
        """Larger uploads are refused before they are read."""

    @property
    def notebook(self) -> Notebook:
        """What was asked before."""

    @property
    def chat_models(self) -> ChatModels:
        """Who could write the answers."""

    def listed(self, listing: Listing) -> ListPage:
        """A page of the library's table."""

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

    def arrivals(self, since: datetime) -> Arrivals:
        """What came into the library after that, by story."""

    def story_of(self, article_id: str) -> Story:
        """The story that an article belongs to; ArticleNotFound when it is not there."""

    def story_about(self, question: str) -> Story: ...

    def add_url(self, url: str, progress: Progress, stop: Stop) -> Receipt: ...

    def add_files(self, files: Sequence[tuple[Path, str]], progress: Progress, stop: Stop) -> Receipt:
        """Each file is where it was uploaded to, with the name that its owner gave it."""

    def add_text(self, text: str, title: str, outlet: str, progress: Progress, stop: Stop) -> Receipt: ...

    def retry(self, receipt: Any, progress: Progress, stop: Stop) -> Receipt:
        """What was rejected is tried once more; `receipt` is one of this desk's own."""

    def remove(self, article_id: str) -> Removed: ...

    def restore(self, removed: Removed) -> bool:
        """Put a removed article back as it was; False when it is there."""

    def feeds(self) -> Sequence[Subscription]: ...

    def follow(self, address: str) -> Subscription:
        """Follow the feed at an address, or the one that the page there names."""

    def unfollow(self, url: str) -> None: ...

    def refresh(self, urls: Sequence[str], progress: Progress, stop: Stop) -> Receipt:
        """Read the feeds named, or all. RefreshUnderWay when that is being done already."""

    def refreshing(self) -> Standing: ...

    def import_feeds(self, opml: bytes) -> tuple[int, int]:
        """Follow what an OPML file names: how many feeds more, and how many of it were followed before."""

    def export_feeds(self) -> bytes:
        """The feeds as OPML."""
