"""The chat model, chosen by one setting."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from vectorstore.errors import ModelUnavailable, ProviderMissing, SettingsError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

LOCAL = "local"
QUOTE = "quote"
_SECONDS_TO_WAIT = 120
_MAX_TOKENS = 512


def open_chat_model(name: str, url: str, key: str, cache: Path) -> BaseChatModel | None:
    """The model that the setting names; None for `quote`, which answers without one.

    `local` is the embedded model. Anything else is LangChain's `provider:model`, with the address and the key of the
    server when they are given. Nothing is loaded or connected to yet.
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
    return _from_provider(provider, model, url, key)


def _from_provider(provider: str, model: str, url: str, key: str) -> BaseChatModel:
    from langchain.chat_models import init_chat_model

    options: dict[str, Any] = {"temperature": 0.0}
    if url:
        options["base_url"] = url
    if provider != "ollama":
        options |= {"timeout": _SECONDS_TO_WAIT, "max_retries": 1, "max_tokens": _MAX_TOKENS}
        # A server on this machine asks for no key, and LangChain for any.
        options |= {"api_key": key or "none"} if key or (url and provider == "openai") else {}
    try:
        model_object: BaseChatModel = init_chat_model(model, model_provider=provider, **options)
    except ImportError as error:
        raise ProviderMissing(f"The model {provider}:{model} needs a package that is not installed: {error}") from error
    except Exception as error:  # each provider has its own class for a missing key or a wrong name
        raise SettingsError(f"The model {provider}:{model} cannot be set up: {_first_line(error)}") from error
    return model_object


def none_offered(name: str) -> BaseChatModel | None:
    """Where a reader has no choice of models."""
    raise ModelUnavailable(f"The model {name} is not offered here.")


def unavailable(error: Exception) -> ModelUnavailable:
    """Any provider's failure while answering, as one clear line."""
    if isinstance(error, ModelUnavailable):
        return error
    return ModelUnavailable(f"The chat model did not answer ({type(error).__name__}: {_first_line(error)}).")


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
