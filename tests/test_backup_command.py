"""`dateline library backup`, `restore` and `check --deep`, and /library.db; and a library that may only be read."""

from __future__ import annotations

import json
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app import SAMPLES, PageDesk, _site, main, open_dateline
from assistant.generation.embedded import prepared
from assistant.types import Exchange
from assistant.ui.library_tab import library_routes
from vectorstore.console.command_client import Address
from vectorstore.errors import LibraryBusy, LibraryUnwritable, ModelUnavailable
from vectorstore.models import EVERYTHING

HELD = len(list(SAMPLES.glob("*.md")))
QUESTION = "Who ordered electric ferries?"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kept") / "my library? #1"
    with open_dateline(library=folder, model="quote") as news:
        assert news.ingest([SAMPLES]).added == HELD
    return folder


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


def test_a_backup_is_restored_into_another_library_and_searched(
    library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, other = tmp_path / "kept.db", tmp_path / "other"
    status, out, err = run(capsys, "library", "backup", file, "--library", library, "--json")
    assert (status, json.loads(out), err) == (0, {"articles": HELD, "file": str(file)}, "")
    status, _, err = run(capsys, "library", "backup", file, "--library", library)
    assert status == 1 and err.startswith(f"dateline: {file} is there already")
    assert run(capsys, "library", "backup", file, "--force", "--library", library)[0] == 0
    status, out, err = run(capsys, "library", "restore", file, "--library", other)
    assert status == 0 and out.startswith(f"{HELD} articles restored") and not err
    status, _, err = run(capsys, "library", "restore", file, "--library", other)
    assert status == 1 and len(err.splitlines()) == 1 and "--force; they are kept aside" in err
    status, out, _ = run(capsys, "library", "restore", file, "--force", "--library", other, "--json")
    assert Path(json.loads(out)["replaced"]).is_dir()
    with open_dateline(library=other, model="quote") as news:
        assert "Windmere" in news.search(QUESTION)[0].article.title
    status, out, _ = run(capsys, "library", "check", "--deep", "--library", other)
    assert status == 0 and "Sound. 0 of these passages were not found by their own vector.\n" in out


def test_a_backup_is_made_beside_a_server_and_restoring_is_refused(
    library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_dateline(library=library, model="quote"):
        assert run(capsys, "library", "backup", tmp_path / "kept.db", "--library", library)[0] == 0
        status, _, err = run(capsys, "library", "restore", tmp_path / "kept.db", "--force", "--library", library)
        assert status == 1 and err.startswith("dateline: Another Dateline is using the library")


@contextmanager
def page(library: Path) -> Iterator[TestClient]:
    with open_dateline(library=library, model="quote") as news:
        yield TestClient(Starlette(routes=list(library_routes(PageDesk(news, 5)))))


def test_the_page_hands_out_a_backup_and_keeps_nothing_of_it(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    with page(library) as client:
        sent = client.get("/library.db")
    assert sent.status_code == 200 and sent.headers["content-length"] == str(len(sent.content))
    assert sent.headers["content-disposition"].startswith('attachment; filename="dateline-2')
    assert not list(scratch.iterdir())
    (tmp_path / "sent.db").write_bytes(sent.content)
    status, out, _ = run(capsys, "library", "restore", tmp_path / "sent.db", "--library", tmp_path / "new", "--json")
    assert status == 0 and json.loads(out)["articles"] == HELD


def test_a_backup_that_cannot_be_made_is_told_on_the_page(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with page(library) as client:
        sent = client.get("/library.db")
    assert sent.status_code == 500 and len(sent.text.splitlines()) == 1 and "content-disposition" not in sent.headers


def test_a_library_that_cannot_be_locked_is_served_asked_and_not_written(
    library: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder in the lock's place does to root what a folder that may not be written does to everybody else."""
    lock = library / "writer.lock"
    lock.unlink(missing_ok=True)
    lock.mkdir()
    try:
        status, out, _ = run(capsys, "search", QUESTION, "--top", "1", "--library", library)
        assert status == 0 and "Windmere" in out and "It is only read." in caplog.text
        with _site(samples=True, library=library, model="quote") as site:
            assert site.desk.search(QUESTION, as_of=None, scope=EVERYTHING, top=1)
            with pytest.raises(LibraryBusy, match="reading only"):
                site.desk.add_text("The council voted for the new tram line.", "Tram", "", lambda step: None, bool)
            site.desk.notebook.ask("talk", Exchange(1, QUESTION))
            assert not Address.file(library).exists(), "which there would be no place for"
            assert "not being kept" in site.desk.notebook.problem and site.desk.notebook.read("talk")
        with pytest.raises(LibraryUnwritable), open_dateline(library=library, model="quote"):
            pass
    finally:
        lock.rmdir()


class TestTheCache:
    def test_one_that_cannot_be_written_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "cache").write_text("mine")
        with pytest.raises(ModelUnavailable, match="cannot be prepared in .*cache.*DATELINE_CACHE"):
            prepared(tmp_path / "cache")

    def test_a_new_one_is_its_owner_s_alone(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("assistant.generation.embedded._TO_CONVERT", 1e6)  # gigabytes: it goes no further
        with pytest.raises(ModelUnavailable, match="needs more memory"):
            prepared(tmp_path / "cache")
        assert stat.S_IMODE((tmp_path / "cache").stat().st_mode) == 0o700
