"""The server around the page: its endpoint for programs, and what it must not do."""

from __future__ import annotations

import socket
from pathlib import Path

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from ui_desk import ScriptedDesk, free_port

from assistant.models import Turn
from assistant.ui.page import build_page
from assistant.ui.server import serve
from vectorstore.errors import SettingsError


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


def test_chat_is_the_only_named_endpoint(client: Client) -> None:
    assert list(client.view_api(return_format="dict", print_info=False)["named_endpoints"]) == ["/chat"]


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
