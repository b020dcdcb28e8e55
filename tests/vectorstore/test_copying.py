"""A library copied from one kind of place to the other: all of it, or a clear word why not."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from stacks import NOW, WordEmbedder, by_meaning, by_words, story

from vectorstore.errors import BackupFailed, LibraryBusy, LibraryUnreadable
from vectorstore.library import Library
from vectorstore.storage.annotations import SavedFilter
from vectorstore.storage.backup import back_up, restore
from vectorstore.storage.catalogue import Catalogue
from vectorstore.storage.conversations import KeptExchange
from vectorstore.storage.copying import copy
from vectorstore.storage.subscriptions import KnownPage, Subscription

if TYPE_CHECKING:
    from postgres_server import PostgresServer


@pytest.fixture
def database(postgres: PostgresServer) -> Iterator[str]:
    with postgres.database() as url:
        yield url


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed library with something of everything."""
    folder = tmp_path_factory.mktemp("full") / "library"
    with Library(folder, WordEmbedder()) as library:
        library.put([story(f"n{n}", f"Report {n} on fishing.", f"Part é {n}.", title=f"É {n}") for n in range(260)])
        library.put([story("n3", "A bridge opened.", version=2)])
        library.remove("n9")
        library.conversations.ask("talk", KeptExchange(1, "Who?", "They.", {"a": [1, None]}, "", False, "up", "y"), NOW)
        feed = Subscription("https://example.org/feed", NOW, "Feed")
        library.subscriptions.add(feed)
        library.subscriptions.record(feed, [KnownPage("https://example.org/1", feed.url, "n1")])
        library.subscriptions.keep_every("30m")
        library.annotations.tag("n4", "sea")
        library.annotations.mark("n5", 1, "Report 5 on fishing.", 0, 6, "a note")
        library.annotations.save_filter(SavedFilter("Sea", tags=("sea",)))
        library.edit("n6", {"title": "Put right"})
        library.reading_states.star(["n4"])
        library.reading_states.follow(["n7", "n8"])
    return folder


def test_there_and_back_it_is_the_same_and_nothing_is_embedded_again(full: Path, database: str, tmp_path: Path) -> None:
    there, back = copy(full, database), copy(database, tmp_path / "back")
    assert there == back and there.articles == 259 and there.resumed == 0
    for place in ({"folder": tmp_path / "node", "database": database}, {"folder": tmp_path / "back"}):
        embedder = WordEmbedder()
        with Library(embedder=embedder, **place) as library:
            assert by_words(library, "bridge") == {"n3"} and by_words(library, "right") == {"n6"}
            assert [each.version for each in library.versions("n3")] == [1, 2]
            assert library.conversations.exchanges("talk")[0].answer == {"a": [1, None]}
            assert library.subscriptions.article_ids() == {"https://example.org/feed": ["n1"]}
            assert library.subscriptions.every() == "30m" and library.reading_states.of().followed
            assert library.annotations.edited("n6").stated["title"] == "É 6"
            assert library.annotations.filters()[0].tags == ("sea",) and library.annotations.tags() == [("sea", 1)]
            library.check()
            assert library.check().sound and embedder.embedded == 0
            assert by_meaning(library, "A bridge opened.", limit=50)
            library.put([story("new", "A tunnel opened.")])
            assert by_words(library, "tunnel") == {"new"}
            assert library.annotations.mark("n8", 1, "Report 8 on fishing.", 0, 6).key == 2


def test_one_that_was_cut_off_goes_on_where_it_ended(full: Path, database: str) -> None:
    class CutOff(Exception):
        pass

    def cut_off(done: int, total: int) -> None:
        if done > total / 2:
            raise CutOff

    with pytest.raises(CutOff):
        copy(full, database, cut_off)
    steps: list[tuple[int, int]] = []
    done = copy(full, database, lambda *step: steps.append(step))
    assert 0 < done.resumed < done.rows and steps[0][0] > done.resumed and steps[-1] == (done.rows, done.rows)
    with pytest.raises(BackupFailed, match="not empty"):
        copy(full, database)


def test_what_is_not_empty_stays_as_it_is(full: Path, database: str, tmp_path: Path) -> None:
    stored = Catalogue(database)
    stored.put([story("mine", "Mine.")])
    for target in (database, full):
        with pytest.raises(BackupFailed, match="is not empty: it has"):
            copy(full, target)
    assert stored.counts() == (1, 1)
    stored.close()


def test_what_is_not_there_or_in_use_is_told(full: Path, database: str, tmp_path: Path) -> None:
    with pytest.raises(LibraryUnreadable, match="no library at"):
        copy(tmp_path / "nowhere", database)
    with Library(tmp_path / "busy", WordEmbedder()), pytest.raises(LibraryBusy):
        copy(full, tmp_path / "busy")


def test_a_database_is_backed_up_to_a_file_that_a_folder_is_restored_from(
    full: Path, database: str, tmp_path: Path
) -> None:
    copy(full, database)
    file = tmp_path / "whole.backup"
    assert back_up(database, file) == 259
    with pytest.raises(BackupFailed, match="there already"):
        back_up(database, file)
    assert restore(tmp_path / "restored", file) == (259, None)
    with sqlite3.connect(tmp_path / "restored" / "catalogue.db") as connection:
        assert connection.execute("SELECT count(*) FROM passages").fetchone() == (517,)
    connection.close()
    with pytest.raises(BackupFailed, match="library copy FILE"):
        restore(database, file)


def test_a_copy_of_a_fresh_process_has_every_table(tmp_path: Path) -> None:
    """Also those of modules that copying itself does not need."""
    with Library(tmp_path / "first", WordEmbedder()) as library:
        library.queue.add(["https://post.example/a"], datetime(2026, 11, 29, tzinfo=UTC))
    program = "import sys, pathlib as p, vectorstore.storage.copying as c; c.copy(*map(p.Path, sys.argv[1:]))"
    places = [str(tmp_path / "first"), str(tmp_path / "second")]
    subprocess.run([sys.executable, "-c", program, *places], check=True)
    with Library(tmp_path / "second", WordEmbedder()) as library:
        assert library.queue.counts() == (1, 0)
