"""`dateline conversations` from end to end, beside the server that writes; and `dateline evaluate` on what it wrote."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app import SAMPLES, main, open_dateline
from assistant.conversations.notebook import Notebook
from assistant.types import Exchange, Thumb

QUESTION = "Is Meta still open sourcing its models?"


@pytest.fixture
def dateline(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Callable[..., str]:
    def run(*words: str, status: int = 0) -> str:
        with pytest.raises(SystemExit) as ended:
            main([*words, "--library", str(tmp_path / "library")])
        assert (ended.value.code or 0) == status
        told = capsys.readouterr()
        return told.err if status else told.out

    return run


def test_what_was_asked_is_listed_exported_and_measured(dateline: Callable[..., str], tmp_path: Path) -> None:
    assert "No conversation yet" in dateline("conversations", "list")
    assert "There is no conversation 'a'" in dateline("conversations", "export", "a", status=1)
    with open_dateline(library=tmp_path / "library", model="quote") as news:
        news.ingest([SAMPLES])
        notebook = Notebook(news.library.conversations, news.library.find)
        notebook.ask("a", Exchange(1, QUESTION))
        notebook.finish("a", Exchange(1, QUESTION, news.answer(QUESTION)))
        notebook.rate("a", 1, Thumb.UP, "to the point")
        beside_the_server(dateline, tmp_path)
    figures = json.loads(
        dateline("evaluate", str(tmp_path / "feedback.jsonl"), "--model", "quote", "--only", "retrieval", "--json")
    )
    assert figures["retrieval"]["all"]["hit@1"]["mean"] == 1.0


def beside_the_server(dateline: Callable[..., str], tmp_path: Path) -> None:
    listed = dateline("conversations", "list", "--search", "SOURCING")
    assert listed.startswith("a  ") and listed.endswith(f"{QUESTION}\n")
    assert json.loads(dateline("conversations", "list", "--search", "ferry", "--json")) == []
    text = dateline("conversations", "export", "a")
    assert text.startswith(f"# {QUESTION}\n\n## {QUESTION}\n\n") and "[^1-1]: " in text
    [exchange] = json.loads(dateline("conversations", "export", "a", "--json"))["exchanges"]
    assert exchange["thumb"] == "up" and exchange["answer"]["citations"]
    exported_as_files(dateline, tmp_path)
    assert "Thumbs up: 1, down: 0" in dateline("conversations", "feedback", str(tmp_path / "feedback.jsonl"))
    nowhere = str(tmp_path / "missing" / "feedback.jsonl")
    assert "cannot be written" in dateline("conversations", "feedback", nowhere, status=1)


def exported_as_files(dateline: Callable[..., str], tmp_path: Path) -> None:
    name = "Is Meta still open sourcing its models"
    for form, begins in (("pdf", b"%PDF"), ("docx", b"PK"), ("md", b"# Is Meta")):
        told = dateline("conversations", "export", "a", str(tmp_path), "--format", form)
        file = tmp_path / f"{name}.{form}"
        assert told == f"Wrote {file}.\n" and file.read_bytes().startswith(begins)
        again = dateline("conversations", "export", "a", str(tmp_path), "--format", form, status=1)
        assert "cannot be written (File exists)" in again, "what was not named is not written over"
        dateline("conversations", "export", "a", str(file), "--format", form)
    nowhere = str(tmp_path / "missing" / "a.pdf")
    assert "cannot be written" in dateline("conversations", "export", "a", nowhere, "--format", "pdf", status=1)
    assert "'odt'" in dateline("conversations", "export", "a", "--format", "odt", status=2)
