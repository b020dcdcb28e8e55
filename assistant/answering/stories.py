"""What happened so far in the story that an article or a question is about, and what came in since, by story."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from assistant.answering.clustering import grouped
from assistant.answering.roundup import in_order
from assistant.evidence.best_sentences import Pick, lede, picked
from assistant.retrieval.search import one_of_each_story
from assistant.text.words import key_words
from vectorstore.library import Library
from vectorstore.models import Article, Hit, Scope

_MOST = 10
_CANDIDATES = 120
_WITHIN = timedelta(weeks=6)
# Cosine of a headline and a passage from which on they are about one thing.
_CLOSE = 0.5
_LOOKED_AT = 4000
_SHOWN = 20
_UNKNOWN = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Story:
    """Events by day, those of an unknown day last, each told in one sentence of an article."""

    title: str
    events: tuple[Pick, ...]


def story_of(article: Article, library: Library) -> Story:
    """The story that an article belongs to: what is close to its headline, within six weeks of it."""
    title = article.title or article.text[:200]
    published = article.published_at
    scope = Scope(published - _WITHIN, published + _WITHIN) if published else Scope()
    found = library.search({title: 1.0}, dict.fromkeys(key_words(title), 1.0), scope, _CANDIDATES)
    close = [(each, each.similarity) for each in found if each.similarity >= _CLOSE or each.article_id == article.id]
    ranked = one_of_each_story(sorted(close, key=lambda pair: -pair[1]))
    return story(title, library.hits([(each.passage_id, score) for each, score in ranked]), library)


def story(title: str, hits: list[Hit], library: Library) -> Story:
    """What these hits, best first, tell of it."""
    return Story(title, tuple(in_order(picked(title, hits, library, _MOST))))


@dataclass(frozen=True, slots=True)
class NewStory:
    """`pick` is how the article that stands for it opens; `articles` counts that one too."""

    pick: Pick
    articles: int
    outlets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Arrivals:
    """`articles` came in since then, the newest 4,000 of which were put together to `stories`, the largest first, of
    equals the one published last, and `more` that are not shown."""

    since: datetime
    articles: int
    stories: tuple[NewStory, ...]
    more: int = 0


def arrivals(library: Library, since: datetime) -> Arrivals:
    """What came in, or came in anew, after a moment."""
    openings = library.openings(arrived=since, limit=_LOOKED_AT)
    groups = grouped(sorted(openings, key=lambda each: each.published_at or _UNKNOWN, reverse=True))
    shown = groups[:_SHOWN]
    hits = {hit.passage.id: hit for hit in library.hits([(group.centre.passage_id, 1.0) for group in shown])}
    stories = tuple(
        NewStory(
            first,
            len(group.members),
            tuple(dict.fromkeys(each.outlet for each in group.members if each.outlet)),
        )
        for group in shown
        # An article can be removed in between, and one whose opening only gives orders or addresses tells no story.
        if (hit := hits.get(group.centre.passage_id)) and (first := lede(hit))
    )
    return Arrivals(since, library.arrived_since(since), stories, len(groups) - len(shown))
