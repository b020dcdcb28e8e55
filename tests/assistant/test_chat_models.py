"""Which chat models a reader can choose among, and that nothing else is ever opened."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from model_server import BROKEN, HOSTILE, SMALL, ModelServer
from model_server import model_server as model_server
from newsroom import ScriptedChat, says

from assistant.generation.model_menu import ChatModels, Trial, listed, model_servers
from assistant.generation.model_menu import ModelServer as At
from vectorstore.errors import ModelUnavailable

HOME = At("ollama", "http://127.0.0.1:11434")
IN_OPENAIS = At("openai", "http://127.0.0.1:11434/v1")
URL = "http://models.example/v1"


@pytest.mark.parametrize(
    ("configured", "url", "ollama", "asked"),
    [
        ("local", "", False, (IN_OPENAIS,)),
        ("local", "", True, (HOME,)),
        ("quote", URL, False, (At("openai", URL), IN_OPENAIS)),
        ("quote", URL, True, (At("openai", URL), At("ollama", URL), HOME)),
        ("openai:gpt", "", True, (HOME,)),
        ("openai:gpt", URL, False, (At("openai", URL), IN_OPENAIS)),
        ("ollama:qwen", HOME.url, True, (HOME,)),
        ("openai:qwen", IN_OPENAIS.url, False, (IN_OPENAIS,)),
        ("anthropic:claude", URL, False, (IN_OPENAIS,)),
    ],
)
def test_only_servers_that_the_settings_name_are_asked(
    configured: str, url: str, ollama: bool, asked: tuple[At, ...]
) -> None:
    assert model_servers(configured, url, ollama) == asked


def test_a_servers_models_are_listed_by_name_and_only_openais_protocol_hears_the_key(model_server: str) -> None:
    names = [SMALL, BROKEN, HOSTILE]
    assert listed(At("openai", f"{model_server}/v1/"), "secret") == tuple(f"openai:{name}" for name in names)
    assert listed(At("ollama", model_server), "secret") == tuple(f"ollama:{name}" for name in names)
    assert ModelServer.heard == ["Bearer secret", ""]


@pytest.mark.parametrize("path", ["/huge", "/nonsense", "/page", "/slow", "/missing"])
def test_what_is_no_list_of_models_names_none(model_server: str, path: str) -> None:
    assert listed(At("openai", f"{model_server}{path}")) == ()


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/v1", "not an address", "http://[", "ftp://127.0.0.1/"])
def test_a_server_that_is_not_there_names_none(url: str) -> None:
    assert listed(At("openai", url)) == ()


@pytest.fixture
def models(model_server: str) -> ChatModels:
    return ChatModels("openai:broken", says("Hello there."), url=f"{model_server}/v1")


def test_beside_the_one_that_is_set_stand_those_that_its_server_holds(models: ChatModels) -> None:
    assert {"openai:small", f"openai:{HOSTILE}"} <= set(models.offered())
    assert "openai:broken" not in models.offered()


def test_one_that_is_offered_is_opened_once(models: ChatModels) -> None:
    opened = models.opened("openai:small")
    assert opened is not None and opened is models.opened("openai:small")


@pytest.mark.parametrize(
    "name", ["openai:gpt-5", "ollama:small", "anthropic:claude", "http://evil.example/v1", "openai:", "x", "../local"]
)
def test_a_name_that_is_not_offered_opens_nothing(models: ChatModels, name: str) -> None:
    with pytest.raises(ModelUnavailable, match="is not there. Choose another one under Settings"):
        models.opened(name)


def test_quotes_need_no_model(models: ChatModels) -> None:
    assert models.opened("quote") is None
    assert ChatModels("local", None).configured == "quote", "its weights are not there, and answers are quoted"


def test_a_trial_tells_the_first_word_and_how_long_it_took(model_server: str) -> None:
    ticks: Iterator[float] = iter([10.0, 12.5])
    model = says("Hello there, and much more that nobody waits for.")
    models = ChatModels("openai:broken", model, url=f"{model_server}/v1", clock=lambda: next(ticks))
    assert models.tried("") == Trial("Hello", 2.5)
    assert model.taken == ["Hello "], "the rest is not waited for"


def test_a_trial_over_http_puts_a_word_together_from_its_pieces(models: ChatModels) -> None:
    assert models.tried("openai:small").word == "Hello"


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        (f"openai:{HOSTILE}", "could not be asked this (status 400)"),
        ("openai:gpt-5", "is not there"),
        ("quote", "there is no model to ask"),
    ],
)
def test_a_trial_that_fails_says_why_in_a_line(models: ChatModels, name: str, problem: str) -> None:
    trial = models.tried(name)
    assert problem in trial.problem and "\n" not in trial.problem and not trial.word


def test_a_model_that_says_nothing_is_told_of() -> None:
    assert ChatModels("openai:x", ScriptedChat(words=[" ", "\n"])).tried("").problem == "The chat model said nothing."
