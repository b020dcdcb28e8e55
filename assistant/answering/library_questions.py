"""What is answered without a search: small talk, help, and questions about the library itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.answering.roundup import front_page, openings, resting_on
from assistant.answering.suggestions import is_plain, summary_of
from assistant.evidence.best_sentences import Pick, lede
from assistant.text.labels import EMPTY, day, language_named, listed, tallied
from assistant.text.names import names
from assistant.text.texts import number, tr, tr_later, tr_plural
from assistant.types import Answer, AnswerKind, Intent, own
from vectorstore.library import Library
from vectorstore.models import Hit, Scope
from vectorstore.storage.listings import Listing, Tally
from vectorstore.storage.story_groups import Opening

_OUTLETS = 8
_STORIES = 6
_REPLIES = {
    "greeting": tr_later("Hello, this is Dateline."),
    "well": tr_later("All is well here, thank you for asking: this is Dateline."),
    "thanks": tr_later("You are welcome. Ask whatever else you would like to know from the articles."),
    "fine": tr_later("Good. Ask me a question about the articles whenever you like."),
    "bye": tr_later("Goodbye, and welcome back any time."),
}
_OPENS = ("greeting", "well")
_SMALL_STORIES = 4


def about_the_library(answer: Answer, detail: str, library: Library, scope: Scope) -> Answer:
    """What the catalogue has to say, numbers first, and the articles that it names, quoted as they open."""
    tally = library.listings.tally(Listing(scope=within(scope, answer)))
    if not held(tally):
        return replace(answer, sentences=(own(tr(EMPTY)),))
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
    named = [(name, number) for name, number in tally.outlets if name]
    said = [_holds(held(tally))]
    if named:
        outlets = tallied(named[:_OUTLETS])
        if len(named) > _OUTLETS:
            outlets = tr("{outlets} and {n} more", outlets=outlets, n=number(len(named) - _OUTLETS))
        said.append(
            tr_plural(
                "They are from {n} outlet: {outlets}.",
                "They are from {n} outlets: {outlets}.",
                len(named),
                outlets=outlets,
            )
        )
    if tally.days:
        ends = {"first": day(min(tally.days)), "last": day(max(tally.days))}
        said.append(
            tr_plural(
                "They were published from {first} to {last}; {n} article without a date.",
                "They were published from {first} to {last}; {n} articles without a date.",
                tally.undated,
                **ends,
            )
            if tally.undated
            else tr("They were published from {first} to {last}.", **ends)
        )
    return said


def _holds(articles: int) -> str:
    return tr_plural("The library holds {n} article.", "The library holds {n} articles.", articles)


def held(tally: Tally) -> int:
    """How many articles there are."""
    return sum(tally.days.values()) + tally.undated


def within(scope: Scope, answer: Answer) -> Scope:
    """What the reader's today leaves of the scope."""
    return replace(scope, until=min(filter(None, (scope.until, answer.as_of))))


def _numbers(answer: Answer, detail: str, library: Library, scope: Scope, tally: Tally) -> Sequence[str]:
    if detail == "today":
        said = overview(tally)
        return [tr("Today is {day} (UTC).", day=day(answer.as_of)), *dict.fromkeys([said[0], said[-1]])]
    if detail == "languages":
        counted = library.listings.languages(Listing(scope=within(scope, answer)))
        languages = tallied((language_named(language), many) for language, many in counted)
        return [_holds(held(tally)), tr("Their languages: {languages}.", languages=languages)]
    if detail == "newest" and tally.days:
        return [
            tr_plural(
                "The newest of the library's {n} article is of {day}.",
                "The newest of the library's {n} articles is of {day}.",
                held(tally),
                day=day(max(tally.days)),
            )
        ]
    if detail == "oldest" and tally.days:
        return [
            tr_plural(
                "The oldest of the library's {n} article is of {day}.",
                "The oldest of the library's {n} articles is of {day}.",
                held(tally),
                day=day(min(tally.days)),
            )
        ]
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
    told = [tr(_REPLIES[detail])] if intent is Intent.SMALL_TALK else []
    if not told or detail in _OPENS:
        told += _help(answer, library, scope, brief=bool(told))
    return replace(answer, sentences=tuple(map(own, told)))


def _help(answer: Answer, library: Library, scope: Scope, brief: bool) -> list[str]:
    tally = library.listings.tally(Listing(scope=within(scope, answer)))
    if not held(tally):
        return [tr(EMPTY)]
    what = tr(
        "Dateline answers questions from the news articles of this library, and every sentence leads to the words it "
        "rests on; what the articles do not say, it does not answer."
    )
    ways = tr("Ask about a fact, the latest news, a timeline, a comparison, a list or a summary, in your own words.")
    asked = listed([tr("“{word}”", word=each) for each in _questions(answer, library, scope)])
    examples = [tr("For example: {questions}.", questions=asked)] if asked else []
    numbers = overview(tally)
    return [numbers[0], *examples] if brief else [what, *numbers, ways, *examples]


def _questions(answer: Answer, library: Library, scope: Scope) -> list[str]:
    """Two or three that this library can answer: of its newest stories."""
    stories = front_page(answer, library, scope, _SMALL_STORIES).sources
    found = []
    for hit in stories:
        called = [each.text for each in names(hit.article.title, hit.article.text) if " " in each.text]
        found += [tr("What is the latest on {name}?", name=name) for name in called[:1] if is_plain(f"{name}?")]
    newest = max((hit.article.published_at for hit in stories if hit.article.published_at), default=None)
    of_day = [tr("What happened on {day}?", day=day(newest))] if newest else []
    summary = [each for hit in stories for each in summary_of(hit.article)]
    return [*dict.fromkeys(found)][:1] + of_day + summary[:1]
