"""The SQL side: articles, their earlier versions, and their passages with vectors. The truth."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    LargeBinary,
    Select,
    Table,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    text,
    update,
)

from vectorstore.languages import resolved
from vectorstore.models import Article, Copy, Passage, PassageRow, Scope, heading
from vectorstore.storage import annotations as added
from vectorstore.storage import listings as listing
from vectorstore.storage import story_groups
from vectorstore.storage.annotations import Annotations
from vectorstore.storage.conversations import Conversations
from vectorstore.storage.database import open_database, recall, remember
from vectorstore.storage.details import as_edited, as_stated, put_right, stated_anew
from vectorstore.storage.listings import Listings
from vectorstore.storage.reading_state import ReadingStates
from vectorstore.storage.rows import (
    ARTICLE,
    PLACED,
    Described,
    Removed,
    Shelved,
    VectorRow,
    WaitingRow,
    article_of,
    placed,
    row_of,
    vector,
    vector_row,
    within,
)
from vectorstore.storage.schema import WITHOUT_VECTOR, articles, earlier_versions, next_vectors, passages, withdrawn
from vectorstore.storage.subscriptions import Subscriptions

NEXT_EMBEDDER = "next embedder"
"""The fact that names it while the vectors of the one in use are still searched."""
_MADE = bindparam("made", type_=LargeBinary)
_KEEP_VECTOR = update(passages).where(passages.c.id == bindparam("of")).values(vector=_MADE)
_KEEP_NEXT_VECTOR = (
    insert(next_vectors)
    .prefix_with("OR REPLACE")
    .from_select(["passage_key", "vector"], select(passages.c.key, _MADE).where(passages.c.id == bindparam("of")))
)
_VECTORS: Select[Any] = select(passages.c.id, passages.c.vector).where(~WITHOUT_VECTOR)
_NEXT_VECTORS: Select[Any] = select(passages.c.id, next_vectors.c.vector).join_from(next_vectors, passages)
_NEWEST_FIRST = func.coalesce(articles.c.published_at, articles.c.ingested_at).desc(), passages.c.key


class Catalogue:
    """Every method that writes is one transaction."""

    def __init__(self, path: Path, read_only: bool = False, only_read: str = "") -> None:
        """`only_read` says to a reader why nothing is written."""
        self.path = path
        self._engine = open_database(path, read_only)
        self.subscriptions = Subscriptions(self._engine)
        self.conversations = Conversations(self._engine, only_read)
        self.listings = Listings(self._engine)
        self.reading_states = ReadingStates(self._engine)
        self.annotations = Annotations(self._engine, only_read)

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
        """See details.put_right."""
        with self._engine.begin() as connection:
            return put_right(connection, article_id, changes, _next_generation(connection))

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
            _withdraw_passages(connection, row.key)
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
            row = connection.execute(select(*ARTICLE).where(articles.c.id == article_id)).one_or_none()
            if row is not None and version not in (None, row.version):
                earlier = earlier_versions.c
                query = select(earlier_versions).where(earlier.id == article_id, earlier.version == version)
                row = connection.execute(query.order_by(earlier.key.desc())).first()
            return None if row is None else as_edited(article_of(row), added.edit_of(connection, article_id))

    def stated(self, article_id: str) -> Article | None:
        """As its publisher states it, whatever was put right here."""
        with self._engine.connect() as connection:
            row = connection.execute(select(*ARTICLE).where(articles.c.id == article_id)).one_or_none()
            return None if row is None else as_stated(article_of(row), added.edit_of(connection, article_id))

    def versions(self, article_id: str, stated: bool = False) -> list[Article]:
        """Every version, the earliest first; none when there is no such article."""
        earlier = earlier_versions.c
        query = select(earlier_versions).where(earlier.id == article_id).order_by(earlier.version, earlier.key)
        with self._engine.connect() as connection:
            rows = [
                *connection.execute(query),
                *connection.execute(select(*ARTICLE).where(articles.c.id == article_id)),
            ]
            edit, told = added.edit_of(connection, article_id), as_stated if stated else as_edited
        return [told(each, edit) for each in {row.version: article_of(row) for row in rows}.values()]

    def twins(self, body: str) -> list[Article]:
        """The articles whose current text is this one, white space aside, in the order in which they came."""
        query = select(*ARTICLE).where(articles.c.text_hash == text_hash(body)).order_by(articles.c.key)
        with self._engine.connect() as connection:
            return [article_of(row) for row in connection.execute(query)]

    def latest_of(self, outlet: str, most: int) -> list[Article]:
        """At most so many articles of an outlet, those that came last first."""
        query = select(*ARTICLE).where(articles.c.outlet == outlet).order_by(articles.c.key.desc()).limit(most)
        with self._engine.connect() as connection:
            return [article_of(row) for row in connection.execute(query)]

    def copies(self, article_ids: Sequence[str], until: datetime | None) -> dict[str, tuple[Copy, ...]]:
        """See story_groups.copies."""
        with self._engine.connect() as connection:
            return story_groups.copies(connection, article_ids, until)

    def counts(self) -> tuple[int, int]:
        """Articles and passages."""
        with self._engine.connect() as connection:
            held = connection.execute(select(func.count()).select_from(articles)).scalar_one()
            return held, connection.execute(select(func.count()).select_from(passages)).scalar_one()

    def passages(self, passage_ids: Sequence[str]) -> dict[str, tuple[Passage, Article]]:
        """The passages with these ids and their articles; ids that are gone are left out."""
        with self._engine.connect() as connection:
            rows = placed(connection.execute(PLACED.where(passages.c.id.in_(passage_ids))))
        return {row.passage.id: (row.passage, row.article) for row in rows}

    def passages_of(self, article_id: str) -> list[Passage]:
        """An article's passages in their order."""
        query = PLACED.where(articles.c.id == article_id).order_by(passages.c.position)
        with self._engine.connect() as connection:
            return [row.passage for row in placed(connection.execute(query))]

    def vectors(self, passage_ids: Sequence[str], coming: bool = False) -> list[VectorRow]:
        """In no order; ids that are gone, or wait, are left out."""
        query = (_NEXT_VECTORS if coming else _VECTORS).where(passages.c.id.in_(passage_ids))
        with self._engine.connect() as connection:
            return [vector_row(row) for row in connection.execute(query)]

    def described(self, keys: Collection[int]) -> list[Described]:
        """In no order; keys that are gone are left out."""
        of_article = articles.c.outlet, articles.c.published_at, articles.c.story
        of_passage = passages.c.key, passages.c.id, articles.c.id.label("article_id"), passages.c.position
        query = select(*of_passage, *of_article, passages.c.vector).join_from(passages, articles)
        with self._engine.connect() as connection:
            rows = connection.execute(query.where(passages.c.key.in_(keys)))
            return [Described(*row[:-1], vector=vector(row.vector)) for row in rows]

    def passage_keys(self) -> set[int]:
        with self._engine.connect() as connection:
            return set(connection.execute(select(passages.c.key)).scalars())

    # -- vectors: those of the embedder in use, or those of the `coming` one ---------------------------------------

    def waiting(self, coming: bool = False) -> int:
        """How many passages have no vector yet."""
        with self._engine.connect() as connection:
            missing = select(func.count()).select_from(passages).where(_missing(coming))
            return connection.execute(missing).scalar_one()

    def next_waiting(self, limit: int, coming: bool = False) -> list[WaitingRow]:
        """The first that are to get one: those of the newest articles."""
        keys = select(passages.c.key).join_from(passages, articles).where(_missing(coming))
        chosen = keys.order_by(*_NEWEST_FIRST).limit(limit)
        query = PLACED.add_columns(passages.c.generation.label("generation")).where(passages.c.key.in_(chosen))
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [
            WaitingRow(at.passage.id, row.generation, f"{heading(at.article)}\n{at.passage.text}")
            for row, at in zip(rows, placed(rows), strict=True)
        ]

    def still_there(self, rows: Sequence[WaitingRow]) -> set[str]:
        """The ids of those of these that were neither removed nor stored again."""
        query = select(passages.c.id, passages.c.generation).where(passages.c.id.in_([row.passage_id for row in rows]))
        read = {(row.passage_id, row.generation) for row in rows}
        with self._engine.connect() as connection:
            return {row.id for row in connection.execute(query) if (row.id, row.generation) in read}

    def keep_vectors(self, rows: Sequence[VectorRow], embedder: str, coming: bool = False) -> None:
        """Vectors of passages that are there; `embedder` made them."""
        with self._engine.begin() as connection:
            _next_generation(connection)  # by which readers see that there is more to find
            if not coming:
                remember(connection, "embedder", embedder)
            parameters = [{"of": row.passage_id, "made": row.vector.tobytes()} for row in rows]
            connection.execute(_KEEP_NEXT_VECTOR if coming else _KEEP_VECTOR, parameters)

    def begin_change(self, embedder: str, anew: bool) -> None:
        """Another embedder's vectors are gathered from now on; those of it that are there are kept unless `anew`."""
        with self._engine.begin() as connection:
            if anew or recall(connection, NEXT_EMBEDDER) != embedder:
                connection.execute(delete(next_vectors))
            remember(connection, NEXT_EMBEDDER, embedder)

    def complete_change(self, vectors: str, seal: str | None = None) -> None:
        """The embedder that was to come is the one in use, and its vectors are in this folder; what was stored last
        may wait for some."""
        its_own = select(next_vectors.c.vector).where(next_vectors.c.passage_key == passages.c.key).scalar_subquery()
        with self._engine.begin() as connection:
            _next_generation(connection)
            connection.execute(update(passages).values(vector=func.coalesce(its_own, literal(b""))))
            connection.execute(delete(next_vectors))
            remember(connection, "embedder", recall(connection, NEXT_EMBEDDER))
            remember(connection, NEXT_EMBEDDER, None)
            _adopt(connection, vectors, seal)

    def dimensions(self, coming: bool = False) -> int | None:
        """The length of the vectors held, None when there are none."""
        with self._engine.connect() as connection:
            held = connection.execute((_NEXT_VECTORS if coming else _VECTORS).limit(1)).one_or_none()
        return None if held is None else len(vector(held.vector))

    def embedded_ids(self, coming: bool = False) -> set[str]:
        """The passages that have a vector."""
        with self._engine.connect() as connection:
            return set(connection.execute(select(passages.c.id).where(~_missing(coming))).scalars())

    def all_vectors(self, size: int = 2000, coming: bool = False) -> Iterator[list[VectorRow]]:
        """In batches of at most `size`; between two of them nothing is held, so that writing goes on however slowly
        they are taken."""
        query = (_NEXT_VECTORS if coming else _VECTORS).add_columns(passages.c.key).order_by(passages.c.key).limit(size)
        last = -1
        while True:
            with self._engine.connect() as connection:
                rows = connection.execute(query.where(passages.c.key > last)).all()
            if not rows:
                return
            last = rows[-1].key
            yield [vector_row(row) for row in rows]

    # -- what the indexes have yet to learn -----------------------------------------------------------------------

    def stored_since(self, generation: int) -> set[str]:
        """The passages stored after this generation."""
        query = select(passages.c.id).where(passages.c.generation > generation)
        with self._engine.connect() as connection:
            return set(connection.execute(query).scalars())

    def passages_since(self, generation: int, size: int = 500) -> Iterator[list[PassageRow]]:
        """Passages stored after this generation, in batches of at most `size`."""
        query = PLACED.where(passages.c.generation > generation).order_by(passages.c.key)
        with self._engine.connect() as connection:
            for rows in connection.execute(query).partitions(size):
                yield placed(rows)

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
            _adopt(connection, vectors, seal)

    def outlets(self) -> list[str]:
        """The outlets of all articles."""
        with self._engine.connect() as connection:
            return list(connection.execute(select(articles.c.outlet).distinct()).scalars())

    def languages(self) -> list[str]:
        """Those that are known, that of most articles first."""
        asked = select(articles.c.language).where(articles.c.language != "").group_by(articles.c.language)
        with self._engine.connect() as connection:
            return list(connection.execute(asked.order_by(func.count().desc(), articles.c.language)).scalars())

    def newest(self, until: datetime) -> datetime | None:
        """When the newest article until then was published; None when no date is known."""
        published = articles.c.published_at
        with self._engine.connect() as connection:
            newest: datetime | None = connection.execute(
                select(func.max(published)).where(published <= until)
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
            return [vector_row(row) for row in connection.execute(_VECTORS.join(articles).where(*within(scope)))]

    def sound(self) -> bool:
        """Whether the database passes its own check."""
        with self._engine.connect() as connection:
            return bool(connection.execute(text("PRAGMA quick_check")).scalar() == "ok")


def text_hash(body: str) -> str:
    """SHA-256 of a text, white space aside: the same story in another layout is the same text."""
    return hashlib.sha256(" ".join(body.split()).encode()).hexdigest()


def _missing(coming: bool) -> ColumnElement[bool]:
    return passages.c.key.not_in(select(next_vectors.c.passage_key)) if coming else WITHOUT_VECTOR


def _adopt(connection: Connection, vectors: str, seal: str | None) -> None:
    for name, value in {"vectors": vectors, "replaced": None, "seal": seal}.items():
        remember(connection, name, value)


def _next_generation(connection: Connection) -> int:
    generation = int(recall(connection, "generation") or 0) + 1
    remember(connection, "generation", str(generation))
    return generation


def _shelve_all(connection: Connection, batch: Sequence[Shelved]) -> None:
    generation = _next_generation(connection)
    for article, its_passages in batch:
        _shelve(connection, article, its_passages, generation)


def _shelve(connection: Connection, article: Article, its_passages: Sequence[Passage], generation: int) -> None:
    edit = added.edit_of(connection, article.id)
    article = replace(article, language=resolved(article.language, article.text))
    article = stated_anew(connection, article, edit)
    values = row_of(article) | {"text_hash": text_hash(article.text)}
    current = connection.execute(select(articles.c.key, *ARTICLE).where(articles.c.id == article.id)).one_or_none()
    if current is None:
        key = _insert(connection, articles, values)
        story_groups.join(connection, key, article)
    else:
        key = current.key
        connection.execute(insert(earlier_versions).values(row_of(as_stated(article_of(current), edit))))
        _withdraw_passages(connection, key)
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


def _withdraw_passages(connection: Connection, article_key: int) -> None:
    mine = passages.c.article_key == article_key
    ids = [{"passage_id": id} for id in connection.execute(select(passages.c.id).where(mine)).scalars()]
    if ids:
        connection.execute(insert(withdrawn).prefix_with("OR IGNORE"), ids)
    connection.execute(delete(passages).where(mine))
