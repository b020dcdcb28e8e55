"""The role that each route and each of Gradio's events takes. What stands in no table is closed to everybody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import gradio as gr
from starlette.routing import compile_path

from vectorstore.accounts import Role

_NOBODY, _READER, _EDITOR, _ADMINISTRATOR = Role

ROUTES: Mapping[str, Role] = {
    # What a browser, a proxy or Prometheus needs before somebody has signed in; nothing of it is about an article or a
    # person.
    "/account/in": _NOBODY,
    "/account/password": _NOBODY,
    "/account/openid": _NOBODY,
    "/account/back": _NOBODY,
    "/assets/{path:path}": _NOBODY,
    "/dateline.webmanifest": _NOBODY,
    "/favicon.ico": _NOBODY,
    "/health": _NOBODY,
    "/health/live": _NOBODY,
    "/health/ready": _NOBODY,
    "/icons/{name}": _NOBODY,
    "/metrics": _NOBODY,  # has a token of its own
    "/offline": _NOBODY,
    "/robots.txt": _NOBODY,
    "/static/{path:path}": _NOBODY,
    "/theme.css": _NOBODY,
    "/worker.js": _NOBODY,
    "/": _READER,
    "/account/me": _READER,
    "/account/out": _READER,
    "/config": _READER,
    "/gradio_api/app_id": _READER,
    "/gradio_api/call/{api_name}": _READER,
    "/gradio_api/call/{api_name}/{event_id}": _READER,
    "/gradio_api/cancel": _READER,
    "/gradio_api/component_server/": _READER,
    "/gradio_api/file={path_or_url:path}": _READER,
    "/gradio_api/heartbeat/{session_hash}": _READER,
    "/gradio_api/info": _READER,
    "/gradio_api/queue/data": _READER,
    "/gradio_api/queue/join": _READER,
    "/gradio_api/reset": _READER,
    "/kept/{name}": _READER,
    "/library.jsonl": _READER,
    "/talk": _READER,
    "/talk/ask": _READER,
    "/talk/rate": _READER,
    "/talk/stop": _READER,
    "/add": _EDITOR,
    "/added": _EDITOR,
    "/gradio_api/upload": _EDITOR,
    "/gradio_api/upload_progress": _EDITOR,
    "/v1/articles": _EDITOR,
    "/library.db": _ADMINISTRATOR,  # everybody's conversations are in it
    "/v1/{rest:path}": _READER,
}
"""The first that fits counts."""

EVENTS: Mapping[str, Role] = {
    **dict.fromkeys(
        (
            "ArticleCard.compare",
            "ArticleCard.open_at",
            "ArticleCard.put_away",
            "ArticleCard.tag",
            "ArticleCard.turn_to",
            "ChatTab.show_limits",
            "Exports.__init__.<locals>.<lambda>",
            "Exports.ratings",
            "Exports.save",
            "FeedsTab.act",  # to leave a feed takes more, see assistant.ui.accounts.gate
            "FeedsTab.come",
            "FeedsTab.look",
            "LibraryTab.pick",
            "LimitsPanel.keep_to_article",
            "LimitsPanel.look",
            "SettingsTab.attempt",
            "SettingsTab.keep",
            "SettingsTab.look",
            "SettingsTab.restore",
            "StoriesTab.come",
            "StoriesTab.keep_in_list",
            "StoriesTab.keep_in_story",
            "StoriesTab.look",
            "StoriesTab.look_at",
            "StoriesTab.note_read",
            "StoriesTab.open_article",
            "StoriesTab.open_picked",
            "StoriesTab.question",
            "StoriesTab.turn_to",
            "TablePanel.draw",
            "TablePanel.forget",
            "TablePanel.keep",
            "TablePanel.keep_whole_days",
            "TablePanel.look",
            "TablePanel.save",
            "TablePanel.sort",
            "TablePanel.turn",
            "TalksPanel.look",
            "TalksPanel.remove",
            "TalksPanel.rename",
            "TalksPanel.restore",
            "TalksPanel.seek",
            "Wire.article",
            "Wire.ask",
            "Wire.search",
            "_connect_feeds.<locals>.<lambda>",
            "_connect_feeds.<locals>.open_listed",
            "_connect_sources.<locals>.open_asked",
            "_connect_stories.<locals>.<lambda>",
            "_to_stories.<locals>.<lambda>",
            "_look_on",
            "build_page.<locals>.<lambda>",
            "offer.<locals>.chat",
        ),
        _READER,
    ),
    **dict.fromkeys(
        (
            "ArticleCard.collect",
            "ArticleCard.edit",
            "FeedsTab.add",
            "FeedsTab.answer",
            "FeedsTab.refresh_all",
            "FeedsTab.retry",
            "FeedsTab.set_every",
            "FeedsTab.take_opml",
            "LibraryTab.discard",
            "LibraryTab.propose",
            "LibraryTab.put_back",
            "LibraryTab.read_again",
            "LibraryTab.retry",
            "LibraryTab.take_files",
            "LibraryTab.take_text",
            "LibraryTab.take_url",
            "LibraryTab.use_date",
            "LibraryTab.use_proposed",
            "halt",
        ),
        _EDITOR,
    ),
    **dict.fromkeys(("SettingsTab.connect", "SettingsTab.disconnect"), _ADMINISTRATOR),
}
"""By the qualified name of the function that handles it."""

FUNCTIONS = {
    "ArticleCard.__init__.<locals>.annotate",
    "Reader.__init__.<locals>.annotate",
    "Reader.__init__.<locals>.article",
    "Reader.__init__.<locals>.translation",
}
"""Of components, which the page's script calls beside the events: for readers, and no others."""

_PATTERNS = [(compile_path(path)[0], role) for path, role in ROUTES.items()]


def of_route(path: str) -> Role | None:
    """None for one that is nobody's."""
    return next((role for pattern, role in _PATTERNS if pattern.match(path)), None)


def of_event(handler: Callable[..., Any] | None) -> Role | None:
    """None for one that is nobody's. Without a handler it is carried out in the browser."""
    if handler is None:
        return _READER
    return EVENTS.get(getattr(handler, "__qualname__", ""))


def of_events(page: gr.Blocks) -> Mapping[int, Role]:
    """By the ids of the page's events; those that are nobody's are not among them. What its components serve beside
    the events and stands in no table is closed."""
    for component in page.blocks.values():
        for served in getattr(component, "server_fns", ()):
            if served.__qualname__ not in FUNCTIONS:
                served._is_server_fn = False
    needed = {id: of_event(event.fn) for id, event in page.fns.items()}
    return {id: role for id, role in needed.items() if role is not None}
