"""Collections on the command line: articles and feeds are put in, questions and readers kept to them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app import SAMPLES, main

Run = Callable[..., Any]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """What a command prints as JSON; what it complains of where it fails."""
    monkeypatch.setenv("DATELINE_LIBRARY", str(tmp_path / "library"))
    monkeypatch.setenv("DATELINE_MODEL", "quote")

    def carried_out(*arguments: str) -> Any:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--json"])
        out, err = capsys.readouterr()
        return json.loads(out) if not ended.value.code else err

    return carried_out


@pytest.fixture
def ids(run: Run, tmp_path: Path) -> list[str]:
    """Of two articles, of which the second came into the collection Town hall."""
    (tmp_path / "ferry.md").write_text("# Ferry strikes pier\n\nThe ferry Aurora struck the pier in Denby on Monday.\n")
    (tmp_path / "mayor.md").write_text("# Mayor resigns\n\nThe mayor of Denby resigned on Tuesday over a loan.\n")
    run("ingest", str(tmp_path / "ferry.md"))
    run("ingest", str(tmp_path / "mayor.md"), "--collection", "Town hall")
    held = {each["title"]: each["id"] for each in run("library", "list")}
    return [held["Ferry strikes pier"], held["Mayor resigns"]]


def test_articles_are_put_in_and_taken_out(run: Run, ids: list[str]) -> None:
    ferry, mayor = ids
    assert run("library", "collections") == [{"name": "Town hall", "articles": 1, "feeds": []}]
    assert run("library", "collect", "town HALL", ferry) == {"collection": "Town hall", "articles": 2}
    assert {each["id"] for each in run("library", "list", "--collection", "town hall")} == {ferry, mayor}
    assert run("library", "collect", "Town hall", mayor, "--remove") == {"collection": "Town hall", "articles": 1}
    assert "nowhere" in run("library", "collect", "Town hall", "nowhere")
    assert "name the articles" in run("library", "collect", "Town hall")
    assert "is not followed" in run("library", "collect", "Town hall", "--feed", "https://news.example/feed")
    acts = [each["act"] for each in run("users", "audit", "--most", "2")]
    assert acts == ["taken out of a collection", "put into a collection"]


def test_what_came_before_is_put_in_when_it_is_read_again(run: Run, ids: list[str], tmp_path: Path) -> None:
    run("ingest", str(tmp_path / "ferry.md"), "--collection", "Harbour")
    assert [each["id"] for each in run("library", "list", "--collection", "Harbour")] == ids[:1]


def test_a_question_is_kept_to_one(run: Run, ids: list[str]) -> None:
    asked = "Who resigned over a loan?"
    assert not run("ask", asked, "--collection", "Town hall")["refused"]
    run("library", "collect", "Harbour", ids[0])
    found = run("search", asked, "--collection", "harbour")
    assert {each["article_id"] for each in found} <= {ids[0]}
    assert run("ask", asked, "--collection", "Harbour")["refused"]
    assert "there is no collection 'Nowhere'" in run("ask", asked, "--collection", "Nowhere")


def test_a_reader_and_a_token_are_kept_to_some(run: Run, ids: list[str]) -> None:
    run("users", "add", "ann", "--admin")
    run("users", "add", "bea")
    assert run("users", "collections", "bea", "TOWN hall") == {"name": "bea", "collections": ["Town hall"]}
    assert [each["collections"] for each in run("users", "list")] == [None, ["Town hall"]]
    assert run("users", "collections", "bea", "--none")["collections"] == []
    assert run("users", "collections", "bea", "--all")["collections"] is None
    assert "There is no collection 'Nowhere'" in run("users", "collections", "bea", "Nowhere")
    assert "say --all or --none" in run("users", "collections", "bea")
    assert "sees every article" in run("users", "collections", "ann", "Town hall")
    assert run("users", "token", "bea", "--collection", "town hall")["token"]
    assert [each["collections"] for each in run("users", "tokens")] == [["Town hall"]]
    assert "Give it the role reader" in run("users", "token", "ann", "--collection", "Town hall")


def test_the_samples_go_into_one(run: Run) -> None:
    run("ingest", str(SAMPLES), "--collection", "Samples")
    [collection] = run("library", "collections")
    assert collection["articles"] == len(run("library", "list"))
