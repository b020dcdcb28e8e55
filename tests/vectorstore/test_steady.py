"""A search beside updates: an article that is stored anew is found all the while, in one version or the other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from stacks import WordEmbedder, story

from vectorstore.library import Library
from vectorstore.models import EVERYTHING, Hit

FERRY = "The ferry sank, report {0}."


@pytest.fixture
def library(folder: Path) -> Iterator[Library]:
    with Library(folder, WordEmbedder()) as library:
        library.put([story("ferry", FERRY.format(1)), *(story(f"n{n}", f"Report {n}.") for n in range(9))])
        yield library


def update(library: Library, version: int) -> None:
    library.store([story("ferry", FERRY.format(version), version=version)])


def found(library: Library, between: Callable[[], object] = lambda: None) -> Sequence[Hit]:
    """What there is on ferries; something may happen between the search and reading what it came upon."""
    candidates = library.search({"ferry": 1.0}, {"ferry": 1.0}, EVERYTHING, 1)
    between()
    return library.hits([(each.passage_id, each.keyword) for each in candidates if each.keyword])


def test_an_update_between_a_search_and_reading_what_it_found_is_looked_for_again(library: Library) -> None:
    updates = iter([2])

    def between() -> None:
        if version := next(updates, 0):
            update(library, version)

    [hit] = library.steady(lambda: found(library, between))
    assert (hit.article.version, hit.passage.text) == (2, FERRY.format(2))


def test_updates_without_end_wait_for_the_last_look(library: Library) -> None:
    over, versions = threading.Event(), iter(range(2, 10_000))

    def updating() -> None:
        while not over.is_set():
            update(library, next(versions))

    def another() -> None:
        """One more, unless changes wait."""
        thread = threading.Thread(target=lambda: update(library, next(versions)), daemon=True)
        thread.start()
        thread.join(0.5)

    thread = threading.Thread(target=updating)
    thread.start()
    try:
        for _ in range(20):
            [hit] = library.steady(lambda: found(library))
            assert hit.passage.text == FERRY.format(hit.article.version)
        [hit] = library.steady(lambda: found(library, another))
    finally:
        over.set()
        thread.join()


def test_a_search_in_the_middle_of_a_change_waits_for_the_index_of_words(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The catalogue has the new version, the index of words not yet."""
    looking, seen = threading.Event(), list[Sequence[Hit]]()

    def look() -> Sequence[Hit]:
        hits = found(library)
        looking.set()
        return hits

    reader = threading.Thread(target=lambda: seen.append(library.steady(look)))
    follow = library._kept.follow

    def followed_late() -> None:
        reader.start()
        assert looking.wait(20), "whoever looks in this moment does not wait at first"
        follow()

    monkeypatch.setattr(library._kept, "follow", followed_late)
    update(library, 2)
    reader.join()
    assert [hit.article.version for hit in seen[0]] == [2]


def test_what_is_removed_is_not_found_any_more(library: Library) -> None:
    gone = iter(["ferry"])

    def between() -> None:
        if id := next(gone, ""):
            library.remove(id)

    assert "ferry" not in {hit.article.id for hit in library.steady(lambda: found(library, between))}


def test_a_search_that_loses_nothing_looks_once(library: Library) -> None:
    looks = []

    def look() -> Sequence[Hit]:
        looks.append(1)
        library.store([story("late", "A trawler rescued two sailors.")])
        return found(library)

    assert library.steady(look) and looks == [1]
