"""Neighbouring passages of one article, joined where both are hits. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from vectorstore.models import Hit


def joined(hits: Iterable[Hit], top: int) -> list[Hit]:
    """The first `top` hits, neighbours as one at the place of the better; the other's place goes to the next hit.

    Two passages at most become one, so that a card stays short. What a reader sees is joined; a chat model and the
    quotes keep to the better passage (see assistant.evidence): on 360 questions two joined hits were 55% longer to
    read than two passages, and held the answer for .025 more of them.
    """
    found: list[Hit] = []
    for hit in hits:
        beside = next((place for place, held in enumerate(found) if _neighbours(held, hit)), None)
        if beside is not None:
            found[beside] = _both(found[beside], hit)
        elif len(found) < top:
            found.append(hit)
        else:
            break
    return found


def _neighbours(held: Hit, hit: Hit) -> bool:
    side_by_side = abs(held.passage.position - hit.passage.position) == 1
    return held.article.id == hit.article.id and side_by_side and not held.better


def _both(better: Hit, other: Hit) -> Hit:
    first, last = sorted([better.passage, other.passage], key=lambda passage: passage.position)
    text = better.article.text[first.start : last.end]
    passage = replace(better.passage, position=first.position, start=first.start, end=last.end, text=text)
    return replace(better, passage=passage, better=better.passage)
