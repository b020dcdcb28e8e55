"""Articles that tell of one thing, put together by meaning. Pure.

Wider than the stories of vectorstore.storage.story_groups, which are copies of one text.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from assistant.text.words import names_and_numbers
from vectorstore.storage.story_groups import Opening

# Cosine of two openings, headline included, from which on they tell of one thing.
_ALIKE = 0.62
_DAYS_APART = 10.0
# What is found out weeks later of one event is much alike, and has names of its headline. What is only alike is the
# next of a series: the weather, a column, results; see tests/benchmarks/story_pairs.py.
_FOLLOWS_UP = 0.72
_DAYS_LATER = 45.0
_NAMES_SHARED = 2
_AT_ONCE = 512


class Group(NamedTuple):
    """`centre` is the article that most of the others are like; it stands among the `members` too."""

    centre: Opening
    members: tuple[Opening, ...]


def grouped(openings: Sequence[Opening]) -> list[Group]:
    """Each article in one group, the largest group first; of equals, the one whose centre was given first.

    Star clusters (Aslam, Pelekhov and Rus 2004, "The star clustering algorithm for static and dynamic information
    organization"): the article with most neighbours takes them all, then the next of those that are left. A chain of
    small likenesses makes no group, and what was published weeks apart is never one.
    """
    if not openings:
        return []
    near = _near(openings)
    left = np.ones(len(openings), dtype=bool)
    groups = []
    for centre in map(int, np.argsort(-near.sum(axis=1), kind="stable")):
        if left[centre]:
            members = np.flatnonzero(near[centre] & left)
            left[members] = False
            groups.append(Group(openings[centre], tuple(openings[i] for i in members.tolist())))
    return sorted(groups, key=lambda group: -len(group.members))


def _near(openings: Sequence[Opening]) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Which of them are neighbours, each its own: a square of bools, worked out in strips to spare memory."""
    vectors = _vectors(openings)
    days = np.array([each.published_at.timestamp() / 86400 if each.published_at else np.nan for each in openings])
    copies = np.array([each.story for each in openings])
    near = np.empty((len(openings), len(openings)), dtype=bool)
    for start in range(0, len(openings), _AT_ONCE):
        strip = slice(start, start + _AT_ONCE)
        likeness = vectors[strip] @ vectors.T
        days_apart = np.abs(days[strip, None] - days)
        at_once = (likeness >= _ALIKE) & ~(days_apart > _DAYS_APART)  # an unknown day is near every other
        later = (likeness >= _FOLLOWS_UP) & (days_apart > _DAYS_APART) & (days_apart <= _DAYS_LATER)
        for one, other in np.argwhere(later):
            later[one, other] = _follow_up(openings[start + one], openings[other])
        near[strip] = at_once | later | (copies[strip, None] == copies)
    np.fill_diagonal(near, True)
    return near


def _vectors(openings: Sequence[Opening]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """One that waits for its vector is like no other."""
    length = max(len(each.vector) for each in openings)
    nothing = np.zeros(length, np.float32)
    return np.stack([each.vector if len(each.vector) else nothing for each in openings])


def _follow_up(one: Opening, other: Opening) -> bool:
    """Whether two headlines name the same: "Ferry hits Hallow Bay pier", "Hallow Bay ferry accident injured 41"."""
    return len(_names(one.title) & _names(other.title)) >= _NAMES_SHARED


@lru_cache(maxsize=8192)
def _names(title: str) -> frozenset[str]:
    return frozenset(names_and_numbers(f"of {title}"))
