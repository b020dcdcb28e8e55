"""The built-in chat model itself, once a suite: it answers the example question, judges, and can be stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from app import SAMPLES, Dateline, open_dateline
from assistant.generation.embedded import LocalChat, prepared
from assistant.generation.odds import judge_of
from assistant.types import Stage, Support
from vectorstore.errors import ModelUnavailable


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory):
    with open_dateline(library=tmp_path_factory.mktemp("library"), model="local") as news:
        news.ingest([SAMPLES])
        yield news


@pytest.fixture
def model(news: Dateline) -> LocalChat:
    assert isinstance(news._model, LocalChat)
    return news._model


def test_the_example_question_is_answered_in_sentences_with_both_sides_cited(news: Dateline) -> None:
    snapshots = list(news.stream("Is Meta still open sourcing its models?"))
    assert snapshots[0].stage is Stage.SEARCHED and snapshots[0].sources
    answer = snapshots[-1]
    borne_out = [sentence for sentence in answer.sentences if sentence.support is not Support.UNSUPPORTED]
    assert len(borne_out) >= 3
    cited = " ".join(citation.quote for citation in answer.citations)
    assert "open and closed models" in cited and "careful about what we choose to open source" in cited
    assert not answer.notice


def test_closing_a_stream_while_it_is_written_frees_the_model(model: LocalChat) -> None:
    stream: Any = model.stream("Count from one to five hundred in words, one a line.", max_tokens=400)
    for chunk in stream:
        if chunk.text:
            break
    stream.close()
    assert not model.engine().working  # of four hundred tokens asked for, none more is written
    assert model.invoke("Say hello.", max_tokens=3).text


def test_closing_a_stream_while_the_model_still_reads_frees_it(model: LocalChat) -> None:
    stream: Any = model.stream("Which of these words is the longest? " + "harbour ferry council " * 900)
    assert next(stream).text == next(stream).text == ""
    stream.close()
    assert not model.engine().working
    assert model.invoke("Say hello.", max_tokens=3).text


def test_two_readers_share_the_model(model: LocalChat) -> None:
    said: dict[str, str] = {}

    def ask(town: str, country: str) -> None:
        said[town] = model.invoke(f"Is {town} in {country}? Answer Yes or No.", max_tokens=2).text

    readers = [threading.Thread(target=ask, args=pair) for pair in (("Paris", "France"), ("Tokyo", "Brazil"))]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert said["Paris"].startswith("Yes") and said["Tokyo"].startswith("No")


def test_the_model_counts_what_it_read_and_wrote(model: LocalChat) -> None:
    said = model.invoke("Say hello.", max_tokens=3)
    assert said.usage_metadata is not None
    assert said.usage_metadata["input_tokens"] > 3 and said.usage_metadata["output_tokens"] == 3
    assert said.response_metadata["finish_reason"] == "length"


def test_what_is_stated_has_better_odds_than_what_is_not(model: LocalChat) -> None:
    judge = judge_of(model)
    assert judge is not None
    passage = "The council of Norvale voted on Monday to build a tram line to the harbour. It will cost 40 million."
    ask = "Is every detail of the claim stated by the passage? Answer Yes or No."
    claims = ["The council voted to build a tram line.", "The council voted against a tram line."]
    questions = [f"Claim: {claim}\n{ask}" for claim in claims]
    stated, contradicted = judge.odds([("human", f"Passage: {passage}\n\n")], questions)
    assert 1 >= stated > 0.5 > contradicted >= 0
    assert judge.odds([("human", f"Passage: {passage}\n\n")], questions[1:]) == [contradicted]


def test_characters_of_several_tokens_arrive_whole(model: LocalChat) -> None:
    pieces = [chunk.text for chunk in model.stream("Repeat exactly: 地铁五号线 🚋 Straße", max_tokens=30)]
    assert "�" not in "".join(pieces) and "地铁" in "".join(pieces)


def test_a_prompt_that_is_too_long_is_refused_in_one_line(model: LocalChat) -> None:
    with pytest.raises(ModelUnavailable, match="tokens, and 4,096 can be read"):
        model.invoke("harbour ferry " * 3000)


def test_the_model_is_there_again_after_its_process_was_killed(model: LocalChat) -> None:
    stream: Any = model.stream("Count from one to five hundred in words, one a line.", max_tokens=400)
    next(stream)
    os.kill(model.engine().pid, signal.SIGKILL)
    with pytest.raises(ModelUnavailable, match="its process ended"):
        list(stream)
    assert model.invoke("Say hello.", max_tokens=3).text


def test_the_model_is_prepared_once_and_what_was_tampered_with_does_not_count(news: Dateline, tmp_path: Path) -> None:
    folder = prepared(news._settings.cache)
    assert {path.suffix for path in folder.iterdir()} == {".xml", ".bin", ".json"}  # the joined weights are gone
    changed = (folder / "manifest.json").stat().st_mtime_ns
    assert prepared(news._settings.cache) == folder
    assert (folder / "manifest.json").stat().st_mtime_ns == changed


def test_where_memory_is_short_the_line_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import psutil

    class Little:
        available = 1.5e9

    monkeypatch.setattr(psutil, "virtual_memory", Little)
    with pytest.raises(ModelUnavailable, match=r"needs more memory than there is.*1\.5 GB are free"):
        prepared(tmp_path / "cache")
    assert not list((tmp_path / "cache").glob("*/"))


def test_the_process_of_the_model_ends_with_its_owner(news: Dateline) -> None:
    program = (
        "import sys; from pathlib import Path; from assistant.generation.engine_process import EngineProcess\n"
        f"engine = EngineProcess(Path({str(prepared(news._settings.cache))!r}))\n"
        "print(engine.pid, flush=True); engine.ask([{'role': 'user', 'content': 'Hello'}], 1).finished()\n"
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    child = int(done.stdout.split()[0])
    due = time.monotonic() + 60
    while _runs(child):
        assert time.monotonic() < due, "it goes on without its owner"
        time.sleep(0.05)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
