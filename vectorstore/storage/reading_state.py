"""What a reader has read, starred and follows, kept in the library and so over restarts and in every browser."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Table, delete, select

from vectorstore import accounts
from vectorstore.storage.dialect import insert_over
from vectorstore.storage.schema import articles_read, articles_starred, stories_followed

# SQLite takes so many values in one statement.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class ReadingState:
    """Ids of articles. `followed` has, by the name of each story followed, those that the reader knows of it."""

    read: frozenset[str] = frozenset()
    starred: frozenset[str] = frozenset()
    followed: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def story(self, members: Collection[str]) -> str:
        """The name of the followed story that any of these articles belongs to; "" where none does."""
        return next((name for name, known in self.followed.items() if not known.isdisjoint(members)), "")

    def news(self, members: Collection[str]) -> frozenset[str]:
        """Those of a story's articles that came in since its reader has followed or last opened it; none of a story
        that is not followed."""
        name = self.story(members)
        return frozenset(members) - self.followed[name] if name else frozenset()


class ReadingStates:
    """Every method that writes is one transaction. `person` is whose state is meant, where it is not that of whoever
    asks now."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, person: str | None = None) -> ReadingState:
        person = _whose(person)
        with self._engine.connect() as connection:
            rows = connection.execute(
                select(stories_followed.c.story, stories_followed.c.article_id)
                .where(stories_followed.c.person == person)
                .order_by(stories_followed.c.known_at, stories_followed.c.article_id)
            ).all()
            followed: dict[str, frozenset[str]] = {}
            for story, article_id in rows:
                followed[story] = followed.get(story, frozenset()) | {article_id}
            return ReadingState(
                _ids(connection, articles_read, person), _ids(connection, articles_starred, person), followed
            )

    def mark_read(self, article_ids: Iterable[str], read: bool = True, person: str | None = None) -> None:
        self._mark(articles_read, "read_at", article_ids, read, person)

    def star(self, article_ids: Iterable[str], starred: bool = True, person: str | None = None) -> None:
        self._mark(articles_starred, "starred_at", article_ids, starred, person)

    def follow(self, members: Iterable[str], person: str | None = None) -> str:
        """Follow the story of these articles, all of which are known from now on; where one of them belongs to a story
        that is followed, they join it. Returns its name, "" for no articles."""
        known = list(dict.fromkeys(members))
        if not known:
            return ""
        state = self.of(person)
        story = state.story(known) or known[0]
        fresh = [each for each in known if each not in state.followed.get(story, ())]
        self._mark(stories_followed, "known_at", fresh, True, person, story=story)
        return story

    def unfollow(self, members: Collection[str], person: str | None = None) -> None:
        """No longer follow any story to which one of these articles belongs."""
        person = _whose(person)
        names = [name for name, known in self.of(person).followed.items() if not known.isdisjoint(members)]
        with self._engine.begin() as connection:
            connection.execute(
                delete(stories_followed).where(stories_followed.c.person == person, stories_followed.c.story.in_(names))
            )

    def _mark(
        self, table: Table, moment: str, article_ids: Iterable[str], on: bool, person: str | None, **more: Any
    ) -> None:
        ids, person = list(dict.fromkeys(article_ids)), _whose(person)
        now = datetime.now(UTC)
        with self._engine.begin() as connection:
            for start in range(0, len(ids), _AT_ONCE):
                batch = ids[start : start + _AT_ONCE]
                if on:
                    rows = [{"person": person, "article_id": each, moment: now, **more} for each in batch]
                    insert_over(connection, table, rows)
                else:
                    connection.execute(delete(table).where(table.c.person == person, table.c.article_id.in_(batch)))


def _whose(person: str | None) -> str:
    return accounts.person() if person is None else person


def _ids(connection: Connection, table: Table, person: str) -> frozenset[str]:
    return frozenset(connection.execute(select(table.c.article_id).where(table.c.person == person)).scalars())
