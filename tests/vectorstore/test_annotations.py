"""What a reader adds to articles: kept with exact offsets, gone and back with the article, and searched within."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from stacks import NOW, SQLITE_ONLY, Place, WordEmbedder, beside, by_words, story

from ingest.change_detection import recognise
from vectorstore.errors import AnnotationUnusable, LibraryBusy
from vectorstore.library import Library
from vectorstore.models import Scope
from vectorstore.reports import Outcome
from vectorstore.storage.annotations import LONGEST_NOTE, SavedFilter
from vectorstore.storage.listings import Column, Listing

DAY = datetime(2026, 11, 21, tzinfo=UTC)
HURT = "Two sailors were hurt."


@pytest.fixture
def library(place: Place) -> Iterator[Library]:
    with place.opened() as library:
        yield library


@pytest.fixture
def stocked(library: Library) -> Library:
    library.put(
        [
            story(
                "ferry", "The ferry struck the pier.", "Two sailors were hurt.", title="Ferry strikes", outlet="Post"
            ),
            story(
                "rates", "The central bank raised rates.", "Savers were pleased.", title="Rates rise", outlet="Ledger"
            ),
            story("vote", "Norvale votes on ferries.", "Sailors protest.", title="Vote", outlet="Post"),
        ]
    )
    return library


def text_of(library: Library, id: str) -> str:
    return library.article(id).text


class TestMarks:
    def test_a_mark_keeps_its_offsets_its_version_and_its_note(self, place: Place) -> None:
        with place.opened() as library:
            library.put([story("a", "Ärzte 𝄞 helped.", "Nobody else did.")])
            made = library.annotations.mark("a", 1, text_of(library, "a"), 6, 7, "  a clef  ")
            assert (made.words, made.note) == ("𝄞", "a clef")
        with place.opened() as library:
            [kept] = library.annotations.marks("a")
            assert kept == made and text_of(library, "a")[kept.start : kept.end] == kept.words
            library.put([story("a", "Doctors helped.", version=2)])
            [kept] = library.annotations.marks("a")
            assert kept.version == 1 and library.article("a", 1).text[kept.start : kept.end] == kept.words

    @pytest.mark.parametrize(("start", "end"), [(-1, 4), (0, 10**9), (5, 5), (7, 3), (26, 27), (0, 10**20)])
    def test_what_is_not_in_the_text_is_refused(self, stocked: Library, start: int, end: int) -> None:
        with pytest.raises(AnnotationUnusable, match="not in the article"):
            stocked.annotations.mark("ferry", 1, text_of(stocked, "ferry"), start, end)
        assert stocked.annotations.marks() == []

    def test_the_same_words_are_marked_once_and_keep_their_note(self, stocked: Library) -> None:
        text = text_of(stocked, "ferry")
        first = stocked.annotations.mark("ferry", 1, text, 4, 9, "mine")
        assert stocked.annotations.mark("ferry", 1, text, 4, 9) == first
        assert stocked.annotations.mark("ferry", 1, text, 4, 9, "other").note == "other"
        assert len(stocked.annotations.marks()) == 1

    def test_notes_are_changed_and_marks_removed(self, stocked: Library) -> None:
        kept = stocked.annotations
        mark = kept.mark("ferry", 1, text_of(stocked, "ferry"), 4, 9)
        kept.note(mark.key, "<script>alert(1)</script> \ud800")
        assert kept.marks("ferry")[0].note == "<script>alert(1)</script> ?"
        with pytest.raises(AnnotationUnusable, match="4,001"):
            kept.note(mark.key, "x" * (LONGEST_NOTE + 1))
        kept.unmark(mark.key)
        kept.unmark(mark.key)
        assert kept.marks() == []
        with pytest.raises(AnnotationUnusable, match="no longer there"):
            kept.note(mark.key, "late")
        assert kept.mark("ferry", 1, text_of(stocked, "ferry"), 0, 3).key != mark.key

    def test_a_library_that_is_only_read_says_so(self, stocked: Library) -> None:
        with beside(stocked) as reader:
            assert reader.annotations.marks() == []
            with pytest.raises(LibraryBusy, match="opened for reading only"):
                reader.annotations.tag("ferry", "harbour")


class TestTags:
    def test_they_are_counted_sorted_and_written_as_they_were_first(self, stocked: Library) -> None:
        kept = stocked.annotations
        assert kept.tag("ferry", "  Harbour   news ") == kept.tag("vote", "HARBOUR NEWS") == "Harbour news"
        kept.tag("ferry", "abroad")
        kept.tag("ferry", "abroad")
        assert kept.tags() == [("abroad", 1), ("Harbour news", 2)]
        assert kept.tags_of(["ferry", "rates"]) == {"ferry": ("abroad", "Harbour news")}
        assert kept.untag("ferry", "abroad") and not kept.untag("ferry", "abroad")

    @pytest.mark.parametrize("tag", ["", " \n ", "x" * 61, "a\x00b", "\u202eevil", "\u200b"])
    def test_what_cannot_be_a_tag_is_refused(self, stocked: Library, tag: str) -> None:
        with pytest.raises(AnnotationUnusable):
            stocked.annotations.tag("ferry", tag)

    def test_markup_is_only_text(self, stocked: Library) -> None:
        assert stocked.annotations.tag("ferry", "<b>'; DROP TABLE tags; --</b>").startswith("<b>")
        assert len(stocked.annotations.tags()) == 1

    def test_an_article_has_so_many_and_no_more(self, stocked: Library) -> None:
        for number in range(40):
            stocked.annotations.tag("ferry", f"tag {number}")
        with pytest.raises(AnnotationUnusable, match="40 tags"):
            stocked.annotations.tag("ferry", "one more")
        assert stocked.annotations.tag("ferry", "TAG 7") == "tag 7"


class TestWithin:
    @pytest.mark.parametrize(
        ("scope", "found"),
        [
            (Scope(tags=("sea",)), {"ferry", "vote"}),
            (Scope(tags=("money", "sea"), outlets=("Ledger",)), {"rates"}),
            (Scope(tags=("nothing",)), set()),
            (Scope(marked=True), {"vote"}),
            (Scope(marked=True, tags=("money",)), set()),
            (Scope(articles=("ferry", "gone")), {"ferry"}),
            (Scope(articles=()), set()),
            (Scope(articles=("ferry", "vote"), marked=True), {"vote"}),
        ],
    )
    def test_searches_and_the_table_are_kept_to_it(self, stocked: Library, scope: Scope, found: set[str]) -> None:
        for article, tag in (("ferry", "sea"), ("vote", "sea"), ("rates", "money")):
            stocked.annotations.tag(article, tag)
        stocked.annotations.mark("vote", 1, text_of(stocked, "vote"), 0, 7)
        hits = stocked.search({"sailors rates": 1.0}, {"sailors": 1.0, "rates": 1.0}, scope, 10)
        assert {each.article_id for each in hits} == found
        assert {entry.id for entry in stocked.listings.page(Listing(scope=scope)).entries} == found

    def test_as_many_articles_as_there_are_can_be_named(self, stocked: Library) -> None:
        scope = Scope(articles=("ferry", *(f"n{number}" for number in range(40_000))))
        assert [entry.id for entry in stocked.entries(scope)] == ["ferry"]
        assert {each.article_id for each in stocked.search({"ferry": 1.0}, {"ferry": 1.0}, scope, 5)} == {"ferry"}


class TestCollections:
    def test_a_filter_is_kept_replaced_and_forgotten(self, stocked: Library) -> None:
        kept = stocked.annotations
        harbour = SavedFilter("Harbour", "ferry", "2026-11-01", "", ("Post",), (), ("sea",), True)
        assert kept.save_filter(harbour) == harbour and kept.filters() == [harbour]
        assert kept.save_filter(SavedFilter(" Harbour ", tags=("sea",))) == SavedFilter("Harbour", tags=("sea",))
        kept.save_filter(SavedFilter("abroad"))
        assert [each.name for each in kept.filters()] == ["abroad", "Harbour"]
        assert kept.forget_filter("Harbour") and not kept.forget_filter("Harbour")
        with pytest.raises(AnnotationUnusable, match="This name needs"):
            kept.save_filter(SavedFilter("  "))


class TestDetails:
    CHANGES = {"title": "Ferry hits Lakemont pier", "outlet": "The Harbour Post", "published_at": DAY}

    def test_it_is_found_listed_and_cited_by_what_was_put_right(self, stocked: Library) -> None:
        assert stocked.edit("ferry", self.CHANGES).published_at == DAY
        assert by_words(stocked, "lakemont") == {"ferry"} and by_words(stocked, "strikes") == set()
        found = stocked.search({"ferry": 1.0}, {"ferry": 1.0}, Scope(since=DAY, outlets=("The Harbour Post",)), 5)
        assert {each.article_id for each in found} == {"ferry"}
        assert stocked.outlets().count("The Harbour Post") == 1
        assert stocked.listings.page(Listing()).entries[0].title == "Ferry hits Lakemont pier"
        stocked.pending.wait()
        assert stocked.check().sound

    def test_reading_it_again_keeps_what_was_put_right_and_sees_what_the_publisher_changed(
        self, stocked: Library
    ) -> None:
        again = stocked.article("ferry")
        stocked.edit("ferry", self.CHANGES)
        row, _ = recognise("ferry", again, stocked)
        assert row.outcome is Outcome.UNCHANGED
        stocked.put([story("ferry", "It struck the quay.", title="Ferry strikes quay", outlet="Post", version=2)])
        assert stocked.article("ferry").title == stocked.article("ferry", 1).title == "Ferry hits Lakemont pier"
        stated = stocked.stated("ferry")
        assert stated and (stated.title, stated.outlet, stated.published_at) == ("Ferry strikes quay", "Post", None)

    def test_what_its_publisher_states_is_put_back(self, stocked: Library) -> None:
        before = stocked.article("ferry")
        stocked.edit("ferry", self.CHANGES)
        edit = stocked.annotations.edited("ferry")
        assert edit and edit.changed == self.CHANGES and edit.stated["title"] == "Ferry strikes"
        assert stocked.edit("ferry", edit.stated) == before
        assert stocked.annotations.edited("ferry") is None
        assert by_words(stocked, "strikes") == {"ferry"} and by_words(stocked, "lakemont") == set()

    def test_the_original_of_an_earlier_version_comes_back_too(self, stocked: Library) -> None:
        stocked.edit("ferry", {"title": "Mine"})
        stocked.put([story("ferry", "New words.", title="Second", version=2)])
        assert [each.title for each in stocked.versions("ferry")] == ["Mine", "Mine"]
        stocked.edit("ferry", {"title": "Second"})
        assert [each.title for each in stocked.versions("ferry")] == ["Ferry strikes", "Second"]

    def test_an_article_that_is_not_there_cannot_be_edited(self, stocked: Library) -> None:
        with pytest.raises(Exception, match="No article has the id 'gone'"):
            stocked.edit("gone", {"title": "x"})


def test_all_of_it_goes_with_the_article_and_comes_back_with_it(stocked: Library) -> None:
    kept = stocked.annotations
    kept.tag("ferry", "sea")
    mark = kept.mark("ferry", 1, text_of(stocked, "ferry"), 4, 9, "a note")
    stocked.edit("ferry", {"title": "Put right"})
    removed = stocked.remove("ferry")
    assert (kept.tags(), kept.marks(), kept.edited("ferry")) == ([], [], None)
    assert stocked.restore(removed)
    assert (kept.tags(), kept.marks()) == ([("sea", 1)], [mark])
    assert stocked.article("ferry").title == "Put right"
    stated = stocked.stated("ferry")
    assert stated and stated.title == "Ferry strikes"


def test_a_removed_article_that_is_read_anew_has_nothing_of_it(stocked: Library) -> None:
    stocked.edit("ferry", {"title": "Put right"})
    stocked.remove("ferry")
    stocked.put([story("ferry", "It struck.", title="Ferry strikes")])
    assert stocked.article("ferry").title == "Ferry strikes" and stocked.annotations.edited("ferry") is None


class TestFullText:
    @pytest.mark.parametrize(
        ("search", "found"),
        [
            ("sailors", {"ferry", "vote"}),
            ("sailor hurt", {"ferry"}),
            ("post sailors", {"ferry", "vote"}),
            ("pier hurt", {"ferry"}),  # in two passages
            ("rates sailors", set()),
            ("strik", {"ferry"}),  # a part of a headline's word
            ("!!", set()),
            ("sailors " * 500, {"ferry", "vote"}),
        ],
    )
    def test_every_word_stands_somewhere_in_the_article(self, stocked: Library, search: str, found: set[str]) -> None:
        page = stocked.listings.page(Listing(search))
        assert {entry.id for entry in page.entries} == found and page.found == len(found)
        assert sum(stocked.listings.tally(Listing(search)).days.values()) + stocked.listings.tally(
            Listing(search)
        ).undated == len(found)
        assert {article.id for article in stocked.listings.articles(Listing(search))} == found

    def test_the_place_is_told_with_its_offsets(self, stocked: Library) -> None:
        page = stocked.listings.page(Listing("sailors"))
        place = page.places["ferry"]
        assert place.text == HURT == text_of(stocked, "ferry")[place.start : place.end]

    def test_other_scripts_are_found(self, library: Library) -> None:
        library.put(
            [story("zh", "渡轮在码头发生事故。", language="zh"), story("ar", "غرقت السفينة أمس.", language="ar")]
        )
        assert [entry.id for entry in library.listings.page(Listing("码头")).entries] == ["zh"]
        assert [entry.id for entry in library.listings.page(Listing("السفينة")).entries] == ["ar"]

    def test_the_length_is_told_in_words_and_sorted_by(self, stocked: Library) -> None:
        entries = stocked.listings.page(Listing(by=Column.LENGTH)).entries
        assert [entry.words for entry in entries] == [8, 9, 6]  # by characters, which is as good

    def test_the_newest_report_comes_first(self, library: Library) -> None:
        library.put(
            [story("new", "One.", published_at=DAY), story("old", "Two.", published_at=NOW), story("none", "3.")]
        )
        assert [entry.id for entry in library.listings.page(Listing()).entries] == ["new", "old", "none"]


def test_a_library_that_knows_nothing_of_all_this_is_brought_forward(folder: Path) -> None:
    with Library(folder, WordEmbedder()) as library:
        library.put([story("a", "One two three.", title="First")])
    connection = sqlite3.connect(folder / "catalogue.db")
    for table in ("marks", "tags", "collections", "edits", "listed"):
        connection.execute(f"DROP TABLE {table}")
    connection.execute("UPDATE facts SET value = '8' WHERE name = 'schema'")
    connection.commit()
    connection.close()
    with Library(folder, WordEmbedder()) as library:
        assert library.annotations.tag("a", "kept") and library.edit("a", {"title": "Second"}).title == "Second"
        assert [entry.words for entry in library.listings.page(Listing("second")).entries] == [3]


@SQLITE_ONLY
def test_another_person_sees_nothing_of_it(stocked: Library) -> None:
    from vectorstore.storage.annotations import Annotations
    from vectorstore.storage.database import open_database

    engine = open_database(stocked.folder / "catalogue.db")
    other = Annotations(engine, person="bea")
    stocked.annotations.tag("ferry", "sea")
    stocked.annotations.mark("ferry", 1, text_of(stocked, "ferry"), 0, 3)
    assert (other.tags(), other.marks(), other.filters()) == ([], [], [])
    other.tag("ferry", "hers")
    assert stocked.annotations.tags() == [("sea", 1)]
    engine.dispose()
