"""`dateline doctor`: what it says of each setting and each state of a library, and that it changes nothing."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from assistant.commands.exposure import Finding, as_text, examine, space
from assistant.settings import Settings
from ingest.pipeline import ingest
from vectorstore.indexes.embedding import Unlimited
from vectorstore.library import Library
from vectorstore.models import Matrix

DATELINE = Path(sys.executable).with_name("dateline")
NOW = datetime(2027, 5, 3, tzinfo=UTC)
TEXT = "The council voted on the harbour plan on Tuesday and the ferry will sail again in spring."
SUBJECTS = {"page", "other sites", "private addresses", "sites", "chat model", "library", "library folder"}
SUBJECTS |= {"cache folder", "library disk", "cache disk", "clock", "versions"}


class Flat(Unlimited):
    name = "all-MiniLM-L6-v2"

    def passages(self, texts: list[str]) -> Matrix:
        return np.tile(np.eye(1, 8, dtype=np.float32), (len(texts), 1))

    def query(self, text: str) -> Matrix:
        return self.passages([text])[0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A closed library of one article."""
    source = tmp_path / "rows.jsonl"
    source.write_text(json.dumps({"id": "n1", "published_at": "2027-05-01", "text": TEXT}))
    with Library(tmp_path / "library", Flat()) as library:
        assert ingest([source], library, now=lambda: NOW).added == 1
        library.pending.wait()
    return tmp_path / "library"


def settings(folder: Path, **given: object) -> Settings:
    return Settings(library=folder, **{"cache": folder.parent / "cache", "model": "quote", **given})  # type: ignore[arg-type]


def found(given: Settings, now: datetime = NOW) -> dict[str, Finding]:
    return {each.subject: each for each in examine(given, now)}


def state(folder: Path) -> list[tuple[str, int, int, bytes]]:
    """All but what SQLite shares among processes, which it makes anew."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.endswith("-shm"))
    return [(str(path), path.stat().st_mtime_ns, path.stat().st_mode, path.read_bytes()) for path in paths]


class TestSettings:
    @pytest.mark.parametrize(
        ("given", "subject", "says", "safer"),
        [
            ({}, "page", "open to whoever uses this machine", ""),
            ({"host": "localhost"}, "page", "this machine", ""),
            ({"host": "::1"}, "page", "this machine", ""),
            ({"host": "0.0.0.0"}, "page", "those who have an account", ""),
            ({"accounts": True}, "page", "those who have an account", ""),
            ({"host": "0.0.0.0", "accounts": False}, "page", "can read and change", "DATELINE_HOST=127.0.0.1"),
            ({"host": "192.168.1.5", "port": 8000, "accounts": False}, "page", "192.168.1.5, port 8000", "ACCOUNTS"),
            ({"public_name": "news.example"}, "public name", "news.example", ""),
            ({}, "private addresses", "refused", ""),
            ({"allow_private_addresses": True}, "private addresses", "local network", "=false"),
            ({"respect_robots": False}, "sites", "not obeyed", ""),
            ({"refresh_every": timedelta(hours=2)}, "sites", "every 2:00:00", ""),
            ({}, "chat model", "no question and no passage leaves", ""),
            ({"model": "openai:x", "model_key": "SECRET"}, "chat model", "own servers; a key is set", ""),
            ({"model": "openai:x", "model_url": "https://u:SECRET@m.example/"}, "chat model", "sent to m.example", ""),
            ({"model": "openai:x", "model_url": "http://m.example/v1"}, "chat model", "m.example", "https://"),
            ({"model": "openai:x", "model_url": "http://127.0.0.1:8080/v1"}, "chat model", "on this machine", ""),
            ({"model": "ollama:qwen2.5:7b"}, "chat model", "on this machine", ""),
            ({"embedder": "someone/model"}, "embedding model", "the library's vectors are of all-MiniLM", "reindex"),
        ],
    )
    def test_a_setting_is_told_with_what_would_be_safer(
        self, folder: Path, given: dict[str, object], subject: str, says: str, safer: str
    ) -> None:
        finding = found(settings(folder, **given))[subject]
        assert says in finding.found and safer in finding.safer and bool(safer) == bool(finding.safer)
        assert "SECRET" not in as_text(finding) and "\n" not in as_text(finding)

    @pytest.mark.parametrize(
        "origins", ["https://a.example, https://b.example", ("https://a.example", "https://b.example")]
    )
    def test_sites_that_may_ask_are_named(self, folder: Path, origins: object) -> None:
        class Allowing(Settings):
            allowed_origins: object = origins

        other = found(Allowing(library=folder, cache=folder, model="quote"))["other sites"]
        assert "https://a.example, https://b.example may read" in other.found and other.safer
        assert not found(settings(folder))["other sites"].safer


class TestFoldersAndClocks:
    @pytest.mark.parametrize(
        ("mode", "above", "who"),
        [
            (0o755, 0o755, "everybody on this machine can"),
            (0o750, 0o755, "group can"),
            (0o700, 0o755, ""),
            (0o755, 0o700, ""),
        ],
    )
    def test_who_else_can_look_into_a_folder(self, mode: int, above: int, who: str) -> None:
        with TemporaryDirectory() as made:  # not in a folder of pytest's, which nobody else can go into
            folder = Path(made) / "library"
            folder.mkdir()
            folder.chmod(mode)
            folder.parent.chmod(above)
            finding = found(settings(folder))["library folder"]
        assert (who in finding.found and finding.safer == f"chmod 700 {folder}") if who else not finding.safer

    @pytest.mark.parametrize(
        ("now", "what"), [(NOW - timedelta(days=30), "taken in"), (datetime(1970, 1, 1, tzinfo=UTC), "taken in")]
    )
    def test_a_clock_behind_the_library_is_told(self, folder: Path, now: datetime, what: str) -> None:
        clock = found(settings(folder), now)["clock"]
        assert what in clock.found and clock.safer == "set the clock of this machine"
        assert found(settings(folder))["clock"] == Finding(
            "clock", "2027-05-03 00:00 UTC; the newest article is of 1 May 2027"
        )

    def test_a_disk_with_too_little_room_is_told(self, tmp_path: Path) -> None:
        assert space("cache disk", tmp_path / "not" / "there", 1e9).safer == "make 1e+09 GB free"
        assert not space("cache disk", tmp_path, 0).safer


def broken(write: Callable[[Path], object]) -> Callable[[Path], AbstractContextManager[object]]:
    def make(folder: Path) -> AbstractContextManager[object]:
        write(folder / "catalogue.db")
        return nullcontext()

    return make


def missing(folder: Path) -> AbstractContextManager[object]:
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()
    return nullcontext()


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def of_the_future(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE facts SET value = '99' WHERE name = 'schema'")


@contextmanager
def killed(folder: Path) -> Iterator[None]:
    """As a process leaves it that was killed: with a log that was not taken over."""
    with Library(folder, Flat()) as library:
        library.mark_gone("n1", NOW)
        copies = {path: path.read_bytes() for path in folder.glob("catalogue.db*")}
    for path, content in copies.items():
        path.write_bytes(content)
        path.chmod(0o600)
    yield


STATES: dict[str, tuple[Callable[[Path], AbstractContextManager[object]], str]] = {
    "sound": (lambda _: nullcontext(), "1 articles at"),
    "in use": (lambda folder: Library(folder, Flat()), "in use by another Dateline just now"),
    "missing": (missing, "there is none"),
    "killed": (killed, "1 articles at"),
    "no database": (broken(lambda path: path.write_bytes(b"no database" * 1000)), "file is not a database"),
    "cut in half": (broken(lambda path: os.truncate(path, path.stat().st_size // 2)), "cannot be read"),
    "zeroed": (broken(lambda path: path.write_bytes(bytes(path.stat().st_size))), "cannot be read"),
    "empty": (broken(lambda path: path.write_bytes(b"")), "cannot be read"),
    "a folder": (broken(a_folder), "cannot be read"),
    "of the future": (broken(of_the_future), "its schema is 99"),
}


@pytest.mark.parametrize("name", STATES)
def test_whatever_state_the_library_is_in_it_is_told_and_nothing_changes(folder: Path, name: str) -> None:
    make, says = STATES[name]
    with make(folder):
        before = state(folder)
        told = found(settings(folder))
        assert state(folder) == before
    assert says in told["library"].found
    assert set(told) >= SUBJECTS
    assert bool(told["library"].safer) == (says not in ("1 articles at", "there is none") and name != "in use")


class TestCommand:
    def run(self, *arguments: object, **environment: str) -> str:
        done = subprocess.run(
            [str(DATELINE), "doctor", *map(str, arguments)],
            capture_output=True,
            text=True,
            env={**os.environ, **environment},
            timeout=120,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    def test_each_finding_is_a_line_and_nothing_is_made(self, tmp_path: Path) -> None:
        library = tmp_path / "no\x1b[31m library?x%41"
        lines = self.run(
            "--library", library, DATELINE_HOST="0.0.0.0", DATELINE_ACCOUNTS="no", DATELINE_MODEL_KEY="SECRET"
        ).splitlines()
        assert len(lines) >= len(SUBJECTS) and all(line[:2] in ("! ", "  ") for line in lines)
        assert lines[0].startswith("! page: served at 0.0.0.0")
        assert not [line for line in lines if not line.isprintable() or "SECRET" in line]
        assert any("chat model's weights: " in line for line in lines)
        assert list(tmp_path.iterdir()) == []

    def test_beside_a_server_it_says_so_as_json(self, folder: Path) -> None:
        with Library(folder, Flat()):
            rows = json.loads(self.run("--library", folder, "--json"))
        assert {row["subject"] for row in rows} >= SUBJECTS and set(rows[0]) == {"subject", "found", "safer"}
        (library,) = [row for row in rows if row["subject"] == "library"]
        assert "in use by another Dateline" in library["found"]
