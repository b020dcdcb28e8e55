"""Stories and timelines drawn as HTML."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from itertools import groupby
from urllib.parse import urlencode

from assistant.answering.provenance import source as source_of
from assistant.answering.stories import Arrivals, Brief, Story
from assistant.evidence.best_sentences import Pick
from assistant.presentation.layout import openers, source
from assistant.text.labels import also_in, clock, day, listed, short_day
from assistant.text.texts import number, tr, tr_plural
from assistant.types import Answer, AnswerKind, Sentence
from assistant.ui.render import beside, byline_html, count, headline, isolated, label_html, link_html, shown
from vectorstore.storage.reading_state import ReadingState

# Of the axis' width, in per cent: where it begins and ends, and how far apart two numbers have to be to stand side by
# side on a phone.
_LEFT, _RIGHT = 5.0, 95.0
_APART = 9.0
_LANE = 28
_QUARTERS = 4
_OUTLETS = 4
_NOTHING_READ = ReadingState()


def story_html(story: Story, state: ReadingState = _NOTHING_READ) -> str:
    """Where its reports differ, how each outlet tells it, the picture, and each event below it with its source; nothing
    found says so."""
    back = f'<p data-view="{shown(story.of)}"><button type="button" class="plain" data-back>'
    back += f"{tr('Back to the stories')}</button></p>"
    leads = urlencode({"story": story.of}) if story.of else ""
    keeping = f'<p class="acts">{_keeping(story.of, story.members, state)}</p>' if story.of else ""
    copied = link_html(leads) if leads else ""
    head = f'<h2 dir="auto" data-address="{shown(leads)}">{shown(story.title)}</h2>{copied}{keeping}'
    if not story.events:
        return f'{back}{head}<p class="hint">{tr("The library holds nothing else of this story.")}</p>'
    events = "".join(_event(number, event) for number, event in enumerate(story.events, start=1))
    picture = f'<p class="tally">{_span(story.events)}</p>{axis_svg(story.events)}'
    return f'{back}{head}{_differing(story)}{_tellings(story)}{picture}<ol class="events">{events}</ol>'


def _differing(story: Story) -> str:
    if not story.differing:
        return ""
    rows = []
    for each in story.differing:
        said = "; ".join(isolated(f"{account.says} — {source_of(account)}") for account in each.accounts)
        rows.append(f"<li>{shown(each.question)} {said}</li>")
    return f'<div class="differ"><p>{tr("Reports differ")}</p><ul>{"".join(rows)}</ul></div>'


def _tellings(story: Story) -> str:
    if not story.tellings:
        return ""
    rows = "".join(
        f'<li><p class="byline">{byline_html(pick.hit.article)}</p>'
        f'<h4 dir="auto">{shown(headline(pick.hit.article))}</h4>'
        f'<blockquote dir="auto">{shown(pick.text)}</blockquote><p>{_reading(pick)}</p></li>'
        for pick in story.tellings
    )
    return f'<h3>{tr("How each outlet tells it")}</h3><ul class="tellings">{rows}</ul><h3>{tr("Timeline")}</h3>'


def axis_svg(events: Sequence[Pick]) -> str:
    """Numbers of the events along an axis of time, each leading to its event; nothing when no day is known.

    Widths are in per cent and heights in pixels, so that the letters stay as large on a phone.
    """
    dated = [(number, event.day, event) for number, event in enumerate(events, start=1) if event.day]
    if not dated:
        return ""
    first, last = dated[0][1], dated[-1][1]
    placed = lanes([_across(found, first, last) for _, found, _ in dated])
    height = _LANE * (1 + max(lane for _, lane in placed))
    dots = (
        _dot(number, across, height - _LANE * lane - _LANE / 2, found, event)
        for (number, found, event), (across, lane) in zip(dated, placed, strict=True)
    )
    return (
        f'<svg class="axis" width="100%" height="{height + 26}" role="group" aria-label="{_span(events)}">'
        f'<line x1="{_LEFT}%" x2="{_RIGHT}%" y1="{height + 4}" y2="{height + 4}"/>'
        f"{_ticks(first, last, height)}{''.join(dots)}</svg>"
    )


def lanes(across: Sequence[float]) -> list[tuple[float, int]]:
    """Each place with its lane, 0 nearest the axis: no two of one lane are too close to be told apart."""
    ends: list[float] = []
    placed = []
    for place in across:
        lane = next((number for number, end in enumerate(ends) if place - end >= _APART), len(ends))
        ends[lane : lane + 1] = [place]
        placed.append((place, lane))
    return placed


def _across(found: date, first: date, last: date) -> float:
    whole = (last - first).days
    return (_LEFT + _RIGHT) / 2 if not whole else _LEFT + (_RIGHT - _LEFT) * (found - first).days / whole


def _ticks(first: date, last: date, height: int) -> str:
    """The first and the last day and, where there is room, three between them."""
    days = (last - first).days
    at = {first + timedelta(days=days * quarter // _QUARTERS) for quarter in range(_QUARTERS + 1)}
    return "".join(
        f'<text class="tick{"" if tick in (first, last) else " between"}" x="{_across(tick, first, last):.1f}%"'
        f' y="{height + 22}" text-anchor="{_anchor(tick, first, last)}">{short_day(tick)}</text>'
        for tick in sorted(at)
    )


def _anchor(tick: date, first: date, last: date) -> str:
    return "middle" if first == last or first < tick < last else "start" if tick == first else "end"


def _dot(number: int, across: float, height: float, found: date, event: Pick) -> str:
    named = shown(f"{day(found)}, {event.hit.article.outlet}: {headline(event.hit.article)}")
    return (
        f'<a href="#event-{number}" aria-label="{named}"><title>{named}</title>'
        f'<circle cx="{across:.1f}%" cy="{height:.0f}" r="12"/>'
        f'<text x="{across:.1f}%" y="{height + 4:.0f}" text-anchor="middle" aria-hidden="true">{number}</text></a>'
    )


def _event(number: int, event: Pick) -> str:
    article = event.hit.article
    told = [byline_html(article), isolated(also_in(event.hit.copies)) if event.hit.copies else ""]
    return (
        f'<li id="event-{number}" tabindex="-1"><p class="when"><span class="number">{number}</span> '
        f'{day(event.day)}</p><blockquote dir="auto">{shown(event.text)}</blockquote>'
        f'<p class="byline">{isolated(headline(article))}<br>{" · ".join(filter(None, told))}</p>'
        f"{_reading(event)}</li>"
    )


def _reading(pick: Pick) -> str:
    article = pick.hit.article
    return (
        f'<button type="button" class="plain" data-read="{shown(article.id)}" data-version="{article.version}"'
        f' data-start="{pick.start}" data-end="{pick.end}">{tr("Read the article")}</button>'
    )


def _span(events: Sequence[Pick]) -> str:
    days = [event.day for event in events if event.day]
    told = count(len(events), "event")
    if not days:
        return told
    if days[-1] == days[0]:
        return tr("{events}, {day}", events=told, day=day(days[0]))
    return tr("{events}, {first} to {last}", events=told, first=day(days[0]), last=day(days[-1]))


def stories_html(view: str, stories: Sequence[Brief], told: str, state: ReadingState, more: int = 0) -> str:
    """A view of stories, `told` above them; by day, but for what is new, where the largest stands first."""
    head = f"<h2>{tr('What’s new') if view == 'new' else tr('Stories')}</h2>{_views(view, state)}"
    if not stories:
        return f'<div data-view="{view}">{head}<p class="hint" role="status">{told}</p></div>'
    if view == "new":
        body = f'<ul class="news">{"".join(_brief(each, state, True) for each in stories)}</ul>'
    else:
        body = "".join(
            f'<section><h3 class="day">{day(found)}</h3>'
            f'<ul class="news">{"".join(_brief(each, state, False) for each in of_day)}</ul></section>'
            for found, of_day in groupby(stories, key=lambda each: each.day)
        )
    further = f'<p><button type="button" class="plain" data-more>{tr("Show more")}</button></p>' if more else ""
    return f'<div data-view="{view}">{head}<p class="tally" role="status">{told}</p>{body}{further}</div>'


def arrivals_html(new: Arrivals, state: ReadingState = _NOTHING_READ) -> str:
    """What came in, the largest story first."""
    since = clock(new.since)
    if not new.stories:
        return stories_html("new", (), tr("Nothing has come in since {moment}.", moment=since), state)
    came = tr("{articles} since {moment}", articles=count(new.articles, "article"), moment=since)
    stories = tr_plural("{n} story", "{n} stories", len(new.stories) + new.more)
    if new.more:
        stories = tr("{stories}, the {n} largest shown", stories=stories, n=number(len(new.stories)))
    return stories_html("new", new.stories, f"{came} · {stories}", state)


def _views(shown_now: str, state: ReadingState) -> str:
    names = {
        "latest": tr("The latest"),
        "new": tr("New since your last visit"),
        "unread": tr("Unread"),
        "starred": _counted(tr("Starred"), len(state.starred)),
        "followed": _counted(tr("Following"), len(state.followed)),
    }
    buttons = "".join(
        f'<button type="button" data-look="{view}" aria-pressed="{"true" if view == shown_now else "false"}">{name}'
        "</button>"
        for view, name in names.items()
    )
    return f'<div class="views" role="group" aria-label="{tr("Which stories")}">{buttons}</div>'


def _counted(name: str, many: int) -> str:
    return f"{name} ({number(many)})" if many else name


def _brief(story: Brief, state: ReadingState, dated: bool) -> str:
    """`dated` where no day stands above it."""
    article = story.pick.hit.article
    size = count(story.articles, "article") if story.articles > 1 else ""
    outlets = listed([*map(isolated, story.outlets[:_OUTLETS])])
    if len(story.outlets) > _OUTLETS:
        outlets = tr("{outlets} and {n} more", outlets=outlets, n=number(len(story.outlets) - _OUTLETS))
    when = isolated(day(story.day)) if dated else ""
    question = shown(tr("What is the latest on this: {headline}?", headline=headline(article)))
    unread = not state.read.issuperset(story.members)
    fresh = len(state.news(story.members))
    labels = [tr("Unread")] * unread + [tr_plural("{n} new", "{n} new", fresh)] * bool(fresh)
    return (
        f'<li class="{"unread" if unread else "read"}"><h4 dir="auto"><button type="button" '
        f'data-story="{shown(article.id)}">{shown(headline(article))}</button></h4>'
        f'<p class="byline">{" · ".join(filter(None, (size, outlets, when)))}{"".join(map(label_html, labels))}</p>'
        f'<blockquote dir="auto">{shown(story.pick.text)}</blockquote><p class="acts">'
        f'<button type="button" class="plain" data-about="{question}">{tr("Ask about this")}</button> '
        f'<button type="button" class="plain" data-story="{shown(article.id)}">{tr("Timeline of this story")}</button> '
        f"{_reading(story.pick)} {_keeping(article.id, story.members, state)}</p></li>"
    )


def _keeping(article_id: str, members: Collection[str], state: ReadingState) -> str:
    """To star the story's article, follow the story, and mark it as read."""
    of = f'data-of="{shown(" ".join(members))}"'
    starred, followed = article_id in state.starred, bool(state.story(members))
    read = state.read.issuperset(members)
    return " ".join(
        f'<button type="button" class="plain" {does} aria-pressed="{"true" if on else "false"}">{name}</button>'
        for does, on, name in (
            (f'data-star="{shown(article_id)}"', starred, tr("Starred") if starred else tr("Star")),
            (f"data-follow {of}", followed, tr("Following") if followed else tr("Follow")),
            (f"data-seen {of}", read, tr("Read") if read else tr("Mark as read")),
        )
    )


def list_html(answer: Answer, said: Sequence[str]) -> str:
    """The sentences, each drawn already; "" for an answer that is running text."""
    if answer.refused or answer.kind in (AnswerKind.FACT, AnswerKind.SUMMARY):
        return ""
    opening = openers(answer)
    told = list(zip(answer.sentences, said, strict=True))[opening:]
    if answer.kind is AnswerKind.COMPARISON:
        parts = groupby(told, key=lambda pair: pair[0].label)
        rows = (_entry(isolated(label), "", " ".join(html for _, html in pairs)) for label, pairs in parts)
    else:
        rows = (_entry(*_heading(sentence, answer), html) for sentence, html in told)
    tag = "ol" if answer.kind is AnswerKind.TIMELINE else "ul"
    opened = f"<p>{' '.join(said[:opening])}</p>" if opening else ""
    return f'{opened}<{tag} class="entries {answer.kind}">{"".join(rows)}</{tag}>'


def _entry(title: str, beside: str, said: str) -> str:
    small = f' <span class="byline">{beside}</span>' if beside else ""
    return f'<li><p class="entry"><b>{title}</b>{small}</p><p>{said}</p></li>'


def _heading(sentence: Sentence, answer: Answer) -> tuple[str, str]:
    article = source(sentence, answer)
    if article is None:
        return isolated(sentence.label), ""
    if answer.kind in (AnswerKind.DIGEST, AnswerKind.LIST):
        return isolated(headline(article)), byline_html(article)
    reported = "" if day(article.published_at) == sentence.label else day(article.published_at)
    return isolated(sentence.label), beside(article.outlet, reported)
