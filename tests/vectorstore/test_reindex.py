from __future__ import annotations

from pathlib import Path

import pytest
from stacks import NOW, WordEmbedder, by_meaning, by_words, story

from vectorstore.errors import EmbedderMismatch
from vectorstore.library import Library
from vectorstore.models import Scope

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
@pytest.mark.parametrize("warmed", [False, True], ids=["at once", "after use"])
def test_a_reindex_makes_the_library_the_new_embedder_s(made: Path, other: WordEmbedder, warmed: bool) -> None:
    with Library(made, WordEmbedder() if warmed else other) as library:
        if warmed:
            by_meaning(library, "Report 7.")
            library._embedder = other
        steps: list[tuple[int, int]] = []
        assert library.reindex(lambda done, total: steps.append((done, total))) == 80
        assert steps == [(64, 80), (80, 80)]
        assert by_meaning(library, "Report 7.")[0] == "n7"
    with Library(made, other) as library:
        assert by_meaning(library, "Report 9.")[0] == "n9" and by_words(library, "9") == {"n9"}
        assert [library.article(article.id) for article, _ in ARTICLES] == [article for article, _ in ARTICLES]
        assert library.article("n9").ingested_at == NOW and library.check().sound
    with Library(made, WordEmbedder()) as library, pytest.raises(EmbedderMismatch):
        by_meaning(library, "Report 7.")


@pytest.mark.parametrize("other", OTHER, ids=["same length", "longer vectors"])
def test_a_reindex_that_was_cut_off_is_refused_until_it_is_done_in_full(made: Path, other: WordEmbedder) -> None:
    def cut_off(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with Library(made, other) as library, pytest.raises(KeyboardInterrupt):
        library.reindex(cut_off)
    for embedder in (other, WordEmbedder()):
        with Library(made, embedder) as library:
            for use in (lambda: by_meaning(library, "Report 7."), lambda: library.put(ARTICLES[:1]), library.check):  # noqa: B023
                with pytest.raises(EmbedderMismatch, match="cut off. Run `dateline library reindex`"):
                    use()
            assert library.counts() == (40, 80)
    with Library(made, other) as library:
        assert library.reindex() == 80
        assert by_meaning(library, "Report 39.")[0] == "n39" and library.check().sound


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
        assert library.counts() == (40, 80)
        library.reindex()
        assert by_meaning(library, "Report 7.")[0] == "n7"
