from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path

import pytest
from stacks import SQLITE_ONLY, Place, Shelf, WordEmbedder, by_words, prose, story

from vectorstore.errors import LibraryUnreadable
from vectorstore.library import Library
from vectorstore.models import Copy

WIRE = prose(1)
HALF = WIRE[: len(WIRE) // 2]
OTHER_HALF = WIRE[len(WIRE) // 2 :]


def day(number: int) -> datetime:
    return datetime(2022, 7, number, tzinfo=UTC)


def copies(library: Library, id: str, version: int = 1, until: datetime | None = None) -> list[str]:
    return [copy.id for copy in library.hits([(f"{id}@{version}#0", 1.0)], until)[0].copies]


@pytest.fixture
def library(place: Place) -> Iterator[Library]:
    with place.opened() as library:
        yield library


class TestGrouping:
    def test_copies_are_one_story_and_know_each_other(self, library: Library) -> None:
        library.put([story("post", WIRE), story("other", prose(2)), story("gazette", f"By Jane Doe. {WIRE}")])
        assert [copies(library, id) for id in ("post", "other", "gazette")] == [["gazette"], [], ["post"]]

    def test_a_copy_tells_who_published_it_where_and_when(self, library: Library) -> None:
        published = {"outlet": "Gazette", "url": "https://gazette.example/a", "published_at": day(2)}
        library.put([story("post", WIRE), story("gazette", WIRE, **published)])
        hit = library.hits([("post@1#0", 1.0)])[0]
        assert hit.copies == (Copy("gazette", "Gazette", "https://gazette.example/a", day(2)),)

    def test_the_earliest_comes_first_and_an_unknown_date_last(self, library: Library) -> None:
        dates = {"post": day(1), "undated": None, "late": day(6), "early": day(3)}
        library.put([story(id, WIRE, published_at=at) for id, at in dates.items()])
        assert copies(library, "post") == ["early", "late", "undated"]

    def test_copies_published_later_do_not_count(self, library: Library) -> None:
        dates = {"post": day(1), "undated": None, "late": day(6), "early": day(3)}
        library.put([story(id, WIRE, published_at=at) for id, at in dates.items()])
        assert copies(library, "post", until=day(3)) == ["early", "undated"]

    @pytest.mark.parametrize("order", list(permutations(["half", "whole", "rest"])), ids=" ".join)
    def test_two_parts_are_joined_by_the_whole_in_any_order(self, library: Library, order: tuple[str, ...]) -> None:
        texts = {"half": HALF, "whole": WIRE, "rest": OTHER_HALF}
        library.put([story(id, texts[id]) for id in order])
        assert sorted(copies(library, "half")) == ["rest", "whole"]

    def test_what_an_outlet_prints_again_on_another_day_is_no_copy(self, library: Library) -> None:
        issues = {f"n{number}": day(number) for number in (1, 2, 3)}
        library.put([story(id, f"{WIRE} Issue {id}.", outlet="Post", published_at=at) for id, at in issues.items()])
        assert [copies(library, id) for id in issues] == [[], [], []]

    def test_very_short_texts_are_never_grouped(self, library: Library) -> None:
        library.put([story("a", "Markets are closed today."), story("b", "Markets are closed today.")])
        assert copies(library, "a") == []

    def test_a_story_in_many_outlets_is_one(self, library: Library) -> None:
        library.put([story(f"n{number}", f"{WIRE} Outlet {number}.") for number in range(90)])
        assert len(copies(library, "n89")) == 89


class TestChanging:
    def test_what_is_corrected_slightly_stays(self, library: Library) -> None:
        library.put([story("post", WIRE), story("gazette", WIRE)])
        library.put([story("post", f"{WIRE} A correction was made.", version=2)])
        assert copies(library, "post", version=2) == ["gazette"] and copies(library, "gazette") == ["post"]

    def test_what_is_rewritten_leaves_and_the_others_stay_together(self, library: Library) -> None:
        library.put([story("post", WIRE), story("gazette", WIRE), story("herald", WIRE)])
        library.put([story("post", prose(2), version=2)])
        assert copies(library, "post", version=2) == []
        assert copies(library, "gazette") == ["herald"]

    def test_what_is_rewritten_joins_what_it_copies_now(self, library: Library) -> None:
        library.put([story("post", WIRE), story("gazette", prose(2)), story("herald", prose(2))])
        library.put([story("post", prose(2), version=2)])
        assert copies(library, "gazette") == ["post", "herald"]

    @pytest.mark.parametrize("gone", ["post", "gazette", "herald"])
    def test_when_one_is_removed_the_others_stay_together(self, library: Library, gone: str) -> None:
        library.put([story("post", WIRE), story("gazette", WIRE), story("herald", WIRE)])
        library.remove(gone)
        one, other = {"post", "gazette", "herald"} - {gone}
        assert copies(library, one) == [other]
        library.put([story("new", WIRE)])
        assert sorted(copies(library, "new")) == sorted([one, other])

    @SQLITE_ONLY
    def test_nothing_stays_behind_of_what_is_removed_or_rewritten(self, library: Library) -> None:
        library.put([story("post", WIRE), story("gazette", WIRE)])
        library.put([story("gazette", prose(2), version=2)])
        library.remove("gazette")
        library.remove("post")
        connection = sqlite3.connect(library.folder / "catalogue.db")
        assert connection.execute("SELECT count(*) FROM sketches").fetchone() == (0,)
        connection.close()

    def test_the_place_of_a_removed_article_is_not_its_story(self, library: Library) -> None:
        library.put([story("post", WIRE)])
        library.remove("post")
        library.put([story("other", prose(2)), story("gazette", WIRE)])
        assert copies(library, "gazette") == [] == copies(library, "other")


AS_OF_SCHEMA_3 = "CREATE TABLE passage_words (headline, body); UPDATE facts SET value = '3' WHERE name = 'schema'"
AS_OF_SCHEMA_2 = (
    f"{AS_OF_SCHEMA_3}; DROP INDEX ix_articles_story; ALTER TABLE articles DROP COLUMN story; DROP TABLE sketches;"
    "UPDATE facts SET value = '2' WHERE name = 'schema'"
)


def run(folder: Path, statements: str) -> None:
    connection = sqlite3.connect(folder / "catalogue.db")
    connection.executescript(statements)
    connection.close()


def shape(folder: Path) -> set[tuple[str, str]]:
    """Tables and indexes, as the database spells them."""
    connection = sqlite3.connect(folder / "catalogue.db")
    rows = connection.execute("SELECT name, coalesce(sql, '') FROM sqlite_master").fetchall()
    connection.close()
    return {(name, "" if name == "articles" else sql) for name, sql in rows}


class TestALibraryOfTheVersionBefore:
    @pytest.fixture
    def older(self, folder: Path) -> Path:
        shelves: list[Shelf] = [story("post", WIRE), story("other", prose(2)), story("gazette", WIRE)]
        with Library(folder, WordEmbedder()) as library:
            library.put(shelves)
        return folder

    def test_is_brought_forward_when_it_is_opened(self, older: Path) -> None:
        new = shape(older)
        run(older, AS_OF_SCHEMA_2)
        with Library(older, WordEmbedder()) as library:
            assert copies(library, "post") == ["gazette"] and copies(library, "other") == []
            library.put([story("herald", f"By Jane Doe. {WIRE}")])
            assert len(copies(library, "herald")) == 2
            assert library.check().sound
        assert shape(older) == new

    def test_that_kept_words_in_the_catalogue_makes_their_index(self, older: Path) -> None:
        new = shape(older)
        run(older, AS_OF_SCHEMA_3)
        shutil.rmtree(older / "words")
        with Library(older, WordEmbedder()) as library:
            assert by_words(library, prose(2).split()[0]) == {"other"}
            assert library.check().missing == 0
        assert shape(older) == new

    def test_is_left_as_it_is_when_that_fails(self, older: Path) -> None:
        run(older, f"{AS_OF_SCHEMA_2}; ALTER TABLE articles RENAME COLUMN ingested_at TO mine")
        before = shape(older)
        with pytest.raises(LibraryUnreadable):
            Library(older, WordEmbedder())
        assert shape(older) == before
        run(older, "ALTER TABLE articles RENAME COLUMN mine TO ingested_at")
        with Library(older, WordEmbedder()) as library:
            assert copies(library, "post") == ["gazette"]

    def test_is_refused_beside_the_one_that_writes(self, older: Path) -> None:
        run(older, AS_OF_SCHEMA_2)
        before = shape(older)
        with pytest.raises(LibraryUnreadable, match="earlier version of Dateline.*start this one once"):
            Library(older, WordEmbedder(), read_only=True)
        assert shape(older) == before
