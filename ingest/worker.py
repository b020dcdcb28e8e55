"""What a worker does: addresses of the queue, and feeds on time, read by several machines and by none twice."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ingest.feeds.scheduler import is_due
from ingest.sources import is_address
from vectorstore.errors import DatelineError
from vectorstore.reports import Outcome

if TYPE_CHECKING:
    from ingest.feeds.scheduler import FeedResult
    from ingest.intake import Intake
    from vectorstore.reports import Report, Row
    from vectorstore.storage.address_queue import QueuedAddress

logger = logging.getLogger(__name__)

# At once, several sites side by side; the next worker has the others.
_ADDRESSES = 16
_RENEWED = timedelta(minutes=2)
_OUR_FAULT = "a fault of Dateline's own; the worker's log says which"


def read_queued(
    intake: Intake, stop: Callable[[], bool], now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> dict[str, str]:
    """Some of what is due and no other worker has: by its address "" or why it was not read. Nothing when none is."""
    taken = intake.library.queue.take(_ADDRESSES, now())
    return _read(intake, taken, stop, now) if taken else {}


def _read(
    intake: Intake, taken: Sequence[QueuedAddress], stop: Callable[[], bool], now: Callable[[], datetime]
) -> dict[str, str]:
    queue, renewed = intake.library.queue, now()

    def renew(_: object) -> None:
        nonlocal renewed
        if now() - renewed > _RENEWED:
            renewed = now()
            queue.renew(taken, renewed)

    try:
        report = intake.ingest([each.url for each in taken], renew, stop, embed=False)
    except Exception as error:
        if isinstance(error, DatelineError):  # of the library: nothing is wrong with the addresses
            queue.give_back(taken, now())
            raise
        if taken[1:]:
            return {url: told for each in taken for url, told in _read(intake, [each], stop, now).items()}
        logger.exception("%s could not be read", taken[0].url)
        queue.failed(taken[0], _OUR_FAULT, now())
        return {taken[0].url: _OUR_FAULT}
    except BaseException:
        queue.give_back(taken, now())
        raise
    if report.stopped:  # of a list the rest may be missing; what was read is unchanged when it is read again
        queue.give_back(taken, now())
        return {}
    rows = _by_source(report, len(taken))
    return {each.url: _settle(intake, each, its, report, now()) for each, its in zip(taken, rows, strict=True)}


def _by_source(report: Report, sources: int) -> list[list[Row]]:
    found: list[list[Row]] = [[] for _ in range(sources)]
    for row, source in zip(report.rows, report.origins, strict=True):
        found[source].append(row)
    return found


def _settle(intake: Intake, taken: QueuedAddress, rows: list[Row], report: Report, now: datetime) -> str:
    """Done where anything of it could be read: an address can name a list of articles, of which those that could not
    be read now wait by their own addresses."""
    library, can_help = intake.library, {each.name: each.can_help for each in report.again}
    read = [row for row in rows if row.outcome is not Outcome.REJECTED]
    if not read:
        problem = rows[0].reason if rows else "there is nothing in it"
        for_good = bool(rows) and not any(can_help.get(row.source, True) for row in rows)
        library.queue.failed(taken, problem, now, for_good)
        return problem
    left = [row.source for row in rows if row.outcome is Outcome.REJECTED and can_help.get(row.source)]
    if later := [each for each in left if is_address(each) and each != taken.url]:
        library.queue.add(later, now, taken.collection)
    if taken.collection:
        library.collections.put(taken.collection, filter(None, (row.article_id or row.duplicate_of for row in read)))
    library.queue.done([taken])
    return ""


# At once, so that the next machine has some left.
_FEEDS = 8


def read_due(
    intake: Intake, every: timedelta, stop: Callable[[], bool], now: Callable[[], datetime] = lambda: datetime.now(UTC)
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
        with subscriptions.claimed([url for url in unread() if url not in tried], _FEEDS) as ours:
            # What another machine has read until they were claimed is no longer among them.
            urls = [url for url in unread() if url in ours]
            if not ours:
                break
            tried |= {*ours}
            if urls:
                done = intake.refresh(urls, stop=stop, embed=False)
                results += [each for each in done.feeds if each.url in urls]
    return results
