"""What a reader sees of a library before the first question: how much it holds, its last stories, what to ask of them.

The stories are grouped and each question is tried on the library, which takes seconds. That is done in a thread of its
own, once for each state of the library and all who see the same of it; until it is done, a reader gets what was found
out for these last.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import NamedTuple, TypeAlias

from assistant.answering.stories import Brief, FrontPage, front_page
from assistant.answering.suggestions import opening
from assistant.text.texts import ENGLISH, LANGUAGES, reading_in
from assistant.types import Citation
from vectorstore.accounts import Account, Role, acting_for, collections_seen
from vectorstore.errors import DatelineError
from vectorstore.library import Library
from vectorstore.storage.listings import Listing

logger = logging.getLogger(__name__)

_QUESTIONS = 3
_STORIES = 3
# So many of the newest stories may have no question that is answered before no more are tried.
_TRIED = 8
# Of the front page: the largest of these are asked about.
_LATEST = 20
# For readers of so many different collections.
_KEPT = 32


@dataclass(frozen=True, slots=True)
class Welcome:
    """`newest` is the day of the article published last, None when no date is known. `questions` are answered, and
    `stories` the last ones; both stay empty until they are found out for the first time."""

    articles: int = 0
    outlets: int = 0
    newest: date | None = None
    questions: tuple[str, ...] = ()
    stories: tuple[Brief, ...] = ()


Seen: TypeAlias = frozenset[str] | None
"""The collections that a reader is kept to; None for all articles."""


class _Found(NamedTuple):
    state: str
    questions: tuple[str, ...] = ()
    page: FrontPage = FrontPage(())


class Host:
    """Welcomes the readers of a library; `told_from` is what the answer to a question would quote of some articles."""

    def __init__(self, library: Library, told_from: Callable[[str, Collection[str]], Sequence[Citation]]) -> None:
        self._library, self._told_from = library, told_from
        self._found: OrderedDict[Seen, _Found] = OrderedDict()
        self._finding: dict[Seen, Future[None]] = {}
        self._lock = Lock()
        self._thread = ThreadPoolExecutor(1, "welcome")
        self._closed = False

    def welcome(self, patience: float = 0.0) -> Welcome:
        """As it is now; what takes longer is waited for at most so many seconds."""
        tally = self._library.listings.tally(Listing())
        articles = sum(tally.days.values()) + tally.undated
        outlets = sum(bool(name) for name, _ in tally.outlets)
        newest = max(tally.days, default=None)
        if not articles:
            return Welcome()
        found = self._now(patience)
        return Welcome(articles, outlets, newest, found.questions, found.page.stories[:_STORIES])

    def front_page(self) -> FrontPage:
        """The last stories, as they are now."""
        found = self._found.get(collections_seen(), _Found(""))
        return found.page if found.state == self._library.state else front_page(self._library)

    def close(self) -> None:
        """Wait for what is under way, which ends soon."""
        self._closed = True
        self._thread.shutdown(cancel_futures=True)

    def _now(self, patience: float) -> _Found:
        seen, none = collections_seen(), _Found("")
        if self._found.get(seen, none).state != self._library.state and not self._closed:
            with self._lock:
                finding = self._finding.get(seen)
                if finding is None or finding.done():
                    self._finding[seen] = finding = self._thread.submit(self._find, seen)
            if patience:
                with suppress(TimeoutError):
                    finding.result(patience)
        found = self._found.get(seen, none)
        # What was found out last may tell of an article that may be seen no longer.
        return found if seen is None or found.state == self._library.state else none

    def _find(self, seen: Seen) -> None:
        with acting_for(Account("", "", Role.READER, seen)):
            state = self._library.state
            try:
                page = front_page(self._library)
                if seen not in self._found:
                    self._keep(seen, _Found("", (), page))  # the stories at once, the questions a moment later
                self._keep(seen, _Found(state, self._questions(page), page))
            except DatelineError as error:
                logger.info("What could be asked first was not found out: %s", error)

    def _keep(self, seen: Seen, found: _Found) -> None:
        with self._lock:
            self._found[seen] = found
            self._found.move_to_end(seen)
            while len(self._found) > _KEPT:
                gone, _ = self._found.popitem(last=False)
                self._finding.pop(gone, None)

    def _questions(self, page: FrontPage) -> tuple[str, ...]:
        """One for each of the largest of the last stories."""
        found: dict[str, None] = {}
        for story in sorted(page.stories[:_LATEST], key=lambda each: -each.articles)[:_TRIED]:
            if len(found) == _QUESTIONS or self._closed:
                break
            if question := self._question(story):
                found.setdefault(question)
        return tuple(found)

    def _question(self, story: Brief) -> str:
        """In the language of the article that tells the story best, "" where that is none of ours."""
        article = story.pick.hit.article
        spoken = (article.language or ENGLISH).partition("-")[0]
        if spoken not in LANGUAGES:
            return ""

        def answered(question: str) -> bool:
            return not self._closed and bool(self._told_from(question, story.members))

        with reading_in(spoken):
            return opening(article, answered)
