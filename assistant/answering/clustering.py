"""Articles that tell of one thing, put together by meaning. Pure.

Wider than the stories of vectorstore.storage.story_groups, which are copies of one text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from vectorstore.storage.story_groups import Opening

# Cosine of two openings, headline included, from which on they tell of one thing.
_ALIKE = 0.62
_DAYS_APART = 10.0
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
    vectors = np.stack([each.vector for each in openings])
    days = np.array([each.published_at.timestamp() / 86400 if each.published_at else np.nan for each in openings])
    copies = np.array([each.story for each in openings])
    near = np.empty((len(openings), len(openings)), dtype=bool)
    for start in range(0, len(openings), _AT_ONCE):
        strip = slice(start, start + _AT_ONCE)
        apart = np.abs(days[strip, None] - days) > _DAYS_APART  # an unknown day is near every other
        near[strip] = (vectors[strip] @ vectors.T >= _ALIKE) & ~apart | (copies[strip, None] == copies)
    np.fill_diagonal(near, True)
    return near
