"""Many copies of one story: show one, and tell where else it stands. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from vectorstore.models import Candidate, Copy

_NAMED = 3
_UNKNOWN = datetime.max.replace(tzinfo=UTC)


def one_of_each_story(ranked: Sequence[tuple[Candidate, float]]) -> list[tuple[Candidate, float]]:
    """The same passages in their order without those of copies.

    Of each story the article whose passage has the best score stays; of equals, the one published first.
    """
    shown: dict[int, str] = {}
    for candidate, _ in sorted(ranked, key=lambda pair: (-pair[1], pair[0].published_at or _UNKNOWN)):
        shown.setdefault(candidate.story, candidate.article_id)
    return [pair for pair in ranked if shown[pair[0].story] == pair[0].article_id]


def also_in(copies: Sequence[Copy]) -> str:
    """`also in CNN, Reuters and 7 others`, in the order in which they published it; empty when there is no copy."""
    names = list(dict.fromkeys(copy.outlet for copy in copies if copy.outlet))
    if not names:
        return f"also in {len(copies)} other outlet{'s' if len(copies) > 1 else ''}" if copies else ""
    if len(names) <= _NAMED:
        *first, last = names
        return f"also in {', '.join(first)} and {last}" if first else f"also in {last}"
    return f"also in {', '.join(names[: _NAMED - 1])} and {len(names) - _NAMED + 1} others"
