"""The chat: what is on the tab and what its controls do. How it looks is decided in render_answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.ui.conversation import Conversation, begun, growing, turns
from assistant.ui.desk import Desk
from assistant.ui.render_answer import live_html, past_html, welcome_html
from assistant.ui.run import Run

SCRIPT = (Path(__file__).parent / "chat.js").read_text(encoding="utf-8")

Updates = tuple[Any, ...]


class ChatTab:
    """Earlier exchanges and the last one are two components: only the last is sent again while it grows."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.run = gr.State(None)
        self.conversation = gr.State(())
        self.past = gr.HTML(elem_id="past", js_on_load=None, apply_default_css=False)
        self.live = gr.HTML(elem_id="live", js_on_load=SCRIPT, apply_default_css=False)
        with gr.Column(elem_id="composer", min_width=0):
            self.box = gr.Textbox(
                "",
                label="Your question",
                show_label=False,
                placeholder="Ask about the news",
                max_lines=6,
                max_length=4000,
                autofocus=True,
                submit_btn="Ask",
            )
            self.anew = gr.Button("New conversation", size="sm", variant="secondary", elem_id="anew")
        self._connect()

    def _connect(self) -> None:
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        shown = [self.run, self.conversation, self.past, self.live, self.box]
        # Three steps, not one: Gradio's page may skip to the last of several updates, and must not skip the first,
        # which empties the box and offers Stop.
        asked = [self.box.submit, self.live.submit]
        started = gr.on(asked, self.begin, [self.box, self.conversation, self.run], shown, **quiet)
        written = started.then(self.write, [self.run, self.conversation], [self.conversation, self.live], **quiet)
        written.then(self.end, self.run, self.box, **quiet)
        self.box.stop(self.stop, self.run, None, **quiet)
        self.anew.click(self.start_anew, self.run, shown, **quiet)

    def begin(self, question: str, conversation: Conversation, run: Run | None, event: gr.EventData) -> Updates:
        """Take what stands in the box, an example that was clicked, or the last question again."""
        if event.target is self.live:
            question = event.question
            if event.retry:
                question, conversation = conversation[-1].question, conversation[:-1]
        if not question.strip() or _busy(run):
            return (gr.skip(),) * 5
        grown = begun(conversation, question.strip())
        box = gr.Textbox("", submit_btn=False, stop_btn="Stop")
        return (
            Run(self._desk, question.strip(), turns(conversation)),
            grown,
            past_html(conversation),
            live_html(grown[-1]),
            box,
        )

    def write(self, run: Run | None, conversation: Conversation) -> Iterator[Updates]:
        if run is None or run.begun:  # the step before took nothing
            return
        try:
            with closing(run.answers()) as answers:
                for grown in growing(conversation, answers):
                    yield grown, live_html(grown[-1])
        finally:
            run.over = True

    def end(self, run: Run | None) -> Any:
        return gr.skip() if _busy(run) else gr.Textbox(submit_btn="Ask", stop_btn=False)

    def stop(self, run: Run | None) -> None:
        if run:
            run.stop()

    def start_anew(self, run: Run | None) -> Updates:
        if _busy(run):
            return (gr.skip(),) * 5
        return None, (), "", self._welcome(), gr.skip()

    def greet(self, conversation: Conversation) -> Any:
        """The welcome as it is now: the library may have been filled since it was last drawn."""
        return gr.skip() if conversation else self._welcome()

    def _welcome(self) -> str:
        return welcome_html(self._desk.examples, library_is_empty=not self._desk.entries())


def _busy(run: Run | None) -> bool:
    return run is not None and not run.over
