"""The days, the outlet, the language and the articles that a reader keeps the questions to: fields under the question
box."""

from __future__ import annotations

from typing import Any

import gradio as gr

from assistant.query.search_filters import limited
from assistant.text.labels import kept_to, listed
from assistant.text.texts import tr, tr_later, tr_line
from assistant.types import Answer
from assistant.ui.among import article_alone, both, choices, named, scope_of
from assistant.ui.desk import Desk
from assistant.ui.render_work import problem_html
from assistant.ui.work import QUIET
from vectorstore.errors import DatelineError, LimitUnusable
from vectorstore.models import Scope

DAY: dict[str, Any] = {
    "placeholder": "2022-07-03",
    "max_lines": 1,
    "max_length": 40,
    "min_width": 130,
    "interactive": True,
    "elem_classes": "with-calendar",
}
"""A day in figures or in words, beside which the page's script puts a calendar."""
LABEL = tr_later("Dates, outlet, articles")
NAMES = {
    "from": tr_later("From"),
    "to": tr_later("To"),
    "outlet": tr_later("Outlet"),
    "language": tr_later("Article language"),
    "among": tr_later("Articles"),
}

Updates = tuple[Any, ...]


def unusable(error: LimitUnusable) -> str:
    """What is wrong with one of the fields."""
    return tr("{line}.", line=f"{tr(NAMES[error.field])}: {tr_line(str(error))}")


def emptied() -> dict[str, Any]:
    """For the page's script: the fields as at first."""
    fields = dict.fromkeys(("since", "until", "outlet", "language", "among"), "")
    return {**fields, "problem": "", "panel": {"label": tr(LABEL), "open": False}}


class LimitsPanel:
    """Folded away until it is wanted; its title tells what is kept to."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        with gr.Accordion(LABEL, open=False, elem_id="limits") as self.panel:
            with gr.Row():
                self.since = gr.Textbox("", label=NAMES["from"], **DAY)
                self.until = gr.Textbox("", label=NAMES["to"], **DAY)
                self.outlet = gr.Textbox(
                    "", label=NAMES["outlet"], max_lines=1, max_length=200, min_width=160, interactive=True
                )
                self.language = gr.Textbox(
                    "",
                    label=NAMES["language"],
                    placeholder="de",
                    max_lines=1,
                    max_length=40,
                    min_width=110,
                    interactive=True,
                )
                self.among = gr.Dropdown(
                    [],
                    value="",
                    label=NAMES["among"],
                    allow_custom_value=True,
                    min_width=160,
                    elem_id="limits-among",
                    interactive=True,
                )
            self.problem = gr.HTML(js_on_load=None, apply_default_css=False)
            self.again = gr.Button(tr_later("Ask again"), size="sm", variant="secondary", elem_id="again")
        self.typed = [self.since, self.until, self.outlet, self.language]
        self.fields: list[Any] = [*self.typed, self.among]
        self.shown = [*self.fields, self.problem, self.panel]
        self.panel.expand(self.look, self.among, self.among, **QUIET)

    def look(self, among: str | None) -> Any:
        """What there is to choose now."""
        try:
            return gr.Dropdown(choices=choices(self._desk, among or ""))
        except DatelineError:  # it is told where a question is asked
            return gr.skip()

    def keep_to_article(self, event: gr.EventData) -> Updates:
        """Questions are about one article from now on: the field, and the panel that tells of it."""
        value = article_alone(str(event.article))
        field = gr.Dropdown(choices=choices(self._desk, value), value=value)
        return field, gr.Accordion(label=self._titled(named(self._desk, value)), open=False)

    def _titled(self, told: str) -> str:
        return f"{tr(LABEL)}: {told}" if told else tr(LABEL)

    def scope(self, since: str, until: str, outlet: str, language: str, among: str | None = "") -> Scope:
        """What the fields say. Raises LimitUnusable."""
        outlets, languages = ([each.strip()] if each.strip() else [] for each in (outlet, language))
        held = self._desk.languages() if languages else ()
        scope = limited(since.strip(), until.strip(), outlets, self._desk.outlets(), languages, held)
        return both(scope, scope_of(self._desk, among or "")) if among else scope

    def refused(self, error: LimitUnusable) -> dict[str, Any]:
        """For the page's script: the fields as they are, with what is wrong below them."""
        return {"problem": problem_html(unusable(error)), "panel": {"open": True}}

    def taken(self, scope: Scope, among: str | None = "") -> dict[str, Any]:
        """For the page's script: folded away, with what is kept to as its title."""
        days = {name: "" for name, day in (("since", scope.since), ("until", scope.until)) if not day}
        told = listed([*filter(None, (kept_to(scope), named(self._desk, among or "")))])
        return {**days, "problem": "", "panel": {"label": self._titled(told), "open": False}}

    def filled(self, answer: Answer | None) -> Updates:
        """Unfolded, with what the answer looked at."""
        window = answer.window if answer else None
        days = [day.isoformat() if day else "" for day in ((window.first, window.last) if window else (None, None))]
        outlet = answer.outlets[0] if answer and answer.outlets else ""
        return *days, outlet, gr.skip(), gr.skip(), "", gr.Accordion(open=True)
