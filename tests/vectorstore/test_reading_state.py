"""What was read, starred and is followed: kept in the library, over restarts, and apart for each person."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from stacks import Place, WordEmbedder, beside, prose, story

from vectorstore.library import Library
from vectorstore.storage.reading_state import ReadingState


@pytest.fixture
def library(place: Place) -> Iterator[Library]:
    with place.opened() as library:
        yield library


def test_what_is_read_and_starred_stays_over_a_restart_and_can_be_taken_back(place: Place) -> None:
    with place.opened() as library:
        library.reading_states.mark_read(["a", "b", "b"])
        library.reading_states.star(["a"])
    with place.opened() as library:
        states = library.reading_states
        assert states.of() == ReadingState(frozenset("ab"), frozenset("a"))
        states.mark_read(["a"], read=False)
        states.star(["a"], starred=False)
        assert states.of() == ReadingState(frozenset("b"))


def test_of_a_followed_story_only_what_comes_later_is_new_until_it_is_known(library: Library) -> None:
    states = library.reading_states
    assert states.follow(["first", "second"]) == "first"
    state = states.of()
    assert state.story(["second", "third"]) == "first" and state.news(["second", "third"]) == {"third"}
    assert state.news(["other", "third"]) == frozenset(), "nothing of it is followed"
    states.follow(["third", "second"])
    assert states.of().followed == {"first": frozenset({"first", "second", "third"})}
    assert states.of().news(["second", "third"]) == frozenset()


def test_stories_that_become_one_are_followed_once_and_left_together(library: Library) -> None:
    states = library.reading_states
    states.follow(["a"])
    states.follow(["b"])
    assert set(states.of().followed) == {"a", "b"}
    states.unfollow(["a", "b", "c"])
    assert states.of().followed == {}


def test_each_person_has_a_state_of_their_own(library: Library) -> None:
    states = library.reading_states
    states.star(["a"], person="ann")
    states.follow(["a"], person="ann")
    assert states.of() == ReadingState()
    states.unfollow(["a"])
    assert states.of("ann").starred == {"a"} and states.of("ann").followed == {"a": {"a"}}


def test_nothing_and_much_can_be_kept(library: Library) -> None:
    states = library.reading_states
    assert states.follow([]) == ""
    states.mark_read([])
    many = [f"article-{number}" for number in range(2000)]
    states.mark_read(many)
    states.mark_read(many)
    assert states.of().read == set(many)


def test_an_article_that_is_put_back_is_starred_as_it_was(library: Library) -> None:
    library.put([story("post", prose(1))])
    library.reading_states.star(["post"])
    library.restore(library.remove("post"))
    assert library.reading_states.of().starred == {"post"}


def test_a_library_that_another_process_writes_can_be_read_with_its_stars(library: Library) -> None:
    library.reading_states.star(["a"])
    with beside(library) as reader:
        assert reader.reading_states.of().starred == {"a"}


def test_the_state_of_a_library_changes_with_its_articles_alone(library: Library) -> None:
    seen = {library.state}
    library.put([story("post", prose(1))])
    seen.add(library.state)
    library.put([story("post", prose(2), version=2)])
    seen.add(library.state)
    library.remove("post")
    seen.add(library.state)
    before = library.state
    library.reading_states.star(["post"])
    assert len(seen) == 4 and library.state == before


@pytest.mark.parametrize("table", ["articles_read", "articles_starred", "stories_followed"])
def test_a_library_of_a_version_without_it_gets_the_table(folder: Path, table: str) -> None:
    with Library(folder, WordEmbedder()) as library:
        library.put([story("post", prose(1))])

    connection = sqlite3.connect(folder / "catalogue.db")
    connection.execute(f"DROP TABLE {table}")
    connection.close()
    with Library(folder, WordEmbedder()) as library:
        library.reading_states.follow(["post"])
        assert library.reading_states.of().followed and library.check().sound
