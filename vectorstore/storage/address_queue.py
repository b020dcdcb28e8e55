"""Addresses that wait to be read by whichever worker comes first.

Whoever takes some has them for a while: until then nobody else does, and what a worker that was killed had in its hands
is due again afterwards. To read an address twice is no harm, since an article is stored once. What fails is tried again
later and later, and set aside in the end, as is what ends its worker each time: a try is counted before it is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Engine, Integer, String, Table, Text, delete, func, select, update

from vectorstore.storage.dialect import each_of, insert_new
from vectorstore.storage.schema import UtcTime, metadata

queued_addresses = Table(
    "queued_addresses",
    metadata,
    Column("url", String, primary_key=True),
    Column("collection", String, nullable=False),
    Column("queued_at", UtcTime, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("due_at", UtcTime, index=True),  # none where it is set aside
    Column("problem", Text, nullable=False),
)

MOST_TRIES = 6
_FIRST_PAUSE, _SLOWER = timedelta(minutes=1), 4
LEASE = timedelta(minutes=10)
"""How long whoever has taken an address has it: longer than its site may take to be read."""
_ENDED = "its worker ended while it was read"
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class QueuedAddress:
    """`due_at` is None for one that is set aside, and `problem` is what came of the last try, "" before there was one.
    What is read goes into the `collection`, "" for none."""

    url: str
    collection: str
    queued_at: datetime
    tries: int
    due_at: datetime | None
    problem: str


class AddressQueue:
    """Every method that writes is one transaction. `now` is UTC."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, urls: Iterable[str], now: datetime, collection: str = "") -> int:
        """How many were not waiting before; what was set aside waits anew."""
        rows: list[dict[str, Any]] = [
            {"url": url, "collection": collection, "queued_at": now, "tries": 0, "due_at": now, "problem": ""}
            for url in dict.fromkeys(urls)
        ]
        added = 0
        with self._engine.begin() as connection:
            for start in range(0, len(rows), _BATCH):
                part = rows[start : start + _BATCH]
                aside = queued_addresses.c.url.in_(each_of(row["url"] for row in part))
                again = update(queued_addresses).where(aside, queued_addresses.c.due_at.is_(None))
                added += connection.execute(again.values(due_at=now, tries=0, problem="")).rowcount
                before = connection.execute(select(func.count()).select_from(queued_addresses)).scalar_one()
                insert_new(connection, queued_addresses, part)
                after = connection.execute(select(func.count()).select_from(queued_addresses)).scalar_one()
                added += after - before
        return added

    def entries(self, most: int = 1000) -> list[QueuedAddress]:
        """Those set aside first, then what is due first."""
        order = queued_addresses.c.due_at.is_not(None), queued_addresses.c.due_at, queued_addresses.c.url
        with self._engine.connect() as connection:
            rows = connection.execute(select(queued_addresses).order_by(*order).limit(most))
            return [QueuedAddress(**row._mapping) for row in rows]

    def counts(self) -> tuple[int, int]:
        """How many wait, and how many are set aside."""
        aside = queued_addresses.c.due_at.is_(None)
        query = select(aside, func.count()).group_by(aside)
        with self._engine.connect() as connection:
            found = {bool(is_aside): number for is_aside, number in connection.execute(query)}
        return found.get(False, 0), found.get(True, 0)

    def take(self, most: int, now: datetime) -> list[QueuedAddress]:
        """At most so many that are due, those that wait the longest first, which are nobody else's until their LEASE is
        over; with this try counted."""
        due = queued_addresses.c.due_at <= now
        first = select(queued_addresses.c.url).where(due).order_by(queued_addresses.c.due_at, queued_addresses.c.url)
        # Whoever was quicker has put them off, which `due` sees once more when its transaction has ended.
        taken = (
            update(queued_addresses)
            .where(due, queued_addresses.c.url.in_(first.limit(most).scalar_subquery()))
            .values(due_at=now + LEASE, tries=queued_addresses.c.tries + 1, problem=_ENDED)
            .returning(*queued_addresses.c)
        )
        spent = queued_addresses.c.tries >= MOST_TRIES
        with self._engine.begin() as connection:
            connection.execute(update(queued_addresses).where(due, spent).values(due_at=None))
            return [QueuedAddress(**row._mapping) for row in connection.execute(taken)]

    def done(self, urls: Sequence[str]) -> None:
        """They are in the library."""
        with self._engine.begin() as connection:
            connection.execute(delete(queued_addresses).where(queued_addresses.c.url.in_(each_of(urls))))

    def failed(self, taken: QueuedAddress, problem: str, now: datetime, for_good: bool = False) -> None:
        """To be tried again, or set aside where it will not change or was tried too often."""
        aside = for_good or taken.tries >= MOST_TRIES
        pause = _FIRST_PAUSE * _SLOWER ** (taken.tries - 1)
        with self._engine.begin() as connection:
            row = update(queued_addresses).where(queued_addresses.c.url == taken.url)
            connection.execute(row.values(due_at=None if aside else now + pause, problem=problem))

    def give_back(self, taken: Sequence[QueuedAddress], now: datetime) -> None:
        """They were not tried."""
        untried = queued_addresses.c.url.in_(each_of(each.url for each in taken))
        with self._engine.begin() as connection:
            connection.execute(
                update(queued_addresses)
                .where(untried)
                .values(due_at=now, tries=queued_addresses.c.tries - 1, problem="")
            )

    def retry(self, now: datetime, urls: Sequence[str] = ()) -> int:
        """What is set aside, or of these what is in the queue at all, waits anew; how many."""
        wanted = queued_addresses.c.url.in_(each_of(urls)) if urls else queued_addresses.c.due_at.is_(None)
        with self._engine.begin() as connection:
            again = update(queued_addresses).where(wanted).values(due_at=now, tries=0, problem="")
            return connection.execute(again).rowcount

    def remove(self, urls: Sequence[str] = ()) -> int:
        """Out of the queue: these, or all that is set aside; how many."""
        wanted = queued_addresses.c.url.in_(each_of(urls)) if urls else queued_addresses.c.due_at.is_(None)
        with self._engine.begin() as connection:
            return connection.execute(delete(queued_addresses).where(wanted)).rowcount
