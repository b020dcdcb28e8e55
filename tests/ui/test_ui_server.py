"""The server around the page: its endpoint for programs, and what it must not do."""

from __future__ import annotations

import socket
from dataclasses import replace
from datetime import date
from pathlib import Path

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from ui_desk import META, ScriptedDesk, free_port

from assistant.query.search_filters import limited
from assistant.types import Turn
from assistant.ui.page import build_page
from assistant.ui.server import serve
from vectorstore.errors import SettingsError
from vectorstore.models import Scope


@pytest.fixture
def client(address: str) -> Client:
    return Client(address, verbose=False, analytics_enabled=False)


def test_a_program_gets_the_answer_with_its_footnotes(client: Client) -> None:
    answer = client.predict("Is Meta open?", api_name="/chat")
    assert answer.startswith("Meta says its position is unchanged. [1]")
    assert "[2] Behemoth delayed again, Circuit Daily, date unknown" in answer


def test_a_program_can_follow_the_answer_as_it_grows(client: Client) -> None:
    job = client.submit("Is Meta open?", api_name="/chat")
    job.result()
    assert len(job.outputs()) > 2


@pytest.mark.parametrize(
    "content", ["Is Meta open?", [{"type": "text", "text": "Is Meta open?"}]], ids=["text", "parts"]
)
def test_a_program_can_hand_in_what_was_said_before(client: Client, desk: ScriptedDesk, content: object) -> None:
    history = [{"role": "user", "content": content}, {"role": "assistant", "content": "Yes."}]
    client.predict("And Behemoth?", history, api_name="/chat")
    assert desk.asked == [("And Behemoth?", (Turn("Is Meta open?", "Yes."),))]


def test_an_error_reaches_a_program_as_its_line(client: Client) -> None:
    with pytest.raises(AppError, match="The chat model cannot be reached"):
        client.predict("broken", api_name="/chat")


def test_a_program_gets_passages_within_its_limits(client: Client, desk: ScriptedDesk) -> None:
    limits = {"since": "2022-07-01", "until": "2022-07-03", "outlets": ["the ledger"], "as_of": "2022-07-03"}
    [found] = client.predict("Is Meta open?", top=1, **limits, api_name="/search")
    assert (found["article_id"], found["outlet"]) == ("meta", "The Ledger")
    assert found["published_at"] == "2022-07-02T00:00:00+00:00"
    assert META.text[found["start"] : found["end"]] == found["text"]
    assert desk.scopes == [limited("2022-07-01", "2022-07-03", ["The Ledger"], desk.outlets())]
    assert desk.days == [date(2022, 7, 3)]


def test_a_program_keeps_to_languages(client: Client, desk: ScriptedDesk) -> None:
    desk.articles["meta"] = replace(META, language="fr")
    client.predict("Is Meta open?", languages=["French"], api_name="/search")
    client.predict("Is Meta open?", languages=["fr-CA"], api_name="/ask")
    assert desk.scopes == [Scope(languages=("fr",))] * 2
    with pytest.raises(AppError, match="nothing in the language 'de'"):
        client.predict("Is Meta open?", languages=["de"], api_name="/search")


def test_a_program_gets_the_answer_sentence_by_sentence(client: Client, desk: ScriptedDesk) -> None:
    history = [{"role": "user", "content": "Is Meta open?"}, {"role": "assistant", "content": "Yes."}]
    answer = client.predict("And Behemoth?", history=history, as_of="2022-07-03", api_name="/ask")
    assert [each["support"] for each in answer["sentences"]] == ["quoted", "supported", "supported", "unsupported"]
    cited = answer["citations"][0]
    assert META.text[cited["start"] : cited["end"]] == cited["quote"]
    assert [source["article_id"] for source in answer["sources"]] == ["meta", "behemoth"]
    assert desk.asked == [("And Behemoth?", (Turn("Is Meta open?", "Yes."),))]
    assert desk.days == [date(2022, 7, 3)]


def test_a_program_reads_an_article_and_its_earlier_version(client: Client, desk: ScriptedDesk) -> None:
    desk.correct("meta", title="Corrected")
    assert client.predict("meta", api_name="/article")["title"] == "Corrected"
    assert client.predict("meta", version=1, api_name="/article")["title"] == META.title


@pytest.mark.parametrize(
    ("endpoint", "given", "says"),
    [
        ("/search", {"question": "x", "since": "some day"}, "'some day' is not a day"),
        ("/search", {"question": "x", "as_of": "today"}, "'today' is not a date"),
        ("/search", {"question": "x", "outlets": ["Nobody"]}, "nothing by 'Nobody'"),
        ("/search", {"question": "x", "top": 101}, "top must be 1 to 100"),
        ("/search", {"question": "x", "top": "many"}, "top: .*integer"),
        ("/search", {"question": {"a": 1}}, "question: .*string"),
        ("/ask", {"question": "x", "history": ["x"]}, "history: .*dictionary"),
        ("/ask", {"question": "broken"}, "The chat model cannot be reached"),
        ("/article", {"article_id": "nope"}, "no longer in the library"),
        ("/article", {"article_id": "meta", "version": 9}, "no longer in the library"),
    ],
)
def test_what_a_program_gets_wrong_is_told_in_one_line(
    client: Client, endpoint: str, given: dict[str, object], says: str
) -> None:
    with pytest.raises(AppError, match=says):
        client.predict(**given, api_name=endpoint)


def test_the_named_endpoints_are_those_for_programs(client: Client) -> None:
    named = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert list(named) == ["/chat", "/search", "/ask", "/article"]


@pytest.mark.parametrize("path", ["/etc/passwd", str(Path("pyproject.toml").resolve()), "pyproject.toml"])
def test_no_file_of_this_machine_is_served(address: str, path: str) -> None:
    assert httpx.get(f"{address}gradio_api/file={path}").status_code in {403, 404}


def test_there_is_no_monitoring(address: str) -> None:
    assert {httpx.get(f"{address}{path}monitoring").status_code for path in ("", "gradio_api/")} <= {403, 404}


def test_uploads_over_the_limit_are_refused(address: str) -> None:
    answer = httpx.post(f"{address}gradio_api/upload", files={"files": ("big.txt", b"x" * 6_000_000)})
    assert answer.status_code == 413


def test_serving_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    serve(build_page(ScriptedDesk()), "127.0.0.1", free_port(), 5).close()
    assert capfd.readouterr() == ("", "")


def test_a_taken_port_is_told_in_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"Cannot serve on 127.0.0.1:{port}"):
            serve(build_page(ScriptedDesk()), "127.0.0.1", port, 5)
