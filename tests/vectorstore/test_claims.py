"""Several processes on one PostgreSQL share the work: each passage is embedded once, each feed read by one, and a site
asked by one at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from stacks import WordEmbedder, another_process, by_meaning, by_words, story

from vectorstore.library import Library
from vectorstore.models import Matrix
from vectorstore.storage.catalogue import Catalogue

if TYPE_CHECKING:
    from postgres_server import PostgresServer

MANY = [story(f"n{n}", f"Report {n} on subject {n}.", f"Nothing else of {n}.") for n in range(200)]


class Slow(WordEmbedder):
    """Takes its time, and remembers what it has embedded."""

    def __init__(self, name: str = "words") -> None:
        super().__init__(name)
        self.texts: list[str] = []

    def passages(self, texts: Sequence[str]) -> Matrix:
        threading.Event().wait(0.02)
        self.texts += texts
        return super().passages(texts)


@pytest.fixture
def database(postgres: PostgresServer) -> Iterator[str]:
    with postgres.database() as url:
        yield url


@pytest.fixture
def several(tmp_path: Path, database: str) -> Iterator[list[Library]]:
    with ExitStack() as until:
        yield [until.enter_context(Library(tmp_path / f"{n}", Slow(), database=database)) for n in range(3)]


def embedded(library: Library) -> list[str]:
    embedder = library.embedder
    assert isinstance(embedder, Slow)
    return embedder.texts


def test_each_passage_is_embedded_once_and_each_process_embeds_some(
    several: list[Library], database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vectorstore.indexes.pending._AT_ONCE", 64)
    with closing(Catalogue(database)) as stored:
        stored.put(MANY)
    with ThreadPoolExecutor() as pool:
        assert [*pool.map(lambda library: library.pending.wait(), several)] == [0, 0, 0]
    texts = [text for library in several for text in embedded(library)]
    assert len(texts) == len(set(texts)) == 400
    assert all(len(embedded(library)) >= 32 for library in several), [len(embedded(each)) for each in several]
    for library in several:
        # A search waits a tenth of a second for whoever takes over the others' vectors; a check, until they are there.
        assert library.check().sound and by_meaning(library, "Report 57 on subject 57.")[0] == "n57"


def test_what_one_has_in_its_hands_no_other_gets_until_it_gives_it_back(database: str) -> None:
    with closing(Catalogue(database)) as one, closing(Catalogue(database)) as other:
        one.put(MANY[:100])
        with one.claimed(1000) as all_of_it:
            assert len(all_of_it) == 200
            with other.claimed(1000) as left:
                assert left == []
            with other.claimed(1000, coming=True) as coming:
                assert len(coming) == 200, "another embedder's are another work"
        with other.claimed(64) as some, one.claimed(1000) as rest:
            assert {each.passage_id for each in some}.isdisjoint(each.passage_id for each in rest)
            assert len(some) >= 64 and len(some) + len(rest) == 200


def test_what_a_killed_process_had_in_its_hands_is_done_by_another(database: str, tmp_path: Path) -> None:
    with closing(Catalogue(database)) as stored:
        stored.put(MANY[:50])
        hold = f"""
from vectorstore.storage.catalogue import Catalogue
with Catalogue({database!r}).claimed(1000) as rows:
    print(len(rows), flush=True)
    sys.stdin.read()
"""
        with another_process(hold, tmp_path) as child:
            assert child.stdout and child.stdout.readline().strip() == "100"
            with stored.claimed(1000) as rows:
                assert rows == []
            with Library(tmp_path / "here", Slow(), database=database) as library:
                library.pending.start()
                child.kill()
                child.wait()
                assert library.pending.wait() == 0 and len(embedded(library)) == 100


def test_one_that_leaves_the_work_to_others_stores_and_finds_words(tmp_path: Path, database: str) -> None:
    with Library(tmp_path / "server", Slow(), database=database, works=False) as server:
        server.put(MANY[:3])
        assert server.pending.elsewhere and server.pending.wait() == 6 and embedded(server) == []
        assert by_words(server, "57") == set() and by_words(server, "2") == {"n2"}
        with Library(tmp_path / "worker", Slow(), database=database) as worker:
            worker.pending.start()
            assert worker.pending.wait() == 0
        assert by_meaning(server, "Report 2 on subject 2.")[0] == "n2" and server.check().waiting == 0


def test_one_of_several_changes_over_to_another_embedder(tmp_path: Path, database: str, several: list[Library]) -> None:
    several[0].put(MANY[:40])
    with ExitStack() as until:
        name = {"database": database}
        changing = [until.enter_context(Library(tmp_path / f"next{n}", Slow("next"), **name)) for n in range(2)]  # type: ignore[arg-type]
        with ThreadPoolExecutor() as pool:
            assert [*pool.map(lambda library: library.reindex(), changing)] == [80, 80]
        for library in changing:
            assert by_meaning(library, "Report 7 on subject 7.")[0] == "n7"
            library.check()  # counts what was made when its indexes were opened
            assert library.check().sound
        texts = [text for library in changing for text in embedded(library)]
        assert len(texts) == len(set(texts)) == 80


class TestSites:
    def test_a_site_is_asked_by_one_at_a_time_and_left_alone_as_long_as_it_has_to_be(self, database: str) -> None:
        free_at = datetime(2026, 11, 28, 12, tzinfo=UTC)
        with closing(Catalogue(database)) as one, closing(Catalogue(database)) as other:
            looked, done = threading.Event(), threading.Event()

            def look() -> None:
                looked.set()
                assert done.wait(20)

            def wait_for_it() -> datetime | None:
                with other.subscriptions.turn("news.example", look) as turn:
                    return turn.free_at

            with ThreadPoolExecutor() as pool:
                with one.subscriptions.turn("news.example", look) as turn:
                    assert turn.free_at is None
                    waits = pool.submit(wait_for_it)
                    assert looked.wait(20), "the other one has to wait"
                    with other.subscriptions.turn("elsewhere.example", look) as elsewhere:
                        assert elsewhere.free_at is None
                    turn.free_at = free_at
                done.set()
                assert waits.result() == free_at

    def test_it_is_left_alone_too_after_an_error(self, database: str) -> None:
        with closing(Catalogue(database)) as one:
            with pytest.raises(OSError), one.subscriptions.turn("news.example", lambda: None) as turn:
                turn.free_at = datetime(2026, 11, 28, 12, tzinfo=UTC) + timedelta(minutes=1)
                raise OSError
            with one.subscriptions.turn("news.example", lambda: None) as after:
                assert after.free_at == datetime(2026, 11, 28, 12, 1, tzinfo=UTC)

    def test_no_feed_is_in_two_hands(self, database: str) -> None:
        feeds = [f"https://{n}.example/feed" for n in range(5)]
        with closing(Catalogue(database)) as one, closing(Catalogue(database)) as other:
            with one.subscriptions.claimed(feeds, 2) as first, other.subscriptions.claimed(feeds, 9) as rest:
                assert (first, rest) == (feeds[:2], feeds[2:])
            with other.subscriptions.claimed(feeds, 9) as every:
                assert every == feeds
