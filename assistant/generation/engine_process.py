"""The built-in model's process as its owner sees it: started when first asked, by any number of threads at once."""

from __future__ import annotations

import itertools
import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from vectorstore.errors import ModelUnavailable

_PROGRAM = Path(__file__).with_name("engine.py")
_ENDED = "its process ended, perhaps for want of memory"
LOOK_UP = 0.1  # seconds: how often whoever waits is asked whether he still wants the answer

Message = dict[str, str]
Event = dict[str, Any]


def command(*arguments: str) -> list[str]:
    """The command line of the model's process; nothing beside the program can be imported by mistake (-P)."""
    return [sys.executable, "-P", str(_PROGRAM), *arguments]


class EngineProcess:
    """A model's process; see assistant.generation.engine for what is said to it.

    It ends when its owner does, and is started anew by the next question after it has died.
    """

    def __init__(self, folder: Path) -> None:
        self._requests: dict[int, EngineRequest] = {}
        self._numbers = itertools.count(1)
        self._sending = threading.Lock()
        # In a session of its own: Ctrl-C is for the owner, who closes what stands open.
        self._child = subprocess.Popen(
            command("run", str(folder)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        self._ready = threading.Event()
        self._listener = threading.Thread(target=self._listen, name="chat-model", daemon=True)
        self._listener.start()

    @property
    def alive(self) -> bool:
        return self._child.poll() is None

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def working(self) -> bool:
        """Whether a request is being worked on, or waits to be."""
        return bool(self._requests)

    def ask(self, messages: Sequence[Message], tokens: int, stop: Sequence[str] = ()) -> EngineRequest:
        """Put a request; it is worked on from now on, whether or not anybody looks at it. Raises ModelUnavailable."""
        request = EngineRequest(self, next(self._numbers))
        self._requests[request.number] = request
        self._send({"id": request.number, "messages": list(messages), "tokens": tokens, "stop": list(stop)})
        return request

    def give_up(self, request: EngineRequest) -> None:
        """Free the place of a request; of one that is done already nothing is left to free."""
        if self._requests.pop(request.number, None) and self.alive:
            self._send({"cancel": request.number})

    def close(self) -> None:
        """End the process; whatever it works on is given up."""
        self._child.kill()
        self._child.wait()
        self._listener.join()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe:
                pipe.close()

    def _send(self, request: Event) -> None:
        assert self._child.stdin
        try:
            with self._sending:
                self._child.stdin.write(json.dumps(request) + "\n")
                self._child.stdin.flush()
        except (BrokenPipeError, ValueError) as error:
            raise ModelUnavailable(f"The built-in chat model did not answer: {_ENDED}.") from error

    def _listen(self) -> None:
        assert self._child.stdout
        for line in self._child.stdout:
            event = json.loads(line)
            if request := self._requests.get(event.get("id")):
                request.heard(event)
                if "done" in event or "error" in event:
                    self._requests.pop(request.number, None)
        self._child.wait()
        for waiting in list(self._requests.values()):
            waiting.heard({"error": _ENDED})


class EngineRequest:
    """What becomes of one request: events with text, then one that is done.

    None comes ten times a second while nothing happens, so that whoever takes them can leave. Closing it frees the
    model's place.
    """

    def __init__(self, engine: EngineProcess, number: int) -> None:
        self.number = number
        self._engine = engine
        self._events: queue.Queue[Event] = queue.Queue()

    def heard(self, event: Event) -> None:
        self._events.put(event)

    def __iter__(self) -> Iterator[Event | None]:
        while True:
            try:
                event = self._events.get(timeout=LOOK_UP)
            except queue.Empty:
                yield None
                continue
            if "error" in event:
                raise ModelUnavailable(f"The built-in chat model did not answer: {event['error']}.")
            yield event
            if "done" in event:
                return

    def finished(self) -> Event:
        """The event that is done, waited for."""
        *_, last = filter(None, self)
        return last

    def close(self) -> None:
        self._engine.give_up(self)
