"""A library on a full disk, in a folder that may only be read, with something else in its files' places."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from stacks import HERE, WordEmbedder, by_meaning, by_words, story

from vectorstore.errors import IndexUnusable, LibraryBusy, LibraryUnreadable, LibraryUnwritable
from vectorstore.library import Library

FERRY = "The ferry sank in the harbour at night."

# Root may write everywhere; without its capabilities it is a user as any other.
AS_ANYBODY = [] if os.geteuid() else ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]
needs_another_user = pytest.mark.skipif(
    bool(AS_ANYBODY) and not shutil.which("setpriv"), reason="root may write everywhere, and setpriv is not installed"
)


def told(code: str, folder: Path, limit: str = "") -> list[str]:
    """The lines that a process prints which runs `code` with `folder` set, as somebody who is not root."""
    start = f"import sys; sys.path[:0] = {[str(HERE), str(HERE.parent.parent)]!r}\n{limit}\n"
    start += f"from pathlib import Path\nfolder = Path({str(folder)!r})\n{SETTING}"
    done = subprocess.run(
        [*AS_ANYBODY, sys.executable, "-c", start + code], capture_output=True, text=True, timeout=120
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout.splitlines()


SETTING = """
from stacks import *
from vectorstore.errors import *
from vectorstore.library import Library
def tell(use):
    try:
        print(use())
    except DatelineError as error:
        print(type(error).__name__, error)
"""
READ = """
tell(lambda: Library(folder, WordEmbedder()))
with Library(folder, WordEmbedder(), read_only=True) as library:
    tell(lambda: by_meaning(library, "The ferry sank in the harbour at night."))
    tell(lambda: sorted(by_words(library, "ferry")))
    tell(lambda: library.versions("a")[0].text)
    tell(lambda: library.put([story("b", "Two.")]))
    tell(lambda: library.mark_gone("a", NOW))
    tell(lambda: library.conversations.rename("talk", "Mine"))
"""


@pytest.fixture
def made(folder: Path) -> Path:
    with Library(folder, WordEmbedder()) as library:
        library.put([story("a", FERRY)])
    return folder


@pytest.fixture
def closed(made: Path):
    """A library of which nothing may be written."""
    paths = [made, *made.rglob("*")]
    for path in paths:
        path.chmod(0o500 if path.is_dir() else 0o400)
    yield made
    for path in paths:
        path.chmod(0o700 if path.is_dir() else 0o600)


def assert_read_all_the_same(lines: list[str]) -> None:
    opening, by_meaning_, by_words_, text, *refused, kept = lines
    assert opening.startswith("LibraryUnwritable")
    assert (by_meaning_, by_words_, text) == ("['a']", "['a']", FERRY)
    assert refused[0].startswith("LibraryBusy") and "since its folder cannot be written" in refused[0]
    assert refused[1].startswith("LibraryUnwritable")
    assert kept.startswith("ConversationNotKept") and "since its folder cannot be written" in kept


@needs_another_user
class TestThatMayOnlyBeRead:
    def test_is_searched_and_says_why_nothing_is_written(self, closed: Path) -> None:
        assert_read_all_the_same(told(READ, closed))

    def test_so_is_one_whose_catalogue_alone_may_only_be_read(self, made: Path) -> None:
        (made / "catalogue.db").chmod(0o400)
        assert_read_all_the_same(told(READ, made))

    def test_so_is_one_beside_a_process_that_may_write(self, made: Path) -> None:
        with Library(made, WordEmbedder()) as library:
            library.put([story("c", "Divers reached the wreck.")])
            made.chmod(0o500)
            lines = told('tell(lambda: sorted(by_words(Library(folder, WordEmbedder(), True), "wreck")))', made)
            made.chmod(0o700)
        assert lines == ["['c']"]

    def test_one_that_is_not_there_is_told(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o500)
        for reading in (False, True):
            [line] = told(f"tell(lambda: Library(folder / 'new', WordEmbedder(), {reading}))", tmp_path)
            assert line.startswith("LibraryUnreadable") and "cannot be made (Permission denied)" in line
        tmp_path.chmod(0o700)

    def test_a_catalogue_that_may_not_be_read_is_told(self, made: Path) -> None:
        (made / "catalogue.db").chmod(0)
        for reading in (False, True):
            [line] = told(f"tell(lambda: Library(folder, WordEmbedder(), {reading}))", made)
            assert "permission denied" in line or "may only be read" in line

    @pytest.mark.parametrize("index", ["chroma", "words"])
    def test_an_index_that_may_not_be_read_is_told(self, made: Path, index: str) -> None:
        (made / index).chmod(0)
        [line] = told("tell(lambda: by_meaning(Library(folder, WordEmbedder()), 'ferry'))", made)
        (made / index).chmod(0o700)
        assert line.startswith("IndexUnusable") and f"/{index} cannot be used" in line


class TestSomethingElseInItsPlace:
    @pytest.mark.parametrize("index", ["chroma", "words"])
    def test_a_file_where_an_index_belongs_is_told_and_left(self, made: Path, index: str) -> None:
        shutil.rmtree(made / index)
        (made / index).write_text("mine")
        with Library(made, WordEmbedder()) as library:
            for use in (lambda: by_meaning(library, FERRY), library.check, lambda: library.remove("a")):
                with pytest.raises(IndexUnusable, match=f"{index} is not a folder.*Move it away"):
                    use()
            assert library.counts() == (1, 1)
        assert (made / index).read_text() == "mine"

    def test_a_folder_where_the_lock_belongs_is_told_and_searching_goes_on(self, made: Path) -> None:
        (made / "writer.lock").unlink()
        (made / "writer.lock").mkdir()
        with pytest.raises(LibraryUnwritable, match=r"writer\.lock"):
            Library(made, WordEmbedder())
        with Library(made, WordEmbedder(), read_only=True) as library:
            assert by_words(library, "ferry") == {"a"}

    def test_a_folder_where_the_catalogue_belongs_is_told(self, made: Path) -> None:
        (made / "catalogue.db").unlink()
        (made / "catalogue.db").mkdir()
        for read_only in (False, True):
            with pytest.raises(LibraryUnreadable, match="it is not a file"):
                Library(made, WordEmbedder(), read_only)


PUT_ON_AND_ON = """
library = Library(folder, WordEmbedder())
def put():
    for number in range(3000):
        library.put([story(f"n{number}", *(f"Report {number} on subject {part}." * 20 for part in range(20)))])
        print(number, flush=True)
tell(put)
tell(lambda: library.put([story("again", "Two.")]))
tell(library.close)
"""


def test_what_was_reported_is_there_though_files_may_not_grow_any_more(made: Path) -> None:
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))"
    lines = told(PUT_ON_AND_ON, made, limit)
    reported = [line for line in lines if line.isdigit()]
    said = [line for line in lines if not line.isdigit() and line != "None"]
    assert len(reported) > 5 and said
    assert all(line.startswith(("LibraryUnwritable", "IndexUnusable")) for line in said)
    with Library(made, WordEmbedder()) as library:
        assert {entry.id for entry in library.entries()} >= {"a", *(f"n{number}" for number in reported)}
        library.check()
        assert library.check().sound and by_meaning(library, FERRY)[0] == "a"


def test_a_reader_says_that_another_process_writes(made: Path) -> None:
    with Library(made, WordEmbedder(), read_only=True) as reader, pytest.raises(LibraryBusy, match="another Dateline"):
        reader.put([story("b", "Two.")])
