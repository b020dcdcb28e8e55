"""An article to the passages that are searched and shown.

What a site prints around each of its stories is told by what the library holds of the same outlet. It stays in the
article, and no passage is made of it: whoever reads the whole sees it, and no question finds it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from math import ceil
from typing import NamedTuple

from ingest.identity import host_name
from ingest.text import squeezed, word_count
from vectorstore.indexes.embedding import TokenLimit, Unlimited
from vectorstore.languages import RUNS_ON
from vectorstore.models import Article, Passage, heading
from vectorstore.sentences import sentence_spans

PASSAGE_WORDS = 150
_LONGEST_SENTENCE = 300
_LONGEST_SHARED = 60
_SHORTEST_LAST = 40
# What stays whole in a sentence that is cut: in scripts without spaces what stands before a comma, if it is short; else
# a run without a space, if it is no longer than a passage.
_ATOM = re.compile(rf"[{RUNS_ON}]{{1,30}}?(?:[，、；：…]|(?![{RUNS_ON}]))|[{RUNS_ON}]{{1,30}}|[^\s{RUNS_ON}]{{1,1200}}")

Span = tuple[int, int]


class Size(NamedTuple):
    words: int
    tokens: int

    def plus(self, other: Size) -> Size:
        return Size(self.words + other.words, self.tokens + other.tokens)


def split(article: Article, limit: TokenLimit | None = None, within: Span | None = None) -> tuple[Passage, ...]:
    """Passages of about 150 words in order, each but the first repeating the last sentence of the one before.

    None has more tokens than `limit` allows, the article's heading, with which it is embedded, included. Every
    character of the text, or of the stretch `within` it, that is not white space lies in at least one.
    """
    splitter = _Splitter(article, limit or Unlimited(), within or (0, len(article.text)))
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
        for position, (start, end) in enumerate(splitter.passages())
    )


class _Splitter:
    def __init__(self, article: Article, limit: TokenLimit, within: Span) -> None:
        self._text, self._language, self._within = article.text, article.language, within
        self._limit = limit
        taken = limit.tokens([heading(article)])[0] + _MARKS
        self._most = Size(PASSAGE_WORDS, max(limit.most_tokens - taken, limit.most_tokens // 2) or _NO_LIMIT)

    def passages(self) -> Iterator[Span]:
        start, end = self._within
        found = sentence_spans(self._text[start:end], self._language)
        sentences = [(start + a, start + b) for a, b in found]
        pieces = [piece for span, size in self._sized(sentences) for piece in self._pieces(span, size)]
        for first, last in self._groups([size for _, size in pieces]):
            yield pieces[first][0][0], pieces[last][0][1]

    def _sized(self, spans: Sequence[Span]) -> list[tuple[Span, Size]]:
        texts = [self._text[start:end] for start, end in spans]
        counted = zip(map(word_count, texts), self._limit.tokens(texts) if texts else (), strict=True)
        return [(span, Size(*each)) for span, each in zip(spans, counted, strict=True)]

    def _pieces(self, span: Span, size: Size) -> list[tuple[Span, Size]]:
        """The sentence itself, or what it is cut into when it is too long to be one."""
        if size.words <= _LONGEST_SENTENCE and size.tokens <= self._most.tokens:
            return [(span, size)]
        return self._sized([*self._cut(span)])

    def _cut(self, span: Span) -> Iterator[Span]:
        atoms = self._atoms(span)
        first, total = 0, Size(0, 0)
        for index, (_, each) in enumerate(atoms):
            total = total.plus(each)
            if not self._fits(total) and index > first:
                yield atoms[first][0][0], atoms[index - 1][0][1]
                first, total = index, each
        yield atoms[first][0][0], span[1]

    def _atoms(self, span: Span) -> list[tuple[Span, Size]]:
        """The words of a sentence; a run without spaces that is more than a passage is cut into equal parts."""
        atoms = []
        for atom in self._sized([match.span() for match in _ATOM.finditer(self._text, *span)]):
            (start, end), size = atom
            parts = max(1, ceil(1.2 * size.tokens / self._most.tokens)) if size.tokens > self._most.tokens else 1
            step = ceil((end - start) / parts)
            atoms += self._sized([(at, min(at + step, end)) for at in range(start, end, step)]) if parts > 1 else [atom]
        return atoms

    def _fits(self, size: Size) -> bool:
        return size.words <= self._most.words and size.tokens <= self._most.tokens

    def _groups(self, sizes: list[Size]) -> list[tuple[int, int]]:
        """First and last sentence of each passage, given the size of each sentence."""
        groups: list[tuple[int, int]] = []
        first = last = 0
        while last < len(sizes):
            total = _sum(sizes[first : last + 1])
            while last + 1 < len(sizes) and self._fits(total.plus(sizes[last + 1])):
                last += 1
                total = total.plus(sizes[last])
            groups.append((first, last))
            first, last = self._next_start(sizes, last), last + 1
        if len(groups) > 1 and self._joins_the_one_before(sizes, groups):
            groups[-2:] = [(groups[-2][0], groups[-1][1])]
        return groups

    def _joins_the_one_before(self, sizes: list[Size], groups: list[tuple[int, int]]) -> bool:
        """Whether the last passage is too short to stand alone."""
        (first, last), (_, end) = groups[-2:]
        rest = _sum(sizes[last + 1 : end + 1])
        return rest.words < _SHORTEST_LAST and rest.plus(_sum(sizes[first : last + 1])).tokens <= self._most.tokens

    def _next_start(self, sizes: list[Size], last: int) -> int:
        """The last sentence again, unless it is long or would leave no room for the one after it."""
        following = sizes[last + 1] if last + 1 < len(sizes) else Size(0, 0)
        shared = sizes[last].words <= _LONGEST_SHARED and self._fits(sizes[last].plus(following))
        return last if shared else last + 1


def _sum(sizes: Sequence[Size]) -> Size:
    return Size(sum(size.words for size in sizes), sum(size.tokens for size in sizes))


# The tokens that a model puts at both ends, and the line end between heading and passage.
_MARKS = 4
_NO_LIMIT = 1 << 30


LOOKED_AT = 12
"""Of an outlet's articles, the last ones."""
# Background that is repeated while a story runs stands in fewer, and is found in these.
_LEAST, _SHARE = 3, 0.5
# At each end of a text.
_LINES = 6
_LINE = re.compile(r"[^\n]*\S[^\n]*")


def own_stretch(article: Article, others: Sequence[Article]) -> tuple[int, int]:
    """Start and end, in characters, of the article's text without the lines at its head and foot that stand in the same
    words at the head or foot of three and of half of the `others`. The whole text where nothing else is left."""
    site = [each for each in others if each.id != article.id and host_name(each.url) == host_name(article.url)]
    needed = max(_LEAST, len(site) * _SHARE)
    counted = Counter(line for each in site for line in {*_head(each.text), *_foot(each.text)})
    lines = list(_LINE.finditer(article.text))
    head = _leading(_head(article.text), counted, needed)
    foot = _leading(_foot(article.text), counted, needed)
    if head + foot >= len(lines):
        return 0, len(article.text)
    return (lines[head].start() if head else 0), (lines[-foot - 1].end() if foot else len(article.text))


def _leading(lines: Sequence[str], counted: Counter[str], needed: float) -> int:
    return sum(1 for _ in takewhile(lambda line: counted[line] >= needed, lines))


def _head(text: str) -> Sequence[str]:
    return _squeezed(_LINE.findall(text)[:_LINES])


def _foot(text: str) -> Sequence[str]:
    """The last line first."""
    return _squeezed(_LINE.findall(text)[: -_LINES - 1 : -1])


def _squeezed(lines: Iterable[str]) -> Sequence[str]:
    return [squeezed(line) for line in lines]
