"""Whether two texts are copies of one another: the same story, trimmed, under another header, or lightly edited. Pure.

Texts are compared by their runs of four words (shingles; Broder 1997, "On the resemblance and containment of
documents"). `sketch` is his bottom-s sketch: the 32 smallest hashes, so that one indexed look-up finds what may be a
copy. A sketch only estimates, and a trimmed copy resembles its original little, so `is_copy` decides by the texts
themselves: at least 80% of the words of the shorter one stand in runs that the longer one has too. Counting words in
shared runs instead of shared runs is mild to a changed word here and there (a tenth of the words may differ) and hard
on whole paragraphs that differ, which is how two reporters differ who quote the same people.
"""

from __future__ import annotations

import re
import zlib
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Shingles = NDArray[np.uint64]

SKETCH = 32
# A copy that keeps a quarter of its original shares about eight of the 32; another story with a paragraph of it, one.
LEAST_SHARED = 3
_WORDS = 4
_SHORTEST = 30
_COVERED = 0.8
_LEAST_KEPT = 0.25
_WITHIN_ONE_OUTLET = timedelta(days=1)
_AMONG_OUTLETS = timedelta(days=7)
# Chinese and Japanese put no space between words: there, each character counts as one.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_WORD = re.compile(r"\w+")


class Printed(Protocol):
    """A text as one outlet printed it."""

    @property
    def text(self) -> str: ...
    @property
    def outlet(self) -> str: ...
    @property
    def published_at(self) -> datetime | None: ...


def may_be_copies(one: Printed, other: Printed) -> bool:
    """Whether the dates allow it, where they are known: outlets print a story within a week of one another.

    What one outlet prints again later than on the same day is no copy, however much of it is the same: it is the next
    issue of a column, a page that is written on, or what became of the story.
    """
    if one.published_at is None or other.published_at is None:
        return True
    own = one.outlet != "" and one.outlet.casefold() == other.outlet.casefold()
    apart = abs(one.published_at - other.published_at)
    return apart < _WITHIN_ONE_OUTLET if own else apart <= _AMONG_OUTLETS


def shingles(text: str) -> Shingles:
    """A hash for each run of four words, in their order; none when the text has fewer than thirty words.

    Case and punctuation do not count. The hashes are the same in every process.
    """
    words = [*map(_hashed, _WORD.findall(_UNSPACED.sub(r" \g<0> ", text.lower())))]
    if len(words) < _SHORTEST:
        return np.empty(0, dtype=np.uint64)
    hashes, runs = np.array(words, dtype=np.uint64), len(words) - _WORDS + 1
    return _mixed(sum(hashes[n : n + runs] * factor for n, factor in enumerate(_FACTORS)))


def sketch(of: Shingles) -> list[int]:
    """The smallest hashes, each once: what two texts share of them tells how much the texts share. 63 bits each."""
    ordered = np.sort(of)
    distinct = ordered[np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]]
    marks: list[int] = (distinct[:SKETCH] >> np.uint64(1)).tolist()
    return marks


def promising(shared: int, one: int, other: int) -> bool:
    """Whether two texts of so many runs that share so many marks are worth comparing, which takes far longer.

    A copy has 60% of the shorter text's runs or more, and of the marks as much as the runs in both are of those in
    either; half of that leaves room for chance.
    """
    both = 0.6 * min(one, other)
    return shared >= max(LEAST_SHARED, SKETCH * both / (one + other - both) / 2)


def is_copy(one: Shingles, other: Shingles) -> bool:
    """Whether the shorter text is the longer one, lightly edited or trimmed, though not to less than a quarter."""
    shorter, longer = sorted((one, other), key=len)
    if not len(shorter) or len(shorter) < _LEAST_KEPT * len(longer):
        return False
    ordered = np.sort(longer)
    shared = ordered[np.minimum(np.searchsorted(ordered, shorter), len(ordered) - 1)] == shorter
    # A word is covered when any of the four runs that it stands in is shared.
    covered = np.convolve(shared, np.ones(_WORDS, dtype=np.int64)) > 0
    return bool(covered.mean() >= _COVERED)


_FACTORS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5], dtype=np.uint64)


@lru_cache(maxsize=1 << 16)
def _hashed(word: str) -> int:
    return zlib.crc32(word.encode("utf-8", "surrogatepass"))


def _mixed(values: Shingles) -> Shingles:
    """Spread over all 64 bits (the end of SplitMix64; Steele, Lea and Flood 2014): the smallest are a fair sample."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
