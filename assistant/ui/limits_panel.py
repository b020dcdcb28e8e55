"""The days, the outlet and the language that a reader keeps the questions to: fields under the question box."""

from __future__ import annotations

from typing import Any

import gradio as gr

from assistant.query.search_filters import limited
from assistant.text.labels import kept_to
from assistant.text.texts import tr, tr_later, tr_line
from assistant.types import Answer
from assistant.ui.desk import Desk
from assistant.ui.render_work import problem_html
from vectorstore.errors import LimitUnusable
from vectorstore.models import Scope

LABEL = tr_later("Dates, outlet and language")
NAMES = {
    "from": tr_later("From"),
    "to": tr_later("To"),
    "outlet": tr_later("Outlet"),
    "language": tr_later("Article language"),
}

Updates = tuple[Any, ...]


def unusable(error: LimitUnusable) -> str:
    """What is wrong with one of the fields."""
    return tr("{line}.", line=f"{tr(NAMES[error.field])}: {tr_line(str(error))}")


class LimitsPanel:
    """Folded away until it is wanted; its title tells what is kept to."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        with gr.Accordion(LABEL, open=False, elem_id="limits") as self.panel:
            with gr.Row():
                day: dict[str, Any] = {"placeholder": "2022-07-03", "max_lines": 1, "max_length": 40, "min_width": 110}
                self.since = gr.Textbox("", label=NAMES["from"], **day)
                self.until = gr.Textbox("", label=NAMES["to"], **day)
                self.outlet = gr.Textbox("", label=NAMES["outlet"], max_lines=1, max_length=200, min_width=160)
                self.language = gr.Textbox(
                    "", label=NAMES["language"], placeholder="de", max_lines=1, max_length=40, min_width=110
                )
            self.problem = gr.HTML(js_on_load=None, apply_default_css=False)
            self.again = gr.Button(tr_later("Ask again"), size="sm", variant="secondary", elem_id="again")
        self.fields = [self.since, self.until, self.outlet, self.language]
        self.shown = [*self.fields, self.problem, self.panel]

    def scope(self, since: str, until: str, outlet: str, language: str) -> Scope:
        """What the fields say. Raises LimitUnusable."""
        outlets, languages = ([each.strip()] if each.strip() else [] for each in (outlet, language))
        held = self._desk.languages() if languages else ()
        return limited(since.strip(), until.strip(), outlets, self._desk.outlets(), languages, held)

    def refused(self, error: LimitUnusable) -> Updates:
        """The fields as they are, with what is wrong below them."""
        problem = problem_html(unusable(error))
        return *[gr.skip()] * len(self.fields), problem, gr.Accordion(open=True)

    def taken(self, scope: Scope) -> Updates:
        """Folded away, with what is kept to as its title."""
        days = [gr.skip() if day else "" for day in (scope.since, scope.until)]
        told = kept_to(scope)
        return (
            *days,
            gr.skip(),
            gr.skip(),
            "",
            gr.Accordion(label=f"{tr(LABEL)}: {told}" if told else tr(LABEL), open=False),
        )

    def filled(self, answer: Answer | None) -> Updates:
        """Unfolded, with what the answer looked at."""
        window = answer.window if answer else None
        days = [day.isoformat() if day else "" for day in ((window.first, window.last) if window else (None, None))]
        outlet = answer.outlets[0] if answer and answer.outlets else ""
        return *days, outlet, gr.skip(), "", gr.Accordion(open=True)

    def emptied(self) -> Updates:
        return *[""] * len(self.fields), "", gr.Accordion(label=tr(LABEL), open=False)
