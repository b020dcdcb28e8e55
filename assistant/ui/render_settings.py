"""The settings: what a reader can choose, and what came of trying a model. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.generation.model_menu import Trial
from assistant.generation.providers import LOCAL, QUOTE
from assistant.types import FEWEST, MOST, Recency
from assistant.ui.kept_settings import Settings
from assistant.ui.render import shown

_KNOWN = {LOCAL: "Built in, on this computer", QUOTE: "None: the best sentences, quoted"}
_RECENCIES = {Recency.OFF: "Not at all", Recency.NORMAL: "Somewhat", Recency.STRONG: "Strongly"}
_COLOURS = {"system": "As the system", "light": "Light", "dark": "Dark"}
_TEXT = {"small": "Small", "normal": "Normal", "large": "Large"}


def settings_html(settings: Settings, configured: str, offered: Sequence[str] | None = None) -> str:
    """How answers are made. `configured` is the model that the server has set, `offered` those that answer beside it,
    None before they were asked."""
    off, quote = (" disabled", " checked") if settings.quote else ("", "")
    return (
        '<h2>Settings</h2><p class="hint">Kept in this browser, for the questions you ask from now on.</p>'
        '<form class="settings"><h3>Answers</h3>'
        '<p class="setting"><label for="set-sources">Sources of an answer</label>'
        '<select id="set-sources" name="sources">'
        f"{_options(map(str, range(FEWEST, MOST + 1)), str(settings.sources))}</select></p>"
        f"{_choice('recency', 'Prefer newer articles', _RECENCIES, settings.recency)}"
        f'<p class="setting"><label><input type="checkbox" name="quote"{quote}> '
        "Quotes only: the best sentences word for word, at once and without a model</label></p>"
        '<p class="setting"><label for="set-model">Model</label>'
        f'<select id="set-model" name="model"{off}>{_models(settings, configured, offered)}</select>'
        f'<button type="button" class="plain" data-try{off}>Test</button></p></form>'
    )


def appearance_html() -> str:
    """How the page looks. What is chosen only the browser knows, and marks."""
    return (
        '<form class="settings"><h3>Appearance</h3>'
        f"{_choice('colours', 'Colours', _COLOURS, 'system')}{_choice('text', 'Size of text', _TEXT, 'normal')}</form>"
    )


def trial_html(trial: Trial) -> str:
    """In one line how long a model took, or what is wrong."""
    if trial.problem:
        return f'<p class="problem" role="status">{shown(trial.problem)}</p>'
    return f'<p role="status">It said “{shown(trial.word)}” after {trial.seconds:.1f} s.</p>'


def trying_html() -> str:
    return '<p class="hint" role="status">Asking the model for a word…</p>'


def model_name(name: str) -> str:
    """`Built in, on this computer`, `qwen2.5:7b (ollama)`."""
    provider, _, model = name.partition(":")
    return _KNOWN.get(name, f"{model} ({provider})" if model else name)


def _models(settings: Settings, configured: str, offered: Sequence[str] | None) -> str:
    """One that was chosen and is not there now stays in the list, and says so."""
    names = {"": f"{model_name(configured)} — as set", **{name: model_name(name) for name in offered or ()}}
    chosen = "" if settings.model == configured else settings.model
    if chosen not in names:
        names[chosen] = model_name(chosen) if offered is None else f"{model_name(chosen)} — not there now"
    return "".join(_option(name, label, name == chosen) for name, label in names.items())


def _options(values: Iterable[str], chosen: str) -> str:
    return "".join(_option(value, value, value == chosen) for value in values)


def _option(value: str, label: str, chosen: bool) -> str:
    return f'<option value="{shown(value)}"{" selected" if chosen else ""}>{shown(label)}</option>'


def _choice(name: str, title: str, labels: dict[Recency, str] | dict[str, str], chosen: str) -> str:
    rows = "".join(
        f'<label><input type="radio" name="{name}" value="{value}"{" checked" if value == chosen else ""}> '
        f"{shown(label)}</label>"
        for value, label in labels.items()
    )
    return f"<fieldset><legend>{shown(title)}</legend>{rows}</fieldset>"
