"""The feeds: which are followed, what came of each, and how refreshing stands. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote

from assistant.text.labels import clock
from assistant.ui.desk import Standing
from assistant.ui.render import count, isolated, link, shown
from assistant.ui.render_work import brought
from vectorstore.subscriptions import Subscription


def standing_html(standing: Standing, now: datetime) -> str:
    """`Last refreshed 14:05 UTC: 12 added, 1 updated · next 14:35 UTC`."""
    if standing.since:
        so_far = f", {count(standing.done, 'article')} so far" if standing.done else ""
        return f'<p class="tally">Refreshing since {_time(standing.since, now)}{so_far}</p>'
    following = f"next {_time(standing.next_at, now)}" if standing.next_at else ""
    told = " · ".join(filter(None, (_last(standing, now), following)))
    return f'<p class="tally{" problem" if standing.problem else ""}">{told}</p>'


def feeds_html(feeds: Sequence[Subscription], leaving: str = "") -> str:
    """Every feed with what came of it; the one with the address `leaving` asks whether it is meant."""
    if not feeds:
        return '<p class="hint">No feeds yet. Add one, and what it publishes is added to the library.</p>'
    return f'<ul class="feeds">{"".join(_feed(each, each.url == leaving) for each in feeds)}</ul>'


def export_html(feeds: Sequence[Subscription], opml: bytes) -> str:
    """A link that holds the file itself: nothing is written on the server for it."""
    if not feeds:
        return ""
    data = f"data:text/x-opml;charset=utf-8,{quote(opml)}"
    return f'<a class="plain" download="dateline-feeds.opml" href="{data}">Export as OPML</a>'


def _last(standing: Standing, now: datetime) -> str:
    if standing.last_at is None:
        return "" if standing.next_at else "Not refreshed since Dateline was started"
    when = _time(standing.last_at, now)
    if standing.report is None:
        return f"Refresh failed {when}: {isolated(standing.problem)}"
    return f"Last refreshed {when}: {brought(standing.report)}{', stopped' if standing.report.stopped else ''}"


def _feed(feed: Subscription, leaving: bool) -> str:
    address = link(feed.url, feed.url) or isolated(feed.url)
    return (
        f'<li class="feed"><h3>{isolated(feed.title or "Untitled feed")}</h3><p class="byline">{address}</p>'
        f"{_result(feed)}<p>{_leaving(feed) if leaving else _button('leave', feed, 'Remove')}</p></li>"
    )


def _result(feed: Subscription) -> str:
    if feed.last_run_at is None:
        return '<p class="byline">Not read yet</p>'
    told = f"{clock(feed.last_run_at)}: {isolated(feed.last_result.removeprefix('failed: '))}"
    again = f"tried again after {clock(feed.next_due_at)}" if feed.next_due_at else ""
    if not feed.failures:
        return f'<p class="byline">{" · ".join(filter(None, (f"Read {told}", again)))}</p>'
    times = f"{feed.failures} times in a row" if feed.failures > 1 else ""
    return f'<p class="problem">{" · ".join(filter(None, (f"Failed {told}", times, again)))}</p>'


def _leaving(feed: Subscription) -> str:
    return (
        '<span role="alert">Stop following it? Its articles stay.</span> '
        f"{_button('left', feed, 'Yes, remove')} {_button('keep', feed, 'Keep')}"
    )


def _button(act: str, feed: Subscription, label: str) -> str:
    name = shown(feed.title or feed.url)
    return (
        f'<button type="button" class="plain" data-act="{act}" data-feed="{shown(feed.url)}" '
        f'aria-label="{label}: {name}">{label}</button>'
    )


def _time(moment: datetime, now: datetime) -> str:
    """The day only where it is another one."""
    return f"{moment:%H:%M} UTC" if moment.date() == now.date() else clock(moment)
