"""The scripts in docs/examples, run as a reader runs them, with the real embedder and the sample articles."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from app import SAMPLES
from vectorstore.errors import DatelineError

EXAMPLES = Path(__file__).parent.parent / "docs" / "examples"
QUESTION = "Who ordered electric ferries?"
PASSENGERS = (
    "The ferry company counted more passengers this summer than in any year before, its director said on Tuesday. "
    "Nine in ten of them came from the islands, and the new timetable will be kept until the spring. "
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With the sample articles, put there by the first example in a process of its own; beside it lies what it told."""
    folder = tmp_path_factory.mktemp("examples") / "library"
    command = [sys.executable, str(EXAMPLES / "ask_and_cite.py"), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    (folder.parent / "told").write_text(done.stdout, encoding="utf-8")
    return folder


Run = Callable[..., str]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a script in this process, which has loaded the libraries already; returns what it prints."""

    def running(script: str, *arguments: object) -> str:
        monkeypatch.setattr(sys, "argv", [script, *map(str, arguments)])
        runpy.run_path(str(EXAMPLES / script), run_name="__main__")
        return capsys.readouterr().out

    return running


class Quiet(SimpleHTTPRequestHandler):
    extensions_map = {".xml": "application/rss+xml", ".html": "text/html; charset=utf-8"}

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """An address on 127.0.0.1, and the folder of the files that it serves."""
    folder = tmp_path / "site"
    folder.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", folder
        server.shutdown()
        thread.join()


def publish(address: str, folder: Path, *headlines: str) -> None:
    """A feed with a page for each headline."""
    items = ""
    for number, headline in enumerate(headlines):
        page = f"<html lang=en><title>{headline}</title><article><h1>{headline}</h1><p>{PASSENGERS}{headline}.</p>"
        (folder / f"{number}.html").write_text(page, encoding="utf-8")
        items += f"<item><title>{headline}</title><link>{address}/{number}.html</link></item>"
    feed = f"<rss version='2.0'><channel><title>The Pier</title>{items}</channel></rss>"
    (folder / "feed.xml").write_text(feed, encoding="utf-8")


def test_every_example_is_short_and_says_how_to_run_it() -> None:
    scripts = sorted(EXAMPLES.glob("*.py"))
    assert len(scripts) >= 3
    for script in scripts:
        text = script.read_text(encoding="utf-8")
        assert len(text.splitlines()) < 50
        assert f"python docs/examples/{script.name} LIBRARY" in text


def test_a_question_is_answered_with_the_exact_words_of_its_sources(library: Path) -> None:
    told = (library.parent / "told").read_text(encoding="utf-8")
    cited = re.findall(r"^\[(\d+)\] (.+) \((.+), .+\)\n +characters \d+ to \d+: “(.+)”$", told, re.MULTILINE)
    assert "mix of open and closed models" in told
    samples = " ".join(path.read_text(encoding="utf-8") for path in SAMPLES.glob("*.md"))
    assert cited and all(quote.split("\n")[0] in samples for *_, quote in cited)
    assert all(f"[{number}]" in told.partition("\n\n")[0] for number, *_ in cited)


def test_a_question_without_an_answer_names_the_nearest_articles(library: Path, run: Run) -> None:
    told = run("ask_and_cite.py", library, "How tall is the Eiffel Tower?")
    assert "couldn't find this" in told and "Nearest: " in told and "characters" not in told


def test_a_chain_reads_the_passages_that_a_search_finds(library: Path, run: Run) -> None:
    told = run("retriever_in_a_chain.py", library, QUESTION)
    assert told.startswith("That is told in [1].\n")
    headline, passage = told.partition("\n[1] ")[2].partition("[2] ")[0].split("\n", 1)
    assert "electric ships" in headline and "Market Lantern" in headline
    samples = " ".join(path.read_text(encoding="utf-8") for path in SAMPLES.glob("*.md"))
    assert passage.strip() and passage.strip().split("\n")[0] in samples


def test_what_is_new_in_a_feed_is_written_once(
    tmp_path: Path, site: tuple[str, Path], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, folder = site
    monkeypatch.setenv("DATELINE_ALLOW_PRIVATE_ADDRESSES", "true")
    monkeypatch.setenv("DATELINE_SECONDS_BETWEEN_REQUESTS", "0")
    publish(address, folder, "Ferry passengers at a record")
    first = run("new_from_feeds.py", tmp_path / "library", f"{address}/feed.xml")
    assert f"- **New: [Ferry passengers at a record]({address}/0.html)**" in first
    assert "counted more passengers" in first

    publish(address, folder, "Ferry passengers at a record", "A second pier for the islands")
    second = run("new_from_feeds.py", tmp_path / "library")
    assert "New: [A second pier for the islands]" in second and "record" not in second

    assert run("new_from_feeds.py", tmp_path / "library") == "Nothing new.\n"


def test_a_feed_on_this_machine_is_refused_unless_it_is_allowed(
    tmp_path: Path, site: tuple[str, Path], run: Run
) -> None:
    address, folder = site
    publish(address, folder, "Ferry passengers at a record")
    with pytest.raises(DatelineError, match="DATELINE_ALLOW_PRIVATE_ADDRESSES"):
        run("new_from_feeds.py", tmp_path / "library", f"{address}/feed.xml")
