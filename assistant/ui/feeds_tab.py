"""The tab of feeds: what is followed, how each fared, what it brought, and adding more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import gradio as gr

from assistant.text.labels import at_time, day, listed, since_then
from assistant.text.texts import number, tr, tr_later, tr_line, tr_plural
from assistant.ui.conversation import told
from assistant.ui.desk import Desk
from assistant.ui.language import drawn
from assistant.ui.render import beside, count, isolated, link, shown, time_html
from assistant.ui.work import (
    QUIET,
    QUIET_EACH,
    Job,
    brought,
    counted,
    halt,
    in_turn,
    note_html,
    problem_html,
    report_component,
    retried,
    sentence,
)
from vectorstore.errors import DatelineError, FeedEmpty
from vectorstore.reports import Outcome, Standing
from vectorstore.storage.subscriptions import FeedArticle, Subscription

_HOUR = 60
_EVERY = {
    0: tr_later("Never"),
    15: tr_later("Every 15 minutes"),
    30: tr_later("Every 30 minutes"),
    _HOUR: tr_later("Every hour"),
    6 * _HOUR: tr_later("Every 6 hours"),
    24 * _HOUR: tr_later("Every day"),
}


@dataclass(frozen=True, slots=True)
class Followed:
    """A feed with what it brought: how many articles, the ids of those `unread` (None where that is not kept), and,
    while it is `opened`, the last published of them."""

    feed: Subscription
    held: int = 0
    unread: frozenset[str] | None = None
    opened: bool = False
    articles: tuple[FeedArticle, ...] = ()


def schedule_html(every: timedelta | None) -> str:
    """The choice of how often the feeds are refreshed; a span that is none of ours is offered too."""
    minutes = every // timedelta(minutes=1) if every else 0
    labels = {each: tr(label) for each, label in _EVERY.items()}
    labels.setdefault(minutes, tr_plural("Every {n} minute", "Every {n} minutes", minutes))
    options = "".join(
        f'<option value="{each}"{" selected" if each == minutes else ""}>{label}</option>'
        for each, label in sorted(labels.items())
    )
    return f'<label>{tr("Refresh by itself")} <select name="refresh_every">{options}</select></label>'


def empty_html(address: str) -> str:
    """Whether to follow a feed without articles."""
    buttons = "".join(
        f'<button type="button" class="plain" data-act="{act}" data-feed="{shown(address)}">{label}</button> '
        for act, label in (("follow", tr("Follow anyway")), ("forget", tr("Cancel")))
    )
    question = tr("This feed has no articles. Follow it anyway?")
    return f'<div class="report empty-feed" role="alert"><p>{question} {isolated(address)}</p>{buttons}</div>'


def standing_html(standing: Standing, now: datetime) -> str:
    """`Last refreshed 5 minutes ago: 12 added, 1 updated · next at 14:35`."""
    if standing.since:
        going = tr("Refreshing since {time}", time=_at(standing.since, now))
        if standing.done:
            going = tr("{refreshing}, {articles} so far", refreshing=going, articles=count(standing.done, "article"))
        return f'<p class="tally">{going}</p>'
    following = tr("next at {time}", time=_at(standing.next_at, now)) if standing.next_at else ""
    line = " · ".join(filter(None, (_last(standing, now), following)))
    return f'<p class="tally{" problem" if standing.problem else ""}">{line}</p>'


def feeds_html(followed: Iterable[Followed], now: datetime, leaving: str = "") -> str:
    """Every feed with what came of it; the one with the address `leaving` asks whether it is meant."""
    rows = "".join(_feed(each, now, each.feed.url == leaving) for each in followed)
    if not rows:
        return f'<p class="hint">{tr("No feeds yet. Add one, and what it publishes is added to the library.")}</p>'
    return f'<ul class="feeds">{rows}</ul>'


def export_html(feeds: Sequence[Subscription], opml: bytes) -> str:
    """A link that holds the file itself: nothing is written on the server for it."""
    if not feeds:
        return ""
    data = f"data:text/x-opml;charset=utf-8,{quote(opml)}"
    return f'<a class="plain" download="dateline-feeds.opml" href="{data}">{tr("Export as OPML")}</a>'


def _last(standing: Standing, now: datetime) -> str:
    if standing.last_at is None:
        return "" if standing.next_at else tr("Not refreshed yet")
    when = _ago(standing.last_at, now)
    if standing.report is None:
        return tr("Refresh failed {time}: {reason}", time=when, reason=isolated(tr_line(standing.problem)))
    line = tr("Last refreshed {time}: {result}", time=when, result=brought(standing.report))
    return tr("{refreshed}, stopped", refreshed=line) if standing.report.stopped else line


def _feed(followed: Followed, now: datetime, leaving: bool) -> str:
    feed = followed.feed
    address = link(feed.url, feed.url) or isolated(feed.url)
    unread = len(followed.unread or ())
    label = tr_plural("{n} unread", "{n} unread", unread) if unread else ""
    acts = _leaving(feed) if leaving else f"{_unfolding(followed)}{_button('leave', feed, tr('Remove'))}"
    return (
        f'<li class="feed"><h3>{isolated(feed.title or tr("Untitled feed"))}'
        f"{f' <span class=label>{label}</span>' if label else ''}</h3>"
        f'<p class="byline">{address}</p>{_result(feed, now)}<p class="feed-acts">{acts}</p>{_articles(followed)}</li>'
    )


def _unfolding(followed: Followed) -> str:
    if not followed.held:
        return ""
    state = f' aria-expanded="{"true" if followed.opened else "false"}"'
    return f"{_button('open', followed.feed, count(followed.held, 'article'), state)} "


def _articles(followed: Followed) -> str:
    if not followed.opened:
        return ""
    rows = "".join(_article(each, each.id in (followed.unread or ())) for each in followed.articles)
    more = followed.held - len(followed.articles)
    older = f'<li class="hint">{tr("{n} older ones are in the library.", n=number(more))}</li>' if more > 0 else ""
    return f'<ul class="feed-articles">{rows}{older}</ul>'


def _article(article: FeedArticle, unread: bool) -> str:
    title = isolated(article.title or tr("Untitled article"))
    new = f' <span class="sr-only">{tr("Unread")}</span>' if unread else ""
    return (
        f'<li{" class=unread" if unread else ""}><button type="button" data-read="{shown(article.id)}">{title}</button>'
        f'{new} <span class="byline">{beside(article.outlet, day(article.published_at))}</span></li>'
    )


def _result(feed: Subscription, now: datetime) -> str:
    if feed.last_run_at is None:
        return f'<p class="byline">{tr("Not read yet")}</p>'
    facts = {"time": _ago(feed.last_run_at, now), "result": isolated(_brought(feed.last_result))}
    again = tr("tried again after {time}", time=_at(feed.next_due_at, now)) if feed.next_due_at else ""
    if not feed.failures:
        return f'<p class="byline">{" · ".join(filter(None, (tr("Read {time}: {result}", **facts), again)))}</p>'
    times = tr("{n} times in a row", n=number(feed.failures)) if feed.failures > 1 else ""
    return f'<p class="problem">{" · ".join(filter(None, (tr("Failed {time}: {result}", **facts), times, again)))}</p>'


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


def _button(act: str, feed: Subscription, label: str, state: str = "") -> str:
    name = shown(feed.title or feed.url)
    return (
        f'<button type="button" class="plain" data-act="{act}" data-feed="{shown(feed.url)}"{state} '
        f'aria-label="{label}: {name}">{label}</button>'
    )


def _ago(moment: datetime, now: datetime) -> str:
    return time_html(moment, since_then(moment, now))


def _at(moment: datetime, now: datetime) -> str:
    return time_html(moment, at_time(moment, now))


SCRIPT = (Path(__file__).parent / "feeds.js").read_text(encoding="utf-8")
FEEDS_IN_TURN = in_turn("feeds")
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
            changed.then(self.look, self.turned, self.looked_at, **QUIET, **FEEDS_IN_TURN)
        self.report.halt(halt, self.job, None, **QUIET)
        self.schedule.act(self.set_every, None, [self.schedule, self.standing], **QUIET_EACH, **FEEDS_IN_TURN)
        self.list.act(self.act, self.turned, [self.turned, self.report, *self.looked_at], **QUIET_EACH, **FEEDS_IN_TURN)
        self.timer.tick(self.look, self.turned, self.looked_at, **QUIET, **FEEDS_IN_TURN)

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
