"""The page as a whole."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr
from starlette.routing import BaseRoute

from assistant.text.texts import reading_at, reading_in, tr, tr_later, wanted, zone_of
from assistant.ui.accounts.gate import Owners, not_allowed
from assistant.ui.chat_tab import ChatTab
from assistant.ui.conversation import FAILED, said, telling
from assistant.ui.desk import Desk
from assistant.ui.endpoints import offer
from assistant.ui.feeds_tab import FEEDS_IN_TURN, FeedsTab
from assistant.ui.library_tab import LibraryTab
from assistant.ui.observing import ID
from assistant.ui.render_talks import file_html
from assistant.ui.security import described, shortened
from assistant.ui.settings_tab import SettingsTab, reader_settings
from assistant.ui.stories_tab import STORIES_IN_TURN, StoriesTab, last_visit
from assistant.ui.transcript_file import ExportedFile, Format, exported
from assistant.ui.work import QUIET, QUIET_EACH
from vectorstore.accounts import STRANGER, THIS_MACHINE, Account, Role, account, acting_for, may
from vectorstore.errors import ConversationNotFound
from vectorstore.observing.work import for_request, stage
from vectorstore.storage.people import People

logger = logging.getLogger(__name__)

MASTHEAD = "<h1>Dateline</h1>"
HOUR = 3600
ADDRESS = (Path(__file__).parent / "address.js").read_text(encoding="utf-8")
FEEDS = tr_later("Feeds")
READERS_AT_ONCE = 8
_EVENTS_AT_ONCE = 64


class Page(gr.Blocks):
    """Each event is in its reader's language, and done for the request that sent it. What one fails with is one line of
    the log: Gradio prints a traceback, with all that was sent in it.

    `welcome` is what the chat shows before the first question, as it is now; `routes` stand beside Gradio's.
    """

    welcome: Callable[[], str]
    routes: Sequence[BaseRoute] = ()
    needed: Mapping[int, Role] | None = None
    """The role that each event takes, by its id; None without accounts."""
    owners: Owners | None = None

    def queue(self, *args: Any, **given: Any) -> Any:
        """Gradio has it called as a page begins. Called again, it would make the whole application anew."""
        self.max_threads = _EVENTS_AT_ONCE  # for events alone: what else is asked for has the usual forty
        return super().queue(default_concurrency_limit=READERS_AT_ONCE, max_size=_EVENTS_AT_ONCE)

    async def process_api(self, *args: Any, **given: Any) -> dict[str, Any]:
        request = given.get("request")
        headers = request.headers if isinstance(request, gr.Request) else {}
        with (
            reading_in(wanted(headers)),
            reading_at(zone_of(headers)),
            acting_for(self._whose(request)),
            for_request(headers.get(ID, "")),
            stage("event"),
        ):
            try:
                if self.needed is not None:
                    self._check(self.needed.get(given["block_fn"]._id), given.get("session_hash"))
                self._refuse_other_files([*args, given.get("inputs")])
                return await super().process_api(*args, **given)
            except gr.Error:
                raise
            except Exception as error:
                logger.error("An event of the page failed: %s", described(error))
                raise said(tr(FAILED)) from error

    def _whose(self, request: object) -> Account:
        """As the gate has found it, which every request comes through."""
        if self.needed is None:
            return THIS_MACHINE
        asked = request.request if isinstance(request, gr.Request) else None
        found = asked.scope.get("account") if asked else None
        return found if isinstance(found, Account) else STRANGER

    def _check(self, needed: Role | None, session: str | None) -> None:
        """Raises gr.Error. An event that stands in no table is nobody's."""
        if needed is None or not may(needed):
            raise said(not_allowed(needed or Role.ADMINISTRATOR))
        if self.owners and not self.owners.let_in(account(), session or ""):
            raise said(tr(FAILED))

    def _refuse_other_files(self, given: Any) -> None:
        """Raises gr.Error where a file is named that was not uploaded. Gradio, which would copy it to where every
        browser can fetch it, looks at that only in a page that its own launch() serves."""
        uploads = os.path.realpath(self.GRADIO_CACHE)
        for path in _files_named(given):
            if not Path(os.path.realpath(path)).is_relative_to(uploads):
                logger.warning("An event of the page was refused: %s was not uploaded.", shortened(path))
                raise said(tr(FAILED))


def _files_named(given: Any) -> Iterator[str]:
    """What is sent as a file, however deep inside of something else."""
    if isinstance(given, dict):
        if "path" in given:
            yield str(given["path"])
        given = list(given.values())
    if isinstance(given, list):
        for each in given:
            yield from _files_named(each)


def build_page(desk: Desk, people: People | None = None) -> Page:
    """Everything a reader sees; where there are accounts, with what is kept for each of the `people`. Uploaded files
    are deleted after an hour: the library keeps its own text."""
    page = Page(title="Dateline", fill_width=True, analytics_enabled=False, delete_cache=(HOUR, HOUR))
    with page:
        gr.HTML(MASTHEAD, elem_id="masthead", js_on_load=None, apply_default_css=False)
        Exports(desk)
        visit, settings = last_visit(), reader_settings()
        with gr.Tabs(elem_id="pages") as pages:
            with gr.Tab(tr_later("Chat"), id="chat") as chat_tab:
                chat = ChatTab(desk, settings)
            with gr.Tab(tr_later("Library"), id="library") as library_tab:
                library = LibraryTab(desk)
            with gr.Tab(FEEDS, id="feeds") as feeds_tab:
                feeds = FeedsTab(desk)
            with gr.Tab(tr_later("Stories"), id="stories") as stories_tab:
                stories = StoriesTab(desk, people)
            with gr.Tab(tr_later("Settings"), id="settings") as settings_tab:
                choices = SettingsTab(desk, settings, people)
        library.table.begin([page.load, library_tab.select])
        gr.on([page.load, feeds_tab.select], feeds.come, feeds.turned, feeds.shown, **QUIET, **FEEDS_IN_TURN)
        pages.select(_look_on, None, feeds.timer, **QUIET_EACH)
        chat.live.library(lambda: gr.Tabs(selected="library"), None, pages, **QUIET)
        picked = chat.live.open_story(stories.open_picked, None, stories.shown, **QUIET, **STORIES_IN_TURN)
        for asked in (picked.then, chat.live.stories):
            asked(*_to_stories(pages), **QUIET)
        library.card.chosen.change(stories.note_read, library.card.chosen, None, **QUIET)
        if people:
            page.load(choices.restore, settings, settings, **QUIET)
        page.load(stories.come, visit, [visit, stories.since], **QUIET)
        stories_tab.select(
            stories.turn_to, [stories.since, visit, stories.story], stories.shown, **QUIET, **STORIES_IN_TURN
        )
        settings_tab.select(choices.look, settings, choices.shown, **QUIET)
        _connect_address(Parts(pages, library, stories))
        for tab in (chat_tab, library_tab, feeds_tab, stories_tab, settings_tab):
            tab.select(None, None, None, js=f"() => {{ dateline.tab('{tab.id}'); }}", **QUIET_EACH)
        _connect_sources(stories, chat, pages)
        _connect_stories(stories, chat, library, pages)
        _connect_feeds(feeds, library, pages)
        offer(desk)
    page.welcome, page.routes = chat.welcome, chat.routes
    return page


def _look_on(event: gr.SelectData) -> gr.Timer:
    """One event for all tabs: of two, the one for the tab that was left could be the last to arrive."""
    return gr.Timer(active=event.value == tr(FEEDS))


class Parts(NamedTuple):
    pages: gr.Tabs
    library: LibraryTab
    stories: StoriesTab


def _connect_address(parts: Parts) -> None:
    """From the page's address to what it names."""
    pages, library, stories = parts
    address = gr.HTML(elem_id="address", js_on_load=ADDRESS, apply_default_css=False)
    # Or the tab, which shows what is new as it opens, would show that.
    address.held(None, None, stories.story, js="() => dateline.loading()", **QUIET_EACH)
    address.tab(None, None, pages, js="() => dateline.selected()", **QUIET_EACH)
    address.article(library.card.open_at, None, library.card.shown, **QUIET_EACH)
    address.shut(library.card.put_away, None, library.card.shown, **QUIET_EACH)
    address.story(stories.open_picked, None, stories.shown, **QUIET_EACH, **STORIES_IN_TURN)
    address.front(stories.look, stories.since, stories.shown, **QUIET_EACH, **STORIES_IN_TURN)


def _to_stories(pages: gr.Tabs) -> tuple[Callable[[], gr.Tabs], None, gr.Tabs]:
    """Once the story is there: the tab, which shows what is new as it opens, would show that in its place."""
    return lambda: gr.Tabs(selected="stories"), None, pages


def _connect_sources(stories: StoriesTab, chat: ChatTab, pages: gr.Tabs) -> None:
    """From an answer to the story of the articles that it cites."""

    def open_asked(id: str, event: gr.EventData) -> Any:
        return stories.open_asked(chat.talks.read(id), event)

    chat.live.story(open_asked, chat.conversation, stories.shown, **QUIET, **STORIES_IN_TURN).then(
        *_to_stories(pages), **QUIET
    )


def _connect_stories(stories: StoriesTab, chat: ChatTab, library: LibraryTab, pages: gr.Tabs) -> None:
    """From answers and articles to their stories, and from stories and the reader to articles and questions."""
    library.card.article.story(
        stories.open_article, library.card.chosen, stories.shown, **QUIET, **STORIES_IN_TURN
    ).then(*_to_stories(pages), **QUIET)
    for drawn in (stories.story, stories.new, chat.reader.frame):
        drawn.read(lambda: gr.Tabs(selected="library"), None, pages, **QUIET)
        drawn.read(library.card.open_at, None, library.card.shown, **QUIET)
    for asks in (chat.reader.frame, library.card.article):
        asks.about(lambda: gr.Tabs(selected="chat"), None, pages, **QUIET)
        asks.about(chat.limits.keep_to_article, None, [chat.limits.among, chat.limits.panel], **QUIET)
    stories.new.about(lambda: gr.Tabs(selected="chat"), None, pages, **QUIET)
    stories.new.about(stories.question, None, chat.box, **QUIET)


def _connect_feeds(feeds: FeedsTab, library: LibraryTab, pages: gr.Tabs) -> None:
    """From a feed to an article that it brought."""

    def open_listed(event: gr.EventData) -> Any:
        return library.card.open(str(event.article))

    feeds.list.read(lambda: gr.Tabs(selected="library"), None, pages, **QUIET)
    feeds.list.read(open_listed, None, library.card.shown, **QUIET)


SCRIPT = (Path(__file__).parent / "exports.js").read_text(encoding="utf-8")


class Exports:
    """Hears of every button for a file, wherever on the page it is. To stand outside the tabs: what is in one is not
    there until it is opened."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        file = gr.HTML(elem_id="exports", js_on_load=SCRIPT, apply_default_css=False)
        for event, write in ((file.save, self.save), (file.ratings, self.ratings)):
            written = event(write, None, file, **QUIET)
            written.then(lambda: "", None, file, **QUIET)  # or the same file a second time would be no news

    def save(self, event: gr.EventData) -> str:
        """A conversation, or with `exchange` one answer of it, which is called by its question."""
        with telling():
            id, number, notebook = str(event.id), int(event.exchange), self._desk.notebook
            conversation = notebook.read(id)
            if number:
                conversation = tuple(each for each in conversation if each.number == number)
            title = next((each.question for each in conversation), "")
            if not number:
                with suppress(ConversationNotFound):  # one that could not be written goes on in memory
                    title = notebook.entry(id).title
            return file_html(exported(Format(event.form), title, conversation))

    def ratings(self) -> str:
        """What readers thought, as a question file."""
        with telling():
            rows = list(self._desk.notebook.feedback())
            if not rows:
                raise said(tr("No answer has a thumb yet."))
            lines = "".join(f"{json.dumps(row)}\n" for row in rows)
            return file_html(ExportedFile("dateline-ratings.jsonl", "text/plain;charset=utf-8", lines.encode()))
