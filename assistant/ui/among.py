"""The articles that a question or the table is kept to besides days, outlet and language: those in a
collection, those with a tag, those with the reader's marks, a saved filter, or one alone. Each choice is one value, as
a field of the page holds it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from assistant.query.search_filters import limited
from assistant.text.texts import tr
from assistant.ui.desk import Desk
from assistant.ui.render import headline, legible
from vectorstore.errors import ArticleNotFound, LimitUnusable
from vectorstore.models import EVERYTHING, Scope
from vectorstore.storage.annotations import SavedFilter
from vectorstore.storage.listings import Listing

MARKED = "marked"
_TAG, _FILTER, _COLLECTION, _ARTICLE = "tag:", "filter:", "collection:", "article:"
_LONGEST_TITLE = 80


def article_alone(article_id: str) -> str:
    """The value that keeps to one article."""
    return f"{_ARTICLE}{article_id}"


def saved_filter(name: str) -> str:
    """The value that keeps to a saved filter."""
    return f"{_FILTER}{name}"


def choices(desk: Desk, value: str = "") -> list[tuple[str, str]]:
    """What a field offers, as it is named and as its value; the article that is kept to now is one of it."""
    kept = desk.annotations
    marked = [(tr("Articles with my marks"), MARKED)] if kept.marks() else []
    tags = [(f"#{legible(tag)}", f"{_TAG}{tag}") for tag, _ in kept.tags()]
    saved = [(legible(each.name), f"{_FILTER}{each.name}") for each in kept.filters()]
    shared = [(legible(name), f"{_COLLECTION}{name}") for name in desk.collections()]
    alone = [(named(desk, value), value)] if value.startswith(_ARTICLE) else []
    return [(tr("All articles"), ""), *alone, *shared, *marked, *saved, *tags]


def named(desk: Desk, value: str) -> str:
    """How a choice is told; "" for all articles."""
    if value.startswith(_ARTICLE):
        with suppress(ArticleNotFound):
            title = legible(headline(desk.article(value.removeprefix(_ARTICLE))))
            return title if len(title) <= _LONGEST_TITLE else f"{title[:_LONGEST_TITLE]}…"
        return tr("an article that is gone")
    if value == MARKED:
        return tr("Articles with my marks")
    kind, _, name = value.partition(":")
    return f"#{legible(name)}" if kind == "tag" else legible(name)


def scope_of(desk: Desk, value: str) -> Scope:
    """Raises LimitUnusable."""
    if not value:
        return EVERYTHING
    if value == MARKED:
        return Scope(marked=True)
    if value.startswith(_ARTICLE):
        return Scope(articles=(value.removeprefix(_ARTICLE),))
    if value.startswith(_COLLECTION):
        return Scope(collections=(value.removeprefix(_COLLECTION),))
    if value.startswith(_TAG):
        return Scope(tags=(value.removeprefix(_TAG),))
    wanted = value.removeprefix(_FILTER)
    for each in desk.annotations.filters():
        if each.name == wanted:
            return _collected(desk, each)
    raise LimitUnusable(tr("there is no tag and no saved filter “{name}”", name=wanted[:80]), "among")


def _collected(desk: Desk, kept: SavedFilter) -> Scope:
    held = desk.languages() if kept.languages else ()
    scope = limited(kept.since, kept.until, kept.outlets, desk.outlets(), kept.languages, held)
    scope = replace(scope, tags=kept.tags, marked=kept.marked, collections=kept.collections)
    return Scope(articles=tuple(desk.found(Listing(kept.search, scope)))) if kept.search else scope


def both(one: Scope, other: Scope) -> Scope:
    """What lies in both of them."""
    named = [(getattr(one, name), getattr(other, name)) for name in ("outlets", "languages", "tags", "collections")]
    outlets, languages, tags, collections = (_in_both(*each) if all(each) else each[0] or each[1] for each in named)
    articles = other.articles if one.articles is None else one.articles
    if one.articles is not None and other.articles is not None:
        articles = _in_both(one.articles, other.articles)
    if any(all(each) and not _in_both(*each) for each in named):
        articles = ()
    return Scope(
        max(filter(None, (one.since, other.since)), default=None),
        min(filter(None, (one.until, other.until)), default=None),
        outlets,
        one.without + other.without,
        languages,
        articles,
        tags,
        one.marked or other.marked,
        collections,
    )


def _in_both(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(each for each in one if each in set(other))
