"""Feeds as they are drawn: how each fared, what it brought, and when they are read again. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from assistant.text.labels import at_time, day, listed, since_then
from assistant.text.texts import number, tr, tr_later, tr_line, tr_plural
from assistant.ui.render import beside, count, isolated, link, shown, time_html
from assistant.ui.render_work import brought, counted
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
    told = " · ".join(filter(None, (_last(standing, now), following)))
    return f'<p class="tally{" problem" if standing.problem else ""}">{told}</p>'


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
    told = tr("Last refreshed {time}: {result}", time=when, result=brought(standing.report))
    return tr("{refreshed}, stopped", refreshed=told) if standing.report.stopped else told


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
    told = {"time": _ago(feed.last_run_at, now), "result": isolated(_brought(feed.last_result))}
    again = tr("tried again after {time}", time=_at(feed.next_due_at, now)) if feed.next_due_at else ""
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
