"""OpenAI's chat completions as Dateline speaks them: what is asked, what is answered, and why not. Pure.

https://platform.openai.com/docs/api-reference/chat. Beyond it, a message carries `dateline`: the whole answer as
assistant.presentation.as_json writes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, Field, ValidationError

from assistant.conversations.messages import turns_of
from assistant.presentation.as_json import answer_as_json
from assistant.types import Answer, Stage, Turn
from assistant.ui.plain import body, marked, plain
from assistant.ui.render import headline, is_web_address
from vectorstore.errors import DatelineError, LibraryError, ModelError

MODEL = "dateline"
_UNSUPPORTED = "unsupported_parameter"


class Refused(Exception):
    """A request that is answered with an error of OpenAI's form."""

    def __init__(self, message: str, status: int = 400, param: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.message, self.status, self.param, self.code = message, status, param, code

    def as_json(self) -> dict[str, Any]:
        kind = "server_error" if self.status >= 500 else "invalid_request_error"
        return {"error": {"message": self.message, "type": kind, "param": self.param, "code": self.code}}


class _Part(BaseModel):
    type: str
    text: str = ""


class _Message(BaseModel):
    role: Literal["system", "developer", "user", "assistant"]
    content: str | list[_Part] | None = None


class _Request(BaseModel):
    """What is read of a request; temperature and the like are ignored, since they change nothing here."""

    model: str
    messages: list[_Message] = Field(min_length=1)
    stream: bool = False
    n: int | None = None
    tools: list[Any] | None = None
    functions: list[Any] | None = None


class Asked(NamedTuple):
    """A question after earlier turns, and whether its answer is wanted while it is written."""

    question: str
    turns: tuple[Turn, ...]
    stream: bool


def asked(body: bytes) -> Asked:
    """What a request's body asks: its last message, after the turns before it; system messages are left out. Raises
    Refused."""
    try:
        request = _Request.model_validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        param = ".".join(map(str, first["loc"])) or None
        raise Refused(f"{param or 'The body'}: {first['msg']}", param=param) from error
    _check(request)
    turns = turns_of([message.model_dump() for message in request.messages])
    return Asked(turns[-1].question, turns[:-1], request.stream)


def _check(request: _Request) -> None:
    """Refuses what would be answered otherwise than it was asked."""
    if request.model != MODEL:
        says = f"The model {request.model!r} does not exist. There is one here: {MODEL!r}."
        raise Refused(says, 404, "model", "model_not_found")
    for name in ("tools", "functions"):
        if getattr(request, name):
            raise Refused(f"Dateline answers from its articles and calls no {name}.", 400, name, _UNSUPPORTED)
    if request.n not in (None, 1):
        raise Refused("There is one answer to a question: leave n out.", 400, "n", _UNSUPPORTED)
    for message in request.messages:
        parts = message.content if isinstance(message.content, list) else []
        if other := [part.type for part in parts if part.type != "text"]:
            raise Refused(f"Dateline reads text, and no {other[0]}.", 400, "messages", _UNSUPPORTED)
    if request.messages[-1].role != "user":
        raise Refused("The last message must be the user's question.", 400, "messages")


def refused(error: DatelineError) -> Refused:
    """Why there is no answer: for what was asked, or for the state of things here."""
    return Refused(str(error), 503 if isinstance(error, (LibraryError, ModelError)) else 400)


def models_as_json() -> dict[str, Any]:
    return {"object": "list", "data": [model_as_json()]}


def model_as_json() -> dict[str, Any]:
    return {"id": MODEL, "object": "model", "created": 0, "owned_by": "dateline"}


def completion(answer: Answer, id: str, created: int) -> dict[str, Any]:
    """A finished answer; `created` is in seconds since 1970."""
    message = {"role": "assistant", "content": plain(answer), "refusal": None} | _evidence(answer, 0)
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    return _head(id, created, "chat.completion") | {"choices": [choice]}


class Chunks:
    """A growing answer in chunks, by the sentence. What has been said is not taken back: when the answer was begun
    anew, it follows as a paragraph of its own."""

    def __init__(self, id: str, created: int) -> None:
        self._head = _head(id, created, "chat.completion.chunk")
        self._said = ""
        self._sent = 0

    def begun(self) -> dict[str, Any]:
        return self._chunk({"role": "assistant", "content": ""})

    def grown(self, answer: Answer) -> Iterator[dict[str, Any]]:
        """What the snapshot adds, once nothing in it will be taken back; the finished answer adds its footnotes and the
        evidence."""
        if answer.stage is Stage.SEARCHED:
            return
        over = answer.stage is Stage.DONE
        text = plain(answer) if over else body(answer)
        if fresh := text.removeprefix(self._said) if text.startswith(self._said) else f"\n\n{text}":
            self._said, self._sent = text, self._sent + len(fresh)
            yield self._chunk({"content": fresh})
        if over:
            yield self._chunk(_evidence(answer, self._sent - len(text)), "stop")

    def _chunk(self, delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
        return self._head | {"choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}]}


def _evidence(answer: Answer, start: int) -> dict[str, Any]:
    return {"annotations": list(_annotations(answer, start)), "dateline": answer_as_json(answer)}


def _annotations(answer: Answer, start: int) -> Iterator[dict[str, Any]]:
    """Each mark in the text, which begins at `start`, from its bracket to the one that closes it, with the article that
    it stands for; the address is "" where there is none."""
    text, at = body(answer), 0
    for sentence in answer.sentences:
        at = text.index(marked(sentence, answer), at) + len(sentence.text)
        for number in sentence.citations:
            begins, at = at + 1, at + len(f" [{number}]")
            if 1 <= number <= len(answer.sources):
                article = answer.sources[number - 1].article
                address = article.url if is_web_address(article.url) else ""
                where = {"start_index": start + begins, "end_index": start + at}
                yield {"type": "url_citation", "url_citation": where | {"title": headline(article), "url": address}}


def _head(id: str, created: int, kind: str) -> dict[str, Any]:
    return {"id": id, "object": kind, "created": created, "model": MODEL}
