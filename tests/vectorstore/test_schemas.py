"""A library of each earlier version opens. The dumps were made by that version's own code at the commit that brought
its schema: two articles, one of them updated once; a feed since schema 2; a conversation since schema 5. That of
schema 10 was brought forward from the one before."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from stacks import HERE, WordEmbedder, by_meaning, by_words

from vectorstore.library import Library
from vectorstore.storage.backup import restore
from vectorstore.storage.migrations import READABLE
from vectorstore.storage.schema import SCHEMA_VERSION

# The first version that read feeds had their tables and columns, and still called its schema 1.
EVERY_SCHEMA = ("1_feeds", *READABLE, SCHEMA_VERSION)


class Letters(WordEmbedder):
    """The embedder that the dumps were made with."""

    def __init__(self) -> None:
        super().__init__("letters", 8)

    def query(self, text: str) -> np.ndarray:
        vector = np.full(8, 1e-3, dtype=np.float32)
        for word in re.findall(r"\w+", text.lower()):
            digest = hashlib.shake_256(word.encode()).digest(8)
            vector += np.frombuffer(digest, dtype=np.uint8).astype(np.float32) - 127.5
        return vector / np.linalg.norm(vector)


def made_by(version: str, folder: Path) -> Path:
    folder.mkdir()
    connection = sqlite3.connect(folder / "catalogue.db")
    connection.executescript((HERE / "schemas" / f"schema_{version}.sql").read_text(encoding="utf-8"))
    connection.close()
    return folder


def assert_all_is_there(folder: Path, version: str) -> None:
    number = int(version.partition("_")[0])
    with Library(folder, Letters()) as library:
        assert library.counts() == (2, 3)
        assert [each.version for each in library.versions("ferry")] == [1, 2]
        assert library.article("ferry").authors == ("Ann Lee",) and not library.article("ferry").summary_only
        assert "Two sailors" in library.article("ferry", 1).text and library.article("ferry", 1).gone_at is None
        assert by_words(library, "trawler") == {"ferry"} and library.languages() == ["en"]
        assert by_meaning(library, "Rates rise (Gazette) The central bank raised interest rates.")[0] == "rates"
        assert sorted(entry.passages for entry in library.entries()) == [1, 2]
        assert [feed.title for feed in library.subscriptions.all()] == (["Post"] if version != "1" else [])
        talks = [entry.title for entry in library.conversations.entries()]
        assert talks == (["Who was rescued?"] if number >= 5 else [])
        noted = [note.text for note in library.article("ferry").corrections]
        assert noted == (["Three sailors were rescued by a trawler."] if number >= 8 else [])
        assert library.article("rates").corrections == library.article("ferry", 1).corrections == ()
        state = library.reading_states.of()
        assert (state.read, state.starred) == (({"ferry"}, {"rates"}) if number >= 9 else (set(), set()))
        assert state.followed == ({"ferry": {"ferry"}} if number >= 9 else {})
        removed = library.remove("ferry")
        assert library.restore(removed) and library.check().catalogue_sound


def test_there_is_a_dump_of_every_schema_that_is_read() -> None:
    assert {path.stem for path in (HERE / "schemas").iterdir()} == {f"schema_{each}" for each in EVERY_SCHEMA}


@pytest.mark.parametrize("version", EVERY_SCHEMA)
def test_a_library_of_an_earlier_version_opens_with_all_that_it_held(folder: Path, version: str) -> None:
    assert_all_is_there(made_by(version, folder), version)
    assert_all_is_there(folder, version)


@pytest.mark.parametrize("version", EVERY_SCHEMA)
def test_a_backup_of_an_earlier_version_is_restored(tmp_path: Path, folder: Path, version: str) -> None:
    old = made_by(version, tmp_path / "old")
    assert restore(folder, old / "catalogue.db") == (2, None)
    assert_all_is_there(folder, version)


@pytest.mark.parametrize("version", EVERY_SCHEMA)
def test_bringing_it_forward_leads_to_the_tables_of_a_new_one(tmp_path: Path, folder: Path, version: str) -> None:
    Library(tmp_path / "new", Letters()).close()
    Library(made_by(version, folder), Letters()).close()
    assert columns(folder) == columns(tmp_path / "new")


def columns(folder: Path) -> dict[str, set[str]]:
    """By table; in what order they stand is nothing that a query asks."""
    connection = sqlite3.connect(folder / "catalogue.db")
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {name: {row[1] for row in connection.execute(f"PRAGMA table_info({name})")} for name in tables}
    connection.close()
    return found


def test_vectors_that_a_cut_off_reindex_of_an_earlier_version_mixed_are_made_anew(folder: Path) -> None:
    connection = sqlite3.connect(made_by("6", folder) / "catalogue.db")
    connection.execute("UPDATE facts SET value = 'an unfinished reindex' WHERE name = 'embedder'")
    connection.commit()
    connection.close()
    other = WordEmbedder("other")
    with Library(folder, other) as library:
        assert by_words(library, "trawler") == {"ferry"} and library.check().waiting == 3
        library.pending.wait()
        assert by_meaning(library, "Rates rise (Gazette) The central bank raised interest rates.")[0] == "rates"
        assert library.check().sound and library.check().embedder == "other"
