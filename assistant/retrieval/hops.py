"""A second search with what the first one found, for questions that describe what they ask about instead of naming it:
"How many jobs go at the company whose chief executive steps down?"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from assistant.names import names
from assistant.wordforms import stem
from assistant.words import key_words, words_of
from vectorstore.models import Hit, titled

# A clause inside the question tells which one is meant, or whose.
_DESCRIBED = re.compile(r"\w[\w'’]* (?:\w+ )*?[\w'’-]+ (?:whose|who|which|that|where)\b|[\w]['’]s [a-z]", re.I)
_FIRST = 3


def bridge(question: str, hits: Sequence[Hit]) -> str:
    """The name in the best passage that the question does not give, where no article found holds all that the question
    says; "" when one does, or when the question describes nothing."""
    if not hits or not _DESCRIBED.search(question):
        return ""
    asked = {stem(word) for word in key_words(question)}
    if any(asked <= _said(hit) for hit in hits[:_FIRST]):
        return ""
    best = hits[0]
    given = set(words_of(f"{question} {best.article.outlet}"))
    text = f"{best.article.title}. {best.passage.text}"
    found = Counter(
        name.text.removeprefix("the ")
        for name in names(text, best.article.text)
        if given.isdisjoint(words_of(name.text))
    )
    return found.most_common(1)[0][0] if found else ""


def _said(hit: Hit) -> set[str]:
    return {stem(word) for word in words_of(f"{titled(hit.article)} {hit.article.text}")}
