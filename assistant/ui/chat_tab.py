"""The tab of the chat."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.answering.provenance import corrected_since
from assistant.query.search_filters import ALL_DATES
from assistant.text.texts import tr, tr_later
from assistant.types import Conversation, Exchange, Thumb
from assistant.ui.answer_view import live_html, past_html, welcome_html
from assistant.ui.conversation import said, told, turns
from assistant.ui.conversations_panel import Talks, TalksPanel, View
from assistant.ui.desk import Desk
from assistant.ui.limits_panel import LimitsPanel
from assistant.ui.reader import Reader
from assistant.ui.settings_tab import kept_settings
from assistant.ui.work import QUIET, QUIET_EACH
from vectorstore.errors import ArticleNotFound, DatelineError, LimitUnusable
from vectorstore.models import Article
from vectorstore.storage.listings import Listing

# Of so many answers it is remembered what could be asked next: to find it out takes searches.
_REMEMBERED = 64
SCRIPT = (Path(__file__).parent / "chat.js").read_text(encoding="utf-8")

TAKEN = "() => { document.dispatchEvent(new Event('dateline-taken')); }"
"""The server has drawn the question, or has not taken it: what the browser drew of it goes."""

_CHAT, _SHOWN = 4, 9

Updates = tuple[Any, ...]
Fields = tuple[str, str, str, str]
Brought = Any  # the settings as the browser has them


class Drawing:
    """Each `id` is that of the conversation."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._follow_ups: dict[tuple[object, ...], tuple[str, ...]] = {}

    def welcome(self) -> str:
        """As it is now: the library may have been filled since it was last drawn."""
        return welcome_html(self._desk.examples, library_is_empty=not self._desk.listed(Listing()).held)

    def written(self, id: str, conversation: Conversation) -> tuple[str, str]:
        """Earlier exchanges and the last one."""
        *earlier, last = conversation
        current = self._current(conversation)
        follow_ups = self._follow_ups.get(_key(id, last), ())
        return (
            past_html(earlier, current, self._desk.translates),
            live_html(last, current, follow_ups, self._searched(last), self._desk.translates),
        )

    def growing(self, exchange: Exchange) -> str:
        """The last exchange while it is written."""
        return live_html(exchange, passages=self._searched(exchange), translates=self._desk.translates)

    def corrected(self, id: str, conversation: Conversation) -> str:
        """The last exchange, when an article that it cites has been corrected; else nothing."""
        last, current = conversation[-1], self._current(conversation[-1:])
        corrected = last.answer and last.over and corrected_since(last.answer, current)
        follow_ups = self._follow_ups.get(_key(id, last), ())
        return live_html(last, current, follow_ups, translates=self._desk.translates) if corrected else ""

    def going_on(self, id: str, conversation: Conversation) -> str:
        """The last exchange with what could be asked next; nothing where there is none."""
        last = conversation[-1]
        if last.answer is None or not last.over:
            return ""
        key = _key(id, last)
        if key not in self._follow_ups:
            found: Sequence[str] = ()
            with suppress(DatelineError):  # it would be told where the next question is asked
                found = self._desk.follow_ups(last.answer, turns(conversation))
            self._follow_ups = dict([*self._follow_ups.items(), (key, tuple(found))][-_REMEMBERED:])
        # Though it may be drawn: what another event has drawn without it could have come to the page later.
        follow_ups = self._follow_ups[key]
        current = self._current(conversation[-1:])
        return live_html(last, current, follow_ups, translates=self._desk.translates) if follow_ups else ""

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
    """Earlier exchanges and the last one are two components: only the last is sent again while it grows.

    `conversation` is the id of the one shown, "" before the first question. The page itself holds it, so that a server
    that was started anew still knows what is in front of the reader.
    """

    def __init__(self, desk: Desk, settings: gr.BrowserState) -> None:
        self._desk, self._settings = desk, settings
        self.talks, self._drawing = Talks(desk), Drawing(desk)
        self.view = gr.State(View())
        self.conversation = gr.Textbox("", visible="hidden")
        self.panel = TalksPanel(desk, self.conversation, self.view)
        self.past = gr.HTML(elem_id="past", js_on_load=None, apply_default_css=False)
        self.live = gr.HTML(elem_id="live", js_on_load=SCRIPT, apply_default_css=False)
        with gr.Column(elem_id="composer", min_width=0):
            self.box = gr.Textbox(
                "",
                label=tr_later("Your question"),
                show_label=False,
                placeholder=tr_later("Ask about the news"),
                max_lines=6,
                max_length=4000,
                autofocus=True,
                submit_btn=tr_later("Ask"),
            )
            self.limits = LimitsPanel(desk)
            gr.Button(tr_later("Conversations"), size="sm", variant="secondary", elem_id="talks-show")
            self.anew = gr.Button(tr_later("New conversation"), size="sm", variant="secondary", elem_id="anew")
        self.reader = Reader(desk)
        self.drawn = [self.conversation, self.past, self.live, self.box]
        self._connect()

    def _connect(self) -> None:
        shown = [*self.drawn, *self.limits.shown]
        # Three steps, not one: Gradio's page may skip to the last of several updates, and must not skip the first,
        # which empties the box and offers Stop.
        before = [self.conversation, self.view, *self.limits.fields, self._settings]
        # Each has a function of its own: a changed component is a copy, so an event's target tells nothing.
        asked = self.box.submit(self.begin, [self.box, *before], shown, **QUIET)
        clicked = self.live.submit(self.begin_clicked, before, shown, **QUIET)
        asks_again = [self.limits.again.click, *(field.submit for field in self.limits.fields)]
        again = gr.on(asks_again, self.begin_again, before, shown, **QUIET)
        edited = self.panel.list.edit(self.begin_edited, before, shown, **QUIET)
        turned = self.panel.list.turn(self.turn_to, self.view, shown, **QUIET_EACH)
        for started in (asked, clicked, again, edited, turned):
            self.follow(started)
        for standing in (asked, clicked):
            for over in (standing.then, standing.failure):
                over(None, js=TAKEN, **QUIET_EACH)
        self.box.stop(self.stop, [self.conversation, self.view], None, **QUIET)
        anew = self.anew.click(self.start_anew, self.view, shown, **QUIET_EACH)
        left = self.panel.list.leave(self.leave, self.view, shown, **QUIET_EACH)
        for gone in (anew, left):
            gone.then(*self.panel.looking, **QUIET_EACH)
        self.panel.list.rate(self.rate, self.conversation, [self.past, self.live], **QUIET)
        self.live.limits(self.show_limits, self.conversation, self.limits.shown, **QUIET)

    def follow(self, started: Any) -> None:
        """After an event that has drawn a conversation: the answer that is being written in it."""
        listed = started.then(*self.panel.looking, **QUIET_EACH)
        written = listed.then(self.write, [self.conversation, self.view], self.live, **QUIET_EACH)
        ended = written.then(self.end, [self.conversation, self.view], self.drawn, **QUIET_EACH)
        ended.then(self.go_on, self.view, self.live, **QUIET_EACH)

    def welcome(self) -> str:
        return self._drawing.welcome()

    def enter(self, view: View, request: gr.Request) -> Updates:
        """The page was opened, or loaded again: its address names the conversation."""
        view.turn = view.turn or 0
        if view.id is not None:  # a quick reader has asked before this was heard
            return (gr.skip(),) * _CHAT
        view.id = str(request.query_params.get("conversation", ""))
        return self._seen(view)

    def begin(
        self, question: str, id: str, view: View, since: str, until: str, outlet: str, language: str, brought: Brought
    ) -> Updates:
        """Take what stands in the box."""
        return self._begun(question, id, view, (since, until, outlet, language), brought)

    def begin_clicked(
        self,
        id: str,
        view: View,
        since: str,
        until: str,
        outlet: str,
        language: str,
        brought: Brought,
        event: gr.EventData,
    ) -> Updates:
        """Take an example that was clicked, or the last question again."""
        if event.everything:
            return self._begun_again(id, view, ("", "", outlet, language), brought, everything=True)
        if event.retry:
            return self.begin_again(id, view, since, until, outlet, language, brought)
        return self._begun(event.question, id, view, (since, until, outlet, language), brought)

    def begin_again(
        self, id: str, view: View, since: str, until: str, outlet: str, language: str, brought: Brought
    ) -> Updates:
        """Take the last question again."""
        return self._begun_again(id, view, (since, until, outlet, language), brought)

    def begin_edited(
        self,
        id: str,
        view: View,
        since: str,
        until: str,
        outlet: str,
        language: str,
        brought: Brought,
        event: gr.EventData,
    ) -> Updates:
        """Take the last question again, in other words."""
        return self._begun(event.question, id, view, (since, until, outlet, language), brought, again=True)

    def _begun_again(self, id: str, view: View, fields: Fields, brought: Brought, everything: bool = False) -> Updates:
        conversation = self.talks.read(id)
        question = conversation[-1].question if conversation else ""
        return self._begun(question, id, view, fields, brought, everything, again=True)

    def _begun(
        self,
        question: str,
        id: str,
        view: View,
        fields: Fields,
        brought: Brought,
        everything: bool = False,
        again: bool = False,
    ) -> Updates:
        """The question is asked within the fields; with `everything` of all dates, whichever it names."""
        if not question.strip():
            return (gr.skip(),) * _SHOWN
        try:
            kept = self.limits.scope(*fields)
        except LimitUnusable as error:
            return *(gr.skip(),) * _CHAT, *self.limits.refused(error)
        scope = replace(kept, until=ALL_DATES) if everything else kept
        view.id = id or secrets.token_urlsafe(8)
        manner = kept_settings(brought).manner
        # Not while another browser asks here; ours stays unasked.
        if not self.talks.ask(view.id, question.strip(), scope, again, manner):
            return *self._drawn(view.id), *(gr.skip(),) * len(self.limits.shown)
        drawn = self._drawn(view.id)
        return *drawn[:-1], gr.Textbox("", submit_btn=False, stop_btn=tr("Stop")), *self.limits.taken(kept)

    def write(self, id: str, view: View) -> Iterator[Any]:
        id = id or view.id or ""  # what opening the page drew may have come to it last, over a quick reader's question
        run = self.talks.running(id)
        if run is None:  # to say nothing would empty what is shown
            yield gr.skip()
            return
        for exchange in run.watch():
            if view.id != id:
                break
            yield self._drawing.growing(exchange)

    def end(self, id: str, view: View) -> Updates:
        """As it stays. The reader may have turned to another conversation in the meantime."""
        if view.id is None:
            view.id = id
        if not view.id or self.talks.running(view.id):  # what is being written is ended by whoever asked it
            return (gr.skip(),) * _CHAT
        return self._seen(view)

    def go_on(self, view: View) -> Any:
        """What could be asked next, under a finished answer: it is found out once that can be read."""
        id = view.id or ""
        conversation = self.talks.read(id)
        html = self._drawing.going_on(id, conversation) if conversation else ""
        unmoved = view.id == id and self.talks.running(id) is None
        return html if html and unmoved else gr.skip()

    def _seen(self, view: View) -> Updates:
        """What the view shows; nothing where the reader has asked or turned away while it was read."""
        id = view.id or ""
        drawn = self._drawn(id)
        return drawn if view.id == id else (gr.skip(),) * _CHAT

    def _drawn(self, id: str) -> Updates:
        """The conversation as it stands, and the button that is wanted now."""
        conversation = self.talks.read(id)
        busy = self.talks.running(id) is not None
        ask, stop = (False, tr("Stop")) if busy else (tr("Ask"), False)
        box = gr.Textbox(submit_btn=ask, stop_btn=stop)
        if not conversation:
            return "", "", self._drawing.welcome(), box
        return id, *self._drawing.written(id, conversation), box

    def stop(self, id: str, view: View) -> None:
        if run := self.talks.running(id or view.id or ""):
            run.stop()

    def turn_to(self, view: View, event: gr.EventData) -> Updates:
        """Another conversation of the list, or of the browser's history."""
        view.id, view.turn = str(event.id), int(event.turn)
        return *self._drawn(view.id), *self.limits.emptied()

    def leave(self, view: View, event: gr.EventData) -> Updates:
        """As start_anew, by way of the list."""
        view.turn = int(event.turn)
        return self.start_anew(view)

    def start_anew(self, view: View) -> Updates:
        view.id = ""
        return *self._drawn(""), *self.limits.emptied()

    def rate(self, id: str, event: gr.EventData) -> Updates:
        """A thumb was clicked, or a reason given for one."""
        thumb = Thumb(event.thumb) if event.thumb else None
        try:
            self._desk.notebook.rate(id, int(event.exchange), thumb, str(event.reason))
        except DatelineError as error:
            raise said(told(error)) from error
        conversation = self.talks.read(id)
        return self._drawing.written(id, conversation) if conversation else (gr.skip(), gr.skip())

    def show_limits(self, id: str) -> Updates:
        """The fields, filled with what the last answer looked at."""
        conversation = self.talks.read(id)
        return self.limits.filled(conversation[-1].answer if conversation else None)

    def greet(self, id: str, view: View) -> Any:
        """The welcome as it is now: the library may have been filled since it was last drawn. An answer is drawn again
        when an article that it cites has been corrected."""
        if (view.id or id) != id:  # a question has been asked that the page has not heard of
            return gr.skip()
        conversation = self.talks.read(id)
        if not conversation:
            return self._drawing.welcome()
        return self._drawing.corrected(id, conversation) or gr.skip()
