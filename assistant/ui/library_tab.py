"""The library: what is on the tab and what its controls do. How it looks is decided in render_library."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.ui.conversation import told
from assistant.ui.desk import Desk
from assistant.ui.render import is_web_address
from assistant.ui.render_library import article_html, library_html, problem_html
from assistant.ui.work import Work, reports
from vectorstore.errors import DatelineError

TABLE_SCRIPT, ARTICLE_SCRIPT = (
    (Path(__file__).parent / name).read_text(encoding="utf-8") for name in ("library.js", "article.js")
)
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
# One after the other: two readers who add at once wait for each other instead of meeting a busy library.
WRITING: dict[str, Any] = {**QUIET, "concurrency_id": "writing", "concurrency_limit": 1}

Updates = tuple[Any, ...]


class LibraryTab:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.chosen = gr.State("")
        with gr.Row(equal_height=False, elem_id="library-columns"):
            with gr.Column(scale=2, min_width=300):
                self._draw_adding()
            with gr.Column(scale=5, min_width=560):
                self._draw_article()
                self.query = gr.Textbox("", label="Search headlines and outlets", max_length=200)
                self.table = gr.HTML(elem_id="library", js_on_load=TABLE_SCRIPT, apply_default_css=False)
        self._connect()

    def _draw_adding(self) -> None:
        gr.HTML("<h2>Add articles</h2>", js_on_load=None, apply_default_css=False)
        with gr.Tabs():
            with gr.Tab("Address"):
                self.url = gr.Textbox("", label="Address of an article", placeholder="https://", max_lines=1)
                self.add_url = gr.Button("Add", variant="primary")
            with gr.Tab("Files"):
                kinds = "Text, Markdown, HTML, JSON or CSV"
                self.files = gr.File(label=kinds, file_count="multiple", height=160, elem_id="files")
            with gr.Tab("Text"):
                self.title = gr.Textbox("", label="Headline (optional)", max_lines=1)
                self.outlet = gr.Textbox("", label="Outlet (optional)", max_lines=1)
                self.text = gr.Textbox("", label="Text of the article", lines=6, max_lines=12)
                self.add_text = gr.Button("Add text", variant="primary")
        self.report = gr.HTML(elem_id="report", js_on_load=None, apply_default_css=False)

    def _draw_article(self) -> None:
        with gr.Column(visible=False, elem_id="chosen") as self.details:
            self.article = gr.HTML(js_on_load=ARTICLE_SCRIPT, apply_default_css=False)
            with gr.Row():
                self.again = gr.Button("Read again", size="sm", min_width=80)
                self.remove = gr.Button("Remove", size="sm", min_width=80)
                self.sure = gr.Button("Yes, remove", size="sm", min_width=80, variant="stop", visible=False)
                self.keep = gr.Button("Keep", size="sm", min_width=80, visible=False)
                self.close = gr.Button("Close", size="sm", min_width=80)

    def _connect(self) -> None:
        adding = (
            gr.on([self.add_url.click, self.url.submit], self.take_url, self.url, [self.report, self.url], **WRITING),
            self.files.upload(self.take_files, self.files, [self.report, self.files], preprocess=False, **WRITING),
            self.add_text.click(
                self.take_text,
                [self.text, self.title, self.outlet],
                [self.report, self.text, self.title, self.outlet],
                **WRITING,
            ),
            self.again.click(self.read_again, self.chosen, self.report, **WRITING),
        )
        for added in adding:
            added.then(self.look_up, self.query, self.table, **QUIET)
        self.query.change(self.look_up, self.query, self.table, trigger_mode="always_last", **QUIET)

        confirming = [self.remove, self.sure, self.keep]
        shown = [self.chosen, self.details, self.article, self.again, *confirming]
        self.table.select(self.pick, None, shown, **QUIET)
        self.remove.click(self.asked, None, confirming, **QUIET)
        self.keep.click(self.unasked, None, confirming, **QUIET)
        self.close.click(self.put_away, None, shown, **QUIET)
        removed = self.sure.click(self.discard, self.chosen, [*shown, self.report], **WRITING)
        removed.then(self.look_up, self.query, self.table, **QUIET)

    def look_up(self, query: str) -> str:
        try:
            return library_html(self._desk.entries(), query)
        except DatelineError as error:
            return problem_html(told(error))

    def take_url(self, url: str) -> Iterator[Updates]:
        yield from self._take(lambda progress: self._desk.add_url(url.strip(), progress), fields=1)

    def take_files(self, uploads: list[dict[str, Any]]) -> Iterator[Updates]:
        # Without Gradio's preprocessing, which hands on the cleaned path and forgets the name its owner gave a file.
        # That the path lies among the uploads has been checked before.
        files = [(Path(each["path"]), each["orig_name"] or Path(each["path"]).name) for each in uploads]
        for report in reports(lambda progress: self._desk.add_files(files, progress)):
            yield report.html, gr.skip()
        yield report.html, None

    def take_text(self, text: str, title: str, outlet: str) -> Iterator[Updates]:
        yield from self._take(
            lambda progress: self._desk.add_text(text, title.strip(), outlet.strip(), progress), fields=3
        )

    def read_again(self, article_id: str) -> Iterator[Any]:
        for report in reports(lambda progress: self._desk.add_url(self._desk.article(article_id).url, progress)):
            yield report.html

    def _take(self, work: Work, fields: int) -> Iterator[Updates]:
        """The report as it grows; the fields are emptied once their content is in the library, not before."""
        for report in reports(work):
            yield (report.html, *(["" if report.taken else gr.skip()] * fields))

    def pick(self, event: gr.EventData) -> Updates:
        return self._shown(str(event.article))

    def _shown(self, article_id: str) -> Updates:
        try:
            article = self._desk.article(article_id)
        except DatelineError as error:
            return "", gr.Column(visible=True), problem_html(told(error)), *[gr.Button(visible=False)] * 4
        again = gr.Button(visible=is_web_address(article.url))
        # A yes that was meant for another article must not stand there for this one.
        return article_id, gr.Column(visible=True), article_html(article), again, *self.unasked()

    def put_away(self) -> Updates:
        return "", gr.Column(visible=False), "", gr.skip(), *self.unasked()

    def discard(self, article_id: str) -> Updates:
        try:
            self._desk.remove(article_id)
        except DatelineError as error:
            return *[gr.skip()] * 7, problem_html(told(error))
        return *self.put_away(), ""

    def asked(self) -> Updates:
        return gr.Button(visible=False), gr.Button(visible=True), gr.Button(visible=True)

    def unasked(self) -> Updates:
        return gr.Button(visible=True), gr.Button(visible=False), gr.Button(visible=False)
