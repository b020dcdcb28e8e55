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

from sqlalchemy import Engine, bindparam, delete, func, select, update

from vectorstore.storage.dialect import each_of, insert_new
from vectorstore.storage.schema import queued_addresses

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


# Each try is another one's.
_HELD = queued_addresses.c.url == bindparam("of"), queued_addresses.c.tries == bindparam("at")


def _held(taken: QueuedAddress) -> dict[str, object]:
    return {"of": taken.url, "at": taken.tries}


class AddressQueue:
    """Every method that writes is one transaction. `now` is UTC."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, urls: Iterable[str], now: datetime, collection: str = "") -> int:
        """How many were not waiting before; what was set aside waits anew. A collection that is named takes the place
        of the one before."""
        # In one order, so that two who add the same ones do not wait for each other.
        wanted = sorted({*urls})
        added = 0
        with self._engine.begin() as connection:
            for start in range(0, len(wanted), _BATCH):
                part = wanted[start : start + _BATCH]
                these = queued_addresses.c.url.in_(each_of(part))
                held = connection.execute(select(queued_addresses.c.url).where(these)).scalars().all()
                aside = update(queued_addresses).where(these, queued_addresses.c.due_at.is_(None))
                again = {"due_at": now, "tries": 0, "problem": "", "collection": collection}
                added += connection.execute(aside.values(again)).rowcount + len(part) - len(held)
                if collection:
                    connection.execute(update(queued_addresses).where(these).values(collection=collection))
                new = {"collection": collection, "queued_at": now, "tries": 0, "due_at": now, "problem": ""}
                insert_new(connection, queued_addresses, [{"url": url, **new} for url in part])
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
        taken = (
            update(queued_addresses)
            .where(
                due, queued_addresses.c.url.in_(first.limit(most).with_for_update(skip_locked=True).scalar_subquery())
            )
            .values(due_at=now + LEASE, tries=queued_addresses.c.tries + 1, problem=_ENDED)
            .returning(*queued_addresses.c)
        )
        spent = queued_addresses.c.tries >= MOST_TRIES
        with self._engine.begin() as connection:
            connection.execute(update(queued_addresses).where(due, spent).values(due_at=None))
            return [QueuedAddress(**row._mapping) for row in connection.execute(taken)]

    def renew(self, taken: Sequence[QueuedAddress], now: datetime) -> None:
        """They are still being read: nobody else takes them for another LEASE."""
        self._change(taken, due_at=now + LEASE)

    def done(self, taken: Sequence[QueuedAddress]) -> None:
        """They are in the library."""
        with self._engine.begin() as connection:
            connection.execute(delete(queued_addresses).where(*_HELD), [_held(each) for each in taken])

    def failed(self, taken: QueuedAddress, problem: str, now: datetime, for_good: bool = False) -> None:
        """To be tried again, or set aside where it will not change or was tried too often."""
        aside = for_good or taken.tries >= MOST_TRIES
        pause = _FIRST_PAUSE * _SLOWER ** (taken.tries - 1)
        self._change([taken], due_at=None if aside else now + pause, problem=problem)

    def give_back(self, taken: Sequence[QueuedAddress], now: datetime) -> None:
        """They were not tried."""
        self._change(taken, due_at=now, tries=queued_addresses.c.tries - 1, problem="")

    def _change(self, taken: Sequence[QueuedAddress], **changed: Any) -> None:
        """Nothing of one that somebody else has taken since."""
        with self._engine.begin() as connection:
            change = update(queued_addresses).where(*_HELD).values(changed)
            connection.execute(change, [_held(each) for each in taken])

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
