"""Articles that tell of one thing, put together by meaning. Pure.

Wider than the stories of vectorstore.storage.story_groups, which are copies of one text.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from assistant.text.words import names_and_numbers
from vectorstore.models import Matrix
from vectorstore.storage.story_groups import Opening

# Cosine of two openings, headline included, from which on they tell of one thing.
_ALIKE = 0.62
_DAYS_APART = 10.0
# What is found out weeks later of one event is more alike, and has names of its headline: what is only alike may be the
# next of a series, the weather or a column. See tests/benchmarks/story_pairs.py.
_FOLLOWS_UP = 0.84
_DAYS_LATER = 30.0
_NAMES_SHARED = 2
_AT_ONCE = 512


_Star = tuple[int, list[int]]
"""The centre and the members, itself among them."""


class Group(NamedTuple):
    """`centre` is the article that most of the others are like; it stands among the `members` too."""

    centre: Opening
    members: tuple[Opening, ...]


def grouped(openings: Sequence[Opening]) -> list[Group]:
    """Each article in one group, the largest group first; of equals, the one whose centre was given first.

    Star clusters (Aslam, Pelekhov and Rus 2004, "The star clustering algorithm for static and dynamic information
    organization"): the article with most neighbours takes them all, then the next of those that are left. A chain of
    small likenesses makes no group. What was published more than ten days apart is one only where whole groups are:
    the first reports of an event, and those of what was found out later.
    """
    if not openings:
        return []
    vectors = vectors_of(openings)
    near = _near(openings, vectors)
    left = np.ones(len(openings), dtype=bool)
    stars = []
    for centre in map(int, np.argsort(-near.sum(axis=1), kind="stable")):
        if left[centre]:
            members = np.flatnonzero(near[centre] & left)
            left[members] = False
            stars.append((centre, members.tolist()))
    joined = [(centre, sorted(members)) for centre, members in _with_follow_ups(stars, openings, vectors)]
    groups = [Group(openings[centre], tuple(openings[i] for i in members)) for centre, members in joined]
    return sorted(groups, key=lambda group: -len(group.members))


def _with_follow_ups(stars: Sequence[_Star], openings: Sequence[Opening], vectors: Matrix) -> list[_Star]:
    """Each star with those whose centres follow up on its own, the larger taking the smaller: never a chain of them."""
    stars = sorted(stars, key=lambda star: -len(star[1]))
    centres = [centre for centre, _ in stars]
    likeness, days = vectors[centres] @ vectors[centres].T, _days(openings)[centres]
    later = (likeness >= _FOLLOWS_UP) & (np.abs(days[:, None] - days) <= _DAYS_LATER)
    taken: set[int] = set()
    found = []
    for at, (centre, members) in enumerate(stars):
        if at in taken:
            continue
        more = [
            other
            for other in np.flatnonzero(later[at]).tolist()
            if other > at and other not in taken and _same_names(openings[centre], openings[centres[other]])
        ]
        taken.update(more)
        found.append((centre, [*members, *(each for other in more for each in stars[other][1])]))
    return found


def _near(openings: Sequence[Opening], vectors: Matrix) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Which of them are neighbours, each its own: a square of bools, worked out in strips to spare memory."""
    days = _days(openings)
    copies = np.array([each.story for each in openings])
    near = np.empty((len(openings), len(openings)), dtype=bool)
    for start in range(0, len(openings), _AT_ONCE):
        strip = slice(start, start + _AT_ONCE)
        apart = np.abs(days[strip, None] - days) > _DAYS_APART  # an unknown day is near every other
        near[strip] = (vectors[strip] @ vectors.T >= _ALIKE) & ~apart | (copies[strip, None] == copies)
    np.fill_diagonal(near, True)
    return near


def _days(openings: Sequence[Opening]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([each.published_at.timestamp() / 86400 if each.published_at else np.nan for each in openings])


def vectors_of(openings: Sequence[Opening]) -> Matrix:
    """One that waits for its vector is like no other."""
    length = max(len(each.vector) for each in openings)
    nothing = np.zeros(length, np.float32)
    return np.stack([each.vector if len(each.vector) else nothing for each in openings])


def _same_names(one: Opening, other: Opening) -> bool:
    """Whether two headlines name the same: "Ferry hits Hallow Bay pier", "Hallow Bay ferry accident injured 41"."""
    return len(_names(one.title) & _names(other.title)) >= _NAMES_SHARED


@lru_cache(maxsize=8192)
def _names(title: str) -> frozenset[str]:
    """Of names each word; no numbers, which a series has: "5 things to know for 1 July"."""
    return frozenset(word.casefold() for word in names_and_numbers(f"of {title}") if word[0].isalpha())
