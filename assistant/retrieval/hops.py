"""A second search with what the first one found, for questions that describe what they ask about instead of naming it:
"How many jobs go at the company whose chief executive steps down?"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.text.names import names
from assistant.text.words import key_stems, stems_of, words_of
from vectorstore.models import Hit, titled

# A clause inside the question tells which one is meant, or whose.
_DESCRIBED = re.compile(r"\w (?:the|an?) (?:[\w'’-]+ ){1,4}?(?:whose|who|which|where)\b", re.I)
_FIRST = 3
_MOST_OF_IT = 0.8


def bridge(question: str, hits: Sequence[Hit]) -> str:
    """The name in the best article that the question does not give, where no article found holds most of what the
    question says; "" when one does, or when the question describes nothing."""
    asked = key_stems(question)
    if not hits or not _DESCRIBED.search(question) or any(_held(asked, hit) >= _MOST_OF_IT for hit in hits[:_FIRST]):
        return ""
    article, passage = hits[0].article, hits[0].passage
    given = set(words_of(f"{question} {article.outlet}"))
    found = dict.fromkeys(name.text.removeprefix("the ") for name in names(passage.text, article.text))
    # People, companies and places that are introduced have names of several words.
    fitting = [name for name in found if " " in name and given.isdisjoint(words_of(name))]
    return max(fitting, key=article.text.count, default="")


def _held(asked: set[str], hit: Hit) -> float:
    said = stems_of(f"{titled(hit.article)} {hit.article.text}")
    return len(asked & said) / len(asked) if asked else 1.0
