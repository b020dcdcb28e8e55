"""The chat model, chosen by one setting, and what readers and the log are told when it fails."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from vectorstore.characters import without_hidden
from vectorstore.errors import DatelineError, ModelUnavailable, ProviderMissing, SettingsError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

LOCAL = "local"
QUOTE = "quote"
ENDLESS = "The chat model did not come to an end."
PATIENCE = 15.0
"""Seconds that a server of models may be silent, before its first word and between two, where nothing else is set: with
the search before and the judging after, nobody waits for longer than 20 to hear that there will be no more. One that
has yet to load its model may need longer."""
_MAX_TOKENS = 512
_NO_KEY = "none"
# Of a key that is cut or quoted in part, so many characters in a row give it away.
_TELLING = 8
_LONGEST_DETAIL = 500
_LONGEST_READ = 5000
_SIGNED_IN = re.compile(
    r"(\b(?:bearer|basic)\s+|\b(?:api[-_ ]?key|access[-_ ]?token|authorization)[\"']?\s*[:=]\s*[\"']?(?!bearer|basic))"
    r"[^\s\"',;]+|(://)[^/\s@]+(?=@)",
    re.I,
)
_REFUSED_KEY = frozenset((401, 403, 407))
_TOO_LATE = frozenset((408, 504))
_TOO_LONG = "The question and its passages are too long for the chat model."


def open_chat_model(name: str, url: str, key: str, cache: Path, patience: float = PATIENCE) -> BaseChatModel | None:
    """The model that the setting names; None for `quote`, which answers without one.

    `local` is the embedded model. Anything else is LangChain's `provider:model`, with the address and the key of the
    server when they are given. Nothing is loaded or connected to yet. One that is silent for longer than
    `patience`, in seconds, is let go soon after.
    Raises SettingsError, ProviderMissing or WeightsMissing.
    """
    if name == QUOTE:
        return None
    if name == LOCAL:
        from assistant.generation.embedded import LocalChat, require_installed

        require_installed()
        return LocalChat(folder=cache)
    provider, _, model = name.partition(":")
    if not model:
        raise SettingsError(
            f"The model {name!r} is not known. Set it to local, quote, or provider:model, such as ollama:qwen2.5:7b."
        )
    return _from_provider(provider, model, url, key, patience + 1)


def _from_provider(provider: str, model: str, url: str, key: str, seconds: float) -> BaseChatModel:
    from langchain.chat_models import init_chat_model

    from assistant.generation.model_http import bounded_client

    options: dict[str, Any] = {"temperature": 0.0}
    if url:
        options["base_url"] = url
    if provider == "ollama":
        options["client_kwargs"] = {"timeout": seconds}
    else:
        # Not again: the reader is told at once, and asks again.
        options |= {"timeout": seconds, "max_retries": 0, "max_tokens": _MAX_TOKENS}
        # A server on this machine asks for no key, and LangChain for any.
        options |= {"api_key": key or _NO_KEY} if key or (url and provider == "openai") else {}
    if provider == "openai":
        options["http_client"] = bounded_client(seconds)
    try:
        model_object: BaseChatModel = init_chat_model(model, model_provider=provider, **options)
    except ImportError as error:
        raise ProviderMissing(f"The model {provider}:{model} needs a package that is not installed: {error}") from error
    except Exception as error:  # each provider has its own class for a missing key or a wrong name
        told = masked(str(error), [key] if key else [])[:_LONGEST_DETAIL]
        raise SettingsError(f"The model {provider}:{model} cannot be set up: {told or type(error).__name__}") from None
    return model_object


def none_offered(name: str) -> BaseChatModel | None:
    """Where a reader has no choice of models."""
    raise ModelUnavailable(f"The model {name} is not offered here.")


class Failure(NamedTuple):
    """What went wrong, in a line for readers and in one for the log, neither of which holds a key."""

    line: str
    detail: str


def failure(error: Exception, model: BaseChatModel, begun: bool = False) -> Failure:
    """Any provider's failure; `begun` says whether the model had said something before.

    Readers get our own words by the kind of failure: a provider may repeat the key, or what it was asked.
    """
    if isinstance(error, DatelineError):
        return Failure(str(error), str(error))
    chain = list(_chain(error))
    told = " <- ".join(f"{type(each).__name__}: {each}" for each in chain)
    return Failure(_line(chain, begun), masked(told, _keys_of(model))[:_LONGEST_DETAIL])


def masked(text: str, keys: Sequence[str]) -> str:
    """The text in one line of visible characters, with *** for the keys, in whole or in part, and for credentials of
    others."""
    text = text[:_LONGEST_READ]
    hidden = bytearray(len(text))
    for form in {*keys, *(quote(key, safe="") for key in keys)}:
        size = min(_TELLING, len(form))
        for part in {form[at : at + size] for at in range(len(form) - size + 1)}:
            for match in re.finditer(f"(?={re.escape(part)})", text):
                hidden[match.start() : match.start() + size] = b"\1" * size
    text = "".join("\0" if covered else letter for letter, covered in zip(text, hidden, strict=True))
    text = _SIGNED_IN.sub(r"\1\2***", re.sub("\0+", "***", text))
    return " ".join(without_hidden(text).split())


def _keys_of(model: BaseChatModel) -> list[str]:
    """Whatever the model was given, or has read from its provider's own variable, to sign in with."""
    from pydantic import SecretStr

    values = (getattr(model, name, None) for name in type(model).model_fields)
    secrets = (value.get_secret_value() for value in values if isinstance(value, SecretStr))
    return [secret for secret in secrets if secret not in ("", _NO_KEY)]


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what it came of, each once."""
    seen: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in seen:
        seen.append(following)
        yield following
        following = following.__cause__ or following.__context__


def _line(chain: Sequence[BaseException], begun: bool) -> str:
    """By the status of HTTP, or the kind of error at the bottom of every library's own."""
    import httpx
    from langchain_core import exceptions as known

    def any_is(*kinds: type[BaseException]) -> bool:
        return any(isinstance(each, kinds) for each in chain)

    status = next(filter(None, map(_status, chain)), 0)
    if status == 413 or any_is(known.ContextOverflowError):
        return _TOO_LONG
    if status in _TOO_LATE or (not status and any_is(TimeoutError, known.ModelTimeoutError, httpx.TimeoutException)):
        return "The chat model took too long to answer. DATELINE_MODEL_PATIENCE gives it more time."
    if status:
        return _of_status(status, next(filter(None, map(_wait, chain)), ""))
    if not any_is(httpx.DecodingError) and any_is(OSError, known.ModelConnectionError, httpx.TransportError):
        lost = "The connection to the chat model's server broke off."
        return lost if begun else "The chat model's server cannot be reached."
    return "What the chat model's server sent could not be read as an answer."


def _of_status(status: int, wait: str) -> str:
    if status in _REFUSED_KEY:
        return "The chat model's server refused the key. Check the key."
    if status == 404:
        return "The chat model's server does not have this model. Choose another one."
    if status == 429:
        if wait:
            return f"The chat model's server takes no more questions for now. Try again in {wait}."
        return "The chat model's server takes no more questions for now. Try again later."
    if status >= 500:
        return f"The chat model's server failed (status {status}). Try again later."
    return f"The chat model's server could not be asked this (status {status})."


def _status(error: BaseException) -> int:
    """The status of HTTP that the error tells of; 0 for none."""
    given = (getattr(getattr(error, "response", None), "status_code", 0), getattr(error, "status_code", 0))
    return next((each for each in given if isinstance(each, int) and 400 <= each < 600), 0)


def _wait(error: BaseException) -> str:
    """`30 seconds`, where the server says so."""
    headers = getattr(getattr(error, "response", None), "headers", {})
    seconds = str(headers.get("retry-after", "")).strip()
    if not (seconds.isdecimal() and len(seconds) < 6):
        return ""
    return f"{seconds} seconds" if int(seconds) < 120 else f"{-(-int(seconds) // 60)} minutes"
