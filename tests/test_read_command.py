"""`dateline read`: what would be taken, from every kind of source, with nothing stored and no model loaded."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from app import SAMPLES, main

STORY = "".join(
    f"<p>Councillor {name} told the meeting on Monday that the pier would bring back the ferry by the summer.</p>"
    for name in ("Okafor", "Lindqvist", "Marsh")
)
HEAD = (
    "<title>Ferry returns</title><meta name=author content='Jane Doe'>"
    "<meta property='article:published_time' content='2024-03-05T09:00:00+01:00'>"
)
PAGE = f"<!doctype html><html lang=en-GB><head>{HEAD}</head><body><article><h1>Ferry returns</h1>{STORY}"
WALL = f"<!doctype html><html><head>{HEAD}</head><body><p>Subscribe to read on."


@pytest.fixture
def dateline(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATELINE_LIBRARY", str(tmp_path / "library"))

    def run(*words: object, status: int = 0) -> str:
        with pytest.raises(SystemExit) as ended:
            main(["read", *map(str, words)])
        assert (ended.value.code or 0) == status
        assert not (tmp_path / "library").exists()
        return capsys.readouterr().out

    return run


def written(folder: Path, name: str, content: str) -> Path:
    path = folder / "pages" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(content)
    return path


def test_a_saved_page_is_shown_with_the_address_it_came_from(dateline, tmp_path: Path) -> None:
    path = written(tmp_path, "a.html", PAGE)
    (seen,) = json.loads(dateline(path, "--url", "https://www.bugle.example/a?utm_source=x", "--json"))
    assert (seen["source"], seen["rejected"], seen["title"]) == (str(path), "", "Ferry returns")
    assert (seen["outlet"], seen["authors"], seen["language"]) == ("bugle.example", ["Jane Doe"], "en")
    assert seen["published_at"] == "2024-03-05T08:00:00+00:00" and seen["ingested_at"] is None
    assert seen["words"] == len(seen["text"].split()) == 54 and "<p>" not in seen["text"]
    told = dateline(path, "--url", "https://www.bugle.example/a")
    for shown in ("Ferry returns", "bugle.example", "Jane Doe", "2024-03-05 08:00 UTC", "54", seen["text"]):
        assert shown in told


def test_a_correction_is_shown_before_the_text(dateline, tmp_path: Path) -> None:
    note = "This article was amended on 12 March 2024: the ferry has two decks, not three."
    path = written(tmp_path, "a.html", f"{PAGE}<footer><p>{note}</p></footer></article>")
    (seen,) = json.loads(dateline(path, "--json"))
    assert seen["corrections"] == [{"date": "2024-03-12T00:00:00+00:00", "text": note}]
    assert f"corrected  2024-03-12 00:00 UTC: {note}" in dateline(path)


def test_it_is_what_ingest_stores(dateline, tmp_path: Path) -> None:
    from app import open_dateline

    path = written(tmp_path, "a.html", PAGE)
    (seen,) = json.loads(dateline(path, "--json"))
    with open_dateline(library=tmp_path / "own", model="quote") as news:
        news.ingest([path])
        (entry,) = news.library.entries()
        article = news.library.article(entry.id)
    assert (entry.id, article.title, article.text) == (seen["article_id"], seen["title"], seen["text"])
    assert article.published_at and article.published_at.isoformat() == seen["published_at"]


def test_a_page_that_is_rejected_shows_why_and_what_it_states(dateline, tmp_path: Path) -> None:
    path = written(tmp_path, "a.html", WALL)
    (seen,) = json.loads(dateline(path, "--json", status=1))
    assert "only" in seen["rejected"] and (seen["title"], seen["authors"]) == ("Ferry returns", ["Jane Doe"])
    assert (seen["published_at"], seen["text"], seen["words"]) == ("2024-03-05T08:00:00+00:00", "", 0)
    assert "rejected   only" in dateline(path, status=1)


def test_a_folder_is_shown_document_by_document_and_one_that_is_readable_is_enough(dateline, tmp_path: Path) -> None:
    written(tmp_path, "a.html", WALL)
    written(tmp_path, "b.md", "# Tram\n\nThe tram runs again.")
    path = written(tmp_path, "c.jsonl", '{"text": "They voted."}\n{oops').parent
    shown = json.loads(dateline(path, "--json"))
    assert [bool(seen["rejected"]) for seen in shown] == [True, False, False, True]
    assert [seen["title"] for seen in shown[1:3]] == ["Tram", "They voted."]


def test_of_a_feed_the_summary_is_marked(dateline, tmp_path: Path) -> None:
    item = "<item><title>A</title><link>http://127.0.0.1:9/a</link><description>The tram runs again.</description>"
    path = written(tmp_path, "a.xml", f"<rss version='2.0'><channel><title>Post</title>{item}</item></channel></rss>")
    (seen,) = json.loads(dateline(path, "--json"))
    assert seen["summary_only"] and (seen["outlet"], seen["text"]) == ("Post", "The tram runs again.")
    assert "only: its page could not be read" in dateline(path)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["missing.html"], 1),
        (["http://127.0.0.1:9/"], 1),
        (["https://a.example/", "--url", "https://b.example/"], 2),
        (["a.html", "--url", "b.html"], 2),
    ],
    ids=["no file", "a private address", "an address of an address", "no address"],
)
def test_what_cannot_be_looked_at_is_told(dateline, words: list[str], status: int) -> None:
    dateline(*words, status=status)


def piped(content: str, *words: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own, which says what heavy it has loaded."""
    program = (
        "import sys\nfrom app import main\ntry:\n    main(sys.argv[1:])\nfinally:\n    "
        "heavy = {'torch', 'chromadb', 'sentence_transformers', 'gradio', 'langchain'} & set(sys.modules)\n    "
        "print(heavy or 'light', file=sys.stderr)"
    )
    command = [sys.executable, "-c", program, "read", *words]
    root = Path(__file__).parent.parent
    return subprocess.run(command, input=content, cwd=root, check=False, capture_output=True, text=True)


def test_a_page_comes_through_a_pipe_and_no_model_is_loaded() -> None:
    done = piped(PAGE, "-", "--url", "https://bugle.example/a", "--json")
    (seen,) = json.loads(done.stdout)
    assert (seen["source"], seen["title"], seen["url"]) == (
        "standard input",
        "Ferry returns",
        "https://bugle.example/a",
    )
    assert done.stderr.strip() == "light"


def test_a_pipe_that_does_not_end_is_left() -> None:
    done = piped("x" * (10 * 1024 * 1024 + 1), "-")
    assert done.returncode == 1 and "more than 10 MB" in done.stderr


def test_the_samples_are_all_readable(dateline) -> None:
    assert all(not seen["rejected"] for seen in json.loads(dateline(SAMPLES, "--json")))
