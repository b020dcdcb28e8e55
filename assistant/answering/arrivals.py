"""What came into the library since a moment, put together by story."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from assistant.answering.clustering import grouped
from assistant.evidence.best_sentences import Pick, lede
from vectorstore.library import Library

_LOOKED_AT = 4000
_SHOWN = 20
_UNKNOWN = datetime.min.replace(tzinfo=UTC)


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
