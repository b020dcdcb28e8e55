"""The tab of settings, which are kept in the browser."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.generation.model_menu import OLLAMA_AT_HOME, ChatModels, ModelServer, Trial
from assistant.generation.providers import LOCAL, QUOTE
from assistant.text.texts import LANGUAGES, language, number, tr, tr_later, tr_line
from assistant.types import AS_SET, FEWEST, MOST, Manner, Recency
from assistant.ui.desk import Desk
from assistant.ui.language import drawn
from assistant.ui.models_view import Models, leaving, models_html, outcome, problem, programs_html, said_html
from assistant.ui.render import isolated, shown
from assistant.ui.work import QUIET, QUIET_EACH
from vectorstore.accounts import Role, account, may
from vectorstore.errors import DatelineError
from vectorstore.storage.people import People

_LONGEST_NAME = 300
_KEPT = "settings"
_KNOWN = {LOCAL: tr_later("Built in, on this computer"), QUOTE: tr_later("None: the best sentences, quoted")}
_RECENCIES = {
    Recency.OFF: tr_later("Not at all"),
    Recency.NORMAL: tr_later("A little"),
    Recency.STRONG: tr_later("Strongly"),
}
_COLOURS = {"system": tr_later("Match system"), "light": tr_later("Light"), "dark": tr_later("Dark")}
_TEXT = {"small": tr_later("Small"), "normal": tr_later("Normal"), "large": tr_later("Large")}
SCRIPT = (Path(__file__).parent / "settings.js").read_text(encoding="utf-8")
MODELS_SCRIPT = (Path(__file__).parent / "models.js").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Preferences:
    """`model` is "" for the one that the server has set. With `quote` it is kept, and not asked."""

    model: str = AS_SET.model
    quote: bool = False
    sources: int = AS_SET.sources
    recency: Recency = AS_SET.recency

    @property
    def manner(self) -> Manner:
        return Manner(self.sources, self.recency, QUOTE if self.quote else self.model)

    def to_keep(self) -> dict[str, Any]:
        return asdict(self)


def kept_settings(brought: object) -> Preferences:
    """What the browser brings, each setting that is none being as it is at first."""
    held = brought if isinstance(brought, dict) else {}
    model, quote, sources, recency = (held.get(name) for name in ("model", "quote", "sources", "recency"))
    return Preferences(
        model if isinstance(model, str) and len(model) <= _LONGEST_NAME else AS_SET.model,
        quote is True,
        sources if type(sources) is int and FEWEST <= sources <= MOST else AS_SET.sources,
        Recency(recency) if isinstance(recency, str) and recency in list(Recency) else AS_SET.recency,
    )


def settings_html(
    settings: Preferences,
    configured: str,
    offered: Sequence[str] | None = None,
    server_of: Callable[[str], ModelServer | None] = lambda name: None,
) -> str:
    """How answers are made. `configured` is the model that the server has set, `offered` those that answer beside it,
    None before they were asked; `server_of` says where a model answers."""
    off, quote = (" disabled", " checked") if settings.quote else ("", "")
    return (
        f"<h2>{tr('Preferences')}</h2>"
        f'<p class="hint">{_where_saved()}</p>'
        f'<form class="settings"><h3>{tr("Answers")}</h3>'
        f'<p class="setting"><label for="set-sources">{tr("Sources per answer")}</label>'
        '<select id="set-sources" name="sources">'
        f"{_options(map(str, range(FEWEST, MOST + 1)), str(settings.sources))}</select></p>"
        f"{_choice('recency', tr('Prefer newer articles'), _RECENCIES, settings.recency)}"
        f'<p class="setting"><label><input type="checkbox" name="quote"{quote}> '
        f"{tr('Quotes only: the best sentences word for word, at once and without a model')}</label></p>"
        f'<p class="setting"><label for="set-model">{tr("Model")}</label>'
        f'<select id="set-model" name="model"{off}>{_models(settings, configured, offered, server_of)}</select>'
        f'<button type="button" class="plain" data-try{off}>{tr("Test")}</button></p>'
        '<p class="hint" id="leaves" role="status"></p></form>'
    )


def _where_saved() -> str:
    if account().name:
        return tr("Saved for your account. Applies to new questions.")
    return tr("Saved in this browser. Applies to new questions.")


def appearance_html() -> str:
    """How the page looks. What is chosen only the browser knows, and marks."""
    names = {"": tr("Match browser"), **{name: each.name for name, each in LANGUAGES.items()}}
    languages = "".join(_option(name, label, name == language()) for name, label in names.items())
    return (
        f'<form class="settings"><h3>{tr("Appearance")}</h3>'
        f'<p class="setting"><label for="set-language">{tr("Language")}</label>'
        f'<select id="set-language" name="language">{languages}</select></p>'
        f"{_choice('colours', tr('Colours'), _COLOURS, 'system')}"
        f"{_choice('text', tr('Text size'), _TEXT, 'normal')}</form>"
    )


def account_html() -> str:
    return f'<p class="account"><a href="./account/me">{tr("Your account, and signing out")}</a></p>'


def trial_html(trial: Trial) -> str:
    """In one line how long a model took, or what is wrong."""
    if trial.problem:
        return f'<p class="problem" role="status">{shown(tr_line(trial.problem))}</p>'
    told = tr("It said “{word}” after {n} s.", word=isolated(trial.word), n=number(trial.seconds, 1))
    return f'<p role="status">{told}</p>'


def trying_html() -> str:
    return f'<p class="hint" role="status">{tr("Asking the model for a word…")}</p>'


def model_name(name: str) -> str:
    """`Built in, on this computer`, `qwen2.5:7b (ollama)`."""
    provider, _, model = name.partition(":")
    return tr(_KNOWN[name]) if name in _KNOWN else f"{model} ({provider})" if model else name


def _models(
    settings: Preferences,
    configured: str,
    offered: Sequence[str] | None,
    server_of: Callable[[str], ModelServer | None],
) -> str:
    """One that was chosen and is not there now stays in the list, and says so. Each has what leaves the machine."""
    names = {
        "": tr("{model} (default)", model=model_name(configured)),
        **{name: model_name(name) for name in offered or ()},
    }
    chosen = "" if settings.model == configured else settings.model
    if chosen not in names:
        there = model_name(chosen)
        names[chosen] = there if offered is None else tr("{model} — not there now", model=there)
    return "".join(
        _option(name, label, name == chosen, leaving(name or configured, server_of(name)))
        for name, label in names.items()
    )


def _options(values: Iterable[str], chosen: str) -> str:
    return "".join(_option(value, value, value == chosen) for value in values)


def _option(value: str, label: str, chosen: bool, leaves: str = "") -> str:
    about = f' data-leaves="{shown(leaves)}"' if leaves else ""
    return f'<option value="{shown(value)}"{about}{" selected" if chosen else ""}>{shown(label)}</option>'


def _choice(name: str, title: str, labels: dict[Recency, str] | dict[str, str], chosen: str) -> str:
    rows = "".join(
        f'<label><input type="radio" name="{name}" value="{value}"{" checked" if value == chosen else ""}> '
        f"{shown(tr(label))}</label>"
        for value, label in labels.items()
    )
    return f"<fieldset><legend>{shown(title)}</legend>{rows}</fieldset>"


def reader_settings() -> gr.BrowserState:
    """What the browser keeps; to stand outside the tabs, since what is in one is not there until it is opened."""
    # Both fixed: with Gradio's own, made anew at each start, every restart would forget them.
    return gr.BrowserState(None, storage_key="dateline-settings", secret="dateline")


class SettingsTab:
    def __init__(self, desk: Desk, settings: gr.BrowserState, people: People | None = None) -> None:
        self._desk, self._people = desk, people
        with gr.Column(elem_id="settings"):
            if people:
                drawn(account_html)
            self.answers = gr.HTML(js_on_load=SCRIPT, apply_default_css=False)
            self.trial = gr.HTML(elem_id="trial", js_on_load=None, apply_default_css=False)
            self.models = gr.HTML(js_on_load=MODELS_SCRIPT, apply_default_css=False)
            drawn(appearance_html, js_on_load=SCRIPT)
            drawn(programs_html)
        self.shown = [self.answers, self.trial, self.models]
        self.answers.keep(self.keep, None, settings, **QUIET_EACH)
        self.answers.attempt(self.attempt, None, self.trial, **QUIET)
        self.models.connect(self.connect, settings, self.shown, **QUIET)
        self.models.disconnect(self.disconnect, settings, self.shown, **QUIET)
        self.models.look(self.look, settings, self.shown, **QUIET)

    def look(self, brought: object) -> Iterator[tuple[str, str, str]]:
        """What can be chosen: at once what is known, and then whoever answers."""
        models, settings = self._desk.chat_models, kept_settings(brought)
        yield settings_html(settings, models.configured, server_of=models.server_of), "", models_html(None)
        yield self._found(brought)

    def _found(self, brought: object, told: str = "") -> tuple[str, str, str]:
        models, settings = self._desk.chat_models, kept_settings(brought)
        offered = models.offered()
        html = settings_html(settings, models.configured, offered, models.server_of)
        return html, "", models_html(standing(models, offered), told)

    def keep(self, event: gr.EventData) -> dict[str, Any]:
        """Something was changed."""
        brought = {name: getattr(event, name, None) for name in ("model", "quote", "sources", "recency")}
        kept = kept_settings(brought).to_keep()
        if self._people:
            self._people.keep(_KEPT, kept)
        return kept

    def restore(self, brought: object) -> object:
        """With accounts: what somebody has set counts in every browser, and not what another left in this one."""
        kept = self._people.kept(_KEPT) if self._people else brought
        return kept_settings(kept).to_keep()

    def attempt(self, event: gr.EventData) -> Iterator[str]:
        """Test was clicked."""
        yield trying_html()
        yield trial_html(self._desk.chat_models.tried(str(event.model)))

    def connect(self, brought: object, event: gr.EventData) -> tuple[str, str, str]:
        """A server was entered."""
        try:
            told = said_html(outcome(self._desk.chat_models.connect(str(event.address), str(event.key))))
        except DatelineError as error:
            told = problem(error)
        return self._found(brought, told)

    def disconnect(self, brought: object) -> tuple[str, str, str]:
        try:
            self._desk.chat_models.disconnect()
            told = said_html(tr("The server and its key are forgotten."))
        except DatelineError as error:
            told = problem(error)
        return self._found(brought, told)


def standing(models: ChatModels, offered: Sequence[str]) -> Models:
    """How it stands with each way to a model."""
    connection = models.connection
    at = {name: models.server_of(name) for name in offered}
    ollama = [name for name, server in at.items() if server and server.url.startswith(OLLAMA_AT_HOME)]
    entered = [name for name, server in at.items() if server and server.url == connection.address]
    return Models(
        built_in=LOCAL in (models.configured, *offered),
        ollama=tuple(each.partition(":")[2] for each in ollama) if ollama or models.ollama_answers() else None,
        address=connection.address,
        has_key=bool(connection.key),
        entered=tuple(each.partition(":")[2] for each in entered),
        changeable=connection.changeable and may(Role.ADMINISTRATOR),
        has_keyring=connection.has_keyring,
    )
