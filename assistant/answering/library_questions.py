"""What is answered without a search: small talk, help, and questions about the library itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from assistant.answering.roundup import front_page, openings, resting_on
from assistant.answering.suggestions import is_plain, summary_of
from assistant.evidence.best_sentences import Pick, lede
from assistant.text.labels import EMPTY, count, day
from assistant.text.names import names
from assistant.types import Answer, AnswerKind, Intent, own
from vectorstore.library import Library
from vectorstore.models import Hit, Scope
from vectorstore.storage.listings import Listing, Tally
from vectorstore.storage.story_groups import Opening

_OUTLETS = 8
_STORIES = 6
_REPLIES = {
    "greeting": "Hello, this is Dateline.",
    "well": "All is well here, thank you for asking: this is Dateline.",
    "thanks": "You are welcome. Ask whatever else you would like to know from the articles.",
    "fine": "Good. Ask me a question about the articles whenever you like.",
    "bye": "Goodbye, and welcome back any time.",
}
_OPENS = ("greeting", "well")
_SMALL_STORIES = 4


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


def small_talk(answer: Answer, intent: Intent, detail: str, library: Library, scope: Scope) -> Answer:
    """A line for a line; a greeting and a call for help get what can be asked here."""
    told = [_REPLIES[detail]] if intent is Intent.SMALL_TALK else []
    if not told or detail in _OPENS:
        told += _help(answer, library, scope, brief=bool(told))
    return replace(answer, sentences=tuple(map(own, told)))


def _help(answer: Answer, library: Library, scope: Scope, brief: bool) -> list[str]:
    tally = library.listings.tally(Listing(scope=within(scope, answer)))
    if not held(tally):
        return [EMPTY]
    what = (
        "Dateline answers questions from the news articles of this library, and every sentence leads to the words it "
    )
    what += "rests on; what the articles do not say, it does not answer."
    ways = "Ask about a fact, the latest news, a timeline, a comparison, a list or a summary, in your own words."
    asked = ", ".join(f"“{each}”" for each in _questions(answer, library, scope))
    examples = [f"For example: {asked}."] if asked else []
    numbers = overview(tally)
    return [numbers[0], *examples] if brief else [what, *numbers, ways, *examples]


def _questions(answer: Answer, library: Library, scope: Scope) -> list[str]:
    """Two or three that this library can answer: of its newest stories."""
    stories = front_page(answer, library, scope, _SMALL_STORIES).sources
    found = []
    for hit in stories:
        called = [each.text for each in names(hit.article.title, hit.article.text) if " " in each.text]
        found += [f"What is the latest on {name}?" for name in called[:1] if is_plain(f"{name}?")]
    newest = max((hit.article.published_at for hit in stories if hit.article.published_at), default=None)
    of_day = [f"What happened on {day(newest)}?"] if newest else []
    summary = [each for hit in stories for each in summary_of(hit.article)]
    return [*dict.fromkeys(found)][:1] + of_day + summary[:1]
