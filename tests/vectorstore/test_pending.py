"""What is stored is found by its words at once; the vectors follow, the newest articles first, whatever ends the
process meanwhile."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from stacks import BrittleEmbedder, WordEmbedder, another_process, by_meaning, by_words, story

from vectorstore.library import Library
from vectorstore.models import EVERYTHING, Matrix
from vectorstore.storage.listings import Listing

SENTENCE = "Report {0} on subject {0}."
MANY = [
    story(f"n{n}", SENTENCE.format(n), published_at=datetime(2022, 1 + n // 28, 1 + n % 28, tzinfo=UTC))
    for n in range(200)
]


class Gate(WordEmbedder):
    """Embeds passages only while it is open, and remembers what it has embedded."""

    def __init__(self, name: str = "words") -> None:
        super().__init__(name)
        self.open, self.asked = threading.Event(), threading.Event()
        self.texts: list[str] = []

    def passages(self, texts: Sequence[str]) -> Matrix:
        self.asked.set()
        assert self.open.wait(20)
        self.texts += texts
        return super().passages(texts)


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def library(folder: Path, gate: Gate) -> Iterator[Library]:
    with Library(folder, gate) as library:
        yield library
        gate.open.set()


def waiting(library: Library) -> int:
    return library.pending.standing().waiting


def with_waiting(folder: Path) -> Library:
    """A library in which two articles have their vectors and 200 wait for theirs."""
    library = Library(folder, WordEmbedder())
    library.put([story("ferry", "The ferry sank."), story("rates", "The bank raised rates.")])
    library.pending.stop()
    library.store(MANY)
    return library


class TestSearching:
    def test_what_is_stored_is_found_by_its_words_at_once(self, library: Library, gate: Gate) -> None:
        library.store(MANY)
        assert library._kept.opened().words.search({"57": 1.0}, EVERYTHING, 5)
        assert waiting(library) == 200 and not gate.embedded

    def test_it_is_weighed_by_its_meaning_as_if_it_had_its_vector(self, folder: Path) -> None:
        with with_waiting(folder) as library:
            before = library.search({SENTENCE.format(57): 1.0}, {"57": 1.0}, EVERYTHING, 5)
            best = max(before, key=lambda each: each.keyword)
            assert best.article_id == "n57" and best.similarity > 0.5
        with Library(folder, WordEmbedder()) as library:
            assert library.pending.wait() == 0
            after = library.search({SENTENCE.format(57): 1.0}, {"57": 1.0}, EVERYTHING, 5)
            assert best in after

    def test_what_none_of_the_words_leads_to_is_not_found(self, folder: Path) -> None:
        with with_waiting(folder) as library:
            assert set(by_meaning(library, SENTENCE.format(57), limit=300)) == {"ferry", "rates"}
            found = library.search({"ferry": 1.0}, {"report": 1.0}, EVERYTHING, 100)
            assert {each.similarity for each in found if each.article_id not in ("ferry", "rates")} - {0.0}
            assert sum(each.similarity == 0.0 for each in found) == 92, "of a hundred, eight are embedded on the way"

    def test_a_library_in_which_all_wait_is_searched(self, folder: Path) -> None:
        library = Library(folder, WordEmbedder())
        library.pending.stop()
        library.store(MANY)
        assert by_words(library, "57") == {"n57"} and by_meaning(library, "report") == []
        library.close()
        with Library(folder, WordEmbedder(), read_only=True) as reader:
            assert by_words(reader, "57") == {"n57"} and by_meaning(reader, "report") == []

    def test_a_reader_beside_the_writer_finds_by_meaning_what_has_got_its_vector_since(self, folder: Path) -> None:
        with_waiting(folder).close()
        with Library(folder, WordEmbedder(), read_only=True) as reader:
            assert "n57" not in by_meaning(reader, SENTENCE.format(57))
            with Library(folder, WordEmbedder()) as writer:
                writer.pending.wait()
            assert by_meaning(reader, SENTENCE.format(57))[0] == "n57"


class TestOrder:
    def test_the_newest_articles_come_first_and_what_has_no_date_counts_as_new(
        self, library: Library, gate: Gate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("vectorstore.indexes.pending._AT_ONCE", 32)
        library.store([*MANY, story("pasted", "Report without a date.")])
        gate.open.set()
        library.pending.wait()
        first = {text.splitlines()[-1] for text in gate.texts[32:64]}
        assert gate.embedded == 201
        assert "Report without a date." in {text.splitlines()[-1] for text in gate.texts[:64]}
        assert first <= {SENTENCE.format(n) for n in range(130, 200)}

    def test_what_comes_in_meanwhile_gets_its_vector_too(self, library: Library, gate: Gate) -> None:
        library.store(MANY)
        assert gate.asked.wait(20)
        library.store([story("late", "A trawler rescued two sailors.")])
        gate.open.set()
        assert library.pending.wait() == 0
        assert by_meaning(library, "A trawler rescued two sailors.")[0] == "late" and library.check().sound


class TestChangesMeanwhile:
    """Passages are removed or stored again while their vectors are being computed."""

    @pytest.fixture
    def under_way(self, library: Library, gate: Gate) -> Library:
        library.store([story("ferry", "The ferry sank."), story("rates", "The bank raised rates.")])
        assert gate.asked.wait(20)
        return library

    def finish(self, library: Library, gate: Gate) -> None:
        gate.open.set()
        assert library.pending.wait() == 0
        health = library.check(deep=True)
        assert (health.missing, health.extra, health.unfound) == (0, 0, 0)

    def test_removed(self, under_way: Library, gate: Gate) -> None:
        under_way.remove("ferry")
        self.finish(under_way, gate)
        assert by_meaning(under_way, "The ferry sank.", limit=9) == ["rates"]

    def test_updated(self, under_way: Library, gate: Gate) -> None:
        under_way.store([story("ferry", "Divers reached the wreck.", version=2)])
        self.finish(under_way, gate)
        assert by_meaning(under_way, "Divers reached the wreck.")[0] == "ferry" and under_way.counts() == (2, 2)

    def test_removed_and_put_back(self, under_way: Library, gate: Gate) -> None:
        under_way.restore(under_way.remove("ferry"))
        self.finish(under_way, gate)
        assert by_meaning(under_way, "The ferry sank.")[0] == "ferry"

    def test_another_article_under_the_id_of_one_that_was_removed(self, under_way: Library, gate: Gate) -> None:
        under_way.remove("ferry")
        under_way.store([story("ferry", "Divers reached the wreck.")])
        self.finish(under_way, gate)
        [found] = [each for each in under_way.search({"Divers reached the wreck.": 1.0}, {}, EVERYTHING, 1)]
        assert (found.passage_id, found.similarity) == ("ferry@1#0", pytest.approx(1.0))

    def test_all_that_waited_is_removed_before_it_is_looked_at(self, folder: Path) -> None:
        with with_waiting(folder) as library:
            for article, _ in MANY:
                library.remove(article.id)
            library.pending._embed_some()
            assert library.check().sound and by_meaning(library, "The ferry sank.")[0] == "ferry"

    def test_closed(self, under_way: Library, gate: Gate, folder: Path) -> None:
        gate.open.set()
        under_way.close()
        with Library(folder, WordEmbedder()) as library:
            self.finish(library, gate)
            assert set(by_meaning(library, "ferry", limit=9)) == {"ferry", "rates"}


class TestStopping:
    def test_a_wait_that_is_stopped_tells_how_many_are_left_and_nothing_is_lost(
        self, library: Library, gate: Gate
    ) -> None:
        library.store(MANY)
        told: list[tuple[int, int]] = []
        assert library.pending.wait(lambda *at: told.append(at), stop=lambda: bool(told)) == 200
        assert told[0] == (0, 200)
        gate.open.set()
        assert library.pending.wait(lambda *at: told.append(at)) == 0
        assert told[-1] == (200, 200) and gate.embedded == 200

    def test_closing_keeps_what_was_computed(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        class Closing(WordEmbedder):
            def passages(self, texts: Sequence[str]) -> Matrix:
                library.pending._leaving.set()
                return super().passages(texts)

        library = Library(folder, Closing())
        library.store(MANY)
        with pytest.raises(AssertionError), library:
            assert library.pending.wait() == 0
        again = WordEmbedder()
        with Library(folder, again) as library:
            assert library.pending.wait() == 0
        assert again.embedded == 200 - 32

    def test_an_embedder_that_fails_is_told_and_its_articles_are_found_by_their_words(self, folder: Path) -> None:
        with Library(folder, BrittleEmbedder()) as library:
            library.store([story("b", "Fine.", "This is unembeddable.")])
            with pytest.raises(RuntimeError, match="broke"):
                library.pending.wait()
            assert library._kept.opened().words.count() == 2 and library.check().waiting == 2
        with Library(folder, WordEmbedder()) as library:
            assert library.pending.wait() == 0 and by_meaning(library, "This is unembeddable.") == ["b", "b"]

    def test_a_check_tells_how_many_wait_and_calls_that_no_fault(self, folder: Path) -> None:
        with with_waiting(folder) as library:
            health = library.check(deep=True)
            assert (health.sound, health.waiting, health.passages, health.unfound) == (True, 200, 202, 0)
            assert library.listings.page(Listing()).waiting == 200


class TestAnotherEmbedder:
    def test_of_a_library_in_which_all_wait_it_makes_the_vectors(self, folder: Path) -> None:
        library = Library(folder, WordEmbedder())
        library.pending.stop()
        library.store(MANY)
        library.close()
        with Library(folder, WordEmbedder("other")) as library:
            assert library.pending.wait() == 0 and library.check().embedder == "other"
            assert by_meaning(library, SENTENCE.format(57))[0] == "n57"

    def test_of_a_library_that_has_vectors_it_makes_none(self, folder: Path) -> None:
        with_waiting(folder).close()
        other = WordEmbedder("other")
        with Library(folder, other) as library:
            assert library.pending.wait() == 200 and not other.embedded


STORE_ON_AND_ON = """
from stacks import WordEmbedder, story
from vectorstore.library import Library
with Library(folder, WordEmbedder()) as library:
    for number in range(10_000):
        library.store([story(f"n{number}", *(f"Report {number} on subject {number * 9 + part}." for part in range(9)))])
        print(f"n{number}", flush=True)
        library.pending._hurry.set()
"""


@pytest.mark.parametrize("after", [1, 25, 60])
def test_after_kill_9_all_is_found_by_its_words_and_in_the_end_by_its_meaning(folder: Path, after: int) -> None:
    with another_process(STORE_ON_AND_ON, folder) as child:
        stored = [child.stdout.readline().strip() for _ in range(after)]
        child.send_signal(signal.SIGKILL)
        stored += child.stdout.read().split()
    with Library(folder, WordEmbedder()) as library:
        assert all(id in by_words(library, str(int(id[1:]) * 9 + 4)) for id in stored)
        library.check()
        assert library.check().sound and library.pending.wait() == 0
        for id in stored:
            assert id in by_meaning(library, f"Report {id[1:]} on subject {int(id[1:]) * 9 + 3}.", limit=10)
        assert library.check(deep=True).unfound == 0
