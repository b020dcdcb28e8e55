"""The Library: catalogue, vector index and embedder as one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from time import sleep
from types import TracebackType
from typing import Any, Self, TypeVar

import numpy as np

from vectorstore.errors import ArticleNotFound, EmbedderMismatch, LibraryBusy, LibraryUnwritable
from vectorstore.indexes.brute_force import ExactVectors
from vectorstore.indexes.embedding import Embedder, TokenLimit
from vectorstore.indexes.keywords import KeywordIndex
from vectorstore.indexes.pending import PendingVectors
from vectorstore.indexes.upkeep import KeptIndexes, Progress
from vectorstore.indexes.vectors import VectorIndex
from vectorstore.indexes.vocabulary import Vocabulary
from vectorstore.models import EVERYTHING, Article, Candidate, Entry, Hit, Matrix, Passage, Scope, heading
from vectorstore.reports import Health
from vectorstore.storage.annotations import Annotations
from vectorstore.storage.catalogue import NEXT_EMBEDDER, Catalogue
from vectorstore.storage.conversations import Conversations
from vectorstore.storage.database import may_write
from vectorstore.storage.folder import CATALOGUE, UNTIL_IT_IS_MADE, make, make_catalogue, take, writer_lock
from vectorstore.storage.listings import Listings
from vectorstore.storage.private import keep_private, tighten
from vectorstore.storage.reading_state import ReadingStates
from vectorstore.storage.rows import Described, Removed, Shelved
from vectorstore.storage.story_groups import Opening
from vectorstore.storage.subscriptions import Subscriptions

_CLOSED_TO_OTHERS = "closed to others"
_TOO_MANY_UNFOUND = 0.01
# Articles: some 2,000 passages, whose vectors are read and compared in about 10 ms.
_LOOKED_AT_SINGLY = 200
_TO_BE_SAFE = 1.5
_MOST_ASKED_FOR = 5000
# Passages without a vector that a search embeds itself: those that its words fit best, in a quarter of a second.
_EMBEDDED_AT_ONCE = 8
_LOOKS = 3
# Passages that are looked at for each word that the table is searched for.
_MOST_HELD = 20_000
_UNTIL_ANOTHER_PROCESS_IS_DONE = 0.1

Looked = TypeVar("Looked")


class _OfThread(threading.local):
    """How many passages a thread's searches have come upon that were gone when they were read."""

    gone = 0


class Library:
    """A folder of articles that can be searched. Threads may share one.

    One process may write; a second one that opens the same folder gets LibraryBusy at once, and one that may not write
    there LibraryUnwritable, unless it opens with `read_only`, which touches neither the lock nor the indexes and
    searches what the catalogue holds.

    What is stored is found by its words at once, and by its meaning as soon as `pending` has given it vectors. While
    the library is changed over to `embedder`, it is searched with the one before, which `embedder_named` opens.
    """

    def __init__(
        self,
        folder: Path,
        embedder: Embedder,
        read_only: bool = False,
        embedder_named: Callable[[str], Embedder] | None = None,
    ) -> None:
        self.folder = folder
        self.read_only = read_only
        self._given = embedder
        self._embedder_named = embedder_named and lru_cache(1)(embedder_named)
        self._writing = threading.RLock()
        self._changing, self._of_thread = threading.RLock(), _OfThread()
        self._read: tuple[str | None, tuple[ExactVectors, KeywordIndex]] | None = None
        path = folder / CATALOGUE
        new = not folder.exists()
        make(folder)
        self._lock = writer_lock(folder)
        if not read_only or not path.exists():
            take(self._lock, folder, patience=UNTIL_IT_IS_MADE if read_only else 0)
        try:
            if not path.exists():
                make_catalogue(path)
            if read_only:
                self._lock.release()
            if not (read_only or may_write(path)):
                raise LibraryUnwritable(f"The catalogue {path} may only be read. Let Dateline write it and its folder.")
            self._why_only_read = "another Dateline uses it" if may_write(path) else "its folder cannot be written"
            self._catalogue = Catalogue(path, read_only, self._why_only_read if read_only else "")
            if not read_only:
                self._keep_private(new)
        except BaseException:
            self._lock.release()
            raise
        self._kept = KeptIndexes(self._catalogue, folder, self._writing)
        self.listings.holding = self._holding
        self.pending = PendingVectors(self._catalogue, self._kept, self._writing, embedder)
        if read_only:
            self.pending.stop()

    def _keep_private(self, new: bool) -> None:
        """Once, for a library that an earlier version made: what its owner opens to others later stays open."""
        if not new and self._catalogue.recall(_CLOSED_TO_OTHERS) is None:
            tighten(self.folder)
        if self._catalogue.recall(_CLOSED_TO_OTHERS) is None:
            self._catalogue.remember(_CLOSED_TO_OTHERS, "yes")

    def close(self) -> None:
        """Close everything properly, so that the next open need not look into the index."""
        self.pending.stop()
        with self._writing:
            try:
                self._kept.close()
            finally:
                self._catalogue.close()
                if not self.read_only:
                    keep_private(self.folder)
                self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- articles ----------------------------------------------------------------------------------------------

    def put(self, batch: Sequence[Shelved]) -> None:
        """As `store`, and wait until everything in the library has its vector."""
        if batch:
            self._store(batch)
            self.pending.wait()

    def store(self, batch: Sequence[Shelved]) -> None:
        """Store articles with their passages, replacing what has the same id; all of them or none.

        They are found by their words from now on, and by their meaning as soon as `pending` has come to them. An
        article replaced stays readable as an earlier version. Raises EmbedderMismatch.
        """
        if batch:
            self.pending.give_way_to_articles()
            self._store(batch)
            self.pending.start()

    def _store(self, batch: Sequence[Shelved]) -> None:
        with self._change():
            self._catalogue.put(batch)

    @contextmanager
    def _change(self) -> Iterator[None]:
        """Of the catalogue, which the index of words follows before anybody else looks at both; see `steady`."""
        with self._writing:
            self._refuse_to_write()
            self._kept.opened()  # before the catalogue moves on, or its opening would find passages missing
            with self._changing:
                yield
                self._kept.follow()

    def remove(self, article_id: str) -> Removed:
        """Take an article and its earlier versions away; what is returned can be put back. Raises ArticleNotFound."""
        with self._change():
            removed = self._held(article_id)
            self._catalogue.remove(article_id)
        return removed

    def restore(self, removed: Removed) -> bool:
        """Put an article back as it was, with its versions; False when one with its id is there."""
        with self._change():
            if self.find(removed.article.id):
                return False
            self._catalogue.restore(removed)
        self.pending.start()
        return True

    def _held(self, article_id: str) -> Removed:
        if (held := self._catalogue.held(article_id)) is None:
            raise ArticleNotFound.named(article_id)
        return held

    def edit(self, article_id: str, changes: Mapping[str, Any]) -> Article:
        """Put its title, outlet, url or published_at right: it is found, cited and listed by these from now on, also
        when it is read again. What is as its publisher states it is no longer edited. Raises ArticleNotFound."""
        with self._change():
            stale = self._catalogue.edit(article_id, changes)
            if stale is None:
                raise ArticleNotFound.named(article_id)
            self._kept.opened().vectors.remove(stale)
        self.pending.start()
        return self.article(article_id)

    def stated(self, article_id: str) -> Article | None:
        """As its publisher states it; None when it is not there."""
        return self._catalogue.stated(article_id)

    def mark_gone(self, article_id: str, gone_at: datetime | None) -> None:
        """Note that the article's page is there no more, or with None that it is there again; it stays readable."""
        with self._writing:
            self._catalogue.mark_gone(article_id, gone_at)

    @property
    def embedder(self) -> Embedder:
        """The one whose vectors are searched."""
        if self._embedder_named and self._catalogue.recall(NEXT_EMBEDDER) == self._given.name:
            in_use = self._catalogue.recall("embedder")
            if in_use not in (None, self._given.name):
                return self._embedder_named(in_use)
        return self._given

    @property
    def token_limit(self) -> TokenLimit:
        """How long a passage with its heading may be."""
        return self.embedder

    @property
    def subscriptions(self) -> Subscriptions:
        """The feeds that this library follows."""
        return self._catalogue.subscriptions

    @property
    def conversations(self) -> Conversations:
        """What was asked of this library."""
        return self._catalogue.conversations

    @property
    def reading_states(self) -> ReadingStates:
        """What its readers have read, starred and follow."""
        return self._catalogue.reading_states

    @property
    def state(self) -> str:
        """Another one after each article that was added, changed or removed."""
        articles, passages = self._catalogue.counts()
        return f"{self._catalogue.recall('generation')}/{articles}/{passages}"

    @property
    def annotations(self) -> Annotations:
        """What its reader marked, noted, tagged and put right."""
        return self._catalogue.annotations

    @property
    def listings(self) -> Listings:
        """The library's table."""
        return self._catalogue.listings

    def find(self, article_id: str, version: int | None = None) -> Article | None:
        """The current version or the one asked for, or None."""
        return self._catalogue.article(article_id, version)

    def article(self, article_id: str, version: int | None = None) -> Article:
        """The current version or the one asked for. Raises ArticleNotFound."""
        found = self._catalogue.article(article_id, version)
        if found is not None:
            return found
        current = self.find(article_id)
        if current is None:
            raise ArticleNotFound.named(article_id)
        raise ArticleNotFound(f"{article_id!r} has no version {version}; its last one is {current.version}.")

    def versions(self, article_id: str) -> list[Article]:
        """Every version, the earliest first and the current one last. Raises ArticleNotFound."""
        found = self._catalogue.versions(article_id)
        if not found:
            raise ArticleNotFound.named(article_id)
        return found

    def twins(self, text: str) -> list[Article]:
        """The articles whose current text is this one, white space aside, in the order in which they came."""
        return self._catalogue.twins(text)

    def latest_of(self, outlet: str, most: int) -> list[Article]:
        """At most so many articles of an outlet, those that came last first."""
        return self._catalogue.latest_of(outlet, most)

    def outlets(self) -> list[str]:
        """The outlets of all articles, in no order."""
        return self._catalogue.outlets()

    def languages(self) -> list[str]:
        """Those that its articles are in, that of most articles first."""
        return self._catalogue.languages()

    def newest(self, until: datetime) -> datetime | None:
        """When the newest article until then was published; None when no date is known."""
        return self._catalogue.newest(until)

    def entries(self, scope: Scope = EVERYTHING) -> list[Entry]:
        """Every article of the scope without its text, the newest addition first."""
        return self._catalogue.listings.everything(scope)

    def passages_of(self, article_id: str) -> list[Passage]:
        """An article's passages in their order."""
        return self._catalogue.passages_of(article_id)

    def openings(
        self,
        scope: Scope = EVERYTHING,
        arrived: datetime | None = None,
        limit: int = 4000,
        by_date: bool = False,
    ) -> list[Opening]:
        """How the articles open that came in after `arrived`, the last to come first; `by_date` the last published
        first, and those of unknown date last."""
        return self._catalogue.openings(scope, arrived, limit, by_date)

    def arrived_since(self, moment: datetime) -> int:
        """How many articles came in, or came in anew, after it."""
        return self._catalogue.arrived_since(moment)

    def counts(self) -> tuple[int, int]:
        """Articles and passages."""
        return self._catalogue.counts()

    # -- search ------------------------------------------------------------------------------------------------

    def steady(self, look: Callable[[], Looked]) -> Looked:
        """What `look` finds by `search` and `hits`, as if no article were replaced while it looks.

        A new version has other passages, and the index of words learns of them a moment after the catalogue: in
        between neither are found. Whoever has come upon passages that are gone looks again, the last time while changes
        wait; nobody else does.
        """
        for _ in range(_LOOKS - 1):
            before = self._of_thread.gone
            found = look()
            if self._of_thread.gone == before:
                return found
            if self.read_only:
                sleep(_UNTIL_ANOTHER_PROCESS_IS_DONE)
            with self._changing:
                pass
        with self._changing:
            return look()

    def search(
        self,
        texts: Mapping[str, float],
        words: Mapping[str, float],
        scope: Scope,
        limit: int,
        forms: Sequence[Sequence[str]] = (),
    ) -> list[Candidate]:
        """The passages nearest in meaning to `texts` and those in which `words` stand, each about `limit`, unordered.

        Both carry their weights; of each group of `forms`, which mean the same, one counts as a word does. Nothing
        outside the scope is returned. Raises EmbedderMismatch.
        """
        if limit < 1:
            return []
        self.pending.give_way_to_question()
        scope = self._settled(scope)
        with self._kept.searches.one():
            index, indexed_words = self._searchable()
            vector = self._meaning(texts)
            by_words = indexed_words.search(words, scope, limit, forms)
            near = self._near(index, vector, scope, limit)
            found = self._catalogue.described(by_words.keys() | near)
            self._of_thread.gone += len((by_words.keys() | near) - {row.key for row in found})
            vectors = {row.key: row.vector for row in found} | self._without_vector(found, by_words)
        return [
            Candidate(
                passage_id=row.passage_id,
                article_id=row.article_id,
                position=row.position,
                outlet=row.outlet,
                published_at=row.published_at,
                keyword=by_words.get(row.key, 0.0),
                similarity=float(np.dot(vectors[row.key], vector)) if vectors[row.key].size else 0.0,
                story=row.story,
            )
            for row in found
        ]

    def _without_vector(self, found: Sequence[Described], by_words: Mapping[int, float]) -> dict[int, Matrix]:
        """The vectors of the best of those that still wait: what came in a moment ago is weighed like all else."""
        waiting = sorted((row for row in found if not row.vector.size), key=lambda row: -by_words.get(row.key, 0.0))
        best = {row.passage_id: row.key for row in waiting[:_EMBEDDED_AT_ONCE]}
        read = self._catalogue.passages([*best]) if best else {}
        texts = [f"{heading(article)}\n{passage.text}" for passage, article in read.values()]
        return dict(zip((best[id] for id in read), self.embedder.passages(texts), strict=True)) if texts else {}

    def _holding(self, words: Sequence[str]) -> list[set[int]]:
        try:
            with self._kept.searches.one():
                return self._searchable()[1].holding(words, _MOST_HELD)
        except EmbedderMismatch:  # which is told where a question is asked
            return []

    def _settled(self, scope: Scope) -> Scope:
        """With the articles that have a tag or a mark, of which the index of words knows nothing, by their ids."""
        if not (scope.tags or scope.marked):
            return scope
        chosen = Scope(articles=scope.articles, tags=scope.tags, marked=scope.marked)
        return replace(scope, articles=self._catalogue.ids_within(chosen), tags=(), marked=False)

    def vocabulary(self, language: str = "") -> Vocabulary:
        """Its words, as they are now."""
        return Vocabulary(self._searchable()[1], language)

    def _meaning(self, texts: Mapping[str, float]) -> Matrix:
        """One vector of length 1 for texts of different weight."""
        vectors = [self.embedder.query(text) * weight for text, weight in texts.items()]
        self._refuse_other_length(vectors)
        total: Matrix = np.sum(vectors, axis=0)
        return total / (np.linalg.norm(total) or 1.0)

    def _near(self, index: VectorIndex, vector: Matrix, scope: Scope, limit: int) -> set[int]:
        """The keys of the passages within the scope that are nearest in meaning, about `limit`.

        A filter costs Chroma ten times the search itself. So a few articles are looked at one by one, and of many the
        index is asked for so much more that enough of it lies within.
        """
        held, within = self._catalogue.articles_within(Scope()), self._catalogue.articles_within(scope)
        wanted = limit
        if within == held:
            scope = Scope()
        elif within <= _LOOKED_AT_SINGLY:
            index = ExactVectors(self._catalogue.vectors_within(scope))
        else:
            wanted = min(_MOST_ASKED_FOR, int(_TO_BE_SAFE * limit * held / within))
        found = [passage_id for passage_id, _ in index.nearest(vector, wanted)]
        keys = self._catalogue.keys_within(found, scope)
        return set([keys[passage_id] for passage_id in found if passage_id in keys][:limit])

    def hits(self, scores: Sequence[tuple[str, float]], until: datetime | None = None) -> list[Hit]:
        """Passages with their articles for `(passage id, score)` pairs, in that order.

        Each knows its copies, but for those published after `until`.
        """
        found = self._catalogue.passages([id for id, _ in scores])
        self._of_thread.gone += sum(id not in found for id, _ in scores)
        copies = self._catalogue.copies(list({article.id for _, article in found.values()}), until)
        return [Hit(*found[id], score, copies.get(found[id][1].id, ())) for id, score in scores if id in found]

    # -- upkeep ------------------------------------------------------------------------------------------------

    def warm(self) -> None:
        """Load the embedder and open the index, so that the first question need not wait."""
        self.embedder.query("warm")
        self._searchable()

    def check(self, deep: bool = False, progress: Progress = lambda done, total: None) -> Health:
        """Look at everything and mend the indexes. A `deep` one also asks for each passage by its own vector, and
        builds the index of vectors anew where more than one in a hundred is not found."""
        with self._writing:
            self._refuse_to_write()
            sound = self._catalogue.sound()
            missing, extra = self._kept.mend() if sound else (0, 0)
            articles, at = self._catalogue.counts()[0], self.pending.standing()
            unfound = self._kept.unfound(progress) if deep and sound else None
            then = None
            if unfound is not None and unfound > _TOO_MANY_UNFOUND * self._kept.embedded():
                self._kept.renew()
                then = self._kept.unfound(progress)
            name = self.embedder.name
            return Health(articles, at.passages, name, sound, missing, extra, *at[1:], unfound, then)

    def reindex(self, progress: Progress = lambda done, total: None) -> int:
        """Embed every passage again with the embedder that was given; returns how many passages there are.

        Until all are done the library is searched with the vectors that it has. When it is cut off, what is done stays,
        and the next one goes on from there, as does `pending` in a library opened with the same embedder.
        """
        with self._writing:
            self._refuse_read_only()
            held = self._catalogue.dimensions(coming=True)
            anew = held is not None and held != len(self._given.query(""))
            self._catalogue.begin_change(self._given.name, anew)
        self.pending.wait(progress)
        return self._catalogue.counts()[1]

    def _searchable(self) -> tuple[VectorIndex, KeywordIndex]:
        self._refuse_other_embedder()
        if not self.read_only:
            kept = self._kept.opened()  # never behind the lock for writing: a reader does not wait for an ingest
            return kept.vectors, kept.words
        with self._writing:
            generation = self._catalogue.recall("generation")
            if self._read is None or self._read[0] != generation:  # the writer goes on writing
                self._read = generation, self._kept.beside_their_writer()
            return self._read[1]

    def _refuse_to_write(self) -> None:
        self._refuse_read_only()
        self._refuse_other_embedder()

    def _refuse_read_only(self) -> None:
        if self.read_only:
            why = self._why_only_read
            raise LibraryBusy(f"The library {self.folder} was opened for reading only, since {why}.")

    def _refuse_other_embedder(self) -> None:
        made_with = self._catalogue.recall("embedder")
        if made_with not in (None, self.embedder.name):
            raise EmbedderMismatch(
                f"The library {self.folder} was made with the embedding model {made_with}, and the setting names "
                f"{self.embedder.name}. Run `dateline library reindex` to embed it again with {self.embedder.name}, "
                "or set DATELINE_EMBEDDER back."
            )

    def _refuse_other_length(self, vectors: Sequence[Matrix]) -> None:
        held = self._catalogue.dimensions()
        if held is not None and any(len(vector) != held for vector in vectors):
            raise EmbedderMismatch.of_length(held, self.embedder.name)
