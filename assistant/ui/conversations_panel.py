"""The conversations of the library, beside the chat."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import RLock

import gradio as gr

from assistant.text.texts import tr, tr_later, tr_line, zone
from assistant.types import AS_SET, Conversation, Exchange, Manner, Turn
from assistant.ui.answer_run import AnswerElsewhere, AnswerRun, Telling
from assistant.ui.conversation import telling, told, turns
from assistant.ui.desk import Desk
from assistant.ui.render_talks import talks_html
from assistant.ui.work import QUIET, QUIET_EACH, problem_html
from vectorstore.accounts import person
from vectorstore.errors import AnsweredElsewhere, ConversationNotFound, DatelineError
from vectorstore.models import EVERYTHING, Scope
from vectorstore.storage.conversations import RemovedConversation

SCRIPT = (Path(__file__).parent / "talks.js").read_text(encoding="utf-8")
_REMEMBERED = 64
"""Conversations of which it is known what was asked last, and whether its answer was cut off."""


@dataclass
class View:
    search: str | None = None  # of the conversations; of two events, the one sent first may be the last to arrive


@dataclass(frozen=True, slots=True)
class Question:
    """As the page sends it. `number` is the place that it is to have: behind the last one, or with `again` that of the
    one it replaces. A page that has heard no answer sends it once more, with the same `key`."""

    text: str
    number: int
    again: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class Aside:
    """What came after a question that was changed, as a conversation of its own."""

    id: str = ""
    title: str = ""


Writing = AnswerRun | AnswerElsewhere


class Talks:
    """A page knows the id of what it shows and nothing else. So a reload, a second browser and a server that was
    started anew all show the same. What is asked twice, since the answer to the request was lost, is asked once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._runs: dict[tuple[str, str], AnswerRun] = {}
        self._keys: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._asking = RLock()
        self._telling = Telling(lambda: desk.notebook, self._under_way)

    def read(self, id: str) -> Conversation:
        """Its exchanges as they stand now; none when there is no such conversation, or not yet."""
        return self.state(id)[0]

    def state(self, id: str) -> tuple[Conversation, Writing | None]:
        """Its exchanges, and the answer that is being written. An answer that ends meanwhile is either still being
        written in both or over in both."""
        while True:
            run = self.running(id)
            try:
                kept = self._desk.notebook.read(id)
            except ConversationNotFound:
                kept = ()
            with self._asking:  # a question that has just been kept looks like one whose server has ended
                if self.running(id) is run:
                    break
        writing = run or (self._elsewhere(id) if kept and kept[-1].stopped else None)
        if writing is None:
            return tuple(kept), None
        exchange = writing.exchange
        return tuple(exchange if each.number == exchange.number else each for each in kept), writing

    def writing(self, id: str) -> Writing | None:
        """The answer that is being written in this conversation, by whichever server."""
        return self.running(id) or self._elsewhere(id)

    def _elsewhere(self, id: str) -> AnswerElsewhere | None:
        growing = self._desk.notebook.growing(id)
        return AnswerElsewhere(self._desk.notebook, id, growing) if growing else None

    def _under_way(self) -> dict[str, AnswerRun]:
        with self._asking:
            return {id: run for (_, id), run in self._runs.items() if not run.exchange.over}

    def running(self, id: str) -> AnswerRun | None:
        """The answer that this server is writing in this conversation."""
        run = self._runs.get((person(), id))
        return None if run is None or run.exchange.over else run

    def cut_off(self, id: str, conversation: Conversation) -> bool:
        """Whether the last answer ended with the server that wrote it, and not by its reader's wish."""
        last = conversation[-1] if conversation else None
        return bool(last and last.stopped and last.answer is None and (person(), id) not in self._runs)

    def ask(self, id: str, question: Question, scope: Scope = EVERYTHING, manner: Manner = AS_SET) -> Aside | None:
        """Ask in this conversation. None while another question is being answered in it."""
        with self._asking:
            if question.key and self._keys.get((person(), id)) == question.key:
                return Aside()
            if self.running(id):
                return None
            if elsewhere := self._desk.notebook.growing(id):
                sent_again = not question.again and elsewhere.exchange.number == question.number
                return Aside() if sent_again and elsewhere.exchange.question == question.text else None
            conversation = self.read(id)
            known = not question.again and conversation[question.number - 1 : question.number]
            if known and known[0].question == question.text:  # by a page that has not heard so
                if not self.cut_off(id, conversation[: question.number]):
                    return Aside()
                question = replace(question, again=True)
            earlier = conversation[: question.number - 1] if question.again else conversation
            aside = self._put_aside(id, conversation[len(earlier) + 1 :])
            try:
                self._run(id, Exchange(len(earlier) + 1, question.text), turns(earlier), scope, manner)
            except AnsweredElsewhere:
                return None
            self._remember(id, question.key)
        return aside

    def _put_aside(self, id: str, later: Conversation) -> Aside:
        """All of it as it is, where something came after the question that is about to be changed."""
        if not later:
            return Aside()
        notebook = self._desk.notebook
        other, title = secrets.token_urlsafe(8), tr("{title} (before the change)", title=self.title(id))
        notebook.copy(id, other, title)
        return Aside(other, title)

    def title(self, id: str) -> str:
        """As the list has it; that of one which is not kept is its first question."""
        try:
            return self._desk.notebook.entry(id).title
        except DatelineError:
            return next((each.question for each in self.read(id)), "")

    def _run(self, id: str, exchange: Exchange, earlier: Sequence[Turn], scope: Scope, manner: Manner) -> None:
        notebook, place = self._desk.notebook, self._desk.line.join()
        try:
            notebook.ask(id, exchange)
        except BaseException:
            place.leave()
            raise
        # Those that are over too, of the last ones: by them it is known what was cut off.
        over = [known for known, run in self._runs.items() if run.exchange.over]
        for known in over[:-_REMEMBERED]:
            del self._runs[known]
        finish = partial(notebook.finish, id)
        self._runs[person(), id] = AnswerRun(self._desk, exchange, earlier, scope, finish, manner, place)
        if notebook.shared:
            self._telling.begin()

    def _remember(self, id: str, key: str) -> None:
        self._keys[person(), id] = key
        self._keys.move_to_end((person(), id))
        while len(self._keys) > _REMEMBERED:
            self._keys.popitem(last=False)


class TalksPanel:
    """`conversation` holds the id of the one that is shown, "" for none."""

    def __init__(self, desk: Desk, conversation: gr.Textbox, view: gr.State) -> None:
        self._desk = desk
        self.removed = gr.State(None)
        with gr.Column(elem_id="talks", min_width=0):
            self.search = gr.Textbox(
                "",
                label=tr_later("Search conversations"),
                show_label=False,
                placeholder=tr_later("Search conversations"),
                max_lines=1,
                max_length=200,
                elem_id="talks-search",
            )
            self.list = gr.HTML(elem_id="talks-list", js_on_load=SCRIPT, apply_default_css=False)
        self.list.look(self.look, [conversation, view, self.search, self.removed], self.list, **QUIET_EACH)
        self.looking = self.look, [conversation, view, self.search, self.removed], self.list
        self.search.change(self.seek, *self.looking[1:], **QUIET)
        self.list.rename(self.rename, None, None, **QUIET_EACH).then(*self.looking, **QUIET)
        self.list.remove(self.remove, None, self.removed, **QUIET_EACH).then(*self.looking, **QUIET)
        self.list.restore(self.restore, self.removed, self.removed, **QUIET_EACH).then(*self.looking, **QUIET)

    def seek(self, id: str, view: View, search: str, removed: RemovedConversation | None) -> str:
        """The list with what is searched for."""
        view.search = search
        return self.look(id, view, search, removed)

    def look(self, id: str, view: View, search: str, removed: RemovedConversation | None) -> str:
        """The list as it is now."""
        notebook = self._desk.notebook
        search = search if view.search is None else view.search
        try:
            entries = notebook.entries(search)
        except DatelineError as error:
            return problem_html(told(error))
        title = removed.entry.title if removed else ""
        now = datetime.now(zone() or UTC)
        return talks_html(entries, id, now, search.strip(), tr_line(notebook.problem), title)

    def rename(self, event: gr.EventData) -> None:
        with telling():
            self._desk.notebook.rename(str(event.id), str(event.title))

    def remove(self, event: gr.EventData) -> RemovedConversation:
        with telling():
            return self._desk.notebook.remove(str(event.id))

    def restore(self, removed: RemovedConversation | None) -> None:
        with telling():
            if removed:
                self._desk.notebook.restore(removed)
