from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from stacks import WordEmbedder, by_words, story

from vectorstore.errors import LibraryUnreadable
from vectorstore.library import Library


def tables(path: Path) -> set[str]:
    connection = sqlite3.connect(path)
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    connection.close()
    return names


@pytest.mark.parametrize(
    "contents",
    [
        b"Dear reader, this is no database. " * 100,
        random.Random(1).randbytes(8192),
        b"SQLite format 3\0" + b"\xff" * 4096,
    ],
    ids=["text", "garbage", "a damaged first page"],
)
def test_a_catalogue_that_is_no_database_is_told_and_left_as_it_is(folder: Path, contents: bytes) -> None:
    folder.mkdir()
    (folder / "catalogue.db").write_bytes(contents)
    for _ in range(2):  # the second time shows that the first gave its lock back
        with pytest.raises(LibraryUnreadable, match=r"catalogue\.db cannot be read \(.*Bring a backup back"):
            Library(folder, WordEmbedder())
    assert (folder / "catalogue.db").read_bytes() == contents


def test_a_catalogue_that_is_a_folder_is_told(folder: Path) -> None:
    (folder / "catalogue.db").mkdir(parents=True)
    with pytest.raises(LibraryUnreadable, match="it is not a file"):
        Library(folder, WordEmbedder())


def test_a_catalogue_of_a_newer_version_is_told_and_left_as_it_is(folder: Path) -> None:
    folder.mkdir()
    connection = sqlite3.connect(folder / "catalogue.db")
    connection.executescript("CREATE TABLE facts (name PRIMARY KEY, value); INSERT INTO facts VALUES ('schema', '99')")
    connection.close()
    for _ in range(2):
        with pytest.raises(LibraryUnreadable, match="another version of Dateline .its schema is 99, this one reads"):
            Library(folder, WordEmbedder())
    assert tables(folder / "catalogue.db") == {"facts"}


@pytest.mark.parametrize("under", ["", "below"], ids=["a file", "under a file"])
def test_a_library_that_is_a_file_is_told(tmp_path: Path, under: str) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(LibraryUnreadable, match="notes.txt.* cannot be made .*--library"):
        Library(tmp_path / "notes.txt" / under, WordEmbedder())
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_damage_inside_the_catalogue_is_told_wherever_it_is_met(large: Path) -> None:
    path = large / "catalogue.db"
    whole = path.read_bytes()
    half = len(whole) // 2
    # Behind the names of its tables, without which it would not open.
    path.write_bytes(whole[:half] + random.Random(1).randbytes(len(whole) - half))
    with Library(large, WordEmbedder()) as library:
        for use in (library.check, lambda: [library.passages_of(f"n{number}") for number in range(40)]):
            with pytest.raises(LibraryUnreadable, match="Bring a backup back"):
                use()


@pytest.mark.parametrize("column", ["published_at", "ingested_at", "authors"])
def test_a_bit_that_was_turned_in_a_time_or_a_byline_is_told(large: Path, column: str) -> None:
    with closing(sqlite3.connect(large / "catalogue.db")) as connection, connection:
        connection.execute(f"UPDATE articles SET {column} = '202&-11-01 00:00:00.000000'")
    with (
        Library(large, WordEmbedder()) as library,
        pytest.raises(LibraryUnreadable, match="it holds '202&.*Bring a backup back"),
    ):
        library.article("n7")


def test_a_log_that_may_not_be_read_is_told(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("vectorstore.storage.database.belongs", refuse)  # the superuser may read everything
    with pytest.raises(LibraryUnreadable, match=r"catalogue.db-wal .* cannot be read .Permission denied"):
        Library(large, WordEmbedder())


def test_a_copy_of_the_folder_is_a_backup(large: Path, tmp_path: Path) -> None:
    moved = large.rename(tmp_path / "elsewhere")
    with Library(moved, WordEmbedder()) as library:
        assert library.counts() == (40, 1040) and by_words(library, "190") == {"n7"}


def test_folders_on_the_way_are_made(tmp_path: Path) -> None:
    with Library(tmp_path / "a" / "b ü" / "c", WordEmbedder()) as library:
        library.put([story("a", "One.")])
        assert library.check().sound
