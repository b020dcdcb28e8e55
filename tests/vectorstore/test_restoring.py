"""What was removed is put back as it was: versions and passages at once, vectors a moment later."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from stacks import Place, WordEmbedder, by_meaning, by_words, prose, story

from vectorstore.errors import ArticleNotFound, EmbedderMismatch, LibraryBusy
from vectorstore.library import Library
from vectorstore.models import EVERYTHING
from vectorstore.storage.listings import Listing

FERRY = story("ferry", "The ferry sank in the harbour at night.", "Two sailors were rescued by a trawler.")
LATER = story("ferry", "Divers reached the wreck.", "Nobody was hurt.", version=2, title="Wreck reached", outlet="Post")
RATES = story("rates", "The central bank raised interest rates.")


@pytest.fixture
def library(place: Place) -> Iterator[Library]:
    with place.opened() as library:
        yield library


def test_it_is_as_it_was_with_its_versions_and_passages(library: Library) -> None:
    library.put([RATES, FERRY])
    library.put([LATER])
    before = library.versions("ferry"), library.passages_of("ferry"), library.entries(), library.counts()
    removed = library.remove("ferry")
    assert removed.article == LATER[0] and library.find("ferry") is None
    assert library.restore(removed)
    assert (library.versions("ferry"), library.passages_of("ferry"), library.entries(), library.counts()) == before
    assert library.article("ferry", 1) == FERRY[0]
    assert library.check().sound


def test_it_is_found_by_its_words_at_once_and_by_its_meaning_as_before(place: Place) -> None:
    with place.opened() as library:
        library.put([FERRY, RATES])
        best = library.search({"two sailors": 1.0}, {"trawler": 1.0}, EVERYTHING, 5)
        removed = library.remove("ferry")
        assert by_words(library, "trawler") == set() and "ferry" not in by_meaning(library, "two sailors rescued")
        library.restore(removed)
        assert by_words(library, "trawler") == {"ferry"}
        assert library.pending.wait() == 0
        assert by_meaning(library, "two sailors rescued")[0] == "ferry"
        again = library.search({"two sailors": 1.0}, {"trawler": 1.0}, EVERYTHING, 5)
        assert {(each.passage_id, round(each.similarity, 6)) for each in again} == {
            (each.passage_id, round(each.similarity, 6)) for each in best
        }
        assert {entry.id for entry in library.listings.page(Listing()).entries} == {"ferry", "rates"}
    with place.opened() as library:
        assert by_words(library, "trawler") == {"ferry"} and library.check().sound


def test_it_joins_its_story_again(library: Library) -> None:
    wire = prose(1)
    library.put([story("post", wire), story("gazette", f"By Jane Doe. {wire}")])
    library.restore(library.remove("post"))
    assert [copy.id for copy in library.hits([("post@1#0", 1.0)])[0].copies] == ["gazette"]


def test_an_article_without_passages_is_put_back(library: Library) -> None:
    library.put([story("bare")])
    library.restore(library.remove("bare"))
    assert library.article("bare").text == "" and library.counts() == (1, 0)


def test_what_has_come_in_again_meanwhile_stays(library: Library) -> None:
    library.put([FERRY])
    removed = library.remove("ferry")
    library.put([LATER])
    assert not library.restore(removed)
    assert library.versions("ferry") == [LATER[0]] and library.check().sound
    library.remove("ferry")
    assert library.restore(removed) and not library.restore(removed)
    assert library.article("ferry") == FERRY[0]


def test_what_is_not_there_cannot_be_removed(library: Library) -> None:
    with pytest.raises(ArticleNotFound):
        library.remove("nothing")


def test_nothing_is_put_back_by_who_only_reads_or_under_another_model(place: Place) -> None:
    with place.opened() as library:
        library.put([FERRY])
        removed = library.remove("ferry")
        with (
            place.opened(read_only=True) as beside,
            pytest.raises(LibraryBusy, match="for reading only"),
        ):
            beside.restore(removed)
        library.put([RATES])
    with place.opened(WordEmbedder("other")) as library, pytest.raises(EmbedderMismatch):
        library.restore(removed)
