"""Answers about the library itself, from its catalogue: how many articles, of which outlets and days, about what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from assistant.answering.roundup import front_page, openings, resting_on
from assistant.evidence.best_sentences import Pick, lede
from assistant.text.labels import EMPTY, count, day
from assistant.types import Answer, AnswerKind, own
from vectorstore.library import Library
from vectorstore.listing import Listing, Tally
from vectorstore.models import Hit, Scope
from vectorstore.openings import Opening

_OUTLETS = 8
_STORIES = 6


def about_the_library(answer: Answer, detail: str, library: Library, scope: Scope) -> Answer:
    """What the catalogue has to say, numbers first, and the articles that it names, quoted as they open."""
    tally = library.listings.tally(Listing(scope=within(scope, answer)))
    if not held(tally):
        return replace(answer, sentences=(own(EMPTY),))
    told = [own(text) for text in _numbers(answer, detail, library, scope, tally)]
    if detail in ("newest", "oldest"):
        shown = resting_on(answer, _end_of(openings(answer, library, scope), library, detail == "oldest"))
    elif detail in ("topics", "contents"):
        shown = replace(front_page(answer, library, scope, _STORIES), notice="")
    else:
        return replace(answer, sentences=tuple(told))
    return replace(shown, sentences=(*told, *shown.sentences), kind=AnswerKind.DIGEST)


def overview(tally: Tally) -> list[str]:
    """How many articles there are, of which outlets, and of which days."""
    articles, named = held(tally), [f"{name} ({number:,})" for name, number in tally.outlets if name]
    said = [f"The library holds {count(articles, 'article')}."]
    if named:
        more = f" and {len(named) - _OUTLETS:,} more" if len(named) > _OUTLETS else ""
        said.append(f"They are from {count(len(named), 'outlet')}: {', '.join(named[:_OUTLETS])}{more}.")
    if tally.days:
        undated = f"; {count(tally.undated, 'article')} without a date" if tally.undated else ""
        said.append(f"They were published from {day(min(tally.days))} to {day(max(tally.days))}{undated}.")
    return said


def held(tally: Tally) -> int:
    """How many articles there are."""
    return sum(tally.days.values()) + tally.undated


def within(scope: Scope, answer: Answer) -> Scope:
    """What the reader's today leaves of the scope."""
    return replace(scope, until=min(filter(None, (scope.until, answer.as_of))))


def _numbers(answer: Answer, detail: str, library: Library, scope: Scope, tally: Tally) -> Sequence[str]:
    if detail == "today":
        return [f"Today is {day(answer.as_of)} (UTC).", *overview(tally)[-1:]]
    if detail == "languages":
        listing = Listing(scope=within(scope, answer))
        languages = Counter(article.language or "unknown" for article in library.listings.articles(listing))
        told = ", ".join(f"{language} ({number:,})" for language, number in languages.most_common())
        return [overview(tally)[0], f"Their languages, as the articles name them: {told}."]
    if detail in ("newest", "oldest") and tally.days:
        end = min(tally.days) if detail == "oldest" else max(tally.days)
        return [f"The {detail} of the library's {count(held(tally), 'article')} is of {day(end)}."]
    return overview(tally)


def _end_of(opened: Sequence[Opening], library: Library, oldest: bool) -> list[Pick]:
    """How the article opens that was published last, or first."""
    dated = [each for each in opened if each.published_at]
    if not dated:
        return []
    end = (min if oldest else max)(dated, key=lambda each: str(each.published_at))
    hits: list[Hit] = library.hits([(end.passage_id, 1.0)])
    return [*filter(None, map(lede, hits))]
