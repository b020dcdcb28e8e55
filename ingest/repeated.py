"""What a site prints around each of its stories, told by what the library holds of the same outlet.

It stays in the article, and no passage is made of it: whoever reads the whole sees it, and no question finds it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import takewhile

from ingest.identity import host_name
from ingest.text import squeezed
from vectorstore.models import Article

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
