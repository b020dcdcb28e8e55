"""What happened so far in the story that an article, or a question, is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from assistant.answering.roundup import in_order
from assistant.evidence.best_sentences import Pick, picked
from assistant.retrieval.deduplication import one_of_each_story
from assistant.text.tokens import key_words
from vectorstore.library import Library
from vectorstore.models import Article, Hit, Scope

_MOST = 10
_CANDIDATES = 120
_WITHIN = timedelta(weeks=6)
# Cosine of a headline and a passage from which on they are about one thing.
_CLOSE = 0.5


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
