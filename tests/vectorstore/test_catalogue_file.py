"""catalogue.db as a file: under any path, copied alone, put back, emptied, lost."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from stacks import WordEmbedder, another_process, by_meaning, by_words, story

from vectorstore.errors import LibraryUnreadable
from vectorstore.library import Library
from vectorstore.storage.backup import back_up, restore

FERRY = "The ferry sank in the harbour at night."


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class TestAnyPath:
    @pytest.mark.parametrize(
        "name",
        [
            *(
                "a?mode=ro",
                "a?1",
                "%41 ?x=1#f",
                "100%",
                "a#b",
                "a b ",
                " a",
                "dot.",
                'it\'s "quoted"',
                "[ab]*",
                "a;b&c",
            ),
            *("back\\slash", "file:x", ":memory:", "sqlite:", "~", "$HOME", "日本 ü 👩‍👧", "new\nline", "-wal"),
            "/".join(["a" * 130] * 3),
        ],
    )
    def test_keeps_everything_within_the_folder_of_that_name(self, tmp_path: Path, name: str) -> None:
        shelf = tmp_path / "shelf"
        folder = shelf / name
        with Library(folder, WordEmbedder()) as library:
            library.put([story("a", FERRY)])
            with Library(folder, WordEmbedder(), read_only=True) as reader:
                assert by_words(reader, "ferry") == {"a"}
        assert {path.name for path in folder.iterdir()} == {"catalogue.db", "chroma", "words", "writer.lock"}
        assert [path.name for path in shelf.iterdir()] == [Path(name).parts[0]]
        with Library(folder, WordEmbedder()) as library:
            assert by_meaning(library, FERRY) == ["a"] and library.check().sound
        assert back_up(folder, tmp_path / "kept.db") == 1
        assert restore(folder, tmp_path / "kept.db", force=True)[0] == 1
        with Library(folder, WordEmbedder()) as library:
            assert library.counts() == (1, 1)

    def test_is_handed_to_the_process_that_looks_at_a_touched_index(self, tmp_path: Path) -> None:
        folder = tmp_path / "%41 ?x=1#f\n日本"
        with Library(folder, WordEmbedder()) as library:
            library.put([story("a", FERRY)])
        os.utime(folder / "chroma" / "chroma.sqlite3")
        with Library(folder, WordEmbedder()) as library:
            assert by_meaning(library, FERRY) == ["a"] and library.check().sound

    def test_two_paths_that_differ_after_a_question_mark_are_two_libraries(self, tmp_path: Path) -> None:
        for name in ("a?1", "a?2"):
            with Library(tmp_path / name, WordEmbedder()) as library:
                library.put([story(name, FERRY)])
        with Library(tmp_path / "a?1", WordEmbedder()) as library:
            assert [entry.id for entry in library.entries()] == ["a?1"]


PUT_AND_TELL = """
from stacks import WordEmbedder, story
from vectorstore.library import Library
with Library(folder, WordEmbedder()) as library:
    for number in range(200):
        library.put([story(f"n{number}", f"Report {number}.")])
        print(f"n{number}", flush=True)
    sys.stdin.read()
"""


class TestCopiedAlone:
    @pytest.mark.parametrize("kill", [False, True], ids=["from a running process", "after a crash"])
    def test_it_has_all_that_was_reported(self, folder: Path, tmp_path: Path, kill: bool) -> None:
        with another_process(PUT_AND_TELL, folder) as child:
            reported = {child.stdout.readline().strip() for _ in range(200)}
            if kill:
                child.send_signal(signal.SIGKILL)
                child.wait()
            (tmp_path / "copy").mkdir()
            shutil.copy(folder / "catalogue.db", tmp_path / "copy")
        with Library(tmp_path / "copy", WordEmbedder()) as library:
            assert {entry.id for entry in library.entries()} == reported
            assert by_meaning(library, "Report 190.")[0] == "n190"


@pytest.fixture
def crashed(folder: Path, tmp_path: Path) -> Path:
    """What a killed process leaves behind in the middle of its work: b is in catalogue.db, c in its log alone. Beside
    it is a.db, the catalogue as it was when only a was in it."""
    with Library(folder, WordEmbedder()) as library:
        library.put([story("a", "Report A.")])
    shutil.copy(folder / "catalogue.db", tmp_path / "a.db")
    with Library(folder, WordEmbedder()) as library:
        library.put([story("b", "Report B.")])
        reader = sqlite3.connect(folder / "catalogue.db", isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM articles").fetchall()  # as long as it reads, the log is not taken over
        library.put([story("c", "Report C.")])
        left = Path(shutil.copytree(folder, tmp_path / "crashed"))
        reader.close()
    assert (left / "catalogue.db-wal").stat().st_size > 4096
    return left


def ids(folder: Path, read_only: bool = False) -> set[str]:
    with Library(folder, WordEmbedder(), read_only) as library:
        found = {entry.id for entry in library.entries()}
        assert {id for id in "abc" if by_words(library, id)} == found
        return found


class TestPutBackBesideALog:
    @pytest.mark.parametrize("read_only", [False, True])
    def test_the_log_of_its_own_is_replayed(self, crashed: Path, read_only: bool) -> None:
        assert ids(crashed, read_only) == {"a", "b", "c"}

    @pytest.mark.parametrize("read_only", [False, True])
    def test_an_older_copy_is_told_from_it_and_nothing_is_touched(self, crashed: Path, read_only: bool) -> None:
        shutil.copy(crashed.parent / "a.db", crashed / "catalogue.db")
        before = contents(crashed)
        with pytest.raises(LibraryUnreadable, match=r"restore FILE.*or move catalogue.db-wal and catalogue.db-shm out"):
            ids(crashed, read_only)
        assert contents(crashed) == before

    def test_what_the_line_says_helps(self, crashed: Path, tmp_path: Path) -> None:
        shutil.copy(crashed.parent / "a.db", crashed / "catalogue.db")
        for end in ("-wal", "-shm"):
            (crashed / f"catalogue.db{end}").rename(tmp_path / f"away{end}")
        assert ids(crashed) == {"a"}

    def test_so_does_restoring_it_and_the_log_is_kept_aside(self, crashed: Path, tmp_path: Path) -> None:
        shutil.copy(crashed.parent / "a.db", crashed / "catalogue.db")
        log = (crashed / "catalogue.db-wal").read_bytes()
        held, aside = restore(crashed, tmp_path / "a.db")
        assert held == 1 and ids(crashed) == {"a"}
        assert aside is not None and (aside / "catalogue.db-wal").read_bytes() == log

    def test_a_newer_copy_is_told_from_it(self, crashed: Path, folder: Path) -> None:
        with Library(folder, WordEmbedder()) as library:
            library.remove("a")
        shutil.copy(folder / "catalogue.db", crashed)
        with pytest.raises(LibraryUnreadable, match="beside a log of another state"):
            ids(crashed)

    def test_a_copy_of_another_library_is_told_from_it(self, crashed: Path, tmp_path: Path) -> None:
        with Library(tmp_path / "other", WordEmbedder()) as library:
            for number in range(6):
                library.put([story(f"n{number}", "Another one.")])
        shutil.copy(tmp_path / "other" / "catalogue.db", crashed)
        with pytest.raises(LibraryUnreadable, match="beside a log of another state"):
            ids(crashed)

    @pytest.mark.parametrize(
        "noise", [b"", b"\0" * 9000, os.urandom(9000), b"7" * 40], ids=["empty", "0", "noise", "cut"]
    )
    def test_a_log_that_is_none_is_ignored(self, folder: Path, noise: bytes) -> None:
        with Library(folder, WordEmbedder()) as library:
            library.put([story("a", "Report A.")])
        (folder / "catalogue.db-wal").write_bytes(noise)
        assert ids(folder) == {"a"}


def cut_to_nothing(catalogue: Path) -> None:
    os.truncate(catalogue, 0)


def without_tables(catalogue: Path) -> None:
    """As a copy was that missed all that stood in the log."""
    catalogue.unlink()
    connection = sqlite3.connect(catalogue)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("VACUUM")
    connection.close()


LOST: list[Callable[[Path], None]] = [cut_to_nothing, without_tables, Path.unlink]


class TestEmptied:
    @pytest.mark.parametrize("lose", LOST, ids=["0 bytes", "no tables", "gone"])
    @pytest.mark.parametrize("read_only", [False, True])
    def test_it_is_told_from_a_new_library_and_nothing_is_mended_away(
        self, crashed: Path, lose: Callable[[Path], None], read_only: bool
    ) -> None:
        lose(crashed / "catalogue.db")
        before = contents(crashed)
        for _ in range(2):
            with pytest.raises(LibraryUnreadable, match="`dateline library restore FILE`, or remove the folder"):
                Library(crashed, WordEmbedder(), read_only)
            assert contents(crashed) == before

    @pytest.mark.parametrize("lose", LOST, ids=["0 bytes", "no tables", "gone"])
    def test_a_backup_is_restored_over_it(self, crashed: Path, tmp_path: Path, lose: Callable[[Path], None]) -> None:
        back_up(crashed, tmp_path / "kept.db")
        lose(crashed / "catalogue.db")
        assert restore(crashed, tmp_path / "kept.db")[0] == 3
        assert ids(crashed) == {"a", "b", "c"}

    def test_a_process_that_was_killed_while_it_made_the_catalogue_leaves_a_new_library(self, folder: Path) -> None:
        folder.mkdir()
        (folder / "catalogue.db.new").write_bytes(b"SQLite")
        (folder / "writer.lock").touch()
        with Library(folder, WordEmbedder()) as library:
            assert library.counts() == (0, 0)
        assert {path.name for path in folder.iterdir()} == {"catalogue.db", "writer.lock"}
