"""The tab of stories: what was published last, what is new since the last visit, and what is kept of both."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.answering.stories import Story
from assistant.text.texts import tr, tr_plural
from assistant.types import Conversation
from assistant.ui.conversation import said, told
from assistant.ui.desk import Desk
from assistant.ui.story_view import arrivals_html, stories_html, story_html
from assistant.ui.work import QUIET_EACH, in_turn, problem_html
from vectorstore.errors import DatelineError
from vectorstore.storage.people import People
from vectorstore.storage.reading_state import ReadingState

SCRIPT = (Path(__file__).parent / "story.js").read_text(encoding="utf-8")

Updates = tuple[Any, ...]
# A page that is loaded again so soon is the same visit: what was new stays new.
_SAME_VISIT = timedelta(hours=1)
_AT_FIRST = timedelta(days=1)
_SHOWN = 20
_KEPT = "visit"
_MOST_MEMBERS = 500
STORIES_IN_TURN = in_turn("stories")


def last_visit() -> gr.BrowserState:
    """What the browser keeps; to stand outside the tabs, since what is in one is not there until it is opened."""
    # Both fixed: with Gradio's own, made anew at each start, every restart would be a first visit.
    return gr.BrowserState(None, storage_key="dateline-visit", secret="dateline")


class StoriesTab:
    """An opened story stands in place of the stories."""

    def __init__(self, desk: Desk, people: People | None = None) -> None:
        self._desk, self._people = desk, people
        self.since = gr.State("")
        self.story = gr.HTML(elem_id="story", js_on_load=SCRIPT, apply_default_css=False)
        self.new = gr.HTML(elem_id="new", js_on_load=SCRIPT, apply_default_css=False)
        self.shown = [self.story, self.new]
        self.new.story(self.open_picked, None, self.shown, **QUIET_EACH, **STORIES_IN_TURN)
        self.new.look(self.look_at, self.since, self.shown, **QUIET_EACH, **STORIES_IN_TURN)
        self.story.back(self.look, self.since, self.shown, **QUIET_EACH, **STORIES_IN_TURN)
        self.new.keep(self.keep_in_list, self.since, self.shown, **QUIET_EACH, **STORIES_IN_TURN)
        self.story.keep(self.keep_in_story, None, self.shown, **QUIET_EACH, **STORIES_IN_TURN)

    def come(self, kept: object) -> Updates:
        """The visit as the browser is to keep it, and since when things are new in it."""
        since, visit = visited(self._people.kept(_KEPT) if self._people else kept, datetime.now(UTC))
        if self._people:
            with suppress(DatelineError):
                self._people.keep(_KEPT, visit)
        return visit, since.isoformat()

    def turn_to(self, since: str, kept: object, opened: str) -> Updates:
        """The stories, unless one is open. Opened before `come` has answered, it goes by what the browser kept."""
        if opened:
            return (gr.skip(),) * len(self.shown)
        return self.look(since or self.come(kept)[1])

    def look(self, since: str) -> Updates:
        """What is new to the reader, where anything is; else what was published last."""
        return "", self._drawn("", since)

    def look_at(self, since: str, event: gr.EventData) -> Updates:
        """One of the views."""
        return "", self._drawn(str(event.view), since, int(event.shown))

    def keep_in_list(self, since: str, event: gr.EventData) -> Updates:
        self._keep(event)
        return self.look_at(since, event)

    def keep_in_story(self, event: gr.EventData) -> Updates:
        self._keep(event)
        return self._opened(lambda: self._desk.story_of(str(event.view)))

    def _keep(self, event: gr.EventData) -> None:
        """Star an article, follow a story, or mark its articles as read; or no longer."""
        states = self._desk.reading_states
        members, on = str(event.of).split()[:_MOST_MEMBERS], bool(event.on)
        try:
            if event.what == "star":
                states.star(members, on)
            elif event.what == "read":
                states.mark_read(members, on)
            elif on:
                states.follow(members)
            else:
                states.unfollow(members)
        except DatelineError as error:
            raise said(told(error)) from error

    def note_read(self, article_id: str) -> None:
        """The article was opened."""
        if article_id:
            with suppress(DatelineError):  # a library that may only be read is read all the same
                self._desk.reading_states.mark_read([article_id])

    def open_picked(self, event: gr.EventData) -> Updates:
        """The story of an article."""
        return self.open_article(str(event.article))

    def open_article(self, article_id: str) -> Updates:
        """The story that an article belongs to. What is shown of it is read; of one that is followed, what was new is
        known from now on."""

        def found() -> Story:
            story, states = self._desk.story_of(article_id), self._desk.reading_states
            with suppress(DatelineError):  # a library that may only be read is read all the same
                states.mark_read(story.members)
                if states.of().story(story.members):
                    states.follow(story.members)
            return story

        return self._opened(found)

    def open_asked(self, conversation: Conversation, event: gr.EventData) -> Updates:
        """The story that a question was about."""
        answer = conversation[int(event.exchange) - 1].answer
        if answer is None:
            return (gr.skip(),) * len(self.shown)
        return self._opened(lambda: self._desk.story_about(answer.standalone_question))

    def question(self, event: gr.EventData) -> str:
        """What to ask about a story that is new, for the reader to change or send."""
        return str(event.question)

    def _opened(self, find: Callable[[], Story]) -> Updates:
        try:
            html = story_html(find(), self._desk.reading_states.of())
        except DatelineError as error:
            html = problem_html(told(error))
        return html, ""

    def _drawn(self, view: str, since: str, shown: int = 0) -> str:
        moment = datetime.fromisoformat(since) if since else datetime.now(UTC) - _AT_FIRST
        try:
            state = self._desk.reading_states.of()
            if view in ("", "new") and ((new := self._desk.arrivals(moment)).articles or view):
                return arrivals_html(new, state)
            if view in ("starred", "followed"):
                return self._kept(view, state)
            return self._published(view or "latest", state, shown or _SHOWN)
        except DatelineError as error:
            return problem_html(told(error))

    def _published(self, view: str, state: ReadingState, shown: int) -> str:
        page = self._desk.front_page()
        unread = [each for each in page.stories if not state.read.issuperset(each.members)]
        stories = unread if view == "unread" else page.stories
        if not stories:
            said = tr("You have read everything here.") if page.stories else tr("The library is empty.")
            return stories_html(view, (), said, state)
        counted = tr_plural("{n} story", "{n} stories", len(stories))
        left = max(0, len(stories) - shown)
        line = tr("{stories}, the last day first", stories=counted)
        return stories_html(view, stories[:shown], line, state, left)

    def _kept(self, view: str, state: ReadingState) -> str:
        ids = state.starred if view == "starred" else frozenset().union(*state.followed.values())
        stories = self._desk.stories_of(ids) if ids else ()
        if not stories:
            none = {
                "starred": tr("You have starred nothing yet. Star a story to find it here again."),
                "followed": tr("You follow no story yet. Follow one, and what is new in it is marked here."),
            }
            return stories_html(view, (), none[view], state)
        return stories_html(view, stories, tr_plural("{n} story", "{n} stories", len(stories)), state)


def visited(kept: object, now: datetime) -> tuple[datetime, dict[str, str]]:
    """Since when things are new to the reader, and what the browser is to keep.

    In a first visit, and where the browser brings anything else than what it was given, nothing is: what is there was
    there before the reader.
    """
    held = kept if isinstance(kept, dict) else {}
    since, seen = _moment(held.get("since"), now), _moment(held.get("seen"), now)
    new = since if since and seen and now - seen < _SAME_VISIT else seen or now
    return new, {"since": new.isoformat(), "seen": now.isoformat()}


def _moment(text: object, now: datetime) -> datetime | None:
    """A moment past, in UTC; None for anything else."""
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
        return found.astimezone(UTC) if found and found.tzinfo and found <= now else None
    except (ValueError, OverflowError):
        return None
