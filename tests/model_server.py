"""A server of chat models on this machine, as vLLM, LM Studio or Ollama would be: real HTTP, and a few words to say.

What a model does when it is asked is in its name: `small` answers, and each of FAULTS fails in its own way.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

SMALL, BROKEN, HOSTILE = "small", "broken", "<img src=x onerror=window.hacked=1>"
WORDS = ("Hel", "lo ", "to ", "you.")


class ModelServer(BaseHTTPRequestHandler):
    """OpenAI's protocol under /v1 and Ollama's list under /api. What else may be at an address, and is no list of
    models, is at /huge, /nonsense and /page. `said` is what a model says that is asked to, word by word."""

    protocol_version = "HTTP/1.0"
    heard: list[str] = []
    asked: list[str] = []
    said: tuple[str, ...] = WORDS
    over = threading.Event()

    def do_GET(self) -> None:
        names = [SMALL, BROKEN, HOSTILE]
        match self.path:
            case "/v1/models":
                self.heard.append(self.headers.get("Authorization", ""))
                self._send(200, {"data": [{"id": name} for name in names]})
            case "/api/tags":
                self.heard.append(self.headers.get("Authorization", ""))
                self._send(200, {"models": [{"name": name} for name in names]})
            case "/huge/models":
                self._send(200, {"data": [{"id": "x" * 1_100_000}]})
            case "/nonsense/models":
                self._send(200, {"data": [7, {"id": 7}, {"id": ""}, {"id": "x" * 201}, "small", None]})
            case "/page/models":
                self._send(200, "<html>", "text/html")
            case "/slow/models":
                self._drip(b" ")
            case _:
                self._send(404, {})

    def do_POST(self) -> None:
        model = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["model"]
        self.asked.append(model)
        with suppress(BrokenPipeError, ConnectionResetError):  # whoever asked has left, as they should
            FAULTS.get(model, ModelServer.refuses)(self)

    def log_message(self, *_: object) -> None:
        pass

    def _send(self, status: int, body: Any, kind: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write((body if isinstance(body, str) else json.dumps(body)).encode())

    def _drip(self, piece: bytes) -> None:
        while not self.over.wait(0.02):
            self.wfile.write(piece)

    def _begin(self) -> None:
        self._send(200, "", "text/event-stream")

    def _say(self, *words: str, reason: str | None = None) -> None:
        for word in words:
            choice = {"index": 0, "delta": {"role": "assistant", "content": word}, "finish_reason": reason}
            chunk = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": SMALL, "choices": [choice]}
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())

    def _end(self, reason: str = "stop") -> None:
        self._say("", reason=reason)
        self.wfile.write(b"data: [DONE]\n\n")

    def answers(self) -> None:
        self._begin()
        self._say(*self.said)
        self._end()

    def answers_slowly(self) -> None:
        """A word, and less than the patience of whoever listens, by and by."""
        self._begin()
        for word in self.said:
            self._say(word)
            self.over.wait(0.1)
        self._end()

    def answers_without_a_reason(self) -> None:
        self._begin()
        self._say(*self.said)
        self.wfile.write(b"data: [DONE]\n\n")

    def refuses(self) -> None:
        self._send(400, {"error": {"message": "out of memory"}})

    def repeats_the_key(self) -> None:
        key = self.headers["Authorization"]
        self._send(401, {"error": {"message": f"Incorrect key: {key}. See http://x/?k={key.split()[1]}"}})

    def asks_to_wait(self) -> None:
        self._send(429, {"error": {"message": "slow down"}}, Retry_After="30")

    def fails(self) -> None:
        self._send(500, {"error": {"message": "CUDA error\x1b[31m"}})

    def is_elsewhere(self) -> None:
        self._send(404, {"error": {"message": "no such model"}})

    def drops(self) -> None:
        self._begin()
        self._say(*self.said)
        self._say("The council approved it", " after")

    def drops_a_chunk(self) -> None:
        """The connection ends within what was announced."""
        self.protocol_version = "HTTP/1.1"
        self._send(200, "", "text/event-stream", Transfer_Encoding="chunked", Connection="close")
        self.wfile.write(b"fff\r\n")
        self._say(*self.said)

    def sends_garbage(self) -> None:
        self._begin()
        self.wfile.write(b"data: {]\xff\n\n")

    def sends_nothing(self) -> None:
        self._begin()

    def sends_a_page(self) -> None:
        self._send(200, "<html><body>Welcome to nginx</body></html>", "text/html")

    def sends_no_stream(self) -> None:
        message = {"role": "assistant", "content": " ".join(self.said)}
        self._send(200, {"id": "1", "object": "chat.completion", "choices": [{"index": 0, "message": message}]})

    def says_nothing(self) -> None:
        self._begin()
        self._end()

    def never_ends_a_sentence(self) -> None:
        self._begin()
        while not self.over.is_set():
            self._say("and so on ")

    def says_20_megabytes(self) -> None:
        self._begin()
        self._say("and so on " * 2_000_000)
        self._end()

    def says_20_megabytes_for_ever(self) -> None:
        self._begin()
        self.wfile.write(b"data: ")
        while not self.over.is_set():
            self.wfile.write(b"x" * 65536)

    def says_newlines(self) -> None:
        self._begin()
        while not self.over.is_set():
            self._say("\n")

    def says_empty_words(self) -> None:
        self._begin()
        while not self.over.is_set():
            self._say("")

    def hangs(self) -> None:
        self.over.wait()

    def hangs_midway(self) -> None:
        self._begin()
        self._say(*self.said)
        self.over.wait()

    def keeps_alive(self) -> None:
        self._begin()
        self._drip(b": keep-alive\n\n")

    def says_empty_words_slowly(self) -> None:
        self._begin()
        while not self.over.wait(0.02):
            self._say("")

    def runs_out_of_tokens(self) -> None:
        self._begin()
        self._say(*self.said)
        self._say("The council", " approved it")
        self._end("length")


FAULTS: dict[str, Callable[[ModelServer], None]] = {SMALL: ModelServer.answers} | {
    name: method for name, method in vars(ModelServer).items() if callable(method) and not re.match("_|do_|log_", name)
}


@pytest.fixture
def model_server() -> Iterator[str]:
    """Its address, without a path."""
    ModelServer.heard.clear()
    ModelServer.asked.clear()
    ModelServer.over.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), ModelServer) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        ModelServer.over.set()
        server.shutdown()
