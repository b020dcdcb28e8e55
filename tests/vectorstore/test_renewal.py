"""The index of vectors holds the catalogue's vectors, finds them, and is built anew beside itself once it is worn."""

from __future__ import annotations

import shutil
import signal
import threading
from pathlib import Path

import chromadb
import pytest
from chromadb.config import Settings
from stacks import WordEmbedder, another_process, by_meaning, story

from vectorstore.indexes.vectors import ChromaVectors
from vectorstore.library import Library
from vectorstore.storage.folder import VECTORS
from vectorstore.storage.rows import VectorRow

ARTICLES = 60


def report(number: int, version: int = 1):
    said = (f"Report {number} on subject {number * 26 + part}, as of {version}." for part in range(3))
    return story(f"n{number}", *said, version=version)


def filled(folder: Path) -> Library:
    library = Library(folder, WordEmbedder())
    library.put([report(number) for number in range(ARTICLES)])
    return library


def renewed(library: Library) -> bool:
    """Whether the index was built anew in the background; waits for it."""
    if thread := library._kept._renewing:
        thread.join()
    return library._kept.opened().vectors.folder.name == VECTORS[1]


def folders(folder: Path) -> list[str]:
    return [name for name in VECTORS if (folder / name).exists()]


def assert_all_are_found(library: Library, version: int = 1) -> None:
    for number in range(0, ARTICLES, 7):
        assert by_meaning(library, f"Report {number} on subject {number * 26}, as of {version}.")[0] == f"n{number}"


class TestAnotherModelsVectors:
    @pytest.fixture
    def put_back(self, folder: Path) -> Path:
        """A catalogue made with one model, put back beside the index that another model made of the same passages."""
        filled(folder).close()
        shutil.copy(folder / "catalogue.db", folder.parent)
        with Library(folder, WordEmbedder("other")) as library:
            library.reindex()
        shutil.copy(folder.parent / "catalogue.db", folder)
        return folder

    def test_are_not_left_in_the_index_of_a_catalogue_that_was_put_back(self, put_back: Path) -> None:
        with Library(put_back, WordEmbedder()) as library:
            assert_all_are_found(library)
            index = library._kept.opened().vectors
            assert index.difference(library._catalogue.all_vectors()) == ([], [])

    @pytest.mark.parametrize("size", [64, 96], ids=["of the same length", "of another length"])
    def test_are_found_by_a_check_of_an_index_that_looks_untouched(self, folder: Path, size: int) -> None:
        library, other = filled(folder), WordEmbedder("other", size)
        index = library._kept.opened().vectors
        if size != 64:
            index.remove(index.ids())
            index._client.delete_collection("passages")
            index._held = index._client.create_collection("passages", embedding_function=None)
        index.add([VectorRow(f"n7@1#{part}", other.query(f"Report 7, {part}")) for part in range(3)])
        assert library.check().missing >= 3
        assert library.check().sound
        assert_all_are_found(library)
        library.close()


def test_a_deep_check_builds_an_index_anew_that_does_not_find_its_passages(folder: Path) -> None:
    filled(folder).close()
    shutil.rmtree(folder / "chroma")
    weak = {"hnsw": {"space": "cosine", "ef_construction": 2, "max_neighbors": 2, "ef_search": 1}}
    client = chromadb.PersistentClient(str(folder / "chroma"), settings=Settings(anonymized_telemetry=False))
    client.create_collection("passages", embedding_function=None, configuration=weak)
    client.close()
    with Library(folder, WordEmbedder()) as library:
        assert library.check().missing == ARTICLES * 3 and library.check().sound
        steps: list[tuple[int, int]] = []
        found = library.check(deep=True, progress=lambda done, total: steps.append((done, total)))
        assert found.unfound > 2 and found.unfound_then == 0 and steps == [(180, 180)] * 2
        again = library.check(deep=True)
        assert (again.sound, again.unfound, again.unfound_then) == (True, 0, None)
        assert library.check().unfound is None
    assert folders(folder) == [VECTORS[1]]


def test_passages_with_the_very_same_vector_count_as_found(folder: Path) -> None:
    with Library(folder, WordEmbedder()) as library:
        library.put([story(f"n{number}", "The same words again.") for number in range(40)])
        assert library.check(deep=True).unfound == 0


class TestWornOut:
    def test_by_updates_it_is_built_anew_while_the_library_is_used(self, folder: Path, caplog) -> None:
        with filled(folder) as library:
            library.put([report(number, 2) for number in range(12)])
            assert not renewed(library)  # 36 passages of 180 are less than a quarter, and than is worth it
            for first in range(12, ARTICLES, 6):
                library.put([report(number, 2) for number in range(first, first + 6)])
            library.put([report(number, 2) for number in range(12)])
            assert renewed(library) and folders(folder) == [VECTORS[1]]
            assert_all_are_found(library, 2)
        with Library(folder, WordEmbedder()) as library:
            assert_all_are_found(library, 2)
            assert library.check(deep=True).sound
        assert not [message for message in caplog.messages if "mending" in message]

    def test_by_removals_it_is_built_anew(self, folder: Path) -> None:
        with filled(folder) as library:
            for number in range(34):
                library.remove(f"n{number}")
            assert renewed(library)
            assert library.check(deep=True).sound and library.counts() == (26, 78)

    def test_what_is_stored_and_removed_meanwhile_is_in_the_new_one(self, folder: Path) -> None:
        with filled(folder) as library:
            kept = library._kept
            with library._writing:  # the one in the background is built, and waits to take the other's place
                for number in range(34):
                    library.remove(f"n{number}")
                library.store([story("late", "A trawler rescued two sailors.")])
                library.remove("n40")
            library.pending.wait()
            assert renewed(library)
            assert by_meaning(library, "A trawler rescued two sailors.")[0] == "late"
            assert kept.opened().vectors.difference(library._catalogue.all_vectors()) == ([], [])

    def test_searches_go_on_all_the_while(self, folder: Path) -> None:
        with filled(folder) as library:
            done, failed = threading.Event(), []

            def search() -> None:
                while not done.is_set():
                    if by_meaning(library, "Report 56 on subject 1456, as of 1.")[0] != "n56":
                        failed.append(1)

            searching = threading.Thread(target=search)
            searching.start()
            for _ in range(3):
                with library._writing:
                    library._kept.renew()
            done.set()
            searching.join()
            assert not failed

    def test_closing_leaves_the_new_one_unfinished_and_opening_forgets_it(self, folder: Path) -> None:
        library = filled(folder)
        with library._writing:
            for number in range(34):
                library.remove(f"n{number}")
            library.close()
        with Library(folder, WordEmbedder()) as library:
            assert library.counts() == (26, 78) and library.check().sound
            assert len(folders(folder)) == 1


RENEW_ON_AND_ON = """
from stacks import WordEmbedder, story
from vectorstore.library import Library
with Library(folder, WordEmbedder()) as library:
    while True:
        print("renewed", flush=True)
        with library._writing:
            library._kept.renew()
"""


@pytest.mark.parametrize("times", [1, 2, 4])
def test_it_is_whole_though_the_process_is_killed_while_it_is_built(folder: Path, times: int) -> None:
    filled(folder).close()
    with another_process(RENEW_ON_AND_ON, folder) as child:
        for _ in range(times):
            assert child.stdout.readline() == "renewed\n"
        child.send_signal(signal.SIGKILL)
        child.wait()
    with Library(folder, WordEmbedder()) as library:
        assert_all_are_found(library)
        assert library.check(deep=True).unfound == 0 and len(folders(folder)) == 1


def test_an_index_that_is_no_longer_wanted_is_removed(folder: Path) -> None:
    filled(folder).close()
    stray = ChromaVectors(folder / VECTORS[1])
    stray.close()
    with Library(folder, WordEmbedder()) as library:
        assert_all_are_found(library)
        assert folders(folder) == [VECTORS[0]]
