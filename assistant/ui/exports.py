"""Files that a reader takes along: a conversation, one of its answers, the ratings."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import gradio as gr

from assistant.text.texts import tr
from assistant.ui.conversation import said, telling
from assistant.ui.desk import Desk
from assistant.ui.render_talks import file_html
from assistant.ui.transcript_file import ExportedFile, Format, exported
from assistant.ui.work import QUIET
from vectorstore.errors import ConversationNotFound

SCRIPT = (Path(__file__).parent / "exports.js").read_text(encoding="utf-8")


class Exports:
    """Hears of every button for a file, wherever on the page it is. To stand outside the tabs: what is in one is not
    there until it is opened."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        file = gr.HTML(elem_id="exports", js_on_load=SCRIPT, apply_default_css=False)
        for event, write in ((file.save, self.save), (file.ratings, self.ratings)):
            written = event(write, None, file, **QUIET)
            written.then(lambda: "", None, file, **QUIET)  # or the same file a second time would be no news

    def save(self, event: gr.EventData) -> str:
        """A conversation, or with `exchange` one answer of it, which is called by its question."""
        with telling():
            id, number, notebook = str(event.id), int(event.exchange), self._desk.notebook
            conversation = notebook.read(id)
            if number:
                conversation = tuple(each for each in conversation if each.number == number)
            title = next((each.question for each in conversation), "")
            if not number:
                with suppress(ConversationNotFound):  # one that could not be written goes on in memory
                    title = notebook.entry(id).title
            return file_html(exported(Format(event.form), title, conversation))

    def ratings(self) -> str:
        """What readers thought, as a question file."""
        with telling():
            rows = list(self._desk.notebook.feedback())
            if not rows:
                raise said(tr("No answer has a thumb yet."))
            lines = "".join(f"{json.dumps(row)}\n" for row in rows)
            return file_html(ExportedFile("dateline-ratings.jsonl", "text/plain;charset=utf-8", lines.encode()))
