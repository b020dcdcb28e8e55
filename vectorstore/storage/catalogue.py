"""The SQL side: articles, their earlier versions, and their passages with vectors. The truth."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, delete, func, insert, select, update

from vectorstore.languages import resolved
from vectorstore.models import Article, Copy, Passage, Scope
from vectorstore.storage import annotations as added
from vectorstore.storage import listings as listing
from vectorstore.storage import story_groups
from vectorstore.storage.address_queue import AddressQueue
from vectorstore.storage.annotations import EDITABLE, Annotations, Edit, edit_of, keep_edit
from vectorstore.storage.article_collections import Collections
from vectorstore.storage.conversations import Conversations
from vectorstore.storage.database import open_database
from vectorstore.storage.dialect import insert_new, insert_over, is_sound
from vectorstore.storage.facts import next_generation, recall, remember, saw
from vectorstore.storage.index_source import VECTORS, IndexSource
from vectorstore.storage.listings import Listings
from vectorstore.storage.people import People
from vectorstore.storage.postgres import open_postgres
from vectorstore.storage.reading_state import ReadingStates
from vectorstore.storage.rows import (
    ARTICLE,
    PLACED,
    Described,
    Removed,
    Shelved,
    VectorRow,
    article_of,
    placed,
    row_of,
    vector,
    vector_row,
    within,
)
from vectorstore.storage.schema import articles, earlier_versions, facts, next_vectors, passages, seen, withdrawn
from vectorstore.storage.subscriptions import Subscriptions


class Catalogue(IndexSource):
    """Every method that writes is one transaction."""

    def __init__(self, at: Path | str, read_only: bool = False, only_read: str = "") -> None:
        """In a file, or in the database that a postgresql:// URL names. `only_read` says to a reader why nothing is
        written."""
        super().__init__(open_postgres(at) if isinstance(at, str) else open_database(at, read_only))
        self.at = at
        self.subscriptions = Subscriptions(self._engine)
        self.conversations = Conversations(self._engine, only_read)
        self.listings = Listings(self._engine)
        self.reading_states = ReadingStates(self._engine)
        self.annotations = Annotations(self._engine, only_read)
        self.collections = Collections(self._engine, only_read)
        self.queue = AddressQueue(self._engine)
        self.people = People(self._engine, only_read)

    def close(self) -> None:
        self._engine.dispose()

    # -- facts -------------------------------------------------------------------------------------------------

    def recall(self, name: str) -> str | None:
        with self._engine.connect() as connection:
            return recall(connection, name)

    def remember(self, name: str, value: str | None) -> None:
        with self._engine.begin() as connection:
            remember(connection, name, value)

    def name(self) -> str:
        """By which others tell it from other catalogues; made when it is first asked for."""
        with self._engine.begin() as connection:
            insert_new(connection, facts, [{"name": "library", "value": token_hex(8)}])
            return str(recall(connection, "library"))

    def seen(self, now: datetime) -> None:
        """A node follows the catalogue; one that has not done so for long is waited for no more."""
        with self._engine.begin() as connection:
            for node in {self.words_facts, self.vector_facts}:
                saw(connection, node, now)

    # -- writing -----------------------------------------------------------------------------------------------

    def put(self, batch: Sequence[Shelved]) -> None:
        """Store articles, and keep what they replace as earlier versions. Their passages wait for their vectors."""
        with self._engine.begin() as connection:
            _shelve_all(connection, batch)

    def restore(self, removed: Removed) -> None:
        """Put back what `removed` tells of, which is not there."""
        with self._engine.begin() as connection:
            _shelve_all(connection, [(removed.article, removed.passages)])
            if removed.earlier:
                connection.execute(insert(earlier_versions), [row_of(article) for article in removed.earlier])
            added.put_back(connection, removed.added)

    def edit(self, article_id: str, changes: Mapping[str, Any]) -> list[str] | None:
        """See `_put_right`."""
        with self._engine.begin() as connection:
            return _put_right(connection, article_id, changes, next_generation(connection))

    def held(self, article_id: str) -> Removed | None:
        """All of an article, as `restore` takes it."""
        article, earlier = self.article(article_id), self.versions(article_id, stated=True)[:-1]
        with self._engine.connect() as connection:
            more = added.taken(connection, article_id)
        return Removed(article, self.passages_of(article_id), earlier, more) if article else None

    def remove(self, article_id: str) -> bool:
        """Take an article and its earlier versions away; False when it was not there."""
        with self._engine.begin() as connection:
            held = select(articles.c.key, articles.c.text).where(articles.c.id == article_id)
            row = connection.execute(held).one_or_none()
            if row is None:
                return False
            _withdraw_passages(connection, row.key, next_generation(connection))
            story_groups.leave(connection, row.key, row.text)
            connection.execute(delete(earlier_versions).where(earlier_versions.c.id == article_id))
            connection.execute(delete(articles).where(articles.c.key == row.key))
            added.forget_all(connection, article_id)
        return True

    def mark_gone(self, article_id: str, gone_at: datetime | None) -> None:
        """Note that the article's page is there no more, or with None that it is there again."""
        with self._engine.begin() as connection:
            connection.execute(update(articles).where(articles.c.id == article_id).values(gone_at=gone_at))

    # -- reading -----------------------------------------------------------------------------------------------

    def article(self, article_id: str, version: int | None = None) -> Article | None:
        """The current version, or the one asked for; None when there is no such article or version."""
        with self._engine.connect() as connection:
            row = connection.execute(_seen_articles().where(articles.c.id == article_id)).one_or_none()
            if row is not None and version not in (None, row.version):
                earlier = earlier_versions.c
                query = select(earlier_versions).where(earlier.id == article_id, earlier.version == version)
                row = connection.execute(query.order_by(earlier.key.desc())).first()
            return None if row is None else _as_edited(article_of(row), edit_of(connection, article_id))

    def stated(self, article_id: str) -> Article | None:
        """As its publisher states it, whatever was put right here."""
        with self._engine.connect() as connection:
            row = connection.execute(_seen_articles().where(articles.c.id == article_id)).one_or_none()
            return None if row is None else _as_stated(article_of(row), edit_of(connection, article_id))

    def versions(self, article_id: str, stated: bool = False) -> list[Article]:
        """Every version, the earliest first; none when there is no such article."""
        earlier = earlier_versions.c
        query = select(earlier_versions).where(earlier.id == article_id, *seen(earlier.id))
        with self._engine.connect() as connection:
            rows = [
                *connection.execute(query.order_by(earlier.version, earlier.key)),
                *connection.execute(_seen_articles().where(articles.c.id == article_id)),
            ]
            edit, told = edit_of(connection, article_id), _as_stated if stated else _as_edited
        return [told(each, edit) for each in {row.version: article_of(row) for row in rows}.values()]

    def twins(self, body: str) -> list[Article]:
        """The articles whose current text is this one, white space aside, in the order in which they came."""
        query = _seen_articles().where(articles.c.text_hash == text_hash(body)).order_by(articles.c.key)
        with self._engine.connect() as connection:
            return [article_of(row) for row in connection.execute(query)]

    def latest_of(self, outlet: str, most: int) -> list[Article]:
        """At most so many articles of an outlet, those that came last first."""
        query = _seen_articles().where(articles.c.outlet == outlet).order_by(articles.c.key.desc()).limit(most)
        with self._engine.connect() as connection:
            return [article_of(row) for row in connection.execute(query)]

    def copies(self, article_ids: Sequence[str], until: datetime | None) -> dict[str, tuple[Copy, ...]]:
        """See story_groups.copies."""
        with self._engine.connect() as connection:
            return story_groups.copies(connection, article_ids, until)

    def counts(self) -> tuple[int, int]:
        """Articles and passages that whoever asks may see."""
        if not (conditions := seen(articles.c.id)):
            return self.size()
        held = select(func.count()).select_from(articles).where(*conditions)
        its_passages = select(func.count()).select_from(passages).join(articles).where(*conditions)
        with self._engine.connect() as connection:
            return connection.execute(held).scalar_one(), connection.execute(its_passages).scalar_one()

    def passages(self, passage_ids: Sequence[str]) -> dict[str, tuple[Passage, Article]]:
        """The passages with these ids and their articles; ids that are gone are left out."""
        with self._engine.connect() as connection:
            rows = placed(connection.execute(PLACED.where(passages.c.id.in_(passage_ids), *seen(articles.c.id))))
        return {row.passage.id: (row.passage, row.article) for row in rows}

    def passages_of(self, article_id: str) -> list[Passage]:
        """An article's passages in their order."""
        query = PLACED.where(articles.c.id == article_id, *seen(articles.c.id)).order_by(passages.c.position)
        with self._engine.connect() as connection:
            return [row.passage for row in placed(connection.execute(query))]

    def described(self, keys: Collection[int]) -> list[Described]:
        """In no order; keys that are gone are left out."""
        of_article = articles.c.outlet, articles.c.published_at, articles.c.story
        of_passage = passages.c.key, passages.c.id, articles.c.id.label("article_id"), passages.c.position
        query = select(*of_passage, *of_article, passages.c.vector).join_from(passages, articles)
        with self._engine.connect() as connection:
            rows = connection.execute(query.where(passages.c.key.in_(keys), *seen(articles.c.id)))
            return [Described(*row[:-1], vector=vector(row.vector)) for row in rows]

    def passage_keys(self) -> set[int]:
        with self._engine.connect() as connection:
            return set(connection.execute(select(passages.c.key)).scalars())

    def outlets(self) -> list[str]:
        """The outlets of all articles."""
        with self._engine.connect() as connection:
            return list(connection.execute(select(articles.c.outlet).where(*seen(articles.c.id)).distinct()).scalars())

    def languages(self) -> list[str]:
        """Those that are known, that of most articles first."""
        asked = (
            select(articles.c.language)
            .where(articles.c.language != "", *seen(articles.c.id))
            .group_by(articles.c.language)
        )
        with self._engine.connect() as connection:
            return list(connection.execute(asked.order_by(func.count().desc(), articles.c.language)).scalars())

    def newest(self, until: datetime) -> datetime | None:
        """When the newest article until then was published; None when no date is known."""
        published = articles.c.published_at
        with self._engine.connect() as connection:
            newest: datetime | None = connection.execute(
                select(func.max(published)).where(published <= until, *seen(articles.c.id))
            ).scalar_one()
        return newest

    def openings(
        self, scope: Scope, arrived: datetime | None, limit: int, by_date: bool = False
    ) -> list[story_groups.Opening]:
        """See story_groups.openings."""
        with self._engine.connect() as connection:
            return story_groups.openings(connection, scope, arrived, limit, by_date)

    def arrived_since(self, moment: datetime) -> int:
        """See story_groups.arrived_since."""
        with self._engine.connect() as connection:
            return story_groups.arrived_since(connection, moment)

    # -- within a scope ----------------------------------------------------------------------------------------

    def ids_within(self, scope: Scope) -> tuple[str, ...]:
        """The articles that lie within it."""
        with self._engine.connect() as connection:
            return tuple(connection.execute(select(articles.c.id).where(*within(scope))).scalars())

    def articles_within(self, scope: Scope) -> int:
        """How many articles lie within it."""
        with self._engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(articles).where(*within(scope))).scalar_one()

    def keys_within(self, passage_ids: Collection[str], scope: Scope) -> dict[str, int]:
        """The keys of those of these passages that lie within it."""
        query = select(passages.c.id, passages.c.key).where(passages.c.id.in_(passage_ids))
        if conditions := within(scope):
            query = query.join(articles).where(*conditions)
        with self._engine.connect() as connection:
            return {row.id: row.key for row in connection.execute(query)}

    def vectors_within(self, scope: Scope) -> list[VectorRow]:
        """Every passage within it, in no order."""
        with self._engine.connect() as connection:
            return [vector_row(row) for row in connection.execute(VECTORS.join(articles).where(*within(scope)))]

    def sound(self) -> bool:
        """Whether the database passes its own check."""
        with self._engine.connect() as connection:
            return is_sound(connection)


def _seen_articles() -> Select[Any]:
    return select(*ARTICLE).where(*seen(articles.c.id))


def text_hash(body: str) -> str:
    """SHA-256 of a text, white space aside: the same story in another layout is the same text."""
    return hashlib.sha256(" ".join(body.split()).encode()).hexdigest()


def _shelve_all(connection: Connection, batch: Sequence[Shelved]) -> None:
    generation = next_generation(connection)
    for article, its_passages in batch:
        _shelve(connection, article, its_passages, generation)


def _shelve(connection: Connection, article: Article, its_passages: Sequence[Passage], generation: int) -> None:
    edit = edit_of(connection, article.id)
    article = replace(article, language=resolved(article.language, article.text))
    article = _stated_anew(connection, article, edit)
    values = row_of(article) | {"text_hash": text_hash(article.text)}
    current = connection.execute(select(articles.c.key, *ARTICLE).where(articles.c.id == article.id)).one_or_none()
    if current is None:
        key = _insert(connection, articles, values)
        story_groups.join(connection, key, article)
    else:
        key = current.key
        connection.execute(insert(earlier_versions).values(row_of(_as_stated(article_of(current), edit))))
        _withdraw_passages(connection, key, generation)
        story_groups.leave(connection, key, current.text)
        connection.execute(update(articles).where(articles.c.key == key).values(values))
        story_groups.join(connection, key, article)
    listing.enter(connection, key, article, len(its_passages))
    about = {"article_key": key, "generation": generation, "vector": b""}
    place = ("id", "position", "start", "end")
    rows = [about | {name: getattr(passage, name) for name in place} for passage in its_passages]
    if rows:
        connection.execute(insert(passages), rows)
        connection.execute(delete(withdrawn).where(withdrawn.c.passage_id == bindparam("id")), rows)


def _insert(connection: Connection, table: Table, values: dict[str, Any]) -> int:
    return int(connection.execute(insert(table).returning(table.c.key), values).scalar_one())


def _withdraw_passages(connection: Connection, article_key: int, generation: int) -> None:
    mine = passages.c.article_key == article_key
    ids = [
        {"passage_id": id, "generation": generation}
        for id in connection.execute(select(passages.c.id).where(mine)).scalars()
    ]
    if ids:
        insert_over(connection, withdrawn, ids)
    connection.execute(delete(passages).where(mine))


# -- details as a reader has put them right ------------------------------------------------------------------------

# Headline, outlet, date and address: the article's own row has them so, for whatever searches, sorts and cites it; what
# its publisher states is kept beside it, see annotations.edits. Earlier versions are stored as they were stated.


def _as_edited(article: Article, edit: Edit | None) -> Article:
    return replace(article, **edit.changed) if edit else article


def _as_stated(article: Article, edit: Edit | None) -> Article:
    return replace(article, **edit.stated) if edit else article


def _stated_anew(connection: Connection, article: Article, edit: Edit | None) -> Article:
    """A new version with what was put right, which stays; the publisher's own is kept beside it."""
    if edit:
        keep_edit(connection, article.id, Edit(edit.changed, _details(article)))
    return _as_edited(article, edit)


def _put_right(
    connection: Connection, article_id: str, changes: Mapping[str, Any], generation: int
) -> list[str] | None:
    """The ids of its passages, which are to be indexed and embedded anew; None when it is not there.

    `changes` are by their names in an Article; what is as its publisher states it is no longer edited.
    """
    query = select(articles.c.key, *ARTICLE).where(articles.c.id == article_id)
    if (row := connection.execute(query).one_or_none()) is None:
        return None
    edit, current = edit_of(connection, article_id), article_of(row)
    stated = _details(_as_stated(current, edit))
    wanted = {**(edit.changed if edit else {}), **changes}
    changed = {name: value for name, value in wanted.items() if value != stated[name]}
    keep_edit(connection, article_id, Edit(changed, stated))
    values = stated | changed
    connection.execute(update(articles).where(articles.c.key == row.key).values(values))
    mine = passages.c.article_key == row.key
    keys = select(passages.c.key).where(mine)
    connection.execute(delete(next_vectors).where(next_vectors.c.passage_key.in_(keys)))
    connection.execute(update(passages).where(mine).values(generation=generation, vector=b""))
    held = connection.execute(select(func.count()).select_from(passages).where(mine)).scalar_one()
    listing.enter(connection, row.key, replace(current, **values), held)
    return list(connection.execute(select(passages.c.id).where(mine)).scalars())


def _details(article: Article) -> dict[str, Any]:
    return {name: getattr(article, name) for name in EDITABLE}
