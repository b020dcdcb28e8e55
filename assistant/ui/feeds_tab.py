"""The tab of feeds: what is followed, how each fared, what it brought, and adding more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.text.texts import number, tr, tr_later
from assistant.ui.conversation import told
from assistant.ui.desk import Desk
from assistant.ui.feeds_view import Followed, empty_html, export_html, feeds_html, schedule_html, standing_html
from assistant.ui.language import drawn
from assistant.ui.render_work import note_html, problem_html, sentence
from assistant.ui.work import QUIET, QUIET_EACH, Job, halt, report_component, retried
from vectorstore.errors import DatelineError, FeedEmpty

SCRIPT = (Path(__file__).parent / "feeds.js").read_text(encoding="utf-8")
LOOK_AGAIN = 5
"""Seconds between two looks at how a refresh by the clock stands, while the tab is open."""
_MOST_LISTED = 50
_MINUTES = range(1, 60 * 24 * 7 + 1)

Updates = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Turned:
    """By its address, the feed of which the reader is asked whether to leave it, and the one that is unfolded."""

    leaving: str = ""
    opened: str = ""


class FeedsTab:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.job = gr.State(None)
        self.turned = gr.State(Turned())
        with gr.Row(equal_height=False, elem_classes="columns"):
            with gr.Column(scale=2, min_width=300, elem_classes="for-editors"):
                drawn(lambda: f"<h2>{tr('Follow a feed')}</h2>")
                self.address = gr.Textbox(
                    "", label=tr_later("Address of a site or feed"), placeholder="https://", max_lines=1
                )
                self.follow = gr.Button(tr_later("Follow"), variant="primary")
                self.opml = gr.UploadButton(tr_later("Import OPML"), file_types=[".opml", ".xml"], variant="secondary")
                self.export = gr.HTML(js_on_load=None, apply_default_css=False, elem_id="export")
            with gr.Column(scale=5, min_width=300):
                with gr.Row(elem_id="standing"):
                    self.standing = gr.HTML(js_on_load=None, apply_default_css=False)
                    self.refresh = gr.Button(
                        tr_later("Refresh now"), size="sm", min_width=110, elem_classes="for-editors"
                    )
                self.schedule = gr.HTML(elem_id="schedule", js_on_load=SCRIPT, apply_default_css=False)
                self.asking = gr.HTML(js_on_load=SCRIPT, apply_default_css=False)
                self.report = report_component("feeds-report")
                self.list = gr.HTML(elem_id="feeds", js_on_load=SCRIPT, apply_default_css=False)
        self.timer = gr.Timer(LOOK_AGAIN, active=False)
        self.looked_at = [self.standing, self.list, self.export]
        self.shown = [*self.looked_at, self.schedule]
        self._connect()

    def _connect(self) -> None:
        working = [self.report, self.job]
        adding = [*working, self.address, self.asking]
        by_hand = gr.on([self.follow.click, self.address.submit], self.add, self.address, adding, **QUIET)
        answered = self.asking.act(self.answer, None, adding, **QUIET)
        taken = self.opml.upload(self.take_opml, self.opml, [self.report, self.opml], preprocess=False, **QUIET)
        refreshed = self.refresh.click(self.refresh_all, None, working, **QUIET)
        again = self.report.again(self.retry, self.job, working, **QUIET)
        for changed in (by_hand, answered, taken, refreshed, again):
            changed.then(self.look, self.turned, self.looked_at, **QUIET)
        self.report.halt(halt, self.job, None, **QUIET)
        self.schedule.act(self.set_every, None, [self.schedule, self.standing], **QUIET_EACH)
        self.list.act(self.act, self.turned, [self.turned, self.report, *self.looked_at], **QUIET_EACH)
        self.timer.tick(self.look, self.turned, self.looked_at, **QUIET)

    def come(self, turned: Turned) -> Updates:
        """The tab was opened."""
        return *self.look(turned), schedule_html(self._desk.refresh_every)

    def look(self, turned: Turned) -> Updates:
        """How everything stands now."""
        try:
            feeds = self._desk.feeds()
            standing = standing_html(self._desk.refreshing(), datetime.now(UTC))
            listed = feeds_html(self._followed(turned), datetime.now(UTC), turned.leaving)
            return standing, listed, export_html(feeds, self._desk.export_feeds())
        except DatelineError as error:
            return gr.skip(), problem_html(told(error)), gr.skip()

    def _followed(self, turned: Turned) -> Iterator[Followed]:
        """Every feed with its articles."""
        held, read = self._desk.feed_article_ids(), self._desk.read_articles()
        for feed in self._desk.feeds():
            ids = held.get(feed.url, ())
            opened = feed.url == turned.opened
            articles = tuple(self._desk.feed_articles(feed.url, _MOST_LISTED)) if opened else ()
            unread = None if read is None else frozenset(ids) - frozenset(read)
            yield Followed(feed, len(ids), unread, opened, articles)

    def add(self, address: str) -> Iterator[Updates]:
        """Follow what is at the address, and read it at once."""
        if address.strip():
            yield from self._add(address.strip())

    def answer(self, event: gr.EventData) -> Iterator[Updates]:
        """To the question whether to follow a feed without articles."""
        if event.act == "follow":
            yield from self._add(str(event.feed), empty=True)
        else:
            yield gr.skip(), gr.skip(), gr.skip(), ""

    def _add(self, address: str, empty: bool = False) -> Iterator[Updates]:
        yield note_html(tr("Looking for the feed")), None, gr.skip(), ""
        try:
            feed = self._desk.follow(address, empty)
        except FeedEmpty:
            yield "", None, gr.skip(), empty_html(address)
            return
        except Exception as error:
            yield problem_html(sentence(told(error))), None, gr.skip(), ""
            return
        for html, job in self._refresh(feed.url):
            yield html, job, "", ""

    def take_opml(self, upload: dict[str, Any]) -> Updates:
        try:
            added, before = self._desk.import_feeds(Path(upload["path"]).read_bytes())
        except DatelineError as error:
            return problem_html(f"{upload['orig_name']}: {told(error)}"), None
        return note_html(
            tr("Following {n} more; {before} were followed before.", n=number(added), before=number(before))
        ), None

    def refresh_all(self) -> Iterator[Updates]:
        yield from self._refresh()

    def retry(self, job: Job | None) -> Iterator[Updates]:
        yield from retried(self._desk, job)

    def _refresh(self, *urls: str) -> Iterator[Updates]:
        job = Job(lambda progress, stop: self._desk.refresh(urls, progress, stop))
        for report in job.reports():
            yield report.html, job

    def set_every(self, event: gr.EventData) -> Updates:
        """How often the feeds are refreshed by themselves was chosen."""
        minutes = event.minutes
        if minutes == 0 or (isinstance(minutes, int) and minutes in _MINUTES):
            self._desk.set_refresh_every(timedelta(minutes=minutes) if minutes else None)
        return schedule_html(self._desk.refresh_every), standing_html(self._desk.refreshing(), datetime.now(UTC))

    def act(self, turned: Turned, event: gr.EventData) -> Updates:
        """On a row: its articles, or Remove and then yes or no."""
        url, problem = str(event.feed), gr.skip()
        if event.act == "left":
            try:
                self._desk.unfollow(url)
            except DatelineError as error:
                problem = problem_html(told(error))
        turned = replace(turned, leaving=url if event.act == "leave" else "")
        if event.act == "open":
            turned = replace(turned, opened="" if turned.opened == url else url)
        return turned, problem, *self.look(turned)
