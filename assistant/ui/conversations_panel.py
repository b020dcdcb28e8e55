"""The conversations of the library, beside the chat."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Lock

import gradio as gr

from assistant.text.texts import tr, tr_later, tr_line
from assistant.types import AS_SET, Conversation, Exchange, Manner
from assistant.ui.answer_run import AnswerRun
from assistant.ui.conversation import said, told, turns
from assistant.ui.conversation_markdown import markdown
from assistant.ui.desk import Desk
from assistant.ui.render_talks import file_html, talks_html
from assistant.ui.render_work import problem_html
from assistant.ui.work import QUIET
from vectorstore.errors import ConversationNotFound, DatelineError
from vectorstore.models import EVERYTHING, Scope
from vectorstore.storage.conversations import RemovedConversation

SCRIPT = (Path(__file__).parent / "talks.js").read_text(encoding="utf-8")
SAVING = "watch('value', () => element.querySelector('a')?.click());"


@dataclass
class View:
    """What one page shows now: an answer that grows in a conversation it has left is no longer drawn."""

    id: str | None = None  # not known yet, or no longer: the server was started anew under an open page
    search: str | None = None  # of the conversations; of two events, the one sent first may be the last to arrive
    turn: int | None = None  # how often the reader has turned to another conversation, as the page counts


class Talks:
    """A page knows the id of what it shows and nothing else. So a reload, a second browser and a server that was
    started anew all show the same."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._runs: dict[str, AnswerRun] = {}
        self._asking = Lock()

    def read(self, id: str) -> Conversation:
        """Its exchanges as they stand now; none when there is no such conversation, or not yet."""
        run = self.running(id)
        try:
            kept = self._desk.notebook.read(id)
        except ConversationNotFound:
            return ()
        return tuple(run.exchange if run and each.number == run.exchange.number else each for each in kept)

    def running(self, id: str) -> AnswerRun | None:
        """The answer that is being written in this conversation."""
        run = self._runs.get(id)
        return None if run is None or run.exchange.over else run

    def ask(
        self, id: str, question: str, scope: Scope = EVERYTHING, again: bool = False, manner: Manner = AS_SET
    ) -> bool:
        """Ask in this conversation, or again in place of its last question. False while one is being answered."""
        with self._asking:
            if self.running(id):
                return False
            earlier = self.read(id)[:-1] if again else self.read(id)
            exchange = Exchange(len(earlier) + 1, question)
            notebook = self._desk.notebook
            notebook.ask(id, exchange)
            self._runs = {known: run for known, run in self._runs.items() if not run.exchange.over}
            finish = partial(notebook.finish, id)
            self._runs[id] = AnswerRun(self._desk, exchange, turns(earlier), scope, finish, manner)
        return True


class TalksPanel:
    """`conversation` holds the id of the one that is shown, "" for none."""

    def __init__(self, desk: Desk, conversation: gr.Textbox, view: gr.State) -> None:
        self._desk = desk
        self.removed = gr.State(None)
        with gr.Column(elem_id="talks", min_width=0):
            self.search = gr.Textbox(
                "",
                label=tr_later("Search conversations"),
                show_label=False,
                placeholder=tr_later("Search conversations"),
                max_lines=1,
                max_length=200,
                elem_id="talks-search",
            )
            self.list = gr.HTML(elem_id="talks-list", js_on_load=SCRIPT, apply_default_css=False)
        self.file = gr.HTML(elem_id="talks-file", js_on_load=SAVING, apply_default_css=False)
        self.looking = self.look, [conversation, view, self.search, self.removed], self.list
        self.search.change(self.seek, *self.looking[1:], **QUIET)
        self.list.rename(self.rename, None, None, **QUIET).then(*self.looking, **QUIET)
        self.list.remove(self.remove, None, self.removed, **QUIET).then(*self.looking, **QUIET)
        self.list.restore(self.restore, self.removed, self.removed, **QUIET).then(*self.looking, **QUIET)
        for saved in (
            self.list.save(self.save, None, self.file, **QUIET),
            self.list.ratings(self.save_ratings, None, self.file, **QUIET),
        ):
            saved.then(lambda: "", None, self.file, **QUIET)  # or the same file a second time would be no news

    def seek(self, id: str, view: View, search: str, removed: RemovedConversation | None) -> str:
        """The list with what is searched for."""
        view.search = search
        return self.look(id, view, search, removed)

    def look(self, id: str, view: View, search: str, removed: RemovedConversation | None) -> str:
        """The list as it is now."""
        notebook = self._desk.notebook
        search = search if view.search is None else view.search
        try:
            entries = notebook.entries(search)
        except DatelineError as error:
            return problem_html(told(error))
        title = removed.entry.title if removed else ""
        return talks_html(
            entries, id, datetime.now().astimezone(), search.strip(), tr_line(notebook.problem), title, view.turn
        )

    def rename(self, event: gr.EventData) -> None:
        with _telling():
            self._desk.notebook.rename(str(event.id), str(event.title))

    def remove(self, event: gr.EventData) -> RemovedConversation:
        with _telling():
            return self._desk.notebook.remove(str(event.id))

    def restore(self, removed: RemovedConversation | None) -> None:
        with _telling():
            if removed:
                self._desk.notebook.restore(removed)

    def save(self, event: gr.EventData) -> str:
        """The conversation as a file for the browser to keep."""
        with _telling():
            notebook, id = self._desk.notebook, str(event.id)
            return file_html(f"dateline-{id}.md", markdown(notebook.entry(id).title, notebook.read(id)))

    def save_ratings(self) -> str:
        """What readers thought, as a question file."""
        with _telling():
            rows = list(self._desk.notebook.feedback())
            if not rows:
                raise said(tr("No answer has a thumb yet."))
            return file_html("dateline-ratings.jsonl", "".join(f"{json.dumps(row)}\n" for row in rows))


@contextmanager
def _telling() -> Iterator[None]:
    try:
        yield
    except DatelineError as error:
        raise said(told(error)) from error
