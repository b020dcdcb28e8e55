"""When not to answer: decided here, with the model's opinion as one input, since small models judge absence badly."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.prompts import NOT_FOUND
from assistant.words import key_words, names_and_numbers
from vectorstore.models import Hit, heading

# Cosine of the nearest passage. Calibrated on questions about news outside a library of 3,593 articles.
_LEAST_SIMILARITY = 0.3
_LEAST_SHARE = 0.34
_LOOKED_AT = 5
_SAYS_NOT_FOUND = re.compile(NOT_FOUND, re.I)


def nothing_close(question: str, hits: Sequence[Hit], similarity: float) -> bool:
    """Whether the hits are not about the question.

    So when the nearest in meaning is far; when a year or another number of the question stands in none of the first
    hits; or when hardly a word of the question does.
    """
    if not hits or similarity < _LEAST_SIMILARITY:
        return True
    known = " ".join(f"{heading(hit.article)} {hit.passage.text}" for hit in hits[:_LOOKED_AT]).lower()
    numbers = [word for word in names_and_numbers(question) if word.isdigit() and len(word) > 2]
    if any(number not in known for number in numbers):
        return True
    words = key_words(question)
    return sum(word[:5] in known for word in words) < _LEAST_SHARE * len(words)


def says_not_found(text: str) -> bool:
    """Whether a model's answer says that the passages do not hold it."""
    return _SAYS_NOT_FOUND.search(text) is not None
