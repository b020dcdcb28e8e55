"""Addresses of the queue read by a worker; see vectorstore.storage.address_queue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from vectorstore.reports import Outcome

if TYPE_CHECKING:
    from ingest.intake import Intake
    from vectorstore.reports import Report, Row
    from vectorstore.storage.address_queue import QueuedAddress

# At once, several sites side by side; the next worker has the others.
_AT_ONCE = 16


def read_queued(
    intake: Intake, stop: Callable[[], bool], now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> dict[str, str]:
    """What is due and no other worker has, until there is none: by its address "" or why it was not read."""
    queue, results = intake.library.queue, dict[str, str]()
    while not stop() and (taken := queue.take(_AT_ONCE, now())):
        try:
            report = intake.ingest([each.url for each in taken], stop=stop, embed=False)
        except BaseException:
            queue.give_back(taken, now())  # of the library or of this machine: nothing is wrong with the addresses
            raise
        rows = _by_source(report, len(taken))
        for each, its_rows in zip(taken, rows, strict=True):
            if its_rows:
                results[each.url] = _settle(intake, each, its_rows, report, now())
        if untried := [each for each, its_rows in zip(taken, rows, strict=True) if not its_rows]:
            queue.give_back(untried, now())
    return results


def _by_source(report: Report, sources: int) -> list[list[Row]]:
    found: list[list[Row]] = [[] for _ in range(sources)]
    for row, source in zip(report.rows, report.origins, strict=True):
        found[source].append(row)
    return found


def _settle(intake: Intake, taken: QueuedAddress, rows: list[Row], report: Report, now: datetime) -> str:
    """Done where anything of it could be read: an address can name a list of articles."""
    library = intake.library
    read = [row for row in rows if row.outcome is not Outcome.REJECTED]
    if not read:
        can_help = {each.name: each.can_help for each in report.again}
        for_good = not any(can_help.get(row.source, True) for row in rows)
        library.queue.failed(taken, rows[0].reason, now, for_good)
        return rows[0].reason
    if taken.collection:
        library.collections.put(taken.collection, filter(None, (row.article_id or row.duplicate_of for row in read)))
    library.queue.done([taken.url])
    return ""
