"""The list of conversations beside the chat: what is on it and what its controls do. render_talks says how it looks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import gradio as gr

from assistant.ui.conversation import told
from assistant.ui.desk import Desk
from assistant.ui.markdown import markdown
from assistant.ui.render_talks import file_html, talks_html
from assistant.ui.render_work import problem_html
from assistant.ui.talks import View
from assistant.ui.work import QUIET
from vectorstore.conversations import RemovedConversation
from vectorstore.errors import DatelineError

SCRIPT = (Path(__file__).parent / "talks.js").read_text(encoding="utf-8")
SAVING = "watch('value', () => element.querySelector('a')?.click());"


class TalksPanel:
    """`conversation` holds the id of the one that is shown, "" for none."""

    def __init__(self, desk: Desk, conversation: gr.Textbox, view: gr.State) -> None:
        self._desk = desk
        self.removed = gr.State(None)
        with gr.Column(elem_id="talks", min_width=0):
            self.search = gr.Textbox(
                "",
                label="Search conversations",
                show_label=False,
                placeholder="Search conversations",
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
        return talks_html(entries, id, datetime.now().astimezone(), search.strip(), notebook.problem, title, view.turn)

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
                raise gr.Error("No answer has a thumb yet.", print_exception=False)
            return file_html("dateline-ratings.jsonl", "".join(f"{json.dumps(row)}\n" for row in rows))


@contextmanager
def _telling() -> Iterator[None]:
    try:
        yield
    except DatelineError as error:
        raise gr.Error(str(error), print_exception=False) from error
