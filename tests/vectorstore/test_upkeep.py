from __future__ import annotations

import contextlib
import logging
import os
import random
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from stacks import WordEmbedder, another_process, by_meaning, by_words, children_ran, story

from vectorstore.indexes.vectors import ChromaVectors
from vectorstore.library import Library
from vectorstore.models import PassageRow, Scope
from vectorstore.storage.catalogue import Catalogue

FILES = (
    *("data_level0.bin", "header.bin", "index_metadata.pickle", "length.bin", "link_lists.bin"),
    "chroma.sqlite3",
)


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def garble(path: Path) -> None:
    path.write_bytes(random.Random(3).randbytes(path.stat().st_size))


def damage(folder: Path, how: Callable[[Path], None], *names: str) -> None:
    for name in names:
        (path,) = (folder / "chroma").rglob(name)
        how(path)


def assert_all_found_by_meaning(folder: Path, articles: int = 40) -> None:
    with Library(folder, WordEmbedder()) as library:
        for number in range(0, articles, 3):
            assert f"n{number}" in by_meaning(library, f"Report {number} on subject {number * 26 + 25}.", limit=10)
        assert library.counts() == (articles, articles * 26)
        library.check()
        assert library.check().sound


class TestDamage:
    def test_the_files_that_these_tests_damage_are_all_there_are(self, large: Path) -> None:
        assert {path.name for path in (large / "chroma").rglob("*") if path.is_file()} == set(FILES)

    @pytest.mark.parametrize(
        ("how", "names"),
        [
            *((truncate, [name]) for name in FILES),
            *((garble, [name]) for name in ("data_level0.bin", "index_metadata.pickle", "chroma.sqlite3")),
            (truncate, FILES),
            (garble, FILES),
        ],
        ids=lambda value: value.__name__ if callable(value) else value[0] if len(value) == 1 else f"{len(value)} files",
    )
    def test_articles_are_found_after_damage_to_the_index(self, large: Path, how, names: list[str]) -> None:
        damage(large, how, *names)
        assert_all_found_by_meaning(large)

    @pytest.mark.parametrize(
        "harm",
        [
            lambda folder: shutil.rmtree(folder / "chroma"),
            lambda folder: damage(folder, garble, *FILES),
        ],
        ids=["folder deleted", "every file garbage"],
    )
    def test_a_rebuild_embeds_nothing_and_says_so_in_the_log(self, large: Path, caplog, harm) -> None:
        harm(large)
        embedder = WordEmbedder()
        with caplog.at_level(logging.WARNING), Library(large, embedder) as library:
            assert "n7" in by_meaning(library, "Report 7 on subject 190.")
            assert embedder.embedded == 0
        assert [record.message for record in caplog.records if record.name.startswith("vectorstore")] == [
            "mending the vector index: 1040 passages to add, 0 to take out"
        ]

    def test_a_damaged_index_in_a_folder_named_relatively_is_mended(self, large: Path, monkeypatch) -> None:
        damage(large, truncate, *FILES)
        monkeypatch.chdir(large.parent)
        assert_all_found_by_meaning(Path(large.name))

    def test_a_check_tells_what_was_missing_though_opening_mended_it(self, large: Path) -> None:
        shutil.rmtree(large / "chroma")
        with Library(large, WordEmbedder()) as library:
            health = library.check()
            assert (health.sound, health.catalogue_sound, health.missing, health.extra) == (False, True, 1040, 0)
            assert library.check().sound

    def test_an_index_deleted_while_the_library_was_open_is_rebuilt_at_the_next_open(self, large: Path) -> None:
        with contextlib.suppress(Exception), Library(large, WordEmbedder()) as library:
            by_meaning(library, "warm")
            shutil.rmtree(large / "chroma")
        assert_all_found_by_meaning(large)

    def test_what_was_put_while_the_index_failed_is_found_after_reopening(self, large: Path) -> None:
        added = story("n40", *(f"Report 40 on subject {40 * 26 + part}." for part in range(26)))
        with Library(large, WordEmbedder()) as library:
            by_meaning(library, "warm")
            shutil.rmtree(large / "chroma")
            with contextlib.suppress(Exception):
                library.put([added])
        assert_all_found_by_meaning(large, articles=41)


def assert_all_found_by_words(folder: Path, articles: int = 40) -> None:
    with Library(folder, WordEmbedder()) as library:
        for number in range(0, articles, 3):
            assert f"n{number}" in by_words(library, str(number * 26 + 9))
        library.check()
        assert library.check().sound


def files_of_words(folder: Path) -> list[Path]:
    """The files that were committed, without Tantivy's locks."""
    return sorted(path for path in (folder / "words").iterdir() if path.suffix != ".lock")


class TestDamageToTheWords:
    def test_deleted(self, large: Path, caplog) -> None:
        shutil.rmtree(large / "words")
        assert_all_found_by_words(large)
        assert "making the index of words anew: 1040 passages" in caplog.messages

    @pytest.mark.parametrize("number", range(9))
    @pytest.mark.parametrize("harm", [truncate, os.unlink, lambda path: path.write_bytes(b"")])
    def test_of_one_file(self, large: Path, harm: Callable[[Path], None], number: int) -> None:
        files = files_of_words(large)
        harm(files[number % len(files)])
        assert_all_found_by_words(large)

    def test_of_every_file(self, large: Path) -> None:
        for path in files_of_words(large):
            garble(path)
        assert_all_found_by_words(large)

    def test_passages_that_nothing_accounts_for_are_taken_out_and_counted(self, folder: Path) -> None:
        put_two(folder)
        article, (passage,) = story("stray", "A trawler rescued two sailors.")
        with Library(folder, WordEmbedder()) as library:
            words = library._kept.opened().words
            words.add([PassageRow(99, passage, article)])
            words.remove(["n0@1#0"])
            words.commit()
            health = library.check()
            assert (health.missing, health.extra) == (1, 1)
            assert by_words(library, "report") == {"n0", "n1"} and not by_words(library, "trawler")

    def test_a_reader_beside_a_writer_without_words_makes_its_own(self, large: Path) -> None:
        with Library(large, WordEmbedder()):
            shutil.rmtree(large / "words")
            with Library(large, WordEmbedder(), read_only=True) as reader:
                assert by_words(reader, "190") == {"n7"}
            assert not (large / "words").exists()


class TestBehindTheLibrarysBack:
    """What a crash between the catalogue's transaction and Chroma's leaves behind."""

    @pytest.mark.parametrize("sealed", [True, False], ids=["after a clean close", "after a crash"])
    def test_an_article_that_only_the_catalogue_knows_is_found(self, folder: Path, sealed: bool) -> None:
        put_two(folder)
        article, passages = story("late", "A trawler rescued two sailors.")
        catalogue = Catalogue(folder / "catalogue.db")
        catalogue.put([(article, passages)])
        if not sealed:
            catalogue.remember("seal", None)
        catalogue.close()
        with Library(folder, WordEmbedder()) as library:
            assert by_words(library, "trawler") == {"late"}
            assert library.check().articles == 3 and library.check().waiting == 1
            library.pending.wait()
            assert by_meaning(library, "A trawler rescued two sailors.")[0] == "late"
            assert library.check().sound and library.check().waiting == 0

    @pytest.mark.parametrize("sealed", [True, False], ids=["after a clean close", "after a crash"])
    def test_an_article_that_only_the_index_still_knows_is_not_found(self, folder: Path, sealed: bool) -> None:
        put_two(folder)
        catalogue = Catalogue(folder / "catalogue.db")
        assert catalogue.remove("n1")
        if not sealed:
            catalogue.remember("seal", None)
        catalogue.close()
        with Library(folder, WordEmbedder()) as library:
            assert by_meaning(library, "Report 1.", limit=10) == ["n0"]
        assert ids_in_chroma(folder) == {"n0@1#0"}

    def test_vectors_that_nothing_accounts_for_are_taken_out_and_counted(self, folder: Path, caplog) -> None:
        put_two(folder)
        with Library(folder, WordEmbedder()) as library:
            by_meaning(library, "warm")
        stray = ChromaVectors(folder / "chroma")
        stray._collection.upsert(ids=["stray"], embeddings=[np.ones(64, dtype=np.float32)])
        stray.close()
        with Library(folder, WordEmbedder()) as library:
            health = library.check()
            assert (health.missing, health.extra) == (0, 1)
            assert "mending the vector index: 0 passages to add, 1 to take out" in caplog.messages
            assert len(library.search({"Report": 1.0}, {}, Scope(), 10)) == 2
        assert ids_in_chroma(folder) == {"n0@1#0", "n1@1#0"}


class TestOpening:
    def test_a_cleanly_closed_index_is_opened_without_a_second_process(self, folder: Path, caplog) -> None:
        put_two(folder)
        before = children_ran()
        for _ in range(2):
            with Library(folder, WordEmbedder()) as library:
                assert by_meaning(library, "Report 1.")[0] == "n1"
        assert children_ran() == before
        assert not caplog.messages

    def test_a_touched_index_is_first_read_by_a_process_of_its_own(self, folder: Path, caplog) -> None:
        put_two(folder)
        os.utime(folder / "chroma" / "chroma.sqlite3")
        before = children_ran()
        with Library(folder, WordEmbedder()) as library:
            assert by_meaning(library, "Report 1.")[0] == "n1"
        assert children_ran() > before
        assert not caplog.messages  # it was sound after all

    def test_what_never_searched_leaves_the_index_alone(self, folder: Path) -> None:
        put_two(folder)
        before = {path: path.stat().st_mtime_ns for path in (folder / "chroma").rglob("*")}
        with Library(folder, WordEmbedder()) as library:
            assert library.counts() == (2, 2) and len(library.entries()) == 2
        assert {path: path.stat().st_mtime_ns for path in (folder / "chroma").rglob("*")} == before

    def test_closing_twice_is_closing_once(self, folder: Path) -> None:
        put_two(folder)
        library = Library(folder, WordEmbedder())
        library.close()
        library.close()
        with Library(folder, WordEmbedder()) as opened_again:
            assert opened_again.counts() == (2, 2)


PUT_ON_AND_ON = """
from stacks import WordEmbedder, story
from vectorstore.models import PassageRow
from vectorstore.library import Library
from vectorstore.models import Scope
with Library(folder, WordEmbedder()) as library:
    for number in range(10_000):
        library.put([story(f"n{number}", *(f"Report {number} on subject {number * 26 + part}." for part in range(26)))])
        if number % 7 == 3:
            library.remove(f"n{number}")
        else:
            print(f"n{number}", flush=True)
"""


def test_after_kill_9_every_article_reported_before_is_there_and_found(folder: Path) -> None:
    with another_process(PUT_ON_AND_ON, folder) as child:
        reported = [child.stdout.readline().strip() for _ in range(40)]
        child.send_signal(signal.SIGKILL)
        reported += child.stdout.read().split()
    with Library(folder, WordEmbedder()) as library:
        assert {entry.id for entry in library.entries()} >= set(reported)
        for id in reported:
            number = int(id[1:])
            assert id in by_meaning(library, f"Report {number} on subject {number * 26 + 3}.", limit=10)
            assert id in by_words(library, str(number * 26 + 9))
            assert len(library.passages_of(id)) == 26
        assert library.find("n3") is None and "n3" not in by_meaning(library, "Report 3 on subject 81.", limit=10)
        assert library.check().catalogue_sound and library.check().sound
        library.put([story("next", "Life goes on after the crash.")])
        assert by_meaning(library, "Life goes on after the crash.")[0] == "next"


def put_two(folder: Path) -> None:
    with Library(folder, WordEmbedder()) as library:
        library.put([story("n0", "Report 0."), story("n1", "Report 1.")])


def ids_in_chroma(folder: Path) -> set[str]:
    index = ChromaVectors(folder / "chroma")
    ids = index.ids()
    index.close()
    return ids
