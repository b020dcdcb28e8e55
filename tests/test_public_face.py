"""What people import: its names, its types, and that a program of theirs can be checked against them."""

from __future__ import annotations

import inspect
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any, get_type_hints

import pytest

import app
from assistant.answering.assistant import Assistant
from assistant.settings import GivenSettings, Settings
from vectorstore.errors import DatelineError

ROOT = Path(__file__).parent.parent
NAMES = """
    Answer Article ArticleNotFound Citation Dateline DatelineError EVERYTHING Hit LibraryBusy Manner ModelError Passage
    Scope Sentence SettingsError Turn open_dateline
""".split()


def test_what_can_be_imported_is_what_was_agreed() -> None:
    assert sorted(app.__all__) == sorted(NAMES)
    assert all(hasattr(app, name) for name in NAMES)


def test_every_error_of_the_face_is_one_of_ours() -> None:
    errors = [each for name in NAMES if isinstance(each := getattr(app, name), type) and issubclass(each, Exception)]
    assert len(errors) == 5
    assert all(issubclass(each, DatelineError) for each in errors)


@pytest.mark.parametrize("name", ["search", "answer", "stream", "retriever"])
def test_a_method_says_what_it_takes_and_nothing_is_taken_unseen(name: str) -> None:
    taken = inspect.signature(getattr(app.Dateline, name)).parameters.values()
    assert all(each.kind is not inspect.Parameter.VAR_KEYWORD for each in taken)
    assert all(each.annotation not in (inspect.Parameter.empty, Any, "Any") for each in taken if each.name != "self")


@pytest.mark.parametrize("name", ["search", "answer", "stream"])
def test_what_the_face_takes_is_what_the_assistant_takes(name: str) -> None:
    face, assistant = (inspect.signature(getattr(of, name)).parameters for of in (app.Dateline, Assistant))
    assert {n: (p.kind, p.default) for n, p in face.items()} == {n: (p.kind, p.default) for n, p in assistant.items()}


def test_every_setting_can_be_given_and_has_the_type_that_it_is_read_with() -> None:
    given = get_type_hints(GivenSettings)
    read = {name: hint for name, hint in get_type_hints(Settings).items() if name in Settings.model_fields}
    assert given == {name: hint for name, hint in read.items() if name not in ("library", "model")}


def test_a_setting_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(app.SettingsError, match="MODLE_URL"):
        app.open_dateline(tmp_path, modle_url="x")  # type: ignore[call-arg]


@pytest.mark.parametrize("package", ["assistant", "ingest", "vectorstore"])
def test_a_type_checker_may_read_the_package(package: str) -> None:
    assert (ROOT / package / "py.typed").exists()
    assert '"*" = ["py.typed"]' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_the_command_tells_its_version() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app", "--version"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == version("dateline")


def test_without_anything_the_command_tells_how_it_is_used() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import app; app.main([])"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert "Usage" in done.stdout + done.stderr
    assert done.returncode in (0, 2)
