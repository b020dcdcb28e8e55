"""The tab of stories: what came in, by story, and what is new since the last visit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.answering.stories import Story
from assistant.types import Conversation
from assistant.ui.conversation import told
from assistant.ui.desk import Desk
from assistant.ui.render_work import problem_html
from assistant.ui.story_view import arrivals_html, story_html
from assistant.ui.work import QUIET
from vectorstore.errors import DatelineError

SCRIPT = (Path(__file__).parent / "story.js").read_text(encoding="utf-8")

Updates = tuple[Any, ...]
# A page that is loaded again so soon is the same visit: what was new stays new.
_SAME_VISIT = timedelta(hours=1)
_AT_FIRST = timedelta(days=1)


def last_visit() -> gr.BrowserState:
    """What the browser keeps; to stand outside the tabs, since what is in one is not there until it is opened."""
    # Both fixed: with Gradio's own, made anew at each start, every restart would be a first visit.
    return gr.BrowserState(None, storage_key="dateline-visit", secret="dateline")


class StoriesTab:
    """An opened story stands in place of what is new."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.since = gr.State("")
        self.story = gr.HTML(elem_id="story", js_on_load=SCRIPT, apply_default_css=False)
        self.new = gr.HTML(elem_id="new", js_on_load=SCRIPT, apply_default_css=False)
        self.shown = [self.story, self.new]
        self.new.story(self.open_picked, None, self.shown, **QUIET)
        self.story.back(self.look, self.since, self.shown, **QUIET)

    def come(self, kept: object) -> Updates:
        """The visit as the browser is to keep it, and since when things are new in it."""
        since, visit = visited(kept, datetime.now(UTC))
        return visit, since.isoformat()

    def turn_to(self, since: str, kept: object, opened: str) -> Updates:
        """What is new, unless a story is open. Opened before `come` has answered, it goes by what the browser kept."""
        if opened:
            return (gr.skip(),) * len(self.shown)
        return self.look(since or self.come(kept)[1])

    def look(self, since: str) -> Updates:
        """What is new."""
        moment = datetime.fromisoformat(since) if since else datetime.now(UTC) - timedelta(days=1)
        try:
            html = arrivals_html(self._desk.arrivals(moment))
        except DatelineError as error:
            html = problem_html(told(error))
        return "", html

    def open_picked(self, event: gr.EventData) -> Updates:
        """The story of an article that is new."""
        return self.open_article(str(event.article))

    def open_article(self, article_id: str) -> Updates:
        """The story that an article belongs to."""
        return self._opened(lambda: self._desk.story_of(article_id))

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
            html = story_html(find())
        except DatelineError as error:
            html = problem_html(told(error))
        return html, ""


def visited(kept: object, now: datetime) -> tuple[datetime, dict[str, str]]:
    """Since when things are new to the reader, and what the browser is to keep.

    Of a first visit, and where the browser brings anything else than what it was given, the last day is new.
    """
    held = kept if isinstance(kept, dict) else {}
    since, seen = _moment(held.get("since"), now), _moment(held.get("seen"), now)
    new = since if since and seen and now - seen < _SAME_VISIT else seen or now - _AT_FIRST
    return new, {"since": new.isoformat(), "seen": now.isoformat()}


def _moment(text: object, now: datetime) -> datetime | None:
    """A moment past, in UTC; None for anything else."""
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
        return found.astimezone(UTC) if found and found.tzinfo and found <= now else None
    except (ValueError, OverflowError):
        return None
