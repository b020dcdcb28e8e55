"""The library: what is on the tab and what its controls do. The table is in table_panel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.ui.article_card import ArticleCard
from assistant.ui.bounds import MOST_FILES
from assistant.ui.conversation import told
from assistant.ui.desk import Desk
from assistant.ui.render import headline
from assistant.ui.render_library import removed_html
from assistant.ui.render_work import note_html, problem_html
from assistant.ui.table_panel import TablePanel
from assistant.ui.work import QUIET, Job, Work, halt, report_component, retried
from vectorstore.catalogue import Removed
from vectorstore.errors import DatelineError

UNDO = (Path(__file__).parent / "undo.js").read_text(encoding="utf-8")

Updates = tuple[Any, ...]


class LibraryTab:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.job = gr.State(None)
        self.removed = gr.State(None)
        with gr.Row(equal_height=False, elem_classes="columns", elem_id="shelf"):
            with gr.Column(scale=2, min_width=300, elem_classes="adding"):
                self._draw_adding()
            with gr.Column(scale=5, min_width=560, elem_classes="listing"):
                self.card = ArticleCard(desk)
                self.undo = gr.HTML(elem_id="undo", js_on_load=UNDO, apply_default_css=False)
                self.table = TablePanel(desk)
            with gr.Column(scale=2, min_width=300, elem_classes="holding"):
                self.table.chart.render()  # type: ignore[no-untyped-call]
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
        working, card, table = [self.report, self.job], self.card, self.table
        pasted = [self.text, self.title, self.outlet]
        adding = (
            gr.on([self.add_url.click, self.url.submit], self.take_url, self.url, [*working, self.url], **QUIET),
            self.files.upload(self.take_files, self.files, [*working, self.files], preprocess=False, **QUIET),
            self.add_text.click(self.take_text, pasted, [*working, *pasted], **QUIET),
            card.again.click(self.read_again, card.chosen, working, **QUIET),
            self.report.again(self.retry, self.job, working, **QUIET),
        )
        self.report.halt(halt, self.job, None, **QUIET)
        table.table.select(self.pick, None, card.shown, **QUIET)
        undoing = [self.undo, self.removed, *card.shown]
        removed = card.remove.click(self.discard, card.chosen, undoing, **QUIET)
        restored = self.undo.undo(self.put_back, self.removed, undoing, **QUIET)
        for changed in (*adding, removed, restored):
            table.follow(changed)

    def take_url(self, url: str) -> Iterator[Updates]:
        yield from self._take(lambda progress, stop: self._desk.add_url(url.strip(), progress, stop), fields=1)

    def take_files(self, uploads: list[dict[str, Any]]) -> Iterator[Updates]:
        # Without Gradio's preprocessing, which hands on the cleaned path and forgets the name its owner gave a file.
        # That the path lies among the uploads has been checked before.
        files = {Path(each["path"]): each["orig_name"] or Path(each["path"]).name for each in uploads}
        if len(files) > MOST_FILES:
            raise gr.Error(f"At most {MOST_FILES} files can be added at once.", print_exception=False)
        job = Job(lambda progress, stop: self._desk.add_files(list(files.items()), progress, stop))
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

    def retry(self, job: Job | None) -> Iterator[Updates]:
        yield from retried(self._desk, job)

    def _take(self, work: Work, fields: int) -> Iterator[Updates]:
        """The report as it grows; the fields are emptied once their content is in the library, not before."""
        job = Job(work)
        for report in job.reports():
            yield (report.html, job, *(["" if report.taken else gr.skip()] * fields))

    def pick(self, event: gr.EventData) -> Updates:
        return self.card.open(str(event.article))

    def discard(self, article_id: str) -> Updates:
        """At once: it can be taken back."""
        try:
            removed = self._desk.remove(article_id)
        except DatelineError as error:
            return problem_html(told(error)), None, *[gr.skip()] * len(self.card.shown)
        return removed_html(headline(removed.article)), removed, *self.card.put_away()

    def put_back(self, removed: Removed | None) -> Updates:
        """What was removed last, and its card open again."""
        if removed is None:  # the server was started anew under the page
            return problem_html("What was removed is no longer kept."), None, *[gr.skip()] * len(self.card.shown)
        try:
            again = self._desk.restore(removed)
        except DatelineError as error:
            return problem_html(told(error)), removed, *[gr.skip()] * len(self.card.shown)
        told_so = "" if again else note_html("It is in the library: it was added again meanwhile.")
        return told_so, None, *self.card.open(removed.article.id)
