"""The page as a whole."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr
from starlette.routing import BaseRoute

from assistant.text.texts import reading_at, reading_in, tr, tr_later, wanted, zone_of
from assistant.ui.chat_tab import ChatTab
from assistant.ui.conversation import FAILED, said
from assistant.ui.desk import Desk
from assistant.ui.endpoints import offer
from assistant.ui.exports import Exports
from assistant.ui.feeds_tab import FeedsTab
from assistant.ui.library_tab import LibraryTab
from assistant.ui.security import described
from assistant.ui.settings_tab import SettingsTab, reader_settings
from assistant.ui.stories_tab import StoriesTab, last_visit
from assistant.ui.work import QUIET, QUIET_EACH

logger = logging.getLogger(__name__)

MASTHEAD = "<h1>Dateline</h1>"
HOUR = 3600
ADDRESS = (Path(__file__).parent / "address.js").read_text(encoding="utf-8")
FEEDS = tr_later("Feeds")


class Page(gr.Blocks):
    """Each event is in its reader's language. What one fails with is one line of the log: Gradio prints a traceback,
    with all that was sent in it.

    `welcome` is what the chat shows before the first question, as it is now; `routes` stand beside Gradio's.
    """

    welcome: Callable[[], str]
    routes: Sequence[BaseRoute] = ()

    async def process_api(self, *args: Any, **given: Any) -> dict[str, Any]:
        request = given.get("request")
        headers = request.headers if isinstance(request, gr.Request) else {}
        with reading_in(wanted(headers)), reading_at(zone_of(headers)):
            try:
                return await super().process_api(*args, **given)
            except gr.Error:
                raise
            except Exception as error:
                logger.error("An event of the page failed: %s", described(error))
                raise said(tr(FAILED)) from error


def build_page(desk: Desk) -> Page:
    """Everything a reader sees. Uploaded files are deleted after an hour: the library keeps its own text."""
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
                stories = StoriesTab(desk)
            with gr.Tab(tr_later("Settings"), id="settings") as settings_tab:
                choices = SettingsTab(desk, settings)
        library.table.begin([page.load, library_tab.select])
        gr.on([page.load, feeds_tab.select], feeds.come, feeds.turned, feeds.shown, **QUIET)
        pages.select(_look_on, None, feeds.timer, **QUIET_EACH)
        chat.live.library(lambda: gr.Tabs(selected="library"), None, pages, **QUIET)
        chat.live.open_story(stories.open_picked, None, stories.shown, **QUIET)
        for asked in (chat.live.open_story, chat.live.stories):
            asked(lambda: gr.Tabs(selected="stories"), None, pages, **QUIET)
        library.card.chosen.change(stories.note_read, library.card.chosen, None, **QUIET)
        page.load(stories.come, visit, [visit, stories.since], **QUIET)
        stories_tab.select(stories.turn_to, [stories.since, visit, stories.story], stories.shown, **QUIET)
        settings_tab.select(choices.look, settings, choices.shown, **QUIET)
        _connect_address(Parts(pages, library, stories))
        for tab in (chat_tab, library_tab, feeds_tab, stories_tab, settings_tab):
            tab.select(None, None, None, js=f"() => {{ dateline.tab('{tab.id}'); }}", **QUIET_EACH)
        _connect_sources(stories, chat)
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
    address.story(stories.open_picked, None, stories.shown, **QUIET_EACH)
    address.front(stories.look, stories.since, stories.shown, **QUIET_EACH)


def _connect_sources(stories: StoriesTab, chat: ChatTab) -> None:
    """From an answer to the story of the articles that it cites."""

    def open_asked(id: str, event: gr.EventData) -> Any:
        return stories.open_asked(chat.talks.read(id), event)

    chat.live.story(open_asked, chat.conversation, stories.shown, **QUIET)


def _connect_stories(stories: StoriesTab, chat: ChatTab, library: LibraryTab, pages: gr.Tabs) -> None:
    """From answers and articles to their stories, and from stories and the reader to articles and questions."""
    library.card.article.story(stories.open_article, library.card.chosen, stories.shown, **QUIET)
    for asked in (chat.live.story, library.card.article.story):
        asked(lambda: gr.Tabs(selected="stories"), None, pages, **QUIET)
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
