from __future__ import annotations

import os
import signal
import sqlite3
import threading
from pathlib import Path

import pytest
from stacks import HOLD_OPEN, WordEmbedder, another_process, by_meaning, by_words, story

from vectorstore.errors import LibraryBusy
from vectorstore.library import Library
from vectorstore.models import Scope

FERRY = "The ferry sank in the harbour at night."


class TestBesideAWriter:
    @pytest.fixture
    def held(self, folder: Path):
        """A folder that another process has open for writing."""
        with another_process(HOLD_OPEN, folder) as child:
            assert child.stdout.readline() == "open\n"
            yield child

    def test_one_process_writes_and_others_read_until_it_is_gone(self, held, folder: Path) -> None:
        for _ in range(2):
            with pytest.raises(LibraryBusy, match="Another Dateline is using the library .*--library"):
                Library(folder, WordEmbedder())
        with Library(folder, WordEmbedder(), read_only=True) as reader:
            assert by_meaning(reader, FERRY)[0] == "held" and by_words(reader, "ferry") == {"held"}
            assert reader.hits([("held@1#0", 1.0)])[0].passage.text == FERRY
        held.stdin.close()
        held.wait()
        with Library(folder, WordEmbedder()) as writer:
            writer.put([story("next", "Divers reached the wreck.")])
            assert writer.counts() == (2, 2)

    def test_the_library_is_free_when_its_writer_was_killed(self, held, folder: Path) -> None:
        os.kill(held.pid, signal.SIGKILL)
        held.wait()
        with Library(folder, WordEmbedder()) as writer:
            assert by_meaning(writer, FERRY)[0] == "held"
            writer.put([story("next", "Divers reached the wreck.")])


class TestWithinOneProcess:
    def test_a_second_writer_is_refused_and_disturbs_nothing(self, library: Library, folder: Path) -> None:
        with pytest.raises(LibraryBusy):
            Library(folder, WordEmbedder())
        library.put([story("a", FERRY)])
        with pytest.raises(LibraryBusy):
            Library(folder, WordEmbedder())

    def test_any_thread_may_close(self, folder: Path) -> None:
        library = Library(folder, WordEmbedder())
        closer = threading.Thread(target=library.close)
        closer.start()
        closer.join()
        with Library(folder, WordEmbedder()) as opened_again:
            assert opened_again.counts() == (0, 0)

    def test_a_failing_block_frees_the_library(self, folder: Path) -> None:
        with pytest.raises(ZeroDivisionError), Library(folder, WordEmbedder()) as library:
            library.put([story("a", FERRY)])
            raise ZeroDivisionError
        with Library(folder, WordEmbedder()) as library:
            assert library.counts() == (1, 1)


class TestReadOnly:
    @pytest.mark.parametrize(
        "write",
        [
            lambda library: library.put([story("b", "Two.")]),
            lambda library: library.remove("a"),
            lambda library: library.check(),
            lambda library: library.reindex(),
        ],
        ids=["put", "remove", "check", "reindex"],
    )
    def test_writing_is_refused_and_nothing_changes(self, library: Library, write) -> None:
        library.put([story("a", FERRY)])
        with Library(library.folder, WordEmbedder(), read_only=True) as reader:
            with pytest.raises(LibraryBusy, match="reading only"):
                write(reader)
            assert by_meaning(reader, FERRY) == ["a"]
        assert by_meaning(library, FERRY) == ["a"] and library.counts() == (1, 1)

    def test_it_reads_while_a_transaction_is_open(self, library: Library) -> None:
        library.put([story("a", FERRY)])
        writer = sqlite3.connect(library.folder / "catalogue.db", isolation_level=None)
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE articles SET title = 'half done'")
        with Library(library.folder, WordEmbedder(), read_only=True) as reader:
            assert reader.article("a").title == "" and by_words(reader, "ferry") == {"a"}
        writer.execute("ROLLBACK")
        writer.close()

    def test_each_new_reader_sees_what_was_committed(self, library: Library) -> None:
        for number in range(3):
            library.put([story(f"n{number}", f"Report {number}.")])
            with Library(library.folder, WordEmbedder(), read_only=True) as reader:
                assert by_meaning(reader, f"Report {number}.")[0] == f"n{number}"
                assert len(reader.entries()) == number + 1

    def test_one_that_stays_open_sees_what_is_committed_later(self, library: Library) -> None:
        with Library(library.folder, WordEmbedder(), read_only=True) as reader:
            assert by_words(reader, "ferry") == set()
            library.put([story("a", FERRY)])
            assert by_words(reader, "ferry") == {"a"} and by_meaning(reader, FERRY) == ["a"]
            library.put([story("b", "Divers reached the wreck.")])
            library.remove("a")
            assert by_words(reader, "ferry") == set() and by_meaning(reader, "wreck") == ["b"]

    def test_it_agrees_with_the_writer_on_scores(self, library: Library) -> None:
        library.put([story(f"n{number}", f"Report {number} on fish.", f"Part {number}.") for number in range(20)])
        with Library(library.folder, WordEmbedder(), read_only=True) as reader:
            asked = ({"report on fish 7": 1.0}, {"fish": 1.0, "7": 1.0}, Scope(), 100)
            assert sorted(reader.search(*asked), key=repr) == sorted(library.search(*asked), key=repr)

    def test_an_empty_library_can_be_read(self, folder: Path) -> None:
        with Library(folder, WordEmbedder(), read_only=True) as reader:
            assert reader.search({"anything": 1.0}, {"anything": 1.0}, Scope(), 5) == [] and reader.entries() == []
