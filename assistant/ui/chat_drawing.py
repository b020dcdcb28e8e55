"""A conversation as it is drawn: its exchanges, what became of the articles they cite, what could be asked next."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from assistant.answering.provenance import corrected_since
from assistant.types import Conversation, Exchange
from assistant.ui.conversation import turns
from assistant.ui.desk import Desk
from assistant.ui.render_answer import live_html, past_html, welcome_html
from vectorstore.errors import ArticleNotFound, DatelineError
from vectorstore.listing import Listing
from vectorstore.models import Article

# Of so many answers it is remembered what could be asked next: to find it out takes searches.
_REMEMBERED = 64


class Drawing:
    """Each `id` is that of the conversation."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._follow_ups: dict[tuple[object, ...], tuple[str, ...]] = {}

    def welcome(self) -> str:
        """As it is now: the library may have been filled since it was last drawn."""
        return welcome_html(self._desk.examples, library_is_empty=not self._desk.listed(Listing()).held)

    def written(self, id: str, conversation: Conversation) -> tuple[str, str]:
        """Earlier exchanges and the last one."""
        *earlier, last = conversation
        current = self._current(conversation)
        follow_ups = self._follow_ups.get(_key(id, last), ())
        return past_html(earlier, current), live_html(last, current, follow_ups, self._searched(last))

    def growing(self, exchange: Exchange) -> str:
        """The last exchange while it is written."""
        return live_html(exchange, passages=self._searched(exchange))

    def corrected(self, id: str, conversation: Conversation) -> str:
        """The last exchange, when an article that it cites has been corrected; else nothing."""
        last, current = conversation[-1], self._current(conversation[-1:])
        corrected = last.answer and last.over and corrected_since(last.answer, current)
        return live_html(last, current, self._follow_ups.get(_key(id, last), ())) if corrected else ""

    def going_on(self, id: str, conversation: Conversation) -> str:
        """The last exchange with what could be asked next; nothing where there is none."""
        last = conversation[-1]
        if last.answer is None or not last.over:
            return ""
        key = _key(id, last)
        if key not in self._follow_ups:
            found: Sequence[str] = ()
            with suppress(DatelineError):  # it would be told where the next question is asked
                found = self._desk.follow_ups(last.answer, turns(conversation))
            self._follow_ups = dict([*self._follow_ups.items(), (key, tuple(found))][-_REMEMBERED:])
        # Though it may be drawn: what another event has drawn without it could have come to the page later.
        follow_ups = self._follow_ups[key]
        return live_html(last, self._current(conversation[-1:]), follow_ups) if follow_ups else ""

    def _searched(self, exchange: Exchange) -> int:
        """How many passages, for as long as that is told."""
        return self._desk.passages() if exchange.answer is None and not exchange.over else 0

    def _current(self, conversation: Conversation) -> dict[str, Article]:
        """The cited articles as they stand now; without those that were removed."""
        cited = {each.article.id for exchange in conversation if exchange.answer for each in exchange.answer.citations}
        found = {}
        for article_id in cited:
            with suppress(ArticleNotFound):
                found[article_id] = self._desk.article(article_id)
        return found


def _key(id: str, exchange: Exchange) -> tuple[object, ...]:
    return id, exchange.number, exchange.answer and exchange.answer.as_of
