"""The page without a browser: its own requests and events, one after the other, as its script in a browser sends them.

There is no public way to add an article to a library that is being served, or to go on with a conversation that is
kept; the page's own ways are these. An event is called by the name of the function that hears it.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

_CONFIG = re.compile(r"kept/\w+-configuration\.js")
_EVENTS = "window.gradio_config = "
_API = "/gradio_api"
_BEHIND_ALL = 100_000  # the number of a question that follows on all that there are


class Refused(Exception):
    """What the server answered in place of what was asked for; `busy` where it says that it has too much to do."""

    def __init__(self, line: str, busy: bool = False) -> None:
        super().__init__(line)
        self.busy = busy


class Page:
    """A page that a reader has open. One thread at a time.

    Raises Refused, and httpx.HTTPError or ConnectionError where the server goes away in the middle.
    """

    def __init__(self, url: str, seconds: float = 60.0) -> None:
        self._http = httpx.Client(base_url=url, timeout=seconds)
        self._session = secrets.token_hex(6)
        found = _CONFIG.search(self._checked(self._http.get("/")).text)
        if not found:
            raise Refused("the page names no events")
        script = self._checked(self._http.get(f"/{found[0]}")).text
        config, _ = json.JSONDecoder().raw_decode(script, script.index(_EVENTS) + len(_EVENTS))
        self._events = {each["api_name"]: each for each in config["dependencies"] if each["api_name"]}

    def close(self) -> None:
        self._http.close()

    # -- what a reader does ----------------------------------------------------------------------------------------

    def ask(self, question: str, conversation: str = "") -> str:
        """The id of the conversation, in which the question is kept from now on."""
        id = conversation or secrets.token_urlsafe(8)
        asked = {"id": id, "key": secrets.token_urlsafe(8), "number": _BEHIND_ALL, "question": question}
        said = self._checked(self._http.post("/talk/ask", json=asked)).json()
        if not said["taken"]:
            raise Refused(said.get("problem") or "the conversation is being answered", busy=said.get("busy", False))
        return id

    def answer(self, conversation: str) -> str:
        """Waits until the last question is answered; the answer as the page draws it."""
        state: dict[str, Any] = {"busy": True, "tag": ""}
        while state["busy"]:
            seen = {"id": conversation, "seen": state["tag"]}
            state = self._checked(self._http.get("/talk", params=seen)).json()
            if problem := state.get("problem"):
                raise Refused(problem)
        return str(state["live"])

    def add_text(self, text: str, title: str, outlet: str) -> str:
        """What came of it, as the page draws it."""
        return str(self._last("take_text", text, title, outlet)[0])

    def add_file(self, path: Path) -> Iterator[str]:
        """How far that has come, again and again, and last what came of it, as the page draws it."""
        with path.open("rb") as stream:
            sent = self._checked(self._http.post(f"{_API}/upload", files={"files": (path.name, stream)}))
        upload = {"path": sent.json()[0], "orig_name": path.name, "meta": {"_type": "gradio.FileData"}}
        for drawn in self._told("take_files", [upload]):
            yield str(drawn[0])

    def remove(self, article_id: str) -> str:
        """What came of it, as the page draws it."""
        return str(self._last("discard", article_id)[0])

    def refresh(self) -> str:
        """Reads the feeds; what came of it, as the page draws it."""
        return str(self._last("refresh_all")[0])

    # -- how ---------------------------------------------------------------------------------------------------------

    def _last(self, event: str, *data: object) -> list[Any]:
        *_, last = self._told(event, *data)
        return last

    def _told(self, event: str, *data: object) -> Iterator[list[Any]]:
        """The values of the event's components, each time that they are sent whole."""
        asked = {"data": data, "fn_index": self._events[event]["id"], "session_hash": self._session, "event_data": None}
        joined = self._checked(self._http.post(f"{_API}/queue/join", json=asked)).json()
        query = {"session_hash": self._session}
        with self._http.stream("GET", f"{_API}/queue/data", params=query) as stream:
            for line in stream.iter_lines():
                message = json.loads(line.removeprefix("data:")) if line.startswith("data:") else {}
                if message.get("event_id") != joined["event_id"]:
                    continue
                if message["msg"] == "process_completed":
                    if not message["success"]:
                        raise Refused(str(message["output"].get("error") or message["output"]))
                    yield message["output"]["data"]
                    return
                if message["msg"] == "process_generating" and message["success"]:
                    whole = [value for value in message["output"]["data"] if not isinstance(value, list)]
                    if len(whole) == len(message["output"]["data"]):
                        yield whole
        raise ConnectionError("the page's stream ended before its event did")

    @staticmethod
    def _checked(response: httpx.Response) -> httpx.Response:
        if response.status_code in (429, 503):
            raise Refused(response.text[:200], busy=True)
        if response.status_code != 200:
            raise Refused(f"{response.status_code} {response.text[:200]}")
        return response
