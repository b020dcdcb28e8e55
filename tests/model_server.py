"""A server of chat models on this machine, as vLLM, LM Studio or Ollama would be: real HTTP, and a few words to say."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

SMALL, BROKEN, HOSTILE = "small", "broken", "<img src=x onerror=window.hacked=1>"


class ModelServer(BaseHTTPRequestHandler):
    """OpenAI's protocol under /v1 and Ollama's list under /api; only SMALL can answer. What else may be at an address,
    and is no list of models, is at /huge, /nonsense and /page."""

    protocol_version = "HTTP/1.0"
    heard: list[str] = []

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
            case _:
                self._send(404, {})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if asked["model"] != SMALL:
            return self._send(400, {"error": {"message": "out of memory"}})
        head = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": SMALL}
        said = [head | {"choices": [{"index": 0, "delta": {"role": "assistant", "content": word}}]} for word in WORDS]
        self._send(200, "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in said), "text/event-stream")

    def _send(self, status: int, body: Any, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write((body if isinstance(body, str) else json.dumps(body)).encode())

    def log_message(self, *_: object) -> None:
        pass


WORDS = ("Hel", "lo ", "to ", "you.")


@pytest.fixture
def model_server() -> Iterator[str]:
    """Its address, without a path."""
    ModelServer.heard.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), ModelServer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
