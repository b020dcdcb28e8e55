"""Answers that are being written, where several servers answer over one database: whoever follows one may be served by
another server than the one that writes it. On SQLite one process serves, which knows by itself.

A row tells how far an answer is as long as its server tells so again every few seconds; who has told nothing for longer
is taken for ended, and what it then still finishes is not kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from vectorstore.storage.dialect import insert_new
from vectorstore.storage.schema import answers_under_way as under_way

HEARD = 8.0
"""Seconds after which a server that has told nothing is taken for ended."""


@dataclass(frozen=True, slots=True)
class Growth:
    """How far an answer is: the number of its exchange, its steps so far, how many questions wait `ahead` of it, None
    for its turn, and what there is of it, as vectorstore.storage.conversations keeps it, None as long as that is
    nothing."""

    number: int
    steps: int
    ahead: int | None
    answer: dict[str, Any] | None


def begin(connection: Connection, id: str, number: int, writer: str) -> bool:
    """Whether this writer is the one that answers in the conversation `id` now; False while another one does."""
    row = {"number": number, "writer": writer, "steps": 0, "ahead": None, "answer": None, "halted": False}
    row["heard_at"] = _now()
    over = (under_way.c.conversation_id == id) & ((under_way.c.writer == writer) | ~_heard())
    if connection.execute(update(under_way).where(over).values(row)).rowcount:
        return True
    # The database's time is an expression, which only a statement of one row takes.
    if not insert_new(connection, under_way, [{"conversation_id": id, **row, "heard_at": 0.0}]):
        return False
    connection.execute(update(under_way).where(under_way.c.conversation_id == id).values(heard_at=_now()))
    return True


def tell(connection: Connection, writer: str, growing: Mapping[str, Growth]) -> set[str]:
    """How far this writer is in each conversation; the ids of those in which a reader wants it to stop. An answer that
    is None leaves what was told before."""
    unwanted = set()
    for id, growth in growing.items():
        told: dict[str, Any] = {"steps": growth.steps, "ahead": growth.ahead, "heard_at": _now()}
        if growth.answer is not None:
            told["answer"] = growth.answer
        own = (under_way.c.conversation_id == id) & (under_way.c.writer == writer)
        changed = update(under_way).where(own).values(told).returning(under_way.c.halted)
        if connection.execute(changed).scalar_one_or_none():
            unwanted.add(id)
    return unwanted


def end(connection: Connection, id: str, writer: str) -> bool:
    """Whether this writer still was the one."""
    own = (under_way.c.conversation_id == id) & (under_way.c.writer == writer)
    return bool(connection.execute(delete(under_way).where(own)).rowcount)


def growth(connection: Connection, id: str) -> Growth | None:
    """None where no server is writing in it that has been heard of."""
    columns = under_way.c.number, under_way.c.steps, under_way.c.ahead, under_way.c.answer
    row = connection.execute(select(*columns).where((under_way.c.conversation_id == id) & _heard())).one_or_none()
    return row and Growth(**row._mapping)


def halt(connection: Connection, id: str) -> None:
    """Whoever is writing in it is to stop, which it does when it tells next."""
    connection.execute(update(under_way).where(under_way.c.conversation_id == id).values(halted=True))


def _heard() -> Any:
    return under_way.c.heard_at > _now() - HEARD


def _now() -> Any:
    """In seconds, by the database's clock: those of several machines differ. It goes on within a transaction."""
    return func.extract("epoch", func.clock_timestamp())
