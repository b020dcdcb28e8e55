"""The page before the first question, drawn as HTML."""

from __future__ import annotations

from assistant.answering.stories import Brief
from assistant.answering.welcome import Welcome
from assistant.text.labels import count, day
from assistant.text.texts import tr
from assistant.ui.render import beside, headline, isolated, shown


def welcome_html(welcome: Welcome) -> str:
    """What this is, what is in it and what could be asked; of an empty library how to fill it."""
    keys = f'<button type="button" class="quiet" data-keys>{tr("Keyboard shortcuts (?)")}</button>'
    return (
        f'<section class="welcome active"><h2>{tr("Ask the news")}</h2>'
        f"{_holding(welcome) if welcome.articles else _empty()}"
        f'<aside class="sources" aria-label="{tr("Sources")}">'
        f'<p class="hint">{tr("The sources of an answer appear here.")}</p>'
        f'<p class="hint keys-hint">{keys}</p></aside></section>'
    )


def _empty() -> str:
    empty = tr(
        "There is nothing to ask about yet: the library is empty. Add articles by their address, as files or as text."
    )
    return f'<p>{empty}</p><p><button type="button" class="chip" data-library>{tr("Add articles")}</button></p>'


def _holding(welcome: Welcome) -> str:
    promise = tr("Your articles answer. Each answer shows the exact sentences that it is based on.")
    adding = f'<button type="button" class="link" data-library>{tr("Add yours")}</button>'
    asked = dict.fromkeys([*welcome.questions, tr("What’s new?")])
    chips = "".join(f'<button type="button" class="chip" data-ask>{isolated(each)}</button>' for each in asked)
    return (
        f'<p>{promise}</p><p class="held">{shown(_held(welcome))} {adding}</p>'
        f'<div class="chips">{chips}</div>{_latest(welcome)}'
    )


def _held(welcome: Welcome) -> str:
    """`352 articles from 4 outlets, newest 30 January 2026.`"""
    held = count(welcome.articles, "article")
    if welcome.outlets:
        held = tr("{articles} from {outlets}", articles=held, outlets=count(welcome.outlets, "outlet"))
    if welcome.newest:
        return tr("{held}, newest {day}.", held=held, day=day(welcome.newest))
    return tr("{line}.", line=held)


def _latest(welcome: Welcome) -> str:
    if not welcome.stories:
        return ""
    rows = "".join(map(_story, welcome.stories))
    every = f'<button type="button" class="link" data-stories>{tr("All stories")}</button>'
    return f'<div class="latest"><h3>{tr("The latest")}</h3> {every}<ul>{rows}</ul></div>'


def _story(story: Brief) -> str:
    article = story.pick.hit.article
    told = count(len(story.outlets), "outlet") if len(story.outlets) > 1 else article.outlet
    return (
        f'<li><button type="button" class="link" data-open-story="{shown(article.id)}">{isolated(headline(article))}'
        f'</button> <span class="byline">{beside(told, day(story.day))}</span></li>'
    )
