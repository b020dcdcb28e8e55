"""From Python, with the real embedder, index and catalogue."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from model_server import model_server as model_server

from app import SAMPLES, Dateline, open_dateline
from assistant.settings import read_settings
from assistant.types import Turn
from vectorstore.errors import ArticleNotFound, LibraryBusy, ProviderMissing, SettingsError

QUESTION = "Is Meta still open sourcing its models?"


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory):
    with open_dateline(library=tmp_path_factory.mktemp("samples"), model="quote") as news:
        assert news.ingest([SAMPLES]).added == len(list(SAMPLES.glob("*.md")))
        yield news


def test_the_example_question_gets_both_sides_with_exact_citations(news: Dateline) -> None:
    answer = news.answer(QUESTION)
    assert "mix of open and closed models" in answer.text
    assert "careful about what we choose to open source" in answer.text
    for citation in answer.citations:
        assert citation.article.text[citation.start : citation.end] == citation.quote


def test_a_follow_up_is_about_the_same_thing(news: Dateline) -> None:
    answer = news.answer("And what about Behemoth?", turns=[Turn(QUESTION, "Yes, but with more care.")])
    assert not answer.refused
    assert "Behemoth" in answer.text
    assert answer.standalone_question == f"{QUESTION} And what about Behemoth?"


@pytest.mark.parametrize(
    "question",
    ["Who won the 2031 Tour de France?", "What is the best recipe for banana bread?", "How tall is the Eiffel Tower?"],
)
def test_what_the_articles_cannot_answer_is_refused_and_the_nearest_are_named(news: Dateline, question: str) -> None:
    answer = news.answer(question)
    assert answer.refused
    assert answer.nearest
    assert not answer.citations


def test_an_early_report_is_used_where_the_later_one_is_not_out_yet(news: Dateline) -> None:
    question = "How many people were hurt on the ferry?"
    assert "23" in news.search(question, as_of=date(2026, 10, 5))[0].passage.text
    assert all(
        hit.article.published_at.date() <= date(2026, 10, 5) for hit in news.search(question, as_of=date(2026, 10, 5))
    )


def test_an_article_goes_in_changes_and_goes_out(tmp_path: Path) -> None:
    file = tmp_path / "articles.jsonl"

    def write(text: str) -> None:
        file.write_text(json.dumps({"id": "b1", "title": "Bridge", "source": "Post", "text": text}))

    with open_dateline(library=tmp_path / "library", model="quote") as news:
        write("The Norvale bridge will open to pedestrians in March after two years of work.")
        assert news.ingest([file]).added == 1
        assert news.ingest([file]).unchanged == 1
        assert news.search("When will the Norvale bridge open?")[0].passage.text.count("March") == 1

        write("The Norvale bridge will open to pedestrians in September after three years of work.")
        assert news.ingest([file]).updated == 1
        found = news.search("When will the Norvale bridge open?")
        assert [("September" in hit.passage.text, "March" in hit.passage.text) for hit in found] == [(True, False)]
        assert "March" in news.library.article("b1", version=1).text
        assert news.library.article("b1").version == 2

        news.library.remove("b1")
        assert news.search("When will the Norvale bridge open?") == []
        with pytest.raises(ArticleNotFound):
            news.library.article("b1")


def test_the_same_text_from_elsewhere_is_a_duplicate_that_names_the_first(tmp_path: Path) -> None:
    text = "The council voted for the new tram line after a debate of five hours on Monday evening."
    rows = [{"id": "one", "text": text}, {"id": "two", "text": f"  {text}\n"}]
    file = tmp_path / "rows.json"
    file.write_text(json.dumps(rows))
    with open_dateline(library=tmp_path / "library", model="quote") as news:
        report = news.ingest([file])
    assert (report.added, report.duplicate) == (1, 1)
    assert report.as_json()["duplicates"][0]["of"] == "one"


def test_a_second_open_for_writing_is_refused_at_once(news: Dateline) -> None:
    with pytest.raises(LibraryBusy, match="Another Dateline"):
        open_dateline(library=news.library.folder, model="quote")


@pytest.mark.parametrize(
    ("model", "error", "says"),
    [
        pytest.param("gpt-4", SettingsError, "provider:model", id="no provider"),
        pytest.param("nosuch:model", SettingsError, "nosuch", id="unknown provider"),
        pytest.param("cohere:command-r", ProviderMissing, "pip install langchain-cohere", id="package missing"),
    ],
)
def test_a_model_that_cannot_be_had_is_a_clear_error(tmp_path: Path, model: str, error: type, says: str) -> None:
    with pytest.raises(error, match=says):
        open_dateline(library=tmp_path, model=model)


@pytest.mark.parametrize(("patience", "told"), [("1", "DATELINE_MODEL_PATIENCE gives it more time."), ("60", "")])
def test_a_setting_says_how_long_the_models_server_may_be_silent(
    tmp_path: Path, model_server: str, monkeypatch: pytest.MonkeyPatch, patience: str, told: str
) -> None:
    monkeypatch.setenv("DATELINE_MODEL_PATIENCE", patience)
    ferries = SAMPLES / "windmere-orders-electric-ferries.md"
    with open_dateline(tmp_path, "openai:answers_late", model_url=f"{model_server}/v1") as news:
        news.ingest([ferries])
        assert told in news.answer("Who ordered electric ferries?").notice
        assert told in news.chat_models.tried("").problem
        assert bool(news.chat_models.tried("").word) is not bool(told)


@pytest.mark.parametrize("host", ["", "a..b", "x" * 64, ".", "\x1b[31m\x9b"])
def test_a_host_that_nothing_can_be_served_on_is_refused(tmp_path: Path, host: str) -> None:
    with pytest.raises(SettingsError, match="DATELINE_HOST cannot be used: .* is no name and no address"):
        open_dateline(tmp_path, host=host)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "fe80::1%eth0", "0.0.0.0", "localhost", "zeitung.bücher.example"])
def test_names_and_addresses_of_any_family_are_hosts(host: str) -> None:
    assert read_settings({"host": host}).host == host


@pytest.mark.parametrize("patience", ["0", "-1", "nan", "inf", "long"])
def test_a_patience_without_sense_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, patience: str) -> None:
    monkeypatch.setenv("DATELINE_MODEL_PATIENCE", patience)
    with pytest.raises(SettingsError, match="DATELINE_MODEL_PATIENCE cannot be used"):
        open_dateline(library=tmp_path)


def test_a_setting_that_does_not_exist_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_MODLE", "quote")
    with pytest.raises(SettingsError, match="DATELINE_MODLE is not a setting"):
        open_dateline(library=tmp_path)


def test_a_setting_of_the_wrong_kind_names_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_PORT", "many")
    with pytest.raises(SettingsError, match="DATELINE_PORT"):
        open_dateline(library=tmp_path)


def test_what_readers_upload_lies_where_only_the_owner_may_look(tmp_path: Path) -> None:
    """In a process of its own, for Gradio asks where to put it when it is imported."""
    places = {"DATELINE_LIBRARY": str(tmp_path / "library"), "DATELINE_CACHE": str(tmp_path / "cache")}
    inherited = {name: value for name, value in os.environ.items() if name != "GRADIO_TEMP_DIR"}
    said = subprocess.run(
        [sys.executable, "-c", _UPLOADING],
        env=inherited | places,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    uploaded, rights = said.stdout.split()
    assert uploaded.startswith(str(tmp_path / "cache" / "uploads")) and rights == "0o700"


_UPLOADING = """
import httpx, socket
from pathlib import Path
from app import PageDesk, open_dateline
from assistant.ui.page import build_page
from assistant.ui.server import serve

with socket.socket() as taken:
    taken.bind(("127.0.0.1", 0))
    port = taken.getsockname()[1]
with open_dateline(model="quote") as news:
    server = serve(build_page(PageDesk(news, 5)), "127.0.0.1", port, 5)
    (path,) = httpx.post(f"{server.url}gradio_api/upload", files={"files": ("a.txt", b"x")}).json()
    print(path, oct(Path(path).parents[1].stat().st_mode & 0o777))
    server.close()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks glibc how much memory is in use")
def test_texts_of_ever_other_lengths_take_no_memory_that_stays(tmp_path: Path) -> None:
    """Each shape has kernels of its own, 600 KB of them."""
    code = [sys.executable, "-c", _EVER_OTHER, str(tmp_path / "library")]
    said = subprocess.run(code, capture_output=True, text=True, timeout=240, check=False)
    assert said.returncode == 0, said.stderr
    before, after = map(int, said.stdout.split())
    assert after - before < 12_000_000, "of 80 shapes; 48,000,000 where all are kept"


_EVER_OTHER = """
import ctypes
from pathlib import Path
import sys
from app import open_dateline

class Used(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in "arena o s h hblkhd u f uordblks fordblks k".split()]

mallinfo = ctypes.CDLL("libc.so.6").mallinfo2
mallinfo.restype = Used
embedder = open_dateline(Path(sys.argv[1]), model="quote").library.embedder
for words in range(2, 102):
    if words == 22:
        print(mallinfo().uordblks)
    embedder.passages(["ferry " * words])
print(mallinfo().uordblks)
"""
