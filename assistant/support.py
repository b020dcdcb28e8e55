"""Is this sentence borne out by that passage, and by which of its words?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from assistant.models import Support
from assistant.words import key_words, names_and_numbers
from vectorstore.models import Hit
from vectorstore.sentences import sentence_spans

# Below this share of a sentence's words in the passage, it says something else; found on altered article sentences.
_ENOUGH_WORDS = 0.6
_STEM = 5
_NEGATION = re.compile(r"\b(not|never|no longer|cannot|denied|denies|without)\b|n['’]t\b", re.I)
_LIKE_LETTERS = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " "})


class Ground(NamedTuple):
    """What a passage does for a sentence. `start` and `end` are offsets into the article's text."""

    support: Support
    start: int
    end: int
    share: float


def ground(sentence: str, hit: Hit) -> Ground:
    """The stretch of the passage that bears the sentence out best, and how far it does.

    `quoted` when the sentence stands in the passage, letter case and the shape of quotation marks aside;
    `supported` when its names and numbers and most of its other words do, and neither side alone negates.
    """
    passage = hit.passage
    verbatim = _find(sentence, passage.text)
    if verbatim is not None:
        return Ground(Support.QUOTED, passage.start + verbatim, passage.start + verbatim + len(_bare(sentence)), 1.0)
    start, end, share = _nearest_stretch(sentence, passage.text)
    stretch = passage.text[start:end]
    known = f"{passage.text} {hit.article.title} {hit.article.outlet} {_dates(hit)}"
    borne_out = (
        share >= _ENOUGH_WORDS
        and not _absent(names_and_numbers(sentence), known)
        and bool(_NEGATION.search(sentence)) == bool(_NEGATION.search(stretch))
    )
    support = Support.SUPPORTED if borne_out else Support.UNSUPPORTED
    return Ground(support, passage.start + start, passage.start + end, share)


def _bare(sentence: str) -> str:
    return sentence.strip().strip("\"“”'‘’.").strip()


def _find(sentence: str, text: str) -> int | None:
    wanted = _bare(sentence).translate(_LIKE_LETTERS).lower()
    at = text.translate(_LIKE_LETTERS).lower().find(wanted) if len(wanted.split()) > 3 else -1
    return at if at >= 0 else None


def _nearest_stretch(sentence: str, text: str) -> tuple[int, int, float]:
    """One sentence of the text or two in a row: offsets, and the share of the wanted words in them."""
    wanted = _stems(key_words(sentence))
    spans = sentence_spans(text)
    best, best_fit = (0, len(text), 0.0), 0.0
    for first in range(len(spans)):
        for last in range(first, min(first + 2, len(spans))):
            start, end = spans[first][0], spans[last][1]
            held = _stems(key_words(text[start:end]))
            # A second sentence has to earn its place, and of equals the one that says little else is meant.
            fit = _share(wanted, held) - 0.15 * (last - first) + 0.1 * _share(held, wanted)
            if fit > best_fit:
                best, best_fit = (start, end, _share(wanted, held)), fit
    return best


def _stems(words: Sequence[str]) -> set[str]:
    """The beginnings of words: enough to let `resigned` meet `resigns`."""
    return {word if word[:1].isdigit() else word[:_STEM] for word in words}


def _share(wanted: set[str], held: set[str]) -> float:
    return len(wanted & held) / len(wanted) if wanted else 0.0


def _absent(words: Sequence[str], text: str) -> list[str]:
    lowered = text.translate(_LIKE_LETTERS).lower()
    return [word for word in words if word.translate(_LIKE_LETTERS).lower() not in lowered]


def _dates(hit: Hit) -> str:
    published = hit.article.published_at
    return f"{published.day} {published:%B %Y %A}" if published else ""
