"""The models that can write answers, explained: what each needs, how to get it, and what leaves the machine. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from assistant.generation.connection import Reach, reach
from assistant.generation.model_menu import (
    BUILT_IN_INSTALL,
    OLLAMA_AT_HOME,
    OLLAMA_NAME,
    OLLAMA_PULL,
    OPENAI_AT_HOME,
    RATINGS_USE,
    ModelServer,
)
from assistant.generation.providers import LOCAL, QUOTE
from assistant.text.texts import number, tr, tr_line, tr_plural
from assistant.ui.render import isolated, link, shown

_FOR_MEMORY = ((8, "qwen2.5:3b", 2), (16, "qwen2.5:7b", 5), (32, "qwen2.5:14b", 9))
"""Memory of the computer and size of the download, in GB."""


@dataclass(frozen=True, slots=True)
class Models:
    """What there is: `built_in` is installed, `ollama` are the names of those that Ollama has, None where it is not
    running; `address` is the server that was entered, `has_key` whether a key is kept for it, `entered` its models."""

    built_in: bool = False
    ollama: tuple[str, ...] | None = None
    address: str = ""
    has_key: bool = False
    entered: tuple[str, ...] = ()
    changeable: bool = False
    has_keyring: bool = False


def leaving(name: str, server: ModelServer | None) -> str:
    """What leaves the machine with a question that a model answers; the name is that of the model."""
    if name in (LOCAL, QUOTE):
        return tr("Nothing leaves this computer.")
    host = urlsplit(server.url).hostname if server and server.url else ""
    if not host:
        provider = server.provider if server else name.partition(":")[0]
        return tr("Your question and the passages found are sent to {host} on the internet.", host=provider)
    return leaving_for(server.url if server else "")


def leaving_for(address: str) -> str:
    host = urlsplit(address).hostname or ""
    match reach(address):
        case Reach.HERE:
            return tr("Nothing leaves this computer: the model runs here.")
        case Reach.NETWORK:
            return tr("Your question and the passages found are sent to {host} in your own network.", host=host)
        case Reach.INTERNET:
            return tr("Your question and the passages found are sent to {host} on the internet.", host=host)


def models_html(models: Models | None, told: str = "") -> str:
    """The three ways to a model, each with how it stands; None before that was found out. `told` is what came of the
    last change."""
    if models is None:
        return f'<p class="hint" role="status">{tr("Looking for models…")}</p>'
    again = f'<button type="button" class="plain" data-look>{tr("Look again")}</button>'
    return (
        f'<section class="models"><h3>{tr("Get a model")}</h3>{told}'
        f"{_built_in(models)}{_ollama(models)}{_server(models)}<p>{again}</p></section>"
    )


def said_html(line: str, problem: bool = False) -> str:
    return f'<p class="problem" role="alert">{shown(line)}</p>' if problem else f'<p role="status">{shown(line)}</p>'


def _way(name: str, state: str, body: str, opened: bool = False) -> str:
    return (
        f'<details class="way"{" open" if opened else ""}><summary><b>{shown(name)}</b> '
        f'<span class="hint">{shown(state)}</span></summary>{body}</details>'
    )


def _built_in(models: Models) -> str:
    state = tr("Ready") if models.built_in else tr("Not installed")
    about = tr("A small model that comes with Dateline. It needs 3 GB of disk and about 3 GB of free memory.")
    honest = tr(
        "It is good at facts that stand in one article and weak at open questions. A larger model writes better."
    )
    get = "" if models.built_in else f"<p>{tr('Install it:')} <code>{BUILT_IN_INSTALL}</code></p>"
    return _way(tr("Built in"), state, f"{_leaves(tr('Nothing leaves this computer.'))}<p>{about} {honest}</p>{get}")


def _ollama(models: Models) -> str:
    if models.ollama is None:
        state = tr("Not found at {address}", address=OLLAMA_AT_HOME)
    else:
        state = tr_plural("Found: {n} model", "Found: {n} models", len(models.ollama))
    page = link("https://ollama.com/download", "ollama.com/download")
    steps = (
        tr("Get Ollama from {page} and start it.", page=page),
        tr("Fetch a model that fits the memory of this computer, with the command beside it."),
        tr("Press “Look again”, then choose the model above."),
    )
    rows = "".join(
        f"<tr><td>{tr('{n} GB', n=number(memory))}</td><td><code>{OLLAMA_PULL.format(model=name)}</code></td>"
        f"<td>{tr('{n} GB', n=number(size))}</td></tr>"
        for memory, name, size in _FOR_MEMORY
    )
    table = (
        f"<table><thead><tr><th>{tr('Memory')}</th><th>{tr('Command')}</th><th>{tr('Download')}</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )
    listed = "".join(f"<li>{_steps}</li>" for _steps in steps)
    about = tr("A free program that runs larger models on this computer.")
    body = (
        f"{_leaves(tr('Nothing leaves this computer.'))}<p>{about}</p><ol>{listed}</ol>{table}{_names(models.ollama)}"
    )
    return _way(OLLAMA_NAME, state, body)


def _names(names: Sequence[str] | None) -> str:
    if not names:
        return ""
    rows = "".join(f"<li>{isolated(each)}</li>" for each in names)
    return f"<p>{tr('Its models:')}</p><ul>{rows}</ul>"


def _server(models: Models) -> str:
    name = tr("A server with an address and a key")
    about = tr("Any server that speaks OpenAI's protocol: OpenAI, Mistral, vLLM, LM Studio, llama-server and others.")
    if not models.address:
        state, body = tr("None"), f"<p>{about}</p>"
    else:
        many = tr_plural("Found: {n} model", "Found: {n} models", len(models.entered))
        state = many if models.entered else tr("No models found there")
        key = tr("A key is kept for it.") if models.has_key else tr("No key is kept for it.")
        body = (
            f"<p>{isolated(models.address)} · {key}</p>{_leaves(leaving_for(models.address))}{_names(models.entered)}"
        )
    if not models.changeable:
        fixed = tr("Whoever runs this Dateline sets its server, by DATELINE_MODEL_URL and DATELINE_MODEL_KEY.")
        return _way(name, state, f"{body}<p>{fixed}</p>")
    return _way(name, state, f"{body}{_form(models)}", opened=bool(models.address))


def _form(models: Models) -> str:
    where = (
        tr("The key is kept in this computer's keyring. It is never shown again.")
        if models.has_keyring
        else tr(
            "This computer has no keyring: the key is kept until Dateline is closed. To keep it, set DATELINE_MODEL_URL"
            " and DATELINE_MODEL_KEY."
        )
    )
    leave = f'<button type="button" class="plain" data-disconnect>{tr("Forget this server")}</button>'
    return (
        f'<form class="connect"><label>{tr("Address")} <input name="address" required maxlength="300" inputmode="url" '
        f'autocomplete="off" spellcheck="false" placeholder="{OPENAI_AT_HOME}" '
        f'value="{shown(models.address)}">'
        f'</label><label>{tr("Key, if it asks for one")} <input name="key" type="password" maxlength="3000" '
        f'autocomplete="new-password"></label><p class="hint">{where}</p>'
        f'<p><button class="plain">{tr("Connect")}</button> {leave if models.address else ""}</p></form>'
    )


def _leaves(line: str) -> str:
    return f'<p class="leaves">{shown(line)}</p>'


def programs_html() -> str:
    """What is for programs and not for readers."""
    ratings = f'<button type="button" class="plain" data-ratings>{tr("Export ratings")}</button>'
    rated = tr(
        "The answers that got a thumb, as a file of questions for {command}.", command=f"<code>{RATINGS_USE}</code>"
    )
    api = f'<button type="button" class="plain" data-api>{tr("Use via API")}</button>'
    asked = tr("How programs ask questions here. OpenAI's protocol is spoken at /v1.")
    return (
        f'<section class="programs"><h3>{tr("For programs")}</h3><p>{api} <span class="hint">{asked}</span></p>'
        f'<p>{ratings} <span class="hint">{rated}</span></p></section>'
    )


def outcome(models: int) -> str:
    """What came of connecting."""
    if not models:
        return tr("The server is used from now on, but it lists no models. Check the address and the key.")
    return tr_plural("Connected: it has {n} model.", "Connected: it has {n} models.", models)


def problem(error: Exception) -> str:
    return said_html(tr_line(str(error)), problem=True)
