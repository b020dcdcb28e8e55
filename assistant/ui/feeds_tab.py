"""The tab of feeds: what is followed, how each fared, and adding more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import gradio as gr

from assistant.text.labels import clock, listed, time_of_day
from assistant.text.texts import number, tr, tr_later, tr_line
from assistant.ui.conversation import told
from assistant.ui.desk import Desk
from assistant.ui.language import drawn
from assistant.ui.render import count, isolated, link, shown
from assistant.ui.render_work import brought, counted, note_html, problem_html
from assistant.ui.work import QUIET, Job, halt, report_component, retried
from vectorstore.errors import DatelineError
from vectorstore.reports import Outcome, Standing
from vectorstore.storage.subscriptions import Subscription

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
                drawn(lambda: f"<h2>{tr('Follow a feed')}</h2>")
                self.address = gr.Textbox(
                    "", label=tr_later("Address of a site or feed"), placeholder="https://", max_lines=1
                )
                self.follow = gr.Button(tr_later("Follow"), variant="primary")
                self.opml = gr.UploadButton(tr_later("Import OPML"), file_types=[".opml", ".xml"], variant="secondary")
                self.export = gr.HTML(js_on_load=None, apply_default_css=False, elem_id="export")
            with gr.Column(scale=5, min_width=560):
                with gr.Row(elem_id="standing"):
                    self.standing = gr.HTML(js_on_load=None, apply_default_css=False)
                    self.refresh = gr.Button(tr_later("Refresh now"), size="sm", min_width=110)
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
        yield note_html(tr("Looking for the feed")), None, gr.skip()
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


def standing_html(standing: Standing, now: datetime) -> str:
    """`Last refreshed 14:05 UTC: 12 added, 1 updated · next 14:35 UTC`."""
    if standing.since:
        going = tr("Refreshing since {time}", time=_time(standing.since, now))
        if standing.done:
            going = tr("{refreshing}, {articles} so far", refreshing=going, articles=count(standing.done, "article"))
        return f'<p class="tally">{going}</p>'
    following = tr("next {time}", time=_time(standing.next_at, now)) if standing.next_at else ""
    told = " · ".join(filter(None, (_last(standing, now), following)))
    return f'<p class="tally{" problem" if standing.problem else ""}">{told}</p>'


def feeds_html(feeds: Sequence[Subscription], leaving: str = "") -> str:
    """Every feed with what came of it; the one with the address `leaving` asks whether it is meant."""
    if not feeds:
        return f'<p class="hint">{tr("No feeds yet. Add one, and what it publishes is added to the library.")}</p>'
    return f'<ul class="feeds">{"".join(_feed(each, each.url == leaving) for each in feeds)}</ul>'


def export_html(feeds: Sequence[Subscription], opml: bytes) -> str:
    """A link that holds the file itself: nothing is written on the server for it."""
    if not feeds:
        return ""
    data = f"data:text/x-opml;charset=utf-8,{quote(opml)}"
    return f'<a class="plain" download="dateline-feeds.opml" href="{data}">{tr("Export as OPML")}</a>'


def _last(standing: Standing, now: datetime) -> str:
    if standing.last_at is None:
        return "" if standing.next_at else tr("Not refreshed since Dateline was started")
    when = _time(standing.last_at, now)
    if standing.report is None:
        return tr("Refresh failed {time}: {reason}", time=when, reason=isolated(tr_line(standing.problem)))
    told = tr("Last refreshed {time}: {result}", time=when, result=brought(standing.report))
    return tr("{refreshed}, stopped", refreshed=told) if standing.report.stopped else told


def _feed(feed: Subscription, leaving: bool) -> str:
    address = link(feed.url, feed.url) or isolated(feed.url)
    return (
        f'<li class="feed"><h3>{isolated(feed.title or tr("Untitled feed"))}</h3><p class="byline">{address}</p>'
        f"{_result(feed)}<p>{_leaving(feed) if leaving else _button('leave', feed, tr('Remove'))}</p></li>"
    )


def _result(feed: Subscription) -> str:
    if feed.last_run_at is None:
        return f'<p class="byline">{tr("Not read yet")}</p>'
    told = {"time": clock(feed.last_run_at), "result": isolated(_brought(feed.last_result))}
    again = tr("tried again after {time}", time=clock(feed.next_due_at)) if feed.next_due_at else ""
    if not feed.failures:
        return f'<p class="byline">{" · ".join(filter(None, (tr("Read {time}: {result}", **told), again)))}</p>'
    times = tr("{n} times in a row", n=number(feed.failures)) if feed.failures > 1 else ""
    return f'<p class="problem">{" · ".join(filter(None, (tr("Failed {time}: {result}", **told), times, again)))}</p>'


def _brought(result: str) -> str:
    """`12 added, 1 updated`, as it is kept of each feed; what is wrong with one that failed."""
    counts = [part.partition(" ") for part in result.split(", ")]
    if all(number.isdecimal() and name in list(Outcome) for number, _, name in counts):
        return listed([counted(Outcome(name), int(number)) for number, _, name in counts])
    return tr_line(result.removeprefix("failed: "))


def _leaving(feed: Subscription) -> str:
    return (
        f'<span role="alert">{tr("Stop following it? Its articles stay.")}</span> '
        f"{_button('left', feed, tr('Yes, remove'))} {_button('keep', feed, tr('Keep'))}"
    )


def _button(act: str, feed: Subscription, label: str) -> str:
    name = shown(feed.title or feed.url)
    return (
        f'<button type="button" class="plain" data-act="{act}" data-feed="{shown(feed.url)}" '
        f'aria-label="{label}: {name}">{label}</button>'
    )


def _time(moment: datetime, now: datetime) -> str:
    """The day only where it is another one."""
    return time_of_day(moment) if moment.date() == now.date() else clock(moment)
