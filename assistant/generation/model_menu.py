"""The chat models that a reader can choose among: the one that is set, and those that answer beside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

import httpx

from assistant.generation.connection import ModelConnection
from assistant.generation.providers import LOCAL, PATIENCE, QUOTE, open_chat_model
from assistant.generation.streaming import pieces
from vectorstore.errors import DatelineError, ModelError, ModelUnavailable, WeightsMissing

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_ASK = [("human", "Say hello in one word.")]
_LONGEST_WORD = 40
_OPENAI, _OLLAMA = "openai", "ollama"
OLLAMA_NAME, OLLAMA_PULL = "Ollama", "ollama pull {model}"
OPENAI_AT_HOME = "https://api.openai.com/v1"
BUILT_IN_INSTALL, RATINGS_USE = "pip install 'dateline[local]'", "dateline evaluate"
OLLAMA_AT_HOME = "http://127.0.0.1:11434"
"""Where Ollama answers unless it was told otherwise."""
_SECONDS_TO_WAIT = 2.0
_MOST_BYTES = 1_000_000
_MOST_MODELS = 50
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of asking a chat model for a word: the word and the seconds until it was said, or what is wrong."""

    word: str = ""
    seconds: float = 0.0
    problem: str = ""


class ChatModels:
    """Each is opened when it is first wanted, and once. A name opens only what this machine or a server of the settings
    offers: a page that is asked for another one must not make Dateline speak to whom it likes, with the owner's key."""

    def __init__(
        self,
        configured: str,
        model: BaseChatModel | None,
        *,
        url: str = "",
        key: str = "",
        cache: Path = Path(),
        clock: Callable[[], float] = perf_counter,
        patience: float = PATIENCE,
        connection: ModelConnection | None = None,
    ) -> None:
        """`model` is the one that is set, open already; None where answers are quoted. `patience` is how many seconds
        one on a server may be silent."""
        self.configured = configured if model is not None else QUOTE
        self._named = configured
        self._model = model
        self._url, self._key, self._cache, self._clock = url, key, cache, clock
        self._patience = patience
        self.connection = connection or ModelConnection()
        self._at: dict[str, ModelServer] = {}
        self._open: dict[str, BaseChatModel | None] = {configured: model} if model is not None else {}
        self._opening = Lock()

    def close(self) -> None:
        """End the process of the built-in model, if it was started."""
        for model in self._open.values():
            if close := getattr(model, "close", None):
                close()

    def offered(self) -> tuple[str, ...]:
        """What could answer now beside the one that is set; asks the servers, two seconds each at most."""
        self._at = dict(self._found())
        return tuple(self._at)

    def server_of(self, name: str) -> ModelServer | None:
        """Where a model answers, as far as that is known: None for what needs no server."""
        if name in ("", self.configured):
            provider, _, model = self.configured.partition(":")
            return (
                ModelServer(provider, self._url or (OLLAMA_AT_HOME if provider == _OLLAMA else "")) if model else None
            )
        server = self._at.get(name)
        return server if server and server.url else None

    def ollama_answers(self) -> bool:
        """Whether Ollama is running where it is by default, with models or without."""
        try:
            return httpx.get(f"{OLLAMA_AT_HOME}/api/version", timeout=_SECONDS_TO_WAIT).is_success
        except httpx.HTTPError:
            return False

    def connect(self, address: str, key: str) -> int:
        """Use a server that a reader has entered, at the address or at /v1 below it; how many models it has. Raises
        SettingsError."""
        self.connection.connect(address, key)
        named = self._entered_models()
        if not named and not self.connection.address.endswith("/v1"):
            given = self.connection.address
            self.connection.connect(f"{given}/v1", key)
            named = self._entered_models()
            if not named:
                self.connection.connect(given, key)
        self._forget_entered()
        return len(named)

    def disconnect(self) -> None:
        """Leave the server that a reader has entered, and forget its key."""
        self.connection.disconnect()
        self._forget_entered()

    def _entered_models(self) -> tuple[str, ...]:
        return listed(ModelServer(_OPENAI, self.connection.address), self.connection.key)

    def _forget_entered(self) -> None:
        """Those that were opened with another address or another key."""
        with self._opening:
            self._open = {name: model for name, model in self._open.items() if name in (LOCAL, self._named)}
            self._at = {}

    def opened(self, name: str) -> BaseChatModel | None:
        """The model of that name, "" being the one that is set; None where answers are quoted. ModelUnavailable for one
        that is not offered."""
        if name in ("", self.configured):
            return self._model
        if name == QUOTE:
            return None
        if name not in self._at and name not in self.offered():
            raise ModelUnavailable(f"The model {name} is not there. Choose another one under Settings.")
        with self._opening:
            if name not in self._open:
                self._open[name] = self._opened(name)
            return self._open[name]

    def tried(self, name: str) -> Trial:
        """Ask the model for a word."""
        started = self._clock()
        try:
            model = self.opened(name)
            if model is None:
                return Trial(problem="Answers are quoted: there is no model to ask.")
            word = _first_word(model, self._patience)
        except ModelError as error:
            return Trial(problem=str(error))
        return Trial(word, self._clock() - started)

    def _opened(self, name: str) -> BaseChatModel | None:
        try:
            server = self._at[name]
            return open_chat_model(name, server.url, self._key_for(server), self._cache, self._patience)
        except DatelineError as error:
            raise ModelUnavailable(str(error)) from error

    def _found(self) -> Iterator[tuple[str, ModelServer]]:
        """Names and servers, the first server that holds a model of the name being its own."""
        known = {self.configured}
        if LOCAL not in known and _local_is_installed():
            known.add(LOCAL)
            yield LOCAL, ModelServer(LOCAL, "")
        entered = [ModelServer(_OPENAI, self.connection.address)] if self.connection.address else []
        for server in dict.fromkeys([*model_servers(self._named, self._url, has_ollama()), *entered]):
            for name in listed(server, self._key_for(server)):
                if name not in known:
                    known.add(name)
                    yield name, server

    def _key_for(self, server: ModelServer) -> str:
        """Each key goes only to the address that it was given for."""
        if server.url == self._url:
            return self._key
        return self.connection.key if server.url == self.connection.address else ""


def _local_is_installed() -> bool:
    from assistant.generation.embedded import require_installed

    try:
        require_installed()
    except WeightsMissing:
        return False
    return True


def _first_word(model: BaseChatModel, patience: float) -> str:
    """Closed as soon as the word is out, so that no model needs to be told how little is wanted."""
    said = ""
    with closing(pieces(model, _ASK, patience)) as arriving:
        for piece in arriving:
            said = (said + piece).lstrip()
            if len(said.split()) > 1 or said != said.rstrip() or len(said) > _LONGEST_WORD:
                break
    return " ".join(said.split()[:1])[:_LONGEST_WORD]


class ModelServer(NamedTuple):
    """Something that speaks OpenAI's protocol or Ollama's at an address."""

    provider: str
    url: str


def has_ollama() -> bool:
    """Whether the package is installed through which LangChain speaks to Ollama."""
    return find_spec("langchain_ollama") is not None


def model_servers(configured: str, url: str, ollama: bool) -> tuple[ModelServer, ...]:
    """The servers to ask: at the address that is set, and Ollama where it is by default: in its own protocol with
    `ollama` installed, else in OpenAI's, which it speaks too.

    Where the model that is set says who is at the address, nobody else is looked for there.
    """
    provider, _, model = configured.partition(":")
    spoken = [provider] if model else [_OPENAI, _OLLAMA]
    usable = [each for each in spoken if each == _OPENAI or (each == _OLLAMA and ollama)]
    at_the_url = tuple(ModelServer(each, url) for each in usable) if url else ()
    at_home = ModelServer(_OLLAMA, OLLAMA_AT_HOME) if ollama else ModelServer(_OPENAI, f"{OLLAMA_AT_HOME}/v1")
    return at_the_url if at_home in at_the_url else (*at_the_url, at_home)


def listed(server: ModelServer, key: str = "") -> tuple[str, ...]:
    """The server's models as `provider:model`, in its order; none when it does not answer, or not as it should.

    The key goes to a server of OpenAI's protocol only.
    """
    path, many, name = ("models", "data", "id") if server.provider == _OPENAI else ("api/tags", "models", "name")
    headers = {"Authorization": f"Bearer {key}"} if key and server.provider == _OPENAI else {}
    try:
        held = _held(f"{server.url.rstrip('/')}/{path}", headers)
        return tuple(f"{server.provider}:{each}" for each in _names(held, many, name))[:_MOST_MODELS]
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError):
        return ()


def _held(address: str, headers: dict[str, str]) -> Any:
    with httpx.stream("GET", address, headers=headers, timeout=_SECONDS_TO_WAIT) as answer:
        answer.raise_for_status()
        body, until = bytearray(), monotonic() + _SECONDS_TO_WAIT
        for piece in answer.iter_bytes():
            body += piece
            if len(body) > _MOST_BYTES or monotonic() > until:
                raise ValueError("more than any list of models, or slower")
    return json.loads(body)


def _names(held: Any, many: str, name: str) -> Iterator[str]:
    rows = held.get(many) if isinstance(held, dict) else None
    for row in rows if isinstance(rows, list) else ():
        found = row.get(name) if isinstance(row, dict) else None
        if isinstance(found, str) and 0 < len(found) <= _LONGEST_NAME:
            yield found
