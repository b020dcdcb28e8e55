"""The chat: what is on the tab and what its controls do. How it looks is decided in render_answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.basis import corrected_since
from assistant.limits import ALL_DATES
from assistant.ui.conversation import Conversation, begun, growing, turns
from assistant.ui.desk import Desk
from assistant.ui.limits_panel import LimitsPanel
from assistant.ui.render_answer import live_html, past_html, welcome_html
from assistant.ui.run import Run
from vectorstore.errors import ArticleNotFound, LimitUnusable
from vectorstore.models import Article

SCRIPT = (Path(__file__).parent / "chat.js").read_text(encoding="utf-8")

_CHAT, _SHOWN = 5, 10

Updates = tuple[Any, ...]
Fields = tuple[str, str, str]


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
            self.limits = LimitsPanel(desk)
            self.anew = gr.Button("New conversation", size="sm", variant="secondary", elem_id="anew")
        self._connect()

    def _connect(self) -> None:
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        shown = [self.run, self.conversation, self.past, self.live, self.box, *self.limits.shown]
        # Three steps, not one: Gradio's page may skip to the last of several updates, and must not skip the first,
        # which empties the box and offers Stop.
        fields = self.limits.fields
        before = [self.conversation, self.run, *fields]
        asked = gr.on([self.box.submit, self.live.submit], self.begin, [self.box, *before], shown, **quiet)
        # A function of its own: once a component was changed, an event's target is a copy that nothing is equal to.
        asks_again = [self.limits.again.click, *(field.submit for field in fields)]
        again = gr.on(asks_again, self.begin_again, before, shown, **quiet)
        for started in (asked, again):
            written = started.then(self.write, [self.run, self.conversation], [self.conversation, self.live], **quiet)
            written.then(self.end, self.run, self.box, **quiet)
        self.box.stop(self.stop, self.run, None, **quiet)
        self.anew.click(self.start_anew, self.run, shown, **quiet)
        self.live.limits(self.show_limits, self.conversation, self.limits.shown, **quiet)

    def begin(
        self,
        question: str,
        conversation: Conversation,
        run: Run | None,
        since: str,
        until: str,
        outlet: str,
        event: gr.EventData,
    ) -> Updates:
        """Take what stands in the box, an example that was clicked, or the last question again."""
        if event.target is not self.live:
            return self._begun(question, conversation, run, (since, until, outlet))
        if event.everything:
            return self._begun_again(conversation, run, ("", "", outlet), everything=True)
        if event.retry:
            return self.begin_again(conversation, run, since, until, outlet)
        return self._begun(event.question, conversation, run, (since, until, outlet))

    def begin_again(self, conversation: Conversation, run: Run | None, since: str, until: str, outlet: str) -> Updates:
        """Take the last question again."""
        return self._begun_again(conversation, run, (since, until, outlet))

    def _begun_again(
        self, conversation: Conversation, run: Run | None, fields: Fields, everything: bool = False
    ) -> Updates:
        question = conversation[-1].question if conversation else ""
        return self._begun(question, conversation[:-1], run, fields, everything)

    def _begun(
        self, question: str, conversation: Conversation, run: Run | None, fields: Fields, everything: bool = False
    ) -> Updates:
        """The question is asked within the fields; with `everything` of all dates, whichever it names."""
        if not question.strip() or _busy(run):
            return (gr.skip(),) * _SHOWN
        try:
            kept = self.limits.scope(*fields)
        except LimitUnusable as error:
            return *(gr.skip(),) * _CHAT, *self.limits.refused(error)
        scope = replace(kept, until=ALL_DATES) if everything else kept
        grown = begun(conversation, question.strip())
        asking = Run(self._desk, question.strip(), turns(conversation), scope)
        box = gr.Textbox("", submit_btn=False, stop_btn="Stop")
        past = past_html(conversation, self._current(conversation))
        return asking, grown, past, live_html(grown[-1]), box, *self.limits.taken(kept)

    def write(self, run: Run | None, conversation: Conversation) -> Iterator[Updates]:
        if run is None or run.begun:  # the step before took nothing; to say nothing would empty what is shown
            yield gr.skip(), gr.skip()
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
            return (gr.skip(),) * _SHOWN
        return None, (), "", self._welcome(), gr.skip(), *self.limits.emptied()

    def show_limits(self, conversation: Conversation) -> Updates:
        """The fields, filled with what the last answer looked at."""
        return self.limits.filled(conversation[-1].answer if conversation else None)

    def greet(self, conversation: Conversation) -> Any:
        """The welcome as it is now: the library may have been filled since it was last drawn. An answer is drawn again
        when an article that it cites has been corrected."""
        if not conversation:
            return self._welcome()
        last, current = conversation[-1], self._current(conversation[-1:])
        corrected = last.answer and last.over and corrected_since(last.answer, current)
        return live_html(last, current) if corrected else gr.skip()

    def _current(self, conversation: Conversation) -> dict[str, Article]:
        """The cited articles as they stand now; without those that were removed."""
        cited = {each.article.id for exchange in conversation if exchange.answer for each in exchange.answer.citations}
        found = {}
        for article_id in cited:
            with suppress(ArticleNotFound):
                found[article_id] = self._desk.article(article_id)
        return found

    def _welcome(self) -> str:
        return welcome_html(self._desk.examples, library_is_empty=not self._desk.entries())


def _busy(run: Run | None) -> bool:
    return run is not None and not run.over
