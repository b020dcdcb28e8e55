"""Several processes on one PostgreSQL catalogue, each with search indexes of its own, and what its server says."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from stacks import SQLITE_ONLY, Place, WordEmbedder, by_meaning, by_words, story

from vectorstore.errors import LibraryError, LibraryUnreachable, LibraryUnreadable, LibraryUnwritable, SettingsError
from vectorstore.library import Library
from vectorstore.storage.catalogue import Catalogue
from vectorstore.storage.dialect import insert_over
from vectorstore.storage.glance import glance
from vectorstore.storage.location import postgres_url
from vectorstore.storage.postgres import open_postgres, shown
from vectorstore.storage.schema import articles, facts, passages, withdrawn

if TYPE_CHECKING:
    from postgres_server import PostgresServer

FERRY = story("ferry", "The ferry sank in the harbour at night.", "Two sailors were rescued by a trawler.")


@pytest.fixture
def database(postgres: PostgresServer) -> Iterator[str]:
    with postgres.database() as url:
        yield url


@pytest.fixture
def one(tmp_path: Path, database: str) -> Iterator[Library]:
    with Library(tmp_path / "here", WordEmbedder(), database=database) as library:
        yield library


@pytest.fixture
def other(tmp_path: Path, database: str, one: Library) -> Iterator[Library]:
    """As on another machine."""
    with Library(tmp_path / "there", WordEmbedder(), database=database) as library:
        yield library


class TestFollowing:
    def test_each_finds_at_once_what_the_other_stores_changes_and_removes(self, one: Library, other: Library) -> None:
        one.put([FERRY])
        assert by_words(other, "trawler") == {"ferry"} and by_meaning(other, FERRY[1][0].text)[0] == "ferry"
        other.put([story("ferry", "Divers reached the wreck.", version=2)])
        assert by_words(one, "trawler") == set() and by_words(one, "wreck") == {"ferry"}
        assert by_meaning(one, "Divers reached the wreck.", limit=9) == ["ferry"]
        one.edit("ferry", {"title": "Submarine"})
        assert by_words(other, "submarine") == {"ferry"}
        other.remove("ferry")
        assert by_words(one, "wreck", "submarine") == set() and by_meaning(one, "wreck", limit=9) == []
        for library in (one, other):
            assert library.check().sound and library.check().behind == 0

    def test_one_that_was_closed_follows_when_it_is_opened(self, tmp_path: Path, database: str, one: Library) -> None:
        there = tmp_path / "there"
        Library(there, WordEmbedder(), database=database).close()
        one.put([FERRY, story("rates", "Rates rose.")])
        one.remove("ferry")
        assert rows(one, withdrawn), "what went is kept until the one that is closed has heard of it"
        with Library(there, WordEmbedder(), database=database) as other:
            assert by_words(other, "trawler") == set() and by_words(other, "rates") == {"rates"}
            assert by_meaning(other, "Rates rose.", limit=9) == ["rates"] and other.check().sound
        assert by_words(one, "rates") and rows(one, withdrawn) == []

    def test_one_that_was_forgotten_makes_its_indexes_anew(self, tmp_path: Path, database: str, one: Library) -> None:
        there = tmp_path / "there"
        with Library(there, WordEmbedder(), database=database) as other:
            other.put([FERRY])
            assert by_words(other, "trawler")
        long_ago = datetime.now(UTC) - timedelta(days=8)
        with one._catalogue._engine.begin() as connection:
            held = [row.name for row in connection.execute(select(facts)) if "-1-" in row.name]
            [its_own] = {name.partition(": ")[0] for name in held} - {one._catalogue.words_facts.removesuffix(": ")}
            insert_over(connection, facts, [{"name": f"{its_own}: seen", "value": long_ago.isoformat()}])
        one._catalogue.seen(datetime.now(UTC))
        one.remove("ferry")
        assert by_words(one, "trawler") == set() and rows(one, withdrawn) == []
        with Library(there, WordEmbedder(), database=database) as other:
            assert by_words(other, "trawler") == set() and by_meaning(other, "trawler", limit=9) == []
            assert other.check().catalogue_sound and other.check().sound

    def test_both_may_store_at_the_same_time_and_nothing_is_lost(self, one: Library, other: Library) -> None:
        def store(library: Library, name: str) -> None:
            for number in range(6):
                library.store([story(f"{name}{number}", f"Report {name}{number} on fishing.")])
                if number % 3 == 0:
                    library.remove(f"{name}{number}")

        with ThreadPoolExecutor() as pool:
            for done in [pool.submit(store, one, "a"), pool.submit(store, other, "b")]:
                done.result()
        left = {f"{name}{number}" for name in "ab" for number in (1, 2, 4, 5)}
        for library in (one, other):
            library.pending.wait()
        for library in (one, other):
            assert library.counts() == (8, 8) and by_words(library, "fishing") == left
            assert library.check().sound and library.check().waiting == 0

    def test_a_new_embedder_is_taken_over_with_its_vectors(self, tmp_path: Path, database: str, one: Library) -> None:
        one.put([FERRY])
        there = tmp_path / "there"
        with Library(there, WordEmbedder(), database=database) as other:
            assert by_meaning(other, "harbour")
        with Library(tmp_path / "third", WordEmbedder("next", 32), database=database) as changing:
            changing.reindex()
        with Library(there, WordEmbedder("next", 32), database=database) as other:
            assert by_meaning(other, FERRY[1][1].text)[0] == "ferry"
            assert other.check().catalogue_sound and other.check().sound

    def test_it_is_told_who_follows_and_how_far_behind_they_are(self, one: Library, database: str) -> None:
        one.put([FERRY])
        one._catalogue.seen(datetime.now(UTC))
        assert by_words(one, "trawler") == {"ferry"}
        stored = Catalogue(database)
        with one._writing:  # so that it cannot follow at once
            stored.put([story("late", "A bridge opened.")])
            seen = glance(database)
        stored.close()
        assert (seen.articles, seen.problem, [node.behind for node in seen.nodes]) == (2, "", [1])
        assert by_words(one, "bridge") == {"late"}
        assert [node.behind for node in glance(database).nodes] == [0]

    def test_what_a_killed_process_left_without_vectors_gets_some(self, one: Library, database: str) -> None:
        one.pending.resume()  # of a process that has never been asked to embed, it is no business
        killed = Catalogue(database)
        killed.put([FERRY])
        killed.close()
        one.pending.resume()
        assert one.pending.standing().waiting == 2
        one.store([story("rates", "Rates rose.")])
        one.pending.wait()
        assert one.pending.standing().waiting == 0 and by_meaning(one, FERRY[1][1].text)[0] == "ferry"
        killed = Catalogue(database)
        killed.put([story("late", "A bridge opened.")])
        killed.close()
        one.pending.resume()
        assert one.pending.wait() == 0 and by_meaning(one, "A bridge opened.")[0] == "late"

    def test_a_reader_writes_nothing(self, one: Library, tmp_path: Path, database: str) -> None:
        one.put([FERRY])
        with Library(tmp_path / "there", WordEmbedder(), read_only=True, database=database) as reader:
            assert by_words(reader, "trawler") == {"ferry"}
            with pytest.raises(LibraryError, match="reading only"):
                reader.put([story("more", "More.")])


class TestTheServer:
    def test_a_lost_connection_is_made_again(self, one: Library, postgres: PostgresServer) -> None:
        one.put([FERRY])
        postgres.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'dateline'")
        assert one.counts() == (1, 2) and by_words(one, "trawler") == {"ferry"}

    def test_a_connection_that_is_out_when_the_library_is_closed_is_closed_too(self, database: str) -> None:
        engine = open_postgres(database)
        with engine.connect() as out:
            driver = out.connection.driver_connection
            engine.dispose()
        assert driver.closed
        with engine.connect() as later:
            driver = later.connection.driver_connection
        assert driver.closed, "a thread that had not heard of it"

    @pytest.mark.parametrize(
        ("change", "error", "told"),
        [
            (("/test_", "/no_such_"), LibraryUnreadable, "is not there .*createdb"),
            (("//postgres:", "//nobody:"), LibraryUnreadable, "refuses its user .*password"),
            (("?host=/", "?host=/nowhere/"), LibraryUnreachable, "cannot be reached .*See that PostgreSQL runs"),
        ],
        ids=["no database", "no user", "no server"],
    )
    def test_what_is_wrong_is_told_without_the_password(
        self, tmp_path: Path, database: str, change: tuple[str, str], error: type[LibraryError], told: str
    ) -> None:
        url = database.replace(*change).replace(":@", ":s3cret@")
        with pytest.raises(error, match=told) as raised:
            Library(tmp_path / "here", WordEmbedder(), database=url)
        assert "s3cret" not in str(raised.value) and glance(url).problem

    def test_a_user_who_may_not_write_is_told_so(self, tmp_path: Path, database: str, postgres: PostgresServer) -> None:
        Catalogue(database).close()
        postgres.run("DROP ROLE IF EXISTS looker", "CREATE ROLE looker LOGIN", at=database)
        postgres.run("GRANT SELECT ON ALL TABLES IN SCHEMA public TO looker", at=database)
        try:
            looked_at = Catalogue(database.replace("//postgres:", "//looker:"))
            with closing(looked_at), pytest.raises(LibraryUnwritable, match="may only be read"):
                looked_at.put([FERRY])
        finally:
            postgres.run("DROP OWNED BY looker", "DROP ROLE looker", at=database)

    def test_a_catalogue_of_another_version_is_left_alone(self, database: str, postgres: PostgresServer) -> None:
        Catalogue(database).close()
        postgres.run("UPDATE facts SET value = '999' WHERE name = 'schema'", at=database)
        with pytest.raises(LibraryUnreadable, match="its schema is 999"):
            Catalogue(database)

    @pytest.mark.parametrize("url", ["postgresql://host", "postgresql://user:s3cret@host:port/database"])
    def test_an_address_that_is_none_is_told(self, url: str) -> None:
        with pytest.raises(SettingsError, match="postgresql://") as raised:
            Catalogue(url)
        assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("postgresql://u:p@h:5/db", "postgresql://u:p@h:5/db"),
        ("postgres:///db?host=/run/x", "postgresql:///db?host=/run/x"),
        (Path("postgresql://u:p@h:5/db"), "postgresql://u:p@h:5/db"),
        (Path("postgresql:///db?host=/run/x"), "postgresql:///db?host=/run/x"),
        ("/srv/postgresql", ""),
        (Path("library"), ""),
    ],
)
def test_an_address_is_told_from_a_folder_also_where_it_was_taken_for_one(given: object, url: str) -> None:
    assert postgres_url(given) == url


def test_an_address_is_shown_without_its_password_and_options() -> None:
    assert shown("postgresql://ann:s3cret@host/db?sslpassword=x") == "postgresql://ann:***@host/db"


def test_a_text_with_a_nul_keeps_its_offsets(place: Place) -> None:
    shelf = story("a", "One\0two.", "Three.")
    with place.opened() as library:
        library.put([shelf])
        article = library.article("a")
        assert len(article.text) == len(shelf[0].text)
        for passage in library.passages_of("a"):
            assert article.text[passage.start : passage.end] == passage.text
        assert library.conversations.entries("\0") == [] and library.listings.page(_listing("\0")).found == 0


@SQLITE_ONLY
def test_a_folder_forgets_what_went_as_soon_as_its_indexes_have_followed(place: Place) -> None:
    with place.opened() as library:
        library.put([FERRY])
        library.remove("ferry")
        assert rows(library, withdrawn) == [] == rows(library, articles) == rows(library, passages)


def rows(library: Library, table) -> list[tuple]:
    with library._catalogue._engine.connect() as connection:
        return [tuple(row) for row in connection.execute(select(table))]


def _listing(search: str):
    from vectorstore.storage.listings import Listing

    return Listing(search)
