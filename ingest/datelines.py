"""The day that a text states at its head. It is proposed and never taken by itself: it may be that of an event."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from ingest.dates import parse_date
from vectorstore.languages import count_of_words

_MONTH = r"[^\W\d_]{3,12}\.?"
_DAY = re.compile(
    rf"(?<!\d)(?:\d{{1,2}}(?:st|nd|rd|th|er|\.|º)?\s+(?:de\s+)?{_MONTH},?\s+(?:de\s+)?\d{{4}}|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}"
    r"|\d{4}-\d{2}-\d{2}|\d{1,2}\.\s?\d{1,2}\.\s?\d{4}|\d{4}\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日)(?!\d)"
)
# Where a date may stand that is the text's own: a line about the article, or what opens its first sentence.
_LINES, _LINE_WORDS, _OPENING = 6, 14, 70
_OPENS = re.compile(r"[.,]?\s*(?:\([^()]{0,40}\)\s*)?(?:[-–—:|]|\)\s*[-–—:])")


def stated_day(text: str) -> datetime | None:
    """Its midnight UTC; None where the head of the text states none, or several."""
    days = {day for line in _head(text) for match in _DAY.finditer(line) if (day := _read(match[0]))}
    return days.pop() if len(days) == 1 else None


def _head(text: str) -> list[str]:
    """The short lines at the top, and of the first long one what stands before its dash."""
    head: list[str] = []
    for line in filter(str.strip, text[:4000].split("\n")[: 3 * _LINES]):
        if count_of_words(line) > _LINE_WORDS:
            opening = max(
                (match.end() for match in _DAY.finditer(line[:_OPENING]) if _OPENS.match(line, match.end())), default=0
            )
            return [*head, line[:opening]]
        if len(head) == _LINES:
            break
        head.append(line)
    return head


def _read(written: str) -> datetime | None:
    plain = re.sub(r"(?<=\d)(?:st|nd|rd|th|er|º)\b|\bde\b", "", written)
    figures = re.fullmatch(r"(\d{4})\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日", written)
    found = parse_date("-".join(part.zfill(2) for part in figures.groups()) if figures else " ".join(plain.split()))
    return found and datetime(found.year, found.month, found.day, tzinfo=UTC)
