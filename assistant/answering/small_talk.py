"""Small talk, and help: what Dateline is and what can be asked of this library."""

from __future__ import annotations

from dataclasses import replace

from assistant.answering.library_questions import held, overview, within
from assistant.answering.roundup import front_page
from assistant.answering.suggestions import is_plain, summary_of
from assistant.text.labels import EMPTY, day
from assistant.text.names import names
from assistant.types import Answer, Intent, own
from vectorstore.library import Library
from vectorstore.listing import Listing
from vectorstore.models import Scope

_REPLIES = {
    "greeting": "Hello, this is Dateline.",
    "well": "All is well here, thank you for asking: this is Dateline.",
    "thanks": "You are welcome. Ask whatever else you would like to know from the articles.",
    "fine": "Good. Ask me a question about the articles whenever you like.",
    "bye": "Goodbye, and welcome back any time.",
}
_OPENS = ("greeting", "well")
_STORIES = 4


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
    stories = front_page(answer, library, scope, _STORIES).sources
    found = []
    for hit in stories:
        called = [each.text for each in names(hit.article.title, hit.article.text) if " " in each.text]
        found += [f"What is the latest on {name}?" for name in called[:1] if is_plain(f"{name}?")]
    newest = max((hit.article.published_at for hit in stories if hit.article.published_at), default=None)
    of_day = [f"What happened on {day(newest)}?"] if newest else []
    summary = [each for hit in stories for each in summary_of(hit.article)]
    return [*dict.fromkeys(found)][:1] + of_day + summary[:1]
