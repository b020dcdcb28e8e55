"""Whether a sentence that speaks of the reader's own days can rest on an article. Pure.

A model repeats the "this week" of a question over whatever article it was given; an old one does not bear that out.
"""

from __future__ import annotations

import re
from datetime import date

from assistant.labels import day
from vectorstore.models import Hit

# The days that may lie between an article and a reader for whom its news are still of that time.
_LASTS = {
    "today": 2,
    "tonight": 2,
    "yesterday": 3,
    "this weekend": 8,
    "this week": 10,
    "this month": 40,
    "this year": 370,
}
_OF_NOW = re.compile(rf"\b(?:{'|'.join(_LASTS)})\b", re.I)


def untimely(sentence: str, hit: Hit, today: date) -> str:
    """What is wrong with the sentence's time, in a few words, read on `today` (UTC) and resting on the hit; nothing
    when it names none of the reader's days or the article is of that time or of unknown date."""
    spoken = _OF_NOW.search(sentence)
    published = hit.article.published_at
    if not spoken or not published or (today - published.date()).days <= _LASTS[spoken.group().lower()]:
        return ""
    return f"the passage is of {day(published)}, not of {spoken.group().lower()}"
