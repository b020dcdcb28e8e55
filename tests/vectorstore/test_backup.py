"""`back_up` and `restore`: one file that holds the library, and the library from it."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import stat
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from stacks import HOLD_OPEN, WordEmbedder, another_process, by_meaning, by_words, story

from vectorstore.errors import BackupFailed, LibraryBusy, LibraryUnreadable
from vectorstore.library import Library
from vectorstore.storage.backup import back_up, restore

REPORTS = [story(f"n{number}", f"Report {number}.", f"Details of {number}.") for number in range(30)]


@pytest.fixture
def made(folder: Path) -> Path:
    with Library(folder, WordEmbedder()) as library:
        library.put(REPORTS)
    return folder


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "kept.db"


def leftovers(place: Path) -> set[str]:
    return {path.name for path in place.iterdir()} - {"kept.db", "library", "other"}


class TestBackingUp:
    def test_the_file_is_whole_by_itself_and_its_owner_s_alone(self, made: Path, file: Path, tmp_path: Path) -> None:
        assert back_up(made, file) == 30
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        connection = sqlite3.connect(f"{file.as_uri()}?immutable=1", uri=True)
        assert connection.execute("SELECT count(*) FROM passages").fetchone() == (60,)
        connection.close()
        assert not leftovers(tmp_path)

    def test_how_far_it_is_can_be_followed(self, made: Path, file: Path) -> None:
        steps: list[tuple[int, int]] = []
        back_up(made, file, progress=lambda done, total: steps.append((done, total)))
        assert steps and steps[-1][0] == steps[-1][1] > 1

    def test_beside_a_process_that_writes(self, folder: Path, file: Path) -> None:
        with another_process(HOLD_OPEN, folder) as child:
            assert child.stdout.readline() == "open\n"
            assert back_up(folder, file) == 1

    def test_it_ends_while_others_go_on_writing_and_is_one_state(self, made: Path, file: Path) -> None:
        with Library(made, WordEmbedder()) as library:
            done, number = threading.Event(), 0
            backing = threading.Thread(target=lambda: (back_up(made, file), done.set()))
            backing.start()
            while not done.is_set():
                library.put([story(f"pair-{number}-{half}", f"Half {half} of {number}.") for half in "ab"])
                number += 1
            backing.join()
        connection = sqlite3.connect(file)
        held = [id for (id,) in connection.execute("SELECT id FROM articles WHERE id LIKE 'pair%'")]
        connection.close()
        assert len(held) % 2 == 0

    def test_what_is_in_the_file_stays_unless_told_otherwise(self, made: Path, file: Path) -> None:
        file.write_text("mine")
        with pytest.raises(BackupFailed, match="is there already.*--force"):
            back_up(made, file)
        assert file.read_text() == "mine"
        assert back_up(made, file, force=True) == 30

    @pytest.mark.parametrize("place", ["missing/kept.db", ".", "library/catalogue.db/kept.db"])
    def test_a_place_where_nothing_can_be_written_is_told(self, made: Path, tmp_path: Path, place: str) -> None:
        with pytest.raises(BackupFailed, match="cannot be written"):
            back_up(made, tmp_path / place, force=True)
        assert not leftovers(tmp_path)

    def test_a_library_that_is_not_there_or_damaged_is_told_and_what_was_kept_stays(
        self, made: Path, file: Path, tmp_path: Path
    ) -> None:
        with pytest.raises(BackupFailed, match="holds no articles: it is no file"):
            back_up(tmp_path / "nowhere", file)
        back_up(made, file)
        damage(made / "catalogue.db")
        before = file.read_bytes()
        with pytest.raises(BackupFailed):
            back_up(made, file, force=True)
        assert file.read_bytes() == before and not leftovers(tmp_path)


def damage(path: Path) -> None:
    whole = path.read_bytes()
    third = len(whole) // 3
    path.write_bytes(whole[:third] + random.Random(1).randbytes(third) + whole[2 * third :])


class TestRestoring:
    def test_into_a_new_folder_it_is_searched_at_once_and_nothing_is_embedded(self, made: Path, file: Path) -> None:
        back_up(made, file)
        shutil.rmtree(made)
        assert restore(made, file) == (30, None)
        embedder = WordEmbedder()
        with Library(made, embedder) as library:
            assert by_meaning(library, "Report 7.")[0] == "n7" and by_words(library, "7") == {"n7"}
            assert embedder.embedded == 0
            library.check()
            assert library.check().sound
        assert file.exists()

    def test_over_articles_only_when_told_to_and_these_are_kept_aside(self, made: Path, file: Path) -> None:
        back_up(made, file)
        with Library(made, WordEmbedder()) as library:
            library.remove("n7")
            library.put([story("later", "A trawler rescued two sailors.")])
        with pytest.raises(BackupFailed, match="has 30 articles.*--library.*--force"):
            restore(made, file)
        held, aside = restore(made, file, force=True)
        with Library(made, WordEmbedder()) as library:
            assert held == 30 and by_words(library, "trawler") == set() and by_meaning(library, "Report 7.")[0] == "n7"
            library.check()
            assert library.check().sound
        assert aside is not None
        with Library(aside, WordEmbedder()) as library:
            assert by_words(library, "trawler") == {"later"}

    def test_a_copy_of_a_catalogue_with_its_log_is_taken_with_what_is_in_the_log(
        self, made: Path, folder: Path
    ) -> None:
        other = made.parent / "other"
        with Library(made, WordEmbedder()) as library:
            reader = sqlite3.connect(made / "catalogue.db", isolation_level=None)
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM articles").fetchall()
            library.put([story("later", "A trawler rescued two sailors.")])
            copy = Path(shutil.copytree(made, made.parent / "copied"))
            reader.close()
        assert restore(other, copy / "catalogue.db") == (31, None)

    def test_while_the_library_is_used_it_is_refused(self, made: Path, file: Path) -> None:
        back_up(made, file)
        with Library(made, WordEmbedder()) as library:
            with pytest.raises(LibraryBusy):
                restore(made, file, force=True)
            assert library.counts() == (30, 60)

    @pytest.mark.parametrize(
        ("spoil", "said"),
        [
            (lambda file: file.unlink(), "it is no file"),
            (lambda file: os.truncate(file, 0), "it is empty"),
            (lambda file: os.truncate(file, file.stat().st_size // 2), "malformed|damaged"),
            (damage, "malformed|damaged"),
            (lambda file: file.write_text("Dear reader " * 500), "not a database"),
            (lambda file: sql(file, "DROP TABLE facts"), "cannot be read as a backup"),
            (lambda file: sql(file, "UPDATE facts SET value = '99' WHERE name = 'schema'"), "its schema is 99"),
        ],
        ids=["missing", "empty", "cut", "damaged", "text", "another database", "a later version"],
    )
    def test_what_cannot_be_used_is_told_and_the_library_stays(
        self, made: Path, file: Path, spoil: Callable[[Path], None], said: str
    ) -> None:
        back_up(made, file)
        spoil(file)
        before = (made / "catalogue.db").read_bytes()
        with pytest.raises(BackupFailed, match=said):
            restore(made, file, force=True)
        assert (made / "catalogue.db").read_bytes() == before
        assert not [path.name for path in made.iterdir() if "restoring" in path.name or "replaced" in path.name]

    def test_a_catalogue_that_cannot_be_read_is_replaced_and_kept_aside(self, made: Path, file: Path) -> None:
        back_up(made, file)
        (made / "catalogue.db").write_bytes(random.Random(1).randbytes(9000))
        held, aside = restore(made, file)
        assert held == 30 and aside is not None and (aside / "catalogue.db").stat().st_size == 9000
        with Library(made, WordEmbedder()) as library:
            assert by_meaning(library, "Report 7.")[0] == "n7"


RESTORE_ON_AND_ON = """
from vectorstore.storage.backup import restore
while True:
    print("restoring", flush=True)
    restore(folder, folder.parent / "kept.db", force=True)
"""


@pytest.mark.parametrize("wait", [0.0, 0.01, 0.02, 0.05])
def test_killed_while_it_restores_it_can_be_restored_again(made: Path, file: Path, wait: float) -> None:
    back_up(made, file)
    with another_process(RESTORE_ON_AND_ON, made) as child:
        assert child.stdout.readline() == child.stdout.readline() == "restoring\n"
        time.sleep(wait)
        child.kill()
        child.wait()
    try:
        with Library(made, WordEmbedder()) as library:
            assert library.counts() == (30, 60)
    except LibraryUnreadable as error:
        assert "dateline library restore FILE" in str(error)
    assert restore(made, file, force=True)[0] == 30
    with Library(made, WordEmbedder()) as library:
        assert library.counts() == (30, 60) and by_meaning(library, "Report 7.")[0] == "n7"


def sql(file: Path, statement: str) -> None:
    connection = sqlite3.connect(file)
    connection.execute(statement)
    connection.commit()
    connection.close()
