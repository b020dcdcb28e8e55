"""The tab of the chat, and what stands in it before the first question."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import gradio as gr
from starlette.routing import BaseRoute

from assistant.answering.stories import Brief
from assistant.answering.welcome import Welcome
from assistant.text.labels import count, day
from assistant.text.texts import tr, tr_later
from assistant.types import Conversation, Exchange
from assistant.ui.answer_view import live_html, past_html
from assistant.ui.conversation import turns
from assistant.ui.conversations_panel import Talks, TalksPanel, View
from assistant.ui.desk import Desk
from assistant.ui.limits_panel import LimitsPanel
from assistant.ui.reader import Reader
from assistant.ui.render import beside, headline, isolated, shown
from assistant.ui.talk_routes import TalkRoutes
from assistant.ui.work import QUIET, QUIET_EACH
from vectorstore.errors import ArticleNotFound, DatelineError
from vectorstore.models import Article

# Of so many answers it is remembered what could be asked next: to find it out takes searches.
_REMEMBERED = 64
# Seconds that the questions of the welcome are waited for: by what draws it, and by what draws it anew then.
_PATIENCE, _LONG_PATIENCE = 1.0, 20.0
SCRIPT = (Path(__file__).parent / "chat.js").read_text(encoding="utf-8")
PAST = "dateline.past = props;"
NAMED = "() => dateline.named()"
LIMITED = "() => dateline.limited()"
SETTINGS = "(settings) => { dateline.setBy(settings); }"
FIELDS = "(...fields) => { dateline.keepTo(fields); }"
AGAIN = "(...fields) => { dateline.keepTo(fields); dateline.ask({ again: true }); }"

Updates = tuple[Any, ...]


class Drawing:
    """Each `id` is that of the conversation."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._follow_ups: dict[tuple[object, ...], tuple[str, ...]] = {}

    def welcome(self, patience: float = 0.0) -> str:
        """As it is now: the library may have been filled since it was last drawn."""
        return welcome_html(self._desk.welcome(patience))

    def welcoming(self, onward: bool) -> tuple[str, bool]:
        """The welcome, `onward` with its questions: just after a start it takes a while to find them. With whether
        they are there, or there is nothing to ask about."""
        welcome = self._desk.welcome(_LONG_PATIENCE if onward else _PATIENCE)
        return welcome_html(welcome), bool(welcome.questions) or not welcome.articles

    def written(self, id: str, conversation: Conversation) -> tuple[str, str]:
        """Earlier exchanges and the last one."""
        *earlier, last = conversation
        current = self._current(conversation)
        follow_ups = self._follow_ups.get(_key(id, last), ())
        return (
            past_html(earlier, current, self._desk.translates),
            live_html(last, current, follow_ups, self._searched(last), self._desk.translates),
        )

    def growing(self, exchange: Exchange, ahead: int | None = None) -> str:
        """The last exchange while it is written, or waits for those `ahead`."""
        passages = self._searched(exchange)
        return live_html(exchange, passages=passages, translates=self._desk.translates, ahead=ahead)

    def going_on(self, id: str, conversation: Conversation) -> None:
        """Find out what could be asked next, which takes searches."""
        last = conversation[-1]
        if last.answer is None or self.followed(id, conversation):
            return
        found: Sequence[str] = ()
        with suppress(DatelineError):  # it would be told where the next question is asked
            found = self._desk.follow_ups(last.answer, turns(conversation))
        self._follow_ups = dict([*self._follow_ups.items(), (_key(id, last), tuple(found))][-_REMEMBERED:])

    def followed(self, id: str, conversation: Conversation) -> bool:
        """Whether it is known what could be asked next, or nothing can."""
        last = conversation[-1]
        return last.answer is None or not last.over or _key(id, last) in self._follow_ups

    def _searched(self, exchange: Exchange) -> int:
        """How many passages, for as long as that is told."""
        return self._desk.passages() if exchange.answer is None and not exchange.over else 0

    def _current(self, conversation: Conversation) -> dict[str, Article]:
        """The cited articles as they stand now; without those that were removed."""
        cited = {each.article.id for exchange in conversation if exchange.answer for each in exchange.answer.citations}
        found = {}
        for article_id in cited:
            with suppress(ArticleNotFound):
                found[article_id] = self._desk.article(article_id)
        return found


def _key(id: str, exchange: Exchange) -> tuple[object, ...]:
    return id, exchange.number, exchange.answer and exchange.answer.as_of


class ChatTab:
    """Earlier exchanges and the last one are two components: only the last is drawn again while it grows.

    What is asked and drawn goes by `routes`, and the page's script has it in hand. Gradio's events do what may fail
    with their connection: the list of conversations, the fields of the limits.

    `conversation` is the id of the one shown, "" before the first question, for those events.
    """

    def __init__(self, desk: Desk, settings: gr.BrowserState) -> None:
        self._desk = desk
        self.talks, self._drawing = Talks(desk), Drawing(desk)
        self.view = gr.State(View())
        self.conversation = gr.Textbox("", visible="hidden")
        self.panel = TalksPanel(desk, self.conversation, self.view)
        self.past = gr.HTML(elem_id="past", js_on_load=PAST, apply_default_css=False)
        self.live = gr.HTML(elem_id="live", js_on_load=SCRIPT, apply_default_css=False)
        with gr.Column(elem_id="composer", min_width=0):
            self.box = gr.Textbox(
                "",
                label=tr_later("Your question"),
                show_label=False,
                placeholder=tr_later("Ask about the news"),
                max_lines=6,
                autofocus=True,
                interactive=True,
                submit_btn=tr_later("Ask"),
            )
            self.limits = LimitsPanel(desk)
            gr.Button(tr_later("Conversations"), size="sm", variant="secondary", elem_id="talks-show")
            gr.Button(tr_later("New conversation"), size="sm", variant="secondary", elem_id="anew")
        self.reader = Reader(desk)
        self._connect(settings)

    @property
    def routes(self) -> list[BaseRoute]:
        return TalkRoutes(self._desk, self.talks, self._drawing, self.limits).routes

    def _connect(self, settings: gr.BrowserState) -> None:
        """Most of it within the browser: no event is sent."""
        self.live.named(None, None, [self.conversation, self.box], js=NAMED, **QUIET_EACH)
        self.live.limited(None, None, self.limits.shown, js=LIMITED, **QUIET_EACH)
        for held in (self.live.begun, settings.change):
            held(None, settings, None, js=SETTINGS, **QUIET_EACH)
        for field in self.limits.fields:
            field.change(None, self.limits.fields, None, js=FIELDS, **QUIET_EACH)
        asks_again = [self.limits.again.click, *(field.submit for field in self.limits.typed)]
        gr.on(asks_again, None, self.limits.fields, None, js=AGAIN, **QUIET_EACH)
        self.live.limits(self.show_limits, self.conversation, self.limits.shown, **QUIET)

    def welcome(self) -> str:
        return self._drawing.welcome()

    def show_limits(self, id: str) -> Updates:
        """The fields, filled with what the last answer looked at."""
        conversation = self.talks.read(id)
        return self.limits.filled(conversation[-1].answer if conversation else None)


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
