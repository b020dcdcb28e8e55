"""The library's table: what is found, in which order, a page at a time; and what is exported of it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from stacks import NOW, Place, WordEmbedder, story

from vectorstore.errors import ExportUnwritable
from vectorstore.export import write
from vectorstore.library import Library
from vectorstore.models import Scope
from vectorstore.storage.listings import PAGE, Column, Listing, ListPage


def day(number: int, month: int = 7) -> datetime:
    return datetime(2022, month, number, tzinfo=UTC)


def ids(page: ListPage) -> list[str]:
    return [entry.id for entry in page.entries]


@pytest.fixture
def library(place: Place) -> Iterator[Library]:
    with place.opened() as library:
        yield library


@pytest.fixture(scope="module")
def stocked(lasting_places: Callable[[], Place]) -> Iterator[Library]:
    """Four articles that differ in everything, for tests that only read."""
    with lasting_places().opened() as library:
        library.put(
            [
                story("ferry", "It sank.", "Two were saved.", title="Ferry sinks", outlet="Post", published_at=day(3)),
                story("cafe", "Closed.", title="Café à la carte", outlet="gazette", published_at=day(5)),
            ]
        )
        library.put([story("undated", "Nobody knows.", title="100% open_source", outlet="Post", ingested_at=day(1))])
        library.put([story("bare", "One.", "Two.", "Three.", published_at=day(4), ingested_at=day(2))])
        yield library


@pytest.fixture(scope="module")
def many(lasting_places: Callable[[], Place]) -> Iterator[Library]:
    with lasting_places().opened(WordEmbedder(size=8)) as library:
        shelves = [story(f"n{number:03}", f"Report {number}.", title=f"Report {number:03}") for number in range(120)]
        library.put(shelves)
        yield library


class TestSearching:
    @pytest.mark.parametrize(
        ("search", "found"),
        [
            ("", {"ferry", "cafe", "undated", "bare"}),
            ("FERRY", {"ferry"}),
            ("post sink", {"ferry"}),
            ("sinks ferry gazette", set()),
            ("cafe", {"cafe"}),
            ("CAFÉ", {"cafe"}),
            ("err", {"ferry"}),
            ("0%", {"undated"}),
            ("n_s", {"undated"}),
            ("%", {"undated"}),
            ("sank", {"ferry"}),
            ("'); DROP TABLE listed; --", set()),
            ("\ud800", set()),
            ("\x00", set()),
            ("x " * 100_000, set()),
            (" \t\n ", {"ferry", "cafe", "undated", "bare"}),
        ],
    )
    def test_every_word_stands_in_headline_or_outlet(self, stocked: Library, search: str, found: set[str]) -> None:
        page = stocked.listings.page(Listing(search))
        assert set(ids(page)) == found
        assert (page.found, page.held) == (len(found), 4)

    def test_a_corrected_headline_is_found_and_the_old_one_no_longer(self, library: Library) -> None:
        library.put([story("a", "It sank.", title="Ferry sinks")])
        library.put([story("a", "It did not sink.", "It sails.", title="Ship sails on", version=2)])
        assert ids(library.listings.page(Listing("ferry"))) == []
        (entry,) = library.listings.page(Listing("ship")).entries
        assert (entry.version, entry.passages) == (2, 2)

    def test_what_was_removed_is_not_found(self, library: Library) -> None:
        library.put([story("a", "One.", title="Ferry"), story("b", "Two.", title="Ferry")])
        library.remove("a")
        assert ids(library.listings.page(Listing("ferry"))) == ["b"]


@pytest.mark.parametrize(
    ("headline", "held"),
    [("Ferry sinks", True), ("Ferry", False), ("ferry sinks", False), ("Café à la carte", True), ("\ud800", False)],
)
def test_a_headline_is_held_or_not(stocked: Library, headline: str, held: bool) -> None:
    assert stocked.listings.holds(headline) is held


class TestFiltering:
    @pytest.mark.parametrize(
        ("scope", "found"),
        [
            (Scope(outlets=("Post",)), {"ferry", "undated"}),
            (Scope(outlets=("Nowhere",)), set()),
            (Scope(since=day(4)), {"bare", "cafe"}),
            (Scope(since=day(3), until=day(4)), {"ferry", "bare"}),
            (Scope(until=day(3)), {"ferry", "undated"}),
            (Scope(since=day(6)), set()),
            (Scope(without=("bare", "cafe")), {"ferry", "undated"}),
            (Scope(languages=("fr",)), set()),
        ],
    )
    def test_by_outlet_and_by_day(self, stocked: Library, scope: Scope, found: set[str]) -> None:
        assert set(ids(stocked.listings.page(Listing(scope=scope)))) == found

    def test_together_with_words(self, stocked: Library) -> None:
        assert ids(stocked.listings.page(Listing("open", Scope(outlets=("Post",))))) == ["undated"]


class TestSorting:
    @pytest.mark.parametrize(
        ("by", "upwards"),
        [
            (Column.HEADLINE, ["bare", "undated", "cafe", "ferry"]),
            (Column.OUTLET, ["bare", "cafe", "ferry", "undated"]),
            (Column.ADDED, ["undated", "bare", "ferry", "cafe"]),
            (Column.LENGTH, ["cafe", "undated", "bare", "ferry"]),
        ],
    )
    def test_goes_both_ways(self, stocked: Library, by: Column, upwards: list[str]) -> None:
        assert ids(stocked.listings.page(Listing(by=by, descending=False))) == upwards
        assert ids(stocked.listings.page(Listing(by=by))) == upwards[::-1]

    def test_what_has_no_date_is_last_either_way(self, stocked: Library) -> None:
        assert ids(stocked.listings.page(Listing(by=Column.DATE))) == ["cafe", "bare", "ferry", "undated"]
        upwards = Listing(by=Column.DATE, descending=False)
        assert ids(stocked.listings.page(upwards)) == ["ferry", "bare", "cafe", "undated"]

    def test_a_second_time_by_the_same_column_is_the_other_way_round(self) -> None:
        by_date = Listing("ferry", by=Column.ADDED, start=50).sorted_by(Column.DATE)
        assert by_date == Listing("ferry", by=Column.DATE, descending=True, start=0)
        assert by_date.sorted_by(Column.DATE).descending is False
        assert by_date.sorted_by(Column.HEADLINE).descending is False
        assert Listing(by=Column.ADDED).sorted_by(Column.ADDED).descending is False


class TestPages:
    def test_of_fifty_follow_each_other_without_gap_or_repetition(self, many: Library) -> None:
        pages = [many.listings.page(Listing(by=Column.HEADLINE, descending=False, start=at)) for at in (0, 50, 100)]
        assert [id for page in pages for id in ids(page)] == [f"n{number:03}" for number in range(120)]
        assert [len(page.entries) for page in pages] == [PAGE, PAGE, 20]

    @pytest.mark.parametrize("by", list(Column))
    def test_equal_rows_keep_their_order_from_page_to_page(self, many: Library, by: Column) -> None:
        listed = [id for start in (0, 50, 100) for id in ids(many.listings.page(Listing(by=by, start=start)))]
        assert sorted(listed) == [f"n{number:03}" for number in range(120)]

    @pytest.mark.parametrize(("start", "given"), [(10**9, 100), (120, 100), (119, 100), (99, 99), (-5, 0)])
    def test_beyond_the_end_is_the_last_page(self, many: Library, start: int, given: int) -> None:
        assert many.listings.page(Listing(start=start)).start == given

    def test_of_what_is_found(self, many: Library) -> None:
        page = many.listings.page(Listing("report 11", start=50))
        assert (page.start, page.found, page.held) == (0, 11, 120)

    def test_of_an_empty_library_is_empty(self, library: Library) -> None:
        assert library.listings.page(Listing("ferry", start=50)) == ListPage((), 0, 0, 0)
        tally = library.listings.tally(Listing())
        assert (tally.days, tally.undated, tally.outlets) == ({}, 0, ())

    def test_entries_are_whole(self, stocked: Library) -> None:
        entries = stocked.listings.page(Listing(by=Column.ADDED)).entries
        assert tuple(replace(entry, words=0) for entry in entries) == tuple(stocked.entries())
        assert {entry.id: entry.words for entry in entries} == {"ferry": 5, "cafe": 1, "undated": 2, "bare": 3}


class TestTally:
    def test_counts_by_day_and_by_outlet(self, library: Library) -> None:
        times = [day(3), day(3) + timedelta(hours=23, minutes=59), day(4), None]
        library.put([story(f"n{at}", f"{at}.", outlet="Post", published_at=time) for at, time in enumerate(times)])
        library.put([story("other", "Other.", outlet="Gazette", published_at=day(1))])
        tally = library.listings.tally(Listing())
        assert tally.days == {date(2022, 7, 1): 1, date(2022, 7, 3): 2, date(2022, 7, 4): 1}
        assert list(tally.days) == sorted(tally.days)
        assert (tally.undated, tally.outlets) == (1, (("Post", 4), ("Gazette", 1)))
        kept = library.listings.tally(Listing(scope=Scope(outlets=("Gazette",))))
        assert (kept.days, kept.undated, kept.outlets) == ({date(2022, 7, 1): 1}, 0, (("Gazette", 1),))

    def test_counts_by_language(self, library: Library) -> None:
        told = ("fr", "de", "de", "")
        library.put([story(f"n{at}", f"{at}.", outlet=f"Post {at}", language=each) for at, each in enumerate(told)])
        assert library.listings.languages(Listing()) == (("de", 2), ("", 1), ("fr", 1))
        kept = Listing(scope=Scope(outlets=("Post 0",)))
        assert library.listings.languages(kept) == (("fr", 1),)


class TestExport:
    def test_is_in_the_order_of_arrival_whatever_the_order_of_the_table(self, stocked: Library) -> None:
        listing = Listing(by=Column.HEADLINE, start=100)
        assert [article.id for article in stocked.listings.articles(listing)] == ["ferry", "cafe", "undated", "bare"]
        post = Listing("sinks", Scope(outlets=("Post",)))
        assert [article.id for article in stocked.listings.articles(post)] == ["ferry"]

    def test_goes_on_while_articles_come_and_go(self, library: Library) -> None:
        library.put([story(f"n{number:03}", f"Report {number}.") for number in range(450)])
        taken = library.listings.articles(Listing())
        first = next(taken)
        library.remove("n420")
        library.put([story("late", "A late one.")])
        rest = [article.id for article in taken]
        assert first.id == "n000" and len(rest) == 449 and "n420" not in rest and rest[-1] == "late"

    def test_lines_hold_what_is_stated_and_nothing_that_cannot_be_written(self, tmp_path: Path) -> None:
        article, _ = story(
            "a",
            "“Ünï” \u2028 line\nend.",
            title="Half \ud800 a pair",
            outlet="Post",
            authors=("Ann Lee",),
            published_at=day(3),
            url="https://a.example/",
            language="de",
        )
        path = tmp_path / "out.jsonl"
        assert write(path, [article, story("b", "Two.", language="")[0]]) == 2
        first, second = map(json.loads, path.read_bytes().splitlines())
        assert first == {
            "id": "a",
            "title": "Half \ud800 a pair",
            "source": "Post",
            "authors": ["Ann Lee"],
            "published_at": "2022-07-03T00:00:00+00:00",
            "url": "https://a.example/",
            "language": "de",
            "text": "“Ünï” \u2028 line\nend.",
        }
        assert second == {"id": "b", "text": "Two."}

    def test_a_place_that_cannot_be_written_is_told(self, tmp_path: Path) -> None:
        for place in (tmp_path, tmp_path / "missing" / "out.jsonl"):
            with pytest.raises(ExportUnwritable, match="choose another place"):
                write(place, [])
        assert list(tmp_path.iterdir()) == []

    def test_what_was_there_stays_until_all_is_written(self, tmp_path: Path) -> None:
        path = tmp_path / "out.jsonl"
        path.write_text("before")

        def breaking() -> Iterator[object]:
            yield story("a", "One.")[0]
            raise OSError(28, "No space left on device")

        with pytest.raises(ExportUnwritable, match="No space left"):
            write(path, breaking())  # type: ignore[arg-type]
        assert path.read_text() == "before" and list(tmp_path.iterdir()) == [path]


AS_OF_SCHEMA_5 = "DROP TABLE listed; UPDATE facts SET value = '5' WHERE name = 'schema'"


def test_a_library_of_schema_5_gets_its_table(folder: Path) -> None:
    with Library(folder, WordEmbedder()) as library:
        library.put(
            [story("a", "One.", "Two.", title="Café", outlet="Post", published_at=day(3)), story("b", "Three.")]
        )
        before = library.entries(), library.listings.tally(Listing())
    old = sqlite3.connect(folder / "catalogue.db")
    old.executescript(AS_OF_SCHEMA_5)
    old.close()
    with Library(folder, WordEmbedder()) as library:
        assert (library.entries(), library.listings.tally(Listing())) == before
        assert ids(library.listings.page(Listing("cafe post"))) == ["a"]
        library.remove("a")
        assert ids(library.listings.page(Listing())) == ["b"] and library.check().sound


def test_added_at_is_the_libraries_own(stocked: Library) -> None:
    assert {entry.ingested_at for entry in stocked.listings.page(Listing("post")).entries} == {NOW, day(1)}
