"""What happened so far in the story that an article or a question is about, and what came in since, by story."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import numpy as np

from assistant.answering.clustering import Group, grouped
from assistant.answering.roundup import in_order
from assistant.answering.suggestions import counted
from assistant.evidence.best_sentences import Pick, lede, picked
from assistant.retrieval.search import one_of_each_story
from assistant.text.words import key_words
from assistant.types import Account
from assistant.verification.disagreement import differing
from assistant.verification.genre import Genre, genre
from vectorstore.library import Library
from vectorstore.models import Article, Hit, Scope
from vectorstore.storage.story_groups import Opening

_MOST = 10
_CANDIDATES = 120
_WITHIN = timedelta(weeks=6)
# Cosine of a headline and a passage from which on they are about one thing.
_CLOSE = 0.5
_LOOKED_AT = 4000
_PUBLISHED_LAST = 1500
_SHOWN = 20
_ON_FRONT_PAGE = 100
_MOST_KEPT = 100
_LOOKED_AT_FOR_A_LEAD = 6
_BESIDE = 8
_FIRST_PERSON = re.compile(r"\b(?:I|I['’]m|I['’]ve|my|me|we|our)\b")
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")
_OWN_VIEW = 2
_UNKNOWN = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Difference:
    """A question on which the articles of a story say different things, and what they say, the newest first."""

    question: str
    accounts: tuple[Account, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """Events by day, those of an unknown day last, each told in one sentence of an article. `tellings` are how each
    outlet opens its last report, the latest first, where there are several; `of` is the article whose story it is, and
    `members` are the ids of all of its articles: neither where it is a question's."""

    title: str
    events: tuple[Pick, ...]
    tellings: tuple[Pick, ...] = ()
    differing: tuple[Difference, ...] = ()
    of: str = ""
    members: tuple[str, ...] = ()


def story_of(article: Article, library: Library) -> Story:
    """The story that an article belongs to: what is close to its headline, within six weeks of it."""
    title = article.title or article.text[:200]
    published = article.published_at
    scope = Scope(published - _WITHIN, published + _WITHIN) if published else Scope()
    told = _told(article, scope, title, library)
    openings = library.openings(scope, limit=_LOOKED_AT, by_date=True)
    group = next((each for each in _groups(openings) if article.id in {m.article_id for m in each.members}), None)
    if group is None:
        return replace(told, of=article.id, members=(article.id,))
    hits = library.hits([(each.passage_id, 1.0) for each in group.members])
    of_outlet = {hit.article.outlet: hit for hit in reversed(hits) if hit.article.outlet}
    latest = sorted(of_outlet.values(), key=lambda hit: hit.article.published_at or _UNKNOWN, reverse=True)
    tellings = tuple(filter(None, map(lede, latest)))[:_BESIDE]
    return replace(
        told,
        tellings=tellings if len(tellings) > 1 else (),
        differing=differences(hits),
        of=article.id,
        members=tuple(each.article_id for each in group.members),
    )


def differences(hits: Sequence[Hit]) -> tuple[Difference, ...]:
    """Where they do not say the same, of what can be counted."""
    asked = dict.fromkeys(question for hit in hits for question in counted(hit.passage.text))
    found = (Difference(question, differing(question, hits)) for question in asked)
    return tuple(each for each in found if each.accounts)


def _told(article: Article, scope: Scope, title: str, library: Library) -> Story:
    found = library.search({title: 1.0}, dict.fromkeys(key_words(title), 1.0), scope, _CANDIDATES)
    close = [(each, each.similarity) for each in found if each.similarity >= _CLOSE or each.article_id == article.id]
    ranked = one_of_each_story(sorted(close, key=lambda pair: -pair[1]))
    return story(title, library.hits([(each.passage_id, score) for each, score in ranked]), library)


def story(title: str, hits: list[Hit], library: Library) -> Story:
    """What these hits, best first, tell of it."""
    return Story(title, tuple(in_order(picked(title, hits, library, _MOST))))


@dataclass(frozen=True, slots=True)
class Brief:
    """A story as it stands among others. `pick` is how the article opens that tells it best, `members` are the ids of
    its articles, the last published first, and `day` is that of the first of them."""

    pick: Pick
    members: tuple[str, ...]
    outlets: tuple[str, ...]
    day: date | None = None

    @property
    def articles(self) -> int:
        """How many there are of it."""
        return len(self.members)


@dataclass(frozen=True, slots=True)
class Arrivals:
    """`articles` came in since then, the newest 4,000 of which were put together to `stories`, the largest first, of
    equals the one published last, and `more` that are not shown."""

    since: datetime
    articles: int
    stories: tuple[Brief, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class FrontPage:
    """The stories of the articles published last, the last day first and within a day the largest first, and how many
    `more` there are of them."""

    stories: tuple[Brief, ...]
    more: int = 0


def arrivals(library: Library, since: datetime) -> Arrivals:
    """What came in, or came in anew, after a moment."""
    groups = _groups(library.openings(arrived=since, limit=_LOOKED_AT))
    return Arrivals(
        since, library.arrived_since(since), _briefs(groups[:_SHOWN], library), max(0, len(groups) - _SHOWN)
    )


def front_page(library: Library, shown: int = _ON_FRONT_PAGE) -> FrontPage:
    """What was published last, by story."""
    groups = _groups(library.openings(limit=_PUBLISHED_LAST, by_date=True))
    by_day = sorted(groups, key=lambda group: _day(group) or date.min, reverse=True)
    return FrontPage(_briefs(by_day[:shown], library), max(0, len(by_day) - shown))


def stories_of(library: Library, article_ids: Collection[str]) -> tuple[Brief, ...]:
    """The stories that have any of these articles, the last published first: of articles of any age."""
    openings = library.openings(limit=_LOOKED_AT, by_date=True)
    groups = [each for each in _groups(openings) if any(member.article_id in article_ids for member in each.members)]
    return _briefs(sorted(groups, key=lambda group: _day(group) or date.min, reverse=True)[:_MOST_KEPT], library)


def _groups(openings: Sequence[Opening]) -> list[Group]:
    return grouped(sorted(openings, key=lambda each: each.published_at or _UNKNOWN, reverse=True))


def _day(group: Group) -> date | None:
    """Of the member published last; members are in that order."""
    return max((each.published_at.date() for each in group.members if each.published_at), default=None)


def _briefs(groups: Sequence[Group], library: Library) -> tuple[Brief, ...]:
    """Those that any article tells: one can be removed in between, and one whose opening only gives orders or addresses
    tells no story."""
    looked_at = {group.centre.passage_id: _likeliest(group) for group in groups}
    wanted = [(each.passage_id, 1.0) for likely in looked_at.values() for each in likely]
    hits = {hit.passage.id: hit for hit in library.hits(wanted)}
    briefs = []
    for group in groups:
        told = [hits[each.passage_id] for each in looked_at[group.centre.passage_id] if each.passage_id in hits]
        if first := next(filter(None, map(lede, sorted(told, key=_unlike_a_report))), None):
            members = tuple(each.article_id for each in group.members)
            outlets = tuple(dict.fromkeys(each.outlet for each in group.members if each.outlet))
            briefs.append(Brief(first, members, outlets, _day(group)))
    return tuple(briefs)


def _likeliest(group: Group) -> list[Opening]:
    """The members that are looked at for the one that tells the story best: those most like all the others first."""
    vectors = np.stack([each.vector for each in group.members if len(each.vector)] or [np.zeros(1, np.float32)])
    middle = vectors.mean(axis=0)
    return sorted(group.members, key=lambda each: -float(each.vector @ middle) if len(each.vector) else 0.0)[
        :_LOOKED_AT_FOR_A_LEAD
    ]


def _unlike_a_report(hit: Hit) -> int:
    """0 for a news report. A piece of opinion, a headline that asks and a writer who says "I" tell of an event what
    somebody thinks of it."""
    kind = genre(hit.article)
    asks = hit.article.title.rstrip().endswith(("?", "？", "؟"))
    own_view = len(_FIRST_PERSON.findall(_QUOTED.sub("", hit.passage.text))) >= _OWN_VIEW
    return 4 * (not kind.answers_alone) + 2 * own_view + 2 * (kind is Genre.ANALYSIS) + asks
