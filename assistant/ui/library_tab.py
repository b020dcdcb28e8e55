"""The library: what is on the tab and what its controls do. How it looks is decided in render_library."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.ui.article_card import ArticleCard
from assistant.ui.conversation import told
from assistant.ui.desk import Desk
from assistant.ui.render_library import library_html
from assistant.ui.render_work import problem_html
from assistant.ui.work import QUIET, Job, Work, halt, report_component
from vectorstore.errors import DatelineError

SCRIPT = (Path(__file__).parent / "library.js").read_text(encoding="utf-8")

Updates = tuple[Any, ...]


class LibraryTab:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.job = gr.State(None)
        with gr.Row(equal_height=False, elem_classes="columns"):
            with gr.Column(scale=2, min_width=300):
                self._draw_adding()
            with gr.Column(scale=5, min_width=560):
                self.card = ArticleCard(desk)
                self.query = gr.Textbox("", label="Search headlines and outlets", max_length=200)
                self.table = gr.HTML(elem_id="library", js_on_load=SCRIPT, apply_default_css=False)
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
        self.report = report_component("report")

    def _connect(self) -> None:
        working, card = [self.report, self.job], self.card
        pasted = [self.text, self.title, self.outlet]
        adding = (
            gr.on([self.add_url.click, self.url.submit], self.take_url, self.url, [*working, self.url], **QUIET),
            self.files.upload(self.take_files, self.files, [*working, self.files], preprocess=False, **QUIET),
            self.add_text.click(self.take_text, pasted, [*working, *pasted], **QUIET),
            card.again.click(self.read_again, card.chosen, working, **QUIET),
        )
        for added in adding:
            added.then(self.look_up, self.query, self.table, **QUIET)
        self.report.halt(halt, self.job, None, **QUIET)
        self.query.change(self.look_up, self.query, self.table, trigger_mode="always_last", **QUIET)
        self.table.select(self.pick, None, card.shown, **QUIET)
        removed = card.sure.click(self.discard, card.chosen, [*card.shown, self.report], **QUIET)
        removed.then(self.look_up, self.query, self.table, **QUIET)

    def look_up(self, query: str) -> str:
        try:
            return library_html(self._desk.entries(), query)
        except DatelineError as error:
            return problem_html(told(error))

    def take_url(self, url: str) -> Iterator[Updates]:
        yield from self._take(lambda progress, stop: self._desk.add_url(url.strip(), progress, stop), fields=1)

    def take_files(self, uploads: list[dict[str, Any]]) -> Iterator[Updates]:
        # Without Gradio's preprocessing, which hands on the cleaned path and forgets the name its owner gave a file.
        # That the path lies among the uploads has been checked before.
        files = [(Path(each["path"]), each["orig_name"] or Path(each["path"]).name) for each in uploads]
        job = Job(lambda progress, stop: self._desk.add_files(files, progress, stop))
        for report in job.reports():
            # At once: emptied a moment after the report, the field would swallow a file that is dropped in between.
            yield report.html, job, None if report.over else gr.skip()

    def take_text(self, text: str, title: str, outlet: str) -> Iterator[Updates]:
        yield from self._take(
            lambda progress, stop: self._desk.add_text(text, title.strip(), outlet.strip(), progress, stop), fields=3
        )

    def read_again(self, article_id: str) -> Iterator[Updates]:
        yield from self._take(
            lambda progress, stop: self._desk.add_url(self._desk.article(article_id).url, progress, stop), fields=0
        )

    def _take(self, work: Work, fields: int) -> Iterator[Updates]:
        """The report as it grows; the fields are emptied once their content is in the library, not before."""
        job = Job(work)
        for report in job.reports():
            yield (report.html, job, *(["" if report.taken else gr.skip()] * fields))

    def pick(self, event: gr.EventData) -> Updates:
        return self.card.open(str(event.article))

    def discard(self, article_id: str) -> Updates:
        try:
            self._desk.remove(article_id)
        except DatelineError as error:
            return *[gr.skip()] * len(self.card.shown), problem_html(told(error))
        return *self.card.put_away(), ""
