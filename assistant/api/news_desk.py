"""Who answers readers and programs, on the page and on the wire."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from assistant.types import AS_SET, Manner
from vectorstore.models import EVERYTHING

if TYPE_CHECKING:
    from assistant.types import Answer, Turn
    from vectorstore.models import Article, Hit, Scope


class NewsDesk(Protocol):
    """Every method may raise a DatelineError, whose message is shown as it is."""

    def outlets(self) -> Sequence[str]:
        """The outlets of all articles."""

    def languages(self) -> Sequence[str]:
        """Those that its articles are in, that of most articles first."""

    def collections(self) -> Iterable[str]:
        """The names of those that whoever asks may see."""

    def article(self, article_id: str, version: int | None = None) -> Article:
        """The article as it stands now, or an earlier version; ArticleNotFound when it is not there."""

    def search(self, question: str, *, as_of: date | datetime | None, scope: Scope, top: int) -> Sequence[Hit]:
        """Passages, best first; see assistant.answering.assistant.Assistant.search."""

    def stream(
        self,
        question: str,
        turns: Sequence[Turn] = (),
        *,
        as_of: date | datetime | None = None,
        scope: Scope = EVERYTHING,
        manner: Manner = AS_SET,
    ) -> Iterator[Answer]:
        """Growing snapshots of an answer. Closing the iterator stops the model."""
