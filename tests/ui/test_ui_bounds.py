"""How much one request may bring, how long it may take over it, and how many are carried out at once."""

from __future__ import annotations

import json
import logging
import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlsplit

import httpx
import pytest
from gradio.utils import get_upload_folder
from ui_desk import NOW, ScriptedDesk, Standing, eventually, free_port

from assistant.ui.library_tab import library_routes
from assistant.ui.openai_api import routes
from assistant.ui.page import build_page
from assistant.ui.places import Places, TooBusy
from assistant.ui.server import MOST_CONNECTIONS, serve

MB = 1024 * 1024
BOUNDARY = b"b0undary"
PART = b'--b0undary\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'


def opened(desk: ScriptedDesk, patience: float) -> Iterator[str]:
    beside = [*routes(desk), *library_routes(desk)]
    server = serve(build_page(desk), "127.0.0.1", free_port(), 1, beside, patience=patience)
    yield server.url
    desk.closed.set()
    server.close()


@pytest.fixture
def served(desk: ScriptedDesk) -> Iterator[str]:
    yield from opened(desk, 30.0)


@pytest.fixture
def impatient(desk: ScriptedDesk) -> Iterator[str]:
    yield from opened(desk, 0.3)


def sent(served: str, *pieces: bytes) -> socket.socket:
    """A connection on which so much was sent, or as much as the server wanted before it closed it."""
    place = urlsplit(served)
    connection = socket.create_connection((place.hostname, place.port), timeout=30)
    with suppress(ConnectionResetError, BrokenPipeError):
        for piece in pieces:
            connection.sendall(piece)
    return connection


def heads(served: str, method: str, path: str, *headers: str) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", f"Host: {urlsplit(served).netloc}", *headers, "", ""]).encode()


def answer(connection: socket.socket) -> bytes:
    """All that comes until the server closes the connection."""
    came = b""
    with connection, suppress(ConnectionResetError):
        while piece := connection.recv(1 << 16):
            came += piece
    return came


def status(connection: socket.socket) -> int:
    return int(answer(connection).split()[1])


@pytest.mark.parametrize(
    "path",
    ["/gradio_api/queue/join", "/gradio_api/call/search", "/gradio_api/cancel", "/gradio_api/component_server/"],
)
@pytest.mark.parametrize("length", ["Content-Length: 200000000", "Content-Length: 1048577"])
def test_a_body_that_says_it_is_too_large_is_not_read(served: str, path: str, length: str) -> None:
    said = answer(sent(served, heads(served, "POST", path, length, "Content-Type: application/json"), b"{"))
    assert b" 413 " in said.split(b"\r\n")[0]
    assert said.endswith(b"The request is larger than 1 MB.\n")


@pytest.mark.parametrize("path", ["/gradio_api/queue/join", "/gradio_api/call/search", "/gradio_api/component_server/"])
def test_a_body_that_turns_out_too_large_is_cut_off(served: str, path: str) -> None:
    headers = heads(served, "POST", path, "Transfer-Encoding: chunked", "Content-Type: application/json")
    chunk = b"20000\r\n" + b"x" * 0x20000 + b"\r\n"
    assert status(sent(served, headers, *[chunk] * 9)) == 413


def test_more_than_was_announced_is_not_taken_for_the_body(served: str) -> None:
    headers = heads(served, "POST", "/gradio_api/cancel", "Content-Length: 2", "Content-Type: application/json")
    said = answer(sent(served, headers, b"{}" + b"x" * 1000 + b"\r\n\r\n"))
    assert b" 422 " in said.split(b"\r\n")[0]
    assert b"HTTP/1.1 400" in said


def test_the_api_for_questions_takes_less(served: str) -> None:
    headers = heads(served, "POST", "/v1/chat/completions", "Content-Length: 900000")
    said = answer(sent(served, headers, b" " * 300_000))
    assert b" 413 " in said.split(b"\r\n")[0]
    assert b"larger than 256 KB" in said


@pytest.mark.parametrize("size", [MB - 1000, 900_000])
def test_what_keeps_within_the_bounds_is_taken(served: str, size: int) -> None:
    asked = httpx.post(f"{served}gradio_api/call/search", json={"data": ["x" * size, "", "", None, "", 5, None]})
    assert asked.status_code == 200


def test_headers_are_bounded_too(served: str) -> None:
    assert status(sent(served, b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ", b"x" * 100_000)) == 400


@pytest.mark.parametrize(
    "beginning",
    [b"", b"G", b"GET / HTTP/1.1\r\nHost: localhost\r\n", b"POST /v1/chat/completions HTTP/1.1\r\nHost: loc"],
    ids=["nothing", "a letter", "no end of the headers", "half a header"],
)
def test_who_never_finishes_a_request_is_cut_off(impatient: str, beginning: bytes) -> None:
    assert status(sent(impatient, beginning)) == 408


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/gradio_api/queue/join", "/gradio_api/upload"])
def test_who_never_finishes_a_body_is_cut_off(impatient: str, path: str) -> None:
    kind = f"Content-Type: multipart/form-data; boundary={BOUNDARY.decode()}"
    headers = heads(impatient, "POST", path, "Content-Length: 100000", kind)
    assert status(sent(impatient, headers, PART)) == 408


def test_who_sends_a_byte_now_and_then_is_cut_off(impatient: str) -> None:
    connection, cut_off = sent(impatient, b"GET / HTTP/1.1\r\n"), (BrokenPipeError, ConnectionResetError)
    with connection, pytest.raises(cut_off):
        while True:
            connection.sendall(b"X: y\r\n")
            Event().wait(0.05)


def test_after_an_answer_the_next_request_is_not_waited_for_either(impatient: str) -> None:
    connection = sent(impatient, heads(impatient, "GET", "/v1/models"))
    assert b"200 OK" in connection.recv(1000)
    connection.sendall(b"GET /v1/mod")
    assert answer(connection).split(b"\r\n")[0].endswith(b"408 Request Timeout")


def test_an_answer_takes_as_long_as_it_takes(impatient: str, desk: ScriptedDesk) -> None:
    def end() -> None:
        Event().wait(1)
        desk.closed.set()

    Thread(target=end).start()
    asked = {"model": "dateline", "messages": [{"role": "user", "content": "slowly"}]}
    assert httpx.post(f"{impatient}v1/chat/completions", json=asked, timeout=30).status_code == 200


def test_of_too_many_that_wait_the_oldest_go(served: str) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4096)), hard))
    with ExitStack() as held:
        waiting = [
            held.enter_context(closing(sent(served, b"GET / HTTP/1.1\r\n"))) for _ in range(MOST_CONNECTIONS + 50)
        ]
        assert httpx.get(f"{served}v1/models").status_code == 200
        assert answer(waiting[0]) == b""
        waiting[-1].sendall(b"Host: localhost\r\nConnection: close\r\n\r\n")
        assert status(waiting[-1]) == 200


def uploads() -> set[Path]:
    return set(Path(get_upload_folder()).glob("tmp*"))


def test_a_hundred_files_are_taken_at_once_and_no_more(served: str) -> None:
    def upload(files: int) -> httpx.Response:
        return httpx.post(f"{served}gradio_api/upload", files=[("files", (f"{n}.txt", b"x")) for n in range(files)])

    before = uploads()
    assert len(upload(100).json()) == 100
    refused = upload(101)
    assert (refused.status_code, refused.text) == (413, "At most 100 files can be sent at once.\n")
    eventually(lambda: uploads() == before)  # the refusal is sent at once, what came with it removed afterwards


def test_ten_of_the_largest_files_are_taken_at_once_and_no_more(served: str) -> None:
    before = uploads()
    content = b"x" * (MB - 10)
    headers = heads(
        served,
        "POST",
        "/gradio_api/upload",
        "Transfer-Encoding: chunked",
        f"Content-Type: multipart/form-data; boundary={BOUNDARY.decode()}",
    )
    file = PART + content + b"\r\n"
    assert status(sent(served, headers, *[b"%x\r\n%b\r\n" % (len(file), file)] * 11)) == 413
    eventually(lambda: uploads() == before)  # the refusal is sent at once, what came with it removed afterwards


@pytest.mark.parametrize("size", [2 * MB, 5 * MB])
def test_a_file_over_the_limit_is_refused_before_it_has_arrived(served: str, size: int) -> None:
    before = uploads()
    kind = f"Content-Type: multipart/form-data; boundary={BOUNDARY.decode()}"
    headers = heads(served, "POST", "/gradio_api/upload", "Content-Length: 9000000", kind)
    said = answer(sent(served, headers, PART, b"x" * size))
    assert b" 413 " in said.split(b"\r\n")[0]
    eventually(lambda: uploads() == before)  # the refusal is sent at once, what came with it removed afterwards


def test_an_upload_that_is_broken_off_leaves_no_file(served: str) -> None:
    before = uploads()
    kind = f"Content-Type: multipart/form-data; boundary={BOUNDARY.decode()}"
    with sent(served, heads(served, "POST", "/gradio_api/upload", "Content-Length: 900000", kind), PART, b"x" * 9000):
        while uploads() == before:
            Event().wait(0.01)
    for _ in range(500):
        if uploads() == before:
            break
        Event().wait(0.01)
    eventually(lambda: uploads() == before)  # the refusal is sent at once, what came with it removed afterwards


def test_of_many_uploads_at_once_some_are_told_to_come_again(served: str) -> None:
    kind = f"Content-Type: multipart/form-data; boundary={BOUNDARY.decode()}"
    begun = [heads(served, "POST", "/gradio_api/upload", "Content-Length: 900000", kind), PART]
    before = uploads()
    with ExitStack() as held:
        for number in range(4):
            held.enter_context(closing(sent(served, *begun)))
            while len(uploads() - before) <= number:
                Event().wait(0.01)
        said = answer(sent(served, *begun))
        assert b" 503 " in said.split(b"\r\n")[0]
        assert said.endswith(b"Try again in a moment.\n")
        assert httpx.get(f"{served}v1/models").status_code == 200


def told(served: str, call: str, *given: object) -> str:
    """All that a named endpoint sends."""
    event = httpx.post(f"{served}gradio_api/call/{call}", json={"data": given}, timeout=60).json()["event_id"]
    return httpx.get(f"{served}gradio_api/call/{call}/{event}", timeout=60).text


def test_of_too_many_questions_the_last_are_told_so_and_the_rest_of_the_page_goes_on(
    served: str, desk: ScriptedDesk
) -> None:
    too_many, full = "Too many questions are waiting. Try again in a moment.", Event()

    def ask() -> None:
        if too_many in told(served, "ask", "slowly", "", "", None, "", None, None, None, None, False, None):
            full.set()

    asking = [Thread(target=ask) for _ in range(17)]  # one more than there are places
    for each in asking:
        each.start()
    assert full.wait(30)
    assert too_many in told(served, "chat", "Is Meta open?", None)
    sent = ("Is Meta open?", "", "", None, "", 5, None, None, None, False, None)
    assert "event: complete" in told(served, "search", *sent)
    assert httpx.get(served).status_code == 200
    desk.closed.set()
    for each in asking:
        each.join()
    assert "event: complete" in told(served, "chat", "Is Meta open?", None)


def test_a_place_is_given_back_also_by_work_that_fails() -> None:
    places = Places("searches", at_once=1, waiting=1)
    for _ in range(5):
        with pytest.raises(ZeroDivisionError), places.taken():
            raise ZeroDivisionError
    with places.taken():
        waiting = Thread(target=lambda: places.taken().__enter__(), daemon=True)
        waiting.start()
        with pytest.raises(TooBusy, match="Too many searches"):
            while True:
                with places.taken():
                    pass


SENSITIVE = "\x1b[31mpwned\n" + "x" * 300_000


@pytest.mark.parametrize("call", ["search", "ask", "chat", "article", "discard", "nothing"])
def test_a_call_that_cannot_be_understood_is_one_line_of_the_log(
    served: str, call: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.INFO):
        asked = httpx.post(f"{served}gradio_api/call/{call}", json={"data": [SENSITIVE]})
        if asked.status_code == 200:
            httpx.get(f"{served}gradio_api/call/{call}/{asked.json()['event_id']}")
    assert_quiet(caplog, capsys)


def test_events_with_any_data_are_lines_of_the_log(
    served: str, desk: ScriptedDesk, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each of the page's own events, which anybody can call by its number."""
    numbers = [each["id"] for each in httpx.get(f"{served}config").json()["dependencies"]]
    assert len(numbers) > 50
    desk.standing = Standing(since=NOW)  # or the scripted refresh would go on until it is stopped
    with caplog.at_level(logging.INFO):
        for number in [*numbers, -1, 10_000, None, "x"]:
            for data, event in (([SENSITIVE], SENSITIVE), ([{}] * 9, {}), ([None] * 9, None), ([["a"]] * 9, [1])):
                body = {"fn_index": number, "data": data, "event_data": event, "session_hash": f"s{number}"}
                httpx.post(f"{served}gradio_api/queue/join", content=json.dumps(body), headers=JSON)
            with suppress(httpx.RemoteProtocolError):  # where there is no such event
                httpx.get(f"{served}gradio_api/queue/data?session_hash=s{number}", timeout=60)
    assert_quiet(caplog, capsys)


JSON = {"Content-Type": "application/json"}


def assert_quiet(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is printed, and no line of the log is long or holds a control character."""
    assert capsys.readouterr() == ("", "")
    for record in caplog.records:
        if not record.name.startswith(("uvicorn.access", "httpx", "httpcore", "asyncio")):
            assert record.exc_info is None, record.getMessage()
            assert len(record.getMessage()) <= 500
            assert record.getMessage().isprintable()
