from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from stacks import Place, WordEmbedder, story

from vectorstore.indexes.embedding import SentenceEmbedder
from vectorstore.library import Library

if TYPE_CHECKING:
    from postgres_server import PostgresServer

sys.path.insert(0, str(Path(__file__).parent.parent))  # postgres_server.py

BOTH = ("sqlite", "postgresql")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def library(folder: Path) -> Iterator[Library]:
    with Library(folder, WordEmbedder()) as library:
        yield library


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A running server; a test that needs none does not start it."""
    from postgres_server import PostgresServer

    server = PostgresServer()
    yield server
    server.stop()


@pytest.fixture(params=BOTH)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Where a library is to be made: once in a folder, and once on PostgreSQL."""
    with ExitStack() as until:
        yield _place(request, tmp_path / "library", until)


@pytest.fixture(params=BOTH, scope="module")
def lasting_places(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Place]]:
    """Makes another one at each call, for libraries that all tests of a file only read."""
    with ExitStack() as until:
        yield lambda: _place(request, tmp_path_factory.mktemp("lasting") / "library", until)


def _place(request: pytest.FixtureRequest, folder: Path, until: ExitStack) -> Place:
    if request.param == "sqlite":
        return Place(folder)
    server: Any = request.getfixturevalue("postgres")
    return Place(folder, until.enter_context(server.database()))


@pytest.fixture(scope="session")
def embedder() -> SentenceEmbedder:
    """The real one; it loads when a test first asks it for a vector."""
    return SentenceEmbedder()


@pytest.fixture(scope="session")
def _large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("large") / "library"
    with Library(folder, WordEmbedder()) as library:
        library.put(
            [
                story(f"n{number}", *(f"Report {number} on subject {number * 26 + part}." for part in range(26)))
                for number in range(40)
            ]
        )
    return folder


@pytest.fixture
def large(_large: Path, folder: Path) -> Path:
    """A closed library of 1,040 passages, more than Chroma keeps in its log before it writes its segment files."""
    return Path(shutil.copytree(_large, folder))
