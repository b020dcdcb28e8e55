"""Whether a sentence that speaks of the reader's own days can rest on an article. Pure.

A model repeats the "this week" of a question, or the "next week" of an article, whenever that was written; an old one
does not bear out what a reader then understands.
"""

from __future__ import annotations

import re
from datetime import date

from assistant.labels import day
from vectorstore.models import Hit

# The days that may lie between an article and a reader for whom its news are still of that time.
_LASTS = {
    **dict.fromkeys(("today", "tonight", "tomorrow", "yesterday"), 2),
    **dict.fromkeys(("this weekend", "this week", "next weekend", "next week", "day", "week"), 10),
    **dict.fromkeys(("this month", "next month", "month"), 40),
    **dict.fromkeys(("this year", "next year", "year"), 370),
}
_OF_NOW = re.compile(
    r"\b(?P<now>to(?:day|night|morrow)|yesterday|(?:this|next) (?:weekend|week|month|year))\b"
    r"|\bin (?:an? (?:few )?|the (?:next|coming) (?:\w+ )?|\w+ )(?P<ahead>day|week|month|year)s?\b",
    re.I,
)


def untimely(sentence: str, hit: Hit, today: date) -> str:
    """What is wrong with the sentence's time, in a few words, read on `today` (UTC) and resting on the hit; nothing
    when it names none of the reader's days or the article is of that time or of unknown date."""
    spoken, published = _OF_NOW.search(sentence), hit.article.published_at
    if not spoken or not published:
        return ""
    lasts = _LASTS[(spoken["now"] or spoken["ahead"]).lower()]
    old = (today - published.date()).days > lasts
    return f"the passage is of {day(published)}, and does not tell of “{spoken.group()}”" if old else ""
