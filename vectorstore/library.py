"""The Library: catalogue, vector index and embedder as one."""

from __future__ import annotations

import logging
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

from vectorstore.accounts import collections_seen
from vectorstore.errors import ArticleNotFound, EmbedderMismatch, LibraryBusy, LibraryUnreachable, LibraryUnwritable
from vectorstore.indexes.embedding import Embedder, TokenLimit
from vectorstore.indexes.homes import ServerHome
from vectorstore.indexes.keywords import KeywordIndex, Vocabulary
from vectorstore.indexes.passage_search import PassageSearch
from vectorstore.indexes.pending import Following, PendingVectors
from vectorstore.indexes.upkeep import KeptIndexes, Progress
from vectorstore.indexes.vectors import ChromaServer, ExactVectors, VectorIndex
from vectorstore.models import EVERYTHING, Article, Candidate, Hit, Scope
from vectorstore.reports import Condition, Health
from vectorstore.shelf import Shelf
from vectorstore.storage.catalogue import Catalogue
from vectorstore.storage.database import may_write
from vectorstore.storage.facts import INDEXED_VECTORS, NEXT_EMBEDDER, SERVER
from vectorstore.storage.folder import (
    CATALOGUE,
    UNTIL_IT_IS_MADE,
    make,
    make_catalogue,
    node_name,
    take,
    take_node,
    writer_lock,
)
from vectorstore.storage.private import keep_private, tighten
from vectorstore.storage.rows import Removed, Shelved

logger = logging.getLogger(__name__)

_CLOSED_TO_OTHERS = "closed to others"
_TOO_MANY_UNFOUND = 0.01
_LOOKS = 3
# Passages that are looked at for each word that the table is searched for.
_MOST_HELD = 20_000
_UNTIL_ANOTHER_PROCESS_IS_DONE = 0.1

Looked = TypeVar("Looked")


class Library(Shelf):
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
        database: str = "",
        vectors: str = "",
        works: bool = True,
    ) -> None:
        """`database` is the postgresql:// URL of the catalogue, "" where it lies in the folder, and `vectors` that of a
        Chroma server, "" for embedded Chroma. One that does not `work` leaves vectors to others."""
        self.folder, self.database = folder, database
        self.read_only = read_only
        self._given = embedder
        self._embedder_named = embedder_named and lru_cache(1)(embedder_named)
        self._writing = threading.RLock()
        self._changing = threading.RLock()
        self._read: tuple[str | None, tuple[ExactVectors, KeywordIndex]] | None = None
        new = not folder.exists()
        make(folder)
        place, self._lock = take_node(folder) if database else (folder, writer_lock(folder))
        self._why_only_read = "it was asked to"
        try:
            if database:
                self._catalogue = Catalogue(database, read_only, self._why_only_read if read_only else "")
                self._catalogue.words_facts = self._catalogue.vector_facts = f"{node_name(place)}: "
            else:
                self._catalogue = self._in_folder(folder)
            home = self._shared_vectors(vectors) if vectors and (database or not read_only) else None
            if not (read_only or database):
                self._keep_private(new)
                if not vectors:  # which is filled anew should it be used again
                    self._catalogue.remember(f"{SERVER}: {INDEXED_VECTORS}", None)
        except BaseException:
            if catalogue := getattr(self, "_catalogue", None):
                catalogue.close()
            self._lock.release()
            raise
        self._kept = KeptIndexes(self._catalogue, place, self._writing, home, others=bool(database))
        self._search = PassageSearch(self._catalogue, lambda: self.embedder)
        self.listings.holding = self._holding
        self.pending = PendingVectors(self._catalogue, self._kept, self._writing, embedder, not works)
        if read_only:
            self.pending.stop()
        self._following = Following(self._catalogue, self._kept, self.pending) if database or home else None
        if self._following:
            self._following.start()

    def _in_folder(self, folder: Path) -> Catalogue:
        path = folder / CATALOGUE
        if not self.read_only or not path.exists():
            take(self._lock, folder, patience=UNTIL_IT_IS_MADE if self.read_only else 0)
        if not path.exists():
            make_catalogue(path)
        if self.read_only:
            self._lock.release()
        if not (self.read_only or may_write(path)):
            raise LibraryUnwritable(f"The catalogue {path} may only be read. Let Dateline write it and its folder.")
        self._why_only_read = "another Dateline uses it" if may_write(path) else "its folder cannot be written"
        return Catalogue(path, self.read_only, self._why_only_read if self.read_only else "")

    def _shared_vectors(self, url: str) -> ServerHome:
        """All who use the catalogue share them, and what is remembered of them."""
        self._catalogue.vector_facts = f"{SERVER}: "
        return ServerHome(ChromaServer(url), self._catalogue.name())

    def _keep_private(self, new: bool) -> None:
        """Once, for a library that an earlier version made: what its owner opens to others later stays open."""
        if not new and self._catalogue.recall(_CLOSED_TO_OTHERS) is None:
            tighten(self.folder)
        if self._catalogue.recall(_CLOSED_TO_OTHERS) is None:
            self._catalogue.remember(_CLOSED_TO_OTHERS, "yes")

    def close(self) -> None:
        """Close everything properly, so that the next open need not look into the index."""
        self.pending.stop()
        if self._following:
            self._following.stop()
        with self._writing:
            try:
                self._kept.close()
            except LibraryUnreachable as error:  # then it is compared with the catalogue when it is next opened
                logger.warning("%s", error)
            finally:
                self._catalogue.close()
                if not self.read_only or self.database:
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
            self._kept.forget(stale)
        self.pending.start()
        return self.article(article_id)

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

    # -- search ------------------------------------------------------------------------------------------------

    def steady(self, look: Callable[[], Looked]) -> Looked:
        """What `look` finds by `search` and `hits`, as if no article were replaced while it looks.

        A new version has other passages, and the index of words learns of them a moment after the catalogue: in
        between neither are found. Whoever has come upon passages that are gone looks again, the last time while changes
        wait; nobody else does.
        """
        for _ in range(_LOOKS - 1):
            before = self._search.gone
            found = look()
            if self._search.gone == before:
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
        self._follow()
        with self._kept.searches.one():
            return self._search.search(*self._searchable(), texts, words, scope, limit, forms)

    def hits(self, scores: Sequence[tuple[str, float]], until: datetime | None = None) -> list[Hit]:
        """Passages with their articles for `(passage id, score)` pairs, in that order.

        Each knows its copies, but for those published after `until`.
        """
        found = self._catalogue.passages([id for id, _ in scores])
        self._search.gone += sum(id not in found for id, _ in scores)
        copies = self._catalogue.copies(list({article.id for _, article in found.values()}), until)
        return [Hit(*found[id], score, copies.get(found[id][1].id, ())) for id, score in scores if id in found]

    def _holding(self, words: Sequence[str]) -> list[set[int]]:
        try:
            self._follow()
            with self._kept.searches.one():
                return self._searchable()[1].holding(words, _MOST_HELD, self._seen())
        except EmbedderMismatch:  # which is told where a question is asked
            return []

    def vocabulary(self, language: str = "") -> Vocabulary:
        """Its words, as they are now: those of the articles that whoever asks may see."""
        self._follow()
        return Vocabulary(self._searchable()[1], language, self._seen())

    def _seen(self) -> Scope:
        """What whoever asks may see, as the index of words takes it."""
        return EVERYTHING if collections_seen() is None else Scope(articles=self._catalogue.ids_within(EVERYTHING))

    def _follow(self) -> None:
        """What other processes have changed; before a search, since vectors are not exchanged for others during one."""
        if self._following:
            self._refuse_other_embedder()
            self._kept.follow_others(_UNTIL_ANOTHER_PROCESS_IS_DONE)

    def condition(self) -> Condition:
        """How it stands right now."""
        articles, passages = self._catalogue.counts()
        followed = self.subscriptions.all()
        failing = sum(bool(each.failures) for each in followed)
        loaded = {"embedder": bool(getattr(self.embedder, "in_memory", True))}
        waiting, behind = self._catalogue.waiting(), self._catalogue.unindexed()
        lost = self._kept.problem
        found = Condition(articles, passages, waiting, behind, len(followed), failing, loaded, vectors_problem=lost)
        queued, aside = self.queue.counts()
        return replace(found, queued=queued, set_aside=aside)

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
            found = Health(articles, at.passages, name, sound, missing, extra, *at[1:], unfound, then)
            return replace(found, behind=self._kept.behind(), vectors_problem=self._kept.problem)

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
        if not self.read_only or self.database:
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
