"""The wire: what programs ask of Dateline, and what they get as plain JSON values, whichever door they come through."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from assistant.api.news_desk import NewsDesk
from assistant.conversations.messages import turns_of
from assistant.presentation.as_json import answer_as_json, hits_as_json
from assistant.query.search_filters import chosen, limited, moment
from vectorstore.errors import LimitUnusable
from vectorstore.export import article_as_json
from vectorstore.models import Scope

_MOST_PASSAGES = 100

AddsArticle = Callable[[Mapping[str, object]], dict[str, Any]]
"""What became of an article with these fields, as a report. Raises DatelineError."""


class Wire:
    """Its docstrings are read by programs and by the models that call them. Raises DatelineError."""

    def __init__(self, desk: NewsDesk) -> None:
        self._desk = desk

    def search(
        self,
        question: str,
        since: str = "",
        until: str = "",
        outlets: list[str] | None = None,
        as_of: str = "",
        top: int = 10,
        languages: list[str] | None = None,
        articles: list[str] | None = None,
        tags: list[str] | None = None,
        marked: bool = False,
        collections: list[str] | None = None,
    ) -> list[dict[str, Any]]:
        """Find passages of news articles that a question is about, best first.

        `since` and `until` are days such as 2022-07-03, both included, `outlets` names of publishers and `languages`
        such as "de" or "German": what was published otherwise is left out. `as_of` is the day to take for today:
        nothing newer is found. `articles` are ids, `collections` names of collections, `tags` those that the
        reader gave, and `marked` is true for articles in which the reader marked words: only these are looked at. What
        is left out limits nothing. Each passage comes with its article's id, headline (title), outlet, time of
        publication (published_at, UTC) and address, and `start` and `end` say where in the article's text it stands.
        """
        if not 1 <= top <= _MOST_PASSAGES:
            raise LimitUnusable(f"top must be 1 to {_MOST_PASSAGES}, and is {top}", "top")
        scope = self._scope(since, until, outlets, languages)
        scope = chosen(scope, articles, tags, marked, collections, self._desk.collections() if collections else ())
        return hits_as_json(self._desk.search(question, as_of=moment(as_of), scope=scope, top=top))

    def article(self, article_id: str, version: int | None = None) -> dict[str, Any]:
        """Read one news article in full, by the id that a passage or a citation names; the latest version unless an
        earlier one is asked for."""
        return article_as_json(self._desk.article(article_id, version))

    def ask(
        self,
        question: str,
        since: str = "",
        until: str = "",
        outlets: list[str] | None = None,
        as_of: str = "",
        history: list[dict[str, Any]] | None = None,
        languages: list[str] | None = None,
        articles: list[str] | None = None,
        tags: list[str] | None = None,
        marked: bool = False,
        collections: list[str] | None = None,
    ) -> dict[str, Any]:
        """Answer a question from the news articles of the library, sentence by sentence with exact quotations.

        Each sentence has the numbers of its citations and its support: quoted, supported or unsupported, then with
        the doubt. A citation's `quote` stands in its article's text from `start` to `end`. `refused` is true when the
        articles hold no answer; `nearest` are then the articles that come closest. `closest` is true when they do not
        say it directly, and the sentences are quotations that come near. `since`, `until`, `outlets`, `languages`,
        `articles`, `tags`, `marked`, `collections` and `as_of` are as for a search. `history` holds the earlier
        messages of the conversation as {"role": "user" or "assistant", "content": text}.
        """
        scope = self._scope(since, until, outlets, languages)
        scope = chosen(scope, articles, tags, marked, collections, self._desk.collections() if collections else ())
        *_, answer = self._desk.stream(question, turns_of(history or []), as_of=moment(as_of), scope=scope)
        return answer_as_json(answer)

    def _scope(self, since: str, until: str, outlets: list[str] | None, languages: list[str] | None) -> Scope:
        held = self._desk.languages() if languages else ()
        return limited(since, until, outlets or (), self._desk.outlets(), languages or (), held)


class Intake:
    """As `Wire`, for what is added."""

    def __init__(self, adds: AddsArticle) -> None:
        self._adds = adds

    def add(
        self,
        text: str,
        title: str = "",
        url: str = "",
        outlet: str = "",
        published_at: str = "",
        authors: list[str] | None = None,
        language: str = "",
    ) -> dict[str, Any]:
        """Add one news article to the library, or bring it up to date: its full text, word for word as it was
        published, with its headline (title), address, outlet, authors and day or time of publication (ISO 8601).

        What is not known is left out, and never guessed. An article is the same one when its address is, or without
        one its text. The report says whether it was added, updated, unchanged, a duplicate or rejected, and why.
        """
        about = {"title": title, "url": url, "outlet": outlet, "published_at": published_at, "language": language}
        given = about | {"authors": authors or []}
        return self._adds({name: value for name, value in given.items() if value} | {"text": text})
