"""What the two indexes are made from and kept up with: passages, their vectors, and what has changed since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    LargeBinary,
    Select,
    bindparam,
    delete,
    func,
    literal,
    select,
    update,
)

from vectorstore.models import PassageRow, heading
from vectorstore.storage.dialect import claim, give_back, insert_selected_over
from vectorstore.storage.facts import (
    INDEXED,
    INDEXED_VECTORS,
    NEXT_EMBEDDER,
    VECTORS_OF,
    followed,
    next_generation,
    recall,
    remember,
)
from vectorstore.storage.rows import PLACED, VectorRow, WaitingRow, placed, vector, vector_row
from vectorstore.storage.schema import WITHOUT_VECTOR, articles, next_vectors, passages, withdrawn

VECTORS: Select[Any] = select(passages.c.id, passages.c.vector).where(~WITHOUT_VECTOR)
_NEXT_VECTORS: Select[Any] = select(passages.c.id, next_vectors.c.vector).join_from(next_vectors, passages)
_MADE = bindparam("made", type_=LargeBinary)
_KEEP_VECTOR = (
    update(passages)
    .where(passages.c.id == bindparam("of"))
    .values(vector=_MADE, vector_generation=bindparam("made_in"))
)
_NEXT_VECTOR = select(passages.c.key, _MADE).where(passages.c.id == bindparam("of"))
_NEWEST_FIRST = func.coalesce(articles.c.published_at, articles.c.ingested_at).desc(), passages.c.key


# Lots of passages beside each other are claimed, by their numbers; no more processes than these get some at once.
_LOT, _WORKERS = 64, 16
_IN_USE, _COMING, _CHANGE = 5_610_001, 5_610_002, 5_610_003


class IndexSource:
    """The side of a catalogue that its indexes see; every method that writes is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.shared = engine.dialect.name == "postgresql"
        """Whether other processes may work on it too."""
        self.words_facts = self.vector_facts = ""
        """What the facts about the two indexes begin with, where each of several machines has its own."""

    def size(self) -> tuple[int, int]:
        """Articles and passages."""
        with self._engine.connect() as connection:
            held = connection.execute(select(func.count()).select_from(articles)).scalar_one()
            return held, connection.execute(select(func.count()).select_from(passages)).scalar_one()

    # -- vectors: those of the embedder in use, or those of the `coming` one ---------------------------------------

    def waiting(self, coming: bool = False) -> int:
        """How many passages have no vector yet."""
        with self._engine.connect() as connection:
            missing = select(func.count()).select_from(passages).where(_missing(coming))
            return connection.execute(missing).scalar_one()

    def next_waiting(self, limit: int, coming: bool = False) -> list[WaitingRow]:
        """The first that are to get one: those of the newest articles."""
        keys = select(passages.c.key).join_from(passages, articles).where(_missing(coming))
        return self._waiting_rows(keys.order_by(*_NEWEST_FIRST).limit(limit), coming)

    def _waiting_rows(self, keys: Any, coming: bool) -> list[WaitingRow]:
        """Those of the passages with these keys that still wait."""
        query = PLACED.add_columns(passages.c.generation.label("generation")).where(passages.c.key.in_(keys))
        query = query.where(_missing(coming))
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [
            WaitingRow(at.passage.id, row.generation, f"{heading(at.article)}\n{at.passage.text}")
            for row, at in zip(rows, placed(rows), strict=True)
        ]

    @contextmanager
    def claimed(self, limit: int, coming: bool = False) -> Iterator[list[WaitingRow]]:
        """About as many as `next_waiting`, of which no other process has any in its hands until they are given back;
        none where others have all of them. Those of a process that ends are free again."""
        kind = _COMING if coming else _IN_USE
        if not self.shared:
            yield self.next_waiting(limit, coming)
            return
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            try:
                keys = select(passages.c.key).join_from(passages, articles).where(_missing(coming))
                ahead = connection.execute(keys.order_by(*_NEWEST_FIRST).limit(limit * _WORKERS)).scalars().all()
                lots, own, held = dict.fromkeys(key // _LOT for key in ahead), set[int](), 0
                sizes = Counter(key // _LOT for key in ahead)
                for lot in lots:
                    if held < limit and claim(connection, kind, lot):
                        own.add(lot)
                        held += sizes[lot]
                yield self._waiting_rows([key for key in ahead if key // _LOT in own], coming)
            finally:
                give_back(connection)

    def still_there(self, rows: Sequence[WaitingRow]) -> set[str]:
        """The ids of those of these that were neither removed nor stored again."""
        query = select(passages.c.id, passages.c.generation).where(passages.c.id.in_([row.passage_id for row in rows]))
        read = {(row.passage_id, row.generation) for row in rows}
        with self._engine.connect() as connection:
            return {row.id for row in connection.execute(query) if (row.id, row.generation) in read}

    def keep_vectors(
        self, rows: Sequence[VectorRow], embedder: str, coming: bool = False, indexed: bool = True
    ) -> None:
        """Vectors of passages that are there; `embedder` made them, and the index has them already if `indexed`."""
        with self._engine.begin() as connection:
            generation = next_generation(connection)  # by which readers see that there is more to find
            if indexed and recall(connection, f"{self.vector_facts}{INDEXED_VECTORS}") == str(generation - 1):
                remember(connection, f"{self.vector_facts}{INDEXED_VECTORS}", str(generation))
            if not coming:
                remember(connection, "embedder", embedder)
                if indexed and self.vector_facts:
                    remember(connection, f"{self.vector_facts}{VECTORS_OF}", embedder)
            parameters: list[dict[str, Any]] = [{"of": row.passage_id, "made": row.vector.tobytes()} for row in rows]
            if not coming:
                parameters = [each | {"made_in": generation} for each in parameters]
            keep: Any = _KEEP_VECTOR
            if coming:
                keep = insert_selected_over(connection, next_vectors, ["passage_key", "vector"], _NEXT_VECTOR)
            connection.execute(keep, parameters)

    def begin_change(self, embedder: str, anew: bool) -> None:
        """Another embedder's vectors are gathered from now on; those of it that are there are kept unless `anew`."""
        with self._engine.begin() as connection:
            if anew or recall(connection, NEXT_EMBEDDER) != embedder:
                connection.execute(delete(next_vectors))
            remember(connection, NEXT_EMBEDDER, embedder)

    @contextmanager
    def changing(self) -> Iterator[bool]:
        """Whether this process, and no other one meanwhile, is to change over to the coming embedder."""
        if not self.shared:
            yield True
            return
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            try:
                yield claim(connection, _CHANGE, 0)
            finally:
                give_back(connection)

    def complete_change(self, vectors: str, seal: str | None = None) -> None:
        """The embedder that was to come is the one in use, and its vectors are in this folder; what was stored last
        may wait for some."""
        its_own = select(next_vectors.c.vector).where(next_vectors.c.passage_key == passages.c.key).scalar_subquery()
        with self._engine.begin() as connection:
            generation = next_generation(connection)
            changed = {"vector": func.coalesce(its_own, literal(b"")), "vector_generation": generation}
            connection.execute(update(passages).values(changed))
            connection.execute(delete(next_vectors))
            remember(connection, "embedder", recall(connection, NEXT_EMBEDDER))
            remember(connection, NEXT_EMBEDDER, None)
            self._adopt(connection, vectors, seal, generation)

    def dimensions(self, coming: bool = False) -> int | None:
        """The length of the vectors held, None when there are none."""
        with self._engine.connect() as connection:
            held = connection.execute((_NEXT_VECTORS if coming else VECTORS).limit(1)).one_or_none()
        return None if held is None else len(vector(held.vector))

    def embedded_ids(self, coming: bool = False) -> set[str]:
        """The passages that have a vector."""
        with self._engine.connect() as connection:
            return set(connection.execute(select(passages.c.id).where(~_missing(coming))).scalars())

    def vectors(self, passage_ids: Sequence[str], coming: bool = False) -> list[VectorRow]:
        """In no order; ids that are gone, or wait, are left out."""
        query = (_NEXT_VECTORS if coming else VECTORS).where(passages.c.id.in_(passage_ids))
        with self._engine.connect() as connection:
            return [vector_row(row) for row in connection.execute(query)]

    def all_vectors(self, size: int = 2000, coming: bool = False) -> Iterator[list[VectorRow]]:
        """In batches of at most `size`; between two of them nothing is held, so that writing goes on however slowly
        they are taken."""
        query = (_NEXT_VECTORS if coming else VECTORS).add_columns(passages.c.key).order_by(passages.c.key).limit(size)
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
            for rows in connection.execute(query, execution_options={"yield_per": size}).partitions():
                yield placed(rows)

    def unindexed(self) -> int:
        """How many passages were stored since this node's index of words last held all."""
        with self._engine.connect() as connection:
            known = int(recall(connection, f"{self.words_facts}{INDEXED}") or 0)
            since = select(func.count()).select_from(passages).where(passages.c.generation > known)
            return connection.execute(since).scalar_one()

    def vectors_since(self, generation: int, size: int = 2000) -> Iterator[list[VectorRow]]:
        """Those that were made after this generation, in batches of at most `size`."""
        query = VECTORS.where(passages.c.vector_generation > generation)
        with self._engine.connect() as connection:
            for rows in connection.execute(query, execution_options={"yield_per": size}).partitions():
                yield [vector_row(row) for row in rows]

    def waiting_since(self, generation: int) -> list[str]:
        """Passages stored after this generation that have no vector: what an index has for them is of other words."""
        query = select(passages.c.id).where(passages.c.generation > generation, WITHOUT_VECTOR)
        with self._engine.connect() as connection:
            return list(connection.execute(query).scalars())

    def withdrawn_since(self, generation: int) -> list[str]:
        """Passages that are gone since this generation."""
        query = select(withdrawn.c.passage_id).where(withdrawn.c.generation > generation)
        with self._engine.connect() as connection:
            return list(connection.execute(query).scalars())

    def mark_indexed(self, generation: int, vectors: bool = True, replaced: int = 0) -> None:
        """The index of words, and that of `vectors`, have followed the catalogue up to this generation; `replaced` are
        passages that were taken out of the vectors. What all indexes have followed is forgotten."""
        with self._engine.begin() as connection:
            remember(connection, f"{self.words_facts}{INDEXED}", str(generation))
            if vectors:
                remember(connection, f"{self.vector_facts}{INDEXED_VECTORS}", str(generation))
                name = f"{self.vector_facts}replaced"
                remember(connection, name, str(int(recall(connection, name) or 0) + replaced))
            least = min(followed(connection).values(), default=0)
            connection.execute(delete(withdrawn).where(withdrawn.c.generation <= least))

    def adopt(self, vectors: str, seal: str | None = None, generation: int = 0) -> None:
        """From now on the vectors are in this folder, in which nothing was replaced yet; it has all of a generation."""
        with self._engine.begin() as connection:
            self._adopt(connection, vectors, seal, generation)

    def _adopt(self, connection: Connection, vectors: str, seal: str | None, generation: int) -> None:
        held = {"vectors": vectors, "replaced": None, "seal": seal, INDEXED_VECTORS: str(generation)}
        for name, value in {**held, VECTORS_OF: recall(connection, "embedder")}.items():
            remember(connection, f"{self.vector_facts}{name}", value)


def _missing(coming: bool) -> ColumnElement[bool]:
    return passages.c.key.not_in(select(next_vectors.c.passage_key)) if coming else WITHOUT_VECTOR
