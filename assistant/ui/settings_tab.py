"""The settings: what is on the tab and what its controls do. How it looks is decided in render_settings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.ui.desk import Desk
from assistant.ui.kept_settings import kept_settings
from assistant.ui.render_settings import appearance_html, settings_html, trial_html, trying_html
from assistant.ui.work import QUIET

SCRIPT = (Path(__file__).parent / "settings.js").read_text(encoding="utf-8")


def reader_settings() -> gr.BrowserState:
    """What the browser keeps; to stand outside the tabs, since what is in one is not there until it is opened."""
    # Both fixed: with Gradio's own, made anew at each start, every restart would forget them.
    return gr.BrowserState(None, storage_key="dateline-settings", secret="dateline")


class SettingsTab:
    def __init__(self, desk: Desk, settings: gr.BrowserState) -> None:
        self._desk = desk
        with gr.Column(elem_id="settings"):
            self.answers = gr.HTML(js_on_load=SCRIPT, apply_default_css=False)
            self.trial = gr.HTML(elem_id="trial", js_on_load=None, apply_default_css=False)
            gr.HTML(appearance_html(), js_on_load=SCRIPT, apply_default_css=False)
        self.shown = [self.answers, self.trial]
        self.answers.keep(self.keep, None, settings, **QUIET)
        self.answers.attempt(self.attempt, None, self.trial, **QUIET)

    def look(self, brought: object) -> Iterator[tuple[str, str]]:
        """What can be chosen: at once what is known, and then whoever answers."""
        models, settings = self._desk.chat_models, kept_settings(brought)
        yield settings_html(settings, models.configured), ""
        yield settings_html(settings, models.configured, models.offered()), ""

    def keep(self, event: gr.EventData) -> dict[str, Any]:
        """Something was changed."""
        brought = {name: getattr(event, name, None) for name in ("model", "quote", "sources", "recency")}
        return kept_settings(brought).to_keep()

    def attempt(self, event: gr.EventData) -> Iterator[str]:
        """Test was clicked."""
        yield trying_html()
        yield trial_html(self._desk.chat_models.tried(str(event.model)))
