from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from stacks import NOW, WordEmbedder, by_meaning, by_words, story

from vectorstore.errors import EmbedderMismatch
from vectorstore.library import Library
from vectorstore.models import Matrix, Scope
from vectorstore.storage.rows import VectorRow

ARTICLES = [story(f"n{number}", f"Report {number}.", f"Details of {number}.") for number in range(40)]
OTHER = [WordEmbedder("other"), WordEmbedder("wide", size=96)]


@pytest.fixture
def made(folder: Path) -> Path:
    """A closed library of 80 passages, made with the embedder "words"."""
    with Library(folder, WordEmbedder()) as library:
        library.put(ARTICLES)
    return folder


@pytest.mark.parametrize("read_only", [False, True], ids=["writer", "reader"])
def test_another_embedder_is_refused_with_the_command_that_helps(made: Path, read_only: bool) -> None:
    with Library(made, WordEmbedder("other"), read_only) as library:
        told = pytest.raises(EmbedderMismatch, match=r"words.*other.*`dateline library reindex`.*DATELINE_EMBEDDER")
        with told:
            library.search({"report": 1.0}, {"report": 1.0}, Scope(), 5)
        with told:
            library.warm()
        assert library.article("n3").text == "Report 3. Details of 3."  # reading needs no embedder


def test_another_embedder_writes_nothing(made: Path) -> None:
    with Library(made, WordEmbedder("other")) as library:
        for write in (lambda: library.put([story("b", "Two.")]), lambda: library.remove("n1"), library.check):
            with pytest.raises(EmbedderMismatch):
                write()
        assert library.counts() == (40, 80)
    with Library(made, WordEmbedder()) as library:
        assert by_meaning(library, "Report 7.")[0] == "n7" and library.check().sound


def test_an_empty_library_takes_any_embedder(folder: Path) -> None:
    Library(folder, WordEmbedder()).close()
    with Library(folder, WordEmbedder("other")) as library:
        library.put(ARTICLES[:1])
        assert by_meaning(library, "Report 0.")[0] == "n0"


@pytest.mark.parametrize("other", OTHER, ids=["same length", "longer vectors"])
def test_a_reindex_makes_the_library_the_new_embedder_s(made: Path, other: WordEmbedder) -> None:
    with Library(made, other) as library:
        steps: list[tuple[int, int]] = []
        assert library.reindex(lambda done, total: steps.append((done, total))) == 80
        assert steps[-1] == (80, 80) and other.embedded == 80
        assert by_meaning(library, "Report 7.")[0] == "n7"
    with Library(made, other) as library:
        assert by_meaning(library, "Report 9.")[0] == "n9" and by_words(library, "9") == {"n9"}
        assert [library.article(article.id) for article, _ in ARTICLES] == [article for article, _ in ARTICLES]
        assert library.article("n9").ingested_at == NOW and library.check().sound
    with Library(made, WordEmbedder()) as library, pytest.raises(EmbedderMismatch):
        by_meaning(library, "Report 7.")


class HeldUp(WordEmbedder):
    """Computes one lot, and no more before `go_on` is set."""

    def __init__(self, name: str, size: int = 64) -> None:
        super().__init__(name, size)
        self.go_on, self.first = threading.Event(), threading.Event()

    def passages(self, texts: Sequence[str]) -> Matrix:
        if self.embedded:
            self.first.set()
            assert self.go_on.wait(20)
        return super().passages(texts)


@pytest.mark.parametrize("size", [64, 96], ids=["same length", "longer vectors"])
class TestWhileItIsUnderWay:
    def test_the_library_is_searched_and_changed_with_the_embedder_before(self, made: Path, size: int) -> None:
        coming = HeldUp("other", size)
        with Library(made, coming, embedder_named=WordEmbedder) as library:
            reindexing = threading.Thread(target=library.reindex)
            reindexing.start()
            assert coming.first.wait(20)
            assert library.embedder.name == "words" and by_meaning(library, "Report 7.")[0] == "n7"
            library.store([story("late", "A trawler rescued two sailors.")])
            library.remove("n3")
            assert by_words(library, "trawler") == {"late"} and "n3" not in by_meaning(library, "Report 3.", limit=80)
            health = library.check()
            assert (health.sound, health.waiting, health.coming, health.coming_waiting) == (True, 1, "other", 79)
            with Library(made, WordEmbedder(), read_only=True) as reader:
                assert by_meaning(reader, "Report 7.")[0] == "n7"
            coming.go_on.set()
            reindexing.join()
            library.pending.wait()
            assert library.embedder is coming and by_meaning(library, "A trawler rescued two sailors.")[0] == "late"
            health = library.check(deep=True)
            assert (health.sound, health.waiting, health.coming, health.unfound) == (True, 0, "", 0)

    def test_cut_off_it_goes_on_from_where_it_was(self, made: Path, size: int) -> None:
        coming = HeldUp("other", size)
        with Library(made, coming) as library:
            coming.go_on = library.pending._leaving

            def interrupt(done: int, total: int) -> None:
                assert coming.first.wait(20)
                raise KeyboardInterrupt

            with pytest.raises(KeyboardInterrupt):
                library.reindex(interrupt)
        with Library(made, WordEmbedder()) as library:
            assert by_meaning(library, "Report 7.")[0] == "n7" and library.check().sound
            assert library.check().coming == "other"
            library.put([story("late", "A trawler rescued two sailors.")])
            assert by_meaning(library, "A trawler rescued two sailors.")[0] == "late"
        again = WordEmbedder("other", size)
        with Library(made, again) as library:
            library.pending.wait()
            assert coming.embedded == 64 and again.embedded == 81 - 64
            assert by_meaning(library, "Report 39.")[0] == "n39" and library.check().sound
            assert by_meaning(library, "A trawler rescued two sailors.")[0] == "late"

    def test_a_third_embedder_begins_anew(self, made: Path, size: int) -> None:
        with Library(made, WordEmbedder("other", size)) as library:
            library._catalogue.begin_change("other", anew=False)
            library._catalogue.keep_vectors([VectorRow("n3@1#0", library._given.query("other"))], "other", coming=True)
        with Library(made, WordEmbedder("third", size)) as library:
            library.reindex()
            assert by_meaning(library, "Report 3.")[0] == "n3" and library.check().sound

    def test_another_model_under_the_coming_name_begins_anew(self, made: Path, size: int) -> None:
        with Library(made, WordEmbedder("other", 32)) as library:
            library._catalogue.begin_change("other", anew=False)
            library._catalogue.keep_vectors([VectorRow("n3@1#0", library._given.query("other"))], "other", coming=True)
        with Library(made, WordEmbedder("other", size)) as library:
            library.reindex()
            assert by_meaning(library, "Report 3.")[0] == "n3" and library.check().sound


def test_a_library_without_articles_can_be_reindexed(folder: Path) -> None:
    with Library(folder, WordEmbedder()) as library:
        assert library.reindex() == 0
        library.put(ARTICLES[:1])
        assert by_meaning(library, "Report 0.")[0] == "n0"


def test_another_model_under_the_same_name_is_refused_before_it_spoils_anything(made: Path) -> None:
    changed = WordEmbedder(size=96)
    with Library(made, changed) as library:
        for use in (lambda: library.put([story("b", "Two.")]), lambda: by_meaning(library, "Report 7.")):
            with pytest.raises(EmbedderMismatch, match="vectors of 64 numbers.*`dateline library reindex`"):
                use()
        assert library.counts() == (41, 81) and library.check().waiting == 1
        library.reindex()
        assert by_meaning(library, "Report 7.")[0] == "n7"
