"""The chat: what is on the tab and what its controls do. How it looks is decided in render_answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.ui.conversation import Conversation, ask, stop
from assistant.ui.desk import Desk
from assistant.ui.render_answer import live_html, past_html, welcome_html

SCRIPT = (Path(__file__).parent / "chat.js").read_text(encoding="utf-8")

Updates = tuple[Any, ...]
"""New values for: the conversation, the earlier exchanges, the last exchange, the question box."""


class ChatTab:
    """Earlier exchanges and the last one are two components: only the last is sent again while it grows."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
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
        shown = [self.conversation, self.past, self.live, self.box]
        # One listener for typing, examples and Retry: Gradio runs a listener once at a time for each reader,
        # so two answers can never grow into one conversation.
        asking = gr.on(
            [self.box.submit, self.live.submit],
            self.ask,
            [self.box, self.conversation],
            shown,
            show_progress="hidden",
            api_visibility="private",
        )
        halt: dict[str, Any] = {"cancels": [asking], "show_progress": "hidden", "api_visibility": "private"}
        self.box.stop(self.stop, self.conversation, shown, **halt)
        self.anew.click(self.start_anew, None, shown, **halt)

    def ask(self, question: str, conversation: Conversation, event: gr.EventData) -> Iterator[Updates]:
        """Answer what stands in the box, an example that was clicked, or the last question again."""
        if event.target is self.live:
            question = event.question
            if event.retry:
                question, conversation = conversation[-1].question, conversation[:-1]
        if not question.strip():
            yield gr.skip(), gr.skip(), gr.skip(), gr.skip()
            return
        past, box = past_html(conversation), gr.Textbox(value="", submit_btn=False, stop_btn="Stop")
        for grown in ask(self._desk, conversation, question.strip()):
            yield grown, past, live_html(grown[-1]), self._ready() if grown[-1].over else box
            past, box = gr.skip(), gr.skip()

    def stop(self, conversation: Conversation) -> Updates:
        if not conversation:
            return gr.skip(), gr.skip(), gr.skip(), self._ready()
        stopped = stop(conversation)
        return stopped, gr.skip(), live_html(stopped[-1]), self._ready()

    def start_anew(self) -> Updates:
        return (), "", self._welcome(), self._ready()

    def greet(self, conversation: Conversation) -> Any:
        """The welcome as it is now: the library may have been filled since it was last drawn."""
        return gr.skip() if conversation else self._welcome()

    def _welcome(self) -> str:
        return welcome_html(self._desk.examples, library_is_empty=not self._desk.entries())

    def _ready(self) -> gr.Textbox:
        return gr.Textbox(submit_btn="Ask", stop_btn=False)
