"""Feeds read on time by several machines: each reads others, and none twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ingest.feeds.scheduler import is_due

if TYPE_CHECKING:
    from ingest.feeds.scheduler import FeedResult
    from ingest.intake import Intake

# At once, so that the next machine has some left.
_AT_ONCE = 8


def read_due(
    intake: Intake,
    every: timedelta,
    stop: Callable[[], bool],
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> list[FeedResult]:
    """The feeds that nobody has read for so long and that no other machine is reading, until there is none."""
    subscriptions = intake.library.subscriptions
    results: list[FeedResult] = []
    tried: set[str] = set()

    def unread() -> list[str]:
        return [
            each.url
            for each in subscriptions.all()
            if is_due(each, now()) and not (each.last_run_at and now() - every < each.last_run_at <= now())
        ]

    while not stop():
        with subscriptions.claimed([url for url in unread() if url not in tried], _AT_ONCE) as ours:
            # What another machine has read until they were claimed is no longer among them.
            urls = [url for url in unread() if url in ours]
            if not ours:
                break
            tried |= {*ours}
            if urls:
                done = intake.refresh(urls, stop=stop, embed=False)
                results += [each for each in done.feeds if each.url in urls]
    return results
