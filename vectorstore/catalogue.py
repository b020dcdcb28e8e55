"""The SQL side: articles, their earlier versions, and their passages with vectors. The truth."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Connection, Row, Select, Table, delete, func, insert, select, text, update

from vectorstore import listing, openings, stories
from vectorstore.conversations import Conversations
from vectorstore.database import open_database, recall, remember
from vectorstore.embedding import Matrix
from vectorstore.keywords import PassageRow
from vectorstore.listing import Listings
from vectorstore.models import Article, Copy, Passage, Scope
from vectorstore.schema import articles, earlier_versions, passages, withdrawn
from vectorstore.scope import within
from vectorstore.stored import ARTICLE, article_of, row_of
from vectorstore.subscriptions import Subscriptions


class VectorRow(NamedTuple):
    """A passage as the vector index takes it; `vector` has length 1."""

    passage_id: str
    vector: Matrix


class Described(NamedTuple):
    """A passage as a search weighs it, before anything heavier is loaded."""

    key: int
    passage_id: str
    article_id: str
    position: int
    outlet: str
    published_at: datetime | None
    story: int
    vector: Matrix


class Shelved(NamedTuple):
    """An article as the catalogue takes it; `vectors` has one row a passage."""

    article: Article
    passages: Sequence[Passage]
    vectors: Matrix

    def rows(self) -> Iterator[VectorRow]:
        for passage, vector in zip(self.passages, self.vectors, strict=True):
            yield VectorRow(passage.id, vector)


class Removed(NamedTuple):
    """All of an article that was removed: enough to put it back without embedding anything. `earlier` are its earlier
    versions, the earliest first."""

    shelved: Shelved
    earlier: Sequence[Article]

    @property
    def article(self) -> Article:
        return self.shelved.article


_PLACED: Select[Any] = select(
    *(passages.c[name].label(f"p_{name}") for name in ("key", "id", "position", "start", "end")), *ARTICLE
).join_from(passages, articles)
_VECTORS: Select[Any] = select(passages.c.id, passages.c.vector)


class Catalogue:
    """Every method that writes is one transaction."""

    def __init__(self, path: Path, read_only: bool = False, only_read: str = "") -> None:
        """`only_read` says to a reader why nothing is written."""
        self.path = path
        self._engine = open_database(path, read_only)
        self.subscriptions = Subscriptions(self._engine)
        self.conversations = Conversations(self._engine, only_read)
        self.listings = Listings(self._engine)

    def close(self) -> None:
        self._engine.dispose()

    # -- facts -------------------------------------------------------------------------------------------------

    def recall(self, name: str) -> str | None:
        with self._engine.connect() as connection:
            return recall(connection, name)

    def remember(self, name: str, value: str | None) -> None:
        with self._engine.begin() as connection:
            remember(connection, name, value)

    # -- writing -----------------------------------------------------------------------------------------------

    def put(self, batch: Sequence[Shelved], embedder: str) -> None:
        """Store articles, and keep what they replace as earlier versions."""
        with self._engine.begin() as connection:
            _shelve_all(connection, batch, embedder)

    def restore(self, removed: Removed, embedder: str) -> None:
        """Put back what `removed` tells of, which is not there."""
        with self._engine.begin() as connection:
            _shelve_all(connection, [removed.shelved], embedder)
            if removed.earlier:
                connection.execute(insert(earlier_versions), [row_of(article) for article in removed.earlier])

    def remove(self, article_id: str) -> bool:
        """Take an article and its earlier versions away; False when it was not there."""
        with self._engine.begin() as connection:
            held = select(articles.c.key, articles.c.text).where(articles.c.id == article_id)
            row = connection.execute(held).one_or_none()
            if row is None:
                return False
            _withdraw_passages(connection, row.key)
            stories.leave(connection, row.key, row.text)
            connection.execute(delete(earlier_versions).where(earlier_versions.c.id == article_id))
            connection.execute(delete(articles).where(articles.c.key == row.key))
        return True

    def mark_gone(self, article_id: str, gone_at: datetime | None) -> None:
        """Note that the article's page is there no more, or with None that it is there again."""
        with self._engine.begin() as connection:
            connection.execute(update(articles).where(articles.c.id == article_id).values(gone_at=gone_at))

    def replace_vectors(self, rows: Iterable[VectorRow]) -> None:
        with self._engine.begin() as connection:
            for row in rows:
                statement = update(passages).where(passages.c.id == row.passage_id)
                connection.execute(statement.values(vector=row.vector.tobytes()))

    # -- reading -----------------------------------------------------------------------------------------------

    def article(self, article_id: str, version: int | None = None) -> Article | None:
        """The current version, or the one asked for; None when there is no such article or version."""
        with self._engine.connect() as connection:
            row = connection.execute(select(*ARTICLE).where(articles.c.id == article_id)).one_or_none()
            if row is not None and version not in (None, row.version):
                earlier = earlier_versions.c
                query = select(earlier_versions).where(earlier.id == article_id, earlier.version == version)
                row = connection.execute(query.order_by(earlier.key.desc())).first()
        return None if row is None else article_of(row)

    def versions(self, article_id: str) -> list[Article]:
        """Every version, the earliest first; none when there is no such article."""
        earlier = earlier_versions.c
        query = select(earlier_versions).where(earlier.id == article_id).order_by(earlier.version, earlier.key)
        with self._engine.connect() as connection:
            rows = [
                *connection.execute(query),
                *connection.execute(select(*ARTICLE).where(articles.c.id == article_id)),
            ]
        return list({row.version: article_of(row) for row in rows}.values())

    def twins(self, body: str) -> list[Article]:
        """The articles whose current text is this one, white space aside, in the order in which they came."""
        query = select(*ARTICLE).where(articles.c.text_hash == text_hash(body)).order_by(articles.c.key)
        with self._engine.connect() as connection:
            return [article_of(row) for row in connection.execute(query)]

    def copies(self, article_ids: Sequence[str], until: datetime | None) -> dict[str, tuple[Copy, ...]]:
        """See stories.copies."""
        with self._engine.connect() as connection:
            return stories.copies(connection, article_ids, until)

    def counts(self) -> tuple[int, int]:
        """Articles and passages."""
        with self._engine.connect() as connection:
            held = connection.execute(select(func.count()).select_from(articles)).scalar_one()
            return held, connection.execute(select(func.count()).select_from(passages)).scalar_one()

    def passages(self, passage_ids: Sequence[str]) -> dict[str, tuple[Passage, Article]]:
        """The passages with these ids and their articles; ids that are gone are left out."""
        with self._engine.connect() as connection:
            placed = _placed(connection.execute(_PLACED.where(passages.c.id.in_(passage_ids))))
        return {row.passage.id: (row.passage, row.article) for row in placed}

    def passages_of(self, article_id: str) -> list[Passage]:
        """An article's passages in their order."""
        query = _PLACED.where(articles.c.id == article_id).order_by(passages.c.position)
        with self._engine.connect() as connection:
            return [row.passage for row in _placed(connection.execute(query))]

    def article_ids(self) -> list[str]:
        with self._engine.connect() as connection:
            return list(connection.execute(select(articles.c.id).order_by(articles.c.key)).scalars())

    def vectors(self, passage_ids: Sequence[str]) -> list[VectorRow]:
        """In no order; ids that are gone are left out."""
        with self._engine.connect() as connection:
            return [_vector_row(row) for row in connection.execute(_VECTORS.where(passages.c.id.in_(passage_ids)))]

    def described(self, keys: Collection[int]) -> list[Described]:
        """In no order; keys that are gone are left out."""
        of_article = articles.c.outlet, articles.c.published_at, articles.c.story
        of_passage = passages.c.key, passages.c.id, articles.c.id.label("article_id"), passages.c.position
        query = select(*of_passage, *of_article, passages.c.vector).join_from(passages, articles)
        with self._engine.connect() as connection:
            rows = connection.execute(query.where(passages.c.key.in_(keys)))
            return [Described(*row[:-1], vector=_vector(row.vector)) for row in rows]

    def dimensions(self) -> int | None:
        """The length of the vectors held, None when there are none."""
        with self._engine.connect() as connection:
            held = connection.execute(select(func.length(passages.c.vector)).limit(1)).scalar()
        return None if held is None else held // np.dtype(np.float32).itemsize

    def passage_ids(self) -> set[str]:
        with self._engine.connect() as connection:
            return set(connection.execute(select(passages.c.id)).scalars())

    def passage_keys(self) -> set[int]:
        with self._engine.connect() as connection:
            return set(connection.execute(select(passages.c.key)).scalars())

    # -- what the indexes have yet to learn -----------------------------------------------------------------------

    def vectors_since(self, generation: int, size: int = 2000) -> Iterator[list[VectorRow]]:
        """Passages stored after this generation, in batches of at most `size`; between two of them nothing is held, so
        that writing goes on however slowly they are taken."""
        query = _VECTORS.add_columns(passages.c.key).order_by(passages.c.key).limit(size)
        if generation:  # else its index would be read, and everything sorted
            query = query.where(passages.c.generation > generation)
        last = -1
        while True:
            with self._engine.connect() as connection:
                rows = connection.execute(query.where(passages.c.key > last)).all()
            if not rows:
                return
            last = rows[-1].key
            yield [_vector_row(row) for row in rows]

    def passages_since(self, generation: int, size: int = 500) -> Iterator[list[PassageRow]]:
        """Passages stored after this generation, in batches of at most `size`."""
        query = _PLACED.where(passages.c.generation > generation).order_by(passages.c.key)
        with self._engine.connect() as connection:
            for rows in connection.execute(query).partitions(size):
                yield _placed(rows)

    def withdrawn(self) -> list[str]:
        with self._engine.connect() as connection:
            return list(connection.execute(select(withdrawn.c.passage_id)).scalars())

    def mark_indexed(self, gone: Sequence[str]) -> None:
        """The indexes hold all that the catalogue holds, and no longer the passages `gone`."""
        with self._engine.begin() as connection:
            remember(connection, "indexed", recall(connection, "generation"))
            remember(connection, "replaced", str(int(recall(connection, "replaced") or 0) + len(gone)))
            for start in range(0, len(gone), 5000):
                part = gone[start : start + 5000]
                connection.execute(delete(withdrawn).where(withdrawn.c.passage_id.in_(part)))

    def adopt(self, vectors: str, seal: str | None = None) -> None:
        """From now on the vectors are in this folder, in which nothing was replaced yet."""
        with self._engine.begin() as connection:
            for name, value in {"vectors": vectors, "replaced": None, "seal": seal}.items():
                remember(connection, name, value)

    def outlets(self) -> list[str]:
        """The outlets of all articles."""
        with self._engine.connect() as connection:
            return list(connection.execute(select(articles.c.outlet).distinct()).scalars())

    def newest(self, until: datetime) -> datetime | None:
        """When the newest article until then was published; None when no date is known."""
        published = articles.c.published_at
        with self._engine.connect() as connection:
            newest: datetime | None = connection.execute(
                select(func.max(published)).where(published <= until)
            ).scalar_one()
        return newest

    def openings(self, scope: Scope, arrived: datetime | None, limit: int) -> list[openings.Opening]:
        """See openings.openings."""
        with self._engine.connect() as connection:
            return openings.openings(connection, scope, arrived, limit)

    def arrived_since(self, moment: datetime) -> int:
        """See openings.arrived_since."""
        with self._engine.connect() as connection:
            return openings.arrived_since(connection, moment)

    # -- within a scope ----------------------------------------------------------------------------------------

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
            return [_vector_row(row) for row in connection.execute(_VECTORS.join(articles).where(*within(scope)))]

    def sound(self) -> bool:
        """Whether the database passes its own check."""
        with self._engine.connect() as connection:
            return bool(connection.execute(text("PRAGMA quick_check")).scalar() == "ok")


def text_hash(body: str) -> str:
    """SHA-256 of a text, white space aside: the same story in another layout is the same text."""
    return hashlib.sha256(" ".join(body.split()).encode()).hexdigest()


def _shelve_all(connection: Connection, batch: Sequence[Shelved], embedder: str) -> None:
    generation = int(recall(connection, "generation") or 0) + 1
    remember(connection, "generation", str(generation))
    remember(connection, "embedder", embedder)
    for shelved in batch:
        _shelve(connection, shelved, generation)


def _shelve(connection: Connection, shelved: Shelved, generation: int) -> None:
    article = shelved.article
    values = row_of(article) | {"text_hash": text_hash(article.text)}
    current = connection.execute(select(articles.c.key, *ARTICLE).where(articles.c.id == article.id)).one_or_none()
    if current is None:
        key = _insert(connection, articles, values)
        stories.join(connection, key, article)
    else:
        key = current.key
        connection.execute(insert(earlier_versions).values(row_of(article_of(current))))
        _withdraw_passages(connection, key)
        stories.leave(connection, key, current.text)
        connection.execute(update(articles).where(articles.c.key == key).values(values))
        stories.join(connection, key, article)
    listing.enter(connection, key, article, len(shelved.passages))
    for passage, vector in zip(shelved.passages, shelved.vectors, strict=True):
        row = {"article_key": key, "generation": generation, "vector": vector.tobytes()}
        row |= {name: getattr(passage, name) for name in ("id", "position", "start", "end")}
        connection.execute(insert(passages).values(row))
        connection.execute(delete(withdrawn).where(withdrawn.c.passage_id == passage.id))


def _insert(connection: Connection, table: Table, values: dict[str, Any]) -> int:
    return int(connection.execute(insert(table).returning(table.c.key), values).scalar_one())


def _withdraw_passages(connection: Connection, article_key: int) -> None:
    mine = passages.c.article_key == article_key
    ids = [{"passage_id": id} for id in connection.execute(select(passages.c.id).where(mine)).scalars()]
    if ids:
        connection.execute(insert(withdrawn).prefix_with("OR IGNORE"), ids)
    connection.execute(delete(passages).where(mine))


def _vector_row(row: Row[Any]) -> VectorRow:
    return VectorRow(row.id, _vector(row.vector))


def _vector(stored: bytes) -> Matrix:
    return np.frombuffer(stored, dtype=np.float32)


def _placed(rows: Iterable[Row[Any]]) -> list[PassageRow]:
    """Passages and articles in one statement: between two, an update would put a passage on another version's text."""
    held: dict[str, Article] = {}
    placed = []
    for row in rows:
        article = held.get(row.id) or held.setdefault(row.id, article_of(row))
        body = article.text[row.p_start : row.p_end]
        passage = Passage(row.p_id, article.id, article.version, row.p_position, row.p_start, row.p_end, body)
        placed.append(PassageRow(row.p_key, passage, article))
    return placed
