"""Which chat models the servers hold that the settings name. No address comes from anywhere else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.util import find_spec
from time import monotonic
from typing import Any, NamedTuple

import httpx

_OPENAI, _OLLAMA = "openai", "ollama"
_OLLAMA_AT_HOME = "http://127.0.0.1:11434"
_SECONDS_TO_WAIT = 2.0
_MOST_BYTES = 1_000_000
_MOST_MODELS = 50
_LONGEST_NAME = 200


class ModelServer(NamedTuple):
    """Something that speaks OpenAI's protocol or Ollama's at an address."""

    provider: str
    url: str


def has_ollama() -> bool:
    """Whether the package is installed through which LangChain speaks to Ollama."""
    return find_spec("langchain_ollama") is not None


def model_servers(configured: str, url: str, ollama: bool) -> tuple[ModelServer, ...]:
    """The servers to ask: at the address that is set, and Ollama where it is by default, with `ollama` installed.

    Where the model that is set says who is at the address, nobody else is looked for there.
    """
    provider, _, model = configured.partition(":")
    spoken = [provider] if model else [_OPENAI, _OLLAMA]
    usable = [each for each in spoken if each == _OPENAI or (each == _OLLAMA and ollama)]
    at_the_url = tuple(ModelServer(each, url) for each in usable) if url else ()
    at_home = ModelServer(_OLLAMA, _OLLAMA_AT_HOME)
    return (*at_the_url, at_home) if ollama and at_home not in at_the_url else at_the_url


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
