"""The conversations of a library: what was asked, what came of it, and what the reader thought of it.

And the answers that are being written in them. Where several servers answer over one database, whoever follows one may
be served by another server than writes it; on SQLite one process serves, which knows by itself. A row tells
how far an answer is as long as its server tells so again every few seconds; who has told nothing for longer is taken
for ended, and what it then still finishes is not kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select, update
from sqlalchemy.exc import DatabaseError

from vectorstore.accounts import person
from vectorstore.characters import storable
from vectorstore.errors import AnsweredElsewhere, ConversationNotFound, ConversationNotKept, LibraryError
from vectorstore.storage.dialect import holds_in_any_case, insert_new
from vectorstore.storage.schema import answers_under_way as under_way
from vectorstore.storage.schema import conversations, exchanges


@dataclass(frozen=True, slots=True)
class ConversationEntry:
    """A row of the list. `title` is the first question until the reader gives another; `changed_at` is when a question
    was asked last."""

    id: str
    title: str
    started_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class KeptExchange:
    """A question with what came of it; numbers count from 1.

    `answer` is plain JSON values that mean nothing here, None as long as there is none; `said` is its text, to be
    searched. `thumb` is up, down or "", `reason` what the reader wrote beside it.
    """

    number: int
    question: str
    said: str
    answer: dict[str, Any] | None
    problem: str
    stopped: bool
    thumb: str
    reason: str


@dataclass(frozen=True, slots=True)
class RemovedConversation:
    """All of a conversation that was removed: enough to put it back. `name` is the title that a reader gave it."""

    entry: ConversationEntry
    name: str
    exchanges: tuple[KeptExchange, ...]


_KEPT = [column for column in exchanges.c if column.name != "conversation_id"]
_TITLE = func.coalesce(func.nullif(conversations.c.title, ""), exchanges.c.question, "")
_ENTRY = select(
    conversations.c.id, _TITLE.label("title"), conversations.c.started_at, conversations.c.changed_at
).outerjoin(exchanges, (exchanges.c.conversation_id == conversations.c.id) & (exchanges.c.number == 1))


class Conversations:
    """Of whoever asks now: each sees and changes their own. Every method that writes is one transaction, and raises
    ConversationNotKept when it cannot write."""

    def __init__(self, engine: Engine, only_read: str = "") -> None:
        """`only_read` says why nothing is to be written, "" where it is."""
        self._engine = engine
        self._only_read = only_read
        self.shared = engine.dialect.name == "postgresql"
        """Whether other servers may answer in them too: what is being written is then told in the database."""

    def entries(self, search: str = "") -> list[ConversationEntry]:
        """Those in which every word of `search` stands, in a title, a question or an answer; the last changed first."""
        query = _ENTRY.where(_own()).order_by(conversations.c.changed_at.desc(), conversations.c.id)
        for word in search.split():
            holds = holds_in_any_case(exchanges.c.question, word) | holds_in_any_case(exchanges.c.said, word)
            within = select(exchanges.c.conversation_id).where(holds)
            titled = holds_in_any_case(conversations.c.title, word)
            query = query.where(titled | conversations.c.id.in_(within))
        with self._engine.connect() as connection:
            return [ConversationEntry(**row._mapping) for row in connection.execute(query)]

    def find(self, id: str) -> ConversationEntry | None:
        with self._engine.connect() as connection:
            row = connection.execute(_ENTRY.where(_named(id))).one_or_none()
        return ConversationEntry(**row._mapping) if row else None

    def exchanges(self, id: str) -> list[KeptExchange]:
        """In their order; none when there is no such conversation."""
        query = select(*_KEPT).join(conversations).where(_named(id)).order_by(exchanges.c.number)
        with self._engine.connect() as connection:
            return [KeptExchange(**row._mapping) for row in connection.execute(query)]

    def ask(self, id: str, exchange: KeptExchange, at: datetime, writer: str = "") -> None:
        """Keep a question, in place of what has its number and of what came after that; the conversation begins with it
        if there is none yet. Its answer is going to be told by this writer, if there is one. Raises
        ConversationNotFound for somebody else's, AnsweredElsewhere while another writer has it."""
        with self._writing() as connection:
            if not connection.execute(update(conversations).where(_named(id)).values(changed_at=at)).rowcount:
                if connection.execute(select(conversations.c.id).where(conversations.c.id == id)).first():
                    raise ConversationNotFound(f"There is no conversation {id!r}.")  # of this person
                row = {"id": id, "title": "", "started_at": at, "changed_at": at, "person": person()}
                connection.execute(insert(conversations).values(row))
            if self.shared and writer and not _begin(connection, id, exchange.number, writer):
                raise AnsweredElsewhere("Another server is writing an answer in this conversation.")
            from_there = (exchanges.c.conversation_id == id) & (exchanges.c.number >= exchange.number)
            connection.execute(delete(exchanges).where(from_there))
            connection.execute(insert(exchanges).values(_row(id, exchange)))

    def finish(self, id: str, exchange: KeptExchange, writer: str = "") -> None:
        """What came of a question; nothing when the conversation was removed in the meantime, or another writer has
        taken over."""
        with self._writing() as connection:
            if self.shared and writer and not _end(connection, id, writer):
                return
            connection.execute(update(exchanges).where(_is(id, exchange.number)).values(_row(id, exchange)))

    def tell(self, writer: str, growing: Mapping[str, Growth]) -> set[str]:
        """See `_tell`; these are of whoever asked."""
        with self._writing() as connection:
            return _tell(connection, writer, growing)

    def growth(self, id: str) -> Growth | None:
        """How far the answer is that a server is writing in it; None where none is, or none tells."""
        if not (self.shared and self.find(id)):
            return None
        with self._engine.connect() as connection:
            return _growth(connection, id)

    def halt(self, id: str) -> None:
        """Whichever server is writing in it is to stop."""
        if self.shared and self.find(id):
            with self._writing() as connection:
                _halt(connection, id)

    def copy(self, id: str, other: str, title: str) -> None:
        """All of it once more under another id, with a title of its own; nothing when it is not there."""
        kept = self.exchanges(id)
        with self._writing() as connection:
            row = connection.execute(select(conversations).where(_named(id))).one_or_none()
            if row:
                copy = {**row._mapping, "id": other, "title": storable(title)}
                connection.execute(insert(conversations).values(copy))
                connection.execute(insert(exchanges), [_row(other, each) for each in kept])

    def rename(self, id: str, title: str) -> None:
        """With "" it is called after its first question again."""
        with self._writing() as connection:
            connection.execute(update(conversations).where(_named(id)).values(title=storable(title)))

    def rate(self, id: str, number: int, thumb: str, reason: str) -> None:
        """See KeptExchange."""
        with self._writing() as connection:
            values = {"thumb": thumb, "reason": storable(reason)}
            connection.execute(update(exchanges).where(_is(id, number)).values(values))

    def remove(self, id: str) -> RemovedConversation | None:
        """None when it was not there."""
        entry = self.find(id)
        if entry is None:
            return None
        kept = tuple(self.exchanges(id))
        with self._writing() as connection:
            name = connection.execute(select(conversations.c.title).where(_named(id))).scalar_one()
            connection.execute(delete(conversations).where(_named(id)))
        return RemovedConversation(entry, name, kept)

    def restore(self, removed: RemovedConversation) -> None:
        """Put it back as it was, unless it is there."""
        if self.find(removed.entry.id):
            return
        with self._writing() as connection:
            connection.execute(
                insert(conversations).values(asdict(removed.entry) | {"title": removed.name, "person": person()})
            )
            rows = [_row(removed.entry.id, each) for each in removed.exchanges]
            connection.execute(insert(exchanges), rows)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        if self._only_read:
            raise _not_kept(f"the library was opened for reading only, since {self._only_read}")
        try:
            with self._engine.begin() as connection:
                yield connection
        except DatabaseError as error:
            raise _not_kept(str(error.orig)) from error
        except (ConversationNotFound, AnsweredElsewhere):
            raise
        except LibraryError as error:
            raise _not_kept(str(error).rstrip(".")) from error


def _own() -> Any:
    return conversations.c.person == person()


def _named(id: str) -> Any:
    return (conversations.c.id == id) & _own()


def _is(id: str, number: int) -> Any:
    own = select(conversations.c.id).where(_named(id))
    return exchanges.c.conversation_id.in_(own) & (exchanges.c.number == number)


def _row(id: str, exchange: KeptExchange) -> dict[str, Any]:
    texts = {name: storable(getattr(exchange, name)) for name in ("question", "said", "problem", "reason")}
    return asdict(exchange) | texts | {"conversation_id": id}


def _not_kept(reason: str) -> ConversationNotKept:
    return ConversationNotKept(
        f"Conversations are not being kept ({reason}). What you ask now is lost when Dateline stops; make room or let "
        "Dateline write to the library's folder, then start it again."
    )


HEARD = 8.0
"""Seconds after which a server that has told nothing is taken for ended."""


@dataclass(frozen=True, slots=True)
class Growth:
    """How far an answer is: the number of its exchange, its steps so far, how many questions wait `ahead` of it, None
    for its turn, and what there is of it, as it is kept, None as long as that is
    nothing."""

    number: int
    steps: int
    ahead: int | None
    answer: dict[str, Any] | None


def _begin(connection: Connection, id: str, number: int, writer: str) -> bool:
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


def _tell(connection: Connection, writer: str, growing: Mapping[str, Growth]) -> set[str]:
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


def _end(connection: Connection, id: str, writer: str) -> bool:
    """Whether this writer still was the one."""
    own = (under_way.c.conversation_id == id) & (under_way.c.writer == writer)
    return bool(connection.execute(delete(under_way).where(own)).rowcount)


def _growth(connection: Connection, id: str) -> Growth | None:
    """None where no server is writing in it that has been heard of."""
    columns = (under_way.c.number, under_way.c.steps, under_way.c.ahead, under_way.c.answer)
    row = connection.execute(select(*columns).where((under_way.c.conversation_id == id) & _heard())).one_or_none()
    return row and Growth(**row._mapping)


def _halt(connection: Connection, id: str) -> None:
    """Whoever is writing in it is to stop, which it does when it tells next."""
    connection.execute(update(under_way).where(under_way.c.conversation_id == id).values(halted=True))


def _heard() -> Any:
    return under_way.c.heard_at > _now() - HEARD


def _now() -> Any:
    """In seconds, by the database's clock: those of several machines differ. It goes on within a transaction."""
    return func.extract("epoch", func.clock_timestamp())
