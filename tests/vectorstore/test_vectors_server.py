"""Vectors on a Chroma server: shared, lost and found again, while words go on being found."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from stacks import SQLITE_ONLY, Place, WordEmbedder, by_meaning, by_words, nearest_by_then, story

from vectorstore.errors import SettingsError
from vectorstore.indexes import vectors as of_vectors
from vectorstore.indexes.vectors import ChromaServer

RATES = story("rates", "The central bank raised interest rates.")


class Chroma:
    """A server of its own, which can be ended and started again at the same address."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-c", "from chromadb.cli.cli import app; app()", "run", "--path", str(self.folder)]
        at = ["--host", "127.0.0.1", "--port", str(self._port)]
        self._process = subprocess.Popen(command + at, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while True:
            try:
                return socket.create_connection(("127.0.0.1", self._port)).close()
            except ConnectionRefusedError:
                assert self._process.poll() is None, "the Chroma server did not start"
                time.sleep(0.05)

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture(scope="module")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chroma]:
    server = Chroma(tmp_path_factory.mktemp("server") / "chroma")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def chroma(_server: Chroma, monkeypatch: pytest.MonkeyPatch) -> Chroma:
    """Each library has collections of its own on it."""
    monkeypatch.setattr(of_vectors, "_TRY_AGAIN_AFTER", 0.0)
    return _server


def test_a_server_that_goes_and_comes_back_costs_no_words_and_loses_nothing(
    place: Place, chroma: Chroma, caplog: pytest.LogCaptureFixture
) -> None:
    with place.opened(vectors=chroma.url) as library:
        library.put([RATES, story("ferry", "The ferry sank.")])
        assert by_meaning(library, RATES[1][0].text)[0] == "rates" and library.check().vectors_problem == ""
        library.remove("ferry")
        assert by_meaning(library, "The ferry sank.", limit=9) == ["rates"]
        chroma.stop()
        library.put([story("late", "A bridge opened.")])
        assert by_words(library, "bridge") == {"late"} and by_meaning(library, "A bridge opened.") == []
        assert library.check().vectors_problem and "found by their words alone" in caplog.text
        chroma.start()
        assert nearest_by_then(library, "A bridge opened.", "late") == "late"
        assert library.check().vectors_problem == "" and library.check().sound and "answers again" in caplog.text
        assert not list(library.folder.rglob("chroma.sqlite3"))


@SQLITE_ONLY
def test_what_changed_while_the_server_was_not_used_is_brought_up(place: Place, chroma: Chroma) -> None:
    with place.opened(vectors=chroma.url) as library:
        library.put([RATES, story("ferry", "The ferry sank.")])
    with place.opened() as library:
        assert by_meaning(library, "The ferry sank.")[0] == "ferry"
        library.remove("ferry")
        library.put([story("late", "A bridge opened.")])
    with place.opened(vectors=chroma.url) as library:
        assert set(by_meaning(library, "A bridge opened.", limit=9)) == {"late", "rates"}
        library.remove("late")
        assert library.check().sound
    with place.opened() as library:
        assert by_meaning(library, "A bridge opened.", limit=9) == ["rates"] and library.check().sound


@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
def test_several_machines_share_what_one_has_embedded_until_the_server_has_lost_it(
    place: Place, chroma: Chroma, tmp_path: Path
) -> None:
    there = Place(tmp_path / "there", place.database)
    with place.opened(vectors=chroma.url) as one, there.opened(vectors=chroma.url) as other:
        one.put([RATES])
        assert nearest_by_then(other, RATES[1][0].text, "rates") == "rates"
        with Place(tmp_path / "apart").opened(vectors=chroma.url) as apart:
            assert by_meaning(apart, RATES[1][0].text) == []
        other.reindex()
        assert all(nearest_by_then(each, RATES[1][0].text, "rates") == "rates" for each in (one, other))
        assert one.check(deep=True).unfound == 0
    chroma.stop()
    shutil.rmtree(chroma.folder)
    with place.opened(vectors=chroma.url) as library:
        assert by_words(library, "rates") == {"rates"}
    chroma.start()
    embedder = WordEmbedder()
    with place.opened(embedder, vectors=chroma.url) as library:
        assert nearest_by_then(library, RATES[1][0].text, "rates") == "rates" and embedder.embedded == 0


@pytest.mark.parametrize("url", ["chroma:8000", "ftp://host:1", "http://", "http://host:port", "http://host/path"])
def test_an_address_that_is_none_is_told(url: str) -> None:
    with pytest.raises(SettingsError, match="Chroma server such as"):
        ChromaServer(url)
