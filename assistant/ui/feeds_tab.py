"""The feeds: what is on the tab and what its controls do. How it looks is decided in render_feeds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.ui.conversation import told
from assistant.ui.desk import Desk
from assistant.ui.render_feeds import export_html, feeds_html, standing_html
from assistant.ui.render_work import note_html, problem_html
from assistant.ui.work import QUIET, Job, halt, report_component, retried
from vectorstore.errors import DatelineError

SCRIPT = (Path(__file__).parent / "feeds.js").read_text(encoding="utf-8")
LOOK_AGAIN = 5
"""Seconds between two looks at how a refresh by the clock stands, while the tab is open."""

Updates = tuple[Any, ...]


class FeedsTab:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.job = gr.State(None)
        self.leaving = gr.State("")
        with gr.Row(equal_height=False, elem_classes="columns"):
            with gr.Column(scale=2, min_width=300):
                gr.HTML("<h2>Follow a feed</h2>", js_on_load=None, apply_default_css=False)
                self.address = gr.Textbox("", label="Address of a site or feed", placeholder="https://", max_lines=1)
                self.follow = gr.Button("Follow", variant="primary")
                self.opml = gr.UploadButton("Import OPML", file_types=[".opml", ".xml"], variant="secondary")
                self.export = gr.HTML(js_on_load=None, apply_default_css=False, elem_id="export")
            with gr.Column(scale=5, min_width=560):
                with gr.Row(elem_id="standing"):
                    self.standing = gr.HTML(js_on_load=None, apply_default_css=False)
                    self.refresh = gr.Button("Refresh now", size="sm", min_width=110)
                self.report = report_component("feeds-report")
                self.list = gr.HTML(elem_id="feeds", js_on_load=SCRIPT, apply_default_css=False)
        self.timer = gr.Timer(LOOK_AGAIN, active=False)
        self.shown = [self.standing, self.list, self.export]
        self._connect()

    def _connect(self) -> None:
        working = [self.report, self.job]
        by_hand = gr.on(
            [self.follow.click, self.address.submit], self.add, self.address, [*working, self.address], **QUIET
        )
        taken = self.opml.upload(self.take_opml, self.opml, [self.report, self.opml], preprocess=False, **QUIET)
        refreshed = self.refresh.click(self.refresh_all, None, working, **QUIET)
        again = self.report.again(self.retry, self.job, working, **QUIET)
        for changed in (by_hand, taken, refreshed, again):
            changed.then(self.look, self.leaving, self.shown, **QUIET)
        self.report.halt(halt, self.job, None, **QUIET)
        self.list.act(self.act, None, [self.leaving, self.report, *self.shown], **QUIET)
        self.timer.tick(self.look, self.leaving, self.shown, **QUIET)

    def look(self, leaving: str) -> Updates:
        """How everything stands now."""
        try:
            feeds = self._desk.feeds()
            standing = standing_html(self._desk.refreshing(), datetime.now(UTC))
            return standing, feeds_html(feeds, leaving), export_html(feeds, self._desk.export_feeds())
        except DatelineError as error:
            return gr.skip(), problem_html(told(error)), gr.skip()

    def add(self, address: str) -> Iterator[Updates]:
        """Follow what is at the address, and read it at once."""
        if not address.strip():
            return
        yield note_html("Looking for the feed"), None, gr.skip()
        try:
            feed = self._desk.follow(address.strip())
        except Exception as error:
            yield problem_html(told(error)), None, gr.skip()
            return
        for html, job in self._refresh(feed.url):
            yield html, job, ""

    def take_opml(self, upload: dict[str, Any]) -> Updates:
        try:
            added, before = self._desk.import_feeds(Path(upload["path"]).read_bytes())
        except DatelineError as error:
            return problem_html(f"{upload['orig_name']}: {told(error)}"), None
        return note_html(f"Following {added:,} more; {before:,} were followed before."), None

    def refresh_all(self) -> Iterator[Updates]:
        yield from self._refresh()

    def retry(self, job: Job | None) -> Iterator[Updates]:
        yield from retried(self._desk, job)

    def _refresh(self, *urls: str) -> Iterator[Updates]:
        job = Job(lambda progress, stop: self._desk.refresh(urls, progress, stop))
        for report in job.reports():
            yield report.html, job

    def act(self, event: gr.EventData) -> Updates:
        """Remove was clicked on a row, then yes or no."""
        url, problem = str(event.feed), gr.skip()
        if event.act == "left":
            try:
                self._desk.unfollow(url)
            except DatelineError as error:
                problem = problem_html(told(error))
        leaving = url if event.act == "leave" else ""
        return leaving, problem, *self.look(leaving)
