"""An article to the passages that are searched and shown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.text import amount, word_count
from vectorstore.models import Article, Passage
from vectorstore.sentences import sentence_spans

PASSAGE_WORDS = 150
_LONGEST_SENTENCE = 300
_LONGEST_SHARED = 60
_SHORTEST_LAST = 40
# The longest run without a space that stays whole: as long as a passage.
_ATOM = re.compile(r"\S{1,1200}")

Span = tuple[int, int]


def split(article: Article) -> tuple[Passage, ...]:
    """Passages of about 150 words in order, each but the first repeating the last sentence of the one before.

    Every character of the text that is not white space lies in at least one.
    """
    return tuple(
        Passage(
            id=f"{article.id}@{article.version}#{position}",
            article_id=article.id,
            version=article.version,
            position=position,
            start=start,
            end=end,
            text=article.text[start:end],
        )
        for position, (start, end) in enumerate(_passage_spans(article.text))
    )


def _passage_spans(text: str) -> Iterator[Span]:
    spans = [piece for span in sentence_spans(text) for piece in _pieces(text, span)]
    words = [word_count(text[start:end]) for start, end in spans]
    for first, last in _groups(words):
        yield spans[first][0], spans[last][1]


def _pieces(text: str, span: Span) -> Iterator[Span]:
    """The sentence itself, or what it is cut into when it is too long to be one."""
    start, end = span
    if word_count(text[start:end]) <= _LONGEST_SENTENCE:
        yield span
        return
    atoms = [match.span() for match in _ATOM.finditer(text, start, end)]
    first = 0
    for index, (_, atom_end) in enumerate(atoms):
        if amount(index + 1 - first, atom_end - atoms[first][0]) > PASSAGE_WORDS and index > first:
            yield atoms[first][0], atoms[index - 1][1]
            first = index
    yield atoms[first][0], end


def _groups(words: list[int]) -> list[tuple[int, int]]:
    """First and last sentence of each passage, given the number of words of each sentence."""
    groups: list[tuple[int, int]] = []
    first = last = 0
    while last < len(words):
        total = sum(words[first : last + 1])
        while last + 1 < len(words) and total + words[last + 1] <= PASSAGE_WORDS:
            last += 1
            total += words[last]
        groups.append((first, last))
        first, last = _next_start(words, last), last + 1
    if len(groups) > 1 and sum(words[groups[-2][1] + 1 :]) < _SHORTEST_LAST:
        groups[-2:] = [(groups[-2][0], groups[-1][1])]
    return groups


def _next_start(words: list[int], last: int) -> int:
    """The last sentence again, unless it is long or would leave no room for the one after it."""
    following = words[last + 1] if last + 1 < len(words) else 0
    shared = words[last] <= _LONGEST_SHARED and words[last] + following <= PASSAGE_WORDS
    return last if shared else last + 1
